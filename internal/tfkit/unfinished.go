package tfkit

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// NewStart returns created_at for an object that no read has found yet: the time of the request. This time is in the state and not in the
// private state, because Terraform and OpenTofu delete a tainted object with an empty private state when they replace it.
func NewStart() types.String {
	now := time.Now()
	return NewTime(&now)
}

// StartOf reads created_at of an object that no read has found yet. If the time is missing, or in the future because a clock was wrong,
// StartOf returns the current time. Then the wait for the object is as long as for an object that was requested just now, and no longer.
func StartOf(createdAt types.String) *time.Time {
	now := time.Now()
	at, err := time.Parse(time.RFC3339Nano, createdAt.ValueString())
	if err != nil || at.After(now) {
		return &now
	}
	return &at
}
