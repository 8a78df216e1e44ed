package payment_test

import (
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// fixture is an emulator with two wallets in btc, one in usd and one on mainnet.
type fixture struct {
	*acctest.World
	*acctest.Protocol
	payer, payee, dollars, mainnet uuid.UUID
}

// virtual runs a test in virtual time.
func virtual(t *testing.T, test func(t *testing.T, f *fixture), change ...func(*emulator.Config)) {
	t.Helper()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) { t.Helper(); test(t, setUp(t, w)) }, change...)
}

func setUp(t *testing.T, w *acctest.World) *fixture {
	t.Helper()
	f := &fixture{World: w, payer: uuid.New(), payee: uuid.New(), dollars: uuid.New(), mainnet: uuid.New()}
	limit := int64(1_000_000)
	for _, wallet := range []emulator.Wallet{
		{ID: f.payer, Name: "payer", Network: "mutinynet", LineOfCreditID: &emulator.StagingLineID, Limit: &limit},
		{ID: f.payee, Name: "payee", Network: "mutinynet", LineOfCreditID: &emulator.StagingLineID, Limit: &limit},
		{ID: f.dollars, Name: "dollars", Network: "mutinynet", LineOfCreditID: &emulator.StagingUSDLineID, Limit: &limit},
		{ID: f.mainnet, Name: "mainnet", Network: "mainnet", LineOfCreditID: &emulator.StagingMainnetLineID, Limit: &limit},
	} {
		wallet.EnvironmentID = f.EnvironmentID
		if err := f.Emulator.AddWallet(wallet); err != nil {
			t.Fatal(err)
		}
	}
	f.Protocol = f.World.Protocol(t)
	return f
}

func btc(msats int) acctest.Config { return acctest.Config{"amount": msats, "currency": "btc"} }

func usd(cents int) acctest.Config { return acctest.Config{"amount": cents, "currency": "usd"} }

// request makes a payment request and returns it; its second plan is empty.
func (f *fixture) request(t *testing.T, config acctest.Config) *acctest.Instance {
	t.Helper()
	instance := &acctest.Instance{Type: "voltage_payment_request"}
	if diags := f.Apply(t.Context(), instance, config); diags.Errors() != "" {
		t.Fatalf("requesting: %s", diags.Errors())
	}
	f.planEmpty(t, instance, config)
	return instance
}

func (f *fixture) planEmpty(t *testing.T, instance *acctest.Instance, config acctest.Config) {
	t.Helper()
	if diags := f.Refresh(t.Context(), instance); diags.Errors() != "" {
		t.Fatalf("refreshing: %s", diags.Errors())
	}
	if plan := f.Plan(t.Context(), instance, config); plan.Changes() || plan.Diagnostics.Errors() != "" {
		t.Fatalf("the second plan is not empty: %v %s", plan.Paths, plan.Diagnostics.Errors())
	}
}

// invoice requests an invoice on the payee.
func (f *fixture) invoice(t *testing.T, msats int) string {
	t.Helper()
	return f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(msats)}).String("payment_request")
}

// decoded is what an invoice says.
func (f *fixture) decoded(t *testing.T, invoice string) tftypes.Value {
	t.Helper()
	value, failure := f.Call(t.Context(), "parse_bolt11", invoice)
	if failure != nil {
		t.Fatal(failure.Text)
	}
	return value
}

// pay is the configuration of a send of an invoice by the payer.
func (f *fixture) pay(invoice string) acctest.Config {
	return acctest.Config{"wallet_id": f.payer.String(), "kind": "bolt11", "payment_request": invoice}
}

// balance is what a wallet has in total, in base units.
func (f *fixture) balance(t *testing.T, wallet uuid.UUID) string {
	t.Helper()
	got, diags := f.ReadDataSource(t.Context(), "voltage_wallet", acctest.Config{"id": wallet.String()})
	if diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	return acctest.Number(acctest.Attribute(got, "total_balance"))
}

// contains reports each text that is missing.
func contains(t *testing.T, what, text string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %q: %s", what, want, text)
		}
	}
}
