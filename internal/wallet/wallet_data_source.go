package wallet

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewDataSource makes the data source voltage_wallet.
func NewDataSource() datasource.DataSource { return &walletDataSource{} }

type walletDataSource struct {
	tfkit.DataSource
}

var (
	_ datasource.DataSourceWithConfigure        = (*walletDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*walletDataSource)(nil)
)

// Metadata implements [datasource.DataSource].
func (d *walletDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_wallet"
}

// Schema implements [datasource.DataSource].
func (d *walletDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one wallet with its balances, by `id` or by `name`.",
		Attributes: withAttributes(walletAttributes(), map[string]schema.Attribute{
			"id": tfkit.DefaultedUUID("The UUID of the wallet. Exactly one of `id` and `name` is required. A deleted wallet can " +
				"be read only by `id`."),
			"name": schema.StringAttribute{
				MarkdownDescription: "The complete name of the wallet. Exactly one of `id` and `name` is required. Exactly one active " +
					"wallet of the environment must have this name.",
				Optional:   true,
				Computed:   true,
				Validators: []validator.String{stringvalidator.UTF8LengthAtLeast(1)},
			},
			"organization_id": tfkit.OrganizationArgument(),
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment in which the provider looks for `name`. Defaults to `environment_id` of the " +
					"provider. If the provider has none, the whole organization is searched. Conflicts with `id`.",
				Optional:   true,
				Computed:   true,
				CustomType: tfkit.UUIDType{},
				Validators: []validator.String{stringvalidator.ConflictsWith(path.MatchRoot("id"))},
			},
		}),
	}
}

// ConfigValidators implements [datasource.DataSourceWithConfigValidators].
func (d *walletDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"))}
}

// Read implements [datasource.DataSource].
func (d *walletDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config walletObject
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client, organization, ready := d.Ready(req, resp, config.OrganizationID)
	if !ready {
		return
	}
	wallet := d.find(ctx, client, organization, config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	currencies, err := lineCurrencies(ctx, client, organization, *wallet)
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: tfkit.LineOfCreditNotRead, Object: fmt.Sprintf("The line of credit of wallet %s", wallet.ID), Err: err,
		}.Diagnostic())
		return
	}
	object := newWalletObject(ctx, wallet, currencies.of(wallet), &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, object)...)
}

var (
	walletNotRead = tfkit.Declare(tfkit.Message{Summary: "Wallet Not Read"})
	noWalletNamed = tfkit.Declare(tfkit.Message{
		Summary: "Wallet Not Read",
		Detail:  "{OBJECT}: no active wallet has this name there.",
		Next: []string{"Check name and environment_id. The name is case-sensitive. The data source voltage_wallets lists the wallets that " +
			"exist."},
	})
	severalWalletsNamed = tfkit.Declare(tfkit.Message{
		Summary: "Wallet Not Read",
		Detail:  "{OBJECT}: {COUNT} wallets have this name. Their IDs are {IDS}.",
		Next:    []string{"Set id to one of these IDs instead of name."},
	})
)

// find finds the wallet by ID or name. It adds an error if there is not exactly one.
func (d *walletDataSource) find(
	ctx context.Context, client *voltage.Client, organization uuid.UUID, config walletObject, diags *diag.Diagnostics,
) *voltage.Wallet {
	if id, ok := config.ID.ID(); ok {
		// The same apply may have created the wallet a moment ago.
		wallet, err := voltage.Settled(ctx, client, voltage.Ref{OrganizationID: organization, ID: id}, client.GetWallet)
		if err != nil {
			diags.Append(tfkit.Failure{
				Message: walletNotRead,
				Object:  tfkit.Unnamed("Wallet", config.ID, tfkit.Part{Kind: "organization", ID: tfkit.NewUUID(organization)}),
				Err:     err,
				Blame:   tfkit.Blame{"instance_not_found": path.Root("id")},
			}.Diagnostic())
		}
		return wallet
	}
	scope := tfkit.Scope{Client: client, Organization: organization}
	where := []tfkit.Part{{Kind: "organization", ID: tfkit.NewUUID(organization)}}
	if id, ok := d.EnvironmentOr(config.EnvironmentID, diags).ID(); ok {
		scope.Environment = id
		where = slices.Insert(where, 0, tfkit.Part{Kind: "environment", ID: tfkit.NewUUID(id)})
	}
	if diags.HasError() {
		return nil
	}
	// The list is read only once. A name is for an existing wallet. For a wallet that the same apply creates, a configuration uses the ID.
	wallets, err := walletFilter{NameRegex: tfkit.WholeName(config.Name)}.list(ctx, scope, false)
	return tfkit.One(tfkit.Lookup{
		Object:  tfkit.Named("Wallet", config.Name, config.ID, where...),
		NotRead: walletNotRead, None: noWalletNamed, Several: severalWalletsNamed,
	}, wallets, err, walletID, diags)
}

// currencies maps the ID of a line of credit to its currency.
type currencies map[uuid.UUID]string

// of returns the currency of a wallet's line of credit. It is empty if the wallet has no line of credit, or if the currency is not known.
func (c currencies) of(wallet *voltage.Wallet) string {
	if wallet.LineOfCreditID == nil {
		return ""
	}
	return c[*wallet.LineOfCreditID]
}

// lineCurrencies reads the currencies of lines of credit for wallets without a balance, which would show the currency. For one such wallet,
// it requests the line of credit. For several wallets, it requests the list of all lines. Without such wallets, it sends no request.
func lineCurrencies(ctx context.Context, client *voltage.Client, organization uuid.UUID, wallets ...voltage.Wallet) (currencies, error) {
	result := currencies{}
	var needed []uuid.UUID
	for _, w := range wallets {
		if len(w.Balances) == 0 && w.LineOfCreditID != nil {
			needed = append(needed, *w.LineOfCreditID)
		}
	}
	switch len(needed) {
	case 0:
		return result, nil
	case 1:
		line, err := voltage.NilIfNotFound(client.FindLineOfCredit(ctx, voltage.Ref{OrganizationID: organization, ID: needed[0]}))
		if err != nil {
			return nil, err
		}
		if line != nil {
			result[line.ID] = line.Currency
		}
		return result, nil
	}
	lines, err := client.ListLinesOfCredit(ctx, organization, voltage.LineOfCreditFilter{IncludeDisabled: true})
	err = voltage.WithoutItems(err, func(line *voltage.UnreadableItem) bool {
		return line.ID != uuid.Nil && !slices.Contains(needed, line.ID)
	})
	if err != nil {
		return nil, err
	}
	for _, line := range lines {
		result[line.ID] = line.Currency
	}
	return result, nil
}
