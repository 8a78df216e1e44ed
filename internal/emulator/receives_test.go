package emulator_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestReceiveURIs: lightning: for an invoice alone, bitcoin: for an address, and both in one.
func TestReceiveURIs(t *testing.T) {
	t.Parallel()
	a := start(t)
	wallet := a.btcWallet(0)
	for kind, form := range map[string]string{
		"bolt11": "lightning:INVOICE", "onchain": "bitcoin:ADDRESS?amount=0.00021&label=Table%204",
		"bip21": "bitcoin:ADDRESS?amount=0.00021&label=Table%204&lightning=INVOICE",
	} {
		got := a.expect(200, "", "GET",
			a.pay(newReceive(wallet, object{"payment_kind": kind, "amount": msats(21_000_000), "description": "Table 4"})), nil)
		invoice, _ := got.get("data", "payment_request").(string)
		address, _ := got.get("data", "address").(string)
		uri, _ := got.get("bip21_uri").(string)
		if want := strings.NewReplacer("INVOICE", invoice, "ADDRESS", address).Replace(form); uri != want {
			t.Errorf("%s: %s, want %s", kind, uri, want)
		}
		if err := a.emu.Pay(uri, 0); err != nil {
			t.Errorf("%s cannot be paid by its URI: %v", kind, err)
		}
	}
}

// TestReceiveWithFee: the payer pays principal and fee, and the wallet gets the principal.
func TestReceiveWithFee(t *testing.T) {
	t.Parallel()
	for kind, test := range map[string]struct{ amount, fee, wants int }{
		"bolt11": {50_050, 501, 50_551}, "onchain": {50_000, 1000, 51_000}, // whole satoshis on-chain
	} {
		a := start(t, func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[0].ReceiveBasisPoints = 100 })
		wallet := a.btcWallet(0)
		path := a.pay(newReceive(wallet, object{"payment_kind": kind, "amount": msats(test.amount)}))
		got := a.expect(200, "", "GET", path, nil)
		if got.get("processing_fee", "basis_points") != 100.0 || got.get("data", "fees", "amount") != float64(test.fee) ||
			got.get("data", "amount", "amount") != float64(test.amount) || got.get("requested_amount", "amount") != float64(test.amount) ||
			got.get("payment_breakdown") != nil {
			t.Errorf("%s: receiving as %s", kind, got.raw)
		}
		uri, _ := got.get("bip21_uri").(string)
		if err := a.emu.Pay(uri, int64(test.amount)); err == nil {
			t.Errorf("%s: the principal alone was taken", kind)
		}
		if err := a.emu.Pay(uri, int64(test.wants)); err != nil {
			t.Error(err)
		}
		got = a.expect(200, "", "GET", path, nil)
		if got.get("payment_breakdown", "principal", "amount") != float64(test.amount) ||
			got.get("payment_breakdown", "network_fee", "amount") != 0.0 ||
			got.get("payment_breakdown", "processing_fee", "amount") != float64(test.fee) ||
			a.money(wallet) != strings.Repeat(part(got, "data", "amount", "amount")+" ", 2)+"0" {
			t.Errorf("%s: %s with %s", kind, got.raw, a.money(wallet))
		}
	}
}

// TestReceivesThatFail: accepted, and failed later, each with the contract's code.
func TestReceivesThatFail(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		world  func(*emulator.Config)
		change object
		code   string
	}{
		"any amount with a fee": {
			func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[0].ReceiveBasisPoints = 1 },
			object{"amount": nil, "currency": "btc"},
			"invalid_payment_amount",
		},
		"against compliance": {
			func(*emulator.Config) {},
			object{"description": "VOLTAGE_COMPLIANCE_550e8400-e29b-41d4-a716-446655440000"},
			"rejected",
		},
	} {
		a := start(t, test.world)
		got := a.expect(200, "", "GET", a.pay(newReceive(a.btcWallet(0), test.change)), nil)
		if got.get("status") != "failed" || got.get("error", "type") != "receive_failed" || got.get("error", "code") != test.code ||
			got.get("data", "payment_request") != nil || got.get("bip21_uri") != nil {
			t.Errorf("%s: %s", name, got.raw)
		}
	}
	a := start(t)
	if got := a.expect(200, "", "GET", a.pay(newReceive(a.btcWallet(0), object{"amount": nil, "currency": "btc"})),
		nil); got.get("status") != "receiving" ||
		got.get("requested_amount") != nil || got.get("data", "amount", "amount") != 0.0 {
		t.Errorf("any amount without a fee: %s", got.raw)
	}
}

// TestReceipts: what proves each kind of settlement.
func TestReceipts(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	wallet := a.btcWallet(0)
	onchain := a.pay(newReceive(wallet, object{"payment_kind": "onchain", "amount": msats(21_000)}))
	lightning := a.pay(newReceive(wallet, nil))
	a.pass(2 * time.Second)
	for _, path := range []string{onchain, lightning} {
		uri, _ := a.expect(200, "", "GET", path, nil).get("bip21_uri").(string)
		if err := a.emu.Pay(uri, 0); err != nil {
			t.Fatal(err)
		}
	}
	a.pass(time.Second)
	got := a.expect(200, "", "GET", onchain, nil)
	if text := part(got, "data", "receipts"); got.get("status") != "receiving" || !strings.Contains(text, `"is_pending":true`) ||
		!strings.Contains(text, `"ledger_id":null`) {
		t.Errorf("seen: %s %s", got.get("status"), text)
	}
	a.pass(time.Second)
	got = a.expect(200, "", "GET", onchain, nil)
	if text := part(got, "data", "receipts"); got.get("status") != "completed" || !strings.Contains(text, `"is_pending":false`) ||
		!strings.Contains(text, `"amount_sats":21`) {
		t.Errorf("mined: %s %s", got.get("status"), text)
	}
	ledger := string(a.expect(200, "", "GET", wallets+"/"+wallet+"/ledger", nil).raw)
	for _, path := range []string{onchain, lightning} {
		receipts, _ := a.expect(200, "", "GET", path, nil).get("data", "receipts").([]any)
		data, _ := receipts[0].(object)["data"].(object)
		if id, _ := data["ledger_id"].(string); len(receipts) != 1 || id == "" || !strings.Contains(ledger, `"credit_id":"`+id+`"`) {
			t.Errorf("receipts %v, ledger %s", receipts, ledger)
		}
	}
}

// TestDollarReceive: asked for in dollars, paid in BTC by a rate that is told.
func TestDollarReceive(t *testing.T) {
	t.Parallel()
	a := start(t)
	wallet := a.wallet(emulator.StagingUSDLineID, 0)
	id := uuid.NewString()
	a.expect(202, "", "POST", environment+"/quotes", object{
		"id": id, "line_of_credit_id": emulator.StagingUSDLineID, "network": "mutinynet",
		"amount": object{"currency": "usd", "amount": 600}, "to": "btc",
	})
	path := a.pay(newReceive(wallet, object{"amount": object{"currency": "usd", "amount": 600}, "quote_id": id}))
	got := a.expect(200, "", "GET", path, nil)
	if part(got, "requested_amount") != `{"amount":10000000,"currency":"btc","unit":"msats"}` ||
		part(got, "data", "amount") != `{"amount":600,"currency":"usd","unit":"cents"}` ||
		got.get("data", "amount_msats") != 10_000_000.0 || got.get("data", "market_quote", "rate") != "600000000e2" ||
		got.get("data", "expiration") != 30.0 || part(got, "exchanges") != "[]" {
		t.Errorf("receiving as %s", got.raw)
	}
	if err := a.emu.Pay(a.invoice(path), 0); err != nil {
		t.Fatal(err)
	}
	got = a.expect(200, "", "GET", path, nil)
	exchanges, _ := got.get("exchanges").([]any)
	if len(exchanges) != 1 || exchanges[0].(object)["from_amount"].(object)["currency"] != "btc" ||
		exchanges[0].(object)["to_amount"].(object)["amount"] != 600.0 || a.money(wallet) != "600 600 0" {
		t.Errorf("completed as %s with %s", got.raw, a.money(wallet))
	}
}

// TestQuotedURI: what a quote exchanges can have a part of a satoshi; the URI and the invoice in it ask for the same whole satoshis.
func TestQuotedURI(t *testing.T) {
	t.Parallel()
	a := start(t)
	wallet := a.wallet(emulator.StagingUSDLineID, 0)
	id, cents := uuid.NewString(), object{"currency": "usd", "amount": 7}
	a.expect(202, "", "POST", environment+"/quotes", object{
		"id": id, "line_of_credit_id": emulator.StagingUSDLineID, "network": "mutinynet", "amount": cents, "to": "btc",
		"target_precision": object{"currency": "btc", "precision": "msats"},
	})
	path := a.pay(newReceive(wallet, object{"payment_kind": "bip21", "amount": cents, "quote_id": id}))
	got := a.expect(200, "", "GET", path, nil)
	uri, _ := got.get("bip21_uri").(string)
	invoice, _ := got.get("data", "payment_request").(string)
	if got.get("requested_amount", "amount") != 116_666.0 || !strings.Contains(uri, "?amount=0.00000117&") ||
		!strings.HasPrefix(invoice, "lntbs1170n1") {
		t.Errorf("receiving as %s", got.raw)
	}
	if err := a.emu.Pay(uri, 0); err != nil {
		t.Error(err)
	}
	if got := a.expect(200, "", "GET", path, nil); got.get("status") != "completed" || a.money(wallet) != "7 7 0" {
		t.Errorf("completed as %s with %s", got.raw, a.money(wallet))
	}
}

// TestCursorAlone: the second page takes the cursor and the filters, and not the word pagination again.
func TestCursorAlone(t *testing.T) {
	t.Parallel()
	a := start(t)
	wallet := uuid.MustParse(a.btcWallet(0))
	for range 3 {
		if _, err := a.emu.AddReceive(wallet, 1, nil); err != nil {
			t.Fatal(err)
		}
	}
	cursor, _ := a.expect(200, "", "GET", payments+"?pagination=cursor&limit=2&kind=bolt11", nil).get("next_cursor").(string)
	got := a.expect(200, "", "GET", payments+"?cursor="+cursor+"&limit=2&kind=bolt11", nil)
	if items, _ := got.get("items").([]any); len(items) != 1 || got.get("has_more") != false || got.get("offset") != 0.0 ||
		got.get("total") != nil {
		t.Errorf("second page %s", got.raw)
	}
	if got := a.expect(400, "invalid_cursor", "GET", payments+"?cursor="+cursor+"&limit=2&kind=onchain", nil); got.get("error",
		"context", "field") != "cursor" {
		t.Errorf("got %s", got.raw)
	}
	a.expect(400, "invalid_cursor", "GET", payments+"?pagination=offset&cursor="+cursor+"&kind=bolt11", nil)
	if got := a.expect(200, "", "GET", payments+"?check_only=true", nil); part(got, "items") != "[]" {
		t.Errorf("checks %s", got.raw)
	}
}
