package acctest

import (
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// virtualURL is the address of an emulator in the same process. No socket is opened to it, and nothing listens on port 1.
const virtualURL = "http://127.0.0.1:1/v1"

// Virtual runs a test in virtual time (see package synctest): time stands still while a goroutine works, and jumps to the next timer when
// all goroutines wait. So the provider can wait for minutes, as for the real API, and the test takes milliseconds. The provider's protocol
// server, its client and the emulator are in one process, and the emulator is called without sockets. The test must use the t that it is
// given, and cannot start subtests.
func Virtual(t *testing.T, test func(t *testing.T, w *World), change ...func(*emulator.Config)) {
	t.Helper()
	if Live() {
		t.Skip("needs the emulator")
	}
	synctest.Test(t, func(t *testing.T) {
		test(t, NewVirtual(t, change...))
	})
}

// virtualStart is the beginning of virtual time in a test. Package synctest begins in 2000, before the times in the fixtures of the
// contract.
var virtualStart = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// NewVirtual returns the world of [Virtual] for a test that already runs in virtual time.
func NewVirtual(tb testing.TB, change ...func(*emulator.Config)) *World {
	tb.Helper()
	time.Sleep(time.Until(virtualStart))
	receivers := &receivers{handlers: map[string]http.Handler{}}
	w := emulated(tb, append([]func(*emulator.Config){func(c *emulator.Config) { c.Deliver = receivers }}, change...))
	w.URL, w.receivers, w.transport = virtualURL, receivers, handlerTransport{w.Emulator}
	// Reads must see the changes of a test at once. The other waits are the waits for the real API.
	w.Pace = voltage.Pace{ListLife: time.Nanosecond}
	stop := w.Emulator.Run()
	tb.Cleanup(func() {
		stop()
		synctest.Wait()
	})
	return w
}

// receivers are servers for deliveries of webhooks, without sockets.
type receivers struct {
	mu       sync.Mutex
	handlers map[string]http.Handler // by host
}

func (r *receivers) add(handler http.Handler) (url string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	host := fmt.Sprintf("127.0.0.1:%d", 2+len(r.handlers))
	r.handlers[host] = handler
	return "http://" + host
}

// RoundTrip implements [http.RoundTripper].
func (r *receivers) RoundTrip(req *http.Request) (*http.Response, error) {
	r.mu.Lock()
	handler := r.handlers[req.URL.Host]
	r.mu.Unlock()
	if handler == nil {
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED} // no receiver has this address
	}
	return handlerTransport{handler}.RoundTrip(req)
}

// Receiver starts a server for deliveries of webhooks and returns its URL.
func (w *World) Receiver(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	if w.receivers != nil {
		return w.receivers.add(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// HTTP returns a client for the world's API, for tests that send their own requests.
func (w *World) HTTP() *http.Client { return &http.Client{Transport: w.transport} }

// Behind returns this world with a handler in place of its emulator.
func (w *World) Behind(api http.Handler) *World {
	other := *w
	other.transport = handlerTransport{api}
	return &other
}

// Through returns this world with another transport: wrap changes the transport of the world. A world with a socket has no transport.
func (w *World) Through(wrap func(http.RoundTripper) http.RoundTripper) *World {
	other := *w
	other.transport = wrap(w.transport)
	return &other
}
