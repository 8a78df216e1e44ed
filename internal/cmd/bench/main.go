// Bench measures the cost of many wallets. It creates, refreshes, renames and destroys them with the real Terraform and the provider's
// binary, against an emulator whose requests take a fixed time. It prints the number of requests, the wall time, and the provider's memory.
//
//	go run ./internal/cmd/bench -n 10,100,1000 -latency 100ms
//
// The floor of a phase is the shortest possible time of its requests with Terraform's parallelism: N × requests × latency ÷ 10. The wall
// time is compared with the floor and with the time that Terraform itself needs. That time is measured in the same run: once for the same
// number of terraform_data resources, for which Terraform needs no provider, and once for the same wallets of an idle provider, which calls
// no API.
//
// A backend keeps the state, as in real configurations with thousands of wallets. With a local file, Terraform would write the whole state
// after each wallet.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// parallelism is Terraform's default.
const parallelism = 10

func main() {
	counts := flag.String("n", "10,100,1000,5000", "a list of `numbers` of wallets")
	latency := flag.Duration("latency", 100*time.Millisecond, "how long every request is under way")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Stdout, *counts, *latency)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures each count and prints a table.
func run(ctx context.Context, out io.Writer, list string, latency time.Duration) error {
	var counts []int
	for text := range strings.SplitSeq(list, ",") {
		count, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || count < 1 {
			return fmt.Errorf("%q is not a number of wallets", text)
		}
		counts = append(counts, count)
	}
	dir, err := os.MkdirTemp("", "voltage-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // nothing more can be done
	for _, p := range []plugin{voltageProvider, idleProvider} {
		if err := p.build(ctx, dir); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "latency %s, parallelism %d\n\n", latency, parallelism)
	fmt.Fprintln(out, "| wallets | phase | requests | per wallet | wall | floor | `terraform_data` | ratio | idle provider | ratio | memory |")
	fmt.Fprintln(out, "|--:|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
	for _, count := range counts {
		if err := measure(ctx, out, dir, count, latency); err != nil {
			return err
		}
	}
	return nil
}

// phase is a step in the life of the resources.
type phase struct {
	name string
	args []string
	// requests is the number of requests for one wallet that must follow one another. It is 0 if a list serves all wallets.
	requests int
}

var phases = []phase{
	{"create", []string{"apply", "-auto-approve", "-var=prefix=staging"}, 2},              // POST, then a read of the wallet
	{"refresh", []string{"plan", "-detailed-exitcode", "-var=prefix=staging"}, 0},         // the plan must be empty
	{"rename", []string{"apply", "-auto-approve", "-var=prefix=renamed"}, 2},              // PATCH, then a read of the name
	{"destroy", []string{"apply", "-destroy", "-auto-approve", "-var=prefix=renamed"}, 2}, // DELETE, then a read that returns 404
}

const wallets = `
terraform {
  required_providers { voltage = { source = "voltage.test/voltagecloud/voltage" } }
}
variable "prefix" { type = string }
resource "voltage_wallet" "w" {
  count             = %d
  name              = "${var.prefix}-${count.index}"
  network           = "mutinynet"
  line_of_credit_id = %q
  limit             = 1000
}
`

const nothing = `
variable "prefix" { type = string }
resource "terraform_data" "w" {
  count = %d
  input = "${var.prefix}-${count.index}"
}
`

// measure runs the phases for a number of wallets, and for the resources that they are compared with.
func measure(ctx context.Context, out io.Writer, dir string, count int, latency time.Duration) error {
	api, err := emulator.New(emulator.Config{Latency: latency}) //nolint:contextcheck // deliveries end with the emulator
	if err != nil {
		return err
	}
	url, stop, err := api.Listen(ctx, "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer stop()
	var own, idle, work *workspace
	for _, w := range []struct {
		made          **workspace
		provider      plugin
		configuration string
	}{
		{&own, voltageProvider, fmt.Sprintf(nothing, count)},
		{&idle, idleProvider, fmt.Sprintf(wallets, count, emulator.StagingLineID)},
		{&work, voltageProvider, fmt.Sprintf(wallets, count, emulator.StagingLineID)},
	} {
		if *w.made, err = newWorkspace(ctx, dir, w.provider, url, w.configuration); err != nil {
			return err
		}
		defer (*w.made).close()
	}
	for _, p := range phases {
		terraform, _, err := own.terraform(ctx, p.args...)
		if err != nil {
			return err
		}
		least, _, err := idle.terraform(ctx, p.args...)
		if err != nil {
			return err
		}
		api.ResetRequests()
		wall, memory, err := work.terraform(ctx, p.args...)
		if err != nil {
			return err
		}
		requests := len(api.Requests())
		floor := time.Duration(count*p.requests) * latency / parallelism
		if p.requests == 0 {
			floor = latency
		}
		size := "-"
		if memory > 0 {
			size = fmt.Sprintf("%d MB", memory>>20)
		}
		fmt.Fprintf(out, "| %s | %s | %s | %.2f | %.1f s | %.1f s | %.1f s | %.2f | %.1f s | %.2f | %s |\n", grouped(count), p.name,
			grouped(requests), float64(requests)/float64(count), wall.Seconds(), floor.Seconds(), terraform.Seconds(),
			float64(wall)/float64(floor+terraform),
			least.Seconds(), float64(wall)/float64(floor+least), size)
	}
	if n := api.Duplicates(); n > 0 {
		return fmt.Errorf("%d wallets were asked for twice", n)
	}
	for _, w := range api.Wallets() {
		if w.Active {
			return errors.New("a wallet is left")
		}
	}
	return nil
}

// grouped writes a number below a million with a comma: 5,000.
func grouped(n int) string {
	if n < 1000 {
		return strconv.Itoa(n)
	}
	return fmt.Sprintf("%d,%03d", n/1000, n%1000)
}
