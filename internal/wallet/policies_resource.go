package wallet

import (
	"context"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/resourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewPoliciesResource makes the resource voltage_wallet_policies.
func NewPoliciesResource() resource.Resource {
	return &policiesResource{tfkit.Resource{Once: &onePolicies}}
}

type policiesResource struct {
	tfkit.Resource
}

var (
	_ resource.ResourceWithConfigure        = (*policiesResource)(nil)
	_ resource.ResourceWithConfigValidators = (*policiesResource)(nil)
	_ resource.ResourceWithIdentity         = (*policiesResource)(nil)
	_ resource.ResourceWithImportState      = (*policiesResource)(nil)
	_ resource.ResourceWithModifyPlan       = (*policiesResource)(nil)
)

type policiesModel struct {
	WalletID              tfkit.UUID     `tfsdk:"wallet_id"`
	OrganizationID        tfkit.UUID     `tfsdk:"organization_id"`
	MaxPaymentSizeSats    types.Int64    `tfsdk:"max_payment_size_sats"`
	TransactionsPerMinute types.Int64    `tfsdk:"transactions_per_minute"`
	SendVolumeLimitSats   types.Int64    `tfsdk:"send_volume_limit_sats"`
	OFACCompliant         types.Bool     `tfsdk:"ofac_compliant"`
	ReflexTemplateID      tfkit.UUID     `tfsdk:"reflex_template_id"`
	ProcessingFee         types.Object   `tfsdk:"processing_fee"`
	Managed               types.Set      `tfsdk:"managed"`
	Timeouts              timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [resource.Resource].
func (r *policiesResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_wallet_policies"
}

// Schema implements [resource.Resource].
func (r *policiesResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	const stays = " The API can change the policy but cannot remove it. If you remove this argument, the policy stays in force, and the " +
		"plan shows a warning."
	limit := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{
			MarkdownDescription: description + " At least 1. Defaults to the current limit of the wallet; null means no limit. Changing this " +
				"updates the limit in place." + stays,
			Optional: true, Computed: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
		}
	}
	basisPoints := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{
			MarkdownDescription: description + " in basis points (1 basis point = 0.01%), from 0 to 10,000.",
			Required:            true, Validators: []validator.Int64{int64validator.Between(0, 10_000)},
		}
	}
	resp.Schema = schema.Schema{
		Version: 0, // a change of the meaning of a state raises it, and adds an upgrade of older states: see CONTRIBUTING.md
		MarkdownDescription: "The policies of a wallet: limits on its sends, compliance, and the fee that Voltage charges for a payment. " +
			"At least one policy is required. The resource does not change a policy that you leave out, and shows its current value.\n\n" +
			"The API can change policies, but the only policy that it can remove is `processing_fee`. If this resource has set " +
			"`processing_fee`, destroying the resource removes it, and the rates of the line of credit apply again. All other policies stay in " +
			"force as long as the wallet exists. The plan shows a warning unless it destroys the wallet, too. To lift a limit, set it to a very " +
			"high value before you destroy the resource.\n\n" +
			"Use one resource per wallet. Two resources for the same wallet would undo each other's changes, and are an error in one " +
			"configuration.",
		Attributes: map[string]schema.Attribute{
			"wallet_id": tfkit.RequiredFixedUUID("The UUID of the wallet. Changing this forces a new resource. The policies of the " +
				"old wallet stay in force, as after a destroy."),
			"organization_id":       tfkit.FixedDefault("organization"),
			attributeMaxPaymentSize: limit("The maximum amount of one send, in sats."),
			attributeVelocity:       limit("The maximum number of payments that the wallet may send per minute."),
			attributeVolume:         limit("The maximum amount that the wallet may send in a period that Voltage sets, in sats."),
			attributeOFAC: schema.BoolAttribute{
				MarkdownDescription: "Whether payments must comply with the sanctions lists of OFAC. Defaults to the current policy of the wallet, " +
					"or to `false` if it has none. Changing this updates the policy in place. If you remove this argument after it was `true`, it " +
					"stays `true`, and the plan shows a warning.",
				Optional: true, Computed: true,
			},
			attributeReflex: schema.StringAttribute{
				MarkdownDescription: "The UUID of the Reflex template that approves payments. Defaults to the current template of the wallet; null " +
					"means no template. Changing this updates the policy in place." + stays,
				Optional: true, Computed: true, CustomType: tfkit.UUIDType{},
			},
			attributeFee: schema.SingleNestedAttribute{
				MarkdownDescription: "The fee that Voltage charges for a payment in addition to the fee of the network. It replaces the rates of the " +
					"line of credit. Defaults to the current fee of the wallet; null means that the rates of the line of credit apply. Changing this " +
					"updates the fee in place. If you remove this argument after this resource has set it, the rates of the line of credit apply again.",
				Optional: true, Computed: true,
				Attributes: map[string]schema.Attribute{
					"send_basis_points":    basisPoints("The fee of a send,"),
					"receive_basis_points": basisPoints("The fee of a receive,"),
				},
			},
			"managed": schema.SetAttribute{
				MarkdownDescription: "The names of the policies that this resource has set. A destroy removes `processing_fee` only " +
					"if it is one of them.",
				Computed: true, ElementType: types.StringType,
			},
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true, Delete: true,
				CreateDescription: tfkit.TimeoutDescription("the API to return the new policies",
					"If the timeout expires, the policies stay in the state and are marked as tainted."),
				UpdateDescription: tfkit.TimeoutDescription("the API to return the changed policies",
					"If the timeout expires, the state keeps the old policies."),
				DeleteDescription: tfkit.TimeoutDescription("the API to remove a processing fee",
					"If the timeout expires, the policies stay in the state."),
			}),
		},
	}
}

// ConfigValidators implements [resource.ResourceWithConfigValidators].
func (r *policiesResource) ConfigValidators(context.Context) []resource.ConfigValidator {
	expressions := make([]path.Expression, 0, len(policyAttributes))
	for _, name := range policyAttributes {
		expressions = append(expressions, path.MatchRoot(name))
	}
	return []resource.ConfigValidator{resourcevalidator.AtLeastOneOf(expressions...)}
}

// IdentitySchema implements [resource.ResourceWithIdentity].
func (r *policiesResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tfkit.Identity("wallet_id", "The UUID of the wallet.")
}

// Create implements [resource.Resource].
func (r *policiesResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config policiesModel
	creation, ctx, cancel := r.BeginCreate(ctx, req, resp, &plan,
		tfkit.Failure{Message: policiesNotSet, Blame: policiesBlame}, policiesTainted)
	defer cancel()
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	update := plan.changes(ctx, policiesModel{}, config.configured(), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	// The policies can have the error of an earlier change, which says nothing about this change.
	before, err := creation.Client.FindWalletPolicies(ctx, creation.Ref)
	if err != nil {
		creation.Fail(err)
		return
	}
	if !creation.Claim(ctx) {
		return
	}
	plan.Managed = newManaged(config.configured())
	unfinished := plan
	unfinished.fill(newPoliciesModel(ctx, before, &resp.Diagnostics))
	if !creation.Save(ctx, &unfinished) {
		return
	}
	policies, sent, err := changePolicies(ctx, creation.Client, creation.Ref, before, update)
	switch {
	case err != nil && !sent:
		creation.Refused(ctx, err)
	case err != nil:
		creation.Doubtful(err)
	default:
		plan.fill(newPoliciesModel(ctx, policies, &resp.Diagnostics))
		creation.End(ctx, true, nil)
	}
}

// Read implements [resource.Resource].
func (r *policiesResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state policiesModel
	reading, ask := r.BeginRead(ctx, req, resp, &state, policiesNotRead)
	resp.Diagnostics.Append(tfkit.Store[tfkit.Fates](r.Settings).Note(ctx, resp.Private, state.WalletID)...)
	if !ask {
		return
	}
	find := reading.Client.GetSettledWalletPolicies
	if state.holdsNothing() {
		find = reading.Client.FindWalletPolicies // the state says that the wallet has no policies
	}
	policies, err := find(ctx, reading.Ref)
	if err == nil && policies == nil && !state.holdsNothing() {
		reading.Missing(ctx)
		return
	}
	if !reading.Found(ctx, err, false) {
		return
	}
	state.read(newPoliciesModel(ctx, policies, &resp.Diagnostics))
	reading.End(ctx)
}

// Update implements [resource.Resource]: it sends only the policies that change. The timeouts are not sent.
func (r *policiesResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config policiesModel
	update, ctx, cancel := r.BeginUpdate(ctx, req, resp, &state, &plan, tfkit.Failure{
		Message: policiesNotChanged, Blame: policiesBlame, State: policiesKeptOld,
	})
	defer cancel()
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	changes := plan.changes(ctx, state, config.configured(), &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if !changes.Empty() {
		// Until a read shows the change, this resource counts as the one that has set the old and the new policies.
		unfinished := state
		unfinished.Managed = newManaged(append(config.configured(), state.managed()...))
		resp.Diagnostics.Append(resp.State.Set(ctx, unfinished)...)
		before, err := update.Client.FindWalletPolicies(ctx, update.Ref)
		if err == nil {
			_, _, err = changePolicies(ctx, update.Client, update.Ref, before, changes)
		}
		if err != nil {
			update.Fail(err)
			return
		}
	}
	if plan.Managed.IsUnknown() {
		plan.Managed = newManaged(config.configured())
	}
	update.End(ctx)
}

// Delete implements [resource.Resource]: it removes a processing fee that this resource has set. The API can remove no other policy.
func (r *policiesResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state policiesModel
	if resp.Diagnostics.Append(req.State.Get(ctx, &state)...); !slices.Contains(state.managed(), attributeFee) {
		r.Forget(ctx, req, resp, &state)
		return
	}
	deletion, ctx, cancel := r.BeginDelete(ctx, req, resp, &state,
		tfkit.Failure{Message: feeNotRemoved, State: policiesKept})
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	before, err := deletion.Client.FindWalletPolicies(ctx, deletion.Ref)
	if voltage.IsNotFound(err) {
		return // the policies no longer exist without the wallet
	}
	if err == nil {
		_, _, err = changePolicies(ctx, deletion.Client, deletion.Ref, before, voltage.PolicyUpdate{RestoreProcessingFee: true})
	}
	if voltage.IsNotFound(err) {
		// The wallet was deleted in the meantime, or it has no policies and the API does not create its first ones.
		after, readErr := deletion.Client.FindWalletPolicies(ctx, deletion.Ref)
		if voltage.IsNotFound(readErr) || readErr == nil && (after == nil || after.ProcessingFee == nil) {
			return
		}
	}
	if err != nil {
		deletion.Fail(err)
	}
}

// ImportState implements [resource.ResourceWithImportState].
func (r *policiesResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	r.Import(ctx, req, resp, tfkit.Import{
		Attributes: []string{"organization_id", "wallet_id"},
		Forms:      "WALLET_ID or ORGANIZATION_ID/WALLET_ID",
		Where:      "The Voltage dashboard and the data source voltage_wallets show the IDs of wallets.",
	})
}

// Base implements [tfkit.Model].
func (m *policiesModel) Base() tfkit.Base {
	return tfkit.Base{OrganizationID: &m.OrganizationID, ID: &m.WalletID, Imported: m.OFACCompliant.IsNull(), Timeouts: &m.Timeouts}
}

// Describe implements [tfkit.Model].
func (m *policiesModel) Describe() string {
	return tfkit.Of("The policies", tfkit.Part{Kind: "wallet", ID: m.WalletID}, tfkit.Part{Kind: "organization", ID: m.OrganizationID})
}
