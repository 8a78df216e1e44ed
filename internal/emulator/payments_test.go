package emulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const environment = "/organizations/0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/environments/3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02"

const payments = environment + "/payments"

type object = map[string]any

func msats(amount int) object { return object{"currency": "btc", "amount": amount} }

// wallet makes a wallet on a line of credit, with a limit in its base units, and returns its ID.
func (a *api) wallet(line uuid.UUID, limit int) string {
	a.t.Helper()
	path := a.make(object{"line_of_credit_id": line, "network": "mutinynet", "limit": limit})
	a.pass(time.Minute)
	return strings.TrimPrefix(path, wallets+"/")
}

func (a *api) btcWallet(limit int) string {
	a.t.Helper()
	return a.wallet(emulator.StagingLineID, limit)
}

// newReceive is a request, with fields replaced or (nil) left out.
func newReceive(wallet string, change object) object {
	return changed(object{"id": uuid.NewString(), "wallet_id": wallet, "payment_kind": "bolt11", "amount": msats(21_000)}, change)
}

func newSend(wallet, invoice string, change object) object {
	return changed(object{
		"id": uuid.NewString(), "wallet_id": wallet, "currency": "btc", "type": "bolt11", "data": object{"payment_request": invoice},
	}, change)
}

func changed(fields, change object) object {
	maps.Copy(fields, change)
	maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
	return fields
}

// pay accepts a payment and returns its path.
func (a *api) pay(request object) string {
	a.t.Helper()
	a.expect(202, "", "POST", payments, request)
	return fmt.Sprintf("%s/%s", payments, request["id"])
}

func (a *api) status(path string) string {
	a.t.Helper()
	status, _ := a.expect(200, "", "GET", path, nil).get("status").(string)
	return status
}

func (a *api) invoice(path string) string {
	a.t.Helper()
	invoice, _ := a.expect(200, "", "GET", path, nil).get("data", "payment_request").(string)
	return invoice
}

// money is what a wallet has: total, available, and what is held.
func (a *api) money(wallet string) string {
	a.t.Helper()
	var w struct {
		Balances []struct {
			Total, Available struct {
				Amount   int64
				Negative bool
			}
		}
		Holds []any
	}
	if err := json.Unmarshal(a.expect(200, "", "GET", wallets+"/"+wallet, nil).raw, &w); err != nil {
		a.t.Fatal(err)
	}
	if len(w.Balances) == 0 {
		return "nothing"
	}
	sign := func(amount int64, negative bool) int64 {
		if negative {
			return -amount
		}
		return amount
	}
	b := w.Balances[0]
	return fmt.Sprintf("%d %d %d", sign(b.Total.Amount, b.Total.Negative), sign(b.Available.Amount, b.Available.Negative), len(w.Holds))
}

// TestReceiveOverTime goes from generating to its end.
func TestReceiveOverTime(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	wallet := a.btcWallet(0)
	path := a.pay(newReceive(wallet, object{"expiration": 60}))
	a.expect(404, "payment_not_found", "GET", path, nil)
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", path, nil); got.get("status") != "generating" || got.get("data", "payment_request") != nil {
		t.Errorf("got %s", got.raw)
	}
	if err := a.emu.Pay(a.invoice(path), 0); err == nil {
		t.Error("paid before there is an invoice")
	}
	a.pass(time.Second)
	got := a.expect(200, "", "GET", path, nil)
	invoice, _ := got.get("data", "payment_request").(string)
	if got.get("status") != "receiving" || !strings.HasPrefix(invoice, "lntbs210n1") || got.get("bip21_uri") == nil ||
		got.get("data", "expiration") != 60.0 {
		t.Errorf("got %s", got.raw)
	}
	if err := a.emu.Pay(invoice, 5); err == nil {
		t.Error("another amount was taken")
	}
	if err := a.emu.Pay(strings.ToUpper(invoice), 0); err != nil {
		t.Fatal(err)
	}
	if err := a.emu.Pay(invoice, 0); err == nil {
		t.Error("paid twice")
	}
	if a.status(path) != "receiving" || a.money(wallet) != "nothing" {
		t.Error("completed at once")
	}
	a.pass(time.Second)
	got = a.expect(200, "", "GET", path, nil)
	if got.get("status") != "completed" || a.money(wallet) != "21000 21000 0" || got.get("payment_breakdown") != nil ||
		got.get("data", "amount", "amount") != 21000.0 {
		t.Errorf("got %s", got.raw)
	}
	a.pass(time.Hour)
	if a.status(path) != "completed" {
		t.Error("a completed receive expired")
	}

	late := a.pay(newReceive(wallet, object{"expiration": 60}))
	a.pass(time.Minute)
	if a.status(late) != "expired" {
		t.Errorf("status %s", a.status(late))
	}
	history := string(a.expect(200, "", "GET", late+"/history", nil).raw)
	if !strings.Contains(history, "receive_generating") || !strings.Contains(history, "receive_expired") {
		t.Errorf("history %s", history)
	}
	if got := a.expect(200, "", "GET", payments+"/"+uuid.NewString()+"/history", nil); fmt.Sprint(got.get("events")) != "[]" {
		t.Errorf("the history of nothing is %s", got.raw)
	}
}

// TestSendOverTime holds the money, and takes it or gives it back.
func TestSendOverTime(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	payer, payee := a.btcWallet(100_000), a.btcWallet(0)
	request := a.pay(newReceive(payee, nil))
	a.pass(2 * time.Second)
	send := a.pay(newSend(payer, a.invoice(request), nil))
	a.expect(404, "payment_not_found", "GET", send, nil)
	a.pass(time.Second)
	if a.status(send) != "sending" || a.money(payer) != "0 -21000 1" {
		t.Errorf("%s with %s", a.status(send), a.money(payer))
	}
	a.pass(time.Second)
	if a.status(send) != "approved" {
		t.Errorf("status %s", a.status(send))
	}
	a.pass(time.Second)
	if a.status(send) != "completed" || a.money(payer) != "-21000 -21000 0" || a.status(request) != "completed" ||
		a.money(payee) != "21000 21000 0" {
		t.Errorf("%s with %s, %s with %s", a.status(send), a.money(payer), a.status(request), a.money(payee))
	}
	got := string(a.expect(200, "", "GET", send, nil).raw)
	if !strings.Contains(got, `"type":"shortcircuit"`) ||
		!strings.Contains(got, `"offset_payment_id":"`+strings.TrimPrefix(request, payments+"/")+`"`) {
		t.Errorf("got %s", got)
	}
	a.expect(400, "wallet_not_empty", "DELETE", wallets+"/"+payee, nil)

	a.emu.Inject(emulator.Fault{
		Operation: "create_payment",
		Effect:    emulator.FailAsync{Type: "send_failed", Code: "no_route", Detail: "nobody"},
	})
	failed := a.pay(newSend(payer, a.foreignInvoice(), nil))
	a.pass(time.Second)
	if a.money(payer) != "-21000 -122000 1" {
		t.Errorf("not held: %s", a.money(payer))
	}
	a.pass(time.Second)
	answer := a.expect(200, "", "GET", failed, nil)
	if answer.get("status") != "failed" || answer.get("error", "code") != "no_route" || a.money(payer) != "-21000 -21000 0" {
		t.Errorf("got %s with %s", answer.raw, a.money(payer))
	}
	ledger := string(a.expect(200, "", "GET", wallets+"/"+payer+"/ledger?payment_id="+strings.TrimPrefix(failed, payments+"/"), nil).raw)
	if !strings.Contains(ledger, `"held"`) || !strings.Contains(ledger, `"released"`) || !strings.Contains(ledger, `"total":2`) {
		t.Errorf("ledger %s", ledger)
	}
}

// foreignInvoice is an invoice of 100,000 msats of another emulator: somebody outside.
func (a *api) foreignInvoice() string {
	a.t.Helper()
	other := start(a.t)
	return other.invoice(other.pay(newReceive(other.btcWallet(0), object{"amount": msats(100_000)})))
}

// TestFees: the network's of a Lightning and of an on-chain send, and processing fees both ways.
func TestFees(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) {
		c.Organizations[0].LinesOfCredit[0].SendBasisPoints, c.Organizations[0].LinesOfCredit[0].ReceiveBasisPoints = 50, 100
	})
	payer, payee := a.btcWallet(10_000_000), a.btcWallet(0)
	a.pay(newSend(payer, a.foreignInvoice(), nil))
	if got := a.money(payer); got != "-101500 -101500 0" { // 0.1 % and at least a satoshi to the network, 0.5 % to Voltage
		t.Errorf("a Lightning send leaves %s", got)
	}
	a.pay(newSend(payer, "", object{
		"type": "onchain",
		"data": object{"address": "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", "amount": msats(1_000_000)},
	}))
	if got := a.money(payer); got != "-1306500 -1306500 0" { // 200 sats to the network
		t.Errorf("an on-chain send leaves %s", got)
	}
	request := a.pay(newReceive(payee, object{"amount": msats(50_000)}))
	if err := a.emu.Pay(a.invoice(request), 0); err != nil {
		t.Fatal(err)
	}
	if got := a.money(payee); got != "50000 50000 0" { // the payer pays the fee
		t.Errorf("a receive brings %s", got)
	}
	if got := a.invoice(request); !strings.HasPrefix(got, "lntbs505n1") {
		t.Errorf("the invoice does not ask for principal and fee: %s", got)
	}
	over := a.pay(newSend(payer, a.foreignInvoice(), object{"data": object{"payment_request": a.foreignInvoice(), "max_fee": msats(999)}}))
	if got := a.expect(200, "", "GET", over, nil); got.get("status") != "failed" || got.get("error", "code") != "no_route" {
		t.Errorf("above the bound: %s", got.raw)
	}
	poor := a.pay(newSend(payee, a.foreignInvoice(), nil))
	if got := a.expect(200, "", "GET", poor, nil); got.get("status") != "failed" || got.get("error", "type") != "hold_failed" ||
		got.get("error", "code") != "insufficient_funds" || a.money(payee) != "50000 50000 0" {
		t.Errorf("without money: %s with %s", got.raw, a.money(payee))
	}
}

// TestPaymentRefusals is the table of what the contract refuses of payments, quotes and ledgers.
func TestPaymentRefusals(t *testing.T) {
	t.Parallel()
	asset := "asset:" + strings.Repeat("0f", 33)
	long := strings.Repeat("ä", 257)
	many := object{}
	for i := range 51 {
		many[fmt.Sprint(i)] = ""
	}
	receive := func(change object) func(*api, string) (string, string, any) {
		return func(_ *api, wallet string) (string, string, any) {
			return "POST", payments, newReceive(wallet, change)
		}
	}
	send := func(invoice string, change object) func(*api, string) (string, string, any) {
		return func(_ *api, wallet string) (string, string, any) {
			return "POST", payments, newSend(wallet, invoice, change)
		}
	}
	get := func(path string) func(*api, string) (string, string, any) {
		return func(_ *api, wallet string) (string, string, any) {
			return "GET", strings.ReplaceAll(path, "WALLET", wallet), nil
		}
	}
	onchain := func(address string, amount object) object {
		return object{"type": "onchain", "data": changed(object{"address": address}, object{"amount": amount})}
	}
	const address = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
	const mainnet = "lnbc2500u1pvjluezsp5zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zyg3zygspp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rq" +
		"wzqfqypqdq5xysxxatsyp3k7enxv4jsxqzpu9qrsgquk0rl77nj30yxdy8j9vdx85fkpmdla2087ne0xh8nhedh8w27kyke0lp53ut353s06fv3qfegext0eh0ymjpf39tuven" +
		"09sam30g4vgpfna3rh"
	for name, test := range map[string]struct {
		status  int
		kind    string
		request func(*api, string) (method, path string, body any)
	}{
		"receive, no ID":              {422, "invalid_data", receive(object{"id": nil})},
		"receive, no wallet":          {422, "invalid_data", receive(object{"wallet_id": nil})},
		"receive, unknown field":      {422, "invalid_data", receive(object{"color": 1})},
		"receive, kind":               {422, "invalid_data", receive(object{"payment_kind": "usdbatch"})},
		"receive, expiration":         {422, "invalid_data", receive(object{"expiration": 86_401})},
		"receive, much metadata":      {422, "invalid_data", receive(object{"metadata": many})},
		"receive, long metadata":      {422, "invalid_data", receive(object{"metadata": object{"a": long}})},
		"receive, amount of nothing":  {400, "invalid_amount", receive(object{"amount": msats(0)})},
		"receive, half an amount":     {422, "invalid_data", receive(object{"amount": object{"amount": 1}})},
		"receive, currency":           {422, "invalid_data", receive(object{"amount": object{"currency": "eur", "amount": 1}})},
		"receive, usd on btc":         {400, "invalid_currency", receive(object{"amount": object{"currency": "usd", "amount": 1}})},
		"receive, any of no currency": {422, "invalid_data", receive(object{"amount": nil})},
		"receive, any on chain":       {422, "invalid_data", receive(object{"amount": nil, "currency": "btc", "payment_kind": "onchain"})},
		"receive, part of a satoshi":  {400, "invalid_amount", receive(object{"amount": msats(1500), "payment_kind": "onchain"})},
		"receive, part of one as URI": {400, "invalid_amount", receive(object{"amount": msats(1500), "payment_kind": "bip21"})},
		"receive, asset of btc":       {400, "invalid_currency", receive(object{"payment_kind": "taprootasset"})},
		"receive, bolt11 of an asset": {400, "invalid_currency", receive(object{"amount": object{"currency": asset, "amount": 1}})},
		"receive, needless quote":     {400, "invalid_quote", receive(object{"quote_id": uuid.NewString()})},
		"receive, no such wallet":     {400, "invalid_payment", receive(object{"wallet_id": uuid.NewString()})},
		"send, neither type nor data": {422, "invalid_data", send("x", object{"data": nil})},
		"send, type":                  {422, "invalid_data", send("x", object{"type": "usdbatch"})},
		"send, broken invoice":        {400, "invalid_bolt11_payment_request", send("lntbs1x", nil)},
		"send, no invoice":            {422, "invalid_data", send("", nil)},
		"send, another network's":     {400, "invalid_network", send(mainnet, nil)},
		"send, an address's network":  {400, "invalid_address", send("", onchain("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", msats(1000)))},
		"send, address":               {400, "invalid_address", send("", onchain("nowhere", msats(1000)))},
		"send, no amount":             {422, "invalid_data", send("", onchain(address, nil))},
		"send, part of a satoshi":     {400, "invalid_amount", send("", onchain(address, msats(1)))},
		"send, not a URI":             {400, "invalid_address", send("", object{"type": "bip21", "data": object{"address": "litecoin:x"}})},
		"send, fee in usd": {400, "invalid_currency", send("", object{
			"type": "onchain",
			"data": object{"address": address, "amount": msats(1000), "max_fee": object{"currency": "usd", "amount": 1}},
		})},
		"send, another amount": {400, "amount_match_failed", func(a *api, wallet string) (string, string, any) {
			invoice := a.invoice(a.pay(newReceive(wallet, nil)))
			return "POST", payments, newSend(wallet, invoice, object{"data": object{"payment_request": invoice, "amount": msats(22_000)}})
		}},
		"ID used before": {409, "payment_exists", func(a *api, wallet string) (string, string, any) {
			request := newReceive(wallet, nil)
			a.pay(request)
			return "POST", payments, request
		}},
		"another environment's wallet": {400, "environment_match_failed", func(_ *api, wallet string) (string, string, any) {
			return "POST", strings.ReplaceAll(payments, emulator.StagingEnvironmentID.String(), emulator.SecondEnvironmentID.String()),
				newReceive(wallet, nil)
		}},
		"deleted wallet": {400, "invalid_payment", func(a *api, wallet string) (string, string, any) {
			a.expect(202, "", "DELETE", wallets+"/"+wallet, nil)
			return "POST", payments, newReceive(wallet, nil)
		}},
		"no such payment":   {404, "payment_not_found", get(payments + "/" + uuid.NewString())},
		"list, cursor":      {400, "invalid_cursor", get(payments + "?pagination=cursor&cursor=x")},
		"list, status":      {400, "invalid_parameter", get(payments + "?statuses[]=paid")},
		"list, kind":        {400, "invalid_parameter", get(payments + "?kind=cash")},
		"list, wallet":      {400, "invalid_parameter", get(payments + "?wallet_id=x")},
		"list, line":        {400, "invalid_parameter", get(payments + "?line_of_credit_id=x")},
		"list, date":        {400, "invalid_parameter", get(payments + "?start_date=today")},
		"list, limit":       {400, "invalid_parameter", get(payments + "?limit=-1")},
		"list, offset":      {400, "invalid_parameter", get(payments + "?offset=x")},
		"ledger, no wallet": {404, "instance_not_found", get(wallets + "/" + uuid.NewString() + "/ledger")},
		"ledger, date":      {400, "invalid_parameter", get(wallets + "/WALLET/ledger?end_date=x")},
		"ledger, payment":   {400, "invalid_parameter", get(wallets + "/WALLET/ledger?payment_id=x")},
		"no such quote":     {404, "quote_not_found", get(environment + "/quotes/" + uuid.NewString())},
		"payment, another organization's": {
			403, "access_rights",
			get(strings.ReplaceAll(payments, emulator.DefaultOrganizationID.String(), uuid.NewString())),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, tolerant)
			method, path, body := test.request(a, a.btcWallet(1000))
			a.expect(test.status, test.kind, method, path, body, "X-Api-Key", "", "Authorization", "Bearer "+emulator.UserToken)
		})
	}
}

// TestQuotes are made, used once, and expire.
func TestQuotes(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	wallet := a.wallet(emulator.StagingUSDLineID, 1_000)
	usd := object{"currency": "usd", "amount": 600}
	quote := func(change object) object {
		return changed(
			object{"id": uuid.NewString(), "line_of_credit_id": emulator.StagingUSDLineID, "network": "mutinynet", "amount": usd, "to": "btc"},
			change,
		)
	}
	made := func(request object) (id any, path string) {
		a.expect(202, "", "POST", environment+"/quotes", request)
		return request["id"], fmt.Sprintf("%s/quotes/%s", environment, request["id"])
	}
	id, path := made(quote(nil))
	a.expect(404, "quote_not_found", "GET", path, nil)
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", path, nil); got.get("quote") != nil || got.get("created_at") != nil {
		t.Errorf("made at once: %s", got.raw)
	}
	receive := func(change object) object {
		return newReceive(wallet, changed(object{"amount": usd, "quote_id": id}, change))
	}
	a.expect(400, "invalid_quote", "POST", payments, receive(nil)) // not made yet
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", path, nil); got.get("quote", "detail", "rate") != "600000000e2" || got.get("expires_at") == nil ||
		got.get("consumed_at") != nil {
		t.Errorf("got %s", got.raw)
	}
	a.expect(400, "quote_required", "POST", payments, receive(object{"quote_id": nil}))
	a.expect(400, "invalid_quote", "POST", payments, receive(object{"quote_id": uuid.NewString()}))
	a.expect(400, "amount_match_failed", "POST", payments, receive(object{"amount": object{"currency": "usd", "amount": 601}}))
	request := a.pay(receive(nil))
	if got := a.expect(200, "", "GET", path, nil); got.get("consumed_at") == nil || got.get("wallet_id") != wallet {
		t.Errorf("got %s", got.raw)
	}
	a.expect(400, "invalid_quote", "POST", payments, receive(nil)) // used
	a.pass(2 * time.Second)
	if invoice := a.invoice(request); !strings.HasPrefix(invoice, "lntbs100u1") { // 10,000 sats are 6 dollars at 60,000 a bitcoin
		t.Errorf("invoice %s", invoice)
	}
	id, _ = made(quote(nil))
	a.pass(2*time.Second + 30*time.Second)
	a.expect(400, "invalid_quote", "POST", payments, receive(nil)) // expired
	a.emu.Inject(emulator.Fault{Operation: "request_a_quote", Effect: emulator.FailAsync{Type: "price", Detail: "no price"}})
	id, path = made(quote(nil))
	a.pass(2 * time.Second)
	if got := a.expect(200, "", "GET", path, nil); got.get("failed_at") == nil || got.get("error", "type") != "price" {
		t.Errorf("got %s", got.raw)
	}
	a.expect(400, "invalid_quote", "POST", payments, receive(nil)) // failed
	a.expect(409, "quote_already_exists", "POST", environment+"/quotes", quote(object{"id": id}))
	a.expect(400, "invalid_quote_request", "POST", environment+"/quotes", quote(object{"line_of_credit_id": uuid.NewString()}))
	a.expect(400, "invalid_quote_request", "POST", environment+"/quotes", quote(object{"network": "mainnet"}))
	a.expect(400, "mismatch_currency", "POST", environment+"/quotes", quote(object{"to": "usd"}))
}

// TestPaymentPages: a cursor belongs to its filters and order; offsets still work.
func TestPaymentPages(t *testing.T) {
	t.Parallel()
	a := start(t)
	wallet := uuid.MustParse(a.btcWallet(0))
	for i := range 7 {
		if _, err := a.emu.AddReceive(wallet, int64(i+1), map[string]string{"n": fmt.Sprint(i % 2)}); err != nil {
			t.Fatal(err)
		}
		a.pass(time.Second)
	}
	amounts := func(got answer) string {
		var list struct {
			Items []struct {
				Data struct {
					Amount struct{ Amount int64 }
				}
			}
		}
		if err := json.Unmarshal(got.raw, &list); err != nil {
			t.Fatal(err)
		}
		var text []string
		for _, item := range list.Items {
			text = append(text, fmt.Sprint(item.Data.Amount.Amount))
		}
		return strings.Join(text, " ")
	}
	first := a.expect(200, "", "GET", payments+"?pagination=cursor&limit=3&sort_order=ASC", nil)
	cursor, _ := first.get("next_cursor").(string)
	if amounts(first) != "1 2 3" || first.get("has_more") != true || first.get("total") != nil || cursor == "" {
		t.Errorf("got %s", first.raw)
	}
	second := a.expect(200, "", "GET", payments+"?pagination=cursor&limit=9&sort_order=ASC&cursor="+cursor, nil)
	if amounts(second) != "4 5 6 7" || second.get("has_more") != false || second.get("next_cursor") != nil {
		t.Errorf("got %s", second.raw)
	}
	a.expect(400, "invalid_cursor", "GET", payments+"?pagination=cursor&limit=3&sort_order=DESC&cursor="+cursor, nil)
	a.expect(400, "invalid_cursor", "GET", payments+"?pagination=cursor&limit=3&sort_order=ASC&kind=bolt11&cursor="+cursor, nil)
	if got := a.expect(200, "", "GET", payments+"?limit=2&offset=1", nil); amounts(got) != "6 5" || got.get("total") != 7.0 {
		t.Errorf("got %s", got.raw)
	}
	if got := a.expect(200, "", "GET", payments+"?metadata[n]=1&sort_key=updated_at&sort_order=ASC", nil); amounts(got) != "2 4 6" {
		t.Errorf("got %s", got.raw)
	}
	if got := a.expect(200, "", "GET", payments+"?start_date=2100-01-01T00:00:00Z", nil); amounts(got) != "" {
		t.Errorf("got %s", got.raw)
	}
}

func TestPayErrors(t *testing.T) {
	t.Parallel()
	a := start(t)
	wallet := a.btcWallet(0)
	anyAmount := a.pay(newReceive(wallet, object{"amount": nil, "currency": "btc"}))
	for what, err := range map[string]error{
		"nothing":    a.emu.Pay("", 0),
		"a stranger": a.emu.Pay("lntbs1stranger", 0),
		"no amount":  a.emu.Pay(a.invoice(anyAmount), 0),
	} {
		if err == nil {
			t.Errorf("%s was paid", what)
		}
	}
	if _, err := a.emu.AddReceive(uuid.New(), 1, nil); err == nil {
		t.Error("a wallet that does not exist receives")
	}
}
