package voltage

import (
	"context"
	"errors"
	"time"
)

// Settled reads an object that should be there, with a method of the client such as [Client.GetWallet]. ref is what the method takes, as
// a rule a [Ref]. Reads can lag behind writes, and whoever believes that an object no longer exists makes another one: a 404 counts only
// when it is repeated after Pace.Settle. So does a wallet that is inactive and not deleted. An object that is there takes one read.
func Settled[R, T any](ctx context.Context, c *Client, ref R, get func(context.Context, R) (T, error)) (T, error) {
	return settle(ctx, c, c.pace.Settle, func(ctx context.Context) (T, error) { return get(ctx, ref) })
}

// unsettled is an object that can show that the read of it may lag behind a write.
type unsettled interface{ unsettled() bool }

// settle reads something that may become visible a moment later, until it is there and settled. That it is not is believed when the first
// read and one after the whole patience agree on it.
func settle[T any](ctx context.Context, c *Client, patience time.Duration, read func(context.Context) (T, error)) (T, error) {
	type result struct {
		value T
		err   error
	}
	settled := func(r result) bool {
		if r.err != nil {
			return !IsNotFound(r.err)
		}
		object, ok := any(r.value).(unsettled)
		return !ok || !object.unsettled()
	}
	var first result
	if first.value, first.err = read(ctx); settled(first) {
		return first.value, first.err
	}
	limited, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	found, err := Poll(limited, c, Wait[result]{
		For: "the object to be found",
		Read: func(ctx context.Context) (result, error) {
			value, err := read(ctx)
			if IsNotFound(err) {
				return result{err: err}, nil
			}
			return result{value: value}, err
		},
		Done:     func(r result) (bool, error) { return settled(r), nil },
		Describe: func(result) string { return "nothing under this ID" },
	})
	if deadline := (*DeadlineError)(nil); errors.As(err, &deadline) && ctx.Err() == nil {
		return read(ctx) // the last word is a read from after the whole time
	}
	return found.value, err
}
