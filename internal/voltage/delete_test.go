package voltage

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestDeleteAndWait: if an object still exists after a 404, the request is repeated. Any other refusal is an error, unless the object is
// deleted.
func TestDeleteAndWait(t *testing.T) {
	t.Parallel()
	notFound, refused, failed := &Error{Status: 404, Type: "not_found"}, &Error{Status: 400, Type: "wallet_not_empty"},
		errors.New("the deletion failed")
	unanswered := &Error{Detail: "connection refused"}
	for name, test := range map[string]struct {
		answers []error                    // to each request
		there   func(asked, read int) bool // arguments: number of requests, and of reads since the last request
		done    error
		want    error
		asked   int
		missing bool // whether the API found nothing to delete
	}{
		"accepted":                         {[]error{nil}, func(_, read int) bool { return read < 3 }, nil, nil, 1, false},
		"accepted, after long":             {[]error{nil}, func(_, read int) bool { return read < 30 }, nil, nil, 1, false},
		"refused":                          {[]error{refused}, func(int, int) bool { return true }, nil, refused, 1, false},
		"refused, since it is deleted":     {[]error{refused}, func(int, int) bool { return false }, nil, nil, 1, false},
		"no answer, although it is gone":   {[]error{unanswered}, func(int, int) bool { return false }, nil, unanswered, 1, false},
		"gone already":                     {[]error{notFound}, func(int, int) bool { return false }, nil, nil, 1, true},
		"404 that lags":                    {[]error{notFound, nil}, func(asked, _ int) bool { return asked < 2 }, nil, nil, 2, false},
		"404 that lags more than once":     {[]error{notFound, notFound, nil}, func(asked, _ int) bool { return asked < 3 }, nil, nil, 3, false},
		"404, while a read lags behind it": {[]error{notFound}, func(_, read int) bool { return read < 2 }, nil, nil, 1, false},
		"404, and an answer that is lost": {[]error{notFound, notFound}, func(asked, read int) bool {
			return asked < 2 || read < 2
		}, nil, nil, 2, false},
		"404, and the deletion failed": {[]error{notFound}, func(int, int) bool { return true }, failed, failed, 1, true},
		"404, then refused":            {[]error{notFound, refused}, func(int, int) bool { return true }, nil, refused, 2, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				c := clock()
				asked, read := 0, 0
				_, found, err := DeleteAndWait(t.Context(), c, walletRef, Deletion[bool]{
					Request: func(context.Context, Ref) error {
						asked++
						read = 0
						return test.answers[asked-1]
					},
					Poll: func(ctx context.Context, _ Ref, wait Wait[bool]) (bool, error) {
						if !wait.gone {
							t.Error("a list could be believed that it is gone")
						}
						return Poll(ctx, c, wait)
					},
					Deleted: func(there bool) bool { return !there },
					Gone: Wait[bool]{
						For: "it to be gone",
						Read: func(context.Context) (bool, error) {
							read++
							return test.there(asked, read), nil
						},
						Done:     func(there bool) (bool, error) { return !there, test.done },
						Describe: func(bool) string { return "" },
					},
				})
				if !errors.Is(err, test.want) || err == nil != (test.want == nil) || asked != test.asked || found == test.missing {
					t.Errorf("asked %d times, found %t, error %v; want %d, %t and %v", asked, found, err, test.asked, !test.missing, test.want)
				}
			})
		})
	}
}

// TestDeleteAndWait_deadline: if the API always answers 404 and still returns the object, the wait times out.
func TestDeleteAndWait_deadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := clock()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		asked := 0
		_, _, err := DeleteAndWait(ctx, c, walletRef, Deletion[bool]{
			Request: func(context.Context, Ref) error {
				asked++
				return &Error{Status: 404, Type: "not_found"}
			},
			Poll:    func(ctx context.Context, _ Ref, wait Wait[bool]) (bool, error) { return Poll(ctx, c, wait) },
			Deleted: func(there bool) bool { return !there },
			Gone: Wait[bool]{
				For:  "it to be gone",
				Read: func(context.Context) (bool, error) { return true, nil }, Done: func(there bool) (bool, error) { return !there, nil },
				Describe: func(bool) string { return "there" },
			},
		})
		if deadline := (*DeadlineError)(nil); !errors.As(err, &deadline) || deadline.LastSeen != "there" || asked < 4 || asked > 7 {
			t.Errorf("asked %d times, error %v", asked, err)
		}
	})
}
