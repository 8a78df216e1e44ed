package emulator_test

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// disk is where the emulators of a test save their world.
type disk struct {
	mu    sync.Mutex
	world []byte
	saves int
	err   error // that the next save fails with
}

func (d *disk) save(world []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.saves++
	if err := d.err; err != nil {
		d.err = nil
		return err
	}
	d.world = world
	return nil
}

// on starts an emulator that saves to the disk, and continues what is on it.
func (d *disk) on(t *testing.T, change ...func(*emulator.Config)) *api {
	t.Helper()
	d.mu.Lock()
	saved := d.world
	d.mu.Unlock()
	return start(t, append(change, func(c *emulator.Config) { c.Saved, c.Save = saved, d.save })...)
}

// count is how often a text is on the disk.
func (d *disk) count(text string) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return bytes.Count(d.world, []byte(text))
}

func (d *disk) has(text string) bool { return d.count(text) > 0 }

// TestSave: a world is saved at the start, soon after each change and at the stop, and continues in another emulator.
func TestSave(t *testing.T) {
	t.Parallel()
	d := &disk{}
	a := d.on(t)
	if !d.has("Emulated Organization") {
		t.Error("the world is not saved at the start")
	}
	wallet := a.btcWallet(0)
	until(t, "a save of the wallet", func() bool { return d.has(wallet) })
	if err := a.emu.Deposit(uuid.MustParse(wallet), "btc", 7000); err != nil {
		t.Fatal(err)
	}
	hook, secret := a.hook(object{"url": "http://127.0.0.1:1", "events": []object{}})
	payment := a.pay(newReceive(wallet, nil))
	shown := func(a *api) string {
		var all []string
		for _, path := range []string{wallets, wallets + "/" + wallet + "/ledger", payments, payment, hook} {
			all = append(all, string(a.expect(200, "", "GET", path, nil).raw))
		}
		return strings.Join(all, "\n")
	}
	if err := a.emu.AdvanceClock(10 * time.Minute); err != nil {
		t.Fatal(err)
	}
	before, invoice := shown(a), a.invoice(payment)
	a.stop()

	b := d.on(t)
	b.pass(a.now.Sub(b.now))
	if after := shown(b); before != after {
		t.Errorf("before the stop:\n%s\nafter it:\n%s", before, after)
	}
	if _, ahead := b.emu.Clock(); ahead != 10*time.Minute {
		t.Errorf("the clock is %v ahead, want 10m", ahead)
	}
	if got := b.emu.Webhooks()[0].Secret; got != secret {
		t.Errorf("the secret of the webhook was %s and is %s", secret, got)
	}
	if err := b.emu.Pay(invoice, 0); err != nil {
		t.Errorf("an invoice of before: %v", err)
	}
	if got := b.emu.Wallets()[0].Balances[0].Amount; got != 28_000 {
		t.Errorf("the balance is %d msats, want 28000", got)
	}
}

// TestSave_coalesces: what happens at once is saved once, reads save nothing, and a save that fails is made again.
func TestSave_coalesces(t *testing.T) {
	t.Parallel()
	d := &disk{}
	a := d.on(t)
	for range 50 {
		a.make(map[string]any{"name": "one of many"})
		a.expect(200, "", "GET", wallets, nil)
	}
	until(t, "a save of all wallets", func() bool { return d.count("one of many") == 50 })
	d.mu.Lock()
	if saves := d.saves; saves > 25 {
		t.Errorf("%d saves of 50 wallets", saves)
	}
	d.err = errors.New("the disk is full")
	saves := d.saves
	d.mu.Unlock()
	a.make(map[string]any{"name": "the last"})
	until(t, "a save that succeeds after one that has failed", func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return d.saves == saves+2
	})
	if !d.has("the last") {
		t.Error("the world was saved without the last wallet")
	}
	a.stop()
	for range 3 {
		d.mu.Lock()
		saves = d.saves
		d.mu.Unlock()
		b := d.on(t)
		b.expect(200, "", "GET", wallets, nil)
		b.stop()
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.saves != saves+1 {
		t.Errorf("an emulator that was only read from has saved %d times, want once, at its start", d.saves-saves)
	}
}

// TestSave_deliveries: a delivery that was not taken before the stop is attempted again when its time has come, with the same ID and
// secret, and the events of a payment stay in order. An attempt that the stop cuts off does not count.
func TestSave_deliveries(t *testing.T) {
	t.Parallel()
	d := &disk{}
	slow := func(c *emulator.Config) { c.RetryDelivery, c.Now = 300*time.Millisecond, nil }
	r := newReceiver(t, 500, 503, 200)
	a := d.on(t, slow)
	a.hook(object{"url": r.URL, "events": []object{{"receive": "completed"}, {"receive": "generated"}}})
	if err := a.emu.Pay(a.invoice(a.pay(newReceive(a.btcWallet(0), nil))), 0); err != nil {
		t.Fatal(err)
	}
	until(t, "two deliveries, one of them attempted", func() bool {
		attempting := a.emu.Attempting()
		return len(attempting) == 2 && attempting[0].Attempts == 1
	})
	first := a.emu.Attempting()[0]
	a.stop()
	stopped := time.Now()

	b := d.on(t, slow)
	until(t, "both deliveries", func() bool { return len(b.emu.Deliveries()) == 2 })
	if got := strings.Join(r.got(), ", "); got != "generated 500, generated 503, generated 200, completed 200" {
		t.Errorf("the receiver got %s", got)
	}
	if got := b.emu.Deliveries()[0]; got.ID != first.ID || got.Secret != first.Secret || got.Attempts != 3 {
		t.Errorf("%+v continued as %+v", first, got)
	}
	if waited := time.Since(stopped); waited < 500*time.Millisecond { // of 300 and 600 ms, less what passed before the stop
		t.Errorf("the attempts came within %v, and not when they were due", waited)
	}
	b.stop()

	silence := newSilence(t)
	c := d.on(t, slow)
	path, _ := c.hook(object{"url": silence.URL, "events": []object{}})
	c.test(path)
	until(t, "the delivery", func() bool { return len(c.emu.Attempting()) == 1 })
	time.Sleep(50 * time.Millisecond) // until it is under way, if it is
	c.stop()
	if got := c.emu.Attempting(); len(got) != 1 || got[0].Attempts != 0 {
		t.Errorf("after a stop in the middle of the first attempt: %+v", got)
	}
}

// TestSave_fails: an emulator whose world cannot be saved at the start does not listen.
func TestSave_fails(t *testing.T) {
	t.Parallel()
	full := errors.New("the disk is full")
	emu, err := emulator.New(emulator.Config{Save: func([]byte) error { return full }})
	if err != nil {
		t.Fatal(err)
	}
	if url, _, err := emu.Start(); !errors.Is(err, full) || url != "" {
		t.Errorf("%s, %v", url, err)
	}
}

// TestSaved_refused: what is no world is refused with a reason.
func TestSaved_refused(t *testing.T) {
	t.Parallel()
	d := &disk{}
	a := d.on(t)
	a.stop()
	for saved, want := range map[string]string{
		"":                         "EOF",
		"[]":                       "cannot unmarshal",
		"{}":                       "it has no world",
		`{"world":{}}`:             "it lacks organizations",
		`{"worlds":{}}`:            `unknown field "worlds"`,
		`{"world":{"Planets":[]}}`: `unknown field "Planets"`,
		`{"world":[]}`:             "cannot unmarshal",
		string(d.world[:100]):      "unexpected EOF",
	} {
		if _, err := emulator.New(emulator.Config{Saved: []byte(saved)}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", saved, err, want)
		}
	}
}
