package payment_test

import (
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccPaymentRequest_disabledLine: the currency of a wallet on a disabled line of credit is known, also where only the list has the
// line.
func TestAccPaymentRequest_disabledLine(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		wallet, limit := uuid.New(), int64(1000)
		if err := w.Emulator.AddWallet(emulator.Wallet{
			ID: wallet, EnvironmentID: w.EnvironmentID, Name: "dollars", Network: "mutinynet",
			LineOfCreditID: &emulator.StagingUSDLineID, Limit: &limit,
		}); err != nil {
			t.Fatal(err)
		}
		if err := w.Emulator.DisableLine(emulator.StagingUSDLineID); err != nil {
			t.Fatal(err)
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Times: -1, Effect: emulator.NotFound{}})
		p := w.Protocol(t)
		diags := p.Apply(t.Context(), &acctest.Instance{Type: "voltage_payment_request"}, acctest.Config{
			"wallet_id": wallet.String(),
			"kind":      "bolt11",
		})
		p.Expect("any amount on a USD line", diags, "amount: Missing Attribute", "is in usd")
	})
}
