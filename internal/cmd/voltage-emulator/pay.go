package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// pay has a running emulator's payment request paid from outside.
func pay(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("pay", "[flags] INVOICE|ADDRESS|URI",
		`Pays a payment request of the emulator, as somebody outside Voltage would. Its payment is completed, and its
wallet credited, once the emulator's -delay has passed.
`, stderr)
	msats := r.Int64("msats", 0, "how many `millisatoshis`, for a request of any amount")
	target, err := r.arguments(args, 1, 1)
	if err != nil {
		return err
	}
	if err := r.call(ctx, http.MethodPost, "pay", emulator.PayOrder{Target: target[0], Msats: *msats}, nil); err != nil {
		return fmt.Errorf("not paid: %w", err)
	}
	fmt.Fprintln(stdout, "paid")
	return nil
}
