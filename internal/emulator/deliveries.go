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
	"strconv"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

const (
	// announceInterval is how often webhooks are told what has happened to payments meanwhile.
	announceInterval = 20 * time.Millisecond
	// deliveryTimeout bounds one attempt.
	deliveryTimeout = 5 * time.Second
)

// errNotLoopback keeps an emulator from calling strangers: the URLs of tests and examples belong to somebody.
var errNotLoopback = errors.New("the emulator delivers to loopback addresses only")

// courier carries out the deliveries of the world. The emulator's lock guards it.
type courier struct {
	queues    map[[2]uuid.UUID]chan struct{}    // by webhook and payment: closed when the last delivery has ended
	abandoned map[*world.Delivery]chan struct{} // closed when the delivery is abandoned
}

// announceRegularly tells webhooks what has happened until the emulator stops.
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
	for _, a := range e.world.Announce(now) {
		body := mustJSON(map[string]any{
			"type": a.Event.Family, "detail": map[string]any{"event": a.Event.Name, "data": paymentJSON(a.Payment)},
		})
		e.deliver(a.Webhook, uuid.New(), a.Payment.ID, a.Event.Name, body)
	}
}

// deliver sends a body to a webhook, signed, without waiting for it, and whatever becomes of the request that it is about. Deliveries
// about one payment reach a webhook in the order of its events: each waits until the one before has ended. The world is locked.
func (e *Emulator) deliver(w *world.Webhook, id, payment uuid.UUID, event string, body []byte) {
	if e.config.OnViolation != nil {
		if err := e.contract.checkCallback(body); err != nil {
			e.violated(err)
		}
	}
	d := e.world.Deliver(w, id, payment, event, body)
	ended, abandoned := make(chan struct{}), make(chan struct{})
	e.courier.abandoned[d] = abandoned
	var before chan struct{}
	queue := [2]uuid.UUID{w.ID, payment}
	if payment != uuid.Nil {
		before, e.courier.queues[queue] = e.courier.queues[queue], ended
	}
	go func() {
		defer close(ended)
		if before == nil || e.waitFor(before, abandoned) {
			e.attempt(d, abandoned)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.courier.abandoned, d)
		if e.courier.queues[queue] == ended {
			delete(e.courier.queues, queue)
		}
	}()
}

// waitFor waits for something, and reports false where the delivery is abandoned or the emulator stops before.
func (e *Emulator) waitFor(event, abandoned <-chan struct{}) bool {
	select {
	case <-event:
		return true
	case <-abandoned:
	case <-e.stopping:
	}
	return false
}

// attempt makes the attempts of a delivery, with longer and longer waits between them.
func (e *Emulator) attempt(d *world.Delivery, abandoned <-chan struct{}) {
	for {
		status, err := e.post(d)
		problem := ""
		if err != nil {
			problem = err.Error()
		}
		e.mu.Lock()
		wait, again := e.world.Attempted(d, status, problem, errors.Is(err, errNotLoopback))
		e.mu.Unlock()
		if !again {
			return
		}
		if !e.pause(wait, abandoned) {
			return
		}
	}
}

// pause waits for a time, and reports false where the delivery is abandoned or the emulator stops before.
func (e *Emulator) pause(d time.Duration, abandoned <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-abandoned:
	case <-e.stopping:
	}
	return false
}

// Abandon gives up a delivery that is still being attempted.
func (e *Emulator) Abandon(id uuid.UUID) error {
	return locked(e, func(w *world.World) error {
		d, err := w.Abandon(id)
		if abandoned := e.courier.abandoned[d]; abandoned != nil {
			close(abandoned)
		}
		return err
	})
}

// sign is base64 of HMAC-SHA256 over the body, a dot and the time, keyed with the secret. Source: behaviour of webhooks in the
// API's documentation.
func sign(secret string, body []byte, at string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	mac.Write([]byte("." + at))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// post makes one attempt.
func (e *Emulator) post(d *world.Delivery) (int, error) {
	if u, err := url.Parse(d.URL); err != nil || !world.IsLoopbackHost(u.Hostname()) {
		return 0, errNotLoopback
	}
	ctx, cancel := context.WithTimeout(context.Background(), deliveryTimeout)
	defer cancel()
	go func() { // no attempt outlives the emulator
		select {
		case <-e.stopping:
			cancel()
		case <-ctx.Done():
		}
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return 0, err
	}
	at := strconv.FormatInt(e.config.Now().Unix(), 10)
	req.Header = http.Header{ // small letters, as they are on the wire; Header.Set would write capitals
		"content-type":         {"application/json"},
		"user-agent":           {"Voltage-Webhook-Client/1.0"},
		"x-voltage-webhook-id": {d.WebhookID.String()},
		"x-voltage-event":      {d.Event},
		"x-voltage-timestamp":  {at},
		"x-voltage-signature":  {sign(d.Secret, d.Body, at)},
		"User-Agent":           nil, // otherwise net/http adds its own
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return resp.StatusCode, nil
}
