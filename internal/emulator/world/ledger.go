package world

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// LedgerEntry is one movement of a wallet's money.
type LedgerEntry struct {
	ID        uuid.UUID
	Kind      string // with the names of the contract: credited, captured, held, released, deposited, withdrawn
	At        time.Time
	Payment   *uuid.UUID
	Hold      *uuid.UUID
	Money     Money
	Breakdown *PaymentBreakdown // nil without a processing fee
	Position  int
}

// move adds a movement to a wallet's ledger at a time, and changes the balance and the holds.
func (w *World) move(wallet uuid.UUID, at time.Time, entry LedgerEntry) {
	w.state.Wallets.step(wallet, at, func(s *WalletState) {
		s.Balances, s.Holds, s.BalancesAt, s.UpdatedAt = slices.Clone(s.Balances), slices.Clone(s.Holds), at, at
		i := slices.IndexFunc(s.Balances, func(m Money) bool { return m.Currency == entry.Money.Currency })
		if i < 0 {
			s.Balances = append(s.Balances, Money{Currency: entry.Money.Currency})
			i = len(s.Balances) - 1
		}
		switch entry.Kind {
		case "held":
			s.Holds = append(s.Holds, Hold{ID: *entry.Hold, Currency: entry.Money.Currency, Amount: entry.Money.Amount})
		case "released", "captured":
			s.Holds = slices.DeleteFunc(s.Holds, func(h Hold) bool { return h.ID == *entry.Hold })
		}
		s.Balances[i].Amount += entry.change()
	})
	w.enter(wallet, at, entry)
}

// enter adds an entry to a wallet's ledger.
func (w *World) enter(wallet uuid.UUID, at time.Time, entry LedgerEntry) {
	entry.At, entry.Position, entry.ID = at, len(w.state.Ledgers[wallet]), w.nextEntry(wallet)
	w.state.Ledgers[wallet] = append(w.state.Ledgers[wallet], entry)
}

// nextEntry returns the ID of the next entry in a wallet's ledger. The IDs are the same in every run.
func (w *World) nextEntry(wallet uuid.UUID) uuid.UUID {
	return uuid.NewSHA1(wallet, []byte(strconv.Itoa(len(w.state.Ledgers[wallet]))))
}

// openLedger adds the initial balances of a wallet to its ledger, so that the entries add up to the balances.
func (w *World) openLedger(wallet Wallet, now time.Time) {
	for _, balance := range wallet.Balances {
		entry := LedgerEntry{Kind: "deposited", Money: balance}
		if balance.Amount < 0 {
			entry.Kind, entry.Money.Amount = "withdrawn", -balance.Amount
		}
		if entry.Money.Amount != 0 {
			w.enter(wallet.ID, now, entry)
		}
	}
}

// LedgerFilter selects the entries of a ledger. The zero value selects all.
type LedgerFilter struct {
	Payment    *uuid.UUID
	From, To   time.Time
	Descending bool // the latest first
}

// Ledger returns the entries of a wallet's ledger until now, the oldest first.
func (w *World) Ledger(c *Call, wallet uuid.UUID, filter LedgerFilter) []LedgerEntry {
	var entries []LedgerEntry
	for _, entry := range w.state.Ledgers[wallet] {
		switch {
		case entry.At.After(c.Now):
		case filter.Payment != nil && (entry.Payment == nil || *entry.Payment != *filter.Payment):
		case entry.At.Before(filter.From), !filter.To.IsZero() && entry.At.After(filter.To):
		default:
			entries = append(entries, entry)
		}
	}
	slices.SortStableFunc(entries, func(a, b LedgerEntry) int {
		order := cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Position, b.Position))
		if filter.Descending {
			return -order
		}
		return order
	})
	return entries
}

// Deposit adds an amount to a wallet's balance in a currency, in base units. A negative amount reduces the balance.
func (w *World) Deposit(wallet uuid.UUID, currency string, amount int64) error {
	if !w.state.Wallets.has(wallet) {
		return fmt.Errorf("there is no wallet %s", wallet)
	}
	kind := "deposited"
	if amount < 0 {
		kind, amount = "withdrawn", -amount
	}
	w.move(wallet, w.settings.Now(), LedgerEntry{Kind: kind, Money: Money{currency, amount}})
	return nil
}

// MoveByHand deposits or withdraws (kind "deposited" or "withdrawn"). wallet is the ID or the name of an active wallet. An empty currency
// stands for the wallet's currency. MoveByHand withdraws only money that the wallet can spend. It returns the new state of the wallet, and
// the moved amount.
func (w *World) MoveByHand(wallet, kind, currency string, amount int64) (*WalletState, Money, error) {
	s, err := w.FindWallet(wallet)
	if err != nil {
		return nil, Money{}, err
	}
	moved := Money{cmp.Or(currency, w.currencyOf(s.ID)), amount}
	balance, unit := s.Balance(moved.Currency), Unit(moved.Currency)
	available := balance - s.Held(moved.Currency)
	switch {
	case !validCurrency(moved.Currency):
		return nil, Money{}, fmt.Errorf("%q is not one of btc, usd, and asset: with 66 hex characters", moved.Currency)
	case amount <= 0:
		return nil, Money{}, fmt.Errorf("the amount must be above 0, in %s, not %d", unit, amount)
	case kind == "deposited" && balance > math.MaxInt64-amount:
		return nil, Money{}, fmt.Errorf("wallet %s has %d %s, and with %d more its balance would exceed the largest possible balance", s.ID,
			balance, unit, amount)
	case kind == "withdrawn" && amount > available:
		return nil, Money{}, fmt.Errorf("wallet %s has %d %s that nothing holds, which is less than %d", s.ID, max(available, 0), unit, amount)
	}
	w.move(s.ID, w.settings.Now(), LedgerEntry{Kind: kind, Money: moved})
	after := w.state.Wallets.latest(s.ID)
	return &after, moved, nil
}
