package emulator

import (
	"cmp"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

func (e *Emulator) routeLedger() {
	e.route("get_wallet_ledger_as_user", e.getLedger)
}

// ledgerEntry is one movement of a wallet's money.
type ledgerEntry struct {
	id        uuid.UUID
	kind      string // of the contract: credited, captured, held, released, deposited, withdrawn
	at        time.Time
	payment   *uuid.UUID
	hold      *uuid.UUID
	money     Money
	breakdown map[string]any // nil: the payment had no processing fee
	position  int
}

// move enters a movement into a wallet's ledger, and lets its balance and holds follow, at a time.
func (e *Emulator) move(wallet uuid.UUID, at time.Time, entry ledgerEntry) {
	history := e.world.wallets[wallet]
	history.step(at, func(w *walletState) {
		w.Balances, w.Holds, w.balancesAt, w.updatedAt = slices.Clone(w.Balances), slices.Clone(w.Holds), at, at
		i := slices.IndexFunc(w.Balances, func(m Money) bool { return m.Currency == entry.money.Currency })
		if i < 0 {
			w.Balances = append(w.Balances, Money{Currency: entry.money.Currency})
			i = len(w.Balances) - 1
		}
		switch entry.kind {
		case "held":
			w.Holds = append(w.Holds, Hold{ID: *entry.hold, Currency: entry.money.Currency, Amount: entry.money.Amount})
		case "released", "captured":
			w.Holds = slices.DeleteFunc(w.Holds, func(h Hold) bool { return h.ID == *entry.hold })
		}
		switch entry.kind {
		case "captured", "withdrawn":
			w.Balances[i].Amount -= entry.money.Amount
		case "credited", "deposited":
			w.Balances[i].Amount += entry.money.Amount
		}
	})
	entry.at, entry.position = at, len(e.world.ledgers[wallet])
	entry.id = ledgerID(wallet, entry.position)
	e.world.ledgers[wallet] = append(e.world.ledgers[wallet], entry)
}

// open enters what a wallet has from the start into its ledger, which adds up to its balances.
func (w *world) open(wallet Wallet, now time.Time) {
	for _, balance := range wallet.Balances {
		entry := ledgerEntry{kind: "deposited", at: now, money: balance, position: len(w.ledgers[wallet.ID])}
		if balance.Amount < 0 {
			entry.kind, entry.money.Amount = "withdrawn", -balance.Amount
		}
		if entry.money.Amount != 0 {
			entry.id = ledgerID(wallet.ID, entry.position)
			w.ledgers[wallet.ID] = append(w.ledgers[wallet.ID], entry)
		}
	}
}

// ledgerID is the ID of an entry, which is the same at every start.
func ledgerID(wallet uuid.UUID, position int) uuid.UUID {
	return uuid.NewSHA1(wallet, []byte(strconv.Itoa(position)))
}

func (e *Emulator) getLedger(c *call) reply {
	w, p := e.visibleWallet(c)
	if p != nil {
		return refuse(p)
	}
	query := c.request.URL.Query()
	limit, p := pageNumber(query, "limit", 100)
	if p != nil {
		return refuse(p)
	}
	offset, p := pageNumber(query, "offset", 0)
	if p != nil {
		return refuse(p)
	}
	var bounds [2]time.Time
	for i, name := range []string{"start_date", "end_date"} {
		if text := query.Get(name); text != "" {
			var err error
			if bounds[i], err = time.Parse(time.RFC3339Nano, text); err != nil {
				return refuse(badRequest("invalid_parameter", name+" is no time."))
			}
		}
	}
	var payment *uuid.UUID
	if text := query.Get("payment_id"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return refuse(badRequest("invalid_parameter", "payment_id is not a UUID."))
		}
		payment = &id
	}
	var entries []ledgerEntry
	for _, entry := range e.world.ledgers[w.ID] {
		switch {
		case entry.at.After(c.now):
		case payment != nil && (entry.payment == nil || *entry.payment != *payment):
		case entry.at.Before(bounds[0]), !bounds[1].IsZero() && entry.at.After(bounds[1]):
		default:
			entries = append(entries, entry)
		}
	}
	slices.SortStableFunc(entries, func(a, b ledgerEntry) int {
		order := cmp.Or(a.at.Compare(b.at), cmp.Compare(a.position, b.position))
		if query.Get("sort_order") == "DESC" {
			return -order
		}
		return order
	})
	items := []map[string]any{}
	for _, entry := range entries[min(offset, len(entries)):min(offset+limit, len(entries))] {
		items = append(items, entry.json())
	}
	return found(map[string]any{"items": items, "offset": offset, "limit": limit, "total": len(entries)})
}

// json is the movement as the contract's schema LedgerEvent.
func (l *ledgerEntry) json() map[string]any {
	content := map[string]any{"type": l.kind, "effective_time": timestamp(l.at)}
	if l.kind == "released" { // the one without an amount
		content["currency"] = l.money.Currency
	} else {
		content["amount"] = plain(l.money)
	}
	if l.breakdown != nil {
		content["payment_breakdown"] = l.breakdown
	}
	if l.payment != nil {
		content["payment_id"] = *l.payment
	}
	switch l.kind {
	case "credited":
		content["credit_id"] = l.id
	case "deposited":
		content["deposit_id"] = l.id
	case "withdrawn":
		content["withdraw_id"] = l.id
	default:
		content["hold_id"] = *l.hold
	}
	return content
}
