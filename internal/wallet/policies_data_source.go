package wallet

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewPoliciesDataSource makes the data source voltage_wallet_policies.
func NewPoliciesDataSource() datasource.DataSource { return &policiesDataSource{} }

type policiesDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*policiesDataSource)(nil)

type policiesObject struct {
	WalletID              tfkit.UUID         `tfsdk:"wallet_id"`
	OrganizationID        tfkit.UUID         `tfsdk:"organization_id"`
	MaxPaymentSizeSats    types.Int64        `tfsdk:"max_payment_size_sats"`
	TransactionsPerMinute types.Int64        `tfsdk:"transactions_per_minute"`
	SendVolumeLimitSats   types.Int64        `tfsdk:"send_volume_limit_sats"`
	OFACCompliant         types.Bool         `tfsdk:"ofac_compliant"`
	ReflexTemplateID      tfkit.UUID         `tfsdk:"reflex_template_id"`
	ReflexThreshold       *tfkit.Money       `tfsdk:"reflex_threshold"`
	ProcessingFee         *feeModel          `tfsdk:"processing_fee"`
	UpdatedAt             types.String       `tfsdk:"updated_at"`
	Error                 *walletErrorObject `tfsdk:"error"`
}

// Metadata implements [datasource.DataSource].
func (d *policiesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_wallet_policies"
}

// Schema implements [datasource.DataSource].
func (d *policiesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	number, text := tfkit.ComputedNumber, tfkit.ComputedText
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the policies of a wallet: limits on its sends, compliance, and fees. For a wallet without policies, " +
			"all of them are null.",
		Attributes: map[string]schema.Attribute{
			"wallet_id":             tfkit.RequiredUUID("The UUID of the wallet."),
			"organization_id":       tfkit.OrganizationArgument(),
			attributeMaxPaymentSize: number("The maximum amount of one send, in sats. Null means no limit."),
			attributeVelocity:       number("The maximum number of payments that the wallet may send per minute. Null means no limit."),
			attributeVolume: number("The maximum amount that the wallet may send in a period that Voltage sets, in " +
				"sats. Null means no limit."),
			attributeOFAC: schema.BoolAttribute{
				MarkdownDescription: "Whether payments must comply with the sanctions lists of OFAC. Null if the wallet has no policies.",
				Computed:            true,
			},
			attributeReflex: tfkit.ComputedUUID("The UUID of the Reflex template that approves payments. Null means no template."),
			"reflex_threshold": tfkit.MoneyDataSourceAttribute("The amount from which payments need the approval of the template. " +
				"Null means no threshold."),
			attributeFee: schema.SingleNestedAttribute{
				MarkdownDescription: "The fee that Voltage charges for a payment in addition to the fee of the network. Null if the rates of the " +
					"line of credit apply.",
				Computed: true,
				Attributes: map[string]schema.Attribute{
					"send_basis_points":    number("The fee of a send, in basis points (1 basis point = 0.01%)."),
					"receive_basis_points": number("The fee of a receive, in basis points (1 basis point = 0.01%)."),
				},
			},
			"updated_at": text("The time of the last change, in RFC 3339. Null if the wallet has no policies."),
			"error": schema.SingleNestedAttribute{
				MarkdownDescription: "The last failure of a change that the API had accepted. Null if none failed.",
				Computed:            true,
				Attributes: map[string]schema.Attribute{
					"type":   text("The type of the error."),
					"detail": text("A description of the error. Null if the API gives none."),
				},
			},
		},
	}
}

var policiesNotRead = tfkit.Declare(tfkit.Message{Summary: "Wallet Policies Not Read"})

// Read implements [datasource.DataSource].
func (d *policiesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model policiesObject
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	wallet, _ := model.WalletID.ID()
	policies, err := client.FindSettledWalletPolicies(ctx, voltage.Ref{OrganizationID: organization, ID: wallet})
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: policiesNotRead, Object: tfkit.Of("The policies", tfkit.Part{Kind: "wallet", ID: model.WalletID},
				tfkit.Part{Kind: "organization", ID: tfkit.NewUUID(organization)}),
			Err: err, Blame: policiesBlame,
		}.Diagnostic())
		return
	}
	model.OrganizationID = tfkit.NewUUID(organization)
	if policies != nil {
		model.MaxPaymentSizeSats = types.Int64PointerValue(policies.MaxPaymentSizeSats)
		model.TransactionsPerMinute = types.Int64PointerValue(policies.TransactionsPerMinute)
		model.SendVolumeLimitSats = types.Int64PointerValue(policies.SendVolumeLimitSats)
		model.OFACCompliant = types.BoolValue(policies.OFACCompliant)
		model.ReflexTemplateID = tfkit.NewUUIDPointer(policies.ReflexTemplateID)
		model.ReflexThreshold = tfkit.NewMoneyPointer(policies.ReflexThreshold)
		model.ProcessingFee = newFeeModel(policies.ProcessingFee)
		model.UpdatedAt = tfkit.NewTime(&policies.UpdatedAt)
		model.Error = newWalletErrorObject(policies.Error)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
