package emulator_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// advance moves the emulator's clock, while the clock of the test stands still.
func (a *api) advance(d time.Duration) {
	a.t.Helper()
	if err := a.emu.AdvanceClock(d); err != nil {
		a.t.Fatal(err)
	}
}

// TestAdvanceClock: what was accepted is done, and invoices, quotes, sessions and stream tokens expire, as if the time had passed.
func TestAdvanceClock(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	a.openCheckout()
	path := a.make(nil)
	a.expect(404, "instance_not_found", "GET", path, nil)
	a.advance(time.Second)
	a.expect(200, "", "GET", path, nil)

	wallet := strings.TrimPrefix(path, wallets+"/")
	s := a.session(a.newSession(wallet, object{"expires_at": "2026-09-01T10:30:00Z"}))
	a.advance(2 * time.Second)
	a.see(s, 200, "")
	invoice := a.pay(newReceive(wallet, object{"expiration": 60}))
	usd := strings.TrimPrefix(a.make(object{"line_of_credit_id": emulator.StagingUSDLineID}), wallets+"/")
	cents := object{"currency": "usd", "amount": 600}
	quote := a.quoted(cents, "btc")
	token := a.streamToken(s)
	a.advance(2 * time.Second)
	if got := a.status(invoice); got != "receiving" {
		t.Errorf("an invoice that can be paid is %s", got)
	}
	next(t, a.listen(token), "snapshot receiving")
	a.advance(time.Hour)
	if got := a.status(invoice); got != "expired" {
		t.Errorf("an invoice for 60 seconds is %s after an hour", got)
	}
	a.expect(400, "invalid_quote", "POST", payments, newReceive(usd, object{"amount": cents, "quote_id": quote}))
	a.see(s, 401, "invalid_checkout_token")
	a.expect(401, "invalid_stream_token", "GET", "/checkout/events?stream_token="+token, nil, "X-Api-Key", "", "Origin", shop)
	if now, ahead := a.emu.Clock(); ahead != time.Hour+5*time.Second || !now.Equal(a.now.Add(ahead)) {
		t.Errorf("it is %s, %s ahead", now, ahead)
	}
	seen := a.emu.Requests()
	if got := seen[len(seen)-1].Time.Sub(a.now); got != time.Hour+5*time.Second {
		t.Errorf("the last request is recorded at %s", got)
	}

	bill, err := a.emu.AddBill(emulator.Bill{LineOfCreditID: emulator.StagingLineID, Amount: 1})
	if err != nil {
		t.Fatal(err)
	}
	a.advance(3 * 24 * time.Hour)
	later, err := a.emu.AddBill(emulator.Bill{LineOfCreditID: emulator.StagingLineID, Amount: 1})
	if err != nil || later.End.Sub(bill.End) != 3*24*time.Hour {
		t.Errorf("three days later the latest period ends at %+v, and ended at %s: %v", later, bill.End, err)
	}
}

// TestAdvanceClockDelivers: all attempts that fall into the time are made before AdvanceClock returns, each at its time, and in the order
// of their times. What is signed is the time of the machine, with which a receiver compares it.
func TestAdvanceClockDelivers(t *testing.T) {
	t.Parallel()
	a := start(t)
	var mu sync.Mutex
	var got []string
	answers := map[string]int{"generated": 3, "expired": 1} // how often each is refused
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		now, _ := a.emu.Clock()
		event := r.Header.Get("X-Voltage-Event")
		got = append(got, fmt.Sprintf("%s %s", event, now.Sub(a.now)))
		if at := r.Header.Get("X-Voltage-Timestamp"); at != fmt.Sprint(a.now.Unix()) {
			t.Errorf("signed at %s", at)
		}
		if answers[event]--; answers[event] >= 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	t.Cleanup(receiver.Close)
	wallet := a.btcWallet(0)
	a.hook(object{"url": receiver.URL, "events": []object{{"receive": "generated"}, {"receive": "expired"}}})
	a.pay(newReceive(wallet, object{"expiration": 60}))
	until(t, "the first attempt", func() bool {
		attempting := a.emu.Attempting()
		return len(attempting) == 1 && attempting[0].Attempts == 1
	})
	a.advance(2 * time.Second)
	mu.Lock()
	if want := []string{"generated 0s", "generated 1s"}; !slices.Equal(got, want) {
		t.Errorf("after two seconds: %v, want %v", got, want)
	}
	mu.Unlock()
	a.advance(2 * time.Hour)
	mu.Lock()
	defer mu.Unlock()
	if want := []string{"generated 0s", "generated 1s", "generated 3s", "generated 7s", "expired 1m0s", "expired 1m1s"}; !slices.Equal(got,
		want) {
		t.Errorf("after two hours: %v, want %v", got, want)
	}
	deliveries := a.emu.Deliveries()
	if len(deliveries) != 2 || len(a.emu.Attempting()) != 0 {
		t.Fatalf("%d deliveries have ended", len(deliveries))
	}
	for i, want := range []string{"succeeded 4 0s 7s", "succeeded 2 1m0s 1m1s"} {
		d := deliveries[i]
		if text := fmt.Sprint(d.State, " ", d.Attempts, " ", d.CreatedAt.Sub(a.now), " ", d.UpdatedAt.Sub(a.now)); text != want {
			t.Errorf("delivery %d: %s, want %s", i, text, want)
		}
	}
}

// TestRetriesInTime: while nobody moves the clock, retries wait as long as they have to, and the events of a payment wait for each other.
func TestRetriesInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		emu, err := emulator.New(emulator.Config{})
		if err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		if err := emu.AddWallet(emulator.Wallet{
			ID: uuid.New(), EnvironmentID: emulator.StagingEnvironmentID, Name: "orders", Network: "mutinynet",
		}); err != nil {
			t.Fatal(err)
		}
		send := func(method, path, body string) *httptest.ResponseRecorder {
			req := httptest.NewRequest(method, "/v1"+path, strings.NewReader(body))
			req.Header.Set("X-Api-Key", emulator.StagingKey)
			req.Header.Set("Content-Type", "application/json")
			w := httptest.NewRecorder()
			emu.ServeHTTP(w, req)
			return w
		}
		// Nobody may be called here, which ends a delivery: an address that does not exist on this machine is refused at once.
		hook, err := json.Marshal(newHook(object{"url": "http://127.0.0.1:0/", "events": []object{{"test": "created"}}}))
		if err != nil {
			t.Fatal(err)
		}
		if w := send("POST", webhooks, string(hook)); w.Code != http.StatusAccepted {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		payload, _ := json.Marshal(testPayload(uuid.NewString()))
		path := webhooks + "/" + emu.Webhooks()[0].ID.String()
		if w := send("POST", path+"/test", string(payload)); w.Code != http.StatusAccepted {
			t.Fatalf("%d %s", w.Code, w.Body)
		}
		for attempts, seconds := range []int{0, 0, 1, 3, 7, 15, 31} {
			if attempts == 0 {
				continue
			}
			time.Sleep(time.Until(began.Add(time.Duration(seconds)*time.Second + time.Millisecond)))
			synctest.Wait()
			found := append(emu.Attempting(), emu.Deliveries()...)
			if len(found) != 1 || found[0].Attempts != attempts {
				t.Fatalf("after %d s: %+v, want %d attempts", seconds, found, attempts)
			}
		}
		if got := emu.Deliveries(); len(got) != 1 || got[0].State != "failed" {
			t.Errorf("after six attempts: %+v", got)
		}
	})
}

// TestAdvanceClockRefuses: the clock goes neither back nor beyond what can be written, and it can start ahead.
func TestAdvanceClockRefuses(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.ClockAhead = time.Hour })
	for d, want := range map[time.Duration]string{
		-1:                             "the clock moves forward only",
		100 * 365 * 24 * time.Hour:     "at most 100 years ahead; it is 1h0m0s ahead already",
		time.Duration(1<<63 - 1):       "at most 100 years ahead",
		-time.Duration(1<<63 - 1):      "the clock moves forward only",
		100*365*24*time.Hour - 3599e9:  "at most 100 years ahead",
		-100 * 365 * 24 * time.Hour:    "the clock moves forward only",
		-100*365*24*time.Hour - 3600e9: "the clock moves forward only",
	} {
		if err := a.emu.AdvanceClock(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", d, err)
		}
	}
	a.advance(0)
	if _, ahead := a.emu.Clock(); ahead != time.Hour {
		t.Errorf("it is %s ahead", ahead)
	}
}

// TestClockControl: the clock is shown and moved by control endpoints.
func TestClockControl(t *testing.T) {
	t.Parallel()
	a := start(t)
	if got := string(a.control("GET", "clock", nil).raw); got != `{"now":"2026-09-01T10:00:00.123456789Z","ahead":"0s"}`+"\n" {
		t.Errorf("at the start: %s", got)
	}
	for _, step := range []struct{ advance, ahead string }{
		{"2h30m", "2h30m0s"}, {"1d", "26h30m0s"}, {"2d1h", "75h30m0s"}, {"90s", "75h31m30s"}, {"0s", "75h31m30s"}, {"36000d", "864075h31m30s"},
	} {
		if got := a.control("POST", "clock", object{"advance": step.advance}); got.status != 200 || got.get("ahead") != step.ahead {
			t.Errorf("%s: %d %s", step.advance, got.status, got.raw)
		}
	}
	for advance, want := range map[string]string{
		"": "not a duration such as 90s, 2h30m or 3d", "tomorrow": `"tomorrow" is not a duration`, "1d-1h": "not a duration",
		"36501d": "not a duration", "2500000h": "not a duration", "99999999999999999999d": "not a duration",
		"-1h": "the clock moves forward only", "36000d1h": "at most 100 years ahead",
	} {
		a.refused("clock", object{"advance": advance}, want)
	}
}
