package provider

import (
	"context"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// numberCase is a number that a configuration can have, in the object that it is in.
type numberCase struct {
	name  string // of the object and the path
	path  []string
	msats bool
	value func(number any) tftypes.Value
	check func(context.Context, *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error)
}

// numbers are all numbers of a schema that a configuration can have.
func numbers(
	schema *tfprotov6.Schema, name string, check func(context.Context, *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error),
) []numberCase {
	var cases []numberCase
	var find func(attributes []*tfprotov6.SchemaAttribute, path []string, wrap func(map[string]tftypes.Value) tftypes.Value)
	find = func(attributes []*tfprotov6.SchemaAttribute, path []string, wrap func(map[string]tftypes.Value) tftypes.Value) {
		for _, attribute := range attributes {
			if !attribute.Optional && !attribute.Required {
				continue
			}
			at := append(append([]string{}, path...), attribute.Name)
			with := func(value tftypes.Value) tftypes.Value {
				values := map[string]tftypes.Value{}
				for _, a := range attributes {
					values[a.Name] = tftypes.NewValue(a.ValueType(), nil)
				}
				values[attribute.Name] = value
				return wrap(values)
			}
			switch {
			case attribute.ValueType().Is(tftypes.Number):
				cases = append(cases, numberCase{
					name + " " + strings.Join(at, "."), at,
					strings.Contains(attribute.Description, "msats"),
					func(number any) tftypes.Value {
						return with(tftypes.NewValue(tftypes.Number, number))
					},
					check,
				})
			case attribute.NestedType != nil && attribute.NestedType.Nesting == tfprotov6.SchemaObjectNestingModeSingle:
				typ := attribute.ValueType()
				find(attribute.NestedType.Attributes, at, func(values map[string]tftypes.Value) tftypes.Value {
					return with(tftypes.NewValue(typ, values))
				})
			}
		}
	}
	find(schema.Block.Attributes, nil, func(values map[string]tftypes.Value) tftypes.Value {
		return tftypes.NewValue(schema.ValueType(), values)
	})
	return cases
}

// TestWholeNumbers: every number of everything that is configured is asked for in plain words where it is no whole number of 64 bits.
func TestWholeNumbers(t *testing.T) {
	t.Parallel()
	s, ok := NewServer("test")().(*server)
	if !ok {
		t.Fatal("not the provider's own server")
	}
	all, err := s.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		t.Fatal(err)
	}
	cases := numbers(all.Provider, "provider", func(ctx context.Context, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
		resp, err := s.ValidateProviderConfig(ctx, &tfprotov6.ValidateProviderConfigRequest{Config: config})
		return resp.Diagnostics, err
	})
	for name, schema := range all.ResourceSchemas {
		cases = append(cases, numbers(schema, name, func(ctx context.Context, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
			resp, err := s.ValidateResourceConfig(ctx, &tfprotov6.ValidateResourceConfigRequest{TypeName: name, Config: config})
			return resp.Diagnostics, err
		})...)
	}
	for name, schema := range all.DataSourceSchemas {
		cases = append(
			cases, numbers(schema, "data "+name, func(ctx context.Context, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
				resp, err := s.ValidateDataResourceConfig(ctx, &tfprotov6.ValidateDataResourceConfigRequest{TypeName: name, Config: config})
				return resp.Diagnostics, err
			})...,
		)
	}
	for name, schema := range all.ActionSchemas {
		cases = append(cases,
			numbers(schema.Schema, "action "+name, func(ctx context.Context, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
				resp, err := s.ValidateActionConfig(ctx, &tfprotov6.ValidateActionConfigRequest{ActionType: name, Config: config})
				return resp.Diagnostics, err
			})...)
	}
	for name, schema := range all.ListResourceSchemas {
		cases = append(
			cases, numbers(schema, "list "+name, func(ctx context.Context, config *tfprotov6.DynamicValue) ([]*tfprotov6.Diagnostic, error) {
				resp, err := s.ValidateListResourceConfig(ctx, &tfprotov6.ValidateListResourceConfigRequest{TypeName: name, Config: config})
				return resp.Diagnostics, err
			})...,
		)
	}
	var names []string
	for _, c := range cases {
		names = append(names, c.name)
		for number, want := range map[string]string{
			"0.001": "Not a Whole Number", "-1.5": "Not a Whole Number", "1e-30": "Not a Whole Number",
			"9223372036854775808": "Number Out of Range", "-9223372036854775809": "Number Out of Range",
			"1e30": "Number Out of Range", "9223372036854775807": "",
		} {
			value, _, err := big.ParseFloat(number, 10, 512, big.ToNearestEven)
			if err != nil {
				t.Fatal(err)
			}
			config, err := tfprotov6.NewDynamicValue(c.value(value).Type(), c.value(value))
			if err != nil {
				t.Fatal(err)
			}
			diagnostics, err := c.check(t.Context(), &config)
			if err != nil {
				t.Fatal(err)
			}
			found := ""
			for _, d := range diagnostics {
				if strings.Contains(d.Detail, "error in the provider") || strings.Contains(d.Detail, "%!") || strings.Contains(d.Detail, "big.Float") {
					t.Errorf("%s = %s: %s", c.name, number, d.Detail)
				}
				if d.Summary != "Not a Whole Number" && d.Summary != "Number Out of Range" {
					continue
				}
				found = d.Summary
				if name, _ := attributeAt(&tfprotov6.Schema{Block: &tfprotov6.SchemaBlock{}}, d.Attribute); name == "" ||
					!strings.HasPrefix(d.Detail, strings.Join(c.path, ".")+" is ") {
					t.Errorf("%s = %s: not on its attribute: %v: %s", c.name, number, d.Attribute, d.Detail)
				}
				if named := strings.Contains(d.Detail, "provider::voltage::sats_to_msats"); named != c.msats {
					t.Errorf("%s = %s: the functions are named: %t, in msats: %t", c.name, number, named, c.msats)
				}
			}
			if found != want {
				t.Errorf("%s = %s: %q, want %q: %v", c.name, number, found, want, diagnostics)
			}
		}
	}
	for _, want := range []string{
		"provider max_retries", "voltage_wallet limit", "voltage_payment_request amount.amount",
		"voltage_wallet_policies processing_fee.send_basis_points",
		"voltage_webhook secret_version", "voltage_sandbox_line_of_credit limit", "data voltage_payments max_results",
		"data voltage_wallet_ledger max_results",
		"action voltage_payment_check amount.amount", "action voltage_payment_send amount.amount", "action voltage_payment_send max_fee.amount",
	} {
		if !strings.Contains("\n"+strings.Join(names, "\n")+"\n", "\n"+want+"\n") {
			t.Errorf("%s is not among what was tried: %v", want, names)
		}
	}
}
