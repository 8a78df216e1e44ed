package world

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// These are the fees of the emulated networks. The contract has only default limits for them.
const (
	lightningFeePerMille = 1       // of the principal, and at least a satoshi
	onchainFee           = 200_000 // msats
	targetBlocks         = 6       // the number of blocks for the estimate of an on-chain fee
)

// SendOrder asks for a send.
type SendOrder struct {
	ID, Wallet              uuid.UUID
	Treasury                bool // a treasury movement
	Currency, Kind          string
	Quote                   *uuid.UUID
	Metadata                map[string]string
	PaymentRequest, Address string
	Amount, MaxFee          *Money // nil: the amount of the destination, and the default fee
	Description             string
}

// destination is the destination of a send.
type destination struct {
	invoice, address string
	description      string    // of a URI
	memo             string    // of an invoice
	msats            int64     // the amount that it asks for; 0 for any amount
	outranks         bool      // whether its amount replaces the amount of the order, as in a URI
	receive          uuid.UUID // the receive inside Voltage, or uuid.Nil
}

// send is a send that is being accepted, with all values of its later states.
type send struct {
	wallet                    *WalletState
	payment                   Payment
	to                        destination
	cost                      cost
	promotes                  bool // whether it promotes an existing policy check
	held, approved, completed time.Time
}

// cost is the cost of a send for its wallet.
type cost struct {
	network    int64 // msats
	processing *ChargedFee
	charge     Money // everything
	fees       Money // everything except the principal
	breakdown  Breakdown
}

// CreateSend accepts a send. Its status is sending with the money held, then approved, and then completed with the money captured or failed
// with the money released. A send with the ID and the order of an approved policy check promotes the check.
func (w *World) CreateSend(c *Call, order SendOrder) *Refusal {
	if r := w.checkFeatures(c, order.Kind, order.Treasury); r != nil {
		return r
	}
	check := w.openCheck(c, order.ID)
	if order.Treasury {
		check = nil // a treasury movement cannot promote a check
	}
	if r := w.checkPromotion(c, check, order); r != nil {
		return r
	}
	s, r := w.prepareSend(c, order, false)
	if r != nil {
		return r
	}
	s.promotes, s.payment.SentAt = check != nil, c.Now
	s.held, s.approved = c.Done, c.Done.Add(w.settings.Delay)
	s.completed = s.approved.Add(w.settings.Delay)
	s.cost = w.costOf(c.Now, &s.payment, s.to)
	w.pay(c, s)
	return nil
}

// prepareSend makes the payment of an order, and uses up the quote of the order. A wallet on a USD line of credit needs a quote, except for
// a policy check.
func (w *World) prepareSend(c *Call, order SendOrder, check bool) (send, *Refusal) {
	wallet, r := w.payingWallet(c, order.Wallet, order.Treasury)
	if r != nil {
		return send{}, r
	}
	if order.Kind == "taprootasset" {
		return send{}, Invalidf("invalid_payment", "Schema and server do not agree on sends of Taproot assets, and no request is known to work.")
	}
	to, r := w.readDestination(wallet, order)
	if r != nil {
		return send{}, r
	}
	principal, r := sendAmount(order.Amount, to)
	if r != nil {
		return send{}, r
	}
	maxFee, r := maxFeeOf(order, principal)
	if r != nil {
		return send{}, r
	}
	currency := w.currencyOf(wallet.ID)
	if order.Currency != currency {
		return send{}, Invalidf("invalid_currency", "The wallet pays in %s.", currency)
	}
	var quote *Quote
	if order.Quote != nil || !check {
		if quote, r = w.consumeQuote(c, wallet, order.Quote, &Money{"btc", principal}); r != nil {
			return send{}, r
		}
	}
	payment := Payment{
		ID: order.ID, Wallet: wallet.ID, Organization: c.Organization, Environment: wallet.EnvironmentID, CreatedAt: c.Now, UpdatedAt: c.Done,
		Currency: currency, Direction: "send", Status: "sending", Kind: order.Kind, Category: category(order.Treasury),
		Metadata: order.Metadata, Amount: Money{"btc", principal}, Msats: principal, MaxFee: Money{"btc", maxFee}, MaxFeeMsats: maxFee,
		PaymentRequest: to.invoice, Address: to.address, Description: cmp.Or(to.description, order.Description, to.memo), Quote: quote,
		Hidden: w.settings.HideDestinations, CheckOnly: w.checkOnly(check),
	}
	switch {
	case quote != nil:
		payment.Amount, payment.MaxFee = quote.USD, Money{"usd", w.cents(maxFee)}
	case currency == "usd": // a check without a quote shows the amounts at the current rate
		payment.Amount, payment.MaxFee = Money{"usd", w.cents(principal)}, Money{"usd", w.cents(maxFee)}
	}
	return send{wallet: wallet, payment: payment, to: to}, nil
}

// maxFeeOf returns the limit of the network fee: the given limit, or the contract's default.
func maxFeeOf(order SendOrder, principal int64) (int64, *Refusal) {
	switch given := order.MaxFee; {
	case given == nil && order.Kind == "onchain":
		return max(principal/100, 263_000), nil
	case given == nil:
		return max(principal/100, 1000), nil
	case given.Currency != "btc":
		return 0, Invalidf("invalid_currency", "max_fee is an amount of btc.")
	case given.Amount < 0:
		return 0, belowMinimum("invalid_max_fee", "data.max_fee", *given, 0)
	default:
		return given.Amount, nil
	}
}

// readDestination checks the destination of a send, and whether it is inside Voltage. A BIP 21 URI takes precedence over a separate
// invoice.
func (w *World) readDestination(wallet *WalletState, order SendOrder) (destination, *Refusal) {
	to := destination{invoice: order.PaymentRequest, address: order.Address}
	var uri bip21URI
	if order.Kind == "bip21" {
		var err error
		if uri, err = readBIP21(order.Address); err != nil {
			return to, Invalidf("invalid_address", "%s", err)
		}
		to.address, to.description, to.outranks = uri.address, uri.description, uri.msats != 0 || uri.invoice != ""
		to.invoice = cmp.Or(uri.invoice, to.invoice)
	}
	if r := to.readInvoice(wallet.Network); r != nil {
		return to, r
	}
	if to.address != "" && !isAddress(wallet.Network, to.address) || to.address == "" && to.invoice == "" {
		return to, Invalidf("invalid_address", "%q is no address on %s.", to.address, wallet.Network)
	}
	if uri.msats != 0 {
		if to.msats != 0 && to.msats != uri.msats {
			return to, Invalidf("amount_match_failed", "The URI and the invoice in it ask for different amounts.")
		}
		to.msats = uri.msats
	}
	for _, target := range []string{to.invoice, to.address} {
		id, ok := w.state.PaidBy[target]
		if ok && target != "" && w.state.Payments.latest(id).Environment == wallet.EnvironmentID {
			to.receive = id
		}
	}
	return to, nil
}

// readInvoice adds the values of the destination's invoice, if it has one.
func (d *destination) readInvoice(network string) *Refusal {
	if d.invoice == "" {
		return nil
	}
	invoice, err := readInvoice(d.invoice)
	switch {
	case err != nil:
		return Invalidf("invalid_bolt11_payment_request", "%s", err)
	case invoice.prefix != prefixes[network].invoice:
		return Invalidf("invalid_network", "The invoice is for another network than the wallet's, %s.", network)
	}
	d.msats, d.memo = invoice.msats, invoice.description
	return nil
}

// sendAmount returns the amount to send, in msats: the amount of the URI or the invoice, or else the amount of the order. A URI takes
// precedence over the order. The amount of an invoice must match the order.
func sendAmount(given *Money, to destination) (int64, *Refusal) {
	r := checkPositive(given, "data.amount")
	switch {
	case to.outranks && to.msats != 0:
		return to.msats, nil
	case r != nil:
		return 0, r
	case given == nil && to.msats == 0:
		return 0, required("amount_required", "data.amount", "Neither the request nor what it pays says how much.")
	case given == nil:
		return to.msats, nil
	case given.Currency != "btc":
		return 0, Invalidf("invalid_currency", "data.amount is an amount of btc.")
	case to.msats != 0 && given.Amount != to.msats:
		return 0, Invalidf("amount_match_failed", "The invoice asks for %d msats.", to.msats)
	case to.invoice == "" && given.Amount%1000 != 0:
		return 0, Invalidf("invalid_amount", "An on-chain amount is a multiple of 1,000 msats.")
	}
	return given.Amount, nil
}

// costOf returns the cost of a send: principal, network fee and processing fee, in the currency of the wallet.
func (w *World) costOf(now time.Time, payment *Payment, to destination) cost {
	var result cost
	switch {
	case to.receive != uuid.Nil: // nothing leaves Voltage
	case to.invoice != "":
		result.network = max(payment.Msats*lightningFeePerMille/1000, 1000)
	default:
		result.network = onchainFee
	}
	result.processing = newChargedFee(payment.Msats, w.processingRates(payment, now).SendBasisPoints, to.invoice == "")
	result.charge = Money{"btc", payment.Msats + result.network + result.processing.msats()}
	network := Money{"btc", result.network}
	if payment.Quote != nil {
		result.charge = Money{"usd", max(w.cents(result.charge.Amount), payment.Amount.Amount)}
		network = Money{"usd", min(w.cents(result.network), result.charge.Amount-payment.Amount.Amount)}
	}
	result.fees = Money{result.charge.Currency, result.charge.Amount - payment.Amount.Amount}
	result.breakdown = Breakdown{
		Principal: payment.Amount, Network: network, Processing: Money{result.fees.Currency, result.fees.Amount - network.Amount},
	}
	return result
}

// pay accepts a send with all of its future states. A promoted policy check does not change until it is approved again or fails.
func (w *World) pay(c *Call, s send) {
	id := s.payment.ID
	failed := func(failure *Failure) {
		w.advance(id, s.approved, "failed", func(p *Payment) {
			s.promote(p)
			p.Failure = failure
		})
	}
	if !s.promotes {
		w.state.Payments.put(id, s.held, s.payment)
	}
	failure := w.reasonToFail(c, &s)
	if failure != nil && slices.Contains([]string{"rejected", "hold_failed", "quote_failed"}, failure.Type) { // before any money is held
		failed(failure)
		return
	}
	hold := derivedID(id, "hold")
	entry := LedgerEntry{Kind: "held", Payment: &id, Hold: &hold, Money: s.cost.charge}
	w.move(s.wallet.ID, s.held, entry)
	if failure != nil {
		failed(failure)
		entry.Kind = "released"
		w.move(s.wallet.ID, s.approved, entry)
		return
	}
	w.advance(id, s.approved, "approved", func(p *Payment) {
		s.promote(p)
		p.Processing, p.CheckOnly = s.cost.processing, s.payment.CheckOnly
	})
	flow := w.settle(&s).in(hold)
	w.advance(id, s.completed, "completed", func(p *Payment) {
		p.Fees, p.FeeMsats = &s.cost.fees, s.cost.network+s.cost.processing.msats()
		p.Flows = []Flow{flow}
		if s.cost.processing != nil {
			p.Breakdown = &s.cost.breakdown
		}
	})
	entry.Kind, entry.Breakdown = "captured", breakdownOf(s.payment.Kind, &s.cost.breakdown, s.cost.processing, flow)
	w.move(s.wallet.ID, s.completed, entry)
}

// settle moves the money of a send to its destination when the send is completed.
func (w *World) settle(s *send) Flow {
	id, msats := s.payment.ID, s.payment.Msats
	switch {
	case s.to.receive != uuid.Nil:
		w.receive(s.to.receive, msats, s.completed, Flow{Kind: ShortCircuit, Msats: msats, Other: id})
		return Flow{Kind: ShortCircuit, Msats: msats, Other: s.to.receive}
	case s.to.invoice != "":
		return lightning(id, msats)
	}
	return onchain(id, msats).mined(s.completed)
}

// reasonToFail returns the reason why an accepted send fails, or nil.
func (w *World) reasonToFail(c *Call, s *send) *Failure {
	if failure := w.policyFailure(c, s); failure != nil {
		return failure
	}
	if quote := s.payment.Quote; quote != nil && quote.ExpiresAt.Before(s.approved) {
		return &Failure{Type: "quote_failed", Detail: "The quote expired before it could be used."}
	}
	for _, reason := range []func() *Failure{s.cannotHold, s.feeTooHigh, func() *Failure { return w.cannotReceive(c, s) }} {
		if failure := reason(); failure != nil {
			return failure
		}
	}
	return nil
}

// cannotHold returns a failure if the wallet has too little money.
func (s *send) cannotHold() *Failure {
	charge := s.cost.charge
	available := s.wallet.Balance(charge.Currency) - s.wallet.Held(charge.Currency)
	if s.wallet.Limit != nil {
		available += *s.wallet.Limit
	}
	if charge.Amount <= available {
		return nil
	}
	return &Failure{
		Type: "hold_failed", Code: "insufficient_funds",
		Detail: fmt.Sprintf("The wallet can spend %d %s, and this takes %d.", available, Unit(charge.Currency), charge.Amount),
	}
}

// feeTooHigh returns a failure if the network fee is above the limit of the order.
func (s *send) feeTooHigh() *Failure {
	allowed := s.payment.MaxFeeMsats
	switch {
	case s.cost.network <= allowed:
		return nil
	case s.to.invoice != "":
		return &Failure{
			Type: "send_failed", Code: "no_route",
			Detail: fmt.Sprintf("No route costs less than the bound of %d msats; the cheapest costs %d.", allowed, s.cost.network),
		}
	}
	return &Failure{
		Type: "send_failed", Code: "broadcast_fee_above_max", Detail: "The fee for the next blocks is above what was allowed.",
		Numbers: map[string]int64{
			"estimated_fee_sats": s.cost.network / 1000, "max_fee_sats": allowed / 1000, "target_blocks": targetBlocks,
		},
	}
}

// cannotReceive returns a failure if the receive inside Voltage cannot be paid, or not with this amount.
func (w *World) cannotReceive(c *Call, s *send) *Failure {
	if s.to.receive == uuid.Nil {
		return nil
	}
	seen, latest := w.state.Payments.seen(s.to.receive, c.Now), w.state.Payments.latest(s.to.receive)
	if latest.Status == "completed" || seen == nil || seen.Status != "receiving" {
		code := "invalid_bolt11_invoice"
		if s.to.invoice == "" {
			code = "invalid_address"
		}
		return &Failure{Type: "send_failed", Code: code, Detail: "The request was paid before, or can no longer be paid."}
	}
	if wanted := latest.InvoiceMsats; wanted != 0 && wanted != s.payment.Msats {
		return &Failure{
			Type: "send_failed", Code: "invalid_payment_amount", Detail: fmt.Sprintf("The request asks for %d msats.", wanted),
			Amount: &Money{"btc", s.payment.Msats},
		}
	}
	return nil
}
