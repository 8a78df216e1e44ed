package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// deliveryWait is a wait for the end of a delivery.
type deliveryWait struct {
	// what is the purpose of the wait for an error. It defaults to "the end of the delivery".
	what string
	// ended reports whether a read shows the end of the delivery. If it is nil, every end counts.
	ended func(*voltage.WebhookDelivery) bool
	// seen, unless it is nil, is called when a read shows another status or another number of attempts.
	seen func(*voltage.WebhookDelivery)
	// expired, unless it is nil, reports whether the wait for a delivery must end early. The error is then a *DeadlineError, too.
	expired func(*voltage.WebhookDelivery) bool
}

// end waits. It returns the delivery as last read, also with an error. It also waits for a delivery that does not exist yet.
func (w deliveryWait) end(ctx context.Context, client *voltage.Client, ref voltage.DeliveryRef) (*voltage.WebhookDelivery, error) {
	if w.ended == nil {
		w.ended = (*voltage.WebhookDelivery).Ended
	}
	last, start, purpose := "", time.Now(), cmp.Or(w.what, "the end of the delivery")
	return voltage.Poll(ctx, client, voltage.Wait[*voltage.WebhookDelivery]{
		For: purpose,
		Read: func(ctx context.Context) (*voltage.WebhookDelivery, error) {
			return voltage.NilIfNotFound(client.GetWebhookDelivery(ctx, ref))
		},
		Done: func(delivery *voltage.WebhookDelivery) (bool, error) {
			if delivery == nil {
				return false, nil // the read lags behind
			}
			if now := describeDelivery(delivery); w.seen != nil && now != last {
				last = now
				w.seen(delivery)
			}
			if over := w.ended(delivery); over || w.expired == nil || !w.expired(delivery) {
				return over, nil
			}
			return false, &voltage.DeadlineError{For: purpose, Waited: time.Since(start), LastSeen: describeDelivery(delivery)}
		},
		Describe: describeDelivery,
	})
}

// reporting returns a function that reports a delivery that has not ended as progress of an action.
func reporting(resp *action.InvokeResponse) func(*voltage.WebhookDelivery) {
	return func(delivery *voltage.WebhookDelivery) {
		if !delivery.Ended() {
			progress(resp, "Delivery %s: %s.", delivery.ID, describeDelivery(delivery))
		}
	}
}

func progress(resp *action.InvokeResponse, format string, args ...any) {
	resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf(format, args...)})
}

// describeDelivery describes the progress of a delivery: `status attempting after 2 attempts; the receiver's last status is 500;
// http_server_error: "…"`.
func describeDelivery(d *voltage.WebhookDelivery) string {
	if d == nil {
		return "no delivery with this ID"
	}
	parts := []string{"status " + voltage.Clean(d.Status) + attempts(d)}
	if status := d.Answered(); status != 0 {
		parts = append(parts, fmt.Sprintf("the receiver's last status is %d", status))
	}
	if failure := d.Failure(); failure != nil {
		parts = append(parts, failure.Error())
	}
	return strings.Join(parts, "; ")
}

// attempts returns a text with the number of attempts, or an empty text if the API does not show it.
func attempts(d *voltage.WebhookDelivery) string {
	switch {
	case d.AttemptCount == nil:
		return ""
	case *d.AttemptCount == 1:
		return " after 1 attempt"
	}
	return fmt.Sprintf(" after %d attempts", *d.AttemptCount)
}

// undelivered is a delivery that has ended without success.
type undelivered struct {
	delivery *voltage.WebhookDelivery
}

// Error implements error. The receiver's answer is in quotation marks.
func (e *undelivered) Error() string {
	d := e.delivery
	text := fmt.Sprintf("delivery %s ended with the status %s%s", d.ID, voltage.Clean(d.Status), attempts(d))
	if status := d.Answered(); status != 0 {
		text += fmt.Sprintf(". The receiver's last status was %d", status)
	} else if d.AttemptCount == nil || *d.AttemptCount > 0 {
		text += ". The receiver has not answered"
	}
	failure := d.Failure()
	if failure == nil {
		return text + ". The API gives no reason"
	}
	text += ". The API reports: " + failure.Error()
	if failure.RetryAfterSeconds != nil {
		text += fmt.Sprintf(". The receiver asked for a pause of %d seconds", *failure.RetryAfterSeconds)
	}
	return text
}

// Unwrap returns the API's reason, which decides the next step.
func (e *undelivered) Unwrap() error {
	if failure := e.delivery.Failure(); failure != nil {
		return failure
	}
	return &voltage.DeliveryError{}
}

// arrived returns an error unless the receiver has accepted the delivery.
func arrived(d *voltage.WebhookDelivery) error {
	if d.Status == voltage.DeliverySucceeded {
		return nil
	}
	return &undelivered{d}
}

// receipt describes the answer of the receiver: `The receiver answered 200 after 1 attempt`.
func receipt(d *voltage.WebhookDelivery) string {
	status := d.Answered()
	if status == 0 {
		return "The receiver accepted it" + attempts(d)
	}
	return fmt.Sprintf("The receiver answered %d%s", status, attempts(d))
}

// isLate reports whether an error is a wait that timed out. An interrupted wait is not late.
func isLate(err error) bool {
	var late *voltage.DeadlineError
	return errors.As(err, &late) && !late.Interrupted
}
