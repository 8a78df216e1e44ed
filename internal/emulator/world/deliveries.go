package world

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Delivery is one delivery of a webhook, with all of its attempts.
type Delivery struct {
	ID, WebhookID uuid.UUID
	Payment       uuid.UUID // that it is about; uuid.Nil for a test
	URL           string
	Event         string
	Body          []byte
	Secret        string // that it is signed with, also when the webhook has another one by then
	// State is attempting, succeeded, failed or abandoned.
	State    string
	Attempts int
	// Status is the receiver's last answer, 0 where there was none, and then Problem says why.
	Status  int
	Problem string
}

// deliveryAttempts is how often a delivery is attempted. The contract names no number.
const deliveryAttempts = 6

// Announcement is an event that a webhook has to be told.
type Announcement struct {
	Webhook *Webhook
	Event   Event
	Payment *Payment // when it happened
}

// Announce returns what webhooks have to be told about the payments since the last time: an event that happened while a webhook was
// active and listened. The caller writes the body of each, and calls [World.Deliver].
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

// eventOf is the event that a state of a payment is, if it is one.
func eventOf(history History[Payment], i int) (event Event, happened bool) {
	p := &history[i].State
	switch p.Direction + " " + p.Status {
	case "send completed":
		return Event{"send", "succeeded"}, true
	case "send failed":
		return Event{"send", "failed"}, true
	case "receive receiving":
		if i > 0 && history[i-1].State.Status == p.Status { // what is seen, and not deep enough yet
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

// listeners are the webhooks that were active and listened when an event happened.
func (w *World) listeners(p *Payment, event Event, at time.Time) []Announcement {
	var announcements []Announcement
	for _, webhook := range w.state.Webhooks.list(at, false, func(s *Webhook) bool {
		return s.Status == "active" && s.Environment == p.Environment && slices.Contains(s.Events, event)
	}) {
		announcements = append(announcements, Announcement{Webhook: webhook, Event: event, Payment: p})
	}
	return announcements
}

// Deliver begins a delivery, which the caller carries out: it sends the body, and tells of each attempt by [World.Attempted].
// Deliveries about one payment reach a webhook one after the other, in the order of [World.Attempting].
func (w *World) Deliver(webhook *Webhook, id, payment uuid.UUID, event string, body []byte) *Delivery {
	d := &Delivery{
		ID: id, WebhookID: webhook.ID, Payment: payment, URL: webhook.URL, Event: event, Body: body,
		Secret: w.state.WebhookSecrets[webhook.ID], State: "attempting",
	}
	w.state.Attempting = append(w.state.Attempting, d)
	return d
}

// Attempted tells of an attempt: the status that the receiver answered, or 0 and what prevented an answer, and whether another attempt
// would change nothing. It returns how long to wait before the next attempt, and whether there is one.
func (w *World) Attempted(d *Delivery, status int, problem string, final bool) (wait time.Duration, again bool) {
	if d.State != "attempting" {
		return 0, false
	}
	wait = w.settings.RetryDelivery << d.Attempts
	d.Attempts, d.Status, d.Problem = d.Attempts+1, status, problem
	switch {
	case status >= 200 && status <= 299:
		w.end(d, "succeeded")
	case d.Attempts == deliveryAttempts || final:
		w.end(d, "failed")
	default:
		return wait, true
	}
	return 0, false
}

// end moves a delivery to those that have ended.
func (w *World) end(d *Delivery, state string) {
	d.State = state
	w.state.Attempting = slices.DeleteFunc(w.state.Attempting, func(other *Delivery) bool { return other == d })
	w.state.Ended = append(w.state.Ended, d)
}

// Abandon gives up a delivery that is still being attempted, and returns it.
func (w *World) Abandon(id uuid.UUID) (*Delivery, error) {
	i := slices.IndexFunc(w.state.Attempting, func(d *Delivery) bool { return d.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("no delivery %s is being tried", id)
	}
	d := w.state.Attempting[i]
	w.end(d, "abandoned")
	return d, nil
}

// Deliveries returns the deliveries that have ended, in the order of their ends.
func (w *World) Deliveries() []Delivery { return copies(w.state.Ended) }

// Attempting returns the deliveries that are still being attempted, in the order of their beginnings.
func (w *World) Attempting() []Delivery { return copies(w.state.Attempting) }

func copies(deliveries []*Delivery) []Delivery {
	var result []Delivery
	for _, d := range deliveries {
		result = append(result, *d)
	}
	return result
}
