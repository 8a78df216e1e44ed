package webhook_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWebhook_oddOnes: a webhook that cannot be read leaves the others readable, and is named wherever it may be meant.
func TestAccWebhook_oddOnes(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		odd := uuid.New()
		hook := func(id uuid.UUID, name, events string) string {
			return fmt.Sprintf(
				`{"id":%q,"organization_id":%q,"environment_id":%q,"url":"https://shop.example","name":%q,"events":%s,"status":"active",
			"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z"}`, id, w.OrganizationID, w.EnvironmentID, name, events,
			)
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_webhooks_as_user", Times: -1, Effect: emulator.Answer{
			Status: 200, ContentType: "application/json", Body: "[" + hook(odd, "odd", `[7]`) + "," + hook(uuid.New(), "orders", `[]`) + "]",
		}})
		p := w.Protocol(t)
		for name, test := range map[string]struct {
			kind   string
			config acctest.Config
			odd    bool
		}{
			"all":          {"voltage_webhooks", nil, true},
			"other names":  {"voltage_webhooks", acctest.Config{"name_regex": "^orders$"}, false},
			"another name": {"voltage_webhook", acctest.Config{"name": "orders"}, false},
			"its name":     {"voltage_webhook", acctest.Config{"name": "odd"}, true},
		} {
			_, diags := p.ReadDataSource(t.Context(), test.kind, test.config)
			if test.odd {
				p.Expect(name, diags, odd.String(), "cannot be read", "\n\n")
				continue
			}
			p.Expect(name, diags)
		}
		if _, diags := p.Query(t.Context(), "voltage_webhook", nil, false, 0); diags.Errors() == "" {
			t.Error("the query left a webhook out without a word")
		}
	})
}
