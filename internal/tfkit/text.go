package tfkit

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// NewTime writes a time of the API in RFC 3339, in UTC and to the nanosecond. Nil and the zero time become null.
func NewTime(at *time.Time) types.String {
	if at == nil || at.IsZero() {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339Nano))
}

// TextOrNull returns a text of the API. An empty text becomes null.
func TextOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}
