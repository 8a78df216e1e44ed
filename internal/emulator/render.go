package emulator

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// requestedMoney is an amount of a request. Its unit is ignored, as the contract says.
type requestedMoney struct {
	Currency string `json:"currency"`
	Amount   int64  `json:"amount"`
	Unit     string `json:"unit"`
	Negative bool   `json:"negative"`
}

// money is the amount with its sign; no amount is nil.
func (r *requestedMoney) money() *Money {
	switch {
	case r == nil:
		return nil
	case r.Negative:
		return &Money{Currency: r.Currency, Amount: -r.Amount}
	}
	return &Money{Currency: r.Currency, Amount: r.Amount}
}

// either is the newer form of an amount where it is given, and else one of the older ones, which are BTC.
func either(newer *requestedMoney, msats, sats *int64) *requestedMoney {
	switch {
	case newer != nil:
		return newer
	case msats != nil:
		return &requestedMoney{Currency: "btc", Amount: *msats}
	case sats != nil:
		return &requestedMoney{Currency: "btc", Amount: *sats * 1000}
	}
	return nil
}

// plain is an amount as the contract's schema Amount.
func plain(m Money) map[string]any {
	return map[string]any{"currency": m.Currency, "amount": m.Amount, "unit": world.Unit(m.Currency)}
}

// plainOrNull is an amount as the contract's schema Amount, null for nil.
func plainOrNull(m *Money) any {
	if m == nil {
		return nil
	}
	return plain(*m)
}

// signed is an amount as the contract's schema SignedAmount: a magnitude and a sign.
func signed(currency string, amount int64) map[string]any {
	return map[string]any{"currency": currency, "amount": max(amount, -amount), "negative": amount < 0, "unit": world.Unit(currency)}
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

// textOrNull is null for an empty text.
func textOrNull(text string) any {
	if text == "" {
		return nil
	}
	return text
}

// each writes every object of a list.
func each[T any](objects []T, write func(T) map[string]any) []map[string]any {
	result := make([]map[string]any, 0, len(objects))
	for _, object := range objects {
		result = append(result, write(object))
	}
	return result
}

// mustJSON writes what is made of what JSON can write.
func mustJSON(content any) []byte {
	data, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	return data
}
