package wallet

import (
	"context"
	"fmt"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
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
	OrganizationID  tfkit.UUID     `tfsdk:"organization_id"`
	EnvironmentID   tfkit.UUID     `tfsdk:"environment_id"`
	Network         types.String   `tfsdk:"network"`
	NameRegex       types.String   `tfsdk:"name_regex"`
	Metadata        types.Map      `tfsdk:"metadata"`
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
		MarkdownDescription: "The wallets of an environment or organization with their balances, narrowed by the arguments. All of them must match.",
		Attributes: map[string]schema.Attribute{
			"organization_id": tfkit.DefaultedUUID("The UUID of the organization. Defaults to the provider's."),
			"environment_id":  tfkit.DefaultedUUID("The UUID of the environment whose wallets are listed. Defaults to the provider's, or to all environments of the organization if the provider has none."),
			"network": schema.StringAttribute{
				MarkdownDescription: "Only wallets on this network: `mainnet`, `testnet3`, `mutinynet` or `signet`. Defaults to every network.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.OneOf(append(voltage.WalletNetworks(), "signet")...)},
			},
			"name_regex": schema.StringAttribute{
				MarkdownDescription: "Only wallets whose name this regular expression matches somewhere ([RE2 syntax](https://github.com/google/re2/wiki/Syntax)); " +
					"anchor it with `^` and `$` for the whole name. Defaults to every name.",
				Optional:   true,
				Validators: []validator.String{tfkit.RegularExpression()},
			},
			"metadata": schema.MapAttribute{
				MarkdownDescription: "Only wallets whose metadata has all of these entries. Defaults to any metadata.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators:          []validator.Map{mapvalidator.NoNullValues()},
			},
			"include_inactive": schema.BoolAttribute{
				MarkdownDescription: "Whether to list inactive and deleted wallets, too. Defaults to `false`.",
				Optional:            true,
			},
			"ids": schema.ListAttribute{
				MarkdownDescription: "The UUIDs of the wallets found, in the order of `wallets`.",
				Computed:            true,
				ElementType:         tfkit.UUIDType{},
			},
			"wallets": schema.ListNestedAttribute{
				MarkdownDescription: "The wallets found, in the order of the API (oldest first).",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: walletAttributes()},
			},
		},
	}
}

var walletsNotRead = tfkit.Declare(tfkit.Message{Summary: "Wallets Not Read"})

// Read implements [datasource.DataSource].
func (d *walletsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model walletsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	model.EnvironmentID = d.EnvironmentOr(model.EnvironmentID, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	filter := voltage.WalletFilter{Inactive: model.IncludeInactive.ValueBool()}
	filter.EnvironmentID, _ = model.EnvironmentID.ID()
	object := fmt.Sprintf("The wallets of organization %s", organization)
	wallets, err := client.ListWallets(ctx, organization, filter)
	err = voltage.WithoutItems(err, excluder(ctx, model.Network, model.NameRegex, model.Metadata, filter.Inactive))
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{Message: walletsNotRead, Object: object, Err: err}.Diagnostic())
		return
	}
	matches := matcher(ctx, model.Network, model.NameRegex, model.Metadata)
	var found []voltage.Wallet
	for i := range wallets {
		if matches(&wallets[i]) && (wallets[i].Active || filter.Inactive) {
			found = append(found, wallets[i])
		}
	}
	currencies, err := lineCurrencies(ctx, client, organization, found...)
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{Message: tfkit.LinesOfCreditNotRead, Object: object, Err: err}.Diagnostic())
		return
	}
	model.OrganizationID = tfkit.NewUUID(organization)
	model.IDs, model.Wallets = []tfkit.UUID{}, []walletObject{}
	for i := range found {
		model.IDs = append(model.IDs, tfkit.NewUUID(found[i].ID))
		model.Wallets = append(model.Wallets, newWalletObject(ctx, &found[i], currencies.of(&found[i]), &resp.Diagnostics))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// matcher is the filter that the API does not have. What is null matches every wallet.
func matcher(ctx context.Context, network, nameRegex types.String, metadata types.Map) func(*voltage.Wallet) bool {
	name := regexp.MustCompile(voltage.NormalText(nameRegex.ValueString())) // validated with the configuration; an empty one matches everything
	wanted := map[string]string{}
	metadata.ElementsAs(ctx, &wanted, false)
	return func(wallet *voltage.Wallet) bool {
		for key, value := range wanted {
			if got, ok := wallet.Metadata[voltage.NormalText(key)]; !ok || got != voltage.NormalText(value) {
				return false
			}
		}
		return (network.IsNull() || voltage.WalletNetwork(wallet.Network) == network.ValueString()) && name.MatchString(wallet.Name)
	}
}

// excluder is the matcher's counterpart for wallets that cannot be read: it reports whether what can be read of one shows that the
// filter does not match it. No other wallet may be left out of a list without a word.
func excluder(ctx context.Context, network, nameRegex types.String, metadata types.Map, inactive bool) func(*voltage.UnreadableItem) bool {
	return func(item *voltage.UnreadableItem) bool {
		network, nameRegex, metadata := network, nameRegex, metadata
		wallet := voltage.Wallet{Active: true}
		if !item.Read("network", &wallet.Network) {
			network = types.StringNull()
		}
		if !item.Read("name", &wallet.Name) {
			nameRegex = types.StringNull()
		}
		wallet.Name = voltage.NormalText(wallet.Name)
		if !item.Read("metadata", &wallet.Metadata) {
			metadata = types.MapNull(types.StringType)
		}
		if !item.Read("active", &wallet.Active) {
			wallet.Active = true
		}
		return !matcher(ctx, network, nameRegex, metadata)(&wallet) || !wallet.Active && !inactive
	}
}

// nameIs is the regular expression of one name.
func nameIs(name types.String) types.String {
	return types.StringValue("^" + regexp.QuoteMeta(voltage.NormalText(name.ValueString())) + "$")
}
