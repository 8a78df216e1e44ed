package emulator

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/google/uuid"
)

// What the emulated networks take. The contract has default bounds for it only.
const (
	lightningFeePerMille = 1       // of the principal, and at least a satoshi
	onchainFee           = 200_000 // msats
	targetBlocks         = 6       // that an on-chain fee is estimated for
)

// sendRequest is a send of the contract, with the older names of amounts beside the newer.
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

// either is the newer form of an amount where it is given, and else one of the older ones, which are BTC.
func either(newer *requestedMoney, msats, sats *int64) *requestedMoney {
	switch {
	case newer != nil:
		return newer
	case msats != nil:
		return &requestedMoney{Currency: "btc", Amount: *msats}
	case sats != nil:
		return &requestedMoney{Currency: "btc", Amount: *sats * 1000}
	}
	return nil
}

// destination is where a send goes, read of its request.
type destination struct {
	invoice, address string
	description      string    // of a URI
	memo             string    // of an invoice
	msats            int64     // that it asks for; 0 is any
	outranks         bool      // what the request says of the amount: a URI says it
	receive          uuid.UUID // inside Voltage; uuid.Nil is outside
}

// createSend accepts a send: sending with the money held, approved, and completed with the money gone, or failed with the
// money back.
func (e *Emulator) createSend(c *call, request sendRequest) *problem {
	if !c.key.may(c.operation.ofSends) {
		return accessDenied()
	}
	wallet, p := e.payingWallet(c, request.WalletID)
	if p != nil {
		return p
	}
	if request.Kind == "taprootasset" {
		return badRequest("invalid_payment", "Schema and server do not agree on sends of Taproot assets, and no request is known to work.")
	}
	to, p := e.readDestination(wallet, request.Kind, request.Data.PaymentRequest, request.Data.Address)
	if p != nil {
		return p
	}
	principal, p := sendAmount(either(request.Data.Amount, request.Data.AmountMsats, request.Data.AmountSats), to)
	if p != nil {
		return p
	}
	maxFee, p := maxFeeOf(request, principal)
	if p != nil {
		return p
	}
	currency := e.currencyOf(wallet)
	if request.Currency != currency {
		return badRequest("invalid_currency", fmt.Sprintf("The wallet pays in %s.", currency))
	}
	quote, p := e.consumeQuote(c, wallet, request.QuoteID, &Money{"btc", principal})
	if p != nil {
		return p
	}
	state := paymentState{
		id: request.ID, wallet: wallet.ID, organization: c.org.ID, environment: wallet.EnvironmentID, createdAt: c.now, updatedAt: c.done,
		currency: currency, direction: "send", status: "sending", kind: request.Kind, metadata: request.Metadata,
		amount: Money{"btc", principal}, msats: principal, maxFee: Money{"btc", maxFee}, maxFeeMsats: maxFee,
		paymentRequest: to.invoice, address: to.address, description: cmp.Or(to.description, request.Data.Description, to.memo), quote: quote,
		hidden: e.config.HideDestinations,
	}
	if quote != nil {
		state.amount, state.maxFee = quote.exchange.usd, Money{"usd", e.world.cents(maxFee)}
	}
	e.pay(c, wallet, state, to)
	return nil
}

// maxFeeOf is the bound of the network's fee: the one that is given, or else the contract's default.
func maxFeeOf(request sendRequest, principal int64) (int64, *problem) {
	given := either(request.Data.MaxFee, request.Data.MaxFeeMsats, request.Data.MaxFeeSats)
	switch {
	case given == nil && request.Kind == "onchain":
		return max(principal/100, 263_000), nil
	case given == nil:
		return max(principal/100, 1000), nil
	case given.Currency != "btc":
		return 0, badRequest("invalid_currency", "max_fee is an amount of btc.")
	case given.Negative || given.Amount < 0:
		return 0, belowMinimum("invalid_max_fee", "data.max_fee", Money{"btc", -max(given.Amount, -given.Amount)}, 0)
	}
	return given.Amount, nil
}

// readDestination checks where a send is to go, and whether that is inside Voltage. What a BIP 21 URI says wins over the invoice
// beside it.
func (e *Emulator) readDestination(wallet *walletState, kind, paymentRequest, address string) (destination, *problem) {
	to := destination{invoice: paymentRequest, address: address}
	var uri bip21URI
	if kind == "bip21" {
		var err error
		if uri, err = readBIP21(address); err != nil {
			return to, badRequest("invalid_address", err.Error())
		}
		to.address, to.description, to.outranks = uri.address, uri.description, uri.msats != 0 || uri.invoice != ""
		if uri.invoice != "" {
			to.invoice = uri.invoice
		}
	}
	if to.invoice != "" {
		invoice, err := readInvoice(to.invoice)
		switch {
		case err != nil:
			return to, badRequest("invalid_bolt11_payment_request", err.Error())
		case invoice.prefix != prefixes[wallet.Network].invoice:
			return to, badRequest("invalid_network", fmt.Sprintf("The invoice is for another network than the wallet's, %s.", wallet.Network))
		}
		to.msats, to.memo = invoice.msats, invoice.description
	}
	if to.address != "" && !isAddress(wallet.Network, to.address) || to.address == "" && to.invoice == "" {
		return to, badRequest("invalid_address", fmt.Sprintf("%q is no address on %s.", to.address, wallet.Network))
	}
	if uri.msats != 0 {
		if to.msats != 0 && to.msats != uri.msats {
			return to, badRequest("amount_match_failed", "The URI and the invoice in it ask for different amounts.")
		}
		to.msats = uri.msats
	}
	for _, target := range []string{to.invoice, to.address} {
		id, ok := e.world.requests[target]
		if ok && target != "" && e.world.payments[id].latest().environment == wallet.EnvironmentID {
			to.receive = id
		}
	}
	return to, nil
}

// sendAmount is what is sent, in msats: what the URI or the invoice says, or else what the request says. A URI wins over the field
// beside it, and an invoice has to agree with it.
func sendAmount(given *requestedMoney, to destination) (int64, *problem) {
	amount, p := given.money("data.amount", 1)
	switch {
	case to.outranks && to.msats != 0:
		return to.msats, nil
	case p != nil:
		return 0, p
	case amount == nil && to.msats == 0:
		return 0, required("amount_required", "data.amount", "Neither the request nor what it pays says how much.")
	case amount == nil:
		return to.msats, nil
	case amount.Currency != "btc":
		return 0, badRequest("invalid_currency", "data.amount is an amount of btc.")
	case to.msats != 0 && amount.Amount != to.msats:
		return 0, badRequest("amount_match_failed", fmt.Sprintf("The invoice asks for %d msats.", to.msats))
	case to.invoice == "" && amount.Amount%1000 != 0:
		return 0, badRequest("invalid_amount", "An on-chain amount is a multiple of 1,000 msats.")
	}
	return amount.Amount, nil
}

// pay accepts a send with all that will come of it.
func (e *Emulator) pay(c *call, wallet *walletState, state paymentState, to destination) {
	var (
		approved  = c.done.Add(e.config.Delay)
		completed = approved.Add(e.config.Delay)
		h         = e.accept(state, c.done)
		cost      = e.costOf(c, &state, to)
	)
	failure := e.reasonToFail(c, wallet, &state, to, cost, approved)
	fail := func(p *paymentState) { p.status, p.updatedAt, p.failure = "failed", approved, failure }
	if failure != nil && slices.Contains([]string{"rejected", "hold_failed", "quote_failed"}, failure.kind) { // before any money is held
		h.step(approved, fail)
		return
	}
	hold := derived(state.id, "hold")
	entry := ledgerEntry{kind: "held", payment: &state.id, hold: &hold, money: cost.charge}
	e.move(wallet.ID, c.done, entry)
	if failure != nil {
		h.step(approved, fail)
		entry.kind = "released"
		e.move(wallet.ID, approved, entry)
		return
	}
	h.step(approved, func(p *paymentState) { p.status, p.updatedAt, p.processing = "approved", approved, cost.processing })
	outflow, route := e.settle(state, to, hold, completed), "direct"
	if to.receive != uuid.Nil {
		route = "short_circuit"
	}
	h.step(completed, func(p *paymentState) {
		p.status, p.updatedAt, p.fees, p.feeMsats = "completed", completed, &cost.fees, cost.network+cost.processing.msats()
		p.flows = []flow{outflow}
		if cost.processing != nil {
			p.breakdown = &cost.breakdown
		}
	})
	entry.kind = "captured"
	if cost.processing != nil {
		entry.breakdown = cost.breakdown.ledgerJSON(state.kind, route, cost.processing.points)
	}
	e.move(wallet.ID, completed, entry)
}

// cost is what a send costs its wallet.
type cost struct {
	network    int64 // msats
	processing *processingFee
	charge     Money // everything
	fees       Money // everything but the principal
	breakdown  breakdown
}

// costOf is what a send costs: principal, network fee and processing fee, in the currency that the wallet is settled in.
func (e *Emulator) costOf(c *call, state *paymentState, to destination) cost {
	var result cost
	switch {
	case to.receive != uuid.Nil: // nothing leaves Voltage
	case to.invoice != "":
		result.network = max(state.msats*lightningFeePerMille/1000, 1000)
	default:
		result.network = onchainFee
	}
	result.processing = newProcessingFee(state.msats, e.processingRates(state.wallet, c.now).SendBasisPoints, to.invoice == "")
	result.charge = Money{"btc", state.msats + result.network + result.processing.msats()}
	network := Money{"btc", result.network}
	if state.quote != nil {
		result.charge = Money{"usd", max(e.world.cents(result.charge.Amount), state.amount.Amount)}
		network = Money{"usd", min(e.world.cents(result.network), result.charge.Amount-state.amount.Amount)}
	}
	result.fees = Money{result.charge.Currency, result.charge.Amount - state.amount.Amount}
	result.breakdown = breakdown{
		principal: state.amount, network: network, processing: Money{result.fees.Currency, result.fees.Amount - network.Amount},
	}
	return result
}

// settle is how the money of a send got to where it goes, at a time.
func (e *Emulator) settle(state paymentState, to destination, hold uuid.UUID, at time.Time) flow {
	switch {
	case to.receive != uuid.Nil:
		e.receive(to.receive, state.msats, at, at, func(credit uuid.UUID) flow { return shortCircuit(state.msats, state.id, credit) })
		return shortCircuit(state.msats, to.receive, hold)
	case to.invoice != "":
		return lightning(state.id, hold)
	}
	return onchain(hex.EncodeToString(hashOf("transaction", state.id)), state.msats, hold, at)
}

// reasonToFail is why a send that was accepted fails, nil if it does not.
func (e *Emulator) reasonToFail(
	c *call, wallet *walletState, state *paymentState, to destination, cost cost, approved time.Time,
) *paymentFailure {
	if failure, fails := effectOn[FailAsync](c.request.Context()); fails {
		return &paymentFailure{kind: failure.Type, code: failure.Code, detail: failure.Detail}
	}
	if reason := e.rejection(wallet.ID, state.id, c.now, state.msats); reason != "" {
		return &paymentFailure{kind: "rejected", detail: reason}
	}
	if state.quote != nil && state.quote.expiresAt.Before(approved) {
		return &paymentFailure{kind: "quote_failed", detail: "The quote expired before it could be used."}
	}
	available := int64(0)
	if wallet.Limit != nil {
		available = *wallet.Limit
	}
	for _, b := range wallet.Balances {
		if b.Currency == cost.charge.Currency {
			available += b.Amount - wallet.held(b.Currency)
		}
	}
	switch {
	case cost.charge.Amount > available:
		return &paymentFailure{
			kind: "hold_failed", code: "insufficient_funds",
			detail: fmt.Sprintf("The wallet can spend %d %s, and this takes %d.", available, unit(cost.charge.Currency), cost.charge.Amount),
		}
	case cost.network > state.maxFeeMsats && to.invoice != "":
		return &paymentFailure{
			kind: "send_failed", code: "no_route",
			detail: fmt.Sprintf("No route costs less than the bound of %d msats; the cheapest costs %d.", state.maxFeeMsats, cost.network),
		}
	case cost.network > state.maxFeeMsats:
		return &paymentFailure{
			kind: "send_failed", code: "broadcast_fee_above_max", detail: "The fee for the next blocks is above what was allowed.",
			context: map[string]any{
				"estimated_fee_sats": cost.network / 1000, "max_fee_sats": state.maxFeeMsats / 1000, "target_blocks": targetBlocks,
			},
		}
	case to.receive != uuid.Nil:
		target := e.world.payments[to.receive]
		if seen := target.seen(c.now, false); target.latest().status == "completed" || seen == nil || seen.status != "receiving" {
			code := "invalid_bolt11_invoice"
			if to.invoice == "" {
				code = "invalid_address"
			}
			return &paymentFailure{kind: "send_failed", code: code, detail: "The request was paid before, or can no longer be paid."}
		}
		if wanted := target.latest().invoiceMsats; wanted != 0 && wanted != state.msats {
			return &paymentFailure{
				kind: "send_failed", code: "invalid_payment_amount", detail: fmt.Sprintf("The request asks for %d msats.", wanted),
				context: map[string]any{"amount": plain(Money{"btc", state.msats})},
			}
		}
	}
	return nil
}

// held is what is set aside of a currency.
func (w *walletState) held(currency string) int64 {
	var sum int64
	for _, h := range w.Holds {
		if h.Currency == currency {
			sum += max(h.Amount, -h.Amount)
		}
	}
	return sum
}

// conflict is the refusal of an ID that was used before.
func conflict(kind, field string, id uuid.UUID) *problem {
	return &problem{
		status: http.StatusConflict, kind: kind, detail: fmt.Sprintf("%s was used before.", id), context: map[string]any{field: id},
	}
}
