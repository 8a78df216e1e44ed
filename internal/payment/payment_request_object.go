package payment

import (
	"cmp"
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// requestComputed returns the attributes of a request that the API sets. Most of them are the attributes of a payment in the data sources.
func requestComputed() map[string]schema.Attribute {
	payment := paymentAttributes()
	payment["quote_id"] = tfkit.ComputedUUID("The UUID of the quote that was used on a USD line of credit; otherwise null.")
	payment["created_at"] = tfkit.ComputedText("When the request was created, in RFC 3339. Until the creation is confirmed, this is the " +
		"time at which Terraform sent it.")
	payment["expires_at"] = tfkit.ComputedText("When the request expires, in RFC 3339.")
	payment["received_amount"] = tfkit.MoneyDataSourceAttribute("The amount that the wallet received, without fees; null until the request " +
		"is paid.")
	computed := map[string]schema.Attribute{}
	for _, name := range []string{
		"environment_id", "quote_id", "status", "currency", "created_at", "updated_at", "expires_at", "payment_request", "address", "bip21_uri",
		"received_amount", "processing_fee", "payment_breakdown", "error", "receipts",
	} {
		computed[name] = tfkit.ReadOnly(payment[name])
	}
	return computed
}

var (
	errorTypes = map[string]attr.Type{"type": types.StringType, "code": types.StringType, "detail": types.StringType}
	flowTypes  = map[string]attr.Type{"type": types.StringType, "data": types.StringType, "preimage": types.StringType}

	moneyType      = types.ObjectType{AttrTypes: tfkit.MoneyAttributeTypes()}
	feeTypes       = map[string]attr.Type{"basis_points": types.Int64Type, "amount": moneyType}
	breakdownTypes = map[string]attr.Type{"principal": moneyType, "network_fee": moneyType, "processing_fee": moneyType}
)

// forget sets the unknown attributes of a request to null.
func (m *requestModel) forget() {
	for _, text := range []*types.String{
		&m.Status, &m.Currency, &m.CreatedAt, &m.UpdatedAt, &m.ExpiresAt, &m.PaymentRequest, &m.Address, &m.BIP21URI,
	} {
		if text.IsUnknown() {
			*text = types.StringNull()
		}
	}
	m.QuoteID = m.QuoteID.KnownOrNull()
	if m.ReceivedAmount.IsUnknown() {
		m.ReceivedAmount = types.ObjectNull(tfkit.MoneyAttributeTypes())
	}
	if m.ProcessingFee.IsUnknown() {
		m.ProcessingFee = types.ObjectNull(feeTypes)
	}
	if m.Breakdown.IsUnknown() {
		m.Breakdown = types.ObjectNull(breakdownTypes)
	}
	if m.Error.IsUnknown() {
		m.Error = types.ObjectNull(errorTypes)
	}
	if m.Receipts.IsUnknown() {
		m.Receipts = types.ListNull(types.ObjectType{AttrTypes: flowTypes})
	}
}

// read copies the attributes that the API sets. It does not change the arguments, which cannot change in the API.
func (m *requestModel) read(ctx context.Context, payment *voltage.Payment) diag.Diagnostics {
	var diags diag.Diagnostics
	object := newPaymentObject(ctx, payment, &diags)
	m.EnvironmentID = object.EnvironmentID
	if m.Category.IsNull() { // an older provider without a category has written the state
		m.Category = types.StringValue(cmp.Or(payment.Category, voltage.CategoryStandard))
	}
	m.Status, m.Currency = object.Status, object.Currency
	m.CreatedAt, m.UpdatedAt, m.ExpiresAt = object.CreatedAt, object.UpdatedAt, object.ExpiresAt
	m.PaymentRequest, m.Address, m.BIP21URI = object.PaymentRequest, object.Address, object.BIP21URI
	received := object.Amount
	if payment.Status != voltage.StatusCompleted {
		received = nil // before the payment, the amount is only the requested amount
	}
	var got diag.Diagnostics
	m.ReceivedAmount, got = types.ObjectValueFrom(ctx, tfkit.MoneyAttributeTypes(), received)
	diags.Append(got...)
	m.ProcessingFee, got = types.ObjectValueFrom(ctx, feeTypes, object.ProcessingFee)
	diags.Append(got...)
	m.Breakdown, got = types.ObjectValueFrom(ctx, breakdownTypes, object.Breakdown)
	diags.Append(got...)
	m.Error, got = types.ObjectValueFrom(ctx, errorTypes, object.Error)
	diags.Append(got...)
	m.Receipts, got = types.ListValueFrom(ctx, types.ObjectType{AttrTypes: flowTypes}, object.Receipts)
	diags.Append(got...)
	return diags
}
