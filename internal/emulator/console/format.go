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

// amount is money as people read it: the whole number and the rest of it, the unit, and the base units.
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

// decimal writes a number of the smallest units as a whole number and the rest, which has a point and a few digits. A rest of zero is
// empty unless always.
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

// units are those in which an amount can be given, with how many base units of which currency one is.
var units = map[string]Money{"sats": {"btc", 1000}, "msats": {"btc", 1}, "cents": {"usd", 1}, "dollars": {"usd", 100}}

// parseAmount reads a whole number in a unit. A unit that is not known is the name of a currency, whose base units are meant.
func parseAmount(number, unit string) (Money, error) {
	text := strings.NewReplacer(",", "", " ", "", "_", "").Replace(number)
	if text == "" {
		return Money{}, errors.New("say how much: a whole number above 0")
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
		return Money{}, fmt.Errorf("%s %s is more than an amount can be", number, unit)
	}
	return Money{one.Currency, n * one.Amount}, nil
}

// unitsOf are the units in which amounts of a wallet can be given, its own currency's first.
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

// short is the beginning of an ID, by which people tell it from others.
func short(id uuid.UUID) string { return id.String()[:8] }

var (
	pathIDs   = regexp.MustCompile(`([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	pathPlace = regexp.MustCompile(`^/v1/organizations/[0-9a-f]{8}…(/environments/[0-9a-f]{8}…)?`)
)

// shortPath shortens the IDs in a path, and leaves out the organization and the environment, which are often the same.
func shortPath(path string) string {
	return pathPlace.ReplaceAllString(pathIDs.ReplaceAllString(path, "$1…"), "/…")
}

// tones are the colors of states.
var tones = map[string]string{
	"completed": "good", "succeeded": "good", "active": "good",
	"receiving": "live", "sending": "live", "generating": "live", "detected": "live", "attempting": "live", "approved": "live",
	"failed": "bad", "error": "bad",
}

// tone is the color of a state; what is over without success or failure has none.
func tone(state string) string { return cmp.Or(tones[state], "calm") }

// statusTone is the color of an HTTP status.
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

// occurrence says which requests a fault happens to.
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
