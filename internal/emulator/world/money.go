package world

import (
	"math/big"
	"strings"
)

// Money is a signed amount in base units: msats for btc, cents for usd.
type Money struct {
	Currency string
	Amount   int64
}

// Unit is the name of the base unit of a currency.
func Unit(currency string) string {
	switch currency {
	case "btc":
		return "msats"
	case "usd":
		return "cents"
	}
	return "base units"
}

// checkPositive refuses an amount of 0 or less. field is the name of the field in the request. It accepts a nil amount.
func checkPositive(given *Money, field string) *Refusal {
	if given != nil && given.Amount < 1 {
		return belowMinimum("invalid_amount", field, *given, 1)
	}
	return nil
}

func validCurrency(text string) bool {
	asset, ok := strings.CutPrefix(text, "asset:")
	return text == "btc" || text == "usd" || ok && len(asset) == 66 && strings.Trim(asset, "0123456789abcdefABCDEF") == ""
}

// cents returns the value of an amount of msats in cents, rounded up.
func (w *World) cents(msats int64) int64 { return scale(msats, w.state.CentsPerBTC, msatsPerBTC, true) }

// msats returns the value of an amount in millisatoshis, rounded down. It returns 0 for an asset, which has no rate here.
func (w *World) msats(m Money) int64 {
	switch m.Currency {
	case "btc":
		return m.Amount
	case "usd":
		return scale(m.Amount, msatsPerBTC, w.state.CentsPerBTC, false)
	}
	return 0
}

const msatsPerBTC = 100_000_000_000

// basisPoints returns a share of an amount, rounded up.
func basisPoints(amount, points int64) int64 { return scale(amount, points, 10_000, true) }

// scale returns amount * by / per, rounded down or up. The product cannot overflow.
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
