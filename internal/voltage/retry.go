package voltage

import (
	"context"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// newRetryable wraps an HTTP client in the rules of when a request is sent again.
func (c *Client) newRetryable(plain *http.Client, retries int) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   plain,
		RetryMax:     retries,
		RetryWaitMin: c.pace.RetryMin,
		RetryWaitMax: c.pace.RetryMax,
		CheckRetry:   c.checkRetry,
		Backoff:      c.backoff,
		// What the last attempt brought is more useful than a count of attempts.
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// checkRetry says yes to transport errors, answers that could not be read, 408, 429 and 5xx.
func (c *Client) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	c.remember(ctx, resp, err)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		// Everything but what cannot get better, such as a certificate that does not match.
		return retryablehttp.ErrorPropagatedRetryPolicy(ctx, nil, err)
	}
	return isRetryable(resp.StatusCode), nil
}

// isRetryable reports whether a later attempt can be answered with another status.
func isRetryable(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= http.StatusInternalServerError
}

// backoff is the time until the next attempt: what Retry-After asks for, up to the cap, or an exponential backoff.
// Both get up to a fifth on top, so that many callers do not come back at once.
func (c *Client) backoff(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	wait := c.capped(retryablehttp.DefaultBackoff(shortest, longest, attempt, resp))
	return wait + time.Duration(c.pace.Jitter()*float64(wait)/5)
}

// retryAfter is what a 429 or 503 asks for, up to the cap, and 0 if it asks for nothing.
func (c *Client) retryAfter(resp *http.Response) time.Duration {
	return c.capped(retryablehttp.DefaultBackoff(0, 0, 0, resp))
}

// capped bounds what a server can ask for. A number of seconds that overflows comes out below zero.
func (c *Client) capped(wait time.Duration) time.Duration {
	if wait < 0 || wait > c.pace.RetryAfterMax {
		return c.pace.RetryAfterMax
	}
	return wait
}
