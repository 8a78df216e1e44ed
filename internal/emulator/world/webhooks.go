package world

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Webhook is a webhook at one moment.
type Webhook struct {
	ID, Organization, Environment uuid.UUID
	URL, Name                     string
	Events                        []Event
	Status                        string // active, stopped, deleted
	CreatedAt, UpdatedAt          time.Time
	StoppedAt, DeletedAt          *time.Time
}

// Event is an event of a family for webhooks, such as send succeeded.
type Event struct{ Family, Name string }

// checkWebhook refuses a URL and a name that a webhook cannot have.
func (w *World) checkWebhook(address, name string) *Refusal {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "https" && (u.Scheme != "http" || !w.Delivers(u.Hostname())):
		return Invalidf("invalid_webhook", "The URL has to be an https URL.")
	case strings.TrimSpace(name) == "":
		return Invalidf("invalid_webhook", "The name is empty.")
	}
	return nil
}

// Delivers reports whether webhooks on a host get deliveries. Only this machine and the hosts of [Settings] do.
func (w *World) Delivers(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback() ||
		slices.ContainsFunc(w.settings.DeliverTo, func(other string) bool { return strings.EqualFold(host, other) })
}

// WebhookOrder asks for a webhook.
type WebhookOrder struct {
	ID        uuid.UUID
	URL, Name string
	Events    []Event
}

// CreateWebhook accepts a webhook of the environment, and returns its secret.
func (w *World) CreateWebhook(c *Call, order WebhookOrder) (secret string, refusal *Refusal) {
	if w.state.Webhooks.has(order.ID) {
		return "", taken("webhook_exists", "webhook_id", order.ID)
	}
	if r := w.checkWebhook(order.URL, order.Name); r != nil {
		return "", r
	}
	secret = newWebhookSecret()
	if c.failure() != nil {
		return secret, nil // a webhook has no field for the reason
	}
	w.state.Webhooks.put(order.ID, c.Done, Webhook{
		ID: order.ID, Organization: c.Organization, Environment: c.Environment, URL: order.URL, Name: order.Name, Events: order.Events,
		Status: "active", CreatedAt: c.Now, UpdatedAt: c.Done,
	})
	w.state.WebhookSecrets[order.ID] = secret
	return secret, nil
}

// newWebhookSecret makes a secret in the form of the API: vltg_ and 32 letters and digits.
func newWebhookSecret() string { return "vltg_" + rand.Text() + rand.Text()[:6] }

// ReadWebhook returns a webhook of the environment.
func (w *World) ReadWebhook(c *Call, id uuid.UUID) (*Webhook, *Refusal) {
	webhook := w.state.Webhooks.read(c, id, func(s *Webhook) bool {
		return c.owns(s.Organization, s.Environment) && !w.forgotten(s.DeletedAt)
	})
	if webhook == nil {
		return nil, missing("webhook_not_found", "webhook_id", id)
	}
	return webhook, nil
}

// WebhookFilter selects the webhooks of a list, and their order. The zero value selects all, the oldest first.
type WebhookFilter struct {
	Environments         []uuid.UUID
	Statuses             []string
	ByUpdate, Descending bool
}

// ListWebhooks returns the webhooks of the organization that match.
func (w *World) ListWebhooks(c *Call, filter WebhookFilter) []*Webhook {
	webhooks := w.state.Webhooks.list(c.Now, c.stale(), func(s *Webhook) bool {
		return s.Organization == c.Organization &&
			(len(filter.Environments) == 0 || slices.Contains(filter.Environments, s.Environment)) &&
			(len(filter.Statuses) == 0 || slices.Contains(filter.Statuses, s.Status)) &&
			!w.forgotten(s.DeletedAt)
	})
	slices.SortStableFunc(webhooks, func(a, b *Webhook) int {
		order := a.CreatedAt.Compare(b.CreatedAt)
		if filter.ByUpdate {
			order = a.UpdatedAt.Compare(b.UpdatedAt)
		}
		if order = cmp.Or(order, cmp.Compare(a.ID.String(), b.ID.String())); filter.Descending {
			return -order
		}
		return order
	})
	return webhooks
}

// writableWebhook returns a readable webhook in its latest state for a write. It refuses a webhook whose deletion was accepted, even if the
// deletion is not visible yet.
func (w *World) writableWebhook(c *Call, id uuid.UUID) (*Webhook, *Refusal) {
	if _, r := w.ReadWebhook(c, id); r != nil {
		return nil, r
	}
	webhook := w.state.Webhooks.latest(id)
	if webhook.Status == "deleted" {
		return nil, missing("webhook_not_found", "webhook_id", id)
	}
	return &webhook, nil
}

// changeWebhook accepts a change of a webhook.
func (w *World) changeWebhook(c *Call, id uuid.UUID, change func(s *Webhook, at time.Time)) *Refusal {
	if _, r := w.writableWebhook(c, id); r != nil {
		return r
	}
	if c.failure() != nil {
		return nil // a webhook has no field for the reason
	}
	w.state.Webhooks.step(id, c.Done, func(s *Webhook) {
		s.UpdatedAt = c.Done
		change(s, c.Done)
	})
	return nil
}

// DeleteWebhook accepts the deletion of a webhook.
func (w *World) DeleteWebhook(c *Call, id uuid.UUID) *Refusal {
	return w.changeWebhook(c, id, func(s *Webhook, at time.Time) { s.Status, s.DeletedAt = "deleted", &at })
}

// StartWebhook accepts that a webhook gets events again.
func (w *World) StartWebhook(c *Call, id uuid.UUID) *Refusal {
	return w.changeWebhook(c, id, func(s *Webhook, _ time.Time) { s.Status, s.StoppedAt = "active", nil })
}

// StopWebhook accepts that a webhook gets no events until it is started again.
func (w *World) StopWebhook(c *Call, id uuid.UUID) *Refusal {
	return w.changeWebhook(c, id, func(s *Webhook, at time.Time) {
		if s.Status != "stopped" {
			s.Status, s.StoppedAt = "stopped", &at
		}
	})
}

// WebhookChange changes a webhook. A nil URL or name stays as it is. The events are replaced.
type WebhookChange struct {
	URL, Name *string
	Events    []Event
}

// UpdateWebhook accepts a change of a webhook.
func (w *World) UpdateWebhook(c *Call, id uuid.UUID, change WebhookChange) *Refusal {
	next, r := w.writableWebhook(c, id)
	if r != nil {
		return r
	}
	if change.URL != nil {
		next.URL = *change.URL
	}
	if change.Name != nil {
		next.Name = *change.Name
	}
	if r := w.checkWebhook(next.URL, next.Name); r != nil {
		return r
	}
	return w.changeWebhook(c, id, func(s *Webhook, _ time.Time) { s.URL, s.Name, s.Events = next.URL, next.Name, change.Events })
}

// RotateWebhookKey gives a webhook another secret immediately, and returns it.
func (w *World) RotateWebhookKey(c *Call, id uuid.UUID) (secret string, refusal *Refusal) {
	if _, r := w.writableWebhook(c, id); r != nil {
		return "", r
	}
	w.state.WebhookSecrets[id] = newWebhookSecret()
	return w.state.WebhookSecrets[id], nil
}

// Webhooks returns every webhook that exists or existed, after everything that was accepted, in the order of creation.
func (w *World) Webhooks() []Webhook { return w.state.Webhooks.all() }

// WebhookSecret returns the secret of a webhook.
func (w *World) WebhookSecret(id uuid.UUID) string { return w.state.WebhookSecrets[id] }

// EditWebhook changes the name and the status of a webhook immediately, as another client would. An empty name or status stays as it is.
func (w *World) EditWebhook(id uuid.UUID, name, status string) error {
	if !w.state.Webhooks.has(id) {
		return fmt.Errorf("there is no webhook %s", id)
	}
	now := w.settings.Now()
	w.state.Webhooks.step(id, now, func(s *Webhook) {
		s.Name, s.Status, s.UpdatedAt = cmp.Or(name, s.Name), cmp.Or(status, s.Status), now
		if s.Status == "deleted" {
			s.DeletedAt = &now
		}
	})
	return nil
}
