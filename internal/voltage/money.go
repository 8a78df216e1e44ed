package voltage

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
)

// Units of an amount, by currency. Source: schema Amount of the API's contract.
const (
	UnitMsats     = "msats"      // btc: 1 sat = 1,000 msats
	UnitCents     = "cents"      // usd
	UnitBaseUnits = "base units" // asset:<66 hex characters>
)

// Currencies that have a name of their own.
const (
	CurrencyBTC = "btc"
	CurrencyUSD = "usd"
)

// MsatsPerSat is the number of millisatoshis in one satoshi.
const MsatsPerSat = 1000

const centsPerDollar = 100

// maxSats is the largest number of satoshis that an int64 can hold in millisatoshis.
const maxSats = math.MaxInt64 / MsatsPerSat

// Amount is a sum of money in base units of its currency (see the Unit constants).
type Amount struct {
	Currency string `json:"currency"`
	// Amount is the absolute value, in base units.
	Amount int64 `json:"amount"`
	// Unit is in every answer. Requests leave it out.
	Unit string `json:"unit,omitempty"`
	// Negative is the sign, in answers only.
	Negative bool `json:"negative,omitempty"`
}

// UnmarshalJSON implements [json.Unmarshaler]. An amount without its number or currency, or with a sign in the number, is unreadable: it
// must not pass for another amount.
func (a *Amount) UnmarshalJSON(data []byte) error {
	type plain Amount
	answer := struct {
		*plain
		Amount *int64 `json:"amount"`
	}{plain: (*plain)(a)}
	if err := json.Unmarshal(data, &answer); err != nil {
		return err
	}
	err := says("sum of money", fact{"currency", a.Currency != ""}, fact{"amount", answer.Amount != nil})
	if err != nil {
		return err
	}
	if *answer.Amount < 0 {
		return fmt.Errorf("the sum of money %d is below 0, but its sign belongs in the field negative", *answer.Amount)
	}
	a.Amount = *answer.Amount
	return nil
}

// Signed returns the amount in base units with its sign.
func (a Amount) Signed() int64 {
	if a.Negative {
		return -a.Amount
	}
	return a.Amount
}

// String writes the amount for people, with the base unit in parentheses: "25,000 sats (25000000 msats)", "1.5 sats (1500 msats)", "6.00
// USD (600 cents)", "12 base units (asset:...)".
func (a Amount) String() string {
	sign, magnitude := "", uint64(a.Amount) //nolint:gosec // a negative magnitude is turned around below
	if a.Signed() < 0 {
		sign = "-"
	}
	if a.Amount < 0 {
		magnitude = -magnitude
	}
	base := fmt.Sprintf("%s%d %s", sign, magnitude, UnitOf(a.Currency))
	switch a.Currency {
	case CurrencyBTC:
		sats := grouped(magnitude / MsatsPerSat)
		if rest := magnitude % MsatsPerSat; rest != 0 {
			sats += strings.TrimRight(fmt.Sprintf(".%03d", rest), "0")
		}
		unit := "sats"
		if sats == "1" {
			unit = "sat"
		}
		return fmt.Sprintf("%s%s %s (%s)", sign, sats, unit, base)
	case CurrencyUSD:
		return fmt.Sprintf("%s%s.%02d USD (%s)", sign, grouped(magnitude/centsPerDollar), magnitude%centsPerDollar, base)
	}
	return fmt.Sprintf("%s (%s)", base, Clean(a.Currency))
}

// UnitOf returns the unit of amounts in a currency.
func UnitOf(currency string) string {
	switch currency {
	case CurrencyBTC:
		return UnitMsats
	case CurrencyUSD:
		return UnitCents
	}
	return UnitBaseUnits
}
