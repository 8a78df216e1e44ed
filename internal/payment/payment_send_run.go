package payment

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// paymentRun is one invocation of an action that asks for a payment, or for a check of one.
type paymentRun struct {
	arguments *sendArguments
	to        *destination
	id        uuid.UUID
	send      voltage.NewSend
	payer     *paymentWallet
	noun      string        // "Payment" or "Policy check"
	failure   tfkit.Failure // the common fields of every failure up to the request
	resp      *action.InvokeResponse
}

// begin prepares a run: it chooses the ID, makes the request from the arguments, and reads the wallet. The context ends with
// timeouts.invoke. If begin returns false, it has added an error.
func (r *paymentRun) begin(ctx context.Context, settings *tfkit.Settings) (context.Context, context.CancelFunc, bool) {
	diags, cancel := &r.resp.Diagnostics, context.CancelFunc(func() {})
	client, got := settings.RequireClient()
	diags.Append(got...)
	if diags.HasError() {
		return ctx, cancel, false
	}
	organization, _ := settings.Organization(r.arguments.OrganizationID, diags).ID()
	timeout, got := r.arguments.Timeouts.Invoke(ctx, tfkit.DefaultTimeout)
	diags.Append(got...)
	r.send = r.arguments.request(ctx, r.to, diags)
	var err error
	r.id, err = r.arguments.newID()
	r.failure.Object, r.failure.Values = r.arguments.describe(r.noun, r.id, nil), tfkit.Values{"ID": r.id}
	if err != nil {
		r.fail(err, "")
	}
	if diags.HasError() {
		return ctx, cancel, false
	}
	diags.Append(r.to.checkExpiry(time.Now())...)
	ctx, cancel = context.WithTimeout(ctx, timeout)
	if r.payer, err = readPaymentWallet(ctx, client, voltage.Ref{OrganizationID: organization, ID: r.send.WalletID}); err != nil {
		r.failure.Err = err
		diags.Append(r.failure.DiagnosticAt(path.Root("wallet_id")))
		return ctx, cancel, false
	}
	r.failure.Object = r.arguments.describe(r.noun, r.id, r.payer)
	return ctx, cancel, true
}

func (r *paymentRun) progress(format string, args ...any) {
	r.resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
}

// fail reports a failure. next is one of the next steps of the message, or empty for the usual step.
func (r *paymentRun) fail(err error, next string) {
	failure := r.failure
	failure.Err, failure.Next = err, next
	r.resp.Diagnostics.Append(failure.Diagnostic())
}

// own reports whether the user has chosen the ID of the payment. An earlier run may have used this ID.
func (r *paymentRun) own() bool { return !r.arguments.ID.IsNull() }

// earlier returns the payment with the ID that the user has chosen, or nil if none exists.
func (r *paymentRun) earlier(ctx context.Context) (*voltage.Payment, error) {
	if !r.own() {
		return nil, nil
	}
	return voltage.NilIfNotFound(r.payer.client.GetPayment(ctx, r.payer.ref(r.id)))
}

// wait waits for the payment, and reports each new status.
func (r *paymentRun) wait(ctx context.Context, what string) (*voltage.Payment, error) {
	return waitFor(ctx, r.payer.client, r.payer.ref(r.id), what, func(status string) {
		r.progress("%s %s: %s.", r.noun, r.id, voltage.Clean(status))
	}, nil)
}

// sendRun is one invocation of the action voltage_payment_send.
type sendRun struct {
	paymentRun
	config *sendModel
}

// Invoke implements [action.Action]: it reads the arguments, the wallet, and an earlier payment with the same ID. Then it sends one request
// and waits for the final status.
func (a *sendAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	config, to := a.read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	run := &sendRun{config: config, paymentRun: paymentRun{
		arguments: &config.sendArguments, to: to, resp: resp, noun: paymentNoun, failure: tfkit.Failure{Message: notSent, Blame: config.blame()},
	}}
	ctx, cancel, ready := run.begin(ctx, a.Settings)
	defer cancel()
	if !ready {
		return
	}
	resp.Diagnostics.Append(config.checkWallet(a.Settings, run.payer.wallet, to)...)
	if resp.Diagnostics.HasError() {
		return
	}
	run.send.Treasury = config.isTreasury()
	if sent := run.sendOnce(ctx); sent != voltage.SentNot {
		run.waitForEnd(ctx, sent)
	}
}

// These are next steps after a payment that was not sent, or that may be another payment.
const (
	anotherID = "Nothing was sent by this run. Set another id for this payment."
	sameID    = "Nothing was sent by this run, but an earlier run may have sent the payment. Invoke the action again with the same id: " +
		"it pays at most once."
	underWay = "The payment may be under way. This run does not send it again. To continue without paying twice, invoke the action " +
		"again with id = \"{ID}\". To look first, read id {ID} with the data source voltage_payment: if the API does not find it after one " +
		"minute, nothing was paid."
	checkUnderWay = "The payment may be under way. This run does not send it again. To continue without paying twice, invoke the action " +
		"again with the same id. To look first, read id {ID} with the data source voltage_payment: if its status is still approved after one " +
		"minute, and check_only is not false, nothing was paid."
	otherCheck = "Nothing was sent by this run. Set the arguments to those of the policy check with this ID, or set another id. If an " +
		"earlier run sent this payment a moment ago, invoke the action again with the same id: it pays at most once."
	answerLost = "The response to this run's request was lost, so it is not known whether anything was sent. Before you pay again, read id " +
		"{ID} with the data source voltage_payment, and read the other payments of the wallet."
)

var (
	notSent = tfkit.Declare(tfkit.Message{
		Summary: "Payment Not Sent",
		Next: []string{
			tfkit.ByReason, perhapsPaid, perhapsPaidExpired, anotherID, sameID, otherCheck, underWay, checkUnderWay,
		},
	})
	notRecognized = tfkit.Declare(tfkit.Message{Summary: "Payment Not Recognized", Next: []string{anotherID, answerLost}})
	notSeen       = tfkit.Declare(tfkit.Message{
		Summary: "Payment Outcome Not Known",
		Next: []string{
			"The payment continues without Terraform. Before you pay again, read it with the data source voltage_payment, id {ID}.",
		},
	})
	paymentFailed = tfkit.Declare(tfkit.Message{
		Summary: "Payment Failed",
		Detail:  tfkit.FailureDetail + "\n\nThis payment moved no money.",
		Next:    []string{tfkit.ByReason, perhapsPaid, perhapsPaidExpired},
	})
	ownFailed = tfkit.Declare(tfkit.Message{
		Summary: "Payment Failed",
		Detail:  tfkit.FailureDetail + "\n\nThis payment moved no money. The id belongs to the failed payment: set another id to pay again.",
		Next:    []string{tfkit.ByReason, perhapsPaid, perhapsPaidExpired},
	})
)

// sendOnce sends the payment, unless it was sent before. If it returns SentNot, it has added an error.
func (r *sendRun) sendOnce(ctx context.Context) voltage.Sent {
	earlier, err := r.earlier(ctx)
	if err != nil { // the user must not choose another id: an earlier run may have paid
		r.fail(err, sameID)
		return voltage.SentNot
	}
	if earlier != nil {
		return r.resume(ctx, earlier)
	}
	next, sent, err := r.request(ctx, "Sending", underWay)
	if err != nil && r.own() && voltage.IsType(err, notApproved) && tfkit.IsRefused(err) {
		// Nothing was sent, because the ID belongs to a policy check that the read did not show yet.
		check, readErr := voltage.Settled(ctx, r.payer.client, r.payer.ref(r.id), r.payer.client.GetPayment)
		if readErr == nil {
			return r.resume(ctx, check)
		}
	}
	if err != nil {
		r.refused(ctx, err, next)
	}
	return sent
}

// notApproved is the type of a refused send whose ID belongs to a policy check, if the check is not approved or was for another send.
const notApproved = "payment_not_approved"

// request sends the request once, after a progress message that begins with verb. next is the next step after an error. It is uncertain if
// the request may or may not have been carried out.
func (r *sendRun) request(ctx context.Context, verb, uncertain string) (next string, sent voltage.Sent, err error) {
	r.progress("%s %s from %s. %s. The ID of the payment is %s.",
		verb, r.config.what(r.to), r.payer.from(), r.config.feeBound(ctx, r.to), r.id)
	asked, sent, err := r.payer.send(ctx, r.id, r.send, r.to)
	if err != nil && asked && !tfkit.IsRefused(err) {
		next = uncertain
	}
	return next, sent, err
}

// resume continues with the payment that has the ID of this run. It was sent before, or it is a policy check, which resume sends. If the
// API does not show check_only, an approved check and an approved send look the same. Then the request decides: the API sends a check, and
// refuses everything else.
func (r *sendRun) resume(ctx context.Context, earlier *voltage.Payment) voltage.Sent {
	if !r.recognize(earlier) {
		return voltage.SentNot
	}
	if earlier.Status == voltage.StatusSending { // a send in progress, or a check without a decision
		r.progress("Payment %s was requested before. It is not requested again until it is approved.", r.id)
		var err error
		if earlier, err = r.wait(ctx, waitReady); err != nil {
			r.fail(err, sameID)
			return voltage.SentNot
		}
		if !r.recognize(earlier) { // the API may show more of it now
			return voltage.SentNot
		}
	}
	switch {
	case earlier.Status == voltage.StatusFailed && earlier.IsCheck():
		r.failed("policy check", earlier, "")
		return voltage.SentNot
	case !earlier.Promotable() || r.config.isTreasury():
		r.progress("Payment %s was sent before (status %s). It is not sent again.", r.id, voltage.Clean(earlier.Status))
		return voltage.SentBefore
	}
	verb := "A payment with this ID was approved. If it was a policy check, the action now sends"
	if earlier.IsCheck() {
		verb = "The policy check was approved. Sending"
	}
	r.send.Promotes = true
	next, sent, err := r.request(ctx, verb, checkUnderWay)
	if err != nil {
		if voltage.IsType(err, notApproved) && tfkit.IsRefused(err) {
			next = otherCheck
		}
		r.refused(ctx, err, next)
	}
	return sent
}

// recognize reports whether an existing payment can be the payment of this run. Otherwise it adds an error.
func (r *sendRun) recognize(earlier *voltage.Payment) bool {
	err := contradiction(earlier, r.config.wanted(r.to))
	if err != nil {
		r.fail(err, anotherID)
	}
	return err == nil
}

// waitForEnd waits for the payment's final status, and reports the result.
func (r *sendRun) waitForEnd(ctx context.Context, sent voltage.Sent) {
	payment, err := r.wait(ctx, waitEnd)
	if err != nil {
		r.failure.Message, r.failure.Blame = notSeen, nil
		r.fail(err, "")
		return
	}
	// If the API has accepted the request, the payment belongs to this run. Otherwise it is compared again, since the API may show more of
	// it now.
	if sent != voltage.SentNow {
		if err := contradiction(payment, r.config.wanted(r.to)); err != nil {
			next := anotherID
			if sent == voltage.SentPerhaps {
				next = answerLost
			}
			r.failure.Message, r.failure.Blame = notRecognized, nil
			r.fail(err, next)
			return
		}
	}
	if payment.Status != voltage.StatusCompleted {
		r.failedPayment(ctx, payment)
		return
	}
	amount := payment.Amount()
	if amount == nil || amount.Amount == 0 {
		amount = &voltage.Amount{Currency: voltage.CurrencyBTC, Amount: *r.to.msats}
	}
	r.progress("Payment %s has paid %s%s.%s", r.id, amount, r.to.payee(), charged(payment))
}

// failed reports a payment that failed, or its policy check. next is one of the next steps of the message, or empty for the step by the
// reason.
func (r *sendRun) failed(noun string, payment *voltage.Payment, next string) {
	failure := tfkit.Failure{
		Message: paymentFailed, Object: r.failure.Object, Err: failureOf(noun, payment), Next: next, Blame: r.config.blame(),
	}
	if r.own() {
		failure.Message = ownFailed
	}
	r.resp.Diagnostics.Append(failure.Diagnostic())
}
