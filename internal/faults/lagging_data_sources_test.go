package faults_test

import (
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestLaggingDataSources: a data source finds an object that the same apply has created, even if the first read is 404. Two data sources
// are not here: Terraform creates no lines of credit, and the provider waits for the policies of a wallet only while the wallet is new
// (TestFindWalletPolicies).
func TestLaggingDataSources(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		made := func(kind string, config acctest.Config) string {
			t.Helper()
			instance := &acctest.Instance{Type: kind}
			if diags := p.Apply(t.Context(), instance, config); diags.Errors() != "" {
				t.Fatalf("%s: %s", kind, diags.Errors())
			}
			return instance.String("id")
		}
		wallet := made("voltage_wallet", acctest.Config{
			"name": "staging", "network": w.Network, "line_of_credit_id": w.LineOfCreditID.String(), "limit": 1000,
		})
		idle := made("voltage_wallet", acctest.Config{ // without payments
			"name": "idle", "network": w.Network, "line_of_credit_id": w.LineOfCreditID.String(), "limit": 1000,
		})
		webhook := made("voltage_webhook", acctest.Config{
			"url": "https://shop.example/hook", "name": "orders", "events": acctest.Config{"test": []any{"created"}},
		})
		payment := made("voltage_payment_request", acctest.Config{"wallet_id": wallet, "kind": "bolt11"})
		w.Emulator.SetCheckout(w.EnvironmentID, emulator.Checkout{OriginPolicy: "deny_all"})
		for kind, test := range map[string]struct {
			operation string
			config    acctest.Config
		}{
			"voltage_wallet":            {"get_wallet", acctest.Config{"id": wallet}},
			"voltage_wallet_ledger":     {"get_wallet_ledger_as_user", acctest.Config{"wallet_id": wallet}},
			"voltage_webhook":           {"get_webhook", acctest.Config{"id": webhook}},
			"voltage_payment":           {"get_payment", acctest.Config{"id": payment}},
			"voltage_payment_summary":   {"get_wallet", acctest.Config{"wallet_id": idle}},
			"voltage_checkout_settings": {"get_settings", nil},
		} {
			before := w.Emulator.Count(test.operation)
			w.Emulator.Inject(emulator.Fault{Operation: test.operation, Effect: emulator.NotFound{}})
			_, diags := p.ReadDataSource(t.Context(), kind, test.config)
			if reads := w.Emulator.Count(test.operation) - before; diags.Errors() != "" || reads < 2 {
				t.Errorf("%s: %d reads: %s", kind, reads, diags.Errors())
			}
		}
	})
}
