package voltage

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

// maxFailedReads is how many reads in a row may fail before a wait is given up. Each was already tried again by the
// client's own retries.
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

	// gone says that Done is for an object that is there no more, which no list is believed in.
	gone bool
}

// DeadlineError is the end of a wait whose time was up, or that was interrupted.
type DeadlineError struct {
	For      string
	Waited   time.Duration
	LastSeen string // empty: nothing was ever read
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
	if e.Interrupted {
		return fmt.Sprintf("interrupted after waiting %s for %s; %s", e.Waited.Round(time.Millisecond), e.For, seen)
	}
	return fmt.Sprintf("waited %s for %s in vain; %s", e.Waited.Round(time.Millisecond), e.For, seen)
}

// Unwrap returns the context's error.
func (e *DeadlineError) Unwrap() error { return e.cause }

// Poll reads until the wait is over: at once, then at intervals that grow with the time already waited (a quarter of
// it, between Pace.PollMin and Pace.PollMax), so that little is lost after the API is done, however long it takes.
// The deadline is the context's. It returns the last value read, and a *DeadlineError, the error of Done, or the error
// of a read that failed for good or too often in a row.
func Poll[T any](ctx context.Context, c *Client, wait Wait[T]) (T, error) {
	var (
		start  = time.Now()
		last   T
		seen   string
		failed int
	)
	for {
		value, err := wait.Read(ctx)
		switch {
		case err == nil:
			failed = 0
			last, seen = value, wait.Describe(value)
			if done, err := wait.Done(value); done || err != nil {
				return value, err
			}
		case ctx.Err() != nil:
		case !IsDoubtful(err):
			return last, err
		default:
			if failed++; failed >= maxFailedReads {
				return last, fmt.Errorf("gave up waiting for %s after %d failed reads: %w", wait.For, failed, err)
			}
		}
		waited := time.Since(start)
		pause := min(max(waited/4, c.pace.PollMin), c.pace.PollMax)
		if err := sleep(ctx, pause*9/10+time.Duration(rand.Float64()*float64(pause)/5)); err != nil { //nolint:gosec // jitter needs no secrecy
			return last, &DeadlineError{
				For: wait.For, Waited: time.Since(start), LastSeen: seen,
				Interrupted: !errors.Is(err, context.DeadlineExceeded), cause: err,
			}
		}
	}
}

// sleep waits, or returns the context's error as soon as it is done.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err() //nolint:wrapcheck // the caller wraps it
	case <-timer.C:
		return nil
	}
}
