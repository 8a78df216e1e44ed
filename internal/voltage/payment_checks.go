package voltage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// IsCheck reports whether the payment is currently only a policy check: the policies decide on the send, but it is not sent. It is always
// false with an API before v6.14.0, which does not show check_only.
func (p *Payment) IsCheck() bool { return p.CheckOnly != nil && *p.CheckOnly }

// MayBeCheck reports whether the payment can be only a policy check. If the API does not show check_only, only the status completed
// excludes it, since a check is never completed.
func (p *Payment) MayBeCheck() bool {
	return p.Direction == DirectionSend && p.Status != StatusCompleted && (p.CheckOnly == nil || *p.CheckOnly)
}

// Promotable reports whether the payment may be an approved policy check that was not promoted yet. A promoted check looks the same until
// it is approved a second time. If the API does not show check_only, every approved send looks the same.
func (p *Payment) Promotable() bool { return p.MayBeCheck() && p.Status == StatusApproved }

// promoted reports whether the payment, which was an approved policy check, is certainly no longer one.
func (p *Payment) promoted() bool { return p.Final() || p.Status == StatusApproved && !p.MayBeCheck() }

var errOnlyChecked = errors.New("the payment with this ID is a policy check, and nothing shows that it is sent")

// CheckSend asks the API whether the wallet's policies allow a send, without sending it: see [Payment.IsCheck]. No money moves, so the
// request is repeated with the same ID after a doubtful answer. See [Client.CreateWallet] for its errors. SentPerhaps means that a payment
// with the ID exists after a doubtful answer.
func (c *Client) CheckSend(ctx context.Context, ref Ref, send NewSend) (Sent, error) {
	doubtful := false
	err := c.create(ctx, createRequest{
		call: call{
			method: http.MethodPost, path: paymentsPath(ref.OrganizationID, ref.EnvironmentID) + "/check", body: sendBody(ref, send),
		},
		read: func(ctx context.Context) error {
			doubtful = true
			_, err := c.GetPayment(ctx, ref)
			return err
		},
		resend:   true,
		conflict: true,
		ownID:    send.OwnID,
	})
	switch {
	case err != nil:
		return SentNot, err
	case doubtful:
		return SentPerhaps, nil
	}
	return SentNow, nil
}

// promote sends, once, the request that turns an approved policy check into a send. The check has the ID already, so the existence of the
// ID proves nothing. After a doubtful answer, the send is under way if a read shows that the payment is no longer a check. If no read shows
// it within Pace.Settle, the error is an *UncertainError. Then the request may be repeated, but only with the same ID: the API refuses to
// promote a payment twice. The contract has 409 for an ID that was used, and 400 payment_not_approved for an ID that is not an approved
// check. It does not say which of them a promoted check gets, so promote accepts both.
func (c *Client) promote(ctx context.Context, ref Ref, request call) (Sent, error) {
	err := c.do(ctx, request)
	refused := isFinal(err)
	switch {
	case err == nil:
		return SentNow, nil
	case refused && isStatus(err, http.StatusConflict):
		return SentBefore, nil
	case refused && !IsType(err, "payment_not_approved"):
		return SentNot, err
	}
	promoted, readErr := c.awaitPromotion(ctx, ref)
	switch {
	case promoted && refused:
		return SentBefore, nil
	case promoted:
		return SentPerhaps, nil
	case refused, isStatus(err, http.StatusTooManyRequests), !IsDoubtful(err) && turnedAway(err):
		return SentNot, err // nothing was done
	}
	return SentNot, &UncertainError{cause: errors.Join(err, readErr)}
}

// awaitPromotion reads a payment until it is no longer a policy check, for at most Pace.Settle. An error comes from a read.
func (c *Client) awaitPromotion(ctx context.Context, ref Ref) (bool, error) {
	limited, cancel := context.WithTimeout(ctx, c.pace.Settle)
	defer cancel()
	payment, err := Poll(limited, c, Wait[*Payment]{
		For:  "the policy check to become a payment",
		Read: func(ctx context.Context) (*Payment, error) { return NilIfNotFound(c.GetPayment(ctx, ref)) },
		Done: func(payment *Payment) (bool, error) { return payment != nil && payment.promoted(), nil },
		Describe: func(payment *Payment) string {
			if payment == nil {
				return "no payment with this ID"
			}
			return fmt.Sprintf("status %s", Clean(payment.Status))
		},
	})
	if deadline := (*DeadlineError)(nil); errors.As(err, &deadline) && ctx.Err() == nil {
		return false, nil // every read showed that the payment is still a check
	}
	return err == nil && payment.promoted(), err
}
