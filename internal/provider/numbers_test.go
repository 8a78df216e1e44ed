package provider

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/vmihailenco/msgpack/v5"
)

// TestLongNumbers: a number that takes minutes to read is refused by every call that has a configuration, before anything reads it.
func TestLongNumbers(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	served := NewServer("test")().(*server)
	encode := func(value any) *tfprotov6.DynamicValue {
		raw, err := msgpack.Marshal(value)
		if err != nil {
			t.Fatal(err)
		}
		return &tfprotov6.DynamicValue{MsgPack: raw}
	}
	huge := "1" + strings.Repeat("0", 10_000_000) // as Terraform writes 1e10000000
	config := func(attribute string) *tfprotov6.DynamicValue {
		return encode(map[string]any{attribute: []any{nil, true, 1.5, []byte{1}, map[string]any{"amount": huge}}})
	}
	type refused = []*tfprotov6.Diagnostic
	for name, call := range map[string]func(context.Context) (refused, error){
		"provider, validate": func(ctx context.Context) (refused, error) {
			resp, err := served.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: config("max_retries")})
			return resp.Diagnostics, err
		},
		"provider, configure": func(ctx context.Context) (refused, error) {
			resp, err := served.ConfigureProvider(ctx, &tfprotov6.ConfigureProviderRequest{Config: config("max_retries")})
			return resp.Diagnostics, err
		},
		"resource, validate": func(ctx context.Context) (refused, error) {
			resp, err := served.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{
				TypeName: "voltage_wallet",
				Config:   config("limit"),
			})
			return resp.Diagnostics, err
		},
		"resource, plan": func(ctx context.Context) (refused, error) {
			resp, err := served.PlanResourceChange(ctx, &tfprotov6.PlanResourceChangeRequest{TypeName: "voltage_wallet", Config: config("limit")})
			return resp.Diagnostics, err
		},
		"resource, apply": func(ctx context.Context) (refused, error) {
			before := encode(nil)
			resp, err := served.ApplyResourceChange(ctx, &tfprotov6.ApplyResourceChangeRequest{
				TypeName: "voltage_wallet", Config: config("limit"), PriorState: before,
			})
			if resp.NewState != before {
				t.Error("the state has changed")
			}
			return resp.Diagnostics, err
		},
		"data source, validate": func(ctx context.Context) (refused, error) {
			resp, err := served.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{
				TypeName: "voltage_payments", Config: config("max_results"),
			})
			return resp.Diagnostics, err
		},
		"data source, read": func(ctx context.Context) (refused, error) {
			resp, err := served.ReadDataSource(ctx, &tfprotov6.ReadDataSourceRequest{TypeName: "voltage_payments", Config: config("max_results")})
			return resp.Diagnostics, err
		},
		"list, validate": func(ctx context.Context) (refused, error) {
			resp, err := served.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{
				TypeName: "voltage_wallet", Config: config("limit"),
			})
			return resp.Diagnostics, err
		},
		"list": func(ctx context.Context) (diags refused, err error) {
			resp, err := served.ListResource(ctx, &tfprotov6.ListResourceRequest{TypeName: "voltage_wallet", Config: config("limit")})
			for result := range resp.Results {
				diags = append(diags, result.Diagnostics...)
			}
			return diags, err
		},
		"action, validate": func(ctx context.Context) (refused, error) {
			resp, err := served.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{
				ActionType: "voltage_payment_send", Config: config("amount"),
			})
			return resp.Diagnostics, err
		},
		"action, plan": func(ctx context.Context) (refused, error) {
			resp, err := served.PlanAction(ctx, &tfprotov6.PlanActionRequest{ActionType: "voltage_payment_send", Config: config("amount")})
			return resp.Diagnostics, err
		},
		"action, invoke": func(ctx context.Context) (diags refused, err error) {
			resp, err := served.InvokeAction(ctx, &tfprotov6.InvokeActionRequest{ActionType: "voltage_payment_send", Config: config("amount")})
			for event := range resp.Events {
				if completed, ok := event.Type.(tfprotov6.CompletedInvokeActionEventType); ok {
					diags = append(diags, completed.Diagnostics...)
				}
			}
			return diags, err
		},
	} {
		diags, err := call(ctx)
		if err != nil || len(diags) != 1 || diags[0].Summary != "Number Out of Range" || diags[0].Severity != tfprotov6.DiagnosticSeverityError ||
			!strings.Contains(diags[0].Detail, ".amount has 10000001 digits") || len(diags[0].Attribute.Steps()) != 1 {
			t.Errorf("%s: %v, %v", name, diags, err)
		}
	}
	for _, name := range []string{"sats_to_msats", "msats_to_sats", "btc_to_msats"} {
		resp, err := served.CallFunction(ctx, &tfprotov6.CallFunctionRequest{Name: name, Arguments: []*tfprotov6.DynamicValue{encode(huge)}})
		if err != nil || resp.Error == nil || resp.Error.FunctionArgument == nil || !strings.Contains(resp.Error.Text, "10000001 digits") {
			t.Errorf("%s: %v, %v", name, resp, err)
		}
	}
}

// TestFindLongNumber: only a long text of digits is one, wherever it is.
func TestFindLongNumber(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("7", maxDigits+1)
	for name, test := range map[string]struct {
		value any
		want  string // the path to the number, or "none"
	}{
		"itself":        {long, ""},
		"negative":      {"-" + long, ""},
		"a tiny one":    {"0." + strings.Repeat("0", maxDigits) + "1", ""},
		"an attribute":  {map[string]any{"limit": long}, "limit"},
		"nested":        {map[string]any{"fee": map[string]any{"amount": long}}, "fee.amount"},
		"in a list":     {map[string]any{"all": []any{1, "x", map[string]any{"n": long}}}, "all.n"},
		"long enough":   {strings.Repeat("7", maxDigits), "none"},
		"text":          {map[string]any{"description": long + "x", "label": strings.Repeat("sats ", maxDigits)}, "none"},
		"after others":  {[]any{nil, true, -1, 1 << 40, 1.5, []byte("bytes"), "text", map[string]any{}, []any{}, long}, ""},
		"a long binary": {[]byte(long), "none"},
	} {
		raw, err := msgpack.Marshal(test.value)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := findLongNumber(&tfprotov6.DynamicValue{MsgPack: raw})
		if ok != (test.want != "none") || ok && strings.Join(got.at, ".") != test.want {
			t.Errorf("%s: got %+v, %v", name, got, ok)
		}
		if cut, ok := findLongNumber(&tfprotov6.DynamicValue{MsgPack: raw[:len(raw)-1]}); ok {
			t.Errorf("%s, cut off: got %+v", name, cut)
		}
	}
	if got, ok := findLongNumber(nil); ok {
		t.Errorf("nothing: got %+v", got)
	}
}
