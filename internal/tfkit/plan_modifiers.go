package tfkit

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
)

// FixedUUID is the plan modifier of a UUID that is set once: written in another case it is the same and the state's
// spelling stays, left out it stays what it is, and another UUID replaces the object.
func FixedUUID() planmodifier.String { return fixedUUID{} }

type fixedUUID struct{}

// Description implements [planmodifier.Describer].
func (fixedUUID) Description(context.Context) string {
	return "Another UUID replaces the object; the same in another case, or none, changes nothing."
}

// MarkdownDescription implements [planmodifier.Describer].
func (m fixedUUID) MarkdownDescription(ctx context.Context) string { return m.Description(ctx) }

// PlanModifyString implements [planmodifier.String].
func (fixedUUID) PlanModifyString(_ context.Context, req planmodifier.StringRequest, resp *planmodifier.StringResponse) {
	creating, destroying := req.State.Raw.IsNull(), req.Plan.Raw.IsNull()
	switch {
	case creating, destroying, req.PlanValue.Equal(req.StateValue):
	case req.ConfigValue.IsNull() && req.PlanValue.IsUnknown():
		if !req.StateValue.IsNull() {
			resp.PlanValue = req.StateValue
		}
	case !req.PlanValue.IsUnknown() && !req.StateValue.IsNull() && strings.EqualFold(req.PlanValue.ValueString(), req.StateValue.ValueString()):
		resp.PlanValue = req.StateValue
	default:
		resp.RequiresReplace = true
	}
}

// PlanDefault fills an attribute that the configuration of a new object leaves out with the provider's default.
func PlanDefault(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, attribute path.Path, value UUID) {
	var configured UUID
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, attribute, &configured)...)
	if resp.Diagnostics.HasError() || !configured.IsNull() || !req.State.Raw.IsNull() || value.IsNull() {
		return
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, attribute, value)...)
}
