package payment_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// checked checks a payment of the payer under an ID of its own, and returns the configuration that sends it.
func (f *fixture) checked(t *testing.T, msats int) acctest.Config {
	t.Helper()
	send := with(f.pay(f.invoice(t, msats)), acctest.Config{"id": uuid.NewString(), "metadata": acctest.Config{"order": "7"}})
	time.Sleep(time.Second) // lists have the invoice first
	if _, diags := f.Invoke(t.Context(), "voltage_payment_check", send); diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	f.Emulator.ResetRequests()
	return send
}

// showsCheck makes the API show a send of the payer to a number of reads.
func (f *fixture) showsCheck(send acctest.Config, times int, status, checkOnly string) {
	if checkOnly != "" {
		checkOnly = `,"check_only":` + checkOnly
	}
	f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: times, Effect: emulator.Answer{
		Status: 200, ContentType: "application/json", Body: fmt.Sprintf(
			`{"id":%q,"wallet_id":%q,"organization_id":%q,"environment_id":%q,"created_at":"2026-09-01T10:00:00Z",
			"updated_at":"2026-09-01T10:00:00Z",
			"currency":"btc","direction":"send","status":%q,"type":"bolt11","payment_category":"standard","error":null,"data":{}%s}`,
			send["id"], f.payer, f.OrganizationID, f.EnvironmentID, status, checkOnly),
	}})
}

// TestAccPaymentSend_promotes: the ID of an approved check is sent, once, whether the API shows check_only or not.
func TestAccPaymentSend_promotes(t *testing.T) {
	t.Parallel()
	for _, old := range []bool{false, true} {
		for _, delay := range []time.Duration{0, time.Second} {
			t.Run(fmt.Sprintf("old %t, delay %s", old, delay), func(t *testing.T) {
				t.Parallel()
				virtual(t, func(t *testing.T, f *fixture) {
					t.Helper()
					send := f.checked(t, 21_000)
					planned, verb := "The id belongs to a policy check with status approved", "The policy check was approved. Sending 21 sats"
					if old {
						planned, verb = "the API does not say whether it is a policy check", "If it was a policy check, the action now sends 21 sats"
					}
					for i := range 3 {
						lines, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
						f.Expect("the send", diags)
						progress := strings.Join(lines, "\n")
						if i == 0 {
							contains(t, "the plan", diags.Warnings(), "Payment Will Be Sent", planned, "21 sats (21000 msats)")
							contains(t, "the progress", progress, verb, "has paid 21 sats")
						} else {
							contains(t, "the plan", diags.Warnings(), "Payment Sent Before")
							contains(t, "the progress", progress, "was sent before (status completed). It is not sent again.")
						}
					}
					if got := f.Emulator.Count("create_payment"); got != 1 {
						t.Errorf("sent %d times", got)
					}
					if payer, payee := f.balance(t, f.payer), f.balance(t, f.payee); payer != "-21000" || payee != "21000" {
						t.Errorf("the payer has %s, the payee %s", payer, payee)
					}
				}, func(c *emulator.Config) { c.NoCheckOnly, c.Delay = old, delay })
			})
		}
	}
}

// TestAccPaymentSend_promotionLost: whatever happens to the answer, the check is sent at most once by a run. Where nothing shows what came
// of it, the error says so, and the same action again ends well without paying twice.
func TestAccPaymentSend_promotionLost(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect emulator.Effect
		done   bool // the API has carried it out
		clear  bool // and the action knows what became of it
	}{
		"cut before":     {emulator.CutBefore{}, false, false},
		"cut after":      {emulator.CutAfter{}, true, true},
		"500 before":     {emulator.Answer{Status: 500}, false, false},
		"500 after":      {emulator.Answer{Status: 500, After: true}, true, true},
		"502 HTML after": {emulator.Answer{Status: 502, ContentType: "text/html", Body: "<p>", After: true}, true, true},
		"403 HTML after": {emulator.Answer{Status: 403, ContentType: "text/html", Body: "<p>", After: true}, true, true},
		"503 before":     {emulator.Answer{Status: 503, Header: http.Header{"Retry-After": {"1"}}}, false, false},
		"408 after":      {emulator.Answer{Status: 408, After: true}, true, true},
		"429":            {emulator.Answer{Status: 429}, false, true},
		"empty":          {emulator.EmptyBody{}, true, true},
		"redirect":       {emulator.Answer{Status: 307, Header: http.Header{"Location": {"/"}}}, false, true},
	} {
		for _, old := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, old %t", name, old), func(t *testing.T) {
				t.Parallel()
				virtual(t, func(t *testing.T, f *fixture) {
					t.Helper()
					send := f.checked(t, 21_000)
					f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: test.effect})
					_, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
					if (diags.Errors() == "") != test.done {
						t.Errorf("done %t, and the action says %q", test.done, diags.Errors())
					}
					if posts := f.Emulator.Count("create_payment"); posts != 1 {
						t.Errorf("sent %d times", posts)
					}
					if !test.done && !test.clear {
						contains(t, "the error", diags.Errors(), "Payment Not Sent", send["id"].(string), "may be under way. This run does not send it again",
							"still approved after one minute")
					}
					_, diags = f.Invoke(t.Context(), "voltage_payment_send", send)
					f.Expect("the second time", diags)
					if sends := f.sends(t); len(sends) != 1 || sends[0] != "completed 21000" {
						t.Errorf("after the second time the API has %v", sends)
					}
					if got := f.balance(t, f.payee); got != "21000" {
						t.Errorf("the payee has %s", got)
					}
				}, func(c *emulator.Config) { c.NoCheckOnly, c.Delay = old, 400*time.Millisecond })
			})
		}
	}
}

// TestAccPaymentSend_promotedAgain: a check that was sent before, and whose reads do not show it yet, is not paid twice, however the API
// refuses it.
func TestAccPaymentSend_promotedAgain(t *testing.T) {
	t.Parallel()
	for name, refusal := range map[string]emulator.Effect{
		"409": nil, "400": emulator.Refuse{Status: 400, Type: "payment_not_approved", Detail: "no check"},
	} {
		for _, shown := range []string{"true", ""} {
			t.Run(name+" "+shown, func(t *testing.T) {
				t.Parallel()
				virtual(t, func(t *testing.T, f *fixture) {
					t.Helper()
					send := f.checked(t, 21_000)
					_, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
					f.Expect("the send", diags)
					f.showsCheck(send, 2, "approved", shown) // to the plan, and before it is sent
					if refusal != nil {
						f.Emulator.Inject(emulator.Fault{Operation: "create_payment", Effect: refusal})
					}
					progress, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
					f.Expect("the send, again", diags)
					contains(t, "the progress", strings.Join(progress, "\n"), "has paid 21 sats")
					if got := f.balance(t, f.payee); got != "21000" {
						t.Errorf("the payee has %s", got)
					}
				})
			})
		}
	}
}

// TestAccPaymentSend_undecided: a check that is not decided yet is waited for, also one that no read shows yet.
func TestAccPaymentSend_undecided(t *testing.T) {
	t.Parallel()
	for _, shown := range []string{"true", "", "false"} { // false proves nothing
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			send := f.checked(t, 21_000)
			f.showsCheck(send, 3, "sending", shown)
			progress, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
			f.Expect("the send", diags)
			contains(t, "the progress", strings.Join(progress, "\n"), "not requested again until it is approved",
				"The policy check was approved. Sending", "has paid")
			if shown == "true" {
				contains(t, "the plan", diags.Warnings(), "policy check with status sending", "only if the check is approved")
			}
		})
	}

	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		send := f.checked(t, 21_000)
		f.Emulator.Inject(emulator.Fault{Operation: "get_payment", Times: 2, Effect: emulator.NotFound{}})
		f.Emulator.Inject(emulator.Fault{
			Operation: "create_payment",
			Effect:    emulator.Refuse{Status: 400, Type: "payment_not_approved", Detail: "not decided"},
		})
		f.showsCheck(send, 1, "sending", "true")
		_, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
		f.Expect("the send", diags)
		if got := f.balance(t, f.payee); got != "21000" || f.Emulator.Count("create_payment") != 2 {
			t.Errorf("the payee has %s after %d requests", got, f.Emulator.Count("create_payment"))
		}

		send = f.checked(t, 5_000)
		send["timeouts"] = acctest.Config{"invoke": "5m"}
		f.showsCheck(send, -1, "sending", "true")
		_, diags = f.Invoke(t.Context(), "voltage_payment_send", send)
		f.Expect("a check that is never decided", diags, "Payment Not Sent", "policy check with status sending",
			"\n\nNothing was sent by this run", "with the same id")
		if got := f.Emulator.Count("create_payment"); got != 0 {
			t.Errorf("sent %d times", got)
		}
	})
}

// TestAccPaymentSend_notPromoted: what a check did not approve is not sent.
func TestAccPaymentSend_notPromoted(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		if err := f.Emulator.SwitchFeature(f.OrganizationID, "treasury", true); err != nil {
			t.Fatal(err)
		}
		approved := f.checked(t, 21_000)
		f.limited(t, 10)
		failed := with(f.pay(f.invoice(t, 21_000)), acctest.Config{"id": uuid.NewString(), "expect": "failed"})
		_, diags := f.Invoke(t.Context(), "voltage_payment_check", failed)
		f.Expect("the check", diags)
		delete(failed, "expect")
		invoices := f.Emulator.Count("create_payment")
		const other = "\n\nNothing was sent by this run. Set the arguments to those of the policy check with this ID"
		for name, test := range map[string]struct {
			config           acctest.Config
			planned, invoked []string
		}{
			"a failed check": {
				failed, []string{"id: Payment ID In Use", "policy check", "rejected: The wallet's policy max_payment_size allows 10",
					"A policy check moves no money, and nothing is sent. Set another id"},
				[]string{
					"Payment Failed", "the API accepted the policy check, and then it failed: rejected", "This payment moved no money. The id belongs",
				},
			},
			"another bound": {
				with(approved, acctest.Config{"max_fee": btc(2_000)}),
				nil,
				[]string{"id: Payment Not Sent", "400 payment_not_approved", other},
			},
			"other metadata": {
				with(approved, acctest.Config{"metadata": nil}),
				nil,
				[]string{"id: Payment Not Sent", "400 payment_not_approved", other},
			},
			"another invoice": {
				with(approved, acctest.Config{"payment_request": failed["payment_request"]}),
				[]string{"id: Payment ID In Use", "payment hash"},
				[]string{"Payment Not Sent", "payment hash"},
			},
			"another wallet": {
				with(approved, acctest.Config{"wallet_id": f.payee.String()}),
				[]string{"id: Payment ID In Use", "belongs to wallet"},
				[]string{"belongs to wallet"},
			},
			"treasury": {
				with(approved, acctest.Config{"category": "treasury"}),
				[]string{"id: Payment ID In Use", "a treasury movement cannot send"},
				[]string{"Nothing was sent by this run. Set another id"},
			},
			"a later policy": {
				approved, nil,
				[]string{"Payment Failed", "the API accepted the payment, and then it failed: rejected", "This payment moved no money. The id belongs"},
			},
		} {
			planned := f.PlanAction(t.Context(), "voltage_payment_send", test.config)
			f.Expect(name+", planned", planned, test.planned...)
			if name == "a later policy" {
				continue
			}
			_, diags := f.InvokeUnplanned(t.Context(), "voltage_payment_send", test.config)
			for _, want := range test.invoked {
				if !strings.Contains(diags.Errors(), want) {
					t.Errorf("%s: got %q, want %q", name, diags.Errors(), want)
				}
			}
		}
		if posts := f.Emulator.Count("create_payment") - invoices; posts != 2 {
			t.Errorf("sent %d times, not for the two that only the API can refuse", posts)
		}
		_, diags = f.Invoke(t.Context(), "voltage_payment_send", approved)
		f.Expect("a later policy", diags, "Payment Failed", "the API accepted the payment, and then it failed: rejected",
			"This payment moved no money. The id belongs")
		if got := f.balance(t, f.payer); got != "0" {
			t.Errorf("the payer has %s", got)
		}
	})
}

// TestAccPaymentSend_approvedBefore: a send that was approved is not sent again, also where the API does not tell it from a check.
func TestAccPaymentSend_approvedBefore(t *testing.T) {
	t.Parallel()
	for _, shown := range []string{"false", ""} {
		virtual(t, func(t *testing.T, f *fixture) {
			t.Helper()
			send := with(f.pay(f.invoice(t, 21_000)), acctest.Config{"id": uuid.NewString()})
			_, diags := f.Invoke(t.Context(), "voltage_payment_send", send)
			f.Expect("the send", diags)
			f.Emulator.ResetRequests()
			f.showsCheck(send, 4, "approved", shown)
			_, diags = f.Invoke(t.Context(), "voltage_payment_send", send)
			f.Expect("the send, again", diags)
			if shown == "false" {
				contains(t, "the plan", diags.Warnings(), "Payment Sent Before")
				if got := f.Emulator.Count("create_payment"); got != 0 {
					t.Errorf("sent %d times", got)
				}
			}
			if got := f.balance(t, f.payee); got != "21000" {
				t.Errorf("the payee has %s", got)
			}
		})
	}
}
