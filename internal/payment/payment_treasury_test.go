package payment_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// treasury switches treasury movements on.
func (f *fixture) treasury(t *testing.T) {
	t.Helper()
	if err := f.Emulator.SwitchFeature(f.OrganizationID, "treasury", true); err != nil {
		t.Fatal(err)
	}
}

// TestAccTreasury: both directions use the operation of treasury movements, and without a processing fee.
func TestAccTreasury(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		f.treasury(t)
		f.Expect("the policies", f.Apply(t.Context(), &acctest.Instance{Type: "voltage_wallet_policies"}, acctest.Config{
			"wallet_id": f.payer.String(), "processing_fee": acctest.Config{"send_basis_points": 150, "receive_basis_points": 0},
		}))
		config := acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(21_000), "category": "treasury"}
		request := f.request(t, config)
		send := with(f.pay(request.String("payment_request")), acctest.Config{"category": "treasury", "id": uuid.NewString()})
		for range 2 {
			progress, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
			f.Expect("the send", diags)
			if first := strings.Join(progress, "\n"); !strings.Contains(first, "was sent before") {
				contains(t, "the progress", first, "as a treasury movement", "a treasury movement has no processing fee")
				contains(t, "the plan", diags.Warnings(), "Payment Will Be Sent", "as a treasury movement", "has no processing fee")
			}
		}
		if movements, payments := f.Emulator.Count("create_treasury_movement"), f.Emulator.Count("create_payment"); movements != 2 ||
			payments != 0 {
			t.Errorf("%d treasury movements and %d payments", movements, payments)
		}
		if payer, payee := f.balance(t, f.payer), f.balance(t, f.payee); payer != "-21000" || payee != "21000" {
			t.Errorf("the payer has %s, the payee %s", payer, payee)
		}
		f.planEmpty(t, request, config)
		for _, id := range []string{send["id"].(string), request.String("id")} {
			payment, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": id})
			f.Expect("the payment", diags)
			if got := acctest.Text(acctest.Attribute(payment, "category")); got != "treasury" {
				t.Errorf("the category is %s", got)
			}
		}
		// The same ID is another payment in another category.
		_, diags := f.Invoke(t.Context(), "voltage_payment_send", with(send, acctest.Config{"category": nil}))
		f.Expect("a standard payment", diags, "id: Payment ID In Use", "its category is treasury")
	})
}

// TestAccTreasury_refused: a feature that is off is the category's, and everything else that of the attribute that causes it.
func TestAccTreasury_refused(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		invoice := f.invoice(t, 21_000)
		alone := uuid.New() // without a line of credit
		if err := f.Emulator.AddWallet(emulator.Wallet{ID: alone, EnvironmentID: f.EnvironmentID, Name: "alone", Network: "mutinynet"}); err !=
			nil {
			t.Fatal(err)
		}
		send := with(f.pay(invoice), acctest.Config{"category": "treasury"})
		receive := acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1_000), "category": "treasury"}
		refused := func(what string, wallet uuid.UUID, want string) {
			t.Helper()
			_, diags := f.Invoke(t.Context(), "voltage_payment_send", with(send, acctest.Config{"wallet_id": wallet.String()}))
			f.Expect(what+", sending", diags, strings.ReplaceAll(want, "{}", "Payment Not Sent"))
			instance := &acctest.Instance{Type: "voltage_payment_request"}
			f.Expect(what+", receiving", f.Apply(t.Context(), instance, with(receive, acctest.Config{"wallet_id": wallet.String()})),
				strings.ReplaceAll(want, "{}", "Payment Request Not Created"))
		}
		refused("switched off", f.payer, "category: {}")
		f.treasury(t)
		refused("without a line of credit", alone, "wallet_id: {}")
		for what, diags := range map[string]acctest.Diagnostics{
			"a send": f.PlanAction(t.Context(), "voltage_payment_send", with(send, acctest.Config{"category": "gold"})),
			"a receive": f.Plan(t.Context(), &acctest.Instance{Type: "voltage_payment_request"},
				with(receive, acctest.Config{"category": "gold"})).Diagnostics,
		} {
			contains(t, what, diags.Errors(), "category: ", `"treasury"`)
		}
		// The kind is to blame where nothing but the kind is switched off.
		if err := f.Emulator.SwitchFeature(f.OrganizationID, "onchain", false); err != nil {
			t.Fatal(err)
		}
		f.Expect("on chain", f.Apply(t.Context(), &acctest.Instance{Type: "voltage_payment_request"},
			acctest.Config{"wallet_id": f.payee.String(), "kind": "onchain", "amount": btc(1_000)}), "kind: Payment Request Not Created")
	})
}

// TestAccPaymentRequest_category: another category is another request, one that is left out is standard, and a state from before there was
// a category is one of a standard request.
func TestAccPaymentRequest_category(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		f.treasury(t)
		config := acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1_000)}
		request := f.request(t, config)
		if got := request.String("category"); got != "standard" {
			t.Errorf("the category is %q", got)
		}
		f.planEmpty(t, request, with(config, acctest.Config{"category": "standard"}))
		plan := f.Plan(t.Context(), request, with(config, acctest.Config{"category": "treasury"}))
		if !plan.Replaces || !slices.Equal(plan.Paths, []string{`AttributeName("category")`}) {
			t.Errorf("the plan replaces %t for %v", plan.Replaces, plan.Paths)
		}
		contains(t, "the plan", plan.Diagnostics.Warnings(), "Payment Request Stays Payable")

		saved := f.Save(t.Context(), request)
		var attributes map[string]any
		if err := json.Unmarshal(saved.Attributes, &attributes); err != nil {
			t.Fatal(err)
		}
		delete(attributes, "category")
		saved.Attributes, _ = json.Marshal(attributes)
		older, diags := f.Load(t.Context(), "voltage_payment_request", saved)
		f.Expect("the older state", diags)
		if plan := f.Plan(t.Context(), older, config); plan.Replaces {
			t.Errorf("without a refresh, the older state is replaced for %v", plan.Paths)
		}
		if plan := f.Plan(t.Context(), older, with(config, acctest.Config{"category": "treasury"})); !plan.Replaces {
			t.Error("without a refresh, another category replaces nothing")
		}
		f.planEmpty(t, older, config)

		// An ID of a request of another category is not taken over.
		adopt := with(config, acctest.Config{"id": request.String("id"), "adopt_existing": true, "category": "treasury"})
		f.Expect("another category", f.World.Protocol(t).Apply(t.Context(), &acctest.Instance{Type: "voltage_payment_request"}, adopt),
			"category")
	})
}
