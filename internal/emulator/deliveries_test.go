package emulator_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// impatient makes every attempt due at once, also where the clock stands still.
func impatient(c *emulator.Config) { c.RetryDelivery = -1 }

// until waits for what happens on other goroutines.
func until(t *testing.T, what string, happened func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !happened() {
		select {
		case <-ctx.Done():
			t.Fatalf("never: %s", what)
		case <-time.After(time.Millisecond):
		}
	}
}

// receiver answers the deliveries that it gets, one after another, with statuses, the last of them for ever, and keeps their events.
type receiver struct {
	*httptest.Server
	mu     sync.Mutex
	events []string
}

func newReceiver(t *testing.T, statuses ...int) *receiver {
	t.Helper()
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		defer r.mu.Unlock()
		status := statuses[min(len(r.events), len(statuses)-1)]
		r.events = append(r.events, fmt.Sprintf("%s %d", req.Header.Get("X-Voltage-Event"), status))
		w.WriteHeader(status)
	}))
	t.Cleanup(r.Close)
	return r
}

// newSilence takes deliveries and does not answer.
func newSilence(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // until then the server does not see that the connection is closed
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	t.Cleanup(server.CloseClientConnections)
	return server
}

func (r *receiver) got() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}

func testPayload(id string) object {
	return object{"delivery_id": id, "payload": object{"type": "test", "detail": object{"event": "created", "data": "hello"}}}
}

// test asks for a delivery to a webhook, and returns its path.
func (a *api) test(path string) string {
	a.t.Helper()
	id := uuid.NewString()
	a.expect(202, "", "POST", path+"/test", testPayload(id))
	return path + "/deliveries/" + id
}

// ended waits until a delivery has ended, and returns it.
func (a *api) ended(path string) answer {
	a.t.Helper()
	var got answer
	until(a.t, "the end of the delivery", func() bool {
		got = a.expect(200, "", "GET", path, nil)
		return got.get("status") != "attempting"
	})
	return got
}

// TestDeliveryAbandoned: one that is attempted can be given up, also in the middle of an attempt, and one that has ended cannot.
func TestDeliveryAbandoned(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.RetryDelivery = time.Hour })
	arrived := make(chan struct{})
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // until then the server does not see that the connection is closed
		arrived <- struct{}{}
		<-r.Context().Done()
		arrived <- struct{}{}
	}))
	t.Cleanup(hanging.Close)
	waiting, _ := a.hook(object{"url": newReceiver(t, 500).URL, "events": []object{}})
	inside, _ := a.hook(object{"url": hanging.URL, "events": []object{}})
	first, second := a.test(waiting), a.test(inside)
	<-arrived
	until(t, "an attempt", func() bool { return a.expect(200, "", "GET", first, nil).get("attempt_count") == 1.0 })
	if got := a.expect(200, "", "GET", first, nil); got.get("status") != "attempting" || got.get("error_info", "code") != "http_server_error" {
		t.Errorf("between two attempts: %s", got.raw)
	}
	for path, attempts := range map[string]float64{first: 1, second: 0} {
		a.expect(202, "", "POST", path+"/abandon", nil)
		got := a.expect(200, "", "GET", path, nil)
		if got.get("status") != "abandoned" || got.get("attempt_count") != attempts || got.get("error_info", "code") != nil ||
			got.get("error_info", "context") != nil {
			t.Errorf("given up: %s", got.raw)
		}
		a.expect(400, "invalid_webhook", "POST", path+"/abandon", nil)
	}
	<-arrived // the connection was closed
	if got := a.emu.Deliveries(); len(got) != 2 || len(a.emu.Attempting()) != 0 {
		t.Errorf("%+v", got)
	}
}

// TestDeliveryRetriedByHand: what has ended is delivered once more, whatever the end was, to where the webhook is by then.
func TestDeliveryRetriedByHand(t *testing.T) {
	t.Parallel()
	a := start(t, impatient)
	broken, working := newReceiver(t, 500), newReceiver(t, 204)
	path, first := a.hook(object{"url": broken.URL, "events": []object{}})
	delivery := a.test(path)
	if got := a.ended(delivery); got.get("status") != "failed" || got.get("attempt_count") != 6.0 || got.get("status_code") != 500.0 {
		t.Errorf("got %s", got.raw)
	}
	a.expect(202, "", "POST", delivery+"/retry", nil)
	if got := a.ended(delivery); got.get("status") != "failed" || got.get("attempt_count") != 12.0 {
		t.Errorf("a retry has as many attempts as a delivery: %s", got.raw)
	}
	a.expect(202, "", "PATCH", path, object{"url": working.URL, "events": []object{}})
	second, _ := a.expect(202, "", "POST", path+"/keys", nil).get("shared_secret").(string)
	for attempts := 13.0; attempts < 15; attempts++ { // also what has succeeded
		a.expect(202, "", "POST", delivery+"/retry", nil)
		got := a.ended(delivery)
		if got.get("status") != "succeeded" || got.get("attempt_count") != attempts || got.get("status_code") != 204.0 ||
			got.get("error") != nil || got.get("error_info") != nil || got.get("url") != working.URL {
			t.Errorf("got %s", got.raw)
		}
	}
	if got := a.emu.Deliveries(); len(got) != 1 || got[0].Secret != second || second == first || len(working.got()) != 2 {
		t.Errorf("%+v, received %v", got, working.got())
	}
}

// TestDeliveriesLater: a test, a retry and an abandonment are accepted first and done later, and until then reads show what was before.
func TestDeliveriesLater(t *testing.T) {
	t.Parallel()
	a := start(t, delayed, impatient)
	r := newReceiver(t, 500, 500, 500, 500, 500, 500, 200)
	path, _ := a.hook(object{"url": r.URL, "events": []object{}})
	a.pass(time.Second)
	delivery := a.test(path)
	a.expect(404, "webhook_delivery_not_found", "GET", delivery, nil)
	a.expect(404, "webhook_delivery_not_found", "POST", delivery+"/abandon", nil)
	if got := a.expect(200, "", "GET", path+"/deliveries", nil); got.get("total") != 0.0 || len(r.got()) != 0 {
		t.Errorf("delivered at once: %s, received %v", got.raw, r.got())
	}
	a.pass(time.Second)
	a.ended(delivery)
	a.expect(202, "", "POST", delivery+"/retry", nil)
	a.expect(400, "invalid_webhook", "POST", delivery+"/retry", nil)
	if got := a.expect(200, "", "GET", delivery, nil); got.get("status") != "failed" || len(r.got()) != 6 {
		t.Errorf("retried at once: %s", got.raw)
	}
	a.expect(202, "", "POST", delivery+"/abandon", nil) // what was accepted
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", delivery, nil); got.get("status") != "abandoned" || got.get("attempt_count") != 6.0 {
		t.Errorf("got %s", got.raw)
	}
	a.expect(202, "", "POST", delivery+"/retry", nil)
	a.pass(time.Second)
	if got := a.ended(delivery); got.get("status") != "succeeded" || got.get("updated_at") == got.get("created_at") || len(r.got()) != 7 {
		t.Errorf("got %s, received %v", got.raw, r.got())
	}
	stale := emulator.Fault{Operation: "get_webhook_delivery", Effect: emulator.Stale{}}
	a.emu.Inject(stale)
	if got := a.expect(200, "", "GET", delivery, nil); got.get("status") != "attempting" {
		t.Errorf("a stale read shows %s", got.raw)
	}
	a.emu.Inject(emulator.Fault{Operation: "get_webhook_delivery", Effect: emulator.NotFound{}})
	a.expect(404, "webhook_delivery_not_found", "GET", delivery, nil)
	stale.Operation = "get_webhook_deliveries_as_user"
	a.emu.Inject(stale)
	if got := a.expect(200, "", "GET", path+"/deliveries?statuses[]=attempting", nil); got.get("total") != 1.0 {
		t.Errorf("a stale list shows %s", got.raw)
	}
	for _, seen := range a.emu.Requests() {
		if strings.Contains(seen.Fault, "did nothing") {
			t.Errorf("%s: %s", seen.Operation, seen.Fault)
		}
	}
}

// TestDeliveryFailsLater: a test and a retry can be accepted and fail without an attempt; an abandonment can come to nothing.
func TestDeliveryFailsLater(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.RetryDelivery = time.Hour })
	r := newReceiver(t, 500)
	path, _ := a.hook(object{"url": r.URL, "events": []object{}})
	fail := func(operation string) {
		a.emu.Inject(emulator.Fault{Operation: operation, Effect: emulator.FailAsync{
			Type: "delivery_failed", Code: "payload_too_large", Detail: "Too long.",
		}})
	}
	fail("test_webhook")
	delivery := a.test(path)
	for range 2 {
		got := a.expect(200, "", "GET", delivery, nil)
		if got.get("status") != "failed" || got.get("attempt_count") != 0.0 || got.get("error_info", "code") != "payload_too_large" ||
			got.get("error") != "Too long." || got.get("status_code") != nil || len(r.got()) != 0 {
			t.Errorf("got %s, received %v", got.raw, r.got())
		}
		fail("retry_webhook_delivery")
		a.expect(202, "", "POST", delivery+"/retry", nil)
	}
	a.expect(202, "", "POST", delivery+"/retry", nil)
	fail("abandon_webhook_delivery")
	a.expect(202, "", "POST", delivery+"/abandon", nil)
	if got := a.expect(200, "", "GET", delivery, nil); got.get("status") != "attempting" {
		t.Errorf("got %s", got.raw)
	}
}

// TestDeliveryList: pages by offsets and by cursors, filters, order, and counts.
func TestDeliveryList(t *testing.T) {
	t.Parallel()
	a := start(t, impatient, tolerant, func(c *emulator.Config) { c.CountExactly = 4 })
	path, _ := a.hook(object{"url": newReceiver(t, 400, 400, 400, 400, 400, 400, 200).URL, "events": []object{}})
	other, _ := a.hook(object{"url": newReceiver(t, 200).URL, "events": []object{}})
	a.test(other)
	var ids []string
	for range 4 {
		a.pass(time.Second)
		delivery := a.test(path)
		ids = append(ids, strings.TrimPrefix(delivery, path+"/deliveries/"))
		a.ended(delivery)
	}
	a.pass(time.Second)
	a.expect(202, "", "POST", path+"/deliveries/"+ids[0]+"/retry", nil) // so that the first ends last
	a.ended(path + "/deliveries/" + ids[0])
	list := path + "/deliveries"
	listed := func(got answer) string {
		items, _ := got.get("items").([]any)
		var numbers []string
		for _, item := range items {
			id, _ := item.(object)["id"].(string)
			numbers = append(numbers, fmt.Sprint(slices.Index(ids, id)))
		}
		return strings.Join(numbers, " ")
	}
	for query, want := range map[string]string{
		"": "3 2 1 0", "?sort_order=ASC": "0 1 2 3", "?sort_order=DESC&sort_key=created_at": "3 2 1 0", "?sort_key=updated_at": "0 3 2 1",
		"?limit=2": "3 2", "?limit=2&offset=1": "2 1", "?offset=9": "", "?limit=0": "", "?statuses[]=failed": "",
		"?statuses[]=succeeded&statuses[]=attempting&limit=1": "3",
	} {
		if got := a.expect(200, "", "GET", list+query, nil); listed(got) != want {
			t.Errorf("%s lists %s, want %s", query, listed(got), want)
		}
	}
	if got := a.expect(200, "", "GET", list+"?limit=2&offset=1", nil); got.get("total") != 4.0 || got.get("offset") != 1.0 ||
		got.get("limit") != 2.0 || got.get("has_more") != true || got.get("next_cursor") != nil {
		t.Errorf("got %s", got.raw)
	}
	var pages []string
	for cursor := ""; ; {
		query := "?pagination=cursor&limit=3&sort_order=ASC"
		if cursor != "" {
			query += "&cursor=" + cursor
		}
		got := a.expect(200, "", "GET", list+query, nil)
		pages = append(pages, listed(got))
		if got.get("offset") != 0.0 || got.get("total") != nil || strings.Contains(string(got.raw), `"total"`) {
			t.Errorf("a page of a cursor: %s", got.raw)
		}
		if got.get("has_more") != true {
			break
		}
		cursor, _ = got.get("next_cursor").(string)
		a.expect(400, "invalid_parameter", "GET", list+"?pagination=cursor&limit=3&cursor="+cursor, nil) // another order
	}
	if got := strings.Join(pages, ", "); got != "0 1 2, 3" {
		t.Errorf("the pages are %s", got)
	}
	for query, want := range map[string]string{
		"":                      "[] 4 exact",
		"?statuses[]=succeeded": "[succeeded] 4 exact",
		"?statuses[]=failed&statuses[]=abandoned": "[failed abandoned] 0 exact",
	} {
		got := a.expect(200, "", "GET", list+"/summary"+query, nil)
		if text := fmt.Sprint(got.get("statuses"), got.get("total_count"), " ", got.get("total_count_accuracy")); text != want {
			t.Errorf("%s counts %s, want %s", query, text, want)
		}
	}
	a.test(path)
	if got := a.expect(200, "", "GET", list+"/summary", nil); got.get("total_count") != 5.0 || got.get("total_count_accuracy") != "estimated" {
		t.Errorf("got %s", got.raw)
	}
	if got := a.expect(200, "", "GET", other+"/deliveries", nil); got.get("total") != 1.0 {
		t.Errorf("got %s", got.raw)
	}
	for _, query := range []string{"?statuses[]=done", "?limit=x", "?offset=-1", "?sort_key=x", "?cursor=x", "?cursor=Li4vLTU", "?color=red"} {
		a.expect(400, "invalid_parameter", "GET", list+query, nil)
	}
	a.expect(400, "invalid_parameter", "GET", list+"/summary?statuses[]=done", nil)
}

// TestDeliveryRefusals: whose deliveries they are, who may look, who may do something, and to which of them.
func TestDeliveryRefusals(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant, func(c *emulator.Config) {
		c.Organizations[0].Keys = append(c.Organizations[0].Keys, emulator.Key{Secret: "write", Write: true})
	})
	path, _ := a.hook(object{"url": newReceiver(t, 200).URL, "events": []object{}})
	other, _ := a.hook(object{"url": newReceiver(t, 200).URL, "events": []object{}})
	delivery := a.test(path)
	a.ended(delivery)
	id := strings.TrimPrefix(delivery, path+"/deliveries/")
	nowhere := webhooks + "/" + uuid.NewString() + "/deliveries"
	second := func(path string) string {
		return strings.Replace(path, emulator.StagingEnvironmentID.String(), emulator.SecondEnvironmentID.String(), 1)
	}
	for name, test := range map[string]struct {
		status            int
		kind              string
		key, method, path string
		body              any
	}{
		"no such delivery":           {404, "webhook_delivery_not_found", a.key, "GET", path + "/deliveries/" + uuid.NewString(), nil},
		"another's delivery":         {404, "webhook_delivery_not_found", a.key, "GET", other + "/deliveries/" + id, nil},
		"retry of another's":         {404, "webhook_delivery_not_found", a.key, "POST", other + "/deliveries/" + id + "/retry", nil},
		"abandoning another's":       {404, "webhook_delivery_not_found", a.key, "POST", other + "/deliveries/" + id + "/abandon", nil},
		"no such webhook":            {404, "webhook_not_found", a.key, "GET", nowhere + "/" + id, nil},
		"no such webhook, list":      {404, "webhook_not_found", a.key, "GET", nowhere, nil},
		"no such webhook, count":     {404, "webhook_not_found", a.key, "GET", nowhere + "/summary", nil},
		"no such webhook, retry":     {404, "webhook_not_found", a.key, "POST", nowhere + "/" + id + "/retry", nil},
		"no such webhook, abandon":   {404, "webhook_not_found", a.key, "POST", nowhere + "/" + id + "/abandon", nil},
		"of another environment":     {404, "webhook_not_found", emulator.SecondKey, "GET", second(delivery), nil},
		"in an environment not open": {403, "access_rights", emulator.SecondKey, "GET", delivery, nil},
		"no UUID":                    {400, "invalid_parameter", a.key, "GET", path + "/deliveries/x", nil},
		"ended":                      {400, "invalid_webhook", a.key, "POST", delivery + "/abandon", nil},
		"used ID":                    {400, "invalid_webhook", a.key, "POST", path + "/test", testPayload(id)},
		"ID of another webhook":      {400, "invalid_webhook", a.key, "POST", other + "/test", testPayload(id)},
		"read-only, read":            {200, "", emulator.StagingReadOnlyKey, "GET", delivery, nil},
		"read-only, list":            {200, "", emulator.StagingReadOnlyKey, "GET", path + "/deliveries", nil},
		"read-only, count":           {200, "", emulator.StagingReadOnlyKey, "GET", path + "/deliveries/summary", nil},
		"read-only, retry":           {403, "access_rights", emulator.StagingReadOnlyKey, "POST", delivery + "/retry", nil},
		"read-only, abandon":         {403, "access_rights", emulator.StagingReadOnlyKey, "POST", delivery + "/abandon", nil},
		"no read, read":              {403, "access_rights", "write", "GET", delivery, nil},
		"no read, list":              {403, "access_rights", "write", "GET", path + "/deliveries", nil},
		"no read, count":             {403, "access_rights", "write", "GET", path + "/deliveries/summary", nil},
		"no read, abandon":           {400, "invalid_webhook", "write", "POST", delivery + "/abandon", nil},
		"no key":                     {400, "missing_credentials", "", "GET", delivery, nil},
		"a key that does not exist":  {400, "missing_credentials", "vltg_x", "POST", delivery + "/retry", nil},
	} {
		t.Run(name, func(*testing.T) {
			a.expect(test.status, test.kind, test.method, test.path, test.body, "X-Api-Key", test.key)
		})
	}
	a.expect(202, "", "POST", path+"/stop", nil)
	a.expect(400, "invalid_webhook", "POST", delivery+"/retry", nil)
	a.expect(200, "", "GET", delivery, nil)
	a.expect(202, "", "DELETE", path, nil)
	a.expect(200, "", "GET", delivery, nil) // a deleted webhook stays readable
	a.expect(404, "webhook_not_found", "POST", delivery+"/retry", nil)
	a.expect(404, "webhook_not_found", "POST", delivery+"/abandon", nil)
}

// TestDeliveriesForgotten: where a deleted webhook is gone, its deliveries are.
func TestDeliveriesForgotten(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.ForgetDeleted = true })
	path, _ := a.hook(object{"url": newReceiver(t, 200).URL, "events": []object{}})
	delivery := a.test(path)
	a.ended(delivery)
	a.expect(202, "", "DELETE", path, nil)
	a.expect(404, "webhook_not_found", "GET", delivery, nil)
	a.expect(404, "webhook_not_found", "GET", path+"/deliveries", nil)
}

// TestWebhookTestPayloads: test has an event and a text, send and receive have a whole payment, and nothing else is taken.
func TestWebhookTestPayloads(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant)
	path, _ := a.hook(object{"events": []object{{"test": "created"}}})
	payment := a.expect(200, "", "GET", a.pay(newReceive(a.btcWallet(0), nil)), nil).get()
	for name, test := range map[string]struct {
		payload object
		status  int
	}{
		"text":              {object{"type": "test", "detail": object{"event": "created", "data": "hello"}}, 202},
		"a payment":         {object{"type": "receive", "detail": object{"event": "generated", "data": payment}}, 202},
		"no event":          {object{"type": "test", "detail": object{"data": "hello"}}, 422},
		"no text":           {object{"type": "test", "detail": object{"event": "created", "data": object{}}}, 422},
		"text of a payment": {object{"type": "send", "detail": object{"event": "succeeded", "data": "hello"}}, 422},
		"half a payment":    {object{"type": "receive", "detail": object{"event": "completed", "data": object{"id": uuid.NewString()}}}, 422},
		"another type":      {object{"type": "hello", "detail": object{"event": "created", "data": "hello"}}, 422},
	} {
		got := a.do("POST", path+"/test", object{"delivery_id": uuid.NewString(), "payload": test.payload})
		if got.status != test.status || test.status == 422 && got.kind() != "invalid_data" {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
}
