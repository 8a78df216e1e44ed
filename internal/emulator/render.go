package emulator

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// json is the wallet as the contract's schema Wallet.
func (w *walletState) json() map[string]any {
	balances := []any{}
	for _, b := range w.Balances {
		balances = append(balances, map[string]any{
			"id": uuid.NewSHA1(w.ID, []byte(b.Currency)), "wallet_id": w.ID, "currency": b.Currency, "network": readNetwork(w.Network),
			"effective_time": timestamp(later(w.balancesAt, w.createdAt)),
			"available":      signed(b.Currency, b.Amount-w.held(b.Currency)), "total": signed(b.Currency, b.Amount),
		})
	}
	holds := []any{}
	for _, h := range w.Holds {
		holds = append(holds, map[string]any{
			"id": h.ID, "amount": signed(h.Currency, h.Amount), "effective_time": timestamp(w.createdAt),
		})
	}
	settlements := []any{}
	for _, s := range w.PendingSettlements {
		settlements = append(settlements, map[string]any{
			"id": s.ID, "bill_id": nil, "amount": signed(s.Currency, s.Amount), "settlement_type": s.Type, "effective_time": timestamp(w.createdAt),
		})
	}
	content := map[string]any{
		"id": w.ID, "organization_id": w.organization, "environment_id": w.EnvironmentID, "name": w.Name, "network": readNetwork(w.Network),
		"active": w.active, "created_at": timestamp(w.createdAt), "updated_at": timestamp(w.updatedAt),
		"deleted_at": timestampOrNull(w.deletedAt), "deletion_failed_at": timestampOrNull(w.deletionFailedAt),
		"line_of_credit_id": w.LineOfCreditID, "limit": w.Limit, "metadata": nil,
		"balances": balances, "holds": holds, "pending_settlements": settlements, "error": nil,
	}
	if len(w.Metadata) > 0 { // none and empty are read back alike
		content["metadata"] = w.Metadata
	}
	if w.failure != nil {
		content["error"] = map[string]any{"type": w.failure.Type, "detail": w.failure.Detail, "context": nil}
	}
	return content
}

// signed is an amount as the contract's schema SignedAmount: a magnitude and a sign.
func signed(currency string, amount int64) map[string]any {
	return map[string]any{"currency": currency, "amount": max(amount, -amount), "negative": amount < 0, "unit": unit(currency)}
}

func unit(currency string) string {
	switch currency {
	case "btc":
		return "msats"
	case "usd":
		return "cents"
	}
	return "base units"
}

// readNetwork is a network as reads write it.
func readNetwork(network string) string {
	if network == "testnet3" {
		return "testnet"
	}
	return network
}

// timestamp writes all nine digits of a fraction, the most that a client has to survive.
func timestamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") }

func timestampOrNull(at *time.Time) any {
	if at == nil {
		return nil
	}
	return timestamp(*at)
}

func later(a, b time.Time) time.Time { return slices.MaxFunc([]time.Time{a, b}, time.Time.Compare) }
