package tfkit

import (
	"context"
	"fmt"
	"regexp"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// Invalid is the message about a text that is not valid.
type Invalid struct {
	message *Message
}

// DeclareInvalid declares the message about a text that is not valid. give is the next step: "Set a time in RFC 3339.".
func DeclareInvalid(summary, give string) Invalid {
	return Invalid{Declare(Message{Summary: summary, Detail: "{ATTRIBUTE}: {REASON}.", Next: []string{give}})}
}

// AddAt adds the message on an attribute. err says why its text is not valid.
func (i Invalid) AddAt(diags *diag.Diagnostics, at path.Path, err error) {
	i.message.AddAt(diags, at, Values{"ATTRIBUTE": at, "REASON": err})
}

// Unless makes a validator of strings. valid returns the reason why a text is not valid. The reason must not contain a secret.
func (i Invalid) Unless(valid func(string) error) validator.String {
	return check{invalid: i.message, valid: valid}
}

// check is a validator of strings that calls a function.
type check struct {
	invalid *Message
	valid   func(string) error
}

// Description implements [validator.Describer].
func (c check) Description(context.Context) string { return c.invalid.Next[0] }

// MarkdownDescription implements [validator.Describer].
func (c check) MarkdownDescription(ctx context.Context) string { return c.Description(ctx) }

// ValidateString implements [validator.String].
func (c check) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if err := c.valid(req.ConfigValue.ValueString()); err != nil {
		Invalid{c.invalid}.AddAt(&resp.Diagnostics, req.Path, err)
	}
}

var (
	invalidExpression = DeclareInvalid("Invalid Regular Expression", "Set a regular expression in RE2 syntax.")
	invalidDuration   = DeclareInvalid("Invalid Duration", "Set a duration above zero, such as 30s or 1m30s.")
	invalidCurrency   = DeclareInvalid("Invalid Currency", "Valid values are btc, usd, and asset: with 66 hex characters.")
	invalidTime       = DeclareInvalid("Invalid Time", "Set a time in RFC 3339, such as 2026-09-01T00:00:00Z.")
)

// RegularExpression accepts regular expressions that Go's regexp package can compile.
func RegularExpression() validator.String {
	return invalidExpression.Unless(func(text string) error {
		_, err := regexp.Compile(text)
		return err
	})
}

// PositiveDuration accepts a duration such as 30s or 1m30s that is longer than 0.
func PositiveDuration() validator.String {
	return invalidDuration.Unless(func(text string) error {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 {
			return fmt.Errorf("%q is not a duration above zero, such as 30s or 1m30s", text)
		}
		return nil
	})
}

var currency = regexp.MustCompile(`^(btc|usd|asset:[a-fA-F0-9]{66})$`)

// Currency accepts the currencies of the API (schema Currency of its contract).
func Currency() validator.String {
	return invalidCurrency.Unless(func(text string) error {
		if !currency.MatchString(text) {
			return fmt.Errorf("%q is not a currency: valid values are btc, usd, and asset: with 66 hex characters", text)
		}
		return nil
	})
}

// Timestamp accepts a time in RFC 3339.
func Timestamp() validator.String {
	return invalidTime.Unless(func(text string) error {
		_, err := parseTime(text)
		return err
	})
}

// ParseTime reads a time in RFC 3339. It adds an error for an invalid time, since the value may have been unknown when the validators ran.
func ParseTime(at path.Path, text string, diags *diag.Diagnostics) time.Time {
	value, err := parseTime(text)
	if err != nil {
		invalidTime.AddAt(diags, at, err)
	}
	return value
}

func parseTime(text string) (time.Time, error) {
	at, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return at, fmt.Errorf("%q is not a time in RFC 3339, such as 2026-09-01T00:00:00Z", text)
	}
	return at, nil
}
