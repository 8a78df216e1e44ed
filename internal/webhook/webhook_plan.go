package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// ModifyPlan implements [resource.ResourceWithModifyPlan]: it plans the provider's defaults, and marks attributes that a change affects as
// unknown.
func (r *webhookResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) || r.Settings == nil {
		return
	}
	var plan webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	tfkit.CheckAdopt(ctx, req.Config, &resp.Diagnostics)
	if req.State.Raw.IsNull() {
		r.planCreation(ctx, req, resp, plan)
		return
	}
	var state webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	warnOfEvents(ctx, state.Describe(), plan.Events, state.Events, &resp.Diagnostics)
	r.planReplacement(ctx, req, state, plan, &resp.Diagnostics)
	if rotates(state, plan) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("shared_secret"), types.StringUnknown())...)
	}
	if !plan.Enabled.Equal(state.Enabled) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("status"), types.StringUnknown())...)
	}
}

// planCreation plans the provider's defaults, and refuses an ID that is in use.
func (r *webhookResource) planCreation(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan webhookModel,
) {
	warnOfEvents(ctx, plan.Describe(), plan.Events, types.ObjectNull(eventsTypes), &resp.Diagnostics)
	if !r.Settings.Pending {
		_, diags := r.Settings.RequireClient()
		resp.Diagnostics.Append(diags...)
	}
	// Only the configuration shows whether an ID is left out or not known yet. In the plan both are unknown.
	var config webhookModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	organization := r.Settings.Organization(config.OrganizationID, &resp.Diagnostics)
	environment := r.Settings.Environment(config.EnvironmentID, &resp.Diagnostics)
	tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), organization)
	tfkit.PlanDefault(ctx, req, resp, path.Root("environment_id"), environment)
	plan.OrganizationID, plan.EnvironmentID = organization, environment
	r.planOwnID(ctx, req, plan, resp)
}

var urlDiffers = tfkit.Declare(tfkit.Message{
	Warning: true,
	Summary: "Webhook URL Changed by API",
	Detail:  "{OBJECT}: url is \"{URL}\", but the API returns \"{URL_READ_BACK}\". The next plan would change it again.",
	Next: []string{
		"Voltage delivers to the URL that the API returns. If the receiver accepts that URL, set url to it. Otherwise choose another URL.",
	},
})

// warnOfURL warns if the API has accepted a URL and returns another one. Then every plan would change the URL.
func warnOfURL(plan webhookModel, webhook *voltage.Webhook, diags *diag.Diagnostics) {
	if webhook == nil || voltage.SameWebhookURL(webhook.URL, plan.URL.ValueString()) {
		return
	}
	urlDiffers.AddAt(diags, path.Root("url"), tfkit.Values{
		"OBJECT": plan.Describe(), "URL": voltage.Clean(plan.URL.ValueString()), "URL_READ_BACK": voltage.Clean(webhook.URL),
	})
}

// planOwnID checks an ID that the user has chosen while a creation is planned. So Terraform deletes nothing for a webhook that cannot be
// created.
func (r *webhookResource) planOwnID(
	ctx context.Context, req resource.ModifyPlanRequest, plan webhookModel, resp *resource.ModifyPlanResponse,
) {
	ref, known := tfkit.Ref(&plan)
	if !known || r.Settings.Pending || resp.Diagnostics.HasError() {
		return
	}
	client, _ := r.Settings.RequireClient()
	plan.ownID(client, ref).Plan(ctx, r.Settings, tfkit.Replaces(ctx, req, plan.ID), &resp.Diagnostics)
}

// planReplacement refuses the replacement of a webhook that was imported just now, and a replacement that would need the same ID again.
func (r *webhookResource) planReplacement(
	ctx context.Context, req resource.ModifyPlanRequest, state, plan webhookModel, diags *diag.Diagnostics,
) {
	if len(tfkit.Changed(plan.changes(state))) == 0 {
		return
	}
	var config webhookModel
	diags.Append(req.Config.Get(ctx, &config)...)
	// The new webhook gets the current defaults of the provider, which may differ from the values of the old webhook.
	plan.OrganizationID = tfkit.Defaulted(config.OrganizationID, r.Settings.OrganizationID)
	plan.EnvironmentID = tfkit.Defaulted(config.EnvironmentID, r.Settings.EnvironmentID)
	changes := plan.changes(state)
	if tfkit.CheckImport(ctx, req.Private, state.Describe(), "delete the webhook and create another one with another secret", changes, diags) {
		tfkit.CheckReplacement(config.ID, state.ID, state.Describe(), changes, diags)
	}
}

// changes returns the attributes that force a new webhook when they change.
func (m *webhookModel) changes(state webhookModel) []tfkit.Change {
	return []tfkit.Change{
		{Name: "organization_id", State: state.OrganizationID, Plan: m.OrganizationID},
		{Name: "environment_id", State: state.EnvironmentID, Plan: m.EnvironmentID},
		{Name: "id", State: state.ID, Plan: m.ID},
	}
}

// rotates reports whether an update rotates the secret.
func rotates(state, plan webhookModel) bool {
	return !plan.SecretVersion.IsNull() && !plan.SecretVersion.Equal(state.SecretVersion)
}
