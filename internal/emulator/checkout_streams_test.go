package emulator_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// message is one message of a stream. A comment has neither.
type message struct {
	event string
	data  object
}

// String is a message in short: its event, and the status that it tells of.
func (m message) String() string {
	status := func(payment any) string {
		if payment, ok := payment.(object); ok {
			return fmt.Sprint(payment["status"])
		}
		return "none"
	}
	switch m.event {
	case "":
		return "comment"
	case "snapshot":
		var statuses []string
		for _, s := range m.data["sessions"].([]any) {
			statuses = append(statuses, status(s.(object)["payment"]))
		}
		return "snapshot " + strings.Join(statuses, " ")
	case "payment.changed":
		return "changed " + fmt.Sprint(m.data["status"])
	}
	return strings.TrimPrefix(m.event, "payment.") + " " + status(m.data["payment"])
}

// events reads a stream as the HTML standard says. It is closed at the stream's end.
func events(r io.Reader) <-chan message {
	messages := make(chan message, 100)
	go func() {
		defer close(messages)
		lines := bufio.NewScanner(r)
		lines.Buffer(nil, 1<<20)
		var event, data string
		for lines.Scan() {
			line := lines.Text()
			switch name, value, _ := strings.Cut(line, ":"); {
			case line == "" && data != "":
				m := message{event: event}
				_ = json.Unmarshal([]byte(data), &m.data)
				messages <- m
				event, data = "", ""
			case line == "":
			case name == "":
				messages <- message{}
			case name == "event":
				event = strings.TrimPrefix(value, " ")
			case name == "data":
				data += strings.TrimPrefix(value, " ")
			}
		}
	}()
	return messages
}

// streamToken trades the tokens of sessions for a stream token.
func (a *api) streamToken(of ...session) string {
	a.t.Helper()
	tokens := []string{}
	for _, s := range of {
		tokens = append(tokens, s.token)
	}
	got := a.expect(201, "", "POST", "/checkout/streams", object{"checkout_tokens": tokens}, "X-Api-Key", "", "Origin", shop)
	token, _ := got.get("stream_token").(string)
	if got.get("events_url") != a.url+"/checkout/events?stream_token="+token || !strings.HasPrefix(token, "vlt_cos_") {
		a.t.Errorf("%s", got.raw)
	}
	return token
}

// listen opens a stream as a page does.
func (a *api) listen(token string) <-chan message {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), "GET", a.url+"/checkout/events?stream_token="+token, nil)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Header.Set("Origin", shop)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	a.t.Cleanup(func() { resp.Body.Close() })
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "text/event-stream" ||
		resp.Header.Get("Access-Control-Allow-Origin") != "*" {
		a.t.Errorf("%d %v", resp.StatusCode, resp.Header)
	}
	return events(resp.Body)
}

// next waits for messages, and wants these.
func next(t *testing.T, messages <-chan message, want ...string) (last message) {
	t.Helper()
	for _, text := range want {
		select {
		case m, open := <-messages:
			if !open || m.String() != text {
				t.Errorf("got %s (open: %t), want %s", m, open, text)
			}
			last = m
		case <-time.After(10 * time.Second):
			t.Fatalf("no message, want %s", text)
		}
	}
	return last
}

// TestStream: a stream begins with a snapshot, and tells each state of each payment, in its order, also where the clock jumps.
func TestStream(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	a.openCheckout()
	wallet := a.btcWallet(1_000_000)
	early := a.session(a.newSession(wallet, object{"payment_kind": "onchain"}))
	a.pass(2 * time.Second)
	late := a.session(a.newSession(wallet, object{"metadata": object{"table": 4}, "expires_at": "2026-09-01T11:00:00Z"}))
	token := a.streamToken(early, late, early)
	both, again := a.listen(token), a.listen(token)
	one := a.listen(a.streamToken(late))
	snapshot := next(t, both, "snapshot receiving none")
	next(t, again, "snapshot receiving none")
	next(t, one, "snapshot none")
	a.pass(5 * time.Second)
	updated := next(t, both, "changed generating", "updated generating", "changed receiving", "updated receiving")
	next(t, one, "changed generating", "updated generating", "changed receiving", "updated receiving")
	if updated.data["session_id"] != late.id || updated.data["payment_id"] != late.payment {
		t.Errorf("%v", updated.data)
	}
	if got := a.control("POST", "pay", object{"target": updated.data["payment"].(object)["payment_request"]}); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.raw)
	}
	a.pass(time.Second)
	next(t, both, "changed completed", "updated completed")
	next(t, one, "changed completed", "updated completed")
	uri := snapshot.data["sessions"].([]any)[0].(object)["payment"].(object)["bip21_uri"].(string)
	if err := a.emu.Pay(uri, 0); err != nil {
		t.Fatal(err)
	}
	a.pass(2 * time.Second) // the transaction is seen, of which the browser is shown nothing, and then mined
	next(t, both, "changed completed", "updated completed")
	next(t, again, "changed generating", "updated generating", "changed receiving", "updated receiving",
		"changed completed", "updated completed", "changed completed", "updated completed")
	if got := a.emu.Requests(); got[len(got)-1].Operation != "get_events" || got[len(got)-1].Status != 200 {
		t.Errorf("recorded as %+v", got[len(got)-1])
	}
	next(t, a.listen(a.streamToken(early, late)), "snapshot"+strings.Repeat(" completed", 2))
}

// TestStreamShapes: the messages have the fields of the fixtures, every one and no other.
func TestStreamShapes(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	a.emu.SetCheckout(emulator.StagingEnvironmentID, emulator.Checkout{OriginPolicy: "allowlist", AllowedOrigins: []string{shop}})
	s := a.session(a.newSession(a.btcWallet(1_000_000), object{"metadata": object{"table": 4}}))
	a.pass(time.Second)
	messages := a.listen(a.streamToken(s))
	got := map[string]message{"snapshot": next(t, messages, "snapshot generating")}
	a.pass(time.Second)
	got["payment-changed"], got["payment-updated"] = next(t, messages, "changed receiving"), next(t, messages, "updated receiving")
	for name, m := range got {
		content, err := os.ReadFile("testdata/fixtures/get_events.response.200." + name + ".json")
		var want any
		if err == nil {
			err = json.Unmarshal(content, &want)
		}
		if found := differences("", want, object{"event": m.event, "data": m.data}); err != nil || len(found) > 0 {
			t.Errorf("%s: %v: %s: %v", name, err, strings.Join(found, ", "), m.data)
		}
	}
}

// TestStreamRefusals: what opens no stream.
func TestStreamRefusals(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant)
	a.openCheckout()
	wallet := a.btcWallet(1_000_000)
	s := a.session(a.newSession(wallet, nil))
	short := a.session(a.newSession(wallet, object{"expires_at": "2026-09-01T10:01:30Z"}))
	token := a.streamToken(s, short)
	a.pass(59 * time.Second)
	next(t, a.listen(token), "snapshot receiving expired") // until its token expires, a page can come back
	trade := func(status int, kind string, body any) {
		t.Helper()
		a.expect(status, kind, "POST", "/checkout/streams", body, "X-Api-Key", "", "Origin", shop)
	}
	trade(401, "missing_checkout_token", object{"checkout_tokens": []string{}})
	trade(401, "missing_checkout_token", object{"checkout_tokens": []string{s.token, ""}})
	trade(401, "invalid_checkout_token", object{"checkout_tokens": []string{s.token, "vlt_co_x"}})
	trade(401, "invalid_checkout_token", object{"checkout_tokens": []string{token}})
	trade(401, "invalid_checkout_token", object{"checkout_tokens": []string{s.token, short.token}}) // expired
	trade(422, "invalid_data", object{})
	trade(422, "invalid_data", object{"checkout_tokens": []string{s.token}, "origin": shop})
	trade(400, "invalid_syntax", "{")
	a.pass(time.Second)
	for path, want := range map[string]string{
		"":                                  "400 invalid_parameter",
		"?stream_token=" + token:            "401 invalid_stream_token",
		"?stream_token=" + s.token:          "401 invalid_stream_token",
		"?stream_token=x":                   "401 invalid_stream_token",
		"?stream_token=" + token + "&last=": "400 invalid_parameter",
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // a stream that opens has no end
		got := a.send(ctx, "GET", "/checkout/events"+path, nil, "X-Api-Key", "", "Origin", shop)
		cancel()
		if text := fmt.Sprint(got.status, " ", got.kind()); text != want {
			t.Errorf("%s: %s, want %s", path, text, want)
		}
	}
	other := emulator.Wallet{ID: uuid.New(), EnvironmentID: emulator.SecondEnvironmentID, Name: "second", Network: "mutinynet"}
	if err := a.emu.AddWallet(other); err != nil {
		t.Fatal(err)
	}
	second := strings.Replace(sessions, emulator.StagingEnvironmentID.String(), emulator.SecondEnvironmentID.String(), 1)
	made := a.expect(201, "", "POST", second, a.newSession(other.ID.String(), nil), "X-Api-Key", emulator.SecondKey)
	both := object{"checkout_tokens": []any{s.token, made.get("checkout_token")}}
	trade(403, "checkout_origin_forbidden", both) // every environment has to allow the page
}

// TestStreamFaults: the beginning of a stream is an answer as any other.
func TestStreamFaults(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.openCheckout()
	s := a.session(a.newSession(a.btcWallet(1_000_000), nil))
	token := a.streamToken(s)
	path := "/checkout/events?stream_token=" + token
	for _, effect := range []emulator.Effect{emulator.CutBefore{}, emulator.CutAfter{}} {
		a.emu.Inject(emulator.Fault{Operation: "get_events", Effect: effect})
		if got := a.do("GET", path, nil, "Origin", shop); got.err == nil || got.status != 0 {
			t.Errorf("%v: %d %v", effect, got.status, got.err)
		}
	}
	a.emu.Inject(emulator.Fault{Operation: "get_events", Effect: emulator.CutBody{}})
	got := a.do("GET", path, nil, "Origin", shop)
	if got.status != 200 || got.err == nil || !bytes.HasPrefix(got.raw, []byte("event: snapshot\ndata: {")) {
		t.Errorf("cut: %d %s %v", got.status, got.raw, got.err)
	}
	a.emu.Inject(emulator.Fault{Operation: "get_events", Effect: emulator.EmptyBody{}})
	if got := a.do("GET", path, nil, "Origin", shop); got.status != 200 || got.err != nil || len(got.raw) != 0 {
		t.Errorf("empty: %d %s %v", got.status, got.raw, got.err)
	}
	a.emu.Inject(emulator.Fault{Operation: "get_events", Effect: emulator.Answer{Status: 503}})
	a.expect(503, "", "GET", path, nil, "Origin", shop)
	a.emu.Inject(emulator.Fault{Operation: "get_events", Effect: emulator.Delay{D: 10 * time.Millisecond}})
	next(t, a.listen(token), "snapshot receiving")
}

// TestStreamEndsWithTheEmulator: a stream ends when the emulator stops, also one that another server has opened.
func TestStreamEndsWithTheEmulator(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.openCheckout()
	s := a.session(a.newSession(a.btcWallet(1_000_000), nil))
	other := httptest.NewServer(a.emu)
	defer func() {
		other.CloseClientConnections()
		other.Close()
	}()
	token := a.streamToken(s)
	streams := []<-chan message{a.listen(token)}
	a.url = other.URL + "/v1"
	streams = append(streams, a.listen(token))
	for _, messages := range streams {
		next(t, messages, "snapshot receiving")
	}
	a.stop()
	for _, messages := range streams {
		select {
		case m, open := <-messages:
			if open {
				t.Errorf("got %s", m)
			}
		case <-time.After(10 * time.Second):
			t.Error("the stream continues")
		}
	}
}

// pipe is an answer that its reader gets as it is written.
type pipe struct {
	*io.PipeWriter
	header http.Header
}

func (p pipe) Header() http.Header { return p.header }
func (p pipe) WriteHeader(int)     {}
func (p pipe) Flush()              {}

// TestStreamInVirtualTime: a stream follows a clock that moves by itself, and nothing of it is left once its client has gone: a bubble
// does not end before its goroutines have.
func TestStreamInVirtualTime(t *testing.T) {
	t.Parallel()
	if _, err := emulator.New(emulator.Config{}); err != nil { // reads the contract once, outside the bubble
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		emu, err := emulator.New(emulator.Config{Delay: time.Second, OnViolation: func(err error) { t.Error(err) }})
		if err != nil {
			t.Fatal(err)
		}
		wallet := emulator.Wallet{ID: uuid.New(), EnvironmentID: emulator.StagingEnvironmentID, Name: "orders", Network: "mutinynet"}
		if err := emu.AddWallet(wallet); err != nil {
			t.Fatal(err)
		}
		emu.SetCheckout(emulator.StagingEnvironmentID, emulator.Checkout{OriginPolicy: "allow_all"})
		do := func(method, path string, body any) (made map[string]string) {
			t.Helper()
			content, err := json.Marshal(body)
			if err != nil {
				t.Fatal(err)
			}
			req := httptest.NewRequest(method, "/v1"+path, bytes.NewReader(content))
			req.Header.Set("X-Api-Key", emulator.StagingKey)
			req.Header.Set("Content-Type", "application/json")
			got := httptest.NewRecorder()
			emu.ServeHTTP(got, req)
			_ = json.Unmarshal(got.Body.Bytes(), &made)
			return made
		}
		began := time.Now()
		create := func() string {
			return do("POST", sessions, object{
				"id": uuid.New(), "wallet_id": wallet.ID, "payment_kind": "bolt11", "amount": msats(1000),
				"expires_at": began.Add(20 * time.Second).UTC(),
			})["checkout_token"]
		}
		token := do("POST", "/checkout/streams", object{"checkout_tokens": []string{create(), create()}})["stream_token"]

		ctx, leave := context.WithCancel(t.Context())
		reader, writer := io.Pipe()
		go func() {
			req := httptest.NewRequest("GET", "/v1/checkout/events?stream_token="+token, nil).WithContext(ctx)
			emu.ServeHTTP(pipe{writer, http.Header{}}, req)
			writer.Close()
		}()
		messages := events(reader)
		var told []string
		tell := func(count int) (last message) {
			for range count {
				last = <-messages
				told = append(told, fmt.Sprint(time.Since(began).Round(100*time.Millisecond), " ", last))
			}
			return last
		}
		tell(1 + 4) // generating
		invoice := tell(4).data["payment"].(object)["payment_request"].(string)
		time.Sleep(8 * time.Second)
		if err := emu.Pay(invoice, 0); err != nil {
			t.Error(err)
		}
		tell(2 + 1 + 2) // paid, a comment, expired
		leave()
		synctest.Wait()
		if m, open := <-messages; open {
			t.Errorf("after the client went away: %s", m)
		}
		want := "0s snapshot none none|1s changed generating|1s updated generating|1s changed generating|1s updated generating|" +
			"2s changed receiving|2s updated receiving|2s changed receiving|2s updated receiving|" +
			"11s changed completed|11s updated completed|15s comment|20s changed expired|20s updated expired"
		if got := strings.Join(told, "|"); got != want {
			t.Errorf("told\n%s, want\n%s", got, want)
		}
	})
}
