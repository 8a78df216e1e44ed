package emulator

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

const (
	// announceInterval is how often webhooks are told what has happened to payments meanwhile.
	announceInterval = 20 * time.Millisecond
	// maxAnswer is how much of what a receiver answers is kept, in bytes.
	maxAnswer = 512
)

// errNotLoopback keeps an emulator from calling strangers: the URLs of tests and examples belong to somebody.
var errNotLoopback = errors.New("the emulator delivers to loopback addresses only")

// courier carries out the deliveries of the world. The emulator's lock guards it.
type courier struct {
	queues map[[2]uuid.UUID]chan struct{} // by webhook and payment: closed when the last delivery has ended
	trips  map[uuid.UUID]*trip            // by delivery
}

// trip is a series of attempts of a delivery.
type trip struct {
	delivery uuid.UUID
	series   int
	givenUp  chan struct{} // closed when the world no longer wants the delivery
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

// announce tells webhooks of each state that a payment has come to since the last time, and carries out what is to be delivered by now.
// The world is locked.
func (e *Emulator) announce(now time.Time) {
	for _, a := range e.world.Announce(now) {
		body := mustJSON(map[string]any{
			"type": a.Event.Family, "detail": map[string]any{"event": a.Event.Name, "data": paymentJSON(a.Payment)},
		})
		if e.config.OnViolation != nil {
			if err := e.contract.checkCallback(body); err != nil {
				e.violated(err)
			}
		}
		e.world.Deliver(a.Webhook, world.DeliveryOrder{ID: uuid.New(), Payment: a.Payment.ID, Event: a.Event.Name, Body: body}, now)
	}
	e.carryOut(now)
}

// carryOut begins the deliveries that are due, and ends those that the world has given up. The world is locked.
func (e *Emulator) carryOut(now time.Time) {
	for id, t := range e.courier.trips {
		if _, underway := e.world.Underway(id, t.series); !underway {
			close(t.givenUp)
			delete(e.courier.trips, id)
		}
	}
	for _, d := range e.world.Due(now) {
		if e.courier.trips[d.ID] == nil {
			e.begin(d)
		}
	}
}

// begin carries out a delivery, without waiting for it, and whatever becomes of the request that it is about. Deliveries about one payment
// reach a webhook in the order of its events: each waits until the one before has ended. The world is locked.
func (e *Emulator) begin(d world.Delivery) {
	t := &trip{delivery: d.ID, series: d.Series, givenUp: make(chan struct{})}
	e.courier.trips[d.ID] = t
	ended := make(chan struct{})
	var before chan struct{}
	queue := [2]uuid.UUID{d.WebhookID, d.Payment}
	if d.Payment != uuid.Nil {
		before, e.courier.queues[queue] = e.courier.queues[queue], ended
	}
	go func() {
		defer close(ended)
		if before == nil || e.waitFor(before, t.givenUp) {
			e.attempt(t)
		}
		e.mu.Lock()
		defer e.mu.Unlock()
		if e.courier.trips[d.ID] == t {
			delete(e.courier.trips, d.ID)
		}
		if e.courier.queues[queue] == ended {
			delete(e.courier.queues, queue)
		}
	}()
}

// waitFor waits for something, and reports false where the delivery is given up or the emulator stops before.
func (e *Emulator) waitFor(event, givenUp <-chan struct{}) bool {
	select {
	case <-event:
		return true
	case <-givenUp:
	case <-e.stopping:
	}
	return false
}

// attempt makes the attempts of a delivery, with longer and longer waits between them.
func (e *Emulator) attempt(t *trip) {
	for {
		e.mu.Lock()
		d, underway := e.world.Underway(t.delivery, t.series)
		e.mu.Unlock()
		if !underway {
			return
		}
		outcome := e.post(&d, t.givenUp)
		e.mu.Lock()
		wait, again := e.world.Attempted(t.delivery, t.series, outcome)
		e.mu.Unlock()
		if !again || !e.pause(wait, t.givenUp) {
			return
		}
	}
}

// pause waits for a time, and reports false where the delivery is given up or the emulator stops before.
func (e *Emulator) pause(d time.Duration, givenUp <-chan struct{}) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-givenUp:
	case <-e.stopping:
	}
	return false
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
func (e *Emulator) post(d *world.Delivery, givenUp <-chan struct{}) world.Outcome {
	if u, err := url.Parse(d.URL); err != nil || !world.IsLoopbackHost(u.Hostname()) {
		return world.Outcome{Code: "unexpected_error", Problem: errNotLoopback.Error(), Final: true}
	}
	ctx, cancel := context.WithTimeout(context.Background(), e.config.DeliveryTimeout)
	defer cancel()
	go func() { // no attempt outlives the emulator, or a delivery that is given up
		select {
		case <-e.stopping:
		case <-givenUp:
		case <-ctx.Done():
		}
		cancel()
	}()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, d.URL, bytes.NewReader(d.Body))
	if err != nil {
		return e.unanswered(err)
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
	client := &http.Client{Transport: e.config.Deliver, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		return e.unanswered(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // as much as comes: the status is what counts
	outcome := world.Outcome{Status: resp.StatusCode, Answer: strings.ToValidUTF8(string(answer), "")}
	if seconds, err := strconv.ParseInt(resp.Header.Get("Retry-After"), 10, 64); err == nil && seconds >= 0 {
		outcome.RetryAfter = &seconds
	}
	return outcome
}

// unanswered is an attempt that was not answered.
func (e *Emulator) unanswered(err error) world.Outcome {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err // without the URL, which can have a secret in it
	}
	var connection *net.OpError
	var timeout net.Error
	var certificate *tls.CertificateVerificationError
	switch {
	case errors.As(err, &timeout) && timeout.Timeout():
		return world.Outcome{Code: "connection_timeout", Problem: "The receiver did not answer within " + e.config.DeliveryTimeout.String() + "."}
	case errors.As(err, &connection) && connection.Op == "dial":
		return world.Outcome{Code: "connection_refused", Problem: "The receiver refused the connection: " + err.Error()}
	case errors.As(err, &certificate):
		return world.Outcome{Code: "unexpected_error", Problem: err.Error()}
	}
	return world.Outcome{Code: "invalid_response", Problem: "The receiver did not answer with HTTP: " + err.Error()}
}
