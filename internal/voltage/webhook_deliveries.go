package voltage

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// States of a delivery. The last three end it, until a retry makes it attempting again.
const (
	DeliveryAttempting = "attempting"
	DeliverySucceeded  = "succeeded" // the receiver answered 2xx
	DeliveryFailed     = "failed"
	DeliveryAbandoned  = "abandoned"
)

// DeliveryStatuses are the known states of a delivery. Source: schema DeliveryStatus of the API's contract.
func DeliveryStatuses() []string {
	return []string{DeliveryAttempting, DeliverySucceeded, DeliveryFailed, DeliveryAbandoned}
}

// DeliveryRef says which delivery is meant: the webhook, and the delivery's own ID.
type DeliveryRef struct {
	Webhook Ref
	ID      uuid.UUID
}

func (r Ref) deliveriesPath() string { return r.webhookPath() + "/deliveries" }

func (r DeliveryRef) path() string { return r.Webhook.deliveriesPath() + "/" + r.ID.String() }

// WebhookDelivery is one event on its way to a webhook's receiver. Source: schema WebhookDelivery of the API's contract.
type WebhookDelivery struct {
	ID             uuid.UUID  `json:"id"`
	WebhookID      uuid.UUID  `json:"webhook_id"`
	OrganizationID *uuid.UUID `json:"organization_id"`
	URL            string     `json:"url"`
	Status         string     `json:"status"` // attempting, succeeded, failed, abandoned
	// Payload is the body that is delivered, as JSON. It can have a whole payment in it, with its preimage.
	Payload      json.RawMessage `json:"payload"`
	CreatedAt    time.Time       `json:"created_at"`
	UpdatedAt    time.Time       `json:"updated_at"`
	AttemptCount *int64          `json:"attempt_count"` // nil where the API does not say it
	// ErrorInfo is why the last attempt failed, or why the delivery has ended. It is there between two attempts, too. Failure has it in
	// either form.
	ErrorInfo *DeliveryError `json:"error_info"`
	// ErrorText is the deprecated form of ErrorInfo.
	ErrorText looseText `json:"error"`
	// StatusCode is the HTTP status that the receiver answered last with, nil where it has not answered.
	StatusCode *int64 `json:"status_code"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A delivery that does not say which one it is or how far it is, is unreadable.
func (d *WebhookDelivery) UnmarshalJSON(data []byte) error {
	type plain WebhookDelivery
	if err := json.Unmarshal(data, (*plain)(d)); err != nil {
		return err
	}
	if string(bytes.TrimSpace(d.Payload)) == "null" {
		d.Payload = nil
	}
	return says("delivery", fact{"id", d.ID != uuid.Nil}, fact{"webhook_id", d.WebhookID != uuid.Nil}, fact{"status", d.Status != ""})
}

// Ended reports whether no further attempt follows, unless somebody retries the delivery.
func (d *WebhookDelivery) Ended() bool {
	return d.Status == DeliverySucceeded || d.Status == DeliveryFailed || d.Status == DeliveryAbandoned
}

// Answered is the HTTP status that the receiver answered last with, 0 where it has not answered.
func (d *WebhookDelivery) Answered() int64 {
	if d.StatusCode == nil {
		return 0
	}
	return *d.StatusCode
}

// Failure is why the last attempt failed, or why the delivery has ended without success; nil where the API gives no reason.
func (d *WebhookDelivery) Failure() *DeliveryError {
	switch {
	case d.ErrorInfo != nil:
		return d.ErrorInfo
	case d.ErrorText != "":
		return &DeliveryError{Detail: string(d.ErrorText)}
	}
	return nil
}

// Event is what the payload is about: its type (send, receive or test) and its event, each empty where the payload does not say it.
func (d *WebhookDelivery) Event() (kind, event string) {
	var payload struct {
		Type   looseText `json:"type"`
		Detail struct {
			Event looseText `json:"event"`
		} `json:"detail"`
	}
	_ = json.Unmarshal(d.Payload, &payload) // what is no object says nothing
	return string(payload.Type), string(payload.Detail.Event)
}

// same reports whether two reads of a delivery show the same attempt.
func (d *WebhookDelivery) same(other *WebhookDelivery) bool {
	return d.Status == other.Status && d.attempts() == other.attempts() && d.UpdatedAt.Equal(other.UpdatedAt)
}

func (d *WebhookDelivery) attempts() int64 {
	if d.AttemptCount == nil {
		return -1
	}
	return *d.AttemptCount
}

// DeliveryError is why a delivery, or an attempt of it, failed. Source: schema WebhookDeliveryErrorInfo of the API's contract.
type DeliveryError struct {
	Type string `json:"type"` // delivery_failed
	Code string `json:"code"` // such as http_server_error, connection_refused; empty where the API has none
	// Detail can repeat what the receiver answered, which is the text of a stranger.
	Detail string `json:"detail"`
	// Context is what the API adds, as JSON; empty where it adds nothing.
	Context string `json:"context"`
	// RetryAfterSeconds is how long the receiver asked to wait, by the context; nil where it did not.
	RetryAfterSeconds *int64 `json:"-"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (e *DeliveryError) UnmarshalJSON(data []byte) error {
	failure, err := readFailure(data)
	*e = DeliveryError{
		Type: failure.Type, Code: string(failure.Code), Detail: string(failure.Detail), Context: string(failure.Context),
	}
	if number, ok := failure.context()["retry_after_seconds"].(json.Number); ok {
		if seconds, err := number.Int64(); err == nil {
			e.RetryAfterSeconds = &seconds
		}
	}
	return err
}

// maxReceived bounds, in characters, what is shown of what a receiver answered.
const maxReceived = 600

// Error implements error. The detail is cleaned, bounded and in quotation marks: a receiver can answer anything.
func (e *DeliveryError) Error() string {
	var parts []string
	if kind := Clean(cmp.Or(e.Code, e.Type)); kind != "" {
		parts = append(parts, kind)
	}
	if detail := bound(Clean(e.Detail), maxReceived); detail != "" {
		parts = append(parts, strconv.Quote(detail))
	}
	if len(parts) == 0 {
		return "no reason given"
	}
	return strings.Join(parts, ": ")
}

// GetWebhookDelivery returns a delivery. IsNotFound reports whether the error means that the delivery, or its webhook, does not exist.
func (c *Client) GetWebhookDelivery(ctx context.Context, ref DeliveryRef) (*WebhookDelivery, error) {
	var delivery WebhookDelivery
	err := c.do(ctx, call{
		method: http.MethodGet, path: ref.path(), out: &delivery, repeat: true,
		check: func() error {
			if delivery.ID != ref.ID {
				return fmt.Errorf("the answer is delivery %s", delivery.ID)
			}
			return delivery.of(ref.Webhook)
		},
	})
	if err != nil {
		return nil, err
	}
	return &delivery, nil
}

// of returns an error for a delivery of another webhook.
func (d *WebhookDelivery) of(webhook Ref) error {
	if d.WebhookID != webhook.ID || d.OrganizationID != nil && *d.OrganizationID != webhook.OrganizationID {
		return fmt.Errorf("the answer has a delivery of webhook %s", d.WebhookID)
	}
	return nil
}

// DeliveryFilter narrows a list of deliveries. A zero field matches everything.
type DeliveryFilter struct {
	Statuses           []string
	SortKey, SortOrder string // created_at or updated_at; ASC or DESC
}

// deliveriesPage is how many deliveries one request asks for.
const deliveriesPage = 100

// ListWebhookDeliveries walks the deliveries of a webhook, a page a request, the newest first unless the filter sorts them otherwise. See
// [Pages] for its errors.
func (c *Client) ListWebhookDeliveries(ctx context.Context, webhook Ref, filter DeliveryFilter) func(func(WebhookDelivery, error) bool) {
	query := deliveryQuery(filter.Statuses)
	query.Set("pagination", "cursor")
	query.Set("limit", strconv.Itoa(deliveriesPage))
	for name, value := range map[string]string{"sort_key": filter.SortKey, "sort_order": filter.SortOrder} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return cursorPages(ctx, c, webhook.deliveriesPath(), query, "delivery", func(d *WebhookDelivery) error { return d.of(webhook) })
}

func deliveryQuery(statuses []string) url.Values {
	query := url.Values{}
	for _, status := range slices.Sorted(slices.Values(statuses)) {
		query.Add("statuses[]", status)
	}
	return query
}

// DeliverySummary is how many deliveries a webhook has. Source: schema WebhookDeliverySummary of the API's contract.
type DeliverySummary struct {
	WebhookID  uuid.UUID `json:"webhook_id"`
	Statuses   []string  `json:"statuses"` // that were counted; empty for all
	TotalCount *int64    `json:"total_count"`
	// Accuracy is exact, or estimated where there are more than about 100,000 deliveries.
	Accuracy string `json:"total_count_accuracy"`
}

// SummarizeWebhookDeliveries counts the deliveries of a webhook that have one of some statuses, or all where none are given.
func (c *Client) SummarizeWebhookDeliveries(ctx context.Context, webhook Ref, statuses []string) (*DeliverySummary, error) {
	var summary DeliverySummary
	err := c.do(ctx, call{
		method: http.MethodGet, path: webhook.deliveriesPath() + "/summary", query: deliveryQuery(statuses), out: &summary, repeat: true,
		check: func() error {
			counted, asked := slices.Sorted(slices.Values(summary.Statuses)), slices.Sorted(slices.Values(statuses))
			switch {
			case summary.WebhookID != webhook.ID:
				return fmt.Errorf("the answer is the summary of webhook %s", summary.WebhookID)
			case !slices.Equal(slices.Compact(counted), slices.Compact(asked)):
				return errors.New("the answer counts other statuses than those that were asked for")
			}
			return says("summary", fact{"total_count", summary.TotalCount != nil}, fact{"total_count_accuracy", summary.Accuracy != ""})
		},
	})
	if err != nil {
		return nil, err
	}
	return &summary, nil
}

// TestWebhook asks for one delivery, with one request and never more. After a doubtful answer the delivery is read by its ID: where it
// exists, there is no error; otherwise the error is an *UncertainError.
func (c *Client) TestWebhook(ctx context.Context, webhook Ref, test WebhookTest) error {
	return c.create(ctx, createRequest{
		call: call{method: http.MethodPost, path: webhook.webhookPath() + "/test", body: test},
		read: func(ctx context.Context) error {
			_, err := c.GetWebhookDelivery(ctx, DeliveryRef{Webhook: webhook, ID: test.DeliveryID})
			return err
		},
	})
}

// RetryWebhookDelivery asks for a delivery that has ended to be attempted again, with one request and never more. before is the delivery
// as it was read before. After a doubtful answer the delivery is read: where it shows anything else, there is no error; otherwise the error
// is an *UncertainError.
func (c *Client) RetryWebhookDelivery(ctx context.Context, ref DeliveryRef, before *WebhookDelivery) error {
	return c.askOnce(ctx, ref, "/retry", func(now *WebhookDelivery) bool { return !now.same(before) })
}

// AbandonWebhookDelivery asks for a delivery that is attempted to be given up, with one request and never more. Where a read after a
// doubtful answer, or after a refusal, shows that the delivery has ended, however it did, there is no error. After a doubtful answer that
// stays doubtful the error is an *UncertainError.
func (c *Client) AbandonWebhookDelivery(ctx context.Context, ref DeliveryRef) error {
	ended := func(now *WebhookDelivery) bool { return now.Ended() }
	err := c.askOnce(ctx, ref, "/abandon", ended)
	if IsType(err, "invalid_webhook") { // which is also the API's word for a delivery that has ended meanwhile
		if _, readErr := settle(ctx, c, c.pace.Settle, c.traceOf(ref, ended)); readErr == nil {
			return nil
		}
	}
	return err
}

// askOnce sends a request about a delivery that exists. carriedOut reports of a read whether it shows that the request was carried out.
func (c *Client) askOnce(ctx context.Context, ref DeliveryRef, what string, carriedOut func(*WebhookDelivery) bool) error {
	read := c.traceOf(ref, carriedOut)
	return c.create(ctx, createRequest{
		call: call{method: http.MethodPost, path: ref.path() + what},
		read: func(ctx context.Context) error {
			_, err := read(ctx)
			return err
		},
	})
}

// traceOf reads a delivery to see whether a request was carried out. Reads lag, so that a delivery without a trace of the request is what a
// 404 is after a creation: an error that [IsNotFound] reports.
func (c *Client) traceOf(ref DeliveryRef, carriedOut func(*WebhookDelivery) bool) func(context.Context) (*WebhookDelivery, error) {
	return func(ctx context.Context) (*WebhookDelivery, error) {
		delivery, err := c.GetWebhookDelivery(ctx, ref)
		if err == nil && !carriedOut(delivery) {
			return nil, &Error{
				Method: http.MethodGet, Path: ref.path(), Status: http.StatusNotFound, Type: "not_carried_out",
				Detail: "the delivery shows nothing of the request",
			}
		}
		return delivery, err
	}
}

// EndOfRetry returns a function that is given each read of a delivery after a retry, and reports whether it shows the new end. before is
// the delivery as it was read before the retry. Reads can show the old end for a while, which must not pass for the new one. Whether
// attempt_count continues or begins again, and whether updated_at changes before the first attempt, is not published: more attempts, or
// another end after the status attempting, is the new end at once, and what is less plain once it was shown for Pace.Settle.
func (c *Client) EndOfRetry(before *WebhookDelivery) func(*WebhookDelivery) bool {
	attempted := false
	var shown *WebhookDelivery
	var since time.Time
	return func(now *WebhookDelivery) bool {
		switch same := now.same(before); {
		case !now.Ended():
			attempted, shown = true, nil
			return false
		case now.attempts() > before.attempts(), attempted && !same:
			return true
		case same && !attempted:
			shown = nil
			return false
		}
		if shown == nil || !now.same(shown) {
			shown, since = now, time.Now()
		}
		return time.Since(since) >= c.pace.Settle
	}
}
