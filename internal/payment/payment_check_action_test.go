package payment_test

import (
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

// limited lets the payer pay at most a number of satoshis at once.
func (f *fixture) limited(t *testing.T, sats int64) {
	t.Helper()
	if err := f.Emulator.SetPolicies(f.payer, emulator.Policies{MaxPaymentSizeSats: &sats}); err != nil {
		t.Fatal(err)
	}
}

// with is a configuration with some arguments replaced or, by nil, left out.
func with(config, more acctest.Config) acctest.Config {
	config = maps.Clone(config)
	maps.Copy(config, more)
	return config
}

// TestAccPaymentCheck_outcomes: the outcome that is expected ends well, and the other one is an error with the API's reason. No money
// moves.
func TestAccPaymentCheck_outcomes(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		f.limited(t, 100)
		const address = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"
		small, large := f.pay(f.invoice(t, 99_000)), f.pay(f.invoice(t, 101_000))
		onchain := acctest.Config{"wallet_id": f.payer.String(), "kind": "onchain", "address": address, "amount": btc(101_000)}
		const reason = "rejected: The wallet's policy max_payment_size allows 100, and this makes 101"
		for name, test := range map[string]struct {
			config   acctest.Config
			errors   []string
			progress []string
		}{
			"allowed": {
				small, nil,
				[]string{`Checking 99 sats (99000 msats) to node `, `wallet "payer"`, "No money moves", ": approved.", "The policies allow 99 sats"},
			},
			"allowed, said so": {with(small, acctest.Config{"expect": "approved"}), nil, []string{"The policies allow"}},
			"refused": {
				with(large, acctest.Config{"expect": "failed"}),
				nil,
				[]string{"The check failed, as expected: " + reason + "."},
			},
			"an address, refused": {with(onchain, acctest.Config{"expect": "failed"}), nil, []string{"as expected: " + reason + "."}},
			"not allowed": {
				large,
				[]string{
					"Policy Check Failed", `from wallet "payer" (ID ` + f.payer.String(), reason, "expects the check to be approved. No money was moved.",
					"\n\nA policy of the wallet refused the payment",
				},
				nil,
			},
			"not allowed, own ID": {
				with(large, acctest.Config{"id": uuid.NewString()}),
				[]string{"Policy Check Failed", reason, "set another id to check again"},
				nil,
			},
			"not refused": {
				with(small, acctest.Config{"expect": "failed"}),
				[]string{"expect: Policy Check Approved", "the policies allow 99 sats (99000 msats)",
					`from wallet "payer"`, "expects the check to fail", `set expect = "approved"`},
				nil,
			},
		} {
			progress, diags := f.Invoke(t.Context(), "voltage_payment_check", test.config)
			f.Expect(name, diags, test.errors...)
			contains(t, name, strings.Join(progress, "\n"), test.progress...)
			if strings.Contains(diags.Warnings(), "Payment Will Be Sent") {
				t.Errorf("%s: the plan says that a payment is sent", name)
			}
		}
		if posts, got := f.Emulator.Count("create_payment"), f.balance(t, f.payee); posts != 2 || got != "0" {
			t.Errorf("%d payments beside the two invoices, and the payee has %s", posts-2, got)
		}
		if got := f.Emulator.Count("check_payment"); got != 7 {
			t.Errorf("%d checks", got)
		}
	}, func(c *emulator.Config) { c.Delay = time.Second })
}

// TestAccPaymentCheck_ownID: the API decides once per ID. What is known of the ID is reported, unless it is something else.
func TestAccPaymentCheck_ownID(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			check := with(f.pay(f.invoice(t, 21_000)), acctest.Config{"id": uuid.NewString()})
			for range 2 {
				_, diags := f.Invoke(t.Context(), "voltage_payment_check", check)
				f.Expect("the check", diags)
			}
			_, diags := f.Invoke(t.Context(), "voltage_payment_check", with(check, acctest.Config{"expect": "failed"}))
			f.Expect("another expectation", diags, "Policy Check Approved")
			other := with(check, acctest.Config{"payment_request": f.invoice(t, 22_000)})
			_, diags = f.Invoke(t.Context(), "voltage_payment_check", other)
			f.Expect("another invoice", diags, "id: Payment ID In Use", "payment hash")
			_, diags = f.InvokeUnplanned(t.Context(), "voltage_payment_check", other)
			f.Expect("another invoice", diags, "Payment Not Checked", "payment hash", "\n\nNothing was checked by this run. Set another id")
			if got := f.Emulator.Count("check_payment"); got != 1 {
				t.Errorf("%d checks", got)
			}
			// What was checked and then sent was approved, so that a pipeline can run again.
			_, diags = f.Invoke(t.Context(), "voltage_payment_send", check)
			f.Expect("the send", diags)
			_, diags = f.Invoke(t.Context(), "voltage_payment_check", check)
			f.Expect("the check of what was sent", diags)
			// A send that failed says nothing of a check.
			f.limited(t, 1)
			failed := with(f.pay(f.invoice(t, 21_000)), acctest.Config{"id": uuid.NewString()})
			f.Emulator.Inject(emulator.Fault{
				Operation: "create_payment",
				Effect:    emulator.FailAsync{Type: "send_failed", Code: "no_route", Detail: "no"},
			})
			if _, diags = f.Invoke(t.Context(), "voltage_payment_send", failed); !strings.Contains(diags.Errors(), "Payment Failed") {
				t.Errorf("the send: %q", diags.Errors())
			}
			want := []string{"id: Payment ID In Use", "was sent and failed: send_failed/no_route: no"}
			if old { // nothing tells it from a check
				want = []string{"Policy Check Failed", "send_failed/no_route"}
			}
			_, diags = f.Invoke(t.Context(), "voltage_payment_check", failed)
			f.Expect("the check of a send that failed", diags, want...)
		}, func(c *emulator.Config) { c.NoCheckOnly = old })
	}
}

// TestAccPaymentCheck_lostAnswers: a check costs nothing, so that it is asked for again, with the same ID.
func TestAccPaymentCheck_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]emulator.Effect{
		"cut before": emulator.CutBefore{}, "cut after": emulator.CutAfter{}, "500 before": emulator.Answer{Status: 500},
		"500 after": emulator.Answer{Status: 500, After: true}, "empty": emulator.EmptyBody{}, "429": emulator.Answer{Status: 429},
		"503 before": emulator.Answer{Status: 503, Header: http.Header{"Retry-After": {"1"}}},
	} {
		for _, own := range []bool{false, true} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				virtual(t, func(t *testing.T, f *fixture) {
					t.Helper()
					check := f.pay(f.invoice(t, 21_000))
					if own {
						check["id"] = uuid.NewString()
					}
					f.Emulator.Inject(emulator.Fault{Operation: "check_payment", Effect: effect})
					_, diags := f.Invoke(t.Context(), "voltage_payment_check", check)
					f.Expect("the check", diags)
					if sends := f.sends(t); len(sends) != 1 || sends[0] != "approved 21000" {
						t.Errorf("the API has %v", sends)
					}
				}, func(c *emulator.Config) { c.Delay = time.Second })
			})
		}
	}
}

// TestAccPaymentCheck_failures: what the API refuses to check, and what cannot be read, is an error whatever is expected.
func TestAccPaymentCheck_failures(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		check := with(f.pay(f.invoice(t, 21_000)), acctest.Config{"expect": "failed"})
		for name, test := range map[string]struct {
			change acctest.Config
			fault  *emulator.Fault
			want   []string
		}{
			"refused": {
				nil,
				&emulator.Fault{Operation: "check_payment", Effect: emulator.Refuse{Status: 400, Type: "invalid_max_fee", Detail: "no"}},
				[]string{"max_fee: Payment Not Checked", "400 invalid_max_fee: no"},
			},
			"of somebody else": {
				acctest.Config{"id": uuid.NewString()},
				&emulator.Fault{Operation: "check_payment", Effect: emulator.Refuse{Status: 409, Type: "payment_exists", Detail: "no"}},
				[]string{"id: Payment Not Checked", "409 payment_exists"},
			},
			"no such wallet": {acctest.Config{"wallet_id": uuid.NewString()}, nil, []string{"wallet_id: Payment Not Checked", "instance_not_found"}},
			"an ID that cannot be read": {
				acctest.Config{"id": uuid.NewString()},
				&emulator.Fault{Operation: "get_payment", Times: 2, Effect: emulator.Refuse{Status: 403, Type: "access_rights", Detail: "no"}},
				[]string{"Payment Not Checked", "403 access_rights"},
			},
			"never decided": {
				acctest.Config{"timeouts": acctest.Config{"invoke": "5m"}},
				&emulator.Fault{Operation: "get_payment", Times: -1, Effect: emulator.NotFound{}},
				[]string{
					"Payment Not Checked", "timed out", "no payment with this ID",
					"\n\nA policy check moves no money. Invoke the action again, or read the check with the data source voltage_payment",
				},
			},
		} {
			f.Emulator.ClearFaults()
			if test.fault != nil {
				f.Emulator.Inject(*test.fault)
			}
			_, diags := f.Invoke(t.Context(), "voltage_payment_check", with(check, test.change))
			f.Expect(name, diags, test.want...)
		}
	})
}

// TestAccPaymentCheck_validation: bad input fails while planning, as that of a send does. Real money needs no permission to be checked.
func TestAccPaymentCheck_validation(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		invoice := f.invoice(t, 21_000)
		mainnet := f.request(t, acctest.Config{"wallet_id": f.mainnet.String(), "kind": "bolt11", "amount": btc(21_000)}).String(
			"payment_request",
		)
		for want, change := range map[string]acctest.Config{
			`expect: `:                            {"expect": "rejected"},
			`payment_request: Invalid Invoice`:    {"payment_request": invoice + "q"},
			`payment_request: Wrong Network`:      {"payment_request": mainnet},
			`amount: Invalid Amount: .*21000`:     {"amount": btc(22_000)},
			`address: Unexpected Attribute`:       {"address": "tb1"},
			`id: Invalid UUID`:                    {"id": "x"},
			`timeouts.*invoke`:                    {"timeouts": acctest.Config{"invoke": "soon"}},
			`max_fee.*currency: Invalid Currency`: {"max_fee": usd(1)},
		} {
			config := with(f.pay(invoice), change)
			_, invoked := f.InvokeUnplanned(t.Context(), "voltage_payment_check", config)
			for how, got := range map[string]string{
				"planned": f.PlanKnownAction(t.Context(), "voltage_payment_check", config).Errors(), "invoked": invoked.Errors(),
			} {
				if !regexp.MustCompile(`(?s)` + want).MatchString(got) {
					t.Errorf("%s: got %q, want %q", how, got, want)
				}
			}
		}
		careful := f.World.Protocol(t, acctest.Config{"allowed_networks": []any{"testnet3"}})
		contains(t, "the error", careful.PlanAction(t.Context(), "voltage_payment_check", f.pay(invoice)).Errors(),
			"wallet_id: Network Not Allowed")
		if got := f.Emulator.Count("check_payment"); got != 0 {
			t.Errorf("%d checks", got)
		}
		_, diags := f.Invoke(t.Context(), "voltage_payment_check", acctest.Config{
			"wallet_id":       f.mainnet.String(),
			"kind":            "bolt11",
			"payment_request": mainnet,
		})
		f.Expect("mainnet", diags)
		time.Sleep(2 * time.Hour)
		if got := f.PlanAction(t.Context(), "voltage_payment_check",
			acctest.Config{"wallet_id": acctest.Unknown{}, "kind": acctest.Unknown{}}).Errors(); got != "" {
			t.Errorf("unknown: %s", got)
		}
	})
}

// TestAccPaymentCheck_dollars: a check of a wallet in USD needs no quote, and so uses none up.
func TestAccPaymentCheck_dollars(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		check := with(f.pay(f.invoice(t, 10_000_000)), acctest.Config{"wallet_id": f.dollars.String(), "id": uuid.NewString()})
		_, diags := f.Invoke(t.Context(), "voltage_payment_check", check)
		f.Expect("the check", diags)
		if got := f.Emulator.Count("request_a_quote"); got != 0 {
			t.Errorf("%d quotes", got)
		}
		// The send that promotes it is the same request, with a quote of its own.
		if err := f.Emulator.Deposit(f.dollars, "usd", 10_000); err != nil {
			t.Fatal(err)
		}
		_, diags = f.Invoke(t.Context(), "voltage_payment_send", check)
		f.Expect("the send", diags)
		if got := f.balance(t, f.dollars); got != "9400" || f.Emulator.Count("request_a_quote") != 1 {
			t.Errorf("the wallet has %s cents after %d quotes", got, f.Emulator.Count("request_a_quote"))
		}
	})
}
