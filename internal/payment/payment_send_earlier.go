package payment

import (
	"fmt"
	"strings"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// wantedSend has the values of a send that an earlier payment with the same ID is compared with.
type wantedSend struct {
	wallet   uuid.UUID
	kind     string
	treasury bool
	*destination
}

// contradiction returns an error if a payment is certainly not the wanted send. The API need not show every value, above all while a
// payment is in progress. A missing value is not a contradiction: if the action took its own payment for another one, the user would pay
// twice.
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
	// The API writes 0 for an amount that it does not know yet. No send has the amount 0.
	amount := payment.AmountIn(voltage.CurrencyBTC)
	if amount != nil && amount.Amount != 0 && want.msats != nil && amount.Signed() != *want.msats {
		differs("its amount is %s, not %s", amount, sats(*want.msats))
	}
	if found == nil {
		return nil
	}
	return fmt.Errorf("another payment has this ID: %s; its status is %s", strings.Join(found, ", "), voltage.Clean(payment.Status))
}

// hashOf returns the payment hash of an invoice in any spelling. It is empty if the text is not an invoice. Then the comparison is skipped.
func hashOf(text string) string {
	invoice, err := voltage.ParseInvoice(voltage.StripLightning(strings.TrimSpace(text)))
	if err != nil {
		return ""
	}
	return invoice.PaymentHash
}

// addressOf returns an address in the form for comparisons: only the address of a URI, and in lower case if the case has no meaning. It is
// empty if the text is not an address. Then the comparison is skipped.
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
