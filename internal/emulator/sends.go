package emulator

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// What the emulated networks take. The contract has default bounds for it only.
const (
	lightningFeePerMille = 1       // of the principal, and at least a satoshi
	onchainFee           = 200_000 // msats
)

// destination is where a send goes, read of its request.
type destination struct {
	invoice, address string
	msats            int64     // of the invoice; 0 is any
	receive          uuid.UUID // inside Voltage; uuid.Nil is outside
}

// createSend accepts a send: sending with the money held, approved, and completed with the money gone, or failed with the
// money back.
func (e *Emulator) createSend(c *call, body json.RawMessage) *problem {
	var request struct {
		ID             uuid.UUID         `json:"id"`
		WalletID       *uuid.UUID        `json:"wallet_id"`
		Currency       *string           `json:"currency"`
		Kind           *string           `json:"type"`
		QuoteID        *uuid.UUID        `json:"quote_id"`
		Metadata       map[string]string `json:"metadata"`
		FlowPreference any               `json:"flow_preference"`
		Data           *struct {
			PaymentRequest string          `json:"payment_request"`
			Address        string          `json:"address"`
			Amount         *requestedMoney `json:"amount"`
			MaxFee         *requestedMoney `json:"max_fee"`
			Description    string          `json:"description"`
		} `json:"data"`
	}
	if p := decodeStrictly(body, &request); p != nil {
		return p
	}
	if request.Currency == nil || request.Kind == nil || request.Data == nil {
		return invalidData("a send has currency, type and data")
	}
	if !slices.Contains([]string{"bolt11", "onchain", "bip21", "taprootasset"}, *request.Kind) {
		return invalidData(fmt.Sprintf("unknown type %q", *request.Kind))
	}
	if p := checkMetadata(request.Metadata); p != nil {
		return p
	}
	wallet, p := e.payingWallet(c, request.WalletID)
	if p != nil {
		return p
	}
	to, p := e.readDestination(wallet, *request.Kind, request.Data.PaymentRequest, request.Data.Address)
	if p != nil {
		return p
	}
	amount, p := request.Data.Amount.money()
	if p != nil {
		return p
	}
	principal, p := sendAmount(*request.Kind, amount, to)
	if p != nil {
		return p
	}
	if walletCurrency := e.currencyOf(wallet); *request.Currency != walletCurrency && *request.Currency != principal.Currency {
		return badRequest("invalid_currency", fmt.Sprintf("The wallet pays in %s.", walletCurrency))
	}
	maxFee := &Money{Currency: "btc", Amount: max(principal.Amount/100, 1000)}
	if *request.Kind == "onchain" {
		maxFee.Amount = max(principal.Amount/100, 263_000)
	}
	if request.Data.MaxFee != nil {
		bound := request.Data.MaxFee
		if bound.Currency == nil || bound.Amount == nil || *bound.Amount < 0 || *bound.Currency != "btc" {
			return badRequest("invalid_amount", "max_fee is an amount of btc.")
		}
		maxFee.Amount = *bound.Amount
	}
	if p := e.checkPolicies(wallet.ID, c.now, e.world.msats(*principal)); p != nil {
		return p
	}
	exchange, p := e.consumeQuote(c, wallet, request.QuoteID, principal)
	if p != nil {
		return p
	}
	state := paymentState{
		id: request.ID, wallet: wallet.ID, organization: c.org.ID, environment: wallet.EnvironmentID, createdAt: c.now, updatedAt: c.done,
		currency: *request.Currency, direction: "send", status: "sending", kind: *request.Kind, metadata: request.Metadata,
		amount: principal, credit: *principal, maxFee: maxFee, paymentRequest: request.Data.PaymentRequest, address: request.Data.Address,
		description: request.Data.Description,
	}
	if exchange != nil {
		state.credit = exchange.usd
	}
	e.pay(c, wallet, state, to)
	return nil
}

// readDestination checks where a send is to go, and whether that is inside Voltage.
func (e *Emulator) readDestination(wallet *walletState, kind, paymentRequest, address string) (destination, *problem) {
	var to destination
	switch kind {
	case "onchain":
		to.address = address
	case "bip21":
		var err error
		if to.address, to.invoice, err = readBIP21(paymentRequest); err != nil {
			return to, badRequest("invalid_address", err.Error())
		}
	default:
		to.invoice = paymentRequest
	}
	if to.invoice != "" || kind == "bolt11" || kind == "taprootasset" {
		prefix, msats, err := readInvoice(to.invoice)
		switch {
		case err != nil:
			return to, badRequest("invalid_bolt11_payment_request", err.Error())
		case prefix != prefixes[wallet.Network].invoice:
			return to, badRequest("invalid_network", fmt.Sprintf("The invoice is for another network than the wallet's, %s.", wallet.Network))
		}
		to.msats = msats
	} else if !isAddress(wallet.Network, to.address) {
		return to, badRequest("invalid_address", fmt.Sprintf("%q is no address on %s.", to.address, wallet.Network))
	}
	for _, target := range []string{to.invoice, to.address} {
		id, ok := e.world.requests[target]
		if ok && target != "" && e.world.payments[id].latest().environment == wallet.EnvironmentID {
			to.receive = id
		}
	}
	return to, nil
}

// sendAmount is what is sent: what the invoice says, or what the request says.
func sendAmount(kind string, amount *Money, to destination) (*Money, *problem) {
	switch {
	case amount == nil && to.msats == 0:
		return nil, badRequest("invalid_amount", "Neither the request nor what it pays says how much.")
	case amount == nil:
		return &Money{Currency: "btc", Amount: to.msats}, nil
	case to.msats != 0 && amount.Currency == "btc" && amount.Amount != to.msats:
		return nil, badRequest("amount_match_failed", fmt.Sprintf("The invoice asks for %d msats.", to.msats))
	case kind == "onchain" && amount.Currency == "btc" && amount.Amount%1000 != 0:
		return nil, badRequest("invalid_amount", "An on-chain amount is a multiple of 1,000 msats.")
	}
	return amount, nil
}

// pay accepts a send with all that will come of it.
func (e *Emulator) pay(c *call, wallet *walletState, state paymentState, to destination) {
	var (
		approved  = c.done.Add(e.config.Delay)
		completed = approved.Add(e.config.Delay)
		fee       = int64(0)
		h         = e.accept(state, c.done)
	)
	switch {
	case to.receive != uuid.Nil: // nothing leaves Voltage
	case to.invoice != "":
		fee = max(state.amount.Amount*lightningFeePerMille/1000, 1000)
	default:
		fee = onchainFee
	}
	processing := basisPoints(state.credit.Amount, e.processingRates(wallet.ID, c.now).SendBasisPoints)
	charge := state.credit.Amount + processing
	if state.credit.Currency == "btc" {
		charge += fee
	} else if fee > 0 {
		charge += e.world.cents(fee, true)
	}
	failure := e.reasonToFail(c, wallet, &state, to, fee, charge)
	if failure != nil && failure.kind == "InsufficientFunds" {
		h.step(approved, func(p *paymentState) { p.status, p.updatedAt, p.failure = "failed", approved, failure })
		return
	}
	hold := uuid.NewSHA1(state.id, []byte("hold"))
	held := Money{state.credit.Currency, charge}
	e.move(wallet.ID, c.done, ledgerEntry{kind: "held", payment: &state.id, hold: &hold, money: held})
	if failure != nil {
		h.step(approved, func(p *paymentState) { p.status, p.updatedAt, p.failure = "failed", approved, failure })
		e.move(wallet.ID, approved, ledgerEntry{kind: "released", payment: &state.id, hold: &hold, money: held})
		return
	}
	h.step(approved, func(p *paymentState) { p.status, p.updatedAt = "approved", approved })
	outflow := flow{kind: "lightning", data: map[string]any{
		"amount_msats": state.amount.Amount, "fee_msats": fee, "effective_time": timestamp(completed),
		"payment_preimage": hex.EncodeToString(preimageOf(state.id)),
	}}
	switch {
	case to.receive != uuid.Nil:
		outflow = flow{kind: "shortcircuit", data: map[string]any{"payment_id": to.receive, "effective_time": timestamp(completed)}}
		if to.invoice != "" {
			outflow.data["payment_preimage"] = hex.EncodeToString(preimageOf(to.receive))
		}
		e.receive(to.receive, e.world.msats(*state.amount), completed, flow{kind: "shortcircuit", data: map[string]any{
			"payment_id": state.id, "effective_time": timestamp(completed),
		}})
	case to.invoice == "":
		outflow = flow{kind: "onchain", data: map[string]any{
			"tx_id": hex.EncodeToString(hashOf("transaction", state.id)), "amount_msats": state.amount.Amount, "fee_msats": fee,
			"effective_time": timestamp(completed),
		}}
	}
	h.step(completed, func(p *paymentState) {
		p.status, p.updatedAt, p.processingFee = "completed", completed, processing
		p.fees, p.outflows = &Money{Currency: "btc", Amount: fee}, []flow{outflow}
	})
	e.move(wallet.ID, completed, ledgerEntry{kind: "captured", payment: &state.id, hold: &hold, money: held})
}

// reasonToFail is why a send that was accepted fails, nil if it does not.
func (e *Emulator) reasonToFail(c *call, wallet *walletState, state *paymentState, to destination, fee, charge int64) *paymentFailure {
	if failure, fails := effectOn[FailAsync](c.request.Context()); fails {
		return &paymentFailure{kind: failure.Type, detail: failure.Detail}
	}
	available := int64(0)
	if wallet.Limit != nil {
		available = *wallet.Limit
	}
	for _, b := range wallet.Balances {
		if b.Currency == state.credit.Currency {
			available += b.Amount - wallet.held(b.Currency)
		}
	}
	switch {
	case charge > available:
		return &paymentFailure{kind: "InsufficientFunds", detail: fmt.Sprintf("The wallet can spend %d, and this takes %d.", available, charge)}
	case fee > state.maxFee.Amount:
		return &paymentFailure{kind: "RouteNotFound", code: "fee_limit_exceeded", detail: fmt.Sprintf("The fee of %d msats is above the bound of %d.", fee, state.maxFee.Amount)}
	case to.receive != uuid.Nil:
		switch target := e.world.payments[to.receive]; {
		case target.latest().status == "completed":
			return &paymentFailure{kind: "InvoiceAlreadyPaid", detail: "The request was paid before."}
		case target.seen(c.now, false) == nil || target.seen(c.now, false).status != "receiving":
			return &paymentFailure{kind: "InvoiceExpired", detail: "The request can no longer be paid."}
		}
	}
	return nil
}

// basisPoints is a share of an amount, rounded up.
func basisPoints(amount, points int64) int64 { return (amount*points + 9_999) / 10_000 }

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

// ledgerEntry is one movement of a wallet's money.
type ledgerEntry struct {
	id       uuid.UUID
	kind     string // of the contract: credited, captured, held, released, deposited, withdrawn
	at       time.Time
	payment  *uuid.UUID
	hold     *uuid.UUID
	money    Money
	position int
}
