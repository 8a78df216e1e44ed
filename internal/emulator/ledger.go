package emulator

import (
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routeLedger() {
	e.route("get_wallet_ledger_as_user", e.getLedger)
}

func (e *Emulator) getLedger(c *call) reply {
	wallet, p := e.readableWallet(c)
	if p != nil {
		return refuse(p)
	}
	page, p := c.page()
	if p != nil {
		return refuse(p)
	}
	filter, p := c.ledgerFilter()
	if p != nil {
		return refuse(p)
	}
	entries := e.world.Ledger(&c.Call, wallet.ID, filter)
	return found(map[string]any{
		"items": each(part(entries, page), ledgerEntryJSON), "offset": page.offset, "limit": page.limit, "total": len(entries),
	})
}

// ledgerFilter reads the filters of a ledger.
func (c *call) ledgerFilter() (world.LedgerFilter, *problem) {
	query := c.request.URL.Query()
	filter := world.LedgerFilter{Descending: query.Get("sort_order") == "DESC"}
	if p := readDates(query, "invalid_parameter", &filter.From, &filter.To); p != nil {
		return filter, p
	}
	return filter, readID(query, "payment_id", &filter.Payment)
}

// ledgerEntryJSON writes a movement in the form of the contract's schema LedgerEvent.
func ledgerEntryJSON(entry world.LedgerEntry) map[string]any {
	content := map[string]any{"type": entry.Kind, "effective_time": timestamp(entry.At)}
	if entry.Kind == "released" { // the only kind without an amount
		content["currency"] = entry.Money.Currency
	} else {
		content["amount"] = plain(entry.Money)
	}
	if b := entry.Breakdown; b != nil {
		breakdown := breakdownJSON(&b.Breakdown) // in the form of the contract's schema WalletPaymentBreakdown
		breakdown["processing_fee"] = map[string]any{
			"amount": plain(b.Processing), "basis_points": b.BasisPoints,
			"payment_classification": map[string]any{"kind": b.Kind, "route": b.Route},
		}
		content["payment_breakdown"] = breakdown
	}
	if entry.Payment != nil {
		content["payment_id"] = *entry.Payment
	}
	switch entry.Kind {
	case "credited":
		content["credit_id"] = entry.ID
	case "deposited":
		content["deposit_id"] = entry.ID
	case "withdrawn":
		content["withdraw_id"] = entry.ID
	default:
		content["hold_id"] = *entry.Hold
	}
	return content
}
