package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestUnknownPathsAndMethods: whatever is asked for, a refusal is the API's envelope.
func TestUnknownPathsAndMethods(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant)
	for name, test := range map[string]struct {
		method, path string
		status       int
		kind, allow  string
	}{
		"no such path":        {"GET", "/nothing", 404, "not_found", ""},
		"no path":             {"GET", "", 404, "not_found", ""},
		"a slash too many":    {"GET", wallets + "/", 404, "not_found", ""},
		"a path not clean":    {"GET", "//organizations", 404, "not_found", ""},
		"no such method":      {"PUT", wallets, 405, "method_not_allowed", "GET, POST"},
		"only a write":        {"GET", payments + "/check", 400, "invalid_parameter", ""}, // the path of a payment's ID
		"no read":             {"GET", environment + "/treasury_movements", 405, "method_not_allowed", "POST"},
		"options, no browser": {"OPTIONS", wallets, 405, "method_not_allowed", "GET, POST"},
	} {
		got := a.expect(test.status, test.kind, test.method, test.path, nil)
		if got.header.Get("Allow") != test.allow || got.header.Get("Content-Type") != "application/json" || got.get("error", "detail") == "" {
			t.Errorf("%s: %v %s", name, got.header, got.raw)
		}
	}
}

// TestEnvelope: code and context are there only where the type has them, and the context always where it has.
func TestEnvelope(t *testing.T) {
	t.Parallel()
	a := start(t)
	missing := uuid.NewString()
	got := a.expect(404, "instance_not_found", "GET", wallets+"/"+missing, nil)
	if got.get("error", "context", "wallet_id") != missing || strings.Contains(string(got.raw), `"code"`) {
		t.Errorf("got %s", got.raw)
	}
	a.key = ""
	got = a.expect(400, "missing_credentials", "GET", wallets, nil)
	if text := string(got.raw); strings.Contains(text, `"code"`) || strings.Contains(text, `"context"`) {
		t.Errorf("got %s", text)
	}
}

// TestBrowsers: a page of any origin may call the API with a key.
func TestBrowsers(t *testing.T) {
	t.Parallel()
	a := start(t)
	got := a.do("OPTIONS", wallets, nil, "X-Api-Key", "", "Origin", "https://shop.example",
		"Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "content-type,x-api-key")
	if got.status != http.StatusNoContent || len(got.raw) != 0 || got.header.Get("Access-Control-Allow-Origin") != "*" ||
		got.header.Get("Access-Control-Allow-Methods") != "GET, POST" ||
		got.header.Get("Access-Control-Allow-Headers") != "authorization, content-type, x-api-key" {
		t.Errorf("preflight: %d %v", got.status, got.header)
	}
	if len(a.emu.Requests()) != 0 {
		t.Error("a preflight is recorded as a request")
	}
	for path, status := range map[string]int{wallets: 200, wallets + "/" + uuid.NewString(): 404} {
		if got := a.do("GET", path, nil, "Origin", "https://shop.example"); got.status != status ||
			got.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
	}
	tolerated := start(t, tolerant)
	if got := tolerated.do("OPTIONS", "/nothing", nil, "Origin", "https://shop.example", "Access-Control-Request-Method",
		"GET"); got.status != 404 {
		t.Errorf("preflight of nothing: %d", got.status)
	}
}

// TestUnknownFilters are refused and not ignored.
func TestUnknownFilters(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant)
	for _, path := range []string{
		wallets + "?name=x", wallets + "?Inactive=true", payments + "?status=completed", payments + "?statuses=completed",
		payments + "?limit[x]=1",
		payments + "?page=2", lines("summaries?currency=btc"), environment + "/quotes/" + uuid.NewString() + "?network=mainnet",
	} {
		if got := a.expect(400, "invalid_parameter", "GET", path,
			nil); !strings.Contains(fmt.Sprint(got.get("error", "detail")), "no query parameter") {
			t.Errorf("%s: %s", path, got.raw)
		}
	}
}

// TestPermissions: what each permission alone opens.
func TestPermissions(t *testing.T) {
	t.Parallel()
	const (
		read, write, receive, billing = "vltg_read", "vltg_write", "vltg_receive", "vltg_billing"
	)
	keys := func(c *emulator.Config) {
		c.OnViolation = nil
		c.Organizations[0].Keys = append(c.Organizations[0].Keys,
			emulator.Key{Secret: read, Read: true}, emulator.Key{Secret: write, Write: true}, emulator.Key{Secret: receive, Receive: true},
			emulator.Key{Secret: billing, Billing: true})
	}
	organization := "/organizations/" + emulator.DefaultOrganizationID.String()
	for name, test := range map[string]struct {
		method, path string
		body         func(wallet string) object
		may          []string
	}{
		"wallets":          {"GET", wallets, nil, []string{read}},
		"payments":         {"GET", payments, nil, []string{read}},
		"a wallet":         {"POST", wallets, func(string) object { return newWallet(nil) }, []string{write}},
		"a receive":        {"POST", payments, func(wallet string) object { return newReceive(wallet, nil) }, []string{write, receive}},
		"a send":           {"POST", payments, func(wallet string) object { return newSend(wallet, a0, nil) }, []string{write}},
		"a webhook":        {"POST", webhooks, func(string) object { return newHook(nil) }, []string{write}},
		"bills":            {"GET", organization + "/bills", nil, []string{billing}},
		"summary of bills": {"GET", organization + "/bills/summary", nil, []string{billing}},
		"a quote": {"POST", environment + "/quotes", func(string) object {
			return object{
				"id": uuid.NewString(), "line_of_credit_id": emulator.StagingUSDLineID, "network": "mutinynet",
				"amount": object{"currency": "usd", "amount": 100}, "to": "btc",
			}
		}, []string{write, receive}},
		"a checkout session": {"POST", environment + "/checkout/sessions", func(wallet string) object {
			return object{
				"id":           uuid.NewString(),
				"wallet_id":    wallet,
				"payment_kind": "bolt11",
				"expires_at":   "2030-01-01T00:00:00Z",
				"amount":       msats(1000),
				"currency":     "btc",
			}
		}, []string{write, receive}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, keys)
			wallet := a.btcWallet(1_000_000)
			for _, key := range []string{read, write, receive, billing} {
				var body any
				if test.body != nil {
					body = test.body(wallet)
				}
				got := a.do(test.method, test.path, body, "X-Api-Key", key)
				if allowed := got.status != 403; allowed != strings.Contains(strings.Join(test.may, " "), key) {
					t.Errorf("%s: %d %s", key, got.status, got.raw)
				}
				if got.status == 403 && got.kind() != "access_rights" {
					t.Errorf("%s: %s", key, got.raw)
				}
			}
		})
	}
}

// a0 is an invoice of 1,500 sats on mutinynet of nobody here.
const a0 = "lntbs1500n1p420tr0pp5stj73uyjmlea8aq26y99twxeunyvrhr2hft6ge5h56wmcgx0namssp5tlgh7qpuxtugd73x42wvvtgcskxrjcvrtldwec8fdq5m8zn75" +
	"u7sdq423mk7gr9wdc8yetnwdhhxxqrrsscqzzs9qrsgqj0p9wx3g7xt64fs0fqlq4pd7nagws79wx73s643lgml34wn2m7z83ca3jmvsv8ajnpj4ta66s9rkpsltkhgnluqhyr4" +
	"5mpzvchad5gqqsch6aj"
