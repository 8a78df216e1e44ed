// Voltage-emulator is a Voltage API on this machine, without an account and without money. It prints the exports that a
// shell needs to point the Terraform provider at it:
//
//	voltage-emulator -exports env.sh &
//	source env.sh
//	terraform apply
//
// Its world is one organization, or what a seed file says (-seed). Its subcommands reach a running emulator, which
// VOLTAGE_API_URL names: they pay what a wallet has asked for, as somebody outside would, move money into wallets and out of
// them, make bills, make requests go wrong, and show what was requested. README.md beside this file has them all.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// command is a subcommand.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, stdout, stderr io.Writer) error
}

var commands = []command{
	{"pay", "pay an invoice, address or URI of the emulator, from outside", pay},
	{"deposit", "add to what a wallet has", deposit},
	{"withdraw", "take from what a wallet has", withdraw},
	{"feature", "switch a feature of an organization on or off", feature},
	{"bill", "make a bill of a line of credit", bill},
	{"bill-status", "move a bill to another status", billStatus},
	{"clock", "show the clock, or move it forward", clock},
	{"fault", "make requests to come go wrong", fault},
	{"faults", "list the faults to come, or clear them", listFaults},
	{"requests", "list what was requested, or forget it", requests},
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "voltage-emulator:", err)
		os.Exit(1)
	}
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	for _, c := range commands {
		if len(args) > 0 && args[0] == c.name {
			return c.run(ctx, args[1:], stdout, stderr)
		}
	}
	return serve(ctx, args, stdout, stderr)
}
