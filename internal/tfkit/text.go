package tfkit

import (
	"time"

	"github.com/hashicorp/terraform-plugin-framework/types"
)

// NewTime writes a time of the API in RFC 3339, in UTC and to the nanosecond; nil is null.
func NewTime(at *time.Time) types.String {
	if at == nil {
		return types.StringNull()
	}
	return types.StringValue(at.UTC().Format(time.RFC3339Nano))
}

// TextOrNull is a text of the API; an empty one is null.
func TextOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// recent is how long after an object's creation a read may lag behind it.
const recent = time.Minute

// IsRecent reports whether a time that NewTime wrote is less than a minute ago, or ahead: the API's clock may be fast.
func IsRecent(at types.String) bool {
	t, err := time.Parse(time.RFC3339Nano, at.ValueString())
	if err != nil {
		return false
	}
	age := time.Since(t)
	return age > -recent && age < recent
}
