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

// States of a delivery. The last three are final, until a retry changes the status to attempting again.
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

// DeliveryRef names a delivery: its webhook and its own ID.
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
	// Payload is the delivered body, as JSON. It can contain a whole payment with its preimage.
	Payload      json.RawMessage `json:"payload"`
	CreatedAt    time.Time       `json:"created_at"`
	UpdatedAt    time.Time       `json:"updated_at"`
	AttemptCount *int64          `json:"attempt_count"` // nil if the API does not say it
	// ErrorInfo is the reason why the last attempt failed, or why the delivery has ended. It is also set between two attempts. The method
	// Failure reads ErrorInfo and ErrorText.
	ErrorInfo *DeliveryError `json:"error_info"`
	// ErrorText is the deprecated form of ErrorInfo.
	ErrorText looseText `json:"error"`
	// StatusCode is the HTTP status of the receiver's last answer, or nil if it has not answered.
	StatusCode *int64 `json:"status_code"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A delivery without its IDs or its status is unreadable.
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

// Ended reports whether the delivery has ended: no attempt follows, unless somebody retries the delivery.
func (d *WebhookDelivery) Ended() bool {
	return d.Status == DeliverySucceeded || d.Status == DeliveryFailed || d.Status == DeliveryAbandoned
}

// Answered returns the HTTP status of the receiver's last answer, or 0 if it has not answered.
func (d *WebhookDelivery) Answered() int64 {
	if d.StatusCode == nil {
		return 0
	}
	return *d.StatusCode
}

// Failure returns the reason why the last attempt failed, or why the delivery has ended without success. It is nil if the API gives no
// reason.
func (d *WebhookDelivery) Failure() *DeliveryError {
	switch {
	case d.ErrorInfo != nil:
		return d.ErrorInfo
	case d.ErrorText != "":
		return &DeliveryError{Detail: string(d.ErrorText)}
	}
	return nil
}

// Event returns the payload's type (send, receive or test) and its event. Each is empty if the payload does not have it.
func (d *WebhookDelivery) Event() (kind, event string) {
	var payload struct {
		Type   looseText `json:"type"`
		Detail struct {
			Event looseText `json:"event"`
		} `json:"detail"`
	}
	_ = json.Unmarshal(d.Payload, &payload) // a payload that is not an object has no event
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

// DeliveryError is the reason why a delivery, or one attempt of it, failed. Source: schema WebhookDeliveryErrorInfo of the API's contract.
type DeliveryError struct {
	Type string `json:"type"` // delivery_failed
	Code string `json:"code"` // such as http_server_error or connection_refused, or empty
	// Detail can repeat the receiver's answer, which is not trusted.
	Detail string `json:"detail"`
	// Context has further members of the API's error as JSON, or is empty.
	Context string `json:"context"`
	// RetryAfterSeconds is the pause that the receiver asked for, from Context, or nil.
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

// maxReceived limits, in characters, how much of a receiver's answer a message shows.
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

// of returns an error if the delivery belongs to another webhook.
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

// deliveriesPage is the number of deliveries that one request asks for.
const deliveriesPage = 100

// ListWebhookDeliveries iterates over the deliveries of a webhook, and requests one page at a time. The newest delivery is first, unless
// the filter has another order. See [Pages] for its errors.
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

// DeliverySummary counts the deliveries of a webhook. Source: schema WebhookDeliverySummary of the API's contract.
type DeliverySummary struct {
	WebhookID  uuid.UUID `json:"webhook_id"`
	Statuses   []string  `json:"statuses"` // the counted statuses; empty for all
	TotalCount *int64    `json:"total_count"`
	// Accuracy is exact, or estimated if the webhook has more than about 100,000 deliveries.
	Accuracy string `json:"total_count_accuracy"`
}

// SummarizeWebhookDeliveries counts the deliveries of a webhook that have one of the statuses. Without statuses, it counts all.
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
				return errors.New("the answer counts other statuses than the request asked for")
			}
			return says("summary", fact{"total_count", summary.TotalCount != nil}, fact{"total_count_accuracy", summary.Accuracy != ""})
		},
	})
	if err != nil {
		return nil, err
	}
	return &summary, nil
}

// TestWebhook asks for one delivery with exactly one request. After a doubtful answer it reads the delivery by its ID. If the delivery
// exists, the error is nil. Otherwise it is an *UncertainError.
func (c *Client) TestWebhook(ctx context.Context, webhook Ref, test WebhookTest) error {
	return c.create(ctx, createRequest{
		call: call{method: http.MethodPost, path: webhook.webhookPath() + "/test", body: test},
		read: func(ctx context.Context) error {
			_, err := c.GetWebhookDelivery(ctx, DeliveryRef{Webhook: webhook, ID: test.DeliveryID})
			return err
		},
	})
}

// RetryWebhookDelivery asks, with exactly one request, for another attempt of a delivery that has ended. before is the delivery as it was
// read before the request. After a doubtful answer it reads the delivery. If the delivery has changed, the error is nil. Otherwise it is an
// *UncertainError.
func (c *Client) RetryWebhookDelivery(ctx context.Context, ref DeliveryRef, before *WebhookDelivery) error {
	return c.askOnce(ctx, ref, "/retry", func(now *WebhookDelivery) bool { return !now.same(before) })
}

// AbandonWebhookDelivery asks, with exactly one request, to stop the attempts of a delivery. After a doubtful answer or a refusal it reads
// the delivery. If the delivery has ended, with any status, the error is nil. If the outcome of a doubtful answer stays unknown, the error
// is an *UncertainError.
func (c *Client) AbandonWebhookDelivery(ctx context.Context, ref DeliveryRef) error {
	ended := func(now *WebhookDelivery) bool { return now.Ended() }
	err := c.askOnce(ctx, ref, "/abandon", ended)
	if IsType(err, "invalid_webhook") { // the API also uses this type if the delivery has ended
		if _, readErr := settle(ctx, c, c.pace.Settle, c.traceOf(ref, ended)); readErr == nil {
			return nil
		}
	}
	return err
}

// askOnce sends a request about an existing delivery. carriedOut reports whether a read shows that the request was carried out.
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

// traceOf reads a delivery to see whether a request was carried out. Reads can lag. So if the delivery shows no effect yet, the read
// returns an error for which [IsNotFound] is true, like a read after a creation.
func (c *Client) traceOf(ref DeliveryRef, carriedOut func(*WebhookDelivery) bool) func(context.Context) (*WebhookDelivery, error) {
	return func(ctx context.Context) (*WebhookDelivery, error) {
		delivery, err := c.GetWebhookDelivery(ctx, ref)
		if err == nil && !carriedOut(delivery) {
			return nil, &Error{
				Method: http.MethodGet, Path: ref.path(), Status: http.StatusNotFound, Type: "not_carried_out",
				Detail: "the delivery shows no effect of the request",
			}
		}
		return delivery, err
	}
}

// EndOfRetry returns a function that gets each read of a delivery after a retry, and reports whether the delivery has ended again. before
// is the delivery as it was read before the retry. Reads can show the old end for a while, which must not pass for the new end. The API's
// documentation does not say whether attempt_count continues or starts again, or whether updated_at changes before the first attempt. So
// there are two rules. More attempts, or another end after the status attempting, is the new end at once. Any other change is the new end
// if reads show it for Pace.Settle.
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
