package emulator_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const address = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"

func bip21(data object) object { return object{"type": "bip21", "data": data} }

// part is a part of an answer, with numbers as they were written.
func part(got answer, path ...string) string {
	value := got.get(path...)
	content, _ := json.Marshal(value)
	return string(content)
}

// TestBIP21Sends: the URI or an address is in data.address, and what the URI says takes precedence over the fields beside it.
func TestBIP21Sends(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		data  object
		wants map[string]string // of data
		rail  string            // of the outflow
	}{
		"a URI": {
			object{"address": "bitcoin:" + address + "?amount=0.00025&label=Order%20A+1"},
			map[string]string{"amount_msats": "25000000", "address": `"` + address + `"`, "description": `"Order A+1"`, "payment_request": "null"},
			"onchain",
		},
		"its amount wins": {
			object{"address": "bitcoin:" + address + "?amount=0.00025", "amount": msats(1000)},
			map[string]string{"amount_msats": "25000000"}, "onchain",
		},
		"its message wins": {
			object{"address": "bitcoin:" + address + "?amount=1&message=theirs", "description": "ours"},
			map[string]string{"description": `"theirs"`}, "onchain",
		},
		"its invoice wins": {
			object{"address": "bitcoin:" + address + "?lightning=" + a0, "payment_request": strings.ToUpper(a0)},
			map[string]string{"amount_msats": "150000", "payment_request": `"` + a0 + `"`}, "lightning",
		},
		"capitals": {
			object{"address": "BITCOIN:" + strings.ToUpper(address) + "?AMOUNT=0.00025&LIGHTNING="},
			map[string]string{"address": `"` + address + `"`}, "onchain",
		},
		"a field beside an invoice": {
			object{"address": address, "payment_request": a0, "description": "ours"}, map[string]string{"description": `"ours"`}, "lightning",
		},
		"an address": {
			object{"address": address, "amount": msats(25_000_000), "description": "ours"},
			map[string]string{"amount_msats": "25000000", "description": `"ours"`}, "onchain",
		},
		"an address and an invoice": {
			object{"address": address, "payment_request": a0},
			map[string]string{"amount_msats": "150000"},
			"lightning",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			test.data["max_fee"] = msats(10_000_000)
			got := a.expect(200, "", "GET", a.pay(newSend(a.btcWallet(200_000_000_000-100_000_000_000), "", bip21(test.data))), nil)
			for field, want := range test.wants {
				if part(got, "data", field) != want {
					t.Errorf("%s is %s, want %s", field, part(got, "data", field), want)
				}
			}
			if test.wants["description"] != `"theirs"` && !strings.Contains(part(got, "data", "outflows"), `"type":"`+test.rail+`"`) {
				t.Errorf("%s, settled by %s", got.get("status"), part(got, "data", "outflows"))
			}
		})
	}
}

func TestBIP21Refusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		status int
		kind   string
		data   object
	}{
		"the URI as an invoice":      {422, "invalid_data", object{"payment_request": "bitcoin:" + address + "?amount=1"}},
		"no amount anywhere":         {400, "amount_required", object{"address": "bitcoin:" + address}},
		"another scheme":             {400, "invalid_address", object{"address": "litecoin:" + address + "?amount=1"}},
		"what it requires":           {400, "invalid_address", object{"address": "bitcoin:" + address + "?amount=1&req-pj=x"}},
		"an amount in a word":        {400, "invalid_address", object{"address": "bitcoin:" + address + "?amount=one"}},
		"too small a part":           {400, "invalid_address", object{"address": "bitcoin:" + address + "?amount=0.000000001"}},
		"a network":                  {400, "invalid_address", object{"address": "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=1"}},
		"an invoice":                 {400, "invalid_bolt11_payment_request", object{"address": "bitcoin:" + address + "?lightning=x"}},
		"against its own invoice":    {400, "amount_match_failed", object{"address": "bitcoin:" + address + "?amount=1&lightning=" + a0}},
		"an invoice against a field": {400, "amount_match_failed", object{"address": address, "payment_request": a0, "amount": msats(1000)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, tolerant)
			a.expect(test.status, test.kind, "POST", payments, newSend(a.btcWallet(1_000_000), "", bip21(test.data)))
			if got := a.emu.PaymentsJSON(); len(got) != 0 {
				t.Errorf("made %v", got)
			}
		})
	}
}

// TestOlderForms: amounts under their older names mean the same, and null is any.
func TestOlderForms(t *testing.T) {
	t.Parallel()
	a := start(t)
	wallet := a.btcWallet(100_000_000_000)
	anyAmount := newReceive(wallet, object{"amount": nil})
	anyAmount["currency"], anyAmount["amount_msats"] = "btc", nil
	send := newSend(wallet, "", nil)
	send["data"] = object{"payment_request": a0, "amount_msats": nil, "max_fee_msats": nil}
	for name, test := range map[string]struct {
		request object
		wants   map[string]string // of data
	}{
		"receive, msats": {newReceive(wallet, object{"amount": nil, "amount_msats": 1234}), map[string]string{"amount_msats": "1234"}},
		"receive, sats": {
			newReceive(wallet, object{"amount": nil, "payment_kind": "onchain", "amount_sats": 12}),
			map[string]string{"amount_sats": "12", "receipts": "[]"},
		},
		"receive, null": {anyAmount, map[string]string{"amount_msats": "0", "amount": `{"amount":0,"currency":"btc","unit":"msats"}`}},
		"send, msats": {
			newSend(wallet, "", object{"data": object{"payment_request": a0, "amount_msats": 150_000, "max_fee_msats": 5000}}),
			map[string]string{"amount_msats": "150000", "max_fee_msats": "5000"},
		},
		"send, nulls": {
			send,
			map[string]string{"amount_msats": "150000", "max_fee_msats": "1500", "max_fee": `{"amount":1500,"currency":"btc","unit":"msats"}`},
		},
		"send, sats on chain": {
			newSend(wallet, "", object{"type": "onchain", "data": object{"address": address, "amount_sats": 5000, "max_fee_sats": 500}}),
			map[string]string{"amount_sats": "5000", "max_fee_sats": "500", "fee_sats": "200"},
		},
	} {
		got := a.expect(200, "", "GET", a.pay(test.request), nil)
		for field, want := range test.wants {
			if part(got, "data", field) != want {
				t.Errorf("%s: %s is %s, want %s", name, field, part(got, "data", field), want)
			}
		}
	}
}

// TestSendFees: what a send costs is told under every name that the contract has for it, and agrees.
func TestSendFees(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[0].SendBasisPoints = 150 }, delayed)
	wallet := a.btcWallet(10_000_000)
	send := a.pay(newSend(wallet, a0, nil))
	a.pass(2 * time.Second)
	got := a.expect(200, "", "GET", send, nil)
	if got.get("status") != "approved" || got.get("processing_fee", "basis_points") != 150.0 ||
		got.get("processing_fee", "amount", "amount") != 2250.0 ||
		got.get("data", "fees") != nil || got.get("payment_breakdown") != nil {
		t.Errorf("approved as %s", got.raw)
	}
	a.pass(time.Second)
	got = a.expect(200, "", "GET", send, nil)
	for want, path := range map[float64][]string{
		1500 + 1750: {"data", "fees", "amount"}, // 1,000 to the network and 2,250 to Voltage
		150_000:     {"payment_breakdown", "principal", "amount"},
		1000:        {"payment_breakdown", "network_fee", "amount"},
		2250:        {"payment_breakdown", "processing_fee", "amount"},
	} {
		if got.get(path...) != want {
			t.Errorf("%v is %v, want %v", path, got.get(path...), want)
		}
	}
	if got.get("data", "fee_msats") != 3250.0 || got.get("data", "memo") != "Two espressos" {
		t.Errorf("completed as %s", got.raw)
	}
	ledger := a.expect(200, "", "GET", wallets+"/"+wallet+"/ledger", nil)
	if text := string(ledger.raw); !strings.Contains(text, `"basis_points":150,"payment_classification":{"kind":"bolt11","route":"direct"}`) ||
		!strings.Contains(text, `"amount":{"amount":153250,`) {
		t.Errorf("ledger %s", text)
	}
}

// TestSendOutcomes: why sends fail, in the contract's types and codes.
func TestSendOutcomes(t *testing.T) {
	t.Parallel()
	onchain := func(more object) object {
		return object{"type": "onchain", "data": changed(object{"address": address, "amount": msats(1_000_000)}, more)}
	}
	for name, test := range map[string]struct {
		limit   int
		change  object
		prepare func(*api, string)
		want    string // of error, without its detail
	}{
		"too little money": {1000, object{}, nil, `{"code":"insufficient_funds","type":"hold_failed"}`},
		"too dear a route": {
			1_000_000,
			object{"data": object{"payment_request": a0, "max_fee": msats(0)}},
			nil,
			`{"code":"no_route","type":"send_failed"}`,
		},
		"too dear a block": {
			10_000_000,
			onchain(object{"max_fee": msats(100_000)}),
			nil,
			`{"code":"broadcast_fee_above_max","context":{"estimated_fee_sats":200,"max_fee_sats":100,"target_blocks":6},"type":"send_failed"}`,
		},
		"against a policy": {1_000_000, object{}, func(a *api, wallet string) {
			most := int64(100)
			if err := a.emu.SetPolicies(uuid.MustParse(wallet), emulator.Policies{MaxPaymentSizeSats: &most}); err != nil {
				a.t.Fatal(err)
			}
		}, `{"type":"rejected"}`},
		"by order": {1_000_000, object{}, func(a *api, _ string) {
			a.emu.Inject(emulator.Fault{Operation: "create_payment", Effect: emulator.FailAsync{Type: "send_failed", Code: "upstream_failure"}})
		}, `{"code":"upstream_failure","type":"send_failed"}`},
		"nothing is wrong": {1_000_000, object{}, nil, "null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			wallet := a.btcWallet(test.limit)
			if test.prepare != nil {
				test.prepare(a, wallet)
			}
			got := a.expect(200, "", "GET", a.pay(newSend(wallet, a0, test.change)), nil)
			var failure map[string]any
			_ = json.Unmarshal([]byte(part(got, "error")), &failure)
			delete(failure, "detail")
			content, _ := json.Marshal(failure)
			if string(content) != test.want {
				t.Errorf("%s with %s, want %s", got.get("status"), content, test.want)
			}
			if failed := test.want != "null"; failed && a.money(wallet) != "nothing" && a.money(wallet) != "0 0 0" {
				t.Errorf("a send that failed leaves %s", a.money(wallet))
			}
		})
	}
}

// TestSendInside: what another wallet asks for is what it gets, and no send of another amount completes it.
func TestSendInside(t *testing.T) {
	t.Parallel()
	a := start(t)
	payer, payee := a.btcWallet(1_000_000), a.btcWallet(0)
	request := a.pay(newReceive(payee, object{"payment_kind": "onchain", "amount": msats(50_000)}))
	to, _ := a.expect(200, "", "GET", request, nil).get("data", "address").(string)
	send := func(amount int) answer {
		body := newSend(payer, "", object{"type": "onchain", "data": object{"address": to, "amount": msats(amount)}})
		return a.expect(200, "", "GET", a.pay(body), nil)
	}
	if got := send(49_000); got.get("error", "code") != "invalid_payment_amount" ||
		got.get("error", "context", "amount", "amount") != 49_000.0 || a.money(payee) != "nothing" {
		t.Errorf("%s with %s", got.raw, a.money(payee))
	}
	if got := send(50_000); got.get("status") != "completed" || a.money(payee) != "50000 50000 0" || a.money(payer) != "-50000 -50000 0" {
		t.Errorf("%s with %s and %s", got.raw, a.money(payer), a.money(payee))
	}
	if got := send(50_000); got.get("error", "code") != "invalid_address" || a.money(payee) != "50000 50000 0" {
		t.Errorf("paid twice: %s", got.raw)
	}
}

// TestDollarSend: amounts are shown in dollars, the numbers of old in BTC, and what was exchanged adds up.
func TestDollarSend(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[3].SendBasisPoints = 100 })
	wallet := a.wallet(emulator.StagingUSDLineID, 100_000)
	quote := func() string {
		id := uuid.NewString()
		a.expect(202, "", "POST", environment+"/quotes", object{
			"id": id, "line_of_credit_id": emulator.StagingUSDLineID, "network": "mutinynet", "amount": msats(100_000_000), "to": "usd",
		})
		return id
	}
	send := func(id any) object {
		return newSend(wallet, "", object{"currency": "usd", "quote_id": id, "type": "bip21", "data": object{
			"address": "bitcoin:" + address + "?amount=0.001", "max_fee": msats(1_000_000),
		}})
	}
	a.expect(400, "quote_required", "POST", payments, send(nil))
	id := quote()
	got := a.expect(200, "", "GET", a.pay(send(id)), nil)
	want := map[string]any{ // 60,000 dollars a bitcoin: 60 dollars, 12 cents to the network, 60 cents to Voltage
		"currency": `"usd"`, "status": `"completed"`, "data.amount": `{"amount":6000,"currency":"usd","unit":"cents"}`,
		"data.max_fee": `{"amount":60,"currency":"usd","unit":"cents"}`, "data.fees": `{"amount":72,"currency":"usd","unit":"cents"}`,
		"data.amount_msats": "100000000", "data.max_fee_msats": "1000000", "data.fee_msats": "1200000", "data.market_quote.rate": `"6000000e0"`,
		"processing_fee.amount":            `{"amount":1000000,"currency":"btc","unit":"msats"}`,
		"payment_breakdown.principal":      `{"amount":6000,"currency":"usd","unit":"cents"}`,
		"payment_breakdown.network_fee":    `{"amount":12,"currency":"usd","unit":"cents"}`,
		"payment_breakdown.processing_fee": `{"amount":60,"currency":"usd","unit":"cents"}`,
	}
	shown := map[string]any{}
	for path := range want {
		shown[path] = part(got, strings.Split(path, ".")...)
	}
	if !reflect.DeepEqual(shown, want) {
		t.Errorf("got  %v\nwant %v", shown, want)
	}
	exchange, _ := got.get("exchanges").([]any)
	if len(exchange) != 1 || fmt.Sprint(exchange[0].(object)["from_amount"].(object)["amount"],
		exchange[0].(object)["to_amount"].(object)["amount"], exchange[0].(object)["quote_id"]) != "6072 1.012e+08"+id {
		t.Errorf("exchanged %v", exchange)
	}
	if a.money(wallet) != "-6072 -6072 0" {
		t.Errorf("the wallet has %s", a.money(wallet))
	}
	a.expect(400, "invalid_currency", "POST", payments, changed(send(quote()), object{"currency": "btc"}))
}

// TestHiddenDestinations: sends show nothing of what they pay, where they are told to.
func TestHiddenDestinations(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.HideDestinations = true })
	wallet := a.btcWallet(10_000_000_000)
	for _, request := range []object{
		newSend(wallet, a0, nil), newSend(wallet, "", bip21(object{"address": address, "amount": msats(1_000_000), "max_fee": msats(1_000_000)})),
	} {
		got := a.expect(200, "", "GET", a.pay(request), nil)
		if got.get("status") != "completed" || got.get("data", "payment_request") != nil || got.get("data", "address") != nil {
			t.Errorf("got %s", got.raw)
		}
	}
	if a.invoice(a.pay(newReceive(wallet, nil))) == "" {
		t.Error("a receive hides its invoice")
	}
}

// TestQuoteThatFailsLate: a quote that ran out before its payment came so far.
func TestQuoteThatFailsLate(t *testing.T) {
	t.Parallel()
	a := start(t, delayed, func(c *emulator.Config) { c.QuoteLife = 1500 * time.Millisecond })
	wallet := a.wallet(emulator.StagingUSDLineID, 100_000)
	id := uuid.NewString()
	a.expect(202, "", "POST", environment+"/quotes", object{
		"id": id, "line_of_credit_id": emulator.StagingUSDLineID, "network": "mutinynet", "amount": msats(150_000), "to": "usd",
	})
	a.pass(2 * time.Second)
	send := a.pay(newSend(wallet, a0, object{"currency": "usd", "quote_id": id}))
	a.pass(2 * time.Second)
	if got := a.expect(200, "", "GET", send, nil); got.get("status") != "failed" || got.get("error", "type") != "quote_failed" {
		t.Errorf("got %s", got.raw)
	}
}
