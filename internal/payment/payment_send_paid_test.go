package payment_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccPaymentSend_paidBefore: whoever pays an invoice a second time reads that it was paid before, by which payment, that no money was
// moved now, and is not invited to try again.
func TestAccPaymentSend_paidBefore(t *testing.T) {
	t.Parallel()
	const (
		object = " Payment %[1]s (bolt11, from wallet \"payer\" (ID %[2]s)): "
		known  = "Invoice Already Paid:" + object + "this invoice was paid before. Payment ID of it was requested at TIME and is completed. " +
			"This payment moved no money.\n\nDo not pay this invoice again. To make another payment, set payment_request to a new invoice"
		failed = "Payment Failed:" + object + "the API accepted the payment, and then it failed: send_failed/invalid_bolt11_invoice: " +
			"The request was paid before, or can no longer be paid.\n\nThis payment moved no money.\n\n"
		rejected = "Payment Not Sent:" + object + "POST %[3]s: 400 invalid_bolt11_payment_request: Already paid.\n\n"
		asks     = "The API does not say whether the invoice was paid before or can no longer be paid. Ask the payee. " +
			"If the payee has the money, do not pay again. Otherwise ask for a new invoice."
		expired = "The invoice has expired. Ask the payee whether it was paid before. If it was not, ask for a new invoice."
	)
	for name, test := range map[string]struct {
		hide, own, refused, expired bool
		want                        string // the whole message, without the ID and the time of the payment that paid
	}{
		"known":                       {want: known + "."},
		"known, with an ID":           {own: true, want: known + ", and set another id."},
		"not known":                   {hide: true, want: failed + asks},
		"not known, expired":          {hide: true, expired: true, want: failed + expired},
		"refused, known":              {refused: true, want: known + "."},
		"refused, known, with an ID":  {refused: true, own: true, want: known + "."}, // the ID is still free
		"refused, not known":          {refused: true, hide: true, want: rejected + asks},
		"refused, not known, expired": {refused: true, hide: true, expired: true, want: rejected + expired},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				send := f.pay(f.invoice(t, 21_000))
				_, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
				f.Expect("the first payment", diags)
				before := f.balance(t, f.payer)
				if test.own {
					send["id"] = uuid.NewString()
				}
				if test.hide {
					f.Emulator.Inject(emulator.Fault{Operation: "get_payments", Times: -1, Effect: emulator.Refuse{Status: 403, Type: "access_rights"}})
				}
				if test.refused {
					f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: emulator.Refuse{
						Status: 400, Type: "invalid_bolt11_payment_request", Detail: "Already paid.",
					}})
				}
				if test.expired {
					time.Sleep(2 * time.Hour)
				}
				progress, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
				_, id, _ := strings.Cut(strings.Join(progress, "\n"), "The ID of the payment is ")
				id = id[:36]
				got := diags.Errors()
				if paid, rest, ok := strings.Cut(got, " of it was requested at "); ok {
					at, after, _ := strings.Cut(rest, " and ")
					start := strings.LastIndex(paid, " ") + 1
					if paid[start:] == id {
						t.Errorf("it was paid by itself: %s", got)
					}
					got = strings.ReplaceAll(got, paid[start:]+" of it was requested at "+at+" and "+after, "ID of it was requested at TIME and "+after)
				}
				path := fmt.Sprintf("/organizations/%s/environments/%s/payments", f.OrganizationID, f.EnvironmentID)
				if want := fmt.Sprintf(test.want, id, f.payer, path); !strings.Contains(got, want) {
					t.Errorf("the second payment:\n%s\nwant\n%s", got, want)
				}
				if after := f.balance(t, f.payer); after != before {
					t.Errorf("the balance was %s and is %s", before, after)
				}
			})
		})
	}
}

// TestAccPaymentMessages holds whole messages, as somebody reads them in a failed apply.
func TestAccPaymentMessages(t *testing.T) {
	t.Parallel()
	f := setUp(t, acctest.Emulated(t))
	invoice := f.invoice(t, 21_000)
	with := func(config acctest.Config, changes ...any) acctest.Config {
		for i := 0; i < len(changes); i += 2 {
			config[changes[i].(string)] = changes[i+1]
		}
		return config
	}
	for name, test := range map[string]struct {
		config acctest.Config
		want   string
	}{
		"an amount that differs": {with(f.pay(invoice), "amount", btc(25_000_000)),
			"Invalid Amount: The invoice asks for 21 sats (21000 msats), but amount is 25,000 sats (25000000 msats).\n\nRemove amount."},
		"no invoice": {acctest.Config{"wallet_id": f.payer.String(), "kind": "bolt11"},
			"Missing Attribute: A payment of kind \"bolt11\" requires payment_request, which is the invoice.\n\n" +
				"Set payment_request, or choose another kind."},
		"a fraction of a satoshi": {
			acctest.Config{"wallet_id": f.payer.String(), "kind": "onchain", "address": outside, "amount": btc(1_500)},
			"Invalid Amount: The amount is 1.5 sats (1500 msats). A payment on chain must be a whole number of satoshis, which is a multiple " +
				"of 1,000 msats.\n\nRound amount to a whole number of satoshis."},
		"real money": {with(f.pay(invoice), "wallet_id", f.mainnet.String()),
			fmt.Sprintf("Real Money Not Allowed: Wallet \"mainnet\" (ID %s) is on mainnet, so this payment would send real money.\n\n"+
				"To send real money, set allow_mainnet = true.", f.mainnet)},
	} {
		t.Run(name, func(t *testing.T) {
			_, diags := f.Invoke(t.Context(), "voltage_payment_send", test.config)
			if got := diags.Errors(); !strings.Contains(got, test.want) {
				t.Errorf("the message is\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}
