package tfkit

import (
	"context"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"
)

var (
	unreadableArguments = Declare(Message{
		Summary: "Invalid Configuration",
		Detail:  "The provider cannot read the configuration of the action. This is a bug in the provider.",
		Next:    []string{reportBug},
	})
	nullArgument = Declare(Message{
		Summary: "Missing Attribute", Detail: "{ATTRIBUTE} is required, but its value is null.", Next: []string{"Set {ATTRIBUTE}."},
	})
)

// CheckArguments runs the validators of an action's arguments on the known values. Terraform validates the configuration of an action only
// before variables and locals have values. So an action calls CheckArguments when it is planned and when it is invoked.
func CheckArguments(ctx context.Context, arguments schema.Schema, config tfsdk.Config) diag.Diagnostics {
	value, err := arguments.Type().ValueFromTerraform(ctx, config.Raw)
	object, ok := value.(types.Object)
	if err != nil || !ok {
		var diags diag.Diagnostics
		unreadableArguments.Add(&diags, nil)
		return diags
	}
	return checkArguments(ctx, arguments.Attributes, object.Attributes(), path.Empty(), config)
}

func checkArguments(
	ctx context.Context, attributes map[string]schema.Attribute, values map[string]attr.Value, parent path.Path, config tfsdk.Config,
) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		attribute, value, at := attributes[name], values[name], parent.AtName(name)
		if parent.Equal(path.Empty()) {
			at = path.Root(name)
		}
		if attribute.IsRequired() && value.IsNull() {
			nullArgument.AddAt(&diags, at, Values{"ATTRIBUTE": at})
			continue
		}
		switch attribute := attribute.(type) {
		case schema.StringAttribute:
			text, got := known(ctx, value, basetypes.StringValuable.ToStringValue)
			diags.Append(got...)
			for _, v := range attribute.Validators {
				req := validator.StringRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: text}
				resp := &validator.StringResponse{}
				v.ValidateString(ctx, req, resp)
				diags.Append(resp.Diagnostics...)
			}
		case schema.Int64Attribute:
			number, got := known(ctx, value, basetypes.Int64Valuable.ToInt64Value)
			diags.Append(got...)
			for _, v := range attribute.Validators {
				req := validator.Int64Request{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: number}
				resp := &validator.Int64Response{}
				v.ValidateInt64(ctx, req, resp)
				diags.Append(resp.Diagnostics...)
			}
		case schema.MapAttribute:
			entries, got := known(ctx, value, basetypes.MapValuable.ToMapValue)
			diags.Append(got...)
			for _, v := range attribute.Validators {
				req := validator.MapRequest{Path: at, PathExpression: at.Expression(), Config: config, ConfigValue: entries}
				resp := &validator.MapResponse{}
				v.ValidateMap(ctx, req, resp)
				diags.Append(resp.Diagnostics...)
			}
		case schema.SingleNestedAttribute:
			object, got := known(ctx, value, basetypes.ObjectValuable.ToObjectValue)
			diags.Append(got...)
			if !object.IsNull() && !object.IsUnknown() {
				diags.Append(checkArguments(ctx, attribute.Attributes, object.Attributes(), at, config)...)
			}
		}
	}
	return diags
}

// known converts a value to the framework's own type. The value always has the type of its attribute, since the schema has made it.
func known[From, To any](
	ctx context.Context, value attr.Value, convert func(From, context.Context) (To, diag.Diagnostics),
) (To, diag.Diagnostics) {
	from, ok := value.(From)
	if !ok {
		var (
			none  To
			diags diag.Diagnostics
		)
		unreadableArguments.Add(&diags, nil)
		return none, diags
	}
	return convert(from, ctx)
}
