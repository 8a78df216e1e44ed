package emulator_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const webhooks = environment + "/webhooks"

// newHook is a request, with fields replaced or (nil) left out.
func newHook(change object) object {
	return changed(object{
		"id":     uuid.NewString(),
		"url":    "https://shop.example/hooks",
		"name":   "orders",
		"events": []object{{"receive": "completed"}, {"send": "failed"}},
	}, change)
}

// hook makes a webhook and returns its path and its secret.
func (a *api) hook(change object) (path, secret string) {
	a.t.Helper()
	request := newHook(change)
	secret, _ = a.expect(202, "", "POST", webhooks, request).get("shared_secret").(string)
	return webhooks + "/" + request["id"].(string), secret
}

func TestWebhookLife(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	path, secret := a.hook(nil)
	if !strings.HasPrefix(secret, "vltg_") || len(secret) != 37 {
		t.Errorf("the secret is %q", secret)
	}
	a.expect(404, "webhook_not_found", "GET", path, nil)
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", path, nil); got.get("status") != "active" || got.get("name") != "orders" ||
		got.get("shared_secret") != nil {
		t.Errorf("read %s", got.raw)
	}
	for _, step := range []struct {
		method, path string
		body         any
		field        string
		before, want any
	}{
		{"PATCH", path, object{"name": "renamed", "events": []object{{"test": "created"}}}, "name", "orders", "renamed"},
		{"POST", path + "/stop", nil, "status", "active", "stopped"},
		{"POST", path + "/start", nil, "status", "stopped", "active"},
		{"DELETE", path, nil, "status", "active", "deleted"},
	} {
		a.expect(202, "", step.method, step.path, step.body)
		if got := a.expect(200, "", "GET", path, nil).get(step.field); got != step.before {
			t.Errorf("%s %s is seen at once: %v", step.method, step.path, got)
		}
		a.pass(time.Second)
		if got := a.expect(200, "", "GET", path, nil).get(step.field); got != step.want {
			t.Errorf("after %s %s: %v", step.method, step.path, got)
		}
	}
	for _, dead := range []string{
		"PATCH " + path, "DELETE " + path, "POST " + path + "/start", "POST " + path + "/stop", "POST " + path + "/keys",
	} {
		method, path, _ := strings.Cut(dead, " ")
		var body any
		if method == "PATCH" {
			body = object{"events": []object{{"test": "created"}}}
		}
		a.expect(404, "webhook_not_found", method, path, body)
	}
}

// TestWebhookEventForms: they are read back one by one, or otherwise where that is asked for.
func TestWebhookEventForms(t *testing.T) {
	t.Parallel()
	const each, grouped = `[{"receive":"completed"},{"receive":"failed"},{"send":"failed"}]`,
		`[{"receive":["failed","completed"]},{"send":["failed"]}]`
	for form, wants := range map[emulator.EventForm][]string{
		emulator.OneEventEach: {each, each}, emulator.GroupedEvents: {grouped, grouped}, emulator.EventFormsInTurn: {grouped, each},
	} {
		a := start(t, func(c *emulator.Config) { c.EventForm = form })
		path, _ := a.hook(object{"events": []object{{"receive": "completed"}, {"receive": "failed"}, {"send": "failed"}, {"send": "failed"}}})
		for _, want := range wants {
			if content, _ := json.Marshal(a.expect(200, "", "GET", path, nil).get("events")); string(content) != want {
				t.Errorf("read back as %s, want %s", content, want)
			}
		}
	}
}

func TestWebhookRefusals(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant)
	path, first := a.hook(nil)
	id := strings.TrimPrefix(path, webhooks+"/")
	for name, test := range map[string]struct {
		status       int
		kind         string
		method, path string
		body         any
	}{
		"used ID":       {409, "webhook_exists", "POST", webhooks, newHook(object{"id": id})},
		"no ID":         {422, "invalid_data", "POST", webhooks, newHook(object{"id": nil})},
		"no URL":        {422, "invalid_data", "POST", webhooks, newHook(object{"url": nil})},
		"no events":     {422, "invalid_data", "POST", webhooks, newHook(object{"events": nil})},
		"empty events":  {202, "", "POST", webhooks, newHook(object{"events": []object{}})},
		"unknown event": {422, "invalid_data", "POST", webhooks, newHook(object{"events": []object{{"send": "completed"}}})},
		"two tags":      {422, "invalid_data", "POST", webhooks, newHook(object{"events": []object{{"send": "failed", "test": "created"}}})},
		"http":          {400, "invalid_webhook", "POST", webhooks, newHook(object{"url": "http://shop.example"})},
		"empty name":    {400, "invalid_webhook", "POST", webhooks, newHook(object{"name": " "})},
		"unknown field": {422, "invalid_data", "POST", webhooks, newHook(object{"x": 1})},
		"another's": {
			403, "access_rights", "POST",
			strings.Replace(webhooks, emulator.StagingEnvironmentID.String(), emulator.SecondEnvironmentID.String(), 1),
			newHook(nil),
		},
		"no such webhook":  {404, "webhook_not_found", "GET", webhooks + "/" + uuid.NewString(), nil},
		"change no events": {422, "invalid_data", "PATCH", path, object{"name": "x"}},
		"change to http":   {400, "invalid_webhook", "PATCH", path, object{"url": "http://x.example", "events": []object{{"send": "failed"}}}},
		"test of nothing":  {422, "invalid_data", "POST", path + "/test", object{"delivery_id": uuid.NewString()}},
		"test of a type": {
			422, "invalid_data", "POST", path + "/test",
			object{"delivery_id": uuid.NewString(), "payload": object{"type": "x", "detail": object{}}},
		},
		"unknown status": {400, "invalid_parameter", "GET", "/organizations/0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/webhooks?statuses[]=x", nil},
		"no environment": {
			400, "invalid_parameter", "GET",
			"/organizations/0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/webhooks?environment_ids[]=x",
			nil,
		},
	} {
		t.Run(name, func(*testing.T) { a.expect(test.status, test.kind, test.method, test.path, test.body) })
	}
	second, _ := a.expect(202, "", "POST", path+"/keys", nil).get("shared_secret").(string)
	if second == first || second == "" || a.emu.Webhooks()[0].Secret != second {
		t.Errorf("rotated from %q to %q", first, second)
	}
	a.expect(202, "", "POST", path+"/stop", nil)
	a.expect(400, "invalid_webhook", "POST", path+"/test", object{
		"delivery_id": uuid.NewString(),
		"payload":     object{"type": "test", "detail": object{"event": "created", "data": "hello"}},
	})
	a.key = emulator.StagingReadOnlyKey
	a.expect(403, "access_rights", "POST", webhooks, newHook(nil))
	a.expect(200, "", "GET", path, nil)
}

// TestDeliveries: what is delivered, to whom, and that it goes nowhere but to this machine.
func TestDeliveries(t *testing.T) {
	t.Parallel()
	a := start(t)
	got := make(chan http.Header, 10)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got <- r.Header }))
	t.Cleanup(server.Close)
	a.hook(object{"url": server.URL, "events": []object{{"receive": "generated"}, {"receive": "expired"}}})
	a.hook(object{"events": []object{{"receive": "generated"}}})
	stopped, _ := a.hook(object{"url": server.URL, "events": []object{{"receive": "generated"}}})
	a.expect(202, "", "POST", stopped+"/stop", nil)
	a.pass(time.Second)
	wallet := a.btcWallet(1000)
	a.pay(newReceive(wallet, object{"expiration": 10}))
	if header := <-got; header.Get("X-Voltage-Signature") == "" || header.Get("X-Voltage-Timestamp") == "" {
		t.Errorf("header %v", header)
	}
	a.pass(time.Minute)
	a.expect(200, "", "GET", webhooks+"/"+a.emu.Webhooks()[0].ID.String(), nil)
	<-got
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for len(a.emu.Deliveries()) < 3 && ctx.Err() == nil {
		time.Sleep(time.Millisecond)
	}
	statuses := map[string]int{}
	for _, delivery := range a.emu.Deliveries() {
		var body struct {
			Type   string
			Detail struct {
				Event string
				Data  object
			}
		}
		if err := json.Unmarshal(delivery.Body, &body); err != nil || body.Detail.Data["wallet_id"] != wallet {
			t.Errorf("%s: %v", delivery.Body, err)
		}
		outcome := "arrived"
		if delivery.Failure != nil {
			outcome = delivery.Failure.Detail
		}
		statuses[body.Type+" "+body.Detail.Event+" "+outcome]++
	}
	if len(statuses) != 3 || statuses["receive generated arrived"] != 1 || statuses["receive expired arrived"] != 1 ||
		statuses["receive generated the emulator delivers to loopback addresses only"] != 1 {
		t.Errorf("delivered %v", statuses)
	}
}
