package voltage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/net/idna"
)

// States of a webhook.
const (
	WebhookActive  = "active"
	WebhookStopped = "stopped"
	WebhookDeleted = "deleted"
)

// WebhookEventNames returns the events that a webhook can receive, by family. Source: schema WebhookEvent of the API's contract.
func WebhookEventNames() map[string][]string {
	return map[string][]string{
		"send":    {"succeeded", "failed"},
		"receive": {"generated", "detected", "refreshed", "expired", "succeeded", "completed", "failed"},
		"test":    {"created"},
	}
}

// WebhookEvents maps a family of events, such as send, to its events, sorted and without repetition. The API writes one object per event,
// {"send":"succeeded"}, or groups them, {"send":["succeeded","failed"]}, in any order. Both forms give the same WebhookEvents.
type WebhookEvents map[string][]string

// MarshalJSON implements [json.Marshaler]. It writes one object per event, as requests do.
func (e WebhookEvents) MarshalJSON() ([]byte, error) {
	single := []map[string]string{}
	for _, family := range slices.Sorted(maps.Keys(e)) {
		for _, event := range slices.Sorted(slices.Values(e[family])) {
			single = append(single, map[string]string{family: event})
		}
	}
	return json.Marshal(single)
}

// UnmarshalJSON implements [json.Unmarshaler]. It reads both forms, and unknown families. It ignores an unknown field that holds no events,
// such as a number.
func (e *WebhookEvents) UnmarshalJSON(data []byte) error {
	var objects []map[string]json.RawMessage
	if err := json.Unmarshal(data, &objects); err != nil {
		return err
	}
	events := WebhookEvents{}
	for _, object := range objects {
		for family, content := range object {
			var several []string
			if err := json.Unmarshal(content, &several); err != nil {
				var one string
				if err := json.Unmarshal(content, &one); err != nil {
					if _, known := WebhookEventNames()[family]; !known {
						continue
					}
					return err
				}
				several = []string{one}
			}
			events[family] = append(events[family], several...)
		}
	}
	for family, names := range events {
		slices.Sort(names)
		events[family] = slices.Compact(names)
	}
	*e = events
	return nil
}

// Equal reports whether both have the same events.
func (e WebhookEvents) Equal(other WebhookEvents) bool {
	a, errA := json.Marshal(e)
	b, errB := json.Marshal(other)
	return errA == nil && errB == nil && string(a) == string(b)
}

// Webhook is a webhook as the API returns it. Source: schema Webhook of the API's contract.
type Webhook struct {
	ID             uuid.UUID     `json:"id"`
	OrganizationID uuid.UUID     `json:"organization_id"`
	EnvironmentID  uuid.UUID     `json:"environment_id"`
	URL            string        `json:"url"`
	Name           string        `json:"name"` // [NormalText]
	Events         WebhookEvents `json:"events"`
	Status         string        `json:"status"` // active, stopped, deleted
	CreatedAt      time.Time     `json:"created_at"`
	UpdatedAt      time.Time     `json:"updated_at"`
	StoppedAt      *time.Time    `json:"stopped_at"`
	DeletedAt      *time.Time    `json:"deleted_at"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A webhook without its status is unreadable: it must not pass for an existing webhook. A
// webhook without its URL or events is unreadable, too: it must not pass for a webhook that delivers nothing.
func (w *Webhook) UnmarshalJSON(data []byte) error {
	type plain Webhook
	if err := json.Unmarshal(data, (*plain)(w)); err != nil {
		return err
	}
	w.Name = NormalText(w.Name)
	return says("webhook", fact{"id", w.ID != uuid.Nil}, fact{"status", w.Status != ""}, fact{"organization_id", w.OrganizationID != uuid.Nil},
		fact{"environment_id", w.EnvironmentID != uuid.Nil}, fact{"url", w.URL != ""}, fact{"events", w.Events != nil})
}

// Deleted reports whether the webhook is deleted, although it can still be read.
func (w *Webhook) Deleted() bool { return w.Status == WebhookDeleted || w.DeletedAt != nil }

// NewWebhook is the request for a webhook. Source: schema NewWebhookRequest of the API's contract.
type NewWebhook struct {
	URL    string        `json:"url"`
	Name   string        `json:"name"`
	Events WebhookEvents `json:"events"`
	// OwnID says that the user chose the ID. Then an existing webhook with this ID may be another one. See [IsConflict].
	OwnID bool `json:"-"`
}

// WebhookChange is a change of a webhook. Source: schema UpdateWebhookRequest of the API's contract.
type WebhookChange struct {
	URL    string        `json:"url"`
	Name   string        `json:"name"`
	Events WebhookEvents `json:"events"` // replaces them all
}

// WebhookTest is a test delivery to a webhook. Source: schema TestWebhookRequest of the API's contract. Its detail has event and data. The
// data is text for a test, and a whole payment for send and receive.
type WebhookTest struct {
	DeliveryID uuid.UUID `json:"delivery_id"`
	Payload    struct {
		Type   string          `json:"type"` // send, receive or test
		Detail json.RawMessage `json:"detail"`
	} `json:"payload"`
}

// webhookSecret is the only answer that contains a webhook's secret. Source: schema WebhookPlainSecret of the API's contract.
type webhookSecret struct {
	ID     uuid.UUID `json:"id"`
	Secret string    `json:"shared_secret"`
}

// WebhookFilter narrows a list of webhooks. A zero field matches everything.
type WebhookFilter struct {
	EnvironmentID uuid.UUID
	Statuses      []string
}

// ListWebhooks returns the webhooks of an organization, the oldest first. The API returns them all in one answer. An *UnreadableItemsError
// names the webhooks that cannot be read; the readable webhooks are returned as well. See [WithoutItems].
func (c *Client) ListWebhooks(ctx context.Context, organization uuid.UUID, filter WebhookFilter) ([]Webhook, error) {
	answer, _, err := c.listWebhooks(ctx, organization, filter, maxBody)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(answer.items, func(a, b Webhook) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return answer.items, answer.err(c, "webhook")
}

// listWebhooks is ListWebhooks in the API's order, with a limit for the size of the answer, and returns the size.
func (c *Client) listWebhooks(
	ctx context.Context, organization uuid.UUID, filter WebhookFilter, limit int64,
) (answer list[Webhook], size int64, err error) {
	query := url.Values{}
	if filter.EnvironmentID != uuid.Nil {
		query.Set("environment_ids[]", filter.EnvironmentID.String())
	}
	for _, status := range slices.Sorted(slices.Values(filter.Statuses)) {
		query.Add("statuses[]", status)
	}
	err = c.do(ctx, call{
		method: http.MethodGet, path: organizationPath(organization) + "/webhooks", query: query, out: &answer, repeat: true,
		limit: limit, size: &size,
		check: func() error {
			for i := range answer.items {
				if answer.items[i].OrganizationID != organization {
					return fmt.Errorf("the answer has a webhook of organization %s", answer.items[i].OrganizationID)
				}
			}
			return nil
		},
	})
	return answer, size, err
}

// GetWebhook returns a webhook, deleted or not. IsNotFound reports whether the error means that the webhook does not exist.
func (c *Client) GetWebhook(ctx context.Context, ref Ref) (*Webhook, error) {
	var webhook Webhook
	err := c.do(ctx, call{
		method: http.MethodGet, path: ref.webhookPath(), out: &webhook, repeat: true,
		check: func() error {
			if webhook.ID != ref.ID || webhook.OrganizationID != ref.OrganizationID || webhook.EnvironmentID != ref.EnvironmentID {
				return fmt.Errorf("the answer is webhook %s of environment %s", webhook.ID, webhook.EnvironmentID)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &webhook, nil
}

// GetListedWebhook is GetConfirmedWebhook for one of many webhooks of an environment. See [Client.GetListedWallet].
func (c *Client) GetListedWebhook(ctx context.Context, ref Ref) (*Webhook, error) {
	if webhook := c.webhooks.cached(ctx, ref.scope(), ref.ID); webhook != nil && !webhook.Deleted() {
		return webhook, nil
	}
	return c.GetConfirmedWebhook(ctx, ref)
}

// WaitForWebhook polls a webhook. See [Client.WaitForWallet].
func (c *Client) WaitForWebhook(ctx context.Context, ref Ref, wait Wait[*Webhook]) (*Webhook, error) {
	listed, end := c.webhooks.wait(ref.scope(), ref.ID)
	defer end()
	if wait.Read == nil {
		wait.Read = func(ctx context.Context) (*Webhook, error) {
			return NilIfNotFound(c.GetWebhook(ctx, ref))
		}
	}
	return Poll(ctx, c, readFromLists(wait, listed))
}

// CreateWebhook asks for a webhook, and returns its secret, which the API shows once. The secret is empty if the answer was lost but the
// webhook exists. Rotate the secret then. After a doubtful answer it does the same as [Client.CreateWallet], and it has the same errors.
func (c *Client) CreateWebhook(ctx context.Context, ref Ref, webhook NewWebhook) (secret string, err error) {
	var answer webhookSecret
	body := struct {
		ID uuid.UUID `json:"id"`
		NewWebhook
	}{ref.ID, webhook}
	err = c.create(ctx, createRequest{
		call: call{method: http.MethodPost, path: webhooksPath(ref.OrganizationID, ref.EnvironmentID), body: body, out: &answer},
		read: func(ctx context.Context) error {
			_, err := c.GetWebhook(ctx, ref)
			return err
		},
		resend:   true,
		conflict: true,
		ownID:    webhook.OwnID,
	})
	if err != nil || answer.ID != ref.ID {
		return "", err
	}
	return answer.Secret, nil
}

// RotateWebhookSecret makes a new secret for a webhook and returns it. The previous secret becomes invalid, even if the answer is lost.
func (c *Client) RotateWebhookSecret(ctx context.Context, ref Ref) (secret string, err error) {
	var answer webhookSecret
	err = c.do(ctx, call{
		method: http.MethodPost, path: ref.webhookPath() + "/keys", out: &answer, repeat: true,
		check: func() error {
			if answer.ID != ref.ID || answer.Secret == "" {
				return errors.New("the answer has no secret of this webhook")
			}
			return nil
		},
	})
	if err != nil {
		return "", err
	}
	return answer.Secret, nil
}

// UpdateWebhook asks for another URL, name and events. Reads show them a moment later.
func (c *Client) UpdateWebhook(ctx context.Context, ref Ref, change WebhookChange) error {
	return c.do(ctx, call{method: http.MethodPatch, path: ref.webhookPath(), body: change, repeat: true})
}

// StartWebhook asks for deliveries to begin again.
func (c *Client) StartWebhook(ctx context.Context, ref Ref) error {
	return c.do(ctx, call{method: http.MethodPost, path: ref.webhookPath() + "/start", repeat: true})
}

// StopWebhook asks for deliveries to end until the webhook is started again.
func (c *Client) StopWebhook(ctx context.Context, ref Ref) error {
	return c.do(ctx, call{method: http.MethodPost, path: ref.webhookPath() + "/stop", repeat: true})
}

// DeleteWebhook asks for a webhook's deletion. Afterwards a read returns 404, or a webhook with the status deleted.
func (c *Client) DeleteWebhook(ctx context.Context, ref Ref) error {
	return c.do(ctx, call{method: http.MethodDelete, path: ref.webhookPath(), repeat: true})
}

// CheckWebhookURL returns an error for a URL that a webhook must not have. It allows https, and http only for a loopback address.
func CheckWebhookURL(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil:
		return errors.New("it is not a URL") // the parser's message repeats the address, which may contain a password
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("it must start with https://")
	case u.Hostname() == "":
		return errors.New("it has no host")
	case u.User != nil:
		return errors.New("it must not contain credentials; verify the signature of a delivery instead")
	case u.Fragment != "":
		return errors.New("it must not contain a fragment, which is never sent")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("http would send what happens to your money in the clear: use https (http is for a loopback address, such as a test's)")
	}
	return nil
}

// SameWebhookURL reports whether two URLs are the same in the sense of RFC 3986, section 6.2. It ignores differences in the case of scheme
// and host, Unicode and Punycode hosts, the default port of the scheme, the slash of an empty path, dot segments and percent-encodings.
// /hooks and /hooks/ are two URLs.
func SameWebhookURL(a, b string) bool { return a == b || normalWebhookURL(a) == normalWebhookURL(b) }

// normalWebhookURL writes a URL in the form that is compared. A text that is not a URL stays as it is.
func normalWebhookURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return address
	}
	host := strings.ToLower(u.Hostname())
	if ip, err := netip.ParseAddr(host); err == nil {
		host = ip.String()
	} else if ascii, err := idna.Lookup.ToASCII(host); err == nil {
		host = ascii
	}
	if port := u.Port(); port != "" && port != defaultPorts[u.Scheme] {
		host = net.JoinHostPort(host, port)
	} else if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	u.Host = host
	u = u.ResolveReference(&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery, ForceQuery: u.ForceQuery, Fragment: u.Fragment})
	if u.Path == "" {
		u.Path = "/"
	}
	return upperEscapes.ReplaceAllStringFunc(u.String(), strings.ToUpper)
}

var (
	defaultPorts = map[string]string{"https": "443", "http": "80"}
	upperEscapes = regexp.MustCompile("%[0-9A-Fa-f]{2}")
)
