package voltage

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestDeleteAndWait: an object that stays after a 404 is asked to be deleted again; any other answer is believed.
func TestDeleteAndWait(t *testing.T) {
	t.Parallel()
	notFound, refused, failed := &Error{Status: 404, Type: "not_found"}, &Error{Status: 400, Type: "wallet_not_empty"},
		errors.New("the deletion failed")
	for name, test := range map[string]struct {
		answers []error                    // to each request
		there   func(asked, read int) bool // after so many requests, and reads since the last
		done    error
		want    error
		asked   int
	}{
		"accepted":                     {[]error{nil}, func(_, read int) bool { return read < 3 }, nil, nil, 1},
		"accepted, after long":         {[]error{nil}, func(_, read int) bool { return read < 30 }, nil, nil, 1},
		"refused":                      {[]error{refused}, nil, nil, refused, 1},
		"gone already":                 {[]error{notFound}, func(int, int) bool { return false }, nil, nil, 1},
		"404 that lags":                {[]error{notFound, nil}, func(asked, _ int) bool { return asked < 2 }, nil, nil, 2},
		"404 that lags more than once": {[]error{notFound, notFound, nil}, func(asked, _ int) bool { return asked < 3 }, nil, nil, 3},
		"404, and an answer that is lost": {[]error{notFound, notFound}, func(asked, read int) bool {
			return asked < 2 || read < 2
		}, nil, nil, 2},
		"404, and the deletion failed": {[]error{notFound}, func(int, int) bool { return true }, failed, failed, 1},
		"404, then refused":            {[]error{notFound, refused}, func(int, int) bool { return true }, nil, refused, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := &Client{pace: Pace{PollMin: 20 * time.Millisecond, PollMax: 2 * time.Second, Settle: 3 * time.Second}}
				asked, read := 0, 0
				err := DeleteAndWait(t.Context(), c, walletRef, func(context.Context, Ref) error {
					asked++
					read = 0
					return test.answers[asked-1]
				}, func(ctx context.Context, _ Ref, wait Wait[bool]) (bool, error) {
					if !wait.gone {
						t.Error("a list could be believed that it is gone")
					}
					return Poll(ctx, c, wait)
				}, Wait[bool]{
					For: "it to be gone",
					Read: func(context.Context) (bool, error) {
						read++
						return test.there(asked, read), nil
					},
					Done:     func(there bool) (bool, error) { return !there, test.done },
					Describe: func(bool) string { return "" },
				})
				if !errors.Is(err, test.want) || asked != test.asked {
					t.Errorf("asked %d times, error %v; want %d and %v", asked, err, test.asked, test.want)
				}
			})
		})
	}
}

// TestDeleteAndWait_deadline: an API that goes on with its 404s and with the object ends the wait at its deadline.
func TestDeleteAndWait_deadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &Client{pace: Pace{PollMin: 20 * time.Millisecond, PollMax: 2 * time.Second, Settle: 3 * time.Second}}
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		asked := 0
		err := DeleteAndWait(ctx, c, walletRef, func(context.Context, Ref) error {
			asked++
			return &Error{Status: 404, Type: "not_found"}
		}, func(ctx context.Context, _ Ref, wait Wait[bool]) (bool, error) { return Poll(ctx, c, wait) }, Wait[bool]{
			For:  "it to be gone",
			Read: func(context.Context) (bool, error) { return true, nil }, Done: func(there bool) (bool, error) { return !there, nil },
			Describe: func(bool) string { return "there" },
		})
		if deadline := (*DeadlineError)(nil); !errors.As(err, &deadline) || deadline.LastSeen != "there" || asked < 4 || asked > 7 {
			t.Errorf("asked %d times, error %v", asked, err)
		}
	})
}
