package emulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

func impatient(c *emulator.Config) { c.RetryDelivery = time.Millisecond }

// until waits for what happens on other goroutines.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !happened() {
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		case <-time.After(time.Millisecond):
		}
	}
}

// receiver answers the deliveries that it gets, one after another, with statuses, the last of them for ever, and keeps their events.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	events []string
}

func newReceiver(t *testing.T, statuses ...int) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		status := statuses[min(len(r.events), len(statuses)-1)]
		r.events = append(r.events, fmt.Sprintf("%s %d", req.Header.Get("X-Voltage-Event"), status))
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

func testPayload(id string) object {
	return object{"delivery_id": id, "payload": object{"type": "test", "detail": object{"event": "created", "data": "hello"}}}
}

// TestDeliveryOnTheWire: the names of headers are in small letters.
func TestDeliveryOnTheWire(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	lines := make(chan []string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var read []string
		reader := bufio.NewReader(conn)
		for {
			line, err := reader.ReadString('\n')
			if line = strings.TrimRight(line, "\r\n"); err != nil || line == "" {
				break
			}
			read = append(read, line)
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
		lines <- read
	}()
	a := start(t)
	path, _ := a.hook(object{"url": "http://" + listener.Addr().String(), "events": []object{{"test": "created"}}})
	a.expect(202, "", "POST", path+"/test", testPayload(uuid.NewString()))
	got := <-lines
	for _, want := range []string{
		"content-type: application/json", "user-agent: Voltage-Webhook-Client/1.0", "x-voltage-event: created",
		"x-voltage-webhook-id: " + strings.TrimPrefix(path, webhooks+"/"), "x-voltage-timestamp: ", "x-voltage-signature: ",
	} {
		if !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("the request lacks %q: %q", want, got)
		}
	}
	if agents := slices.DeleteFunc(got, func(line string) bool { return !strings.HasPrefix(strings.ToLower(line), "user-agent") }); len(agents) != 1 {
		t.Errorf("user agents %q", agents)
	}
}

// TestDeliveryRetries: a delivery is tried again until it is taken, and a while at most.
func TestDeliveryRetries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		statuses []int
		state    string
		tries    int
	}{
		"at once":     {[]int{204}, "succeeded", 1},
		"after a 500": {[]int{500, 200}, "succeeded", 2},
		"after a 404": {[]int{404, 429, 201}, "succeeded", 3},
		"never":       {[]int{500}, "failed", 6},
		"elsewhere":   {[]int{302}, "failed", 6}, // no redirect is followed
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, impatient)
			r := newReceiver(t, test.statuses...)
			path, _ := a.hook(object{"url": r.URL, "events": []object{{"test": "created"}}})
			id := uuid.New()
			a.expect(202, "", "POST", path+"/test", testPayload(id.String()))
			until(t, "the end of the delivery", func() bool { return len(a.emu.Deliveries()) == 1 })
			got := a.emu.Deliveries()[0]
			if got.ID != id || got.State != test.state || got.Attempts != test.tries || len(r.got()) != test.tries ||
				got.Status != test.statuses[min(test.tries, len(test.statuses))-1] || len(a.emu.Attempting()) != 0 {
				t.Errorf("%+v after %v", got, r.got())
			}
			if string(got.Body) != `{"detail":{"data":"hello","event":"created"},"type":"test"}` {
				t.Errorf("delivered %s", got.Body)
			}
		})
	}
}

// TestDeliveryAbandoned: one that is tried can be given up.
func TestDeliveryAbandoned(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.RetryDelivery = time.Hour })
	path, _ := a.hook(object{"url": newReceiver(t, 500).URL, "events": []object{{"test": "created"}}})
	id := uuid.New()
	a.expect(202, "", "POST", path+"/test", testPayload(id.String()))
	until(t, "a try", func() bool {
		under := a.emu.Attempting()
		return len(under) == 1 && under[0].State == "attempting" && under[0].Attempts == 1
	})
	if err := a.emu.Abandon(id); err != nil {
		t.Fatal(err)
	}
	if got := a.emu.Deliveries(); len(got) != 1 || got[0].State != "abandoned" || got[0].Status != 500 || a.emu.Abandon(id) == nil {
		t.Errorf("%+v", got)
	}
}

// TestEventsInOrder: the events of one payment reach a webhook in their order, also when the first is not taken at once, and what is seen
// comes before what is completed.
func TestEventsInOrder(t *testing.T) {
	t.Parallel()
	a := start(t, impatient)
	r := newReceiver(t, 500, 503, 200)
	a.hook(object{"url": r.URL, "events": []object{{"receive": "completed"}, {"receive": "detected"}, {"receive": "generated"}}})
	wallet := a.btcWallet(0)
	uri, _ := a.expect(200, "", "GET", a.pay(newReceive(wallet, object{"payment_kind": "onchain"})), nil).get("bip21_uri").(string)
	if err := a.emu.Pay(uri, 0); err != nil {
		t.Fatal(err)
	}
	a.expect(200, "", "GET", wallets+"/"+wallet, nil)
	until(t, "three deliveries", func() bool { return len(a.emu.Deliveries()) == 3 })
	if got := strings.Join(r.got(), ", "); got != "generated 500, generated 503, generated 200, detected 200, completed 200" {
		t.Errorf("got %s", got)
	}
	var body struct {
		Detail struct{ Data object }
	}
	if err := json.Unmarshal(a.emu.Deliveries()[1].Body, &body); err != nil || body.Detail.Data["status"] != "receiving" {
		t.Errorf("what is seen is told as %s: %v", a.emu.Deliveries()[1].Body, err)
	}
}

// TestWebhookTestPayloads: test has an event and a text, send and receive have a whole payment, and nothing else is taken.
func TestWebhookTestPayloads(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant)
	path, _ := a.hook(object{"events": []object{{"test": "created"}}})
	payment := a.expect(200, "", "GET", a.pay(newReceive(a.btcWallet(0), nil)), nil).get()
	for name, test := range map[string]struct {
		payload object
		status  int
	}{
		"text":              {object{"type": "test", "detail": object{"event": "created", "data": "hello"}}, 202},
		"a payment":         {object{"type": "receive", "detail": object{"event": "generated", "data": payment}}, 202},
		"no event":          {object{"type": "test", "detail": object{"data": "hello"}}, 422},
		"no text":           {object{"type": "test", "detail": object{"event": "created", "data": object{}}}, 422},
		"text of a payment": {object{"type": "send", "detail": object{"event": "succeeded", "data": "hello"}}, 422},
		"half a payment":    {object{"type": "receive", "detail": object{"event": "completed", "data": object{"id": uuid.NewString()}}}, 422},
		"another type":      {object{"type": "hello", "detail": object{"event": "created", "data": "hello"}}, 422},
	} {
		got := a.do("POST", path+"/test", object{"delivery_id": uuid.NewString(), "payload": test.payload})
		if got.status != test.status || test.status == 422 && got.kind() != "invalid_data" {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
}
