package functions

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewParseBolt11 makes the function parse_bolt11.
func NewParseBolt11() function.Function { return &parseBolt11{} }

type parseBolt11 struct{}

type invoiceObject struct {
	Network         types.String `tfsdk:"network"`
	AmountMsats     types.Int64  `tfsdk:"amount_msats"`
	Description     types.String `tfsdk:"description"`
	DescriptionHash types.String `tfsdk:"description_hash"`
	PaymentHash     types.String `tfsdk:"payment_hash"`
	Payee           types.String `tfsdk:"payee"`
	CreatedAt       types.String `tfsdk:"created_at"`
	Expiry          types.Int64  `tfsdk:"expiry"`
	ExpiresAt       types.String `tfsdk:"expires_at"`
}

// Metadata implements [function.Function].
func (*parseBolt11) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "parse_bolt11"
}

// Definition implements [function.Function].
func (*parseBolt11) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Reads a Lightning invoice.",
		MarkdownDescription: "Reads a Lightning invoice ([BOLT 11](https://github.com/lightning/bolts/blob/master/11-payment-encoding.md)), " +
			"checks its checksum and signature, and returns an object with these attributes:\n\n- `network`: `mainnet`, `testnet3`, `signet` " +
			"(mutinynet is a signet) or `regtest`\n- `amount_msats`: the amount in millisatoshis; null if the payer chooses the amount\n- " +
			"`description`: the purpose of the payment; null if the invoice has a description hash\n- `description_hash`: the SHA-256 hash (hex) " +
			"of the description; null if the invoice has a description\n- `payment_hash`: the hash (hex) whose preimage proves the payment\n" +
			"- `payee`: the public key (hex) of the node that is paid\n- `created_at`: when the invoice was created, in RFC 3339\n- `expiry`: how " +
			"long the invoice can be paid after `created_at`, in seconds\n- `expires_at`: when the invoice expires, in RFC 3339; null if that is " +
			"after the year 9999\n\nAn invoice that a payer must not pay is an error. The function refuses the same invoices as lnd, such as an " +
			"invoice that has neither a description nor a description hash. If a field occurs twice, the function uses the first one.",
		Parameters: []function.Parameter{function.StringParameter{
			Name: "invoice", MarkdownDescription: "The invoice, in lower or in upper case. A `lightning:` prefix is ignored.",
		}},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"network": types.StringType, "amount_msats": types.Int64Type, "description": types.StringType, "description_hash": types.StringType,
			"payment_hash": types.StringType, "payee": types.StringType, "created_at": types.StringType, "expiry": types.Int64Type,
			"expires_at": types.StringType,
		}},
	}
}

// Run implements [function.Function].
func (*parseBolt11) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var text string
	if resp.Error = req.Arguments.Get(ctx, &text); resp.Error != nil {
		return
	}
	invoice, err := voltage.ParseInvoice(voltage.StripLightning(text))
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, "this is not an invoice that can be paid: "+voltage.Clean(err.Error()))
		return
	}
	object := invoiceObject{
		Network:         types.StringValue(invoice.Network),
		AmountMsats:     types.Int64PointerValue(invoice.AmountMsats),
		Description:     types.StringPointerValue(invoice.Description),
		DescriptionHash: types.StringNull(),
		PaymentHash:     types.StringValue(invoice.PaymentHash),
		Payee:           types.StringValue(invoice.Payee),
		CreatedAt:       types.StringValue(invoice.CreatedAt.Format(time.RFC3339)),
		Expiry:          types.Int64Value(invoice.Expiry),
		ExpiresAt:       types.StringNull(), // null if the time is too far in the future for a date
	}
	if invoice.DescriptionHash != "" {
		object.DescriptionHash = types.StringValue(invoice.DescriptionHash)
	}
	if at, ok := invoice.ExpiresAt(); ok {
		object.ExpiresAt = types.StringValue(at.Format(time.RFC3339))
	}
	resp.Error = resp.Result.Set(ctx, object)
}
