package voltage

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Policies of browser origins. Source: schema OriginPolicy of the API's contract.
const (
	OriginsDenyAll   = "deny_all"
	OriginsAllowlist = "allowlist"
	OriginsAllowAll  = "allow_all"
)

// CheckoutSettings says which browsers may use the hosted checkout of an environment. Source: schema CheckoutSettings of the
// API's contract.
type CheckoutSettings struct {
	OrganizationID uuid.UUID `json:"organization_id"`
	EnvironmentID  uuid.UUID `json:"environment_id"`
	OriginPolicy   string    `json:"origin_policy"`
	// AllowedOrigins are exact browser origins, in no order; see [CheckOrigin].
	AllowedOrigins []string  `json:"allowed_origins"`
	UpdatedAt      time.Time `json:"updated_at"`
}

// GetCheckoutSettings returns the settings of an environment. ref names the environment and has no ID. IsNotFound reports whether the error
// means that the environment has no settings.
func (c *Client) GetCheckoutSettings(ctx context.Context, ref Ref) (*CheckoutSettings, error) {
	var settings CheckoutSettings
	err := c.do(ctx, call{
		method: http.MethodGet, path: ref.checkoutSettingsPath(), out: &settings, repeat: true,
		check: func() error {
			if settings.OrganizationID != ref.OrganizationID || settings.EnvironmentID != ref.EnvironmentID {
				return fmt.Errorf("the answer is settings of environment %s of organization %s", settings.EnvironmentID, settings.OrganizationID)
			}
			return says("answer", fact{"origin_policy", settings.OriginPolicy != ""}, fact{"allowed_origins", settings.AllowedOrigins != nil})
		},
	})
	if err != nil {
		return nil, err
	}
	return &settings, nil
}

// PutCheckoutSettings replaces the settings of an environment, which can be read a moment later. It can be repeated. Only the policy
// [OriginsAllowlist] allows origins.
func (c *Client) PutCheckoutSettings(ctx context.Context, ref Ref, policy string, origins []string) error {
	body := struct {
		OriginPolicy   string   `json:"origin_policy"`
		AllowedOrigins []string `json:"allowed_origins"`
	}{policy, append([]string{}, origins...)}
	return c.do(ctx, call{method: http.MethodPut, path: ref.checkoutSettingsPath(), body: body, repeat: true})
}

// CheckOrigin returns an error for a text that is not an origin exactly as browsers send it (RFC 6454, section 6.2, and the WHATWG URL
// standard, "serialization of an origin"): scheme http or https, host in lower case, and a port unless it is the scheme's default. If the
// text is close to an origin, the error names the correct form.
func CheckOrigin(text string) error {
	origin, err := originOf(text)
	switch {
	case err != nil:
		return err
	case origin != text:
		return fmt.Errorf("%s is not how a browser writes this origin: write %q", shownOrigin(text), origin)
	}
	return nil
}

// shownOrigin prepares a text for an error. It hides a text that may contain a password.
func shownOrigin(text string) string {
	if strings.Contains(text, "@") {
		return "an address with credentials"
	}
	return strconv.Quote(Clean(text))
}

// originOf guesses which origin a text stands for, and returns it as browsers write it.
func originOf(text string) (string, error) {
	trimmed := strings.TrimSpace(text)
	if host := strings.TrimSuffix(trimmed, "/"); host != "" && !strings.Contains(host, "/") {
		trimmed = "https://" + host // the usual intention of a host alone
	}
	u, err := url.Parse(trimmed)
	if strings.Contains(text, "*") {
		return "", fmt.Errorf("%s has a wildcard, but origins are compared exactly: name each one, such as \"https://shop.example\"",
			shownOrigin(text))
	}
	if err != nil || u.Hostname() == "" || text == "null" {
		return "", fmt.Errorf("%s is not a browser origin, such as \"https://shop.example\" or \"http://localhost:3000\"", shownOrigin(text))
	}
	defaultPort, ok := map[string]string{"https": "443", "http": "80"}[u.Scheme]
	if !ok {
		return "", fmt.Errorf("%s is not an origin of a web page: its scheme has to be https or http", shownOrigin(text))
	}
	host, err := originHost(u.Hostname())
	if err != nil {
		return "", fmt.Errorf("%s: %w", shownOrigin(text), err)
	}
	port := u.Port()
	if port != "" {
		number, err := strconv.ParseUint(port, 10, 16)
		if err != nil {
			return "", fmt.Errorf("%s has a port that does not exist: ports end at 65535", shownOrigin(text))
		}
		port = strconv.FormatUint(number, 10)
	}
	if port == "" || port == defaultPort {
		return u.Scheme + "://" + host, nil
	}
	return u.Scheme + "://" + host + ":" + port, nil
}

// originHost returns a host as browsers write it.
func originHost(host string) (string, error) {
	host = strings.ToLower(host)
	if address, err := netip.ParseAddr(host); err == nil && address.Zone() == "" {
		switch bytes := address.As16(); {
		case address.Is4():
			return address.String(), nil
		case address.Is4In6():
			return fmt.Sprintf("[::ffff:%x:%x]", binary.BigEndian.Uint16(bytes[12:]), binary.BigEndian.Uint16(bytes[14:])), nil
		default:
			return "[" + address.String() + "]", nil
		}
	}
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	for _, label := range labels {
		if strings.ContainsFunc(label, func(r rune) bool { return r > 127 }) {
			return "", errors.New("browsers write the host in its ASCII form (punycode), which begins with \"xn--\"")
		}
		if label == "" || strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != "" {
			return "", fmt.Errorf("%q is not a host", host)
		}
	}
	if strings.Trim(labels[len(labels)-1], "0123456789") == "" {
		return "", fmt.Errorf("%q is not a host: a host that ends in a number must be a complete IP address", host)
	}
	return host, nil
}
