package world

import (
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

// written is a world as it is saved.
func written(t *testing.T, snapshot Snapshot) string {
	t.Helper()
	content, err := json.Marshal(snapshot)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestRestore: a world that was restored knows what the world before it knew, and lives on in the same way.
func TestRestore(t *testing.T) {
	t.Parallel()
	before := lived(t)
	content := written(t, before.Snapshot())
	now := before.settings.Now()
	after, err := Restore([]byte(content), Settings{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if again := written(t, after.Snapshot()); again != content {
		t.Errorf("%s is restored as %s", content, again)
	}
	if got, want := after.Organizations(), before.Organizations(); !reflect.DeepEqual(got, want) {
		t.Errorf("the organizations were %+v and are %+v", want, got)
	}
	due := now.Add(time.Hour)
	if got, want := after.Due(due), before.Due(due); !reflect.DeepEqual(got, want) || len(got) == 0 {
		t.Errorf("the deliveries %+v were due, and are %+v", want, got)
	}
	// A world in which nothing has happened can be written to, too.
	quiet, err := New(DefaultWorld(), before.settings)
	if err != nil {
		t.Fatal(err)
	}
	if after, err = Restore([]byte(written(t, quiet.Snapshot())), before.settings); err != nil {
		t.Fatal(err)
	}
	if err := after.AddWallet(Wallet{
		ID: uuid.New(), EnvironmentID: StagingEnvironmentID, Name: "orders", Network: "mutinynet", Balances: []Money{{"btc", 1}},
	}); err != nil {
		t.Error(err)
	}
	if _, err := Restore([]byte(content+"{}"), before.settings); err == nil || !strings.Contains(err.Error(), "followed by more content") {
		t.Errorf("a world with something behind it: %v", err)
	}
}

// TestSnapshot: a snapshot shares nothing with the world that changes in place, so that it stays as it was, and can be written while the
// world changes.
func TestSnapshot(t *testing.T) {
	t.Parallel()
	w := lived(t)
	c := &clock{now: w.settings.Now()}
	wallet, expiring := uuid.NewSHA1(uuid.Nil, []byte("btc")), uuid.New()
	accepted(t, w.CreateReceive(c.call(), ReceiveOrder{ID: expiring, Wallet: wallet, Kind: "bolt11", Amount: &Money{"btc", 1000}}))
	snapshot := w.Snapshot()
	var compare func(name string, a, b reflect.Value)
	compare = func(name string, a, b reflect.Value) {
		switch a.Kind() { //nolint:exhaustive // every other kind is copied
		case reflect.Map, reflect.Pointer:
			if a.Pointer() == b.Pointer() && (a.Kind() == reflect.Map || !a.IsNil()) {
				t.Errorf("the snapshot shares %s with the world", name)
			}
		case reflect.Slice:
			if a.Len() == 0 || a.Pointer() == b.Pointer() {
				t.Errorf("the snapshot shares %s with the world, or the world of the test has none", name)
			}
			for i := range a.Len() {
				if a.Index(i).Kind() == reflect.Pointer {
					compare(name, a.Index(i), b.Index(i))
				}
			}
		case reflect.Struct:
			for i := range a.NumField() {
				compare(name+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i))
			}
		}
	}
	compare("state", reflect.ValueOf(w.state), reflect.ValueOf(snapshot.state))
	for i, org := range w.state.Organizations {
		for j, line := range org.Lines {
			if line == snapshot.state.Organizations[i].Lines[j] {
				t.Errorf("the snapshot shares line %d of organization %d with the world", j, i)
			}
		}
	}

	before := written(t, snapshot)
	var writing sync.WaitGroup
	writing.Go(func() {
		for range 3 {
			if again := written(t, snapshot); again != before {
				t.Error("the snapshot has changed with its world")
			}
		}
	})
	w.cancelExpiry(expiring)
	w.fail(expiring, c.now.Add(time.Hour), &Failure{Type: "receive_failed"})
	limit := int64(10_000_000)
	for range 50 {
		receive := uuid.New()
		accepted(t, w.CreateReceive(c.call(), ReceiveOrder{ID: receive, Wallet: wallet, Kind: "bolt11", Amount: &Money{"btc", 1000}}))
		accepted(t, w.ChangeSandboxLine(c.call(), StagingLineID, LineChange{Limit: &limit}))
		if err := w.Deposit(wallet, "btc", 1); err != nil {
			t.Fatal(err)
		}
		w.SetCheckout(StagingEnvironmentID, Checkout{})
		w.SetCheckout(StagingEnvironmentID, Checkout{OriginPolicy: "allow_all"})
		for _, due := range w.Due(c.now) {
			w.Attempted(due.ID, due.Series, Outcome{Status: 200})
		}
	}
	writing.Wait()
	if written(t, w.Snapshot()) == before {
		t.Error("the world of the test has not changed")
	}
}
