package payment_test

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// sends returns the sends that the emulator knows, as "status amount".
func (f *fixture) sends(t *testing.T) []string {
	t.Helper()
	list, diags := f.ReadDataSource(t.Context(), "voltage_payments", acctest.Config{"direction": "send"})
	if diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	var result []string
	for _, payment := range acctest.Elements(acctest.Attribute(list, "payments")) {
		result = append(result, acctest.Text(acctest.Attribute(payment, "status"))+" "+
			acctest.Number(acctest.Attribute(acctest.Attribute(payment, "amount"), "amount")))
	}
	return result
}

// TestAccPaymentSend_betweenWallets: an invoice of one wallet is paid by the other, and balances, ledger, payments and
// histories agree.
func TestAccPaymentSend_betweenWallets(t *testing.T) {
	t.Parallel()
	for _, delay := range []time.Duration{0, 5 * time.Second} {
		t.Run(delay.String(), func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				config := acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(21_000)}
				request := f.request(t, config)
				send := f.pay(request.String("payment_request"))
				send["id"] = uuid.NewString()
				progress, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
				if diags.Errors() != "" {
					t.Fatal(diags.Errors())
				}
				payee := acctest.Text(acctest.Attribute(f.decoded(t, send["payment_request"].(string)), "payee"))
				contains(t, "the progress", strings.Join(progress, "\n"), send["id"].(string), `Sending 21 sats (21000 msats) to node `+payee,
					`from wallet "payer" (ID `+f.payer.String()+`) on mutinynet`, "at most 1 sat (1000 msats)", "completed",
					"has paid 21 sats (21000 msats) to node "+payee+". There were no fees.")
				contains(t, "the plan", diags.Warnings(), "Payment Will Be Sent", "21 sats (21000 msats) to node "+payee, `wallet "payer"`,
					"at most 1 sat (1000 msats)")
				if delay > 0 {
					contains(t, "the progress", strings.Join(progress, "\n"), "sending.", "approved.")
				}
				f.planEmpty(t, request, config)
				if request.String("status") != "completed" {
					t.Errorf("the request is %s", request.String("status"))
				}
				if payer, payee := f.balance(t, f.payer), f.balance(t, f.payee); payer != "-21000" || payee != "21000" {
					t.Errorf("the payer has %s, the payee %s", payer, payee)
				}
				for wallet, want := range map[uuid.UUID]string{f.payer: "held 21000, captured 21000", f.payee: "credited 21000"} {
					ledger, diags := f.ReadDataSource(t.Context(), "voltage_wallet_ledger", acctest.Config{"wallet_id": wallet.String()})
					if diags.Errors() != "" {
						t.Fatal(diags.Errors())
					}
					var got []string
					for _, event := range acctest.Elements(acctest.Attribute(ledger, "events")) {
						got = append(got, acctest.Text(acctest.Attribute(event, "type"))+" "+
							acctest.Number(acctest.Attribute(acctest.Attribute(event, "amount"), "amount")))
					}
					if strings.Join(got, ", ") != want {
						t.Errorf("the ledger says %v, want %s", got, want)
					}
				}
				payment, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": send["id"], "wait_for": "final"})
				if diags.Errors() != "" {
					t.Fatal(diags.Errors())
				}
				outflow := acctest.Elements(acctest.Attribute(payment, "outflows"))[0]
				if acctest.Text(acctest.Attribute(outflow, "type")) != "shortcircuit" ||
					!strings.Contains(acctest.Text(acctest.Attribute(outflow, "data")), request.String("id")) {
					t.Errorf("outflow %s", outflow)
				}
				for id, want := range map[string]string{
					send["id"].(string):  "send_sending send_approved send_completed",
					request.String("id"): "receive_generating receive_receiving receive_completed",
				} {
					history, diags := f.ReadDataSource(t.Context(), "voltage_payment_history", acctest.Config{"payment_id": id})
					if diags.Errors() != "" {
						t.Fatal(diags.Errors())
					}
					var got []string
					for _, event := range acctest.Elements(acctest.Attribute(history, "events")) {
						got = append(got, acctest.Text(acctest.Attribute(event, "event_type")))
					}
					if strings.Join(got, " ") != want {
						t.Errorf("the history says %v, want %s", got, want)
					}
				}
			}, func(c *emulator.Config) { c.Delay = delay })
		})
	}
}

// TestAccPaymentSend_preimage: the preimage of a payment over Lightning is an attribute of its own, and nowhere else.
func TestAccPaymentSend_preimage(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		send := f.pay(setUp(t, acctest.NewVirtual(t)).invoice(t, 100_000))
		send["id"] = uuid.NewString()
		if _, diags := f.Invoke(t.Context(), "voltage_payment_send", send); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		payment, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": send["id"]})
		if diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		outflow := acctest.Elements(acctest.Attribute(payment, "outflows"))[0]
		preimage, data := acctest.Text(acctest.Attribute(outflow, "preimage")), acctest.Text(acctest.Attribute(outflow, "data"))
		if acctest.Text(acctest.Attribute(outflow, "type")) != "lightning" || !regexp.MustCompile(`^[0-9a-f]{64}$`).MatchString(preimage) ||
			strings.Contains(data, preimage) {
			t.Errorf("outflow %s", outflow)
		}
	})
}

func TestPreimagesAreSensitive(t *testing.T) {
	t.Parallel()
	p := (&acctest.World{}).Unconfigured(t)
	for kind, paths := range map[string][][]string{
		"voltage_payment":         {{"outflows", "preimage"}, {"receipts", "preimage"}},
		"voltage_payments":        {{"payments", "outflows", "preimage"}},
		"voltage_payment_request": {{"receipts", "preimage"}},
	} {
		for _, path := range paths {
			if !p.Sensitive(kind, path...) {
				t.Errorf("%s: %v is not sensitive", kind, path)
			}
		}
	}
}

// TestAccPaymentSend_lostAnswers: whatever happens to the answer, the payment is sent once. Where it is not known whether it
// was, the error says which ID to look at, and the same action with that ID ends well without paying twice.
func TestAccPaymentSend_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect emulator.Effect
		done   bool // the API has the payment
		clear  bool // and the action knows what became of it
	}{
		"cut before":     {emulator.CutBefore{}, false, false},
		"cut after":      {emulator.CutAfter{}, true, true},
		"500 before":     {emulator.Answer{Status: 500}, false, false},
		"500 after":      {emulator.Answer{Status: 500, After: true}, true, true},
		"502 HTML after": {emulator.Answer{Status: 502, ContentType: "text/html", Body: "<p>", After: true}, true, true},
		"503 before":     {emulator.Answer{Status: 503, Header: http.Header{"Retry-After": {"1"}}}, false, false},
		"408 after":      {emulator.Answer{Status: 408, After: true}, true, true},
		"429":            {emulator.Answer{Status: 429}, false, true},
		"empty":          {emulator.EmptyBody{}, true, true},
		"cut body":       {emulator.CutBody{}, true, true},
		"redirect":       {emulator.Answer{Status: 307, Header: http.Header{"Location": {"/"}}}, false, true},
	} {
		for _, delay := range []time.Duration{0, time.Second} {
			t.Run(fmt.Sprintf("%s, delay %s", name, delay), func(t *testing.T) {
				t.Parallel()
				virtual(t, func(t *testing.T, f *fixture) {
					t.Helper()
					send := f.pay(f.invoice(t, 21_000))
					send["id"] = uuid.NewString()
					f.Emulator.ResetRequests()
					f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: test.effect})
					_, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
					if (diags.Errors() == "") != test.done {
						t.Errorf("done %t, and the action says %q", test.done, diags.Errors())
					}
					if posts := f.Emulator.Count("create_payment"); posts != 1 {
						t.Errorf("sent %d times", posts)
					}
					if !test.done && !test.clear {
						contains(t, "the error", diags.Errors(), send["id"].(string), "may be under way", "does not send it again", "voltage_payment")
					}
					if sends := f.sends(t); (len(sends) == 1) != test.done {
						t.Errorf("the API has %v", sends)
					}
					if _, diags := f.Invoke(t.Context(), "voltage_payment_send", send); diags.Errors() != "" {
						t.Errorf("the second time: %s", diags.Errors())
					}
					if sends := f.sends(t); len(sends) != 1 || sends[0] != "completed 21000" {
						t.Errorf("after the second time the API has %v", sends)
					}
					if got := f.balance(t, f.payee); got != "21000" {
						t.Errorf("the payee has %s", got)
					}
				}, func(c *emulator.Config) { c.Delay = delay })
			})
		}
	}
}

// TestAccPaymentSend_failures: a payment that fails is an error with the API's type, code and detail, and costs nothing.
func TestAccPaymentSend_failures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*testing.T, *fixture, acctest.Config)
		want   []string
	}{
		"asynchronously": {func(_ *testing.T, f *fixture, _ acctest.Config) {
			f.Emulator.Inject(emulator.Fault{
				Operation: "create_payment",
				Effect:    emulator.FailAsync{Type: "send_failed", Code: "no_route", Detail: "nobody leads there"},
			})
		}, []string{"Payment Failed", "send_failed/no_route", "nobody leads there", "\n\nThis payment moved no money.\n\nThe network"}},
		"by the quote": {func(_ *testing.T, f *fixture, c acctest.Config) {
			c["id"] = uuid.NewString()
			f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: emulator.FailAsync{Type: "quote_failed", Detail: "too late"}})
		}, []string{"Payment Failed", "quote_failed: too late",
			"\n\nThis payment moved no money. The id belongs to the failed payment: set another id",
			"\n\nThe exchange rate is no longer valid."}},
		"by a policy": {func(_ *testing.T, f *fixture, _ acctest.Config) {
			f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: emulator.FailAsync{Type: "rejected", Detail: "too large"}})
		}, []string{"Payment Failed", "rejected: too large", "\n\nThis payment moved no money.\n\nA policy of the wallet refused the payment"}},
		"too little money": {func(t *testing.T, f *fixture, c acctest.Config) {
			t.Helper()
			c["payment_request"] = f.invoice(t, 1_000_001)
		}, []string{
			"Payment Failed", "hold_failed/insufficient_funds", "1000001", "\n\nThis payment moved no money.\n\nThe wallet has too little",
		}},
		"paid before": {func(t *testing.T, f *fixture, c acctest.Config) {
			t.Helper()
			if err := f.Emulator.Pay(c["payment_request"].(string), 0); err != nil {
				t.Fatal(err)
			}
		}, []string{"Invoice Already Paid", "this invoice was paid before", "paid before"}},
		"expired": {
			func(*testing.T, *fixture, acctest.Config) { time.Sleep(2 * time.Hour) },
			[]string{
				"Payment Failed", "send_failed/invalid_bolt11_invoice",
				"\n\nThe invoice has expired. Ask the payee whether it was paid before.",
			},
		},
		"fee above the bound": {func(_ *testing.T, _ *fixture, c acctest.Config) {
			delete(c, "payment_request")
			maps.Copy(c, acctest.Config{
				"kind":    "onchain",
				"address": "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx",
				"amount":  btc(100_000),
				"max_fee": btc(1_000),
			})
		}, []string{"Payment Failed", "send_failed/broadcast_fee_above_max", "\n\nThis payment moved no money.\n\nThe fee of the network"}},
		"no such wallet": {
			func(_ *testing.T, _ *fixture, c acctest.Config) { c["wallet_id"] = uuid.NewString() },
			[]string{"wallet_id: Payment Not Sent", "instance_not_found"},
		},
		"refused": {func(_ *testing.T, f *fixture, _ acctest.Config) {
			f.Emulator.Inject(emulator.Fault{
				Operation: "create_payment",
				Effect:    emulator.Refuse{Status: 400, Type: "payment_not_approved", Code: "sanctions", Detail: "no"},
			})
		}, []string{"Payment Not Sent", "400 payment_not_approved/sanctions: no"}},
		"the ID of another payment": {func(t *testing.T, f *fixture, c acctest.Config) {
			t.Helper()
			other := f.pay(f.invoice(t, 1_000))
			other["id"] = uuid.NewString()
			if _, diags := f.Invoke(t.Context(), "voltage_payment_send", other); diags.Errors() != "" {
				t.Fatal(diags.Errors())
			}
			c["id"] = other["id"]
		}, []string{"id: Payment ID In Use", "another payment has this ID", "payment hash", "another id"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				send := f.pay(f.invoice(t, 21_000))
				test.change(t, f, send)
				before := f.balance(t, f.payer)
				_, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
				contains(t, "the error", diags.Errors(), test.want...)
				if after := f.balance(t, f.payer); after != before {
					t.Errorf("the payer had %s and has %s", before, after)
				}
			})
		})
	}
}

// TestAccPaymentSend_unreadableID: where an ID of the user's own cannot be read, nobody is told to take another one: that could pay twice.
func TestAccPaymentSend_unreadableID(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		config := acctest.Config{"wallet_id": f.payer.String(), "kind": "bolt11", "id": uuid.NewString()}
		config["payment_request"] = f.request(t,
			acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)}).String("payment_request")
		f.Emulator.ResetRequests()
		f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.Answer{Status: 503}})
		_, diags := f.World.Protocol(t, acctest.Config{"max_retries": 0}).Invoke(t.Context(), "voltage_payment_send", config)
		f.Expect("the send", diags, "Payment Not Sent", "503", "\n\nNothing was sent by this run", "with the same id")
		if strings.Contains(diags.Errors(), "another id") || f.Emulator.Count("create_payment") != 0 {
			t.Errorf("the ID was not read, and yet: %s", diags.Errors())
		}
	})
}

// TestAccPaymentSend_anotherAmount: an ID that has paid pays no second time, and another amount under it is an error.
func TestAccPaymentSend_anotherAmount(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		config := f.pay(f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11"}).String("payment_request"))
		id := uuid.NewString()
		config["id"] = id
		for _, test := range []struct {
			msats            int
			errors, warnings []string
		}{
			{1_000, nil, []string{"Payment Will Be Sent"}},
			{1_000, nil, []string{"id: Payment Sent Before", id, "Its status is completed", "\n\nThe action does not send it again"}},
			{
				2_000,
				[]string{
					"id: Payment ID In Use", id, "its amount is 1 sat (1000 msats), not 2 sats (2000 msats)", "\n\nNothing is sent. Set another id",
				},
				nil,
			},
		} {
			config["amount"] = btc(test.msats)
			_, diags := f.Invoke(t.Context(), "voltage_payment_send", config)
			f.Expect("the send", diags, test.errors...)
			contains(t, "the warning", diags.Warnings(), test.warnings...)
			if got := f.balance(t, f.payee); got != "1000" {
				t.Errorf("the payee has %s", got)
			}
		}
		// What is known only during the apply is found then, before anything is sent.
		f.Emulator.ResetRequests()
		_, diags := f.InvokeUnplanned(t.Context(), "voltage_payment_send", config)
		f.Expect("the send", diags, "Payment Not Sent", id, "2 sats (2000 msats)", "\n\nNothing was sent by this run. Set another id")
		if f.Emulator.Count("create_payment") != 0 {
			t.Error("it was sent")
		}
	})
}

// TestAccPaymentSend_validation: bad input fails on its attribute while planning, and nothing is sent.
func TestAccPaymentSend_validation(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		const address = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
		onchain := func(address string) acctest.Config {
			return acctest.Config{"kind": "onchain", "address": address, "payment_request": nil, "amount": btc(1000)}
		}
		invoice := f.invoice(t, 21_000)
		anyAmount := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11"}).String("payment_request")
		mainnet := f.request(t, acctest.Config{"wallet_id": f.mainnet.String(), "kind": "bolt11", "amount": btc(21_000)}).String(
			"payment_request",
		)
		posts := f.Emulator.Count("create_payment")
		for name, test := range map[string]struct {
			change acctest.Config
			want   string
		}{
			"no invoice":             {acctest.Config{"payment_request": nil}, `payment_request: Missing`},
			"address of an invoice":  {acctest.Config{"address": "tb1"}, `address: Unexpected`},
			"no address":             {acctest.Config{"kind": "onchain", "payment_request": nil, "amount": btc(1000)}, `address: Missing`},
			"invoice of an address":  {acctest.Config{"kind": "onchain", "address": "tb1", "amount": btc(1000)}, `payment_request: Unexpected`},
			"onchain without amount": {acctest.Config{"kind": "onchain", "address": "tb1", "payment_request": nil}, `amount: Missing`},
			"onchain, no whole sat": {
				acctest.Config{"kind": "onchain", "address": "tb1", "payment_request": nil, "amount": btc(1)},
				`amount: Invalid Amount: .*multiple of 1,000`,
			},
			"broken invoice":     {acctest.Config{"payment_request": invoice + "q"}, `payment_request: Invalid Invoice`},
			"amount of neither":  {acctest.Config{"payment_request": anyAmount}, `amount: Missing Attribute: .*has no amount`},
			"another amount":     {acctest.Config{"amount": btc(22_000)}, `amount: Invalid Amount: .*21000 msats`},
			"fee in dollars":     {acctest.Config{"max_fee": usd(1)}, `max_fee.*currency: Invalid Currency`},
			"amount in dollars":  {acctest.Config{"amount": usd(1)}, `amount.*currency: Invalid Currency: .*sent in btc`},
			"kind":               {acctest.Config{"kind": "usdbatch"}, `kind: `},
			"asset":              {acctest.Config{"kind": "taprootasset"}, `kind: `},
			"text of an invoice": {acctest.Config{"description": "mine"}, `description: Unexpected`},
			"URI as an invoice": {
				acctest.Config{"payment_request": "bitcoin:" + address},
				`payment_request: Invalid Invoice: .*Set address to this URI, and set kind = "bip21"`,
			},
			"URI as an address": {onchain("bitcoin:" + address), `address: Invalid Address: .*kind = "bip21"`},
			"broken address":    {onchain(address[:len(address)-1] + "q"), `address: Invalid Address: .*checksum`},
			"real address":      {onchain("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"), `address: Wrong Network: .*mainnet.*"payer"`},
			"real invoice":      {acctest.Config{"payment_request": mainnet}, `payment_request: Wrong Network: .*mainnet.*"payer"`},
			"ID":                {acctest.Config{"id": "x"}, `id: Invalid UUID`},
			"mainnet":           {acctest.Config{"wallet_id": f.mainnet.String()}, `allow_mainnet: Real Money Not Allowed: .*allow_mainnet = true`},
		} {
			config := f.pay(invoice)
			maps.Copy(config, test.change)
			if got := f.PlanAction(t.Context(), "voltage_payment_send", config).Errors(); !regexp.MustCompile(`(?s)` + test.want).MatchString(got) {
				t.Errorf("%s: got %q, want %q", name, got, test.want)
			}
		}
		for name, config := range map[string]acctest.Config{
			"unknown": {
				"wallet_id":       acctest.Unknown{},
				"kind":            acctest.Unknown{},
				"payment_request": acctest.Unknown{},
				"amount":          acctest.Unknown{},
			},
			"meant": {"wallet_id": f.mainnet.String(), "kind": "bolt11", "payment_request": mainnet, "allow_mainnet": true},
			"given": {"wallet_id": f.payer.String(), "kind": "bolt11", "payment_request": anyAmount, "amount": btc(1)},
		} {
			if got := f.PlanAction(t.Context(), "voltage_payment_send", config).Errors(); got != "" {
				t.Errorf("%s: %s", name, got)
			}
		}
		careful := f.World.Protocol(t, acctest.Config{"allowed_networks": []any{"testnet3"}})
		contains(t, "the error", careful.PlanAction(t.Context(), "voltage_payment_send", f.pay(invoice)).Errors(),
			"wallet_id: Network Not Allowed", "testnet3")
		if got := f.Emulator.Count("create_payment"); got != posts {
			t.Errorf("%d payments were sent", got-posts)
		}
	})
}

// TestAccPaymentSend_kinds sends outside, in every way, with the fees that the networks take.
func TestAccPaymentSend_kinds(t *testing.T) {
	t.Parallel()
	const address = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
	for name, test := range map[string]struct {
		config func(*testing.T, *fixture) acctest.Config
		paid   string
	}{
		"onchain": {func(*testing.T, *fixture) acctest.Config {
			return acctest.Config{
				"kind":        "onchain",
				"address":     address,
				"amount":      btc(100_000),
				"description": "rent",
				"metadata":    acctest.Config{"a": "b"},
			}
		}, "-300000"},
		"bip21 address": {func(*testing.T, *fixture) acctest.Config {
			return acctest.Config{"kind": "bip21", "address": "bitcoin:" + address, "amount": btc(100_000), "max_fee": btc(200_000)}
		}, "-300000"},
		"bip21 inside": {func(t *testing.T, f *fixture) acctest.Config {
			t.Helper()
			request := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bip21", "amount": btc(50_000)})
			return acctest.Config{"kind": "bip21", "address": request.String("bip21_uri")}
		}, "-50000"},
		"bip21 URI with an amount": {func(*testing.T, *fixture) acctest.Config {
			return acctest.Config{
				"kind":    "bip21",
				"address": "BITCOIN:" + strings.ToUpper(address) + "?amount=0.000001&label=rent",
				"max_fee": btc(200_000),
			}
		}, "-300000"},
		"bip21 address alone": {func(*testing.T, *fixture) acctest.Config {
			return acctest.Config{"kind": "bip21", "address": address, "amount": btc(100_000), "max_fee": btc(200_000), "description": "rent"}
		}, "-300000"},
		"bip21 address with an invoice": {func(t *testing.T, f *fixture) acctest.Config {
			t.Helper()
			return acctest.Config{"kind": "bip21", "address": address, "payment_request": "lightning:" + f.invoice(t, 50_000)}
		}, "-50000"},
		"lightning: invoice": {func(t *testing.T, f *fixture) acctest.Config {
			t.Helper()
			return acctest.Config{"kind": "bolt11", "payment_request": "LIGHTNING:" + strings.ToUpper(f.invoice(t, 777))}
		}, "-777"},
		"any amount inside": {func(t *testing.T, f *fixture) acctest.Config {
			t.Helper()
			request := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11"})
			return acctest.Config{"kind": "bolt11", "payment_request": request.String("payment_request"), "amount": btc(777)}
		}, "-777"},
		"another emulator's invoice": {func(t *testing.T, _ *fixture) acctest.Config {
			t.Helper()
			return acctest.Config{"kind": "bolt11", "payment_request": setUp(t, acctest.NewVirtual(t)).invoice(t, 100_000)}
		}, "-101000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				config := test.config(t, f)
				config["wallet_id"] = f.payer.String()
				if _, diags := f.Invoke(t.Context(), "voltage_payment_send", config); diags.Errors() != "" {
					t.Fatal(diags.Errors())
				}
				if got := f.balance(t, f.payer); got != test.paid {
					t.Errorf("the payer has %s, want %s", got, test.paid)
				}
			})
		})
	}
}

// TestAccPaymentSend_dollars: a wallet on a USD line pays an invoice in btc, by a quote of its amount.
func TestAccPaymentSend_dollars(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		if err := f.Emulator.Deposit(f.dollars, "usd", 10_000); err != nil {
			t.Fatal(err)
		}
		config := f.pay(f.invoice(t, 10_000_000)) // 6 dollars at 60,000 a bitcoin
		config["wallet_id"] = f.dollars.String()
		if _, diags := f.Invoke(t.Context(), "voltage_payment_send", config); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		if got := f.balance(t, f.dollars); got != "9400" {
			t.Errorf("the wallet has %s cents", got)
		}
		if got := f.Emulator.Count("request_a_quote"); got != 1 {
			t.Errorf("%d quotes", got)
		}
		if got := f.balance(t, f.payee); got != "10000000" {
			t.Errorf("the payee has %s", got)
		}
	})
}

// TestAccPaymentSend_deadline: the error says what was seen last, and that the payment continues.
func TestAccPaymentSend_deadline(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		config := f.pay(f.invoice(t, 21_000))
		config["timeouts"] = acctest.Config{"invoke": "5m"}
		f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.Stale{}})
		_, diags := f.Invoke(t.Context(), "voltage_payment_send", config)
		contains(t, "the error", diags.Errors(), "Payment Outcome Not Known", "last seen: status approved",
			"continues without Terraform", "voltage_payment")

		f.Emulator.ClearFaults()
		config = f.pay(f.invoice(t, 5_000))
		f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: emulator.Hang{After: true}})
		f.Emulator.ResetRequests()
		_, diags = f.Invoke(f.InterruptedAt(t, "create_payment"), "voltage_payment_send", config)
		contains(t, "the error", diags.Errors(), "may be under way", "voltage_payment")
	})
}
