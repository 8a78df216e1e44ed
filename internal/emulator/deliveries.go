package emulator

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Delivery is one delivery of a webhook.
type Delivery struct {
	ID, WebhookID uuid.UUID
	URL           string
	Body          []byte
	// Status is the receiver's answer, 0 where there was none, and then Err says why.
	Status int
	Err    error
}

// deliveryTimeout bounds one delivery.
const deliveryTimeout = 5 * time.Second

// errNotLoopback keeps an emulator from telling the world: the URLs of tests and examples belong to somebody.
var errNotLoopback = errors.New("the emulator delivers to loopback addresses only")

// Deliveries returns the deliveries that have ended, in the order of their ends.
func (e *Emulator) Deliveries() []Delivery {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	return slices.Clone(e.recorder.deliveries)
}

// deliver sends a payload to a webhook, signed, without waiting for it, and whatever becomes of the request that it is about. The
// world is locked.
func (e *Emulator) deliver(w *webhookState, id uuid.UUID, payload map[string]any) {
	d := Delivery{ID: id, WebhookID: w.id, URL: w.url, Body: mustJSON(payload)}
	at := strconv.FormatInt(e.config.Now().Unix(), 10)
	signature := sign(e.world.webhookSecrets[w.id], d.Body, at)
	go func() {
		d.Status, d.Err = e.post(d, at, signature)
		e.recorder.mu.Lock()
		defer e.recorder.mu.Unlock()
		e.recorder.deliveries = append(e.recorder.deliveries, d)
	}()
}

// sign is base64 of HMAC-SHA256 over the body, a dot and the time, keyed with the secret. Source: behaviour of webhooks in the
// API's documentation.
func sign(secret string, body []byte, at string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	mac.Write([]byte("." + at))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// post makes one delivery.
func (e *Emulator) post(d Delivery, at, signature string) (int, error) {
	if u, err := url.Parse(d.URL); err != nil || !isLoopbackHost(u.Hostname()) {
		return 0, errNotLoopback
	}
	ctx, cancel := context.WithTimeout(context.Background(), deliveryTimeout)
	defer cancel()
	go func() { // no delivery outlives the emulator
		select {
		case <-e.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return 0, err //nolint:wrapcheck // recorded as it is
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Voltage-Timestamp", at)
	req.Header.Set("X-Voltage-Signature", signature)
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err //nolint:wrapcheck // recorded as it is
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}

// announceInterval is how often what has happened to payments meanwhile is announced.
const announceInterval = 20 * time.Millisecond

// announceRegularly announces until the emulator stops.
func (e *Emulator) announceRegularly() {
	ticker := time.NewTicker(announceInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.mu.Lock()
			e.announce(e.config.Now())
			e.mu.Unlock()
		case <-e.stopping:
			return
		}
	}
}

// announce tells webhooks of each state that a payment has come to since the last time. The world is locked.
func (e *Emulator) announce(now time.Time) {
	if len(e.world.webhookOrder) == 0 {
		return
	}
	for _, id := range e.world.paymentOrder {
		moments := *e.world.payments[id]
		for i := e.world.announced[id]; i < len(moments) && !moments[i].at.After(now); i++ {
			e.world.announced[id] = i + 1
			for _, event := range moments[i].state.events() {
				e.tell(&moments[i].state, event, moments[i].at)
			}
		}
	}
}

// events are what webhooks are told of a state.
func (p *paymentState) events() []webhookEvent {
	switch p.direction + " " + p.status {
	case "send completed":
		return []webhookEvent{{"send", "succeeded"}}
	case "send failed":
		return []webhookEvent{{"send", "failed"}}
	case "receive receiving":
		return []webhookEvent{{"receive", "generated"}}
	case "receive completed":
		if len(p.receipts) > 0 && p.receipts[0].kind == "onchain" {
			return []webhookEvent{{"receive", "detected"}, {"receive", "completed"}}
		}
		return []webhookEvent{{"receive", "completed"}}
	case "receive expired":
		return []webhookEvent{{"receive", "expired"}}
	case "receive failed":
		return []webhookEvent{{"receive", "failed"}}
	}
	return nil
}

// tell delivers an event to the webhooks that were active and listened when it happened.
func (e *Emulator) tell(p *paymentState, event webhookEvent, at time.Time) {
	for _, id := range e.world.webhookOrder {
		w := e.world.webhooks[id].seen(at, false)
		if w != nil && w.status == "active" && w.environment == p.environment && slices.Contains(w.events, event) {
			e.deliver(w, uuid.New(), map[string]any{"type": event.family, "detail": map[string]any{"event": event.name, "data": p.json()}})
		}
	}
}
