package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// bill makes a bill of a line of credit in a running emulator.
func bill(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("bill", "[flags] LINE AMOUNT",
		`Makes a bill, as Voltage does for each period of a line of credit. LINE is the ID of a line of credit, and AMOUNT is the amount
that is due. Without -start, the period is the latest period that has ended and has no bill yet.

`+amountHelp, stderr)
	order := emulator.BillOrder{}
	paidIn := ""
	r.Func("id", "the `ID` of the bill; default: derived from the line and the period", func(text string) error {
		id, err := uuid.Parse(text)
		order.ID = &id
		return err
	})
	r.StringVar(&order.Status, "status", "", "the `status`: payment_due (the default), queued, processing, paid, void or failed")
	payout := r.Bool("payout", false, "Voltage owes the amount to the customer. Without this flag, the customer owes it to Voltage")
	moment := func(at **time.Time) func(string) error {
		return func(text string) error {
			parsed, err := time.Parse(time.RFC3339Nano, text)
			*at = &parsed
			return err
		}
	}
	r.Func("start", "the `time` at which the period starts, such as 2026-09-13T00:00:00Z", moment(&order.Start))
	r.Func("end", "with -start: the `time` at which the period ends; default: after one period of the line", moment(&order.End))
	r.Func("paid", "with -status paid: the `amount` that was paid; default: the amount that is due", func(text string) error {
		paid, currency, err := parseAmount(text)
		order.Paid, paidIn = &paid, currency
		return err
	})
	r.StringVar(&order.Problem, "error", "", "with -status failed: the `text` of the error")
	arguments, err := r.arguments(args, 2, 2)
	if err != nil {
		return err
	}
	order.Line = arguments[0]
	if order.Amount, order.Currency, err = parseAmount(arguments[1]); err != nil {
		return err
	}
	order.Currency = cmp.Or(order.Currency, paidIn)
	if *payout {
		order.Settlement = "Payout"
	}
	var made emulator.Billed
	if err := r.call(ctx, http.MethodPost, "bills", order, &made); err != nil {
		return fmt.Errorf("no bill was made: %w", err)
	}
	printBill(stdout, &made)
	return nil
}

// billStatus moves a bill of a running emulator to another status.
func billStatus(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("bill-status", "[flags] BILL STATUS",
		`Moves a bill to another status. BILL is its ID. STATUS is payment_due, queued, processing, paid, void or failed. A bill that is
paid or void cannot be moved.
`, stderr)
	move := emulator.BillMove{}
	r.StringVar(&move.Problem, "error", "", "with the status failed: the `text` of the error")
	arguments, err := r.arguments(args, 2, 2)
	if err != nil {
		return err
	}
	move.Bill, move.Status = arguments[0], arguments[1]
	var moved emulator.Billed
	if err := r.call(ctx, http.MethodPatch, "bills", move, &moved); err != nil {
		return fmt.Errorf("the bill was not moved: %w", err)
	}
	printBill(stdout, &moved)
	return nil
}

// printBill prints the state of a bill. Its ID comes first, for scripts.
func printBill(stdout io.Writer, b *emulator.Billed) {
	fmt.Fprintf(stdout, "%s %s: %s of %d %s for %s to %s\n", b.Bill, b.Status, b.Settlement, b.Amount, b.Unit,
		b.Start.Format(time.RFC3339), b.End.Format(time.RFC3339))
}
