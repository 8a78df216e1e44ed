package provider

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"github.com/hashicorp/go-hclog"
)

// loggedContext cleans the logs that are written with it. The framework logs the paths of attributes. The path of an element of a set
// contains its value, which can come from the API: an event of a webhook, or an origin of the checkout.
type loggedContext struct {
	context.Context
	message func(string) string
}

// Value implements [context.Context]. It changes the logger options of the context, so that a logger made from them writes only cleaned
// text.
func (c loggedContext) Value(key any) any {
	value := c.Context.Value(key)
	options, ok := value.(*hclog.LoggerOptions)
	if !ok || options == nil {
		return value
	}
	own := *options
	if own.Output == nil {
		own.Output = hclog.DefaultOutput
	}
	own.Output = cleanWriter{own.Output, c.message}
	return &own
}

// cleanWriter writes lines of a log, which are JSON or text.
type cleanWriter struct {
	io.Writer
	message func(string) string
}

// Write implements [io.Writer].
func (w cleanWriter) Write(line []byte) (int, error) {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.UseNumber()
	var fields map[string]any
	text := line
	if decoder.Decode(&fields) == nil {
		for name, value := range fields {
			fields[name] = w.clean(value)
		}
		if content, err := json.Marshal(fields); err == nil {
			text = slices.Concat(content, []byte{'\n'})
		}
	} else {
		text = []byte(w.message(string(line)))
	}
	if _, err := w.Writer.Write(text); err != nil {
		return 0, err
	}
	return len(line), nil
}

func (w cleanWriter) clean(value any) any {
	switch value := value.(type) {
	case string:
		return strings.ReplaceAll(w.message(value), "\n", " ")
	case []any:
		for i := range value {
			value[i] = w.clean(value[i])
		}
	case map[string]any:
		for name, member := range value {
			value[name] = w.clean(member)
		}
	}
	return value
}
