package payment

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// wantedSend is a send as an earlier payment with its ID is compared with it.
type wantedSend struct {
	wallet   uuid.UUID
	kind     string
	treasury bool
	*destination
}

// contradiction is what proves that a payment is another one than the send that is wanted, nil where nothing does. The API need not show
// everything, above all while a payment resolves, and what it does not show contradicts nothing: whoever takes a payment of his own
// for another one pays twice.
func contradiction(payment *voltage.Payment, want wantedSend) error {
	var found []string
	differs := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	if payment.Direction != "" && payment.Direction != voltage.DirectionSend {
		differs("it is a %s", voltage.Clean(payment.Direction))
	}
	if payment.WalletID != uuid.Nil && payment.WalletID != want.wallet {
		differs("it belongs to wallet %s", payment.WalletID)
	}
	if payment.Kind != "" && payment.Kind != want.kind {
		differs("its kind is %s", voltage.Clean(payment.Kind))
	}
	switch {
	case want.treasury && payment.IsCheck():
		differs("it is a policy check, and a treasury movement cannot send a policy check")
	case want.treasury && payment.Category != "" && payment.Category != voltage.CategoryTreasury,
		!want.treasury && payment.Category == voltage.CategoryTreasury:
		differs("its category is %s", voltage.Clean(payment.Category))
	}
	if hash := hashOf(payment.Data.PaymentRequest); hash != "" {
		switch {
		case want.invoice == nil:
			differs("it pays an invoice")
		case hash != want.invoice.PaymentHash:
			differs("it pays the invoice with payment hash %s, not %s", hash, want.invoice.PaymentHash)
		}
	}
	if address := addressOf(payment.Data.Address); address != "" {
		switch {
		case want.address == "":
			differs("it pays an address")
		case address != addressOf(want.address):
			differs("it pays address %s", voltage.Clean(address))
		}
	}
	// 0 is what the API writes of an amount that it does not know yet: no send is of nothing.
	amount := payment.AmountIn(voltage.CurrencyBTC)
	if amount != nil && amount.Amount != 0 && want.msats != nil && amount.Signed() != *want.msats {
		differs("its amount is %s, not %s", amount, sats(*want.msats))
	}
	if found == nil {
		return nil
	}
	return fmt.Errorf("another payment has this ID: %s; its status is %s", strings.Join(found, ", "), voltage.Clean(payment.Status))
}

// hashOf is the payment hash of an invoice, however it is written; empty for what is not an invoice, which proves nothing.
func hashOf(text string) string {
	invoice, err := voltage.ParseInvoice(voltage.StripLightning(strings.TrimSpace(text)))
	if err != nil {
		return ""
	}
	return invoice.PaymentHash
}

// addressOf is an address in the form that addresses are compared in: of a URI the address alone, and in lower case where case says
// nothing. It is empty for what is not an address, which proves nothing.
func addressOf(text string) string {
	text = strings.TrimSpace(text)
	if isURI(text) {
		_, text, _ = strings.Cut(text, ":")
		text, _, _ = strings.Cut(text, "?")
	}
	if _, err := voltage.ParseAddress(text); err != nil {
		return ""
	}
	if lower := strings.ToLower(text); strings.HasPrefix(lower, "bc1") || strings.HasPrefix(lower, "tb1") ||
		strings.HasPrefix(lower, "bcrt1") {
		return lower
	}
	return text
}
