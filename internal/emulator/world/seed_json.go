package world

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"
)

// decodeSeed reads JSON strictly, since a person writes the file by hand. An unknown field, a repeated field and a value of a wrong type
// are errors with a place.
func decodeSeed(content []byte, seed *Seed) error {
	var syntax *json.SyntaxError
	if err := json.Unmarshal(content, new(any)); errors.As(err, &syntax) {
		line := 1 + bytes.Count(content[:min(syntax.Offset, int64(len(content)))], []byte("\n"))
		return fmt.Errorf("line %d: the seed is not JSON: %w", line, err)
	}
	if err := repeated(json.NewDecoder(bytes.NewReader(content)), ""); err != nil {
		return err
	}
	if err := decodeObject(content, seed); err != nil {
		return err
	}
	return nil
}

// decodeObject reads one object of a seed, including the objects in its lists.
func decodeObject(content []byte, into any) *seedError {
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	var within *seedError
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &within):
		return within
	case errors.As(err, &wrongType):
		return &seedError{wrongType.Field, "want " + wantedType(wrongType) + ", not " + givenType(wrongType)}
	}
	return &seedError{problem: strings.Replace(err.Error(), "json: unknown field", "there is no field", 1)}
}

// seedError is a mistake in a seed, with its place.
type seedError struct{ at, problem string }

func (e *seedError) Error() string {
	if e.at == "" {
		return "the seed: " + e.problem
	}
	return e.at + ": " + e.problem
}

// within returns the error with the place of the parent.
func (e *seedError) within(at string) *seedError {
	if e.at != "" {
		at += "." + e.at
	}
	return &seedError{at, e.problem}
}

// givenType describes the type of the given value.
func givenType(err *json.UnmarshalTypeError) string {
	words := map[string]string{"string": "text", "bool": "true or false", "number": "a number", "array": "a list", "object": "an object"}
	if word, ok := words[err.Value]; ok {
		return word
	}
	return strings.TrimPrefix(err.Value, "number ")
}

// wantedType describes the type that a field requires.
func wantedType(err *json.UnmarshalTypeError) string {
	words := map[string]string{
		"string": "text", "bool": "true or false", "int64": "a whole number of 64 bits, written without a fraction", "struct": "an object",
		"map": "an object", "slice": "a list",
	}
	return words[err.Type.Kind().String()]
}

// seedObject is an object in a list of a seed. list returns the name of the list.
type seedObject interface{ list() string }

func (SeedOrganization) list() string { return "organizations" }
func (SeedEnvironment) list() string  { return "environments" }
func (SeedLineOfCredit) list() string { return "lines_of_credit" }
func (SeedKey) list() string          { return "keys" }
func (SeedWallet) list() string       { return "wallets" }
func (SeedBalance) list() string      { return "balances" }
func (SeedBill) list() string         { return "bills" }
func (SeedAsset) list() string        { return "assets" }
func (SeedWebhook) list() string      { return "webhooks" }
func (SeedPayment) list() string      { return "payments" }

// seedList is a list of objects of a seed. It reads each object separately, so that an error can name the object.
type seedList[T seedObject] []T

// UnmarshalJSON implements [json.Unmarshaler].
func (l *seedList[T]) UnmarshalJSON(content []byte) error {
	var object T
	if bytes.Equal(content, []byte("null")) {
		return nil
	}
	var objects []json.RawMessage
	if err := decodeObject(content, &objects); err != nil {
		return err.within(object.list())
	}
	*l = make(seedList[T], len(objects)) // an empty list is not absent
	for i, content := range objects {
		if err := decodeObject(content, &(*l)[i]); err != nil {
			return err.within(fmt.Sprintf("%s[%d]", object.list(), i))
		}
	}
	return nil
}

// seedID is a UUID of a seed. Only the usual form is accepted.
type seedID uuid.UUID

// UnmarshalText implements [encoding.TextUnmarshaler].
func (id *seedID) UnmarshalText(text []byte) error {
	parsed, err := uuid.ParseBytes(text)
	if err != nil || len(text) != 36 {
		return &seedError{problem: fmt.Sprintf("must be a UUID, not %q", text)}
	}
	*id = seedID(parsed)
	return nil
}

// seedTime is a time of a seed.
type seedTime time.Time

// UnmarshalText implements [encoding.TextUnmarshaler].
func (t *seedTime) UnmarshalText(text []byte) error {
	parsed, err := time.Parse(time.RFC3339Nano, string(text))
	if err != nil {
		return &seedError{problem: fmt.Sprintf("must be a time such as 2026-09-13T00:00:00Z, not %q", text)}
	}
	*t = seedTime(parsed)
	return nil
}

// time returns the time, or the zero time for nil.
func (t *seedTime) time() time.Time {
	if t == nil {
		return time.Time{}
	}
	return time.Time(*t)
}

// repeated finds a repeated field in an object. encoding/json would silently use the last one.
func repeated(tokens *json.Decoder, at string) error {
	token, err := tokens.Token()
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the seed: %w", err)
	}
	open, isDelimiter := token.(json.Delim)
	if !isDelimiter {
		return nil
	}
	seen := map[any]bool{}
	for i := 0; tokens.More(); i++ {
		within := fmt.Sprintf("%s[%d]", at, i)
		if open == '{' {
			name, err := tokens.Token()
			if err != nil {
				return fmt.Errorf("reading the seed: %w", err)
			}
			if within = strings.TrimPrefix(fmt.Sprintf("%s.%v", at, name), "."); seen[name] {
				return &seedError{within, "the field is given twice"}
			}
			seen[name] = true
		}
		if err := repeated(tokens, within); err != nil {
			return err
		}
	}
	_, err = tokens.Token() // the end of the object: the content is valid JSON
	return err
}
