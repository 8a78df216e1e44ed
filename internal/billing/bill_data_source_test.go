package billing_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

func TestMain(m *testing.M) { os.Exit(acctest.Main(m)) }

// bill makes a bill, and returns its ID.
func bill(t *testing.T, w *acctest.World, bill emulator.Bill) string {
	t.Helper()
	if bill.LineOfCreditID == uuid.Nil {
		bill.LineOfCreditID = emulator.StagingLineID
	}
	made, err := w.Emulator.AddBill(bill)
	if err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second) // lists have the oldest first
	return made.Bill.String()
}

// at returns a value by its path, such as invoice.line_items.0.wallet_id; elements of a map have their keys.
func at(t *testing.T, value tftypes.Value, path string) string {
	t.Helper()
	leaves := acctest.Leaves(value)
	return leaves[path]
}

// TestBill reads a bill in each of its states.
func TestBill(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		limit, wallet := int64(1_000_000), uuid.New()
		err := w.Emulator.AddWallet(emulator.Wallet{
			ID: wallet, EnvironmentID: w.EnvironmentID, Name: "billed", Network: w.Network, LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
		})
		if err != nil {
			t.Fatal(err)
		}
		paid := int64(9_100_000)
		for name, test := range map[string]struct {
			bill emulator.Bill
			want map[string]string
		}{
			"due": {emulator.Bill{Amount: 9_000_000}, map[string]string{
				"status": "payment_due", "settlement_type": "Collection", "amount_due.amount": "9000000", "amount_due.unit": "msats",
				"amount_paid.amount": "", "wallet_ids[0]": wallet.String(), "invoice.line_items[0].wallet_id": wallet.String(),
				"invoice.line_items[0].payment_activity.standard.send.count": "1", "bank_transfer.queued_at": "", "payout_holdback.mode": "none",
				"volume_fee_percentage.send": "0", "volume_fee_percentage.receive": "0", "paid_at": "", "error.type": "",
			}},
			"overpaid": {emulator.Bill{Amount: 9_000_000, Status: "paid", Paid: &paid}, map[string]string{
				"status": "paid", "amount_paid.amount": "9100000",
			}},
			"payout by a bank": {emulator.Bill{LineOfCreditID: emulator.StagingUSDLineID, Amount: 5, Status: "processing", Settlement: "Payout"},
				map[string]string{
					"status": "processing", "settlement_type": "Payout", "amount_due.amount": "5", "amount_due.unit": "cents", "payment_request": "",
					"bank_transfer.transfers[0].purpose": "payout", "bank_transfer.transfers[0].status": "processing",
					"bank_transfer.transfers[0].amount.amount": "5",
				}},
			"void": {emulator.Bill{Status: "void"}, map[string]string{"status": "void", "amount_due.amount": "0"}},
			"returned by the bank": {
				emulator.Bill{LineOfCreditID: emulator.StagingUSDLineID, Amount: 5, Status: "failed", Problem: "returned"},
				map[string]string{"status": "failed", "error.type": "transfer_failure", "error.detail": "returned"},
			},
			"without a route": {emulator.Bill{Amount: 5_000, Status: "failed", Problem: "no route"}, map[string]string{
				"status": "failed", "error.type": "fulfillment_failure",
				"error.detail": `{"detail":{"code":null,"context":null,"detail":"no route"},"type":"PaymentFailure"}`,
			}},
		} {
			id := bill(t, w, test.bill)
			state := p.MustRead("voltage_bill", acctest.Config{"id": id}).State
			test.want["id"], test.want["organization_id"] = id, w.OrganizationID.String()
			for path, want := range test.want {
				if got := at(t, state, path); got != want {
					t.Errorf("%s: %s is %q, want %q", name, path, got, want)
				}
			}
			if due := strings.HasPrefix(at(t, state, "payment_request"),
				"lntbs"); due != (test.bill.Amount > 0 && test.bill.LineOfCreditID == uuid.Nil) {
				t.Errorf("%s: the invoice is %q", name, at(t, state, "payment_request"))
			}
		}
	})
}

// TestBills: each argument narrows the list, which is in the order that was asked for, and reads no more pages than it needs.
func TestBills(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
		due := bill(t, w, emulator.Bill{Amount: 1_000, Start: day(1)})
		paid := bill(t, w, emulator.Bill{Amount: 2_000, Start: day(2), Status: "paid"})
		nothing := bill(t, w, emulator.Bill{Start: day(3), Status: "void"})
		dollars := bill(t, w, emulator.Bill{LineOfCreditID: emulator.StagingUSDLineID, Amount: 7, Start: day(4), Settlement: "Payout"})
		usd := emulator.StagingUSDLineID.String()
		for name, test := range map[string]struct {
			config acctest.Config
			want   []string
		}{
			"all":          {acctest.Config{"sort_order": "ASC"}, []string{due, paid, nothing, dollars}},
			"newest first": {acctest.Config{"sort_order": "DESC"}, []string{dollars, nothing, paid, due}},
			"of a line":    {acctest.Config{"line_of_credit_id": usd}, []string{dollars}},
			"statuses":     {acctest.Config{"statuses": []any{"paid", "void"}, "sort_order": "ASC"}, []string{paid, nothing}},
			"without zero": {acctest.Config{"exclude_zero_amount": true, "sort_order": "ASC"}, []string{due, paid, dollars}},
			"at most two":  {acctest.Config{"max_results": 2, "sort_order": "ASC"}, []string{due, paid}},
			"none":         {acctest.Config{"line_of_credit_id": usd, "statuses": []any{"void"}}, []string{}},
			"unknown line": {acctest.Config{"line_of_credit_id": uuid.NewString()}, []string{}},
			"with organization": {
				acctest.Config{"organization_id": w.OrganizationID.String(), "sort_order": "ASC"},
				[]string{due, paid, nothing, dollars},
			},
		} {
			state := p.MustRead("voltage_bills", test.config).State
			ids := []string{}
			for i, id := range acctest.Elements(acctest.Attribute(state, "ids")) {
				ids = append(ids, acctest.Text(id))
				if got := at(t, state, fmt.Sprintf("bills[%d].id", i)); got != acctest.Text(id) {
					t.Errorf("%s: bill %d is %s", name, i, got)
				}
			}
			if !slices.Equal(ids, test.want) {
				t.Errorf("%s: found %v, want %v", name, ids, test.want)
			}
		}
		for range 200 {
			bill(t, w, emulator.Bill{Amount: 1, Start: time.Time{}})
		}
		for limit, want := range map[any][2]int{nil: {204, 3}, 150: {150, 2}, 100: {100, 1}} {
			before := w.Emulator.Count("get_bills_as_user")
			state := p.MustRead("voltage_bills", acctest.Config{"max_results": limit}).State
			found, pages := len(acctest.Elements(acctest.Attribute(state, "bills"))), w.Emulator.Count("get_bills_as_user")-before
			if found != want[0] || pages != want[1] {
				t.Errorf("max_results %v: %d bills by %d requests, want %v", limit, found, pages, want)
			}
		}
	})
}

// TestBillSummary counts the bills, and shows what is due as an amount of its currency.
func TestBillSummary(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		bill(t, w, emulator.Bill{Amount: 1_000})
		bill(t, w, emulator.Bill{Amount: 2_000, Status: "paid"})
		bill(t, w, emulator.Bill{Status: "void"})
		bill(t, w, emulator.Bill{LineOfCreditID: emulator.StagingUSDLineID, Amount: 7, Settlement: "Payout", Status: "queued"})
		for name, test := range map[string]struct {
			config acctest.Config
			want   map[string]string
		}{
			"all": {nil, map[string]string{
				"total_count": "4", "inflight_count": "1", "by_status.void.total_count": "1", "by_status.queued.inflight_count": "1",
				"by_status.failed.total_count": "", "by_currency.btc.total_count": "3", "by_currency.btc.total_due.amount": "3000",
				"by_currency.btc.by_status.paid.total_due.amount": "2000", "by_currency.usd.total_due.amount": "-7",
				"by_currency.usd.total_due.unit": "cents", "by_currency.usd.by_status.queued.total_count": "1",
			}},
			"a line": {acctest.Config{"line_of_credit_id": emulator.StagingUSDLineID.String()}, map[string]string{
				"total_count": "1", "by_currency.btc.total_count": "", "by_currency.usd.total_count": "1",
			}},
			"statuses":     {acctest.Config{"statuses": []any{"failed"}}, map[string]string{"total_count": "0", "inflight_count": "0"}},
			"without zero": {acctest.Config{"exclude_zero_amount": true}, map[string]string{"total_count": "3", "by_status.void.total_count": ""}},
		} {
			state := p.MustRead("voltage_bill_summary", test.config).State
			for path, want := range test.want {
				if got := at(t, state, path); got != want {
					t.Errorf("%s: %s is %q, want %q", name, path, got, want)
				}
			}
		}
	})
}

// TestBills_refused: a refusal is on the argument that causes it, and that of a key without BILLING names the permission.
func TestBills_refused(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		billing, reading := w.Protocol(t), w.Protocol(t, acctest.Config{"api_key": emulator.StagingReadOnlyKey})
		missing, never := uuid.NewString(), emulator.StagingTestnetLineID.String()
		permission := []string{"403 access_rights", "needs an API key with the permission BILLING", "READ is not enough", "Voltage dashboard"}
		for name, test := range map[string]struct {
			provider *acctest.Protocol
			kind     string
			config   acctest.Config
			want     []string // in the error
		}{
			"no such bill": {
				billing, "voltage_bill",
				acctest.Config{"id": missing},
				[]string{"id: Bill Not Read", missing, "bill_not_found"},
			},
			"no ID": {billing, "voltage_bill", acctest.Config{"id": "x"}, []string{"id: Invalid UUID"}},
			"a bill without BILLING": {
				reading, "voltage_bill",
				acctest.Config{"id": missing},
				append([]string{"Bill Not Read", missing}, permission...),
			},
			"bills without BILLING": {reading, "voltage_bills", nil, append([]string{"Bills Not Read"}, permission...)},
			"summary without it":    {reading, "voltage_bill_summary", nil, append([]string{"Bill Summary Not Read"}, permission...)},
			"bills of a line that is never billed": {billing, "voltage_bills", acctest.Config{"line_of_credit_id": never},
				[]string{"line_of_credit_id: Bills Not Read", never, "line_of_credit_cannot_be_reconciled", "Choose another line of credit"}},
			"summary of a line that is never billed": {billing, "voltage_bill_summary", acctest.Config{"line_of_credit_id": never},
				[]string{"line_of_credit_id: Bill Summary Not Read", "line_of_credit_cannot_be_reconciled"}},
			"no such status":     {billing, "voltage_bills", acctest.Config{"statuses": []any{"due"}}, []string{"statuses", `"payment_due"`}},
			"no status":          {billing, "voltage_bill_summary", acctest.Config{"statuses": []any{}}, []string{"statuses", "at least 1"}},
			"no order":           {billing, "voltage_bills", acctest.Config{"sort_order": "asc"}, []string{"sort_order", `"ASC"`}},
			"none of the bills":  {billing, "voltage_bills", acctest.Config{"max_results": 0}, []string{"max_results", "at least 1"}},
			"other organization": {billing, "voltage_bills", acctest.Config{"organization_id": missing}, []string{"Bills Not Read", missing}},
		} {
			_, diags := test.provider.ReadDataSource(t.Context(), test.kind, test.config)
			for _, want := range test.want {
				if !strings.Contains(diags.Errors(), want) {
					t.Errorf("%s: the error lacks %q: %s", name, want, diags.Errors())
				}
			}
		}
	}, func(c *emulator.Config) {
		c.Organizations = emulator.DefaultWorld()
		lines := c.Organizations[0].LinesOfCredit
		i := slices.IndexFunc(lines, func(line emulator.LineOfCredit) bool { return line.ID == emulator.StagingTestnetLineID })
		lines[i].Period = "never"
	})
}

// TestBills_cutShort: a part of the bills is not shown as if it were all of them.
func TestBills_cutShort(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t, acctest.Config{"max_retries": 0})
		for range 150 {
			bill(t, w, emulator.Bill{Amount: 1})
		}
		w.Emulator.Inject(emulator.Fault{
			Operation: "get_bills_as_user",
			Nth:       1,
			Times:     -1,
			Effect:    emulator.Refuse{Status: 500, Type: "internal"},
		})
		state, diags := p.ReadDataSource(t.Context(), "voltage_bills", nil)
		if !strings.Contains(diags.Errors(), "Bills Not Read") || len(acctest.Elements(acctest.Attribute(state, "ids"))) != 0 {
			t.Errorf("got %s, %s", state, diags.Errors())
		}
	})
}
