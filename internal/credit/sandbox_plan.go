package credit

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

var (
	limitTooLow = tfkit.Declare(tfkit.Message{
		Summary: "Limit Below Allocated Limit",
		Detail:  "{OBJECT}: limit is {LIMIT}, but the limits of the wallets on the line add up to {ALLOCATED}.",
		Next:    []string{"Set limit to at least {MINIMUM}, or delete wallets first."},
	})
	lineStays = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Line of Credit Stays",
		Detail:  "{OBJECT} is only removed from the state. It keeps its limit of {LIMIT}.",
		Next:    []string{"To leave it with another limit, apply that limit first."},
	})
)

// ModifyPlan implements [resource.ResourceWithModifyPlan]. It refuses a limit that the API would refuse. A destroy warns that the line
// keeps its limit.
func (r *sandboxResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Settings == nil {
		return
	}
	var state, plan sandboxModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if req.Plan.Raw.IsNull() {
		state.warnOfWhatStays(&resp.Diagnostics)
		return
	}
	if resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...); !resp.Diagnostics.HasError() {
		oneLimit.Plan(ctx, r.Settings, req, resp, plan.LineOfCreditID)
	}
	switch {
	case resp.Diagnostics.HasError():
	case req.State.Raw.IsNull():
		r.planCreation(ctx, req, resp, plan)
	case !plan.LineOfCreditID.Equal(state.LineOfCreditID) || !plan.OrganizationID.Equal(state.OrganizationID):
		if tfkit.CheckImport(ctx, req.Private, state.Describe(), "remove this line from the state and change the limit of another line",
			plan.changes(state), &resp.Diagnostics) {
			state.warnOfWhatStays(&resp.Diagnostics)
			r.planLine(ctx, resp, plan)
		}
	case !plan.Limit.Equal(state.Limit):
		r.checkLine(ctx, plan, &resp.Diagnostics)
	}
}

// changes returns the attributes that force a new resource.
func (m *sandboxModel) changes(state sandboxModel) []tfkit.Change {
	return []tfkit.Change{
		{Name: "line_of_credit_id", State: state.LineOfCreditID, Plan: m.LineOfCreditID},
		{Name: "organization_id", State: state.OrganizationID, Plan: m.OrganizationID},
	}
}

// planCreation fills in the provider's default.
func (r *sandboxResource) planCreation(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan sandboxModel,
) {
	var own tfkit.UUID
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("organization_id"), &own)...)
	plan.OrganizationID = r.Settings.Organization(own, &resp.Diagnostics)
	tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), plan.OrganizationID)
	r.planLine(ctx, resp, plan)
}

// planLine checks the line that the plan takes over, and plans its attributes that never change.
func (r *sandboxResource) planLine(ctx context.Context, resp *resource.ModifyPlanResponse, plan sandboxModel) {
	line := r.checkLine(ctx, plan, &resp.Diagnostics)
	if line == nil {
		return
	}
	for attribute, value := range map[string]attr.Value{
		"environment_id": tfkit.NewUUID(line.EnvironmentID), "network": types.StringValue(voltage.WalletNetwork(line.Network)),
		"currency": types.StringValue(line.Currency),
	} {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(attribute), value)...)
	}
}

// checkLine reads the line and refuses a limit below its allocated limit. It returns nil if the line is refused or cannot be read yet.
func (r *sandboxResource) checkLine(ctx context.Context, plan sandboxModel, diags *diag.Diagnostics) *voltage.LineOfCredit {
	if r.Settings.Pending {
		return nil
	}
	client, got := r.Settings.RequireClient()
	diags.Append(got...)
	organization, organizationKnown := plan.OrganizationID.ID()
	id, known := plan.LineOfCreditID.ID()
	if diags.HasError() || !organizationKnown || !known {
		return nil
	}
	line, err := client.GetLineOfCredit(ctx, voltage.Ref{OrganizationID: organization, ID: id})
	switch {
	case voltage.IsNotFound(err):
		diags.Append(tfkit.Failure{
			Message: tfkit.LineOfCreditNotRead, Object: plan.Describe(), Err: err, Blame: sandboxBlame,
		}.Diagnostic())
	case err != nil: // the apply reports it, if it still fails then
	case !plan.Limit.IsUnknown() && plan.Limit.ValueInt64() < line.AllocatedLimit:
		limitTooLow.AddAt(diags, path.Root("limit"), tfkit.Values{
			"OBJECT": plan.Describe(), "LIMIT": voltage.Amount{Currency: line.Currency, Amount: plan.Limit.ValueInt64()},
			"ALLOCATED": voltage.Amount{Currency: line.Currency, Amount: line.AllocatedLimit}, "MINIMUM": line.AllocatedLimit,
		})
	default:
		return line
	}
	return nil
}

// oneLimit ensures that only one resource manages the limit of a line of credit.
var oneLimit = tfkit.Once{
	Resource:  "voltage_sandbox_line_of_credit",
	Attribute: "line_of_credit_id",
	Object:    "The settings of line of credit ",
}

// warnOfWhatStays warns that the line keeps its limit when the resource is destroyed.
func (m *sandboxModel) warnOfWhatStays(diags *diag.Diagnostics) {
	limit := voltage.Amount{Currency: m.Currency.ValueString(), Amount: m.Limit.ValueInt64()}
	lineStays.Add(diags, tfkit.Values{"OBJECT": m.Describe(), "LIMIT": limit})
}
