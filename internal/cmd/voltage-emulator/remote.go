package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// remote has the flags that the subcommands share, such as the address of the emulator.
type remote struct {
	*flag.FlagSet
	url     *string
	timeout time.Duration // of a call
}

// newRemote makes the flags of a subcommand that calls an emulator. usage follows the name of the subcommand, and help is the text of -h
// before the flags.
func newRemote(name, usage, help string, stderr io.Writer) *remote {
	r := newLocal(name, usage, help, stderr)
	r.url = r.String("url", os.Getenv("VOLTAGE_API_URL"), "the `address` of the emulator; default: VOLTAGE_API_URL")
	return r
}

// newLocal makes the flags of a subcommand that calls no emulator.
func newLocal(name, usage, help string, stderr io.Writer) *remote {
	r := &remote{FlagSet: flag.NewFlagSet("voltage-emulator "+name, flag.ContinueOnError), timeout: 10 * time.Second}
	r.SetOutput(stderr)
	r.Usage = func() {
		fmt.Fprintf(stderr, "Usage: voltage-emulator %s %s\n\n%s", name, usage, help)
		if r.url != nil {
			fmt.Fprint(stderr, "\nFlags:\n")
			r.PrintDefaults()
		}
	}
	return r
}

// arguments reads the flags before and after the arguments. It returns the arguments, and an error if their number is below least or above
// most.
func (r *remote) arguments(args []string, least, most int) ([]string, error) {
	var found []string
	for {
		if err := r.Parse(args); err != nil {
			return nil, err
		}
		if r.NArg() == 0 {
			break
		}
		found, args = append(found, r.Arg(0)), r.Args()[1:]
	}
	if len(found) < least || len(found) > most {
		r.Usage()
		return nil, fmt.Errorf("%s got %s; see its usage above", strings.TrimPrefix(r.Name(), "voltage-emulator "), countArguments(len(found)))
	}
	return found, nil
}

// call calls a control endpoint with an order, and reads the answer into content. Both may be nil.
func (r *remote) call(ctx context.Context, method, name string, order, content any) error {
	address, err := controlURL(*r.url, name)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if order != nil {
		if err := json.NewEncoder(&body).Encode(order); err != nil {
			return fmt.Errorf("writing the request: %w", err)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, address, &body)
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("no emulator answers at %s (%w).\n%s", *r.url, reasonOf(err), howToStart)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent && resp.StatusCode != http.StatusOK {
		reason, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<12))
		if resp.StatusCode != http.StatusBadRequest {
			return fmt.Errorf("the server at %s is not an emulator of this version: %s %s", *r.url, resp.Status, strings.TrimSpace(string(reason)))
		}
		return errors.New(strings.TrimSpace(string(reason)))
	}
	if content == nil {
		return nil
	}
	if err := json.NewDecoder(resp.Body).Decode(content); err != nil {
		return fmt.Errorf("reading the emulator's answer: %w", err)
	}
	return nil
}

// howToStart explains how to start an emulator.
const howToStart = `To start one for a single command:
  voltage-emulator exec -- terraform test
To start one in the background:
  voltage-emulator -exports /tmp/voltage.env &
  until [ -s /tmp/voltage.env ]; do sleep 0.1; done
  source /tmp/voltage.env`

// reasonOf returns the reason why a call failed, without the method and the URL that net/http adds.
func reasonOf(err error) error {
	var call *url.Error
	if errors.As(err, &call) {
		return call.Err
	}
	return err
}

func countArguments(count int) string {
	if count == 1 {
		return "1 argument"
	}
	return fmt.Sprintf("%d arguments", count)
}

// printJSON prints a value for programs.
func printJSON(stdout io.Writer, value any) error {
	encoder := json.NewEncoder(stdout)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false) // paths have &
	return encoder.Encode(value)
}

// controlURL returns the address of a control endpoint. It treats an address outside this machine as a real API and refuses it, unless the
// environment has the key of a public emulator.
func controlURL(base, name string) (string, error) {
	if base == "" {
		return "", errors.New("VOLTAGE_API_URL is not set, so the address of the emulator is not known.\nIf an emulator is running, source its " +
			"exports or give its address with -url.\n" + howToStart)
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", fmt.Errorf("the emulator's address: %w", err)
	}
	ip, local := net.ParseIP(u.Hostname()), u.Hostname() == "localhost"
	key := cmp.Or(os.Getenv("VOLTAGE_API_KEY"), os.Getenv("VOLTAGE_BEARER_TOKEN"))
	if local = local || ip != nil && ip.IsLoopback(); u.Scheme != "http" || !local && !strings.HasPrefix(key, emulator.KeyPrefix) {
		return "", fmt.Errorf("%s is not the address of an emulator, which begins like http://127.0.0.1. Is VOLTAGE_API_URL that of a real "+
			"environment?\nFor an emulator on another machine, set VOLTAGE_API_KEY to one of its keys, which begin with %s.\n%s", base,
			emulator.KeyPrefix, howToStart)
	}
	return u.Scheme + "://" + u.Host + "/emulator/" + name, nil
}
