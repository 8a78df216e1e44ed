package voltage

import (
	"context"
	"errors"
	"time"
)

// errUnheard ends the wait for a deletion that the API answered with 404 although it still returns the object.
var errUnheard = errors.New("the API answered the deletion with 404 and still returns the object")

// Deletion describes how to delete objects of one kind.
type Deletion[T any] struct {
	// Request asks for the deletion. Gone describes the wait until the object is gone; its Read is not nil.
	Request func(context.Context, Ref) error
	Poll    func(context.Context, Ref, Wait[T]) (T, error)
	Gone    Wait[T]
	// Deleted reports whether an object is deleted. It also accepts the value that Gone.Read returns for an object that does not exist.
	Deleted func(T) bool
}

// DeleteAndWait asks for the deletion of an object, and polls until it is gone. The caller need not read the object first:
//
//   - A 404 has three possible reasons: the object does not exist; an earlier attempt, whose answer was lost, has deleted it; or the API
//     does not know the new object yet. So if the object still exists Pace.Settle after a 404, the request is repeated.
//   - The API may refuse to delete an object that is already deleted. So the object is read after a refusal. If it is deleted, the error
//     is nil.
//
// It returns the object as last read, also with an error. found is false if the API answered with 404 and no read showed the object.
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

// afterRefusal reads an object whose deletion was refused. It reads nothing if the request may have been carried out.
func (d Deletion[T]) afterRefusal(ctx context.Context, refusal error) (last T, err error) {
	if IsDoubtful(refusal) {
		return last, refusal
	}
	if last, err = d.Gone.Read(ctx); err == nil && d.Deleted(last) {
		return last, nil
	}
	return last, refusal
}
