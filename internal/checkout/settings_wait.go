package checkout

import (
	"context"
	"fmt"
	"slices"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// settings are the wanted settings of an environment.
type settings struct {
	policy  string
	origins []string
}

// put sets the settings and waits until reads show them. sent is false if the API has certainly not accepted them.
func (s settings) put(ctx context.Context, client *voltage.Client, ref voltage.Ref) (sent bool, err error) {
	if err := client.PutCheckoutSettings(ctx, ref, s.policy, s.origins); err != nil {
		return voltage.IsDoubtful(err), err
	}
	_, err = voltage.Poll(ctx, client, voltage.Wait[*voltage.CheckoutSettings]{
		For: "the API to return the settings",
		Read: func(ctx context.Context) (*voltage.CheckoutSettings, error) {
			return voltage.NilIfNotFound(client.GetCheckoutSettings(ctx, ref))
		},
		Done: func(found *voltage.CheckoutSettings) (bool, error) {
			return found != nil && found.OriginPolicy == s.policy && sameSet(found.AllowedOrigins, s.origins), nil
		},
		Describe: describeRead,
	})
	return true, err
}

// describeRead describes the result of a read for a [voltage.DeadlineError].
func describeRead(found *voltage.CheckoutSettings) string {
	if found == nil {
		return "no settings"
	}
	origins := make([]string, 0, len(found.AllowedOrigins))
	for _, origin := range found.AllowedOrigins { // cleaned before they are quoted, since Clean finds nothing in quoted text
		origins = append(origins, voltage.Clean(origin))
	}
	return fmt.Sprintf("origin_policy %q, allowed_origins %q", voltage.Clean(found.OriginPolicy), origins)
}

// sameSet compares two lists and ignores the order.
func sameSet(a, b []string) bool {
	return slices.Equal(slices.Compact(slices.Sorted(slices.Values(a))), slices.Compact(slices.Sorted(slices.Values(b))))
}
