package emulator

import (
	"encoding/json"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routePayments() {
	e.route("get_payments", e.listPayments)
	e.route("create_payment", func(c *call) reply { return e.createPayment(c, false) })
	e.route("create_treasury_movement", func(c *call) reply { return e.createPayment(c, true) })
	e.route("check_payment", e.checkPayment)
	e.route("get_payment", e.getPayment)
	e.route("get_payment_history", e.getPaymentHistory)
	e.route("get_payment_summary", e.getPaymentSummary)
	e.route("get_wallet_payment_summary", e.getWalletPaymentSummary)
}

// receiveRequest is the contract's request for a receive, with the deprecated and the current fields for amounts.
type receiveRequest struct {
	ID          uuid.UUID         `json:"id"`
	WalletID    uuid.UUID         `json:"wallet_id"`
	Kind        string            `json:"payment_kind"`
	Amount      *requestedMoney   `json:"amount"`
	AmountMsats *int64            `json:"amount_msats"`
	AmountSats  *int64            `json:"amount_sats"`
	Currency    string            `json:"currency"`
	QuoteID     *uuid.UUID        `json:"quote_id"`
	Description string            `json:"description"`
	Expiration  *int64            `json:"expiration"`
	Metadata    map[string]string `json:"metadata"`
}

func (r *receiveRequest) order(treasury bool) world.ReceiveOrder {
	return world.ReceiveOrder{
		ID: r.ID, Wallet: r.WalletID, Treasury: treasury, Kind: r.Kind, Quote: r.QuoteID,
		Amount:      either(r.Amount, r.AmountMsats, r.AmountSats).money(),
		Description: r.Description, Expiration: r.Expiration, Metadata: r.Metadata,
	}
}

// sendRequest is the contract's request for a send, with the deprecated and the current fields for amounts.
type sendRequest struct {
	ID             uuid.UUID         `json:"id"`
	WalletID       uuid.UUID         `json:"wallet_id"`
	Currency       string            `json:"currency"`
	Kind           string            `json:"type"`
	QuoteID        *uuid.UUID        `json:"quote_id"`
	Metadata       map[string]string `json:"metadata"`
	FlowPreference any               `json:"flow_preference"`
	Data           struct {
		PaymentRequest string          `json:"payment_request"`
		Address        string          `json:"address"`
		Asset          string          `json:"asset"`
		Amount         *requestedMoney `json:"amount"`
		AmountMsats    *int64          `json:"amount_msats"`
		AmountSats     *int64          `json:"amount_sats"`
		MaxFee         *requestedMoney `json:"max_fee"`
		MaxFeeMsats    *int64          `json:"max_fee_msats"`
		MaxFeeSats     *int64          `json:"max_fee_sats"`
		Description    string          `json:"description"`
	} `json:"data"`
}

func (r *sendRequest) order(treasury bool) world.SendOrder {
	return world.SendOrder{
		ID: r.ID, Wallet: r.WalletID, Treasury: treasury, Currency: r.Currency, Kind: r.Kind, Quote: r.QuoteID, Metadata: r.Metadata,
		PaymentRequest: r.Data.PaymentRequest, Address: r.Data.Address, Description: r.Data.Description,
		Amount: either(r.Data.Amount, r.Data.AmountMsats, r.Data.AmountSats).money(),
		MaxFee: either(r.Data.MaxFee, r.Data.MaxFeeMsats, r.Data.MaxFeeSats).money(),
	}
}

// createPayment makes a receive or a send. The body of a receive has payment_kind, and the body of a send has type and data. Treasury
// movements have the same bodies.
func (e *Emulator) createPayment(c *call, treasury bool) reply {
	var form struct {
		PaymentKind *string `json:"payment_kind"`
	}
	if err := json.Unmarshal(c.body.Bytes(), &form); err != nil {
		return refuse(invalidData(err.Error()))
	}
	if form.PaymentKind != nil {
		var request receiveRequest
		if p := c.decode(&request); p != nil {
			return refuse(p)
		}
		return acceptedUnless(e.world.CreateReceive(&c.Call, request.order(treasury)))
	}
	var request sendRequest
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	if of := c.operation.ofSends; of != nil && !may(c.key, of) {
		return refuse(accessDenied())
	}
	return acceptedUnless(e.world.CreateSend(&c.Call, request.order(treasury)))
}

func (e *Emulator) checkPayment(c *call) reply {
	var request sendRequest
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	return acceptedUnless(e.world.CheckSend(&c.Call, request.order(false)))
}

func (e *Emulator) getPayment(c *call) reply {
	payment, refusal := e.world.ReadPayment(&c.Call, c.ids["payment_id"])
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return found(paymentJSON(payment))
}

// getPaymentHistory returns an event for each state that the payment has gone through.
func (e *Emulator) getPaymentHistory(c *call) reply {
	events := []map[string]any{}
	for i, moment := range e.world.PaymentHistory(&c.Call, c.ids["payment_id"]) {
		event := map[string]any{
			"event_type": moment.State.Direction + "_" + moment.State.Status, "error": nil, "time": timestamp(moment.At), "position": i,
		}
		if moment.State.Failure != nil {
			event["error"] = moment.State.Failure.Detail
		}
		events = append(events, event)
	}
	return found(map[string]any{"events": events})
}
