package payment

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// These are the goals of a wait.
const (
	waitReady = "ready"
	waitFinal = "final"
	waitEnd   = "completed or failed" // final, and no approved policy check
)

// waitFor waits until a payment is ready, final or over. A payment is over if its status is completed, expired or failed. It is final if it
// is over or an approved policy check, whose status does not change by itself. It is ready if it is over, a payable receive or an approved
// send. waitFor returns the payment as last read, also with an error. seen, unless it is nil, is called for each new status. expired,
// unless it is nil, reports whether the wait must end early. The error is then a *DeadlineError, too.
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

// isOver reports whether the payment has reached the goal of the wait.
func isOver(p *voltage.Payment, what string) bool {
	switch what {
	case waitReady:
		return p.Final() || p.Payable() || p.Direction == voltage.DirectionSend && p.Status == voltage.StatusApproved
	case waitFinal:
		return p.Final() || p.IsCheck() && p.Status == voltage.StatusApproved
	}
	return p.Final()
}

// failureOf returns the error of a failed payment or policy check, with the API's type, code and detail.
func failureOf(noun string, p *voltage.Payment) error {
	if p.Error != nil {
		return fmt.Errorf("the API accepted the %s, and then it failed: %w", noun, p.Error)
	}
	return fmt.Errorf("the API accepted the %s, and then it ended with status %s; the API gives no reason", noun, voltage.Clean(p.Status))
}

// reasonOf returns the API's reason for a failure as text for people.
func reasonOf(p *voltage.Payment) string {
	if p.Error == nil {
		return "the API gives no reason"
	}
	return strings.TrimRight(p.Error.Error(), ".")
}
