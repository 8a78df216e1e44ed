package wallet

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

var (
	newWalletNeeds = tfkit.Declare(tfkit.Message{
		Summary: "Missing Attribute",
		Detail:  "{OBJECT}: {ATTRIBUTE} is required for a new wallet. Only an imported wallet without a line of credit can leave it out.",
		Next:    []string{"Set {ATTRIBUTE}."},
	})
	walletReplaced = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Wallet Will Be Replaced",
		Detail: "{OBJECT}: the API can only rename a wallet. This change deletes the wallet and creates a new one with another ID: {CHANGES}. " +
			"Everything that uses the old ID needs the new ID. If the wallet holds funds at the time of the apply, the API refuses to delete it.",
		Next: []string{"To keep the wallet, undo the change."},
	})
)

// ModifyPlan implements [resource.ResourceWithModifyPlan]: it plans the provider's defaults, refuses wrong plans, and warns of a
// replacement.
func (r *walletResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Settings == nil {
		return
	}
	var state walletModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	switch {
	case req.Plan.Raw.Equal(req.State.Raw):
		resp.Diagnostics.Append(r.keep(ctx, resp.Private, state)...)
		return
	case req.Plan.Raw.IsNull():
		r.planDeletion(ctx, resp.Private, state, "deletes", &resp.Diagnostics)
		return
	}
	var plan, config walletModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.Network.IsUnknown() {
		resp.Diagnostics.Append(r.Settings.CheckNetwork(path.Root("network"), plan.Network.ValueString())...)
	}
	tfkit.CheckAdopt(ctx, req.Config, &resp.Diagnostics)
	switch {
	case req.State.Raw.IsNull():
		r.planCreation(ctx, req, resp, plan, config)
	case r.planReplacement(ctx, req, resp, state, plan, config):
		tfkit.Store[lines](r.Settings).free(state)
		tfkit.Store[reads](r.Settings).take(state.ID)
		resp.Diagnostics.Append(rememberReplaced(ctx, resp.Private, nil)...)
		resp.Diagnostics.Append(tfkit.Store[tfkit.Fates](r.Settings).Plan(state.ID, false)...)
	default:
		resp.Diagnostics.Append(r.keep(ctx, resp.Private, state)...)
	}
}

// keep records that the plan keeps the wallet.
func (r *walletResource) keep(ctx context.Context, private tfkit.WritablePrivate, state walletModel) diag.Diagnostics {
	tfkit.Store[reads](r.Settings).take(state.ID)
	diags := rememberReplaced(ctx, private, &state)
	diags.Append(tfkit.Store[tfkit.Fates](r.Settings).Plan(state.ID, true)...)
	return diags
}

// planDeletion records that the plan deletes a wallet, and refuses to delete one that the API would not delete. verb is "deletes" or
// "replaces".
func (r *walletResource) planDeletion(
	ctx context.Context, private tfkit.WritablePrivate, state walletModel, verb string, diags *diag.Diagnostics,
) {
	tfkit.Store[tfkit.Fates](r.Settings).Plan(state.ID, false)
	tfkit.Store[lines](r.Settings).free(state)
	r.checkDeletion(ctx, private, state, verb, "", diags)
}

// planCreation plans the provider's defaults, and refuses a wallet that the API would refuse. Terraform also calls it for the second half
// of a replacement.
func (r *walletResource) planCreation(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan, config walletModel,
) {
	replaced := recallReplaced(ctx, req.Private, &resp.Diagnostics)
	if replaced != nil {
		r.planDeletion(ctx, resp.Private, *replaced, "replaces", &resp.Diagnostics)
	}
	if !r.Settings.Pending {
		_, diags := r.Settings.RequireClient()
		resp.Diagnostics.Append(diags...)
	}
	for attribute, value := range map[string]attr.Value{"line_of_credit_id": plan.LineOfCreditID, "limit": plan.Limit} {
		if value.IsNull() {
			newWalletNeeds.AddAt(&resp.Diagnostics, path.Root(attribute), tfkit.Values{"OBJECT": plan.Describe(), "ATTRIBUTE": attribute})
		}
	}
	organization := r.Settings.Organization(config.OrganizationID, &resp.Diagnostics)
	environment := r.Settings.Environment(config.EnvironmentID, &resp.Diagnostics)
	tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), organization)
	tfkit.PlanDefault(ctx, req, resp, path.Root("environment_id"), environment)
	r.checkLine(ctx, plan, organization, &resp.Diagnostics)
	plan.OrganizationID, plan.EnvironmentID = organization, environment
	if replaced == nil {
		r.checkTainted(ctx, plan, &resp.Diagnostics)
	}
	r.planOwnID(ctx, req, plan, resp)
}

// planOwnID checks an ID that the user has chosen while a creation is planned. So Terraform deletes nothing for a wallet that cannot be
// created.
func (r *walletResource) planOwnID(
	ctx context.Context, req resource.ModifyPlanRequest, plan walletModel, resp *resource.ModifyPlanResponse,
) {
	id, own := plan.ID.ID()
	organization, known := plan.OrganizationID.ID()
	if !own || !known || r.Settings.Pending || resp.Diagnostics.HasError() {
		return
	}
	client, _ := r.Settings.RequireClient()
	plan.ownID(ctx, client, voltage.Ref{OrganizationID: organization, ID: id}).Plan(ctx, r.Settings,
		tfkit.Replaces(ctx, req, plan.ID), &resp.Diagnostics)
}

// planReplacement refuses a replacement that is surely a mistake, or that the API would refuse only after the resources that depend on the
// wallet are destroyed. For any other replacement, it shows a warning with the changes and their result. It reports whether the plan
// replaces the wallet.
func (r *walletResource) planReplacement(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, state, plan, config walletModel,
) bool {
	diags := &resp.Diagnostics
	changes := plan.changes(state)
	if len(tfkit.Changed(changes)) == 0 {
		return false
	}
	// The new wallet gets the current defaults of the provider, which may differ from the values of the old wallet.
	plan.OrganizationID = tfkit.Defaulted(config.OrganizationID, r.Settings.OrganizationID)
	plan.EnvironmentID = tfkit.Defaulted(config.EnvironmentID, r.Settings.EnvironmentID)
	changes = plan.changes(state)
	changed := tfkit.Changed(changes)
	if !tfkit.CheckImport(ctx, req.Private, state.Describe(), "delete the wallet and create another one", changes, diags) ||
		!tfkit.CheckReplacement(config.ID, state.ID, state.Describe(), changes, diags) {
		return true
	}
	described := tfkit.DescribeChanges(changes)
	if r.checkDeletion(ctx, resp.Private, state, "replaces", described, diags); diags.HasError() {
		return true
	}
	walletReplaced.AddAt(diags, path.Root(changed[0]), tfkit.Values{"OBJECT": state.Describe(), "CHANGES": described})
	return true
}

// changes returns the attributes that force a new wallet when they change.
func (m *walletModel) changes(state walletModel) []tfkit.Change {
	return []tfkit.Change{
		{Name: "network", State: state.Network, Plan: m.Network},
		{Name: "line_of_credit_id", State: state.LineOfCreditID, Plan: m.LineOfCreditID},
		{Name: "limit", State: state.Limit, Plan: m.Limit},
		{Name: "metadata", State: state.Metadata, Plan: m.Metadata},
		{Name: "id", State: state.ID, Plan: m.ID},
		{Name: "organization_id", State: state.OrganizationID, Plan: m.OrganizationID},
		{Name: "environment_id", State: state.EnvironmentID, Plan: m.EnvironmentID},
	}
}
