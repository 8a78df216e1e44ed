package payment

import (
	"context"
	"strings"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// sendArguments are the arguments for the amount, the payee and the wallet. The actions that send and check a payment share them, so that a
// check and the send that promotes it make the same request.
type sendArguments struct {
	WalletID       tfkit.UUID     `tfsdk:"wallet_id"`
	OrganizationID tfkit.UUID     `tfsdk:"organization_id"`
	ID             tfkit.UUID     `tfsdk:"id"`
	Kind           types.String   `tfsdk:"kind"`
	PaymentRequest types.String   `tfsdk:"payment_request"`
	Address        types.String   `tfsdk:"address"`
	Amount         types.Object   `tfsdk:"amount"`
	MaxFee         types.Object   `tfsdk:"max_fee"`
	Description    types.String   `tfsdk:"description"`
	Metadata       types.Map      `tfsdk:"metadata"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// sendArgumentAttributes returns the attributes of sendArguments. id and wait describe id and timeouts.invoke, which have another meaning
// in each action.
func sendArgumentAttributes(ctx context.Context, id, wait string) map[string]schema.Attribute {
	amount := func(text string, least int64) schema.SingleNestedAttribute {
		return schema.SingleNestedAttribute{
			MarkdownDescription: text,
			Optional:            true,
			Attributes: map[string]schema.Attribute{
				"amount": schema.Int64Attribute{
					MarkdownDescription: "The amount, in msats (1 sat = 1,000 msats). An `onchain` payment needs a whole number of satoshis.",
					Required:            true,
					Validators:          []validator.Int64{int64validator.AtLeast(least)},
				},
				"currency": schema.StringAttribute{
					MarkdownDescription: "The currency of the amount. The only valid value is `btc`. A wallet on a USD line of credit also pays in btc: " +
						"the provider requests a quote for it.",
					Required:   true,
					Validators: []validator.String{tfkit.Currency()},
				},
			},
		}
	}
	return map[string]schema.Attribute{
		"wallet_id": schema.StringAttribute{
			MarkdownDescription: "The UUID of the wallet that pays.",
			Required:            true,
			CustomType:          tfkit.UUIDType{},
		},
		"organization_id": schema.StringAttribute{
			MarkdownDescription: "The UUID of the organization. Defaults to `organization_id` of the provider.",
			Optional:            true, CustomType: tfkit.UUIDType{},
		},
		"id": schema.StringAttribute{
			MarkdownDescription: id,
			Optional:            true, CustomType: tfkit.UUIDType{},
		},
		"kind": schema.StringAttribute{
			MarkdownDescription: "The kind of payment. Valid values are `bolt11` (a Lightning invoice), `onchain` (a Bitcoin address) and " +
				"`bip21` (a `bitcoin:` URI).",
			Required:   true,
			Validators: []validator.String{stringvalidator.OneOf(voltage.KindBolt11, voltage.KindOnchain, voltage.KindBIP21)},
		},
		"payment_request": schema.StringAttribute{
			MarkdownDescription: "The Lightning invoice (BOLT 11), with or without the prefix `lightning:`. Required if `kind` is `bolt11`. If " +
				"`kind` is `bip21`, it is optional: it adds an invoice to an address or to a URI without an invoice.",
			Optional:   true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"address": schema.StringAttribute{
			MarkdownDescription: "The Bitcoin address if `kind` is `onchain`, or the whole URI or an address if `kind` is `bip21`. Required for " +
				"both kinds. The action uses `amount`, `lightning`, `label` and `message` of the URI. An argument that contradicts the URI " +
				"is an error. A URI parameter that begins with `req-` is an error.",
			Optional:   true,
			Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"amount": amount("The amount to pay. Defaults to the amount of the invoice or the URI. Required if `kind` is `onchain`, or if the "+
			"invoice or the URI has no amount.", 1),
		"max_fee": amount("The highest network fee, in btc. Defaults to 1 % of the amount, or to 1,000 msats if that is more. If `kind` "+
			"is `onchain`, it defaults to 1 % of the amount, or to 263,000 msats if that is more. Set it for a `bip21` payment that is made on "+
			"chain. The wallet's processing fee comes on top.", 0),
		"description": schema.StringAttribute{
			MarkdownDescription: "A text that is stored with the payment. Valid only if `kind` is `onchain` or `bip21`. Conflicts with a URI that " +
				"has another `label` or `message`.",
			Optional: true, Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
		},
		"metadata": schema.MapAttribute{
			MarkdownDescription: "Your own keys and values, stored with the payment. At most 50 keys. A key and a value have at " +
				"most 256 characters each.",
			Optional: true, ElementType: types.StringType, Validators: []validator.Map{tfkit.PaymentMetadata()},
		},
		"timeouts": timeoutsAttribute(ctx, timeouts.Opts{InvokeDescription: wait}),
	}
}

// timeoutsAttribute returns the attribute timeouts, and adds a description, which the library does not.
func timeoutsAttribute(ctx context.Context, opts timeouts.Opts) schema.Attribute {
	attribute := timeouts.AttributesWithOpts(ctx, opts)
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long to wait for the API."
		return nested
	}
	return attribute
}

// sendBlame maps a refusal, or a later failure, to the attribute that causes it.
var sendBlame = tfkit.Blame{
	"invalid_amount":                 path.Root("amount"),
	"invalid_on_chain_payment":       path.Root("amount"),
	"amount_required":                path.Root("amount"),
	"amount_match_failed":            path.Root("amount"),
	"invalid_currency":               path.Root("amount"),
	"invalid_quote_request":          path.Root("amount"),
	"mismatch_currency":              path.Root("amount"),
	"invalid_currency_pair":          path.Root("amount"),
	"invalid_payment_amount":         path.Root("amount"),
	"incorrect_currency":             path.Root("amount"),
	"invalid_max_fee":                path.Root("max_fee"),
	"max_fee_required":               path.Root("max_fee"),
	"broadcast_fee_above_max":        path.Root("max_fee"),
	"invalid_bolt11_payment_request": path.Root("payment_request"),
	"missing_payment_request":        path.Root("payment_request"),
	"invalid_bolt11_invoice":         path.Root("payment_request"),
	"invalid_address":                path.Root("address"),
	"missing_address":                path.Root("address"),
	"invalid_description":            path.Root("description"),
	"invalid_memo":                   path.Root("description"),
	"invalid_payment":                path.Root("kind"),
	"feature_flag_disabled":          path.Root("kind"),
	"payment_exists":                 path.Root("id"),
	"payment_not_approved":           path.Root("id"),
	"invalid_network":                path.Root("wallet_id"),
	"not_supported_network":          path.Root("wallet_id"),
	"environment_match_failed":       path.Root("wallet_id"),
	"wallet_not_found":               path.Root("wallet_id"),
	"instance_not_found":             path.Root("wallet_id"),
	"quote_required":                 path.Root("wallet_id"),
	"insufficient_funds":             path.Root("wallet_id"),
	"field:id":                       path.Root("id"),
	"field:type":                     path.Root("kind"),
	"field:amount":                   path.Root("amount"),
	"field:currency":                 path.Root("amount"),
	"field:max_fee":                  path.Root("max_fee"),
	"field:payment_request":          path.Root("payment_request"),
	"field:address":                  path.Root("address"),
	"field:description":              path.Root("description"),
	"field:metadata":                 path.Root("metadata"),
	"field:wallet_id":                path.Root("wallet_id"),
	"field:quote_id":                 path.Root("wallet_id"),
}

// newID returns the configured ID, or generates one.
func (m *sendArguments) newID() (uuid.UUID, error) {
	if id, own := m.ID.ID(); own {
		return id, nil
	}
	return voltage.NewID()
}

// request turns the configuration into the API's request, without ID, currency and quote.
func (m *sendArguments) request(ctx context.Context, to *destination, diags *diag.Diagnostics) voltage.NewSend {
	send := voltage.NewSend{
		Kind: m.Kind.ValueString(),
		Data: voltage.NewSendData{
			// Some invoices are in upper case, for QR codes. Lower case is always valid.
			PaymentRequest: strings.ToLower(voltage.StripLightning(m.PaymentRequest.ValueString())), Address: m.Address.ValueString(),
			Description: m.Description.ValueString(),
		},
	}
	send.WalletID, _ = m.WalletID.ID()
	if to != nil && !to.named {
		send.Data.Amount = to.amount()
	}
	if !m.MaxFee.IsNull() {
		send.Data.MaxFee = amountModel(ctx, m.MaxFee, diags).API()
	}
	if !m.Metadata.IsNull() {
		diags.Append(m.Metadata.ElementsAs(ctx, &send.Metadata, false)...)
	}
	return send
}
