package payment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// ValidateConfig implements [resource.ResourceWithValidateConfig]. It refuses combinations of kind and amount that the contract does not
// allow.
func (r *requestResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config requestModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || config.Kind.IsUnknown() || config.Amount.IsUnknown() {
		return
	}
	resp.Diagnostics.Append(tfkit.CheckReceive(config.Kind.ValueString(), config.amount(ctx, &resp.Diagnostics))...)
}

var (
	staysPayable = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Payment Request Stays Payable",
		Detail:  "{OBJECT} is only removed from the state. The API cannot cancel a payment request, so it can be paid until it expires.",
		Next:    []string{takeBack},
	})
	staysPayableUntil = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Payment Request Stays Payable",
		Detail: "{OBJECT} is only removed from the state. The API cannot cancel a payment request, so it can be paid until " +
			"it expires at {TIME}.",
		Next: []string{takeBack},
	})
)

const takeBack = "Tell the payer not to pay it. Money that is paid before it expires still arrives in the wallet."

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *requestResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state, plan requestModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	switch {
	case req.State.Raw.IsNull():
		r.planCreation(ctx, req, resp, plan)
	case req.Plan.Raw.IsNull():
		r.warnOfPayable(ctx, req.Private, state, false, &resp.Diagnostics)
	default:
		tfkit.CheckAdopt(ctx, req.Config, &resp.Diagnostics)
		planReplacement(ctx, req, state, plan, &resp.Diagnostics)
		// If wallet_id is not known yet, the wallet is replaced. Then the old wallet is destroyed with its request, and no warning is
		// needed.
		if plan.replaces(state) && !plan.WalletID.IsUnknown() {
			r.warnOfPayable(ctx, req.Private, state, plan.WalletID.Equal(state.WalletID), &resp.Diagnostics)
		}
	}
}

// planCreation plans the provider's defaults, and refuses a request that the wallet does not allow, if the wallet can be read while
// planning.
func (r *requestResource) planCreation(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan requestModel,
) {
	tfkit.CheckAdopt(ctx, req.Config, &resp.Diagnostics)
	if r.Settings == nil {
		return
	}
	// Only the configuration shows whether organization_id is left out or not known yet. In the plan both are unknown.
	var own tfkit.UUID
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("organization_id"), &own)...)
	organization := r.Settings.Organization(own, &resp.Diagnostics)
	tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), organization)
	if r.Settings.Pending {
		return
	}
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	walletID, known := plan.WalletID.ID()
	organizationID, organizationKnown := organization.ID()
	id, ownID := plan.ID.ID()
	if resp.Diagnostics.HasError() || r.Settings.AllowedNetworks == nil && !ownID || !known || !organizationKnown {
		return
	}
	// An existing wallet shows the network and the environment of the request. The apply reports every other error.
	wallet, err := client.GetWallet(ctx, voltage.Ref{OrganizationID: organizationID, ID: walletID})
	if err != nil {
		return
	}
	resp.Diagnostics.Append(r.Settings.CheckNetwork(path.Root("wallet_id"), voltage.WalletNetwork(wallet.Network))...)
	if ownID && !resp.Diagnostics.HasError() {
		ref := voltage.Ref{OrganizationID: organizationID, EnvironmentID: wallet.EnvironmentID, ID: id}
		plan.ownID(ctx, client, ref).Plan(ctx, r.Settings, tfkit.Replaces(ctx, req, plan.ID), &resp.Diagnostics)
	}
}

// warnOfPayable warns that a request which the plan removes from the state can still be paid, unless its wallet is destroyed, too.
// walletStays says that the plan certainly keeps the wallet.
func (r *requestResource) warnOfPayable(
	ctx context.Context, private tfkit.Private, state requestModel, walletStays bool, diags *diag.Diagnostics,
) {
	if r.Settings == nil || !r.payable(ctx, state) {
		return
	}
	warning := staysPayable.Diagnostic(tfkit.Values{"OBJECT": state.Describe()})
	if at := state.ExpiresAt.ValueString(); at != "" {
		warning = staysPayableUntil.Diagnostic(tfkit.Values{"OBJECT": state.Describe(), "TIME": at})
	}
	if walletStays {
		diags.Append(warning)
		return
	}
	diags.Append(tfkit.Store[tfkit.Fates](r.Settings).Warn(ctx, private, state.WalletID, warning)...)
}

// planReplacement refuses a replacement that would need the same ID again.
func planReplacement(ctx context.Context, req resource.ModifyPlanRequest, state, plan requestModel, diags *diag.Diagnostics) {
	var own tfkit.UUID
	diags.Append(req.Config.GetAttribute(ctx, path.Root("id"), &own)...)
	tfkit.CheckReplacement(own, state.ID, state.Describe(), plan.changes(state), diags)
}

// payable reports whether a request can still be paid. The state may be old, so payable reads the request from the API if possible.
func (r *requestResource) payable(ctx context.Context, state requestModel) bool {
	if state.Status.ValueString() != voltage.StatusReceiving {
		return false
	}
	ref, known := tfkit.Ref(&state)
	if !known || r.Settings.Pending || r.Settings.Client == nil {
		return true
	}
	payment, err := r.Settings.Client.GetPayment(ctx, ref)
	return err != nil || payment.Status == voltage.StatusReceiving
}

// changes returns the attributes that force a new request when they change.
func (m *requestModel) changes(state requestModel) []tfkit.Change {
	return []tfkit.Change{
		{Name: "wallet_id", State: state.WalletID, Plan: m.WalletID},
		{Name: "kind", State: state.Kind, Plan: m.Kind},
		{Name: "category", State: state.category(), Plan: m.category()},
		{Name: "amount", State: state.Amount, Plan: m.Amount},
		{Name: "description", State: state.Description, Plan: m.Description},
		{Name: "expiration", State: state.Expiration, Plan: m.Expiration},
		{Name: "metadata", State: state.Metadata, Plan: m.Metadata},
		{Name: "organization_id", State: state.OrganizationID, Plan: m.OrganizationID},
		{Name: "id", State: state.ID, Plan: m.ID},
	}
}

// replaces reports whether a plan replaces the request in the state.
func (m *requestModel) replaces(state requestModel) bool {
	return len(tfkit.Changed(m.changes(state))) > 0
}

const categoryReplaces = "Changing the category forces a new resource."

// otherCategory forces a new resource if the category changes.
func otherCategory(_ context.Context, req planmodifier.StringRequest, resp *stringplanmodifier.RequiresReplaceIfFuncResponse) {
	resp.RequiresReplace = !(&requestModel{Category: req.StateValue}).category().Equal(req.PlanValue)
}

// category returns the category. A state of an older provider has none, which means standard.
func (m *requestModel) category() types.String {
	if m.Category.IsNull() {
		return types.StringValue(voltage.CategoryStandard)
	}
	return m.Category
}

func (m *requestModel) isTreasury() bool { return m.Category.ValueString() == voltage.CategoryTreasury }

// blame maps a refusal, or a later failure, to the attribute that causes it. Treasury movements are a separate feature of the API.
func (m *requestModel) blame() tfkit.Blame {
	if !m.isTreasury() {
		return receiveBlame
	}
	return blameCategory(receiveBlame)
}
