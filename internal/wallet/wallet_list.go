package wallet

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewListResource makes the list resource voltage_wallet.
func NewListResource() list.ListResource { return &walletList{} }

type walletList struct {
	tfkit.Lister
}

var _ list.ListResourceWithConfigure = (*walletList)(nil)

type walletListModel struct {
	OrganizationID tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID   `tfsdk:"environment_id"`
	Network        types.String `tfsdk:"network"`
	NameRegex      types.String `tfsdk:"name_regex"`
	Metadata       types.Map    `tfsdk:"metadata"`
}

// Metadata implements [list.ListResource].
func (l *walletList) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	(&walletResource{}).Metadata(ctx, req, resp)
}

// ListResourceConfigSchema implements [list.ListResource].
func (l *walletList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The active wallets of an environment or organization, narrowed by the arguments, for `terraform query` to find and to import. All of them must match.",
		Attributes: map[string]schema.Attribute{
			"organization_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the organization. Defaults to the provider's.", Optional: true, CustomType: tfkit.UUIDType{},
			},
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment whose wallets are listed. Defaults to the provider's, or to all environments of the organization if the provider has none.",
				Optional:            true, CustomType: tfkit.UUIDType{},
			},
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
		},
	}
}

// List implements [list.ListResource].
func (l *walletList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config walletListModel
	diags := req.Config.Get(ctx, &config)
	scope := l.Scope(config.OrganizationID, config.EnvironmentID, &diags)
	var wallets []voltage.Wallet
	if !diags.HasError() {
		var err error
		wallets, err = scope.Client.ListWallets(ctx, scope.Organization, voltage.WalletFilter{EnvironmentID: scope.Environment})
		err = voltage.WithoutItems(err, excluder(ctx, config.Network, config.NameRegex, config.Metadata, false))
		if err != nil {
			diags.Append(tfkit.Failure{Summary: "Wallets Not Read", Object: fmt.Sprintf("The wallets of organization %s", scope.Organization), Err: err}.Diagnostic())
		}
	}
	matches := matcher(ctx, config.Network, config.NameRegex, config.Metadata)
	wallets = slices.DeleteFunc(wallets, func(w voltage.Wallet) bool { return !w.Active || !matches(&w) })
	stream.Results = tfkit.Results(ctx, req, wallets, diags, func(result *list.ListResult, wallet *voltage.Wallet) {
		model := walletModel{Timeouts: tfkit.NoTimeouts()}
		result.DisplayName = voltage.Clean(wallet.Name)
		result.Diagnostics.Append(model.read(ctx, wallet)...)
		result.Diagnostics.Append(tfkit.Identify(ctx, &model, result.Identity)...)
		if req.IncludeResource {
			result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
		}
	})
}
