package emulator_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

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
	if agents := slices.DeleteFunc(got, func(line string) bool {
		return !strings.HasPrefix(strings.ToLower(line), "user-agent")
	}); len(agents) != 1 {
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

// TestDeliveryFailures: what a receiver does is what a read shows, with the beginning of what it answers.
func TestDeliveryFailures(t *testing.T) {
	t.Parallel()
	serving := func(handler http.HandlerFunc) string {
		server := httptest.NewServer(handler)
		t.Cleanup(server.Close)
		return server.URL
	}
	answering := func(status int, body string, header ...string) string {
		return serving(func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i+1 < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		})
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for name, test := range map[string]struct {
		url, code, detail, context string
		status                     any
	}{
		"500": {
			answering(500, " out of order\n"), "http_server_error",
			"The receiver answered 500: out of order",
			"map[status_code:500 type:http_status]",
			500.0,
		},
		"404": {answering(404, ""), "http_client_error", "The receiver answered 404.", "map[status_code:404 type:http_status]", 404.0},
		"401": {
			answering(401, "who?"), "authentication_failed", "The receiver answered 401: who?",
			"map[status_code:401 type:http_status]",
			401.0,
		},
		"413": {answering(413, ""), "payload_too_large", "The receiver answered 413.", "map[status_code:413 type:http_status]", 413.0},
		"302": {
			answering(302, "", "Location", "/"),
			"invalid_response", "The receiver answered 302.",
			"map[status_code:302 type:http_status]",
			302.0,
		},
		"wait": {
			answering(429, "later", "Retry-After", "120"),
			"rate_limited", "The receiver answered 429: later",
			"map[retry_after_seconds:120 type:rate_limited]",
			429.0,
		},
		"wait, a date": {
			answering(429, "", "Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"),
			"rate_limited", "The receiver answered 429.",
			"map[status_code:429 type:http_status]",
			429.0,
		},
		"long": {
			answering(500, strings.Repeat("ä", 1000)),
			"http_server_error",
			"The receiver answered 500: " + strings.Repeat("ä", 256),
			"map[status_code:500 type:http_status]",
			500.0,
		},
		"refused": {closed.URL, "connection_refused", "The receiver refused the connection: ", "<nil>", nil},
		"silent":  {newSilence(t).URL, "connection_timeout", "The receiver did not answer within 100ms.", "<nil>", nil},
		"closed": {serving(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }), "invalid_response",
			"The receiver did not answer with HTTP: EOF", "<nil>", nil},
		"a stranger": {
			"https://shop.example/?token=hidden",
			"unexpected_error",
			"the emulator delivers to loopback addresses only",
			"<nil>", nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, func(c *emulator.Config) {
				if impatient(c); name == "silent" {
					c.DeliveryTimeout = 100 * time.Millisecond
				}
			})
			path, _ := a.hook(object{"url": test.url, "events": []object{}})
			got := a.ended(a.test(path))
			detail, _ := got.get("error_info", "detail").(string)
			if got.get("status") != "failed" || got.get("error_info", "code") != test.code || !strings.HasPrefix(detail, test.detail) ||
				got.get("error") != detail || got.get("status_code") != test.status || fmt.Sprint(got.get("error_info", "context")) != test.context {
				t.Errorf("got %s", got.raw)
			}
			if name == "long" && detail != test.detail || strings.Contains(detail, "hidden") {
				t.Errorf("got %s", detail)
			}
		})
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
