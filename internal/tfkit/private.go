package tfkit

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// Private is the private state of a resource, which only the provider sees.
type Private interface {
	GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
}

// WritablePrivate is the private state in a response.
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

// Remember writes a value under a key of the private state. Nil removes the value.
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

// Recall reads a value that Remember has written, or returns nil.
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

const unfinishedKey = "unfinished" // the time when a creation began, until a read finds the object

// RememberStart records the time when a creation began, until RememberEnd removes it. An object that no read has found can still appear.
func RememberStart(ctx context.Context, private WritablePrivate) diag.Diagnostics {
	return Remember(ctx, private, unfinishedKey, time.Now())
}

// RememberEnd records that a read has found the created object.
func RememberEnd(ctx context.Context, private WritablePrivate) diag.Diagnostics {
	return Remember(ctx, private, unfinishedKey, nil)
}

// RecallStart returns the time of RememberStart. It is nil if a read has found the object.
func RecallStart(ctx context.Context, private Private, diags *diag.Diagnostics) *time.Time {
	return Recall[time.Time](ctx, private, unfinishedKey, diags)
}
