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
	Requested                             *Money // of a receive; nil for any amount
	Amount                                Money  // in the currency of the payment; 0 for an unpaid receive of any amount
	Msats                                 int64  // Amount in BTC
	MaxFee                                Money  // of a send, in the currency of the payment
	MaxFeeMsats                           int64
	Fees                                  *Money // all fees, in the currency of the payment
	FeeMsats                              int64
	Processing                            *ChargedFee
	Breakdown                             *Breakdown
	Quote                                 *Quote // only for a USD wallet
	PaymentRequest, Address, URI          string
	Hidden                                bool // hides the invoice and the address that it pays
	Description                           string
	Expiration                            int64 // of a receive, in seconds
	InvoiceMsats                          int64 // the amount to pay with the fee; 0 for any amount
	Failure                               *Failure
	Flows                                 []Flow

	// Check is the order of a policy check, nil for every other payment. A send with the same order promotes the check.
	Check *SendOrder
	// CheckOnly says whether a send is only a policy check. Nil means that the payment does not show it. Receives never show it.
	CheckOnly *bool
	// SentAt is the time when a send was accepted. It is zero for a receive, and for a check that was not promoted.
	SentAt time.Time
}

// The categories of payments.
const (
	Standard = "standard"
	Treasury = "treasury"
)

// category returns the category of a payment.
func category(treasury bool) string {
	if treasury {
		return Treasury
	}
	return Standard
}

// ExchangeID returns the ID of the currency exchange of a payment with a quote.
func (p *Payment) ExchangeID() uuid.UUID { return derivedID(p.ID, "exchange") }

// derivedID derives an ID from another ID. It is the same in every run.
func derivedID(id uuid.UUID, what string) uuid.UUID { return uuid.NewSHA1(id, []byte(what)) }

// CheckNewPayment refuses an ID of a payment that was used before.
func (w *World) CheckNewPayment(id uuid.UUID) *Refusal {
	if w.state.Payments.has(id) {
		return taken("payment_exists", "payment_id", id)
	}
	return nil
}

// payingWallet finds the wallet of a new payment, in its latest state.
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

// PaymentHistory returns the states of a payment of the environment until now. A payment that does not exist has none.
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

// PaymentFilter selects the payments of a list, and their order. The zero value selects all, the newest first.
type PaymentFilter struct {
	Wallet, Line        *uuid.UUID
	Kind, Direction     string
	Category            string
	CheckOnly           *bool // true: only policy checks; false: all other payments
	Statuses            []string
	From, To            time.Time // of the creation
	Metadata            map[string]string
	ByUpdate, Ascending bool
}

// checksOnly reports whether a payment is only a policy check.
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

// ListPayments returns the payments of the environment that match. If payments do not show check_only, the list ignores that filter.
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
