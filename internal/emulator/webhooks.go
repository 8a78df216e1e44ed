package emulator

import (
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// EventForm is a form in which webhooks show their events. The contract allows both forms, and promises no order.
type EventForm int

const (
	// OneEventEach is one object per event, {"send": "succeeded"}, in the order in which they were written.
	OneEventEach EventForm = iota
	// GroupedEvents is one object for all events of a family, {"send": ["succeeded", "failed"]}, in another order.
	GroupedEvents
	// EventFormsInTurn changes the form with each answer.
	EventFormsInTurn
)

func (e *Emulator) routeWebhooks() {
	e.route("get_webhooks_as_user", e.listWebhooks)
	e.route("create_webhook", e.createWebhook)
	e.route("get_webhook", e.getWebhook)
	e.route("update_webhook", e.updateWebhook)
	e.route("delete_webhook", e.changeWebhook((*world.World).DeleteWebhook))
	e.route("start_webhook_as_user", e.changeWebhook((*world.World).StartWebhook))
	e.route("stop_webhook_as_user", e.changeWebhook((*world.World).StopWebhook))
	e.route("generate_webhook_key", e.rotateWebhookKey)
}

// eventObjects are events as requests write them: one object per event.
type eventObjects []map[string]string

// read reads the events of a request, each once.
func (o eventObjects) read() []world.Event {
	var events []world.Event
	for _, object := range o {
		for family, name := range object {
			if event := (world.Event{Family: family, Name: name}); !slices.Contains(events, event) {
				events = append(events, event)
			}
		}
	}
	return events
}

func (e *Emulator) createWebhook(c *call) reply {
	var request struct {
		ID     uuid.UUID    `json:"id"`
		URL    string       `json:"url"`
		Name   string       `json:"name"`
		Events eventObjects `json:"events"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	secret, refusal := e.world.CreateWebhook(&c.Call, world.WebhookOrder{
		ID: request.ID, URL: request.URL, Name: request.Name, Events: request.Events.read(),
	})
	return secretUnless(request.ID, secret, refusal)
}

// secretUnless answers with a new secret of a webhook, or with the refusal.
func secretUnless(webhook uuid.UUID, secret string, refusal *world.Refusal) reply {
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return reply{status: http.StatusAccepted, content: map[string]any{"id": webhook, "shared_secret": secret}}
}

// changeWebhook serves a change of a webhook that needs only its ID.
func (e *Emulator) changeWebhook(change func(*world.World, *world.Call, uuid.UUID) *world.Refusal) func(*call) reply {
	return func(c *call) reply { return acceptedUnless(change(e.world, &c.Call, c.ids["webhook_id"])) }
}

func (e *Emulator) updateWebhook(c *call) reply {
	var request struct {
		URL    *string      `json:"url"`
		Name   *string      `json:"name"`
		Events eventObjects `json:"events"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	return acceptedUnless(e.world.UpdateWebhook(&c.Call, c.ids["webhook_id"], world.WebhookChange{
		URL: request.URL, Name: request.Name, Events: request.Events.read(),
	}))
}

func (e *Emulator) rotateWebhookKey(c *call) reply {
	id := c.ids["webhook_id"]
	secret, refusal := e.world.RotateWebhookKey(&c.Call, id)
	return secretUnless(id, secret, refusal)
}

func (e *Emulator) getWebhook(c *call) reply {
	webhook, refusal := e.world.ReadWebhook(&c.Call, c.ids["webhook_id"])
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return found(e.webhookJSON(webhook))
}

func (e *Emulator) listWebhooks(c *call) reply {
	query := c.request.URL.Query()
	environments, p := c.environments(query["environment_ids[]"])
	if p != nil {
		return refuse(p)
	}
	content := []map[string]any{}
	for _, webhook := range e.world.ListWebhooks(&c.Call, world.WebhookFilter{
		Environments: environments, Statuses: query["statuses[]"],
		ByUpdate: query.Get("sort_key") == "updated_at", Descending: query.Get("sort_order") == "DESC",
	}) {
		if c.opens(webhook.Environment) {
			content = append(content, e.webhookJSON(webhook))
		}
	}
	return found(content)
}

// webhookJSON writes a webhook in the form of the contract's schema Webhook.
func (e *Emulator) webhookJSON(w *world.Webhook) map[string]any {
	form := e.config.EventForm
	if form == EventFormsInTurn {
		form = OneEventEach
		if e.groupedEvents = !e.groupedEvents; e.groupedEvents {
			form = GroupedEvents
		}
	}
	return map[string]any{
		"id": w.ID, "organization_id": w.Organization, "environment_id": w.Environment, "url": w.URL, "name": w.Name,
		"events": eventsJSON(w.Events, form), "status": w.Status, "created_at": timestamp(w.CreatedAt), "updated_at": timestamp(w.UpdatedAt),
		"stopped_at": timestampOrNull(w.StoppedAt), "deleted_at": timestampOrNull(w.DeletedAt),
	}
}

// eventsJSON writes the events of a webhook in a form.
func eventsJSON(events []world.Event, form EventForm) []any {
	content := []any{}
	if form == OneEventEach {
		for _, event := range events {
			content = append(content, map[string]any{event.Family: event.Name})
		}
		return content
	}
	for _, family := range []string{"test", "receive", "send"} {
		var names []string
		for _, event := range events {
			if event.Family == family {
				names = append(names, event.Name)
			}
		}
		if slices.Reverse(names); len(names) > 0 {
			content = append(content, map[string]any{family: names})
		}
	}
	return content
}
