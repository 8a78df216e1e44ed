package webhook_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const (
	retryKind   = "voltage_webhook_delivery_retry"
	abandonKind = "voltage_webhook_delivery_abandon"
)

// delivered makes a delivery and waits until it has ended.
func delivered(t *testing.T, w *acctest.World, hook string) acctest.Config {
	t.Helper()
	id := tested(t, w, hook)
	time.Sleep(5 * time.Minute) // longer than all attempts take
	if ended := w.Emulator.Deliveries(); len(ended) == 0 || ended[len(ended)-1].ID.String() != id {
		t.Fatalf("ended have %v", ended)
	}
	return acctest.Config{"webhook_id": hook, "delivery_id": id}
}

// TestDeliveryRetry_end: a retry ends with the delivery's new end. The old one, which reads show for a while, does not pass for it.
func TestDeliveryRetry_end(t *testing.T) {
	t.Parallel()
	failed := []int{500, 500, 500, 500, 500, 500}
	for name, test := range map[string]struct {
		before, after []int
		want          []string // in the error; none: it arrives
		ends          string
	}{
		"failed, then arrives":       {failed, []int{200}, nil, "The receiver answered 200 after 7 attempts."},
		"failed, then at the second": {failed, []int{503, 202}, nil, "The receiver answered 202 after 8 attempts."},
		"failed again": {failed, []int{500}, []string{
			"Webhook Delivery Failed", "ended with the status failed after 12 attempts. The receiver's last status was 500",
			`http_server_error: "The receiver answered 500: hello"`, "log",
		}, ""},
		"succeeded again":       {[]int{200}, []int{204}, nil, "The receiver answered 204 after 2 attempts."},
		"succeeded, then fails": {[]int{200}, []int{401}, []string{"Webhook Delivery Failed", "after 7 attempts", "authentication_failed"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				config := delivered(t, w, hookOf(t, w, answering(t, w, "hello", append(test.before, test.after...)...)))
				progress, diags := p.Invoke(t.Context(), retryKind, config)
				p.Expect(name, diags, test.want...)
				if len(test.want) == 0 && !strings.HasSuffix(progress[len(progress)-1], test.ends) {
					t.Errorf("progress %q", progress)
				}
				if got := w.Emulator.Count("retry_webhook_delivery"); got != 1 {
					t.Errorf("%d retries were asked for", got)
				}
			}, slow)
		})
	}
}

// TestDeliveryRetry_refused: what is not retried, and where the mistake is.
func TestDeliveryRetry_refused(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), hookOf(t, w, answering(t, w, "", 503))
		config := acctest.Config{"webhook_id": hook, "delivery_id": tested(t, w, hook)}
		attempted(t, w)
		_, diags := p.Invoke(t.Context(), retryKind, config)
		p.Expect("still attempted", diags, "delivery_id: Webhook Delivery Not Retried", "has not ended",
			"status attempting after 1 attempt", abandonKind)
		if got := w.Emulator.Count("retry_webhook_delivery"); got != 0 {
			t.Errorf("%d retries were asked for", got)
		}
		_, diags = p.Invoke(t.Context(), retryKind, acctest.Config{"webhook_id": hook, "delivery_id": uuid.NewString()})
		p.Expect("no delivery", diags, "delivery_id: Webhook Delivery Not Retried", "webhook_delivery_not_found")
		_, diags = p.Invoke(t.Context(), retryKind, acctest.Config{"webhook_id": uuid.NewString(), "delivery_id": config["delivery_id"]})
		p.Expect("no webhook", diags, "webhook_id: Webhook Delivery Not Retried", "webhook_not_found")
		for _, kind := range []string{retryKind, abandonKind} {
			for _, attribute := range []string{"webhook_id", "delivery_id"} {
				wrong := acctest.Config{"webhook_id": hook, "delivery_id": config["delivery_id"]}
				wrong[attribute] = "x"
				p.Expect(kind, p.PlanAction(t.Context(), kind, wrong), attribute+": Invalid UUID")
				p.Expect(kind+" by the plan alone", p.PlanKnown(t.Context(), kind, wrong), attribute+": Invalid UUID")
				delete(wrong, attribute)
				p.Expect(kind, p.PlanAction(t.Context(), kind, wrong), attribute)
			}
		}
		_, diags = p.Invoke(t.Context(), abandonKind, config)
		p.Expect("abandoned", diags)
		stopped := &acctest.Instance{Type: "voltage_webhook"}
		p.MustApply(stopped, with(acctest.Config{"url": answering(t, w, "", 200)}))
		ended := delivered(t, w, stopped.String("id"))
		p.MustApply(stopped, with(acctest.Config{"url": stopped.String("url"), "enabled": false}))
		_, diags = p.Invoke(t.Context(), retryKind, ended)
		p.Expect("stopped", diags, "delivery_id: Webhook Delivery Not Retried", "invalid_webhook", "enabled = true in the webhook")
	}, patient)
}

// TestDeliveryRetry_lostAnswer: after an answer that was lost the delivery is read, and no other retry is asked for.
func TestDeliveryRetry_lostAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect emulator.Effect
		want   []string
	}{
		"done":     {emulator.CutAfter{}, nil},
		"not done": {emulator.CutBefore{}, []string{"Webhook Delivery Not Retried", "may or may not", "attempt_count and updated_at show"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				config := delivered(t, w, hookOf(t, w, answering(t, w, "", 200)))
				w.Emulator.Inject(emulator.Fault{Operation: "retry_webhook_delivery", Effect: test.effect})
				progress, diags := p.Invoke(t.Context(), retryKind, config)
				p.Expect(name, diags, test.want...)
				if test.want == nil && !strings.HasSuffix(progress[len(progress)-1], "has arrived. The receiver answered 200 after 2 attempts.") {
					t.Errorf("progress %q", progress)
				}
				if got := w.Emulator.Count("retry_webhook_delivery"); got != 1 {
					t.Errorf("%d retries were asked for", got)
				}
			}, slow)
		})
	}
}

// TestDeliveryRetry_times: the action that does not wait succeeds at once, and one whose time has run out says what was seen.
func TestDeliveryRetry_times(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		config := delivered(t, w, hookOf(t, w, answering(t, w, "busy", 200, 200, 503)))
		config["wait"] = false
		progress, diags := p.Invoke(t.Context(), retryKind, config)
		p.Expect("without a wait", diags)
		if len(progress) != 1 ||
			!strings.Contains(progress[0], "has accepted the retry. Before the retry, the delivery showed status succeeded after 1 attempt") {
			t.Errorf("progress %q", progress)
		}
		time.Sleep(time.Minute)
		if ended := w.Emulator.Deliveries(); len(ended) != 1 || ended[0].Attempts != 2 {
			t.Fatalf("ended have %v", ended)
		}
		config["wait"], config["timeouts"] = true, acctest.Config{"invoke": "5m"}
		_, diags = p.Invoke(t.Context(), retryKind, config)
		p.Expect("the timeout", diags, "Webhook Delivery Not Finished", "waiting for the end of the retry",
			"status attempting after 3 attempts", `"The receiver answered 503: busy"`, "timeouts.invoke")
	}, patient)
}

// TestDeliveryAbandon: a delivery that only a delivery that it still attempts is given up; one that has ended stays as it is, and nothing
// is asked for.
func TestDeliveryAbandon(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		hook := hookOf(t, w, answering(t, w, "", 503))
		config := acctest.Config{"webhook_id": hook, "delivery_id": tested(t, w, hook)}
		attempted(t, w)
		for i, want := range []int{1, 1} {
			progress, diags := p.Invoke(t.Context(), abandonKind, config)
			p.Expect("abandoned", diags)
			if len(progress) == 0 || !strings.HasSuffix(progress[len(progress)-1], "is abandoned after 1 attempt.") || diags.Warnings() != "" {
				t.Errorf("invocation %d: progress %q, %s", i+1, progress, diags.Warnings())
			}
			if got := w.Emulator.Count("abandon_webhook_delivery"); got != want {
				t.Errorf("invocation %d: %d requests", i+1, got)
			}
		}
		if ended := w.Emulator.Deliveries(); len(ended) != 1 || ended[0].State != "abandoned" {
			t.Errorf("the API has %v", ended)
		}
		succeeded := delivered(t, w, hookOf(t, w, answering(t, w, "", 200)))
		_, diags := p.Invoke(t.Context(), abandonKind, succeeded)
		p.Expect("it has succeeded", diags)
		if said := diags.Warnings(); !strings.Contains(said, "Webhook Delivery Has Ended") ||
			!strings.Contains(said, "status succeeded after 1 attempt") {
			t.Errorf("the warning is %s", said)
		}
		_, diags = p.Invoke(t.Context(), abandonKind, acctest.Config{"webhook_id": hook, "delivery_id": uuid.NewString()})
		p.Expect("no delivery", diags, "delivery_id: Webhook Delivery Not Abandoned", "webhook_delivery_not_found")
	}, func(c *emulator.Config) { c.RetryDelivery, c.Delay = 24*time.Hour, 3*time.Second })
}

// TestDeliveryAbandon_refused: a refusal of a delivery that has ended meanwhile is no error, and any other one is.
func TestDeliveryAbandon_refused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		stale bool // the read before shows the delivery as it was while it was attempted
		want  []string
		warns string
	}{
		"it has ended": {true, nil, "Webhook Delivery Has Ended"},
		"it has not": {
			false,
			[]string{"delivery_id: Webhook Delivery Not Abandoned", "invalid_webhook", "only a delivery that it still attempts"},
			"",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				status := 503
				if test.stale {
					status = 200
				}
				hook := hookOf(t, w, answering(t, w, "", status))
				config := acctest.Config{"webhook_id": hook, "delivery_id": tested(t, w, hook)}
				if test.stale {
					time.Sleep(time.Minute)
					w.Emulator.Inject(emulator.Fault{Operation: "get_webhook_delivery", Effect: emulator.Stale{}})
				} else {
					attempted(t, w)
					w.Emulator.Inject(emulator.Fault{
						Operation: "abandon_webhook_delivery",
						Effect:    emulator.Refuse{Status: 400, Type: "invalid_webhook", Detail: "No."},
					})
				}
				_, diags := p.Invoke(t.Context(), abandonKind, config)
				p.Expect(name, diags, test.want...)
				if !strings.Contains(diags.Warnings(), test.warns) || (diags.Warnings() == "") != (test.warns == "") {
					t.Errorf("warnings: %s", diags.Warnings())
				}
				if got := w.Emulator.Count("abandon_webhook_delivery"); got != 1 {
					t.Errorf("%d requests", got)
				}
			}, patient)
		})
	}
}

// TestDeliveryAbandon_lostAnswer: after an answer that was lost the delivery is read, and nothing is asked for again.
func TestDeliveryAbandon_lostAnswer(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect emulator.Effect
		want   []string
	}{
		"done":     {emulator.CutAfter{}, nil},
		"not done": {emulator.CutBefore{}, []string{"Webhook Delivery Not Abandoned", "may or may not", "whether it is abandoned"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p, hook := w.Protocol(t), hookOf(t, w, answering(t, w, "", 503))
				config := acctest.Config{"webhook_id": hook, "delivery_id": tested(t, w, hook)}
				attempted(t, w)
				w.Emulator.Inject(emulator.Fault{Operation: "abandon_webhook_delivery", Effect: test.effect})
				_, diags := p.Invoke(t.Context(), abandonKind, config)
				p.Expect(name, diags, test.want...)
				if got := w.Emulator.Count("abandon_webhook_delivery"); got != 1 {
					t.Errorf("%d requests", got)
				}
			}, patient)
		})
	}
}
