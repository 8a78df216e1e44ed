package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// listFaults lists the faults of a running emulator that have not happened yet, or removes them.
func listFaults(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("faults", "[flags] [clear]",
		`Lists the faults that have not happened yet, with the requests that they will happen to. "clear" removes all faults. A request that
already hangs continues to hang.
`, stderr)
	arguments, err := r.arguments(args, 0, 1)
	if err != nil {
		return err
	}
	if cleared, err := r.clear(ctx, arguments, "faults"); cleared || err != nil {
		return err
	}
	var pending []emulator.Pending
	if err := r.call(ctx, http.MethodGet, "faults", nil, &pending); err != nil {
		return err
	}
	for _, f := range pending {
		fmt.Fprintf(stdout, "%s: %s\n", occurrence(f.Operation, f.Nth, f.Times), f.Effect)
	}
	return nil
}

// clear clears a list of the emulator if the arguments ask for it.
func (r *remote) clear(ctx context.Context, arguments []string, name string) (bool, error) {
	if len(arguments) == 0 {
		return false, nil
	}
	if arguments[0] != "clear" {
		return false, fmt.Errorf("%q is not an argument of %s. The only argument is clear", arguments[0], name)
	}
	return true, r.call(ctx, http.MethodDelete, name, nil, nil)
}
