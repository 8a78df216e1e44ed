package payment

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewSendAction makes the action voltage_payment_send.
func NewSendAction() action.Action { return &sendAction{} }

type sendAction struct {
	tfkit.Action
}

var (
	_ action.ActionWithConfigure      = (*sendAction)(nil)
	_ action.ActionWithModifyPlan     = (*sendAction)(nil)
	_ action.ActionWithValidateConfig = (*sendAction)(nil)
)

type sendModel struct {
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
	AllowMainnet   types.Bool     `tfsdk:"allow_mainnet"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [action.Action].
func (a *sendAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment_send"
}

// Schema implements [action.Action].
func (a *sendAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	amount := func(text string, least int64) schema.SingleNestedAttribute {
		return schema.SingleNestedAttribute{
			MarkdownDescription: text,
			Optional:            true,
			Attributes: map[string]schema.Attribute{
				"amount": schema.Int64Attribute{
					MarkdownDescription: "The amount in base units of the currency: msats for btc (1 sat = 1,000 msats; on chain whole satoshis only), cents for usd.",
					Required:            true,
					Validators:          []validator.Int64{int64validator.AtLeast(least)},
				},
				"currency": schema.StringAttribute{
					MarkdownDescription: "`btc`, `usd`, or `asset:` with the 66 hex characters of a Taproot asset.",
					Required:            true,
					Validators:          []validator.String{tfkit.Currency()},
				},
			},
		}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Pays an invoice, an address or a BIP 21 URI from a wallet, and reports progress to the final status. A payment that fails is an error " +
			"with the API's type, code and detail.\n\n" +
			"The payment is sent once: after an answer that was lost, its ID is read, and it is never sent again. An action that is invoked twice pays twice, " +
			"unless it has an `id`: a payment with that ID is not sent again, and the action waits for the one there is.\n\n" +
			"A mainnet wallet needs `allow_mainnet`. On a wallet with a USD line of credit the payment gets a quote by itself.",
		Attributes: map[string]schema.Attribute{
			"wallet_id": schema.StringAttribute{MarkdownDescription: "The UUID of the wallet that pays.", Required: true, CustomType: tfkit.UUIDType{}},
			"organization_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the organization. Default: the provider's.", Optional: true, CustomType: tfkit.UUIDType{},
			},
			"id": schema.StringAttribute{
				MarkdownDescription: "The payment's UUID, for an action that may be invoked again without paying again. Default: a random one each time.",
				Optional:            true, CustomType: tfkit.UUIDType{},
			},
			"kind": schema.StringAttribute{
				MarkdownDescription: "What is paid: `bolt11` or `taprootasset` (an invoice), `onchain` (an address) or `bip21` (a URI).",
				Required:            true,
				Validators: []validator.String{
					stringvalidator.OneOf(voltage.KindBolt11, voltage.KindOnchain, voltage.KindBIP21, voltage.KindTaprootAsset),
				},
			},
			"payment_request": schema.StringAttribute{
				MarkdownDescription: "The invoice or the BIP 21 URI. Needed but for `onchain`.", Optional: true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"address": schema.StringAttribute{
				MarkdownDescription: "The address. Needed for `onchain`, and for nothing else.", Optional: true,
				Validators: []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"amount": amount("How much to pay. Default: what the invoice says. Needed where it says nothing, and for `onchain`.", 1),
			"max_fee": amount("How much the network may take, in btc. Default: for Lightning the larger of 1 % and 1,000 msats, on chain the larger of 1 % and "+
				"263,000 msats. Processing fees are not bound by it.", 0),
			"description": schema.StringAttribute{MarkdownDescription: "A text kept with the payment. Default: none.", Optional: true},
			"metadata": schema.MapAttribute{
				MarkdownDescription: "Text under keys of your own, at most 50, key and text each of at most 256 characters. Default: none.",
				Optional:            true, ElementType: types.StringType, Validators: []validator.Map{metadataValidator()},
			},
			"allow_mainnet": schema.BoolAttribute{
				MarkdownDescription: "Whether real money may be sent: a wallet on mainnet is refused without it. Default: `false`.", Optional: true,
			},
			"timeouts": timeoutsAttribute(ctx, timeouts.Opts{
				InvokeDescription: "How long to wait for the final status, as a number with a unit, such as `90s` or `10m`. Default: `5m`. When it is up, the error " +
					"says what status was seen last; the payment goes on.",
			}),
		},
	}
}

// timeoutsAttribute is the attribute timeouts with a description, which that of the library lacks.
func timeoutsAttribute(ctx context.Context, opts timeouts.Opts) schema.Attribute {
	attribute := timeouts.AttributesWithOpts(ctx, opts)
	if nested, ok := attribute.(schema.SingleNestedAttribute); ok {
		nested.MarkdownDescription = "How long to wait for the API."
		return nested
	}
	return attribute
}

// ValidateConfig implements [action.ActionWithValidateConfig].
func (a *sendAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var config sendModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || config.Kind.IsUnknown() {
		return
	}
	resp.Diagnostics.Append(config.check(ctx)...)
}

// ModifyPlan implements [action.ActionWithModifyPlan]: a wallet that exists says already now which network it is on.
func (a *sendAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var config sendModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || a.Settings == nil || a.Settings.Pending {
		return
	}
	client, diags := a.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	organization, known := a.Settings.Organization(config.OrganizationID, &resp.Diagnostics).ID()
	id, walletKnown := config.WalletID.ID()
	if resp.Diagnostics.HasError() || !known || !walletKnown {
		return
	}
	if wallet, err := client.GetWallet(ctx, organization, id); err == nil {
		resp.Diagnostics.Append(a.checkNetwork(wallet, config)...)
	}
}

// checkNetwork refuses networks that are not allowed, and real money unless it is meant.
func (a *sendAction) checkNetwork(wallet *voltage.Wallet, config sendModel) diag.Diagnostics {
	network := voltage.WalletNetwork(wallet.Network)
	diags := a.Settings.CheckNetwork(path.Root("wallet_id"), network)
	if network == "mainnet" && !config.AllowMainnet.ValueBool() && !config.AllowMainnet.IsUnknown() {
		diags.AddAttributeError(path.Root("allow_mainnet"), "Real Money Not Allowed",
			fmt.Sprintf("Wallet %q (ID %s) is on mainnet, where money is real.\n\nSet allow_mainnet = true if that is meant.", voltage.Clean(wallet.Name), wallet.ID))
	}
	return diags
}

// Invoke implements [action.Action].
func (a *sendAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config sendModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client, diags := a.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(config.check(ctx)...) // what was unknown while planning
	organization, _ := a.Settings.Organization(config.OrganizationID, &resp.Diagnostics).ID()
	timeout, diags := config.Timeouts.Invoke(ctx, defaultTimeout)
	resp.Diagnostics.Append(diags...)
	send := config.request(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	progress := func(format string, args ...any) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
	}

	failure := tfkit.Failure{Summary: "Payment Not Sent", Object: config.describe(send.ID), Blame: sendBlame}
	account, err := readAccount(ctx, client, organization, send.WalletID)
	if err != nil {
		failure.Err = err
		resp.Diagnostics.Append(failure.DiagnosticAt(path.Root("wallet_id")))
		return
	}
	resp.Diagnostics.Append(a.checkNetwork(account.wallet, config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	environment := account.wallet.EnvironmentID
	earlier, err := sentBefore(ctx, client, organization, environment, send, !config.ID.IsNull())
	switch {
	case earlier != nil && err != nil:
		failure.Err, failure.Next = err, "Nothing was sent. Choose another id for another payment."
	case err != nil: // another id could pay what an earlier run has paid already
		failure.Err, failure.Next = err, "Nothing was sent by this run, but an earlier one may have sent it. Invoke the action again with the same id, which pays once."
	case earlier != nil:
		progress("Payment %s was sent before; it is not sent again.", send.ID)
		if amount := earlier.Amount(); isAnother(amount, send.Data.Amount) {
			resp.Diagnostics.AddAttributeWarning(path.Root("amount"), "Payment Sent Before With Another Amount", fmt.Sprintf(
				"%s: it was sent before with %s, and the configuration asks for %s.\n\nNothing was sent. Choose another id for another payment.",
				config.describe(send.ID), amount, send.Data.Amount))
		}
	default:
		progress("Sending payment %s.", send.ID)
		failure.Next, failure.Err = account.send(ctx, send)
	}
	if failure.Err != nil {
		resp.Diagnostics.Append(failure.Diagnostic())
		return
	}
	payment, err := waitFor(ctx, client, organization, environment, send.ID, waitFinal, func(status string) {
		progress("Payment %s: %s.", send.ID, voltage.Clean(status))
	})
	if err == nil && !config.ID.IsNull() { // the API may have known the ID before the read of it did
		if failure.Err = checkSame(payment, send); failure.Err != nil {
			failure.Next = "Nothing was sent. Choose another id for another payment."
			resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
	}
	switch {
	case err != nil:
		failure.Summary, failure.Err = "Payment Not Seen to Its End", err
		failure.Next = fmt.Sprintf("The payment goes on without Terraform. Look at it with the data source voltage_payment, id %s, before anything is paid again.", send.ID)
		resp.Diagnostics.Append(failure.Diagnostic())
	case payment.Status != voltage.StatusCompleted:
		resp.Diagnostics.Append(tfkit.Failure{
			Summary: "Payment Failed", Object: failure.Object, Err: failureOf(payment), Blame: sendBlame,
			State: "Nothing was paid. An action with an id needs another id to pay again.",
		}.Diagnostic())
	default:
		if fees := payment.Fees(); fees != nil {
			progress("Payment %s: the network took %s.", send.ID, fees)
		}
	}
}

// sentBefore returns the payment with an ID of the user's own where there is one, together with an error where it pays something else.
func sentBefore(ctx context.Context, client *voltage.Client, organization, environment uuid.UUID, send voltage.NewSend, own bool) (*voltage.Payment, error) {
	if !own {
		return nil, nil
	}
	payment, err := client.GetPayment(ctx, organization, environment, send.ID)
	switch {
	case voltage.IsNotFound(err):
		return nil, nil
	case err != nil:
		return nil, err //nolint:wrapcheck // an error of the client says it all
	}
	return payment, checkSame(payment, send)
}

// isAnother reports whether two amounts of a currency differ. It cannot say so of one that is not known, or of two currencies.
func isAnother(sent, wanted *voltage.Amount) bool {
	return sent != nil && wanted != nil && sent.Currency == wanted.Currency && sent.Amount != wanted.Amount
}

// checkSame returns an error for a payment that is not the one that was to be sent.
func checkSame(payment *voltage.Payment, send voltage.NewSend) error {
	if payment.Direction == voltage.DirectionSend && payment.WalletID == send.WalletID && payment.Kind == send.Kind &&
		strings.EqualFold(payment.Data.PaymentRequest, send.Data.PaymentRequest) && strings.EqualFold(payment.Data.Address, send.Data.Address) {
		return nil
	}
	return fmt.Errorf("another payment has this ID: a %s of wallet %s, %s", voltage.Clean(payment.Direction), payment.WalletID, voltage.Clean(payment.Status))
}

// send sends a payment once, with a quote where it needs one. next is what to do after an error, empty for the usual.
func (a *account) send(ctx context.Context, send voltage.NewSend) (next string, err error) {
	amount := send.Data.Amount
	if amount == nil && a.currency == voltage.CurrencyUSD {
		if amount = invoiceAmount(send); amount == nil {
			return "Give the amount.", errors.New("neither the payment nor what it pays says how much, which a wallet on a USD line of credit has to know")
		}
		send.Data.Amount = amount
	}
	send.Currency = a.currency
	if send.Kind == voltage.KindTaprootAsset && amount != nil {
		send.Currency = amount.Currency
	}
	sent := false
	_, err = a.withQuote(ctx, amount, func(quote *uuid.UUID) error {
		send.QuoteID, sent = quote, true
		return a.client.CreateSend(ctx, a.organization, a.wallet.EnvironmentID, send)
	})
	if err != nil && sent && !tfkit.IsRefused(err) {
		next = fmt.Sprintf("The payment may be under way, and was not sent again. Look at it with the data source voltage_payment, id %s, "+
			"before anything is paid again: if the API does not know it after a minute, nothing was paid. An action with id = %q can be invoked again "+
			"without paying twice.", send.ID, send.ID)
	}
	return next, err
}

// invoiceAmount is how much the invoice of a send asks for, nil where it does not say.
func invoiceAmount(send voltage.NewSend) *voltage.Amount {
	text := send.Data.PaymentRequest
	if send.Kind == voltage.KindBIP21 {
		text = lightningOf(text)
	}
	invoice, err := voltage.ParseInvoice(text)
	if err != nil || invoice.AmountMsats == nil {
		return nil
	}
	return &voltage.Amount{Currency: voltage.CurrencyBTC, Amount: *invoice.AmountMsats}
}

// sendBlame is the attribute that causes a refusal, or a failure after it.
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

// describe names the payment in messages.
func (m *sendModel) describe(id uuid.UUID) string {
	return fmt.Sprintf("Payment %s (%s, from wallet %s)", id, m.Kind.ValueString(), m.WalletID.ValueString())
}

// check is what the contract refuses of a send, on its attribute. Unknown values pass.
func (m *sendModel) check(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	kind := m.Kind.ValueString()
	needed, needless := "payment_request", "address"
	neededValue, needlessValue := m.PaymentRequest, m.Address
	if kind == voltage.KindOnchain {
		needed, needless, neededValue, needlessValue = needless, needed, needlessValue, neededValue
	}
	if neededValue.IsNull() {
		diags.AddAttributeError(path.Root(needed), "Missing Attribute", fmt.Sprintf("A payment of kind %q needs %s.\n\nGive %[2]s, or choose another kind.", kind, needed))
	}
	if !needlessValue.IsNull() {
		diags.AddAttributeError(path.Root(needless), "Unexpected Attribute", fmt.Sprintf("A payment of kind %q has no %s; it has %s.\n\nLeave %[2]s out, or choose another kind.", kind, needless, needed))
	}
	switch {
	case m.Amount.IsNull() && kind == voltage.KindOnchain:
		diags.AddAttributeError(path.Root("amount"), "Missing Attribute", "An address does not say how much to pay.\n\nGive the amount.")
	case !m.Amount.IsNull() && !m.Amount.IsUnknown():
		if err := checkAmount(kind, amountModel(ctx, m.Amount, &diags)); err != nil {
			diags.AddAttributeError(path.Root("amount"), "Invalid Amount", fmt.Sprintf("A payment of kind %q: %s.\n\nChange the amount or its currency, or choose another kind.", kind, err))
		}
	}
	if !m.MaxFee.IsNull() && !m.MaxFee.IsUnknown() {
		if fee := amountModel(ctx, m.MaxFee, &diags); !fee.Currency.IsUnknown() && fee.Currency.ValueString() != voltage.CurrencyBTC {
			diags.AddAttributeError(path.Root("max_fee").AtName("currency"), "Invalid Currency", "max_fee is in another currency than btc, which the network takes its fees in.\n\nGive max_fee in btc, its amount in msats.")
		}
	}
	if kind == voltage.KindBolt11 && !m.PaymentRequest.IsNull() && !m.PaymentRequest.IsUnknown() {
		diags.Append(checkInvoice(ctx, m)...)
	}
	return diags
}

// checkInvoice refuses an invoice that cannot be paid, or does not say how much where nobody else does.
func checkInvoice(ctx context.Context, m *sendModel) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root("payment_request")
	invoice, err := voltage.ParseInvoice(m.PaymentRequest.ValueString())
	if err != nil {
		diags.AddAttributeError(at, "Invalid Invoice", fmt.Sprintf("payment_request is not an invoice that can be paid: %s.\n\nGive the whole invoice (BOLT 11), as the payee shows it.", voltage.Clean(err.Error())))
		return diags
	}
	if expires, ok := invoice.ExpiresAt(); ok && time.Now().After(expires) {
		diags.AddAttributeWarning(at, "Invoice Has Expired", fmt.Sprintf("The invoice could be paid until %s.\n\nAsk the payee for another one, unless the clock of this machine is wrong.", expires.Format(time.RFC3339)))
	}
	switch {
	case m.Amount.IsUnknown():
	case m.Amount.IsNull() && invoice.AmountMsats == nil:
		diags.AddAttributeError(path.Root("amount"), "Missing Attribute", "The invoice does not say how much to pay.\n\nGive the amount.")
	case !m.Amount.IsNull() && invoice.AmountMsats != nil:
		amount := amountModel(ctx, m.Amount, &diags)
		if amount.Currency.ValueString() == voltage.CurrencyBTC && !amount.Amount.IsUnknown() && amount.Amount.ValueInt64() != *invoice.AmountMsats {
			diags.AddAttributeError(path.Root("amount"), "Invalid Amount",
				fmt.Sprintf("The invoice asks for %d msats, and not for %d.\n\nLeave the amount out.", *invoice.AmountMsats, amount.Amount.ValueInt64()))
		}
	}
	return diags
}

func amountModel(ctx context.Context, object types.Object, diags *diag.Diagnostics) *tfkit.AmountModel {
	var amount tfkit.AmountModel
	diags.Append(object.As(ctx, &amount, basetypes.ObjectAsOptions{})...)
	return &amount
}

// request turns the configuration into the API's request, but for currency and quote.
func (m *sendModel) request(ctx context.Context, diags *diag.Diagnostics) voltage.NewSend {
	send := voltage.NewSend{
		Kind: m.Kind.ValueString(),
		Data: voltage.NewSendData{
			PaymentRequest: m.PaymentRequest.ValueString(), Address: m.Address.ValueString(), Description: m.Description.ValueString(),
		},
	}
	send.WalletID, _ = m.WalletID.ID()
	var own bool
	if send.ID, own = m.ID.ID(); !own {
		var err error
		if send.ID, err = voltage.NewID(); err != nil {
			diags.Append(tfkit.Failure{Summary: "Payment Not Sent", Object: m.describe(send.ID), Err: err}.Diagnostic())
		}
	}
	if !m.Amount.IsNull() {
		send.Data.Amount = amountModel(ctx, m.Amount, diags).API()
	}
	if !m.MaxFee.IsNull() {
		send.Data.MaxFee = amountModel(ctx, m.MaxFee, diags).API()
	}
	if !m.Metadata.IsNull() {
		diags.Append(m.Metadata.ElementsAs(ctx, &send.Metadata, false)...)
	}
	return send
}
