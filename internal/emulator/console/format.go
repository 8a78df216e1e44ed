package console

import (
	"cmp"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// amount is money for people: the whole number, the decimals, the unit, and the base units.
type amount struct{ Main, Rest, Unit, Base string }

// grouped writes a number with a comma before every three digits.
func grouped(n int64) string {
	digits, sign := new(big.Int).Abs(big.NewInt(n)).String(), ""
	if n < 0 {
		sign = "−"
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}

// decimal writes a number of base units as a whole number and decimals, which begin with a point. Decimals of zero are empty unless always
// is true.
func decimal(n int64, digits int, always bool) (whole, rest string) {
	per := int64(1)
	for range digits {
		per *= 10
	}
	whole, left := grouped(n/per), n%per
	if n < 0 && n/per == 0 {
		whole = "−0"
	}
	if left == 0 && !always {
		return whole, ""
	}
	return whole, fmt.Sprintf(".%0*d", digits, max(left, -left))
}

// readable writes money for people.
func readable(m Money) amount {
	switch m.Currency {
	case "btc":
		whole, rest := decimal(m.Amount, 3, false)
		return amount{whole, rest, "sats", grouped(m.Amount) + " msats"}
	case "usd":
		whole, rest := decimal(m.Amount, 2, true)
		return amount{whole, rest, "USD", grouped(m.Amount) + " cents"}
	}
	return amount{grouped(m.Amount), "", "base units", shortAsset(m.Currency)}
}

// shortAsset shortens the name of an asset.
func shortAsset(currency string) string {
	if len(currency) > 20 {
		return currency[:14] + "…"
	}
	return currency
}

// sentence writes money inside a sentence.
func sentence(m Money) string {
	a := readable(m)
	return a.Main + a.Rest + " " + a.Unit + " (" + a.Base + ")"
}

// units are the units for amounts. Each has its value in base units of a currency.
var units = map[string]Money{"sats": {"btc", 1000}, "msats": {"btc", 1}, "cents": {"usd", 1}, "dollars": {"usd", 100}}

// parseAmount reads a whole number in a unit. Any other unit is the name of a currency, and stands for its base units.
func parseAmount(number, unit string) (Money, error) {
	text := strings.NewReplacer(",", "", " ", "", "_", "").Replace(number)
	if text == "" {
		return Money{}, errors.New("enter the amount: a whole number above 0")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n <= 0 {
		return Money{}, fmt.Errorf("%q is not a whole number above 0", number)
	}
	one, known := units[unit]
	if !known {
		one = Money{unit, 1}
	}
	if n > (1<<63-1)/one.Amount {
		return Money{}, fmt.Errorf("%s %s exceeds the largest possible amount", number, unit)
	}
	return Money{one.Currency, n * one.Amount}, nil
}

// unitsOf returns the units for amounts of a wallet. The units of its own currency are first.
func unitsOf(w *Wallet) []string {
	var names []string
	currencies := []string{w.Currency}
	for _, balance := range w.Balances {
		if balance.Total.Currency != w.Currency {
			currencies = append(currencies, balance.Total.Currency)
		}
	}
	for _, currency := range currencies {
		switch currency {
		case "btc":
			names = append(names, "sats", "msats")
		case "usd":
			names = append(names, "cents", "dollars")
		default:
			names = append(names, currency)
		}
	}
	return names
}

// clock writes a time of the day, in UTC.
func clock(t time.Time) string { return t.UTC().Format("15:04:05") }

// day writes a date.
func day(t time.Time) string { return t.UTC().Format("2 Jan 2006") }

// stamp writes a time for programs.
func stamp(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// took writes how long something took.
func took(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.1f ms", float64(d)/float64(time.Millisecond))
	case d < 10*time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.0f s", d.Seconds())
}

// short returns the beginning of an ID, which is enough for people.
func short(id uuid.UUID) string { return id.String()[:8] }

var (
	pathIDs   = regexp.MustCompile(`([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	pathPlace = regexp.MustCompile(`^/v1/organizations/[0-9a-f]{8}…(/environments/[0-9a-f]{8}…)?`)
)

// shortPath shortens the IDs in a path, and leaves out the organization and the environment, which are often the same.
func shortPath(path string) string {
	return pathPlace.ReplaceAllString(pathIDs.ReplaceAllString(path, "$1…"), "/…")
}

// tones maps states to colors.
var tones = map[string]string{
	"completed": "good", "succeeded": "good", "active": "good",
	"receiving": "live", "sending": "live", "generating": "live", "detected": "live", "attempting": "live", "approved": "live",
	"failed": "bad", "error": "bad",
}

// tone returns the color of a state. A state that is neither a success nor a failure is calm.
func tone(state string) string { return cmp.Or(tones[state], "calm") }

// statusTone returns the color of an HTTP status.
func statusTone(status int) string {
	switch {
	case status == 0:
		return "calm"
	case status < 400:
		return "good"
	case status < 500:
		return "warn"
	}
	return "bad"
}

// occurrence describes the requests that a fault affects.
func occurrence(f Fault) string {
	which := "the next request"
	if f.Nth > 1 {
		which = fmt.Sprintf("request %d from now", f.Nth)
	}
	switch {
	case f.Times < 0:
		which += " and all that follow"
	case f.Times == 2:
		which += " and the one after it"
	case f.Times > 2:
		which += fmt.Sprintf(" and the %d after it", f.Times-1)
	}
	return which
}
