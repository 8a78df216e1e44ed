package payment_test

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const outside = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx" // an address that no wallet has

// shows makes the API show a send of the payer, with a status and data of the test's own, to a number of reads.
func (f *fixture) shows(id string, times int, status, data string) {
	f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: times, Effect: emulator.Answer{
		Status: 200, ContentType: "application/json", Body: fmt.Sprintf(
			`{"id":%q,"wallet_id":%q,"organization_id":%q,"environment_id":%q,
			"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z",
			"currency":"btc","direction":"send","status":%q,"type":"bolt11","error":null,"data":%s}`,
			id, f.payer, f.OrganizationID, f.EnvironmentID, status, data),
	}})
}

// TestAccPaymentSend_hiddenFields: a payment of our own is not taken for another one because the API does not show all of it, so that
// nobody is told to choose another ID, and pays twice.
func TestAccPaymentSend_hiddenFields(t *testing.T) {
	t.Parallel()
	const hidden = `{"payment_request":null,"amount":{"currency":"btc","amount":0,"unit":"msats"},"amount_msats":0}`
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		send := f.pay(f.invoice(t, 21_000))
		send["id"] = uuid.NewString()
		f.Emulator.ResetRequests()

		// It is sent, and read without its invoice until the end.
		f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: 2, Effect: emulator.NotFound{}}) // by the plan, and before it is sent
		f.shows(send["id"].(string), -1, "completed", hidden)
		_, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
		f.Expect("the send", diags)
		if f.Emulator.Count("create_payment") != 1 {
			t.Errorf("sent %d times", f.Emulator.Count("create_payment"))
		}
		// The same action again, which the API still shows without its invoice.
		progress, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
		f.Expect("the send, again", diags)
		contains(t, "the progress", strings.Join(progress, "\n"), "was sent before (status completed). It is not sent again.")
		if f.Emulator.Count("create_payment") != 1 {
			t.Errorf("sent %d times", f.Emulator.Count("create_payment"))
		}
	})
}

// TestAccPaymentSend_ofThisRun: once this run's request was accepted, no message says that nothing was sent, whatever the API shows.
func TestAccPaymentSend_ofThisRun(t *testing.T) {
	t.Parallel()
	const other = `{"payment_request":null,"amount":{"currency":"btc","amount":5000,"unit":"msats"}}`
	for name, test := range map[string]struct {
		fault emulator.Effect // on the request
		reads int             // that find nothing before it
		want  []string        // of the error; none: it ends well
	}{
		"accepted": {nil, 1, nil},
		"its answer lost": {
			emulator.CutAfter{}, 1,
			[]string{
				"Payment Not Recognized", "5 sats (5000 msats)", "\n\nThe response to this run's request was lost", "Before you pay again",
			},
		},
		"refused with 409": {
			emulator.Refuse{Status: 409, Type: "payment_exists", Detail: "no"}, 1,
			[]string{"Payment Not Recognized", "5 sats (5000 msats)", "\n\nNothing was sent by this run. Set another id"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				send := f.pay(f.invoice(t, 21_000))
				send["id"] = uuid.NewString()
				f.Emulator.ResetRequests()
				if test.fault != nil {
					f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: test.fault})
				}
				f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: test.reads, Effect: emulator.NotFound{}})
				f.shows(send["id"].(string), -1, "completed", other)
				_, diags := f.InvokeUnplanned(t.Context(), "voltage_payment_send", send)
				f.Expect("the send", diags, test.want...)
				if name != "refused with 409" && strings.Contains(diags.Errors(), "Nothing was sent") {
					t.Errorf("something was sent: %s", diags.Errors())
				}
				if f.Emulator.Count("create_payment") != 1 {
					t.Errorf("sent %d times", f.Emulator.Count("create_payment"))
				}
			})
		})
	}
}

// TestAccPaymentSend_realMoney: a wallet is paid from only on a network that is known to be a test network, however others are spelled.
func TestAccPaymentSend_realMoney(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		send := f.pay(f.invoice(t, 21_000))
		f.Emulator.ResetRequests()
		for network, allowed := range map[string]bool{
			"mutinynet": true, "signet": true, "mainnet": false, "Mainnet": false, "bitcoin": false, "liquid": false, "": false, "none": false,
		} {
			wallet := emulator.Answer{Status: 200, ContentType: "application/json", Body: fmt.Sprintf(
				`{"id":%q,"organization_id":%q,"environment_id":%q,"line_of_credit_id":null,"active":true,"name":"payer","network":%q,"limit":null,
			"metadata":null,
			"balances":[],"holds":[],"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z"}`,
				f.payer, f.OrganizationID, f.EnvironmentID, network)}
			f.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: 2, Effect: wallet})
			planned := f.PlanAction(t.Context(), "voltage_payment_send", send).Errors()
			invoked := planned
			if !allowed {
				_, diags := f.InvokeUnplanned(t.Context(), "voltage_payment_send", send)
				invoked = diags.Errors()
			}
			f.Emulator.ClearFaults()
			for _, errors := range []string{planned, invoked} {
				if refused := strings.Contains(errors, "allow_mainnet: Real Money Not Allowed"); refused == allowed {
					t.Errorf("network %q: %q", network, errors)
				}
			}
		}
		if got := f.Emulator.Count("create_payment"); got != 0 {
			t.Errorf("%d payments were sent", got)
		}
	})
}

// TestAccPaymentSend_uris: what a URI says outranks what stands beside it, so that a contradiction is an error before anything is sent.
func TestAccPaymentSend_uris(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		invoice, other := f.invoice(t, 150_000), f.invoice(t, 150_000)
		larger, anyAmount := f.invoice(t, 151_000),
			f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11"}).String("payment_request")
		mainnet := f.request(t, acctest.Config{"wallet_id": f.mainnet.String(), "kind": "bolt11", "amount": btc(150_000)}).String(
			"payment_request",
		)
		posts := f.Emulator.Count("create_payment")
		uri := func(parameters ...string) acctest.Config {
			return acctest.Config{"address": "bitcoin:" + outside + "?" + strings.Join(parameters, "&")}
		}
		with := func(config, more acctest.Config) acctest.Config {
			config = maps.Clone(config)
			maps.Copy(config, more)
			return config
		}
		lightning := "lightning=" + invoice
		for name, test := range map[string]struct {
			config acctest.Config
			want   string // of the error; empty: it can be sent
			warns  string // of the plan
		}{
			"amount": {
				uri("amount=0.0000015"), ``,
				`150 sats \(150000 msats\) to address ` + outside + `.*low for a payment on chain`,
			},
			"amount, and the same":   {with(uri("amount=0.0000015"), acctest.Config{"amount": btc(150_000)}), ``, `150 sats`},
			"amount and invoice":     {uri("amount=0.0000015", lightning), ``, `150 sats`},
			"invoice":                {uri(lightning), ``, `150 sats \(150000 msats\) to node [0-9a-f]{66}, or to address ` + outside},
			"invoice of any amount":  {with(uri("lightning="+anyAmount), acctest.Config{"amount": btc(7_000)}), ``, `7 sats`},
			"invoice beside its own": {with(uri(lightning), acctest.Config{"payment_request": strings.ToUpper(invoice)}), ``, `150 sats`},
			"label":                  {uri("amount=0.0000015", "label="+url.PathEscape("1 cup ☕")), ``, `for "1 cup ☕" to address`},
			"no amount":              {uri("label=x"), `amount: Missing Attribute: The URI has no amount`, ``},
			"no amount anywhere":     {uri("lightning=" + anyAmount), `amount: Missing Attribute`, ``},
			"another amount": {
				with(uri("amount=0.0000015"), acctest.Config{"amount": btc(151_000)}),
				`amount: Invalid Amount: The URI asks for 150 sats .* amount is 151 sats`,
				``,
			},
			"another amount than invoice": {
				with(uri(lightning), acctest.Config{"amount": btc(151_000)}),
				`amount: Invalid Amount: The URI asks for 150 sats`,
				``,
			},
			"amount against invoice": {
				uri("amount=0.0000015", "lightning="+larger),
				`address: Invalid Payment URI: .*its amount is 150 sats .* asks for 151 sats`,
				``,
			},
			"invoice against invoice": {
				with(uri(lightning), acctest.Config{"payment_request": other}),
				`payment_request: Invalid Invoice: .*another invoice, with payment hash`,
				``,
			},
			"invoice beside, other amount": {
				with(uri("amount=0.0000015"), acctest.Config{"payment_request": larger}),
				`payment_request: Invalid Invoice: .*151 sats .* URI asks for 150 sats`,
				``,
			},
			"required parameter": {uri("amount=0.0000015", "req-hurry=1"), `address: Invalid Payment URI: .*req-hurry`, ``},
			"broken invoice": {
				uri("amount=0.0000015", lightning+"q"),
				`address: Invalid Payment URI: .*Lightning invoice cannot be paid`,
				``,
			},
			"invoice of another network": {uri("lightning=" + mainnet), `address: Invalid Payment URI`, ``},
			"another network beside": {
				with(uri("amount=0.0000015"), acctest.Config{"payment_request": mainnet}),
				`payment_request: Invalid Invoice: .*mainnet`,
				``,
			},
			"real address": {
				acctest.Config{"address": "bitcoin:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4?amount=1"},
				`address: Wrong Network`, ``,
			},
			"another text": {
				with(uri("amount=0.0000015", "label=tea"), acctest.Config{"description": "coffee"}),
				`description: Invalid Description: .*"tea"`,
				``,
			},
			"the same text": {with(uri("amount=0.0000015", "label=tea"), acctest.Config{"description": "tea"}), ``, `for "tea"`},
			"part of a satoshi": {
				with(uri("label=tea"), acctest.Config{"amount": btc(1_500)}),
				`amount: Invalid Amount: .*whole number of satoshis`,
				``,
			},
			"URI beside an address": {
				acctest.Config{"address": outside, "payment_request": "bitcoin:" + outside},
				`payment_request: Invalid Invoice: .*Set address to this URI`,
				``,
			},
			"another scheme": {acctest.Config{"address": "litecoin:" + outside}, `address: Invalid Payment URI`, ``},
			"no URI":         {acctest.Config{"payment_request": invoice}, `address: Missing Attribute`, ``},
		} {
			config := with(acctest.Config{"wallet_id": f.payer.String(), "kind": "bip21"}, test.config)
			for how, diags := range map[string]acctest.Diagnostics{
				"validated": f.PlanAction(t.Context(), "voltage_payment_send", config), "planned": f.PlanKnownAction(t.Context(),
					"voltage_payment_send", config),
			} {
				if got := diags.Errors(); (got == "") != (test.want == "") || !regexp.MustCompile(`(?s)`+test.want).MatchString(got) {
					t.Errorf("%s, %s: got %q, want %q", name, how, got, test.want)
				}
				if got := diags.Warnings(); !regexp.MustCompile(`(?s)` + test.warns).MatchString(got) {
					t.Errorf("%s, %s: warned %q, want %q", name, how, got, test.warns)
				}
			}
			if test.want == "" {
				continue
			}
			if _, diags := f.InvokeUnplanned(t.Context(), "voltage_payment_send", config); diags.Errors() == "" {
				t.Errorf("%s was sent", name)
			}
		}
		if got := f.Emulator.Count("create_payment"); got != posts {
			t.Errorf("%d payments were sent", got-posts)
		}
	})
}

// TestAccPaymentSend_known: every argument that a variable or a local gives is checked by the plan, which Terraform has validated before
// it knew them, and by the invocation.
func TestAccPaymentSend_known(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		invoice := f.invoice(t, 21_000)
		posts := f.Emulator.Count("create_payment")
		long := strings.Repeat("x", 257)
		for name, test := range map[string]struct {
			change acctest.Config
			want   string
		}{
			"wallet_id":       {acctest.Config{"wallet_id": "x"}, `wallet_id: Invalid UUID`},
			"no wallet_id":    {acctest.Config{"wallet_id": nil}, `wallet_id: Missing Attribute`},
			"organization_id": {acctest.Config{"organization_id": "x"}, `organization_id: Invalid UUID`},
			"id":              {acctest.Config{"id": "x"}, `id: Invalid UUID`},
			"kind":            {acctest.Config{"kind": "cash"}, `kind: `},
			"no kind":         {acctest.Config{"kind": nil}, `kind: Missing Attribute`},
			"payment_request": {acctest.Config{"payment_request": invoice + "q"}, `payment_request: Invalid Invoice`},
			"empty invoice":   {acctest.Config{"payment_request": ""}, `payment_request: `},
			"address": {
				acctest.Config{"kind": "onchain", "payment_request": nil, "address": "x", "amount": btc(1_000)},
				`address: Invalid Address`,
			},
			"amount":            {acctest.Config{"amount": btc(0)}, `amount.*at least 1`},
			"amount's currency": {acctest.Config{"amount": acctest.Config{"amount": 1, "currency": "eur"}}, `currency: Invalid Currency`},
			"max_fee":           {acctest.Config{"max_fee": btc(-1)}, `max_fee.*at least 0`},
			"description":       {acctest.Config{"description": ""}, `description: `},
			"metadata":          {acctest.Config{"metadata": acctest.Config{"a": long}}, `metadata.*at most 256`},
			"timeouts":          {acctest.Config{"timeouts": acctest.Config{"invoke": "soon"}}, `timeouts.*invoke`},
		} {
			config := f.pay(invoice)
			maps.Copy(config, test.change)
			planned := f.PlanKnownAction(t.Context(), "voltage_payment_send", config).Errors()
			_, invoked := f.InvokeUnplanned(t.Context(), "voltage_payment_send", config)
			for how, got := range map[string]string{"planned": planned, "invoked": invoked.Errors()} {
				if !regexp.MustCompile(`(?s)` + test.want).MatchString(got) {
					t.Errorf("%s, %s: got %q, want %q", name, how, got, test.want)
				}
			}
		}
		if got := f.Emulator.Count("create_payment"); got != posts {
			t.Errorf("%d payments were sent", got-posts)
		}
	})
}

// TestAccPaymentSend_plan: the plan says what it can, and what it cannot know yet.
func TestAccPaymentSend_plan(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		described := f.request(t, acctest.Config{
			"wallet_id":   f.payee.String(),
			"kind":        "bolt11",
			"amount":      btc(21_500),
			"description": "1 cup\u202e coffee",
		}).String("payment_request")
		mainnet := f.request(t, acctest.Config{"wallet_id": f.mainnet.String(), "kind": "bolt11", "amount": btc(21_000)}).String(
			"payment_request",
		)
		node := acctest.Text(acctest.Attribute(f.decoded(t, described), "payee"))
		for name, test := range map[string]struct {
			config acctest.Config
			want   []string
		}{
			"invoice": {f.pay(described), []string{
				`21.5 sats (21500 msats) for "1 cup coffee" to node ` + node, `from wallet "payer" (ID ` + f.payer.String() + `) on mutinynet`,
				"at most 1 sat (1000 msats), the default of max_fee", "processing fee", "\n\nApprove the plan only if you want to make this payment.",
			}},
			"bound": {acctest.Config{"max_fee": btc(2_500)}, []string{"The network fee is at most 2.5 sats (2500 msats);"}},
			"address": {acctest.Config{"kind": "onchain", "payment_request": nil, "address": outside, "amount": btc(25_000_000)}, []string{
				"25,000 sats (25000000 msats) to address " + outside, "at most 263 sats (263000 msats)",
			}},
			"real money": {
				acctest.Config{"wallet_id": f.mainnet.String(), "payment_request": mainnet, "allow_mainnet": true},
				[]string{`wallet "mainnet"`, "on mainnet. This is real money"},
			},
			"dollars": {
				acctest.Config{"wallet_id": f.dollars.String()},
				[]string{`wallet "dollars"`, "pays in USD: the provider requests a quote"},
			},
			"not yet":   {acctest.Config{"payment_request": acctest.Unknown{}}, []string{"amount and payee are known only during the apply"}},
			"no wallet": {acctest.Config{"wallet_id": uuid.Nil.String()}, []string{"which cannot be read yet"}},
			"unknown": {
				acctest.Config{"wallet_id": acctest.Unknown{}, "max_fee": acctest.Unknown{}},
				[]string{"a wallet that is known only during the apply", "The highest network fee is known only"},
			},
		} {
			config := f.pay(described)
			maps.Copy(config, test.config)
			diags := f.PlanAction(t.Context(), "voltage_payment_send", config)
			f.Expect(name, diags)
			contains(t, name, diags.Warnings(), append(slices.Clone(test.want), "Payment Will Be Sent")...)
		}
	})
}

// TestAccPaymentSend_fees: the progress and the payment tell the network's fee from the processing fee.
func TestAccPaymentSend_fees(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		f.Expect("the policies", f.Apply(t.Context(), &acctest.Instance{Type: "voltage_wallet_policies"}, acctest.Config{
			"wallet_id": f.payer.String(), "processing_fee": acctest.Config{"send_basis_points": 150, "receive_basis_points": 0},
		}))
		send := f.pay(setUp(t, acctest.NewVirtual(t)).invoice(t, 150_000))
		send["id"] = uuid.NewString()
		progress, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
		f.Expect("the send", diags)
		contains(t, "the progress", strings.Join(progress, "\n"), "has paid 150 sats (150000 msats)",
			"The network fee was 1 sat (1000 msats), and the processing fee was 2.25 sats (2250 msats).")
		payment, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": send["id"]})
		f.Expect("the payment", diags)
		for want, path := range map[string][]string{
			"150000": {"amount", "amount"}, "3250": {"fees", "amount"}, "1500": {"max_fee", "amount"}, "150": {"processing_fee", "basis_points"},
			"2250": {"processing_fee", "amount", "amount"}, "1000": {"payment_breakdown", "network_fee", "amount"},
		} {
			value := payment
			for _, name := range path {
				value = acctest.Attribute(value, name)
			}
			if got := acctest.Number(value); got != want {
				t.Errorf("%v is %s, want %s", path, got, want)
			}
		}
		if got := f.balance(t, f.payer); got != "-153250" {
			t.Errorf("the payer has %s", got)
		}
	})
}

// TestAccPaymentSend_dollarURI: an on-chain URI with an amount needs no other, on a USD wallet either, whose quote is for that amount.
func TestAccPaymentSend_dollarURI(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		if err := f.Emulator.Deposit(f.dollars, "usd", 10_000); err != nil {
			t.Fatal(err)
		}
		id := uuid.NewString()
		send := acctest.Config{
			"wallet_id": f.dollars.String(), "kind": "bip21", "address": "bitcoin:" + outside + "?amount=0.0001", "max_fee": btc(300_000), "id": id,
		}
		progress, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
		f.Expect("the send", diags)
		contains(t, "the progress", strings.Join(progress, "\n"), "10,000 sats (10000000 msats)", "has paid 6.00 USD (600 cents)")
		if got := f.Emulator.Count("request_a_quote"); got != 1 {
			t.Errorf("%d quotes", got)
		}
		// It is recognised by its BTC, although the API shows it in USD; another amount is another payment.
		if _, diags := f.Invoke(t.Context(), "voltage_payment_send", send); diags.Errors() != "" {
			t.Errorf("again: %s", diags.Errors())
		}
		send["address"] = "bitcoin:" + outside + "?amount=0.0002"
		_, diags = f.Invoke(t.Context(), "voltage_payment_send", send)
		f.Expect("another amount", diags, "Payment ID In Use", "10,000 sats", "20,000 sats")
		payment, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": id})
		f.Expect("the payment", diags)
		quote := acctest.Attribute(payment, "market_quote")
		if acctest.Text(acctest.Attribute(quote, "from")) == "" ||
			!regexp.MustCompile(`^6000000$`).MatchString(acctest.Text(acctest.Attribute(quote, "rate"))) {
			t.Errorf("market quote %s", quote)
		}
		exchanges := acctest.Elements(acctest.Attribute(payment, "exchanges"))
		if len(exchanges) != 1 || acctest.Text(acctest.Attribute(exchanges[0], "rate")) != "6000000" ||
			acctest.Text(acctest.Attribute(exchanges[0], "quote_id")) == "" {
			t.Errorf("exchanges %s", exchanges)
		}
	})
}
