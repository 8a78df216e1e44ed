package voltage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// UncertainError reports a request that the API may or may not have carried out.
type UncertainError struct {
	cause error
}

// Error implements error.
func (e *UncertainError) Error() string {
	return fmt.Sprintf("the request may or may not have been carried out: %s", e.cause)
}

// Unwrap returns the error of the request, or of the read that should have settled it.
func (e *UncertainError) Unwrap() error { return e.cause }

// createRequest is a request that must not be carried out twice.
type createRequest struct {
	call call
	// read reads the ID of the request. If IsNotFound is true for its error, the ID is unused.
	read func(context.Context) error
	// conflict says that the API answers 409 to an ID that was used before.
	conflict bool
	// ownID says that the user chose the ID. Then a 409 to the first attempt is an error: the ID belongs to an object that this request has
	// not made.
	ownID bool
	// resend allows the request to be sent again, with the same ID, once reads have shown that the ID is unused.
	resend bool
}

// create sends a request that makes an object. After a doubtful answer it reads the ID. If the ID exists, the request has succeeded. If the
// ID does not exist within Pace.Settle, the request may be sent again. Nil means that the API has accepted the object. An *Error means that
// the API has refused it and nothing was made. An *UncertainError means that neither is certain.
//
// The API has no idempotency keys other than these IDs (behaviour.md: "After a lost answer, read the ID before sending again").
func (c *Client) create(ctx context.Context, request createRequest) error {
	doubt := false // whether an attempt so far may have been carried out
	for attempt := 0; ; attempt++ {
		err := c.do(ctx, request.call)
		answered := time.Now() // Retry-After counts from here, and the reads below take a part of that time
		if err == nil || request.conflict && isStatus(err, http.StatusConflict) && (doubt || !request.ownID) {
			return nil // an earlier attempt of this request has used the ID
		}
		if !doubt && !IsDoubtful(err) {
			if isFinal(err) {
				return err
			}
			// A proxy has answered instead of the API, perhaps after the API has accepted the request. The work can take longer than the reads, so
			// an unknown ID proves nothing.
			readErr := c.settleCreation(ctx, err, request.read)
			switch {
			case readErr == nil:
				return nil
			case turnedAway(err):
				return err
			case IsNotFound(readErr):
				return &UncertainError{cause: err}
			}
			return &UncertainError{cause: errors.Join(err, readErr)}
		}
		limited := isStatus(err, http.StatusTooManyRequests) // then nothing was done
		doubt = doubt || !limited
		// A later attempt can be refused because an earlier one was carried out, so the ID is read after a refusal, too.
		switch readErr := c.settleCreation(ctx, err, request.read); {
		case readErr == nil:
			return nil
		case !IsNotFound(readErr):
			return &UncertainError{cause: errors.Join(err, readErr)}
		case !request.resend || attempt >= c.retries || !IsDoubtful(err):
			if doubt {
				return &UncertainError{cause: err}
			}
			return err
		}
		if sleepErr := sleep(ctx, c.pauseAfter(err, attempt)-time.Since(answered)); sleepErr != nil {
			return &UncertainError{cause: errors.Join(err, sleepErr)}
		}
	}
}

// pauseAfter returns how long to wait after an attempt that ended with err. Attempts count from 0.
func (c *Client) pauseAfter(err error, attempt int) time.Duration {
	var answer *Error
	if errors.As(err, &answer) && answer.RetryAfter > 0 {
		return answer.RetryAfter
	}
	return c.backoff(c.pace.RetryMin, c.pace.RetryMax, attempt, nil)
}

// turnedAway reports whether err is an answer that shows that the request never reached the API: a redirect, or missing credentials.
func turnedAway(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status < http.StatusBadRequest ||
		e.Status == http.StatusUnauthorized || e.Status == http.StatusProxyAuthRequired)
}

// settleCreation reads the ID of a creation that got a doubtful answer. It ignores the answers of a proxy, which say nothing about the ID.
func (c *Client) settleCreation(ctx context.Context, after error, read func(context.Context) error) error {
	if isStatus(after, http.StatusTooManyRequests) {
		return c.survive(ctx, read) // nothing was done, so nothing can become visible later
	}
	_, err := settle(ctx, c, c.pace.Settle, func(ctx context.Context) (struct{}, error) { return struct{}{}, c.survive(ctx, read) })
	return err
}

// survive repeats a read after an answer that did not come from the API. The client's own retries do not do that.
func (c *Client) survive(ctx context.Context, read func(context.Context) error) error {
	for failed := 0; ; failed++ {
		err := read(ctx)
		if err == nil || IsDoubtful(err) || isFinal(err) || failed+1 >= maxFailedReads {
			return err
		}
		if sleep(ctx, c.backoff(c.pace.RetryMin, c.pace.RetryMax, failed, nil)) != nil {
			return err
		}
	}
}
