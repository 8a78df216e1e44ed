package checkout

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

var (
	browsersRefused = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Browsers Will Be Refused",
		Detail: "{OBJECT}: destroying the resource changes origin_policy from \"{POLICY}\" to \"" + voltage.OriginsDenyAll +
			"\". After that, the hosted checkout refuses every browser.",
		Next: []string{"To keep the settings as they are, remove the resource from the state instead (terraform state rm)."},
	})
	needsAllowlist = tfkit.Declare(tfkit.Message{
		Summary: "Origins Without Allowlist",
		Detail:  "allowed_origins requires origin_policy \"" + voltage.OriginsAllowlist + "\", but origin_policy is \"{POLICY}\".",
		Next:    []string{"Change origin_policy, or remove allowed_origins."},
	})
)

// ValidateConfig implements [resource.ResourceWithValidateConfig].
func (r *settingsResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config settingsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(config.check()...)
}

// ModifyPlan implements [resource.ResourceWithModifyPlan]. It plans the provider's defaults, and warns of the effect of a destroy.
func (r *settingsResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Settings == nil {
		return
	}
	if !req.State.Raw.IsNull() {
		var state, plan settingsModel
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
		if !req.Plan.Raw.IsNull() {
			resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
			tfkit.CheckImport(ctx, req.Private, state.Describe(), "set deny_all here and change the settings of another environment", []tfkit.Change{
				{Name: "organization_id", State: state.OrganizationID, Plan: plan.OrganizationID},
				{Name: "environment_id", State: state.EnvironmentID, Plan: plan.EnvironmentID},
			}, &resp.Diagnostics)
		}
		environment := plan.EnvironmentID
		if !environment.Equal(state.EnvironmentID) && state.OriginPolicy.ValueString() != voltage.OriginsDenyAll && !resp.Diagnostics.HasError() {
			browsersRefused.Add(&resp.Diagnostics, tfkit.Values{
				"OBJECT": state.Describe(), "POLICY": voltage.Clean(state.OriginPolicy.ValueString()),
			})
		}
		oneSettings.Plan(ctx, r.Settings, req, resp, environment)
		return
	}
	var config settingsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !r.Settings.Pending {
		_, diags := r.Settings.RequireClient()
		resp.Diagnostics.Append(diags...)
	}
	tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), r.Settings.Organization(config.OrganizationID, &resp.Diagnostics))
	environment := r.Settings.Environment(config.EnvironmentID, &resp.Diagnostics)
	tfkit.PlanDefault(ctx, req, resp, path.Root("environment_id"), environment)
	oneSettings.Plan(ctx, r.Settings, req, resp, environment)
}

// check returns errors for settings that do not fit together. Unknown values are accepted.
func (m *settingsModel) check() diag.Diagnostics {
	var diags diag.Diagnostics
	if !m.OriginPolicy.IsNull() && !m.OriginPolicy.IsUnknown() && m.OriginPolicy.ValueString() != voltage.OriginsAllowlist &&
		len(m.AllowedOrigins.Elements()) > 0 {
		needsAllowlist.AddAt(&diags, path.Root("allowed_origins"), tfkit.Values{"POLICY": m.OriginPolicy.ValueString()})
	}
	return diags
}
