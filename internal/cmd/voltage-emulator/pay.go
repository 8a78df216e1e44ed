package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// pay pays a payment request of a running emulator from outside.
func pay(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("pay", "[flags] INVOICE|ADDRESS|URI [AMOUNT]",
		`Simulates an external payer who pays a payment request of a wallet. After the -delay of the emulator, the payment is
completed and the money is in the wallet.

AMOUNT is for a request without an amount. It is in satoshis, such as 25000sats, or in millisatoshis, such as 25000000msats or 25000000.
`, stderr)
	msats := r.Int64("msats", 0, "the amount in `millisatoshis`, instead of AMOUNT")
	arguments, err := r.arguments(args, 1, 2)
	if err != nil {
		return err
	}
	order := emulator.PayOrder{Target: arguments[0], Msats: *msats}
	if len(arguments) == 2 {
		if *msats != 0 {
			return fmt.Errorf("there are two amounts: %s and -msats %d. Remove one of them", arguments[1], *msats)
		}
		if order.Msats, _, err = parseAmount(arguments[1]); err != nil {
			return err
		}
	}
	var paid emulator.Paid
	if err := r.call(ctx, http.MethodPost, "pay", order, &paid); err != nil {
		return fmt.Errorf("nothing was paid: %w", err)
	}
	fmt.Fprintf(stdout, "Paid %s to wallet %s (%s) with payment %s.\n", long("btc", "msats", paid.Msats), printable(paid.Name), paid.Wallet,
		paid.Payment)
	balance := long(paid.Balance.Currency, paid.Balance.Unit, paid.Balance.Amount)
	if paid.Completed {
		fmt.Fprintf(stdout, "The balance of the wallet is now %s.\n", balance)
	} else {
		fmt.Fprintf(stdout, "The payment will be completed at %s. The balance of the wallet will then be %s.\n",
			paid.CompletedAt.Format(time.RFC3339Nano), balance)
	}
	return nil
}
