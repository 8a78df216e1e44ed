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
		"The UUID of the payment. An action with an `id` can be invoked again without paying twice. To send a payment that was checked, set "+
			"the `id` of its policy check. Defaults to a random UUID for each invocation.",
		"How long to wait for the final status, as a number with a unit, such as `90s` or `10m`. Defaults to `5m`. If the timeout expires, the "+
			"action fails and names the last status, and the payment continues.")
	attributes["category"] = schema.StringAttribute{
		MarkdownDescription: "The category of the payment. Valid values are `standard` and `treasury`. A `treasury` movement moves the wallet " +
			"owner's own money and has no processing fee. Voltage must enable treasury movements for the organization. A treasury movement cannot " +
			"send a payment that a policy check approved. Defaults to `standard`.",
		Optional: true, Validators: []validator.String{categoryValidator()},
	}
	attributes["allow_mainnet"] = schema.BoolAttribute{
		MarkdownDescription: "Whether the action may send real money. Must be `true` unless the wallet is on a known test network, such as " +
			"`testnet3`, `mutinynet` or `signet`. Defaults to `false`.",
		Optional: true,
	}
	return schema.Schema{
		MarkdownDescription: "Pays a Lightning invoice, a Bitcoin address or a BIP 21 URI from a wallet. The action reports progress and waits " +
			"for the final status. If the payment fails, the action fails with the API's type, code and detail. The plan shows a warning with the " +
			"amount, the payee, the wallet and the highest network fee.\n\nThe action sends a payment at most once. If the response to the " +
			"request is lost, the provider looks the payment up by its ID and does not send it again. An action without `id` pays each time it " +
			"is invoked. If a payment with this `id` exists, the action does not send it again and waits for its final status. If that payment " +
			"has another amount, invoice, address or wallet, the action fails and sends nothing.\n\nIf `id` is the ID of a policy check " +
			"(`voltage_payment_check`), the action waits until the check is decided. It sends the payment if the check was approved and every " +
			"argument is the same. Otherwise it fails and sends nothing. The API applies the policies again before it sends the payment. A check " +
			"can be sent once.\n\nA wallet that is not on a known test network needs `allow_mainnet = true`. If the wallet is on a USD line of " +
			"credit, the action requests a quote and uses it.",
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

// what describes the payment and the payee.
func (m *sendModel) what(to *destination) string {
	text := m.sendArguments.what(to)
	if m.isTreasury() {
		text += ", as a treasury movement"
	}
	return text
}

// feeBound describes the highest fees of the payment.
func (m *sendModel) feeBound(ctx context.Context, to *destination) string {
	onTop := "if the wallet has a processing fee, it comes on top"
	if m.isTreasury() {
		onTop = "a treasury movement has no processing fee"
	}
	return m.sendArguments.feeBound(ctx, to) + "; " + onTop
}

// blame maps a refusal, or a later failure, to the attribute that causes it. Treasury movements are a separate feature of the API.
func (m *sendModel) blame() tfkit.Blame {
	if !m.isTreasury() {
		return sendBlame
	}
	return blameCategory(sendBlame)
}

// blameCategory returns a blame in which category causes the refusal of a disabled feature.
func blameCategory(blame tfkit.Blame) tfkit.Blame {
	blame = maps.Clone(blame)
	blame["feature_flag_disabled"] = path.Root("category")
	return blame
}
