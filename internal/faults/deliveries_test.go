package faults_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// takesDeliveries returns the URL of a server that accepts every delivery.
func takesDeliveries(t *testing.T, w *acctest.World) string {
	t.Helper()
	return w.Receiver(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
}

// refusesDeliveries returns the URL of a server that refuses every delivery.
func refusesDeliveries(t *testing.T, w *acctest.World) string {
	t.Helper()
	return w.Receiver(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
}

// delivery makes a delivery of the case's webhook. It waits until the delivery has ended or, if ended is false, until it was attempted
// once.
func (c *testCase) delivery(ended bool) acctest.Config {
	c.t.Helper()
	config := deliver(c.t, c.World, c.instance.String("id"))
	time.Sleep(time.Minute)
	if underWay := c.Emulator.Attempting(); ended != (len(c.Emulator.Deliveries()) > 0) || !ended && underWay[0].Attempts != 1 {
		c.t.Fatalf("under way are %v", underWay)
	}
	return config
}

// deliver makes a delivery of a webhook without waiting for its end, and returns the configuration of an action on it.
func deliver(t *testing.T, w *acctest.World, hook string) acctest.Config {
	t.Helper()
	id, p := uuid.NewString(), w.Protocol(t)
	_, diags := p.Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": hook, "delivery_id": id, "wait": false})
	p.Expect("the test", diags)
	return acctest.Config{"webhook_id": hook, "delivery_id": id}
}

// until waits for an event outside the goroutine of the test.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !happened(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%s does not come", what)
		}
	}
}
