package emulator

import (
	"fmt"
	"math/big"
	"net/http"
	"strings"
)

// requestedMoney is an amount of a request. Its unit is ignored, as the contract says.
type requestedMoney struct {
	Currency string `json:"currency"`
	Amount   int64  `json:"amount"`
	Unit     string `json:"unit"`
	Negative bool   `json:"negative"`
}

// money is an amount that has to be a least one in base units. Field is where the request has it; no amount is nil.
func (r *requestedMoney) money(field string, least int64) (*Money, *problem) {
	if r == nil {
		return nil, nil
	}
	given := Money{Currency: r.Currency, Amount: r.Amount}
	if r.Negative {
		given.Amount = -r.Amount
	}
	if given.Amount < least {
		return nil, belowMinimum("invalid_amount", field, given, least)
	}
	return &given, nil
}

// belowMinimum is what the API says of an amount that is too small.
func belowMinimum(kind, field string, given Money, least int64) *problem {
	return &problem{
		status: http.StatusBadRequest, kind: kind, code: "below_minimum",
		detail: fmt.Sprintf("%s is below the minimum of %d %s.", field, least, unit(given.Currency)),
		context: map[string]any{
			"field": field, "provided_amount": signed(given.Currency, given.Amount), "min_amount": plain(Money{given.Currency, least}),
		},
	}
}

// required is what the API says of a field of a payment that is missing.
func required(kind, field, detail string) *problem {
	return &problem{
		status: http.StatusBadRequest, kind: kind, code: "required", detail: detail, context: map[string]any{"field": field, "required": true},
	}
}

// plain is an amount as the contract's schema Amount.
func plain(m Money) map[string]any {
	return map[string]any{"currency": m.Currency, "amount": m.Amount, "unit": unit(m.Currency)}
}

// plainOrNull is an amount as the contract's schema Amount, null for nil.
func plainOrNull(m *Money) any {
	if m == nil {
		return nil
	}
	return plain(*m)
}

func validCurrency(text string) bool {
	asset, ok := strings.CutPrefix(text, "asset:")
	return text == "btc" || text == "usd" || ok && len(asset) == 66 && strings.Trim(asset, "0123456789abcdefABCDEF") == ""
}

// cents is what an amount of msats is worth, rounded up.
func (w *world) cents(msats int64) int64 { return scale(msats, w.centsPerBTC, msatsPerBTC, true) }

// msats is what an amount is worth in millisatoshis, rounded down; 0 for an asset, which has no rate here.
func (w *world) msats(m Money) int64 {
	switch m.Currency {
	case "btc":
		return m.Amount
	case "usd":
		return scale(m.Amount, msatsPerBTC, w.centsPerBTC, false)
	}
	return 0
}

const msatsPerBTC = 100_000_000_000

// basisPoints is a share of an amount, rounded up.
func basisPoints(amount, points int64) int64 { return scale(amount, points, 10_000, true) }

// scale is amount * by / per, rounded down, or up. It does not overflow on the way.
func scale(amount, by, per int64, up bool) int64 {
	product := new(big.Int).Mul(big.NewInt(amount), big.NewInt(by))
	result, rest := product.QuoRem(product, big.NewInt(per), new(big.Int))
	if up && rest.Sign() > 0 {
		result.Add(result, big.NewInt(1))
	}
	return result.Int64()
}

// wholeSats rounds up to whole satoshis.
func wholeSats(msats int64) int64 { return (msats + 999) / 1000 * 1000 }
