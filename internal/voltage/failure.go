package voltage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// apiFailure is the form of all of the API's errors: those of failed requests, and those inside wallets, policies, payments and quotes.
type apiFailure struct {
	Type    string          `json:"-"`
	RawType json.RawMessage `json:"type"`
	Code    looseText       `json:"code"`
	Detail  looseText       `json:"detail"`
	Context looseText       `json:"context"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A value that is not an object becomes a failure without a type and without a text.
func (f *apiFailure) UnmarshalJSON(data []byte) error {
	type plain apiFailure
	if data = bytes.TrimSpace(data); len(data) == 0 || data[0] != '{' {
		*f = apiFailure{}
		return nil
	}
	if err := json.Unmarshal(data, (*plain)(f)); err != nil {
		return err
	}
	var kind looseText
	if len(f.RawType) > 0 && f.RawType[0] == '"' { // only a text can be the type
		_ = kind.UnmarshalJSON(f.RawType)
	}
	f.Type = string(kind)
	return nil
}

// context returns the further members of the API's error, or nil. Numbers stay unchanged.
func (f *apiFailure) context() map[string]any {
	decoder := json.NewDecoder(strings.NewReader(string(f.Context)))
	decoder.UseNumber()
	var context map[string]any
	if decoder.Decode(&context) != nil {
		return nil
	}
	return context
}

// readFailure reads the error inside an object. An error in an unknown form becomes the detail.
func readFailure(data []byte) (apiFailure, error) {
	var failure apiFailure
	if err := json.Unmarshal(data, &failure); err != nil {
		return failure, err
	}
	if failure.RawType != nil || failure.Detail != "" || string(bytes.TrimSpace(data)) == "{}" {
		return failure, nil
	}
	return failure, failure.Detail.UnmarshalJSON(data)
}

// failureText writes a failure for people in one line, cleaned.
func failureText(kind, code, detail, context string) string {
	text := Clean(kind)
	if code != "" && code != kind {
		text += "/" + Clean(code)
	}
	if detail != "" {
		if text != "" {
			text += ": "
		}
		text += Clean(detail)
	}
	if text == "" {
		text = "the API gives no reason"
	}
	return withContext(text, Clean(contextText(context)))
}

// withContext adds sentences to a text.
func withContext(text, sentences string) string {
	switch {
	case sentences == "":
		return text
	case text == "" || strings.ContainsAny(text[len(text)-1:], ".!?"):
		return text + " " + sentences
	}
	return text + ". " + sentences
}

// looseText is a text that the API may write as an object or a number instead. Then it is compact JSON. Null becomes the empty text.
type looseText string

// UnmarshalJSON implements [json.Unmarshaler].
func (t *looseText) UnmarshalJSON(data []byte) error {
	var text *string
	if json.Unmarshal(data, &text) == nil {
		if *t = ""; text != nil {
			*t = looseText(*text)
		}
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return err
	}
	*t = looseText(compact.String())
	return nil
}

// contextNames maps members of a context to words for people, where the name of the member is not good enough. Source: the schemas of the
// API's contract whose names end with Context.
var contextNames = map[string]string{
	"min_amount": "minimum", "provided_amount": "given amount", "min_length": "minimum length in characters",
	"estimated_fee_sats": "estimated fee", "max_fee_sats": "maximum fee", "target_blocks": "number of blocks that the fee is for",
	"max_basis_points": "maximum",
}

// contextText writes the context of an error, a JSON object, as sentences for people. It leaves out the IDs of the objects that the error
// is about, since messages name them already.
func contextText(text string) string {
	failure := apiFailure{Context: looseText(text)}
	context := failure.context()
	if context == nil {
		return ""
	}
	var sentences []string
	for _, name := range slices.Sorted(maps.Keys(context)) {
		value := context[name]
		if value == nil || name == "required" || strings.HasSuffix(name, "_id") {
			continue
		}
		words, ok := contextNames[name]
		if !ok {
			words = strings.ReplaceAll(name, "_", " ")
		}
		switch name {
		case "fields":
			sentences = append(sentences, fmt.Sprintf("The fields are %s.", spokenValue(name, value)))
		case "message", "error":
			sentences = append(sentences, fmt.Sprintf("The API adds: %s.", strings.TrimRight(spokenValue(name, value), ".")))
		default:
			sentences = append(sentences, fmt.Sprintf("The %s is %s.", words, spokenValue(name, value)))
		}
	}
	return strings.Join(sentences, " ")
}

// spokenValue writes a member of a context for people: amounts in sats or dollars, lists with commas, and everything else as JSON.
func spokenValue(name string, value any) string {
	content, err := json.Marshal(value)
	if err != nil {
		return "not readable"
	}
	var amount Amount
	switch value := value.(type) {
	case string:
		return value
	case json.Number:
		switch number, err := value.Int64(); {
		case err != nil:
		case strings.HasSuffix(name, "_sats"):
			return grouped(number) + " sats"
		case strings.HasSuffix(name, "basis_points"):
			return grouped(number) + " basis points"
		default:
			return grouped(number)
		}
	case []any:
		parts := make([]string, 0, len(value))
		for _, element := range value {
			parts = append(parts, spokenValue("", element))
		}
		return strings.Join(parts, ", ")
	case map[string]any:
		if json.Unmarshal(content, &amount) == nil && amount.Currency != "" && value["amount"] != nil {
			return amount.String()
		}
	}
	return string(content)
}

// grouped writes a number with commas between thousands.
func grouped[T int64 | uint64](number T) string {
	text := fmt.Sprint(number)
	first := 0
	if number < 0 {
		first = 1
	}
	for i := len(text) - 3; i > first; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
