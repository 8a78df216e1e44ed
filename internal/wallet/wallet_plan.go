package wallet

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

// ModifyPlan implements [resource.ResourceWithModifyPlan]: defaults of the provider, refusals that need no request, and
// the warning that comes with a replacement.
func (r *walletResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Settings == nil {
		return
	}
	var state walletModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	fates := tfkit.Store[tfkit.Fates](r.Settings)
	switch {
	case req.Plan.Raw.Equal(req.State.Raw):
		resp.Diagnostics.Append(fates.Plan(state.ID, true)...)
		return
	case req.Plan.Raw.IsNull():
		fates.Plan(state.ID, false)
		tfkit.Store[lines](r.Settings).free(state)
		return
	}
	var plan walletModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.Network.IsUnknown() {
		resp.Diagnostics.Append(r.Settings.CheckNetwork(path.Root("network"), plan.Network.ValueString())...)
	}
	tfkit.CheckAdopt(ctx, req.Config, &resp.Diagnostics)
	if !req.State.Raw.IsNull() {
		var own tfkit.UUID
		resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("id"), &own)...)
		replaced := warnOfReplacement(state, plan, own, &resp.Diagnostics)
		if replaced {
			tfkit.Store[lines](r.Settings).free(state)
		}
		resp.Diagnostics.Append(fates.Plan(state.ID, !replaced)...)
		return
	}
	if !r.Settings.Pending {
		_, diags := r.Settings.RequireClient()
		resp.Diagnostics.Append(diags...)
	}
	for attribute, value := range map[string]attr.Value{"line_of_credit_id": plan.LineOfCreditID, "limit": plan.Limit} {
		if value.IsNull() {
			resp.Diagnostics.AddAttributeError(path.Root(attribute), "Missing Attribute",
				fmt.Sprintf("%s: a new wallet needs %s; only an imported wallet that no line of credit backs goes without.\n\nGive %[2]s.", plan.describe(), attribute))
		}
	}
	var config walletModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	organization := r.Settings.Organization(config.OrganizationID, &resp.Diagnostics)
	environment := r.Settings.Environment(config.EnvironmentID, &resp.Diagnostics)
	tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), organization)
	tfkit.PlanDefault(ctx, req, resp, path.Root("environment_id"), environment)
	r.checkLine(ctx, plan, organization, &resp.Diagnostics)
	plan.OrganizationID, plan.EnvironmentID = organization, environment
	r.planOwnID(ctx, req, plan, resp)
}

// planOwnID checks an ID of the user's own while a creation is planned, so that nothing is deleted for a wallet that cannot be created.
func (r *walletResource) planOwnID(ctx context.Context, req resource.ModifyPlanRequest, plan walletModel, resp *resource.ModifyPlanResponse) {
	_, own := plan.ID.ID()
	organization, known := plan.OrganizationID.ID()
	if !own || !known || r.Settings.Pending || resp.Diagnostics.HasError() {
		return
	}
	client, _ := r.Settings.RequireClient()
	plan.ownID(ctx, client, organization).Plan(ctx, r.Settings, tfkit.Replaces(ctx, req, plan.ID), &resp.Diagnostics)
}

// warnOfReplacement names what makes Terraform replace a wallet, and what that means. It reports whether anything does. own is the ID in the configuration: the
// new wallet cannot have the old one's.
func warnOfReplacement(state, plan walletModel, own tfkit.UUID, diags *diag.Diagnostics) bool {
	changes := []tfkit.Change{
		{Name: "network", State: state.Network, Plan: plan.Network},
		{Name: "line_of_credit_id", State: state.LineOfCreditID, Plan: plan.LineOfCreditID},
		{Name: "limit", State: state.Limit, Plan: plan.Limit},
		{Name: "metadata", State: state.Metadata, Plan: plan.Metadata},
		{Name: "id", State: state.ID, Plan: plan.ID},
		{Name: "organization_id", State: state.OrganizationID, Plan: plan.OrganizationID},
		{Name: "environment_id", State: state.EnvironmentID, Plan: plan.EnvironmentID},
	}
	changed := tfkit.Changed(changes)
	if len(changed) == 0 {
		return false
	}
	if !tfkit.CheckReplacement(own, state.ID, state.describe(), changes, diags) {
		return true
	}
	diags.AddAttributeWarning(path.Root(changed[0]), "Wallet Will Be Replaced",
		fmt.Sprintf("%s: the API can only rename a wallet, so that changing %s deletes it and makes a new one with another ID. "+
			"Whatever uses the old ID has to learn the new one. A wallet that holds funds cannot be deleted: its replacement would fail.\n\n"+
			"Undo the change to keep the wallet. To have it replaced, send its funds elsewhere first.",
			state.describe(), strings.Join(changed, ", ")))
	return true
}
