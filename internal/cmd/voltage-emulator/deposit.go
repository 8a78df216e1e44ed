package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// deposit adds an amount to the balance of a wallet of a running emulator.
func deposit(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	return move(ctx, args, stdout, stderr, "deposit", "Deposited %s in wallet %s (%s).",
		`Adds to the balance of a wallet, at once and without a payment. A wallet that holds funds cannot be deleted: withdraw them before
terraform destroy.
`)
}

// withdraw takes an amount from the balance of a wallet of a running emulator.
func withdraw(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	return move(ctx, args, stdout, stderr, "withdraw", "Withdrew %s from wallet %s (%s).",
		`Takes from the balance of a wallet, at once and without a payment. At most the available balance can be withdrawn.
`)
}

func move(ctx context.Context, args []string, stdout, stderr io.Writer, name, done, help string) error {
	r := newRemote(name, "[flags] WALLET AMOUNT", help+`
WALLET is the ID of a wallet, or its name if one active wallet has it. `+amountHelp, stderr)
	currency := r.String("currency", "",
		"the `currency`: btc, usd, or asset: with 66 hex characters; default: the currency of the line of credit of the wallet")
	arguments, err := r.arguments(args, 2, 2)
	if err != nil {
		return err
	}
	amount, named, err := parseAmount(arguments[1])
	if err != nil {
		return err
	}
	if named != "" && cmp.Or(*currency, named) != named {
		return fmt.Errorf("%s is an amount in %s, and -currency is %s", arguments[1], named, *currency)
	}
	var moved emulator.Moved
	order := emulator.MoveOrder{Wallet: arguments[0], Currency: cmp.Or(*currency, named), Amount: amount}
	if err := r.call(ctx, http.MethodPost, name, order, &moved); err != nil {
		return fmt.Errorf("nothing was moved: %w", err)
	}
	fmt.Fprintf(stdout, done+"\nThe balance of the wallet is now %s.\n", long(moved.Currency, moved.Unit, moved.Amount),
		printable(moved.Name), moved.Wallet, long(moved.Currency, moved.Unit, moved.Balance))
	return nil
}
