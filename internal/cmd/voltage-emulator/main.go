// Voltage-emulator is a Voltage API on this machine, without an account and without money. It runs a command with its own emulator:
//
//	voltage-emulator exec -- terraform test
//
// or serves until Ctrl-C, and prints the exports that a shell needs to point the Terraform provider at it:
//
//	voltage-emulator -exports env.sh &
//	source env.sh
//	terraform apply
//
// Its world is one organization, or the world of a seed file (-seed). The other subcommands call the running emulator at VOLTAGE_API_URL:
// they show its world, simulate an external payer, move money and the clock, make bills, make requests fail, and list requests. README.md
// in this folder describes all of them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"syscall"
)

// command is a subcommand.
type command struct {
	name, summary string
	run           func(ctx context.Context, args []string, stdout, stderr io.Writer) error
}

// commands are the subcommands in the order of the help.
func commands() []command {
	return []command{
		{"exec", "run a command with its own emulator", execute},
		{"status", "show the address, the clock and the number of objects of the emulator", status},
		{"wallets", "list the wallets with their balances", wallets},
		{"payments", "list the payments", payments},
		{"webhooks", "list the webhooks with their deliveries", webhooks},
		{"requests", "list the requests that the emulator has received, or clear the list", requests},
		{"pay", "pay an invoice, an address or a URI of a wallet, as an external payer", pay},
		{"deposit", "add to the balance of a wallet", deposit},
		{"withdraw", "take from the balance of a wallet", withdraw},
		{"clock", "show the clock, or move it forward", clock},
		{"feature", "switch a feature of an organization on or off", feature},
		{"bill", "make a bill for a line of credit", bill},
		{"bill-status", "move a bill to another status", billStatus},
		{"fault", "make future requests fail", fault},
		{"faults", "list the faults that have not happened yet, or remove them", listFaults},
		{"completion", "print a script that completes commands in a shell", completion},
	}
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	var status exitError
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.As(err, &status): // the command has printed its error
		os.Exit(int(status))
	default:
		fmt.Fprintln(os.Stderr, "voltage-emulator:", err)
		os.Exit(1)
	}
}

// run is the program.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return serve(ctx, args, stdout, stderr)
	}
	switch name := args[0]; name {
	case completeCommand:
		complete(ctx, args[1:], stdout)
		return nil
	case "help":
		if len(args) == 1 {
			return serve(ctx, []string{"-h"}, stdout, stderr)
		}
		if !slices.ContainsFunc(commands(), func(c command) bool { return c.name == args[1] }) {
			return unknownCommand(args[1])
		}
		return run(ctx, []string{args[1], "-h"}, stdout, stderr)
	case "-version", "--version", "version":
		fmt.Fprintln(stdout, "voltage-emulator", programVersion())
		return nil
	default:
		for _, c := range commands() {
			if name == c.name {
				return c.run(ctx, args[1:], stdout, stderr)
			}
		}
	}
	return serve(ctx, args, stdout, stderr)
}

// version is set by the linker when a release is built.
var version = ""

// programVersion returns the version of a release, or the version of the module that this program was installed from.
func programVersion() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

// unknownCommand returns the error for a command that does not exist. It suggests the most similar command.
func unknownCommand(name string) error {
	best, distance := "", len(name)/2+1 // no suggestion above this distance
	for _, c := range commands() {
		if d := editDistance(name, c.name); d < distance {
			best, distance = c.name, d
		}
	}
	if best == "" {
		return fmt.Errorf("there is no command %q; voltage-emulator -h lists the commands", name)
	}
	return fmt.Errorf("there is no command %q. Did you mean %q? voltage-emulator -h lists the commands", name, best)
}

// editDistance returns the number of edits that turn one word into another: adding, removing, replacing, or swapping characters.
func editDistance(a, b string) int {
	distances := make([][]int, len(a)+1)
	for i := range distances {
		distances[i] = make([]int, len(b)+1)
		for j := range distances[i] {
			switch {
			case i == 0 || j == 0:
				distances[i][j] = i + j
			case a[i-1] == b[j-1]:
				distances[i][j] = distances[i-1][j-1]
			default:
				distances[i][j] = 1 + min(distances[i-1][j-1], distances[i-1][j], distances[i][j-1])
			}
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				distances[i][j] = min(distances[i][j], distances[i-2][j-2]+1)
			}
		}
	}
	return distances[len(a)][len(b)]
}
