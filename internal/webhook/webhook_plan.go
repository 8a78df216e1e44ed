package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

// ValidateConfig implements [resource.ResourceWithValidateConfig]: a webhook has an event.
func (r *webhookResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config webhookModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || config.Events.IsUnknown() || config.Events.IsNull() {
		return
	}
	events := eventsOf(ctx, config.Events, &resp.Diagnostics)
	for _, set := range []types.Set{events.Send, events.Receive, events.Test} {
		if set.IsUnknown() || len(set.Elements()) > 0 {
			return
		}
	}
	resp.Diagnostics.AddAttributeError(path.Root("events"), "Missing Attribute",
		"A webhook has at least one event, and events names none.\n\nName one in send, receive or test, such as receive = [\"completed\"].")
}

// ModifyPlan implements [resource.ResourceWithModifyPlan]: defaults of the provider, and what a change makes unknown.
func (r *webhookResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || req.Plan.Raw.Equal(req.State.Raw) || r.Settings == nil {
		return
	}
	var plan webhookModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if req.State.Raw.IsNull() {
		if !r.Settings.Pending {
			_, diags := r.Settings.RequireClient()
			resp.Diagnostics.Append(diags...)
		}
		// The plan does not tell an ID that is left out from one that is not known yet: the configuration does.
		var config webhookModel
		resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
		organization := r.Settings.Organization(config.OrganizationID, &resp.Diagnostics)
		environment := r.Settings.Environment(config.EnvironmentID, &resp.Diagnostics)
		tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), organization)
		tfkit.PlanDefault(ctx, req, resp, path.Root("environment_id"), environment)
		return
	}
	var state webhookModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if rotates(state, plan) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("shared_secret"), types.StringUnknown())...)
	}
	if !plan.Enabled.Equal(state.Enabled) {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("status"), types.StringUnknown())...)
	}
}

// rotates reports whether an update rotates the secret.
func rotates(state, plan webhookModel) bool {
	return !plan.SecretVersion.IsNull() && !plan.SecretVersion.Equal(state.SecretVersion)
}
