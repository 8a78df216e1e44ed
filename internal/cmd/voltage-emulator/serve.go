package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// serve runs an emulator until ctx is done.
func serve(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("voltage-emulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(stderr, "Usage: voltage-emulator [flags]\n       voltage-emulator COMMAND [flags] [arguments]\n\n"+
			"Runs a Voltage API on this machine until Ctrl-C. The commands reach one that runs; -h after a command says more:\n\n")
		for _, c := range commands {
			fmt.Fprintf(stderr, "  %-12s %s\n", c.name, c.summary)
		}
		fmt.Fprint(stderr, "\nFlags:\n")
		flags.PrintDefaults()
	}
	listen := flags.String("listen", "127.0.0.1:0", "loopback `address` to listen on; port 0 is a free one")
	delay := flags.Duration("delay", 0, "how long an accepted write takes to be done, such as 300ms")
	latency := flags.Duration("latency", 0, "how long every request is under way, such as 50ms")
	exports := flags.String("exports", "", "write the exports to this `file` instead of printing them")
	noFirstPolicies := flags.Bool("no-first-policies", false,
		"answer 404 to a change of the policies of a wallet that has none, instead of making them")
	policyLag := flags.Duration("policy-lag", 0, "how long after its creation a wallet's policies answer 404, such as 2s")
	hideDestinations := flags.Bool("hide-destinations", false, "let sends show neither the invoice nor the address that they pay")
	noCheckOnly := flags.Bool("no-check-only", false, "be the API before v6.14.0: sends do not show check_only, and lists ignore the filter")
	groupEvents := flags.Bool("group-events", false, "let webhooks show one object for all events of a family, instead of one per event")
	freshTokens := flags.Bool("fresh-checkout-tokens", false,
		"let a repeated creation of a checkout session return another token, instead of the first again")
	seed := flags.String("seed", "", "read organizations, environments, lines of credit, keys, wallets and bills from this JSON `file`")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("there is no command %q: voltage-emulator -h lists them", flags.Arg(0))
	}
	world := emulator.DefaultWorld()
	if *seed != "" {
		var err error
		if world, err = readSeed(*seed); err != nil {
			return err
		}
	}
	organization, environment, key, err := emulator.FirstAccess(world)
	if err != nil {
		return err
	}
	form := emulator.OneEventEach
	if *groupEvents {
		form = emulator.GroupedEvents
	}
	log := &lockedWriter{w: stderr}
	api, err := emulator.New(emulator.Config{
		Organizations:       world,
		Delay:               *delay,
		Latency:             *latency,
		NoFirstPolicies:     *noFirstPolicies,
		PolicyLag:           *policyLag,
		HideDestinations:    *hideDestinations,
		NoCheckOnly:         *noCheckOnly,
		FreshCheckoutTokens: *freshTokens,
		EventForm:           form,
		OnViolation:         func(err error) { fmt.Fprintln(log, "contract:", err) },
	})
	if err != nil {
		return fmt.Errorf("making the emulator: %w", err)
	}
	url, stop, err := api.Listen(ctx, *listen)
	if err != nil {
		return err
	}
	defer stop()
	credential := "VOLTAGE_API_KEY"
	if key.Bearer {
		credential = "VOLTAGE_BEARER_TOKEN"
	}
	text := fmt.Sprintf("export VOLTAGE_API_URL=%s\nexport %s=%s\nexport VOLTAGE_ORGANIZATION_ID=%s\nexport VOLTAGE_ENVIRONMENT_ID=%s\n",
		url, credential, key.Secret, organization, environment)
	if *exports == "" {
		fmt.Fprint(stdout, text)
	} else if err := replaceFile(*exports, text); err != nil {
		return fmt.Errorf("writing the exports: %w", err)
	}
	fmt.Fprintf(log, "The Voltage emulator listens on %s. Run the exports in the shell that runs Terraform; stop the emulator with Ctrl-C.\n"+
		"Its console is at %s in a browser.\n", url, strings.TrimSuffix(url, "v1"))
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
