package wallet

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

// ModifyPlan implements [resource.ResourceWithModifyPlan]. A policy that the configuration leaves out stays, except a fee that this
// resource has set. A warning names each policy that stays in force although it is no longer configured.
func (r *policiesResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if r.Settings == nil {
		return
	}
	var state, plan, config policiesModel
	if !req.Plan.Raw.IsNull() {
		if resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...); !resp.Diagnostics.HasError() {
			onePolicies.Plan(ctx, r.Settings, req, resp, plan.WalletID)
		}
	}
	if req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
		if !r.Settings.Pending {
			_, diags := r.Settings.RequireClient()
			resp.Diagnostics.Append(diags...)
		}
		tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), r.Settings.Organization(config.OrganizationID, &resp.Diagnostics))
		if config.known() {
			resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("managed"), newManaged(config.configured()))...)
		}
		return
	}
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	set := state.managed()
	if req.Plan.Raw.IsNull() {
		r.warnOfWhatStays(ctx, req.Private, state, set, &resp.Diagnostics)
		return
	}
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if !plan.WalletID.Equal(state.WalletID) || !plan.OrganizationID.Equal(state.OrganizationID) { // replaced
		plan.OrganizationID = tfkit.Defaulted(config.OrganizationID, r.Settings.OrganizationID)
		tfkit.CheckImport(ctx, req.Private, state.Describe(), "remove these policies from the state and change the policies of another wallet",
			[]tfkit.Change{
				{Name: "wallet_id", State: state.WalletID, Plan: plan.WalletID},
				{Name: "organization_id", State: state.OrganizationID, Plan: plan.OrganizationID},
			}, &resp.Diagnostics)
		if !plan.WalletID.IsUnknown() { // an unknown ID means that the wallet is replaced, so no policy stays
			r.warnOfWhatStays(ctx, req.Private, state, set, &resp.Diagnostics)
		}
		return
	}
	managed := state.Managed
	for _, name := range policyAttributes {
		planned := r.planPolicy(name, set, state, config, &resp.Diagnostics)
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(name), planned)...)
		if !planned.Equal(state.value(name)) {
			managed = newManaged(config.configured())
		}
	}
	if !config.known() {
		managed = types.SetUnknown(types.StringType)
	}
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("managed"), managed)...)
}

// known reports whether every policy of a configuration is known. An unknown policy can still become null.
func (m *policiesModel) known() bool {
	return !slices.ContainsFunc(policyAttributes, func(name string) bool { return m.value(name).IsUnknown() })
}

const (
	stillBinds = "{OBJECT}: these policies stay in force after the resource is destroyed, as long as the wallet exists: {POLICIES}. The API " +
		"can change them but cannot remove them"
	applyOthers = "To change them, apply other values before you destroy the resource."
)

var (
	policyStays = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Policy Stays in Force",
		Detail:  "{OBJECT}: {POLICY} is no longer configured, but stays in force. The API can change it but cannot remove it.",
		Next:    []string{"To change it, set another value."},
	})
	policiesStay = tfkit.Declare(tfkit.Message{
		Warning: true, Summary: "Policies Stay in Force", Detail: stillBinds + ".", Next: []string{applyOthers},
	})
	// Another client has set the fee, so this resource does not remove it.
	policiesAndFeeStay = tfkit.Declare(tfkit.Message{
		Warning: true, Summary: "Policies Stay in Force",
		Detail: stillBinds + ", except processing_fee. This resource does not remove processing_fee, because it has not set it.",
		Next:   []string{applyOthers},
	})
)

// onePolicies ensures that only one resource manages the policies of a wallet.
var onePolicies = tfkit.Once{Resource: "voltage_wallet_policies", Attribute: "wallet_id", Object: "The policies of wallet "}

// planPolicy returns the planned value of one policy.
func (r *policiesResource) planPolicy(name string, set []string, state, config policiesModel, diags *diag.Diagnostics) attr.Value {
	kept, wanted := state.value(name), config.value(name)
	switch dropped := wanted.IsNull() && slices.Contains(set, name); {
	case name == attributeReflex && strings.EqualFold(config.ReflexTemplateID.ValueString(), state.ReflexTemplateID.ValueString()):
		return kept // equal, except perhaps for the case of a UUID
	case !wanted.IsNull():
		return wanted
	case dropped && name == attributeFee:
		return wanted
	case dropped && state.binds(name):
		policyStays.AddAt(diags, path.Root(name), tfkit.Values{
			"OBJECT": state.Describe(), "POLICY": state.describeValues([]string{name})[0],
		})
	}
	return kept
}

// binds reports whether a policy is in force.
func (m *policiesModel) binds(name string) bool {
	return !m.value(name).IsNull() && (name != attributeOFAC || m.OFACCompliant.ValueBool())
}

// warnOfWhatStays warns of the policies that stay in force after the resource is destroyed, unless the wallet is destroyed, too. set are
// the policies that the resource has set.
func (r *policiesResource) warnOfWhatStays(
	ctx context.Context, private tfkit.Private, state policiesModel, set []string, diags *diag.Diagnostics,
) {
	if warning := state.whatStays(set); warning != nil {
		diags.Append(tfkit.Store[tfkit.Fates](r.Settings).Warn(ctx, private, state.WalletID, warning)...)
	}
}

// whatStays returns the warning about the policies that stay in force, or nil if none do.
func (m *policiesModel) whatStays(set []string) diag.Diagnostic {
	var stays []string
	for _, name := range policyAttributes {
		if m.binds(name) && (name != attributeFee || !slices.Contains(set, attributeFee)) {
			stays = append(stays, name)
		}
	}
	if len(stays) == 0 {
		return nil
	}
	message := policiesStay
	if slices.Contains(stays, attributeFee) {
		message = policiesAndFeeStay
	}
	return message.Diagnostic(tfkit.Values{"OBJECT": m.Describe(), "POLICIES": strings.Join(m.describeValues(stays), ", ")})
}
