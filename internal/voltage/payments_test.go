package voltage

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

var (
	environment = uuid.MustParse("44444444-4444-4444-8444-444444444444")
	paymentID   = uuid.MustParse("55555555-5555-4555-8555-555555555555")

	paymentRef = inEnvironment(paymentID)
)

func payment(id uuid.UUID, more string) string {
	return fmt.Sprintf(
		`{"id":%q,"wallet_id":%q,"organization_id":%q,"environment_id":%q,"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z",
		"currency":"btc","direction":"send","status":"sending","type":"bolt11","data":{}%s}`, id, walletID, organization, environment, more,
	)
}

// TestCreateSend checks the answers to a send. The request is sent only once.
func TestCreateSend(t *testing.T) {
	t.Parallel()
	missing := refusal(404, "payment_not_found")
	there := answer(200, "application/json", payment(paymentID, ""))
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		sent    Sent
		want    string // "", "refused" or "uncertain"
	}{
		"accepted":                 {[]http.HandlerFunc{status(202)}, SentNow, ""},
		"used before":              {[]http.HandlerFunc{refusal(409, "payment_exists")}, SentBefore, ""},
		"refused":                  {[]http.HandlerFunc{refusal(400, "invalid_payment")}, SentNot, "refused"},
		"redirected":               {[]http.HandlerFunc{status(302, "Location", "/")}, SentNot, "refused"},
		"a proxy's 403, was done":  {[]http.HandlerFunc{answer(403, "text/html", "<p>"), missing, there}, SentPerhaps, ""},
		"a proxy's 403, was not":   {[]http.HandlerFunc{answer(403, "text/html", "<p>"), missing}, SentNot, "uncertain"},
		"cut, was done":            {[]http.HandlerFunc{cut, there}, SentPerhaps, ""},
		"cut, was done, read lags": {[]http.HandlerFunc{cut, missing, missing, there}, SentPerhaps, ""},
		"cut, is not there":        {[]http.HandlerFunc{cut, missing}, SentNot, "uncertain"},
		"500, is not there":        {[]http.HandlerFunc{status(500), missing}, SentNot, "uncertain"},
		"cut, foreign 404":         {[]http.HandlerFunc{cut, answer(404, "text/html", "<p>")}, SentNot, "uncertain"},
		"cut, read refused":        {[]http.HandlerFunc{cut, refusal(401, "wrong_credentials")}, SentNot, "uncertain"},
		"cut, another's ID":        {[]http.HandlerFunc{cut, answer(200, "application/json", payment(walletID, ""))}, SentNot, "uncertain"},
		"turned away":              {[]http.HandlerFunc{status(429), missing}, SentNot, "refused"},
		"turned away, was done":    {[]http.HandlerFunc{status(429), there}, SentPerhaps, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, test.answers...)
			sent, err := client.CreateSend(t.Context(), paymentRef, NewSend{WalletID: walletID, Currency: "btc", Kind: KindBolt11})
			got := ""
			var uncertain *UncertainError
			switch {
			case errors.As(err, &uncertain):
				got = "uncertain"
			case err != nil:
				got = "refused"
			}
			if got != test.want || sent != test.sent {
				t.Errorf("concluded %d %q (%v), want %d %q", sent, got, err, test.sent, test.want)
			}
			if posts := s.count("POST"); posts != 1 {
				t.Errorf("sent %d times", posts)
			}
		})
	}
}

func TestListPayments(t *testing.T) {
	t.Parallel()
	page := func(next string, more any, ids ...uuid.UUID) http.HandlerFunc {
		var items []string
		for _, id := range ids {
			items = append(items, payment(id, ""))
		}
		return answer(200, "application/json",
			fmt.Sprintf(`{"items":[%s],"offset":0,"limit":100,"next_cursor":%q,"has_more":%v}`, strings.Join(items, ","), next, more))
	}
	one, two := uuid.New(), uuid.New()
	client, s := serve(t, page("b", true, one), page("", false, two))
	filter := PaymentFilter{
		WalletID: walletID, LineOfCreditID: lineID, Category: "standard",
		Metadata: map[string]string{"a&b": "c d"}, Statuses: []string{"failed", "completed"},
		Kind: KindBolt11, Direction: DirectionSend, StartDate: "2026-09-01T00:00:00Z", EndDate: "2026-10-01T00:00:00Z",
		SortKey: "created_at", SortOrder: "ASC",
	}
	var got []uuid.UUID
	for payment, err := range client.ListPayments(t.Context(), organization, environment, filter) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, payment.ID)
	}
	if !slices.Equal(got, []uuid.UUID{one, two}) || len(s.seen()) != 2 {
		t.Errorf("got %v by %v", got, s.seen())
	}
	for i, request := range s.seen() {
		u, err := url.Parse(strings.TrimPrefix(request, "GET "))
		if err != nil {
			t.Fatal(err)
		}
		query := u.Query()
		if query.Get("metadata[a&b]") != "c d" || !slices.Equal(query["statuses[]"], []string{"completed", "failed"}) ||
			query.Get("pagination") != "cursor" ||
			query.Get("cursor") != []string{"", "b"}[i] || query.Get("wallet_id") != walletID.String() ||
			query.Get("sort_order") != "ASC" || len(query) != 13+i {
			t.Errorf("request %d: %s", i, u.RawQuery)
		}
	}
	for name, second := range map[string]http.HandlerFunc{
		"refused": refusal(400, "invalid_cursor"), "more, but not where": page("", true), "the same cursor again": page("b", true),
	} {
		client, _ := serve(t, page("b", true, one), second)
		var last error
		for _, err := range client.ListPayments(t.Context(), organization, environment, PaymentFilter{}) {
			last = err
		}
		if last == nil {
			t.Errorf("%s: looks like a short list", name)
		}
	}
}

func TestPaymentVocabulary(t *testing.T) {
	t.Parallel()
	seconds, huge := int64(60), int64(9_223_372_036_854_775_807)
	p := Payment{
		CreatedAt: time.Unix(0, 0),
		Data:      PaymentData{Label: "rent", Expiration: &seconds, AmountSats: &seconds, FeeMsats: &seconds, MaxFeeSats: &huge},
	}
	if p.Description() != "rent" || p.ExpiresAt().Unix() != 60 || p.Amount().Amount != 60_000 || p.Fees().Amount != 60 || p.MaxFee() != nil {
		t.Errorf("%s %v %v %v %v", p.Description(), p.ExpiresAt(), p.Amount(), p.Fees(), p.MaxFee())
	}
	for status, final := range map[string]bool{
		StatusGenerating: false, StatusReceiving: false, StatusSending: false, StatusApproved: false, "unheard of": false,
		StatusCompleted: true, StatusExpired: true, StatusFailed: true,
	} {
		if p.Status = status; p.Final() != final {
			t.Errorf("%s is final: %t", status, !final)
		}
	}
}

func TestQuoteStates(t *testing.T) {
	t.Parallel()
	now := time.Now()
	past, future := now.Add(-time.Second), now.Add(time.Second)
	rate := &QuoteDetail{Detail: MarketQuote{Rate: "6000000e2"}}
	for name, test := range map[string]struct {
		quote                   Quote
		usable, failed, expired bool
	}{
		"requested": {Quote{}, false, false, false},
		"made":      {Quote{Quote: rate, CreatedAt: &past, ExpiresAt: &future}, true, false, false},
		"expired":   {Quote{Quote: rate, CreatedAt: &past, ExpiresAt: &past}, false, false, true},
		"used":      {Quote{Quote: rate, CreatedAt: &past, ExpiresAt: &future, ConsumedAt: &past}, false, false, false},
		"failed":    {Quote{FailedAt: &past}, false, true, false},
		"in error":  {Quote{Quote: rate, CreatedAt: &past, ExpiresAt: &future, Error: &QuoteError{Type: "x"}}, false, true, false},
		"endless":   {Quote{Quote: rate, CreatedAt: &past}, false, false, false},
	} {
		if q := test.quote; q.Usable(now) != test.usable || q.Failed() != test.failed || q.Expired(now) != test.expired {
			t.Errorf("%s: usable %t, failed %t, expired %t", name, q.Usable(now), q.Failed(), q.Expired(now))
		}
	}
}

// TestAmountOfAReceive: an unpaid receive of any amount has no amount, although the API writes 0.
func TestAmountOfAReceive(t *testing.T) {
	t.Parallel()
	zero, nothing, some := &Amount{Currency: CurrencyBTC}, int64(0), &Amount{Currency: CurrencyBTC, Amount: 7_000}
	for name, test := range map[string]struct {
		payment Payment
		want    *Amount
	}{
		"any amount":             {Payment{Direction: DirectionReceive, Data: PaymentData{AmountObject: zero, AmountMsats: &nothing}}, nil},
		"any amount, deprecated": {Payment{Direction: DirectionReceive, Data: PaymentData{AmountMsats: &nothing}}, nil},
		"any amount, paid":       {Payment{Direction: DirectionReceive, Data: PaymentData{AmountObject: some}}, some},
		"fixed":                  {Payment{Direction: DirectionReceive, RequestedAmount: some, Data: PaymentData{AmountObject: zero}}, zero},
		"a send":                 {Payment{Direction: DirectionSend, Data: PaymentData{AmountObject: zero}}, zero},
	} {
		if got := test.payment.Amount(); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// TestAmountIn: a payment in USD has its btc amount only in the deprecated field.
func TestAmountIn(t *testing.T) {
	t.Parallel()
	msats := int64(100_000_000)
	p := Payment{Data: PaymentData{AmountObject: &Amount{Currency: CurrencyUSD, Amount: 6_500}, AmountMsats: &msats}}
	if got := p.AmountIn(CurrencyUSD); got == nil || got.Amount != 6_500 {
		t.Errorf("in usd: %v", got)
	}
	if got := p.AmountIn(CurrencyBTC); got == nil || got.Amount != msats {
		t.Errorf("in btc: %v", got)
	}
	if p.Data.AmountMsats = nil; p.AmountIn(CurrencyBTC) != nil {
		t.Errorf("in btc, which it does not show: %v", p.AmountIn(CurrencyBTC))
	}
}

func TestRateDecimal(t *testing.T) {
	t.Parallel()
	for rate, want := range map[Rate]string{
		"6500000e0": "6500000", "12345e2": "123.45", "625000000e2": "6250000", "5e3": "0.005", "-5e1": "-0.5", "0e2": "0",
		"-0e0": "0", "0123e1": "12.3",
		"": "", "6.5e2": "", "12345": "", "1e-2": "", "1e9999": "", "x": "",
	} {
		if got, ok := rate.Decimal(); got != want || ok != (want != "") {
			t.Errorf("%q: %q %t, want %q", rate, got, ok, want)
		}
	}
}
