package main

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// feature switches a feature of an organization of a running emulator.
func feature(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	r := newRemote("feature", "[flags] FEATURE on|off",
		`Switches a feature of an organization on or off, as Voltage does for the real API. A payment that needs a feature that is off is
refused with feature_flag_disabled.

FEATURE is onchain, bip21 or treasury. onchain and bip21 are payments of that kind. They are on unless the seed turns them off.
treasury means treasury movements. They are off unless the seed turns them on.
`, stderr)
	organization := r.String("organization", "", "the `organization`, by its ID or its name; default: the only one")
	arguments, err := r.arguments(args, 2, 2)
	if err != nil {
		return err
	}
	name, state := arguments[0], arguments[1]
	if state != "on" && state != "off" {
		return fmt.Errorf("a feature is switched on or off, not %q", state)
	}
	var switched emulator.Switched
	order := emulator.FeatureOrder{Organization: *organization, Feature: name, On: state == "on"}
	if err := r.call(ctx, http.MethodPost, "feature", order, &switched); err != nil {
		return fmt.Errorf("nothing was switched: %w", err)
	}
	fmt.Fprintf(stdout, "%s is %s for %s (%s)\n", name, state, switched.Name, switched.Organization)
	return nil
}
