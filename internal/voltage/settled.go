package voltage

import (
	"context"
	"errors"
	"time"
)

// Settled reads an object that should exist, with a method of the client such as [Client.GetWallet]. ref is the argument of the method,
// usually a [Ref]. Reads can lag behind writes, and a wrong 404 would make the provider create the object again. So Settled returns a 404
// only if a read after Pace.Settle returns it again. The same applies to a wallet that is inactive but not deleted. If the object exists,
// one read is enough.
func Settled[R, T any](ctx context.Context, c *Client, ref R, get func(context.Context, R) (T, error)) (T, error) {
	return settle(ctx, c, c.pace.Settle, func(ctx context.Context) (T, error) { return get(ctx, ref) })
}

// unsettled is an object that can tell whether the read of it may lag behind a write.
type unsettled interface{ unsettled() bool }

// settle reads an object that may become visible a moment later, until it exists and is settled. If the first read and a read after the
// whole patience both show that it does not exist, settle returns that result.
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
		return read(ctx) // a read after the whole patience decides
	}
	return found.value, err
}
