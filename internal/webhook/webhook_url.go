package webhook

import (
	"context"
	"fmt"
	"strconv"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// urlType is the type of a webhook's URL. The API may return another spelling of a URL, such as with a slash after the host. The state
// keeps the spelling of the configuration as long as both are the same URL.
type urlType struct {
	basetypes.StringType
}

// urlValue is a value of [urlType].
type urlValue struct {
	basetypes.StringValue
}

var (
	_ basetypes.StringTypable                    = urlType{}
	_ basetypes.StringValuableWithSemanticEquals = urlValue{}
)

// String implements [attr.Type].
func (t urlType) String() string { return "webhook.urlType" }

// ValueType implements [attr.Type].
func (t urlType) ValueType(context.Context) attr.Value { return urlValue{} }

// Equal implements [attr.Type].
func (t urlType) Equal(other attr.Type) bool {
	_, ok := other.(urlType)
	return ok
}

// ValueFromString implements [basetypes.StringTypable].
func (t urlType) ValueFromString(_ context.Context, value basetypes.StringValue) (basetypes.StringValuable, diag.Diagnostics) {
	return urlValue{value}, nil
}

// ValueFromTerraform implements [attr.Type].
func (t urlType) ValueFromTerraform(ctx context.Context, in tftypes.Value) (attr.Value, error) {
	value, err := t.StringType.ValueFromTerraform(ctx, in)
	if err != nil {
		return nil, fmt.Errorf("reading a URL: %w", err)
	}
	text, ok := value.(basetypes.StringValue)
	if !ok {
		return nil, fmt.Errorf("reading a URL: unexpected type %T", value)
	}
	return urlValue{text}, nil
}

func newURL(address string) urlValue { return urlValue{basetypes.NewStringValue(address)} }

// String implements [attr.Value]. The framework logs this text. It is cleaned before it is quoted, since Clean finds no escape sequences in
// quoted text.
func (v urlValue) String() string {
	if v.IsNull() || v.IsUnknown() {
		return v.StringValue.String()
	}
	return strconv.Quote(voltage.Clean(v.ValueString()))
}

// Type implements [attr.Value].
func (v urlValue) Type(context.Context) attr.Type { return urlType{} }

// Equal implements [attr.Value]: the same text.
func (v urlValue) Equal(other attr.Value) bool {
	o, ok := other.(urlValue)
	return ok && v.StringValue.Equal(o.StringValue)
}

// StringSemanticEquals implements [basetypes.StringValuableWithSemanticEquals]: the same URL in another spelling.
func (v urlValue) StringSemanticEquals(ctx context.Context, other basetypes.StringValuable) (bool, diag.Diagnostics) {
	text, diags := other.ToStringValue(ctx)
	return voltage.SameWebhookURL(v.ValueString(), text.ValueString()), diags
}

// sameURL is the plan modifier of a webhook's URL: another spelling of the URL in the state changes nothing.
type sameURL struct{}

// Description implements [planmodifier.Describer].
func (sameURL) Description(context.Context) string {
	return "Another spelling of the same URL changes nothing."
}

// MarkdownDescription implements [planmodifier.Describer].
func (m sameURL) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyString implements [planmodifier.String].
func (sameURL) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	known := !req.PlanValue.IsUnknown() && !req.PlanValue.IsNull() && !req.StateValue.IsNull()
	if known && voltage.SameWebhookURL(req.PlanValue.ValueString(), req.StateValue.ValueString()) {
		resp.PlanValue = req.StateValue
	}
}
