package provider_test

import (
	"strings"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// TestMocked: what a mock generates is accepted before the provider is configured, and only then. What no mock generates is refused.
func TestMocked(t *testing.T) {
	t.Parallel()
	const terraform, openTofu = "k2xl2n03", "qXbT" // what their mocks have generated
	wallet := func(line, network string) acctest.Config {
		return acctest.Config{"name": "orders", "network": network, "line_of_credit_id": line, "limit": 1}
	}
	id := "7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f"
	for name, test := range map[string]struct {
		kind      string
		config    acctest.Config
		refusal   string // without a configuration
		configure string // once configured
	}{
		"an ID of Terraform":  {"voltage_wallet", wallet(terraform, "mutinynet"), "", "Invalid UUID"},
		"an ID of OpenTofu":   {"voltage_wallet", wallet(openTofu, "mutinynet"), "", "Invalid UUID"},
		"a real ID":           {"voltage_wallet", wallet(id, "mutinynet"), "", ""},
		"a mistyped ID":       {"voltage_wallet", wallet(id[1:], "mutinynet"), "Invalid UUID", "Invalid UUID"},
		"a network of a mock": {"voltage_wallet", wallet(id, openTofu), "", "Invalid Attribute Value Match"},
		"no network":          {"voltage_wallet", wallet(id, "testnet"), "Invalid Attribute Value Match", "Invalid Attribute Value Match"},
		"no kind":             {"voltage_payment_request", request("bolt12"), "Invalid Attribute Value Match", "Invalid Attribute Value Match"},
		"a URL of a mock":     {"voltage_webhook", hook(terraform), "", "Invalid Webhook URL"},
		"a URL without https": {"voltage_webhook", hook("http://shop.example/"), "Invalid Webhook URL", "Invalid Webhook URL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.Emulated(t)
			expect := func(when string, p *acctest.Protocol, want string) {
				t.Helper()
				if got := p.Validate(test.kind, test.config).Errors(); want == "" && got != "" || !strings.Contains(got, want) {
					t.Errorf("%s: %q, want %q", when, got, want)
				}
			}
			expect("mocked", w.Unconfigured(t), test.refusal)
			expect("configured", w.Protocol(t), test.configure)
		})
	}
	p := acctest.Emulated(t).Unconfigured(t)
	if got := p.ValidateData("voltage_wallet", acctest.Config{"id": terraform}).Errors(); got != "" {
		t.Errorf("a data source with the ID of a mock: %s", got)
	}
	if got := p.ValidateData("voltage_wallet", acctest.Config{"id": id + "0"}).Errors(); !strings.Contains(got, "Invalid UUID") {
		t.Errorf("a data source with no ID: %s", got)
	}
}

func hook(url string) acctest.Config {
	return acctest.Config{"name": "orders", "url": url, "events": acctest.Config{"send": []any{"failed"}}}
}

func request(kind string) acctest.Config {
	return acctest.Config{
		"wallet_id": "7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f", "kind": kind, "amount": acctest.Config{"amount": 1, "currency": "btc"},
	}
}
