package wallet

import (
	"context"
	"fmt"
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
	const stays = " The API can change it but not remove it: left out after it was set, it stays in force, and the plan says so in a warning."
	limit := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{
			MarkdownDescription: description + " At least 1. Defaults to the limit of the wallet, which is null for no limit. Changing this " +
				"updates the limit in place." + stays,
			Optional: true, Computed: true, Validators: []validator.Int64{int64validator.AtLeast(1)},
		}
	}
	basisPoints := func(description string) schema.Int64Attribute {
		return schema.Int64Attribute{
			MarkdownDescription: description + " in basis points (hundredths of a percent), 0 to 10,000.",
			Required:            true, Validators: []validator.Int64{int64validator.Between(0, 10_000)},
		}
	}
	resp.Schema = schema.Schema{
		Version: 0, // raised, with an upgrade of older states, by a change of what a state means: see CONTRIBUTING.md
		MarkdownDescription: "The policies of a wallet: limits on its sends, compliance, and the fee that Voltage charges for a payment. " +
			"At least one policy is required. A policy that is left out is not changed, and shows the value of the wallet.\n\n" +
			"The API can change policies but, with the exception of `processing_fee`, not remove them. Destroying the resource takes back " +
			"a `processing_fee` that it has set, so that the line of credit's rates apply again; everything else stays in force as long as the " +
			"wallet exists, and the plan says so in a warning unless it destroys the wallet too. To lift a limit, raise it beyond reach first.\n\n" +
			"Use one resource for each wallet: two resources for one wallet would undo each other's changes, and are refused " +
			"within one configuration.",
		Attributes: map[string]schema.Attribute{
			"wallet_id": tfkit.RequiredFixedUUID("The UUID of the wallet. Changing this forces a new resource: the policies of the " +
				"old wallet stay as after a destroy."),
			"organization_id":       tfkit.FixedDefault("organization"),
			attributeMaxPaymentSize: limit("The largest amount of one send, in satoshis."),
			attributeVelocity:       limit("The most payments that the wallet may send in a minute."),
			attributeVolume:         limit("The most that the wallet may send in a period that Voltage sets, in satoshis."),
			attributeOFAC: schema.BoolAttribute{
				MarkdownDescription: "Whether payments have to comply with the sanctions lists of OFAC. Defaults to the policy of the wallet, or " +
					"to `false` if it has no such policy. Changing this updates the policy in place. If it is left out after it was `true`, it stays " +
					"`true`, and the plan says so in a warning.",
				Optional: true, Computed: true,
			},
			attributeReflex: schema.StringAttribute{
				MarkdownDescription: "The UUID of the Reflex template by which payments are approved. Defaults to the template of the wallet, which " +
					"is null for no template. Changing this updates the policy in place." + stays,
				Optional: true, Computed: true, CustomType: tfkit.UUIDType{},
			},
			attributeFee: schema.SingleNestedAttribute{
				MarkdownDescription: "The fee that Voltage charges for a payment beside the network's fee, instead of the rates of the line " +
					"of credit. Defaults to the fee of the wallet, which is null for the line's rates. Changing this updates the fee in place. If it is " +
					"left out after it was set, it is taken back, and the line's rates apply again.",
				Optional: true, Computed: true,
				Attributes: map[string]schema.Attribute{
					"send_basis_points":    basisPoints("The share of a send,"),
					"receive_basis_points": basisPoints("The share of a receive,"),
				},
			},
			"managed": schema.SetAttribute{
				MarkdownDescription: "The names of the policies that this resource has set. A destroy takes back `processing_fee` only " +
					"if it is one of them.",
				Computed: true, ElementType: types.StringType,
			},
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true, Update: true, Delete: true,
				CreateDescription: tfkit.TimeoutDescription("new policies to be read back",
					"If the timeout expires, the policies stay in the state and are marked as tainted."),
				UpdateDescription: tfkit.TimeoutDescription("changed policies to be read back",
					"If the timeout expires, the state keeps the old ones."),
				DeleteDescription: tfkit.TimeoutDescription("a processing fee to be taken back",
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
	resp.IdentitySchema = tfkit.Identity("wallet_id", "The wallet's UUID.")
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
	// What failed before says nothing about this change.
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
		find = reading.Client.FindWalletPolicies // that the wallet has none is what the state says
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

// Update implements [resource.Resource]: it sends what changes. Timeouts are Terraform's own.
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
		// Until the change is seen, both what was configured and what is count as set here.
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

// Delete implements [resource.Resource]: it takes a processing fee back that this resource has set. The API can remove nothing else.
func (r *policiesResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state policiesModel
	if resp.Diagnostics.Append(req.State.Get(ctx, &state)...); !slices.Contains(state.managed(), attributeFee) {
		r.Forget(ctx, req, resp, &state)
		return
	}
	deletion, ctx, cancel := r.BeginDelete(ctx, req, resp, &state,
		tfkit.Failure{Message: feeNotTakenBack, State: policiesKept})
	defer cancel()
	if resp.Diagnostics.HasError() {
		return
	}
	before, err := deletion.Client.FindWalletPolicies(ctx, deletion.Ref)
	if voltage.IsNotFound(err) {
		return // with the wallet everything is gone
	}
	if err == nil {
		_, _, err = changePolicies(ctx, deletion.Client, deletion.Ref, before, voltage.PolicyUpdate{RestoreProcessingFee: true})
	}
	if voltage.IsNotFound(err) {
		// The wallet was deleted meanwhile, or it has no policies and the API creates none.
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
	return fmt.Sprintf("The policies of wallet %s (organization %s)", m.WalletID.ValueString(), m.OrganizationID.ValueString())
}
