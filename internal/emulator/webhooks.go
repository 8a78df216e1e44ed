package emulator

import (
	"cmp"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// webhookState is a webhook at one moment.
type webhookState struct {
	id, organization, environment uuid.UUID
	url, name                     string
	events                        []webhookEvent
	status                        string // active, stopped, deleted
	createdAt, updatedAt          time.Time
	stoppedAt, deletedAt          *time.Time
}

// EventForm is a form in which webhooks show their events. The contract has both, and promises no order.
type EventForm int

const (
	// OneEventEach is one object per event, {"send": "succeeded"}, in the order in which they were written.
	OneEventEach EventForm = iota
	// GroupedEvents is one object for all events of a family, {"send": ["succeeded", "failed"]}, in another order.
	GroupedEvents
	// EventFormsInTurn is one form after the other.
	EventFormsInTurn
)

// webhookEvent is one event of a family, such as send succeeded.
type webhookEvent struct{ family, name string }

func (e *Emulator) routeWebhooks() {
	e.route("get_webhooks_as_user", e.listWebhooks)
	e.route("create_webhook", e.createWebhook)
	e.route("get_webhook", e.getWebhook)
	e.route("update_webhook", e.updateWebhook)
	e.route("delete_webhook", e.deleteWebhook)
	e.route("start_webhook_as_user", e.startWebhook)
	e.route("stop_webhook_as_user", e.stopWebhook)
	e.route("generate_webhook_key", e.rotateWebhookKey)
	e.route("test_webhook", e.testWebhook)
}

// eventObjects are events as requests write them: one object per event.
type eventObjects []map[string]string

// read reads the events of a request, each once.
func (o eventObjects) read() []webhookEvent {
	var events []webhookEvent
	for _, object := range o {
		for family, name := range object {
			if event := (webhookEvent{family, name}); !slices.Contains(events, event) {
				events = append(events, event)
			}
		}
	}
	return events
}

// checkWebhook is what the API has against a webhook's URL and name.
func checkWebhook(address, name string) *problem {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !isLoopbackHost(u.Hostname())):
		return badRequest("invalid_webhook", "The URL has to be an https URL.")
	case strings.TrimSpace(name) == "":
		return badRequest("invalid_webhook", "The name is empty.")
	}
	return nil
}

func isLoopbackHost(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
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
	if e.world.webhooks[request.ID] != nil {
		return refuse(conflict("webhook_exists", "webhook_id", request.ID))
	}
	if p := checkWebhook(request.URL, request.Name); p != nil {
		return refuse(p)
	}
	events := request.Events.read()
	secret := newWebhookSecret()
	if _, fails := effectOn[FailAsync](c.request.Context()); !fails { // a webhook has no error: nothing comes of it
		e.world.webhooks[request.ID] = &history[webhookState]{{at: c.done, state: webhookState{
			id: request.ID, organization: c.org.ID, environment: c.ids["environment_id"], url: request.URL, name: request.Name, events: events,
			status: "active", createdAt: c.now, updatedAt: c.done,
		}}}
		e.world.webhookOrder = append(e.world.webhookOrder, request.ID)
		e.world.webhookSecrets[request.ID] = secret
	}
	return reply{status: http.StatusAccepted, content: map[string]any{"id": request.ID, "shared_secret": secret}}
}

// newWebhookSecret has the form of the API's: vltg_ and 32 letters and digits.
func newWebhookSecret() string { return "vltg_" + rand.Text() + rand.Text()[:6] }

// visibleWebhook finds the webhook of the path as a read shows it.
func (e *Emulator) visibleWebhook(c *call) (*webhookState, *problem) {
	missing := notFound("webhook_not_found", "webhook_id", c.ids["webhook_id"])
	h := e.world.webhooks[c.ids["webhook_id"]]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || h == nil {
		return nil, missing
	}
	_, stale := effectOn[Stale](c.request.Context())
	w := h.seen(c.now, stale)
	if w == nil || w.organization != c.org.ID || w.environment != c.ids["environment_id"] || e.config.ForgetDeleted && w.deletedAt != nil {
		return nil, missing
	}
	return w, nil
}

// changeableWebhook finds the webhook of the path for a write: one that can be seen and was not deleted meanwhile.
func (e *Emulator) changeableWebhook(c *call) (*history[webhookState], *problem) {
	if _, p := e.visibleWebhook(c); p != nil {
		return nil, p
	}
	h := e.world.webhooks[c.ids["webhook_id"]]
	if h.latest().status == "deleted" {
		return nil, notFound("webhook_not_found", "webhook_id", c.ids["webhook_id"])
	}
	return h, nil
}

// changeWebhook accepts a change of the webhook of the path.
func (e *Emulator) changeWebhook(c *call, change func(w *webhookState, at time.Time)) reply {
	h, p := e.changeableWebhook(c)
	if p != nil {
		return refuse(p)
	}
	if _, fails := effectOn[FailAsync](c.request.Context()); fails {
		return accepted()
	}
	h.step(c.done, func(w *webhookState) {
		w.updatedAt = c.done
		change(w, c.done)
	})
	return accepted()
}

func (e *Emulator) deleteWebhook(c *call) reply {
	return e.changeWebhook(c, func(w *webhookState, at time.Time) { w.status, w.deletedAt = "deleted", &at })
}

func (e *Emulator) startWebhook(c *call) reply {
	return e.changeWebhook(c, func(w *webhookState, _ time.Time) { w.status, w.stoppedAt = "active", nil })
}

func (e *Emulator) stopWebhook(c *call) reply {
	return e.changeWebhook(c, func(w *webhookState, at time.Time) {
		if w.status != "stopped" {
			w.status, w.stoppedAt = "stopped", &at
		}
	})
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
	h, p := e.changeableWebhook(c)
	if p != nil {
		return refuse(p)
	}
	next := h.latest()
	next.events = request.Events.read()
	if request.URL != nil {
		next.url = *request.URL
	}
	if request.Name != nil {
		next.name = *request.Name
	}
	if p := checkWebhook(next.url, next.name); p != nil {
		return refuse(p)
	}
	return e.changeWebhook(c, func(w *webhookState, _ time.Time) { w.url, w.name, w.events = next.url, next.name, next.events })
}

func (e *Emulator) rotateWebhookKey(c *call) reply {
	if _, p := e.changeableWebhook(c); p != nil {
		return refuse(p)
	}
	id, secret := c.ids["webhook_id"], newWebhookSecret()
	e.world.webhookSecrets[id] = secret
	return reply{status: http.StatusAccepted, content: map[string]any{"id": id, "shared_secret": secret}}
}

// testWebhook delivers what it is given, which keeps to the contract.
func (e *Emulator) testWebhook(c *call) reply {
	var request struct {
		DeliveryID uuid.UUID       `json:"delivery_id"`
		Payload    json.RawMessage `json:"payload"`
	}
	var payload struct {
		Detail struct {
			Event string `json:"event"`
		} `json:"detail"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	if err := json.Unmarshal(request.Payload, &payload); err != nil {
		return refuse(invalidData(err.Error()))
	}
	h, p := e.changeableWebhook(c)
	if p != nil {
		return refuse(p)
	}
	w := h.latest()
	if w.status != "active" {
		return refuse(badRequest("invalid_webhook", "The webhook is stopped."))
	}
	e.deliver(&w, request.DeliveryID, uuid.Nil, payload.Detail.Event, request.Payload)
	return accepted()
}

func (e *Emulator) getWebhook(c *call) reply {
	w, p := e.visibleWebhook(c)
	if p != nil {
		return refuse(p)
	}
	return found(e.webhookJSON(w))
}

func (e *Emulator) listWebhooks(c *call) reply {
	query := c.request.URL.Query()
	environments, p := c.environments(query["environment_ids[]"])
	if p != nil {
		return refuse(p)
	}
	_, stale := effectOn[Stale](c.request.Context())
	var webhooks []*webhookState
	for _, id := range e.world.webhookOrder {
		w := e.world.webhooks[id].seen(c.now, stale)
		if w == nil || w.organization != c.org.ID || !c.opens(w.environment) || len(environments) > 0 && !slices.Contains(environments, w.environment) ||
			len(query["statuses[]"]) > 0 && !slices.Contains(query["statuses[]"], w.status) || e.config.ForgetDeleted && w.deletedAt != nil {
			continue
		}
		webhooks = append(webhooks, w)
	}
	slices.SortStableFunc(webhooks, func(a, b *webhookState) int {
		order := a.createdAt.Compare(b.createdAt)
		if query.Get("sort_key") == "updated_at" {
			order = a.updatedAt.Compare(b.updatedAt)
		}
		if order = cmp.Or(order, cmp.Compare(a.id.String(), b.id.String())); query.Get("sort_order") == "DESC" {
			return -order
		}
		return order
	})
	content := []map[string]any{}
	for _, w := range webhooks {
		content = append(content, e.webhookJSON(w))
	}
	return found(content)
}

// webhookJSON is the webhook as the contract's schema Webhook.
func (e *Emulator) webhookJSON(w *webhookState) map[string]any {
	events := []any{}
	e.world.groupEvents = e.config.EventForm == GroupedEvents || e.config.EventForm == EventFormsInTurn && !e.world.groupEvents
	if e.world.groupEvents {
		for _, family := range []string{"test", "receive", "send"} {
			var names []string
			for _, event := range w.events {
				if event.family == family {
					names = append(names, event.name)
				}
			}
			if slices.Reverse(names); len(names) > 0 {
				events = append(events, map[string]any{family: names})
			}
		}
	} else {
		for _, event := range w.events {
			events = append(events, map[string]any{event.family: event.name})
		}
	}
	return map[string]any{
		"id": w.id, "organization_id": w.organization, "environment_id": w.environment, "url": w.url, "name": w.name, "events": events,
		"status": w.status, "created_at": timestamp(w.createdAt), "updated_at": timestamp(w.updatedAt),
		"stopped_at": timestampOrNull(w.stoppedAt), "deleted_at": timestampOrNull(w.deletedAt),
	}
}

// WebhookView is a webhook after everything that was accepted.
type WebhookView struct {
	ID        uuid.UUID
	URL, Name string
	Events    []string // "send succeeded"
	Status    string
	Secret    string
}

// Webhooks returns every webhook there is or was, after everything that was accepted, in the order of creation.
func (e *Emulator) Webhooks() []WebhookView {
	e.mu.Lock()
	defer e.mu.Unlock()
	var views []WebhookView
	for _, id := range e.world.webhookOrder {
		w := e.world.webhooks[id].latest()
		view := WebhookView{ID: w.id, URL: w.url, Name: w.name, Status: w.status, Secret: e.world.webhookSecrets[id]}
		for _, event := range w.events {
			view.Events = append(view.Events, event.family+" "+event.name)
		}
		views = append(views, view)
	}
	return views
}

// ChangeWebhook changes a webhook at once, as somebody else would: its name unless that is empty, and its status unless that is.
func (e *Emulator) ChangeWebhook(id uuid.UUID, name, status string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	h := e.world.webhooks[id]
	if h == nil {
		return fmt.Errorf("there is no webhook %s", id)
	}
	now := e.config.Now()
	h.step(now, func(w *webhookState) {
		w.name, w.status, w.updatedAt = cmp.Or(name, w.name), cmp.Or(status, w.status), now
		if w.status == "deleted" {
			w.deletedAt = &now
		}
	})
	return nil
}

// mustJSON writes what is made of what JSON can write.
func mustJSON(content any) []byte {
	data, err := json.Marshal(content)
	if err != nil {
		panic(err)
	}
	return data
}
