package emulator

import (
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// receiveRequest is a receive of the contract, with the older names of amounts beside the newer.
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

// createReceive accepts a receive: generating, then receiving, and expired unless it is paid before.
func (e *Emulator) createReceive(c *call, request receiveRequest) *problem {
	wallet, p := e.payingWallet(c, request.WalletID)
	if p != nil {
		return p
	}
	amount, p := either(request.Amount, request.AmountMsats, request.AmountSats).money("amount", 1)
	if p != nil {
		return p
	}
	currency := e.currencyOf(wallet)
	if p := checkReceiveAmount(request.Kind, amount, currency); p != nil {
		return p
	}
	quote, p := e.consumeQuote(c, wallet, request.QuoteID, amount)
	if p != nil {
		return p
	}
	state := paymentState{
		id: request.ID, wallet: wallet.ID, organization: c.org.ID, environment: wallet.EnvironmentID, createdAt: c.now, updatedAt: c.done,
		currency: currency, direction: "receive", status: "generating", kind: request.Kind, metadata: request.Metadata,
		requested: amount, amount: Money{Currency: "btc"}, description: request.Description, expiration: 3600, quote: quote,
	}
	if request.Expiration != nil {
		state.expiration = *request.Expiration
	}
	if amount != nil {
		state.amount = *amount
	}
	switch {
	case quote != nil:
		state.amount, state.msats, state.requested = quote.exchange.usd, quote.exchange.msats, &Money{"btc", quote.exchange.msats}
		state.expiration = min(state.expiration, max(int64(quote.expiresAt.Sub(c.now)/time.Second), 1))
	case amount != nil && amount.Currency == "btc":
		state.msats = amount.Amount
	case amount != nil:
		state.currency = amount.Currency
	}
	var failure *paymentFailure
	if injected, ok := effectOn[FailAsync](c.request.Context()); ok {
		failure = &paymentFailure{kind: injected.Type, code: injected.Code, detail: injected.Detail}
	}
	if err := e.generate(wallet, state, c.done, c.done.Add(e.config.Delay), failure); err != nil {
		return badRequest("invalid_payment", err.Error())
	}
	return nil
}

// AddReceive makes a bolt11 receive of an amount in msats that can be paid at once.
func (e *Emulator) AddReceive(wallet uuid.UUID, msats int64, metadata map[string]string) (uuid.UUID, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	history := e.world.wallets[wallet]
	if history == nil {
		return uuid.Nil, fmt.Errorf("there is no wallet %s", wallet)
	}
	w, now := history.latest(), e.config.Now()
	state := paymentState{
		id: uuid.New(), wallet: wallet, organization: w.organization, environment: w.EnvironmentID, createdAt: now, updatedAt: now,
		currency: "btc", direction: "receive", status: "generating", kind: "bolt11", metadata: metadata, expiration: 3600,
		requested: &Money{"btc", msats}, amount: Money{"btc", msats}, msats: msats,
	}
	return state.id, e.generate(&w, state, now, now, nil)
}

// checkReceiveAmount is what the contract says of amounts and currencies of receives, where its schema says nothing.
func checkReceiveAmount(kind string, amount *Money, walletCurrency string) *problem {
	isAsset := amount != nil && strings.HasPrefix(amount.Currency, "asset:")
	switch {
	case amount == nil && walletCurrency != "btc":
		return required("quote_required", "quote_id", "A wallet on a USD line of credit needs a quote, and so an amount.")
	case amount == nil:
		return nil
	case (kind == "taprootasset") != isAsset:
		return badRequest("invalid_currency", "A taprootasset receive, and no other, has an amount of an asset.")
	case kind != "taprootasset" && amount.Currency != walletCurrency && amount.Currency != "btc": // btc on a USD line is quoted
		return badRequest("invalid_currency", fmt.Sprintf("The wallet is in %s.", walletCurrency))
	case (kind == "onchain" || kind == "bip21") && amount.Currency == "btc" && amount.Amount%1000 != 0:
		// Of bip21 the contract says nothing. Its request can be paid on chain, where there is nothing smaller than a satoshi.
		return badRequest("invalid_amount", "An on-chain amount is a multiple of 1,000 msats.")
	}
	return nil
}

// rejected is the description that makes a compliance policy refuse a receive, for tests. Source: the contract's guide.
const rejected = "VOLTAGE_COMPLIANCE_550e8400-e29b-41d4-a716-446655440000"

// reasonNotToGenerate is why a receive that was accepted fails, nil if it does not.
func (e *Emulator) reasonNotToGenerate(state *paymentState, points int64, generated time.Time) *paymentFailure {
	switch {
	case state.description == rejected:
		return &paymentFailure{kind: "receive_failed", code: "rejected", detail: "A policy of the wallet refused the payment."}
	case state.requested == nil && points > 0:
		return &paymentFailure{
			kind: "receive_failed", code: "invalid_payment_amount", detail: "Any amount cannot be asked for where a fee is charged.",
		}
	case state.quote != nil && state.quote.expiresAt.Before(generated):
		return &paymentFailure{kind: "receive_failed", code: "quote_failed", detail: "The quote expired before it could be used."}
	}
	return nil
}

// generate accepts a receive with all that it will show over time: generating from one time on, and receiving, or failed, from
// the next.
func (e *Emulator) generate(wallet *walletState, state paymentState, accepted, generated time.Time, failure *paymentFailure) error {
	points := e.processingRates(wallet.ID, accepted).ReceiveBasisPoints
	if failure == nil {
		failure = e.reasonNotToGenerate(&state, points, generated)
	}
	fee := newProcessingFee(state.msats, points, state.kind != "bolt11")
	if state.msats > 0 {
		state.invoiceMsats = state.msats + fee.msats() // the payer pays both
		if state.kind != "bolt11" {
			// What a quote exchanges can have a part of a satoshi, which nobody can pay on chain. A URI and the invoice in it ask for the same.
			state.invoiceMsats = wholeSats(state.invoiceMsats)
		}
	}
	var invoice, address string
	var errs [2]error
	if state.kind != "onchain" {
		invoice, errs[0] = newInvoice(wallet.Network, state.id, state.invoiceMsats, state.description, generated, state.expiration)
	}
	if state.kind == "onchain" || state.kind == "bip21" {
		address, errs[1] = newAddress(wallet.Network, state.id)
	}
	if err := errors.Join(errs[:]...); err != nil {
		return err
	}
	h := e.accept(state, accepted)
	if failure != nil {
		h.step(generated, func(p *paymentState) { p.status, p.updatedAt, p.failure = "failed", generated, failure })
		return nil
	}
	e.world.requests[invoice], e.world.requests[address] = state.id, state.id
	delete(e.world.requests, "")
	h.step(generated, func(p *paymentState) {
		p.status, p.updatedAt = "receiving", generated
		p.paymentRequest, p.address = invoice, address
		p.uri = paymentURI(address, invoice, state.invoiceMsats, state.description)
		if p.processing = fee; fee != nil {
			p.fees, p.feeMsats = e.shown(p, fee.amount.Amount), fee.amount.Amount
		}
	})
	expires := state.createdAt.Add(time.Duration(state.expiration) * time.Second)
	h.step(expires, func(p *paymentState) { p.status, p.updatedAt = "expired", expires })
	return nil
}

// shown is an amount of BTC in the currency that a payment shows.
func (e *Emulator) shown(p *paymentState, msats int64) *Money {
	if p.quote != nil {
		return &Money{"usd", e.world.cents(msats)}
	}
	return &Money{"btc", msats}
}

// Pay pays a receive from outside: an invoice, an address, or a BIP 21 URI. The amount in msats is for a receive of any
// amount, and 0 otherwise.
func (e *Emulator) Pay(target string, msats int64) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	now := e.config.Now()
	id, err := e.findReceive(target)
	if err != nil {
		return err
	}
	state := e.world.payments[id].seen(now, false)
	switch latest := e.world.payments[id].latest(); {
	case state == nil || state.status != "receiving" || latest.status == "completed":
		status := "not generated yet, or paid already"
		if state != nil && state.status != "receiving" {
			status = state.status
		}
		return fmt.Errorf("payment %s cannot be paid: it is %s", id, status)
	case state.requested == nil && msats <= 0:
		return fmt.Errorf("payment %s takes any amount: say how many msats", id)
	case state.requested != nil && msats != 0 && msats != state.invoiceMsats:
		return fmt.Errorf("payment %s takes %d msats, not %d", id, state.invoiceMsats, msats)
	}
	msats = max(msats, state.invoiceMsats)
	at := now.Add(e.config.Delay)
	if state.paymentRequest != "" {
		e.receive(id, msats, at, at, func(credit uuid.UUID) flow { return lightning(id, credit) })
		return nil
	}
	transaction := hex.EncodeToString(hashOf("transaction", id))
	mined := at.Add(e.config.Delay)
	e.receive(id, msats, at, mined, func(credit uuid.UUID) flow {
		if credit == uuid.Nil {
			return unconfirmed(transaction, msats)
		}
		return onchain(transaction, msats, credit, mined)
	})
	return nil
}

// findReceive finds the receive that an invoice, address or URI belongs to.
func (e *Emulator) findReceive(target string) (uuid.UUID, error) {
	target = strings.ToLower(strings.TrimSpace(target))
	candidates := []string{strings.TrimPrefix(target, "lightning:")}
	if uri, err := readBIP21(target); err == nil {
		candidates = append(candidates, uri.invoice, uri.address)
	}
	for _, candidate := range candidates {
		if id, ok := e.world.requests[candidate]; ok && candidate != "" {
			return id, nil
		}
	}
	return uuid.Nil, fmt.Errorf("no receive of this emulator is paid by %q", target)
}

// receive completes a receive, and credits its wallet with the principal, at a time. Where the money is seen before, as a
// transaction is, the receipt shows it without a credit from then on.
func (e *Emulator) receive(id uuid.UUID, msats int64, seen, at time.Time, receipt func(credit uuid.UUID) flow) {
	h := e.world.payments[id]
	h.forget(func(p *paymentState) bool { return p.status == "expired" }) // it was going to
	state := h.latest()
	if state.requested == nil {
		state.msats, state.amount = msats, Money{"btc", msats}
	}
	if pending := receipt(uuid.Nil); pending.data["is_pending"] == true {
		h.step(seen, func(p *paymentState) { p.updatedAt, p.flows = seen, []flow{pending} })
	}
	entry := ledgerEntry{kind: "credited", payment: &state.id, money: state.amount}
	route := "direct"
	settled := receipt(ledgerID(state.wallet, len(e.world.ledgers[state.wallet])))
	if settled.kind == "shortcircuit" {
		route = "short_circuit"
	}
	if state.processing != nil {
		state.breakdown = &breakdown{principal: state.amount, network: Money{Currency: state.amount.Currency}, processing: *state.fees}
		entry.breakdown = state.breakdown.ledgerJSON(state.kind, route, state.processing.points)
	}
	h.step(at, func(p *paymentState) {
		p.status, p.updatedAt, p.msats, p.amount, p.breakdown = "completed", at, state.msats, state.amount, state.breakdown
		p.flows = []flow{settled}
	})
	e.move(state.wallet, at, entry)
}

// forget takes back the last state, if it is one that was only going to be.
func (h *history[T]) forget(planned func(*T) bool) {
	if last := len(*h) - 1; last > 0 && planned(&(*h)[last].state) {
		*h = (*h)[:last]
	}
}
