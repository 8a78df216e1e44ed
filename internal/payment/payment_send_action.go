package payment

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewSendAction makes the action voltage_payment_send.
func NewSendAction() action.Action { return &sendAction{} }

type sendAction struct {
	tfkit.Action
}

var (
	_ action.ActionWithConfigure      = (*sendAction)(nil)
	_ action.ActionWithModifyPlan     = (*sendAction)(nil)
	_ action.ActionWithValidateConfig = (*sendAction)(nil)
)

type sendModel struct {
	sendArguments
	Category     types.String `tfsdk:"category"`
	AllowMainnet types.Bool   `tfsdk:"allow_mainnet"`
}

// Metadata implements [action.Action].
func (a *sendAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment_send"
}

// Schema implements [action.Action].
func (a *sendAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = sendSchema(ctx)
}

func sendSchema(ctx context.Context) schema.Schema {
	attributes := sendArgumentAttributes(ctx,
		"The payment's UUID, for an action that may be invoked again without paying again, or the `id` of a policy check that is to be sent. "+
			"Defaults to a random one for each invocation.",
		"How long to wait for the final status, as a number with a unit, such as `90s` or `10m`. Defaults to `5m`. If the timeout expires, the "+
			"error says which status was seen last; the payment continues.")
	attributes["category"] = schema.StringAttribute{
		MarkdownDescription: "`standard`, or `treasury` to move the wallet owner's own money, without a processing fee. Voltage enables " +
			"treasury movements for an organization. A treasury movement cannot send what a policy check has approved. Defaults to `standard`.",
		Optional: true, Validators: []validator.String{categoryValidator()},
	}
	attributes["allow_mainnet"] = schema.BoolAttribute{
		MarkdownDescription: "Whether real money may be sent. A wallet is refused without it unless it is on `testnet3`, `mutinynet`, `signet` " +
			"or another known test network. Defaults to `false`.",
		Optional: true,
	}
	return schema.Schema{
		MarkdownDescription: "Pays an invoice, an address or a BIP 21 URI from a wallet, and reports progress to the final status. A payment " +
			"that fails is an error with the API's type, code and detail. The plan has a warning that says what will be paid, to whom, from which " +
			"wallet, and the bound on the network fee.\n\n" +
			"The payment is sent once: after an answer that was lost, the provider reads its ID and never sends it again. An action that is " +
			"invoked twice pays twice, unless it has an `id`. A payment with that `id` is not sent again: the action waits for the payment that " +
			"exists. An `id` that belongs to a payment of another amount, invoice, address or wallet is an error, and nothing is sent.\n\n" +
			"If the `id` is that of a policy check (`voltage_payment_check`), the action waits until the check is decided. It sends the payment " +
			"if the check was approved and every argument is the same; otherwise it fails, and nothing is sent. The API decides by the policies " +
			"again, and sends a check once.\n\n" +
			"A wallet on any network but a known test network needs `allow_mainnet`. On a wallet with a USD line of credit the action " +
			"requests a quote and uses it.",
		Attributes: attributes,
	}
}

func categoryValidator() validator.String {
	return stringvalidator.OneOf(voltage.CategoryStandard, voltage.CategoryTreasury)
}

// ValidateConfig implements [action.ActionWithValidateConfig].
func (a *sendAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var config sendModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	_, diags := config.check(ctx)
	resp.Diagnostics.Append(diags...)
}

func (m *sendModel) isTreasury() bool { return m.Category.ValueString() == voltage.CategoryTreasury }

// what says what is paid, and to whom.
func (m *sendModel) what(to *destination) string {
	text := m.sendArguments.what(to)
	if m.isTreasury() {
		text += ", as a treasury movement"
	}
	return text
}

// feeBound says what the payment may cost beside its amount.
func (m *sendModel) feeBound(ctx context.Context, to *destination) string {
	onTop := "the wallet's processing fee, if it has one, comes on top"
	if m.isTreasury() {
		onTop = "a treasury movement has no processing fee"
	}
	return m.sendArguments.feeBound(ctx, to) + "; " + onTop
}

// blame is the attribute that causes a refusal, or a failure after it. Treasury movements are a feature of their own.
func (m *sendModel) blame() tfkit.Blame {
	if !m.isTreasury() {
		return sendBlame
	}
	return blameCategory(sendBlame)
}

// blameCategory is a blame by which a feature that is off is the category's.
func blameCategory(blame tfkit.Blame) tfkit.Blame {
	blame = maps.Clone(blame)
	blame["feature_flag_disabled"] = path.Root("category")
	return blame
}
