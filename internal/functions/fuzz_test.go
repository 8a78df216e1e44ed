package functions

import (
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/function"
)

// TestConvertExtremes: what no amount of bitcoin can be is refused before it is written out, which takes minutes.
func TestConvertExtremes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"1e10000000": "more than", "-1e10000000": "more than", "1e-10000000": "fraction", "-1e-10000000": "fraction",
		"Inf": "infinite", "-Inf": "infinite",
	} {
		number, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
		if err != nil {
			t.Fatal(err)
		}
		for _, newFunction := range []func() function.Function{NewSatsToMsats, NewMsatsToSats, NewBTCToMsats} {
			if got, err := newFunction().(*conversion).convert(number); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %v and %v, want an error with %q", text, got, err, want)
			}
		}
	}
}

// FuzzConversions: a conversion is exact, or an error, and there and back is where it began.
func FuzzConversions(f *testing.F) {
	for _, text := range []string{
		"0", "1", "0.1", "1e30", "-1", "0.00000000001", "9223372036854775807", "1e-400", "21000000", "-7000000", "1e10000000",
	} {
		f.Add(text)
	}
	toMsats, ok1 := NewSatsToMsats().(*conversion)
	toSats, ok2 := NewMsatsToSats().(*conversion)
	fromBTC, ok3 := NewBTCToMsats().(*conversion)
	if !ok1 || !ok2 || !ok3 {
		f.Fatal("not conversions")
	}
	f.Fuzz(func(t *testing.T, text string) {
		number, _, err := big.ParseFloat(text, 10, 512, big.ToNearestEven)
		if err != nil {
			return
		}
		_, _ = fromBTC.convert(number)
		msats, err := toMsats.convert(number)
		if err != nil {
			return
		}
		if !msats.IsInt() || msats.Sign() != number.Sign() {
			t.Errorf("%s sats are %s msats", text, msats.Text('g', -1))
		}
		if number.Sign() == 0 {
			return // of zero there are two, and one comes back
		}
		back, err := toSats.convert(msats)
		if err != nil || back.Text('g', -1) != number.Text('g', -1) {
			t.Errorf("%s sats and back are %v, %v", text, back, err)
		}
		opposite, err := toMsats.convert(new(big.Float).Neg(number))
		if err != nil || opposite.Cmp(new(big.Float).Neg(msats)) != 0 {
			t.Errorf("-%s sats are %v, %v", text, opposite, err)
		}
	})
}
