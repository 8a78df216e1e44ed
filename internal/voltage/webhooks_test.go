package voltage

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
)

var (
	webhookID  = uuid.MustParse("66666666-6666-4666-8666-666666666666")
	webhookRef = inEnvironment(webhookID)
)

func webhookJSON(more string) string {
	return fmt.Sprintf(
		`{"id":%q,"organization_id":%q,"environment_id":%q,"url":"https://shop.example","name":"orders","events":[{"send":"failed"}],
		"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z","status":"active"%s}`, webhookID, organization, environment, more,
	)
}

// TestWebhookEvents: both forms of events, in any order and with unknown events, give the same result.
func TestWebhookEvents(t *testing.T) {
	t.Parallel()
	want := WebhookEvents{"send": {"failed", "succeeded"}, "receive": {"completed"}}
	for _, text := range []string{
		`[{"send":"succeeded"},{"send":"failed"},{"receive":"completed"}]`,
		`[{"receive":["completed"]},{"send":["succeeded","failed"]}]`,
		`[{"send":["failed"],"receive":"completed"},{"send":"succeeded"},{"send":"failed"}]`,
		`[{},{"send":"succeeded"},{"receive":["completed","completed"]},{"send":["failed"]}]`,
		`[{"send":"succeeded","since":7},{"receive":"completed","filter":{"kind":"onchain"},"strict":true},{"send":["failed"]}]`,
	} {
		var got WebhookEvents
		if err := json.Unmarshal([]byte(text), &got); err != nil || !got.Equal(want) || !want.Equal(got) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	if got, err := json.Marshal(want); err != nil || string(got) != `[{"receive":"completed"},{"send":"failed"},{"send":"succeeded"}]` {
		t.Errorf("written as %s, %v", got, err)
	}
	if got, err := json.Marshal(WebhookEvents(nil)); err != nil || string(got) != `[]` {
		t.Errorf("none are written as %s, %v", got, err)
	}
	var got WebhookEvents
	if err := json.Unmarshal([]byte(`[{"refund":["made"]}]`), &got); err != nil || got.Equal(want) || got["refund"][0] != "made" {
		t.Errorf("an unknown family: %v, %v", got, err)
	}
	for _, text := range []string{`[{"send":7}]`, `{"send":"failed"}`, `["send"]`} {
		if err := json.Unmarshal([]byte(text), &got); err == nil {
			t.Errorf("%s was read", text)
		}
	}
}

// TestCreateWebhook checks, for each answer to a creation, the secret and the result.
func TestCreateWebhook(t *testing.T) {
	t.Parallel()
	missing := refusal(404, "webhook_not_found")
	there := answer(200, "application/json", webhookJSON(""))
	accepted := answer(202, "application/json", fmt.Sprintf(`{"id":%q,"shared_secret":"vltg_s"}`, webhookID))
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		secret  string
		posts   int
		fails   string
	}{
		"accepted":             {[]http.HandlerFunc{accepted}, "vltg_s", 1, ""},
		"used before, so ours": {[]http.HandlerFunc{refusal(409, "webhook_exists")}, "", 1, ""},
		"empty, was done":      {[]http.HandlerFunc{status(202), there}, "", 1, ""},
		"cut, was done":        {[]http.HandlerFunc{cut, missing, there}, "", 1, ""},
		"cut, is not there":    {[]http.HandlerFunc{cut, missing}, "", 2, "uncertain"},
		"another's secret": {
			[]http.HandlerFunc{answer(202, "application/json", fmt.Sprintf(`{"id":%q,"shared_secret":"x"}`, walletID))},
			"", 1, "",
		},
		"refused":               {[]http.HandlerFunc{refusal(400, "invalid_webhook")}, "", 1, "refused"},
		"cut, then read denied": {[]http.HandlerFunc{cut, refusal(403, "access_rights")}, "", 1, "uncertain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, test.answers...)
			secret, err := client.CreateWebhook(t.Context(), webhookRef, NewWebhook{URL: "https://shop.example", Name: "orders"})
			var uncertain *UncertainError
			got := ""
			switch {
			case errors.As(err, &uncertain):
				got = "uncertain"
			case err != nil:
				got = "refused"
			}
			if got != test.fails || secret != test.secret || s.count("POST") != test.posts {
				t.Errorf("concluded %q with secret %q after %d requests: %v", got, secret, s.count("POST"), err)
			}
		})
	}
}

// TestWebhookCalls checks the path of each call, and that calls without a risk are repeated.
func TestWebhookCalls(t *testing.T) {
	t.Parallel()
	base := fmt.Sprintf("/v1/organizations/%s/environments/%s/webhooks/%s", organization, environment, webhookID)
	secret := answer(202, "application/json", fmt.Sprintf(`{"id":%q,"shared_secret":"vltg_s"}`, webhookID))
	for want, test := range map[string]struct {
		call   func(*Client) error
		answer http.HandlerFunc
		sent   int
	}{
		"PATCH " + base: {func(c *Client) error {
			return c.UpdateWebhook(t.Context(), webhookRef, WebhookChange{Name: "x"})
		}, status(202), 2},
		"DELETE " + base: {func(c *Client) error {
			return c.DeleteWebhook(t.Context(), webhookRef)
		}, status(202), 2},
		"POST " + base + "/start": {func(c *Client) error {
			return c.StartWebhook(t.Context(), webhookRef)
		}, status(202), 2},
		"POST " + base + "/stop": {func(c *Client) error {
			return c.StopWebhook(t.Context(), webhookRef)
		}, status(202), 2},
		"POST " + base + "/keys": {func(c *Client) error {
			got, err := c.RotateWebhookSecret(t.Context(), webhookRef)
			if err == nil && got != "vltg_s" {
				err = fmt.Errorf("secret %q", got)
			}
			return err
		}, secret, 2},
	} {
		client, s := serve(t, cut, test.answer)
		if err := test.call(client); err != nil {
			t.Errorf("%s: %s", want, err)
		}
		if len(s.seen()) != test.sent || s.seen()[0] != want {
			t.Errorf("sent %v, want %s %d times", s.seen(), want, test.sent)
		}
	}
}

// TestWebhookAnswers: an answer about another webhook or organization, or without a required field, is an error.
func TestWebhookAnswers(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"another ID":           strings.Replace(webhookJSON(""), webhookID.String(), walletID.String(), 1),
		"another organization": strings.Replace(webhookJSON(""), organization.String(), walletID.String(), 1),
		"another environment":  strings.Replace(webhookJSON(""), environment.String(), walletID.String(), 1),
		"no status":            strings.Replace(webhookJSON(""), `"status":"active"`, `"x":1`, 1),
		"an array":             "[" + webhookJSON("") + "]",
	} {
		client, _ := serve(t, answer(200, "application/json", body))
		if got, err := client.GetWebhook(t.Context(), webhookRef); err == nil {
			t.Errorf("%s: %v", name, got)
		}
	}
	client, _ := serve(t, answer(200, "application/json", webhookJSON(`,"new":{"field":[1]},"deleted_at":"2026-09-01T10:00:00Z"`)))
	if got, err := client.GetWebhook(t.Context(), webhookRef); err != nil || !got.Deleted() {
		t.Errorf("%v, %v", got, err)
	}
	for name, body := range map[string]string{
		"no secret":        fmt.Sprintf(`{"id":%q,"shared_secret":""}`, webhookID),
		"another's secret": fmt.Sprintf(`{"id":%q,"shared_secret":"x"}`, walletID),
	} {
		client, _ := serve(t, answer(202, "application/json", body))
		if got, err := client.RotateWebhookSecret(t.Context(), webhookRef); err == nil {
			t.Errorf("%s: %q", name, got)
		}
	}
	client, s := serve(t, answer(200, "application/json", "["+webhookJSON("")+"]"))
	list, err := client.ListWebhooks(t.Context(), organization, WebhookFilter{
		EnvironmentID: environment,
		Statuses:      []string{"stopped", "active"},
	})
	if want := "environment_ids%5B%5D=" + environment.String() + "&statuses%5B%5D=active&statuses%5B%5D=stopped"; err != nil ||
		len(list) != 1 || !strings.HasSuffix(s.seen()[0], "?"+want) {
		t.Errorf("%v, %v, %v", list, err, s.seen())
	}
	another := strings.Replace(webhookJSON(""), organization.String(), walletID.String(), 1)
	client, _ = serve(t, answer(200, "application/json", "["+another+"]"))
	if list, err := client.ListWebhooks(t.Context(), organization, WebhookFilter{}); err == nil {
		t.Errorf("of another organization: %v", list)
	}
}

func TestCheckWebhookURL(t *testing.T) {
	t.Parallel()
	for address, ok := range map[string]bool{
		"https://shop.example": true, "https://shop.example:8443/a?b=c": true, "http://localhost:1": true,
		"http://127.9.9.9": true, "http://[::1]/": true,
		"http://shop.example": false, "ftp://shop.example": false, "https://": false, "shop.example": false,
		"": false, "https://a:b@shop.example": false,
		"https://shop.example/#x": false, "https://sh op": false, "http://127.0.0.1.evil.example": false,
	} {
		if err := CheckWebhookURL(address); (err == nil) != ok {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestSameWebhookURL(t *testing.T) {
	t.Parallel()
	for _, same := range [][2]string{
		{"https://shop.example", "https://shop.example/"},
		{"https://shop.example?a=b", "https://shop.example/?a=b"},
		{"https://Shop.EXAMPLE/Hooks", "https://shop.example/Hooks"},
		{"HTTPS://shop.example/", "https://shop.example/"},
		{"https://shop.example:443/hooks", "https://shop.example/hooks"},
		{"http://127.0.0.1:80/hooks", "http://127.0.0.1/hooks"},
		{"http://[::1]:8080/", "http://[0:0:0:0:0:0:0:1]:8080"},
		{"https://bücher.example/hooks", "https://xn--bcher-kva.example/hooks"},
		{"https://shop.example/h%c3%b6r", "https://shop.example/hör"},
		{"https://shop.example/a/../b/./c", "https://shop.example/b/c"},
		{"https://shop.example/?a=%c3", "https://shop.example/?a=%C3"},
	} {
		if !SameWebhookURL(same[0], same[1]) || !SameWebhookURL(same[1], same[0]) {
			t.Errorf("%s and %s are the same: %s, %s", same[0], same[1], normalWebhookURL(same[0]), normalWebhookURL(same[1]))
		}
	}
	for _, other := range [][2]string{
		{"https://shop.example/hooks", "https://shop.example/hooks/"},
		{"https://shop.example/Hooks", "https://shop.example/hooks"},
		{"https://shop.example:8443/", "https://shop.example/"},
		{"https://shop.example:80/", "https://shop.example/"},
		{"https://shop.example/a%2Fb", "https://shop.example/a/b"},
		{"https://shop.example/?a=b", "https://shop.example/?a=B"},
		{"https://shop.example/?a", "https://shop.example/"},
		{"http://localhost/", "https://localhost/"},
		{"no URL", "%"},
	} {
		if SameWebhookURL(other[0], other[1]) {
			t.Errorf("%s and %s are not the same: %s", other[0], other[1], normalWebhookURL(other[0]))
		}
	}
}
