package voltage

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
)

// exchange is one call with its attempts, which follow one another, so that it needs no lock.
type exchange struct {
	call     call
	attempts int
	// last is how the last attempt ended that the caller did not cut off; nil before the first one has ended.
	last *Error
	// handled says that an answer was read to its end, so that refused, or else success, is the result.
	handled bool
	refused error
}

type exchangeKey struct{}

// exchangeOf returns the exchange that a request belongs to. A request that was not made by do gets one of its own.
func exchangeOf(ctx context.Context) *exchange {
	if x, ok := ctx.Value(exchangeKey{}).(*exchange); ok {
		return x
	}
	return &exchange{}
}

// remember keeps how an attempt ended: the wait for the next one can be cut short, and then this is what the API said last.
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

// interrupted is the error of a call whose context ended. It has the status and the words of the last attempt that was answered, since
// those say why there was no time left.
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

// heldError is the end of a request that was never sent, because the API had asked all requests to wait.
type heldError struct {
	// answer is what asked for it.
	answer *Error
	cause  error
}

// Error implements error.
func (e *heldError) Error() string {
	return "the API has asked for a pause (" + e.answer.Error() + "): " + e.cause.Error()
}

// Unwrap returns the context's error.
func (e *heldError) Unwrap() error { return e.cause }

// peek reads the beginning of an answer's body, which can then be read again. It is longer than maxErrorBody where the body is.
func peek(resp *http.Response) []byte {
	content, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody+1))
	resp.Body = struct {
		io.Reader
		io.Closer
	}{bytes.NewReader(content), resp.Body}
	return content
}
