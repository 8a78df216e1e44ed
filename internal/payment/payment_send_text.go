package payment

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// These are the default limits of the network fee, in msats: a hundredth of the amount, but at least a minimum. Source: schemas
// SendBolt11Request, SendOnchainRequest and SendBip21Request of the API's contract.
const (
	defaultFeeShare       = 100
	leastFeeBound         = 1_000
	leastFeeBoundOnchain  = 263_000
	unknownWhilePlanning  = "known only during the apply"
	unusualBoundOfOnchain = ", which is low for a payment on chain: set max_fee"
)

// what describes the amount and the payee of a send: `21 sats (21000 msats) for "coffee" to node 02ab…`. to is nil if the destination is
// not known yet.
func (m *sendArguments) what(to *destination) string {
	if to == nil {
		return "a payment whose amount and payee are " + unknownWhilePlanning
	}
	amount := "an amount that is " + unknownWhilePlanning
	if to.msats != nil {
		amount = sats(*to.msats)
	}
	return amount + to.payee()
}

// payee describes the payee and the purpose of a payment.
func (d *destination) payee() string {
	text := ""
	switch {
	case d.label != "":
		text += fmt.Sprintf(" for %q", voltage.Clean(d.label))
	case d.invoice != nil && d.invoice.Description != nil && *d.invoice.Description != "":
		text += fmt.Sprintf(" for %q", voltage.Clean(*d.invoice.Description))
	}
	switch {
	case d.invoice == nil:
		return text + " to address " + d.address
	case d.address == "":
		return text + " to node " + d.invoice.Payee
	}
	return text + fmt.Sprintf(" to node %s, or to address %s", d.invoice.Payee, d.address)
}

// feeBound describes the highest network fee.
func (m *sendArguments) feeBound(ctx context.Context, to *destination) string {
	var diags diag.Diagnostics // stays empty: the same values were converted before
	switch {
	case !m.MaxFee.IsNull() && !m.MaxFee.IsUnknown():
		if fee := amountModel(ctx, m.MaxFee, &diags).Amount; !fee.IsUnknown() {
			return "The network fee is at most " + sats(fee.ValueInt64())
		}
		fallthrough
	case m.MaxFee.IsUnknown():
		return "The highest network fee is " + unknownWhilePlanning
	case to == nil || to.msats == nil:
		return "The network fee is at most the default of max_fee"
	}
	kind, note := m.Kind.ValueString(), ""
	if kind == voltage.KindBIP21 && to.invoice == nil {
		note = unusualBoundOfOnchain
	}
	return fmt.Sprintf("The network fee is at most %s, the default of max_fee%s", sats(defaultMaxFee(kind, *to.msats)), note)
}

// defaultMaxFee is the API's default of max_fee, in msats.
func defaultMaxFee(kind string, msats int64) int64 {
	if kind == voltage.KindOnchain {
		return max(msats/defaultFeeShare, leastFeeBoundOnchain)
	}
	return max(msats/defaultFeeShare, leastFeeBound)
}

// from names the paying wallet.
func (w *paymentWallet) from() string {
	text := fmt.Sprintf("wallet %q (ID %s) on %s", voltage.Clean(w.wallet.Name), w.wallet.ID,
		voltage.Clean(voltage.WalletNetwork(w.wallet.Network)))
	if w.currency == voltage.CurrencyUSD {
		text += ", which pays in USD: the provider requests a quote when the action runs"
	}
	if !voltage.IsTestNetwork(w.wallet.Network) {
		text += ". This is real money"
	}
	return text
}

const paymentNoun = "Payment"

// describe names a payment or a policy check in messages. payer is nil before the wallet was read. Then only the ID of the wallet is known.
func (m *sendArguments) describe(noun string, id uuid.UUID, payer *paymentWallet) string {
	wallet := m.WalletID.ValueString()
	if payer != nil && payer.wallet.Name != "" {
		wallet = fmt.Sprintf("%q (ID %s)", voltage.Clean(payer.wallet.Name), payer.wallet.ID)
	}
	return fmt.Sprintf("%s %s (%s, from wallet %s)", noun, id, m.Kind.ValueString(), wallet)
}

// charged describes the fees of a payment.
func charged(p *voltage.Payment) string {
	fees := p.Fees()
	switch {
	case p.Breakdown != nil && p.Breakdown.NetworkFee.Amount+p.Breakdown.ProcessingFee.Amount == 0:
		return " There were no fees."
	case p.Breakdown != nil:
		return fmt.Sprintf(" The network fee was %s, and the processing fee was %s.", p.Breakdown.NetworkFee, p.Breakdown.ProcessingFee)
	case fees == nil:
		return ""
	case fees.Amount == 0:
		return " There were no fees."
	}
	return fmt.Sprintf(" The fees were %s.", fees)
}
