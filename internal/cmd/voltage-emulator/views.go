package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// jsonHelp is the help of the flag -json.
const jsonHelp = "print JSON, with amounts in base units"

// show reads a part of the world of a running emulator, and prints it as JSON or with write.
func show[T any](ctx context.Context, r *remote, name string, asJSON bool, stdout io.Writer, choose func(T) T, write func(T) error) error {
	var content T
	if err := r.call(ctx, http.MethodGet, name, nil, &content); err != nil {
		return err
	}
	if content = choose(content); asJSON {
		return printJSON(stdout, content)
	}
	return write(content)
}

// wallets lists the wallets of a running emulator.
func wallets(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("wallets", "[flags]",
		"Lists the wallets with their balances and their limits. AVAILABLE is the balance without the holds for pending payments.\n", stderr)
	all := r.Bool("all", false, "show deleted wallets, too")
	asJSON := r.Bool("json", false, jsonHelp)
	if _, err := r.arguments(args, 0, 0); err != nil {
		return err
	}
	return show(ctx, r, "wallets", *asJSON, stdout, func(wallets []emulator.WalletInfo) []emulator.WalletInfo {
		return slices.DeleteFunc(wallets, func(w emulator.WalletInfo) bool { return w.Status == "deleted" && !*all })
	}, func(wallets []emulator.WalletInfo) error {
		t := table{columns: []column{
			{"NAME", false}, {"BALANCE", true}, {"AVAILABLE", true}, {"LIMIT", true}, {"NETWORK", false}, {"STATUS", false}, {"ID", false},
		}}
		for _, w := range wallets {
			limit := "-"
			if w.Limit != nil {
				limit = short(w.Limit.Currency, w.Limit.Unit, w.Limit.Amount)
			}
			var total, available []string
			for _, b := range w.Balances {
				total = append(total, short(b.Currency, b.Unit, b.Amount))
				available = append(available, short(b.Currency, b.Unit, b.Available))
			}
			t.add(w.Name, strings.Join(total, " + "), strings.Join(available, " + "), limit, w.Network, w.Status, w.ID.String())
		}
		return t.print(stdout)
	})
}

// payments lists the payments of a running emulator.
func payments(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("payments", "[flags]",
		`Lists the payments in the order of their creation. A receive of any amount that is not paid yet has the amount "any". -json shows
invoices, addresses and errors, too.
`, stderr)
	wallet := r.String("wallet", "", "show only payments of this `wallet`; its ID or its name")
	status := r.String("status", "", "show only payments with this `status`, such as receiving, completed or failed")
	asJSON := r.Bool("json", false, jsonHelp)
	if _, err := r.arguments(args, 0, 0); err != nil {
		return err
	}
	return show(ctx, r, "payments", *asJSON, stdout, func(payments []emulator.PaymentInfo) []emulator.PaymentInfo {
		return slices.DeleteFunc(payments, func(p emulator.PaymentInfo) bool {
			return *wallet != "" && *wallet != p.WalletID.String() && *wallet != p.WalletName || *status != "" && *status != p.Status
		})
	}, func(payments []emulator.PaymentInfo) error {
		t := table{columns: []column{
			{"CREATED", false}, {"DIRECTION", false}, {"KIND", false}, {"STATUS", false}, {"AMOUNT", true}, {"WALLET", false}, {"ID", false},
		}}
		for _, p := range payments {
			amount := "any"
			if p.Amount != nil {
				amount = short(p.Amount.Currency, p.Amount.Unit, p.Amount.Amount)
			}
			t.add(p.CreatedAt.Format(time.RFC3339), p.Direction, p.Kind, p.Status, amount, p.WalletName, p.ID.String())
		}
		return t.print(stdout)
	})
}

// webhooks lists the webhooks of a running emulator.
func webhooks(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("webhooks", "[flags]",
		`Lists the webhooks with the numbers of their deliveries: succeeded, failed, and still attempted. LAST ERROR is the error of the last
attempt that failed.
`, stderr)
	all := r.Bool("all", false, "show deleted webhooks, too")
	asJSON := r.Bool("json", false, "print JSON")
	if _, err := r.arguments(args, 0, 0); err != nil {
		return err
	}
	return show(ctx, r, "webhooks", *asJSON, stdout, func(webhooks []emulator.WebhookInfo) []emulator.WebhookInfo {
		return slices.DeleteFunc(webhooks, func(w emulator.WebhookInfo) bool { return w.Status == "deleted" && !*all })
	}, func(webhooks []emulator.WebhookInfo) error {
		t := table{columns: []column{
			{"NAME", false}, {"STATUS", false}, {"SUCCEEDED", true}, {"FAILED", true}, {"ATTEMPTING", true}, {"URL", false}, {"EVENTS", false},
			{"ID", false}, {"LAST ERROR", false},
		}}
		for _, w := range webhooks {
			count := func(state string) string { return strconv.Itoa(w.Deliveries[state]) }
			t.add(w.Name, w.Status, count("succeeded"), count("failed"), count("attempting"), w.URL, strings.Join(w.Events, ","), w.ID.String(),
				w.LastError)
		}
		return t.print(stdout)
	})
}

// status shows a summary of a running emulator.
func status(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("status", "[flags]",
		`Shows the address of the emulator, its clock, its organizations and environments, and its number of objects. The exit status is 1
if no emulator is running.
`, stderr)
	asJSON := r.Bool("json", false, "print JSON")
	if _, err := r.arguments(args, 0, 0); err != nil {
		return err
	}
	return show(ctx, r, "status", *asJSON, stdout, func(s emulator.StatusInfo) emulator.StatusInfo { return s },
		func(s emulator.StatusInfo) error {
			line := func(name, value string) { fmt.Fprintf(stdout, "%-13s %s\n", name, printable(value)) }
			line("Address", *r.url)
			line("Clock", fmt.Sprintf("%s, %s ahead of the machine's clock", s.Clock.Now.Format(time.RFC3339), s.Clock.Ahead))
			for _, organization := range s.Organizations {
				line("Organization", fmt.Sprintf("%s (%s)", organization.Name, organization.ID))
				for _, environment := range organization.Environments {
					line("Environment", fmt.Sprintf("%s (%s)", environment.Name, environment.ID))
				}
			}
			for _, counted := range []struct {
				name   string
				counts map[string]int
			}{{"Wallets", s.Wallets}, {"Payments", s.Payments}, {"Webhooks", s.Webhooks}, {"Deliveries", s.Deliveries}} {
				line(counted.name, counts(counted.counts))
			}
			line("Faults", strconv.Itoa(s.Faults))
			line("Requests", strconv.Itoa(s.Requests))
			return nil
		})
}

// counts writes the total number and the number of each status.
func counts(byStatus map[string]int) string {
	total := 0
	var parts []string
	for _, status := range slices.Sorted(maps.Keys(byStatus)) {
		total += byStatus[status]
		parts = append(parts, fmt.Sprintf("%d %s", byStatus[status], status))
	}
	if total == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%s)", total, strings.Join(parts, ", "))
}
