package webhook_test

import (
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// TestWebhookNames: a name that somebody has written in another normal form of Unicode is the same name, for every look-up and for plans.
func TestWebhookNames(t *testing.T) {
	t.Parallel()
	const composed, decomposed = "caf\u00e9", "cafe\u0301"
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		made, config := newWebhook(), with(acctest.Config{"name": composed})
		p.MustApply(made, config)
		if err := w.Emulator.ChangeWebhook(w.Emulator.Webhooks()[0].ID, decomposed, ""); err != nil {
			t.Fatal(err)
		}
		if got := w.Emulator.Webhooks()[0].Name; got != decomposed {
			t.Fatalf("the emulator has %+q", got)
		}
		for _, name := range []string{composed, decomposed} {
			if got := p.MustRead("voltage_webhook", acctest.Config{"name": name}); got.String("id") != made.String("id") ||
				got.String("name") != composed {
				t.Errorf("%+q: %s", name, got.State)
			}
			if got := p.MustRead("voltage_webhooks",
				acctest.Config{"name_regex": "^" + name + "$"}); len(acctest.Elements(got.Attribute("ids"))) != 1 {
				t.Errorf("by %+q: %s", name, got.State)
			}
			listed, diags := p.Query(t.Context(), "voltage_webhook", acctest.Config{"name_regex": "^" + name + "$"}, true, 0)
			if len(listed) != 1 || diags.Errors() != "" {
				t.Errorf("query by %+q: %v %s", name, listed, diags.Errors())
			}
		}
		p.MustPlanNothing(made, config)
		change := with(acctest.Config{"name": decomposed + "s", "timeouts": acctest.Config{"update": "5s"}})
		p.MustApply(made, change) // the wait ends though the API writes it in another form
		if got := w.Emulator.Webhooks()[0].Name; got != decomposed+"s" {
			t.Fatalf("the emulator has %+q", got)
		}
	})
}
