package voltage

import (
	"context"
	"errors"
	"time"
)

// errUnheard ends a wait for a deletion of an object that the API did not find, although it still returns it.
var errUnheard = errors.New("the API answered the deletion with 404 and still returns the object")

// Deletion is how an object of one kind is deleted.
type Deletion[T any] struct {
	// Request asks for the deletion. Poll waits until the object is gone, as Gone says, whose Read is not nil.
	Request func(context.Context, Ref) error
	Poll    func(context.Context, Ref, Wait[T]) (T, error)
	Gone    Wait[T]
	// Deleted reports whether an object that was read is deleted, whoever did it. It takes what Gone.Read returns for none, too.
	Deleted func(T) bool
}

// DeleteAndWait asks for the deletion of an object, and polls until it is gone. The object need not be read before:
//
//   - A 404 means that there is nothing to delete; or it follows an answer that was lost, when an earlier attempt has done it; or it lags
//     behind the object, as a read may. So an object that is still there Pace.Settle after a 404 is asked to be deleted again.
//   - The API may refuse to delete what is deleted already. So the object is read after a refusal, and one that is deleted is no error.
//
// It returns the object as last read, also with an error. found is false where the API had no such object when it was asked.
func DeleteAndWait[T any](ctx context.Context, c *Client, ref Ref, deletion Deletion[T]) (last T, found bool, err error) {
	for {
		refusal := deletion.Request(ctx, ref)
		missing := IsNotFound(refusal)
		if found = found || !missing; refusal != nil && !missing {
			last, err = deletion.afterRefusal(ctx, refusal)
			return last, true, err
		}
		asked, wait := time.Now(), deletion.Gone
		wait.gone = true
		wait.Done = func(value T) (bool, error) {
			done, err := deletion.Gone.Done(value)
			if !done && err == nil {
				found = true
				if missing && time.Since(asked) > c.pace.Settle {
					return false, errUnheard
				}
			}
			return done, err
		}
		if last, err = deletion.Poll(ctx, ref, wait); !errors.Is(err, errUnheard) {
			return last, found, err
		}
	}
}

// afterRefusal reads an object whose deletion has failed, unless nobody knows whether it was asked for.
func (d Deletion[T]) afterRefusal(ctx context.Context, refusal error) (last T, err error) {
	if IsDoubtful(refusal) {
		return last, refusal
	}
	if last, err = d.Gone.Read(ctx); err == nil && d.Deleted(last) {
		return last, nil
	}
	return last, refusal
}
