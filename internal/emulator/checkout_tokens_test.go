package emulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestSessionTokens: a session is read with a token of its own, and with nothing else.
func TestSessionTokens(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant)
	a.openCheckout()
	wallet := a.btcWallet(1_000_000)
	s, other := a.session(a.newSession(wallet, nil)), a.session(a.newSession(wallet, nil))
	for name, test := range map[string]struct {
		path, authorization string
		status              int
		kind                string
	}{
		"its token":                     {s.path(), "Bearer " + s.token, 200, ""},
		"nothing but an API key":        {s.path(), "", 401, "missing_checkout_token"},
		"no token":                      {s.path(), "Bearer ", 401, "missing_checkout_token"},
		"no bearer":                     {s.path(), s.token, 401, "missing_checkout_token"},
		"a user's token":                {s.path(), "Bearer " + emulator.UserToken, 401, "invalid_checkout_token"},
		"an API key as a token":         {s.path(), "Bearer " + emulator.StagingKey, 401, "invalid_checkout_token"},
		"another's token":               {s.path(), "Bearer " + other.token, 403, "checkout_token_forbidden"},
		"no such session":               {"/checkout/sessions/" + uuid.NewString(), "Bearer " + s.token, 404, "checkout_session_not_found"},
		"no such session, and no token": {"/checkout/sessions/" + uuid.NewString(), "", 401, "missing_checkout_token"},
		"no UUID":                       {"/checkout/sessions/x", "Bearer " + s.token, 400, "invalid_parameter"},
	} {
		t.Run(name, func(t *testing.T) {
			got := a.expect(test.status, test.kind, "GET", test.path, nil, "Authorization", test.authorization)
			if strings.Contains(string(got.raw), `"context"`) {
				t.Errorf("%s", got.raw)
			}
		})
	}
}

// TestSessionOrigins: the settings of the session's environment say which pages may see it, and everybody may know them.
func TestSessionOrigins(t *testing.T) {
	t.Parallel()
	a := start(t)
	s := a.session(a.newSession(a.btcWallet(1_000_000), nil))
	origins := func(want string) {
		t.Helper()
		got := a.expect(200, "", "GET", s.path()+"/allowed-origins", nil, "X-Api-Key", "")
		if text := fmt.Sprint(got.get("origin_policy"), got.get("allowed_origins")); text != want {
			t.Errorf("got %s, want %s", text, want)
		}
	}
	a.expect(404, "checkout_session_not_found", "GET", "/checkout/sessions/"+uuid.NewString()+"/allowed-origins", nil, "X-Api-Key", "")
	a.openCheckout()
	made := a.expect(201, "", "POST", "/checkout/streams", object{"checkout_tokens": []string{s.token}}, "X-Api-Key", "")
	events := "/checkout/events?stream_token=" + made.get("stream_token").(string)
	a.emu.SetCheckout(emulator.StagingEnvironmentID, emulator.Checkout{})
	origins("deny_all[]")
	list := []string{shop, "http://localhost:3000"}
	for _, test := range []struct {
		policy  string
		list    []string
		origin  string
		allowed bool
		shown   string
	}{
		{"", nil, shop, false, "deny_all[]"},
		{"deny_all", list, shop, false, "deny_all[http://localhost:3000 https://shop.example]"},
		{"allowlist", list, shop, true, "allowlist[http://localhost:3000 https://shop.example]"},
		{"allowlist", list, "http://localhost:3000", true, "allowlist[http://localhost:3000 https://shop.example]"},
		{"allowlist", list, "https://shop.example:8443", false, "allowlist[http://localhost:3000 https://shop.example]"},
		{"allowlist", list, "null", false, "allowlist[http://localhost:3000 https://shop.example]"},
		{"allowlist", list, "", false, "allowlist[http://localhost:3000 https://shop.example]"},
		{"allowlist", nil, "", false, "allowlist[]"},
		{"allow_all", nil, "https://elsewhere.example", true, "allow_all[]"},
		{"allow_all", nil, "", true, "allow_all[]"},
	} {
		a.emu.SetCheckout(emulator.StagingEnvironmentID, emulator.Checkout{OriginPolicy: test.policy, AllowedOrigins: test.list})
		origins(test.shown)
		name := test.policy + " for " + test.origin
		check := func(got answer, status int) {
			t.Helper()
			if got.header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s: the page cannot read the answer: %v", name, got.header)
			}
			var want any
			if test.origin != "" {
				want = test.origin
			}
			switch {
			case test.allowed && got.status != status, !test.allowed && got.kind() != "checkout_origin_forbidden",
				!test.allowed && (got.status != 403 || got.get("error", "context", "origin") != want):
				t.Errorf("%s: %d %s", name, got.status, got.raw)
			}
		}
		check(a.do("GET", s.path(), nil, "X-Api-Key", "", "Authorization", "Bearer "+s.token, "Origin", test.origin), 200)
		check(a.do("POST", "/checkout/streams", object{"checkout_tokens": []string{s.token}}, "X-Api-Key", "", "Origin", test.origin), 201)
		if !test.allowed {
			check(a.do("GET", events, nil, "X-Api-Key", "", "Origin", test.origin), 0)
		}
	}
	for _, path := range []string{s.path(), s.path() + "/allowed-origins", "/checkout/streams", "/checkout/events"} {
		got := a.do("OPTIONS", path, nil, "X-Api-Key", "", "Origin", shop,
			"Access-Control-Request-Method", "GET", "Access-Control-Request-Headers", "authorization")
		if got.status != 204 || !strings.Contains(got.header.Get("Access-Control-Allow-Headers"), "authorization") {
			t.Errorf("preflight of %s: %d %v", path, got.status, got.header)
		}
	}
}

// TestCheckoutTokensAreHidden: no token is in the record, in what is told of requests, or in what is told of breaches.
func TestCheckoutTokensAreHidden(t *testing.T) {
	t.Parallel()
	var told []string
	a := start(t, func(c *emulator.Config) { c.OnViolation = func(err error) { told = append(told, err.Error()) } })
	a.openCheckout()
	s := a.session(a.newSession(a.btcWallet(1), nil))
	a.see(s, 200, "")
	made := a.expect(201, "", "POST", "/checkout/streams", object{"checkout_tokens": []string{s.token}})
	stream := made.get("stream_token").(string)
	a.pass(time.Hour)
	a.expect(401, "invalid_stream_token", "GET", "/checkout/events?stream_token="+stream, nil)
	a.expect(400, "invalid_parameter", "GET", "/checkout/events?stream_token="+stream+"&x="+s.token, nil)
	a.do("GET", "/checkout/"+s.token, nil)
	if len(told) != 2 || !slices.ContainsFunc(told, func(text string) bool {
		return strings.Contains(text, "stream_token=vlt_cos_hidden&x=vlt_co_hidden")
	}) {
		t.Errorf("told of %q", told)
	}
	everything := fmt.Sprint(told, a.control("GET", "requests", nil))
	for _, r := range a.emu.Requests() {
		everything += fmt.Sprintf("%+v %s", r, r.Body)
	}
	for _, token := range []string{s.token, stream} {
		if strings.Contains(everything, token) {
			t.Errorf("%s is in %s", token, everything)
		}
	}
	for _, hidden := range []string{"Bearer vlt_co_hidden", `["vlt_co_hidden"]`, "/checkout/vlt_co_hidden"} {
		if !strings.Contains(everything, hidden) {
			t.Errorf("%s is not in %s", hidden, everything)
		}
	}
}
