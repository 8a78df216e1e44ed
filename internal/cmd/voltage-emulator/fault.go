package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// fault makes future requests to a running emulator fail.
func fault(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	operations, err := operationNames() //nolint:contextcheck // deliveries end with the emulator
	if err != nil {
		return err
	}
	r := newRemote("fault", "[flags] EFFECT",
		"Makes future requests fail. The flags can also follow EFFECT. EFFECT is one of\n\n"+effectTable()+
			"\nOPERATION is one of\n\n  "+strings.Join(operations, "\n  ")+"\n", stderr)
	spec := emulator.FaultSpec{}
	nth, times := r.Int("nth", 1, "the `number` of the first request that the fault happens to, counted from now: 1 is the next request"),
		r.Int("times", 1, "the `number` of requests in a row that the fault happens to; -1 means all later requests, too")
	r.StringVar(&spec.Operation, "operation", "", "the `operation` of the requests that the fault happens to; default: all operations")
	r.BoolVar(&spec.After, "after", false, "with hang and status: the requested work is done first")
	r.StringVar(&spec.RetryAfter, "retry-after", "", "with status: the header Retry-After, in `seconds` or as an HTTP date")
	r.StringVar(&spec.Type, "type", "", "with refuse and fail-async: the `type` of the error")
	r.StringVar(&spec.Code, "code", "", "with refuse: the `code` of the error")
	r.StringVar(&spec.Detail, "detail", "", "with refuse and fail-async: the `text` of the error")
	effect, err := r.arguments(args, 1, 1)
	if err != nil {
		return err
	}
	spec.Effect, spec.Nth, spec.Times = effect[0], nth, times
	if err := r.call(ctx, http.MethodPost, "faults", spec, nil); err != nil {
		return fmt.Errorf("no fault was added: %w", err)
	}
	fmt.Fprintf(stdout, "The fault will happen to %s.\n", occurrence(spec.Operation, *nth, *times))
	return nil
}

// occurrence describes the requests that a fault affects.
func occurrence(operation string, nth, times int) string {
	which := "future request " + fmt.Sprint(nth)
	switch {
	case times < 0:
		which += " and all later requests"
	case times > 1:
		which = fmt.Sprintf("future requests %d to %d", nth, nth+times-1)
	}
	if operation == "" {
		return which
	}
	return which + " of " + operation
}

// effectTable describes the effects.
func effectTable() string {
	var text strings.Builder
	for _, kind := range emulator.EffectKinds() {
		fmt.Fprintf(&text, "  %-16s %s", kind.Form(), kind.Summary)
		if len(kind.Takes) > 0 {
			fmt.Fprintf(&text, " (-%s)", strings.ReplaceAll(strings.Join(kind.Takes, ", -"), "_", "-"))
		}
		text.WriteString("\n")
	}
	return text.String()
}

func operationNames() ([]string, error) {
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		return nil, fmt.Errorf("making an emulator: %w", err)
	}
	return api.Operations(), nil
}
