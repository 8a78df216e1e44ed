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

// sendRun is one invocation of the action.
type sendRun struct {
	config *sendModel
	to     *destination
	id     uuid.UUID
	send   voltage.NewSend
	payer  *paymentWallet
	resp   *action.InvokeResponse
}

// Invoke implements [action.Action]: what is paid, by which wallet, whether it was paid before; then one request, and its end.
func (a *sendAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	run := &sendRun{resp: resp}
	run.config, run.to = a.read(ctx, req.Config, &resp.Diagnostics)
	client, diags := a.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	organization, _ := a.Settings.Organization(run.config.OrganizationID, &resp.Diagnostics).ID()
	timeout, diags := run.config.Timeouts.Invoke(ctx, tfkit.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	run.id = run.config.newID(&resp.Diagnostics)
	run.send = run.config.request(ctx, run.to, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(run.to.checkExpiry(time.Now())...)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if !run.readPayer(ctx, a, client, organization) {
		return
	}
	if sent := run.sendOnce(ctx); sent != voltage.SentNot {
		run.waitForEnd(ctx, sent)
	}
}

func (r *sendRun) progress(format string, args ...any) {
	r.resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
}

func (r *sendRun) describe() string { return r.config.describe(r.id) }

// own reports whether the payment has an ID of the user's own, which an earlier run may have used.
func (r *sendRun) own() bool { return !r.config.ID.IsNull() }

// readPayer reads the wallet that pays, and checks it. False means that it must not pay.
func (r *sendRun) readPayer(ctx context.Context, a *sendAction, client *voltage.Client, organization uuid.UUID) bool {
	var err error
	if r.payer, err = readPaymentWallet(ctx, client, voltage.Ref{OrganizationID: organization, ID: r.send.WalletID}); err != nil {
		failure := tfkit.Failure{Summary: "Payment Not Sent", Object: r.describe(), Err: err}
		r.resp.Diagnostics.Append(failure.DiagnosticAt(path.Root("wallet_id")))
		return false
	}
	r.resp.Diagnostics.Append(a.checkWallet(r.payer.wallet, r.config, r.to)...)
	return !r.resp.Diagnostics.HasError()
}

const anotherID = "Nothing was sent by this run. Choose another id for another payment."

// sendOnce sends the payment, unless it was sent before. SentNot comes with an error.
func (r *sendRun) sendOnce(ctx context.Context) voltage.Sent {
	failure := tfkit.Failure{Summary: "Payment Not Sent", Object: r.describe(), Blame: sendBlame}
	earlier, err := r.earlier(ctx)
	switch {
	case err != nil: // another id could pay what an earlier run has paid already
		failure.Err, failure.Next = err, "Nothing was sent by this run, but an earlier one may have sent it. Invoke the action again with "+
			"the same id, which pays once."
	case earlier != nil:
		if failure.Err = contradiction(earlier, r.wanted()); failure.Err == nil {
			r.progress("Payment %s was sent before (status %s). It is not sent again.", r.id, voltage.Clean(earlier.Status))
			return voltage.SentBefore
		}
		failure.Next = anotherID
	default:
		r.progress("Sending %s from %s. %s. The payment's ID is %s.",
			r.config.what(r.to), r.payer.from(), r.config.feeBound(ctx, r.to), r.id)
		var sent voltage.Sent
		if failure.Next, sent, failure.Err = r.payer.send(ctx, r.id, r.send, r.to); failure.Err == nil {
			return sent
		}
	}
	r.resp.Diagnostics.Append(failure.Diagnostic())
	return voltage.SentNot
}

// earlier returns the payment with an ID of the user's own, and nil where the API knows no such payment.
func (r *sendRun) earlier(ctx context.Context) (*voltage.Payment, error) {
	if !r.own() {
		return nil, nil
	}
	return voltage.NilIfNotFound(r.payer.client.GetPayment(ctx, r.payer.ref(r.id)))
}

func (r *sendRun) wanted() wantedSend { return r.config.wanted(r.to) }

// waitForEnd waits for the payment's final status, and reports it.
func (r *sendRun) waitForEnd(ctx context.Context, sent voltage.Sent) {
	failure := tfkit.Failure{Summary: "Payment Not Seen to Its End", Object: r.describe()}
	payment, err := waitFor(ctx, r.payer.client, r.payer.ref(r.id), waitFinal,
		func(status string) {
			r.progress("Payment %s: %s.", r.id, voltage.Clean(status))
		}, nil)
	if err != nil {
		failure.Err = err
		failure.Next = fmt.Sprintf("The payment continues without Terraform. Read it with the data source voltage_payment, id %s, before "+
			"anything is paid again.", r.id)
		r.resp.Diagnostics.Append(failure.Diagnostic())
		return
	}
	// A request that was accepted is this payment, whatever the API shows of it. Of any other, more may be known now than before.
	if sent != voltage.SentNow {
		if failure.Err = contradiction(payment, r.wanted()); failure.Err != nil {
			failure.Summary, failure.Next = "Payment Not Recognized", anotherID
			if sent == voltage.SentPerhaps {
				failure.Next = fmt.Sprintf("The answer to this run's request was lost, and it is not known whether anything was sent. "+
					"Read the payment with the data source voltage_payment, id %s, and the wallet's other payments before anything is paid again.",
					r.id)
			}
			r.resp.Diagnostics.Append(failure.Diagnostic())
			return
		}
	}
	if payment.Status != voltage.StatusCompleted {
		outcome := "Nothing was paid."
		if r.own() {
			outcome = "Nothing was paid. The id belongs to the payment that failed: choose another id to pay again."
		}
		r.resp.Diagnostics.Append(tfkit.Failure{
			Summary: "Payment Failed", Object: r.describe(), Err: failureOf(payment), Blame: sendBlame, State: outcome,
		}.Diagnostic())
		return
	}
	amount := payment.Amount()
	if amount == nil || amount.Amount == 0 {
		amount = &voltage.Amount{Currency: voltage.CurrencyBTC, Amount: *r.to.msats}
	}
	r.progress("Payment %s has paid %s%s.%s", r.id, amount, r.to.payee(), charged(payment))
}
