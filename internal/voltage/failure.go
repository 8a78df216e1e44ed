package voltage

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// apiFailure is the form that all of the API's errors have: those of answers, and those inside wallets, policies, payments and quotes.
type apiFailure struct {
	Type    string          `json:"-"`
	RawType json.RawMessage `json:"type"`
	Code    looseText       `json:"code"`
	Detail  looseText       `json:"detail"`
	Context looseText       `json:"context"`
}

// UnmarshalJSON implements [json.Unmarshaler]. What is no object is a failure without a type, which no text is taken from.
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
	if len(f.RawType) > 0 && f.RawType[0] == '"' { // a type that is no text cannot be branched on
		_ = kind.UnmarshalJSON(f.RawType)
	}
	f.Type = string(kind)
	return nil
}

// context is what the API adds, nil for nothing. Numbers stay as they came.
func (f *apiFailure) context() map[string]any {
	decoder := json.NewDecoder(strings.NewReader(string(f.Context)))
	decoder.UseNumber()
	var context map[string]any
	if decoder.Decode(&context) != nil {
		return nil
	}
	return context
}

// readFailure reads the error of an object. One in no known form keeps its words.
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

// failureText is a failure in one line for people, cleaned.
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

// looseText is a text that the API may write as an object or a number: then it is compact JSON. Null is empty.
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

// contextNames are the words for members of a context where they differ from their names. Source: the schemas of the API's contract
// whose names end with Context.
var contextNames = map[string]string{
	"min_amount": "minimum", "provided_amount": "given amount", "min_length": "minimum length in characters",
	"estimated_fee_sats": "estimated fee", "max_fee_sats": "maximum fee", "target_blocks": "number of blocks that the fee is for",
	"max_basis_points": "maximum",
}

// contextText says in sentences what the context of an error, a JSON object, adds for people. The IDs of the objects that the error is
// about are left out: messages name them already.
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

// spokenValue is a member of a context: amounts in the unit that people think in, lists with commas, and JSON for everything else.
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
