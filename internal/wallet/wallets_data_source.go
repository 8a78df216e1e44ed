package wallet

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewListDataSource makes the data source voltage_wallets.
func NewListDataSource() datasource.DataSource { return &walletsDataSource{} }

type walletsDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*walletsDataSource)(nil)

type walletsModel struct {
	walletFilter

	IncludeInactive types.Bool     `tfsdk:"include_inactive"`
	IDs             []tfkit.UUID   `tfsdk:"ids"`
	Wallets         []walletObject `tfsdk:"wallets"`
}

// Metadata implements [datasource.DataSource].
func (d *walletsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_wallets"
}

// Schema implements [datasource.DataSource].
func (d *walletsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the wallets of an environment or organization with their balances. A wallet is listed if it matches all " +
			"arguments.",
		Attributes: withAttributes(filterAttributes(), map[string]schema.Attribute{
			"include_inactive": schema.BoolAttribute{
				MarkdownDescription: "Whether to list inactive and deleted wallets, too. Defaults to `false`.",
				Optional:            true,
			},
			"ids": tfkit.IDsAttribute("wallets", "wallets"),
			"wallets": schema.ListNestedAttribute{
				MarkdownDescription: "The wallets that match, in the order of the API (oldest first).",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: walletAttributes()},
			},
		}),
	}
}

var walletsNotRead = tfkit.Declare(tfkit.Message{Summary: "Wallets Not Read"})

// Read implements [datasource.DataSource].
func (d *walletsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model walletsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	scope, ready := d.ListScope(req, resp, &model.ListArguments)
	if !ready {
		return
	}
	object := scope.Objects("wallets")
	wallets, err := model.list(ctx, scope, model.IncludeInactive.ValueBool())
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{Message: walletsNotRead, Object: object, Err: err}.Diagnostic())
		return
	}
	currencies, err := lineCurrencies(ctx, scope.Client, scope.Organization, wallets...)
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{Message: tfkit.LinesOfCreditNotRead, Object: object, Err: err}.Diagnostic())
		return
	}
	model.IDs, model.Wallets = tfkit.Listed(wallets, walletID, func(wallet *voltage.Wallet) walletObject {
		return newWalletObject(ctx, wallet, currencies.of(wallet), &resp.Diagnostics)
	})
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
