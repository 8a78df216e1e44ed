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
)

func payment(id uuid.UUID, more string) string {
	return fmt.Sprintf(`{"id":%q,"wallet_id":%q,"organization_id":%q,"environment_id":%q,"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z",
		"currency":"btc","direction":"send","status":"sending","type":"bolt11","data":{}%s}`, id, walletID, organization, environment, more)
}

// TestCreateSend is the table of a send's answers. It is never sent a second time.
func TestCreateSend(t *testing.T) {
	t.Parallel()
	missing := refusal(404, "payment_not_found")
	there := answer(200, "application/json", payment(paymentID, ""))
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		want    string // "", "refused" or "uncertain"
	}{
		"accepted":                 {[]http.HandlerFunc{status(202)}, ""},
		"used before":              {[]http.HandlerFunc{refusal(409, "payment_exists")}, ""},
		"refused":                  {[]http.HandlerFunc{refusal(400, "invalid_payment")}, "refused"},
		"redirected":               {[]http.HandlerFunc{status(302, "Location", "/")}, "refused"},
		"a proxy's 403, was done":  {[]http.HandlerFunc{answer(403, "text/html", "<p>"), missing, there}, ""},
		"a proxy's 403, was not":   {[]http.HandlerFunc{answer(403, "text/html", "<p>"), missing}, "refused"},
		"cut, was done":            {[]http.HandlerFunc{cut, there}, ""},
		"cut, was done, read lags": {[]http.HandlerFunc{cut, missing, missing, there}, ""},
		"cut, is not there":        {[]http.HandlerFunc{cut, missing}, "uncertain"},
		"500, is not there":        {[]http.HandlerFunc{status(500), missing}, "uncertain"},
		"cut, foreign 404":         {[]http.HandlerFunc{cut, answer(404, "text/html", "<p>")}, "uncertain"},
		"cut, read refused":        {[]http.HandlerFunc{cut, refusal(401, "wrong_credentials")}, "uncertain"},
		"cut, another's ID":        {[]http.HandlerFunc{cut, answer(200, "application/json", payment(walletID, ""))}, "uncertain"},
		"turned away":              {[]http.HandlerFunc{status(429), missing}, "refused"},
		"turned away, was done":    {[]http.HandlerFunc{status(429), there}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, test.answers...)
			err := client.CreateSend(t.Context(), organization, environment, NewSend{ID: paymentID, WalletID: walletID, Currency: "btc", Kind: KindBolt11})
			got := ""
			var uncertain *UncertainError
			switch {
			case errors.As(err, &uncertain):
				got = "uncertain"
			case err != nil:
				got = "refused"
			}
			if got != test.want {
				t.Errorf("concluded %q (%v), want %q", got, err, test.want)
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
		return answer(200, "application/json", fmt.Sprintf(`{"items":[%s],"offset":0,"limit":100,"next_cursor":%q,"has_more":%v}`, strings.Join(items, ","), next, more))
	}
	one, two := uuid.New(), uuid.New()
	client, s := serve(t, page("b", true, one), page("", false, two))
	filter := PaymentFilter{
		WalletID: walletID, LineOfCreditID: lineID, Category: "standard", Metadata: map[string]string{"a&b": "c d"}, Statuses: []string{"failed", "completed"},
		Kind: KindBolt11, Direction: DirectionSend, StartDate: "2026-09-01T00:00:00Z", EndDate: "2026-10-01T00:00:00Z", SortKey: "created_at", SortOrder: "ASC",
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
		if query.Get("metadata[a&b]") != "c d" || !slices.Equal(query["statuses[]"], []string{"completed", "failed"}) || query.Get("pagination") != "cursor" ||
			query.Get("cursor") != []string{"", "b"}[i] || query.Get("wallet_id") != walletID.String() || query.Get("sort_order") != "ASC" || len(query) != 13+i {
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
	p := Payment{CreatedAt: time.Unix(0, 0), Data: PaymentData{Label: "rent", Expiration: &seconds, AmountSats: &seconds, FeeMsats: &seconds, MaxFeeSats: &huge}}
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
	rate := map[string]any{"rate": "6000000e2"}
	for name, test := range map[string]struct {
		quote                   Quote
		usable, failed, expired bool
	}{
		"requested": {Quote{}, false, false, false},
		"made":      {Quote{Rate: rate, CreatedAt: &past, ExpiresAt: &future}, true, false, false},
		"expired":   {Quote{Rate: rate, CreatedAt: &past, ExpiresAt: &past}, false, false, true},
		"used":      {Quote{Rate: rate, CreatedAt: &past, ExpiresAt: &future, ConsumedAt: &past}, false, false, false},
		"failed":    {Quote{FailedAt: &past}, false, true, false},
		"in error":  {Quote{Rate: rate, CreatedAt: &past, ExpiresAt: &future, Error: map[string]any{"type": "x"}}, false, true, false},
		"endless":   {Quote{Rate: rate, CreatedAt: &past}, false, false, false},
	} {
		if q := test.quote; q.Usable(now) != test.usable || q.Failed() != test.failed || q.Expired(now) != test.expired {
			t.Errorf("%s: usable %t, failed %t, expired %t", name, q.Usable(now), q.Failed(), q.Expired(now))
		}
	}
}
