package voltage

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// billJSON returns a bill of the API with only the required fields.
func billJSON(id, line uuid.UUID) string {
	const sats = `{"currency":"btc","amount":1000,"unit":"msats"}`
	return fmt.Sprintf(`{"id":%q,"organization_id":%q,"line_of_credit_id":%q,"start_time":"2026-09-13T00:00:00Z",
		"end_time":"2026-09-14T00:00:00Z","period_length":"daily","status":"payment_due","settlement_type":"Collection","wallet_ids":[],
		"invoice":{"line_of_credit_id":%q,"line_items":[],"created_at":"2026-09-14T00:00:00Z","due_date":"2026-09-15T00:00:00Z",
		"service_fee":%s},"amt_due":%s,"created_at":"2026-09-14T00:00:00Z","updated_at":"2026-09-14T00:00:00Z"}`,
		id, organization, line, line, sats, sats)
}

// TestListBills: the client reads the list by its cursors with the same filter, and returns an error if the list cannot be complete.
func TestListBills(t *testing.T) {
	t.Parallel()
	page := func(next string, more any, bills ...string) http.HandlerFunc {
		return answer(200, "application/json", fmt.Sprintf(`{"items":[%s],"limit":100,"next_cursor":%q,"has_more":%v}`,
			strings.Join(bills, ","), next, more))
	}
	one, two := uuid.New(), uuid.New()
	client, s := serve(t, page("b", true, billJSON(one, lineID)), page("", false, billJSON(two, lineID)))
	filter := BillFilter{LineOfCreditID: lineID, Statuses: []string{BillPaid, BillDue}, ExcludeZeroAmount: true, SortOrder: "ASC"}
	var got []uuid.UUID
	for bill, err := range client.ListBills(t.Context(), organization, filter) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, bill.ID)
	}
	if !slices.Equal(got, []uuid.UUID{one, two}) || len(s.seen()) != 2 {
		t.Errorf("got %v by %v", got, s.seen())
	}
	for i, request := range s.seen() {
		u, err := url.Parse(strings.TrimPrefix(request, "GET "))
		if err != nil {
			t.Fatal(err)
		}
		want := url.Values{
			"limit": {"100"}, "line_of_credit_id": {lineID.String()}, "statuses[]": {BillPaid, BillDue},
			"exclude_zero_amount_bills": {"true"}, "sort_order": {"ASC"},
		}
		if i > 0 {
			want.Set("cursor", "b")
		}
		if u.Query().Encode() != want.Encode() || !strings.HasSuffix(u.Path, "/organizations/"+organization.String()+"/bills") {
			t.Errorf("request %d: %s, want %s", i, u, want.Encode())
		}
	}
	for name, second := range map[string]http.HandlerFunc{
		"refused": refusal(400, "invalid_cursor"), "more, but not where": page("", true, billJSON(two, lineID)),
		"the same cursor again": page("b", true, billJSON(two, lineID)), "more or not": page("", "null", billJSON(two, lineID)),
		"of another line": page("", false, billJSON(two, walletID)), "no list": answer(200, "application/json", `{"has_more":false}`),
		"no amount": page("", false, strings.Replace(billJSON(two, lineID), "amt_due", "amt", 1)),
		"no items":  page("", false, strings.Replace(billJSON(two, lineID), "line_items", "items", 1)),
		"no status": page("", false, strings.Replace(billJSON(two, lineID), `"status"`, `"state"`, 1)),
	} {
		client, _ := serve(t, page("b", true, billJSON(one, lineID)), second)
		var last error
		for _, err := range client.ListBills(t.Context(), organization, BillFilter{LineOfCreditID: lineID}) {
			last = err
		}
		if last == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// TestGetBill: another bill than the requested one is an error, and a 404 means that the bill does not exist.
func TestGetBill(t *testing.T) {
	t.Parallel()
	id := uuid.New()
	ref := Ref{OrganizationID: organization, ID: id}
	for name, test := range map[string]struct {
		answer   http.HandlerFunc
		found    bool
		notFound bool
	}{
		"found":                {answer(200, "application/json", billJSON(id, lineID)), true, false},
		"another":              {answer(200, "application/json", billJSON(uuid.New(), lineID)), false, false},
		"none":                 {refusal(404, "bill_not_found"), false, true},
		"in no organization":   {refusal(404, "bill_not_found_in_organization"), false, true},
		"a proxy's 404":        {answer(404, "text/html", "<p>"), false, false},
		"key without BILLING":  {refusal(403, "access_rights"), false, false},
		"an amount with signs": {answer(200, "application/json", strings.ReplaceAll(billJSON(id, lineID), "1000", "-1000")), false, false},
	} {
		client, _ := serve(t, test.answer)
		bill, err := client.GetBill(t.Context(), ref)
		if (err == nil) != test.found || IsNotFound(err) != test.notFound || test.found && bill.AmountDue.Amount != 1000 {
			t.Errorf("%s: %+v, %v", name, bill, err)
		}
	}
}

// TestSummaries: a summary without a count, or about another object, is an error: it must not pass for zero.
func TestSummaries(t *testing.T) {
	t.Parallel()
	const (
		times  = `"oldest_created_at":"2026-09-13T00:00:00Z","newest_created_at":"2026-09-14T00:00:00Z"`
		bucket = `{"direction":"send","status":"failed","currency":"btc","kind":"bolt11","total_count":2,` + times + `}`
	)
	line := fmt.Sprintf(`{"organization_id":%q,"environment_id":%q,"total_count":2,%s,"buckets":[%s]}`,
		organization, environment, times, bucket)
	ofEnvironment := fmt.Sprintf(`{"environment_id":%q,"total_count":3,%s,"by_organization_id":{},"by_environment_id":{},
		"by_line_of_credit_id":{%q:%s}}`, environment, times, lineID, line)
	ofWallet := fmt.Sprintf(`{"wallet_id":%q,"organization_id":%q,"environment_id":%q,"total_count":2,%s,"buckets":[%s]}`,
		walletID, organization, environment, times, bucket)
	ofBills := fmt.Sprintf(`{"organization_id":%q,"bill_total_count":1,"inflight_total_count":0,"amount_units":{"btc":"msats"},
		"by_currency":{"btc":{"bill_total_count":1,"inflight_total_count":0,"total_due_base_units":-7,%s,
		"by_status":{"void":{"bill_total_count":1,"inflight_total_count":0,"total_due_base_units":-7}}}},
		"by_status":{"void":{"bill_total_count":1,"inflight_total_count":0}}}`, organization, times)
	filter := PaymentSummaryFilter{LineOfCreditID: lineID}
	for name, test := range map[string]struct {
		answer string
		read   func(*Client) error
	}{
		"environment": {ofEnvironment, func(c *Client) error {
			summary, err := c.SummarizePayments(t.Context(), organization, environment, filter)
			if err == nil && (summary.Total != 3 || summary.Lines[lineID.String()].Buckets[0].Total != 2) {
				err = fmt.Errorf("read %+v", summary)
			}
			return err
		}},
		"wallet": {ofWallet, func(c *Client) error {
			summary, err := c.SummarizeWalletPayments(t.Context(), walletRef, filter)
			if err == nil && (summary.Total != 2 || summary.Buckets[0].Total != 2 || summary.Buckets[0].Status != "failed") {
				err = fmt.Errorf("read %+v", summary)
			}
			return err
		}},
		"bills": {ofBills, func(c *Client) error {
			summary, err := c.SummarizeBills(t.Context(), organization, BillFilter{})
			if err == nil && (summary.Total != 1 || summary.ByCurrency["btc"].ByStatus["void"].Due != -7) {
				err = fmt.Errorf("read %+v", summary)
			}
			return err
		}},
	} {
		client, _ := serve(t, answer(200, "application/json", test.answer))
		if err := test.read(client); err != nil {
			t.Errorf("%s: %s", name, err)
		}
		for _, member := range []string{
			"total_count", "buckets", "by_line_of_credit_id", "direction", "bill_total_count", "inflight_total_count", "total_due_base_units",
			"by_currency", "by_status", "wallet_id",
		} {
			for at := 0; ; {
				next := strings.Index(test.answer[at:], `"`+member+`"`)
				if next < 0 {
					break
				}
				at += next + 1
				client, _ := serve(t, answer(200, "application/json", test.answer[:at]+"x"+test.answer[at:]))
				if err := test.read(client); err == nil {
					t.Errorf("%s: without %s at %d it is read", name, member, at)
				}
			}
		}
		for what, other := range map[string]uuid.UUID{
			"organization": organization,
			"environment":  environment,
			"wallet":       walletID,
			"line":         lineID,
		} {
			begin := fmt.Sprintf("%q", other)
			if !strings.Contains(test.answer, begin) || name == "wallet" && what != "wallet" || name == "environment" && what == "organization" {
				continue
			}
			client, _ := serve(t, answer(200, "application/json", strings.ReplaceAll(test.answer, begin, fmt.Sprintf("%q", uuid.New()))))
			if err := test.read(client); err == nil {
				t.Errorf("%s: the summary of another %s is read", name, what)
			}
		}
	}
}

// TestPaymentSummaryRequest: the request has all filters of a summary, and nothing else.
func TestPaymentSummaryRequest(t *testing.T) {
	t.Parallel()
	filter := PaymentSummaryFilter{
		LineOfCreditID: lineID, Metadata: map[string]string{"a&b": "c d"}, Statuses: []string{"failed", "completed"}, Kind: KindBolt11,
		Direction: DirectionSend, StartDate: "2026-09-01T00:00:00Z", EndDate: "2026-10-01T00:00:00Z", IncludeInactive: true,
	}
	want := url.Values{
		"line_of_credit_id": {lineID.String()}, "metadata[a&b]": {"c d"}, "statuses[]": {"completed", "failed"}, "kind": {KindBolt11},
		"direction": {DirectionSend}, "start_date": {"2026-09-01T00:00:00Z"}, "end_date": {"2026-10-01T00:00:00Z"}, "include_inactive": {"true"},
	}
	for path, send := range map[string]func(*Client, PaymentSummaryFilter) error{
		"/environments/" + environment.String() + "/payments/summary": func(c *Client, filter PaymentSummaryFilter) error {
			_, err := c.SummarizePayments(t.Context(), organization, environment, filter)
			return err
		},
		"/wallets/" + walletID.String() + "/payments/summary": func(c *Client, filter PaymentSummaryFilter) error {
			_, err := c.SummarizeWalletPayments(t.Context(), walletRef, filter)
			return err
		},
	} {
		client, s := serve(t, refusal(400, "invalid_parameter"))
		for filter, want := range map[*PaymentSummaryFilter]string{&filter: want.Encode(), {}: ""} {
			if err := send(client, *filter); !IsType(err, "invalid_parameter") {
				t.Errorf("got %v", err)
			}
			if last, _ := s.latest(); last.URL.Query().Encode() != want || !strings.HasSuffix(last.URL.Path, path) {
				t.Errorf("requested %s, want %s?%s", last.URL, path, want)
			}
		}
	}
}
