package world

import (
	"reflect"

	"github.com/google/uuid"
)

// CheckSend accepts a policy check of a send. Its status is sending, and then approved or failed. No money moves, and there is no fee and
// no route yet. Webhooks get an event if a check fails, like any failed send, since the API's documentation makes no exception.
func (w *World) CheckSend(c *Call, order SendOrder) *Refusal {
	if r := w.checkFeatures(c, order.Kind, false); r != nil {
		return r
	}
	if r := w.CheckNewPayment(order.ID); r != nil {
		return r
	}
	s, r := w.prepareSend(c, order, true)
	if r != nil {
		return r
	}
	s.payment.Check = &order
	w.state.Payments.put(order.ID, c.Done, s.payment)
	decided := c.Done.Add(w.settings.Delay)
	if failure := w.policyFailure(c, &s); failure != nil {
		w.fail(order.ID, decided, failure)
		return nil
	}
	w.advance(order.ID, decided, "approved", func(*Payment) {})
	return nil
}

// policyFailure returns the reason why the policies reject a send, or nil.
func (w *World) policyFailure(c *Call, s *send) *Failure {
	if failure := c.failure(); failure != nil {
		return failure
	}
	if reason := w.rejection(s.wallet.ID, s.payment.ID, c.Now, s.payment.Msats); reason != "" {
		return &Failure{Type: "rejected", Detail: reason}
	}
	return nil
}

// checkOnly returns the value of check_only that a new send shows.
func (w *World) checkOnly(check bool) *bool {
	if w.settings.NoCheckOnly {
		return nil
	}
	return &check
}

// openCheck returns a policy check of the environment that was not promoted, in its latest state. It returns nil if the ID belongs to no
// such check.
func (w *World) openCheck(c *Call, id uuid.UUID) *Payment {
	if !w.state.Payments.has(id) {
		return nil
	}
	payment := w.state.Payments.latest(id)
	if payment.Check == nil || !payment.SentAt.IsZero() || !c.owns(payment.Organization, payment.Environment) {
		return nil
	}
	return &payment
}

// checkPromotion refuses a send that cannot promote the policy check with its ID, or whose ID belongs to another payment.
func (w *World) checkPromotion(c *Call, check *Payment, order SendOrder) *Refusal {
	if check == nil {
		return w.CheckNewPayment(order.ID)
	}
	switch seen := w.state.Payments.seen(order.ID, c.Now); {
	case seen == nil || seen.Status == "sending":
		return notApproved(order.ID, "The policy check with this ID is not decided yet.")
	case seen.Status != "approved":
		return notApproved(order.ID, "The policy check with this ID was not approved.")
	case !sameSend(order, *check.Check):
		return notApproved(order.ID, "The policy check with this ID is of another send.")
	}
	return nil
}

// sameSend reports whether two orders ask for the same send. It ignores the quote: a check needs none, and uses up a quote that it names.
func sameSend(a, b SendOrder) bool {
	for _, order := range []*SendOrder{&a, &b} {
		if order.Quote = nil; len(order.Metadata) == 0 {
			order.Metadata = nil
		}
	}
	return reflect.DeepEqual(a, b)
}

// notApproved refuses a send whose ID belongs to a policy check that it cannot promote.
func notApproved(id uuid.UUID, detail string) *Refusal {
	return Invalidf("payment_not_approved", "%s", detail).About("payment_id", id)
}

// promote adds the fields of the promoting send to a policy check. It does not change CheckOnly, which changes when the send is approved.
func (s *send) promote(p *Payment) {
	p.SentAt, p.Quote, p.Amount, p.MaxFee = s.payment.SentAt, s.payment.Quote, s.payment.Amount, s.payment.MaxFee
}
