package world

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestBillPeriods: a bill that names no period is for the latest that has ended and has no bill yet.
func TestBillPeriods(t *testing.T) {
	t.Parallel()
	day := func(month time.Month, day int) time.Time { return time.Date(2026, month, day, 6, 0, 0, 0, time.UTC) }
	now := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC) // a Tuesday
	for _, test := range []struct {
		period     string
		start, end time.Time // of a bill that names its period
		want       string
	}{
		{"", day(8, 28), day(8, 29), "2026-08-31 to 2026-09-01, 2026-08-30 to 2026-08-31, 2026-08-27 to 2026-08-28"},
		{"daily", day(8, 30), time.Time{}, "2026-08-29 to 2026-08-30, 2026-08-28 to 2026-08-29, 2026-08-27 to 2026-08-28"},
		{"weekly", day(8, 18), day(8, 19), "2026-08-24 to 2026-08-31, 2026-08-10 to 2026-08-17, 2026-08-03 to 2026-08-10"},
		{"monthly", day(7, 31), time.Time{}, "2026-06-01 to 2026-07-01, 2026-05-01 to 2026-06-01, 2026-04-01 to 2026-05-01"},
		{"bi_monthly", day(5, 2), day(5, 3), "2026-07-01 to 2026-09-01, 2026-03-01 to 2026-05-01, 2026-01-01 to 2026-03-01"},
	} {
		world := DefaultWorld()
		world[0].LinesOfCredit[0].Period = test.period
		world[0].Bills = []Bill{{LineOfCreditID: StagingLineID}, {LineOfCreditID: StagingLineID, Start: test.start, End: test.end}}
		w, err := New(world, Settings{Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if _, err := w.AddBill(Bill{LineOfCreditID: StagingLineID}); err != nil {
				t.Fatal(err)
			}
		}
		var got []string
		for _, bill := range w.Bills()[1:] { // the one that names its period comes first
			got = append(got, bill.Start.Format(time.DateOnly)+" to "+bill.End.Format(time.DateOnly))
			if bill.CreatedAt != bill.End || bill.UpdatedAt != now || bill.Start.Hour() != 0 {
				t.Errorf("%s: %+v", test.period, bill)
			}
		}
		if strings.Join(got, ", ") != test.want {
			t.Errorf("%s: %s, want %s", test.period, got, test.want)
		}
	}
}

// TestBillRefusals: what a bill cannot be.
func TestBillRefusals(t *testing.T) {
	t.Parallel()
	at := func(day int) time.Time { return time.Date(2026, 8, day, 0, 0, 0, 0, time.UTC) }
	paid, negative, taken := int64(5), int64(-5), uuid.New()
	world := DefaultWorld()
	world[0].LinesOfCredit[1].Period = "never"
	world[0].Bills = []Bill{{ID: taken, LineOfCreditID: StagingLineID, Start: at(10), End: at(12)}}
	w, err := New(world, Settings{Now: func() time.Time { return at(20) }})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Bill)
		want   string
	}{
		"no such line":       {func(b *Bill) { b.LineOfCreditID = uuid.New() }, "there is no line of credit"},
		"line without bills": {func(b *Bill) { b.LineOfCreditID = StagingTestnetLineID }, "is never billed"},
		"ID twice":           {func(b *Bill) { b.ID = taken }, "another bill has the ID"},
		"status":             {func(b *Bill) { b.Status = "due" }, `"due" is not a status of a bill`},
		"settlement":         {func(b *Bill) { b.Settlement = "payout" }, `"payout" is neither Collection nor Payout`},
		"negative":           {func(b *Bill) { b.Amount = -1 }, "the amount of a bill must be 0 or more, in msats"},
		"negative, paid":     {func(b *Bill) { b.Status, b.Paid = "paid", &negative }, "the amount of a bill must be 0 or more"},
		"paid, and void":     {func(b *Bill) { b.Status, b.Paid = "void", &paid }, "a bill that is void has no amount that was paid"},
		"error, and due":     {func(b *Bill) { b.Problem = "no" }, "a bill that is payment_due has no error"},
		"end alone":          {func(b *Bill) { b.End = at(5) }, "a bill with an end must have a start"},
		"end first":          {func(b *Bill) { b.Start, b.End = at(5), at(5) }, "the end of a bill must be after its start"},
		"in another": {
			func(b *Bill) { b.Start = at(11) },
			"is for a part of the same period, 2026-08-11T00:00:00Z to 2026-08-12T00:00:00Z",
		},
		"around another": {func(b *Bill) { b.Start, b.End = at(1), at(30) }, "is for a part of the same period"},
	} {
		bill := Bill{LineOfCreditID: StagingLineID}
		test.change(&bill)
		if got, err := w.AddBill(bill); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	for _, start := range []int{9, 12} { // just before, and just after
		if _, err := w.AddBill(Bill{LineOfCreditID: StagingLineID, Start: at(start)}); err != nil {
			t.Error(err)
		}
	}
	if got := len(w.Bills()); got != 3 {
		t.Errorf("%d bills", got)
	}
	world[0].Bills = append(world[0].Bills, Bill{LineOfCreditID: uuid.New()})
	if _, err := New(world, Settings{Now: func() time.Time { return at(20) }}); err == nil {
		t.Error("a world has a bill for a line that does not exist")
	}
}

// TestBillMoves: a bill moves from one status to another until it is paid or void, and keeps when it came to each.
func TestBillMoves(t *testing.T) {
	t.Parallel()
	w, c, _, _ := started(t)
	for _, line := range []uuid.UUID{StagingLineID, StagingUSDLineID} {
		bill, err := w.AddBill(Bill{LineOfCreditID: line, Amount: 1_000})
		if err != nil {
			t.Fatal(err)
		}
		if isBTC := line == StagingLineID; (bill.Invoice != "") != isBTC || (bill.Address != "") != isBTC || len(bill.Wallets) != 1 {
			t.Errorf("got %+v", bill)
		}
		for _, step := range []struct {
			status, problem string
			want            string // which of the times are there, for USD
		}{
			{"queued", "", "queued"}, {"processing", "", "queued requested"}, {"failed", "no money", "queued requested failed"},
			{"failed", "", "queued requested failed"}, {"processing", "", "queued requested"}, {"paid", "", "queued requested paid"},
		} {
			c.pass(time.Minute)
			moved, err := w.MoveBill(bill.ID, step.status, step.problem)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, moment := range []struct {
				name string
				at   *time.Time
			}{
				{"queued", moved.QueuedAt}, {"requested", moved.RequestedAt}, {"paid", moved.PaidAt}, {"void", moved.VoidedAt},
				{"failed", moved.FailedAt},
			} {
				if moment.at != nil {
					got = append(got, moment.name)
				}
			}
			if strings.Join(got, " ") != step.want || moved.UpdatedAt != c.now || (moved.Problem != "") != (step.status == "failed") ||
				(moved.Paid != nil) != (step.status == "paid") || moved.Inflight() != slices.Contains([]string{"queued", "processing"}, step.status) {
				t.Errorf("%s: %+v", step.status, moved)
			}
		}
		if _, err := w.MoveBill(bill.ID, "void", ""); err == nil || !strings.Contains(err.Error(), "is paid, which is final") {
			t.Errorf("a paid bill is moved: %v", err)
		}
	}
	due, err := w.AddBill(Bill{LineOfCreditID: StagingLineID, Amount: 1_000, Settlement: "Payout"})
	if err != nil || due.Invoice != "" || due.Signed() != -1_000 {
		t.Fatalf("%+v, %v", due, err)
	}
	for _, test := range [][3]string{{"due", "", "not a status"}, {"paid", "no", "has no error"}} {
		if _, err := w.MoveBill(due.ID, test[0], test[1]); err == nil || !strings.Contains(err.Error(), test[2]) {
			t.Errorf("%v: %v", test, err)
		}
	}
	if _, err := w.MoveBill(uuid.New(), "paid", ""); err == nil {
		t.Error("no bill is moved")
	}
}
