package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// delivery is what a receiver gets.
type delivery struct {
	Type   string `json:"type"`
	Detail struct {
		Event string `json:"event"`
		Data  any    `json:"data"`
	} `json:"detail"`
	header http.Header
	raw    []byte
}

// field is a field of the payment that a delivery has, empty for a delivery without a payment.
func (d *delivery) field(name string) string {
	payment, _ := d.Detail.Data.(map[string]any)
	text, _ := payment[name].(string)
	return text
}

// verify checks the signature as a receiver would, with nothing of the emulator's.
func (d *delivery) verify(secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(append(append([]byte{}, d.raw...), []byte("."+d.header.Get("x-voltage-timestamp"))...))
	return hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(d.header.Get("x-voltage-signature")))
}

// receiver is a server that deliveries go to.
func receiver(t *testing.T, w *acctest.World) (address string, next func() *delivery) {
	t.Helper()
	deliveries := make(chan *delivery, 100)
	address = w.Receiver(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		d := &delivery{raw: raw, header: r.Header}
		if err == nil {
			err = json.Unmarshal(raw, d)
		}
		if err != nil {
			t.Errorf("a delivery of %q: %s", raw, err)
		}
		deliveries <- d
	}))
	return address, func() *delivery {
		t.Helper()
		select {
		case d := <-deliveries:
			return d
		case <-time.After(30 * time.Second):
			t.Fatal("nothing was delivered")
			return nil
		}
	}
}

// TestAccWebhook_deliveries: what happens to a payment is delivered to the webhooks that listen, and verifies with the secret in the
// state, before and after a rotation.
func TestAccWebhook_deliveries(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), newWebhook()
		url, next := receiver(t, w)
		config := with(acctest.Config{"url": url, "events": acctest.Config{"receive": []any{"generated", "completed"}}})
		p.MustApply(hook, config)
		wallet, limit := uuid.New(), int64(1_000_000)
		if err := w.Emulator.AddWallet(emulator.Wallet{
			ID: wallet, EnvironmentID: w.EnvironmentID, Name: "orders", Network: "mutinynet", LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
		}); err != nil {
			t.Fatal(err)
		}
		request := &acctest.Instance{Type: "voltage_payment_request"}
		p.MustApply(request, acctest.Config{
			"wallet_id": wallet.String(),
			"kind":      "bolt11",
			"amount":    acctest.Config{"amount": 21_000, "currency": "btc"},
		})
		generated := next()
		if generated.Type != "receive" || generated.Detail.Event != "generated" || generated.field("id") != request.String("id") ||
			!generated.verify(hook.String("shared_secret")) {
			t.Errorf("delivered %s with %v", generated.raw, generated.header)
		}
		old := hook.String("shared_secret")
		config["secret_version"] = 1
		p.MustApply(hook, config)
		if err := w.Emulator.Pay(request.String("payment_request"), 0); err != nil {
			t.Fatal(err)
		}
		completed := next()
		if completed.Detail.Event != "completed" || completed.field("status") != "completed" ||
			!completed.verify(hook.String("shared_secret")) || completed.verify(old) {
			t.Errorf("delivered %s with %v", completed.raw, completed.header)
		}
	})
}

// TestAccWebhookTest_action has a delivery made, and reports it.
func TestAccWebhookTest_action(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, hook := w.Protocol(t), newWebhook()
		url, next := receiver(t, w)
		p.MustApply(hook, with(acctest.Config{"url": url}))
		id := hook.String("id")
		for _, test := range []struct {
			config            acctest.Config
			kind, event, want string // of data: the text, or the payment's status
		}{
			{acctest.Config{"webhook_id": id}, "test", "created", "A test by Terraform."},
			{acctest.Config{"webhook_id": id, "detail": `{"event":"created","data":"Hello"}`}, "test", "created", "Hello"},
			{acctest.Config{"webhook_id": id, "type": "receive", "detail": detailOf(t, "receive-completed")}, "receive", "completed", "completed"},
			{acctest.Config{"webhook_id": id, "type": "send", "detail": detailOf(t, "send-failed")}, "send", "failed", "failed"},
		} {
			progress, diags := p.Invoke(t.Context(), "voltage_webhook_test", test.config)
			p.Expect("the test", diags)
			got := next()
			data, ok := got.Detail.Data.(string)
			if !ok {
				data = got.field("status")
			}
			if got.Type != test.kind || got.Detail.Event != test.event || data != test.want || !got.verify(hook.String("shared_secret")) {
				t.Errorf("delivered %s with %v", got.raw, got.header)
			}
			if len(progress) < 2 || !strings.Contains(progress[len(progress)-1], "has arrived. The receiver answered 200 after 1 attempt.") {
				t.Errorf("progress %v", progress)
			}
		}
		for name, test := range map[string]struct {
			config acctest.Config
			fault  emulator.Effect
			want   []string
		}{
			"no object":       {acctest.Config{"webhook_id": id, "detail": "[1]"}, nil, []string{"detail: Invalid Webhook Test", "jsonencode"}},
			"null":            {acctest.Config{"webhook_id": id, "detail": "null"}, nil, []string{"detail: Invalid Webhook Test"}},
			"unknown type":    {acctest.Config{"webhook_id": id, "type": "x"}, nil, []string{"type: Invalid Webhook Test", "receive, send, test"}},
			"no such webhook": {acctest.Config{"webhook_id": uuid.NewString()}, nil, []string{"Webhook Not Tested", "webhook_not_found"}},
			"an answer is lost": {
				acctest.Config{"webhook_id": id},
				emulator.CutBefore{},
				[]string{"Webhook Not Tested", id, "Voltage may have made delivery"},
			},
		} {
			if test.fault != nil {
				w.Emulator.ResetRequests()
				w.Emulator.Inject(emulator.Fault{Operation: "test_webhook", Effect: test.fault})
			}
			_, diags := p.Invoke(t.Context(), "voltage_webhook_test", test.config)
			p.Expect(name, diags, test.want...)
			if got := w.Emulator.Count("test_webhook"); test.fault != nil && got != 1 {
				t.Errorf("%s: %d requests, and a delivery is asked for once", name, got)
			}
		}
		p.MustApply(hook, with(acctest.Config{"url": url, "enabled": false}))
		_, diags := p.Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": id})
		p.Expect("stopped", diags, "Webhook Not Tested", "invalid_webhook", "not stopped")
	})
}

// detailOf is the detail of a test delivery that the API's contract has as an example.
func detailOf(t *testing.T, name string) string {
	t.Helper()
	_, detail := payloadOf(t, filepath.Join("testdata", "test_webhook.request."+name+".json"))
	return detail
}

// payloadOf reads a test delivery of the API's contract: its type, and its detail, empty where it has none.
func payloadOf(t *testing.T, file string) (kind, detail string) {
	t.Helper()
	var request struct {
		Payload struct {
			Type   string          `json:"type"`
			Detail json.RawMessage `json:"detail"`
		} `json:"payload"`
	}
	content, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(content, &request)
	}
	if err != nil {
		t.Fatal(err)
	}
	return request.Payload.Type, string(request.Payload.Detail)
}

// TestWebhookTest_payload tries every test delivery of the API's contract, which takes some and refuses others, and more that is
// nearly right. What was unknown during validation is checked by the plan alone.
func TestWebhookTest_payload(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, id := w.Protocol(t), uuid.NewString()
		payment := detailOf(t, "receive-completed")
		type test struct {
			kind, detail any
			want         []string // in the error; none: it is taken
		}
		tests := map[string]test{
			"nothing":                   {nil, nil, nil},
			"test, nothing":             {"test", nil, nil},
			"send, nothing":             {"send", nil, []string{"detail: Missing Attribute", "complete payment"}},
			"receive, nothing":          {"receive", nil, []string{"detail: Missing Attribute"}},
			"type not known":            {acctest.Unknown{}, payment, nil},
			"type not known, no object": {acctest.Unknown{}, "7", []string{"detail: Invalid Webhook Test", "JSON object"}},
			"detail not known":          {"send", acctest.Unknown{}, nil},
			"no event":                  {nil, `{"data":"x"}`, []string{"no event"}},
			"null":                      {nil, `{"event":"created","data":null}`, []string{"no data"}},
			"a number":                  {nil, `{"event":"created","data":1}`, []string{"is text"}},
			"an event of another type": {
				"send",
				strings.Replace(payment, "completed", "generated", 1),
				[]string{`the type send has no event "generated"`, "failed"},
			},
			"a payment of the other way": {
				"receive",
				strings.Replace(detailOf(t, "send-failed"), `"failed"`, `"completed"`, 1),
				[]string{`direction of the payment is "send"`},
			},
			"a part of a payment": {
				"receive",
				`{"event":"completed","data":{"direction":"receive","status":"completed"}}`,
				[]string{"lacks id, wallet_id"},
			},
			"a payment without an amount": {"receive", strings.Replace(payment, `"amount"`, `"sum"`, 1), []string{"lacks amount"}},
			"a payment of a wrong type": {
				"receive",
				strings.Replace(payment, `"status": "completed"`, `"status": 7`, 1),
				[]string{"not a payment as the API returns it"},
			},
			"a payment of an unknown kind": {"receive", strings.Replace(payment, `"type": "bolt11"`, `"type": "bolt12"`, 1), nil},
		}
		for folder, want := range map[string][]string{"testdata": nil, "testdata/refused": {"detail: "}} {
			files, err := filepath.Glob(filepath.Join(folder, "*.json"))
			if err != nil || len(files) == 0 {
				t.Fatal(folder, err)
			}
			for _, file := range files {
				if kind, detail := payloadOf(t, file); detail != "" {
					if !strings.Contains(file, "no-delivery-id") { // the provider makes it
						tests[file] = test{kind, detail, want}
					}
				}
			}
		}
		for name, test := range tests {
			config := acctest.Config{"webhook_id": id, "type": test.kind, "detail": test.detail}
			p.Expect(name, p.PlanAction(t.Context(), "voltage_webhook_test", config), test.want...)
			p.Expect(name+", by the plan alone", p.PlanKnown(t.Context(), "voltage_webhook_test", config), test.want...)
		}
		for attribute, want := range map[string]string{
			"webhook_id":     "webhook_id: Invalid UUID",
			"environment_id": "environment_id: Invalid UUID",
			"type":           "type: Invalid Webhook Test",
		} {
			config := acctest.Config{"webhook_id": id}
			config[attribute] = "x"
			p.Expect("by the plan alone", p.PlanKnown(t.Context(), "voltage_webhook_test", config), want)
		}
		if requests := w.Emulator.Requests(); len(requests) != 0 {
			t.Errorf("a plan has sent %d requests", len(requests))
		}
	})
}
