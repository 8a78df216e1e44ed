package voltage

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// maxFailedReads is the number of failed reads in a row that ends a wait. The client has already retried each of them, unless the answer
// was a proxy's page or a redirect, which are not retried.
const maxFailedReads = 3

// Wait describes one wait for something that the API does after it has accepted a request.
type Wait[T any] struct {
	// For completes the phrase "waiting for" in an error: "the wallet to become active".
	For string
	// Read reads the object once. For an object that does not exist, it returns a value such as nil, not an error.
	Read func(context.Context) (T, error)
	// Done reports whether the wait has reached its goal. An error ends the wait, because the goal cannot be reached. The wait continues in
	// a state that Done does not know.
	Done func(value T) (bool, error)
	// Describe describes value for an error: "status generating".
	Describe func(value T) string

	// gone says that the wait is for the end of an object. A list that lacks the object does not end such a wait.
	gone bool
}

// DeadlineError reports that a wait timed out or was interrupted.
type DeadlineError struct {
	For      string
	Waited   time.Duration
	LastSeen string // empty if no read succeeded
	// LastError is the failure of the last read, or nil. It is not part of the error's chain, since it says nothing about the request that
	// the wait is about.
	LastError error
	// Interrupted says that the caller cancelled the wait before the timeout expired.
	Interrupted bool

	cause error
}

// Error implements error.
func (e *DeadlineError) Error() string {
	seen := "nothing could be read"
	if e.LastSeen != "" {
		seen = "last seen: " + e.LastSeen
	}
	if e.LastError != nil {
		seen += "; the last read failed: " + e.LastError.Error()
	}
	waited := e.Waited.Round(time.Millisecond)
	if e.Interrupted {
		return fmt.Sprintf("interrupted after waiting %s for %s; %s", waited, e.For, seen)
	}
	return fmt.Sprintf("timed out after %s waiting for %s; %s", waited, e.For, seen)
}

// Unwrap returns the context's error.
func (e *DeadlineError) Unwrap() error { return e.cause }

// Poll reads until the wait is over. The first read is immediate. The pause before each further read is a quarter of the time already
// waited, between Pace.PollMin and Pace.PollMax. So Poll notices the end with a small delay, compared to the length of the wait. After a
// failed read, the pause is at least the pause between two attempts of a request. The deadline of ctx is the timeout. Poll returns the last
// value that it read. The error is a *DeadlineError, the error of Done, the API's refusal of a read, or the last of too many failed reads
// in a row.
func Poll[T any](ctx context.Context, c *Client, wait Wait[T]) (T, error) {
	var (
		start  = time.Now()
		last   T
		seen   string
		failed int
		fault  error // of the last read
	)
	for {
		value, err := wait.Read(ctx)
		switch {
		case err == nil:
			failed, fault = 0, nil
			last, seen = value, wait.Describe(value)
			if done, err := wait.Done(value); done || err != nil {
				return value, err
			}
		case ctx.Err() != nil:
			if wasAnswered(err) {
				fault = err
			}
		case isFinal(err):
			return last, err
		default:
			fault = err
			if failed++; failed >= maxFailedReads {
				return last, fmt.Errorf("gave up waiting for %s after %d failed reads: %w", wait.For, failed, err)
			}
		}
		waited := time.Since(start)
		pause := min(max(waited/4, c.pace.PollMin), c.pace.PollMax)
		if failed > 0 {
			pause = max(pause, c.backoff(c.pace.RetryMin, c.pace.RetryMax, failed-1, nil))
		}
		if err := sleep(ctx, pause*9/10+time.Duration(c.pace.Jitter()*float64(pause)/5)); err != nil {
			return last, &DeadlineError{
				For: wait.For, Waited: time.Since(start), LastSeen: seen, LastError: fault,
				Interrupted: !errors.Is(err, context.DeadlineExceeded), cause: err,
			}
		}
	}
}

// wasAnswered reports whether the error of a read contains an answer.
func wasAnswered(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status != 0
}

// sleep waits, or returns the context's error as soon as it is done.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
