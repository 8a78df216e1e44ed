package voltage

import (
	"slices"
	"strings"
	"testing"
)

const (
	mainnetAddress = "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"
	mainnetSegwit  = "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
	testnetSegwit  = "tb1q3pvlcake70e9yyhrjqdf5pffefxp76f5k83kk4"
)

// signetInvoice is the invoice in the API's example of a unified URI, which asks for 150,000 sats.
const signetInvoice = "lntbs1500u1p420tr0pp5he7k05k7xwhxgqe0dt503hemvwsfn0q5d3ksxgt62g27hpk2zx4qsp5mqjd2vftw36uatw3y620hc04a3ucshmjtfuepf" +
	"fq6qc6e6qs39ssdq5faexgetjypqj6vfsxqesxqrrsscqzzs9qrsgqzleq9lmalz5y7kp6lc67yppx3nn97054q6tduyqh0c6s6vqf7qy4sg4n4snmdkdj37h7zuxl" +
	"p66dk8d8npmx6eztd0qcny50j8js0dcpfrqu5p"

// TestParseBIP21 reads the examples of BIP 21 with a valid address, since the checksum of the original address is wrong on purpose.
func TestParseBIP21(t *testing.T) {
	t.Parallel()
	vectors := readVectors(t)
	mainnetInvoice := vectors.Valid[0].Invoice
	signet := signetInvoice
	msats := func(n int64) *int64 { return &n }
	for uri, want := range map[string]BIP21{
		"bitcoin:" + mainnetAddress:                    {Address: mainnetAddress, Networks: onMainnet},
		"bitcoin:" + mainnetAddress + "?label=Luke-Jr": {Address: mainnetAddress, Networks: onMainnet, Label: "Luke-Jr"},
		"bitcoin:" + mainnetAddress + "?amount=20.3&label=Luke-Jr": {
			Address: mainnetAddress, Networks: onMainnet, AmountMsats: msats(2_030_000_000_000), Label: "Luke-Jr"},
		"bitcoin:" + mainnetAddress + "?message=for%20project%20%C3%A9&amount=50": {
			Address: mainnetAddress, Networks: onMainnet, AmountMsats: msats(5_000_000_000_000), Message: "for project é"},
		"bitcoin:" + mainnetAddress + "?req-a=50&REQ-B":  {Address: mainnetAddress, Networks: onMainnet, Required: []string{"req-a", "req-b"}},
		"bitcoin:" + mainnetAddress + "?a=50&b=999&c":    {Address: mainnetAddress, Networks: onMainnet},
		"bitcoin:" + mainnetAddress + "?&&label=a=b&":    {Address: mainnetAddress, Networks: onMainnet, Label: "a=b"},
		"bitcoin:" + mainnetAddress + "?":                {Address: mainnetAddress, Networks: onMainnet},
		"bitcoin:" + mainnetAddress + "?label=1+1":       {Address: mainnetAddress, Networks: onMainnet, Label: "1+1"},
		"bitcoin:" + mainnetAddress + "?label=%26%3D%2B": {Address: mainnetAddress, Networks: onMainnet, Label: "&=+"},
		"BitCoin:" + mainnetAddress + "?AMOUNT=1&Label=x&%6Dessage=y": {
			Address: mainnetAddress, Networks: onMainnet, AmountMsats: msats(100_000_000_000), Label: "x", Message: "y"},
		"BITCOIN:" + strings.ToUpper(mainnetSegwit) +
			"?AMOUNT=0.00000001": {Address: mainnetSegwit, Networks: onMainnet, AmountMsats: msats(1000)},
		"BITCOIN:" + strings.ToUpper(mainnetSegwit) + "?LIGHTNING=" + strings.ToUpper(mainnetInvoice): {
			Address: mainnetSegwit, Networks: onMainnet, Lightning: strings.ToUpper(mainnetInvoice), Invoice: &Invoice{}},
		"bitcoin:?lightning=" + mainnetInvoice: {Networks: onMainnet, Lightning: mainnetInvoice, Invoice: &Invoice{}},
		"bitcoin:" + testnetSegwit + "?lightning=" + signet: {
			Address: testnetSegwit, Networks: onSignet, Lightning: signet, Invoice: &Invoice{}},
		"bitcoin:" + testnetSegwit: {Address: testnetSegwit, Networks: onTestnet},
		"bitcoin:" + testnetSegwit + "?lightning=LNURL1DP68GURN8GHJ7": {
			Address: testnetSegwit, Networks: onTestnet, Lightning: "LNURL1DP68GURN8GHJ7"},
		"bitcoin:" + testnetSegwit + "?lightning=": {Address: testnetSegwit, Networks: onTestnet},
	} {
		got, err := ParseBIP21(uri)
		if err != nil {
			t.Errorf("%s: %v", uri, err)
			continue
		}
		if (got.AmountMsats == nil) != (want.AmountMsats == nil) || got.AmountMsats != nil && *got.AmountMsats != *want.AmountMsats {
			t.Errorf("%s: amount %v", uri, got.AmountMsats)
		}
		if (got.Invoice == nil) != (want.Invoice == nil) || (got.InvoiceError != nil) != (got.Invoice == nil && got.Lightning != "") {
			t.Errorf("%s: invoice %v, %v", uri, got.Invoice, got.InvoiceError)
		}
		if got.Address != want.Address || got.Label != want.Label || got.Message != want.Message || got.Lightning != want.Lightning ||
			!slices.Equal(got.Networks, want.Networks) || !slices.Equal(got.Required, want.Required) {
			t.Errorf("%s: got %+v", uri, got)
		}
	}
}

// TestParseBIP21Refusals: a URI that a payer could misread is an error.
func TestParseBIP21Refusals(t *testing.T) {
	t.Parallel()
	mainnetInvoice := readVectors(t).Valid[0].Invoice
	const address, segwit = "bitcoin:" + mainnetAddress, "bitcoin:" + testnetSegwit
	for uri, want := range map[string]string{
		"":                            "does not begin with bitcoin:",
		mainnetAddress:                "does not begin with bitcoin:",
		"litecoin:" + mainnetAddress:  "does not begin with bitcoin:",
		"lightning:" + mainnetInvoice: "is therefore a Lightning invoice",
		"LIGHTNING:" + strings.ToUpper(mainnetInvoice): "is therefore a Lightning invoice",
		"bitcoin://" + mainnetAddress:                  "slashes after bitcoin:",
		" " + address:                                  "white space",
		address + "\n":                                 "white space",
		address + "?label=a\nb":                        "control characters",
		address + "?label=\xff":                        "UTF-8",
		address + "?label=%ff":                         "UTF-8",
		address + "?label=100%":                        "percent-encoding",
		address + "?label=#1&amount=1":                 "write %23",
		"bitcoin:":                                     "neither an address nor",
		"bitcoin:?amount=1":                            "neither an address nor",
		"bitcoin:?lightning=":                          "neither an address nor",
		"bitcoin:?lightning=LNURL1DP68GURN8GHJ7":       "its Lightning invoice cannot be paid",
		"bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb":   "checksum is wrong",
		"bitcoin:%31" + mainnetAddress[1:]:             "addresses begin with",
		address + "?lightning=" + signetInvoice:        "its address is of mainnet, and its Lightning invoice of signet or mutinynet",
		segwit + "?lightning=" + mainnetInvoice:        "its Lightning invoice of mainnet",
		address + "?amount=1&amount=1":                 `"amount" twice`,
		address + "?amount=1&AMOUNT=2":                 `"amount" twice`,
		address + "?amount=1&am%6funt=2":               `"amount" twice`,
		address + "?label=a&label=b":                   `"label" twice`,
		address + "?message=a&message=b":               `"message" twice`,
		address + "?req-a=1&req-a=1":                   `"req-a" twice`,
		segwit + "?lightning=" + signetInvoice + "&Lightning=" + signetInvoice: `"lightning" twice`,
	} {
		if got, err := ParseBIP21(uri); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %+v and %v, want an error with %q", uri, got, err, want)
		}
	}
}

// TestParseBIP21Amounts: an amount is read exactly, or refused.
func TestParseBIP21Amounts(t *testing.T) {
	t.Parallel()
	const (
		form     = "not a decimal number"
		decimals = "more than eight decimals"
		tooMuch  = "more than the 21000000 bitcoins"
	)
	for text, want := range map[string]int64{
		"1": 100_000_000_000, "50.00": 5_000_000_000_000, "0.00000001": 1000, "0.1": 10_000_000_000, "0.3": 30_000_000_000, ".5": 50_000_000_000,
		"5.": 500_000_000_000, "0000000000000000001": 100_000_000_000,
		"20999999.9769": 2_099_999_997_690_000_000, "21000000": 2_100_000_000_000_000_000,
		"%30.0015": 150_000_000,
	} {
		got, err := ParseBIP21("bitcoin:" + mainnetAddress + "?amount=" + text)
		if err != nil || got.AmountMsats == nil || *got.AmountMsats != want {
			t.Errorf("%s: got %+v and %v, want %d", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"": form, ".": form, "-1": form, "+1": form, "1e8": form, "1E-8": form, "0x10": form, "50,000.00": form, "1,5": form,
		"1%20": form, "%201": form, "1.2.3": form,
		"1_000": form, "NaN": form, "Inf": form, "1BTC": form, "１": form, "1e10000000": form,
		"0.000000001": decimals, "0.123456789": decimals, "1.000000000": decimals,
		"21000000.00000001": tooMuch, "100000000": tooMuch, strings.Repeat("9", 5000): tooMuch,
		"0": "its amount is 0", "0.00": "its amount is 0",
	} {
		got, err := ParseBIP21("bitcoin:" + mainnetAddress + "?amount=" + text)
		if err == nil || !strings.Contains(err.Error(), want) || len(err.Error()) > 300 {
			t.Errorf("%.30s: got %+v and %v, want an error with %q", text, got, err, want)
		}
	}
}

func TestStripLightning(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", "lnbc1": "lnbc1", "lightning:lnbc1": "lnbc1", "LIGHTNING:LNBC1": "LNBC1",
		"Lightning:": "", "lightning": "lightning", "bitcoin:lightning:x": "bitcoin:lightning:x",
	} {
		if got := StripLightning(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// FuzzParseBIP21: for any text, a result of the parser can be paid without further checks.
func FuzzParseBIP21(f *testing.F) {
	for _, uri := range []string{
		"bitcoin:" + mainnetAddress + "?amount=20.3&label=Luke-Jr", "BITCOIN:" + strings.ToUpper(mainnetSegwit) + "?AMOUNT=0.00000001",
		"bitcoin:" + testnetSegwit + "?amount=0.0015&label=Order%20A-1003&lightning=" + signetInvoice, "bitcoin:?lightning=" + signetInvoice,
		"bitcoin:" + mainnetAddress + "?req-a=50&b&&=", "lightning:" + signetInvoice, "bitcoin:" + mainnetAddress + "?amount=1e8&amount=%31",
	} {
		f.Add(uri)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		got, err := ParseBIP21(uri)
		if err != nil {
			return
		}
		if got.Address == "" && got.Invoice == nil || len(got.Networks) == 0 {
			t.Errorf("%q: nobody is paid: %+v", uri, got)
		}
		const most = maxBTC * satsPerBTC * MsatsPerSat
		if got.AmountMsats != nil && (*got.AmountMsats < MsatsPerSat || *got.AmountMsats%MsatsPerSat != 0 || *got.AmountMsats > most) {
			t.Errorf("%q: amount %d", uri, *got.AmountMsats)
		}
		if networks, err := ParseAddress(got.Address); got.Address != "" && (err != nil || !slices.Contains(networks, got.Networks[0])) {
			t.Errorf("%q: address %q: %v, %v", uri, got.Address, networks, err)
		}
		if (got.Lightning != "") != (got.Invoice != nil || got.InvoiceError != nil) {
			t.Errorf("%q: %+v", uri, got)
		}
	})
}
