package world

import (
	"cmp"
	"fmt"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// SeedBill is a bill of a seed, for the line of credit that it belongs to.
type SeedBill struct {
	ID             *seedID   `json:"id"`
	StartTime      *seedTime `json:"start_time"` // absent: the latest period without a bill
	EndTime        *seedTime `json:"end_time"`   // absent: one period after start_time
	Status         string    `json:"status"`     // absent: payment_due
	SettlementType string    `json:"settlement_type"`
	AmountDue      *int64    `json:"amount_due"`
	AmountPaid     *int64    `json:"amount_paid"` // only for a paid bill; absent: amount_due
	Error          string    `json:"error"`       // only for a failed bill
}

// bills reads the bills of a line of credit.
func (s *seeding) bills(at string, l SeedLineOfCredit, line LineOfCredit) []Bill {
	if len(l.Bills) > 0 && line.Period == "never" {
		s.refuse(at+".bills", "a line of credit that is never billed has no bills")
	}
	var bills []Bill
	for i, b := range l.Bills {
		bills = append(bills, s.bill(fmt.Sprintf("%s.bills[%d]", at, i), strconv.Itoa(i), b, line.ID))
	}
	return bills
}

// bill reads a bill. If it has no period, its ID is derived from its place in the list.
func (s *seeding) bill(at, place string, b SeedBill, line uuid.UUID) Bill {
	bill := Bill{
		LineOfCreditID: line, Start: b.StartTime.time(), End: b.EndTime.time(), Status: cmp.Or(b.Status, "payment_due"),
		Settlement: cmp.Or(b.SettlementType, "Collection"), Paid: b.AmountPaid, Problem: b.Error,
	}
	if b.StartTime != nil {
		place = bill.Start.UTC().Format(time.RFC3339Nano)
	}
	bill.ID = s.id(at, b.ID, line, "bill", place)
	s.oneOf(at+".status", bill.Status, billStatuses...)
	s.oneOf(at+".settlement_type", bill.Settlement, settlementTypes...)
	switch {
	case b.EndTime != nil && b.StartTime == nil:
		s.refuse(at+".end_time", "a bill with end_time must have start_time")
	case b.EndTime != nil && !bill.End.After(bill.Start):
		s.refuse(at+".end_time", "the end of a bill must be after its start")
	}
	if b.AmountDue == nil || *b.AmountDue < 0 {
		s.refuse(at+".amount_due", "a bill must have an amount of 0 or more, in base units of the currency of its line of credit")
	} else {
		bill.Amount = *b.AmountDue
	}
	switch {
	case b.AmountPaid != nil && bill.Status != "paid":
		s.refuse(at+".amount_paid", "only a bill with the status paid can have amount_paid")
	case b.AmountPaid != nil && *b.AmountPaid < 0:
		s.refuse(at+".amount_paid", "%d is below 0", *b.AmountPaid)
	}
	if b.Error != "" && bill.Status != "failed" {
		s.refuse(at+".error", "only a bill with the status failed can have an error")
	}
	return bill
}
