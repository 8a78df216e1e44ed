package emulator_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
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

func impatient(c *emulator.Config) { c.RetryDelivery = time.Millisecond }

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

// TestDeliveryOnTheWire: the names of headers are in small letters.
func TestDeliveryOnTheWire(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	lines := make(chan []string, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		var read []string
		reader := bufio.NewReader(conn)
		for {
			line, err := reader.ReadString('\n')
			if line = strings.TrimRight(line, "\r\n"); err != nil || line == "" {
				break
			}
			read = append(read, line)
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 204 No Content\r\n\r\n")
		lines <- read
	}()
	a := start(t)
	path, _ := a.hook(object{"url": "http://" + listener.Addr().String(), "events": []object{{"test": "created"}}})
	a.expect(202, "", "POST", path+"/test", testPayload(uuid.NewString()))
	got := <-lines
	for _, want := range []string{
		"content-type: application/json", "user-agent: Voltage-Webhook-Client/1.0", "x-voltage-event: created",
		"x-voltage-webhook-id: " + strings.TrimPrefix(path, webhooks+"/"), "x-voltage-timestamp: ", "x-voltage-signature: ",
	} {
		if !slices.ContainsFunc(got, func(line string) bool { return strings.HasPrefix(line, want) }) {
			t.Errorf("the request lacks %q: %q", want, got)
		}
	}
	if agents := slices.DeleteFunc(got, func(line string) bool { return !strings.HasPrefix(strings.ToLower(line), "user-agent") }); len(agents) != 1 {
		t.Errorf("user agents %q", agents)
	}
}

// TestDeliveryRetries: a delivery is tried again until it is taken, and a while at most.
func TestDeliveryRetries(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		statuses []int
		state    string
		tries    int
	}{
		"at once":     {[]int{204}, "succeeded", 1},
		"after a 500": {[]int{500, 200}, "succeeded", 2},
		"after a 404": {[]int{404, 429, 201}, "succeeded", 3},
		"never":       {[]int{500}, "failed", 6},
		"elsewhere":   {[]int{302}, "failed", 6}, // no redirect is followed
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, impatient)
			r := newReceiver(t, test.statuses...)
			path, _ := a.hook(object{"url": r.URL, "events": []object{{"test": "created"}}})
			id := uuid.New()
			a.expect(202, "", "POST", path+"/test", testPayload(id.String()))
			until(t, "the end of the delivery", func() bool { return len(a.emu.Deliveries()) == 1 })
			got := a.emu.Deliveries()[0]
			if got.ID != id || got.State != test.state || got.Attempts != test.tries || len(r.got()) != test.tries ||
				got.Status != test.statuses[min(test.tries, len(test.statuses))-1] || len(a.emu.Attempting()) != 0 {
				t.Errorf("%+v after %v", got, r.got())
			}
			if string(got.Body) != `{"detail":{"data":"hello","event":"created"},"type":"test"}` {
				t.Errorf("delivered %s", got.Body)
			}
		})
	}
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

// TestDeliveryFailures: what a receiver does is what a read shows, with the beginning of what it answers.
func TestDeliveryFailures(t *testing.T) {
	t.Parallel()
	answering := func(status int, body string, header ...string) func(*testing.T) string {
		return func(t *testing.T) string {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for i := 0; i+1 < len(header); i += 2 {
					w.Header().Set(header[i], header[i+1])
				}
				w.WriteHeader(status)
				_, _ = io.WriteString(w, body)
			}))
			t.Cleanup(server.Close)
			return server.URL
		}
	}
	for name, test := range map[string]struct {
		url                   func(*testing.T) string
		code, detail, context string
		status                any
	}{
		"500":          {answering(500, " out of order\n"), "http_server_error", "The receiver answered 500: out of order", "map[status_code:500 type:http_status]", 500.0},
		"404":          {answering(404, ""), "http_client_error", "The receiver answered 404.", "map[status_code:404 type:http_status]", 404.0},
		"401":          {answering(401, "who?"), "authentication_failed", "The receiver answered 401: who?", "map[status_code:401 type:http_status]", 401.0},
		"413":          {answering(413, ""), "payload_too_large", "The receiver answered 413.", "map[status_code:413 type:http_status]", 413.0},
		"302":          {answering(302, "", "Location", "/"), "invalid_response", "The receiver answered 302.", "map[status_code:302 type:http_status]", 302.0},
		"wait":         {answering(429, "later", "Retry-After", "120"), "rate_limited", "The receiver answered 429: later", "map[retry_after_seconds:120 type:rate_limited]", 429.0},
		"wait, a date": {answering(429, "", "Retry-After", "Wed, 21 Oct 2026 07:28:00 GMT"), "rate_limited", "The receiver answered 429.", "map[status_code:429 type:http_status]", 429.0},
		"long":         {answering(500, strings.Repeat("ä", 1000)), "http_server_error", "The receiver answered 500: " + strings.Repeat("ä", 256), "map[status_code:500 type:http_status]", 500.0},
		"refused": {func(t *testing.T) string {
			server := httptest.NewServer(http.NotFoundHandler())
			server.Close()
			return server.URL
		}, "connection_refused", "The receiver refused the connection: ", "<nil>", nil},
		"silent": {func(t *testing.T) string { return newSilence(t).URL }, "connection_timeout", "The receiver did not answer within 100ms.", "<nil>", nil},
		"closed": {func(t *testing.T) string {
			server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
			t.Cleanup(server.Close)
			return server.URL
		}, "invalid_response", "The receiver did not answer with HTTP: EOF", "<nil>", nil},
		"a stranger": {func(*testing.T) string { return "https://shop.example/?token=hidden" }, "unexpected_error", "the emulator delivers to loopback addresses only", "<nil>", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, func(c *emulator.Config) { c.RetryDelivery, c.DeliveryTimeout = time.Nanosecond, 100*time.Millisecond })
			path, _ := a.hook(object{"url": test.url(t), "events": []object{}})
			got := a.ended(a.test(path))
			detail, _ := got.get("error_info", "detail").(string)
			if got.get("status") != "failed" || got.get("error_info", "code") != test.code || !strings.HasPrefix(detail, test.detail) ||
				got.get("error") != detail || got.get("status_code") != test.status || fmt.Sprint(got.get("error_info", "context")) != test.context {
				t.Errorf("got %s", got.raw)
			}
			if name == "long" && detail != test.detail || strings.Contains(detail, "hidden") {
				t.Errorf("got %s", detail)
			}
		})
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

// TestEventsInOrder: the events of one payment reach a webhook in their order, also when the first is not taken at once, and what is seen
// comes before what is completed.
func TestEventsInOrder(t *testing.T) {
	t.Parallel()
	a := start(t, impatient)
	r := newReceiver(t, 500, 503, 200)
	a.hook(object{"url": r.URL, "events": []object{{"receive": "completed"}, {"receive": "detected"}, {"receive": "generated"}}})
	wallet := a.btcWallet(0)
	uri, _ := a.expect(200, "", "GET", a.pay(newReceive(wallet, object{"payment_kind": "onchain"})), nil).get("bip21_uri").(string)
	if err := a.emu.Pay(uri, 0); err != nil {
		t.Fatal(err)
	}
	a.expect(200, "", "GET", wallets+"/"+wallet, nil)
	until(t, "three deliveries", func() bool { return len(a.emu.Deliveries()) == 3 })
	if got := strings.Join(r.got(), ", "); got != "generated 500, generated 503, generated 200, detected 200, completed 200" {
		t.Errorf("got %s", got)
	}
	var body struct {
		Detail struct{ Data object }
	}
	if err := json.Unmarshal(a.emu.Deliveries()[1].Body, &body); err != nil || body.Detail.Data["status"] != "receiving" {
		t.Errorf("what is seen is told as %s: %v", a.emu.Deliveries()[1].Body, err)
	}
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
