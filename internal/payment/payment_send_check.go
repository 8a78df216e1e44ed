package payment

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-framework/types/basetypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// destination is the invoice or address of a send and its amount, read from the configuration.
type destination struct {
	// invoice is nil if the payment can only be made on chain. address is empty if the payment can only be made over Lightning.
	invoice *voltage.Invoice
	address string
	// networks are the networks that it can be paid on, with the names of [voltage.ParseAddress].
	networks []string
	// msats is the amount to pay. It is nil while the argument amount is not known. named says that the invoice or the URI has the amount.
	msats *int64
	named bool
	// label is the text of a URI for the payment.
	label string
	// source is the subject of a sentence about the values above: "The invoice".
	source string
}

// amount returns the amount to pay. It is nil while the amount is not known.
func (d *destination) amount() *voltage.Amount {
	if d.msats == nil {
		return nil
	}
	return &voltage.Amount{Currency: voltage.CurrencyBTC, Amount: *d.msats}
}

// These are the attributes of the payee and the amount.
var (
	atInvoice = path.Root("payment_request")
	atAddress = path.Root("address")
	atAmount  = path.Root("amount")
)

// These are next steps after an attribute that the kind of payment does not allow.
const (
	leaveAddress     = "Remove address, or set kind to \"onchain\" or \"bip21\" to pay an address."
	leaveDescription = "Remove description. The invoice has its own description. Put your own texts into metadata."
	leaveInvoice     = "Remove payment_request, or set kind to \"bolt11\" to pay an invoice."
)

var (
	kindNeeds = tfkit.Declare(tfkit.Message{
		Summary: "Missing Attribute",
		Detail:  "A payment of kind \"{KIND}\" requires {ATTRIBUTE}, which is {CONTENT}.",
		Next:    []string{"Set {ATTRIBUTE}, or choose another kind."},
	})
	kindHasNo = tfkit.Declare(tfkit.Message{
		Summary: "Unexpected Attribute",
		Detail:  "A payment of kind \"{KIND}\" does not take {ATTRIBUTE}.",
		Next:    []string{leaveAddress, leaveDescription, leaveInvoice},
	})
	amountMissing = tfkit.Declare(tfkit.Message{
		Summary: "Missing Attribute", Detail: "{SOURCE} has no amount, and amount is not set.", Next: []string{"Set amount."},
	})
	amountDiffers = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Amount",
		Detail:  "{SOURCE} asks for {AMOUNT}, but amount is {AMOUNT_OF_ATTRIBUTE}.",
		Next:    []string{"Remove amount."},
	})
	notBTC = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Currency",
		Detail: "{ATTRIBUTE} is in {CURRENCY}, but payments are sent in btc only. A wallet on a USD line of credit also sends btc: the " +
			"provider requests a quote for it.",
		Next: []string{"Set {ATTRIBUTE} in msats, with currency = \"btc\"."},
	})
	notWholeSats = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Amount",
		Detail:  "The amount is {AMOUNT}. A payment on chain must be a whole number of satoshis, which is a multiple of 1,000 msats.",
		Next:    []string{"Round amount to a whole number of satoshis."},
	})
	invoiceIsURI = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Invoice",
		Detail:  "payment_request is a BIP 21 URI, not an invoice.",
		Next:    []string{"Set address to this URI, and set kind = \"bip21\"."},
	})
	invalidInvoice = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Invoice",
		Detail:  "payment_request is not an invoice that can be paid: {REASON}.",
		Next:    []string{"Set payment_request to the whole invoice (BOLT 11) that the payee shows."},
	})
	invoiceContradicts = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Invoice",
		Detail:  "payment_request contradicts address: {REASON}.",
		Next:    []string{"Remove payment_request, or set address to the URI that belongs to this invoice."},
	})
	addressIsURI = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Address",
		Detail:  "address is a BIP 21 URI, but kind \"onchain\" requires a Bitcoin address.",
		Next:    []string{"Set kind = \"bip21\" to pay this URI."},
	})
	invalidAddress = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Address",
		Detail:  "address cannot be paid: {REASON}.",
		Next:    []string{"Set address to the whole Bitcoin address that the payee shows."},
	})
	invalidURI = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Payment URI",
		Detail:  "address cannot be paid: {REASON}.",
		Next:    []string{"Set address to the whole URI that the payee shows, or ask the payee for another one."},
	})
	descriptionOfURI = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Description",
		Detail:  "The URI contains the text \"{TEXT}\". The API stores this text and ignores description.",
		Next:    []string{"Remove description."},
	})
	invoiceExpired = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Invoice Has Expired",
		Detail:  "The invoice expired at {TIME}.",
		Next:    []string{"Ask the payee for a new invoice. If this one has not expired, correct the clock of this machine."},
	})
	realMoney = tfkit.Declare(tfkit.Message{
		Summary: "Real Money Not Allowed",
		Detail:  "Wallet \"{WALLET}\" (ID {ID}) is on mainnet, so this payment would send real money.",
		Next:    []string{allowMainnet},
	})
	perhapsRealMoney = tfkit.Declare(tfkit.Message{
		Summary: "Real Money Not Allowed",
		Detail: "Wallet \"{WALLET}\" (ID {ID}) is on the network \"{NETWORK}\", which is not a known test network. This payment " +
			"could send real money.",
		Next: []string{allowMainnet},
	})
	wrongNetwork = tfkit.Declare(tfkit.Message{
		Summary: "Wrong Network",
		Detail:  "{SOURCE} is for {NETWORKS}, but wallet \"{WALLET}\" (ID {ID}) is on {NETWORK}.",
		Next:    []string{"Set wallet_id to a wallet on the same network, or ask the payee for a request on the network of the wallet."},
	})
)

const allowMainnet = "To send real money, set allow_mainnet = true."

// check finds errors in a send without a request to the API, and reports each on its attribute. It returns the destination of the send, or
// nil if that is not known yet or wrong. Unknown values are accepted.
func (m *sendArguments) check(ctx context.Context) (*destination, diag.Diagnostics) {
	if m.Kind.IsUnknown() {
		return nil, nil
	}
	diags := m.checkPresence()
	diags.Append(m.checkAmounts(ctx)...)
	var to *destination
	switch kind := m.Kind.ValueString(); {
	case diags.HasError() && diagnosed(diags, atInvoice, atAddress):
	case kind == voltage.KindBolt11 && !m.PaymentRequest.IsUnknown():
		to = m.readInvoice(&diags)
	case kind == voltage.KindOnchain && !m.Address.IsUnknown():
		to = m.readAddress(&diags)
	case kind == voltage.KindBIP21 && !m.Address.IsUnknown() && !m.PaymentRequest.IsUnknown():
		to = m.readBIP21(&diags)
	}
	if to == nil {
		return nil, diags
	}
	m.settleAmount(ctx, to, &diags)
	if diags.HasError() {
		return nil, diags
	}
	return to, diags
}

// diagnosed reports whether one of the attributes has an error.
func diagnosed(diags diag.Diagnostics, attributes ...path.Path) bool {
	return slices.ContainsFunc(diags, func(d diag.Diagnostic) bool {
		on, ok := d.(diag.DiagnosticWithPath)
		return ok && slices.ContainsFunc(attributes, on.Path().Equal)
	})
}

// checkPresence checks that the arguments which the kind requires are set, and that the arguments which it does not allow are not set.
func (m *sendArguments) checkPresence() diag.Diagnostics {
	var diags diag.Diagnostics
	kind := m.Kind.ValueString()
	missing := func(attribute, what string) {
		kindNeeds.AddAt(&diags, path.Root(attribute), tfkit.Values{"KIND": kind, "ATTRIBUTE": attribute, "CONTENT": what})
	}
	unexpected := func(attribute, leave string) {
		kindHasNo.Choosing(leave).AddAt(&diags, path.Root(attribute), tfkit.Values{"KIND": kind, "ATTRIBUTE": attribute})
	}
	switch kind {
	case voltage.KindBolt11:
		if m.PaymentRequest.IsNull() {
			missing("payment_request", "the invoice")
		}
		if !m.Address.IsNull() {
			unexpected("address", leaveAddress)
		}
		if !m.Description.IsNull() {
			unexpected("description", leaveDescription)
		}
	case voltage.KindOnchain:
		if m.Address.IsNull() {
			missing("address", "the Bitcoin address")
		}
		if !m.PaymentRequest.IsNull() {
			unexpected("payment_request", leaveInvoice)
		}
		if m.Amount.IsNull() {
			amountMissing.AddAt(&diags, atAmount, tfkit.Values{"SOURCE": "An address"})
		}
	case voltage.KindBIP21:
		if m.Address.IsNull() {
			missing("address", "the whole BIP 21 URI")
		}
	}
	return diags
}

// checkAmounts checks amount and max_fee without the other arguments.
func (m *sendArguments) checkAmounts(ctx context.Context) diag.Diagnostics {
	var diags diag.Diagnostics
	for _, attribute := range []string{"amount", "max_fee"} {
		object := map[string]types.Object{"amount": m.Amount, "max_fee": m.MaxFee}[attribute]
		if object.IsNull() || object.IsUnknown() {
			continue
		}
		currency := amountModel(ctx, object, &diags).Currency
		if !currency.IsUnknown() && currency.ValueString() != voltage.CurrencyBTC {
			notBTC.AddAt(&diags, path.Root(attribute).AtName("currency"), tfkit.Values{
				"ATTRIBUTE": attribute, "CURRENCY": voltage.Clean(currency.ValueString()),
			})
		}
	}
	if msats, _ := m.msats(ctx, &diags); msats != nil && m.Kind.ValueString() == voltage.KindOnchain {
		m.checkWholeSats(*msats, &diags)
	}
	return diags
}

func (m *sendArguments) checkWholeSats(msats int64, diags *diag.Diagnostics) {
	if msats%voltage.MsatsPerSat != 0 {
		notWholeSats.AddAt(diags, atAmount, tfkit.Values{"AMOUNT": sats(msats)})
	}
}

// msats returns the configured amount, or nil. It returns false if the amount is not known yet.
func (m *sendArguments) msats(ctx context.Context, diags *diag.Diagnostics) (*int64, bool) {
	if m.Amount.IsNull() || m.Amount.IsUnknown() {
		return nil, m.Amount.IsNull()
	}
	amount := amountModel(ctx, m.Amount, diags).Amount
	return amount.ValueInt64Pointer(), !amount.IsUnknown()
}

// readInvoice reads the destination if kind is bolt11.
func (m *sendArguments) readInvoice(diags *diag.Diagnostics) *destination {
	invoice := parseInvoice(m.PaymentRequest.ValueString(), diags)
	if invoice == nil {
		return nil
	}
	return &destination{invoice: invoice, networks: invoice.Networks(), msats: invoice.AmountMsats, source: "The invoice"}
}

// parseInvoice reads payment_request.
func parseInvoice(text string, diags *diag.Diagnostics) *voltage.Invoice {
	if isURI(text) {
		invoiceIsURI.AddAt(diags, atInvoice, nil)
		return nil
	}
	invoice, err := voltage.ParseInvoice(voltage.StripLightning(text))
	if err != nil {
		invalidInvoice.AddAt(diags, atInvoice, tfkit.Values{"REASON": voltage.Clean(err.Error())})
		return nil
	}
	return invoice
}

// isURI reports whether a text is a bitcoin: URI, even an invalid one.
func isURI(text string) bool {
	scheme, _, found := strings.Cut(text, ":")
	return found && strings.EqualFold(scheme, "bitcoin")
}

// readAddress reads the destination if kind is onchain.
func (m *sendArguments) readAddress(diags *diag.Diagnostics) *destination {
	text := m.Address.ValueString()
	if isURI(text) {
		addressIsURI.AddAt(diags, atAddress, nil)
		return nil
	}
	networks, err := voltage.ParseAddress(text)
	if err != nil {
		invalidAddress.AddAt(diags, atAddress, tfkit.Values{"REASON": voltage.Clean(err.Error())})
		return nil
	}
	return &destination{address: text, networks: networks, source: "The address"}
}

// readBIP21 reads the destination if kind is bip21: a URI or an address, and an optional invoice. The API pays what the URI says and
// ignores the other arguments, so a contradiction is an error.
func (m *sendArguments) readBIP21(diags *diag.Diagnostics) *destination {
	to, ok := m.readURI(diags)
	if m.PaymentRequest.IsNull() || !ok {
		return to
	}
	beside := parseInvoice(m.PaymentRequest.ValueString(), diags)
	if beside == nil {
		return nil
	}
	contradicts := func(format string, args ...any) *destination {
		invoiceContradicts.AddAt(diags, atInvoice, tfkit.Values{"REASON": fmt.Sprintf(format, args...)})
		return nil
	}
	if to.invoice != nil && to.invoice.PaymentHash != beside.PaymentHash {
		return contradicts("the URI has another invoice, with payment hash %s, not %s", to.invoice.PaymentHash, beside.PaymentHash)
	}
	networks := slices.DeleteFunc(slices.Clone(to.networks), func(network string) bool { return !slices.Contains(beside.Networks(), network) })
	if len(networks) == 0 {
		return contradicts("the invoice is for %s, but the address is for %s", or(beside.Networks()), or(to.networks))
	}
	if to.msats != nil && beside.AmountMsats != nil && *to.msats != *beside.AmountMsats {
		return contradicts("the invoice asks for %s, but the URI asks for %s", sats(*beside.AmountMsats), sats(*to.msats))
	}
	to.invoice, to.networks = beside, networks
	if to.msats == nil {
		to.msats, to.source = beside.AmountMsats, "The invoice"
	}
	return to
}

// readURI reads the argument address if kind is bip21.
func (m *sendArguments) readURI(diags *diag.Diagnostics) (*destination, bool) {
	text := m.Address.ValueString()
	invalid := func(format string, args ...any) (*destination, bool) {
		invalidURI.AddAt(diags, atAddress, tfkit.Values{"REASON": fmt.Sprintf(format, args...)})
		return nil, false
	}
	if !strings.Contains(text, ":") {
		networks, err := voltage.ParseAddress(text)
		if err != nil {
			return invalid("%s", voltage.Clean(err.Error()))
		}
		return &destination{address: text, networks: networks, source: "The address"}, true
	}
	uri, err := voltage.ParseBIP21(text)
	switch {
	case err != nil:
		return invalid("%s", voltage.Clean(err.Error()))
	case len(uri.Required) > 0:
		return invalid("it requires the parameter %s, which the provider does not know, and BIP 21 forbids paying such a URI",
			voltage.Clean(strings.Join(uri.Required, " and ")))
	case uri.InvoiceError != nil:
		return invalid("its Lightning invoice cannot be paid: %s", voltage.Clean(uri.InvoiceError.Error()))
	}
	to := &destination{
		invoice: uri.Invoice, address: uri.Address, networks: uri.Networks, msats: uri.AmountMsats, label: uri.Label, source: "The URI",
	}
	if to.label == "" {
		to.label = uri.Message
	}
	if uri.Invoice != nil && uri.Invoice.AmountMsats != nil {
		if to.msats != nil && *to.msats != *uri.Invoice.AmountMsats {
			return invalid("its amount is %s, but its Lightning invoice asks for %s", sats(*to.msats), sats(*uri.Invoice.AmountMsats))
		}
		to.msats = uri.Invoice.AmountMsats
	}
	own := m.Description.ValueString() // also empty if it is not known
	if to.label != "" && own != "" && own != uri.Label && own != uri.Message {
		descriptionOfURI.AddAt(diags, path.Root("description"), tfkit.Values{"TEXT": voltage.Clean(to.label)})
	}
	return to, true
}

// settleAmount decides the amount. The argument amount cannot change the amount of the invoice or the URI.
func (m *sendArguments) settleAmount(ctx context.Context, to *destination, diags *diag.Diagnostics) {
	to.named = to.msats != nil
	own, known := m.msats(ctx, diags)
	switch {
	case diagnosed(*diags, atAmount):
	case own == nil && known && !to.named:
		amountMissing.AddAt(diags, atAmount, tfkit.Values{"SOURCE": to.source})
	case own != nil && to.named && *own != *to.msats:
		amountDiffers.AddAt(diags, atAmount, tfkit.Values{
			"SOURCE": to.source, "AMOUNT": sats(*to.msats), "AMOUNT_OF_ATTRIBUTE": sats(*own),
		})
	case !to.named:
		to.msats = own
	}
	if own != nil && m.Kind.ValueString() == voltage.KindBIP21 && to.invoice == nil {
		m.checkWholeSats(*own, diags)
	}
}

// checkExpiry warns of an expired invoice.
func (d *destination) checkExpiry(now time.Time) diag.Diagnostics {
	var diags diag.Diagnostics
	if d.invoice == nil {
		return diags
	}
	if expires, ok := d.invoice.ExpiresAt(); ok && now.After(expires) {
		invoiceExpired.Add(&diags, tfkit.Values{"TIME": expires.Format(time.RFC3339)})
	}
	return diags
}

// checkWallet refuses a network that is not allowed, and an invoice or address for another network than the network of the wallet. to is
// nil if the destination is not known yet.
func (m *sendArguments) checkWallet(settings *tfkit.Settings, wallet *voltage.Wallet, to *destination) diag.Diagnostics {
	network := voltage.WalletNetwork(wallet.Network)
	diags := settings.CheckNetwork(path.Root("wallet_id"), network)
	if to == nil || !slices.Contains(comparableNetworks, network) || slices.Contains(to.networks, network) {
		return diags
	}
	at, what := atAddress, "The address"
	if to.address == "" || m.Kind.ValueString() == voltage.KindBolt11 {
		at, what = atInvoice, "The invoice"
	}
	wrongNetwork.AddAt(&diags, at, tfkit.Values{
		"SOURCE": what, "NETWORKS": or(to.networks), "WALLET": voltage.Clean(wallet.Name), "ID": wallet.ID, "NETWORK": network,
	})
	return diags
}

// checkWallet also refuses to send real money unless allow_mainnet is true.
func (m *sendModel) checkWallet(settings *tfkit.Settings, wallet *voltage.Wallet, to *destination) diag.Diagnostics {
	diags := m.sendArguments.checkWallet(settings, wallet, to)
	if voltage.IsTestNetwork(wallet.Network) || m.AllowMainnet.ValueBool() || m.AllowMainnet.IsUnknown() {
		return diags
	}
	values := tfkit.Values{"WALLET": voltage.Clean(wallet.Name), "ID": wallet.ID}
	if voltage.WalletNetwork(wallet.Network) == "mainnet" {
		realMoney.AddAt(&diags, path.Root("allow_mainnet"), values)
	} else {
		values["NETWORK"] = voltage.Clean(wallet.Network)
		perhapsRealMoney.AddAt(&diags, path.Root("allow_mainnet"), values)
	}
	return diags
}

// comparableNetworks are the networks of wallets that can be compared with the network of an address or an invoice. For any other network,
// the comparison is not possible.
var comparableNetworks = []string{"mainnet", "testnet3", "signet", "mutinynet", "regtest"}

func or(names []string) string { return strings.Join(names, " or ") }

// sats writes an amount in msats for people.
func sats(msats int64) string {
	return voltage.Amount{Currency: voltage.CurrencyBTC, Amount: msats}.String()
}

func amountModel(ctx context.Context, object types.Object, diags *diag.Diagnostics) *tfkit.AmountModel {
	var amount tfkit.AmountModel
	diags.Append(object.As(ctx, &amount, basetypes.ObjectAsOptions{})...)
	return &amount
}
