package emulator

import (
	"errors"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
)

// reason returns the error of a validation in one sentence. If a value may have several variants, it returns the error for the most likely
// variant.
func reason(err error) string {
	leaf, at := likeliest(err)
	if leaf == nil {
		text, _, _ := strings.Cut(err.Error(), "\n")
		return text
	}
	text := leaf.Reason
	if text == "" {
		text = "does not keep to the contract"
	}
	var request *openapi3filter.RequestError
	if errors.As(err, &request) && request.Parameter != nil {
		at = append([]string{request.Parameter.Name}, at...)
	}
	if path := strings.Join(append(at, leaf.JSONPointer()...), "."); path != "" {
		return path + ": " + text
	}
	return text
}

// likeliest finds the error to report, and the place of its value. It returns nil if the error is not about a value.
func likeliest(err error) (leaf *openapi3.SchemaError, at []string) {
	found := leaves(err)
	if len(found) == 0 {
		return nil, nil
	}
	leaf = found[0]
	best := 0
	var nearest error
	for _, variant := range leaf.Schema.OneOf {
		err := variant.Value.VisitJSON(leaf.Value, openapi3.MultiErrors())
		if far := distance(err); err != nil && (nearest == nil || far < best) {
			best, nearest = far, err
		}
	}
	if leaf.SchemaField != "oneOf" || nearest == nil {
		return leaf, nil
	}
	deeper, within := likeliest(nearest)
	return deeper, append(leaf.JSONPointer(), within...)
}

// distance returns how far a value is from a variant. It is very large if a constant of the variant, such as the type, differs.
func distance(err error) int {
	far := 0
	for _, leaf := range leaves(err) {
		if far++; leaf.SchemaField == "enum" && len(leaf.JSONPointer()) == 1 {
			far += 100
		}
	}
	return far
}

// leaves returns the errors about single values in an error. The errors about a value with several variants stay one error.
func leaves(err error) []*openapi3.SchemaError {
	var found []*openapi3.SchemaError
	switch err := err.(type) { //nolint:errorlint // the tree is walked by hand
	case nil:
	case openapi3.MultiError:
		for _, one := range err {
			found = append(found, leaves(one)...)
		}
	case *openapi3.SchemaError:
		if err.SchemaField == "oneOf" || err.Origin == nil {
			return []*openapi3.SchemaError{err}
		}
		if found = leaves(err.Origin); len(found) == 0 {
			return []*openapi3.SchemaError{err}
		}
	case interface{ Unwrap() []error }:
		for _, one := range err.Unwrap() {
			found = append(found, leaves(one)...)
		}
	default:
		found = leaves(errors.Unwrap(err))
	}
	return found
}
