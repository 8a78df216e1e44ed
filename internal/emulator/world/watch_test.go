package world

import (
	"testing"
	"time"

	"github.com/google/uuid"
)

// TestRevision: a change is counted when it can be seen, and only then, also where it was accepted before anybody looked.
func TestRevision(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	w, err := New(DefaultWorld(), Settings{Now: func() time.Time { return now }, Delay: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	wallet := Wallet{ID: uuid.New(), EnvironmentID: StagingEnvironmentID, Name: "orders", Network: "mutinynet"}
	if err := w.AddWallet(wallet); err != nil {
		t.Fatal(err)
	}
	if _, err := w.AddReceive(wallet.ID, 1000, nil); err != nil { // which expires in an hour
		t.Fatal(err)
	}
	first := w.Revision(now)
	if again := w.Revision(now); again != first {
		t.Errorf("nothing has happened, and %+v is %+v", first, again)
	}
	changed := func(what string, at time.Time, want Revision) {
		t.Helper()
		got := w.Revision(at)
		if (got.Wallets != first.Wallets) != (want.Wallets != 0) || (got.Payments != first.Payments) != (want.Payments != 0) ||
			(got.Webhooks != first.Webhooks) != (want.Webhooks != 0) || (got.Sessions != first.Sessions) != (want.Sessions != 0) {
			t.Errorf("%s: %+v became %+v", what, first, got)
		}
		first = got
	}
	if err := w.Deposit(wallet.ID, "btc", 5); err != nil {
		t.Fatal(err)
	}
	changed("a deposit", now, Revision{Wallets: 1})
	call := &Call{Organization: DefaultOrganizationID, Environment: StagingEnvironmentID, Now: now, Done: now.Add(time.Second)}
	hook := uuid.New()
	if _, r := w.CreateWebhook(call, WebhookOrder{ID: hook, URL: "http://127.0.0.1/", Name: "shop"}); r != nil {
		t.Fatal(r)
	}
	changed("a webhook that is accepted", now, Revision{})
	changed("a webhook that can be seen", now.Add(time.Second), Revision{Webhooks: 1})
	call.Now, call.Done = now.Add(time.Second), now.Add(time.Second)
	if r := w.TestWebhook(call, hook, DeliveryOrder{ID: uuid.New(), Event: "created"}); r != nil {
		t.Fatal(r)
	}
	changed("a delivery", now.Add(time.Second), Revision{Webhooks: 1})
	if _, _, r := w.CreateSession(call, SessionOrder{
		ID: uuid.New(), Wallet: wallet.ID, Kind: "bolt11", Currency: "btc", ExpiresAt: now.Add(30 * time.Minute),
	}); r != nil {
		t.Fatal(r)
	}
	changed("a session", now.Add(2*time.Second), Revision{Sessions: 1, Payments: 1})
	changed("the session's payment expires", now.Add(30*time.Minute), Revision{Payments: 1})
	changed("a payment that was there before expires", now.Add(2*time.Hour), Revision{Payments: 1})
	changed("nothing is left to happen", now.Add(100*time.Hour), Revision{})
}

// TestView: lists begin with the newest object, and each part continues where the one before ended.
func TestView(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	w, err := New(DefaultWorld(), Settings{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	wallet := Wallet{ID: uuid.New(), EnvironmentID: StagingEnvironmentID, Name: "orders", Network: "mutinynet",
		Balances: []Money{{"btc", 100}}}
	if err := w.AddWallet(wallet); err != nil {
		t.Fatal(err)
	}
	var made []uuid.UUID
	for range 5 {
		id, err := w.AddReceive(wallet.ID, 1000, nil)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, id)
	}
	v, all := w.View(now), func(*Payment) bool { return true }
	first, older := v.Payments(Part{Limit: 2}, all)
	if len(first) != 2 || first[0].ID != made[4] || first[1].ID != made[3] || !older {
		t.Fatalf("the first part is %v, %t", first, older)
	}
	rest, older := v.Payments(Part{Limit: 3, Before: made[3]}, all)
	if len(rest) != 3 || rest[0].ID != made[2] || rest[2].ID != made[0] || older {
		t.Errorf("the rest is %v, %t", rest, older)
	}
	if none, older := v.Payments(Part{Limit: 3, Before: uuid.New()}, all); len(none) != 0 || older {
		t.Errorf("before an unknown one is %v", none)
	}
	if matching, older := v.Payments(Part{Limit: 3}, func(p *Payment) bool { return p.ID == made[1] }); len(matching) != 1 || older {
		t.Errorf("matching is %v, %t", matching, older)
	}
	if states := v.Payment(made[0]); len(states) != 2 || states[0].Status != "generating" || states[1].Status != "receiving" {
		t.Errorf("the states are %v", states)
	}
	for _, step := range []int64{50, -30, 7} {
		if err := w.Deposit(wallet.ID, "btc", step); err != nil {
			t.Fatal(err)
		}
	}
	lines, older := v.Ledger(wallet.ID, 0, 3)
	if len(lines) != 3 || !older || lines[0].Balance != 127 || lines[1].Balance != 120 || lines[2].Balance != 150 ||
		lines[1].Kind != "withdrawn" {
		t.Errorf("the ledger is %+v, %t", lines, older)
	}
	if lines, older = v.Ledger(wallet.ID, 3, 3); len(lines) != 1 || older || lines[0].Balance != 100 {
		t.Errorf("the ledger begins with %+v, %t", lines, older)
	}
	if lines, _ = v.Ledger(wallet.ID, 30, 3); len(lines) != 0 {
		t.Errorf("after the end is %+v", lines)
	}
}
