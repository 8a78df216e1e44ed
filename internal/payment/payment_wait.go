package payment

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// What can be waited for.
const (
	waitReady = "ready"
	waitFinal = "final"
	waitEnd   = "completed or failed" // final, and no approved policy check
)

// waitFor waits until a payment is ready (a receive that can be paid, a send that was approved, or either of them over), final (over, or
// a policy check that was approved, of which nothing more comes by itself) or over. It returns the payment as last read, also with an
// error. seen, unless it is nil, is told of each new status. expired, unless it is nil, says of a payment that it is not waited for any
// longer; the error is a *DeadlineError then, too.
func waitFor(
	ctx context.Context, client *voltage.Client, ref voltage.Ref, what string,
	seen func(status string), expired func(*voltage.Payment) bool,
) (*voltage.Payment, error) {
	last, start, purpose := "", time.Now(), "the payment to be "+what
	return voltage.Poll(ctx, client, voltage.Wait[*voltage.Payment]{
		For: purpose,
		Read: func(ctx context.Context) (*voltage.Payment, error) {
			return voltage.NilIfNotFound(client.GetPayment(ctx, ref))
		},
		Done: func(payment *voltage.Payment) (bool, error) {
			if payment == nil {
				return false, nil
			}
			if seen != nil && payment.Status != last {
				last = payment.Status
				seen(last)
			}
			if over := isOver(payment, what); over || expired == nil || !expired(payment) {
				return over, nil
			}
			return false, &voltage.DeadlineError{For: purpose, Waited: time.Since(start), LastSeen: describeStatus(payment)}
		},
		Describe: describeStatus,
	})
}

func describeStatus(payment *voltage.Payment) string {
	if payment == nil {
		return "no payment with this ID"
	}
	if payment.IsCheck() {
		return "policy check with status " + voltage.Clean(payment.Status)
	}
	return "status " + voltage.Clean(payment.Status)
}

// isOver reports whether what is waited for has come.
func isOver(p *voltage.Payment, what string) bool {
	switch what {
	case waitReady:
		return p.Final() || p.Payable() || p.Direction == voltage.DirectionSend && p.Status == voltage.StatusApproved
	case waitFinal:
		return p.Final() || p.IsCheck() && p.Status == voltage.StatusApproved
	}
	return p.Final()
}

// failureOf is the error of a payment that failed, or of a policy check, with the API's type, code and detail.
func failureOf(noun string, p *voltage.Payment) error {
	if p.Error != nil {
		return fmt.Errorf("the API accepted the %s, and then it failed: %w", noun, p.Error)
	}
	return fmt.Errorf("the API accepted the %s, and then it ended with status %s; the API gives no reason", noun, voltage.Clean(p.Status))
}

// reasonOf is the API's reason for a failure, for people.
func reasonOf(p *voltage.Payment) string {
	if p.Error == nil {
		return "the API gives no reason"
	}
	return strings.TrimRight(p.Error.Error(), ".")
}
