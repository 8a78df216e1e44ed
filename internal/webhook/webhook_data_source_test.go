package webhook_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWebhookDataSources finds webhooks by ID, by name, and by what they have in common.
func TestAccWebhookDataSources(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		orders, refunds, gone := newWebhook(), newWebhook(), newWebhook()
		p.MustApply(orders, attributes())
		time.Sleep(time.Second) // lists have the oldest first
		p.MustApply(refunds, with(acctest.Config{"name": "refunds", "enabled": false}))
		p.MustApply(gone, with(acctest.Config{"name": "gone"}))
		goneID := gone.String("id")
		p.Expect("the deletion", p.Destroy(t.Context(), gone))

		for _, config := range []acctest.Config{
			{"id": orders.String("id")}, {"name": "orders"}, {"name": "orders", "environment_id": w.EnvironmentID.String()},
		} {
			got := p.MustRead("voltage_webhook", config)
			if got.String("id") != orders.String("id") || got.String("url") != orders.String("url") || got.String("status") != "active" ||
				got.String("created_at") != orders.String("created_at") {
				t.Errorf("%v: %s", config, got.State)
			}
			if got, want := got.Attribute("events"), orders.Attribute("events"); !got.Equal(want) {
				t.Errorf("%v: events %s, want %s", config, got, want)
			}
		}
		if got := p.MustRead("voltage_webhook", acctest.Config{"id": goneID}); got.String("status") != "deleted" ||
			got.String("deleted_at") == "" {
			t.Errorf("deleted: %s", got.State)
		}
		for name, test := range map[string]struct {
			config acctest.Config
			want   []string
		}{
			"all":      {nil, []string{"orders", "refunds"}},
			"stopped":  {acctest.Config{"statuses": []any{"stopped"}}, []string{"refunds"}},
			"deleted":  {acctest.Config{"statuses": []any{"deleted"}}, []string{"gone"}},
			"by name":  {acctest.Config{"name_regex": "^ord"}, []string{"orders"}},
			"no match": {acctest.Config{"name_regex": "x"}, nil},
		} {
			got := p.MustRead("voltage_webhooks", test.config)
			found := acctest.Elements(got.Attribute("webhooks"))
			if len(found) != len(test.want) || len(acctest.Elements(got.Attribute("ids"))) != len(test.want) {
				t.Fatalf("%s: %s", name, got.State)
			}
			for i, webhook := range found {
				if got := acctest.Text(acctest.Attribute(webhook, "name")); got != test.want[i] {
					t.Errorf("%s: %s, want %s", name, got, test.want[i])
				}
			}
		}
		second := w.Protocol(t, acctest.Config{"api_key": emulator.SecondKey, "environment_id": emulator.SecondEnvironmentID.String()})
		second.MustApply(newWebhook(), attributes())
		if got := second.MustRead("voltage_webhooks", nil); len(acctest.Elements(got.Attribute("ids"))) != 1 {
			t.Errorf("of the other environment: %s", got.State)
		}
	})
}

func TestAccWebhookDataSource_errors(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		for range 2 {
			p.MustApply(newWebhook(), with(acctest.Config{"name": "twice"}))
		}
		missing := uuid.NewString()
		for name, test := range map[string]struct {
			config acctest.Config
			want   []string
		}{
			"neither":      {nil, []string{"Exactly one of these attributes must be configured"}},
			"both":         {acctest.Config{"id": missing, "name": "x"}, []string{"Exactly one of these attributes must be configured"}},
			"no such ID":   {acctest.Config{"id": missing}, []string{"Webhook Not Read", missing, "webhook_not_found"}},
			"no such name": {acctest.Config{"name": "none"}, []string{"name: Webhook Not Read", "no webhook has this name", "voltage_webhooks"}},
			"name of two": {
				acctest.Config{"name": "twice"},
				[]string{"name: Webhook Not Read", "2 webhooks have this name", w.Emulator.Webhooks()[0].ID.String()},
			},
			"invalid UUID":   {acctest.Config{"id": "x"}, []string{"id: Invalid UUID"}},
			"no environment": {acctest.Config{"name": "twice", "environment_id": emulator.SecondEnvironmentID.String()}, []string{"access_rights"}},
		} {
			_, diags := p.ReadDataSource(t.Context(), "voltage_webhook", test.config)
			p.Expect(name, diags, test.want...)
		}
		_, diags := p.ReadDataSource(t.Context(), "voltage_webhooks", acctest.Config{"name_regex": "("})
		p.Expect("regular expression", diags, "name_regex: Invalid Regular Expression")
		w.Emulator.Inject(emulator.Fault{Operation: "get_webhooks_as_user", Effect: emulator.Answer{Status: 500}, Times: -1})
		_, diags = p.ReadDataSource(t.Context(), "voltage_webhooks", nil)
		p.Expect("an API A higher max_retries", diags, "Webhooks Not Read", w.OrganizationID.String(), "A higher max_retries")
	})
}
