package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// options are the flags of the commands that start an emulator.
type options struct {
	listen, exports, seed                                                    string
	delay, latency, policyLag                                                time.Duration
	noFirstPolicies, hideDestinations, noCheckOnly, groupEvents, freshTokens bool
}

// register adds the flags to those of a command.
func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar(&o.listen, "listen", "127.0.0.1:0", "loopback `address` to listen on; port 0 is a free one")
	flags.DurationVar(&o.delay, "delay", 0, "how long an accepted write takes to be done, such as 300ms")
	flags.DurationVar(&o.latency, "latency", 0, "how long every request is under way, such as 50ms")
	flags.StringVar(&o.exports, "exports", "",
		"write the exports to this `file` instead of printing them; it is removed before the start and at the end")
	flags.BoolVar(&o.noFirstPolicies, "no-first-policies", false,
		"answer 404 to a change of the policies of a wallet that has none, instead of making them")
	flags.DurationVar(&o.policyLag, "policy-lag", 0, "how long after its creation a wallet's policies answer 404, such as 2s")
	flags.BoolVar(&o.hideDestinations, "hide-destinations", false, "let sends show neither the invoice nor the address that they pay")
	flags.BoolVar(&o.noCheckOnly, "no-check-only", false,
		"be the API before v6.14.0: sends do not show check_only, and lists ignore the filter")
	flags.BoolVar(&o.groupEvents, "group-events", false, "let webhooks show one object for all events of a family, instead of one per event")
	flags.BoolVar(&o.freshTokens, "fresh-checkout-tokens", false,
		"let a repeated creation of a checkout session return another token, instead of the first again")
	flags.StringVar(&o.seed, "seed", "", "read organizations, environments, lines of credit, keys, wallets and bills from this JSON `file`")
}

// variable is an environment variable.
type variable struct{ name, value string }

// started is an emulator that listens.
type started struct {
	url       string
	variables []variable // what points a program at it
	stop      func()
}

// exports are the variables as a shell sets them.
func (s *started) exports() string {
	var text strings.Builder
	for _, v := range s.variables {
		fmt.Fprintf(&text, "export %s=%s\n", v.name, v.value)
	}
	return text.String()
}

// start starts an emulator, and writes the file of exports if there is one. The log is told of what breaks the contract.
func (o *options) start(ctx context.Context, log io.Writer) (*started, error) {
	if o.exports != "" {
		// Whoever waits for the file must not find the one of an emulator that runs no longer.
		if err := os.Remove(o.exports); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("removing the exports of the last run: %w", err)
		}
	}
	world := emulator.DefaultWorld()
	if o.seed != "" {
		var err error
		if world, err = readSeed(o.seed); err != nil {
			return nil, err
		}
	}
	organization, environment, key, err := emulator.FirstAccess(world)
	if err != nil {
		return nil, err
	}
	form := emulator.OneEventEach
	if o.groupEvents {
		form = emulator.GroupedEvents
	}
	log = &lockedWriter{w: log}
	api, err := emulator.New(emulator.Config{ //nolint:contextcheck // deliveries end with the emulator
		Organizations:       world,
		Delay:               o.delay,
		Latency:             o.latency,
		NoFirstPolicies:     o.noFirstPolicies,
		PolicyLag:           o.policyLag,
		HideDestinations:    o.hideDestinations,
		NoCheckOnly:         o.noCheckOnly,
		FreshCheckoutTokens: o.freshTokens,
		EventForm:           form,
		OnViolation:         func(err error) { fmt.Fprintln(log, "contract:", err) },
	})
	if err != nil {
		return nil, fmt.Errorf("making the emulator: %w", err)
	}
	url, stop, err := api.Listen(ctx, o.listen)
	if err != nil {
		return nil, err
	}
	credential := "VOLTAGE_API_KEY"
	if key.Bearer {
		credential = "VOLTAGE_BEARER_TOKEN"
	}
	s := &started{url: url, stop: stop, variables: []variable{
		{"VOLTAGE_API_URL", url},
		{credential, key.Secret},
		{"VOLTAGE_ORGANIZATION_ID", organization.String()},
		{"VOLTAGE_ENVIRONMENT_ID", environment.String()},
	}}
	if o.exports != "" {
		text := s.exports()
		if err := replaceFile(o.exports, text); err != nil {
			stop()
			return nil, fmt.Errorf("writing the exports: %w", err)
		}
		s.stop = func() {
			stop()
			removeFile(o.exports, text)
		}
	}
	return s, nil
}

// serve runs an emulator until ctx is done.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("voltage-emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, "Usage: voltage-emulator [flags]\n       voltage-emulator COMMAND [flags] [arguments]\n"+
			"       voltage-emulator help COMMAND\n       voltage-emulator -version\n\n"+
			"Runs a Voltage API on this machine until Ctrl-C. \"exec\" runs one for as long as a command runs, and the other commands call one\n"+
			"that is running; -h after a command explains it:\n\n")
		for _, c := range commands() {
			fmt.Fprintf(stderr, "  %-12s %s\n", c.name, c.summary)
		}
		fmt.Fprint(stderr, "\nFlags:\n")
		flags.PrintDefaults()
	}
	var o options
	o.register(flags)
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return unknownCommand(flags.Arg(0))
	}
	log := &lockedWriter{w: stderr}
	s, err := o.start(ctx, log)
	if err != nil {
		return err
	}
	defer s.stop()
	if o.exports == "" {
		fmt.Fprint(stdout, s.exports())
	}
	fmt.Fprintf(log, "The Voltage emulator listens on %s. Run the exports in the shell that runs Terraform; stop the emulator with Ctrl-C.\n"+
		"Its console is at %s in a browser.\n", s.url, strings.TrimSuffix(s.url, "v1"))
	<-ctx.Done()
	return nil
}

// readSeed reads a seed file.
func readSeed(path string) ([]emulator.Organization, error) {
	file, err := os.Open(path) //nolint:gosec // the path is the caller's to choose
	if err != nil {
		return nil, fmt.Errorf("reading the seed: %w", err)
	}
	defer file.Close() //nolint:errcheck // it was only read
	world, err := emulator.ReadSeed(file)
	if err != nil {
		return nil, fmt.Errorf("%s:\n%w", path, err)
	}
	return world, nil
}

// replaceFile writes a file in one step, so that whoever waits for it never reads half of it.
func replaceFile(path, content string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) //nolint:errcheck // gone when all went well
	_, err = file.WriteString(content)
	if err := errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// removeFile removes a file, unless it is missing or another emulator has written it meanwhile.
func removeFile(path, content string) {
	if found, err := os.ReadFile(path); err == nil && string(found) == content { //nolint:gosec // the path is the caller's to choose
		_ = os.Remove(path) // a file that stays does no harm that could be repaired here
	}
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
	return l.w.Write(p)
}
