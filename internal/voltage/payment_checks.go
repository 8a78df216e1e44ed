package voltage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
)

// IsCheck reports whether the payment is only a policy check, as of now: a send that the policies decide on and that is not sent. An API
// before v6.14.0 does not say so of any payment.
func (p *Payment) IsCheck() bool { return p.CheckOnly != nil && *p.CheckOnly }

// MayBeCheck reports whether nothing that the payment shows rules out that it is only a policy check. Where the API does not show
// check_only, the status alone tells: no check is ever completed.
func (p *Payment) MayBeCheck() bool {
	return p.Direction == DirectionSend && p.Status != StatusCompleted && (p.CheckOnly == nil || *p.CheckOnly)
}

// Promotable reports whether the payment may be a policy check that was approved and that nobody has promoted. A check that was promoted
// looks the same until it is approved a second time, and so does every approved send of an API that does not show check_only.
func (p *Payment) Promotable() bool { return p.MayBeCheck() && p.Status == StatusApproved }

// promoted reports whether the payment, which was an approved policy check, is certainly no longer one.
func (p *Payment) promoted() bool { return p.Final() || p.Status == StatusApproved && !p.MayBeCheck() }

var errOnlyChecked = errors.New("the payment with this ID is a policy check, and nothing shows that it is sent")

// CheckSend asks the API to decide by the wallet's policies whether a send may be made, without making it: see [Payment.IsCheck]. No
// money moves, so that it is asked again after a doubtful answer, with the same ID. See [Client.CreateWallet] for its errors.
// SentPerhaps is a payment that exists under the ID after a doubtful answer.
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

// promote sends the request that turns an approved policy check into a send, once. That the ID exists says nothing here: the check has it.
// After a doubtful answer the send is under way as soon as a read shows that the payment is no longer a check; where no read shows it
// for Pace.Settle, the error is an *UncertainError. The request may then be repeated under the same ID, and under no other: the ID
// belongs to one payment, and the API refuses to promote it twice. The contract has 409 for an ID that was used, and 400
// payment_not_approved for one that is not an approved check; which of them a promoted check gets, it does not say, so that both
// are understood.
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
		return SentNot, err // and nothing was done
	}
	return SentNot, &UncertainError{cause: errors.Join(err, readErr)}
}

// awaitPromotion reads a policy check until it is no longer one, for Pace.Settle. The error is that of a read.
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
		return false, nil // the reads say that it is a check, and no more
	}
	return err == nil && payment.promoted(), err
}
