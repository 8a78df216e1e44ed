package tfkit

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// check is a validator of strings made of a function.
type check struct {
	summary     string
	description string
	valid       func(string) error
}

// Description implements [validator.Describer].
func (c check) Description(context.Context) string { return c.description }

// MarkdownDescription implements [validator.Describer].
func (c check) MarkdownDescription(context.Context) string { return c.description }

// ValidateString implements [validator.String].
func (c check) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := c.valid(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, c.summary, fmt.Sprintf("%s: %s.\n\nWhat is valid: %s", req.Path, err, c.description))
	}
}

// Check makes a validator of strings: summary heads its errors, description says what is valid, and the function
// returns why a string is not, without repeating a secret.
func Check(summary, description string, valid func(string) error) validator.String {
	return check{summary: summary, description: description, valid: valid}
}

// RegularExpression accepts what Go's regexp package can compile.
func RegularExpression() validator.String {
	return Check("Invalid Regular Expression", "A regular expression in RE2 syntax.", func(text string) error {
		_, err := regexp.Compile(text)
		return err
	})
}

// PositiveDuration accepts a duration such as 30s or 1m30s that is longer than nothing.
func PositiveDuration() validator.String {
	return Check("Invalid Duration", "A duration above zero, such as 30s or 1m30s.", func(text string) error {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not a duration above zero, such as 30s or 1m30s", text)
		}
		return nil
	})
}

var currency = regexp.MustCompile(`^(btc|usd|asset:[a-fA-F0-9]{66})$`)

// Currency accepts what the API takes for a currency (schema Currency of its contract).
func Currency() validator.String {
	return Check("Invalid Currency", "btc, usd, or asset: with 66 hex characters.", func(text string) error {
		if !currency.MatchString(text) {
			return fmt.Errorf("%q is neither btc nor usd nor asset: with 66 hex characters", text)
		}
		return nil
	})
}

// Timestamp accepts a time in RFC 3339.
func Timestamp() validator.String {
	return Check("Invalid Time", "A time in RFC 3339, such as 2026-09-01T00:00:00Z.", func(text string) error {
		if _, err := time.Parse(time.RFC3339Nano, text); err != nil {
			return fmt.Errorf("%q is no time in RFC 3339, such as 2026-09-01T00:00:00Z", text)
		}
		return nil
	})
}
