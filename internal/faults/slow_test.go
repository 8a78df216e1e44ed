package faults_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// live returns the IDs of the existing objects of the case's kind, without the objects of the preparation.
func (c *testCase) live() []string {
	var ids []string
	switch c.instance.Type {
	case "voltage_wallet":
		for _, wallet := range c.active() {
			if wallet.Name == "staging" {
				ids = append(ids, wallet.ID.String())
			}
		}
	case "voltage_webhook":
		for _, hook := range c.Emulator.Webhooks() {
			if hook.Status != "deleted" {
				ids = append(ids, hook.ID.String())
			}
		}
	default:
		for _, payment := range c.Emulator.PaymentsJSON() {
			ids = append(ids, fmt.Sprint(payment["id"]))
		}
	}
	return ids
}

// TestSlowCreations interrupts a slow creation (Ctrl-C), and continues at once as a person would. The API takes 5, 9 and 15 seconds. The
// provider reads a missing object for 3 seconds, or for 60 seconds after a creation.
func TestSlowCreations(t *testing.T) {
	t.Parallel()
	kinds := map[string]struct {
		post    string
		prepare func(c *testCase)
	}{
		"wallet":  {"create_wallet", func(c *testCase) { c.config = wallet(c) }},
		"webhook": {"create_webhook", func(c *testCase) { c.webhook() }},
		"payment request": {"create_payment", func(c *testCase) {
			c.instance = &acctest.Instance{Type: "voltage_payment_request"}
			_, payee, _ := paymentOn(c, false)
			c.config = acctest.Config{"wallet_id": payee, "kind": "bolt11", "amount": acctest.Config{"amount": 21_000, "currency": "btc"}}
		}},
	}
	ends := map[string]struct {
		own bool
		end func(c *testCase)
	}{
		"applied again": {false, func(c *testCase) { c.MustApply(c.instance, c.config) }},
		"destroyed": {false, func(c *testCase) {
			c.Expect("destroying", c.DestroyRefreshed(c.t.Context(), c.instance))
		}},
		"destroyed with its own ID": {true, func(c *testCase) {
			c.Expect("destroying", c.DestroyRefreshed(c.t.Context(), c.instance))
		}},
		"killed, and applied again": {true, func(c *testCase) {
			c.instance = &acctest.Instance{Type: c.instance.Type}
			c.MustApply(c.instance, c.config)
		}},
	}
	for kindName, kind := range kinds {
		for endName, end := range ends {
			for _, seconds := range []int{5, 9, 15} {
				t.Run(fmt.Sprintf("%s %s after %d s", kindName, endName, seconds), func(t *testing.T) {
					t.Parallel()
					acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
						t.Helper()
						c := &testCase{World: w, Protocol: w.Protocol(t), t: t, instance: &acctest.Instance{Type: "voltage_wallet"}}
						kind.prepare(c)
						if end.own {
							c.ownID()
						}
						c.Expect("the interrupted apply", c.Apply(w.InterruptedAt(t, kind.post), c.instance, c.config), "terraform apply again")
						if c.instance.State.IsNull() || !c.instance.Tainted {
							t.Fatalf("tainted %t, state %s", c.instance.Tainted, c.instance.State)
						}
						c.Protocol = c.Walk()
						end.end(c)
						if end.own { // as long as reads do not show that the ID is used, a creation repeats the request
							w.Duplicates = w.Emulator.Duplicates()
						}
						// This includes objects that the API has accepted and does not show yet.
						live, id := c.live(), c.instance.String("id")
						switch request := c.instance.Type == "voltage_payment_request"; {
						case request && c.instance.State.IsNull(): // the API cannot cancel it
						case request && !end.own:
							if len(live) != 2 || live[1] != id {
								t.Errorf("the API has %v, the state %s", live, id)
							}
						case strings.Join(live, " ") != id:
							t.Errorf("the API has %v, the state %s", live, id)
						}
					}, func(c *emulator.Config) { c.Delay = time.Duration(seconds) * time.Second })
				})
			}
		}
	}
}

// TestStrayAnswersInWaits: during a wait, an answer that does not come from the API is a failed read. The wait survives some of them, and
// the apply succeeds.
func TestStrayAnswersInWaits(t *testing.T) {
	t.Parallel()
	html := func(status int) emulator.Effect {
		return emulator.Answer{Status: status, ContentType: "text/html", Body: "<html>no</html>", After: true}
	}
	gone := func(prepare func(*testCase)) func(*testCase) {
		return func(c *testCase) {
			prepare(c)
			c.made()
			c.config = nil
		}
	}
	for effectName, effect := range map[string]emulator.Effect{
		"HTML 200": html(200), "HTML 403": html(403), "HTML 404": html(404), "HTML 502": html(502),
		"101": emulator.Answer{Status: 101}, "401": emulator.Answer{Status: 401}, "redirect": effects["redirect"],
		"empty": effects["empty 200"], "wrong JSON": effects["wrong JSON"], "cut body": emulator.CutBody{}, "cut": emulator.CutBefore{},
	} {
		for name, test := range map[string]struct {
			prepare func(*testCase)
			read    string
			check   func(*testCase)
		}{
			"wallet create":          {operations["wallet create"].prepare, "get_wallet", oneWallet},
			"wallet rename":          {prepared(acctest.Config{"name": "renamed"}), "get_wallet", oneWallet},
			"wallet delete":          {gone(operations["wallet create"].prepare), "get_wallet", operations["wallet delete"].check},
			"webhook create":         {(*testCase).webhook, "get_webhook", oneWebhook},
			"webhook delete":         {gone((*testCase).webhook), "get_webhook", operations["webhook delete"].check},
			"payment request create": {operations["payment request create"].prepare, "get_payment", canBePaid},
			"policies change":        {operations["policies change"].prepare, "get_wallet_policies", sameSettings},
		} {
			t.Run(name+", "+effectName, func(t *testing.T) {
				t.Parallel()
				acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
					t.Helper()
					c := &testCase{World: w, Protocol: w.Protocol(t), t: t, instance: &acctest.Instance{Type: "voltage_wallet"}}
					test.prepare(c)
					write := emulator.Fault{Operation: test.read, Nth: 1, Times: 2, Effect: effect}
					if name == "policies change" { // the policies are read before the change
						write.Nth = 2
					}
					w.Emulator.Inject(write)
					if c.config == nil {
						c.Expect("destroying", c.Destroy(t.Context(), c.instance))
					} else {
						c.Expect("applying", c.ApplyUnrefreshed(t.Context(), c.instance, c.config))
					}
					if faults := w.Emulator.Faults(); len(faults) > 0 {
						t.Errorf("the answers were not met: %v", faults)
					}
					test.check(c)
				})
			})
		}
	}
}

// TestDisbelieved: if one read does not show an object, or shows it as inactive, but a list has the object, it stays in the state. It is
// not created again, and it can be deleted.
func TestDisbelieved(t *testing.T) {
	t.Parallel()
	reads := map[string]string{"voltage_wallet": "get_wallet", "voltage_webhook": "get_webhook", "voltage_payment_request": "get_payment"}
	for kind, read := range reads {
		for name, hide := range map[string]func(c *testCase){
			"404 for ever": func(c *testCase) {
				c.Emulator.Inject(emulator.Fault{Operation: read, Times: -1, Effect: emulator.NotFound{}})
			},
			"404 five times": func(c *testCase) {
				c.Emulator.Inject(emulator.Fault{Operation: read, Times: 5, Effect: emulator.NotFound{}})
			},
			"inactive": func(c *testCase) {
				if kind == "voltage_wallet" {
					c.Emulator.SetActive(uuid.MustParse(c.instance.String("id")), false)
				}
			},
		} {
			if name == "inactive" && kind != "voltage_wallet" {
				continue // this combination does not exist
			}
			t.Run(kind+", "+name, func(t *testing.T) {
				t.Parallel()
				acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
					t.Helper()
					c := &testCase{World: w, Protocol: w.Protocol(t), t: t, instance: &acctest.Instance{Type: "voltage_wallet"}}
					switch kind {
					case "voltage_wallet":
						c.config = wallet(c)
					case "voltage_webhook":
						c.webhook()
					default:
						operations["payment request create"].prepare(c)
					}
					c.MustApply(c.instance, c.config)
					time.Sleep(10 * time.Minute) // so that the object is not new
					id := c.instance.String("id")
					hide(c)
					for range 2 {
						c.Protocol = c.Walk()
						c.Expect("a refresh", c.Refresh(t.Context(), c.instance))
						plan := c.Plan(t.Context(), c.instance, c.config)
						if errors := plan.Diagnostics.Errors(); plan.Changes() || errors != "" || c.instance.String("id") != id {
							t.Fatalf("the plan is not empty: %s, state %s", errors, c.instance.State)
						}
					}
					w.Emulator.ClearFaults()
					c.Protocol = c.Walk()
					c.MustPlanNothing(c.instance, c.config)
					c.Expect("destroying", c.DestroyRefreshed(t.Context(), c.instance))
					if left := c.live(); kind != "voltage_payment_request" && len(left) > 0 || !c.instance.State.IsNull() {
						t.Errorf("the API has %v, the state %s", left, c.instance.State)
					}
				})
			})
		}
	}
}
