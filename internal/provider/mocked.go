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

// otherNetworks are names of networks that people write, and that the API does not have.
var otherNetworks = []string{"bitcoin", "regtest", "signet", "testnet", "testnet4"}

// oneOfSummary is the summary of terraform-plugin-framework-validators where a value is not one of those listed.
const oneOfSummary = "Invalid Attribute Value Match"

// accepting takes out of a refused configuration's errors those about strings that a mock can have generated.
//
// With mock_provider, Terraform and OpenTofu generate the computed attributes themselves, and then have the provider validate the
// configurations that use them: a wallet on the line of credit "k2xl2n03". A mocked provider is never configured, and a provider that
// plans or applies always is, and validates again. So nothing that is wrong reaches the API, and only `terraform validate` overlooks
// an ID such as "orders". Arguments with a list of valid values are checked all the same, because they are written by hand. The one that
// often comes from another object is the network.
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
