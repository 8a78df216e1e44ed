package payment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewAssetsDataSource makes the data source voltage_assets.
func NewAssetsDataSource() datasource.DataSource { return &assetsDataSource{} }

type assetsDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*assetsDataSource)(nil)

type assetsModel struct {
	OrganizationID tfkit.UUID    `tfsdk:"organization_id"`
	Network        types.String  `tfsdk:"network"`
	Assets         []assetObject `tfsdk:"assets"`
}

type assetObject struct {
	Asset          types.String `tfsdk:"asset"`
	Currency       types.String `tfsdk:"currency"`
	Name           types.String `tfsdk:"name"`
	Network        types.String `tfsdk:"network"`
	DecimalDisplay types.Int64  `tfsdk:"decimal_display"`
}

// Metadata implements [datasource.DataSource].
func (d *assetsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_assets"
}

// Schema implements [datasource.DataSource].
func (d *assetsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	text := tfkit.ComputedText
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the Taproot assets that an organization can send and receive.",
		Attributes: map[string]schema.Attribute{
			"organization_id": tfkit.OrganizationArgument(),
			"network": schema.StringAttribute{
				MarkdownDescription: "Lists only assets on this network. Valid values are `mainnet`, `testnet3` and `mutinynet`. Defaults to all " +
					"networks.",
				Optional: true, Validators: []validator.String{stringvalidator.OneOf(voltage.WalletNetworks()...)},
			},
			"assets": schema.ListNestedAttribute{
				MarkdownDescription: "The assets found, in the API's order.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"asset":    text("The asset's ID: 66 hex characters."),
					"currency": text("The asset as the currency of an amount: `asset:` followed by its ID."),
					"name":     text("The display name of the asset."),
					"network":  text("The Bitcoin network, as the resource `voltage_wallet` writes it: `mainnet`, `testnet3` or `mutinynet`."),
					"decimal_display": tfkit.ComputedNumber("The number of decimal places of a displayed amount (a count): how many digits of the base " +
						"units come after the decimal point."),
				}},
			},
		},
	}
}

var assetsNotRead = tfkit.Declare(tfkit.Message{Summary: "Assets Not Read"})

// Read implements [datasource.DataSource].
func (d *assetsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model assetsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	assets, err := client.ListAssets(ctx, organization, model.Network.ValueString())
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: assetsNotRead, Object: fmt.Sprintf("The assets of organization %s", organization), Err: err,
		}.Diagnostic())
		return
	}
	model.OrganizationID, model.Assets = tfkit.NewUUID(organization), []assetObject{}
	for _, asset := range assets {
		model.Assets = append(model.Assets, assetObject{
			Asset: types.StringValue(asset.ID), Currency: types.StringValue(asset.Currency()), Name: types.StringValue(asset.Name),
			Network: types.StringValue(voltage.WalletNetwork(asset.Network)), DecimalDisplay: types.Int64Value(asset.DecimalDisplay),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
