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
	next    http.RoundTripper
	timeout time.Duration
	// holds returns the answer as an error where it asks for a pause, and nil otherwise.
	holds func(context.Context, *http.Response) *Error
	slots chan struct{}

	mu     sync.Mutex
	opens  time.Time
	closed *Error // the answer that asked for the pause until opens
}

func newDoor(next http.RoundTripper, timeout time.Duration, holds func(context.Context, *http.Response) *Error) *door {
	return &door{next: next, timeout: timeout, holds: holds, slots: make(chan struct{}, maxInFlight)}
}

// holds returns an answer as an error where it asks for a pause, and nil otherwise.
func (c *Client) holds(ctx context.Context, resp *http.Response) *Error {
	if c.retryAfter(resp) <= 0 {
		return nil
	}
	return c.answered(exchangeOf(ctx).call, resp)
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
	if resp.StatusCode < http.StatusOK {
		// The transport ends every other body with the attempt's context. It does not end that of a connection that was switched
		// to another protocol, so that reading it might never end.
		_ = resp.Body.Close()
		leave()
		return nil, &unreadableError{status: resp.StatusCode, reason: fmt.Sprintf("the answer is %d %s, which no request asked for",
			resp.StatusCode, http.StatusText(resp.StatusCode))}
	}
	resp.Body = &leavingBody{ReadCloser: resp.Body, leave: leave}
	if answer := d.holds(ctx, resp); answer != nil {
		d.close(answer)
	}
	return resp, nil
}

// close keeps the door closed for as long as an answer has asked for.
func (d *door) close(answer *Error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if opens := time.Now().Add(answer.RetryAfter); opens.After(d.opens) {
		d.opens, d.closed = opens, answer
	}
}

// enter waits until the door is open and there is room. Those who wait for the opening do not all come at once.
func (d *door) enter(ctx context.Context) error {
	for {
		d.mu.Lock()
		wait, closed := time.Until(d.opens), d.closed
		d.mu.Unlock()
		if wait <= 0 {
			break
		}
		if err := sleep(ctx, wait+time.Duration(rand.Float64()*float64(wait)/10)); err != nil { //nolint:gosec // jitter needs no secrecy
			return &heldError{answer: closed, cause: err}
		}
	}
	select {
	case d.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
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
	return b.ReadCloser.Close()
}
