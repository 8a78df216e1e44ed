package voltage

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

var deliveryRef = DeliveryRef{Webhook: webhookRef, ID: uuid.MustParse("77777777-7777-4777-8777-777777777777")}

// deliveryJSON returns a delivery with a status. minute is the minute of its last change.
func deliveryJSON(status string, attempts, minute int, more string) string {
	return fmt.Sprintf(`{"id":%q,"webhook_id":%q,"organization_id":%q,"url":"https://shop.example","status":%q,"attempt_count":%d,
		"payload":{"type":"test","detail":{"event":"created","data":"x"}},"created_at":"2026-09-01T10:00:00Z",
		"updated_at":"2026-09-01T10:%02d:00Z"%s}`, deliveryRef.ID, webhookID, organization, status, attempts, minute, more)
}

func showing(status string, attempts, minute int) http.HandlerFunc {
	return answer(200, "application/json", deliveryJSON(status, attempts, minute, ""))
}

// TestDeliveryWrites checks, for each answer to a request that is sent only once, the reads after a doubtful answer and the result.
func TestDeliveryWrites(t *testing.T) {
	t.Parallel()
	test := func(ctx context.Context, c *Client) error {
		return c.TestWebhook(ctx, webhookRef, WebhookTest{DeliveryID: deliveryRef.ID})
	}
	before := &WebhookDelivery{Status: DeliveryFailed, UpdatedAt: time.Date(2026, 9, 1, 10, 5, 0, 0, time.UTC)}
	before.AttemptCount = new(int64)
	*before.AttemptCount = 6
	retry := func(ctx context.Context, c *Client) error { return c.RetryWebhookDelivery(ctx, deliveryRef, before) }
	abandon := func(ctx context.Context, c *Client) error { return c.AbandonWebhookDelivery(ctx, deliveryRef) }
	missing := refusal(404, "webhook_delivery_not_found")
	old := showing(DeliveryFailed, 6, 5)
	for name, test := range map[string]struct {
		call    func(context.Context, *Client) error
		answers []http.HandlerFunc
		fails   string
		reads   bool
	}{
		"test: accepted":              {test, []http.HandlerFunc{status(202)}, "", false},
		"test: refused":               {test, []http.HandlerFunc{refusal(400, "invalid_webhook")}, "refused", false},
		"test: cut, was done":         {test, []http.HandlerFunc{cut, missing, showing(DeliveryAttempting, 0, 0)}, "", true},
		"test: cut, was not done":     {test, []http.HandlerFunc{cut, missing}, "uncertain", true},
		"test: cut, then read denied": {test, []http.HandlerFunc{cut, refusal(403, "access_rights")}, "uncertain", true},
		"retry: accepted":             {retry, []http.HandlerFunc{status(202)}, "", false},
		"retry: refused":              {retry, []http.HandlerFunc{refusal(400, "invalid_webhook")}, "refused", false},
		"retry: cut, attempted":       {retry, []http.HandlerFunc{cut, old, showing(DeliveryAttempting, 6, 6)}, "", true},
		"retry: cut, at its new end":  {retry, []http.HandlerFunc{cut, old, showing(DeliverySucceeded, 7, 6)}, "", true},
		"retry: cut, was not done":    {retry, []http.HandlerFunc{cut, old}, "uncertain", true},
		"retry: 500, counted from 0":  {retry, []http.HandlerFunc{status(500), showing(DeliveryFailed, 6, 9)}, "", true},
		"abandon: accepted":           {abandon, []http.HandlerFunc{status(202)}, "", false},
		"abandon: cut, given up": {
			abandon,
			[]http.HandlerFunc{cut, showing(DeliveryAttempting, 1, 1), showing(DeliveryAbandoned, 1, 2)},
			"", true,
		},
		"abandon: cut, ended": {abandon, []http.HandlerFunc{cut, showing(DeliverySucceeded, 2, 2)}, "", true},
		"abandon: refused, it has ended": {
			abandon, []http.HandlerFunc{refusal(400, "invalid_webhook"), showing(DeliveryAttempting, 1, 1), showing(DeliveryFailed, 6, 2)}, "", true,
		},
		"abandon: refused": {
			abandon, []http.HandlerFunc{refusal(400, "invalid_webhook"), showing(DeliveryAttempting, 1, 1)}, "refused", true,
		},
		"abandon: cut, was not done": {abandon, []http.HandlerFunc{cut, showing(DeliveryAttempting, 1, 1)}, "uncertain", true},
		"abandon: too many, not asked": {
			abandon,
			[]http.HandlerFunc{refusal(429, "rate_limited"), showing(DeliveryAttempting, 1, 1)},
			"refused", true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, test.answers...)
			err := test.call(t.Context(), client)
			got := ""
			switch uncertain := (*UncertainError)(nil); {
			case errors.As(err, &uncertain):
				got = "uncertain"
			case err != nil:
				got = "refused"
			}
			if got != test.fails || s.count("POST") != 1 || s.count("GET") > 0 != test.reads {
				t.Errorf("concluded %q after %v: %v", got, s.methods(), err)
			}
		})
	}
}

// TestDeliveryCalls checks the path, the query and the body of each call.
func TestDeliveryCalls(t *testing.T) {
	t.Parallel()
	base := fmt.Sprintf("/v1/organizations/%s/environments/%s/webhooks/%s", organization, environment, webhookID)
	summary := fmt.Sprintf(`{"webhook_id":%q,"statuses":["attempting","failed"],"total_count":0,"total_count_accuracy":"exact"}`, webhookID)
	for want, test := range map[string]struct {
		call   func(*Client) error
		answer string
		query  string
	}{
		"POST " + base + "/test": {func(c *Client) error { return c.TestWebhook(t.Context(), webhookRef, WebhookTest{}) }, "", ""},
		"POST " + base + "/deliveries/" + deliveryRef.ID.String() + "/retry": {func(c *Client) error {
			return c.RetryWebhookDelivery(t.Context(), deliveryRef, &WebhookDelivery{})
		}, "", ""},
		"POST " + base + "/deliveries/" + deliveryRef.ID.String() + "/abandon": {func(c *Client) error {
			return c.AbandonWebhookDelivery(t.Context(), deliveryRef)
		}, "", ""},
		"GET " + base + "/deliveries/summary": {func(c *Client) error {
			_, err := c.SummarizeWebhookDeliveries(t.Context(), webhookRef, []string{"failed", "attempting"})
			return err
		}, summary, "statuses%5B%5D=attempting&statuses%5B%5D=failed"},
		"GET " + base + "/deliveries": {func(c *Client) error {
			_, err := collected("items", c.ListWebhookDeliveries(t.Context(), webhookRef, DeliveryFilter{
				Statuses: []string{"failed"}, SortKey: "updated_at", SortOrder: "ASC",
			}))
			return err
		}, `{"items":[],"offset":0,"limit":100}`, "limit=100&pagination=cursor&sort_key=updated_at&sort_order=ASC&statuses%5B%5D=failed"},
		"GET " + base + "/deliveries/" + deliveryRef.ID.String(): {func(c *Client) error {
			_, err := c.GetWebhookDelivery(t.Context(), deliveryRef)
			return err
		}, deliveryJSON(DeliveryAttempting, 0, 0, ""), ""},
	} {
		client, s := serve(t, answer(200, "application/json", test.answer))
		if err := test.call(client); err != nil {
			t.Errorf("%s: %s", want, err)
		}
		if test.query != "" {
			want += "?" + test.query
		}
		if !slices.Equal(s.seen(), []string{want}) {
			t.Errorf("sent %v, want %s", s.seen(), want)
		}
		if _, body := s.latest(); body != "" && !strings.HasSuffix(want, "/test") {
			t.Errorf("%s: sent %s", want, body)
		}
	}
}

// TestDeliveryAnswers: an answer about another delivery, or without a required field, is an error.
func TestDeliveryAnswers(t *testing.T) {
	t.Parallel()
	whole := deliveryJSON(DeliveryFailed, 1, 1, "")
	summary := fmt.Sprintf(`{"webhook_id":%q,"statuses":["failed"],"total_count":7,"total_count_accuracy":"exact"}`, webhookID)
	get := func(c *Client) error {
		_, err := c.GetWebhookDelivery(t.Context(), deliveryRef)
		return err
	}
	count := func(c *Client) error {
		_, err := c.SummarizeWebhookDeliveries(t.Context(), webhookRef, []string{"failed"})
		return err
	}
	list := func(c *Client) error {
		_, err := collected("items", c.ListWebhookDeliveries(t.Context(), webhookRef, DeliveryFilter{}))
		return err
	}
	for name, test := range map[string]struct {
		call   func(*Client) error
		answer string
	}{
		"another delivery":       {get, strings.Replace(whole, deliveryRef.ID.String(), walletID.String(), 1)},
		"another webhook":        {get, strings.Replace(whole, webhookID.String(), walletID.String(), 1)},
		"another organization":   {get, strings.Replace(whole, organization.String(), walletID.String(), 1)},
		"no status":              {get, strings.Replace(whole, `"status"`, `"x"`, 1)},
		"a text for attempts":    {get, strings.Replace(whole, `"attempt_count":1`, `"attempt_count":"1"`, 1)},
		"the count of another":   {count, strings.Replace(summary, webhookID.String(), walletID.String(), 1)},
		"a count of other ones":  {count, strings.Replace(summary, `["failed"]`, `[]`, 1)},
		"no count":               {count, strings.Replace(summary, `"total_count"`, `"x"`, 1)},
		"no accuracy":            {count, strings.Replace(summary, `"exact"`, `null`, 1)},
		"a list of another":      {list, `{"items":[` + strings.Replace(whole, webhookID.String(), walletID.String(), 1) + `]}`},
		"a list without an end":  {list, `{"items":[` + whole + `],"has_more":true}`},
		"a list without items":   {list, `{"offset":0}`},
		"an item without status": {list, `{"items":[` + strings.Replace(whole, `"status"`, `"x"`, 1) + `]}`},
	} {
		client, _ := serve(t, answer(200, "application/json", test.answer))
		if err := test.call(client); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	for name, body := range map[string]string{
		"no organization": strings.Replace(whole, `"organization_id"`, `"x"`, 1), "no attempts": strings.Replace(whole,
			`"attempt_count"`, `"x"`, 1),
		"another status": strings.Replace(whole, "failed", "paused", 1), "no payload": strings.Replace(whole, `"payload"`, `"x"`, 1),
		"payload null": deliveryJSON(DeliveryFailed, 1, 1, `,"payload":null`),
	} {
		client, _ := serve(t, answer(200, "application/json", body))
		if err := get(client); err != nil {
			t.Errorf("%s: %s", name, err)
		}
	}
}

// TestDeliveryFailure: the reason in both forms, quoted, cleaned and of bounded length.
func TestDeliveryFailure(t *testing.T) {
	t.Parallel()
	for want, more := range map[string]string{
		`http_server_error: "The receiver answered 500: \"no\" way"`: `,"error_info":{"type":"delivery_failed","code":"http_server_error",
			"detail":"The receiver answered 500: \"no\"\n\u001b[31mway"},"error":"old"`,
		`delivery_failed: "Given up."`: `,"error_info":{"type":"delivery_failed","code":null,"detail":"Given up.","context":null}`,
		`"timeout"`:                    `,"error":"timeout","error_info":null`,
		`rate_limited`:                 `,"error_info":{"type":"delivery_failed","code":"rate_limited","context":{"retry_after_seconds":120}}`,
		`no reason given`:              `,"error_info":{}`,
		``:                             `,"error":null`,
	} {
		client, _ := serve(t, answer(200, "application/json", deliveryJSON(DeliveryFailed, 1, 1, more)))
		d, err := client.GetWebhookDelivery(t.Context(), deliveryRef)
		if err != nil {
			t.Errorf("%s: %s", more, err)
			continue
		}
		got := ""
		if failure := d.Failure(); failure != nil {
			got = failure.Error()
			if limited := failure.Code == "rate_limited"; limited != (failure.RetryAfterSeconds != nil) ||
				limited && *failure.RetryAfterSeconds != 120 {
				t.Errorf("%s: the pause is %v", more, failure.RetryAfterSeconds)
			}
		}
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if kind, event := d.Event(); kind != "test" || event != "created" {
			t.Errorf("the event is %q %q", kind, event)
		}
	}
	if got := (&DeliveryError{Detail: strings.Repeat("x", 5000)}).Error(); len(got) > maxReceived+10 {
		t.Errorf("%d characters", len(got))
	}
}

// TestEndOfRetry: the end before a retry does not pass for the end after it, for every behaviour of attempt_count and updated_at.
func TestEndOfRetry(t *testing.T) {
	t.Parallel()
	type read struct {
		status           string
		attempts, minute int
	}
	old := read{DeliveryFailed, 6, 5}
	for name, test := range map[string]struct {
		reads []read
		ends  int // number of the read that shows the new end, from 1; 0 for none
		later bool
	}{
		"more attempts":              {[]read{old, old, {DeliveryFailed, 12, 7}}, 3, false},
		"seen while it is attempted": {[]read{old, {DeliveryAttempting, 6, 6}, {DeliverySucceeded, 7, 7}}, 3, false},
		"counted from the beginning": {[]read{{DeliveryAttempting, 0, 6}, {DeliveryFailed, 6, 9}}, 2, false},
		"a read that lags behind the attempts": {
			[]read{{DeliveryAttempting, 6, 6}, old, {DeliveryAttempting, 7, 7}, {DeliveryFailed, 12, 8}},
			4, false,
		},
		"a status that is not known yet":      {[]read{old, {"queued", 6, 6}, {DeliveryAbandoned, 6, 7}}, 3, false},
		"never another":                       {[]read{old, old, old}, 0, false},
		"another time alone":                  {[]read{old, {DeliveryFailed, 6, 6}}, 0, true},
		"written down before it is attempted": {[]read{{DeliveryFailed, 6, 6}, {DeliveryAttempting, 6, 7}, {DeliveryFailed, 7, 8}}, 3, false},
		"attempted, and as it was":            {[]read{{DeliveryAttempting, 6, 5}, old}, 0, true},
		"fewer attempts alone":                {[]read{{DeliverySucceeded, 1, 6}}, 0, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newTestClient(t, Config{BaseURL: "http://127.0.0.1:1/v1"})
				shown := func(r read) *WebhookDelivery {
					count := int64(r.attempts)
					return &WebhookDelivery{Status: r.status, AttemptCount: &count, UpdatedAt: time.Date(2026, 9, 1, 10, r.minute, 0, 0, time.UTC)}
				}
				ended := client.EndOfRetry(shown(old))
				for i, r := range test.reads {
					if got := ended(shown(r)); got != (i+1 == test.ends) {
						t.Errorf("read %d, %v, shows the new end: %t", i+1, r, got)
					}
				}
				time.Sleep(client.pace.Settle)
				if got := ended(shown(test.reads[len(test.reads)-1])); test.ends == 0 && got != test.later {
					t.Errorf("a while later the last read shows the new end: %t", got)
				}
			})
		})
	}
}
