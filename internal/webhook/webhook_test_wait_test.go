package webhook_test

import (
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// slow makes everything that the API accepts visible a while later.
func slow(c *emulator.Config) { c.Delay = 3 * time.Second }

// answering is a receiver that answers with some statuses, the last of them for ever, and with a body.
func answering(t *testing.T, w *acctest.World, body string, statuses ...int) string {
	t.Helper()
	var answered atomic.Int64
	return w.Receiver(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(statuses[min(int(answered.Add(1)), len(statuses))-1])
		_, _ = io.WriteString(w, body)
	}))
}

// hookOf makes a webhook whose receiver is at a URL, and returns its ID.
func hookOf(t *testing.T, w *acctest.World, url string) string {
	t.Helper()
	hook := newWebhook()
	w.Protocol(t).MustApply(hook, with(acctest.Config{"url": url, "events": acctest.Config{"test": []any{"created"}}}))
	return hook.String("id")
}

// TestWebhookTest_end: the action ends when the delivery does. One that does not arrive is an error with the receiver's status and what it
// answered, as a quotation of bounded length that cannot change what a terminal shows.
func TestWebhookTest_end(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body     string
		statuses []int    // none: nobody listens
		want     []string // in the error; none: it arrives
		ends     string   // the last progress, where it arrives
	}{
		"arrives":      {statuses: []int{204}, ends: "The receiver answered 204 after 1 attempt."},
		"at the third": {statuses: []int{500, 503, 200}, ends: "The receiver answered 200 after 3 attempts."},
		"500": {body: "out of \"order\"\n\x1b[31m\u202ered", statuses: []int{500}, want: []string{
			"Webhook Test Failed", "ended with the status failed after 6 attempts. The receiver's last status was 500. " +
				`The API reports: http_server_error: "The receiver answered 500: out of \"order\" red".`,
			"\n\nThe receiver failed. Check the log",
		}},
		"401": {statuses: []int{401}, want: []string{"authentication_failed", "current secret"}},
		"long": {
			body: strings.Repeat("\x1b[1mx", 400), statuses: []int{404}, want: []string{"http_client_error", "xxx", "url of the webhook"},
		},
		"refused": {
			want: []string{"after 6 attempts. The receiver has not answered. The API reports: connection_refused", "port"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				url := "http://127.0.0.1:9"
				if test.statuses != nil {
					url = answering(t, w, test.body, test.statuses...)
				}
				id := hookOf(t, w, url)
				progress, diags := w.Protocol(t).Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": id})
				w.Protocol(t).Expect(name, diags, test.want...)
				if len(test.want) == 0 && !strings.HasSuffix(progress[len(progress)-1], test.ends) {
					t.Errorf("progress %q", progress)
				}
				if test.want != nil && !strings.Contains(diags.Errors(), id) {
					t.Errorf("the error does not name the webhook: %s", diags.Errors())
				}
				if said := diags.Errors() + strings.Join(progress, ""); strings.ContainsAny(said, "\x1b\u202e") || len(diags.Errors()) > 1500 {
					t.Errorf("said %q", said)
				}
				if got := w.Emulator.Count("test_webhook"); got != 1 {
					t.Errorf("%d tests were asked for", got)
				}
			}, slow)
		})
	}
}

// TestWebhookTest_withoutWait: the action that does not wait succeeds, whatever becomes of the delivery, and reads nothing.
func TestWebhookTest_withoutWait(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, id := w.Protocol(t), hookOf(t, w, answering(t, w, "", 500))
		progress, diags := p.Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": id, "wait": false})
		p.Expect("without a wait", diags)
		if len(progress) != 1 || !strings.Contains(progress[0], "has accepted the test") || w.Emulator.Count("get_webhook_delivery") != 0 {
			t.Errorf("progress %q after %d reads", progress, w.Emulator.Count("get_webhook_delivery"))
		}
	})
}

// TestWebhookTest_timeout: a delivery that is still attempted when the time has run out is an error that says what was seen, and what the
// receiver has answered so far.
func TestWebhookTest_timeout(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, id, delivery := w.Protocol(t), hookOf(t, w, answering(t, w, "not yet", 503)), uuid.NewString()
		progress, diags := p.Invoke(t.Context(), "voltage_webhook_test", acctest.Config{
			"webhook_id": id, "delivery_id": delivery, "timeouts": acctest.Config{"invoke": "1m"},
		})
		p.Expect("the timeout", diags, "Webhook Test Not Finished", "timed out after", "status attempting after 1 attempt",
			"the receiver's last status is 503", `"The receiver answered 503: not yet"`, "Read delivery "+delivery, "timeouts.invoke")
		if !strings.Contains(strings.Join(progress, "\n"), "status attempting after 1 attempt; the receiver's last status is 503") {
			t.Errorf("progress %q", progress)
		}
	}, patient)
}

// TestWebhookTest_ownID: the delivery has the configured ID, and one that was used before is not made again, whoever has used it.
func TestWebhookTest_ownID(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, id, delivery := w.Protocol(t), hookOf(t, w, answering(t, w, "", 200)), uuid.New()
		config := acctest.Config{"webhook_id": id, "delivery_id": strings.ToUpper(delivery.String())}
		_, diags := p.Invoke(t.Context(), "voltage_webhook_test", config)
		p.Expect("the first", diags)
		if made := w.Emulator.Deliveries(); len(made) != 1 || made[0].ID != delivery {
			t.Errorf("made %v", made)
		}
		_, diags = p.Invoke(t.Context(), "voltage_webhook_test", config)
		p.Expect("the second", diags, "delivery_id: Delivery ID In Use", delivery.String()+", with the status succeeded after 1 attempt",
			"This run has delivered nothing")
		if got := w.Emulator.Count("test_webhook"); got != 1 {
			t.Errorf("%d tests were asked for", got)
		}
		config["delivery_id"] = "x"
		p.Expect("no UUID", p.PlanAction(t.Context(), "voltage_webhook_test", config), "delivery_id: Invalid UUID")
	})
}

// TestWebhookTest_lostAnswer: after an answer that was lost, the delivery is read, and no other is asked for.
func TestWebhookTest_lostAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect emulator.Effect
		want   []string
		made   int
	}{
		"done":             {emulator.CutAfter{}, nil, 1},
		"done, then a 500": {emulator.Answer{Status: 500, After: true}, nil, 1},
		"not done":         {emulator.CutBefore{}, []string{"Webhook Not Tested", "may or may not", "Voltage may have made delivery"}, 0},
		"refused by load":  {emulator.Answer{Status: 429}, []string{"Webhook Not Tested", "limits the rate"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p, id := w.Protocol(t), hookOf(t, w, answering(t, w, "", 200))
				w.Emulator.Inject(emulator.Fault{Operation: "test_webhook", Effect: test.effect})
				progress, diags := p.Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": id})
				p.Expect(name, diags, test.want...)
				if test.want == nil && !strings.Contains(progress[len(progress)-1], "has arrived") {
					t.Errorf("progress %q", progress)
				}
				if got, made := w.Emulator.Count("test_webhook"), len(w.Emulator.Deliveries()); got != 1 || made != test.made {
					t.Errorf("%d requests, %d deliveries", got, made)
				}
			})
		})
	}
}

// TestWebhookTest_unattempted: a delivery that fails before the receiver was asked says nothing about the receiver.
func TestWebhookTest_unattempted(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, id := w.Protocol(t), hookOf(t, w, answering(t, w, "", 200))
		w.Emulator.Inject(emulator.Fault{
			Operation: "test_webhook",
			Effect:    emulator.FailAsync{Code: "unexpected_error", Detail: "Out of paper."},
		})
		_, diags := p.Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": id})
		p.Expect("it fails without an attempt", diags, "Webhook Test Failed", "ended with the status failed after 0 attempts",
			`unexpected_error: "Out of paper."`, "Voltage's support")
		if strings.Contains(diags.Errors(), "has not answered") {
			t.Errorf("nobody was asked: %s", diags.Errors())
		}
	})
}
