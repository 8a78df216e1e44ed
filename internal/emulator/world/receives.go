package world

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// ReceiveOrder asks for a payment request.
type ReceiveOrder struct {
	ID, Wallet  uuid.UUID
	Treasury    bool // a treasury movement
	Kind        string
	Amount      *Money // nil: any
	Quote       *uuid.UUID
	Description string
	Expiration  *int64 // seconds; nil: an hour
	Metadata    map[string]string
}

// defaultExpiration is the default time during which a receive can be paid, in seconds.
const defaultExpiration = 3600

// CreateReceive accepts a receive. Its status is generating, then receiving, and expired if it is not paid in time.
func (w *World) CreateReceive(c *Call, order ReceiveOrder) *Refusal {
	if r := w.checkFeatures(c, order.Kind, order.Treasury); r != nil {
		return r
	}
	if w.openCheck(c, order.ID) != nil && !order.Treasury {
		return notApproved(order.ID, "The policy check with this ID is a send, and a receive does not promote it.")
	}
	if r := w.CheckNewPayment(order.ID); r != nil {
		return r
	}
	wallet, r := w.payingWallet(c, order.Wallet, order.Treasury)
	if r != nil {
		return r
	}
	if r := checkPositive(order.Amount, "amount"); r != nil {
		return r
	}
	currency := w.currencyOf(wallet.ID)
	if r := checkReceiveAmount(order.Kind, order.Amount, currency); r != nil {
		return r
	}
	quote, r := w.consumeQuote(c, wallet, order.Quote, order.Amount)
	if r != nil {
		return r
	}
	payment := Payment{
		ID: order.ID, Wallet: wallet.ID, Organization: c.Organization, Environment: wallet.EnvironmentID,
		CreatedAt: c.Now, UpdatedAt: c.Done, Currency: currency, Direction: "receive", Status: "generating", Kind: order.Kind,
		Category: category(order.Treasury), Metadata: order.Metadata, Requested: order.Amount, Amount: Money{Currency: "btc"},
		Description: order.Description,
		Expiration:  defaultExpiration, Quote: quote,
	}
	if order.Expiration != nil {
		payment.Expiration = *order.Expiration
	}
	if order.Amount != nil {
		payment.Amount = *order.Amount
	}
	switch {
	case quote != nil:
		payment.Amount, payment.Msats, payment.Requested = quote.USD, quote.Msats, &Money{"btc", quote.Msats}
		payment.Expiration = min(payment.Expiration, max(int64(quote.ExpiresAt.Sub(c.Now)/time.Second), 1))
	case order.Amount != nil && order.Amount.Currency == "btc":
		payment.Msats = order.Amount.Amount
	case order.Amount != nil:
		payment.Currency = order.Amount.Currency
	}
	if err := w.generate(wallet, payment, c.Done, c.Done.Add(w.settings.Delay), c.failure()); err != nil {
		return Invalidf("invalid_payment", "%s", err)
	}
	return nil
}

// AddReceive makes a bolt11 receive of an amount in msats that can be paid at once.
func (w *World) AddReceive(wallet uuid.UUID, msats int64, metadata map[string]string) (uuid.UUID, error) {
	if !w.state.Wallets.has(wallet) {
		return uuid.Nil, fmt.Errorf("there is no wallet %s", wallet)
	}
	s, now := w.state.Wallets.latest(wallet), w.settings.Now()
	payment := Payment{
		ID: uuid.New(), Wallet: wallet, Organization: s.Organization, Environment: s.EnvironmentID, CreatedAt: now, UpdatedAt: now,
		Currency: "btc", Direction: "receive", Status: "generating", Kind: "bolt11", Category: Standard, Metadata: metadata,
		Expiration: defaultExpiration,
		Requested:  &Money{"btc", msats}, Amount: Money{"btc", msats}, Msats: msats,
	}
	return payment.ID, w.generate(&s, payment, now, now, nil)
}

// checkReceiveAmount checks the rules of the contract for amounts and currencies of receives that are not in its schema.
func checkReceiveAmount(kind string, amount *Money, walletCurrency string) *Refusal {
	isAsset := amount != nil && strings.HasPrefix(amount.Currency, "asset:")
	switch {
	case amount == nil && walletCurrency != "btc":
		return required("quote_required", "quote_id", "A wallet on a USD line of credit needs a quote, and so an amount.")
	case amount == nil:
		return nil
	case (kind == "taprootasset") != isAsset:
		return Invalidf("invalid_currency", "A taprootasset receive, and no other, has an amount of an asset.")
	case kind != "taprootasset" && amount.Currency != walletCurrency && amount.Currency != "btc": // btc on a USD line is quoted
		return Invalidf("invalid_currency", "The wallet is in %s.", walletCurrency)
	case (kind == "onchain" || kind == "bip21") && amount.Currency == "btc" && amount.Amount%1000 != 0:
		// The contract has no rule for bip21. Its request can be paid on chain, where the satoshi is the smallest unit.
		return Invalidf("invalid_amount", "An on-chain amount is a multiple of 1,000 msats.")
	}
	return nil
}

// rejectedDescription makes a compliance policy refuse a receive, for tests. Source: the contract's guide.
const rejectedDescription = "VOLTAGE_COMPLIANCE_550e8400-e29b-41d4-a716-446655440000"

// reasonNotToGenerate returns the reason why an accepted receive fails, or nil.
func reasonNotToGenerate(payment *Payment, points int64, generated time.Time) *Failure {
	switch {
	case payment.Description == rejectedDescription:
		return &Failure{Type: "receive_failed", Code: "rejected", Detail: "A policy of the wallet refused the payment."}
	case payment.Requested == nil && points > 0:
		return &Failure{
			Type: "receive_failed", Code: "invalid_payment_amount", Detail: "Any amount cannot be asked for where a fee is charged.",
		}
	case payment.Quote != nil && payment.Quote.ExpiresAt.Before(generated):
		return &Failure{Type: "receive_failed", Code: "quote_failed", Detail: "The quote expired before it could be used."}
	}
	return nil
}

// generate accepts a receive with all of its future states: generating at one time, and receiving or failed at the next.
func (w *World) generate(wallet *WalletState, payment Payment, accepted, generated time.Time, failure *Failure) error {
	points := w.processingRates(&payment, accepted).ReceiveBasisPoints
	if failure == nil {
		failure = reasonNotToGenerate(&payment, points, generated)
	}
	fee := newChargedFee(payment.Msats, points, payment.Kind != "bolt11")
	if payment.Msats > 0 {
		payment.InvoiceMsats = payment.Msats + fee.msats() // the payer pays both
		if payment.Kind != "bolt11" {
			// A quoted amount can have a fraction of a satoshi, which nobody can pay on chain. A URI and its invoice ask for the same
			// amount, so the amount is rounded up.
			payment.InvoiceMsats = wholeSats(payment.InvoiceMsats)
		}
	}
	invoice, address, err := requestOf(wallet.Network, &payment, generated)
	if err != nil {
		return err
	}
	w.state.Payments.put(payment.ID, accepted, payment)
	if failure != nil {
		w.fail(payment.ID, generated, failure)
		return nil
	}
	for _, target := range []string{invoice, address} {
		if target != "" {
			w.state.PaidBy[target] = payment.ID
		}
	}
	w.advance(payment.ID, generated, "receiving", func(p *Payment) {
		p.PaymentRequest, p.Address = invoice, address
		p.URI = paymentURI(address, invoice, payment.InvoiceMsats, payment.Description)
		if p.Processing = fee; fee != nil {
			p.Fees, p.FeeMsats = w.shown(p, fee.Amount.Amount), fee.Amount.Amount
		}
	})
	expires := payment.CreatedAt.Add(time.Duration(payment.Expiration) * time.Second)
	w.advance(payment.ID, expires, "expired", func(*Payment) {})
	return nil
}

// requestOf writes the invoice and the address of a receive. Some kinds have only one of them.
func requestOf(network string, payment *Payment, at time.Time) (invoice, address string, err error) {
	var errs [2]error
	if payment.Kind != "onchain" {
		invoice, errs[0] = newInvoice(network, payment.ID, payment.InvoiceMsats, payment.Description, at, payment.Expiration)
	}
	if payment.Kind == "onchain" || payment.Kind == "bip21" {
		address, errs[1] = newAddress(network, payment.ID)
	}
	return invoice, address, errors.Join(errs[:]...)
}

// shown converts an amount of BTC to the currency of a payment.
func (w *World) shown(p *Payment, msats int64) *Money {
	if p.Quote != nil {
		return &Money{"usd", w.cents(msats)}
	}
	return &Money{"btc", msats}
}

// Pay pays a receive from outside. target is an invoice, an address, or a BIP 21 URI. msats is the amount for a receive of any amount, and
// 0 for other receives.
func (w *World) Pay(target string, msats int64) error {
	now := w.settings.Now()
	id, err := w.findReceive(target)
	if err != nil {
		return err
	}
	payment := w.state.Payments.seen(id, now)
	switch latest := w.state.Payments.latest(id); {
	case payment == nil || payment.Status != "receiving" || latest.Status == "completed":
		status := "not generated yet, or paid already"
		if payment != nil && payment.Status != "receiving" {
			status = payment.Status
		}
		return fmt.Errorf("payment %s cannot be paid: it is %s", id, status)
	case payment.Requested == nil && msats <= 0:
		return fmt.Errorf("payment %s takes any amount: give the amount in msats", id)
	case payment.Requested != nil && msats != 0 && msats != payment.InvoiceMsats:
		return fmt.Errorf("payment %s takes %d msats, not %d", id, payment.InvoiceMsats, msats)
	}
	msats = max(msats, payment.InvoiceMsats)
	seen := now.Add(w.settings.Delay)
	if payment.PaymentRequest != "" {
		w.receive(id, msats, seen, lightning(id, msats))
		return nil
	}
	transaction := onchain(id, msats)
	w.cancelExpiry(id)
	w.advance(id, seen, "receiving", func(p *Payment) { p.Flows = []Flow{transaction} })
	mined := seen.Add(w.settings.Delay)
	w.receive(id, msats, mined, transaction.mined(mined))
	return nil
}

// findReceive finds the receive that an invoice, address or URI belongs to.
func (w *World) findReceive(target string) (uuid.UUID, error) {
	target = strings.ToLower(strings.TrimSpace(target))
	candidates := []string{strings.TrimPrefix(target, "lightning:")}
	if uri, err := readBIP21(target); err == nil {
		candidates = append(candidates, uri.invoice, uri.address)
	}
	for _, candidate := range candidates {
		if id, ok := w.state.PaidBy[candidate]; ok && candidate != "" {
			return id, nil
		}
	}
	return uuid.Nil, fmt.Errorf("no receive of this emulator is paid by %q", target)
}

// cancelExpiry removes the planned expiry of a receive.
func (w *World) cancelExpiry(id uuid.UUID) {
	w.state.Payments.forget(id, func(p *Payment) bool { return p.Status == "expired" })
}

// receive completes a receive at a time, and credits its wallet with the principal.
func (w *World) receive(id uuid.UUID, msats int64, at time.Time, flow Flow) {
	w.cancelExpiry(id)
	payment := w.state.Payments.latest(id)
	if payment.Requested == nil {
		payment.Msats, payment.Amount = msats, Money{"btc", msats}
	}
	if payment.Processing != nil {
		payment.Breakdown = &Breakdown{
			Principal: payment.Amount, Network: Money{Currency: payment.Amount.Currency}, Processing: *payment.Fees,
		}
	}
	flow = flow.in(w.nextEntry(payment.Wallet))
	w.advance(id, at, "completed", func(p *Payment) {
		p.Msats, p.Amount, p.Breakdown = payment.Msats, payment.Amount, payment.Breakdown
		p.Flows = []Flow{flow}
	})
	w.move(payment.Wallet, at, LedgerEntry{
		Kind: "credited", Payment: &payment.ID, Money: payment.Amount,
		Breakdown: breakdownOf(payment.Kind, payment.Breakdown, payment.Processing, flow),
	})
}
