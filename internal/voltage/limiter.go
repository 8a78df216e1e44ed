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

// maxInFlight is the largest number of concurrent requests of one client. Terraform's default parallelism is 10.
const maxInFlight = 64

// limiter is the transport of every attempt of a request. It limits the number of concurrent attempts. If the API has asked one attempt for
// a pause, every attempt waits. It also ends each attempt after a timeout, which begins when the attempt has its slot.
type limiter struct {
	next    http.RoundTripper
	timeout time.Duration
	// holds returns an answer that asks for a pause as an error, and nil for other answers.
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

// holds returns an answer that asks for a pause as an error, and nil for other answers.
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
		// The context of the attempt ends every other body. It does not end the body of a connection that was switched to another protocol,
		// so reading that body might never end.
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

// pause makes every attempt wait for as long as an answer has asked for.
func (l *limiter) pause(answer *Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if resumes := time.Now().Add(answer.RetryAfter); resumes.After(l.resumes) {
		l.resumes, l.pausedBy = resumes, answer
	}
}

// acquire waits for the end of a pause and for a slot. The waits differ in length, so that the attempts do not all continue at once after a
// pause.
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

// releasingBody releases its slot when it is closed.
type releasingBody struct {
	io.ReadCloser
	release func()
}

// Close implements [io.Closer].
func (b *releasingBody) Close() error {
	defer b.release()
	return b.ReadCloser.Close()
}
