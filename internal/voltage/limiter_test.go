package voltage

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// roundTrip is a transport made of a function.
type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

func (c *Client) testLimiter(timeout time.Duration, next roundTrip) *http.Client {
	return &http.Client{Transport: newLimiter(next, timeout, c.holds, rand.Float64)}
}

func reply(status int, retryAfter string) *http.Response {
	resp := &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("{}"))}
	if retryAfter != "" {
		resp.Header.Set("Retry-After", retryAfter)
	}
	return resp
}

func get(t *testing.T, client *http.Client) error {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://api.example", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err == nil {
		err = resp.Body.Close()
	}
	return err
}

// TestLimiterHoldsAll: if one answer asks for a pause, every request of the client waits.
func TestLimiterHoldsAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var count atomic.Int64
		client := clock().testLimiter(time.Second, func(*http.Request) (*http.Response, error) {
			if count.Add(1) == 1 {
				return reply(429, "30"), nil
			}
			return reply(200, ""), nil
		})
		if err := get(t, client); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		var wg sync.WaitGroup
		for range 5 {
			wg.Go(func() {
				if err := get(t, client); err != nil || time.Since(start) < 30*time.Second || time.Since(start) > 40*time.Second {
					t.Errorf("%v after %s", err, time.Since(start))
				}
			})
		}
		wg.Wait()
		count.Store(0)
		if err := get(t, client); err != nil { // pauses again
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://api.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Do(req); !errors.Is(err, context.DeadlineExceeded) || count.Load() != 1 {
			t.Errorf("an interrupted request: %v", err)
		}
	})
}

// TestLimiterBounds: the number of concurrent requests is limited until the answers are closed.
func TestLimiterBounds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int64
		client := clock().testLimiter(time.Minute, func(*http.Request) (*http.Response, error) {
			most.Store(max(most.Load(), now.Add(1)))
			time.Sleep(time.Second)
			now.Add(-1)
			return reply(200, ""), nil
		})
		start := time.Now()
		var wg sync.WaitGroup
		for range 2 * maxInFlight {
			wg.Go(func() {
				if err := get(t, client); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if most.Load() != maxInFlight || time.Since(start) != 2*time.Second {
			t.Errorf("%d at once, %s in all", most.Load(), time.Since(start))
		}
	})
}

// TestLimiterTimesOut: the timeout of an attempt begins when it has its slot, and a failure releases the slot.
func TestLimiterTimesOut(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := clock().testLimiter(time.Second, func(req *http.Request) (*http.Response, error) {
			<-req.Context().Done()
			return nil, req.Context().Err()
		})
		for range 2 * maxInFlight {
			start := time.Now()
			if err := get(t, client); err == nil || !strings.Contains(err.Error(), "no answer within 1s (request_timeout)") ||
				time.Since(start) != time.Second {
				t.Fatalf("%v after %s", err, time.Since(start))
			}
		}
	})
}
