package emulator

import (
	"fmt"
	"net/http"
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

// checkoutState is the settings of an environment at one moment.
type checkoutState struct {
	Checkout
	updatedAt time.Time
}

func (e *Emulator) routeCheckout() {
	e.route("get_settings", e.getCheckout)
	e.route("update_settings", e.updateCheckout)
}

func (e *Emulator) getCheckout(c *call) reply {
	environment := c.ids["environment_id"]
	missing := &problem{
		status: http.StatusNotFound, kind: "checkout_settings_not_found",
		detail: fmt.Sprintf("Environment %s has no checkout settings.", environment),
	}
	history := e.world.checkouts[environment]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || history == nil {
		return refuse(missing)
	}
	_, stale := effectOn[Stale](c.request.Context())
	state := history.seen(c.now, stale)
	if state == nil {
		return refuse(missing)
	}
	return found(state.json(c.org.ID, environment))
}

// exactOrigin is how browsers write an origin, as far as a regular expression goes.
var exactOrigin = regexp.MustCompile(`^https?://([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?$`)

// updateCheckout replaces the settings. It answers with them, and reads show them a moment later.
func (e *Emulator) updateCheckout(c *call) reply {
	var request struct {
		OriginPolicy   string   `json:"origin_policy"`
		AllowedOrigins []string `json:"allowed_origins"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	for _, origin := range request.AllowedOrigins {
		if !exactOrigin.MatchString(origin) {
			return refuse(invalidFields("invalid_request", fmt.Sprintf("%q is not an exact browser origin.", origin), "allowed_origins"))
		}
	}
	state := checkoutState{Checkout{request.OriginPolicy, request.AllowedOrigins}, c.done}
	e.acceptCheckout(c.ids["environment_id"], c.done, state)
	return found(state.json(c.org.ID, c.ids["environment_id"]))
}

func (e *Emulator) acceptCheckout(environment uuid.UUID, at time.Time, state checkoutState) {
	if history := e.world.checkouts[environment]; history != nil {
		history.change(at, state)
		return
	}
	e.world.checkouts[environment] = &history[checkoutState]{{at: at, state: state}}
}

// json is the settings as the contract's schema CheckoutSettings. The origins come in an order of the API's own.
func (s *checkoutState) json(organization, environment uuid.UUID) map[string]any {
	origins := append([]string{}, s.AllowedOrigins...)
	slices.Reverse(origins)
	return map[string]any{
		"organization_id": organization, "environment_id": environment, "origin_policy": s.OriginPolicy, "allowed_origins": origins,
		"updated_at": timestamp(s.updatedAt),
	}
}

// Checkout returns the settings of an environment after everything that was accepted; the zero value means that it has no settings.
func (e *Emulator) Checkout(environment uuid.UUID) Checkout {
	e.mu.Lock()
	defer e.mu.Unlock()
	if history := e.world.checkouts[environment]; history != nil {
		return history.latest().Checkout
	}
	return Checkout{}
}

// SetCheckout replaces the settings of an environment at once, as somebody else would. The zero value takes them away.
func (e *Emulator) SetCheckout(environment uuid.UUID, settings Checkout) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if settings.OriginPolicy == "" {
		delete(e.world.checkouts, environment)
		return
	}
	now := e.config.Now()
	e.acceptCheckout(environment, now, checkoutState{settings, now})
}
