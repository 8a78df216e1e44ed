package world

import (
	"fmt"

	"github.com/google/uuid"
)

// RefusalKind groups the refusals by what the caller can do about them.
type RefusalKind int

const (
	// Invalid is a request that is not valid, or not valid at the moment.
	Invalid RefusalKind = iota
	// Missing is a request about an object that does not exist.
	Missing
	// Taken is a creation with an ID that was used before.
	Taken
	// NotAllowed is a request that the object does not allow.
	NotAllowed
	// Unauthenticated is a request without a token, or with an invalid token.
	Unauthenticated
)

// Refusal is the reason why the world does not accept a request. A refused request changes nothing. Source of the types: the responses of
// the contract.
type Refusal struct {
	Kind               RefusalKind
	Type, Code, Detail string
	// Context has the values that caused the refusal, with the names of the contract. Amounts have the type [Money] or [SignedMoney].
	Context map[string]any
}

// SignedMoney is an amount whose sign is a separate field in JSON.
type SignedMoney Money

// Invalidf refuses a request that is not valid, or not valid at the moment.
func Invalidf(kind, format string, args ...any) *Refusal {
	return &Refusal{Type: kind, Detail: fmt.Sprintf(format, args...)}
}

// InvalidFields refuses a request because of some of its fields.
func InvalidFields(kind, detail string, fields ...string) *Refusal {
	return (&Refusal{Type: kind, Detail: detail}).About("fields", fields)
}

// About adds a value that caused the refusal.
func (r *Refusal) About(field string, value any) *Refusal {
	r.Context = map[string]any{field: value}
	return r
}

// missing refuses a request about an object that does not exist. field is the contract's name of its ID.
func missing(kind, field string, id uuid.UUID) *Refusal {
	return (&Refusal{Kind: Missing, Type: kind, Detail: fmt.Sprintf("There is no such object: %s %v.", field, id)}).About(field, id)
}

// taken refuses an ID that was used before.
func taken(kind, field string, id uuid.UUID) *Refusal {
	return (&Refusal{Kind: Taken, Type: kind, Detail: fmt.Sprintf("%s was used before.", id)}).About(field, id)
}

// required refuses a payment that lacks a field.
func required(kind, field, detail string) *Refusal {
	return &Refusal{Type: kind, Code: "required", Detail: detail, Context: map[string]any{"field": field, "required": true}}
}

// belowMinimum refuses an amount that is too small.
func belowMinimum(kind, field string, given Money, least int64) *Refusal {
	return &Refusal{
		Type: kind, Code: "below_minimum", Detail: fmt.Sprintf("%s is below the minimum of %d %s.", field, least, Unit(given.Currency)),
		Context: map[string]any{
			"field": field, "provided_amount": SignedMoney(given), "min_amount": Money{given.Currency, least},
		},
	}
}
