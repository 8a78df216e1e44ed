package faults_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// refusal is a refusal of one request.
type refusal struct {
	kind, code string
	context    map[string]any
	at         string // the attribute of the error, or empty
	says       string // a part of the next step
}

// TestRefusals: if a value of the configuration causes a refusal, the error is on the attribute of that value and has a next step.
func TestRefusals(t *testing.T) {
	t.Parallel()
	fields := func(names ...any) map[string]any { return map[string]any{"fields": names} }
	field := func(name string) map[string]any { return map[string]any{"field": name} }
	wallets := []refusal{
		{kind: "line_of_credit_not_found", at: "line_of_credit_id", says: "voltage_lines_of_credit"},
		{kind: "line_of_credit_not_ready", at: "line_of_credit_id", says: "not secured"},
		{kind: "line_of_credit_disabled", at: "line_of_credit_id", says: "another line"},
		{kind: "missing_bank_details", context: map[string]any{"required_action": "add_bank_details"}, at: "line_of_credit_id",
			says: "The required action is add_bank_details."},
		{kind: "line_of_credit_cannot_allocate_wallet_limit", at: "limit", says: "Lower the limit"},
		{kind: "line_of_credit_network_mismatch", at: "network", says: "on the wallet's network"},
		{kind: "application_not_approved", at: "network", says: "dashboard"},
		{kind: "feature_flag_disabled", context: map[string]any{"feature": "usd_wallets"}, at: "network", says: "The feature is usd_wallets."},
		{kind: "wallet_not_credit_backed", at: "line_of_credit_id", says: "no line of credit"},
		{kind: "invalid_request", context: fields("name", "limit"), at: "name", says: "The fields are name, limit."},
		{kind: "invalid_request", context: fields("odd", "limit"), at: "limit", says: "Correct the values"},
		{kind: "invalid_request", says: "Correct the values"},
		{kind: "utils", says: "refused this request for the reason above"},
		{kind: "invalid_parameter", says: "refused this request for the reason above"},
	}
	receives := []refusal{
		{kind: "invalid_amount", at: "amount", says: "another amount"},
		{
			kind: "invalid_amount", code: "below_minimum", at: "amount", says: "The minimum is 546 sats (546000 msats).",
			context: map[string]any{"field": "amount", "min_amount": map[string]any{"currency": "btc", "amount": 546000, "unit": "msats"}},
		},
		{kind: "amount_required", code: "required", context: field("amount"), at: "amount", says: "Set the amount"},
		{kind: "amount_match_failed", at: "amount", says: "differs from the amount of the invoice"},
		{kind: "invalid_currency", at: "amount.currency", says: "currency"},
		{kind: "invalid_memo", code: "too_short", context: field("description"), at: "description", says: "longer description"},
		{kind: "invalid_description", code: "too_short", context: map[string]any{"field": "data.description", "min_length": 1}, at: "description",
			says: "The minimum length in characters is 1."},
		{kind: "invalid_receive_payment", code: "validation_failed", context: fields("amount", "payment_kind"), at: "amount",
			says: "The fields are amount, payment_kind."},
		{kind: "invalid_receive_payment", code: "validation_failed", context: fields("payment_kind"), at: "kind", says: "Correct the values"},
		{kind: "invalid_receive_payment", code: "validation_failed", context: fields("expiration"), at: "expiration", says: "Correct the values"},
		{kind: "quote_required", code: "required", context: field("quote_id"), at: "wallet_id", says: "USD"},
		{kind: "feature_flag_disabled", code: "disabled", at: "kind", says: "support"},
		{kind: "wallet_not_found", at: "wallet_id", says: "ID of the wallet"},
		{kind: "environment_match_failed", at: "wallet_id", says: "another environment"},
		{kind: "not_supported_network", at: "wallet_id", says: "another network"},
		{kind: "invalid_network", at: "wallet_id", says: "on the network of the payment"},
		{kind: "utils", says: "refused this request"},
	}
	sends := []refusal{
		{kind: "invalid_bolt11_payment_request", at: "payment_request", says: "new invoice"},
		{kind: "missing_payment_request", code: "required", context: field("data.payment_request"), at: "payment_request",
			says: "Set payment_request"},
		{kind: "invalid_address", at: "address", says: "Check the address"},
		{kind: "missing_address", code: "required", context: field("data.address"), at: "address", says: "Set address"},
		{kind: "invalid_max_fee", code: "below_minimum",
			context: map[string]any{"field": "data.max_fee", "min_amount": map[string]any{"currency": "btc", "amount": 263000}}, at: "max_fee",
			says: "The minimum is 263 sats"},
		{kind: "max_fee_required", code: "required", context: field("data.max_fee"), at: "max_fee", says: "Set max_fee"},
		{kind: "invalid_on_chain_payment", code: "below_minimum", context: field("data.amount"), at: "amount", says: "an on-chain payment"},
		{
			kind: "invalid_amount", code: "onchain_fee_floor", at: "amount", says: "The estimated fee is 900 sats (900000 msats).",
			context: map[string]any{"field": "amount", "estimated_fee": map[string]any{"currency": "btc", "amount": 900000, "unit": "msats"}},
		},
		{kind: "invalid_payment", at: "kind", says: "cannot make this payment"},
		{kind: "payment_not_approved", at: "id", says: "policy check"},
		{kind: "insufficient_odd", says: "refused this request"},
	}
	treasury := []refusal{
		{kind: "feature_flag_disabled", code: "disabled", at: "category", says: "support"},
		{kind: "wallet_not_found", at: "wallet_id", says: "ID of the wallet"},
		{kind: "payment_exists", at: "id"},
	}
	pay := func(action string, more acctest.Config) func(*testing.T, *acctest.World, *acctest.Protocol) acctest.Diagnostics {
		return func(t *testing.T, w *acctest.World, p *acctest.Protocol) acctest.Diagnostics {
			t.Helper()
			config := acctest.Config{"wallet_id": newWallet(t, w), "kind": "onchain", "address": "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
				"amount": acctest.Config{"amount": 100_000, "currency": "btc"}}
			_, diags := p.Invoke(t.Context(), action, withArguments(config, more))
			return diags
		}
	}
	for name, test := range map[string]struct {
		operation string
		refusals  []refusal
		attempt   func(t *testing.T, w *acctest.World, p *acctest.Protocol) acctest.Diagnostics
	}{
		"wallet": {"create_wallet", wallets,
			create("voltage_wallet", func(w *acctest.World, _ string) acctest.Config { return walletConfig(w) })},
		"payment request": {"create_payment", receives, create("voltage_payment_request", requestConfig)},
		"policies": {"update_wallet_policies", []refusal{
			{kind: "wallet_policies_not_found", at: "wallet_id", says: "no policies"},
			{kind: "instance_not_found", at: "wallet_id", says: "Check the ID"},
			{kind: "no_updates_provided", says: "changes nothing"},
		}, create("voltage_wallet_policies", func(_ *acctest.World, wallet string) acctest.Config {
			return acctest.Config{"wallet_id": wallet, "max_payment_size_sats": 5}
		})},
		"webhook": {"create_webhook", []refusal{
			{kind: "invalid_webhook", at: "url", says: "Check url"}, {kind: "missing_parameter", says: "refused this request"},
		}, create("voltage_webhook", func(*acctest.World, string) acctest.Config {
			return acctest.Config{"name": "hook", "url": "https://shop.example/hooks", "events": acctest.Config{"receive": []any{"completed"}}}
		})},
		"sandbox line": {"update_sandbox_line_of_credit", []refusal{
			{kind: "not_allowed", at: "line_of_credit_id", says: "No permission"},
			{kind: "line_of_credit_not_found", at: "line_of_credit_id", says: "voltage_lines_of_credit"},
			{kind: "line_of_credit_not_found_in_organization", at: "line_of_credit_id", says: "organization_id"},
			{kind: "invalid_line_of_credit_limit", at: "limit", says: "allocated_limit"},
			{kind: "line_of_credit_not_valid", context: fields("limit"), at: "limit", says: "The fields are limit."},
			{kind: "invalid_macaroon", says: "refused this request"},
		}, create("voltage_sandbox_line_of_credit", func(w *acctest.World, _ string) acctest.Config {
			return acctest.Config{"line_of_credit_id": w.LineOfCreditID.String(), "limit": 90_000_000_001}
		})},
		"checkout settings": {"update_settings", []refusal{
			{kind: "invalid_request", context: fields("allowed_origins"), at: "allowed_origins", says: "Correct the values"},
			{kind: "invalid_request", context: fields("origin_policy"), at: "origin_policy", says: "Correct the values"},
			{kind: "invalid_request", at: "allowed_origins", says: "Correct the values"},
		}, create("voltage_checkout_settings", func(*acctest.World, string) acctest.Config {
			return acctest.Config{"origin_policy": "allowlist", "allowed_origins": []any{"https://shop.example"}}
		})},
		"checkout session": {"create_session", []refusal{
			{kind: "invalid_request", context: fields("wallet_id"), at: "wallet_id", says: "Correct the values"},
			{kind: "invalid_request", context: fields("payment_id"), at: "payment_id", says: "Correct the values"},
			{kind: "invalid_request", context: fields("payment_kind"), at: "kind", says: "The fields are payment_kind."},
			{kind: "invalid_request", context: fields("amount"), at: "amount", says: "Correct the values"},
			{kind: "invalid_request", context: fields("currency"), at: "amount.currency", says: "Correct the values"},
			{kind: "invalid_request", context: fields("expires_at"), at: "expires_at", says: "Correct the values"},
			{kind: "invalid_request", context: fields("description"), at: "description", says: "Correct the values"},
			{kind: "invalid_request", context: fields("metadata"), at: "metadata", says: "Correct the values"},
			{kind: "invalid_request", context: fields("payment_metadata"), at: "payment_metadata", says: "Correct the values"},
			{kind: "invalid_request", context: fields("redirect_urls"), at: "redirect_urls", says: "Correct the values"},
			{kind: "invalid_request", says: "Correct the values"},
			{kind: "idempotency_conflict", at: "id", says: "made with other values"},
			{kind: "feature_flag_disabled", at: "kind", says: "support"},
			{kind: "wallet_not_found", at: "wallet_id", says: "ID of the wallet"},
		}, create("voltage_checkout_session", requestConfig)},
		"bills": {"get_bills_as_user", []refusal{
			{kind: "line_of_credit_cannot_be_reconciled", at: "line_of_credit_id", says: "has no bills"},
			{kind: "access_rights", says: "needs an API key with the permission BILLING"},
			{kind: "utils", says: "refused this request"},
		}, read("voltage_bills", func(w *acctest.World) acctest.Config {
			return acctest.Config{"line_of_credit_id": w.LineOfCreditID.String()}
		})},
		"bill": {"get_bill_as_user", []refusal{
			{kind: "bill_not_found", at: "id", says: "Check the ID of the bill"},
			{kind: "bill_not_found_in_organization", at: "id", says: "organization_id"},
			{kind: "access_rights", says: "needs an API key with the permission BILLING"},
		}, read("voltage_bill", func(*acctest.World) acctest.Config { return acctest.Config{"id": uuid.NewString()} })},
		"bill summary": {"get_bill_summary_as_user", []refusal{
			{kind: "access_rights", says: "needs an API key with the permission BILLING"},
		}, read("voltage_bill_summary", func(*acctest.World) acctest.Config { return nil })},
		"payment summary": {"get_payment_summary", []refusal{
			{kind: "invalid_parameter", says: "refused this request"}, {kind: "access_rights", says: "lacks a permission"},
		}, read("voltage_payment_summary", func(*acctest.World) acctest.Config { return nil })},
		"webhook test": {"test_webhook", []refusal{
			{kind: "webhook_not_found", at: "webhook_id", says: "ID of the webhook"},
			{kind: "invalid_webhook", at: "webhook_id", says: "not stopped"},
		}, func(t *testing.T, _ *acctest.World, p *acctest.Protocol) acctest.Diagnostics {
			t.Helper()
			_, diags := p.Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": uuid.NewString()})
			return diags
		}},
		"webhook delivery retry": {"retry_webhook_delivery", []refusal{
			{kind: "webhook_not_found", at: "webhook_id", says: "ID of the webhook"},
			{kind: "webhook_delivery_not_found", at: "delivery_id", says: "ID of the delivery"},
			{kind: "invalid_webhook", at: "delivery_id", says: "enabled = true in the webhook"},
		}, onDelivery("voltage_webhook_delivery_retry", takesDeliveries)},
		"webhook delivery abandon": {"abandon_webhook_delivery", []refusal{
			{kind: "webhook_not_found", at: "webhook_id", says: "ID of the webhook"},
			{kind: "webhook_delivery_not_found", at: "delivery_id", says: "ID of the delivery"},
			{kind: "invalid_webhook", at: "delivery_id", says: "only a delivery that it still attempts"},
		}, onDelivery("voltage_webhook_delivery_abandon", refusesDeliveries)},
		"send":  {"create_payment", sends, pay("voltage_payment_send", nil)},
		"check": {"check_payment", sends, pay("voltage_payment_check", acctest.Config{"expect": "failed"})},
		"treasury send": {"create_treasury_movement", append(treasury, sends...),
			pay("voltage_payment_send", acctest.Config{"category": "treasury"})},
		"treasury receive": {"create_treasury_movement", treasury,
			create("voltage_payment_request", func(w *acctest.World, wallet string) acctest.Config {
				return withArguments(requestConfig(w, wallet), acctest.Config{"category": "treasury"})
			})},
	} {
		for _, refusal := range test.refusals {
			t.Run(name+" "+refusal.kind+" "+refusal.at, func(t *testing.T) {
				t.Parallel()
				acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
					t.Helper()
					content, err := json.Marshal(map[string]any{"error": map[string]any{
						"type": refusal.kind, "code": refusal.code, "detail": "not today", "context": refusal.context,
					}})
					if err != nil {
						t.Fatal(err)
					}
					w.Emulator.Inject(emulator.Fault{Operation: test.operation, Times: -1,
						Effect: emulator.Answer{Status: 400, ContentType: "application/json", Body: string(content)}})
					got := test.attempt(t, w, w.Protocol(t)).Errors()
					at := strings.ReplaceAll(refusal.at, ".", `").AttributeName("`)
					if !strings.HasPrefix(got, at+": ") || refusal.at == "" && !strings.HasPrefix(got, ": ") {
						t.Errorf("not on %q: %s", refusal.at, got)
					}
					for _, want := range []string{refusal.kind, "not today", refusal.says} {
						if !strings.Contains(got, want) {
							t.Errorf("lacks %q: %s", want, got)
						}
					}
				}, func(c *emulator.Config) { c.RetryDelivery = time.Hour }) // a delivery under way does not end
			})
		}
	}
}

func walletConfig(w *acctest.World) acctest.Config {
	return acctest.Config{"name": "staging", "network": w.Network, "line_of_credit_id": w.LineOfCreditID.String(), "limit": 1000}
}

// withArguments is a configuration with more arguments.
func withArguments(config, more acctest.Config) acctest.Config {
	config = maps.Clone(config)
	maps.Copy(config, more)
	return config
}

func requestConfig(_ *acctest.World, wallet string) acctest.Config {
	return acctest.Config{"wallet_id": wallet, "kind": "bolt11", "amount": acctest.Config{"amount": 21000, "currency": "btc"}}
}

// onDelivery invokes an action on a delivery to a receiver.
func onDelivery(
	kind string, receiver func(*testing.T, *acctest.World) string,
) func(*testing.T, *acctest.World, *acctest.Protocol) acctest.Diagnostics {
	return func(t *testing.T, w *acctest.World, p *acctest.Protocol) acctest.Diagnostics {
		t.Helper()
		c := &testCase{World: w, Protocol: p, t: t}
		c.webhook()
		c.config["url"] = receiver(t, w)
		c.made()
		_, diags := p.Invoke(t.Context(), kind, c.delivery(kind == "voltage_webhook_delivery_retry"))
		return diags
	}
}

// create attempts to create a resource on an existing wallet.
func create(kind string, config func(w *acctest.World, wallet string) acctest.Config) func(*testing.T, *acctest.World,
	*acctest.Protocol) acctest.Diagnostics {
	return func(t *testing.T, w *acctest.World, p *acctest.Protocol) acctest.Diagnostics {
		t.Helper()
		return p.Apply(t.Context(), &acctest.Instance{Type: kind}, config(w, newWallet(t, w)))
	}
}

// newWallet adds a wallet to the emulator.
func newWallet(t *testing.T, w *acctest.World) string {
	t.Helper()
	id, limit := uuid.New(), int64(1_000_000)
	err := w.Emulator.AddWallet(emulator.Wallet{
		ID: id, EnvironmentID: w.EnvironmentID, Name: "payer", Network: w.Network, LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
	})
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

// read reads a data source.
func read(
	kind string, config func(w *acctest.World) acctest.Config,
) func(*testing.T, *acctest.World, *acctest.Protocol) acctest.Diagnostics {
	return func(t *testing.T, w *acctest.World, p *acctest.Protocol) acctest.Diagnostics {
		t.Helper()
		_, diags := p.ReadDataSource(t.Context(), kind, config(w))
		return diags
	}
}
