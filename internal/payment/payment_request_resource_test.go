package payment_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccPaymentRequest_kinds requests each kind, with and without delay, and has it paid from outside.
func TestAccPaymentRequest_kinds(t *testing.T) {
	t.Parallel()
	asset := "asset:" + strings.Repeat("ab", 33)
	for name, test := range map[string]struct {
		config   acctest.Config
		invoice  bool
		address  bool
		msats    int64 // paid, for any amount
		received string
	}{
		"bolt11":             {acctest.Config{"kind": "bolt11", "amount": btc(150_001)}, true, false, 0, "150001"},
		"bolt11, any amount": {acctest.Config{"kind": "bolt11"}, true, false, 7_000, "7000"},
		"onchain":            {acctest.Config{"kind": "onchain", "amount": btc(150_000)}, false, true, 0, "150000"},
		"bip21":              {acctest.Config{"kind": "bip21", "amount": btc(150_000)}, true, true, 0, "150000"},
		"bip21, any amount":  {acctest.Config{"kind": "bip21"}, true, true, 5_000, "5000"},
		"taprootasset": {
			acctest.Config{"kind": "taprootasset", "amount": acctest.Config{"amount": 12, "currency": asset}},
			true, false, 0, "12",
		},
	} {
		for _, delay := range []time.Duration{0, 9 * time.Second} {
			t.Run(fmt.Sprintf("%s after %s", name, delay), func(t *testing.T) {
				t.Parallel()
				virtual(t, func(t *testing.T, f *fixture) {
					t.Helper()
					config := acctest.Config{
						"wallet_id": f.payee.String(), "description": "1 cup coffee", "expiration": 600, "metadata": acctest.Config{"order": "4711"},
					}
					maps.Copy(config, test.config)
					request := f.request(t, config)
					if request.String("status") != "receiving" || (request.String("payment_request") != "") != test.invoice ||
						(request.String("address") != "") != test.address ||
						request.String("bip21_uri") == "" || request.String("expires_at") == "" || !request.Attribute("received_amount").IsNull() {
						t.Errorf("requested %s", request.State)
					}
					if test.invoice {
						parsed, failure := f.Call(t.Context(), "parse_bolt11", request.String("payment_request"))
						if failure != nil {
							t.Fatal(failure.Text)
						}
						if acctest.Text(acctest.Attribute(parsed, "description")) != "1 cup coffee" ||
							acctest.Number(acctest.Attribute(parsed, "expiry")) != "600" {
							t.Errorf("the invoice says %s", parsed)
						}
					}
					if err := f.Emulator.Pay(request.String("bip21_uri"), test.msats); err != nil {
						t.Fatal(err)
					}
					time.Sleep(2 * delay)
					f.planEmpty(t, request, config)
					received := request.Attribute("received_amount")
					if request.String("status") != "completed" || acctest.Number(acctest.Attribute(received, "amount")) != test.received {
						t.Errorf("paid: %s", request.State)
					}
					if len(acctest.Elements(request.Attribute("receipts"))) != 1 {
						t.Errorf("receipts %s", request.Attribute("receipts"))
					}
				}, func(c *emulator.Config) { c.Delay = delay })
			})
		}
	}
}

// TestAccPaymentRequest_requests counts what a request takes: the wallet and its line, one POST, one read.
func TestAccPaymentRequest_requests(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		f.Emulator.ResetRequests()
		instance := &acctest.Instance{Type: "voltage_payment_request"}
		if diags := f.Apply(t.Context(), instance, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11"}); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		var got []string
		for _, request := range f.Emulator.Requests() {
			got = append(got, request.Operation)
		}
		if want := "get_wallet get_line_of_credit_summary_as_user create_payment get_payment"; strings.Join(got, " ") != want {
			t.Errorf("sent %v, want %s", got, want)
		}
		last := f.Emulator.Requests()[2].Body
		if !strings.Contains(string(last), `"currency":"btc"`) || strings.Contains(string(last), "amount") {
			t.Errorf("any amount is asked for by %s", last)
		}
	})
}

func TestAccPaymentRequest_validation(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		f.Emulator.ResetRequests()
		long := strings.Repeat("ä", 257)
		many := acctest.Config{}
		for i := range 51 {
			many[fmt.Sprint(i)] = "x"
		}
		base := acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)}
		for name, test := range map[string]struct {
			change acctest.Config
			want   string
		}{
			"wallet is no UUID":      {acctest.Config{"wallet_id": "x"}, `wallet_id: Invalid UUID`},
			"no wallet":              {acctest.Config{"wallet_id": nil}, `wallet_id: `},
			"kind":                   {acctest.Config{"kind": "usdbatch"}, `kind: .*"taprootasset"`},
			"onchain, any amount":    {acctest.Config{"kind": "onchain", "amount": nil}, `amount: Missing Attribute`},
			"asset, any amount":      {acctest.Config{"kind": "taprootasset", "amount": nil}, `amount: Missing Attribute`},
			"onchain, no whole sat":  {acctest.Config{"kind": "onchain", "amount": btc(1500)}, `amount: Invalid Amount: .*1500 msats`},
			"asset without an asset": {acctest.Config{"kind": "taprootasset"}, `amount: Invalid Amount: .*asset`},
			"asset of another kind": {
				acctest.Config{"amount": acctest.Config{"amount": 1, "currency": "asset:" + strings.Repeat("ab", 33)}},
				`amount: Invalid Amount: .*taprootasset`,
			},
			"zero":                    {acctest.Config{"amount": btc(0)}, `amount.*at least 1`},
			"currency":                {acctest.Config{"amount": acctest.Config{"amount": 1, "currency": "eur"}}, `Invalid Currency: .*"eur"`},
			"expires too late":        {acctest.Config{"expiration": 86_401}, `expiration: .*between 1 and 86400`},
			"expires at once":         {acctest.Config{"expiration": 0}, `expiration: .*between 1 and 86400`},
			"too much metadata":       {acctest.Config{"metadata": many}, `metadata: .*at most 50`},
			"metadata value too long": {acctest.Config{"metadata": acctest.Config{"a": long}}, `metadata.*at most 256`},
			"metadata key too long":   {acctest.Config{"metadata": acctest.Config{long: "a"}}, `metadata.*at most 256`},
			"empty description":       {acctest.Config{"description": ""}, `description: .*at least 1`},
		} {
			config := maps.Clone(base)
			maps.Copy(config, test.change)
			got := f.Plan(t.Context(), &acctest.Instance{Type: "voltage_payment_request"}, config).Diagnostics.Errors()
			if !regexp.MustCompile(`(?s)` + test.want).MatchString(got) {
				t.Errorf("%s: got %q, want %q", name, got, test.want)
			}
		}
		unknown := acctest.Config{
			"wallet_id": acctest.Unknown{},
			"kind":      acctest.Unknown{},
			"amount":    acctest.Unknown{},
			"metadata":  acctest.Unknown{},
		}
		if got := f.Plan(t.Context(), &acctest.Instance{Type: "voltage_payment_request"}, unknown).Diagnostics.Errors(); got != "" {
			t.Errorf("unknown values: %s", got)
		}
		half := acctest.Config{
			"wallet_id": f.payee.String(),
			"kind":      "onchain",
			"amount":    acctest.Config{"amount": acctest.Unknown{}, "currency": acctest.Unknown{}},
		}
		if got := f.Plan(t.Context(), &acctest.Instance{Type: "voltage_payment_request"}, half).Diagnostics.Errors(); got != "" {
			t.Errorf("an amount that is not known: %s", got)
		}
		if got := len(f.Emulator.Requests()); got != 0 {
			t.Errorf("%d requests were sent", got)
		}
	})
}

// TestAccPaymentRequest_refusals: what only the API knows is told with its words, and nothing stays in the state.
func TestAccPaymentRequest_refusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change acctest.Config
		fault  *emulator.Refuse
		want   []string
	}{
		"no such wallet":     {acctest.Config{"wallet_id": uuid.NewString()}, nil, []string{"wallet_id: ", "instance_not_found"}},
		"usd without amount": {acctest.Config{"wallet_id": "dollars", "amount": nil}, nil, []string{"amount: Missing Attribute", "usd"}},
		"usd on a btc line":  {acctest.Config{"amount": usd(5)}, nil, []string{"invalid_currency"}},
		"invalid_payment": {
			nil,
			&emulator.Refuse{Status: 400, Type: "invalid_payment", Detail: "no"},
			[]string{"wallet_id: ", "invalid_payment"},
		},
		"access_rights": {nil, &emulator.Refuse{Status: 403, Type: "access_rights", Detail: "no"}, []string{"access_rights", "permission"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				if test.fault != nil {
					f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: *test.fault})
				}
				config := acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)}
				maps.Copy(config, test.change)
				if config["wallet_id"] == "dollars" {
					config["wallet_id"] = f.dollars.String()
				}
				instance := &acctest.Instance{Type: "voltage_payment_request"}
				got := f.Apply(t.Context(), instance, config).Errors()
				contains(t, "the error", got, test.want...)
				if !instance.State.IsNull() {
					t.Errorf("the state has %s", instance.State)
				}
			})
		})
	}
}

// TestAccPaymentRequest_networks: a request on a network that is not allowed is refused, before anything is sent.
func TestAccPaymentRequest_networks(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		careful := f.World.Protocol(t, acctest.Config{"allowed_networks": []any{"mutinynet"}})
		config := acctest.Config{"wallet_id": f.mainnet.String(), "kind": "bolt11"}
		got := careful.Plan(t.Context(), &acctest.Instance{Type: "voltage_payment_request"}, config).Diagnostics.Errors()
		contains(t, "the error", got, "wallet_id: Network Not Allowed", "mainnet")
		if f.Emulator.Count("create_payment") != 0 {
			t.Error("a request was sent")
		}
		config["wallet_id"] = f.payee.String()
		if got := careful.Plan(t.Context(), &acctest.Instance{Type: "voltage_payment_request"}, config).Diagnostics.Errors(); got != "" {
			t.Error(got)
		}
	})
}

// TestAccPaymentRequest_unknownOrganization: an organization_id that is known only after the apply is not the provider's, whose wallets
// say nothing of the network then.
func TestAccPaymentRequest_unknownOrganization(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		config := acctest.Config{"wallet_id": f.mainnet.String(), "kind": "bolt11", "organization_id": acctest.Unknown{}}
		for name, change := range map[string]acctest.Config{
			"the provider has one": {"allowed_networks": []any{"mutinynet"}}, "the provider has none": {"organization_id": nil},
		} {
			plan := f.World.Protocol(t, change).Plan(t.Context(), &acctest.Instance{Type: "voltage_payment_request"}, config)
			if got := plan.Diagnostics.Errors(); got != "" {
				t.Errorf("%s: %s", name, got)
			}
			if got := plan.Attribute("organization_id"); got.IsKnown() {
				t.Errorf("%s: planned in organization %s", name, got)
			}
		}
		if got := f.Emulator.Requests(); len(got) != 0 {
			t.Errorf("planning asked for %s", got[0].Operation)
		}
	})
}

// TestAccPaymentRequest_dollars: a request on a USD line quotes by itself, and uses no quote that has expired.
func TestAccPaymentRequest_dollars(t *testing.T) {
	t.Parallel()
	t.Run("in usd", func(t *testing.T) {
		t.Parallel()
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			config := acctest.Config{"wallet_id": f.dollars.String(), "kind": "bolt11", "amount": usd(600)}
			request := f.request(t, config)
			if request.String("quote_id") == "" || request.String("currency") != "usd" {
				t.Errorf("requested %s", request.State)
			}
			parsed, failure := f.Call(t.Context(), "parse_bolt11", request.String("payment_request"))
			if failure != nil || acctest.Number(acctest.Attribute(parsed, "amount_msats")) != "10000000" { // 6 dollars at 60,000 a bitcoin
				t.Errorf("the invoice says %s", parsed)
			}
			if err := f.Emulator.Pay(request.String("payment_request"), 0); err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Minute)
			f.planEmpty(t, request, config)
			if got := f.balance(t, f.dollars); got != "600" {
				t.Errorf("the wallet has %s cents", got)
			}
		}, func(c *emulator.Config) { c.Delay = 9 * time.Second })
	})
	t.Run("in btc", func(t *testing.T) {
		t.Parallel()
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			f.request(t, acctest.Config{"wallet_id": f.dollars.String(), "kind": "bolt11", "amount": btc(10_000_000)})
		})
	})
	t.Run("a quote that expires after the request", func(t *testing.T) {
		t.Parallel()
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			f.Emulator.Inject(emulator.Fault{
				Operation: "create_payment",
				Effect:    emulator.FailAsync{Type: "receive_failed", Code: "quote_failed", Detail: "too late"},
			})
			instance := &acctest.Instance{Type: "voltage_payment_request"}
			got := f.Apply(t.Context(), instance, acctest.Config{"wallet_id": f.dollars.String(), "kind": "bolt11", "amount": usd(600)}).Errors()
			contains(t, "the error", got, "receive_failed/quote_failed: too late",
				"\n\nThe exchange rate is no longer valid. Try again. The provider then requests a new quote.")
			if f.Emulator.Count("create_payment") != 1 || !instance.Tainted {
				t.Errorf("%d requests, tainted %t", f.Emulator.Count("create_payment"), instance.Tainted)
			}
		})
	})
	t.Run("a quote that expires while it is waited for", func(t *testing.T) {
		t.Parallel()
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			f.Emulator.Inject(emulator.Fault{Operation: "get_a_quote_as_user", Effect: emulator.Delay{D: 20 * time.Second}})
			f.request(t, acctest.Config{"wallet_id": f.dollars.String(), "kind": "bolt11", "amount": usd(600)})
			if got := f.Emulator.Count("request_a_quote"); got != 2 {
				t.Errorf("%d quotes", got)
			}
			if got := f.Emulator.Count("create_payment"); got != 1 {
				t.Errorf("%d requests with a quote, of which one has expired", got)
			}
		}, func(c *emulator.Config) { c.QuoteLife = 15 * time.Second })
	})
	t.Run("a quote that expires on the way", func(t *testing.T) {
		t.Parallel()
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			f.Emulator.Inject(emulator.Fault{
				Operation: "create_payment",
				Effect:    emulator.Refuse{Status: 400, Type: "invalid_quote", Detail: "it has expired"},
			})
			f.request(t, acctest.Config{"wallet_id": f.dollars.String(), "kind": "bolt11", "amount": usd(600)})
			if got := f.Emulator.Count("request_a_quote"); got != 2 {
				t.Errorf("%d quotes", got)
			}
		})
	})
	t.Run("quotes that always expire", func(t *testing.T) {
		t.Parallel()
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			instance := &acctest.Instance{Type: "voltage_payment_request"}
			got := f.Apply(t.Context(), instance, acctest.Config{"wallet_id": f.dollars.String(), "kind": "bolt11", "amount": usd(600)}).Errors()
			contains(t, "the error", got, "3 quotes in a row expired")
			if !instance.State.IsNull() || f.Emulator.Count("create_payment") != 0 {
				t.Errorf("state %s after %d requests", instance.State, f.Emulator.Count("create_payment"))
			}
		}, func(c *emulator.Config) { c.QuoteLife, c.Latency = time.Nanosecond, 100*time.Millisecond })
	})
	t.Run("a quote that fails", func(t *testing.T) {
		t.Parallel()
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			f.Emulator.Inject(emulator.Fault{Operation: "request_a_quote", Effect: emulator.FailAsync{Type: "price", Detail: "no market"}})
			got := f.Apply(t.Context(), &acctest.Instance{Type: "voltage_payment_request"},
				acctest.Config{"wallet_id": f.dollars.String(), "kind": "bolt11", "amount": usd(600)}).Errors()
			contains(t, "the error", got, "the quote for 6.00 USD (600 cents) failed: price: no market")
		})
	})
}

// TestAccPaymentRequest_expires: a request that expires shows it, and plans nothing.
func TestAccPaymentRequest_expires(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		config := acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000), "expiration": 60}
		request := f.request(t, config)
		time.Sleep(time.Minute)
		f.planEmpty(t, request, config)
		if request.String("status") != "expired" {
			t.Errorf("status %s", request.String("status"))
		}
		config["timeouts"] = acctest.Config{"create": "1m"}
		if diags := f.Apply(t.Context(), request, config); diags.Errors() != "" {
			t.Errorf("a change of timeouts: %s", diags.Errors())
		}
		if f.Emulator.Count("create_payment") != 1 {
			t.Error("a change of timeouts made another request")
		}
		config["description"] = "another one"
		if plan := f.Plan(t.Context(), request, config); !plan.Replaces {
			t.Error("a change of the description does not make another request")
		}
	})
}

// TestAccPaymentRequest_destroy takes it out of the state only, and says so.
func TestAccPaymentRequest_destroy(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		request := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)})
		invoice, before := request.String("payment_request"), len(f.Emulator.Requests())
		diags := f.DestroyRefreshed(t.Context(), request)
		contains(t, "the warning", diags.Warnings(), "Payment Request Stays Payable", "cannot cancel", "expires at")
		if diags.Errors() != "" || !request.State.IsNull() || len(f.Emulator.Requests()) != before+2 { // reads: of the refresh, and of the plan
			t.Errorf("errors %s, state %s, %d more requests", diags.Errors(), request.State, len(f.Emulator.Requests())-before)
		}
		if err := f.Emulator.Pay(invoice, 0); err != nil {
			t.Errorf("it can no longer be paid: %v", err)
		}
	})
}

// TestAccPaymentRequest_noExpiration: where the API does not say when a request expires, the warning does not, either.
func TestAccPaymentRequest_noExpiration(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		request := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)})
		f.Emulator.Inject(emulator.Fault{
			Operation: "get_payment",
			Effect: emulator.Answer{Status: 200, ContentType: "application/json", Body: fmt.Sprintf(
				`{"id":%q,"wallet_id":%q,"organization_id":%q,"environment_id":%q,
			"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z",
		"currency":"btc","direction":"receive","status":"receiving","type":"bolt11","data":{"expiration":null,"payment_request":%q}}`,
				request.String("id"), f.payee, f.OrganizationID, f.EnvironmentID, request.String("payment_request"))},
		})
		f.Expect("the refresh", f.Refresh(t.Context(), request))
		if !request.Attribute("expires_at").IsNull() {
			t.Errorf("it expires at %s", request.String("expires_at"))
		}
		warnings := f.Walk().Destroy(t.Context(), request).Warnings()
		contains(t, "the warning", warnings, "Payment Request Stays Payable", "so it can be paid until it expires.\n")
	})
}

// TestAccPaymentRequest_processingFee: the payer pays the fee on top, the wallet gets what was asked for; any amount cannot be asked for.
func TestAccPaymentRequest_processingFee(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		policies := &acctest.Instance{Type: "voltage_wallet_policies"}
		f.Expect("the policies", f.Apply(t.Context(), policies, acctest.Config{
			"wallet_id": f.payee.String(), "processing_fee": acctest.Config{"send_basis_points": 0, "receive_basis_points": 100},
		}))
		config := acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(150_000)}
		request := f.request(t, config)
		number := func(value tftypes.Value, path ...string) string {
			for _, name := range path {
				value = acctest.Attribute(value, name)
			}
			return acctest.Number(value)
		}
		if got := number(request.State, "processing_fee", "amount", "amount"); got != "1500" ||
			number(request.State, "processing_fee", "basis_points") != "100" {
			t.Errorf("the fee is %s msats: %s", got, request.Attribute("processing_fee"))
		}
		if got := number(f.decoded(t, request.String("payment_request")), "amount_msats"); got != "151500" {
			t.Errorf("the invoice asks for %s msats", got)
		}
		if err := f.Emulator.Pay(request.String("payment_request"), 0); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		f.planEmpty(t, request, config)
		if got := number(request.State, "received_amount", "amount"); got != "150000" || f.balance(t, f.payee) != "150000" {
			t.Errorf("received %s msats, and the wallet has %s", got, f.balance(t, f.payee))
		}
		if number(request.State, "payment_breakdown", "principal", "amount") != "150000" ||
			number(request.State, "payment_breakdown", "processing_fee", "amount") != "1500" {
			t.Errorf("breakdown %s", request.Attribute("payment_breakdown"))
		}
		payment, diags := f.ReadDataSource(t.Context(), "voltage_payment", acctest.Config{"id": request.String("id")})
		f.Expect("the payment", diags)
		if number(payment, "amount", "amount") != "150000" || number(payment, "requested_amount", "amount") != "150000" ||
			number(payment, "fees", "amount") != "1500" {
			t.Errorf("payment %s", payment)
		}

		anyAmount := &acctest.Instance{Type: "voltage_payment_request"}
		got := f.Apply(t.Context(), anyAmount, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11"}).Errors()
		contains(t, "any amount", got, "receive_failed/invalid_payment_amount", "amount: Payment Request Not Created",
			"If the wallet has a processing fee on receives, a payment request without an amount fails. Set the amount", "receive_basis_points")
		if !anyAmount.Tainted {
			t.Error("it is not tainted in the state")
		}
	})
}

// TestAccPaymentRequest_destroyWithWallet: nothing is said of a request whose wallet goes too, or that has been paid since it was read.
func TestAccPaymentRequest_destroyWithWallet(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		wallet := &acctest.Instance{Type: "voltage_wallet"}
		config := acctest.Config{"name": "gone soon", "network": f.Network, "line_of_credit_id": f.LineOfCreditID.String(), "limit": 1000}
		f.MustApply(wallet, config)
		request := f.request(t, acctest.Config{"wallet_id": wallet.String("id"), "kind": "bolt11", "amount": btc(1000)})
		refresh := f.Walk()
		f.Expect("a refresh", append(refresh.Refresh(t.Context(), wallet), refresh.Refresh(t.Context(), request)...))
		for name, test := range map[string]struct {
			stays bool
		}{"the wallet goes": {false}, "the wallet stays": {true}} {
			walk := f.Walk()
			if got := walk.PlanDestroy(t.Context(), request).Warnings(); got != "" {
				t.Errorf("%s: before the wallet is planned: %s", name, got)
			}
			got := walk.PlanDestroy
			plan := func() string { return got(t.Context(), wallet).Warnings() }
			if test.stays {
				plan = func() string { return walk.Plan(t.Context(), wallet, config).Diagnostics.Warnings() }
			}
			if warnings := plan(); strings.Contains(warnings, "Payment Request Stays Payable") != test.stays {
				t.Errorf("%s: %q", name, warnings)
			}
		}
		paid := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)})
		f.Expect("a refresh", f.Walk().Refresh(t.Context(), paid))
		if err := f.Emulator.Pay(paid.String("payment_request"), 0); err != nil {
			t.Fatal(err)
		}
		if got := f.Walk().PlanDestroy(t.Context(), paid).Warnings(); got != "" {
			t.Errorf("a request that has been paid meanwhile: %s", got)
		}
	})
}

// TestAccPaymentRequest_replacement says that the request before it can still be paid, and nothing where it cannot.
func TestAccPaymentRequest_replacement(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		config := acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000), "description": "tea"}
		request := f.request(t, config)
		f.Expect("a refresh", f.Refresh(t.Context(), request))
		for name, value := range map[string]any{
			"wallet_id": f.payer.String(), "kind": "bip21", "amount": btc(2000), "description": "coffee",
			"expiration": 60, "metadata": acctest.Config{"a": "b"},
			"organization_id": uuid.NewString(),
		} {
			changed := maps.Clone(config)
			changed[name] = value
			plan := f.Walk().Plan(t.Context(), request, changed)
			if !plan.Replaces || !strings.Contains(plan.Diagnostics.Warnings(), "Payment Request Stays Payable") {
				t.Errorf("%s: replaces %t, %q", name, plan.Replaces, plan.Diagnostics.Warnings())
			}
		}
		config["timeouts"] = acctest.Config{"create": "1m"}
		if got := f.Plan(t.Context(), request, config).Diagnostics.Warnings(); got != "" {
			t.Errorf("a change of timeouts warns: %s", got)
		}
		delete(config, "timeouts")
		time.Sleep(2 * time.Hour)
		f.planEmpty(t, request, config)
		config["description"] = "coffee"
		if got := f.Plan(t.Context(), request, config).Diagnostics.Warnings(); got != "" {
			t.Errorf("an expired request: %s", got)
		}
	})
}

// TestAccPaymentRequest_failures: an asynchronous failure and a wait that ends leave the request tainted in the state.
func TestAccPaymentRequest_failures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		fault   emulator.Fault
		timeout string
		want    []string
	}{
		"fails later": {
			emulator.Fault{Operation: "create_payment", Effect: emulator.FailAsync{Type: "NodeOffline", Detail: "try later"}}, "1m",
			[]string{"NodeOffline", "try later", "tainted"},
		},
		"never seen": {
			emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.NotFound{}}, "5m",
			[]string{"timed out after", "no payment with this ID", "tainted", "timeouts"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				f.Emulator.Inject(test.fault)
				config := acctest.Config{
					"wallet_id": f.payee.String(),
					"kind":      "bolt11",
					"amount":    btc(1000),
					"timeouts":  acctest.Config{"create": test.timeout},
				}
				instance := &acctest.Instance{Type: "voltage_payment_request"}
				got := f.Apply(t.Context(), instance, config).Errors()
				contains(t, "the error", got, append(test.want, instance.String("id"), "Payment Request Not Created")...)
				if !instance.Tainted {
					t.Error("it is not tainted in the state")
				}
				f.Emulator.ClearFaults()
				delete(config, "timeouts")
				if diags := f.Apply(t.Context(), instance, config); diags.Errors() != "" || instance.String("status") != "receiving" {
					t.Errorf("the next apply: %s, status %s", diags.Errors(), instance.String("status"))
				}
			})
		})
	}
}

// TestAccPaymentRequest_lostAnswers: a lost answer ends with one request.
func TestAccPaymentRequest_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]emulator.Effect{
		"cut before": emulator.CutBefore{}, "cut after": emulator.CutAfter{}, "500 before": emulator.Answer{Status: 500},
		"500 after": emulator.Answer{Status: 500, After: true}, "429": emulator.Answer{Status: 429},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			virtual(t, func(t *testing.T, f *fixture) {
				t.Helper()
				f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: effect})
				request := f.request(t, acctest.Config{"wallet_id": f.payee.String(), "kind": "bolt11", "amount": btc(1000)})
				list, diags := f.ReadDataSource(t.Context(), "voltage_payments", acctest.Config{"wallet_id": f.payee.String()})
				if diags.Errors() != "" {
					t.Fatal(diags.Errors())
				}
				if ids := acctest.Elements(acctest.Attribute(list, "ids")); len(ids) != 1 || acctest.Text(ids[0]) != request.String("id") {
					t.Errorf("the API has %v", ids)
				}
			})
		})
	}
}

// TestAccPaymentRequest sees a request through the real Terraform: made, paid, planned empty, destroyed.
func TestAccPaymentRequest(t *testing.T) {
	t.Parallel()
	f := setUp(t, acctest.Emulated(t))
	address := "voltage_payment_request.test"
	config := f.Config(`
resource "voltage_payment_request" "test" {
  wallet_id   = %q
  kind        = "bolt11"
  amount      = { amount = 21000, currency = "btc" }
  description = "21 sats"
}
data "voltage_payment" "test" {
  id       = voltage_payment_request.test.id
  wait_for = "ready"
}
`, f.payee)
	var invoice string
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: f.Factories(),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue(address, tfjsonpath.New("status"), knownvalue.StringExact("receiving")),
					statecheck.ExpectKnownValue(address, tfjsonpath.New("payment_request"), knownvalue.StringFunc(func(text string) error {
						invoice = text
						return nil
					})),
					statecheck.ExpectKnownValue("data.voltage_payment.test", tfjsonpath.New("requested_amount").AtMapKey("amount"),
						knownvalue.Int64Exact(21000)),
				},
				ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{
				PreConfig: func() {
					if err := f.Emulator.Pay(invoice, 0); err != nil {
						t.Error(err)
					}
				},
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, plancheck.ResourceActionNoop)},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownValue("data.voltage_payment.test", tfjsonpath.New("status"), knownvalue.StringExact("completed")),
				},
			},
		},
	})
}
