// Package payment holds the payment request resource, the data sources of payments, and the actions that send and check payments.
package payment

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// paymentObject is a payment in the data sources. The attributes have the same names for every kind and direction.
type paymentObject struct {
	ID              tfkit.UUID   `tfsdk:"id"`
	OrganizationID  tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID   tfkit.UUID   `tfsdk:"environment_id"`
	WalletID        tfkit.UUID   `tfsdk:"wallet_id"`
	Kind            types.String `tfsdk:"kind"`
	Direction       types.String `tfsdk:"direction"`
	Status          types.String `tfsdk:"status"`
	Currency        types.String `tfsdk:"currency"`
	Category        types.String `tfsdk:"category"`
	CheckOnly       types.Bool   `tfsdk:"check_only"`
	CreatedAt       types.String `tfsdk:"created_at"`
	UpdatedAt       types.String `tfsdk:"updated_at"`
	ExpiresAt       types.String `tfsdk:"expires_at"`
	Amount          *tfkit.Money `tfsdk:"amount"`
	RequestedAmount *tfkit.Money `tfsdk:"requested_amount"`
	Fees            *tfkit.Money `tfsdk:"fees"`
	MaxFee          *tfkit.Money `tfsdk:"max_fee"`

	ProcessingFee *feeObject       `tfsdk:"processing_fee"`
	Breakdown     *breakdownObject `tfsdk:"payment_breakdown"`
	MarketQuote   *quoteObject     `tfsdk:"market_quote"`
	Exchanges     []exchangeObject `tfsdk:"exchanges"`

	PaymentRequest types.String `tfsdk:"payment_request"`
	Address        types.String `tfsdk:"address"`
	BIP21URI       types.String `tfsdk:"bip21_uri"`
	Description    types.String `tfsdk:"description"`
	Metadata       types.Map    `tfsdk:"metadata"`
	Error          *errorObject `tfsdk:"error"`
	Receipts       []flowObject `tfsdk:"receipts"`
	Outflows       []flowObject `tfsdk:"outflows"`
}

// feeObject is the processing fee that a payment was made with.
type feeObject struct {
	BasisPoints types.Int64 `tfsdk:"basis_points"`
	Amount      tfkit.Money `tfsdk:"amount"`
}

// breakdownObject has the parts of a payment's sum.
type breakdownObject struct {
	Principal     tfkit.Money `tfsdk:"principal"`
	NetworkFee    tfkit.Money `tfsdk:"network_fee"`
	ProcessingFee tfkit.Money `tfsdk:"processing_fee"`
}

// quoteObject is the rate of a payment on a USD line of credit.
type quoteObject struct {
	From      types.String `tfsdk:"from"`
	To        types.String `tfsdk:"to"`
	Rate      types.String `tfsdk:"rate"`
	QuotedAt  types.String `tfsdk:"quoted_at"`
	ExpiresAt types.String `tfsdk:"expires_at"`
}

// exchangeObject is an exchange that was made for a payment.
type exchangeObject struct {
	LedgerID   tfkit.UUID   `tfsdk:"ledger_id"`
	QuoteID    tfkit.UUID   `tfsdk:"quote_id"`
	FromAmount tfkit.Money  `tfsdk:"from_amount"`
	ToAmount   tfkit.Money  `tfsdk:"to_amount"`
	Rate       types.String `tfsdk:"rate"`
}

type errorObject struct {
	Type   types.String `tfsdk:"type"`
	Code   types.String `tfsdk:"code"`
	Detail types.String `tfsdk:"detail"`
}

type flowObject struct {
	Type     types.String `tfsdk:"type"`
	Data     types.String `tfsdk:"data"`
	Preimage types.String `tfsdk:"preimage"`
}

// These are descriptions that the resource and the data sources share.
const (
	statusDescription = "The status of the payment. A receive: `generating`, `receiving` (it can be paid), then `completed`, `expired` or " +
		"`failed`. A send: `sending`, `approved`, then `completed` or `failed`. A policy check ends as `approved` or `failed`."
	expiresDescription        = "When a receive can no longer be paid, in RFC 3339; null for a send."
	paymentRequestDescription = "The BOLT 11 invoice; null for a payment without an invoice, and until it is generated."
	addressDescription        = "The Bitcoin address; null for a payment without an address, and until it is generated."
	bip21Description          = "The BIP 21 URI of a receive; null for a send, and until it is generated."
	errorDescription          = "Why the payment failed; null for a payment that did not fail."
	receiptsDescription       = "How the money of a receive arrived, one entry per transfer."
	outflowsDescription       = "How the money of a send left the wallet, one entry per transfer."
	flowTypeDescription       = "The type of the transfer: `lightning`, `onchain`, `swap`, or `shortcircuit` (a payment inside Voltage)."
	flowDataDescription       = "The details that the API returns, as JSON, without preimages."
	processingFeeDescription  = "The processing fee of the payment. It is fixed when the payment is requested. The payer of a receive pays " +
		"it on top of the requested amount. Null for a payment without a processing fee."
	basisPointsDescription = "The rate of the fee, in basis points (100 basis points are 1 %)."
	feeAmountDescription   = "The amount of the fee."
	breakdownDescription   = "The parts that add up to the total of the payment, in the currency of the payment. Null for a payment without " +
		"a processing fee, and until the API returns it."
	rateDescription = "The price of one BTC in base units of the other currency, as a decimal number: `6500000` is 6,500,000 cents per " +
		"BTC, which is 65,000 USD."
	preimageDescription = "The preimage of a Lightning payment, which proves the payment; otherwise null."
)

// paymentAttributes returns the attributes of paymentObject, all computed.
func paymentAttributes() map[string]schema.Attribute {
	id, text := tfkit.ComputedUUID, tfkit.ComputedText
	flows := func(what string) schema.ListNestedAttribute {
		return schema.ListNestedAttribute{
			MarkdownDescription: what,
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"type":     text(flowTypeDescription),
				"data":     text(flowDataDescription),
				"preimage": schema.StringAttribute{MarkdownDescription: preimageDescription, Computed: true, Sensitive: true},
			}},
		}
	}
	return map[string]schema.Attribute{
		"id":              id("The UUID of the payment."),
		"organization_id": id("The UUID of the organization that the payment belongs to."),
		"environment_id":  id("The UUID of the environment that the payment belongs to."),
		"wallet_id":       id("The UUID of the wallet that sends or receives."),
		"kind":            text("The kind of payment: `bolt11`, `onchain`, `bip21`, `taprootasset` or `usdbatch`."),
		"direction":       text("The direction of the payment: `send` or `receive`."),
		"status":          text(statusDescription),
		"currency":        text("The currency of the payment: `btc`, `usd`, or `asset:` followed by 66 hex characters."),
		"category":        text("The category of the payment: `standard` or `treasury`; null if the API does not return it."),
		"check_only": schema.BoolAttribute{
			MarkdownDescription: "Whether a send is only a policy check, which moves no money. It becomes `false` when the checked payment is " +
				"sent. Null for a receive, and if the API does not return it.",
			Computed: true,
		},
		"created_at": text("When the payment was requested, in RFC 3339."),
		"updated_at": text("When the status of the payment last changed, in RFC 3339."),
		"expires_at": text(expiresDescription),
		"amount": tfkit.MoneyDataSourceAttribute("The amount of the payment, without fees. On a USD line of credit it is in USD. " +
			"Null for a receive without an amount until it is paid."),
		"requested_amount": tfkit.MoneyDataSourceAttribute("The amount that a receive asks for, without fees. It is in BTC if a quote was " +
			"used. The invoice asks for this amount and the processing fee. Null for a receive without an amount, and for a send."),
		"fees": tfkit.MoneyDataSourceAttribute(
			"All fees of the payment. For a send, these are the network fee and the processing fee, which the wallet pays on top of `amount`. " +
				"For a receive, this is the processing fee, which the payer pays on top of `amount`. Null until the fees are known, and for a " +
				"receive without a fee.",
		),
		"max_fee": tfkit.MoneyDataSourceAttribute("The highest network fee of a send. The processing fee comes on top. Null for a receive."),
		"processing_fee": schema.SingleNestedAttribute{
			MarkdownDescription: processingFeeDescription,
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"basis_points": tfkit.ComputedNumber(basisPointsDescription),
				"amount":       tfkit.MoneyDataSourceAttribute(feeAmountDescription),
			},
		},
		"payment_breakdown": schema.SingleNestedAttribute{
			MarkdownDescription: breakdownDescription,
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"principal":      tfkit.MoneyDataSourceAttribute("The amount of the payment, without fees."),
				"network_fee":    tfkit.MoneyDataSourceAttribute("The network fee."),
				"processing_fee": tfkit.MoneyDataSourceAttribute("The processing fee."),
			},
		},
		"market_quote": schema.SingleNestedAttribute{
			MarkdownDescription: "The rate of a payment on a USD line of credit; null for every other payment.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"from":       text("The currency that is exchanged."),
				"to":         text("The currency that it is exchanged into."),
				"rate":       text(rateDescription),
				"quoted_at":  text("When the rate was quoted, in RFC 3339."),
				"expires_at": text("When the quote expires, in RFC 3339; null if the API does not return it."),
			},
		},
		"exchanges": schema.ListNestedAttribute{
			MarkdownDescription: "The exchanges that were made for the payment; empty if there are none.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"ledger_id":   id("The UUID of the exchange in the wallet's ledger."),
				"quote_id":    id("The UUID of the quote that was used; null for a peer's quote."),
				"from_amount": tfkit.MoneyDataSourceAttribute("The amount that was exchanged."),
				"to_amount":   tfkit.MoneyDataSourceAttribute("The amount that was received in exchange."),
				"rate":        text(rateDescription),
			}},
		},
		"payment_request": text(paymentRequestDescription),
		"address":         text(addressDescription),
		"bip21_uri":       text(bip21Description),
		"description":     text("The text of the payment, which the API calls memo, label or description; null for a payment without a text."),
		"metadata": schema.MapAttribute{
			MarkdownDescription: "The metadata of the payment; empty for a payment without metadata.", Computed: true, ElementType: types.StringType,
		},
		"error": schema.SingleNestedAttribute{
			MarkdownDescription: errorDescription,
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type":   text("The type of the error, as the API names it."),
				"code":   text("A more specific reason; null if the API returns no code."),
				"detail": text("The explanation of the API; null if it returns none."),
			},
		},
		"receipts": flows(receiptsDescription),
		"outflows": flows(outflowsDescription),
	}
}

// newPaymentObject turns a payment of the API into the object.
func newPaymentObject(ctx context.Context, p *voltage.Payment, diags *diag.Diagnostics) paymentObject {
	metadata := types.MapValueMust(types.StringType, map[string]attr.Value{})
	if len(p.Metadata) > 0 {
		var got diag.Diagnostics
		metadata, got = types.MapValueFrom(ctx, types.StringType, p.Metadata)
		diags.Append(got...)
	}
	return paymentObject{
		ID:              tfkit.NewUUID(p.ID),
		OrganizationID:  tfkit.NewUUID(p.OrganizationID),
		EnvironmentID:   tfkit.NewUUID(p.EnvironmentID),
		WalletID:        tfkit.NewUUID(p.WalletID),
		Kind:            types.StringValue(p.Kind),
		Direction:       types.StringValue(p.Direction),
		Status:          types.StringValue(p.Status),
		Currency:        types.StringValue(p.Currency),
		Category:        tfkit.TextOrNull(p.Category),
		CheckOnly:       types.BoolPointerValue(p.CheckOnly),
		CreatedAt:       tfkit.NewTime(&p.CreatedAt),
		UpdatedAt:       tfkit.NewTime(&p.UpdatedAt),
		ExpiresAt:       tfkit.NewTime(p.ExpiresAt()),
		Amount:          tfkit.NewMoneyPointer(p.Principal()),
		RequestedAmount: tfkit.NewMoneyPointer(p.RequestedAmount),
		Fees:            tfkit.NewMoneyPointer(p.Fees()),
		MaxFee:          tfkit.NewMoneyPointer(p.MaxFee()),
		ProcessingFee:   newFeeObject(p.ProcessingFee),
		Breakdown:       newBreakdownObject(p.Breakdown),
		MarketQuote:     newQuoteObject(p.Data.MarketQuote),
		Exchanges:       newExchangeObjects(p.Exchanges),
		PaymentRequest:  tfkit.TextOrNull(p.Data.PaymentRequest),
		Address:         tfkit.TextOrNull(p.Data.Address),
		BIP21URI:        tfkit.TextOrNull(p.BIP21URI),
		Description:     tfkit.TextOrNull(p.Description()),
		Metadata:        metadata,
		Error:           newErrorObject(p.Error),
		Receipts:        newFlowObjects(p.Data.Receipts),
		Outflows:        newFlowObjects(p.Data.Outflows),
	}
}

func newFeeObject(fee *voltage.AgreedFee) *feeObject {
	if fee == nil {
		return nil
	}
	return &feeObject{types.Int64Value(fee.BasisPoints), tfkit.NewMoney(fee.Amount)}
}

func newBreakdownObject(b *voltage.PaymentBreakdown) *breakdownObject {
	if b == nil {
		return nil
	}
	return &breakdownObject{tfkit.NewMoney(b.Principal), tfkit.NewMoney(b.NetworkFee), tfkit.NewMoney(b.ProcessingFee)}
}

func newQuoteObject(quote *voltage.MarketQuote) *quoteObject {
	if quote == nil {
		return nil
	}
	return &quoteObject{
		tfkit.TextOrNull(quote.From), tfkit.TextOrNull(quote.To), newRate(quote.Rate), tfkit.NewTime(quote.QuotedAt),
		tfkit.NewTime(quote.ExpiresAt),
	}
}

func newExchangeObjects(exchanges []voltage.Exchange) []exchangeObject {
	objects := make([]exchangeObject, 0, len(exchanges))
	for i := range exchanges {
		exchange := &exchanges[i]
		objects = append(objects, exchangeObject{
			tfkit.NewUUID(exchange.LedgerID), tfkit.NewUUIDPointer(exchange.QuoteID),
			tfkit.NewMoney(exchange.FromAmount), tfkit.NewMoney(exchange.ToAmount), newRate(exchange.Quote.Rate()),
		})
	}
	return objects
}

// newRate writes a rate as a decimal number. It returns null if the text is not a rate.
func newRate(rate voltage.Rate) types.String {
	decimal, _ := rate.Decimal()
	return tfkit.TextOrNull(decimal)
}

func newErrorObject(e *voltage.PaymentError) *errorObject {
	if e == nil {
		return nil
	}
	return &errorObject{types.StringValue(e.Type), tfkit.TextOrNull(e.Code), tfkit.TextOrNull(e.Detail)}
}

func newFlowObjects(flows []voltage.Flow) []flowObject {
	objects := make([]flowObject, 0, len(flows))
	for _, flow := range flows {
		data, preimage := splitPreimage(flow.Data)
		objects = append(objects, flowObject{types.StringValue(flow.Type), tfkit.TextOrNull(data), tfkit.TextOrNull(preimage)})
	}
	return objects
}

// splitPreimage removes every member with a name of a preimage from an object, at any depth, and returns the first preimage. It drops data
// that is not JSON, which could contain a preimage.
func splitPreimage(data json.RawMessage) (rest, preimage string) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber() // amounts stay exact
	var value any
	if len(data) == 0 || decoder.Decode(&value) != nil || value == nil {
		return "", ""
	}
	var strip func(value any)
	strip = func(value any) {
		switch value := value.(type) {
		case map[string]any:
			for key, member := range value {
				if strings.Contains(strings.ToLower(key), "preimage") {
					if text, ok := member.(string); ok && preimage == "" {
						preimage = text
					}
					delete(value, key)
					continue
				}
				strip(member)
			}
		case []any:
			for _, element := range value {
				strip(element)
			}
		}
	}
	strip(value)
	content, err := json.Marshal(value)
	if err != nil {
		return "", preimage
	}
	return string(content), preimage
}
