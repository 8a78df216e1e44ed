package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// options are the flags of the commands that start an emulator.
type options struct {
	listen, exports, seed, data                                              string
	public                                                                   bool
	deliverTo                                                                []string
	delay, latency, policyLag                                                time.Duration
	noFirstPolicies, hideDestinations, noCheckOnly, groupEvents, freshTokens bool
}

// register adds the flags to those of a command.
func (o *options) register(flags *flag.FlagSet) {
	flags.StringVar(&o.listen, "listen", "",
		"the `address` to listen on; port 0 means a free port. Defaults to 127.0.0.1:0. With -public, it defaults to :8080, which means every "+
			"address of this machine")
	flags.BoolVar(&o.public, "public", false,
		"let other machines call the emulator, without any protection. Each key of its world must begin with "+emulator.KeyPrefix)
	flags.Func("deliver-to", "also deliver webhooks to this `host`, not only to this machine; can be repeated. Requires -public",
		func(host string) error {
			if host == "" || strings.ContainsAny(host, ":/ ") && net.ParseIP(host) == nil {
				return errors.New("want the name or the IP address of a host, without a port")
			}
			o.deliverTo = append(o.deliverTo, host)
			return nil
		})
	flags.StringVar(&o.data, "data", "",
		"keep the world in this `file`. If the file exists, continue its world. -seed and the default world apply to a new file only")
	flags.DurationVar(&o.delay, "delay", 0, "how long an accepted write takes, such as 300ms")
	flags.DurationVar(&o.latency, "latency", 0, "how long every request takes, such as 50ms")
	flags.StringVar(&o.exports, "exports", "",
		"write the exports to this `file` instead of printing them. The file is removed before the start and at the end")
	flags.BoolVar(&o.noFirstPolicies, "no-first-policies", false,
		"answer 404 to a change of policies if the wallet has no policies, instead of creating them")
	flags.DurationVar(&o.policyLag, "policy-lag", 0, "how long after the creation of a wallet its policies answer 404, such as 2s")
	flags.BoolVar(&o.hideDestinations, "hide-destinations", false, "show sends without the invoice or the address that they pay")
	flags.BoolVar(&o.noCheckOnly, "no-check-only", false,
		"behave like the API before v6.14.0: sends do not show check_only, and lists ignore that filter")
	flags.BoolVar(&o.groupEvents, "group-events", false,
		"show the events of a webhook as one object per family, instead of one object per event")
	flags.BoolVar(&o.freshTokens, "fresh-checkout-tokens", false,
		"return another token when the creation of a checkout session is repeated, instead of the first token again")
	flags.StringVar(&o.seed, "seed", "", "read organizations, keys, wallets, payments, webhooks and so on from this JSON `file`")
}

// variable is an environment variable.
type variable struct{ name, value string }

// started is an emulator that listens.
type started struct {
	url       string
	variables []variable // the variables for programs that call it
	stop      func()
	// unsaved returns the reason why the last change of the world is not in the data file, or nil. It is called after stop.
	unsaved func() error
}

// exports returns the commands of a shell that set the variables.
func (s *started) exports() string {
	var text strings.Builder
	for _, v := range s.variables {
		fmt.Fprintf(&text, "export %s=%s\n", v.name, v.value)
	}
	return text.String()
}

// start starts an emulator, and writes the file of exports if the flag is set. It logs violations of the contract.
func (o *options) start(ctx context.Context, log io.Writer) (*started, error) {
	if o.exports != "" {
		// A program that waits for the file must not find the file of an emulator that no longer runs.
		if err := os.Remove(o.exports); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("removing the exports of the last run: %w", err)
		}
	}
	log = &lockedWriter{w: log}
	data, world, err := o.open(log)
	if err != nil {
		return nil, err
	}
	s, err := o.run(ctx, log, data, world)
	if err != nil {
		return nil, errors.Join(err, data.close())
	}
	return s, nil
}

// open opens the data file, and reads the seed of a new world. The returned world is nil if the data file has one.
func (o *options) open(log io.Writer) (*dataFile, []emulator.Organization, error) {
	world, sum := emulator.DefaultWorld(), ""
	if o.seed != "" {
		var err error
		if world, sum, err = readSeed(o.seed); err != nil {
			return nil, nil, err
		}
	}
	if o.data == "" {
		return nil, world, nil
	}
	data, err := openData(o.data, log)
	switch {
	case err != nil:
		return nil, nil, err
	case data.saved == nil:
		data.seed = sum
		return data, world, nil
	case sum != "" && sum != data.seed:
		fmt.Fprintf(log, "%s is not used: the world in %s began with another seed. To begin with this seed, remove the data file.\n",
			o.seed, o.data)
	}
	return data, nil, nil
}

// run starts an emulator with a world, or with the world of a data file.
func (o *options) run(ctx context.Context, log io.Writer, data *dataFile, world []emulator.Organization) (*started, error) {
	form := emulator.OneEventEach
	if o.groupEvents {
		form = emulator.GroupedEvents
	}
	config := emulator.Config{
		Organizations:       world,
		Delay:               o.delay,
		Latency:             o.latency,
		NoFirstPolicies:     o.noFirstPolicies,
		PolicyLag:           o.policyLag,
		HideDestinations:    o.hideDestinations,
		NoCheckOnly:         o.noCheckOnly,
		FreshCheckoutTokens: o.freshTokens,
		EventForm:           form,
		Public:              o.public,
		DeliverTo:           o.deliverTo,
		OnViolation:         func(err error) { fmt.Fprintln(log, "contract:", err) },
	}
	if data != nil {
		config.Saved, config.Save = data.saved, data.save
	}
	api, err := emulator.New(config) //nolint:contextcheck // deliveries end with the emulator
	if err != nil {
		return nil, data.refuse(fmt.Errorf("making the emulator: %w", err))
	}
	organization, environment, key, err := emulator.FirstAccess(api.Organizations())
	if err != nil {
		return nil, err
	}
	listen := cmp.Or(o.listen, "127.0.0.1:0")
	if o.listen == "" && o.public {
		listen = ":8080"
	}
	url, stop, err := api.Listen(ctx, listen)
	if err != nil {
		return nil, err
	}
	credential := "VOLTAGE_API_KEY"
	if key.Bearer {
		credential = "VOLTAGE_BEARER_TOKEN"
	}
	s := &started{url: url, unsaved: data.unsaved, variables: []variable{
		{"VOLTAGE_API_URL", url},
		{credential, key.Secret},
		{"VOLTAGE_ORGANIZATION_ID", organization.String()},
		{"VOLTAGE_ENVIRONMENT_ID", environment.String()},
	}}
	text := s.exports()
	s.stop = func() {
		stop()
		if o.exports != "" {
			removeFile(o.exports, text)
		}
		_ = data.close() // an error does not matter, since the lock ends with the program
	}
	if o.exports != "" {
		if err := replaceFile(o.exports, text); err != nil {
			stop()
			return nil, fmt.Errorf("writing the exports: %w", err)
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
			"Runs an emulator of the Voltage API on this machine until Ctrl-C. The command exec runs an emulator as long as another command runs.\n"+
			"The other commands call an emulator that is running. -h after a command explains it:\n\n")
		for _, c := range commands() {
			fmt.Fprintf(stderr, "  %-12s %s\n", c.name, c.summary)
		}
		fmt.Fprint(stderr, "\nFlags:\n")
		flags.PrintDefaults()
	}
	var o options
	o.register(flags)
	if err := parseWithVariables(flags, args); err != nil {
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
	if o.exports == "" {
		fmt.Fprint(stdout, s.exports())
	}
	fmt.Fprintf(log, "The Voltage emulator listens on %s. Run the exports in the shell that runs Terraform. Stop the emulator with Ctrl-C.\n"+
		"Open its console in a browser: %s\n", s.url, strings.TrimSuffix(s.url, "v1"))
	if o.public {
		fmt.Fprintln(log, "Other machines can call it, too. Use the name of this machine or container there, instead of 127.0.0.1.")
	}
	<-ctx.Done()
	s.stop()
	return s.unsaved()
}

// parseWithVariables reads flags from arguments, and the other flags from environment variables: VOLTAGE_EMULATOR_DELIVER_TO sets
// -deliver-to. A service container of CI can have variables but no arguments.
func parseWithVariables(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		return err
	}
	given := map[string]bool{}
	flags.Visit(func(f *flag.Flag) { given[f.Name] = true })
	var errs []error
	flags.VisitAll(func(f *flag.Flag) {
		variable := "VOLTAGE_EMULATOR_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		value := os.Getenv(variable)
		if value == "" || given[f.Name] {
			return
		}
		if err := flags.Set(f.Name, value); err != nil {
			errs = append(errs, fmt.Errorf("the environment variable %s, %q, is not valid for -%s: %w", variable, value, f.Name, err))
		}
	})
	return errors.Join(errs...)
}

// readSeed reads a seed file, and returns its SHA-256 sum, too.
func readSeed(path string) (world []emulator.Organization, sum string, err error) {
	content, err := os.ReadFile(path) //nolint:gosec // the path is the caller's to choose
	if err != nil {
		return nil, "", fmt.Errorf("reading the seed: %w", err)
	}
	if world, err = emulator.ReadSeed(bytes.NewReader(content)); err != nil {
		return nil, "", fmt.Errorf("%s:\n%w", path, err)
	}
	digest := sha256.Sum256(content)
	return world, hex.EncodeToString(digest[:]), nil
}

// replaceFile writes a file in one step, so that a program that waits for it never reads a part of it.
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

// removeFile removes a file, unless it is missing or another emulator has written it in the meantime.
func removeFile(path, content string) {
	if found, err := os.ReadFile(path); err == nil && string(found) == content { //nolint:gosec // the path is the caller's to choose
		_ = os.Remove(path) // nothing can be done about an error
	}
}

// lockedWriter keeps the lines of concurrent requests separate.
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
