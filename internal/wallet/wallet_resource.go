// Package wallet holds the wallet resource and its data sources.
package wallet

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
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

// defaultTimeout bounds each wait for the API, which takes seconds for any of them.
const defaultTimeout = 5 * time.Minute

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
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

type walletIdentity struct {
	OrganizationID tfkit.UUID `tfsdk:"organization_id"`
	ID             tfkit.UUID `tfsdk:"id"`
}

// Metadata implements [resource.Resource].
func (r *walletResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_wallet"
}

// Schema implements [resource.Resource].
func (r *walletResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 0, // raised, with an upgrade of older states, by a change of what a state means: see CONTRIBUTING.md
		MarkdownDescription: "A Voltage wallet, which sends and receives Bitcoin over Lightning and on chain, backed by a line of credit.\n\n" +
			"The API can only rename a wallet. Every other change replaces it: the old wallet is deleted and a new one, with another ID " +
			"and no funds, is made. The plan says so in a warning. A wallet that holds funds cannot be deleted; send them elsewhere first.\n\n" +
			"Balances move by themselves and are not part of this resource: read them with the data source `voltage_wallet`.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "The wallet's name, 3 to 256 characters. Changing it renames the wallet in place.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.UTF8LengthBetween(3, 256)},
			},
			"network": schema.StringAttribute{
				MarkdownDescription: "The Bitcoin network: `mainnet` (real money), `testnet3` or `mutinynet`. " +
					"It must be the line of credit's. Changing it replaces the wallet.",
				Required:      true,
				Validators:    []validator.String{stringvalidator.OneOf(voltage.WalletNetworks()...)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"line_of_credit_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the line of credit that backs the wallet; the data source `voltage_line_of_credit` finds it. " +
					"A new wallet needs one. Leave it out only for an imported wallet that no line of credit backs. Changing it replaces the wallet.",
				Optional:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"limit": schema.Int64Attribute{
				MarkdownDescription: "How much credit the wallet may draw, in base units of its line's currency: millisatoshis for btc " +
					"(1 sat = 1,000 msats), cents for usd. `0` makes no credit available. A new wallet needs a limit. Leave it out only for an " +
					"imported wallet that no line of credit backs. Changing it replaces the wallet.",
				Optional:      true,
				Validators:    []validator.Int64{int64validator.AtLeast(0)},
				PlanModifiers: []planmodifier.Int64{int64planmodifier.RequiresReplace()},
			},
			"metadata": schema.MapAttribute{
				MarkdownDescription: "Text under keys of your own, such as a cost center. Default: none (`{}`). Changing it replaces the wallet.",
				Optional:            true,
				Computed:            true,
				ElementType:         types.StringType,
				// The API reads no metadata back as null, whether none or an empty map was sent: here both are the empty map.
				Default:       mapdefault.StaticValue(emptyMetadata()),
				Validators:    []validator.Map{mapvalidator.NoNullValues()},
				PlanModifiers: []planmodifier.Map{mapplanmodifier.RequiresReplace()},
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "The wallet's UUID. Default: a random one, known after the apply. With one of your own, a creation that was " +
					"interrupted can be found again by it; an ID that is in use is refused. Changing it replaces the wallet.",
				Optional:      true,
				Computed:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"organization_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the organization. Default: the provider's when the wallet is created; a later change of the " +
					"provider's default does not touch the wallet. Changing it here replaces the wallet.",
				Optional:      true,
				Computed:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment. Default: the provider's when the wallet is created; a later change of the " +
					"provider's default does not touch the wallet. Changing it here replaces the wallet.",
				Optional:      true,
				Computed:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"active": schema.BoolAttribute{
				MarkdownDescription: "Whether the wallet can be used. It is, as long as it is in the state: an inactive wallet is a deleted one.",
				Computed:            true,
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"created_at": schema.StringAttribute{
				MarkdownDescription: "When the wallet was created, in RFC 3339.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true, Delete: true,
				CreateDescription: tfkit.TimeoutDescription("a new wallet to become active", "When it is up, the wallet stays in the state, marked as tainted."),
				UpdateDescription: tfkit.TimeoutDescription("a new name to be read back", "When it is up, the state keeps the old name."),
				DeleteDescription: tfkit.TimeoutDescription("a wallet to be gone", "When it is up, the wallet stays in the state."),
			}),
		},
	}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *walletResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfkit.Identity("id", "The wallet's UUID.")
}

// Create implements [resource.Resource].
func (r *walletResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan walletModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.OrganizationID = r.Settings.Organization(plan.OrganizationID.KnownOrNull(), &resp.Diagnostics)
	plan.EnvironmentID = r.Settings.Environment(plan.EnvironmentID.KnownOrNull(), &resp.Diagnostics)
	resp.Diagnostics.Append(r.Settings.CheckNetwork(path.Root("network"), plan.Network.ValueString())...)
	timeout, diags := plan.Timeouts.Create(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	own := !plan.ID.IsUnknown()
	if !own {
		id, err := voltage.NewID()
		if err != nil {
			resp.Diagnostics.Append(tfkit.Failure{Summary: "Wallet Not Created", Object: plan.describe(), Err: err}.Diagnostic())
		}
		plan.ID = tfkit.NewUUID(id)
	}
	request := plan.request(ctx, &resp.Diagnostics)
	organization, _ := plan.OrganizationID.ID()
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	if own {
		if !r.Settings.Claim(request.ID) {
			resp.Diagnostics.AddAttributeError(path.Root("id"), "Wallet ID In Use",
				fmt.Sprintf("%s: another voltage_wallet of this configuration has the same id.\n\nGive each wallet an id of its own.", plan.describe()))
			return
		}
		defer r.Settings.Release(request.ID)
		if r.refuseExisting(ctx, client, organization, plan, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
	}

	// From here on the API may have the wallet. The state has its ID before the request leaves, whatever happens then.
	plan.Active, plan.CreatedAt = types.BoolValue(false), types.StringNull()
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(tfkit.RememberStart(ctx, resp.Private)...)
	if resp.Diagnostics.HasError() {
		return
	}
	failure := tfkit.Failure{Summary: "Wallet Not Created", Object: plan.describe(), Blame: blame}
	tainted := stateTainted
	if own {
		tainted = stateTaintedOwnID
	}
	if err := client.CreateWallet(ctx, organization, request); err != nil {
		if tfkit.IsRefused(err) {
			resp.State.RemoveResource(ctx)
		} else {
			failure.State = tainted
		}
		failure.Err = err
		resp.Diagnostics.Append(failure.Diagnostic())
		return
	}
	wallet, err := location{client, organization, request.EnvironmentID, request.ID}.waitActive(ctx)
	if wallet != nil {
		plan.readComputed(wallet)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
	if err != nil {
		failure.Err, failure.State = err, tainted
		resp.Diagnostics.Append(failure.Diagnostic())
		return
	}
	resp.Diagnostics.Append(tfkit.RememberEnd(ctx, resp.Private)...)
}

// refuseExisting refuses an ID of the user's own that is in use: a second wallet cannot have it, and the one that has it
// may be meant.
func (r *walletResource) refuseExisting(
	ctx context.Context, client *voltage.Client, organization uuid.UUID, plan walletModel, diags *diag.Diagnostics,
) {
	id, _ := plan.ID.ID()
	wallet, err := client.GetWallet(ctx, organization, id)
	switch {
	case voltage.IsNotFound(err):
	case err != nil:
		diags.Append(tfkit.Failure{
			Summary: "Wallet Not Created", Object: plan.describe(), Err: err, State: "Nothing was sent but a read of the ID.",
		}.Diagnostic())
	case wallet.Deleted() || !wallet.Active:
		diags.AddAttributeError(path.Root("id"), "Wallet ID In Use",
			fmt.Sprintf("%s: a deleted or inactive wallet named %q has this ID, and an ID cannot be used twice.\n\n"+
				"Choose another id, or leave it out.", plan.describe(), voltage.Clean(wallet.Name)))
	default:
		diags.AddAttributeError(path.Root("id"), "Wallet ID In Use",
			fmt.Sprintf("%[1]s: a wallet named %[2]q has this ID already; it may be what an interrupted apply has made.\n\n"+
				"To manage that wallet here, import it:\n  terraform import ADDRESS %[3]s/%[4]s\n"+
				"where ADDRESS is this resource, such as voltage_wallet.example. For a new wallet choose another id, or leave it out.",
				plan.describe(), voltage.Clean(wallet.Name), organization, id))
	}
}

// Read implements [resource.Resource].
func (r *walletResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state walletModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	// In any case: the framework takes no answer without an identity, and a Terraform before 1.12 has kept none.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	tfkit.Store[tfkit.Fates](r.Settings).See(state.ID)
	if r.Settings.Pending && !state.Name.IsNull() { // null: it is being imported, and there is nothing to go by
		return // what needs the API waits for the apply; until then the state is the best there is
	}
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	unfinished := tfkit.RecallStart(ctx, req.Private, &resp.Diagnostics)
	organization, id := state.ids(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	environment, _ := state.EnvironmentID.ID() // uuid.Nil while it is being imported
	wallet, err := client.GetListedWallet(ctx, organization, environment, id)
	switch {
	case voltage.IsNotFound(err) && unfinished != nil && client.IsRecent(*unfinished):
		return // it can still appear: it stays in the state, tainted, and its deletion waits for it
	case voltage.IsNotFound(err):
		resp.State.RemoveResource(ctx)
		return
	case err != nil:
		resp.Diagnostics.Append(tfkit.Failure{Summary: "Wallet Not Read", Object: state.describe(), Err: err}.Diagnostic())
		return
	case wallet.Deleted():
		resp.State.RemoveResource(ctx)
		return
	case !wallet.Active && (unfinished == nil || wallet.Error != nil):
		resp.State.RemoveResource(ctx)
		return
	case wallet.Active:
		resp.Diagnostics.Append(tfkit.RememberEnd(ctx, resp.Private)...)
	}
	// An inactive wallet whose creation did not finish can still become active: it stays in the state until it is deleted.
	resp.Diagnostics.Append(rememberError(ctx, resp.Private, wallet)...)
	resp.Diagnostics.Append(state.read(ctx, wallet)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update implements [resource.Resource]. The name is all that the API changes; timeouts are Terraform's own.
func (r *walletResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan walletModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Update(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	known := tfkit.Recall[voltage.WalletError](ctx, req.Private, errorKey, &resp.Diagnostics)
	organization, id := state.ids(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	failure := tfkit.Failure{Summary: "Wallet Not Renamed", Object: state.describe(), Blame: blame}
	if !plan.Name.Equal(state.Name) {
		if err := client.RenameWallet(ctx, organization, id, plan.Name.ValueString()); err != nil {
			failure.Err = err
			resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
		if err := state.location(client, organization, id).waitNamed(ctx, plan.Name.ValueString(), known); err != nil {
			failure.Err = err
			resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
	}
	if plan.Active.IsUnknown() || plan.CreatedAt.IsUnknown() { // of a creation that did not finish, untainted by hand
		wallet, err := client.GetWallet(ctx, organization, id)
		if err != nil {
			failure.Err = err
			resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
		plan.readComputed(wallet)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// Delete implements [resource.Resource].
func (r *walletResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state walletModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	timeout, diags := state.Timeouts.Delete(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	unfinished := tfkit.RecallStart(ctx, req.Private, &resp.Diagnostics)
	organization, id := state.ids(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	failure := tfkit.Failure{Summary: "Wallet Not Deleted", Object: state.describe(), State: stateKept}
	// The wallet as it is before tells an old failed deletion from a new one, and what it holds.
	at := state.location(client, organization, id)
	before, err := at.findSettled(ctx, unfinished)
	if err == nil && before == nil {
		// A read can lag behind any write: the state is given up only for a wallet that stays away.
		if before, err = client.GetSettledWallet(ctx, organization, id); voltage.IsNotFound(err) {
			err = nil
		}
	}
	switch {
	case err != nil:
		failure.Err = err
		resp.Diagnostics.Append(failure.Diagnostic())
		return
	case before == nil || before.Deleted():
		return
	}
	if err := at.delete(ctx, before); err != nil {
		if voltage.IsType(err, "wallet_not_empty") {
			failure.Object += ", which holds " + describeBalances(before.Balances)
		}
		failure.Err = err
		resp.Diagnostics.Append(failure.Diagnostic())
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

// ids returns the parsed IDs of a wallet in the state.
func (m *walletModel) ids(diags *diag.Diagnostics) (organization, id uuid.UUID) {
	return tfkit.StateIDs(m.OrganizationID, m.ID, m.describe(), diags)
}

// location is where the API has the wallet.
func (m *walletModel) location(client *voltage.Client, organization, id uuid.UUID) location {
	environment, _ := m.EnvironmentID.ID()
	return location{client, organization, environment, id}
}

// describe names the wallet in messages.
func (m *walletModel) describe() string {
	if m.Name.IsNull() || m.Name.IsUnknown() {
		return fmt.Sprintf("Wallet %s of organization %s", m.ID.ValueString(), m.OrganizationID.ValueString())
	}
	return fmt.Sprintf("Wallet %q (ID %s, organization %s)", voltage.Clean(m.Name.ValueString()), m.ID.ValueString(), m.OrganizationID.ValueString())
}

func (m *walletModel) identity() walletIdentity {
	id, _ := m.ID.ID()
	organization, _ := m.OrganizationID.ID()
	return walletIdentity{OrganizationID: tfkit.NewUUID(organization), ID: tfkit.NewUUID(id)}
}

// request turns a plan into the API's request.
func (m *walletModel) request(ctx context.Context, diags *diag.Diagnostics) voltage.NewWallet {
	request := voltage.NewWallet{
		Name:    m.Name.ValueString(),
		Network: m.Network.ValueString(),
		Limit:   m.Limit.ValueInt64(),
	}
	request.ID, _ = m.ID.ID()
	request.EnvironmentID, _ = m.EnvironmentID.ID()
	request.LineOfCreditID, _ = m.LineOfCreditID.ID()
	if len(m.Metadata.Elements()) > 0 {
		diags.Append(m.Metadata.ElementsAs(ctx, &request.Metadata, false)...)
	}
	return request
}

// read takes over everything that the API says of a wallet.
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

// readComputed takes over what only the API knows.
func (m *walletModel) readComputed(wallet *voltage.Wallet) {
	m.Active = types.BoolValue(wallet.Active)
	m.CreatedAt = tfkit.NewTime(&wallet.CreatedAt)
}

// metadataOf is the empty map for a wallet without metadata, which the API reads back as null.
func metadataOf(ctx context.Context, wallet *voltage.Wallet) (types.Map, diag.Diagnostics) {
	if len(wallet.Metadata) == 0 {
		return emptyMetadata(), nil
	}
	return types.MapValueFrom(ctx, types.StringType, wallet.Metadata)
}

func emptyMetadata() types.Map { return types.MapValueMust(types.StringType, map[string]attr.Value{}) }
