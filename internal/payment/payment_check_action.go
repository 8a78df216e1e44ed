package payment

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewCheckAction makes the action voltage_payment_check.
func NewCheckAction() action.Action { return &checkAction{} }

type checkAction struct {
	tfkit.Action
}

var (
	_ action.ActionWithConfigure      = (*checkAction)(nil)
	_ action.ActionWithModifyPlan     = (*checkAction)(nil)
	_ action.ActionWithValidateConfig = (*checkAction)(nil)
)

type checkModel struct {
	sendArguments
	Expect types.String `tfsdk:"expect"`
}

// Metadata implements [action.Action].
func (a *checkAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment_check"
}

// Schema implements [action.Action].
func (a *checkAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = checkSchema(ctx)
}

func checkSchema(ctx context.Context) schema.Schema {
	attributes := sendArgumentAttributes(ctx,
		"The UUID of the policy check. To send the checked payment later, set the same `id` in `voltage_payment_send`. The API decides once "+
			"per ID: an action that is invoked again with the same `id` reports the first decision. Defaults to a random UUID for each invocation.",
		"How long to wait for the decision, as a number with a unit, such as `90s` or `10m`. Defaults to `5m`. If the timeout expires, the "+
			"action fails and names the last status.")
	attributes["expect"] = schema.StringAttribute{
		MarkdownDescription: "The expected outcome of the check. Valid values are `approved` and `failed`. If the check has the other outcome, " +
			"the action fails. Defaults to `approved`.",
		Optional:   true,
		Validators: []validator.String{stringvalidator.OneOf(voltage.StatusApproved, voltage.StatusFailed)},
	}
	return schema.Schema{
		MarkdownDescription: "Checks whether the policies of a wallet allow a payment. The API makes the same decision as before a " +
			"send, but does not send the payment. No money moves, and the wallet needs no balance. The action waits for the decision. If the " +
			"outcome is not the expected outcome, the action fails with the reason that the API gives.\n\nA check says nothing about the balance " +
			"of the wallet, the network fee, or a route to the payee. It does not count toward the limits of the policies. The API refuses a " +
			"payment that it cannot read, such as a broken invoice, even if `expect` is `failed`.\n\nThe arguments are the same as in " +
			"`voltage_payment_send`. With the same `id` and the same arguments, that action sends the payment that the check approved. A check " +
			"does not need `allow_mainnet`. A treasury movement cannot be checked.",
		Attributes: attributes,
	}
}

// ValidateConfig implements [action.ActionWithValidateConfig].
func (a *checkAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var config checkModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	_, diags := config.check(ctx)
	resp.Diagnostics.Append(diags...)
}

// ModifyPlan implements [action.ActionWithModifyPlan]. It checks all values that are known while planning, as the plan of a send does.
func (a *checkAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	config, to := a.read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || a.Settings == nil {
		return
	}
	if to != nil {
		resp.Diagnostics.Append(to.checkExpiry(time.Now())...)
	}
	payer := config.planPayer(ctx, a.Settings, &resp.Diagnostics)
	if payer == nil {
		return
	}
	resp.Diagnostics.Append(config.checkWallet(a.Settings, payer.wallet, to)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if earlier := config.planEarlier(ctx, payer, to); earlier != nil {
		if err := usedFor(earlier, config.wanted(to)); err != nil {
			idInUse.Choosing(ofAnotherPayment).AddAt(&resp.Diagnostics, path.Root("id"), tfkit.Values{
				"OBJECT": config.describe(checkNoun, earlier.ID, payer), "REASON": err,
			})
		}
	}
}

// read reads and checks the configuration of the action. It returns the destination of the payment, if that is known.
func (a *checkAction) read(ctx context.Context, source tfsdk.Config, diags *diag.Diagnostics) (*checkModel, *destination) {
	var config checkModel
	to := readSend(ctx, source, checkSchema(ctx), &config, &config.sendArguments, diags)
	return &config, to
}
