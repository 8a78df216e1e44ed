package world

import (
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// View shows everything in a world at one moment. It may be read only while no other method of the world runs.
type View struct {
	world *World
	now   time.Time
}

// View returns the view of the world at a time.
func (w *World) View(now time.Time) View { return View{w, now} }

// Part selects a part of a list. Lists begin with the newest object.
type Part struct {
	Before uuid.UUID // the last object of the previous part; uuid.Nil for the first part
	Limit  int
}

// newest returns a part of the visible objects that match, the newest first, and whether there are older ones. It visits only as many
// objects as necessary.
func (o *Objects[T]) newest(now time.Time, part Part, matches func(*T) bool) (found []*T, older bool) {
	end := len(o.Order)
	if part.Before != uuid.Nil {
		end = max(slices.Index(o.Order, part.Before), 0)
	}
	for i := end - 1; i >= 0; i-- {
		state := o.Histories[o.Order[i]].seen(now, false)
		if state == nil || !matches(state) {
			continue
		}
		if len(found) == part.Limit {
			return found, true
		}
		found = append(found, state)
	}
	return found, false
}

// Wallets returns a part of all wallets.
func (v View) Wallets(part Part, matches func(*WalletState) bool) ([]*WalletState, bool) {
	return v.world.state.Wallets.newest(v.now, part, matches)
}

// Wallet returns a wallet, nil for none.
func (v View) Wallet(id uuid.UUID) *WalletState { return v.world.state.Wallets.seen(id, v.now) }

// Currency returns the currency of an existing wallet: the currency of its line of credit, or btc for a wallet without a line.
func (v View) Currency(wallet uuid.UUID) string { return v.world.currencyOf(wallet) }

// Payments returns a part of all payments.
func (v View) Payments(part Part, matches func(*Payment) bool) ([]*Payment, bool) {
	return v.world.state.Payments.newest(v.now, part, matches)
}

// Payment returns the states of a payment, the oldest first. It returns none if the payment does not exist.
func (v View) Payment(id uuid.UUID) []*Payment { return v.world.PaymentStates(id, 0, v.now) }

// Webhooks returns a part of all webhooks.
func (v View) Webhooks(part Part, matches func(*Webhook) bool) ([]*Webhook, bool) {
	return v.world.state.Webhooks.newest(v.now, part, matches)
}

// Webhook returns a webhook, nil for none.
func (v View) Webhook(id uuid.UUID) *Webhook { return v.world.state.Webhooks.seen(id, v.now) }

// Deliveries returns a part of all deliveries.
func (v View) Deliveries(part Part, matches func(*Delivery) bool) ([]*Delivery, bool) {
	return v.world.state.Deliveries.newest(v.now, part, matches)
}

// Delivery returns the states of a delivery, the oldest first. It returns none if the delivery does not exist. Each attempt is a state.
func (v View) Delivery(id uuid.UUID) []*Delivery {
	var states []*Delivery
	history := v.world.state.Deliveries.Histories[id]
	for i := range history {
		if !history[i].At.After(v.now) {
			states = append(states, &history[i].State)
		}
	}
	return states
}

// Sessions returns a part of all sessions of the hosted checkout.
func (v View) Sessions(part Part) ([]*CheckoutSession, bool) {
	return v.world.state.Sessions.newest(v.now, part, func(*CheckoutSession) bool { return true })
}

// Session returns a session of the hosted checkout, nil for none.
func (v View) Session(id uuid.UUID) *CheckoutSession { return v.world.state.Sessions.seen(id, v.now) }

// SessionOf returns the session of the hosted checkout that a token opens, nil for none.
func (v View) SessionOf(token string) *CheckoutSession {
	id, known := v.world.state.SessionTokens[token]
	if !known {
		return nil
	}
	return v.Session(id)
}

// SessionOfPayment returns the session of a payment, or nil.
func (v View) SessionOfPayment(payment uuid.UUID) *CheckoutSession {
	found, _ := v.world.state.Sessions.newest(v.now, Part{Limit: 1}, func(s *CheckoutSession) bool { return s.Payment == payment })
	if len(found) == 0 {
		return nil
	}
	return found[0]
}

// Organizations returns every organization.
func (v View) Organizations() []*Organization {
	var all []*Organization
	for _, org := range v.world.state.Organizations {
		all = append(all, &org.Organization)
	}
	return all
}

// LedgerLine is an entry of a ledger with the balance of its currency after it.
type LedgerLine struct {
	LedgerEntry
	Balance int64
}

// Ledger returns at most limit entries of a wallet's ledger, the newest first, and whether there are older ones. It skips the newest skip
// entries.
func (v View) Ledger(wallet uuid.UUID, skip, limit int) (lines []LedgerLine, older bool) {
	entries := v.world.state.Ledgers[wallet]
	visible := make([]int, 0, len(entries))
	for i := range entries {
		if !entries[i].At.After(v.now) {
			visible = append(visible, i)
		}
	}
	byTime := func(a, b int) int { return entries[a].At.Compare(entries[b].At) }
	if !slices.IsSortedFunc(visible, byTime) {
		slices.SortStableFunc(visible, byTime)
	}
	end := max(len(visible)-skip, 0)
	begin := max(end-limit, 0)
	balances := map[string]int64{}
	for n, i := range visible[:end] {
		entry := &entries[i]
		balances[entry.Money.Currency] += entry.change()
		if n >= begin {
			lines = append(lines, LedgerLine{*entry, balances[entry.Money.Currency]})
		}
	}
	slices.Reverse(lines)
	return lines, begin > 0
}

// change returns the amount that an entry adds to the balance of its wallet.
func (e *LedgerEntry) change() int64 {
	switch e.Kind {
	case "captured", "withdrawn":
		return -e.Money.Amount
	case "credited", "deposited":
		return e.Money.Amount
	}
	return 0
}

// Keys returns the secrets of all keys.
func (v View) Keys() iter.Seq[string] { return maps.Keys(v.world.state.Keys) }
