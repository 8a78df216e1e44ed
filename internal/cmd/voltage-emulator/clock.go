package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// clock shows the clock of a running emulator, or moves it forward.
func clock(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("clock", "[flags] [advance DURATION]",
		`Shows the clock of the emulator. "advance" moves it forward by a duration such as 90s, 2h30m or 3d. Everything that depends on time
follows: accepted writes are done, invoices, quotes, sessions and tokens expire, and deliveries to webhooks are attempted again. The
command ends when the attempts that are due have ended. The clock cannot be moved back.
`, stderr)
	asJSON := r.Bool("json", false, "print a JSON object with now and ahead")
	arguments, err := r.arguments(args, 0, 2)
	if err != nil {
		return err
	}
	var view emulator.ClockView
	switch {
	case len(arguments) == 0:
		err = r.call(ctx, http.MethodGet, "clock", nil, &view)
	case arguments[0] != "advance":
		return fmt.Errorf("%q is not an argument of clock. To move the clock: voltage-emulator clock advance 2h", arguments[0])
	case len(arguments) == 1:
		return fmt.Errorf("advance needs a duration, such as: voltage-emulator clock advance 2h")
	default:
		r.timeout = 5 * time.Minute // the emulator calls receivers, which may be slow
		err = r.call(ctx, http.MethodPost, "clock", emulator.ClockOrder{Advance: arguments[1]}, &view)
	}
	if err != nil {
		return err
	}
	if *asJSON {
		return printJSON(stdout, view)
	}
	fmt.Fprintf(stdout, "%s, %s ahead of the machine's clock\n", view.Now.Format(time.RFC3339), view.Ahead)
	return nil
}
