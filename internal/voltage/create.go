package voltage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// UncertainError is a creation of which nobody can say whether the API has carried it out.
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
	// read reads the ID that the request carries; IsNotFound of its error means that the ID is unused.
	read func(context.Context) error
	// conflict says that the API answers 409 to an ID that was used before.
	conflict bool
	// ownID says that the user chose the ID: a 409 to the first attempt is then about somebody else's object, and an error.
	ownID bool
	// resend allows the request to be sent again, with the same ID, once reads have shown that the ID is unused.
	resend bool
}

// create sends a request that makes an object. After a doubtful answer the ID is read before anything is concluded: where it exists,
// the request has succeeded; where it stays absent for Pace.Settle, the request may be sent again. Nil means that the API
// has accepted the object; an *Error that it refused it and nothing was made; an *UncertainError that neither is known.
//
// IDs are the API's only idempotency (behaviour.md: "After a lost answer, read the ID before sending again").
func (c *Client) create(ctx context.Context, request createRequest) error {
	doubt := false // whether an attempt so far may have been carried out
	for attempt := 0; ; attempt++ {
		err := c.do(ctx, request.call)
		answered := time.Now() // from when on Retry-After counts; the reads below take a part of it
		if err == nil || request.conflict && isStatus(err, http.StatusConflict) && (doubt || !request.ownID) {
			return nil // an ID that was used before was used by an earlier attempt of ours
		}
		if !doubt && !IsDoubtful(err) {
			if isFinal(err) {
				return err
			}
			// Something between here and the API has answered in its place, perhaps after the API has carried the request out.
			readErr := c.settleCreation(ctx, err, request.read)
			switch {
			case readErr == nil:
				return nil
			case IsNotFound(readErr), turnedAway(err):
				return err
			}
			return &UncertainError{cause: errors.Join(err, readErr)}
		}
		limited := isStatus(err, http.StatusTooManyRequests) // and nothing was done
		doubt = doubt || !limited
		// A later attempt can be refused because an earlier one was carried out after all: read then, too.
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

// pauseAfter is how long to wait after an attempt, counted from 0, that ended with err.
func (c *Client) pauseAfter(err error, attempt int) time.Duration {
	var answer *Error
	if errors.As(err, &answer) && answer.RetryAfter > 0 {
		return answer.RetryAfter
	}
	return c.backoff(c.pace.RetryMin, c.pace.RetryMax, attempt, nil)
}

// turnedAway reports whether err is an answer that nothing gives after a request was passed on to the API: a redirect, or missing
// credentials.
func turnedAway(err error) bool {
	var e *Error
	return errors.As(err, &e) && (e.Status < http.StatusBadRequest ||
		e.Status == http.StatusUnauthorized || e.Status == http.StatusProxyAuthRequired)
}

// settleCreation reads the ID of a creation that got a doubtful answer. What a proxy answers in between says nothing about the ID.
func (c *Client) settleCreation(ctx context.Context, after error, read func(context.Context) error) error {
	if isStatus(after, http.StatusTooManyRequests) {
		return c.survive(ctx, read) // nothing was done, and nothing can become visible later
	}
	_, err := settle(ctx, c, c.pace.Settle, func(ctx context.Context) (struct{}, error) { return struct{}{}, c.survive(ctx, read) })
	return err
}

// survive reads again after an answer that is not the API's own, which the client's retries do not repeat.
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
