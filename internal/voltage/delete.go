package voltage

import (
	"context"
	"errors"
	"time"
)

// errUnheard ends a wait for a deletion of an object that the API did not find, although it still returns it.
var errUnheard = errors.New("the API answered the deletion with 404 and still returns the object")

// DeleteAndWait asks for the deletion of an object that was just read, and polls until it is gone. A 404 is what follows an answer that
// was lost, when an earlier attempt has done it; or it lags behind the object, as a read may. So an object that is still there
// Pace.Settle after a 404 is asked to be deleted again.
func DeleteAndWait[T any](ctx context.Context, c *Client, ref Ref, request func(context.Context, Ref) error,
	poll func(context.Context, Ref, Wait[T]) (T, error), gone Wait[T],
) error {
	for {
		refusal := request(ctx, ref)
		if refusal != nil && !IsNotFound(refusal) {
			return refusal
		}
		asked, wait := time.Now(), gone
		wait.gone = true
		wait.Done = func(value T) (bool, error) {
			done, err := gone.Done(value)
			if !done && err == nil && refusal != nil && time.Since(asked) > c.pace.Settle {
				return false, errUnheard
			}
			return done, err
		}
		if _, err := poll(ctx, ref, wait); !errors.Is(err, errUnheard) {
			return err
		}
	}
}
