package tfkit

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// FixedUUID returns the plan modifier of a UUID that cannot change. If the configuration has the same UUID in another case, or no UUID, the
// value in the state stays. Another UUID forces a new resource.
func FixedUUID() planmodifier.String {
	return fixed{strings.EqualFold, "Changing this forces a new resource. The same UUID in another case, or null, changes nothing."}
}

// Fixed is [FixedUUID] for any text that has several spellings. same reports whether two texts are spellings of the same value.
func Fixed(same func(a, b string) bool) planmodifier.String {
	return fixed{same, "Changing this forces a new resource. Another spelling of the same value changes nothing."}
}

type fixed struct {
	same        func(a, b string) bool
	description string
}

// Description implements [planmodifier.Describer].
func (f fixed) Description(context.Context) string { return f.description }

// MarkdownDescription implements [planmodifier.Describer].
func (f fixed) MarkdownDescription(context.Context) string { return f.description }

// PlanModifyString implements [planmodifier.String].
func (f fixed) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	creating, destroying := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	switch {
	case creating, destroying, req.PlanValue.Equal(req.StateValue):
	case req.ConfigValue.IsNull() && req.PlanValue.IsUnknown():
		if !req.StateValue.IsNull() {
			resp.PlanValue = req.StateValue
		}
	case isKnown(req.PlanValue) && isKnown(req.StateValue) && f.same(req.PlanValue.ValueString(), req.StateValue.ValueString()):
		resp.PlanValue = req.StateValue
	default:
		resp.RequiresReplace = true
	}
}

func isKnown(text types.String) bool { return !text.IsNull() && !text.IsUnknown() }

// PlanDefault plans the provider's default for an attribute that the configuration of a new object leaves out.
func PlanDefault(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, attribute path.Path, value UUID) {
	var configured UUID
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, attribute, &configured)...)
	if resp.Diagnostics.HasError() || !configured.IsNull() || !req.State.Raw.IsNull() || value.IsNull() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, attribute, value)...)
}
