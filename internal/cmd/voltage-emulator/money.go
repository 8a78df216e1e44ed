package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// amountHelp is what the help says about an amount.
const amountHelp = `AMOUNT is in satoshis, such as 25000sats, or in millisatoshis, such as
25000000msats. A number without a unit is in base units of the currency: millisatoshis for btc (1 sat = 1,000 msats), cents for usd.
`

// parseAmount reads an amount in base units. The currency is btc if the unit is satoshis or millisatoshis, and empty if the amount has no
// unit.
func parseAmount(text string) (amount int64, currency string, err error) {
	number, factor := text, int64(1)
	for _, unit := range []struct {
		name   string
		factor int64
	}{{"msats", 1}, {"msat", 1}, {"sats", 1000}, {"sat", 1000}} {
		if before, found := strings.CutSuffix(text, unit.name); found {
			number, factor, currency = before, unit.factor, "btc"
			break
		}
	}
	amount, err = strconv.ParseInt(number, 10, 64)
	if err != nil || amount > math.MaxInt64/factor || amount < math.MinInt64/factor {
		return 0, "", fmt.Errorf("%q is not an amount such as 25000sats, 25000000msats or 25000000", text)
	}
	return amount * factor, currency, nil
}

// sats writes an amount of millisatoshis in satoshis, with as many decimals as it needs.
func sats(msats int64) string { return decimal(msats, 3) + " sats" }

// decimal writes a number in units of 10^digits, with commas between thousands and without trailing zeros.
func decimal(number int64, digits int) string {
	sign, text := "", strconv.FormatInt(number, 10)
	if number < 0 {
		sign, text = "-", text[1:]
	}
	text = strings.Repeat("0", max(digits+1-len(text), 0)) + text
	whole, rest := text[:len(text)-digits], strings.TrimRight(text[len(text)-digits:], "0")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if rest != "" {
		return sign + whole + "." + rest
	}
	return sign + whole
}

// short writes an amount of base units in sats, dollars or base units of another currency.
func short(currency, unit string, amount int64) string {
	switch currency {
	case "btc":
		return sats(amount)
	case "usd":
		text := decimal(amount, 2)
		if whole, cents, found := strings.Cut(text, "."); found && len(cents) == 1 {
			text = whole + "." + cents + "0"
		}
		return text + " USD"
	}
	return decimal(amount, 0) + " " + unit + " of " + currency
}

// long writes an amount with its base units in parentheses.
func long(currency, unit string, amount int64) string {
	if currency == "btc" || currency == "usd" {
		return fmt.Sprintf("%s (%d %s)", short(currency, unit, amount), amount, unit)
	}
	return short(currency, unit, amount)
}
