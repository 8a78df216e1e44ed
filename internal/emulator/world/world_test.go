package world

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// clock is a world's clock, which passes when a test says so.
type clock struct{ now time.Time }

func (c *clock) pass(d time.Duration) { c.now = c.now.Add(d) }

const delay = time.Second

// started is the default world with a wallet in BTC that holds money, and one in USD.
func started(t *testing.T, past ...func(*Organization)) (w *World, c *clock, btc, usd uuid.UUID) {
	t.Helper()
	c = &clock{now: time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)}
	organizations := DefaultWorld()
	for _, add := range past {
		add(&organizations[0])
	}
	w, err := New(organizations, Settings{
		Now: func() time.Time { return c.now }, Delay: delay, QuoteLife: 30 * time.Second, RetryDelivery: time.Second,
	})
	if err != nil {
		t.Fatal(err)
	}
	limit := int64(1_000_000)
	btc, usd = uuid.NewSHA1(uuid.Nil, []byte("btc")), uuid.NewSHA1(uuid.Nil, []byte("usd"))
	for _, wallet := range []Wallet{
		{ID: btc, Name: "btc", LineOfCreditID: &StagingLineID, Balances: []Money{{"btc", 50_000_000}}, Metadata: map[string]string{"a": "b"}},
		{ID: usd, Name: "usd", LineOfCreditID: &StagingUSDLineID},
	} {
		wallet.EnvironmentID, wallet.Network, wallet.Limit = StagingEnvironmentID, "mutinynet", &limit
		if err := w.AddWallet(wallet); err != nil {
			t.Fatal(err)
		}
	}
	return w, c, btc, usd
}

// call is a call of the staging environment, now.
func (c *clock) call() *Call {
	return &Call{Organization: DefaultOrganizationID, Environment: StagingEnvironmentID, Now: c.now, Done: c.now.Add(delay)}
}

func accepted(t *testing.T, r *Refusal) {
	t.Helper()
	if r != nil {
		t.Fatalf("%+v", *r)
	}
}

// invoiceOf is the invoice or the address of a receive once it has one.
func invoiceOf(t *testing.T, w *World, c *clock, id uuid.UUID) string {
	t.Helper()
	payment, r := w.ReadPayment(c.call(), id)
	accepted(t, r)
	if payment.PaymentRequest != "" {
		return payment.PaymentRequest
	}
	return payment.Address
}

// lived is a world in which something of every kind exists and something of every kind has happened.
func lived(t *testing.T) *World {
	t.Helper()
	w, c, btc, usd := started(t, func(o *Organization) {
		old := uuid.NewSHA1(uuid.Nil, []byte("old"))
		o.Wallets = []Wallet{{ID: old, EnvironmentID: SecondEnvironmentID, Name: "old", Network: "mutinynet"}}
		o.Payments = []PastPayment{{ID: old, Wallet: old, Direction: "receive", Kind: "bolt11", Amount: 1000, Status: "completed"}}
		o.Policies = map[uuid.UUID]Policies{old: {OFACCompliant: true}}
		o.Checkouts = map[uuid.UUID]Checkout{SecondEnvironmentID: {OriginPolicy: "allow_all"}}
		o.Webhooks = []WebhookDefinition{{ID: old, EnvironmentID: SecondEnvironmentID, Name: "old", URL: "https://shop.example"}}
	})
	webhook := uuid.New()
	_, r := w.CreateWebhook(c.call(), WebhookOrder{
		webhook, "http://127.0.0.1:1/", "shop",
		[]Event{{"receive", "generated"}, {"send", "failed"}},
	})
	accepted(t, r)
	size, rate := int64(1000), &ProcessingFee{SendBasisPoints: 10, ReceiveBasisPoints: 20}
	wallet, r := w.WalletWithPolicies(c.call(), btc)
	accepted(t, r)
	accepted(t, w.ChangePolicies(c.call(), wallet, PolicyChange{MaxPaymentSizeSats: &size, SetProcessingFee: true, ProcessingFee: rate}))
	_, r = w.ReplaceCheckout(c.call(), Checkout{"allowlist", []string{"https://shop.example"}})
	accepted(t, r)
	_, token, r := w.CreateSession(c.call(), SessionOrder{
		ID: uuid.New(), Wallet: btc, Kind: "bip21", Amount: &Money{"btc", 700_000}, ExpiresAt: c.now.Add(time.Hour), Description: "tea",
		PaymentMetadata: map[string]string{"a": "b"}, Metadata: json.RawMessage(`{"table": 4, "name": "<b>"}`), Redirects: Redirects{"a", "b"},
	})
	accepted(t, r)
	_, _, r = w.CreateSession(c.call(), SessionOrder{
		ID: uuid.New(), Wallet: usd, Kind: "bolt11", Amount: &Money{"usd", 700}, ExpiresAt: c.now.Add(time.Hour),
	})
	accepted(t, r)
	_, _, r = w.CreateStream(c.call(), []string{token}, "https://shop.example")
	if r == nil || r.Type != "checkout_origin_forbidden" {
		t.Errorf("the settings are known before they are seen: %+v", r)
	}
	limit, disable := int64(7_000_000), true
	accepted(t, w.ChangeSandboxLine(c.call(), StagingLineID, LineChange{Limit: &limit}))
	accepted(t, w.ChangeSandboxLine(c.call(), StagingTestnetLineID, LineChange{Disable: &disable}))
	quote := uuid.New()
	accepted(
		t, w.CreateQuote(c.call(), QuoteOrder{ID: quote, Line: StagingUSDLineID, Network: "mutinynet", Amount: &Money{"usd", 300}, To: "btc"}),
	)
	c.pass(3 * delay)
	_, _, r = w.CreateStream(c.call(), []string{token}, "https://shop.example")
	accepted(t, r)
	lightning, chain, quoted := uuid.New(), uuid.New(), uuid.New()
	accepted(t, w.CreateReceive(c.call(), ReceiveOrder{ID: lightning, Wallet: btc, Kind: "bolt11", Amount: &Money{"btc", 500_000}}))
	accepted(t, w.CreateReceive(c.call(), ReceiveOrder{ID: chain, Wallet: btc, Kind: "onchain", Amount: &Money{"btc", 2_000_000}}))
	accepted(t, w.CreateReceive(c.call(), ReceiveOrder{ID: quoted, Wallet: usd, Kind: "bip21", Amount: &Money{"usd", 300}, Quote: &quote}))
	c.pass(3 * delay)
	for _, id := range []uuid.UUID{chain, quoted} {
		if err := w.Pay(invoiceOf(t, w, c, id), 0); err != nil {
			t.Fatal(err)
		}
	}
	outside, err := newAddress("mutinynet", uuid.New())
	if err != nil {
		t.Fatal(err)
	}
	for _, order := range []SendOrder{
		{Address: outside, Kind: "onchain", Amount: &Money{"btc", 1_000_000}, MaxFee: &Money{"btc", 1}}, // the fee is too high
		{PaymentRequest: invoiceOf(t, w, c, lightning), Kind: "bolt11"},
	} {
		order.ID, order.Wallet, order.Currency = uuid.New(), btc, "btc"
		accepted(t, w.CreateSend(c.call(), order))
	}
	checked := SendOrder{
		ID: uuid.New(), Wallet: btc, Kind: "onchain", Currency: "btc", Address: outside, Amount: &Money{"btc", 1_000_000},
		Metadata: map[string]string{"a": "b"},
	}
	promoted := checked
	promoted.ID = uuid.New()
	accepted(t, w.CheckSend(c.call(), checked))
	accepted(t, w.CheckSend(c.call(), promoted))
	c.pass(2 * delay)
	accepted(t, w.CreateSend(c.call(), promoted))
	if _, err := w.SwitchFeature("", "treasury", true); err != nil {
		t.Fatal(err)
	}
	if _, err := w.SwitchFeature("", "bip21", false); err != nil {
		t.Fatal(err)
	}
	accepted(t, w.CreateReceive(c.call(), ReceiveOrder{
		ID: uuid.New(), Wallet: btc, Treasury: true, Kind: "bolt11", Amount: &Money{"btc", 1000},
	}))
	c.pass(time.Minute)
	deleted := *wallet
	deleted.ID, deleted.Balances = uuid.New(), nil
	if err := w.AddWallet(deleted.Wallet); err != nil {
		t.Fatal(err)
	}
	failing := c.call()
	failing.Failure = &Failure{Type: "DeletionFailed", Detail: "no"}
	accepted(t, w.DeleteWallet(failing, deleted.ID))
	for _, status := range billStatuses {
		if _, err := w.AddBill(Bill{LineOfCreditID: StagingLineID, Status: status, Amount: 1000}); err != nil {
			t.Fatal(err)
		}
	}
	for i, a := range w.Announce(c.now) {
		order := DeliveryOrder{uuid.New(), a.Payment.ID, a.Event.Name, []byte(`{"a": 1}`)}
		w.Deliver(a.Webhook, order, c.now)
		if seconds := int64(7); i == 0 {
			w.Attempted(order.ID, 0, Outcome{Status: 200})
		} else {
			w.Attempted(order.ID, 0, Outcome{Status: 429, RetryAfter: &seconds})
		}
	}
	return w
}

// TestStateIsSerialisable: what a world knows is written and read by encoding/json, with nothing lost.
func TestStateIsSerialisable(t *testing.T) {
	t.Parallel()
	before := lived(t).state
	content, err := json.Marshal(before)
	if err != nil {
		t.Fatal(err)
	}
	var after state
	if err := json.Unmarshal(content, &after); err != nil {
		t.Fatal(err)
	}
	fields := reflect.TypeOf(before)
	for i := range fields.NumField() {
		got, want := reflect.ValueOf(after).Field(i).Interface(), reflect.ValueOf(before).Field(i).Interface()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s was %+v and is read as %+v", fields.Field(i).Name, want, got)
		}
		if reflect.ValueOf(before).Field(i).IsZero() && fields.Field(i).Name != "Duplicates" {
			t.Errorf("the test's world has no %s", fields.Field(i).Name)
		}
	}
	for _, want := range []string{
		`"broadcast_fee_above_max"`, `"shortcircuit"`, `"onchain"`, `"lightning"`, `"DeletionFailed"`, `"Check":{"ID"`, `"CheckOnly":true`,
		`"CheckOnly":false`, `"SentAt":"2026-09-01T`, `"treasury"`, `"NoPayments":["bip21"]`,
	} {
		if !strings.Contains(string(content), want) {
			t.Errorf("the test's world lacks %s", want)
		}
	}
}

// TestImports: the world knows no HTTP, no server, and no clock but the one it is given.
func TestImports(t *testing.T) {
	t.Parallel()
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if strings.HasSuffix(entry.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), entry.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, imported := range file.Imports {
			path, _ := strconv.Unquote(imported.Path.Value)
			if strings.HasPrefix(path, "net/http") || strings.Contains(path, "terraform-provider-voltage/") {
				t.Errorf("%s imports %s", entry.Name(), path)
			}
		}
		ast.Inspect(file, func(node ast.Node) bool {
			selector, ok := node.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			clocks := []string{"Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker"}
			if name, ok := selector.X.(*ast.Ident); ok && name.Name == "time" && slices.Contains(clocks, selector.Sel.Name) {
				t.Errorf("%s uses time.%s", entry.Name(), selector.Sel.Name)
			}
			return true
		})
	}
}

// TestHistory: a read shows the state of its time, a stale one the state before, and a write is never seen before an earlier one.
func TestHistory(t *testing.T) {
	t.Parallel()
	at := func(seconds int) time.Time { return time.Unix(int64(seconds), 0) }
	var h History[string]
	h.change(at(10), "first")
	h.change(at(30), "second")
	h.change(at(20), "third") // accepted after the second, so that it cannot be seen before it
	for _, test := range []struct {
		now         int
		seen, stale string
	}{{9, "", ""}, {10, "first", ""}, {29, "first", ""}, {30, "third", "second"}} {
		text := func(s *string) string {
			if s == nil {
				return ""
			}
			return *s
		}
		if seen, stale := text(h.seen(at(test.now), false)), text(h.seen(at(test.now), true)); seen != test.seen || stale != test.stale {
			t.Errorf("at %d: %q, stale %q; want %q, %q", test.now, seen, stale, test.seen, test.stale)
		}
	}
}

// TestRead: one function decides what a read shows, and whether it got as far as its fault.
func TestRead(t *testing.T) {
	t.Parallel()
	start := time.Unix(100, 0)
	id, other := uuid.New(), uuid.New()
	var objects Objects[string]
	objects.put(id, start, "old")
	objects.put(id, start.Add(time.Second), "new")
	for name, test := range map[string]struct {
		call Call
		id   uuid.UUID
		want string
		used bool
	}{
		"too early":         {Call{Now: start.Add(-1)}, id, "", false},
		"first":             {Call{Now: start}, id, "old", false},
		"later":             {Call{Now: start.Add(time.Second)}, id, "new", false},
		"stale":             {Call{Now: start.Add(time.Second), Stale: true}, id, "old", true},
		"stale, first":      {Call{Now: start, Stale: true}, id, "", true},
		"hidden":            {Call{Now: start, Hidden: true}, id, "", true},
		"of nobody":         {Call{Now: start}, other, "", false},
		"of nobody, stale":  {Call{Now: start, Stale: true}, other, "", false},
		"of nobody, hidden": {Call{Now: start, Hidden: true}, other, "", true},
	} {
		got := ""
		if state := objects.read(&test.call, test.id, func(*string) bool { return true }); state != nil {
			got = *state
		}
		if got != test.want || test.call.FaultUsed != test.used {
			t.Errorf("%s: %q, used %t; want %q, %t", name, got, test.call.FaultUsed, test.want, test.used)
		}
	}
	if objects.read(&Call{Now: start}, id, func(*string) bool { return false }) != nil {
		t.Error("a read shows what its caller may not see")
	}
}

// TestDelivery: the waits between the attempts double, the sixth is the last, and what has ended stays as it is until it is retried, when
// the attempts begin again.
func TestDelivery(t *testing.T) {
	t.Parallel()
	w, c, _, _ := started(t)
	webhook := uuid.New()
	_, r := w.CreateWebhook(c.call(), WebhookOrder{webhook, "http://127.0.0.1:1/", "shop", nil})
	accepted(t, r)
	c.pass(delay)
	begin := func() uuid.UUID {
		id := uuid.New()
		accepted(t, w.TestWebhook(c.call(), webhook, DeliveryOrder{ID: id, Event: "created"}))
		if due := w.Due(c.now); slices.ContainsFunc(due, func(d Delivery) bool { return d.ID == id }) {
			t.Errorf("a delivery is due before it can be seen: %+v", due)
		}
		c.pass(delay)
		return id
	}
	failing := begin()
	for series := range 2 {
		for attempt := 1; attempt <= 6; attempt++ {
			wait, again := w.Attempted(failing, series, Outcome{Status: 500})
			if again != (attempt < 6) || again && wait != time.Second<<(attempt-1) {
				t.Errorf("series %d, after attempt %d: %v, %t", series, attempt, wait, again)
			}
		}
		if series == 0 {
			accepted(t, w.RetryDelivery(c.call(), webhook, failing))
			if len(w.Due(c.now)) != 0 {
				t.Error("a delivery is retried at once")
			}
			c.pass(delay)
		}
	}
	final, succeeding, abandoned := begin(), begin(), begin()
	w.Attempted(final, 0, Outcome{Problem: "not this machine", Final: true})
	w.Attempted(succeeding, 0, Outcome{Status: 204})
	accepted(t, w.AbandonDelivery(c.call(), webhook, abandoned))
	if _, again := w.Attempted(abandoned, 0, Outcome{Status: 200}); again {
		t.Error("an abandoned delivery continues")
	}
	if r := w.AbandonDelivery(c.call(), webhook, abandoned); r == nil || r.Type != "invalid_webhook" {
		t.Errorf("what has ended was abandoned: %+v", r)
	}
	accepted(t, w.RetryDelivery(c.call(), webhook, succeeding))
	c.pass(delay)
	if w.Attempted(succeeding, 0, Outcome{Status: 200}); len(w.Due(c.now)) != 1 {
		t.Error("an attempt of the series before ends the series that follows")
	}
	w.Attempted(succeeding, 1, Outcome{Status: 200})
	var states []string
	for _, d := range w.Deliveries() {
		states = append(states, d.State+" "+strconv.Itoa(d.Attempts))
	}
	if !slices.Equal(states, []string{"failed 12", "failed 1", "abandoned 0", "succeeded 2"}) || len(w.Attempting()) != 0 {
		t.Errorf("%v, %v", states, w.Attempting())
	}
	for count, want := range map[int]int{7: 7, 99: 99, 100: 100, 1234: 1200, 100_001: 100_000, 1_284_113: 1_200_000} {
		if got := estimate(count); got != want {
			t.Errorf("%d is estimated as %d, want %d", count, got, want)
		}
	}
}

// TestMoneyMovesInTime: nothing happens before its time, and the ledger adds up to the balance.
func TestMoneyMovesInTime(t *testing.T) {
	t.Parallel()
	w, c, btc, _ := started(t)
	receive, send := uuid.New(), uuid.New()
	accepted(t, w.CreateReceive(c.call(), ReceiveOrder{ID: receive, Wallet: btc, Kind: "bolt11", Amount: &Money{"btc", 300_000}}))
	if _, r := w.ReadPayment(c.call(), receive); r == nil || r.Kind != Missing || r.Type != "payment_not_found" {
		t.Errorf("a payment can be read before it was made: %+v", r)
	}
	c.pass(2 * delay)
	accepted(t, w.CreateSend(c.call(), SendOrder{
		ID: send, Wallet: btc, Kind: "bolt11", Currency: "btc", PaymentRequest: invoiceOf(t, w, c, receive),
	}))
	var statuses []string
	for range 4 {
		payment, r := w.ReadPayment(c.call(), send)
		wallet, refused := w.ReadWallet(c.call(), btc)
		if refused != nil {
			t.Fatal(refused)
		}
		status := "none"
		if r == nil {
			status = payment.Status
		}
		statuses = append(statuses, status+" "+strconv.FormatInt(wallet.Held("btc"), 10))
		c.pass(delay)
	}
	if !slices.Equal(statuses, []string{"none 0", "sending 300000", "approved 300000", "completed 0"}) {
		t.Errorf("%v", statuses)
	}
	var sum int64
	for _, entry := range w.Ledger(c.call(), btc, LedgerFilter{}) {
		switch entry.Kind {
		case "deposited", "credited":
			sum += entry.Money.Amount
		case "captured":
			sum -= entry.Money.Amount
		}
	}
	if wallet, refused := w.ReadWallet(c.call(), btc); refused != nil || sum != 50_000_000 || wallet.Balance("btc") != sum {
		t.Errorf("the ledger comes to %d, the balance is %d", sum, wallet.Balance("btc"))
	}
	if r := w.CheckNewPayment(send); r == nil || r.Kind != Taken {
		t.Errorf("an ID can be used twice: %+v", r)
	}
}
