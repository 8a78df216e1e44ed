package checkout

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewSessionResource makes the resource voltage_checkout_session.
func NewSessionResource() resource.Resource { return &sessionResource{} }

type sessionResource struct {
	tfkit.Resource
}

var (
	_ resource.ResourceWithConfigure      = (*sessionResource)(nil)
	_ resource.ResourceWithImportState    = (*sessionResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*sessionResource)(nil)
	_ resource.ResourceWithValidateConfig = (*sessionResource)(nil)
)

// Metadata implements [resource.Resource].
func (r *sessionResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_checkout_session"
}

// Schema implements [resource.Resource].
func (r *sessionResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{
		"wallet_id": tfkit.RequiredFixedUUID("The UUID of the wallet that receives. Changing this forces a new resource."),
		"kind": schema.StringAttribute{
			MarkdownDescription: "The kind of payment. Valid values are `bolt11` (a Lightning invoice), `onchain` (a Bitcoin address), `bip21` (a " +
				"URI with both) and `taprootasset` (a Taproot asset). Changing this forces a new resource.",
			Required: true,
			Validators: []validator.String{
				stringvalidator.OneOf(voltage.KindBolt11, voltage.KindOnchain, voltage.KindBIP21, voltage.KindTaprootAsset),
			},
			PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
		},
		"amount": schema.SingleNestedAttribute{
			MarkdownDescription: "The amount that the wallet receives. If the wallet has a processing fee on receives, the payer pays it on top: " +
				"the invoice asks for the amount and the fee. Without `amount`, the payer chooses the amount. This works for `bolt11` and `bip21` " +
				"only, on a wallet in btc that has no processing fee on receives. Changing this forces a new resource.",
			Optional: true,
			Attributes: map[string]schema.Attribute{
				"amount": schema.Int64Attribute{
					MarkdownDescription: "The amount, in base units of the currency: msats for btc (1 sat = 1,000 msats), cents for usd. An `onchain` " +
						"amount must be a whole number of satoshis. An amount in usd needs a wallet on a USD line of credit.",
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
		"expires_at": schema.StringAttribute{
			MarkdownDescription: "When the session and its token expire, in RFC 3339. Defaults to `expiration` seconds after the creation. The " +
				"same time in another time zone is no change. Changing this forces a new resource.",
			Optional:      true,
			Computed:      true,
			Validators:    []validator.String{tfkit.Timestamp(), stringvalidator.ConflictsWith(path.MatchRoot("expiration"))},
			PlanModifiers: []planmodifier.String{tfkit.Fixed(sameTime)},
		},
		"expiration": schema.Int64Attribute{
			MarkdownDescription: "How long the session can be used, in seconds. Valid values are 1 to 31,536,000 (365 days). Conflicts with " +
				"`expires_at`. Defaults to `3600` (one hour) unless `expires_at` is set. Changing this forces a new resource.",
			Optional:      true,
			Validators:    []validator.Int64{int64validator.Between(1, maxExpiration)},
			PlanModifiers: []planmodifier.Int64{int64planmodifier.RequiresReplace()},
		},
		"metadata": schema.StringAttribute{
			MarkdownDescription: "A JSON object that the pages of the shop read with the session, such as `jsonencode({ table = 4 })`. Anyone who " +
				"has the token can read it. Defaults to `{}`. Changing this forces a new resource.",
			Optional:      true,
			Validators:    []validator.String{invalidMetadata.Unless(checkMetadata)},
			PlanModifiers: []planmodifier.String{tfkit.Fixed(sameJSON)},
		},
		"payment_metadata": schema.MapAttribute{
			MarkdownDescription: "The metadata of the payment, which webhooks contain. At most 50 keys. A key and a value have at most " +
				"256 characters each. Defaults to `{}`. Changing this forces a new resource.",
			Optional:      true,
			Computed:      true,
			ElementType:   types.StringType,
			Default:       mapdefault.StaticValue(types.MapValueMust(types.StringType, map[string]attr.Value{})),
			Validators:    []validator.Map{tfkit.PaymentMetadata()},
			PlanModifiers: []planmodifier.Map{mapplanmodifier.RequiresReplace()},
		},
		"redirect_urls": schema.SingleNestedAttribute{
			MarkdownDescription: "The pages of the shop to which the hosted checkout sends the browser. Defaults to none. Changing this " +
				"forces a new resource.",
			Optional: true,
			Attributes: map[string]schema.Attribute{
				"success": redirectAttribute("The page after a completed payment. Defaults to none."),
				"failure": redirectAttribute("The page after a payment that failed or expired. Defaults to none."),
			},
			PlanModifiers: []planmodifier.Object{objectplanmodifier.RequiresReplace()},
		},
		"organization_id": tfkit.FixedDefault("organization"),
		"id": schema.StringAttribute{
			MarkdownDescription: "The UUID of the session. Defaults to a random UUID, known after the apply. The API uses it as an idempotency " +
				"key. If the ID and every argument match an existing session, the API returns that session. If an argument differs, the API refuses " +
				"the request. Set it together with `expires_at`, so that the next apply finds the same session if Terraform is killed during the " +
				"creation. Changing this forces a new resource.",
			Optional:      true,
			Computed:      true,
			CustomType:    tfkit.UUIDType{},
			PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
		},
		"payment_id": schema.StringAttribute{
			MarkdownDescription: "The UUID of the payment of the session, for `voltage_payment` and for webhook events. It must not be the ID of " +
				"an existing payment. Defaults to a UUID that is derived from `id`. Changing this forces a new resource.",
			Optional:      true,
			Computed:      true,
			CustomType:    tfkit.UUIDType{},
			PlanModifiers: []planmodifier.String{tfkit.FixedUUID()},
		},
		"timeouts": tfkit.Timeouts(ctx, timeouts.Opts{
			Create: true,
			CreateDescription: "How long to wait until the session can be paid, as a number with a unit, such as `90s` or `10m`. Defaults to " +
				"`5m`. If the timeout expires, the session stays in the state and is marked as tainted.",
		}),
	}
	for name, attribute := range sessionComputed() {
		attributes[name] = attribute
	}
	resp.Schema = schema.Schema{
		Version: 0, // a change of the meaning of a state raises it, and adds an upgrade of older states: see CONTRIBUTING.md
		MarkdownDescription: "Creates a session of the hosted checkout: a web address where a browser pays into a wallet. Use it for " +
			"end-to-end tests of a shop. Terraform waits until the session can be paid.\n\nA session cannot be changed: every change forces a new " +
			"resource. The API cannot end a session. Destroying the resource only removes it from the state, and the session can be paid until it " +
			"expires. When a session is paid or expires, `status` changes, and Terraform plans no change.\n\n`checkout_token` and `checkout_url` " +
			"are secrets, and they are stored in the state. Anyone who has one of them can use the session until it expires. The API returns them " +
			"once, so a session cannot be imported.",
		Attributes: attributes,
	}
}

func redirectAttribute(description string) schema.StringAttribute {
	return schema.StringAttribute{
		MarkdownDescription: description, Optional: true, Validators: []validator.String{invalidRedirect.Unless(checkRedirect)},
	}
}

// Create implements [resource.Resource].
func (r *sessionResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan sessionModel
	creation, ctx, cancel := r.BeginCreate(ctx, req, resp, &plan,
		tfkit.Failure{Message: sessionNotCreated, Blame: sessionBlame}, sessionTainted)
	defer cancel()
	request := plan.request(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ref := voltage.Ref{OrganizationID: creation.Ref.OrganizationID, ID: request.WalletID}
	wallet, err := voltage.Settled(ctx, creation.Client, ref, creation.Client.GetWallet) // it may have been created a moment ago
	if err != nil {
		creation.FailAt(path.Root("wallet_id"), err)
		return
	}
	resp.Diagnostics.Append(r.Settings.CheckNetwork(path.Root("wallet_id"), voltage.WalletNetwork(wallet.Network))...)
	if resp.Diagnostics.HasError() {
		return
	}
	creation.Ref.EnvironmentID, plan.EnvironmentID = wallet.EnvironmentID, tfkit.NewUUID(wallet.EnvironmentID)
	if !creation.ChooseID() {
		return
	}
	request.PaymentID = plan.payment(creation.Ref.ID)
	plan.forget()
	plan.PaymentID, plan.CreatedAt = tfkit.NewUUID(request.PaymentID), tfkit.NewStart()
	if !creation.Save(ctx, &plan) {
		return
	}
	var session *voltage.CheckoutSession
	if !creation.Request(ctx, func(ctx context.Context, ref voltage.Ref) (err error) {
		session, err = creation.Client.CreateCheckoutSession(ctx, ref, request)
		if uncertain := (*voltage.UncertainError)(nil); errors.As(err, &uncertain) {
			creation.Failure.Next = askAgain
		}
		return err
	}) {
		return
	}
	plan.CheckoutToken, plan.CheckoutURL = types.StringValue(session.Token), types.StringValue(session.URL)
	if session.OriginPolicy == voltage.OriginsDenyAll {
		noBrowser.Add(&resp.Diagnostics, tfkit.Values{"OBJECT": plan.Describe()})
	}
	payment, err := waitForPayment(ctx, creation.Client, paymentRef(creation.Ref, request.PaymentID))
	if payment != nil {
		resp.Diagnostics.Append(plan.read(ctx, payment)...)
	}
	creation.End(ctx, payment != nil, err)
}

// Read implements [resource.Resource]. The API shows only the payment of a session.
func (r *sessionResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state sessionModel
	reading, ask := r.BeginRead(ctx, req, resp, &state, sessionNotRead)
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
func (r *sessionResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan sessionModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	plan.forget()
	resp.Diagnostics.Append(resp.State.Set(ctx, plan)...)
}

// Delete implements [resource.Resource]. The framework removes the session from the state. The API cannot end it.
func (r *sessionResource) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

// ImportState implements [resource.ResourceWithImportState]. Its error explains why a session cannot be imported, and what to do instead.
func (r *sessionResource) ImportState(_ context.Context, _ resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	noImport.Add(&resp.Diagnostics, nil)
}
