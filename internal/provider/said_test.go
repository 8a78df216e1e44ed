package provider

import (
	"bytes"
	"context"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// TestSaid_everything: no answer that says something to people is handed on from the framework as it is.
func TestSaid_everything(t *testing.T) {
	t.Parallel()
	own := reflect.TypeFor[*cleanServer]()
	says := map[string]bool{"Diagnostics": true, "Error": true, "Results": true, "Events": true}
	count := 0
	for i := range reflect.TypeFor[downstreamServer]().NumMethod() {
		name := reflect.TypeFor[downstreamServer]().Method(i).Name
		method, _ := own.MethodByName(name)
		response := method.Type.Out(0).Elem()
		for f := range response.NumField() {
			if !says[response.Field(f).Name] {
				continue
			}
			count++
			if file, _ := runtime.FuncForPC(method.Func.Pointer()).FileLine(method.Func.Pointer()); !strings.Contains(file, "/internal/provider/") {
				t.Errorf("what %s says is not cleaned", name)
			}
			break
		}
	}
	if count < 25 {
		t.Errorf("only %d calls say something", count)
	}
}

// TestSaid: an answer is cleaned, with and without a client.
func TestSaid(t *testing.T) {
	t.Parallel()
	const key = "vltg_a_key_to_be_found"
	client, err := voltage.New(voltage.Config{APIKey: key})
	if err != nil {
		t.Fatal(err)
	}
	p := newProvider("test")
	s := &cleanServer{message: p.message}
	answer := func() string {
		resp, err := said[tfprotov6.ReadResourceResponse](s)(&tfprotov6.ReadResourceResponse{Diagnostics: []*tfprotov6.Diagnostic{
			{Summary: "a\x1b[2Jb", Detail: "c\r\n\nvltg_a_key\u200b_to_be_found"},
		}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return resp.Diagnostics[0].Summary + "|" + resp.Diagnostics[0].Detail
	}
	if got := answer(); got != "ab|c\n\n"+key {
		t.Errorf("got %q", got)
	}
	p.client.Store(client)
	if got := answer(); got != "ab|c\n\n(credentials)" {
		t.Errorf("got %q", got)
	}
	if resp, err := said[tfprotov6.ReadResourceResponse](s)(nil, nil); resp != nil || err != nil {
		t.Error("an answer was made up")
	}
}

// TestLogged: what a logger writes that was made with the context of a call is clean, in either form of lines.
func TestLogged(t *testing.T) {
	t.Parallel()
	client, err := voltage.New(voltage.Config{APIKey: "vltg_a_key_to_be_found"})
	if err != nil {
		t.Fatal(err)
	}
	for _, asJSON := range []bool{true, false} {
		var output bytes.Buffer
		type key struct{}
		parent := context.WithValue(t.Context(), key{}, &hclog.LoggerOptions{Output: &output, JSONFormat: asJSON, Level: hclog.Trace})
		options, ok := loggedContext{parent, client.Message}.Value(key{}).(*hclog.LoggerOptions)
		if !ok {
			t.Fatal("the options of the logger are gone")
		}
		hclog.New(options).Info("a\x1b[2Jb", "path", "vltg_a_key_\u200bto_be_found", "number", 7, "several", []string{"\x1b]8;;x\x07c"})
		got := output.String()
		if strings.Contains(got, "\x1b") || strings.Contains(got, `\u001b`) || strings.Contains(got, "\u200b") ||
			strings.Contains(got, "to_be_found") {
			t.Errorf("JSON %t: %q", asJSON, got)
		}
		for _, want := range []string{"ab", "(credentials)", "7", "c"} {
			if !strings.Contains(got, want) {
				t.Errorf("JSON %t lacks %q: %q", asJSON, want, got)
			}
		}
		if strings.Count(got, "\n") != 1 {
			t.Errorf("JSON %t: not one line: %q", asJSON, got)
		}
	}
}
