package webhook_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// patient makes the wait between two attempts longer than any wait of the provider.
func patient(c *emulator.Config) { c.RetryDelivery = 24 * time.Hour }

// tested makes a delivery of a webhook without waiting for its end, and returns its ID.
func tested(t *testing.T, w *acctest.World, hook string) string {
	t.Helper()
	id := uuid.NewString()
	_, diags := w.Protocol(t).Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": hook, "delivery_id": id, "wait": false})
	w.Protocol(t).Expect("the test", diags)
	return id
}

// attempted waits until a delivery was attempted once and is still under way.
func attempted(t *testing.T, w *acctest.World) {
	t.Helper()
	time.Sleep(time.Minute)
	if underWay := w.Emulator.Attempting(); len(underWay) != 1 || underWay[0].Attempts != 1 {
		t.Fatalf("under way are %v", underWay)
	}
}

// TestDeliveryDataSource_reads: a delivery is shown with its event, its end and the receiver's words, and its payload is sensitive.
func TestDeliveryDataSource_reads(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), hookOf(t, w, answering(t, w, "no", 404))
		id := tested(t, w, hook)
		// It is found although reads lag behind the test.
		state, diags := p.ReadDataSource(t.Context(), "voltage_webhook_delivery",
			acctest.Config{"id": strings.ToUpper(id), "webhook_id": hook, "wait_for": "final"})
		p.Expect("the read", diags)
		failure := acctest.Attribute(state, "error")
		got := fmt.Sprint(acctest.Text(acctest.Attribute(state, "status")), " ", acctest.Text(acctest.Attribute(state, "type")), " ",
			acctest.Text(acctest.Attribute(state, "event")), " ", acctest.Number(acctest.Attribute(state, "attempt_count")), " ",
			acctest.Number(acctest.Attribute(state, "status_code")), " ", acctest.Text(acctest.Attribute(failure, "code")), " ",
			acctest.Text(acctest.Attribute(failure, "detail")))
		if got != "failed test created 6 404 http_client_error The receiver answered 404: no" ||
			acctest.Text(acctest.Attribute(state, "environment_id")) == "" {
			t.Errorf("got %s in %s", got, state)
		}
		var payload struct{ Type string }
		if err := json.Unmarshal([]byte(acctest.Text(acctest.Attribute(state, "payload"))), &payload); err != nil || payload.Type != "test" {
			t.Errorf("the payload is %s: %v", acctest.Attribute(state, "payload"), err)
		}
		for kind, at := range map[string][]string{
			"voltage_webhook_delivery":   {"payload"},
			"voltage_webhook_deliveries": {"deliveries", "payload"},
		} {
			if !p.Sensitive(kind, at...) {
				t.Errorf("%s: the payload is not sensitive", kind)
			}
		}
		for name, test := range map[string]struct {
			id, hook string
			want     []string
		}{
			"no delivery": {
				uuid.NewString(), hook,
				[]string{"id: Webhook Delivery Not Read", "webhook_delivery_not_found", "Check the ID of the delivery"},
			},
			"no webhook":         {id, uuid.NewString(), []string{"webhook_id: Webhook Delivery Not Read", "webhook_not_found"}},
			"of another webhook": {id, hookOf(t, w, "https://shop.example"), []string{"id: Webhook Delivery Not Read", id}},
		} {
			_, diags := p.ReadDataSource(t.Context(), "voltage_webhook_delivery",
				acctest.Config{"id": test.id, "webhook_id": test.hook, "wait_for": "final"})
			p.Expect(name, diags, test.want...)
		}
		for name, config := range map[string]acctest.Config{
			"id: Invalid UUID":           {"id": "x", "webhook_id": hook},
			"wait_for":                   {"id": id, "webhook_id": hook, "wait_for": "ready"},
			"webhook_id: Missing Config": {"id": id},
			"timeouts":                   {"id": id, "webhook_id": hook, "timeouts": acctest.Config{"read": "soon"}},
		} {
			_, diags := p.ReadDataSource(t.Context(), "voltage_webhook_delivery", config)
			p.Expect(name, diags, name)
		}
		w.Emulator.Inject(emulator.Fault{
			Operation: "get_webhook_delivery",
			Effect:    emulator.Refuse{Status: 403, Type: "access_rights", Detail: "No."},
		})
		_, diags = p.ReadDataSource(t.Context(), "voltage_webhook_delivery", acctest.Config{"id": id, "webhook_id": hook})
		p.Expect("refused", diags, "Webhook Delivery Not Read", "access_rights")
	}, slow)
}

// TestDeliveryDataSource_wait: a wait whose time has run out ends in a warning, with the delivery as it is. An old delivery is read once.
func TestDeliveryDataSource_wait(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), hookOf(t, w, answering(t, w, "", 503))
		id := tested(t, w, hook)
		attempted(t, w)
		config := acctest.Config{"id": id, "webhook_id": hook, "wait_for": "final", "timeouts": acctest.Config{"read": "5m"}}
		for range 2 {
			state, diags := p.ReadDataSource(t.Context(), "voltage_webhook_delivery", config)
			p.Expect("the read", diags)
			if said := diags.Warnings(); !strings.Contains(said, "Webhook Delivery Not Finished") || !strings.Contains(said, id) ||
				!strings.Contains(said, "status attempting after 1 attempt; the receiver's last status is 503") ||
				!strings.Contains(said, "postcondition") {
				t.Errorf("the warning is %s", said)
			}
			if acctest.Text(acctest.Attribute(state, "status")) != "attempting" {
				t.Errorf("the state is %s", state)
			}
			w.Emulator.ResetRequests()
			time.Sleep(time.Hour / 4)
		}
		if _, diags := p.ReadDataSource(t.Context(), "voltage_webhook_delivery", config); diags.Warnings() == "" ||
			w.Emulator.Count("get_webhook_delivery") > 2 {
			t.Errorf("an old delivery was read %d times: %s", w.Emulator.Count("get_webhook_delivery"), diags.Warnings())
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		config["timeouts"] = acctest.Config{"read": "1h"}
		_, diags := p.ReadDataSource(ctx, "voltage_webhook_delivery", config)
		p.Expect("an interruption is no warning", diags, "Webhook Delivery Not Read")
	}, patient)
}

// TestDeliveriesDataSource: the deliveries of a webhook, the newest first, by status, and no more pages than are wanted; and their count.
func TestDeliveriesDataSource(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), hookOf(t, w, answering(t, w, "", 200, 500, 500, 500, 500, 500, 500, 200))
		var made []string
		for range 3 {
			made = append(made, tested(t, w, hook))
			time.Sleep(time.Minute)
		}
		for _, test := range []struct {
			config acctest.Config
			want   string
			count  string // by the summary, where it takes the arguments
		}{
			{acctest.Config{}, made[2] + " " + made[1] + " " + made[0], "3 estimated"},
			{acctest.Config{"statuses": []any{"failed"}}, made[1], "1 exact"},
			{acctest.Config{"statuses": []any{"failed", "succeeded"}}, made[2] + " " + made[1] + " " + made[0], "3 estimated"},
			{acctest.Config{"statuses": []any{"attempting", "abandoned"}}, "", "0 exact"},
			{acctest.Config{"sort_key": "updated_at", "sort_order": "ASC"}, made[0] + " " + made[1] + " " + made[2], ""},
			{acctest.Config{"max_results": 2}, made[2] + " " + made[1], ""},
		} {
			test.config["webhook_id"] = hook
			state, diags := p.ReadDataSource(t.Context(), "voltage_webhook_deliveries", test.config)
			p.Expect("the list", diags)
			var ids []string
			for i, id := range acctest.Elements(acctest.Attribute(state, "ids")) {
				ids = append(ids, acctest.Text(id))
				if shown := acctest.Elements(acctest.Attribute(state, "deliveries"))[i]; acctest.Text(acctest.Attribute(shown,
					"id")) != acctest.Text(id) ||
					acctest.Text(acctest.Attribute(shown, "payload")) == "" {
					t.Errorf("the delivery is %s", shown)
				}
			}
			if got := strings.Join(ids, " "); got != test.want {
				t.Errorf("%v: found %s, want %s", test.config, got, test.want)
			}
			if test.count == "" {
				continue
			}
			summary, diags := p.ReadDataSource(t.Context(), "voltage_webhook_delivery_summary", test.config)
			p.Expect("the summary", diags)
			got := acctest.Number(acctest.Attribute(summary, "total_count")) + " " + acctest.Text(acctest.Attribute(summary, "total_count_accuracy"))
			if got != test.count {
				t.Errorf("%v: counted %s, want %s", test.config, got, test.count)
			}
		}
		for _, kind := range []string{"voltage_webhook_deliveries", "voltage_webhook_delivery_summary"} {
			for want, config := range map[string]acctest.Config{
				"webhook_id: Webhook Deliver":  {"webhook_id": uuid.NewString()},
				"webhook_id: Invalid UUID":     {"webhook_id": "x"},
				"statuses":                     {"webhook_id": hook, "statuses": []any{"lost"}},
				"at least 1":                   {"webhook_id": hook, "statuses": []any{}},
				"webhook_id: Missing Config":   {},
				"environment_id: Invalid UUID": {"webhook_id": hook, "environment_id": "x"},
			} {
				_, diags := p.ReadDataSource(t.Context(), kind, config)
				p.Expect(kind, diags, want)
			}
		}
	}, func(c *emulator.Config) { c.CountExactly = 2 })
}

// TestDeliveriesDataSource_newWebhook: a webhook that was made a moment ago, and that reads do not show yet, has no deliveries.
func TestDeliveriesDataSource_newWebhook(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), hookOf(t, w, "https://shop.example")
		for kind, operation := range map[string]string{
			"voltage_webhook_deliveries":       "get_webhook_deliveries_as_user",
			"voltage_webhook_delivery_summary": "get_webhook_delivery_summary_as_user",
		} {
			w.Emulator.Inject(emulator.Fault{Operation: operation, Effect: emulator.Refuse{Status: 404, Type: "webhook_not_found", Detail: "No."}})
			state, diags := p.ReadDataSource(t.Context(), kind, acctest.Config{"webhook_id": hook})
			p.Expect(kind, diags)
			if state.IsNull() || w.Emulator.Count(operation) != 2 {
				t.Errorf("%s: %d requests, %s", kind, w.Emulator.Count(operation), state)
			}
		}
	})
}
