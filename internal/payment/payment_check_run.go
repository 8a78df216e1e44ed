package payment

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

const (
	checkNoun      = "Policy check"
	anotherCheckID = "Nothing was checked by this run. Set another id for this check."
	checkContinues = "A policy check moves no money. Invoke the action again, or read the check with the data source " +
		"voltage_payment, id {ID}."
	expectsApproval = "\n\nThe action expects the check to be approved. No money was moved."
)

var (
	notChecked = tfkit.Declare(tfkit.Message{
		Summary: "Payment Not Checked", Next: []string{tfkit.ByReason, anotherCheckID, checkContinues},
	})
	checkFailed    = tfkit.Declare(tfkit.Message{Summary: "Policy Check Failed", Detail: tfkit.FailureDetail + expectsApproval})
	ownCheckFailed = tfkit.Declare(tfkit.Message{
		Summary: "Policy Check Failed",
		Detail:  tfkit.FailureDetail + expectsApproval + " The id belongs to the failed check: set another id to check again.",
	})
	checkApproved = tfkit.Declare(tfkit.Message{
		Summary: "Policy Check Approved",
		Detail:  "{OBJECT}: the policies allow {PAYMENT} from {WALLET}. The action expects the check to fail. No money was moved.",
		Next: []string{"Change the policies of the wallet so that they refuse this payment, or set expect = \"approved\". To check again, " +
			"set another id, or remove id."},
	})
)

// checkRun is one invocation of the action voltage_payment_check.
type checkRun struct {
	paymentRun
	expect string
}

// Invoke implements [action.Action]: it reads the arguments, the wallet, and an earlier check with the same ID. Then it sends the request
// and waits for the outcome.
func (a *checkAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	config, to := a.read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	run := &checkRun{expect: voltage.StatusApproved, paymentRun: paymentRun{
		arguments: &config.sendArguments, to: to, resp: resp, noun: checkNoun, failure: tfkit.Failure{Message: notChecked, Blame: sendBlame},
	}}
	if !config.Expect.IsNull() {
		run.expect = config.Expect.ValueString()
	}
	ctx, cancel, ready := run.begin(ctx, a.Settings)
	defer cancel()
	if !ready {
		return
	}
	resp.Diagnostics.Append(config.checkWallet(a.Settings, run.payer.wallet, to)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if sent := run.ask(ctx); sent != voltage.SentNot {
		run.judge(ctx, sent)
	}
}

// ask asks for the check, unless its ID was used before, since the API decides once per ID. If it returns SentNot, it has added an error.
func (r *checkRun) ask(ctx context.Context) voltage.Sent {
	earlier, err := r.earlier(ctx)
	switch {
	case err != nil:
		r.fail(err, "")
		return voltage.SentNot
	case earlier != nil && !r.recognize(earlier):
		return voltage.SentNot
	case earlier != nil:
		r.progress("%s %s was requested before (status %s). It is not requested again.", checkNoun, r.id, voltage.Clean(earlier.Status))
		return voltage.SentBefore
	}
	r.progress("Checking %s from %s. No money moves. The check's ID is %s.", r.arguments.what(r.to), r.payer.from(), r.id)
	r.send.OwnID = r.own()
	sent, err := r.payer.check(ctx, r.id, r.send, r.to)
	if err != nil {
		next := ""
		if !tfkit.IsRefused(err) {
			next = checkContinues
		}
		r.fail(err, next)
	}
	return sent
}

// recognize reports whether an existing payment can be the check of this run. Otherwise it adds an error.
func (r *checkRun) recognize(earlier *voltage.Payment) bool {
	err := usedFor(earlier, r.arguments.wanted(r.to))
	if err != nil {
		r.fail(err, anotherCheckID)
	}
	return err == nil
}

// usedFor returns an error if the payment is certainly not a check of the wanted send. A check that was sent afterwards still counts as an
// approved check. A failed send is an error, since it does not show the decision of a check.
func usedFor(payment *voltage.Payment, want wantedSend) error {
	if err := contradiction(payment, want); err != nil {
		return err
	}
	if payment.Status == voltage.StatusFailed && payment.CheckOnly != nil && !*payment.CheckOnly {
		return fmt.Errorf("the payment with this ID was sent and failed: %s", reasonOf(payment))
	}
	return nil
}

// judge waits for the decision and compares it with the expected one.
func (r *checkRun) judge(ctx context.Context, sent voltage.Sent) {
	payment, err := r.wait(ctx, waitReady)
	if err != nil {
		next := ""
		if late := (*voltage.DeadlineError)(nil); errors.As(err, &late) {
			next = checkContinues
		}
		r.fail(err, next)
		return
	}
	if sent != voltage.SentNow && !r.recognize(payment) {
		return
	}
	failed := payment.Status == voltage.StatusFailed
	switch {
	case failed && r.expect == voltage.StatusFailed:
		r.progress("The check failed, as expected: %s.", reasonOf(payment))
	case failed:
		failure := tfkit.Failure{Message: checkFailed, Object: r.failure.Object, Err: failureOf("policy check", payment), Blame: sendBlame}
		if r.own() {
			failure.Message = ownCheckFailed
		}
		r.resp.Diagnostics.Append(failure.Diagnostic())
	case r.expect == voltage.StatusFailed:
		checkApproved.AddAt(&r.resp.Diagnostics, path.Root("expect"), tfkit.Values{
			"OBJECT": r.failure.Object, "PAYMENT": r.arguments.what(r.to), "WALLET": r.payer.from(),
		})
	default:
		r.progress("The policies allow %s from %s. No money was moved.", r.arguments.what(r.to), r.payer.from())
	}
}
