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
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

const (
	// announceInterval is how soon webhooks get events that happen with the passing of time, and how often the emulator checks a clock that
	// the user has given.
	announceInterval = 20 * time.Millisecond
	// maxAnswer is how many bytes of a receiver's answer are kept.
	maxAnswer = 512
)

// courier carries out the deliveries of the world. The emulator's lock guards it.
type courier struct {
	trips map[uuid.UUID]*trip  // by delivery
	busy  map[world.Queue]bool // whether an attempt of a queue is under way
	idle  *sync.Cond           // signalled whenever an attempt has ended

	ownClock bool // whether the user has given the clock, so that no timer can follow it
}

// lock guards the world. Each Unlock wakes the courier, since there may be new events.
type lock struct {
	sync.Mutex
	changed chan struct{}
}

// Unlock implements [sync.Locker].
func (l *lock) Unlock() {
	l.Mutex.Unlock()
	select {
	case l.changed <- struct{}{}:
	default: // the courier has not handled the last signal yet
	}
}

// trip is an attempt of a delivery.
type trip struct {
	series  int
	givenUp chan struct{} // closed when the world has given the delivery up
}

// deliversTo describes the hosts that get deliveries. An emulator must not call foreign hosts, since the URLs of tests and examples can
// belong to real people.
func (e *Emulator) deliversTo() string {
	if hosts := e.config.DeliverTo; len(hosts) > 0 {
		return "the emulator delivers to loopback addresses and to " + strings.Join(hosts, ", ") + " only"
	}
	return "the emulator delivers to loopback addresses only"
}

// directTransport is net/http's transport without proxies, since receivers are on this machine or on its network.
func directTransport() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // the standard library documents it
	transport.Proxy = nil
	return transport
}

// announceRegularly sends events to webhooks until the emulator stops. It runs whenever the world may have changed, and at the time of the
// next event. Otherwise it sleeps, so an idle emulator needs no CPU time.
func (e *Emulator) announceRegularly() {
	timer := time.NewTimer(announceInterval)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-e.mu.changed:
		case <-e.stopping:
			return
		}
		e.mu.Lock()
		now := e.config.Now()
		e.announce(now)
		next, found := e.world.NextEvent(now)
		e.mu.Mutex.Unlock() // without a signal to itself
		switch {
		case !found:
			timer.Stop()
		case e.courier.ownClock:
			timer.Reset(announceInterval)
		default:
			timer.Reset(next.Sub(now))
		}
	}
}

// announce makes a delivery for each new state of a payment since the last call, and carries out the deliveries that are due. The world is
// locked.
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
		e.changed()
	}
	e.carryOut(now)
}

// carryOut begins the attempts that are due, and ends the attempts of deliveries that the world has given up. The world is locked.
func (e *Emulator) carryOut(now time.Time) {
	for id, t := range e.courier.trips {
		if _, underway := e.world.Underway(id, t.series); !underway {
			close(t.givenUp)
			delete(e.courier.trips, id)
		}
	}
	if e.isStopping() {
		return
	}
	for _, d := range e.world.Due(now) {
		queue, queued := d.Queue()
		if e.courier.trips[d.ID] == nil && (!queued || !e.courier.busy[queue]) {
			e.begin(&d)
		}
	}
}

func (e *Emulator) isStopping() bool {
	select {
	case <-e.stopping:
		return true
	default:
		return false
	}
}

// begin makes one attempt of a delivery in the background. The attempt does not depend on the request that caused it. The world is locked.
func (e *Emulator) begin(d *world.Delivery) {
	t := &trip{series: d.Series, givenUp: make(chan struct{})}
	e.courier.trips[d.ID] = t
	queue, queued := d.Queue()
	if queued {
		e.courier.busy[queue] = true
	}
	e.changed()
	go func() {
		outcome := e.post(d, t.givenUp)
		e.mu.Lock()
		defer e.mu.Unlock()
		defer e.courier.idle.Broadcast()
		if e.courier.trips[d.ID] == t {
			delete(e.courier.trips, d.ID)
		}
		if queued {
			delete(e.courier.busy, queue)
		}
		if e.isStopping() && outcome.Status == 0 {
			return // the emulator has stopped the attempt, so the result says nothing about the receiver
		}
		if wait, again := e.world.Attempted(d.ID, d.Series, outcome); again && wait > 0 {
			time.AfterFunc(wait, e.carryOutNow)
		}
		e.carryOut(e.config.Now())
	}()
}

// carryOutNow carries out the deliveries that are due now.
func (e *Emulator) carryOutNow() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.carryOut(e.config.Now())
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
	if u, err := url.Parse(d.URL); err != nil || !e.world.Delivers(u.Hostname()) {
		return world.Outcome{Code: "unexpected_error", Problem: e.deliversTo(), Final: true}
	}
	ctx, cancel := context.WithTimeout(context.Background(), e.config.DeliveryTimeout)
	defer cancel()
	go func() { // an attempt ends with the emulator, or when the delivery is given up
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
	// A receiver compares this time with its own clock to refuse old deliveries, and AdvanceClock does not move the receiver's clock.
	at := strconv.FormatInt(e.clock.base().Unix(), 10)
	req.Header = http.Header{ // in lower case, as the API sends them; Header.Set would write capitals
		"content-type":         {"application/json"},
		"user-agent":           {"Voltage-Webhook-Client/1.0"},
		"x-voltage-webhook-id": {d.WebhookID.String()},
		"x-voltage-event":      {d.Event},
		"x-voltage-timestamp":  {at},
		"x-voltage-signature":  {sign(d.Secret, d.Body, at)},
		"User-Agent":           nil, // otherwise net/http adds its own
	}
	client := &http.Client{
		Transport:     e.config.Deliver,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return e.unanswered(err)
	}
	defer resp.Body.Close()
	answer, _ := io.ReadAll(io.LimitReader(resp.Body, maxAnswer)) // an incomplete body is good enough, since only the status counts
	outcome := world.Outcome{Status: resp.StatusCode, Answer: strings.ToValidUTF8(string(answer), "")}
	if seconds, err := strconv.ParseInt(resp.Header.Get("Retry-After"), 10, 64); err == nil && seconds >= 0 {
		outcome.RetryAfter = &seconds
	}
	return outcome
}

// unanswered returns the outcome of an attempt without an answer.
func (e *Emulator) unanswered(err error) world.Outcome {
	var request *url.Error
	if errors.As(err, &request) {
		err = request.Err // without the URL, which can contain a secret
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
