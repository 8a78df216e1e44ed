package webhook

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// tainted has the sentences about the state after a failed creation.
var tainted = tfkit.Tainted{
	Generated: "The ID of the webhook is in the state and is marked as tainted. The next apply reads the ID, deletes the webhook if it " +
		"exists, and creates another one.",
	OwnID: "The ID of the webhook is in the state and is marked as tainted. To keep the webhook, run terraform untaint when the API " +
		"shows it. If shared_secret is null then, set or change secret_version to rotate the secret. To replace the webhook, set another id, " +
		"because an ID cannot be used twice.",
}

// These are sentences about the state after a failure, and next steps.
const (
	stateKept = "The webhook stays in the state."
	// stateSecretInDoubt is for a rotation that the API may have carried out.
	stateSecretInDoubt = "The API may have rotated the secret. If so, Voltage signs the deliveries with a secret that is not in the state. " +
		"The state keeps the old secret_version. The next apply rotates the secret again."
	writeURLAsAPI = "Voltage delivers to the URL that the API returns. If the receiver accepts that URL, set url to it. Otherwise choose " +
		"another URL."
)

var (
	webhookNotCreated = tfkit.Declare(tfkit.Message{Summary: "Webhook Not Created", State: tainted.States()})
	webhookNotChanged = tfkit.Declare(tfkit.Message{
		Summary: "Webhook Not Changed", State: []string{stateSecretInDoubt}, Next: []string{tfkit.ByReason, writeURLAsAPI},
	})
	invalidURL        = tfkit.DeclareInvalid("Invalid Webhook URL", "Set an https URL, or an http URL of a loopback address.")
	webhookNotDeleted = tfkit.Declare(tfkit.Message{Summary: "Webhook Not Deleted", State: []string{stateKept}})
)

// errDeleted ends a wait for a webhook that another client has deleted.
var errDeleted = errors.New("another client deleted the webhook at the same time")

// blame maps a refusal to the attribute that causes it.
var blame = tfkit.Blame{
	"invalid_webhook": path.Root("url"), "webhook_exists": path.Root("id"), "webhook_not_found": path.Root("id"),
}

// waitFor waits until the webhook exists and enough reports true. It returns the webhook as last read, also with an error.
func waitFor(
	ctx context.Context, client *voltage.Client, ref voltage.Ref, what string, enough func(*voltage.Webhook) bool,
) (*voltage.Webhook, error) {
	return client.WaitForWebhook(ctx, ref, voltage.Wait[*voltage.Webhook]{
		For: what,
		Done: func(webhook *voltage.Webhook) (bool, error) {
			switch {
			case webhook == nil:
				return false, nil // the read lags behind; if the webhook no longer exists, the wait times out
			case webhook.Deleted():
				return false, errDeleted
			}
			return enough(webhook), nil
		},
		Describe: describeProgress,
	})
}

// changeWebhook changes the webhook and waits for the change. before is the old URL. If a read returns neither the old nor the new URL, the
// wait ends with an error: the API writes the new URL differently.
func changeWebhook(
	ctx context.Context, client *voltage.Client, ref voltage.Ref, change voltage.WebhookChange, before string,
) (*voltage.Webhook, error) {
	if err := client.UpdateWebhook(ctx, ref, change); err != nil {
		return nil, err
	}
	return client.WaitForWebhook(ctx, ref, voltage.Wait[*voltage.Webhook]{
		For: "the API to return the change",
		Done: func(w *voltage.Webhook) (bool, error) {
			switch {
			case w == nil:
				return false, nil // the read lags behind
			case w.Deleted():
				return false, errDeleted
			case voltage.SameWebhookURL(w.URL, change.URL):
				return w.Name == voltage.NormalText(change.Name) && w.Events.Equal(change.Events), nil
			case !voltage.SameWebhookURL(w.URL, before):
				return false, &urlError{sent: change.URL, read: w.URL}
			}
			return false, nil
		},
		Describe: func(w *voltage.Webhook) string { return describeChange(w, change) },
	})
}

// urlError reports that the API has accepted a URL and returns another one.
type urlError struct{ sent, read string }

// Error implements error.
func (e *urlError) Error() string {
	return fmt.Sprintf("the API accepted the URL %q and returns it as %q", voltage.Clean(e.sent), voltage.Clean(e.read))
}

// describeChange describes the progress of a change for a [voltage.DeadlineError].
func describeChange(webhook *voltage.Webhook, change voltage.WebhookChange) string {
	if webhook == nil {
		return describeProgress(nil)
	}
	var differ []string
	if !voltage.SameWebhookURL(webhook.URL, change.URL) {
		differ = append(differ, fmt.Sprintf("the URL %q instead of %q", voltage.Clean(webhook.URL), voltage.Clean(change.URL)))
	}
	if webhook.Name != change.Name {
		differ = append(differ, fmt.Sprintf("the name %q instead of %q", voltage.Clean(webhook.Name), voltage.Clean(change.Name)))
	}
	if !webhook.Events.Equal(change.Events) {
		differ = append(differ, "other events")
	}
	return strings.Join(differ, ", ")
}

// enableWebhook starts or stops the webhook and waits for the new status.
func enableWebhook(ctx context.Context, client *voltage.Client, ref voltage.Ref, enabled bool) (*voltage.Webhook, error) {
	request, status := client.StopWebhook, voltage.WebhookStopped
	if enabled {
		request, status = client.StartWebhook, voltage.WebhookActive
	}
	if err := request(ctx, ref); err != nil {
		return nil, err
	}
	return waitFor(ctx, client, ref, "the webhook to become "+status, func(w *voltage.Webhook) bool { return w.Status == status })
}

// deleteWebhook deletes the webhook and waits until it no longer exists. If its creation has not been seen to succeed, deleteWebhook first
// waits for the webhook: it can still appear, and Terraform would lose it if that happened after the deletion. found says whether the
// webhook existed.
func deleteWebhook(ctx context.Context, client *voltage.Client, ref voltage.Ref, unfinished *time.Time) (found bool, err error) {
	if unfinished != nil {
		before, err := findUnfinished(ctx, client, ref, *unfinished)
		if err != nil || before == nil || before.Deleted() {
			return before != nil, err
		}
	}
	deleted := func(w *voltage.Webhook) bool { return w == nil || w.Deleted() }
	_, found, err = voltage.DeleteAndWait(ctx, client, ref, voltage.Deletion[*voltage.Webhook]{
		Request: client.DeleteWebhook,
		Poll:    client.WaitForWebhook,
		Deleted: deleted,
		Gone: voltage.Wait[*voltage.Webhook]{
			For: "the API to delete the webhook",
			Read: func(ctx context.Context) (*voltage.Webhook, error) {
				return voltage.NilIfNotFound(client.GetConfirmedWebhook(ctx, ref))
			},
			Done:     func(w *voltage.Webhook) (bool, error) { return deleted(w), nil },
			Describe: describeProgress,
		},
	})
	return found, err
}

// findUnfinished reads a webhook whose creation has not been seen to succeed. Nil means that it does not exist.
func findUnfinished(ctx context.Context, client *voltage.Client, ref voltage.Ref, began time.Time) (*voltage.Webhook, error) {
	webhook, err := client.WaitForWebhook(ctx, ref, voltage.Wait[*voltage.Webhook]{
		For:      "the end of the creation",
		Done:     func(w *voltage.Webhook) (bool, error) { return w != nil || !client.IsRecent(began), nil },
		Describe: describeProgress,
	})
	if err != nil || webhook != nil {
		return webhook, err
	}
	// Reads can lag behind writes, so the webhook leaves the state only after a confirmed 404.
	return voltage.NilIfNotFound(client.GetConfirmedWebhook(ctx, ref))
}

// describeProgress describes the result of a read for a [voltage.DeadlineError].
func describeProgress(webhook *voltage.Webhook) string {
	if webhook == nil {
		return "no webhook with this ID"
	}
	return fmt.Sprintf("name %q, status %s", voltage.Clean(webhook.Name), voltage.Clean(webhook.Status))
}
