package voltage

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// clock makes a client whose waits use virtual time.
func clock() *Client {
	return &Client{pace: Pace{}.withDefaults(), redact: func(text string) string { return text }}
}

func statusWait(read func(context.Context) (string, error)) Wait[string] {
	return Wait[string]{
		For:  "the payment to complete",
		Read: read,
		Done: func(status string) (bool, error) {
			switch status {
			case "completed":
				return true, nil
			case "failed":
				return false, errors.New("the payment failed")
			}
			return false, nil
		},
		Describe: func(status string) string { return "status " + status },
	}
}

func TestPollReadsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		got, err := Poll(t.Context(), clock(), statusWait(func(context.Context) (string, error) { return "completed", nil }))
		if got != "completed" || err != nil || time.Since(start) != 0 {
			t.Errorf("got %q, %v after %s", got, err, time.Since(start))
		}
	})
}

// TestPollIsPrompt: the delay of a wait is small compared to the time of the API, and the wait needs few reads.
func TestPollIsPrompt(t *testing.T) {
	t.Parallel()
	for _, took := range []time.Duration{100 * time.Millisecond, time.Second, 10 * time.Second, 2 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			reads := 0
			_, err := Poll(t.Context(), clock(), statusWait(func(context.Context) (string, error) {
				reads++
				if time.Since(start) < took {
					return "an unheard-of status", nil
				}
				return "completed", nil
			}))
			late := time.Since(start) - took
			if err != nil || late > max(took*3/10, 60*time.Millisecond) || late > 2200*time.Millisecond {
				t.Errorf("%s late after %s: %v", late, took, err)
			}
			if most := 24 + int(took/(1800*time.Millisecond)); reads > most {
				t.Errorf("%d reads in %s, want %d at most", reads, took, most)
			}
		})
	}
}

func TestPollFailureEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, err := Poll(t.Context(), clock(), statusWait(func(context.Context) (string, error) { return "failed", nil }))
		if err == nil || err.Error() != "the payment failed" {
			t.Errorf("got %v", err)
		}
	})
}

func TestPollDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		_, err := Poll(ctx, clock(), statusWait(func(context.Context) (string, error) { return "sending", nil }))
		var deadline *DeadlineError
		if !errors.As(err, &deadline) || deadline.Interrupted || !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
		if want := "timed out after 1m30s waiting for the payment to complete; last seen: status sending"; err.Error() != want {
			t.Errorf("got %q, want %q", err, want)
		}
	})
}

func TestPollInterrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(3*time.Second, cancel)
		start := time.Now()
		_, err := Poll(ctx, clock(), statusWait(func(context.Context) (string, error) { return "sending", nil }))
		var deadline *DeadlineError
		if !errors.As(err, &deadline) || !deadline.Interrupted || !strings.Contains(err.Error(), "interrupted after waiting 3s") {
			t.Errorf("got %v", err)
		}
		if time.Since(start) != 3*time.Second {
			t.Errorf("continued for %s", time.Since(start))
		}
	})
}

func TestPollFailedReads(t *testing.T) {
	t.Parallel()
	trouble := &Error{Status: 503, Detail: "later"}
	refused := &Error{Status: 403, Type: "access_rights", Detail: "no"}
	page := &Error{Status: 404, Detail: "the answer is not the API's (text/html); a proxy may have given it"}
	denied := &Error{Status: 403, Detail: "the answer has no body"}
	redirect := &Error{Status: 302, Detail: "the answer is a redirect"}
	for name, test := range map[string]struct {
		results []any // a status or an error
		want    string
		reads   int
	}{
		"two in a row pass":     {[]any{trouble, trouble, "completed"}, "", 3},
		"not in a row pass":     {[]any{trouble, trouble, "sending", trouble, trouble, "completed"}, "", 6},
		"three in a row end it": {[]any{"sending", trouble, trouble, trouble, "completed"}, "3 failed reads", 4},
		"a proxy's pages pass":  {[]any{page, denied, "sending", redirect, page, "completed"}, "", 6},
		"three pages end it":    {[]any{page, denied, redirect, "completed"}, "is a redirect", 3},
		"a refusal ends it":     {[]any{refused, "completed"}, "access_rights", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				reads := 0
				_, err := Poll(t.Context(), clock(), statusWait(func(context.Context) (string, error) {
					result := test.results[reads]
					reads++
					if err, ok := result.(error); ok {
						return "", err
					}
					return result.(string), nil
				}))
				if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
					t.Errorf("got %v", err)
				}
				if reads != test.reads {
					t.Errorf("%d reads, want %d", reads, test.reads)
				}
			})
		})
	}
}

// TestPollSparesATroubledAPI: after a failed read, the pause is at least as long as between the attempts of a request, so that a short
// outage does not use up all reads.
func TestPollSparesATroubledAPI(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := Poll(t.Context(), clock(), statusWait(func(context.Context) (string, error) {
			if time.Since(start) < time.Second {
				return "", &Error{Status: 404, Detail: "a proxy's page"}
			}
			return "completed", nil
		}))
		if err != nil {
			t.Errorf("after %s: %v", time.Since(start), err)
		}
	})
}

// TestPollLateness checks that a wait takes at most a fifth longer than the API, at the median of times within a twentieth of each
// duration. It uses virtual time, so only the pauses between reads count.
func TestPollLateness(t *testing.T) {
	t.Parallel()
	for _, around := range []time.Duration{0, 100 * time.Millisecond, 300 * time.Millisecond, time.Second, 3 * time.Second, 10 * time.Second} {
		var lates []float64
		most := 0
		synctest.Test(t, func(t *testing.T) {
			for i := range 101 {
				took := around * time.Duration(950+i) / 1000
				start, reads := time.Now(), 0
				_, err := Poll(t.Context(), clock(), statusWait(func(context.Context) (string, error) {
					if reads++; time.Since(start) < took {
						return "generating", nil
					}
					return "completed", nil
				}))
				if err != nil {
					t.Fatal(err)
				}
				lates, most = append(lates, float64(time.Since(start)-took)/float64(max(took, 1))), max(most, reads)
			}
		})
		slices.Sort(lates)
		median := lates[len(lates)/2]
		t.Logf("done after %s: seen %.3f of that later, with at most %d reads", around, median, most)
		if median >= 0.2 {
			t.Errorf("done after %s: seen %.2f of that later", around, median)
		}
	}
}
