package payment

import (
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// The invoices are those of the contract's fixtures: the same one for the URI, and another one.
const (
	testInvoice = "lntbs1500u1p420tr0pp5he7k05k7xwhxgqe0dt503hemvwsfn0q5d3ksxgt62g27hpk2zx4qsp5mqjd2vftw36uatw3y620hc04a3ucshmjtfuepffq6qc6e" +
		"6qs39ssdq5faexgetjypqj6vfsxqesxqrrsscqzzs9qrsgqzleq9lmalz5y7kp6lc67yppx3nn97054q6tduyqh0c6s6vqf7qy4sg4n4snmdkdj37h7zuxlp66dk8d8npmx6ez" +
		"td0qcny50j8js0dcpfrqu5p"
	otherInvoice = "lntbs1500n1p420tr0pp5stj73uyjmlea8aq26y99twxeunyvrhr2hft6ge5h56wmcgx0namssp5tlgh7qpuxtugd73x42wvvtgcskxrjcvrtldwec8fdq5m" +
		"8zn75u7sdq423mk7gr9wdc8yetnwdhhxxqrrsscqzzs9qrsgqj0p9wx3g7xt64fs0fqlq4pd7nagws79wx73s643lgml34wn2m7z83ca3jmvsv8ajnpj4ta66s9rkpsltkhgnl" +
		"uqhyr45mpzvchad5gqqsch6aj"
	testAddress  = "tb1q3pvlcake70e9yyhrjqdf5pffefxp76f5k83kk4"
	otherAddress = "tb1q02cxwklj76pn9ju9c4n0qdjhhzylq3xfu5960t"
)

// TestContradiction: only what a payment shows, and shows differently, proves that it is another one.
func TestContradiction(t *testing.T) {
	t.Parallel()
	wallet, msats := uuid.New(), int64(150_000_000)
	invoice, err := voltage.ParseInvoice(testInvoice)
	if err != nil {
		t.Fatal(err)
	}
	want := wantedSend{
		wallet:      wallet,
		kind:        voltage.KindBIP21,
		destination: &destination{invoice: invoice, address: testAddress, msats: &msats},
	}
	amount := func(currency string, amount int64) *voltage.Amount {
		return &voltage.Amount{Currency: currency, Amount: amount}
	}
	msatsOf := func(msats int64) *int64 { return &msats }
	for name, test := range map[string]struct {
		change func(p *voltage.Payment, want *wantedSend)
		want   string // empty: nothing contradicts
	}{
		"all the same":          {func(*voltage.Payment, *wantedSend) {}, ""},
		"nothing shown":         {func(p *voltage.Payment, _ *wantedSend) { *p = voltage.Payment{} }, ""},
		"no invoice":            {func(p *voltage.Payment, _ *wantedSend) { p.Data.PaymentRequest = "" }, ""},
		"no address":            {func(p *voltage.Payment, _ *wantedSend) { p.Data.Address = "" }, ""},
		"no amount":             {func(p *voltage.Payment, _ *wantedSend) { p.Data.AmountObject = nil }, ""},
		"amount not known yet":  {func(p *voltage.Payment, _ *wantedSend) { p.Data.AmountObject = amount("btc", 0) }, ""},
		"invoice in upper case": {func(p *voltage.Payment, _ *wantedSend) { p.Data.PaymentRequest = strings.ToUpper(testInvoice) }, ""},
		"invoice with a prefix": {func(p *voltage.Payment, _ *wantedSend) { p.Data.PaymentRequest = "lightning:" + testInvoice }, ""},
		"something unreadable":  {func(p *voltage.Payment, _ *wantedSend) { p.Data.PaymentRequest, p.Data.Address = "…", "…" }, ""},
		"address in upper case": {func(p *voltage.Payment, _ *wantedSend) { p.Data.Address = strings.ToUpper(testAddress) }, ""},
		"the whole URI":         {func(p *voltage.Payment, _ *wantedSend) { p.Data.Address = "bitcoin:" + testAddress + "?amount=0.0015" }, ""},
		"in usd":                {func(p *voltage.Payment, _ *wantedSend) { p.Data.AmountObject = amount("usd", 9_750) }, ""},
		"in usd, with its msats": {func(p *voltage.Payment, _ *wantedSend) {
			p.Data.AmountObject, p.Data.AmountMsats = amount("usd", 9_750), msatsOf(150_000_000)
		}, ""},
		"in sats": {func(p *voltage.Payment, _ *wantedSend) {
			p.Data.AmountObject, p.Data.AmountSats = nil, msatsOf(150_000)
		}, ""},
		"a receive":       {func(p *voltage.Payment, _ *wantedSend) { p.Direction = voltage.DirectionReceive }, "it is a receive"},
		"another wallet":  {func(p *voltage.Payment, _ *wantedSend) { p.WalletID = paymentOfNobody }, "wallet " + paymentOfNobody.String()},
		"another kind":    {func(p *voltage.Payment, _ *wantedSend) { p.Kind = voltage.KindOnchain }, "kind is onchain"},
		"another invoice": {func(p *voltage.Payment, _ *wantedSend) { p.Data.PaymentRequest = otherInvoice }, "payment hash 82e5e8f0"},
		"another address": {func(p *voltage.Payment, _ *wantedSend) { p.Data.Address = otherAddress }, "address " + otherAddress},
		"another amount": {
			func(p *voltage.Payment, _ *wantedSend) { p.Data.AmountObject = amount("btc", 1_000) },
			"its amount is 1 sat (1000 msats), not 150,000 sats",
		},
		"another amount in usd": {
			func(p *voltage.Payment, _ *wantedSend) {
				p.Data.AmountObject, p.Data.AmountMsats = amount("usd", 9_750), msatsOf(1_000)
			},
			"its amount is 1 sat",
		},
		"an invoice, and none is wanted": {
			func(_ *voltage.Payment, want *wantedSend) {
				want.destination = &destination{address: testAddress, msats: want.msats}
			},
			"it pays an invoice",
		},
		"an address, and none is wanted": {
			func(_ *voltage.Payment, want *wantedSend) {
				want.destination = &destination{invoice: want.invoice, msats: want.msats}
			},
			"it pays an address",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			payment := &voltage.Payment{
				WalletID: wallet, Direction: voltage.DirectionSend, Kind: voltage.KindBIP21, Status: voltage.StatusCompleted,
				Data: voltage.PaymentData{PaymentRequest: testInvoice, Address: testAddress, AmountObject: amount("btc", msats)},
			}
			wanted := want
			test.change(payment, &wanted)
			switch got := contradiction(payment, wanted); {
			case got == nil && test.want != "":
				t.Errorf("nothing contradicts, want %q", test.want)
			case got != nil &&
				(test.want == "" || !strings.Contains(got.Error(), test.want) || !strings.Contains(got.Error(), "another payment has this ID")):
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

var paymentOfNobody = uuid.MustParse("99999999-9999-4999-8999-999999999999")

// TestAddressOf: case says nothing of a segwit address, and everything of a base58 one.
func TestAddressOf(t *testing.T) {
	t.Parallel()
	const base58 = "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn"
	for text, want := range map[string]string{
		testAddress: testAddress, strings.ToUpper(testAddress): testAddress, "BITCOIN:" + strings.ToUpper(testAddress) + "?AMOUNT=1": testAddress,
		base58: base58, strings.ToLower(base58): "", "": "", "…": "",
	} {
		if got := addressOf(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
