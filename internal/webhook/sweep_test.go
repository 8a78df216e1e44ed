package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

func TestMain(m *testing.M) {
	acctest.AddSweeper("voltage_webhook", sweepWebhooks)
	resource.TestMain(m)
}

// sweepWebhooks deletes the webhooks that tests have left behind.
func sweepWebhooks(ctx context.Context, client *voltage.Client, organization, environment uuid.UUID, before time.Time) error {
	webhooks, err := client.ListWebhooks(ctx, organization, voltage.WebhookFilter{EnvironmentID: environment})
	if err != nil {
		return err
	}
	var errs []error
	for _, webhook := range webhooks {
		if webhook.Status == "deleted" || !acctest.Left(webhook.Name, webhook.CreatedAt, before) {
			continue
		}
		ref := voltage.Ref{OrganizationID: organization, EnvironmentID: environment, ID: webhook.ID}
		if err := client.DeleteWebhook(ctx, ref); err != nil && !voltage.IsNotFound(err) {
			errs = append(errs, fmt.Errorf("deleting %s: %w", webhook.ID, err))
		}
	}
	return errors.Join(errs...)
}

// TestSweepWebhooks: what tests have left goes, everything else stays.
func TestSweepWebhooks(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		p.MustApply(newWebhook(), with(acctest.Config{"name": acctest.Name("left")}))
		p.MustApply(newWebhook(), with(acctest.Config{"name": acctest.Name("stopped"), "enabled": false}))
		p.MustApply(newWebhook(), attributes())
		second := w.Protocol(t, acctest.Config{"api_key": emulator.SecondKey, "environment_id": emulator.SecondEnvironmentID.String()})
		second.MustApply(newWebhook(), with(acctest.Config{"name": acctest.Name("elsewhere")}))
		sweep := func(before time.Time, left int) {
			t.Helper()
			if err := sweepWebhooks(t.Context(), w.API(t), w.OrganizationID, w.EnvironmentID, before); err != nil {
				t.Fatal(err)
			}
			var there []string
			for _, hook := range w.Emulator.Webhooks() {
				if hook.Status != "deleted" {
					there = append(there, hook.Name)
				}
			}
			if len(there) != left || there[left-2] != "orders" {
				t.Errorf("left: %v, want %d", there, left)
			}
		}
		sweep(time.Now().Add(-time.Hour), 4) // they are too young
		sweep(time.Now().Add(time.Hour), 2)
	})
}
