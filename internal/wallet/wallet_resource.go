// Package wallet holds the wallet resource and its data sources.
package wallet

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewResource makes the resource voltage_wallet.
func NewResource() resource.Resource { return &walletResource{} }

type walletResource struct {
	tfkit.Resource
}

var (
	_ resource.ResourceWithConfigure   = (*walletResource)(nil)
	_ resource.ResourceWithIdentity    = (*walletResource)(nil)
	_ resource.ResourceWithImportState = (*walletResource)(nil)
	_ resource.ResourceWithModifyPlan  = (*walletResource)(nil)
)

type walletModel struct {
	ID             tfkit.UUID     `tfsdk:"id"`
	OrganizationID tfkit.UUID     `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID     `tfsdk:"environment_id"`
	Name           types.String   `tfsdk:"name"`
	Network        types.String   `tfsdk:"network"`
	LineOfCreditID tfkit.UUID     `tfsdk:"line_of_credit_id"`
	Limit          types.Int64    `tfsdk:"limit"`
	Metadata       types.Map      `tfsdk:"metadata"`
	Active         types.Bool     `tfsdk:"active"`
	CreatedAt      types.String   `tfsdk:"created_at"`
	AdoptExisting  types.Bool     `tfsdk:"adopt_existing"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [resource.Resource].
func (r *walletResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_wallet"
}

// Schema implements [resource.Resource].
func (r *walletResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 0, // a change of the meaning of a state raises it, and adds an upgrade of older states: see CONTRIBUTING.md
		MarkdownDescription: "A Voltage wallet. It sends and receives Bitcoin over Lightning and on chain, and a line of credit backs it.\n\n" +
			"The API can only rename a wallet. Every other change forces a new resource: Terraform deletes the old wallet and creates a new one " +
			"with another ID and no funds. The plan shows a warning. The API refuses to delete a wallet that holds funds or owes money, so " +
			"such a plan is an error.\n\n" +
			"Balances change with each payment, so this resource does not show them. Read them with the data source `voltage_wallet`.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "The name of the wallet, from 3 to 256 characters. Changing this renames the wallet in place.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.UTF8LengthBetween(3, 256)},
			},
			"network": schema.StringAttribute{
				MarkdownDescription: "The Bitcoin network. Valid values are `mainnet` (real money), `testnet3` and `mutinynet`. " +
					"Must match the network of the line of credit. Changing this forces a new resource.",
				Required:      true,
				Validators:    []validator.String{stringvalidator.OneOf(voltage.WalletNetworks()...)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"line_of_credit_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the line of credit that backs the wallet. The data source `voltage_line_of_credit` returns it. " +
					"Required unless the wallet was imported and has no line of credit. Changing this forces a new resource.",
				Optional:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"limit": schema.Int64Attribute{
				MarkdownDescription: "The maximum credit that the wallet may use, in base units of the currency of its line of credit: " +
					"msats for btc (1 sat = 1,000 msats), cents for usd. `0` means no credit. Required unless the wallet was imported " +
					"and has no line of credit. Changing this forces a new resource.",
				Optional:      true,
				Validators:    []validator.Int64{int64validator.AtLeast(0)},
				PlanModifiers: []planmodifier.Int64{int64planmodifier.RequiresReplace()},
			},
			"metadata": schema.MapAttribute{
				MarkdownDescription: "Keys and values of your own, such as a cost center. Defaults to `{}`. Changing this forces a new resource.",
				Optional:            true,
				Computed:            true,
				ElementType:         types.StringType,
				// The API returns null for missing and for empty metadata. In the state both are the empty map.
				Default:       mapdefault.StaticValue(emptyMetadata()),
				Validators:    []validator.Map{mapvalidator.NoNullValues()},
				PlanModifiers: []planmodifier.Map{mapplanmodifier.RequiresReplace()},
			},
			"id":              tfkit.OwnIDAttribute("wallet"),
			"adopt_existing":  tfkit.AdoptAttribute("wallet", ""),
			"organization_id": tfkit.FixedDefault("organization"),
			"environment_id":  tfkit.FixedDefault("environment"),
			"active": schema.BoolAttribute{
				MarkdownDescription: "Whether the wallet can be used. A wallet that becomes inactive but is not deleted stays in the state, " +
					"and a refresh shows a warning.",
				Computed:      true,
				PlanModifiers: []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"created_at": tfkit.FixedText("The time when the wallet was created, in RFC 3339. If the creation has not finished, the " +
				"time of the request."),
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true, Delete: true,
				CreateDescription: tfkit.TimeoutDescription("a new wallet to become active",
					"If the timeout expires, the wallet stays in the state and is marked as tainted."),
				UpdateDescription: tfkit.TimeoutDescription("the API to return the new name", "If the timeout expires, the state keeps the old name."),
				DeleteDescription: tfkit.TimeoutDescription("the wallet to be deleted", "If the timeout expires, the wallet stays in the state."),
			}),
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *walletResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfkit.Identity("id", "The UUID of the wallet.")
}

// Create implements [resource.Resource].
func (r *walletResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan walletModel
	creation, ctx, cancel := r.BeginCreate(ctx, req, resp, &plan, tfkit.Failure{Message: walletNotCreated, Blame: blame}, tainted)
	defer cancel()
	resp.Diagnostics.Append(rememberReplaced(ctx, resp.Private, nil)...)
	resp.Diagnostics.Append(rememberPlanned(ctx, resp.Private, nil)...)
	resp.Diagnostics.Append(r.Settings.CheckNetwork(path.Root("network"), plan.Network.ValueString())...)
	request := plan.request(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ownID := plan.ownID(ctx, creation.Client, creation.Ref)
	if !ownID.Find(ctx, creation) {
		return
	}
	plan.Active, plan.CreatedAt = types.BoolValue(false), tfkit.NewStart()
	if !creation.Save(ctx, &plan) {
		return
	}
	if !creation.Request(ctx, func(ctx context.Context, ref voltage.Ref) error {
		return creation.Client.CreateWallet(ctx, ref, request)
	}) {
		return
	}
	wallet, err := waitActive(ctx, creation.Client, creation.Ref)
	if wallet != nil {
		if wallet.Error == nil && !ownID.Confirm(ctx, creation, wallet) {
			return
		}
		plan.readComputed(wallet)
	}
	creation.End(ctx, wallet != nil, err)
}

// Read implements [resource.Resource].
func (r *walletResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state walletModel
	reading, ask := r.BeginRead(ctx, req, resp, &state, walletNotRead)
	tfkit.Store[tfkit.Fates](r.Settings).See(state.ID)
	if !ask {
		return
	}
	wallet, err := reading.Client.GetListedWallet(ctx, reading.Ref)
	if !reading.Found(ctx, err, wallet != nil && wallet.Deleted()) {
		return
	}
	tfkit.Store[reads](r.Settings).keep(wallet)
	resp.Diagnostics.Append(rememberError(ctx, resp.Private, wallet)...)
	resp.Diagnostics.Append(state.read(ctx, wallet)...)
	reading.End(ctx)
	if !wallet.Active && !reading.Appearing() {
		warnOfInactive(state, wallet, &resp.Diagnostics)
	}
}

// Update implements [resource.Resource]. The API can change only the name. The timeouts are not sent.
func (r *walletResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan walletModel
	update, ctx, cancel := r.BeginUpdate(ctx, req, resp, &state, &plan, tfkit.Failure{Message: walletNotRenamed, Blame: blame})
	defer cancel()
	known := tfkit.Recall[voltage.WalletError](ctx, req.Private, errorKey, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if name := plan.Name.ValueString(); !plan.Name.Equal(state.Name) {
		err := update.Client.RenameWallet(ctx, update.Ref, name)
		if err == nil {
			err = waitNamed(ctx, update.Client, update.Ref, name, known)
		}
		if err != nil {
			update.Fail(err)
			return
		}
	}
	if plan.Active.IsUnknown() || plan.CreatedAt.IsUnknown() { // the creation did not finish, and the user has run terraform untaint
		wallet, err := update.Client.GetWallet(ctx, update.Ref)
		if err != nil {
			update.Fail(err)
			return
		}
		plan.readComputed(wallet)
	}
	resp.Diagnostics.Append(rememberReplaced(ctx, resp.Private, nil)...)
	update.End(ctx)
}

// Delete implements [resource.Resource].
func (r *walletResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state walletModel
	deletion, ctx, cancel := r.BeginDelete(ctx, req, resp, &state, tfkit.Failure{Message: walletNotDeleted, State: stateKept})
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	// The wallet before the deletion is needed to tell an old failed deletion from a new one, and a deleted wallet from one that was never
	// active.
	before := recallPlanned(ctx, req.Private, deletion.Ref.ID, &resp.Diagnostics)
	resp.Diagnostics.Append(rememberPlanned(ctx, resp.Private, nil)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if before == nil {
		var err error
		before, err = findBefore(ctx, deletion.Client, deletion.Ref, state.unfinished())
		switch {
		case err != nil:
			deletion.Fail(err)
			return
		case before == nil:
			deletion.Unused()
			return
		case before.Deleted():
			return
		}
	}
	last, found, err := deleteWallet(ctx, deletion.Client, deletion.Ref, before)
	switch {
	case err != nil:
		if voltage.IsType(err, "wallet_not_empty") {
			explainFunds(ctx, deletion, last)
		}
		deletion.Fail(err)
	case !found:
		deletion.Unused()
	}
}

// ImportState implements [resource.ResourceWithImportState].
func (r *walletResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.Import(ctx, req, resp, tfkit.Import{
		Attributes: []string{"organization_id", "id"},
		Forms:      "WALLET_ID or ORGANIZATION_ID/WALLET_ID",
		Where:      "The Voltage dashboard and the data source voltage_wallets show the IDs of wallets.",
	})
}

// Base implements [tfkit.Model].
func (m *walletModel) Base() tfkit.Base {
	return tfkit.Base{
		OrganizationID: &m.OrganizationID, EnvironmentID: &m.EnvironmentID, EnvironmentDefaults: true, ID: &m.ID,
		Imported: m.Name.IsNull(), Unfinished: m.unfinished(), Timeouts: &m.Timeouts,
	}
}

// unfinished returns the time when the creation of a wallet began. It returns nil if the state has seen the wallet active.
func (m *walletModel) unfinished() *time.Time {
	if m.Active.ValueBool() || m.Active.IsNull() { // null during an import
		return nil
	}
	return tfkit.StartOf(m.CreatedAt)
}

// Describe implements [tfkit.Model].
func (m *walletModel) Describe() string {
	return tfkit.Named("Wallet", m.Name, m.ID, tfkit.Part{Kind: "organization", ID: m.OrganizationID})
}

// request returns the request for a plan.
func (m *walletModel) request(ctx context.Context, diags *diag.Diagnostics) voltage.NewWallet {
	request := voltage.NewWallet{
		Name:    m.Name.ValueString(),
		Network: m.Network.ValueString(),
		Limit:   m.Limit.ValueInt64(),
	}
	request.LineOfCreditID, _ = m.LineOfCreditID.ID()
	if len(m.Metadata.Elements()) > 0 {
		diags.Append(m.Metadata.ElementsAs(ctx, &request.Metadata, false)...)
	}
	return request
}

// read copies a wallet of the API into the model.
func (m *walletModel) read(ctx context.Context, wallet *voltage.Wallet) diag.Diagnostics {
	m.ID = tfkit.NewUUID(wallet.ID)
	m.OrganizationID = tfkit.NewUUID(wallet.OrganizationID)
	m.EnvironmentID = tfkit.NewUUID(wallet.EnvironmentID)
	m.Name = types.StringValue(wallet.Name)
	m.Network = types.StringValue(voltage.WalletNetwork(wallet.Network))
	m.LineOfCreditID = tfkit.NewUUIDPointer(wallet.LineOfCreditID)
	m.Limit = types.Int64PointerValue(wallet.Limit)
	m.readComputed(wallet)
	var diags diag.Diagnostics
	m.Metadata, diags = metadataOf(ctx, wallet)
	return diags
}

// readComputed copies the attributes that only the API sets.
func (m *walletModel) readComputed(wallet *voltage.Wallet) {
	m.Active = types.BoolValue(wallet.Active)
	m.CreatedAt = tfkit.NewTime(&wallet.CreatedAt)
}

// metadataOf returns the metadata of a wallet. The API returns null for a wallet without metadata, which becomes the empty map.
func metadataOf(ctx context.Context, wallet *voltage.Wallet) (types.Map, diag.Diagnostics) {
	if len(wallet.Metadata) == 0 {
		return emptyMetadata(), nil
	}
	return types.MapValueFrom(ctx, types.StringType, wallet.Metadata)
}

func emptyMetadata() types.Map { return types.MapValueMust(types.StringType, map[string]attr.Value{}) }
