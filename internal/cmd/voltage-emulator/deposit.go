package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strconv"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// deposit adds to what a wallet of a running emulator has.
func deposit(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	return move(ctx, args, stdout, stderr, "deposit", "deposited", "in",
		`Adds to what a wallet has, at once and without a payment. A wallet that has something cannot be deleted: withdraw it before
terraform destroy.
`)
}

// withdraw takes from what a wallet of a running emulator has.
func withdraw(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	return move(ctx, args, stdout, stderr, "withdraw", "withdrew", "from",
		`Takes from what a wallet has, at once and without a payment. What is held, or was never there, cannot be withdrawn.
`)
}

func move(ctx context.Context, args []string, stdout, stderr io.Writer, name, done, where, help string) error {
	r := newRemote(name, "[flags] WALLET AMOUNT", help+`
WALLET is a wallet's ID, or its name where one active wallet has it. AMOUNT is a whole number of base units of the currency:
millisatoshis of btc (1 sat is 1000), cents of usd.
`, stderr)
	currency := r.String("currency", "",
		"the `currency`: btc, usd, or asset: with 66 hex characters; default: the one of the wallet's line of credit")
	arguments, err := r.arguments(args, 2, 2)
	if err != nil {
		return err
	}
	amount, err := strconv.ParseInt(arguments[1], 10, 64)
	if err != nil {
		return fmt.Errorf("%q is no whole number of base units", arguments[1])
	}
	var moved emulator.Moved
	if err := r.call(ctx, http.MethodPost, name, emulator.MoveOrder{Wallet: arguments[0], Currency: *currency, Amount: amount},
		&moved); err != nil {
		return fmt.Errorf("nothing was moved: %w", err)
	}
	fmt.Fprintf(stdout, "%s %d %s %s %s (%s), whose balance is %d %s now\n", done, moved.Amount, moved.Unit, where, moved.Name, moved.Wallet,
		moved.Balance, moved.Unit)
	return nil
}
