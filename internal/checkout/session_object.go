package checkout

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/objectplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

type sessionModel struct {
	ID              tfkit.UUID     `tfsdk:"id"`
	OrganizationID  tfkit.UUID     `tfsdk:"organization_id"`
	EnvironmentID   tfkit.UUID     `tfsdk:"environment_id"`
	WalletID        tfkit.UUID     `tfsdk:"wallet_id"`
	PaymentID       tfkit.UUID     `tfsdk:"payment_id"`
	Kind            types.String   `tfsdk:"kind"`
	Amount          types.Object   `tfsdk:"amount"`
	Description     types.String   `tfsdk:"description"`
	ExpiresAt       types.String   `tfsdk:"expires_at"`
	Expiration      types.Int64    `tfsdk:"expiration"`
	Metadata        types.String   `tfsdk:"metadata"`
	PaymentMetadata types.Map      `tfsdk:"payment_metadata"`
	RedirectURLs    types.Object   `tfsdk:"redirect_urls"`
	Timeouts        timeouts.Value `tfsdk:"timeouts"`

	CheckoutToken types.String `tfsdk:"checkout_token"`
	CheckoutURL   types.String `tfsdk:"checkout_url"`

	Status         types.String `tfsdk:"status"`
	CreatedAt      types.String `tfsdk:"created_at"`
	UpdatedAt      types.String `tfsdk:"updated_at"`
	PaymentRequest types.String `tfsdk:"payment_request"`
	Address        types.String `tfsdk:"address"`
	BIP21URI       types.String `tfsdk:"bip21_uri"`
	ReceivedAmount types.Object `tfsdk:"received_amount"`
	Error          types.Object `tfsdk:"error"`
}

const (
	// defaultExpiration is the default number of seconds during which a session can be used. It is the same as for a payment request.
	defaultExpiration = 3600
	// maxExpiration limits expiration. The API's documentation has no limit.
	maxExpiration = 365 * 86_400
)

var errorTypes = map[string]attr.Type{"type": types.StringType, "code": types.StringType, "detail": types.StringType}

// sessionComputed returns the attributes that the API sets.
func sessionComputed() map[string]schema.Attribute {
	text := func(description string) schema.Attribute { return tfkit.ReadOnly(tfkit.ComputedText(description)) }
	secret := func(description string) schema.Attribute {
		attribute := tfkit.ComputedText(description)
		attribute.Sensitive = true
		return tfkit.ReadOnly(attribute)
	}
	return map[string]schema.Attribute{
		"environment_id": tfkit.ReadOnly(tfkit.ComputedUUID("The UUID of the environment of the wallet.")),
		"checkout_token": secret("The secret token of the session. The pages of the shop read the session with it until `expires_at`. Null if " +
			"the response to the creation was lost."),
		"checkout_url": secret("The secret address of the hosted checkout for this session. The token is the fragment of the address. Null if " +
			"the response to the creation was lost."),
		"status": text("The status of the payment: `generating`, `receiving` (it can be paid), then `completed`, `expired` or `failed`. " +
			"A payment can expire before its session."),
		"created_at": text("When the session was created, in RFC 3339. Until the creation is confirmed, this is the time at " +
			"which Terraform sent it."),
		"updated_at":      text("When the status last changed, in RFC 3339."),
		"payment_request": text("The BOLT 11 invoice; null for a payment without an invoice."),
		"address":         text("The Bitcoin address; null for a payment without an address."),
		"bip21_uri":       text("The BIP 21 URI."),
		"received_amount": tfkit.ReadOnly(tfkit.MoneyDataSourceAttribute(
			"The amount that the wallet received, without fees; null until the session is paid.")),
		"error": schema.SingleNestedAttribute{
			MarkdownDescription: "Why the payment failed; null for a payment that did not fail.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type":   schema.StringAttribute{MarkdownDescription: "The type of the error, as the API names it.", Computed: true},
				"code":   schema.StringAttribute{MarkdownDescription: "A more specific reason; null if the API returns no code.", Computed: true},
				"detail": schema.StringAttribute{MarkdownDescription: "The explanation of the API; null if it returns none.", Computed: true},
			},
			PlanModifiers: []planmodifier.Object{objectplanmodifier.UseStateForUnknown()},
		},
	}
}

// Base implements [tfkit.Model]. The environment of the wallet is the environment of the session.
func (m *sessionModel) Base() tfkit.Base {
	return tfkit.Base{
		OrganizationID: &m.OrganizationID, EnvironmentID: &m.EnvironmentID, ID: &m.ID, Unfinished: m.unfinished(), Timeouts: &m.Timeouts,
	}
}

// Describe implements [tfkit.Model].
func (m *sessionModel) Describe() string {
	text := "Checkout session"
	if id, ok := m.ID.ID(); ok {
		text += " " + id.String()
	}
	return fmt.Sprintf("%s (%s, wallet %s)", text, m.Kind.ValueString(), m.WalletID.ValueString())
}

// unfinished returns the time when the creation of a session began. It returns nil if the state has seen the payment of the session.
func (m *sessionModel) unfinished() *time.Time {
	if !m.Status.IsNull() {
		return nil
	}
	return tfkit.StartOf(m.CreatedAt)
}

// payment returns the ID of a session's payment: the configured ID, or an ID that is derived from the ID of the session.
func (m *sessionModel) payment(session uuid.UUID) uuid.UUID {
	if id, ok := m.PaymentID.ID(); ok {
		return id
	}
	return voltage.CheckoutPaymentID(session)
}

// paymentRef returns the reference of a session's payment for the client.
func paymentRef(session voltage.Ref, payment uuid.UUID) voltage.Ref {
	session.ID = payment
	return session
}

// amount returns the configured amount. Nil stands for any amount.
func (m *sessionModel) amount(ctx context.Context, diags *diag.Diagnostics) *tfkit.AmountModel {
	if m.Amount.IsNull() {
		return nil
	}
	var amount tfkit.AmountModel
	diags.Append(m.Amount.As(ctx, &amount, basetypes.ObjectAsOptions{})...)
	return &amount
}

// redirects is the object redirect_urls.
type redirects struct {
	Success types.String `tfsdk:"success"`
	Failure types.String `tfsdk:"failure"`
}

// request turns a plan into the API's request, without the ID of the payment. It chooses the time when the session expires, and checks
// values that were unknown before.
func (m *sessionModel) request(ctx context.Context, diags *diag.Diagnostics) voltage.NewCheckoutSession {
	request := voltage.NewCheckoutSession{Kind: m.Kind.ValueString(), Description: m.Description.ValueString()}
	request.WalletID, _ = m.WalletID.ID()
	amount := m.amount(ctx, diags)
	if amount != nil {
		request.Amount = amount.API()
	}
	diags.Append(tfkit.CheckReceive(request.Kind, amount)...)
	if m.ExpiresAt.IsUnknown() {
		seconds := int64(defaultExpiration)
		if !m.Expiration.IsNull() {
			seconds = m.Expiration.ValueInt64()
		}
		at := time.Now().Truncate(time.Second).Add(time.Duration(seconds) * time.Second)
		m.ExpiresAt = tfkit.NewTime(&at)
	}
	request.ExpiresAt = tfkit.ParseTime(path.Root("expires_at"), m.ExpiresAt.ValueString(), diags)
	m.checkExpiry(diags)
	if !m.Metadata.IsNull() {
		if err := checkMetadata(m.Metadata.ValueString()); err != nil {
			invalidMetadata.AddAt(diags, path.Root("metadata"), err)
		}
		request.Metadata = json.RawMessage(m.Metadata.ValueString())
	}
	if len(m.PaymentMetadata.Elements()) > 0 {
		diags.Append(m.PaymentMetadata.ElementsAs(ctx, &request.PaymentMetadata, false)...)
	}
	if !m.RedirectURLs.IsNull() {
		var to redirects
		diags.Append(m.RedirectURLs.As(ctx, &to, basetypes.ObjectAsOptions{})...)
		request.RedirectURLs = &voltage.CheckoutRedirect{Success: to.Success.ValueString(), Failure: to.Failure.ValueString()}
	}
	return request
}

// forget sets the unknown attributes of a session to null.
func (m *sessionModel) forget() {
	for _, text := range []*types.String{
		&m.CheckoutToken, &m.CheckoutURL, &m.Status, &m.CreatedAt, &m.UpdatedAt, &m.PaymentRequest, &m.Address, &m.BIP21URI,
	} {
		if text.IsUnknown() {
			*text = types.StringNull()
		}
	}
	if m.ReceivedAmount.IsUnknown() {
		m.ReceivedAmount = types.ObjectNull(tfkit.MoneyAttributeTypes())
	}
	if m.Error.IsUnknown() {
		m.Error = types.ObjectNull(errorTypes)
	}
}

// read copies the attributes of the payment. It does not change the arguments, which cannot change in the API.
func (m *sessionModel) read(ctx context.Context, payment *voltage.Payment) diag.Diagnostics {
	m.Status = types.StringValue(payment.Status)
	m.CreatedAt, m.UpdatedAt = tfkit.NewTime(&payment.CreatedAt), tfkit.NewTime(&payment.UpdatedAt)
	m.PaymentRequest, m.Address = tfkit.TextOrNull(payment.Data.PaymentRequest), tfkit.TextOrNull(payment.Data.Address)
	m.BIP21URI = tfkit.TextOrNull(payment.BIP21URI)
	var received *tfkit.Money
	if payment.Status == voltage.StatusCompleted { // before that, the amount is only the requested amount
		received = tfkit.NewMoneyPointer(payment.Principal())
	}
	var diags, got diag.Diagnostics
	m.ReceivedAmount, diags = types.ObjectValueFrom(ctx, tfkit.MoneyAttributeTypes(), received)
	m.Error = types.ObjectNull(errorTypes)
	if e := payment.Error; e != nil {
		m.Error, got = types.ObjectValue(errorTypes, map[string]attr.Value{
			"type": types.StringValue(e.Type), "code": tfkit.TextOrNull(e.Code), "detail": tfkit.TextOrNull(e.Detail),
		})
		diags.Append(got...)
	}
	return diags
}
