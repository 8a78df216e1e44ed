package voltage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// maxInFlight is how many requests of one client are under way at once. Terraform's parallelism is 10 unless it is told otherwise.
const maxInFlight = 64

// door is what every attempt of a request goes through: only so many at once, none before the time that the API has asked any of
// them to wait for, and none for longer than its timeout, which begins behind the door.
type door struct {
	next       http.RoundTripper
	timeout    time.Duration
	retryAfter func(*http.Response) time.Duration
	slots      chan struct{}

	mu    sync.Mutex
	opens time.Time
}

func newDoor(next http.RoundTripper, timeout time.Duration, retryAfter func(*http.Response) time.Duration) *door {
	return &door{next: next, timeout: timeout, retryAfter: retryAfter, slots: make(chan struct{}, maxInFlight)}
}

// RoundTrip implements [http.RoundTripper].
func (d *door) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if err := d.enter(ctx); err != nil {
		return nil, err
	}
	attempt, cancel := context.WithTimeout(ctx, d.timeout)
	leave := sync.OnceFunc(func() {
		cancel()
		<-d.slots
	})
	resp, err := d.next.RoundTrip(req.WithContext(attempt))
	if err != nil {
		if errors.Is(attempt.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
			err = fmt.Errorf("no answer within %s (request_timeout): %w", d.timeout, err)
		}
		leave()
		return nil, err
	}
	if wait := d.retryAfter(resp); wait > 0 {
		d.close(wait)
	}
	resp.Body = &leavingBody{ReadCloser: resp.Body, leave: leave}
	return resp, nil
}

// close keeps the door closed for a time.
func (d *door) close(wait time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if opens := time.Now().Add(wait); opens.After(d.opens) {
		d.opens = opens
	}
}

// enter waits until the door is open and there is room. Those who wait for the opening do not all come at once.
func (d *door) enter(ctx context.Context) error {
	for {
		d.mu.Lock()
		wait := time.Until(d.opens)
		d.mu.Unlock()
		if wait <= 0 {
			break
		}
		if err := sleep(ctx, wait+time.Duration(rand.Float64()*float64(wait)/10)); err != nil { //nolint:gosec // jitter needs no secrecy
			return err
		}
	}
	select {
	case d.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // net/http wraps it
	}
}

// leavingBody gives its slot back when it is closed.
type leavingBody struct {
	io.ReadCloser
	leave func()
}

// Close implements [io.Closer].
func (b *leavingBody) Close() error {
	defer b.leave()
	return b.ReadCloser.Close() //nolint:wrapcheck // hands on what it got
}
