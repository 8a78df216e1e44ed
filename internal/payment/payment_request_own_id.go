package payment

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// ownID returns the checks for a creation with the ID of the plan.
func (m *requestModel) ownID(ctx context.Context, client *voltage.Client, ref voltage.Ref) tfkit.OwnID[voltage.Payment] {
	return tfkit.OwnID[voltage.Payment]{
		Kind: "payment", Object: m.Describe(), Ref: ref, Adopt: m.AdoptExisting.ValueBool(), Read: client.GetPayment,
		Name: (*voltage.Payment).Description,
		Ended: func(p *voltage.Payment) string {
			if p.Status == voltage.StatusFailed || p.Status == voltage.StatusExpired {
				return p.Status
			}
			return ""
		},
		Differences: func(p *voltage.Payment) []string { return m.differences(ctx, p) },
	}
}

// differences describes the attributes in which the API's payment differs from the plan. A value that the API does not show is not a
// difference.
func (m *requestModel) differences(ctx context.Context, payment *voltage.Payment) []string {
	var differences []string
	add := func(name string, planned, found attr.Value) {
		if text := tfkit.Difference(name, planned, found); text != "" {
			differences = append(differences, text)
		}
	}
	add("direction", types.StringValue(voltage.DirectionReceive), types.StringValue(payment.Direction))
	add("wallet_id", m.WalletID, tfkit.NewUUID(payment.WalletID))
	add("kind", m.Kind, types.StringValue(payment.Kind))
	if payment.Category != "" {
		add("category", m.category(), types.StringValue(payment.Category))
	}
	if text := payment.Description(); text != "" || payment.Status == voltage.StatusReceiving {
		add("description", m.Description, tfkit.TextOrNull(text))
	}
	// A quote caps the expiration, so the API can return a shorter one than the plan has.
	capped := payment.Data.MarketQuote != nil || !m.QuoteID.IsNull() && !m.QuoteID.IsUnknown()
	if found := payment.Data.Expiration; found != nil && !m.Expiration.IsNull() && (!capped || *found > m.Expiration.ValueInt64()) {
		add("expiration", m.Expiration, types.Int64Value(*payment.Data.Expiration))
	}
	if len(payment.Metadata) > 0 || len(m.Metadata.Elements()) > 0 {
		metadata, _ := types.MapValueFrom(ctx, types.StringType, payment.Metadata)
		add("metadata", m.Metadata, metadata)
	}
	if !m.Amount.IsUnknown() {
		var diags diag.Diagnostics
		if text := amountDifference(m.amount(ctx, &diags), payment); text != "" {
			differences = append(differences, text)
		}
	}
	return differences
}

// amountDifference describes how the amount of a payment differs from the planned amount. A nil amount stands for any amount. A request in
// USD shows the quoted BTC as its requested amount, and the USD as its amount. The API's documentation does not say whether the latter
// includes a processing fee, so both match.
func amountDifference(planned *tfkit.AmountModel, payment *voltage.Payment) string {
	found := payment.RequestedAmount
	if planned == nil {
		if found == nil {
			return ""
		}
		return tfkit.Difference("amount", types.Int64Null(), types.Int64Value(found.Amount))
	}
	fee := int64(0)
	if found == nil || found.Currency != planned.Currency.ValueString() {
		if found = payment.Amount(); payment.ProcessingFee != nil {
			fee = payment.ProcessingFee.Amount.Amount
		}
	}
	switch {
	case found == nil && payment.Status == voltage.StatusReceiving: // it can be paid with any amount
		return tfkit.Difference("amount", planned.Amount, types.Int64Null())
	case found == nil, found.Currency != planned.Currency.ValueString(), found.Amount == planned.Amount.ValueInt64()+fee:
		return ""
	}
	return tfkit.Difference("amount", planned.Amount, types.Int64Value(found.Amount))
}
