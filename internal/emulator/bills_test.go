package emulator_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const bills = "/organizations/0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/bills"

// billed makes a bill by hand, and returns its path.
func (a *api) billed(bill emulator.Bill) string {
	a.t.Helper()
	if bill.LineOfCreditID == uuid.Nil {
		bill.LineOfCreditID = emulator.StagingLineID
	}
	made, err := a.emu.AddBill(bill)
	if err != nil {
		a.t.Fatal(err)
	}
	return bills + "/" + made.Bill.String()
}

// TestBillStates: in each status a bill has what the contract has for it.
func TestBillStates(t *testing.T) {
	t.Parallel()
	a := start(t)
	btc, usd := a.btcWallet(0), a.wallet(emulator.StagingUSDLineID, 0)
	paid := int64(9_100_000)
	for name, test := range map[string]struct {
		bill emulator.Bill
		want map[string]any // by path
		null string
	}{
		"payment_due": {emulator.Bill{Amount: 9_000_000}, map[string]any{
			"amt_due/amount": 9_000_000.0, "amt_due/unit": "msats", "settlement_type": "Collection", "period_length": "daily",
		}, "queued_at fulfillment_requested_at ach payment_received_at paid_at settled_at voided_at error failed_at amt_paid"},
		"paid": {emulator.Bill{Amount: 9_000_000, Paid: &paid}, map[string]any{"amt_paid/amount": 9_100_000.0}, "queued_at ach failed_at"},
		"void": {emulator.Bill{}, map[string]any{"amt_due/amount": 0.0}, "ln_invoice address paid_at amt_paid"},
		"failed": {
			emulator.Bill{Amount: 1, Problem: "no route"},
			map[string]any{"error/type": "fulfillment_failure", "error/detail/type": "PaymentFailure", "error/detail/detail/detail": "no route"},
			"ach paid_at queued_at",
		},
		"queued": {
			emulator.Bill{Amount: 5, Settlement: "Payout"},
			map[string]any{"settlement_type": "Payout"},
			"ach ln_invoice address fulfillment_requested_at",
		},
		"processing": {emulator.Bill{Amount: 5, Settlement: "Payout"}, nil, "ach ln_invoice address paid_at"},
		"queued, usd": {emulator.Bill{Amount: 5, LineOfCreditID: emulator.StagingUSDLineID}, map[string]any{
			"amt_due/unit": "cents", "ach/submitted_at": nil,
		}, "ln_invoice address fulfillment_requested_at"},
		"processing, usd": {emulator.Bill{Amount: 5, LineOfCreditID: emulator.StagingUSDLineID, Settlement: "Payout"}, nil, "paid_at failed_at"},
		"paid, usd": {
			emulator.Bill{Amount: 5, LineOfCreditID: emulator.StagingUSDLineID},
			map[string]any{"amt_paid/amount": 5.0},
			"failed_at",
		},
		"failed, usd": {emulator.Bill{Amount: 5, LineOfCreditID: emulator.StagingUSDLineID}, map[string]any{
			"error/type":            "transfer_failure",
			"error/detail":          "The payment of the bill failed.",
			"error/context/message": "The payment of the bill failed.",
		}, "paid_at"},
	} {
		status, currency, _ := strings.Cut(name, ", ")
		test.bill.Status = status
		got := a.expect(200, "", "GET", a.billed(test.bill), nil)
		for path, want := range test.want {
			if value := got.get(strings.Split(path, "/")...); value != want {
				t.Errorf("%s: %s is %v, want %v: %s", name, path, value, want, got.raw)
			}
		}
		for _, field := range strings.Fields(test.null) {
			if got.get(field) != nil {
				t.Errorf("%s: there is %s: %s", name, field, got.raw)
			}
		}
		at := map[string]string{
			"queued":     "queued_at",
			"processing": "fulfillment_requested_at",
			"paid":       "paid_at",
			"void":       "voided_at",
			"failed":     "failed_at",
		}[status]
		if got.get("status") != status || at != "" && got.get(at) == nil {
			t.Errorf("%s: %s", name, got.raw)
		}
		invoice, _ := got.get("ln_invoice").(string)
		if payable := currency == "" && test.bill.Settlement == "" && test.bill.Amount > 0; strings.HasPrefix(invoice, "lntbs") != payable ||
			(got.get("address") != nil) != payable {
			t.Errorf("%s: the invoice is %q: %s", name, invoice, got.raw)
		}
		transfers, _ := got.get("ach", "transfers").([]any)
		if wanted := currency == "usd" && status != "queued"; (len(transfers) == 1) != wanted {
			t.Errorf("%s: %d transfers: %s", name, len(transfers), got.raw)
		} else if want := map[string]string{"processing": "processing", "paid": "succeeded", "failed": "failed"}[status]; wanted &&
			transfers[0].(object)["status"] != want {
			t.Errorf("%s: %v", name, transfers)
		}
		wallet := map[string]string{"": btc, "usd": usd}[currency]
		if fmt.Sprint(got.get("wallet_ids")) != "["+wallet+"]" {
			t.Errorf("%s: wallets %v", name, got.get("wallet_ids"))
		}
	}
}

// TestBillItems: what is due is what the first wallet sent, or received; the others were idle.
func TestBillItems(t *testing.T) {
	t.Parallel()
	a := start(t)
	first, second := a.btcWallet(0), a.btcWallet(0)
	for settlement, sent := range map[string]float64{"Collection": 700, "Payout": 0} {
		got := a.expect(200, "", "GET", a.billed(emulator.Bill{Amount: 700, Settlement: settlement}), nil)
		items, _ := got.get("invoice", "line_items").([]any)
		if len(items) != 2 {
			t.Fatalf("got %s", got.raw)
		}
		amount := func(item any, field string) any { return item.(object)[field].(object)["amount"] }
		if items[0].(object)["wallet_id"] != first || items[1].(object)["wallet_id"] != second || amount(items[0], "amount_total") != 700.0 ||
			amount(items[0], "amount_sent") != sent || amount(items[0], "amount_received") != 700-sent ||
			items[0].(object)["total_transactions_sent"] != min(sent, 1) || amount(items[1], "amount_total") != 0.0 ||
			items[1].(object)["total_transactions_received"] != 0.0 {
			t.Errorf("%s: %s", settlement, got.raw)
		}
	}
}

// TestBillList: cursors alone, 25 a page, and never more than 500.
func TestBillList(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant)
	for i := range 30 { // each for the day before the one before
		bill := emulator.Bill{Status: []string{"paid", "payment_due", "void"}[i%3], Amount: int64(i % 2)}
		if i >= 26 {
			bill.LineOfCreditID = emulator.StagingUSDLineID
		}
		a.billed(bill)
	}
	a.billed(emulator.Bill{LineOfCreditID: emulator.SecondLineID, Amount: 1}) // which the key does not see
	count := func(query string) string {
		got := a.expect(200, "", "GET", bills+query, nil)
		items, _ := got.get("items").([]any)
		return fmt.Sprintf("%d of %v, more %v", len(items), got.get("limit"), got.get("has_more"))
	}
	for query, want := range map[string]string{
		"":                                    "25 of 25, more true",
		"?limit=30":                           "30 of 30, more false",
		"?limit=5000":                         "30 of 500, more false",
		"?limit=0":                            "0 of 0, more true",
		"?statuses[]=paid":                    "10 of 25, more false",
		"?statuses[]=paid&statuses[]=void":    "20 of 25, more false",
		"?statuses[]=queued":                  "0 of 25, more false",
		"?exclude_zero_amount_bills=true":     "15 of 25, more false",
		"?exclude_zero_amount_bills=false":    "25 of 25, more true",
		"?sort_key=created_at&sort_order=ASC": "25 of 25, more true",
		"?line_of_credit_id=" + emulator.StagingUSDLineID.String(): "4 of 25, more false",
		"?line_of_credit_id=" + emulator.SecondLineID.String():     "0 of 25, more false",
		"?line_of_credit_id=" + uuid.NewString():                   "0 of 25, more false",
	} {
		if got := count(query); got != want {
			t.Errorf("%s lists %s, want %s", query, got, want)
		}
	}
	for order, sorted := range map[string]func([]string) bool{
		"ASC": slices.IsSorted[[]string],
		"DESC": func(times []string) bool {
			slices.Reverse(times)
			return slices.IsSorted(times)
		},
	} {
		var times []string
		ids := map[any]bool{}
		for cursor, pages := "", 1; ; pages++ {
			query := "?limit=7&sort_order=" + order
			if cursor != "" {
				query += "&cursor=" + cursor
			}
			got := a.expect(200, "", "GET", bills+query, nil)
			items, _ := got.get("items").([]any)
			for _, item := range items {
				times = append(times, item.(object)["created_at"].(string))
				ids[item.(object)["id"]] = true
			}
			if got.get("has_more") != true {
				if got.get("next_cursor") != nil || pages != 5 {
					t.Errorf("page %d: %s", pages, got.raw)
				}
				break
			}
			cursor, _ = got.get("next_cursor").(string)
			a.expect(400, "invalid_parameter", "GET", bills+query+"&statuses[]=paid&cursor="+cursor, nil)
		}
		if len(ids) != 30 || !sorted(times) {
			t.Errorf("%s: %d bills, %v", order, len(ids), times)
		}
	}
	for _, query := range []string{
		"?statuses[]=due", "?limit=x", "?limit=-1", "?sort_key=updated_at", "?sort_order=up", "?cursor=x", "?line_of_credit_id=x",
		"?offset=1", "?exclude_zero_amount_bills=perhaps", "?pagination=cursor",
	} {
		a.expect(400, "invalid_parameter", "GET", bills+query, nil)
	}
}

// TestBillSummary: counts by status and by currency, and what is due.
func TestBillSummary(t *testing.T) {
	t.Parallel()
	a := start(t)
	if got := a.expect(200, "", "GET", bills+"/summary", nil); strings.Contains(string(got.raw), "line_of_credit_id") ||
		!strings.Contains(string(got.raw), `"amount_units":{},"bill_total_count":0,"by_currency":{},"by_status":{},"inflight_total_count":0,`) {
		t.Errorf("of no bills: %s", got.raw)
	}
	for _, bill := range []emulator.Bill{
		{Amount: 100}, {Amount: 30, Settlement: "Payout", Status: "queued"}, {Amount: 7, Status: "paid"}, {Status: "void"},
		{Amount: 500, LineOfCreditID: emulator.StagingUSDLineID, Settlement: "Payout", Status: "processing"},
		{Amount: 1, LineOfCreditID: emulator.SecondLineID},
	} {
		a.billed(bill)
	}
	got := a.expect(200, "", "GET", bills+"/summary", nil)
	for path, want := range map[string]any{
		"bill_total_count": 5.0, "inflight_total_count": 2.0, "amount_units btc": "msats", "amount_units usd": "cents",
		"by_status payment_due bill_total_count": 1.0, "by_status queued inflight_total_count": 1.0, "by_status paid inflight_total_count": 0.0,
		"by_currency btc bill_total_count": 4.0, "by_currency btc inflight_total_count": 1.0, "by_currency btc total_due_base_units": 77.0,
		"by_currency btc by_status queued total_due_base_units": -30.0, "by_currency usd total_due_base_units": -500.0,
		"by_currency usd by_status processing bill_total_count": 1.0,
		"by_currency btc newest_created_at":                     "2026-09-01T00:00:00.000000000Z",
		"by_currency btc oldest_created_at":                     "2026-08-29T00:00:00.000000000Z",
	} {
		if value := got.get(strings.Fields(path)...); value != want {
			t.Errorf("%s is %v, want %v", path, value, want)
		}
	}
	for query, want := range map[string]float64{
		"?statuses[]=paid&statuses[]=void": 2, "?exclude_zero_amount_bills=true": 4,
		"?line_of_credit_id=" + emulator.StagingUSDLineID.String(): 1, "?line_of_credit_id=" + emulator.SecondLineID.String(): 0,
	} {
		got := a.expect(200, "", "GET", bills+"/summary"+query, nil)
		if _, line, _ := strings.Cut(query, "line_of_credit_id="); got.get("bill_total_count") != want ||
			line != "" && got.get("line_of_credit_id") != line {
			t.Errorf("%s: %s", query, got.raw)
		}
	}
	for range 2 {
		a.billed(emulator.Bill{Amount: 1<<63 - 1, LineOfCreditID: emulator.StagingTestnetLineID})
	}
	if got := a.expect(200, "", "GET", bills+"/summary", nil); !strings.Contains(string(got.raw), "9223372036854775807") {
		t.Errorf("a sum of more than 64 bits: %s", got.raw)
	}
}

// TestBillRefusals: BILLING alone opens bills, of the environments that the key opens.
func TestBillRefusals(t *testing.T) {
	t.Parallel()
	foreign, foreignLine, never := uuid.New(), uuid.New(), emulator.StagingMainnetLineID
	a := start(t, tolerant, func(c *emulator.Config) {
		c.Organizations[0].LinesOfCredit[2].Period = "never"
		c.Organizations[0].Keys = append(c.Organizations[0].Keys,
			emulator.Key{Secret: "billing", Billing: true}, emulator.Key{Secret: "rest", Read: true, Write: true, Receive: true})
		environment := uuid.New()
		c.Organizations = append(c.Organizations, emulator.Organization{
			ID: uuid.New(), Environments: []emulator.Environment{{ID: environment}},
			LinesOfCredit: []emulator.LineOfCredit{{ID: foreignLine, EnvironmentID: environment, Network: "mutinynet", Currency: "btc"}},
			Bills:         []emulator.Bill{{ID: foreign, LineOfCreditID: foreignLine}},
		})
	})
	bill := a.billed(emulator.Bill{Amount: 1})
	for name, test := range map[string]struct {
		status    int
		kind      string
		key, path string
	}{
		"billing alone":            {200, "", "billing", bill},
		"billing alone, list":      {200, "", "billing", bills},
		"billing alone, summary":   {200, "", "billing", bills + "/summary"},
		"everything else":          {403, "access_rights", "rest", bill},
		"everything else, list":    {403, "access_rights", "rest", bills},
		"everything else, summary": {403, "access_rights", "rest", bills + "/summary"},
		"another environment":      {403, "access_rights", emulator.SecondKey, bill},
		"no such bill":             {404, "bill_not_found", a.key, bills + "/" + uuid.NewString()},
		"another organization":     {404, "bill_not_found_in_organization", a.key, bills + "/" + foreign.String()},
		"no UUID":                  {400, "invalid_parameter", a.key, bills + "/x"},
		"never billed":             {400, "line_of_credit_cannot_be_reconciled", a.key, bills + "?line_of_credit_id=" + never.String()},
		"never billed, summary":    {400, "line_of_credit_cannot_be_reconciled", a.key, bills + "/summary?line_of_credit_id=" + never.String()},
		"no key":                   {400, "missing_credentials", "", bill},
	} {
		t.Run(name, func(*testing.T) { a.expect(test.status, test.kind, "GET", test.path, nil, "X-Api-Key", test.key) })
	}
}

// TestBillLags: a bill that was just made can be missing, and one that has changed can be shown as it was.
func TestBillLags(t *testing.T) {
	t.Parallel()
	a := start(t)
	bill := a.billed(emulator.Bill{Amount: 1})
	fault := func(operation string, effect emulator.Effect) {
		a.emu.Inject(emulator.Fault{Operation: operation, Effect: effect})
	}
	fault("get_bill_as_user", emulator.NotFound{})
	a.expect(404, "bill_not_found", "GET", bill, nil)
	fault("get_bill_as_user", emulator.Stale{})
	a.expect(404, "bill_not_found", "GET", bill, nil)
	a.pass(time.Minute)
	if _, err := a.emu.MoveBill(uuid.MustParse(strings.TrimPrefix(bill, bills+"/")), "paid", ""); err != nil {
		t.Fatal(err)
	}
	if got := a.expect(200, "", "GET", bill, nil); got.get("status") != "paid" || got.get("updated_at") != "2026-09-01T10:01:00.123456789Z" {
		t.Errorf("got %s", got.raw)
	}
	fault("get_bill_as_user", emulator.Stale{})
	if got := a.expect(200, "", "GET", bill, nil); got.get("status") != "payment_due" {
		t.Errorf("a stale read shows %s", got.raw)
	}
	for _, operation := range []string{"get_bills_as_user", "get_bill_summary_as_user"} {
		fault(operation, emulator.Stale{})
	}
	if items, _ := a.expect(200, "", "GET", bills+"?statuses[]=payment_due", nil).get("items").([]any); len(items) != 1 {
		t.Errorf("a stale list shows %v", items)
	}
	if got := a.expect(200, "", "GET", bills+"/summary", nil); got.get("by_status", "payment_due") == nil {
		t.Errorf("a stale summary shows %s", got.raw)
	}
}

// TestBillsByHand makes bills at the control endpoint, and moves them.
func TestBillsByHand(t *testing.T) {
	t.Parallel()
	a := start(t)
	line, id := emulator.StagingUSDLineID.String(), uuid.NewString()
	got := a.control("POST",
		"bills", object{"id": id, "line_of_credit": line, "amount": 13455, "settlement_type": "Payout", "status": "queued",
			"start_time": "2026-08-01T02:00:00+02:00", "end_time": "2026-09-01T00:00:00Z"})
	for field, want := range map[string]any{
		"bill": id, "status": "queued", "amount": 13455.0, "unit": "cents", "settlement_type": "Payout", "start_time": "2026-08-01T00:00:00Z",
		"end_time": "2026-09-01T00:00:00Z",
	} {
		if got.status != 200 || got.get(field) != want {
			t.Errorf("%s: %d %s", field, got.status, got.raw)
		}
	}
	a.expect(200, "", "GET", bills+"/"+id, nil)
	if got := a.control("PATCH", "bills", object{"bill": id, "status": "failed", "error": "returned"}); got.status != 200 ||
		got.get("status") != "failed" {
		t.Errorf("%d %s", got.status, got.raw)
	}
	if got := a.expect(200, "", "GET", bills+"/"+id, nil); got.get("error", "context", "message") != "returned" ||
		got.get("start_time") != "2026-08-01T00:00:00.000000000Z" {
		t.Errorf("got %s", got.raw)
	}
	a.refused("bills", object{"line_of_credit": "x", "amount": 1}, `a line of credit is named by its ID, a UUID, not "x"`)
	a.refused("bills", object{"line_of_credit": uuid.NewString()}, "there is no line of credit")
	a.refused("bills", object{"line_of_credit": line, "id": id}, "another bill has the ID")
	a.refused("bills", object{"line_of_credit": line, "color": "red"}, `unknown field "color"`)
	for _, test := range []struct {
		body   object
		reason string
	}{
		{object{"bill": "x", "status": "paid"}, `a bill is named by its ID, a UUID, not "x"`},
		{object{"bill": uuid.NewString(), "status": "paid"}, "there is no bill"},
		{object{"bill": id, "status": "x"}, `"x" is not a status of a bill`},
	} {
		if got := a.control("PATCH", "bills", test.body); got.status != 400 || !strings.Contains(string(got.raw), test.reason) {
			t.Errorf("%v: %d %s", test.body, got.status, got.raw)
		}
	}
	if seen := a.seen(); len(seen) != 2 {
		t.Errorf("what was done by hand is among the requests: %+v", seen)
	}
}
