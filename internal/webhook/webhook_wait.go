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

// tainted is the sentence about the state after a creation that failed.
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

// errDeleted ends a wait for a webhook that somebody else has deleted.
var errDeleted = errors.New("another client deleted the webhook at the same time")

// blame is the attribute that causes a refusal.
var blame = tfkit.Blame{
	"invalid_webhook": path.Root("url"), "webhook_exists": path.Root("id"), "webhook_not_found": path.Root("id"),
}

// waitFor waits until the webhook is there and shows enough. It returns the webhook as last read, also with an error.
func waitFor(
	ctx context.Context, client *voltage.Client, ref voltage.Ref, what string, enough func(*voltage.Webhook) bool,
) (*voltage.Webhook, error) {
	return client.WaitForWebhook(ctx, ref, voltage.Wait[*voltage.Webhook]{
		For: what,
		Done: func(webhook *voltage.Webhook) (bool, error) {
			switch {
			case webhook == nil:
				return false, nil // the read lags behind; a webhook that is gone ends the wait with its deadline
			case webhook.Deleted():
				return false, errDeleted
			}
			return enough(webhook), nil
		},
		Describe: describeProgress,
	})
}

// changeWebhook changes the webhook and waits for it. before is the URL that it had. A URL that is read back as neither that nor the
// new one will not become the new one: the API writes it differently.
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

// urlError is a URL that the API has taken and reads back as another one.
type urlError struct{ sent, read string }

// Error implements error.
func (e *urlError) Error() string {
	return fmt.Sprintf("the API accepted the URL %q and returns it as %q", voltage.Clean(e.sent), voltage.Clean(e.read))
}

// describeChange says what a read showed of a change, in the words of a deadline error.
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

// enableWebhook starts or stops the webhook and waits for it.
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

// deleteWebhook deletes the webhook and waits until it is gone. One whose creation began, and was not seen to succeed, is read and waited
// for first: it can still appear, and would be lost if it did so after this. found says whether there was a webhook.
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

// findUnfinished reads a webhook whose creation was not seen to succeed; nil means that it does not exist.
func findUnfinished(ctx context.Context, client *voltage.Client, ref voltage.Ref, began time.Time) (*voltage.Webhook, error) {
	webhook, err := client.WaitForWebhook(ctx, ref, voltage.Wait[*voltage.Webhook]{
		For:      "the end of its creation",
		Done:     func(w *voltage.Webhook) (bool, error) { return w != nil || !client.IsRecent(began), nil },
		Describe: describeProgress,
	})
	if err != nil || webhook != nil {
		return webhook, err
	}
	// A read can lag behind any write: the state is given up only for a webhook that stays away.
	return voltage.NilIfNotFound(client.GetConfirmedWebhook(ctx, ref))
}

// describeProgress says what a read showed, in the words of a deadline error.
func describeProgress(webhook *voltage.Webhook) string {
	if webhook == nil {
		return "no webhook with this ID"
	}
	return fmt.Sprintf("name %q, status %s", voltage.Clean(webhook.Name), voltage.Clean(webhook.Status))
}
