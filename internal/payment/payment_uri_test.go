package payment_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// TestAccPaymentRequest_uris: each bitcoin: URI that the emulator makes is a BIP 21 URI, whose amount is of whole satoshis and that of
// the invoice in it, also where a fee or the rate of a quote has a part of a satoshi; and what it asks for is what is paid.
func TestAccPaymentRequest_uris(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		policies := &acctest.Instance{Type: "voltage_wallet_policies"}
		f.MustApply(policies, acctest.Config{
			"wallet_id": f.payee.String(), "processing_fee": acctest.Config{"send_basis_points": 0, "receive_basis_points": 33},
		})
		for name, test := range map[string]struct {
			wallet uuid.UUID
			kind   string
			amount acctest.Config
		}{
			"bip21 with a fee":   {f.payee, "bip21", btc(21_000)},
			"onchain with a fee": {f.payee, "onchain", btc(21_000)},
			"bip21 of cents":     {f.dollars, "bip21", usd(7)},
			"onchain of cents":   {f.dollars, "onchain", usd(7)},
		} {
			request := f.request(t, acctest.Config{"wallet_id": test.wallet.String(), "kind": test.kind, "amount": test.amount})
			uri, err := voltage.ParseBIP21(request.String("bip21_uri"))
			if err != nil {
				t.Errorf("%s: %s: %v", name, request.String("bip21_uri"), err)
				continue
			}
			if uri.AmountMsats == nil || *uri.AmountMsats%1000 != 0 {
				t.Errorf("%s: %s", name, request.String("bip21_uri"))
			}
			if test.kind == "bip21" && (uri.Invoice == nil || uri.Invoice.AmountMsats == nil || *uri.Invoice.AmountMsats != *uri.AmountMsats) {
				t.Errorf("%s: the URI asks for %v msats, and the invoice in it for %+v", name, *uri.AmountMsats, uri.Invoice)
			}
			if err := f.Emulator.Pay(request.String("bip21_uri"), 0); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			time.Sleep(time.Second)
			f.Expect(name, f.Refresh(t.Context(), request))
			if got := acctest.Number(acctest.Attribute(request.Attribute("received_amount"),
				"amount")); got != acctest.Leaves(request.State)["amount.amount"] {
				t.Errorf("%s: received %s", name, got)
			}
		}
	})
}
