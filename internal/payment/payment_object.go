// Package payment holds the payment request resource, the data sources of payments, and the action that sends.
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

// paymentObject is a payment as the data sources show it: the same names for every kind and direction.
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
	CreatedAt       types.String `tfsdk:"created_at"`
	UpdatedAt       types.String `tfsdk:"updated_at"`
	ExpiresAt       types.String `tfsdk:"expires_at"`
	Amount          *tfkit.Money `tfsdk:"amount"`
	RequestedAmount *tfkit.Money `tfsdk:"requested_amount"`
	Fees            *tfkit.Money `tfsdk:"fees"`
	MaxFee          *tfkit.Money `tfsdk:"max_fee"`
	PaymentRequest  types.String `tfsdk:"payment_request"`
	Address         types.String `tfsdk:"address"`
	BIP21URI        types.String `tfsdk:"bip21_uri"`
	Description     types.String `tfsdk:"description"`
	Metadata        types.Map    `tfsdk:"metadata"`
	Error           *errorObject `tfsdk:"error"`
	Receipts        []flowObject `tfsdk:"receipts"`
	Outflows        []flowObject `tfsdk:"outflows"`
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

// The descriptions that the resource and the data sources share.
const (
	statusDescription = "How far the payment is. A receive: `generating`, `receiving` (it can be paid), then `completed`, `expired` or `failed`. " +
		"A send: `sending`, `approved`, then `completed` or `failed`."
	expiresDescription        = "When a receive can no longer be paid, in RFC 3339; null for a send."
	paymentRequestDescription = "The BOLT 11 invoice; null where there is none (yet)."
	addressDescription        = "The Bitcoin address; null where there is none (yet)."
	bip21Description          = "The BIP 21 URI of a receive; null where there is none (yet)."
	errorDescription          = "Why the payment failed; null where it did not."
	receiptsDescription       = "How the money of a receive came."
	outflowsDescription       = "How the money of a send went."
	flowTypeDescription       = "`lightning`, `onchain`, `swap`, or `shortcircuit` for a payment inside Voltage."
	flowDataDescription       = "What the API says of it, as JSON, without preimages."
	preimageDescription       = "The preimage of a Lightning payment, which proves it; null where there is none."
)

// paymentAttributes are the attributes of paymentObject, all computed.
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
		"id":               id("The payment's UUID."),
		"organization_id":  id("The UUID of the organization that the payment belongs to."),
		"environment_id":   id("The UUID of the environment that the payment belongs to."),
		"wallet_id":        id("The UUID of the wallet that sends or receives."),
		"kind":             text("`bolt11`, `onchain`, `bip21`, `taprootasset` or `usdbatch`."),
		"direction":        text("`send` or `receive`."),
		"status":           text(statusDescription),
		"currency":         text("The payment's currency: `btc`, `usd` or `asset:…`."),
		"category":         text("`standard` or `treasury`; null where the API does not say."),
		"created_at":       text("When the payment was requested, in RFC 3339."),
		"updated_at":       text("When its status changed last, in RFC 3339."),
		"expires_at":       text(expiresDescription),
		"amount":           tfkit.MoneyDataSourceAttribute("What is paid, without fees; null for a receive of any amount before it is paid."),
		"requested_amount": tfkit.MoneyDataSourceAttribute("What a receive asks for; null for one of any amount, and for a send."),
		"fees":             tfkit.MoneyDataSourceAttribute("What the network took; null where it is not known."),
		"max_fee":          tfkit.MoneyDataSourceAttribute("What the network may take at the most; null for a receive."),
		"payment_request":  text(paymentRequestDescription),
		"address":          text(addressDescription),
		"bip21_uri":        text(bip21Description),
		"description":      text("The payment's text, which the API calls memo, label or description; null where there is none."),
		"metadata": schema.MapAttribute{
			MarkdownDescription: "Text under keys of the user's own; empty where there is none.", Computed: true, ElementType: types.StringType,
		},
		"error": schema.SingleNestedAttribute{
			MarkdownDescription: errorDescription,
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type":   text("The API's category."),
				"code":   text("A narrower reason; null where there is none."),
				"detail": text("What the API says of it, for people; null where it says nothing."),
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
		CreatedAt:       tfkit.NewTime(&p.CreatedAt),
		UpdatedAt:       tfkit.NewTime(&p.UpdatedAt),
		ExpiresAt:       tfkit.NewTime(p.ExpiresAt()),
		Amount:          tfkit.NewMoneyPointer(p.Amount()),
		RequestedAmount: tfkit.NewMoneyPointer(p.RequestedAmount),
		Fees:            tfkit.NewMoneyPointer(p.Fees()),
		MaxFee:          tfkit.NewMoneyPointer(p.MaxFee()),
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

// splitPreimage takes everything that is called a preimage out of an object, at any depth, and returns the first. Data that
// is not JSON is left out whole: nobody can say what is in it.
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
