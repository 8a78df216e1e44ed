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

// virtualURL is the address of an emulator that is called in the process. No socket is ever opened to it: nothing listens on port 1.
const virtualURL = "http://127.0.0.1:1/v1"

// Virtual runs a test in virtual time (see package synctest): time stands still while anybody works, and jumps to the next timer once all
// of them wait. So the provider waits as it does for the real API, for minutes if it has to, and the test takes milliseconds. The
// provider's protocol server, its client and the emulator are in one process, and the emulator is called without sockets. The test must use
// the t that it is given, and cannot start subtests.
func Virtual(t *testing.T, test func(t *testing.T, w *World), change ...func(*emulator.Config)) {
	t.Helper()
	if Live() {
		t.Skip("needs the emulator")
	}
	synctest.Test(t, func(t *testing.T) {
		test(t, NewVirtual(t, change...))
	})
}

// virtualStart is when virtual time begins for a test: package synctest begins in 2000, before what the fixtures of the contract tell of.
var virtualStart = time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)

// NewVirtual is the world of [Virtual], for a test that is in virtual time already.
func NewVirtual(tb testing.TB, change ...func(*emulator.Config)) *World {
	tb.Helper()
	time.Sleep(time.Until(virtualStart))
	receivers := &receivers{handlers: map[string]http.Handler{}}
	w := emulated(tb, append([]func(*emulator.Config){func(c *emulator.Config) { c.Deliver = receivers }}, change...))
	w.URL, w.receivers, w.transport = virtualURL, receivers, handlerTransport{w.Emulator}
	w.Pace = voltage.Pace{ListLife: time.Nanosecond} // what a test does meanwhile is seen; all else is what it is for the real API
	stop := w.Emulator.Run()
	tb.Cleanup(func() {
		stop()
		synctest.Wait()
	})
	return w
}

// receivers are what webhooks can be delivered to without sockets.
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
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED} // nobody listens there
	}
	return handlerTransport{handler}.RoundTrip(req)
}

// Receiver is the URL of a server to which webhooks can be delivered.
func (w *World) Receiver(t *testing.T, handler http.Handler) (url string) {
	t.Helper()
	if w.receivers != nil {
		return w.receivers.add(handler)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// HTTP is a client that reaches the world's API, for a test that sends requests of its own.
func (w *World) HTTP() *http.Client { return &http.Client{Transport: w.transport} }

// Behind is this world with another API in the place of its emulator, which a handler of requests stands for.
func (w *World) Behind(api http.Handler) *World {
	other := *w
	other.transport = handlerTransport{api}
	return &other
}

// Through is this world as another provider sees it: each of its requests passes through what wrap makes of the world's own transport. A
// world that listens on a socket has none.
func (w *World) Through(wrap func(http.RoundTripper) http.RoundTripper) *World {
	other := *w
	other.transport = wrap(w.transport)
	return &other
}
