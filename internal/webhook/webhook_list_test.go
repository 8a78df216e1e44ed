package webhook_test

import (
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWebhookList queries webhooks: each by its identity, whole where that is wanted, and imported by it with an empty plan.
func TestAccWebhookList(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p, gone := w.Protocol(t), newWebhook()
		p.MustApply(newWebhook(), attributes())
		p.MustApply(newWebhook(), with(acctest.Config{"name": "stopped", "enabled": false}))
		p.MustApply(gone, attributes())
		p.Expect("the deletion", p.Destroy(t.Context(), gone))
		for _, test := range []struct {
			config acctest.Config
			limit  int64
			want   int
		}{
			{nil, 0, 2}, {nil, 1, 1}, {acctest.Config{"name_regex": "^stop"}, 0, 1},
			{acctest.Config{"environment_id": w.EnvironmentID.String()}, 0, 2},
		} {
			w.Emulator.ResetRequests()
			got, diags := p.Query(t.Context(), "voltage_webhook", test.config, true, test.limit)
			if p.Expect("the query", diags); len(got) != test.want || len(w.Emulator.Requests()) != 1 {
				t.Fatalf("%v: %d webhooks with %d requests, want %d", test.config, len(got), len(w.Emulator.Requests()), test.want)
			}
			for _, listed := range got {
				imported, diags := p.Import(t.Context(), "voltage_webhook", "", p.IdentityOf(t.Context(), listed.Instance))
				if p.Expect("the import", diags); !imported.State.Equal(listed.State) || listed.DisplayName != listed.String("name") {
					t.Errorf("listed %q as %s, and imported %s", listed.DisplayName, listed.State, imported.State)
				}
			}
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_webhooks_as_user", Times: -1, Effect: emulator.Answer{Status: 500}})
		got, diags := p.Query(t.Context(), "voltage_webhook", nil, true, 0)
		if p.Expect("the query", diags, "Webhooks Not Read", w.OrganizationID.String()); len(got) != 0 {
			t.Errorf("%d webhooks", len(got))
		}
	})
}
