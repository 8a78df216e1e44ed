package world

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Checkout says which browsers may use the hosted checkout of an environment.
type Checkout struct {
	OriginPolicy   string // deny_all, allowlist or allow_all
	AllowedOrigins []string
}

// checkOrigin refuses a page whose origin may not use the checkout. A request without an origin does not come from a listed page.
func (c Checkout) checkOrigin(origin string) *Refusal {
	if c.OriginPolicy == "allow_all" || c.OriginPolicy == "allowlist" && slices.Contains(c.AllowedOrigins, origin) {
		return nil
	}
	r := &Refusal{Kind: NotAllowed, Type: "checkout_origin_forbidden", Detail: "The page may not use the checkout: see allowed-origins."}
	if origin == "" {
		return r.About("origin", nil)
	}
	return r.About("origin", origin)
}

// CheckoutSettings are the settings of an environment at one moment.
type CheckoutSettings struct {
	Checkout
	UpdatedAt time.Time
}

// ReadCheckout returns the settings of the environment.
func (w *World) ReadCheckout(c *Call) (*CheckoutSettings, *Refusal) {
	settings := w.state.Checkouts.read(c, c.Environment, func(*CheckoutSettings) bool { return true })
	if settings == nil {
		return nil, &Refusal{
			Kind: Missing, Type: "checkout_settings_not_found", Detail: fmt.Sprintf("Environment %s has no checkout settings.", c.Environment),
		}
	}
	return settings, nil
}

// exactOrigin approximately matches the form in which browsers write an origin.
var exactOrigin = regexp.MustCompile(`^https?://([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?$`)

// ReplaceCheckout replaces the settings of the environment. It returns them at once, and reads show them a moment later.
func (w *World) ReplaceCheckout(c *Call, checkout Checkout) (*CheckoutSettings, *Refusal) {
	for _, origin := range checkout.AllowedOrigins {
		if !exactOrigin.MatchString(origin) {
			return nil, InvalidFields("invalid_request", fmt.Sprintf("%q is not an exact browser origin.", origin), "allowed_origins")
		}
	}
	settings := CheckoutSettings{checkout, c.Done}
	w.state.Checkouts.put(c.Environment, c.Done, settings)
	return &settings, nil
}

// Checkout returns the settings of an environment after everything that was accepted; the zero value means that it has no settings.
func (w *World) Checkout(environment uuid.UUID) Checkout {
	if !w.state.Checkouts.has(environment) {
		return Checkout{}
	}
	return w.state.Checkouts.latest(environment).Checkout
}

// SetCheckout replaces the settings of an environment immediately, as another client would. The zero value removes them.
func (w *World) SetCheckout(environment uuid.UUID, checkout Checkout) {
	if checkout.OriginPolicy == "" {
		w.state.Checkouts.remove(environment)
		return
	}
	now := w.settings.Now()
	w.state.Checkouts.put(environment, now, CheckoutSettings{checkout, now})
}
