package voltage

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// explain says what a JSON decoder found, in the words of the API's fields and not of Go's types.
func explain(err error) error {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return err
	}
	if kind.Field == "" {
		return fmt.Errorf("a %s was not expected", kind.Value)
	}
	return fmt.Errorf("field %s cannot be read: a %s was not expected", strings.TrimPrefix(kind.Field, "plain."), kind.Value)
}
