package emulator

import (
	"bytes"
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// decodeSeed reads JSON as strictly as a file that a person writes by hand deserves: a field that there is not, one given twice,
// and a value of another type are errors that say where. encoding/json says that of types alone, and without the position in a list.
func decodeSeed(content []byte, into any) error {
	d := &seedDecoder{content: content, tokens: json.NewDecoder(bytes.NewReader(content))}
	d.tokens.UseNumber()
	var syntax *json.SyntaxError
	if err := json.Unmarshal(content, new(any)); errors.As(err, &syntax) {
		return fmt.Errorf("line %d: the seed is not JSON: %w", d.line(syntax.Offset), err)
	}
	return d.value("", reflect.ValueOf(into).Elem())
}

type seedDecoder struct {
	content []byte
	tokens  *json.Decoder
}

func (d *seedDecoder) line(offset int64) int {
	return 1 + bytes.Count(d.content[:min(offset, int64(len(d.content)))], []byte("\n"))
}

func (d *seedDecoder) refuse(at, format string, args ...any) error {
	if at == "" {
		at = "the seed"
	}
	return fmt.Errorf("line %d, %s: %s", d.line(d.tokens.InputOffset()), at, fmt.Sprintf(format, args...))
}

// value reads the next value. null is as if it were left out.
func (d *seedDecoder) value(at string, into reflect.Value) error {
	token, err := d.tokens.Token()
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the seed: %w", err)
	}
	if token == nil {
		return nil
	}
	if into.Kind() == reflect.Pointer {
		into.Set(reflect.New(into.Type().Elem()))
		into = into.Elem()
	}
	if text, ok := into.Addr().Interface().(encoding.TextUnmarshaler); ok {
		if written, ok := token.(string); !ok || len(written) != 36 || text.UnmarshalText([]byte(written)) != nil { // not the UUID's other forms
			return d.refuse(at, "want a UUID, not %s", described(token))
		}
		return nil
	}
	switch into.Kind() {
	case reflect.Struct, reflect.Map:
		if token != json.Delim('{') {
			return d.refuse(at, "want an object, not %s", described(token))
		}
		return d.object(at, into)
	case reflect.Slice:
		if token != json.Delim('[') {
			return d.refuse(at, "want a list, not %s", described(token))
		}
		return d.list(at, into)
	case reflect.String:
		text, ok := token.(string)
		if !ok {
			return d.refuse(at, "want text, not %s", described(token))
		}
		into.SetString(text)
	case reflect.Bool:
		truth, ok := token.(bool)
		if !ok {
			return d.refuse(at, "want true or false, not %s", described(token))
		}
		into.SetBool(truth)
	default:
		number, ok := token.(json.Number)
		whole, err := strconv.ParseInt(number.String(), 10, 64)
		if !ok || err != nil {
			return d.refuse(at, "want a whole number of 64 bits, written without a fraction, not %s", described(token))
		}
		into.SetInt(whole)
	}
	return nil
}

func described(token json.Token) string {
	switch token := token.(type) {
	case json.Delim:
		return map[json.Delim]string{'{': "an object", '[': "a list"}[token]
	case string:
		return strconv.Quote(token)
	}
	return fmt.Sprint(token)
}

func (d *seedDecoder) list(at string, into reflect.Value) error {
	into.Set(reflect.MakeSlice(into.Type(), 0, 0)) // empty is not absent
	for i := 0; d.tokens.More(); i++ {
		item := reflect.New(into.Type().Elem()).Elem()
		if err := d.value(fmt.Sprintf("%s[%d]", at, i), item); err != nil {
			return err
		}
		into.Set(reflect.Append(into, item))
	}
	return d.end()
}

func (d *seedDecoder) object(at string, into reflect.Value) error {
	var known []string // of a map: every name
	fields := map[string]reflect.Value{}
	if into.Kind() == reflect.Struct {
		for i := range into.NumField() {
			name := into.Type().Field(i).Tag.Get("json")
			known, fields[name] = append(known, name), into.Field(i)
		}
	} else {
		into.Set(reflect.MakeMap(into.Type()))
	}
	for seen := map[string]bool{}; d.tokens.More(); {
		token, err := d.tokens.Token()
		if err != nil {
			return fmt.Errorf("reading the seed: %w", err)
		}
		name := fmt.Sprint(token)
		path := strings.TrimPrefix(at+"."+name, ".")
		if seen[name] {
			return d.refuse(path, "the field is given twice")
		}
		seen[name] = true
		field, ok := fields[name]
		if into.Kind() == reflect.Map {
			field = reflect.New(into.Type().Elem()).Elem()
		} else if !ok {
			return d.refuse(path, "there is no such field; there are %s", strings.Join(slices.Sorted(slices.Values(known)), ", "))
		}
		if err := d.value(path, field); err != nil {
			return err
		}
		if into.Kind() == reflect.Map {
			into.SetMapIndex(reflect.ValueOf(name), field)
		}
	}
	return d.end()
}

// end reads the end of a list or an object.
func (d *seedDecoder) end() error {
	if _, err := d.tokens.Token(); err != nil {
		return fmt.Errorf("reading the seed: %w", err)
	}
	return nil
}
