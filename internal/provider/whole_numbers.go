package provider

import (
	"context"
	"math/big"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

// refuses reports whether the diagnostics have an error.
func refuses(diagnostics []*tfprotov6.Diagnostic) bool {
	return slices.ContainsFunc(diagnostics, func(d *tfprotov6.Diagnostic) bool { return d.Severity == tfprotov6.DiagnosticSeverityError })
}

// These are next steps after a number that the framework cannot hold. If an amount in msats is wrong, its unit is usually wrong.
const (
	giveInRange      = "Set a number in this range."
	giveWhole        = "Set a whole number."
	useFunctions     = " To convert sats or BTC to msats, use provider::voltage::sats_to_msats or provider::voltage::btc_to_msats."
	giveInRangeMsats = giveInRange + useFunctions
	giveWholeMsats   = giveWhole + useFunctions
)

var (
	outOfRange = tfkit.Declare(tfkit.Message{
		Summary: "Number Out of Range",
		Detail:  "{ATTRIBUTE} is {NUMBER}. It must be between -9223372036854775808 and 9223372036854775807.",
		Next:    []string{giveInRange, giveInRangeMsats},
	})
	notWhole = tfkit.Declare(tfkit.Message{
		Summary: "Not a Whole Number",
		Detail:  "{ATTRIBUTE} is {NUMBER}. It must be a whole number.",
		Next:    []string{giveWhole, giveWholeMsats},
	})
)

// errorAt returns a message on an attribute in the protocol's form. The message must be an error.
func errorAt(at *tftypes.AttributePath, m *tfkit.Message, values tfkit.Values) *tfprotov6.Diagnostic {
	d := m.Diagnostic(values)
	return &tfprotov6.Diagnostic{Severity: tfprotov6.DiagnosticSeverityError, Attribute: at, Summary: d.Summary(), Detail: d.Detail()}
}

// wholeNumbers replaces the framework's errors about numbers that it cannot hold with errors that a user understands. All numbers of this
// provider are whole numbers of 64 bits.
func (s *cleanServer) wholeNumbers(
	ctx context.Context, of func(*tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema,
	config *tfprotov6.DynamicValue, diagnostics []*tfprotov6.Diagnostic,
) []*tfprotov6.Diagnostic {
	if !slices.ContainsFunc(diagnostics, isFrameworkBug) {
		return diagnostics
	}
	schema := s.schemaOf(ctx, of)
	if schema == nil || config == nil {
		return diagnostics
	}
	value, err := config.Unmarshal(schema.ValueType())
	if err != nil {
		return diagnostics
	}
	var found []*tfprotov6.Diagnostic
	err = tftypes.Walk(value, func(at *tftypes.AttributePath, value tftypes.Value) (bool, error) {
		var number *big.Float
		if !value.Type().Is(tftypes.Number) || !value.IsKnown() || value.IsNull() {
			return true, nil
		}
		if err := value.As(&number); err != nil {
			return false, err
		}
		if _, accuracy := number.Int64(); number.IsInt() && accuracy == big.Exact {
			return true, nil
		}
		name, attribute := attributeAt(schema, at)
		inMsats := attribute != nil && strings.Contains(attribute.Description, "msats")
		var m *tfkit.Message
		switch {
		case number.IsInt() && inMsats:
			m = outOfRange.Choosing(giveInRangeMsats)
		case number.IsInt():
			m = outOfRange.Choosing(giveInRange)
		case inMsats:
			m = notWhole.Choosing(giveWholeMsats)
		default:
			m = notWhole.Choosing(giveWhole)
		}
		found = append(found, errorAt(at, m, tfkit.Values{"ATTRIBUTE": name, "NUMBER": number.Text('g', 20)}))
		return true, nil
	})
	if err != nil || len(found) == 0 {
		return diagnostics
	}
	return append(slices.DeleteFunc(diagnostics, isFrameworkBug), found...)
}

// schemaOf returns one of the provider's schemas, or nil if the provider does not have it.
func (s *cleanServer) schemaOf(ctx context.Context, of func(*tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema) *tfprotov6.Schema {
	s.schemas.Do(func() {
		s.schema, _ = lend(ctx, &tfprotov6.GetProviderSchemaRequest{}, s.downstreamServer.GetProviderSchema)
	})
	if s.schema == nil {
		return nil
	}
	return of(s.schema)
}

// isFrameworkBug reports whether the framework reports a number that it cannot hold as a bug. It is not a bug: the user has written the
// number.
func isFrameworkBug(d *tfprotov6.Diagnostic) bool { return strings.Contains(d.Detail, "big.Float") }

// attributeAt returns the name of the attribute at a path, as a configuration writes it, and its schema.
func attributeAt(schema *tfprotov6.Schema, at *tftypes.AttributePath) (string, *tfprotov6.SchemaAttribute) {
	var names []string
	var found *tfprotov6.SchemaAttribute
	attributes := schema.Block.Attributes
	for _, step := range at.Steps() {
		name, ok := step.(tftypes.AttributeName)
		if !ok {
			continue
		}
		names = append(names, string(name))
		index := slices.IndexFunc(attributes, func(a *tfprotov6.SchemaAttribute) bool { return a.Name == string(name) })
		if index < 0 {
			break
		}
		if found, attributes = attributes[index], nil; found.NestedType != nil {
			attributes = found.NestedType.Attributes
		}
	}
	return strings.Join(names, "."), found
}
