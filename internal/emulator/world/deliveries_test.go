package world

import (
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestDue: an attempt is due at its time, and the deliveries about one payment reach a webhook one after the other in the order in which
// they began. One that is retried later than the next one began comes after it, although it was accepted before.
func TestDue(t *testing.T) {
	t.Parallel()
	w, c, _, _ := started(t)
	shop, other := uuid.New(), uuid.New()
	for _, id := range []uuid.UUID{shop, other} {
		_, r := w.CreateWebhook(c.call(), WebhookOrder{id, "http://127.0.0.1:1/", "hook " + id.String(), nil})
		accepted(t, r)
	}
	c.pass(delay)
	names := map[uuid.UUID]string{}
	deliver := func(name string, webhook, payment uuid.UUID) uuid.UUID {
		id := uuid.New()
		names[id] = name
		hook := w.state.Webhooks.latest(webhook)
		w.Deliver(&hook, DeliveryOrder{ID: id, Payment: payment, Event: name}, c.now)
		return id
	}
	due := func(want ...string) {
		t.Helper()
		var got []string
		for _, d := range w.Due(c.now) {
			got = append(got, names[d.ID])
		}
		if !slices.Equal(got, want) {
			t.Errorf("due are %v, want %v", got, want)
		}
	}
	event := func(want time.Duration) {
		t.Helper()
		if next, found := w.NextEvent(c.now); found != (want > 0) || found && next.Sub(c.now) != want {
			t.Errorf("the next event is at %s (%t), want it in %s", next, found, want)
		}
	}
	payment := uuid.New()
	event(0)
	first := deliver("first", shop, payment)
	c.pass(time.Second)
	second := deliver("second", shop, payment)
	deliver("elsewhere", other, payment)
	deliver("another", shop, uuid.New())
	deliver("a test", shop, uuid.Nil)
	deliver("another test", shop, uuid.Nil)
	due("first", "elsewhere", "another", "a test", "another test")
	w.Attempted(first, 0, Outcome{Status: 500})
	due("elsewhere", "another", "a test", "another test") // the second waits with the first
	event(time.Second)
	c.pass(time.Second)
	due("first", "elsewhere", "another", "a test", "another test")
	w.Attempted(first, 0, Outcome{Status: 200})
	due("second", "elsewhere", "another", "a test", "another test")
	w.Attempted(second, 0, Outcome{Status: 204})

	accepted(t, w.RetryDelivery(c.call(), shop, first))
	event(delay)
	third := deliver("third", shop, payment)
	c.pass(delay)
	due("elsewhere", "another", "a test", "another test", "third")
	w.Attempted(third, 0, Outcome{Status: 200})
	due("elsewhere", "another", "a test", "another test", "first")
	w.Attempted(first, 1, Outcome{Status: 200})

	c.pass(time.Minute)
	_, r := w.CreateWebhook(c.call(), WebhookOrder{uuid.New(), "http://127.0.0.1:1/", "listens", []Event{{"receive", "expired"}}})
	accepted(t, r)
	event(0)
	wallet, expiration := w.Wallets()[0].ID, int64(60)
	accepted(t, w.CreateReceive(c.call(), ReceiveOrder{
		ID: uuid.New(), Wallet: wallet, Kind: "bolt11", Amount: &Money{"btc", 1000}, Expiration: &expiration,
	}))
	event(delay)
	for _, step := range []time.Duration{delay, delay} {
		c.pass(step)
		w.Announce(c.now)
	}
	event(time.Minute - 2*delay) // it can be paid for a minute from its creation
}
