package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"slices"
	"strings"
	"syscall"
)

// exitError is the exit status of a command that exec has run. It becomes the exit status of this program.
type exitError int

// Error implements [error].
func (e exitError) Error() string {
	return fmt.Sprintf("the command has exited with status %d", int(e))
}

// These are the exit statuses of a shell for a command that cannot be run.
const (
	notExecutable = 126
	notFound      = 127
)

// execute runs a command with its own emulator.
func execute(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("voltage-emulator exec", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, `Usage: voltage-emulator exec [flags] [--] COMMAND [arguments]

Starts an emulator on a free port, runs the command with the environment variables that the provider reads, and stops the emulator
when the command has ended. The exit status is the status of the command. If a signal ended the command, the exit status is 128 plus
the number of the signal.

  voltage-emulator exec -- terraform test
  voltage-emulator exec -seed world.json -- sh -c 'terraform apply -auto-approve && ./test.sh'

The variables are VOLTAGE_API_URL, VOLTAGE_API_KEY, VOLTAGE_ORGANIZATION_ID and VOLTAGE_ENVIRONMENT_ID. A world without API keys sets
VOLTAGE_BEARER_TOKEN instead of VOLTAGE_API_KEY. The command does not get the variables of a real environment.

Flags:
`)
		flags.PrintDefaults()
	}
	var o options
	o.register(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errors.New("exec needs a command. Write it after --, such as: voltage-emulator exec -- terraform test")
	}
	// The emulator does not stop at Ctrl-C, since Terraform needs the API to stop cleanly.
	s, err := o.start(context.WithoutCancel(ctx), stderr)
	if err != nil {
		return err
	}
	defer s.stop()
	return s.run(flags.Args(), stdout, stderr)
}

// run runs a command until it ends.
func (s *started) run(args []string, stdout, stderr io.Writer) error {
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // it is the user's command, and is never stopped
	cmd.Env = s.environment(os.Environ())
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, stdout, stderr
	child := newChild(cmd)
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, forwarded...)
	defer signal.Stop(signals)
	if err := cmd.Start(); err != nil {
		fmt.Fprintf(stderr, "voltage-emulator: running the command: %v\n", err)
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) {
			return exitError(notFound)
		}
		return exitError(notExecutable)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case s := <-signals:
			child.forward(s)
		case err := <-ended:
			return statusOf(err)
		}
	}
}

// environment returns an environment with the variables of the emulator, and without the variables of another API.
func (s *started) environment(of []string) []string {
	environment := slices.DeleteFunc(slices.Clone(of), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return name == "VOLTAGE_API_KEY" || name == "VOLTAGE_BEARER_TOKEN" // the provider refuses both at once
	})
	for _, v := range s.variables {
		environment = append(environment, v.name+"="+v.value) // the last value counts
	}
	return environment
}

// statusOf returns the exit status of a command as an error, or nil if the command has succeeded.
func statusOf(err error) error {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return exitError(128 + int(status.Signal()))
	}
	return exitError(exit.ExitCode())
}
