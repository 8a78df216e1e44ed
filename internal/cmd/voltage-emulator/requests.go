package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"text/tabwriter"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// requests lists the requests to a running emulator, or clears the list.
func requests(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("requests", "[flags] [clear]",
		`Lists the requests that the emulator has received, in the order of arrival: the status of the answer, the operation, the method, the
path, and the fault that happened. The status is - if there is no answer yet, or if the connection was cut. "clear" removes all
requests from the list. The list has no headers, because they contain the key, and no bodies.
`, stderr)
	operation := r.String("operation", "", "show only requests of this `operation`")
	asJSON := r.Bool("json", false, "print a JSON list of objects with time, method, path, operation, status and fault")
	arguments, err := r.arguments(args, 0, 1)
	if err != nil {
		return err
	}
	if cleared, err := r.clear(ctx, arguments, "requests"); cleared || err != nil {
		return err
	}
	operations, err := operationNames() //nolint:contextcheck // deliveries end with the emulator
	if err != nil {
		return err
	}
	if *operation != "" && !slices.Contains(operations, *operation) {
		return fmt.Errorf("there is no operation %q; voltage-emulator fault -h lists them", *operation)
	}
	var seen []emulator.Seen
	if err := r.call(ctx, http.MethodGet, "requests", nil, &seen); err != nil {
		return err
	}
	seen = slices.DeleteFunc(seen, func(s emulator.Seen) bool { return *operation != "" && s.Operation != *operation })
	if *asJSON {
		return printJSON(stdout, seen)
	}
	table := tabwriter.NewWriter(stdout, 0, 0, 2, ' ', 0)
	for _, s := range seen {
		status := strconv.Itoa(s.Status)
		if s.Status == 0 {
			status = "-"
		}
		fault := ""
		if s.Fault != "" {
			fault = "\t" + s.Fault
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s%s\n", status, s.Operation, s.Method, s.Path, fault)
	}
	return table.Flush()
}
