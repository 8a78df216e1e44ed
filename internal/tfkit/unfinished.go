package tfkit

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// NewStart is created_at of an object whose creation was not seen to succeed: the time of the request. It stands in the state proper, and
// not in the private state: when an object that is marked as tainted is replaced, Terraform and OpenTofu delete it with an empty private
// state.
func NewStart() types.String {
	now := time.Now()
	return NewTime(&now)
}

// StartOf reads created_at of an object whose creation was not seen to succeed. A time that is missing, or lies ahead because a clock was
// wrong, counts as now: then the object is waited for as long as for one that was requested a moment ago, and no longer.
func StartOf(createdAt types.String) *time.Time {
	now := time.Now()
	at, err := time.Parse(time.RFC3339Nano, createdAt.ValueString())
	if err != nil || at.After(now) {
		return &now
	}
	return &at
}
