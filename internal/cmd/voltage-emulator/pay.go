package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"
)

// pay has a running emulator's payment request paid from outside.
func pay(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("voltage-emulator pay", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprintln(stderr, "Usage: voltage-emulator pay [flags] INVOICE|ADDRESS|URI")
		flags.PrintDefaults()
	}
	url := flags.String("url", os.Getenv("VOLTAGE_API_URL"), "the emulator's `address`; default: VOLTAGE_API_URL")
	msats := flags.Int64("msats", 0, "how many `millisatoshis`, for a request of any amount")
	if err := flags.Parse(args); err != nil {
		return err //nolint:wrapcheck // the flag package has printed it
	}
	if flags.NArg() != 1 || *url == "" {
		flags.Usage()
		return errors.New("what to pay, and the emulator's address, are needed")
	}
	body, err := json.Marshal(map[string]any{"target": flags.Arg(0), "msats": *msats})
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(strings.TrimRight(*url, "/"), "/v1")+"/emulator/pay", bytes.NewReader(body)) //nolint:gosec // the address is the caller's to choose
	if err != nil {
		return fmt.Errorf("writing the request: %w", err)
	}
	resp, err := http.DefaultClient.Do(req) //nolint:gosec // see above
	if err != nil {
		return fmt.Errorf("no emulator answers at %s: %w", *url, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusNoContent {
		reason, _ := io.ReadAll(io.LimitReader(resp.Body, 1<<10))
		return fmt.Errorf("not paid: %s", strings.TrimSpace(string(reason)))
	}
	fmt.Fprintln(stdout, "paid")
	return nil
}
