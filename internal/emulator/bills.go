package emulator

import (
	"fmt"
	"math"
	"net/url"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routeBills() {
	e.route("get_bills_as_user", e.listBills)
	e.route("get_bill_summary_as_user", e.summarizeBills)
	e.route("get_bill_as_user", e.getBill)
}

const (
	billsOnPage    = 25  // the default
	maxBillsOnPage = 500 // the largest limit of a request
)

// bills returns the bills that match the request and that the key may see.
func (e *Emulator) bills(c *call) (bills []*world.BillState, line *uuid.UUID, p *problem) {
	query := c.request.URL.Query()
	filter := world.BillFilter{
		Statuses: query["statuses[]"], ExcludeZero: query.Get("exclude_zero_amount_bills") == "true",
		Ascending: query.Get("sort_order") == "ASC",
	}
	if filter.Line, p = lineOfQuery(query); p != nil {
		return nil, nil, p
	}
	bills, refusal := e.world.ListBills(&c.Call, filter)
	hidden := func(bill *world.BillState) bool { return !c.opens(bill.Environment) }
	return slices.DeleteFunc(bills, hidden), filter.Line, problemOf(refusal)
}

func lineOfQuery(query url.Values) (*uuid.UUID, *problem) {
	text := query.Get("line_of_credit_id")
	if text == "" {
		return nil, nil
	}
	id, err := uuid.Parse(text)
	if err != nil {
		return nil, badRequest("invalid_parameter", "line_of_credit_id is not a UUID.")
	}
	return &id, nil
}

func (e *Emulator) listBills(c *call) reply {
	query := c.request.URL.Query()
	limit, p := pageNumber(query, "limit", billsOnPage)
	if p != nil {
		return refuse(p)
	}
	page := page{limit: min(limit, maxBillsOnPage)}
	if !page.follow(query) {
		return refuse(badCursor())
	}
	bills, _, p := e.bills(c)
	if p != nil {
		return refuse(p)
	}
	next := page.next(query, len(bills))
	return found(map[string]any{"items": each(part(bills, page), billJSON), "limit": page.limit, "next_cursor": next, "has_more": next != nil})
}

func (e *Emulator) getBill(c *call) reply {
	bill, refusal := e.world.ReadBill(&c.Call, c.ids["bill_id"])
	switch {
	case refusal != nil:
		return refuse(problemOf(refusal))
	case !c.opens(bill.Environment):
		return refuse(accessDenied())
	}
	return found(billJSON(bill))
}

// billCount is a number of bills, and their amount due in one currency.
type billCount struct{ bills, inflight, due int64 }

func (n *billCount) add(bill *world.BillState) {
	n.bills++
	n.due = addWithin(n.due, bill.Signed())
	if bill.Inflight() {
		n.inflight++
	}
}

// addWithin returns a sum, or the nearest number that fits into 64 bits.
func addWithin(a, b int64) int64 {
	switch sum := a + b; {
	case b > 0 && sum < a:
		return math.MaxInt64
	case b < 0 && sum > a:
		return math.MinInt64
	default:
		return sum
	}
}

// content writes a count in the form of the contract's schema BillStatusSummary.
func (n *billCount) content() map[string]any {
	return map[string]any{"bill_total_count": n.bills, "inflight_total_count": n.inflight}
}

// withDue writes a count in the form of the contract's schema BillCurrencyStatusSummary.
func (n *billCount) withDue() map[string]any {
	content := n.content()
	content["total_due_base_units"] = n.due
	return content
}

// countBills counts bills by a key.
func countBills(bills []*world.BillState, key func(*world.BillState) string) map[string]*billCount {
	counts := map[string]*billCount{}
	for _, bill := range bills {
		if counts[key(bill)] == nil {
			counts[key(bill)] = &billCount{}
		}
		counts[key(bill)].add(bill)
	}
	return counts
}

func statusOf(bill *world.BillState) string   { return bill.Status }
func currencyOf(bill *world.BillState) string { return bill.Currency }

func (e *Emulator) summarizeBills(c *call) reply {
	bills, line, p := e.bills(c)
	if p != nil {
		return refuse(p)
	}
	var all billCount
	for _, bill := range bills {
		all.add(bill)
	}
	content := all.content()
	content["organization_id"] = c.Organization
	if line != nil {
		content["line_of_credit_id"] = *line
	}
	units, byCurrency, byStatus := map[string]any{}, map[string]any{}, map[string]any{}
	for currency, count := range countBills(bills, currencyOf) {
		of := slices.DeleteFunc(slices.Clone(bills), func(bill *world.BillState) bool { return bill.Currency != currency })
		units[currency], byCurrency[currency] = world.Unit(currency), currencySummary(of, count)
	}
	for status, count := range countBills(bills, statusOf) {
		byStatus[status] = count.content()
	}
	content["amount_units"], content["by_currency"], content["by_status"] = units, byCurrency, byStatus
	return found(content)
}

// currencySummary writes the sums of the bills in one currency in the form of the contract's schema BillCurrencySummary.
func currencySummary(bills []*world.BillState, count *billCount) map[string]any {
	content, byStatus := count.withDue(), map[string]any{}
	for status, count := range countBills(bills, statusOf) {
		byStatus[status] = count.withDue()
	}
	created := func(a, b *world.BillState) int { return a.CreatedAt.Compare(b.CreatedAt) }
	content["oldest_created_at"] = timestamp(slices.MinFunc(bills, created).CreatedAt)
	content["newest_created_at"] = timestamp(slices.MaxFunc(bills, created).CreatedAt)
	content["by_status"] = byStatus
	return content
}

// billJSON writes a bill in the form of the contract's schema Bill. Only the amount is charged: every fee and rate is 0.
func billJSON(s *world.BillState) map[string]any {
	content := map[string]any{
		"id": s.ID, "organization_id": s.Organization, "line_of_credit_id": s.LineOfCreditID, "fulfillment_ids": fulfillments(s),
		"start_time": timestamp(s.Start), "end_time": timestamp(s.End), "period_length": s.Period, "status": s.Status,
		"settlement_type": s.Settlement, "wallet_ids": append([]uuid.UUID{}, s.Wallets...), "invoice": billInvoiceJSON(s),
		"scheduled_sections": []any{}, "volume_fee_percentage": 0, "settlement_fee_percentage": 0,
		"payout_holdback": map[string]any{"mode": "none"}, "amt_due": plain(Money{Currency: s.Currency, Amount: s.Amount}),
		"ln_invoice": textOrNull(s.Invoice), "address": textOrNull(s.Address), "amt_paid": nil,
		"created_at": timestamp(s.CreatedAt), "updated_at": timestamp(s.UpdatedAt), "queued_at": timestampOrNull(s.QueuedAt),
		"fulfillment_requested_at": timestampOrNull(s.RequestedAt), "ach": nil, "payment_received_at": timestampOrNull(s.PaidAt),
		"paid_at": timestampOrNull(s.PaidAt), "settled_at": nil, "voided_at": timestampOrNull(s.VoidedAt), "error": nil,
		"failed_at": timestampOrNull(s.FailedAt),
	}
	if s.Status == "paid" {
		content["amt_paid"] = plain(Money{Currency: s.Currency, Amount: *s.Paid})
	}
	if s.QueuedAt != nil && s.Currency == "usd" {
		content["ach"] = transfersJSON(s)
	}
	if s.Status == "failed" {
		content["error"] = billErrorJSON(s)
	}
	return content
}

// fulfillments returns the IDs of the settlements that were requested for a bill.
func fulfillments(s *world.BillState) []uuid.UUID {
	if s.RequestedAt == nil {
		return []uuid.UUID{}
	}
	return []uuid.UUID{uuid.NewSHA1(s.ID, []byte("fulfillment"))}
}

// transfersJSON writes the bank transfer of a bill, if it was requested, in the form of the contract's schema BillAchDetails.
func transfersJSON(s *world.BillState) map[string]any {
	transfers := []any{}
	for _, fulfillment := range fulfillments(s) {
		status := map[string]string{"paid": "succeeded", "failed": "failed"}[s.Status]
		if status == "" {
			status = "processing"
		}
		transfers = append(transfers, map[string]any{
			"ach_id": uuid.NewSHA1(fulfillment, []byte("ach")), "fulfillment_id": fulfillment,
			"purpose": map[string]string{"Collection": "collection", "Payout": "payout"}[s.Settlement],
			"amount":  plain(Money{Currency: s.Currency, Amount: s.Amount}), "status": status,
			"submitted_at": timestampOrNull(s.RequestedAt), "processing_at": timestampOrNull(s.RequestedAt),
			"completed_at": timestampOrNull(s.PaidAt), "failed_at": timestampOrNull(s.FailedAt),
		})
	}
	return map[string]any{
		"queued_at": timestampOrNull(s.QueuedAt), "submitted_at": timestampOrNull(s.RequestedAt),
		"processing_at": timestampOrNull(s.RequestedAt), "transfers": transfers,
	}
}

// billErrorJSON writes the reason of a failed bill in the form of the contract's schema BillingError: a failed bank transfer, or a failed
// payment in bitcoin.
func billErrorJSON(s *world.BillState) map[string]any {
	if s.Currency == "usd" {
		return map[string]any{"type": "transfer_failure", "detail": s.Problem, "context": map[string]any{"message": s.Problem}}
	}
	return map[string]any{"type": "fulfillment_failure", "detail": map[string]any{
		"type": "PaymentFailure", "detail": map[string]any{"detail": s.Problem, "code": nil, "context": nil},
	}, "context": nil}
}

// billInvoiceJSON writes the items of a bill in the form of the contract's schema Invoice. The first wallet has sent or received everything
// in one payment. The other wallets had no payments.
func billInvoiceJSON(s *world.BillState) map[string]any {
	items, amount := []map[string]any{}, s.Amount
	for _, wallet := range s.Wallets {
		items = append(items, lineItemJSON(s, wallet, amount))
		amount = 0
	}
	return map[string]any{
		"line_of_credit_id": s.LineOfCreditID, "line_items": items, "created_at": timestamp(s.CreatedAt),
		"due_date": timestamp(s.CreatedAt.Add(24 * time.Hour)), "service_fee": plain(Money{Currency: s.Currency}), "settlement_fee": nil,
	}
}

// lineItemJSON writes a wallet in the period of a bill in the form of the contract's schema LineItem.
func lineItemJSON(s *world.BillState, wallet uuid.UUID, amount int64) map[string]any {
	nothing := plain(Money{Currency: s.Currency})
	bucket := func(amount int64) map[string]any {
		return map[string]any{"count": min(amount, 1), "volume": plain(Money{Currency: s.Currency, Amount: amount})}
	}
	sent, received := bucket(amount), bucket(0)
	if s.Settlement == "Payout" {
		sent, received = received, sent
	}
	return map[string]any{
		"wallet_id": wallet, "starting_balance": signed(s.Currency, 0), "currency": s.Currency, "settlement_type": s.Settlement,
		"amount_total":            plain(Money{Currency: s.Currency, Amount: amount}),
		"total_transactions_sent": sent["count"], "amount_sent": sent["volume"],
		"total_transactions_received": received["count"], "amount_received": received["volume"],
		"processing_fees": map[string]any{"total": nothing, "send": nothing, "receive": nothing},
		"payment_activity": map[string]any{
			"standard": map[string]any{"send": sent, "receive": received},
			"treasury": map[string]any{"send": bucket(0), "receive": bucket(0)},
		},
		"volume_fee": nothing, "interest_fee": nothing, "payout_holdback": nil,
	}
}

// BillOrder is an order to make a bill.
type BillOrder struct {
	Line   string `json:"line_of_credit"` // its ID
	Amount int64  `json:"amount"`         // the amount due, in base units of the line's currency
	// Currency is the currency of the amounts. The emulator refuses a line of credit in another currency. Empty means the currency of the
	// line.
	Currency string `json:"currency,omitempty"`
	// The other fields are optional: see [world.Bill].
	ID         *uuid.UUID `json:"id,omitempty"`
	Status     string     `json:"status,omitempty"`
	Settlement string     `json:"settlement_type,omitempty"`
	Paid       *int64     `json:"paid,omitempty"`
	Start      *time.Time `json:"start_time,omitempty"`
	End        *time.Time `json:"end_time,omitempty"`
	Problem    string     `json:"error,omitempty"`
}

// BillMove is an order to move a bill to another status.
type BillMove struct {
	Bill    string `json:"bill"` // its ID
	Status  string `json:"status"`
	Problem string `json:"error,omitempty"`
}

// Billed is the result of a [BillOrder] or a [BillMove].
type Billed struct {
	Bill       uuid.UUID `json:"bill"`
	Status     string    `json:"status"`
	Amount     int64     `json:"amount"`
	Unit       string    `json:"unit"`
	Settlement string    `json:"settlement_type"`
	Start      time.Time `json:"start_time"`
	End        time.Time `json:"end_time"`
}

func billed(bill *world.BillState, err error) (*Billed, error) {
	if err != nil {
		return nil, err
	}
	return &Billed{
		Bill: bill.ID, Status: bill.Status, Amount: bill.Amount, Unit: world.Unit(bill.Currency), Settlement: bill.Settlement,
		Start: bill.Start.UTC(), End: bill.End.UTC(),
	}, nil
}

// controlBills adds endpoints for the work of Voltage: they make bills, and move them from one status to another.
func (e *Emulator) controlBills() {
	control(e, "POST", "bills", func(order BillOrder) (any, error) {
		line, err := uuid.Parse(order.Line)
		if err != nil {
			return nil, fmt.Errorf("a line of credit is named by its ID, a UUID, not %q", order.Line)
		}
		bill := Bill{
			LineOfCreditID: line, Status: order.Status, Settlement: order.Settlement, Amount: order.Amount, Paid: order.Paid,
			Problem: order.Problem, In: order.Currency,
		}
		if order.ID != nil {
			bill.ID = *order.ID
		}
		if order.Start != nil {
			bill.Start = *order.Start
		}
		if order.End != nil {
			bill.End = *order.End
		}
		return e.AddBill(bill)
	})
	control(e, "PATCH", "bills", func(move BillMove) (any, error) {
		id, err := uuid.Parse(move.Bill)
		if err != nil {
			return nil, fmt.Errorf("a bill is named by its ID, a UUID, not %q", move.Bill)
		}
		return e.MoveBill(id, move.Status, move.Problem)
	})
}

// AddBill makes a bill immediately, as Voltage would.
func (e *Emulator) AddBill(bill Bill) (*Billed, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changed()
	return billed(e.world.AddBill(bill))
}

// MoveBill moves a bill to another status immediately, as Voltage would. problem is the reason of a failed bill.
func (e *Emulator) MoveBill(id uuid.UUID, status, problem string) (*Billed, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changed()
	return billed(e.world.MoveBill(id, status, problem))
}
