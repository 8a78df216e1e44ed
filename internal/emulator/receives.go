package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

type requestedMoney struct {
	Currency *string `json:"currency"`
	Amount   *int64  `json:"amount"`
	Unit     string  `json:"unit"` // ignored, as the contract says
	Negative bool    `json:"negative"`
}

// money checks an amount of a request.
func (r *requestedMoney) money() (*Money, *problem) {
	switch {
	case r == nil:
		return nil, nil
	case r.Currency == nil || r.Amount == nil:
		return nil, invalidData("an amount has currency and amount")
	case !validCurrency(*r.Currency):
		return nil, badRequest("invalid_currency", fmt.Sprintf("%q is no currency.", *r.Currency))
	case *r.Amount <= 0 || r.Negative:
		return nil, badRequest("invalid_amount", "An amount is above zero.")
	}
	return &Money{Currency: *r.Currency, Amount: *r.Amount}, nil
}

func validCurrency(text string) bool {
	asset, ok := strings.CutPrefix(text, "asset:")
	return text == "btc" || text == "usd" || ok && len(asset) == 66 && strings.Trim(asset, "0123456789abcdefABCDEF") == ""
}

// decodeStrictly reads one of the two forms of a payment.
func decodeStrictly(body json.RawMessage, content any) *problem {
	decoder := json.NewDecoder(strings.NewReader(string(body)))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(content); err != nil {
		return invalidData(err.Error())
	}
	return nil
}

// createReceive accepts a receive: generating, then receiving, and expired unless it is paid before.
func (e *Emulator) createReceive(c *call, body json.RawMessage) *problem {
	var request struct {
		ID          uuid.UUID         `json:"id"`
		WalletID    *uuid.UUID        `json:"wallet_id"`
		Kind        string            `json:"payment_kind"`
		Amount      *requestedMoney   `json:"amount"`
		Currency    string            `json:"currency"`
		QuoteID     *uuid.UUID        `json:"quote_id"`
		Description string            `json:"description"`
		Expiration  *int64            `json:"expiration"`
		Metadata    map[string]string `json:"metadata"`
	}
	if p := decodeStrictly(body, &request); p != nil {
		return p
	}
	if !slices.Contains([]string{"bolt11", "onchain", "bip21", "taprootasset"}, request.Kind) {
		return invalidData(fmt.Sprintf("unknown payment_kind %q", request.Kind))
	}
	if request.Expiration != nil && (*request.Expiration < 1 || *request.Expiration > 86_400) {
		return invalidData("expiration is 1 to 86400 seconds")
	}
	if p := checkMetadata(request.Metadata); p != nil {
		return p
	}
	wallet, p := e.payingWallet(c, request.WalletID)
	if p != nil {
		return p
	}
	amount, p := request.Amount.money()
	if p != nil {
		return p
	}
	if p := checkReceiveAmount(request.Kind, amount, request.Currency, e.currencyOf(wallet)); p != nil {
		return p
	}
	exchange, p := e.consumeQuote(c, wallet, request.QuoteID, amount)
	if p != nil {
		return p
	}
	state := paymentState{
		id: request.ID, wallet: wallet.ID, organization: c.org.ID, environment: wallet.EnvironmentID, createdAt: c.now, updatedAt: c.done,
		currency: e.currencyOf(wallet), direction: "receive", status: "generating", kind: request.Kind, metadata: request.Metadata,
		requested: amount, description: request.Description, expiration: 3600,
	}
	if request.Kind == "taprootasset" {
		state.currency = amount.Currency
	}
	if request.Expiration != nil {
		state.expiration = *request.Expiration
	}
	if amount != nil {
		state.amount, state.credit, state.invoiceMsats = amount, *amount, 0
		if amount.Currency == "btc" {
			state.invoiceMsats = amount.Amount
		}
		if exchange != nil {
			state.credit, state.invoiceMsats = exchange.usd, exchange.msats
		}
	}
	var fails *FailAsync
	if failure, ok := effectOn[FailAsync](c.request.Context()); ok {
		fails = &failure
	}
	if err := e.generate(wallet, state, c.done, c.done.Add(e.config.Delay), fails); err != nil {
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
		requested: &Money{"btc", msats}, amount: &Money{"btc", msats}, credit: Money{"btc", msats}, invoiceMsats: msats,
	}
	return state.id, e.generate(&w, state, now, now, nil)
}

// checkReceiveAmount is what the contract says of amounts and currencies of receives.
func checkReceiveAmount(kind string, amount *Money, currency, walletCurrency string) *problem {
	isAsset := amount != nil && strings.HasPrefix(amount.Currency, "asset:")
	switch {
	case amount == nil && kind != "bolt11" && kind != "bip21":
		return badRequest("invalid_amount", "Only bolt11 and bip21 receives can be of any amount.")
	case amount == nil && (currency != "btc" || walletCurrency != "btc"):
		return badRequest("invalid_currency", "A receive of any amount has currency btc, and goes to a wallet in btc.")
	case (kind == "taprootasset") != isAsset:
		return badRequest("invalid_currency", "A taprootasset receive, and no other, has an amount of an asset.")
	case kind == "onchain" && amount.Currency == "btc" && amount.Amount%1000 != 0:
		return badRequest("invalid_amount", "An on-chain amount is a multiple of 1,000 msats.")
	}
	return nil
}

// generate accepts a receive with all that it will show over time: generating from one time on, and receiving, or failed, from
// the next.
func (e *Emulator) generate(wallet *walletState, state paymentState, accepted, generated time.Time, failure *FailAsync) error {
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
		h.step(generated, func(p *paymentState) {
			p.status, p.updatedAt, p.failure = "failed", generated, &paymentFailure{kind: failure.Type, detail: failure.Detail}
		})
		return nil
	}
	e.world.requests[invoice], e.world.requests[address] = state.id, state.id
	delete(e.world.requests, "")
	h.step(generated, func(p *paymentState) {
		p.status, p.updatedAt = "receiving", generated
		p.paymentRequest, p.address = invoice, address
		p.uri = bip21(address, invoice, state.invoiceMsats)
	})
	expires := state.createdAt.Add(time.Duration(state.expiration) * time.Second)
	h.step(expires, func(p *paymentState) { p.status, p.updatedAt = "expired", expires })
	return nil
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
	switch {
	case state == nil || state.status != "receiving" || e.world.payments[id].latest().status == "completed":
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
	kind := "lightning"
	if state.paymentRequest == "" {
		kind = "onchain"
	}
	e.receive(id, msats, now.Add(e.config.Delay), flow{kind: kind, data: map[string]any{
		"amount_msats": max(msats, state.invoiceMsats), "effective_time": timestamp(now),
	}})
	return nil
}

// findReceive finds the receive that an invoice, address or URI belongs to.
func (e *Emulator) findReceive(target string) (uuid.UUID, error) {
	target = strings.ToLower(strings.TrimSpace(target))
	candidates := []string{target}
	if address, invoice, err := readBIP21(target); err == nil {
		candidates = []string{invoice, address}
	}
	for _, candidate := range candidates {
		if id, ok := e.world.requests[candidate]; ok && candidate != "" {
			return id, nil
		}
	}
	return uuid.Nil, fmt.Errorf("no receive of this emulator is paid by %q", target)
}

// receive completes a receive, and credits its wallet, at a time.
func (e *Emulator) receive(id uuid.UUID, msats int64, at time.Time, receipt flow) {
	h := e.world.payments[id]
	h.forget(func(p *paymentState) bool { return p.status == "expired" }) // it was going to
	state := h.latest()
	credit := state.credit
	if state.requested == nil {
		credit = Money{Currency: "btc", Amount: msats}
	}
	fee := basisPoints(credit.Amount, e.processingRates(state.wallet, at).ReceiveBasisPoints)
	h.step(at, func(p *paymentState) {
		p.status, p.updatedAt, p.processingFee = "completed", at, fee
		if p.amount == nil {
			p.amount = &credit
		}
		p.receipts = []flow{receipt}
	})
	e.move(state.wallet, at, ledgerEntry{kind: "credited", payment: &state.id, money: Money{credit.Currency, credit.Amount - fee}})
}

// forget takes back the last state, if it is one that was only going to be.
func (h *history[T]) forget(planned func(*T) bool) {
	if last := len(*h) - 1; last > 0 && planned(&(*h)[last].state) {
		*h = (*h)[:last]
	}
}
