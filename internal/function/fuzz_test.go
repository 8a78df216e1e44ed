package function

import (
	"math/big"
	"testing"
)

// FuzzConversions: a conversion is exact, or an error, and there and back is where it began.
func FuzzConversions(f *testing.F) {
	for _, text := range []string{"0", "1", "0.1", "1e30", "-1", "0.00000000001", "9223372036854775807", "1e-400", "21000000"} {
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
		if err != nil || number.IsInf() || number.MantExp(nil) > 4096 || number.MantExp(nil) < -4096 {
			return // no number that Terraform has
		}
		if _, err := fromBTC.convert(number); err == nil && number.Sign() < 0 {
			t.Errorf("%s is negative", text)
		}
		msats, err := toMsats.convert(number)
		if err != nil {
			return
		}
		if !msats.IsInt() || msats.Sign() < 0 {
			t.Errorf("%s sats are %s msats", text, msats.Text('g', -1))
		}
		if number.Sign() == 0 {
			return // of zero there are two, and one comes back
		}
		back, err := toSats.convert(msats)
		if err != nil || back.Text('g', -1) != number.Text('g', -1) {
			t.Errorf("%s sats and back are %v, %v", text, back, err)
		}
	})
}
