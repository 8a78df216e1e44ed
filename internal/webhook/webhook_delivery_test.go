package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
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
		Event string         `json:"event"`
		Data  map[string]any `json:"data"`
	} `json:"detail"`
	header http.Header
	raw    []byte
}

// verify checks the signature as a receiver would, with nothing of the emulator's.
func (d *delivery) verify(secret string) bool {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(append(append([]byte{}, d.raw...), []byte("."+d.header.Get("x-voltage-timestamp"))...))
	return hmac.Equal([]byte(base64.StdEncoding.EncodeToString(mac.Sum(nil))), []byte(d.header.Get("x-voltage-signature")))
}

// receiver is a server that deliveries go to.
func receiver(t *testing.T) (address string, next func() *delivery) {
	t.Helper()
	deliveries := make(chan *delivery, 100)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
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
	t.Cleanup(server.Close)
	return server.URL, func() *delivery {
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
	w := acctest.Emulated(t)
	p, hook := w.Protocol(t), newWebhook()
	url, next := receiver(t)
	config := with(acctest.Config{"url": url, "events": acctest.Config{"receive": []any{"generated", "completed"}}})
	p.MustApply(hook, config)
	wallet, limit := uuid.New(), int64(1_000_000)
	if err := w.Emulator.AddWallet(emulator.Wallet{
		ID: wallet, EnvironmentID: w.EnvironmentID, Name: "orders", Network: "mutinynet", LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
	}); err != nil {
		t.Fatal(err)
	}
	request := &acctest.Instance{Type: "voltage_payment_request"}
	p.MustApply(request, acctest.Config{"wallet_id": wallet.String(), "kind": "bolt11", "amount": acctest.Config{"amount": 21_000, "currency": "btc"}})
	generated := next()
	if generated.Type != "receive" || generated.Detail.Event != "generated" || generated.Detail.Data["id"] != request.String("id") || !generated.verify(hook.String("shared_secret")) {
		t.Errorf("delivered %s with %v", generated.raw, generated.header)
	}
	old := hook.String("shared_secret")
	config["secret_version"] = 1
	p.MustApply(hook, config)
	if err := w.Emulator.Pay(request.String("payment_request"), 0); err != nil {
		t.Fatal(err)
	}
	completed := next()
	if completed.Detail.Event != "completed" || completed.Detail.Data["status"] != "completed" || !completed.verify(hook.String("shared_secret")) || completed.verify(old) {
		t.Errorf("delivered %s with %v", completed.raw, completed.header)
	}
}

// TestAccWebhookTest_action has a delivery made, and reports it.
func TestAccWebhookTest_action(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	p, hook := w.Protocol(t), newWebhook()
	url, next := receiver(t)
	p.MustApply(hook, with(acctest.Config{"url": url}))
	id := hook.String("id")
	for _, test := range []struct {
		config                  acctest.Config
		kind, event, dataStatus string
	}{
		{acctest.Config{"webhook_id": id}, "test", "created", ""},
		{acctest.Config{"webhook_id": id, "type": "receive", "detail": `{"event":"completed","data":{"status":"paid"}}`}, "receive", "completed", "paid"},
	} {
		progress, diags := p.Invoke(t.Context(), "voltage_webhook_test", test.config)
		p.Expect("the test", diags)
		got := next()
		if status, _ := got.Detail.Data["status"].(string); got.Type != test.kind || got.Detail.Event != test.event || status != test.dataStatus || !got.verify(hook.String("shared_secret")) {
			t.Errorf("delivered %s with %v", got.raw, got.header)
		}
		if len(progress) != 1 {
			t.Errorf("progress %v", progress)
		}
	}
	for name, test := range map[string]struct {
		config acctest.Config
		fault  emulator.Effect
		want   []string
	}{
		"no object":         {acctest.Config{"webhook_id": id, "detail": "[1]"}, nil, []string{"detail: Invalid JSON Object", "jsonencode"}},
		"null":              {acctest.Config{"webhook_id": id, "detail": "null"}, nil, []string{"detail: Invalid JSON Object"}},
		"unknown type":      {acctest.Config{"webhook_id": id, "type": "x"}, nil, []string{"type: "}},
		"no such webhook":   {acctest.Config{"webhook_id": uuid.NewString()}, nil, []string{"Webhook Not Tested", "webhook_not_found"}},
		"an answer is lost": {acctest.Config{"webhook_id": id}, emulator.CutBefore{}, []string{"Webhook Not Tested", id, "may have been made all the same"}},
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
}
