package voltage

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// maxFailedReads is how many reads in a row may fail before a wait is given up. The client's own retries have already tried each
// again, unless its answer was one that they do not repeat: a proxy's page, or a redirect.
const maxFailedReads = 3

// Wait describes one wait for something that the API does after it has accepted a request.
type Wait[T any] struct {
	// For says what is waited for, in the words of an error: "the wallet to become active".
	For string
	// Read reads the object once. An object that is not there is a value (nil, say), not an error.
	Read func(context.Context) (T, error)
	// Done reports whether value is what is waited for. An error ends the wait: what is waited for will not come.
	// A state that Done does not know is waited through.
	Done func(value T) (bool, error)
	// Describe says what value shows, in the words of an error: "status generating".
	Describe func(value T) string

	// gone says that Done is for an object that no longer exists, so that a list that lacks it says nothing.
	gone bool
}

// DeadlineError is the end of a wait whose time was up, or that was interrupted.
type DeadlineError struct {
	For      string
	Waited   time.Duration
	LastSeen string // empty: nothing was ever read
	// LastError is the failure of the last read, nil where it succeeded. It is not part of the error's chain: it says nothing about
	// the request that is waited for.
	LastError error
	// Interrupted says that the caller cancelled the wait before its time was up.
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

// Poll reads until the wait is over: at once, then at intervals that grow with the time already waited (a quarter of
// it, between Pace.PollMin and Pace.PollMax), so that little is lost after the API is done, however long it takes.
// After a read that failed the pause is at least that between the attempts of a request. The deadline is the context's. It returns the
// last value read, and a *DeadlineError, the error of Done, the API's own refusal of a read, or the last of too many failures in a row.
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

// wasAnswered reports whether the error of a read has an answer in it.
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
