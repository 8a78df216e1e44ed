// Package wallet holds the wallet resource and its data sources.
package wallet

import (
	"context"
	"fmt"
	"strings"
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
	AdoptExisting  types.Bool     `tfsdk:"adopt_existing"`
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
			"The API can only rename a wallet. Every other change forces a new resource: the old wallet is deleted, and a new one is created, " +
			"with another ID and no funds. The plan says so in a warning. A wallet that holds funds or owes something " +
			"cannot be deleted, and the plan is an error.\n\n" +
			"Balances move by themselves and are not part of this resource: read them with the data source `voltage_wallet`.",
		Attributes: map[string]schema.Attribute{
			"name": schema.StringAttribute{
				MarkdownDescription: "The wallet's name, 3 to 256 characters. Changing this renames the wallet in place.",
				Required:            true,
				Validators:          []validator.String{stringvalidator.UTF8LengthBetween(3, 256)},
			},
			"network": schema.StringAttribute{
				MarkdownDescription: "The Bitcoin network: `mainnet` (real money), `testnet3` or `mutinynet`. " +
					"It must match the network of the line of credit. Changing this forces a new resource.",
				Required:      true,
				Validators:    []validator.String{stringvalidator.OneOf(voltage.WalletNetworks()...)},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"line_of_credit_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the line of credit that backs the wallet; the data source `voltage_line_of_credit` finds it. " +
					"Required, unless the wallet was imported and no line of credit backs it. Changing this forces a new resource.",
				Optional:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"limit": schema.Int64Attribute{
				MarkdownDescription: "How much credit the wallet may draw, in base units of its line's currency: millisatoshis for btc " +
					"(1 sat = 1,000 msats), cents for usd. `0` makes no credit available. Required, unless the wallet was imported " +
					"and no line of credit backs it. Changing this forces a new resource.",
				Optional:      true,
				Validators:    []validator.Int64{int64validator.AtLeast(0)},
				PlanModifiers: []planmodifier.Int64{int64planmodifier.RequiresReplace()},
			},
			"metadata": schema.MapAttribute{
				MarkdownDescription: "Text under keys of your own, such as a cost center. Defaults to `{}`. Changing this forces a new resource.",
				Optional:            true,
				Computed:            true,
				ElementType:         types.StringType,
				// The API reads no metadata back as null, whether none or an empty map was sent: here both are the empty map.
				Default:       mapdefault.StaticValue(emptyMetadata()),
				Validators:    []validator.Map{mapvalidator.NoNullValues()},
				PlanModifiers: []planmodifier.Map{mapplanmodifier.RequiresReplace()},
			},
			"id":             tfkit.OwnIDAttribute("wallet"),
			"adopt_existing": tfkit.AdoptAttribute("wallet", ""),
			"organization_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the organization. Defaults to the provider's when the wallet is created; a later change of the " +
					"provider's default does not affect the wallet. Changing this forces a new resource.",
				Optional:      true,
				Computed:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment. Defaults to the provider's when the wallet is created; a later change of the " +
					"provider's default does not affect the wallet. Changing this forces a new resource.",
				Optional:      true,
				Computed:      true,
				CustomType:    tfkit.UUIDType{},
				PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
			},
			"active": schema.BoolAttribute{
				MarkdownDescription: "Whether the wallet can be used. A wallet that becomes inactive without being deleted stays in the state, and a warning says so.",
				Computed:            true,
				PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
			},
			"created_at": schema.StringAttribute{
				MarkdownDescription: "When the wallet was created, in RFC 3339. Until the creation is seen to succeed, the time of the request.",
				Computed:            true,
				PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
			},
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true, Delete: true,
				CreateDescription: tfkit.TimeoutDescription("a new wallet to become active", "If the timeout expires, the wallet stays in the state and is marked as tainted."),
				UpdateDescription: tfkit.TimeoutDescription("a new name to be read back", "If the timeout expires, the state keeps the old name."),
				DeleteDescription: tfkit.TimeoutDescription("the wallet to be deleted", "If the timeout expires, the wallet stays in the state."),
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
	resp.Diagnostics.Append(rememberReplaced(ctx, resp.Private, nil)...)
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
	if resp.Diagnostics.HasError() {
		return
	}
	ref := plan.ref(&resp.Diagnostics)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	var existing *voltage.Wallet
	ownID := plan.ownID(ctx, client, ref)
	if own {
		if r.Settings.ClaimID(ref.ID, plan.describe(), &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
		if existing = ownID.Find(ctx, &resp.Diagnostics); resp.Diagnostics.HasError() {
			return
		}
	}

	// From here on the API may have the wallet. The state has its ID before the request leaves, whatever happens then.
	plan.Active, plan.CreatedAt = types.BoolValue(false), tfkit.NewStart()
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	if resp.Diagnostics.HasError() {
		return
	}
	failure := tfkit.Failure{Summary: "Wallet Not Created", Object: plan.describe(), Blame: blame}
	tainted := stateTainted
	if own {
		tainted = stateTaintedOwnID
	}
	used := false // the ID, by a request before this one
	if existing == nil {
		err := client.CreateWallet(ctx, ref, request)
		if used = voltage.IsConflict(err) && plan.AdoptExisting.ValueBool(); used {
			err = nil // created a moment ago, and not readable yet: it is compared below
		}
		if err != nil {
			if tfkit.IsRefused(err) {
				resp.State.RemoveResource(ctx)
				r.Settings.Release(ref.ID)
			} else {
				failure.State = tainted
			}
			failure.Err = err
			resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
	}
	wallet, err := waitActive(ctx, client, ref)
	if wallet != nil {
		if own && wallet.Error == nil {
			if ownID.Confirm(wallet, &resp.Diagnostics); resp.Diagnostics.HasError() {
				resp.State.RemoveResource(ctx)
				return
			}
		}
		plan.readComputed(wallet)
		resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
	}
	if err != nil {
		if failure.Err, failure.State = err, tainted; used && wallet == nil {
			failure.State = tfkit.StateUnseen
			resp.State.RemoveResource(ctx)
		}
		resp.Diagnostics.Append(failure.Diagnostic())
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
	ref := state.ref(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	r.Settings.Release(ref.ID) // a refresh comes after everything that was created or deleted before it
	wallet, err := client.GetListedWallet(ctx, ref)
	unfinished := state.unfinished()
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
	}
	r.Settings.Hold(ref.ID)
	tfkit.Store[reads](r.Settings).keep(wallet)
	resp.Diagnostics.Append(rememberError(ctx, resp.Private, wallet)...)
	resp.Diagnostics.Append(state.read(ctx, wallet)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	if !wallet.Active && (unfinished == nil || !client.IsRecent(*unfinished)) {
		warnOfInactive(state, wallet, &resp.Diagnostics)
	}
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
	ref := state.ref(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	failure := tfkit.Failure{Summary: "Wallet Not Renamed", Object: state.describe(), Blame: blame}
	if !plan.Name.Equal(state.Name) {
		if err := client.RenameWallet(ctx, ref, plan.Name.ValueString()); err != nil {
			failure.Err = err
			resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
		if err := waitNamed(ctx, client, ref, plan.Name.ValueString(), known); err != nil {
			failure.Err = err
			resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
	}
	if plan.Active.IsUnknown() || plan.CreatedAt.IsUnknown() { // of a creation that did not finish, untainted by hand
		wallet, err := client.GetWallet(ctx, ref)
		if err != nil {
			failure.Err = err
			resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
		plan.readComputed(wallet)
	}
	resp.Diagnostics.Append(rememberReplaced(ctx, resp.Private, nil)...)
	resp.Diagnostics.Append(tfkit.ForgetImport(ctx, resp.Private)...)
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
	ref := state.ref(&resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if r.Settings.ClaimID(ref.ID, state.describe(), &resp.Diagnostics); resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()

	failure := tfkit.Failure{Summary: "Wallet Not Deleted", Object: state.describe(), State: stateKept}
	// The wallet as it is before tells an old failed deletion from a new one, and what it holds.
	before, err := findSettled(ctx, client, ref, state.unfinished())
	if err == nil && before == nil {
		// A read can lag behind any write: the state is given up only for a wallet that stays away.
		before, err = voltage.NilIfNotFound(client.GetConfirmedWallet(ctx, ref))
	}
	switch {
	case err != nil:
		r.Settings.Release(ref.ID)
		failure.Err = err
		resp.Diagnostics.Append(failure.Diagnostic())
		return
	case before == nil:
		r.Settings.Release(ref.ID) // nothing has used the ID
		return
	case before.Deleted():
		return
	}
	if err := deleteWallet(ctx, client, ref, before); err != nil {
		r.Settings.Release(ref.ID)
		failure.Err = err
		if voltage.IsType(err, "wallet_not_empty") {
			found := moneyOf(before)
			if found == nil { // it arrived a moment ago
				after, _ := client.GetWallet(ctx, ref)
				found = moneyOf(after)
			}
			if found != nil {
				failure.Object += ", which " + found.text()
				failure.Next = found.clear() + " Then run terraform destroy (or apply) again."
			}
		}
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

// ownID is the creation under the plan's own ID.
func (m *walletModel) ownID(ctx context.Context, client *voltage.Client, ref voltage.Ref) tfkit.OwnID[voltage.Wallet] {
	return tfkit.OwnID[voltage.Wallet]{
		Kind: "wallet", Object: m.describe(), ID: ref.ID, Adopt: m.AdoptExisting.ValueBool(),
		ImportID: ref.OrganizationID.String() + "/" + ref.ID.String(),
		Read:     func(ctx context.Context) (*voltage.Wallet, error) { return client.GetWallet(ctx, ref) },
		Name:     func(w *voltage.Wallet) string { return w.Name },
		Ended: func(w *voltage.Wallet) string {
			switch {
			case w.Deleted():
				return "deleted"
			case w.Error != nil && !w.Active:
				return "failed"
			}
			return ""
		},
		Differences: func(w *voltage.Wallet) []string { return m.differences(ctx, w) },
	}
}

// differences names the attributes in which the API's wallet differs from the plan.
func (m *walletModel) differences(ctx context.Context, wallet *voltage.Wallet) []string {
	var found walletModel
	_ = found.read(ctx, wallet)                                                    // metadata that cannot be read differs
	if strings.TrimSpace(m.Name.ValueString()) == strings.TrimSpace(wallet.Name) { // a trimmed name does not make it somebody else's
		found.Name = m.Name
	}
	var differences []string
	for _, a := range []struct {
		name           string
		planned, found attr.Value
	}{
		{"name", m.Name, found.Name}, {"network", m.Network, found.Network}, {"environment_id", m.EnvironmentID, found.EnvironmentID},
		{"line_of_credit_id", m.LineOfCreditID, found.LineOfCreditID}, {"limit", m.Limit, found.Limit}, {"metadata", m.Metadata, found.Metadata},
	} {
		if text := tfkit.Difference(a.name, a.planned, a.found); text != "" {
			differences = append(differences, text)
		}
	}
	return differences
}

// ref says which wallet the state means. Its environment is not known while it is being imported.
func (m *walletModel) ref(diags *diag.Diagnostics) voltage.Ref {
	var ref voltage.Ref
	ref.OrganizationID, ref.ID = tfkit.StateIDs(m.OrganizationID, m.ID, m.describe(), diags)
	ref.EnvironmentID, _ = m.EnvironmentID.ID()
	return ref
}

// unfinished is when the creation of a wallet began that the state has not seen active, and nil for a wallet that it has.
func (m *walletModel) unfinished() *time.Time {
	if m.Active.ValueBool() || m.Active.IsNull() { // null: it is being imported
		return nil
	}
	return tfkit.StartOf(m.CreatedAt)
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
