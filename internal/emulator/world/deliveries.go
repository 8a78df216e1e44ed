package world

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Delivery is one delivery of a webhook at one moment.
type Delivery struct {
	ID, WebhookID, Organization, Environment uuid.UUID
	Payment                                  uuid.UUID // the payment of the event; uuid.Nil for a test
	URL                                      string
	Event                                    string
	Body                                     []byte
	Secret                                   string // signs the delivery, even if the webhook has another secret by then
	// State is attempting, succeeded, failed or abandoned.
	State    string
	Attempts int // in total
	// Series is the number of retries by hand. Spent is the number of attempts before the last retry.
	Series, Spent int
	// Status is the status of the receiver's last answer, or 0, and Answer is the beginning of its body. Failure is the reason why the last
	// attempt failed.
	Status  int
	Answer  string
	Failure *DeliveryFailure
	// BegunAt is when the series began, and NextAt is when its next attempt is due.
	BegunAt, NextAt      time.Time
	CreatedAt, UpdatedAt time.Time
}

// DeliveryFailure is the reason why an attempt of a delivery failed, or why the delivery was given up.
type DeliveryFailure struct {
	Code       string // of the contract's WebhookDeliveryErrorInfo, or empty
	Detail     string
	RetryAfter *int64 // the pause that the receiver asked for, in seconds
}

// deliveryAttempts is the number of attempts before a delivery fails. The contract names no number.
const deliveryAttempts = 6

// DeliveryOrder asks for a delivery.
type DeliveryOrder struct {
	ID      uuid.UUID
	Payment uuid.UUID // the payment of the event; uuid.Nil for a test
	Event   string
	Body    []byte
}

// Announcement is an event that must be delivered to a webhook.
type Announcement struct {
	Webhook *Webhook
	Event   Event
	Payment *Payment // its state at the time of the event
}

// Announce returns the events of payments since the last call, for each webhook that was active and listened to the event at its time. The
// caller writes the body of each event, and calls [World.Deliver].
func (w *World) Announce(now time.Time) []Announcement {
	if len(w.state.Webhooks.Order) == 0 {
		return nil
	}
	var announcements []Announcement
	for _, id := range w.state.Payments.Order {
		history := w.state.Payments.Histories[id]
		for i := w.state.Announced[id]; i < len(history) && !history[i].At.After(now); i++ {
			w.state.Announced[id] = i + 1
			if event, happened := eventOf(history, i); happened {
				announcements = append(announcements, w.listeners(&history[i].State, event, history[i].At)...)
			}
		}
	}
	return announcements
}

// eventOf returns the event of a state of a payment, if the state is an event.
func eventOf(history History[Payment], i int) (event Event, happened bool) {
	p := &history[i].State
	switch p.Direction + " " + p.Status {
	case "send completed":
		return Event{"send", "succeeded"}, true
	case "send failed":
		return Event{"send", "failed"}, true
	case "receive receiving":
		if i > 0 && history[i-1].State.Status == p.Status { // a transaction without enough confirmations
			return Event{"receive", "detected"}, true
		}
		return Event{"receive", "generated"}, true
	case "receive completed":
		return Event{"receive", "completed"}, true
	case "receive expired":
		return Event{"receive", "expired"}, true
	case "receive failed":
		return Event{"receive", "failed"}, true
	}
	return Event{}, false
}

// listeners returns the webhooks that were active and listened to an event at its time.
func (w *World) listeners(p *Payment, event Event, at time.Time) []Announcement {
	var announcements []Announcement
	for _, webhook := range w.state.Webhooks.list(at, false, func(s *Webhook) bool {
		return s.Status == "active" && s.Environment == p.Environment && slices.Contains(s.Events, event)
	}) {
		announcements = append(announcements, Announcement{Webhook: webhook, Event: event, Payment: p})
	}
	return announcements
}

// Deliver begins a delivery at a time. The caller carries it out: see [World.Due]. A webhook gets the deliveries about one payment one
// after another, in the order in which they began.
func (w *World) Deliver(webhook *Webhook, order DeliveryOrder, at time.Time) {
	w.state.Deliveries.put(order.ID, at, Delivery{
		ID: order.ID, WebhookID: webhook.ID, Organization: webhook.Organization, Environment: webhook.Environment, Payment: order.Payment,
		URL: webhook.URL, Event: order.Event, Body: order.Body, Secret: w.state.WebhookSecrets[webhook.ID], State: "attempting",
		BegunAt: at, NextAt: at, CreatedAt: at, UpdatedAt: at,
	})
	w.state.Attempting = append(w.state.Attempting, order.ID)
}

// TestWebhook accepts a delivery to a webhook that is active.
func (w *World) TestWebhook(c *Call, id uuid.UUID, order DeliveryOrder) *Refusal {
	webhook, r := w.writableWebhook(c, id)
	switch {
	case r != nil:
		return r
	case webhook.Status != "active":
		return stoppedWebhook()
	case w.state.Deliveries.has(order.ID):
		return Invalidf("invalid_webhook", "The delivery ID %s was used before.", order.ID) // the contract has no 409 for this operation
	}
	w.Deliver(webhook, order, c.Done)
	if failure := c.failure(); failure != nil {
		w.endDelivery(order.ID, c.Done, "failed", failure.ofDelivery())
	}
	return nil
}

func stoppedWebhook() *Refusal { return Invalidf("invalid_webhook", "The webhook is stopped.") }

// ofDelivery turns a failure into the form of a delivery.
func (f *Failure) ofDelivery() *DeliveryFailure {
	return &DeliveryFailure{Code: f.Code, Detail: f.Detail}
}

// Queue names the deliveries of one webhook about one payment. The webhook gets them one after another.
type Queue struct{ Webhook, Payment uuid.UUID }

// Queue returns the queue of a delivery. A delivery without a payment is in no queue.
func (d *Delivery) Queue() (queue Queue, queued bool) {
	return Queue{d.WebhookID, d.Payment}, d.Payment != uuid.Nil
}

// Due returns the deliveries whose next attempt is due at a time, in the order in which they were accepted. From each queue, it returns
// only the delivery that began first, until that delivery has ended.
func (w *World) Due(now time.Time) []Delivery {
	var attempting []Delivery
	first := map[Queue]Delivery{}
	for _, id := range w.state.Attempting {
		if seen := w.state.Deliveries.seen(id, now); seen == nil || seen.State != "attempting" {
			continue
		}
		d := w.state.Deliveries.latest(id)
		attempting = append(attempting, d)
		if queue, queued := d.Queue(); queued {
			if other, exists := first[queue]; !exists || d.BegunAt.Before(other.BegunAt) {
				first[queue] = d
			}
		}
	}
	return slices.DeleteFunc(attempting, func(d Delivery) bool {
		queue, queued := d.Queue()
		return d.NextAt.After(now) || queued && first[queue].ID != d.ID
	})
}

// NextEvent returns the first moment after a time at which an attempt of a delivery is due, or a payment changes.
func (w *World) NextEvent(after time.Time) (next time.Time, found bool) {
	consider := func(at time.Time) {
		if at.After(after) && (!found || at.Before(next)) {
			next, found = at, true
		}
	}
	if len(w.state.Webhooks.Order) > 0 {
		for id, history := range w.state.Payments.Histories {
			for i := w.state.Announced[id]; i < len(history); i++ {
				consider(history[i].At)
			}
		}
	}
	for _, id := range w.state.Attempting {
		for _, moment := range w.state.Deliveries.Histories[id] {
			consider(moment.At)
		}
		consider(w.state.Deliveries.latest(id).NextAt)
	}
	return next, found
}

// Underway returns a delivery, and whether its attempts in a series continue.
func (w *World) Underway(id uuid.UUID, series int) (Delivery, bool) {
	d := w.state.Deliveries.latest(id)
	return d, d.State == "attempting" && d.Series == series
}

// Outcome is the result of an attempt of a delivery.
type Outcome struct {
	Status     int    // of the receiver's answer, 0 without an answer
	Answer     string // the beginning of the answer's body
	RetryAfter *int64 // the pause that it asked for, in seconds
	// Code and Problem are the reason why there was no answer: a code of the contract's WebhookDeliveryErrorInfo, and a text.
	Code, Problem string
	Final         bool // whether another attempt would have the same result
}

func (o *Outcome) succeeded() bool { return o.Status >= 200 && o.Status <= 299 }

// failure returns the reason why an attempt failed, or nil. The codes of the statuses are inferred.
func (o *Outcome) failure() *DeliveryFailure {
	failure := &DeliveryFailure{Code: o.Code, Detail: o.Problem}
	switch {
	case o.succeeded():
		return nil
	case o.Status == 0:
		return failure
	case o.Status == 401 || o.Status == 403:
		failure.Code = "authentication_failed"
	case o.Status == 413:
		failure.Code = "payload_too_large"
	case o.Status == 429:
		failure.Code, failure.RetryAfter = "rate_limited", o.RetryAfter
	case o.Status >= 400 && o.Status <= 499:
		failure.Code = "http_client_error"
	case o.Status >= 500:
		failure.Code = "http_server_error"
	default:
		failure.Code = "invalid_response"
	}
	failure.Detail = fmt.Sprintf("The receiver answered %d.", o.Status)
	if answer := strings.TrimSpace(o.Answer); answer != "" {
		failure.Detail = fmt.Sprintf("The receiver answered %d: %s", o.Status, answer)
	}
	return failure
}

// Attempted records an attempt in a series of a delivery. It returns the wait before the next attempt, and whether there is one. It changes
// nothing if the attempts in that series have ended.
func (w *World) Attempted(id uuid.UUID, series int, outcome Outcome) (wait time.Duration, again bool) {
	d, underway := w.Underway(id, series)
	if !underway {
		return 0, false
	}
	now, made := w.settings.Now(), d.Attempts-d.Spent
	attempted := func(d *Delivery) {
		d.Attempts, d.Status, d.Answer, d.Failure, d.UpdatedAt = d.Attempts+1, outcome.Status, outcome.Answer, outcome.failure(), now
	}
	switch {
	case outcome.succeeded():
		w.end(id, now, "succeeded", attempted)
	case made+1 == deliveryAttempts || outcome.Final:
		w.end(id, now, "failed", attempted)
	default:
		wait = w.settings.RetryDelivery << made
		w.state.Deliveries.step(id, now, func(d *Delivery) {
			attempted(d)
			d.NextAt = now.Add(wait)
		})
		return wait, true
	}
	return 0, false
}

// endDelivery ends a delivery without an attempt.
func (w *World) endDelivery(id uuid.UUID, at time.Time, state string, failure *DeliveryFailure) {
	w.end(id, at, state, func(d *Delivery) { d.Failure, d.UpdatedAt = failure, at })
}

// end ends a delivery, and moves it to those that have ended.
func (w *World) end(id uuid.UUID, at time.Time, state string, change func(*Delivery)) {
	w.state.Deliveries.step(id, at, func(d *Delivery) {
		d.State = state
		change(d)
	})
	w.state.Attempting = slices.DeleteFunc(w.state.Attempting, func(other uuid.UUID) bool { return other == id })
	w.state.Ended = append(w.state.Ended, id)
}

// checkWebhookOfDeliveries refuses a webhook that a call about its deliveries cannot see. Faults affect the deliveries and not the webhook.
func (w *World) checkWebhookOfDeliveries(c *Call, id uuid.UUID) *Refusal {
	webhook := w.state.Webhooks.seen(id, c.Now)
	if webhook == nil || !c.owns(webhook.Organization, webhook.Environment) || w.forgotten(webhook.DeletedAt) {
		return missing("webhook_not_found", "webhook_id", id)
	}
	return nil
}

// ReadDelivery returns a delivery of a webhook of the environment.
func (w *World) ReadDelivery(c *Call, webhook, id uuid.UUID) (*Delivery, *Refusal) {
	if r := w.checkWebhookOfDeliveries(c, webhook); r != nil {
		return nil, r
	}
	delivery := w.state.Deliveries.read(c, id, func(d *Delivery) bool { return d.WebhookID == webhook })
	if delivery == nil {
		return nil, missing("webhook_delivery_not_found", "webhook_delivery_id", id)
	}
	return delivery, nil
}

// DeliveryFilter selects the deliveries of a list, and their order. The zero value selects all, the newest first.
type DeliveryFilter struct {
	Statuses            []string
	ByUpdate, Ascending bool
}

// ListDeliveries returns the deliveries of a webhook of the environment that match.
func (w *World) ListDeliveries(c *Call, webhook uuid.UUID, filter DeliveryFilter) ([]*Delivery, *Refusal) {
	if r := w.checkWebhookOfDeliveries(c, webhook); r != nil {
		return nil, r
	}
	deliveries := w.state.Deliveries.list(c.Now, c.stale(), func(d *Delivery) bool {
		return d.WebhookID == webhook && (len(filter.Statuses) == 0 || slices.Contains(filter.Statuses, d.State))
	})
	slices.SortStableFunc(deliveries, func(a, b *Delivery) int {
		order := a.CreatedAt.Compare(b.CreatedAt)
		if filter.ByUpdate {
			order = a.UpdatedAt.Compare(b.UpdatedAt)
		}
		order = cmp.Or(order, cmp.Compare(a.ID.String(), b.ID.String()))
		if !filter.Ascending {
			order = -order
		}
		return order
	})
	return deliveries, nil
}

// CountDeliveries counts the deliveries of a webhook of the environment that have one of the statuses. Without statuses, it counts all.
// Above [Settings.CountExactly], the count is an estimate.
func (w *World) CountDeliveries(c *Call, webhook uuid.UUID, statuses []string) (count int, exact bool, refusal *Refusal) {
	deliveries, refusal := w.ListDeliveries(c, webhook, DeliveryFilter{Statuses: statuses})
	if count = len(deliveries); count <= w.settings.CountExactly {
		return count, true, refusal
	}
	return estimate(count), false, nil
}

// estimate rounds a number to its first two digits, so that nobody takes it for the exact number.
func estimate(count int) int {
	unit := 1
	for count/unit >= 100 {
		unit *= 10
	}
	return count / unit * unit
}

// writableDelivery returns a readable delivery and its webhook in their latest states, for a write.
func (w *World) writableDelivery(c *Call, webhook, id uuid.UUID) (*Webhook, *Delivery, *Refusal) {
	if _, r := w.ReadDelivery(c, webhook, id); r != nil {
		return nil, nil, r
	}
	owner, delivery := w.state.Webhooks.latest(webhook), w.state.Deliveries.latest(id)
	if owner.Status == "deleted" {
		return nil, nil, missing("webhook_not_found", "webhook_id", webhook)
	}
	return &owner, &delivery, nil
}

// RetryDelivery accepts a retry of a delivery that has ended, even if it succeeded. The retry uses the URL and the secret that the webhook
// has by then.
func (w *World) RetryDelivery(c *Call, webhook, id uuid.UUID) *Refusal {
	owner, delivery, r := w.writableDelivery(c, webhook, id)
	switch {
	case r != nil:
		return r
	case owner.Status != "active":
		return stoppedWebhook()
	case delivery.State == "attempting":
		return Invalidf("invalid_webhook", "Delivery %s is still being attempted.", id)
	}
	w.state.Ended = slices.DeleteFunc(w.state.Ended, func(other uuid.UUID) bool { return other == id })
	w.state.Attempting = append(w.state.Attempting, id)
	w.state.Deliveries.step(id, c.Done, func(d *Delivery) {
		d.State, d.URL, d.Secret, d.UpdatedAt = "attempting", owner.URL, w.state.WebhookSecrets[webhook], c.Done
		d.Series, d.Spent, d.Status, d.Answer, d.Failure = d.Series+1, d.Attempts, 0, "", nil
		d.BegunAt, d.NextAt = c.Done, c.Done
	})
	if failure := c.failure(); failure != nil {
		w.endDelivery(id, c.Done, "failed", failure.ofDelivery())
	}
	return nil
}

// AbandonDelivery accepts the end of a delivery whose attempts continue. No further attempt begins.
func (w *World) AbandonDelivery(c *Call, webhook, id uuid.UUID) *Refusal {
	_, delivery, r := w.writableDelivery(c, webhook, id)
	switch {
	case r != nil:
		return r
	case delivery.State != "attempting":
		return Invalidf("invalid_webhook", "Delivery %s has ended: it is %s.", id, delivery.State)
	case c.failure() != nil:
		return nil // a delivery has no field for the reason
	}
	w.endDelivery(id, c.Done, "abandoned", &DeliveryFailure{Detail: "The delivery was given up."})
	return nil
}

// Deliveries returns the deliveries that have ended, in the order of their ends.
func (w *World) Deliveries() []Delivery { return w.deliveries(w.state.Ended) }

// Attempting returns the deliveries that are still being attempted, in the order of their beginnings.
func (w *World) Attempting() []Delivery { return w.deliveries(w.state.Attempting) }

// deliveries returns deliveries in their latest states.
func (w *World) deliveries(ids []uuid.UUID) []Delivery {
	var result []Delivery
	for _, id := range ids {
		result = append(result, w.state.Deliveries.latest(id))
	}
	return result
}
