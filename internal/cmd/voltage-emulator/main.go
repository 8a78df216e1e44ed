// Voltage-emulator is a Voltage API on this machine, without an account and without money. It prints the exports that a
// shell needs to point the Terraform provider at it:
//
//	voltage-emulator -exports env.sh &
//	source env.sh
//	terraform apply
//
// With "pay" it pays, as somebody outside would, what a wallet of a running emulator has asked for:
//
//	voltage-emulator pay lntbs210n1...
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

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
	if len(args) > 0 && args[0] == "pay" {
		return pay(ctx, args[1:], stdout, stderr)
	}
	return serve(ctx, args, stdout, stderr)
}

// serve runs an emulator until ctx is done.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("voltage-emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:0", "loopback `address` to listen on; port 0 is a free one")
	delay := flags.Duration("delay", 0, "how long an accepted write takes to be done, such as 300ms")
	exports := flags.String("exports", "", "write the exports to this `file` instead of printing them")
	if err := flags.Parse(args); err != nil {
		return err //nolint:wrapcheck // the flag package has printed it
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	log := &lockedWriter{w: stderr}
	api, err := emulator.New(emulator.Config{
		Delay:       *delay,
		OnViolation: func(err error) { fmt.Fprintln(log, "contract:", err) },
	})
	if err != nil {
		return fmt.Errorf("making the emulator: %w", err)
	}
	url, stop, err := api.Listen(ctx, *listen)
	if err != nil {
		return err //nolint:wrapcheck // says it all
	}
	defer stop()
	text := fmt.Sprintf("export VOLTAGE_API_URL=%s\nexport VOLTAGE_API_KEY=%s\nexport VOLTAGE_ORGANIZATION_ID=%s\nexport VOLTAGE_ENVIRONMENT_ID=%s\n",
		url, emulator.StagingKey, emulator.DefaultOrganizationID, emulator.StagingEnvironmentID)
	if *exports == "" {
		fmt.Fprint(stdout, text)
	} else if err := replaceFile(*exports, text); err != nil {
		return fmt.Errorf("writing the exports: %w", err)
	}
	fmt.Fprintf(log, "The Voltage emulator listens on %s. Run the exports in the shell that runs Terraform; stop the emulator with Ctrl-C.\n", url)
	<-ctx.Done()
	return nil
}

// replaceFile writes a file in one step, so that whoever waits for it never reads half of it.
func replaceFile(path, content string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err //nolint:wrapcheck // run wraps it
	}
	defer os.Remove(file.Name()) //nolint:errcheck // gone when all went well
	_, err = file.WriteString(content)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path) //nolint:wrapcheck // run wraps it
}

// lockedWriter keeps the lines of several requests apart.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements [io.Writer].
func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p) //nolint:wrapcheck // a writer hands on what it got
}
