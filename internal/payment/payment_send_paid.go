package payment

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

const (
	// invoiceNotPayable is the code of a payment that failed because its invoice was paid before, or can no longer be paid. Source: schema
	// SendError of the API's contract.
	invoiceNotPayable = "invalid_bolt11_invoice"
	// invoiceRefused is the type of the API's refusal of an invoice. The contract does not say whether an invoice that was paid before is
	// refused with it, or is accepted and fails with invoiceNotPayable.
	invoiceRefused = "invalid_bolt11_payment_request"

	// maxEarlierPayments limits how many payments are read to find the payment of an invoice. This takes a few requests.
	maxEarlierPayments = 500
	// clockDifference is the time that the clock of the payee, which dates the invoice, may be ahead of the API's clock.
	clockDifference = time.Hour

	perhapsPaid = "The API does not say whether the invoice was paid before or can no longer be paid. Ask the payee. If the payee has the " +
		"money, do not pay again. Otherwise ask for a new invoice."
	perhapsPaidExpired = "The invoice has expired. Ask the payee whether it was paid before. If it was not, ask for a new invoice."

	newInvoice   = "Do not pay this invoice again. To make another payment, set payment_request to a new invoice."
	newInvoiceID = "Do not pay this invoice again. To make another payment, set payment_request to a new invoice, and set another id."
)

var invoicePaid = tfkit.Declare(tfkit.Message{
	Summary: "Invoice Already Paid",
	Detail: "{OBJECT}: this invoice was paid before. Payment {PAID} of it was requested at {TIME} and is completed. This " +
		"payment moved no money.",
	Next: []string{newInvoice, newInvoiceID},
})

// refused reports a request that failed, with next as the next step. If the API refused the invoice although it can be read, the invoice
// may have been paid before.
func (r *sendRun) refused(ctx context.Context, err error, next string) {
	if r.to.invoice == nil || !voltage.IsType(err, invoiceRefused) || !tfkit.IsRefused(err) {
		r.fail(err, next)
		return
	}
	if next = r.unpayable(ctx, r.send.Promotes); next != "" {
		r.fail(err, next)
	}
}

// failedPayment reports a payment that failed. The API gives one reason for an invoice that was paid before and for one that can no longer
// be paid.
func (r *sendRun) failedPayment(ctx context.Context, payment *voltage.Payment) {
	if payment.Error == nil || payment.Error.Code != invoiceNotPayable || r.to.invoice == nil {
		r.failed("payment", payment, "")
		return
	}
	if next := r.unpayable(ctx, r.own()); next != "" {
		r.failed("payment", payment, next)
	}
}

// unpayable reports an invoice that was paid before, if the environment has the payment that paid it. Otherwise it returns what to do about
// the invoice. idUsed says that the ID of this run belongs to a payment.
func (r *sendRun) unpayable(ctx context.Context, idUsed bool) (next string) {
	earlier := r.paidBefore(ctx)
	if earlier == nil {
		if expires, ok := r.to.invoice.ExpiresAt(); ok && time.Now().After(expires) {
			return perhapsPaidExpired
		}
		return perhapsPaid
	}
	next = newInvoice
	if idUsed {
		next = newInvoiceID
	}
	invoicePaid.Choosing(next).AddAt(&r.resp.Diagnostics, path.Root("payment_request"), tfkit.Values{
		"OBJECT": r.failure.Object, "PAID": earlier.ID, "TIME": earlier.CreatedAt.UTC().Format(time.RFC3339),
	})
	return ""
}

// paidBefore returns a completed payment of this run's invoice, either the send or the receive of it. It returns nil if it finds none among
// the readable payments. Then only the message is less precise.
func (r *sendRun) paidBefore(ctx context.Context) *voltage.Payment {
	wallet, read := r.payer.wallet, 0
	filter := voltage.PaymentFilter{
		Statuses:  []string{voltage.StatusCompleted},
		StartDate: r.to.invoice.CreatedAt.Add(-clockDifference).UTC().Format(time.RFC3339),
	}
	for payment, err := range r.payer.client.ListPayments(ctx, wallet.OrganizationID, wallet.EnvironmentID, filter) {
		if read++; err != nil || read > maxEarlierPayments {
			return nil
		}
		if payment.ID != r.id && payment.Status == voltage.StatusCompleted && hashOf(payment.Data.PaymentRequest) == r.to.invoice.PaymentHash {
			return &payment
		}
	}
	return nil
}
