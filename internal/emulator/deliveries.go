package emulator

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Delivery is one delivery of a webhook, with all of its tries.
type Delivery struct {
	ID, WebhookID uuid.UUID
	URL           string
	Event         string
	Body          []byte
	// State is attempting, succeeded, failed or abandoned.
	State    string
	Attempts int
	// Status is the receiver's last answer, 0 where there was none, and then Err says why.
	Status int
	Err    error

	secret    string // that it is signed with, also when the webhook has another one by then
	abandoned chan struct{}
}

const (
	// deliveryTimeout bounds one try.
	deliveryTimeout = 5 * time.Second
	// deliveryAttempts is how often a delivery is tried. The contract names no number.
	deliveryAttempts = 6
)

// errNotLoopback keeps an emulator from telling the world: the URLs of tests and examples belong to somebody.
var errNotLoopback = errors.New("the emulator delivers to loopback addresses only")

// Deliveries returns the deliveries that have ended, in the order of their ends.
func (e *Emulator) Deliveries() []Delivery {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	return slices.Clone(e.recorder.deliveries)
}

// Attempting returns the deliveries that are still tried, in the order of their beginning.
func (e *Emulator) Attempting() []Delivery {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	var under []Delivery
	for _, d := range e.recorder.attempting {
		under = append(under, *d)
	}
	return under
}

// Abandon gives a delivery up that is still tried.
func (e *Emulator) Abandon(id uuid.UUID) error {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	for _, d := range e.recorder.attempting {
		if d.ID == id {
			d.State = "abandoned"
			close(d.abandoned)
			e.recorder.end(d)
			return nil
		}
	}
	return fmt.Errorf("no delivery %s is being tried", id)
}

// end moves a delivery to those that have ended. The recorder is locked.
func (r *recorder) end(d *Delivery) {
	r.attempting = slices.DeleteFunc(r.attempting, func(other *Delivery) bool { return other == d })
	r.deliveries = append(r.deliveries, *d)
}

// deliver sends a body to a webhook, signed, without waiting for it, and whatever becomes of the request that it is about. Deliveries
// about one payment reach a webhook in the order of its events: each waits until the one before has ended. The world is locked.
func (e *Emulator) deliver(w *webhookState, id uuid.UUID, about uuid.UUID, event string, body []byte) {
	if e.config.OnViolation != nil {
		if err := e.contract.checkCallback(body); err != nil {
			e.violated(err)
		}
	}
	d := &Delivery{
		ID: id, WebhookID: w.id, URL: w.url, Event: event, Body: body, State: "attempting", secret: e.world.webhookSecrets[w.id],
		abandoned: make(chan struct{}),
	}
	e.recorder.change(func() { e.recorder.attempting = append(e.recorder.attempting, d) })
	ended := make(chan struct{})
	var before chan struct{}
	if about != uuid.Nil {
		queue := [2]uuid.UUID{w.id, about}
		before, e.world.queues[queue] = e.world.queues[queue], ended
	}
	go func() {
		defer close(ended)
		if before != nil {
			select {
			case <-before:
			case <-d.abandoned:
			case <-e.stopping:
			}
		}
		e.try(d)
	}()
}

// try makes the tries of a delivery, with longer and longer waits between them.
func (e *Emulator) try(d *Delivery) {
	for wait := e.config.RetryDelivery; ; wait *= 2 {
		status, err := e.post(d)
		more := false
		e.recorder.change(func() {
			if d.State != "attempting" {
				return
			}
			d.Attempts, d.Status, d.Err = d.Attempts+1, status, err
			switch {
			case status >= 200 && status <= 299:
				d.State = "succeeded"
			case d.Attempts == deliveryAttempts || errors.Is(err, errNotLoopback):
				d.State = "failed"
			default:
				more = true
				return
			}
			e.recorder.end(d)
		})
		if !more {
			return
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-d.abandoned:
			timer.Stop()
			return
		case <-e.stopping:
			timer.Stop()
			return
		}
	}
}

// sign is base64 of HMAC-SHA256 over the body, a dot and the time, keyed with the secret. Source: behaviour of webhooks in the
// API's documentation.
func sign(secret string, body []byte, at string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	mac.Write([]byte("." + at))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// post makes one try.
func (e *Emulator) post(d *Delivery) (int, error) {
	if u, err := url.Parse(d.URL); err != nil || !isLoopbackHost(u.Hostname()) {
		return 0, errNotLoopback
	}
	ctx, cancel := context.WithTimeout(context.Background(), deliveryTimeout)
	defer cancel()
	go func() { // no try outlives the emulator
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
		"x-voltage-signature":  {sign(d.secret, d.Body, at)},
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
