package voltage

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// maxInFlight is how many requests of one client are under way at once. Terraform's parallelism is 10 unless it is told otherwise.
const maxInFlight = 64

// limiter is the transport of every attempt of a request: it lets only so many through at once, none before the time that the API has
// asked any of them to wait for, and none for longer than its timeout, which begins when the attempt has its slot.
type limiter struct {
	next    http.RoundTripper
	timeout time.Duration
	// holds returns the answer as an error where it asks for a pause, and nil otherwise.
	holds  func(context.Context, *http.Response) *Error
	jitter func() float64
	slots  chan struct{}

	mu       sync.Mutex
	resumes  time.Time
	pausedBy *Error // the answer that asked for the pause until resumes
}

func newLimiter(
	next http.RoundTripper, timeout time.Duration, holds func(context.Context, *http.Response) *Error, jitter func() float64,
) *limiter {
	return &limiter{next: next, timeout: timeout, holds: holds, jitter: jitter, slots: make(chan struct{}, maxInFlight)}
}

// holds returns an answer as an error where it asks for a pause, and nil otherwise.
func (c *Client) holds(ctx context.Context, resp *http.Response) *Error {
	if c.retryAfter(resp) <= 0 {
		return nil
	}
	return c.answered(exchangeOf(ctx).call, resp)
}

// RoundTrip implements [http.RoundTripper].
func (l *limiter) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	if err := l.acquire(ctx); err != nil {
		return nil, err
	}
	attempt, cancel := context.WithTimeout(ctx, l.timeout)
	release := sync.OnceFunc(func() {
		cancel()
		<-l.slots
	})
	resp, err := l.next.RoundTrip(req.WithContext(attempt))
	if err != nil {
		if errors.Is(attempt.Err(), context.DeadlineExceeded) && ctx.Err() == nil {
			err = fmt.Errorf("no answer within %s (request_timeout): %w", l.timeout, err)
		}
		release()
		return nil, err
	}
	if resp.StatusCode < http.StatusOK {
		// The transport ends every other body with the attempt's context. It does not end that of a connection that was switched
		// to another protocol, so that reading it might never end.
		_ = resp.Body.Close()
		release()
		return nil, &unreadableError{status: resp.StatusCode, reason: fmt.Sprintf("the answer is %d %s, which no request asked for",
			resp.StatusCode, http.StatusText(resp.StatusCode))}
	}
	resp.Body = &releasingBody{ReadCloser: resp.Body, release: release}
	if answer := l.holds(ctx, resp); answer != nil {
		l.pause(answer)
	}
	return resp, nil
}

// pause holds every attempt back for as long as an answer has asked for.
func (l *limiter) pause(answer *Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if resumes := time.Now().Add(answer.RetryAfter); resumes.After(l.resumes) {
		l.resumes, l.pausedBy = resumes, answer
	}
}

// acquire waits until no pause is left and there is a slot. Attempts that wait for the end of a pause do not all continue at once.
func (l *limiter) acquire(ctx context.Context) error {
	for {
		l.mu.Lock()
		wait, answer := time.Until(l.resumes), l.pausedBy
		l.mu.Unlock()
		if wait <= 0 {
			break
		}
		if err := sleep(ctx, wait+time.Duration(l.jitter()*float64(wait)/10)); err != nil {
			return &heldError{answer: answer, cause: err}
		}
	}
	select {
	case l.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// releasingBody gives its slot back when it is closed.
type releasingBody struct {
	io.ReadCloser
	release func()
}

// Close implements [io.Closer].
func (b *releasingBody) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}
