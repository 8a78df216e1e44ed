package voltage

import (
	"context"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// newRetryable wraps an HTTP client with the rules for retries.
func (c *Client) newRetryable(plain *http.Client, retries int) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   plain,
		RetryMax:     retries,
		RetryWaitMin: c.pace.RetryMin,
		RetryWaitMax: c.pace.RetryMax,
		CheckRetry:   c.checkRetry,
		Backoff:      c.backoff,
		// The result of the last attempt is more useful than the number of attempts.
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// checkRetry allows a retry after transport errors, unreadable answers, 408, 429 and 5xx.
func (c *Client) checkRetry(ctx context.Context, resp *http.Response, err error) (bool, error) {
	c.remember(ctx, resp, err)
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	if err != nil {
		// Permanent errors, such as a certificate that does not match, are not retried.
		return retryablehttp.ErrorPropagatedRetryPolicy(ctx, nil, err)
	}
	return isRetryable(resp.StatusCode), nil
}

// isRetryable reports whether a later attempt can get another status.
func isRetryable(status int) bool {
	return status == http.StatusRequestTimeout || status == http.StatusTooManyRequests || status >= http.StatusInternalServerError
}

// backoff returns the time until the next attempt: the pause of Retry-After, up to the cap, or an exponential backoff. It adds up to a
// fifth at random, so that many callers do not continue at the same time.
func (c *Client) backoff(shortest, longest time.Duration, attempt int, resp *http.Response) time.Duration {
	wait := c.capped(retryablehttp.DefaultBackoff(shortest, longest, attempt, resp))
	return wait + time.Duration(c.pace.Jitter()*float64(wait)/5)
}

// retryAfter returns the pause that a 429 or 503 asks for, up to the cap, or 0.
func (c *Client) retryAfter(resp *http.Response) time.Duration {
	return c.capped(retryablehttp.DefaultBackoff(0, 0, 0, resp))
}

// capped limits the pause that a server can ask for. A number of seconds that overflows is below zero.
func (c *Client) capped(wait time.Duration) time.Duration {
	if wait < 0 || wait > c.pace.RetryAfterMax {
		return c.pace.RetryAfterMax
	}
	return wait
}
