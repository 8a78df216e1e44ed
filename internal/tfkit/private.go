package tfkit

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Private is what a resource keeps beside its state, which nobody else sees.
type Private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// WritablePrivate is a [Private] that a response takes along.
type WritablePrivate interface {
	SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
}

var (
	privateNotWritten = Declare(Message{
		Summary: "Private State Not Written",
		Detail:  "The provider could not write the key \"{KEY}\" to the private state: {REASON}. This is a bug in the provider.",
		Next:    []string{reportBug},
	})
	privateNotRead = Declare(Message{
		Summary: "Private State Not Read",
		Detail:  "The provider could not read the key \"{KEY}\" from the private state: {REASON}.",
		Next:    []string{"Remove the resource from the state (terraform state rm). Then import it again."},
	})
)

// Remember keeps a value under a key; nil forgets it.
func Remember(ctx context.Context, private WritablePrivate, key string, value any) diag.Diagnostics {
	var diags diag.Diagnostics
	var content []byte
	if value != nil {
		var err error
		if content, err = json.Marshal(value); err != nil {
			privateNotWritten.Add(&diags, Values{"KEY": key, "REASON": err})
			return diags
		}
	}
	diags.Append(private.SetKey(ctx, key, content)...)
	return diags
}

// Recall reads a value that Remember kept, and returns nil where it kept none.
func Recall[T any](ctx context.Context, private Private, key string, diags *diag.Diagnostics) *T {
	content, got := private.GetKey(ctx, key)
	diags.Append(got...)
	if len(content) == 0 {
		return nil
	}
	var value T
	if err := json.Unmarshal(content, &value); err != nil {
		privateNotRead.Add(diags, Values{"KEY": key, "REASON": err})
		return nil
	}
	return &value
}

const unfinishedKey = "unfinished" // when a creation began that has not been seen to succeed

// RememberStart keeps when a creation began. It is kept until RememberEnd: what was not seen to succeed can still appear.
func RememberStart(ctx context.Context, private WritablePrivate) diag.Diagnostics {
	return Remember(ctx, private, unfinishedKey, time.Now())
}

// RememberEnd keeps that a creation was seen to succeed.
func RememberEnd(ctx context.Context, private WritablePrivate) diag.Diagnostics {
	return Remember(ctx, private, unfinishedKey, nil)
}

// RecallStart is when a creation began that was not seen to succeed; nil for one that was.
func RecallStart(ctx context.Context, private Private, diags *diag.Diagnostics) *time.Time {
	return Recall[time.Time](ctx, private, unfinishedKey, diags)
}
