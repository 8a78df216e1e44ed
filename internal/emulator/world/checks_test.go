package world

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestChecksAreAnnounced: webhooks hear of a check that fails, of none that is approved, and of what comes of a promotion.
func TestChecksAreAnnounced(t *testing.T) {
	t.Parallel()
	w, c, btc, _ := started(t)
	events := []Event{{"send", "succeeded"}, {"send", "failed"}}
	_, r := w.CreateWebhook(c.call(), WebhookOrder{uuid.New(), "http://127.0.0.1:1/", "shop", events})
	accepted(t, r)
	c.pass(delay)
	outside, err := newAddress("mutinynet", uuid.New())
	if err != nil {
		t.Fatal(err)
	}
	most := int64(1000)
	if err := w.SetPolicies(btc, Policies{MaxPaymentSizeSats: &most}); err != nil {
		t.Fatal(err)
	}
	order := func(msats int64) SendOrder {
		return SendOrder{ID: uuid.New(), Wallet: btc, Kind: "onchain", Currency: "btc", Address: outside, Amount: &Money{"btc", msats}}
	}
	announced := func(want string) {
		t.Helper()
		c.pass(time.Minute)
		got := ""
		for _, a := range w.Announce(c.now) {
			got += a.Event.Name + " " + a.Payment.ID.String() + ";"
		}
		if got != want {
			t.Errorf("announced %q, want %q", got, want)
		}
	}
	small, large := order(1_000_000), order(2_000_000)
	accepted(t, w.CheckSend(c.call(), small))
	announced("")
	accepted(t, w.CheckSend(c.call(), large))
	announced("failed " + large.ID.String() + ";")
	accepted(t, w.CreateSend(c.call(), small))
	announced("succeeded " + small.ID.String() + ";")
}

// TestSameSend: two orders are the same send whatever quote they name, and however they write that there is no metadata.
func TestSameSend(t *testing.T) {
	t.Parallel()
	quote := uuid.New()
	order := SendOrder{ID: uuid.New(), Wallet: uuid.New(), Kind: "bolt11", Amount: &Money{"btc", 5}, Metadata: map[string]string{}}
	for name, test := range map[string]struct {
		change func(*SendOrder)
		want   bool
	}{
		"nothing":       {func(*SendOrder) {}, true},
		"a quote":       {func(o *SendOrder) { o.Quote = &quote }, true},
		"no metadata":   {func(o *SendOrder) { o.Metadata = nil }, true},
		"metadata":      {func(o *SendOrder) { o.Metadata = map[string]string{"a": "b"} }, false},
		"an equal sum":  {func(o *SendOrder) { o.Amount = &Money{"btc", 5} }, true},
		"another sum":   {func(o *SendOrder) { o.Amount = &Money{"btc", 6} }, false},
		"no sum":        {func(o *SendOrder) { o.Amount = nil }, false},
		"a bound":       {func(o *SendOrder) { o.MaxFee = &Money{"btc", 0} }, false},
		"a destination": {func(o *SendOrder) { o.PaymentRequest = "lntbs1" }, false},
		"a description": {func(o *SendOrder) { o.Description = "for lunch" }, false},
		"another kind":  {func(o *SendOrder) { o.Kind = "bip21" }, false},
		"treasury":      {func(o *SendOrder) { o.Treasury = true }, false},
	} {
		other := order
		test.change(&other)
		if got := sameSend(other, order); got != test.want {
			t.Errorf("with %s changed: %t", name, got)
		}
	}
}
