package world

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Payment is a payment at one moment.
type Payment struct {
	ID, Wallet, Organization, Environment uuid.UUID
	CreatedAt, UpdatedAt                  time.Time
	Currency, Direction, Status, Kind     string
	Category                              string // Standard or Treasury
	Metadata                              map[string]string
	Requested                             *Money // of a receive, unless it takes any amount
	Amount                                Money  // in the currency that the payment shows; 0 while any amount was not paid
	Msats                                 int64  // Amount in BTC
	MaxFee                                Money  // of a send, in the currency that it shows
	MaxFeeMsats                           int64
	Fees                                  *Money // everything that was charged, in the currency that the payment shows
	FeeMsats                              int64
	Processing                            *ChargedFee
	Breakdown                             *Breakdown
	Quote                                 *Quote // of a payment of a USD wallet
	PaymentRequest, Address, URI          string
	Hidden                                bool // shows neither the invoice nor the address that it pays
	Description                           string
	Expiration                            int64 // seconds, of a receive
	InvoiceMsats                          int64 // that have to arrive, with the fee; 0 for any
	Failure                               *Failure
	Flows                                 []Flow

	// Check is the order of a policy check, nil for every other payment. A send with the same order promotes the check.
	Check *SendOrder
	// CheckOnly says whether a send is a policy check and nothing more. Nil means that the send does not show it: receives never do.
	CheckOnly *bool
	// SentAt is when a send was accepted that moves money: zero for a receive, and for a check that was not promoted.
	SentAt time.Time
}

// The categories of payments.
const (
	Standard = "standard"
	Treasury = "treasury"
)

// category is the category of a payment that is a treasury movement, or not.
func category(treasury bool) string {
	if treasury {
		return Treasury
	}
	return Standard
}

// ExchangeID is the ID of the exchange of currencies of a payment with a quote.
func (p *Payment) ExchangeID() uuid.UUID { return derivedID(p.ID, "exchange") }

// derivedID is an ID that belongs to another, and is the same at every start.
func derivedID(id uuid.UUID, what string) uuid.UUID { return uuid.NewSHA1(id, []byte(what)) }

// CheckNewPayment refuses an ID of a payment that was used before.
func (w *World) CheckNewPayment(id uuid.UUID) *Refusal {
	if w.state.Payments.has(id) {
		return taken("payment_exists", "payment_id", id)
	}
	return nil
}

// payingWallet finds the wallet of a new payment, after everything that was accepted.
func (w *World) payingWallet(c *Call, id uuid.UUID, treasury bool) (*WalletState, *Refusal) {
	if treasury && !w.ownsFunds(c, id) {
		return nil, missing("wallet_not_found", "wallet_id", id)
	}
	if w.state.Wallets.seen(id, c.Now) == nil || w.state.Wallets.latest(id).Organization != c.Organization {
		return nil, Invalidf("invalid_payment", "There is no wallet %s.", id)
	}
	wallet := w.state.Wallets.latest(id)
	if wallet.EnvironmentID != c.Environment {
		return nil, Invalidf("environment_match_failed", "The wallet belongs to another environment.")
	}
	if !wallet.live() {
		return nil, Invalidf("invalid_payment", "The wallet is not active.")
	}
	return &wallet, nil
}

// advance adds a later status of a payment.
func (w *World) advance(id uuid.UUID, at time.Time, status string, change func(*Payment)) {
	w.state.Payments.step(id, at, func(p *Payment) {
		p.Status, p.UpdatedAt = status, at
		change(p)
	})
}

// fail adds the failure of a payment.
func (w *World) fail(id uuid.UUID, at time.Time, failure *Failure) {
	w.advance(id, at, "failed", func(p *Payment) { p.Failure = failure })
}

// ReadPayment returns a payment of the environment.
func (w *World) ReadPayment(c *Call, id uuid.UUID) (*Payment, *Refusal) {
	payment := w.state.Payments.read(c, id, func(p *Payment) bool { return c.owns(p.Organization, p.Environment) })
	if payment == nil {
		return nil, missing("payment_not_found", "payment_id", id)
	}
	return payment, nil
}

// PaymentHistory returns the states that a payment of the environment has gone through. A payment that does not exist has none.
func (w *World) PaymentHistory(c *Call, id uuid.UUID) History[Payment] {
	if _, refusal := w.ReadPayment(c, id); refusal != nil {
		return nil
	}
	history := w.state.Payments.Histories[id]
	if future := slices.IndexFunc(history, func(m Moment[Payment]) bool { return m.At.After(c.Now) }); future >= 0 {
		return history[:future]
	}
	return history
}

// PaymentFilter chooses payments of a list, and their order. The zero value chooses all, the newest first.
type PaymentFilter struct {
	Wallet, Line        *uuid.UUID
	Kind, Direction     string
	Category            string
	CheckOnly           *bool // true: policy checks alone; false: everything else
	Statuses            []string
	From, To            time.Time // of the creation
	Metadata            map[string]string
	ByUpdate, Ascending bool
}

// checksOnly reports whether a payment is a policy check and nothing more.
func (p *Payment) checksOnly() bool { return p.CheckOnly != nil && *p.CheckOnly }

func (f *PaymentFilter) matches(p *Payment, wallet *WalletState) bool {
	is := func(want, got string) bool { return want == "" || strings.EqualFold(want, got) }
	for name, value := range f.Metadata {
		if p.Metadata[name] != value {
			return false
		}
	}
	switch {
	case f.Wallet != nil && *f.Wallet != p.Wallet:
	case f.Line != nil && (wallet.LineOfCreditID == nil || *f.Line != *wallet.LineOfCreditID):
	case !is(f.Kind, p.Kind) || !is(f.Direction, p.Direction) || !is(f.Category, p.Category):
	case f.CheckOnly != nil && *f.CheckOnly != p.checksOnly():
	case len(f.Statuses) > 0 && !slices.Contains(f.Statuses, p.Status):
	case p.CreatedAt.Before(f.From) || !f.To.IsZero() && p.CreatedAt.After(f.To):
	default:
		return true
	}
	return false
}

// ListPayments returns the payments of the environment that match. Where payments do not show whether they are checks, nothing is
// filtered by that.
func (w *World) ListPayments(c *Call, filter PaymentFilter) []*Payment {
	if w.settings.NoCheckOnly {
		filter.CheckOnly = nil
	}
	payments := w.state.Payments.list(c.Now, false, func(p *Payment) bool {
		if !c.owns(p.Organization, p.Environment) {
			return false
		}
		wallet := w.state.Wallets.latest(p.Wallet)
		return filter.matches(p, &wallet)
	})
	slices.SortStableFunc(payments, func(a, b *Payment) int {
		order := a.CreatedAt.Compare(b.CreatedAt)
		if filter.ByUpdate {
			order = a.UpdatedAt.Compare(b.UpdatedAt)
		}
		order = cmp.Or(order, cmp.Compare(a.ID.String(), b.ID.String()))
		if !filter.Ascending {
			order = -order
		}
		return order
	})
	return payments
}

// Payments returns every payment as it is now, in the order of creation.
func (w *World) Payments() []*Payment {
	return w.state.Payments.list(w.settings.Now(), false, func(*Payment) bool { return true })
}
