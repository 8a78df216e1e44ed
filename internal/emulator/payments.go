package emulator

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// paymentState is a payment at one moment.
type paymentState struct {
	id, wallet, organization, environment uuid.UUID
	createdAt, updatedAt                  time.Time
	currency, direction, status, kind     string
	metadata                              map[string]string
	requested                             *Money // of a receive, unless any amount
	amount                                Money  // in the currency that the payment shows; 0 while any amount was not paid
	msats                                 int64  // what amount is in BTC
	maxFee                                Money  // of a send, in the currency that it shows
	maxFeeMsats                           int64
	fees                                  *Money // everything that was charged, in the currency that the payment shows
	feeMsats                              int64
	processing                            *processingFee
	breakdown                             *breakdown
	quote                                 *quoteState // of a payment of a USD wallet
	paymentRequest, address, uri          string
	hidden                                bool // does not show what it pays
	description                           string
	expiration                            int64 // seconds, of a receive
	invoiceMsats                          int64 // what has to arrive, fee and all; 0 for any
	failure                               *paymentFailure
	flows                                 []flow
}

type paymentFailure struct {
	kind, code, detail string
	context            map[string]any
}

func (e *Emulator) routePayments() {
	e.route("get_payments", e.listPayments)
	e.route("create_payment", e.createPayment)
	e.route("get_payment", e.getPayment)
	e.route("get_payment_history", e.getPaymentHistory)
}

// createPayment tells a receive, which has payment_kind, from a send, which has type and data.
func (e *Emulator) createPayment(c *call) reply {
	var form struct {
		ID          uuid.UUID `json:"id"`
		PaymentKind *string   `json:"payment_kind"`
	}
	if err := json.Unmarshal(c.body.Bytes(), &form); err != nil {
		return refuse(invalidData(err.Error()))
	}
	if e.world.payments[form.ID] != nil {
		return refuse(conflict("payment_exists", "payment_id", form.ID))
	}
	var p *problem
	if form.PaymentKind != nil {
		var request receiveRequest
		if p = c.decode(&request); p == nil {
			p = e.createReceive(c, request)
		}
	} else {
		var request sendRequest
		if p = c.decode(&request); p == nil {
			p = e.createSend(c, request)
		}
	}
	if p != nil {
		return refuse(p)
	}
	return accepted()
}

// payingWallet finds the wallet of a new payment, after everything that was accepted.
func (e *Emulator) payingWallet(c *call, id uuid.UUID) (*walletState, *problem) {
	history := e.world.wallets[id]
	if history == nil || history.seen(c.now, false) == nil || history.latest().organization != c.org.ID {
		return nil, badRequest("invalid_payment", fmt.Sprintf("There is no wallet %s.", id))
	}
	w := history.latest()
	if w.EnvironmentID != c.ids["environment_id"] {
		return nil, badRequest("environment_match_failed", "The wallet belongs to another environment.")
	}
	if !w.live() {
		return nil, badRequest("invalid_payment", "The wallet is not active.")
	}
	return &w, nil
}

// accept adds a payment.
func (e *Emulator) accept(p paymentState, at time.Time) *history[paymentState] {
	h := &history[paymentState]{{at: at, state: p}}
	e.world.payments[p.id] = h
	e.world.paymentOrder = append(e.world.paymentOrder, p.id)
	return h
}

// step adds a later state of a payment.
func (h *history[T]) step(at time.Time, change func(*T)) {
	next := h.latest()
	change(&next)
	h.change(at, next)
}

// visiblePayment finds the payment of the path as a read shows it.
func (e *Emulator) visiblePayment(c *call) (*history[paymentState], *paymentState, *problem) {
	missing := notFound("payment_not_found", "payment_id", c.ids["payment_id"])
	h := e.world.payments[c.ids["payment_id"]]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || h == nil {
		return nil, nil, missing
	}
	_, stale := effectOn[Stale](c.request.Context())
	p := h.seen(c.now, stale)
	if p == nil || p.organization != c.org.ID || p.environment != c.ids["environment_id"] {
		return nil, nil, missing
	}
	return h, p, nil
}

func (e *Emulator) getPayment(c *call) reply {
	_, p, problem := e.visiblePayment(c)
	if problem != nil {
		return refuse(problem)
	}
	return found(p.json())
}

// getPaymentHistory returns an event for each state that the payment has gone through. A payment that does not exist has none.
func (e *Emulator) getPaymentHistory(c *call) reply {
	events := []map[string]any{}
	h, _, problem := e.visiblePayment(c)
	if problem != nil {
		return found(map[string]any{"events": events})
	}
	for i, moment := range *h {
		if moment.at.After(c.now) {
			break
		}
		event := map[string]any{
			"event_type": moment.state.direction + "_" + moment.state.status, "error": nil, "time": timestamp(moment.at), "position": i,
		}
		if moment.state.failure != nil {
			event["error"] = moment.state.failure.detail
		}
		events = append(events, event)
	}
	return found(map[string]any{"events": events})
}

// PaymentsJSON returns every payment as a read shows it now, for a test that looks for what must not get anywhere else.
func (e *Emulator) PaymentsJSON() []map[string]any {
	e.mu.Lock()
	defer e.mu.Unlock()
	var result []map[string]any
	for _, id := range e.world.paymentOrder {
		if p := e.world.payments[id].seen(e.config.Now(), false); p != nil {
			result = append(result, p.json())
		}
	}
	return result
}
