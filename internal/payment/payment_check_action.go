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
		"The UUID of the check, for a payment that is to be sent afterwards by `voltage_payment_send` with the same `id`. The API decides "+
			"once per ID: an action that is invoked again with the same `id` reports what was decided the first time. Defaults to a random "+
			"one for each invocation.",
		"How long to wait for the decision, as a number with a unit, such as `90s` or `10m`. Defaults to `5m`. If the timeout expires, the "+
			"error says which status was seen last.")
	attributes["expect"] = schema.StringAttribute{
		MarkdownDescription: "The outcome that the check must have: `approved` or `failed`. The other outcome is an error. " +
			"Defaults to `approved`.",
		Optional:   true,
		Validators: []validator.String{stringvalidator.OneOf(voltage.StatusApproved, voltage.StatusFailed)},
	}
	return schema.Schema{
		MarkdownDescription: "Proves which payments the policies of a wallet allow. The API decides on a payment as it does before it sends " +
			"one, and does not send it: no money moves, and the wallet needs none. The action waits for the decision. An outcome that is not the " +
			"expected one is an error, with the reason that the API gives.\n\n" +
			"A check says nothing about the balance of the wallet, the network fee, or whether there is a route to the payee. It does not " +
			"count toward the limits of the policies. The API refuses a payment that it cannot read, such as a broken invoice, whatever " +
			"outcome is expected.\n\n" +
			"The arguments are those of `voltage_payment_send`. With the same `id` and the same arguments, that action sends what the check has " +
			"approved. No `allow_mainnet` is needed, and treasury movements cannot be checked.",
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

// ModifyPlan implements [action.ActionWithModifyPlan]. What is known while planning is checked while planning, as it is before a send.
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
				"OBJECT": config.describe(checkNoun, earlier.ID), "REASON": err,
			})
		}
	}
}

// read reads the configuration of the action and checks it, and returns what would be paid where that is known.
func (a *checkAction) read(ctx context.Context, source tfsdk.Config, diags *diag.Diagnostics) (*checkModel, *destination) {
	var config checkModel
	to := readSend(ctx, source, checkSchema(ctx), &config, &config.sendArguments, diags)
	return &config, to
}
