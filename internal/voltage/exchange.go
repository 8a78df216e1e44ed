package voltage

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
)

// exchange is one call with its attempts. It needs no lock, since the attempts follow one another.
type exchange struct {
	call     call
	attempts int
	// last is the failure of the last attempt that the caller did not cut off. It is nil before the first attempt has ended.
	last *Error
	// handled says that a complete answer was read. Then refused is the result of the call, and nil means success.
	handled bool
	refused error
}

type exchangeKey struct{}

// exchangeOf returns the exchange that a request belongs to. A request that do has not made gets an exchange of its own.
func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{}
}

// remember keeps the failure of an attempt. If the wait for the next attempt is interrupted, this is the last answer of the API.
func (c *Client) remember(ctx context.Context, resp *http.Response, err error) {
	x := exchangeOf(ctx)
	held := (*heldError)(nil)
	switch {
	case errors.As(err, &held):
		x.last = held.answer
	case err != nil && ctx.Err() == nil:
		x.last = c.failure(x.call, err)
	case err == nil && isRetryable(resp.StatusCode):
		x.last = c.answered(x.call, resp)
	}
}

// interrupted returns the error for a call whose context ended. It has the status and the text of the last answered attempt, since they
// explain why no time was left.
func (c *Client) interrupted(x *exchange, err error) *Error {
	if x.last == nil {
		result := c.failure(x.call, err)
		if errors.Is(err, context.DeadlineExceeded) {
			result.Detail = "no answer came before the operation timed out: " + result.Detail
		}
		return result
	}
	result := *x.last
	result.Method, result.Path, result.cause = x.call.method, x.call.path, err
	reason := "the operation was interrupted before another attempt"
	if errors.Is(err, context.DeadlineExceeded) {
		reason = "the operation timed out before another attempt could be answered"
	}
	if result.RetryAfter > 0 {
		reason += " (the API asked for a pause of " + result.RetryAfter.String() + ")"
	}
	result.Detail = strings.TrimSuffix(result.Detail, ".") + "; " + reason
	return &result
}

// heldError reports that a request was never sent, because the API had asked for a pause of all requests.
type heldError struct {
	// answer is the answer that asked for the pause.
	answer *Error
	cause  error
}

// Error implements error.
func (e *heldError) Error() string {
	return "the API has asked for a pause (" + e.answer.Error() + "): " + e.cause.Error()
}

// Unwrap returns the context's error.
func (e *heldError) Unwrap() error { return e.cause }

// peek reads the beginning of an answer's body, and leaves the body readable from its start. If the body is longer than maxErrorBody, the
// result is longer, too.
func peek(resp *http.Response) []byte {
	content, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody+1))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(content), resp.Body}
	return content
}
