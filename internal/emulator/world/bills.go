package world

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Bill is a bill that exists from the start, or that a person orders.
type Bill struct {
	ID             uuid.UUID // uuid.Nil: derived from the line of credit and the period
	LineOfCreditID uuid.UUID
	// Start and End are the period. Without an end, the period has the usual length of the line. Without both, it is the latest period that
	// has ended and has no bill of the line.
	Start, End time.Time
	Status     string // empty: payment_due
	Settlement string // empty: Collection
	Amount     int64  // the amount due, in base units of the line's currency
	In         string // the currency that the line must have; empty: any
	Paid       *int64 // only in a paid bill; nil: the amount due
	Problem    string // only in a failed bill; empty: a general text
}

// BillState is a bill at one moment.
type BillState struct {
	Bill
	Organization, Environment uuid.UUID
	Currency                  string
	Period                    string // of the contract's ReconciliationFrequency
	Wallets                   []uuid.UUID
	Invoice, Address          string // empty unless the customer pays in bitcoin
	CreatedAt, UpdatedAt      time.Time
	// These are the times when the bill reached a status, or nil.
	QueuedAt, RequestedAt, PaidAt, VoidedAt, FailedAt *time.Time
}

// The statuses, settlement types and periods of the contract. The order of the statuses is inferred; paid and void are final.
var (
	billStatuses    = []string{"payment_due", "queued", "processing", "paid", "void", "failed"}
	settlementTypes = []string{"Collection", "Payout"}
	billingPeriods  = []string{"daily", "weekly", "monthly", "bi_monthly", "never"}
)

// Signed returns the amount due. It is positive if the customer owes it, and negative if Voltage owes it. The sign is inferred.
func (s *BillState) Signed() int64 {
	if s.Settlement == "Payout" {
		return -s.Amount
	}
	return s.Amount
}

// Inflight reports whether money is on its way. The contract does not define the word, so its meaning is inferred.
func (s *BillState) Inflight() bool { return s.Status == "queued" || s.Status == "processing" }

// addBill makes a bill in an organization, and refuses one that contradicts itself.
func (w *World) addBill(org *organization, bill Bill, now time.Time) (*BillState, error) {
	line := org.line(bill.LineOfCreditID)
	if line == nil {
		return nil, fmt.Errorf("a bill is for line of credit %s, which does not exist", bill.LineOfCreditID)
	}
	bill.Status, bill.Settlement = cmp.Or(bill.Status, "payment_due"), cmp.Or(bill.Settlement, "Collection")
	if err := w.settlePeriod(&bill, line, now); err != nil {
		return nil, err
	}
	if bill.ID == uuid.Nil {
		bill.ID = derivedID(line.ID, "bill/"+bill.Start.UTC().Format(time.RFC3339))
	}
	switch {
	case line.period() == "never":
		return nil, fmt.Errorf("line of credit %s is never billed", line.ID)
	case bill.In != "" && bill.In != line.Currency:
		return nil, fmt.Errorf("line of credit %s is in %s, and the amount in %s", line.ID, line.Currency, bill.In)
	case w.state.Bills.has(bill.ID):
		return nil, fmt.Errorf("another bill has the ID %s", bill.ID)
	case !slices.Contains(billStatuses, bill.Status):
		return nil, fmt.Errorf("%q is not a status of a bill", bill.Status)
	case !slices.Contains(settlementTypes, bill.Settlement):
		return nil, fmt.Errorf("%q is neither Collection nor Payout", bill.Settlement)
	case bill.Amount < 0 || bill.Paid != nil && *bill.Paid < 0:
		return nil, fmt.Errorf("the amount of a bill must be 0 or more, in %s", Unit(line.Currency))
	case bill.Paid != nil && bill.Status != "paid":
		return nil, fmt.Errorf("a bill that is %s has no amount that was paid", bill.Status)
	case bill.Problem != "" && bill.Status != "failed":
		return nil, fmt.Errorf("a bill that is %s has no error", bill.Status)
	}
	state := BillState{
		Bill: bill, Organization: org.ID, Environment: line.EnvironmentID, Currency: line.Currency, Period: line.period(),
		CreatedAt: bill.End, UpdatedAt: now,
	}
	if bill.End.After(now) {
		state.CreatedAt = now
	}
	for _, wallet := range w.state.Wallets.all() {
		if wallet.LineOfCreditID != nil && *wallet.LineOfCreditID == line.ID && wallet.live() {
			state.Wallets = append(state.Wallets, wallet.ID)
		}
	}
	if err := state.makePayable(line.Network); err != nil {
		return nil, err
	}
	state.reach(bill.Status, bill.Problem, now)
	w.state.Bills.put(bill.ID, now, state)
	return &state, nil
}

// makePayable gives a bill an invoice and an address if the customer pays it in bitcoin.
func (s *BillState) makePayable(network string) error {
	if s.Currency != "btc" || s.Settlement != "Collection" || s.Amount == 0 {
		return nil
	}
	const validity = 24 * 60 * 60 // seconds
	invoice, err := newInvoice(network, s.ID, s.Amount, "Bill", s.CreatedAt, validity)
	if err != nil {
		return err
	}
	address, err := newAddress(network, s.ID)
	if err != nil {
		return err
	}
	s.Invoice, s.Address = invoice, address
	return nil
}

// reach moves a bill to a status. A bank transfer is queued and requested before it ends.
func (s *BillState) reach(status, problem string, at time.Time) {
	s.Status, s.UpdatedAt, s.FailedAt, s.Problem = status, at, nil, ""
	once := func(moment **time.Time) {
		if *moment == nil {
			*moment = &at
		}
	}
	byBank := s.Currency == "usd" && s.Amount != 0
	if status == "queued" || status == "processing" || byBank && (status == "paid" || status == "failed") {
		once(&s.QueuedAt)
	}
	if status == "processing" || byBank && (status == "paid" || status == "failed") {
		once(&s.RequestedAt)
	}
	switch status {
	case "paid":
		once(&s.PaidAt)
		if amount := s.Amount; s.Paid == nil {
			s.Paid = &amount
		}
	case "void":
		once(&s.VoidedAt)
	case "failed":
		s.FailedAt, s.Problem = &at, cmp.Or(problem, "The payment of the bill failed.")
	}
}

// settlePeriod sets the period of a bill. It refuses a period that overlaps with another bill of the line.
func (w *World) settlePeriod(bill *Bill, line *LineState, now time.Time) error {
	free := func() bool {
		return !slices.ContainsFunc(w.state.Bills.all(), func(other BillState) bool {
			return other.LineOfCreditID == line.ID && other.Start.Before(bill.End) && bill.Start.Before(other.End)
		})
	}
	switch {
	case bill.Start.IsZero() && !bill.End.IsZero():
		return fmt.Errorf("a bill with an end must have a start")
	case bill.Start.IsZero():
		bill.End = line.lastPeriodEnd(now)
		for bill.Start = line.periodFrom(bill.End, -1); !free(); bill.Start = line.periodFrom(bill.End, -1) {
			bill.End = bill.Start
		}
		return nil
	case bill.End.IsZero():
		bill.End = line.periodFrom(bill.Start, 1)
	}
	switch {
	case !bill.End.After(bill.Start):
		return fmt.Errorf("the end of a bill must be after its start")
	case !free():
		return fmt.Errorf("another bill of line of credit %s is for a part of the same period, %s to %s",
			line.ID, bill.Start.UTC().Format(time.RFC3339), bill.End.UTC().Format(time.RFC3339))
	}
	return nil
}

// period returns how often a line of credit is billed.
func (l *LineOfCredit) period() string { return cmp.Or(l.Period, "daily") }

// periodFrom returns the other end of a period of a line that begins (direction 1) or ends (direction -1) at a time.
func (l *LineOfCredit) periodFrom(at time.Time, direction int) time.Time {
	switch l.period() {
	case "weekly":
		return at.AddDate(0, 0, 7*direction)
	case "monthly":
		return at.AddDate(0, direction, 0)
	case "bi_monthly": // every two months
		return at.AddDate(0, 2*direction, 0)
	}
	return at.AddDate(0, 0, direction)
}

// lastPeriodEnd returns the time when the latest period of a line ended: the last midnight in UTC, of a Monday if the line is billed
// weekly, or of the first day of a month if it is billed monthly.
func (l *LineOfCredit) lastPeriodEnd(now time.Time) time.Time {
	year, month, day := now.UTC().Date()
	switch l.period() {
	case "weekly":
		day -= (int(now.UTC().Weekday()) + 6) % 7
	case "monthly", "bi_monthly":
		day = 1
	}
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

// BillFilter selects the bills of a list, and their order. The zero value selects all, the newest first.
type BillFilter struct {
	Line        *uuid.UUID
	Statuses    []string
	ExcludeZero bool // leaves out bills whose amount due is 0
	Ascending   bool
}

// ListBills returns the bills of the organization that match. It refuses a line of credit that is never billed.
func (w *World) ListBills(c *Call, filter BillFilter) ([]*BillState, *Refusal) {
	if filter.Line != nil {
		if line := w.organization(c.Organization).line(*filter.Line); line != nil && line.period() == "never" {
			return nil, Invalidf("line_of_credit_cannot_be_reconciled", "Line of credit %s is never billed.", line.ID).
				About("line_of_credit_id", line.ID)
		}
	}
	bills := w.state.Bills.list(c.Now, c.stale(), func(s *BillState) bool {
		return s.Organization == c.Organization && (filter.Line == nil || s.LineOfCreditID == *filter.Line) &&
			(len(filter.Statuses) == 0 || slices.Contains(filter.Statuses, s.Status)) && (!filter.ExcludeZero || s.Amount != 0)
	})
	slices.SortStableFunc(bills, func(a, b *BillState) int {
		order := cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID.String(), b.ID.String()))
		if !filter.Ascending {
			order = -order
		}
		return order
	})
	return bills, nil
}

// ReadBill returns a bill of the organization.
func (w *World) ReadBill(c *Call, id uuid.UUID) (*BillState, *Refusal) {
	bill := w.state.Bills.read(c, id, func(*BillState) bool { return true })
	switch {
	case bill == nil:
		return nil, missing("bill_not_found", "bill_id", id)
	case bill.Organization != c.Organization:
		return nil, missing("bill_not_found_in_organization", "organization_id", c.Organization)
	}
	return bill, nil
}

// AddBill makes a bill immediately, as Voltage would, for a line of credit of any organization.
func (w *World) AddBill(bill Bill) (*BillState, error) {
	for _, org := range w.state.Organizations {
		if org.line(bill.LineOfCreditID) != nil {
			return w.addBill(org, bill, w.settings.Now())
		}
	}
	return nil, fmt.Errorf("there is no line of credit %s", bill.LineOfCreditID)
}

// MoveBill moves a bill to another status immediately, as Voltage would. problem is the reason of a failed bill.
func (w *World) MoveBill(id uuid.UUID, status, problem string) (*BillState, error) {
	if !w.state.Bills.has(id) {
		return nil, fmt.Errorf("there is no bill %s", id)
	}
	bill := w.state.Bills.latest(id)
	switch {
	case !slices.Contains(billStatuses, status):
		return nil, fmt.Errorf("%q is not a status of a bill", status)
	case bill.Status == "paid" || bill.Status == "void":
		return nil, fmt.Errorf("bill %s is %s, which is final", id, bill.Status)
	case problem != "" && status != "failed":
		return nil, fmt.Errorf("a bill that is %s has no error", status)
	}
	now := w.settings.Now()
	w.state.Bills.step(id, now, func(s *BillState) { s.reach(status, problem, now) })
	bill = w.state.Bills.latest(id)
	return &bill, nil
}

// Bills returns every bill in its latest state, in the order of creation.
func (w *World) Bills() []BillState { return w.state.Bills.all() }
