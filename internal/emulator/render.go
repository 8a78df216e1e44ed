package emulator

import (
	"encoding/json"
	"slices"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// requestedMoney is an amount in a request. As the contract says, the unit is ignored.
type requestedMoney struct {
	Currency string `json:"currency"`
	Amount   int64  `json:"amount"`
	Unit     string `json:"unit"`
	Negative bool   `json:"negative"`
}

// money returns the amount with its sign, or nil.
func (r *requestedMoney) money() *Money {
	switch {
	case r == nil:
		return nil
	case r.Negative:
		return &Money{Currency: r.Currency, Amount: -r.Amount}
	}
	return &Money{Currency: r.Currency, Amount: r.Amount}
}

// either returns the current form of an amount if it is set. Otherwise it returns one of the deprecated forms, which are in BTC.
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

// plain writes an amount in the form of the contract's schema Amount.
func plain(m Money) map[string]any {
	return map[string]any{"currency": m.Currency, "amount": m.Amount, "unit": world.Unit(m.Currency)}
}

// plainOrNull writes an amount in the form of the contract's schema Amount. It writes null for nil.
func plainOrNull(m *Money) any {
	if m == nil {
		return nil
	}
	return plain(*m)
}

// signed writes an amount in the form of the contract's schema SignedAmount: an absolute value and a sign.
func signed(currency string, amount int64) map[string]any {
	return map[string]any{"currency": currency, "amount": max(amount, -amount), "negative": amount < 0, "unit": world.Unit(currency)}
}

// timestamp writes a time with nine decimals, the most that a client must be able to read.
func timestamp(at time.Time) string { return at.UTC().Format("2006-01-02T15:04:05.000000000Z07:00") }

func timestampOrNull(at *time.Time) any {
	if at == nil {
		return nil
	}
	return timestamp(*at)
}

func later(a, b time.Time) time.Time { return slices.MaxFunc([]time.Time{a, b}, time.Time.Compare) }

// textOrNull returns the text, or null if it is empty.
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

// mustJSON writes a value that always can be written as JSON.
func mustJSON(content any) []byte {
	data, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	return data
}
