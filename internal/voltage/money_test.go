package voltage

import (
	"math"
	"testing"
)

func TestAmountString(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		amount Amount
		want   string
	}{
		{Amount{Currency: "btc", Amount: 25_000_000}, "25,000 sats (25000000 msats)"},
		{Amount{Currency: "btc", Amount: 1_000}, "1 sat (1000 msats)"},
		{Amount{Currency: "btc", Amount: 1_500}, "1.5 sats (1500 msats)"},
		{Amount{Currency: "btc", Amount: 1}, "0.001 sats (1 msats)"},
		{Amount{Currency: "btc"}, "0 sats (0 msats)"},
		{Amount{Currency: "btc", Amount: 7_000_000, Negative: true}, "-7,000 sats (-7000000 msats)"},
		{Amount{Currency: "btc", Amount: -7_000}, "-7 sats (-7000 msats)"},
		{Amount{Currency: "btc", Amount: -7_000, Negative: true}, "7 sats (7000 msats)"},
		{Amount{Currency: "btc", Amount: math.MaxInt64}, "9,223,372,036,854,775.807 sats (9223372036854775807 msats)"},
		{Amount{Currency: "btc", Amount: math.MinInt64}, "-9,223,372,036,854,775.808 sats (-9223372036854775808 msats)"},
		{Amount{Currency: "usd", Amount: 600}, "6.00 USD (600 cents)"},
		{Amount{Currency: "usd", Amount: 123_456_705, Negative: true}, "-1,234,567.05 USD (-123456705 cents)"},
		{Amount{Currency: "asset:02ab", Amount: 12}, "12 base units (asset:02ab)"},
		{Amount{Currency: "\x1b[1meur", Amount: 12}, "12 base units (eur)"},
	} {
		if got := test.amount.String(); got != test.want {
			t.Errorf("%+v: %q, want %q", test.amount, got, test.want)
		}
	}
}
