package payment

import (
	"context"
	"fmt"
	"maps"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewRequestResource makes the resource voltage_payment_request.
func NewRequestResource() resource.Resource { return &requestResource{} }

type requestResource struct {
	tfkit.Resource
}

var (
	_ resource.ResourceWithConfigure      = (*requestResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*requestResource)(nil)
	_ resource.ResourceWithValidateConfig = (*requestResource)(nil)
)

type requestModel struct {
	ID             tfkit.UUID     `tfsdk:"id"`
	OrganizationID tfkit.UUID     `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID     `tfsdk:"environment_id"`
	WalletID       tfkit.UUID     `tfsdk:"wallet_id"`
	Kind           types.String   `tfsdk:"kind"`
	Category       types.String   `tfsdk:"category"`
	Amount         types.Object   `tfsdk:"amount"`
	Description    types.String   `tfsdk:"description"`
	Expiration     types.Int64    `tfsdk:"expiration"`
	Metadata       types.Map      `tfsdk:"metadata"`
	AdoptExisting  types.Bool     `tfsdk:"adopt_existing"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`

	Status         types.String `tfsdk:"status"`
	Currency       types.String `tfsdk:"currency"`
	CreatedAt      types.String `tfsdk:"created_at"`
	UpdatedAt      types.String `tfsdk:"updated_at"`
	ExpiresAt      types.String `tfsdk:"expires_at"`
	PaymentRequest types.String `tfsdk:"payment_request"`
	Address        types.String `tfsdk:"address"`
	BIP21URI       types.String `tfsdk:"bip21_uri"`
	QuoteID        tfkit.UUID   `tfsdk:"quote_id"`
	ReceivedAmount types.Object `tfsdk:"received_amount"`
	ProcessingFee  types.Object `tfsdk:"processing_fee"`
	Breakdown      types.Object `tfsdk:"payment_breakdown"`
	Error          types.Object `tfsdk:"error"`
	Receipts       types.List   `tfsdk:"receipts"`
}

// Metadata implements [resource.Resource].
func (r *requestResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment_request"
}

// Schema implements [resource.Resource].
func (r *requestResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		Version: 0, // a change of the meaning of a state raises it, and adds an upgrade of older states: see CONTRIBUTING.md
		MarkdownDescription: "Requests a payment to a wallet. The request is a Lightning invoice, a Bitcoin address, or a URI with both. " +
			"Terraform waits until it can be paid.\n\nA payment request cannot be changed: every change forces a new resource. The API cannot " +
			"cancel a payment request. Destroying the resource only removes it from the state, and it can be paid until it expires. When a " +
			"request is paid or expires, `status` changes, and Terraform plans no change.\n\nIf the wallet is on a USD line of credit, the " +
			"provider requests a quote and uses it.",
		Attributes: map[string]schema.Attribute{
			"wallet_id": tfkit.RequiredFixedUUID("The UUID of the wallet that receives. Changing this forces a new resource."),
			"kind": schema.StringAttribute{
				MarkdownDescription: "The kind of payment request. Valid values are `bolt11` (a Lightning invoice), `onchain` (a Bitcoin address), " +
					"`bip21` (a URI with both) and `taprootasset` (a Taproot asset). Changing this forces a new resource.",
				Required: true,
				Validators: []validator.String{
					stringvalidator.OneOf(voltage.KindBolt11, voltage.KindOnchain, voltage.KindBIP21, voltage.KindTaprootAsset),
				},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"category": schema.StringAttribute{
				MarkdownDescription: "The category of the payment. Valid values are `standard` and `treasury`. A `treasury` movement is the wallet " +
					"owner's own money and has no processing fee. Voltage must enable treasury movements for the organization, and the API key needs " +
					"WRITE. Defaults to `standard`. Changing this forces a new resource.",
				Optional:      true,
				Computed:      true,
				Default:       stringdefault.StaticString(voltage.CategoryStandard),
				Validators:    []validator.String{categoryValidator()},
				PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplaceIf(otherCategory, categoryReplaces, categoryReplaces)},
			},
			"amount": schema.SingleNestedAttribute{
				MarkdownDescription: "The amount that the wallet receives. If the wallet has a processing fee on receives, the payer pays it on top: " +
					"the invoice asks for the amount and the fee. Without `amount`, the payer chooses the amount. This works for `bolt11` and `bip21` " +
					"only, on a wallet in btc that has no processing fee on receives. Changing this forces a new resource.",
				Optional: true,
				Attributes: map[string]schema.Attribute{
					"amount": schema.Int64Attribute{
						MarkdownDescription: "The amount, in base units of the currency: msats for btc (1 sat = 1,000 msats), cents for usd. An `onchain` " +
							"amount must be a whole number of satoshis.",
						Required:   true,
						Validators: []validator.Int64{int64validator.AtLeast(1)},
					},
					"currency": schema.StringAttribute{
						MarkdownDescription: "The currency of the amount. Valid values are `btc`, `usd`, and `asset:` followed by the 66 hex " +
							"characters of a Taproot asset.",
						Required:   true,
						Validators: []validator.String{tfkit.Currency()},
					},
				},
				PlanModifiers: []planmodifier.Object{objectplanmodifier.RequiresReplace()},
			},
			"description": schema.StringAttribute{
				MarkdownDescription: "The text that the payer sees. Changing this forces a new resource.",
				Optional:            true,
				Validators:          []validator.String{stringvalidator.UTF8LengthAtLeast(1)},
				PlanModifiers:       []planmodifier.String{stringplanmodifier.RequiresReplace()},
			},
			"expiration": schema.Int64Attribute{
				MarkdownDescription: "How long the request can be paid, in seconds. Valid values are 1 to 86,400 (one day). Defaults to `3600` (one " +
					"hour). Changing this forces a new resource.",
				Optional:      true,
				Validators:    []validator.Int64{int64validator.Between(1, 86_400)},
				PlanModifiers: []planmodifier.Int64{int64planmodifier.RequiresReplace()},
			},
			"metadata": schema.MapAttribute{
				MarkdownDescription: "Your own keys and values, stored with the payment. At most 50 keys. A key and a value have at most " +
					"256 characters each. Defaults to `{}`. Changing this forces a new resource.",
				Optional:      true,
				Computed:      true,
				ElementType:   types.StringType,
				Default:       mapdefault.StaticValue(types.MapValueMust(types.StringType, map[string]attr.Value{})),
				Validators:    []validator.Map{tfkit.PaymentMetadata()},
				PlanModifiers: []planmodifier.Map{mapplanmodifier.RequiresReplace()},
			},
			"organization_id": tfkit.FixedDefault("organization"),
			"id":              tfkit.OwnIDAttribute("payment"),
			"adopt_existing":  tfkit.AdoptAttribute("payment request", ""),
			"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
				Create: true,
				CreateDescription: tfkit.TimeoutDescription("the request to become payable",
					"If the timeout expires, the request stays in the state and is marked as tainted."),
			}),
		},
	}
	maps.Copy(resp.Schema.Attributes, requestComputed())
}

// Create implements [resource.Resource].
func (r *requestResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan requestModel
	creation, ctx, cancel := r.BeginCreate(ctx, req, resp, &plan,
		tfkit.Failure{Message: requestNotCreated}, tainted)
	defer cancel()
	creation.Failure.Blame = plan.blame()
	request := plan.request(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	wallet := r.readWallet(ctx, creation, &plan, request, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	creation.Ref.EnvironmentID, plan.EnvironmentID = wallet.wallet.EnvironmentID, tfkit.NewUUID(wallet.wallet.EnvironmentID)
	request.OwnID = creation.OwnID
	ownID := plan.ownID(ctx, creation.Client, creation.Ref)
	if !ownID.Find(ctx, creation) {
		return
	}
	plan.forget()
	plan.CreatedAt = tfkit.NewStart()
	if !creation.Save(ctx, &plan) {
		return
	}
	accepted := false // whether the API has accepted this request
	if !creation.Request(ctx, func(ctx context.Context, ref voltage.Ref) error {
		sent := false
		quote, err := wallet.withQuote(ctx, request.Amount, func(quote *uuid.UUID) error {
			request.QuoteID, sent = quote, true
			result, err := creation.Client.CreateReceive(ctx, ref, request)
			accepted = result == voltage.SentNow
			return err
		})
		plan.QuoteID = tfkit.NewUUIDPointer(quote)
		if err != nil && !sent {
			return tfkit.Unsent(err)
		}
		return err
	}) {
		return
	}
	payment, err := waitFor(ctx, creation.Client, creation.Ref, waitReady, nil, nil)
	if err == nil && payment.Status == voltage.StatusFailed {
		err = failureOf("payment", payment)
	}
	if payment != nil {
		// If the API has accepted the request of this run, the payment belongs to this run, since a used ID gets 409.
		if !accepted && !ownID.Confirm(ctx, creation, payment) {
			return
		}
		resp.Diagnostics.Append(plan.read(ctx, payment)...)
	}
	creation.End(ctx, payment != nil, err)
}

// readWallet reads the receiving wallet, and refuses a request that does not fit the wallet.
func (r *requestResource) readWallet(
	ctx context.Context, creation *tfkit.Creation, plan *requestModel, request voltage.NewReceive, diags *diag.Diagnostics,
) *paymentWallet {
	ref := voltage.Ref{OrganizationID: creation.Ref.OrganizationID, ID: request.WalletID}
	wallet, err := readPaymentWallet(ctx, creation.Client, ref)
	if err != nil {
		creation.FailAt(path.Root("wallet_id"), err)
		return nil
	}
	diags.Append(r.Settings.CheckNetwork(path.Root("wallet_id"), voltage.WalletNetwork(wallet.wallet.Network))...)
	if request.Amount == nil && wallet.currency != voltage.CurrencyBTC {
		walletNeedsAmounts.AddAt(diags, path.Root("amount"), tfkit.Values{
			"OBJECT": plan.Describe(), "CURRENCY": voltage.Clean(wallet.currency),
		})
	}
	return wallet
}

// Read implements [resource.Resource].
func (r *requestResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state requestModel
	reading, ask := r.BeginRead(ctx, req, resp, &state, requestNotRead)
	if !ask {
		return
	}
	resp.Diagnostics.Append(tfkit.Store[tfkit.Fates](r.Settings).Note(ctx, resp.Private, state.WalletID)...)
	payment, err := state.confirm(ctx, reading.Client, reading.Ref)
	if !reading.Found(ctx, err, false) {
		return
	}
	resp.Diagnostics.Append(state.read(ctx, payment)...)
	reading.End(ctx)
}

// Update implements [resource.Resource]. Only the timeouts can change in place, and they are not sent.
func (r *requestResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan requestModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.forget()
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Delete implements [resource.Resource]. The framework removes the request from the state. The API cannot cancel it.
func (r *requestResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// Base implements [tfkit.Model]. The environment of the wallet is the environment of the request.
func (m *requestModel) Base() tfkit.Base {
	return tfkit.Base{
		OrganizationID: &m.OrganizationID, EnvironmentID: &m.EnvironmentID, ID: &m.ID, Unfinished: m.unfinished(), Timeouts: &m.Timeouts,
	}
}

// Describe implements [tfkit.Model].
func (m *requestModel) Describe() string {
	text := "Payment request"
	if id, ok := m.ID.ID(); ok {
		text += " " + id.String()
	}
	return fmt.Sprintf("%s (%s, wallet %s)", text, m.Kind.ValueString(), m.WalletID.ValueString())
}

// unfinished returns the time when the creation of a request began. It returns nil if the state has seen the request.
func (m *requestModel) unfinished() *time.Time {
	if !m.Status.IsNull() {
		return nil
	}
	return tfkit.StartOf(m.CreatedAt)
}

// amount returns the configured amount. Nil stands for any amount.
func (m *requestModel) amount(ctx context.Context, diags *diag.Diagnostics) *tfkit.AmountModel {
	if m.Amount.IsNull() {
		return nil
	}
	return amountModel(ctx, m.Amount, diags)
}

// request turns a plan into the API's request.
func (m *requestModel) request(ctx context.Context, diags *diag.Diagnostics) voltage.NewReceive {
	request := voltage.NewReceive{
		Kind:        m.Kind.ValueString(),
		Treasury:    m.isTreasury(),
		Description: m.Description.ValueString(),
		Expiration:  m.Expiration.ValueInt64(),
	}
	request.WalletID, _ = m.WalletID.ID()
	if amount := m.amount(ctx, diags); amount != nil {
		request.Amount = amount.API()
		diags.Append(tfkit.CheckReceive(request.Kind, amount)...) // values can have been unknown while planning
	} else {
		request.Currency = voltage.CurrencyBTC
	}
	if len(m.Metadata.Elements()) > 0 {
		diags.Append(m.Metadata.ElementsAs(ctx, &request.Metadata, false)...)
	}
	return request
}
