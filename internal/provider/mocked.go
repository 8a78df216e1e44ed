package provider

import (
	"context"
	"regexp"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// mockable matches the strings that a mock of this provider generates for computed attributes: 8 letters and digits in Terraform
// (internal/moduletest/mocking), 4 to 15 in OpenTofu (internal/configs/hcl2shim).
var mockable = regexp.MustCompile(`^[A-Za-z0-9]{4,15}$`)

// otherNetworks are names of networks that people write by mistake, and that the API does not support.
var otherNetworks = []string{"bitcoin", "regtest", "signet", "testnet", "testnet4"}

// oneOfSummary is the summary of the error with which terraform-plugin-framework-validators refuses a value that is not in a list.
const oneOfSummary = "Invalid Attribute Value Match"

// accepting removes errors about strings that a mock may have generated from the errors of a refused configuration.
//
// With mock_provider, Terraform and OpenTofu generate the computed attributes, and then ask the provider to validate configurations that
// use them: a wallet on the line of credit "k2xl2n03". A mocked provider is never configured. A provider that plans or applies is always
// configured, and validates again. So no wrong value reaches the API, and only `terraform validate` misses an ID such as "orders".
// Arguments with a list of valid values are still checked, because people write them by hand. The exception is the network, which often
// comes from another object.
func (s *cleanServer) accepting(
	ctx context.Context, of func(*tfprotov6.GetProviderSchemaResponse) *tfprotov6.Schema,
	config *tfprotov6.DynamicValue, diagnostics []*tfprotov6.Diagnostic,
) []*tfprotov6.Diagnostic {
	if s.configured.Load() || config == nil {
		return diagnostics
	}
	schema := s.schemaOf(ctx, of)
	if schema == nil {
		return diagnostics
	}
	value, err := config.Unmarshal(schema.ValueType())
	if err != nil {
		return diagnostics
	}
	return slices.DeleteFunc(diagnostics, func(d *tfprotov6.Diagnostic) bool {
		if d.Severity != tfprotov6.DiagnosticSeverityError || d.Attribute == nil {
			return false
		}
		text, ok := textAt(value, d.Attribute)
		if !ok || !mockable.MatchString(text) {
			return false
		}
		isNetwork := d.Attribute.LastStep() == tftypes.AttributeName("network")
		return d.Summary != oneOfSummary || isNetwork && !slices.Contains(otherNetworks, text)
	})
}

// textAt returns the string at a path of a value, and false where none exists.
func textAt(value tftypes.Value, at *tftypes.AttributePath) (text string, ok bool) {
	found, _, err := tftypes.WalkAttributePath(value, at)
	if err != nil {
		return "", false
	}
	leaf, ok := found.(tftypes.Value)
	if !ok || !leaf.Type().Is(tftypes.String) || !leaf.IsKnown() || leaf.IsNull() {
		return "", false
	}
	return text, leaf.As(&text) == nil
}
