package voltage

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

// board is an API of things with one list, which takes a second unless takes says something else.
type board struct {
	mu     sync.Mutex
	things map[uuid.UUID]string
	odd    []uuid.UUID
	lists  int
	fails  bool
	takes  time.Duration
	size   int64 // of the list
	loaded int64 // bytes, of all lists
}

type thing struct {
	id   uuid.UUID
	text string
}

func (b *board) list(ctx context.Context, _ scope, limit int64) (listed[thing], error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lists++
	result := listed[thing]{size: b.size, odd: b.odd}
	for id, text := range b.things {
		result.items = append(result.items, thing{id, text})
	}
	takes := cmp.Or(b.takes, time.Second)
	b.mu.Unlock()
	err := sleep(ctx, takes)
	b.mu.Lock()
	b.loaded += min(limit, b.size)
	switch {
	case err != nil:
		return listed[thing]{}, err
	case b.fails:
		return listed[thing]{}, errors.New("no list")
	case b.size > limit:
		return listed[thing]{}, &Error{Status: 200, cause: &oversizedError{status: 200, limit: limit}}
	}
	return result, nil
}

func (b *board) do(change func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change()
}

func (b *board) count() (lists int) {
	b.do(func() { lists = b.lists })
	return lists
}

func (b *board) bytes() (loaded int64) {
	b.do(func() { loaded = b.loaded })
	return loaded
}

func (b *board) set(id uuid.UUID, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.things[id] = text
}

func newBoard(count int) (*board, []uuid.UUID) {
	b := &board{things: map[uuid.UUID]string{}}
	var ids []uuid.UUID
	for range count {
		id := uuid.New()
		ids = append(ids, id)
		b.things[id] = "old"
	}
	return b, ids
}

var place = scope{organization, environment}

func (b *board) share(after int) *shared[thing] {
	return newShared(after, 10*time.Second, b.list, func(t *thing) uuid.UUID { return t.id })
}

// TestSharedRefresh: the first few objects are read one by one, one list serves all the others, ten at a time as Terraform reads
// them, and the next one is requested when that is too old.
func TestSharedRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, ids := newBoard(1000)
		s := b.share(DefaultShareAfter)
		refresh := func() (single int) {
			var wg sync.WaitGroup
			var mu sync.Mutex
			work := make(chan uuid.UUID)
			for range 10 {
				wg.Go(func() {
					for id := range work {
						got := s.recent(t.Context(), place, id)
						mu.Lock()
						if got == nil {
							single++
						} else if got.id != id || got.text != "old" {
							t.Errorf("read %v for %s", got, id)
						}
						mu.Unlock()
					}
				})
			}
			for _, id := range ids {
				work <- id
			}
			close(work)
			wg.Wait()
			return single
		}
		if single := refresh(); single != 3 || b.lists != 1 {
			t.Errorf("%d single reads and %d lists", single, b.lists)
		}
		if single := refresh(); single != 0 || b.lists != 1 {
			t.Errorf("again, at once: %d single reads and %d lists", single, b.lists)
		}
		time.Sleep(5 * time.Second)
		refresh()
		time.Sleep(6 * time.Second) // the list is too old, and the refresh of which it was goes on
		if single := refresh(); single != 0 || b.lists != 2 {
			t.Errorf("again, further on: %d single reads and %d lists", single, b.lists)
		}
		b.lists = 1
		time.Sleep(11 * time.Second)
		if single := refresh(); single != 3 || b.lists != 2 {
			t.Errorf("again, later: %d single reads and %d lists", single, b.lists)
		}
	})
}

// TestSharedFew: few objects are read one by one, however often, and an environment that is not known always is.
func TestSharedFew(t *testing.T) {
	t.Parallel()
	b, ids := newBoard(3)
	s := b.share(DefaultShareAfter)
	for i := range 30 {
		if got := s.recent(t.Context(), place, ids[i%3]); got != nil {
			t.Errorf("read %v of a list", got)
		}
	}
	always := b.share(-1)
	if got := always.recent(t.Context(), scope{organization, uuid.Nil}, ids[0]); got != nil || b.lists != 0 {
		t.Errorf("read %v of %d lists", got, b.lists)
	}
}

// TestSharedAfterWrites: no read is served by a list that was requested before a write ended, also not by one that was under way.
func TestSharedAfterWrites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, ids := newBoard(5)
		s := b.share(-1)
		read := func() string {
			got := s.recent(t.Context(), place, ids[0])
			if got == nil {
				return ""
			}
			return got.text
		}
		if got := read(); got != "old" || b.lists != 1 {
			t.Errorf("read %q with %d lists", got, b.lists)
		}
		started := make(chan struct{})
		time.Sleep(20 * time.Second)
		go func() { // a list is under way, and has been made, when the write ends
			close(started)
			s.recent(t.Context(), place, ids[1])
		}()
		<-started
		time.Sleep(time.Second / 2)
		b.set(ids[0], "new")
		s.drop()
		if got := read(); got != "new" || b.lists != 3 {
			t.Errorf("after the write: read %q with %d lists", got, b.lists)
		}
	})
}

// TestSharedMissing: what a list lacks, and what no list can be had of, is to be read by itself; a list that failed is not tried again
// for a while.
func TestSharedMissing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, ids := newBoard(5)
		s := b.share(-1)
		s.life = time.Nanosecond
		b.fails = true
		if got := s.recent(t.Context(), place, ids[0]); got != nil || b.lists != 1 {
			t.Errorf("read %v of %d lists", got, b.lists)
		}
		b.fails, b.lists, s.life = false, 0, 10*time.Second
		time.Sleep(time.Minute)
		if got := s.recent(t.Context(), place, uuid.New()); got != nil {
			t.Errorf("read %v", got)
		}
		s.drop()
		time.Sleep(time.Millisecond)
		b.fails = true
		for range 5 {
			if got := s.recent(t.Context(), place, ids[0]); got != nil {
				t.Errorf("read %v of a list that failed", got)
			}
		}
		if b.lists != 2 {
			t.Errorf("%d lists", b.lists)
		}
		b.fails = false
		time.Sleep(11 * time.Second)
		if got := s.recent(t.Context(), place, ids[0]); got == nil || b.lists != 3 {
			t.Errorf("read %v with %d lists", got, b.lists)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if got := s.recent(gone, place, ids[0]); got != nil {
			t.Errorf("an interrupted read got %v", got)
		}
		time.Sleep(2 * time.Second)
	})
}

// TestSharedWaits: waits share lists that are newer than each of their reads, as long as there are many of them for the length of
// the list.
func TestSharedWaits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		waits, objects int
		lists          bool
	}{{2, 10, false}, {3, 10, false}, {4, 10, true}, {10, 900, true}, {10, 1100, false}} {
		t.Run(fmt.Sprintf("%d of %d", test.waits, test.objects), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b, ids := newBoard(test.objects)
				s := b.share(DefaultShareAfter)
				var reads []func(context.Context) (*thing, bool)
				for i := range test.waits {
					read, end := s.wait(place, ids[i])
					defer end()
					reads = append(reads, read)
				}
				reads[0](t.Context()) // how long the list is has to be seen once
				before := b.lists
				b.set(ids[1], "new")
				var wg sync.WaitGroup
				for i, read := range reads {
					wg.Go(func() {
						got, ok := read(t.Context())
						if (got != nil) != test.lists || ok != test.lists {
							t.Errorf("read %v, %t", got, ok)
						}
						if got != nil && (got.text == "new") != (i == 1) {
							t.Errorf("wait %d read %q", i, got.text)
						}
					})
				}
				wg.Wait()
				// One for the read that began it, and one for those that came while it was under way.
				if lists := b.lists - before; (lists > 0) != test.lists || lists > 2 {
					t.Errorf("%d lists for %d waits", lists, test.waits)
				}
			})
		})
	}
}

// TestShareAfterFirst: an object that no list has yet is read by itself now and then, and one that lists had, or that is to be gone, at once.
func TestShareAfterFirst(t *testing.T) {
	t.Parallel()
	one := &thing{text: "listed"}
	for name, test := range map[string]struct {
		lists []*thing // nil: the list lacks it
		gone  bool
		want  string // of each read: s for single, l for listed, - for not there
	}{
		"being made":          {[]*thing{nil, nil, nil, nil, nil, nil, nil, nil}, false, "s---s---s"},
		"made meanwhile":      {[]*thing{nil, nil, one, one}, false, "s--ll"},
		"deleted":             {[]*thing{one, one, nil, nil}, false, "sllss"},
		"to be gone":          {[]*thing{one, nil, nil}, true, "slss"},
		"always listed":       {[]*thing{one, one, one, one, one, one}, false, "slllsllls"},
		"to be gone, pending": {[]*thing{nil, nil}, true, "sss"},
	} {
		next := 0
		read := shareAfterFirst(func(context.Context) (*thing, bool) {
			next++
			return test.lists[next-1], true
		}, func(context.Context) (*thing, error) { return &thing{text: "single"}, nil }, test.gone, func(*thing) bool { return false })
		got := ""
		for range test.want {
			object, err := read(t.Context())
			switch {
			case err != nil:
				t.Fatal(err)
			case object == nil:
				got += "-"
			default:
				got += object.text[:1]
			}
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// refreshOf reads objects as a refresh does, ten at a time, each by itself within a moment where no list has it.
func refreshOf(t *testing.T, s *shared[thing], ids []uuid.UUID) (single int, took time.Duration) {
	t.Helper()
	start := time.Now()
	work := make(chan uuid.UUID)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 10 {
		wg.Go(func() {
			for id := range work {
				if s.recent(t.Context(), place, id) == nil {
					mu.Lock()
					single++
					mu.Unlock()
					time.Sleep(10 * time.Millisecond)
				}
			}
		})
	}
	for _, id := range ids {
		work <- id
	}
	close(work)
	wg.Wait()
	return single, time.Since(start)
}

// TestSharedSlow: a list that is slow or fails late costs a refresh a moment, once, however many objects it reads.
func TestSharedSlow(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*board){
		"slow":                    func(b *board) { b.takes = 33 * time.Second },
		"slow, then failed":       func(b *board) { b.takes, b.fails = 8*time.Second, true },
		"failed just in time":     func(b *board) { b.takes, b.fails = 2900*time.Millisecond, true },
		"later than it is of use": func(b *board) { b.takes = time.Hour },
	} {
		synctest.Test(t, func(t *testing.T) {
			b, ids := newBoard(200)
			change(b)
			s := b.share(DefaultShareAfter)
			single, took := refreshOf(t, s, ids)
			if single != 200 || b.count() != 1 || took > 4*time.Second {
				t.Errorf("%s: %d single reads and %d lists in %s", name, single, b.count(), took)
			}
			// The refresh goes on for longer than a list lives.
			for range 10 {
				time.Sleep(5 * time.Second)
				if single, took := refreshOf(t, s, ids[:20]); single != 20 || b.count() != 1 || took > time.Second {
					t.Errorf("%s, further on: %d single reads and %d lists in %s", name, single, b.count(), took)
				}
			}
			b.do(func() { b.takes, b.fails = time.Second, false })
			time.Sleep(11 * time.Second)
			if single, _ := refreshOf(t, s, ids); single != 3 || b.count() != 2 {
				t.Errorf("%s, the next refresh: %d single reads and %d lists", name, single, b.count())
			}
			time.Sleep(time.Hour)
		})
	}
}

// TestSharedSlowList that comes at last serves what is left to read.
func TestSharedSlowList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, ids := newBoard(1000)
		b.takes = 5 * time.Second
		s := b.share(-1)
		if single, _ := refreshOf(t, s, ids[:10]); single != 10 {
			t.Errorf("%d single reads", single)
		}
		time.Sleep(3 * time.Second)
		if single, _ := refreshOf(t, s, ids[10:]); single != 0 || b.count() != 1 {
			t.Errorf("after it has come: %d single reads and %d lists", single, b.count())
		}
	})
}

// TestSharedLarge: a list that is too large for the reads that it would serve is given up early, and asked for when there are enough.
func TestSharedLarge(t *testing.T) {
	t.Parallel()
	const total = 91 << 20 // 100,000 wallets
	for count, test := range map[int]struct {
		loaded int64 // at most
		shared bool
	}{5: {smallList, false}, 50: {smallList, false}, 1000: {44 << 20, false}, 2000: {44<<20 + total, true}} {
		synctest.Test(t, func(t *testing.T) {
			b, ids := newBoard(2000)
			b.size = total
			s := b.share(DefaultShareAfter)
			single, _ := refreshOf(t, s, ids[:count])
			if b.bytes() > test.loaded || (single < count) != test.shared {
				t.Errorf("%d objects: %d MiB for %d lists, %d single reads", count, b.bytes()>>20, b.count(), single)
			}
			loaded := b.bytes()
			time.Sleep(time.Minute)
			if refreshOf(t, s, ids[:5]); b.bytes() != loaded {
				t.Errorf("%d objects, then 5: %d MiB more", count, (b.bytes()-loaded)>>20)
			}
			read, end := s.wait(place, ids[0])
			defer end()
			if got, ok := read(t.Context()); got != nil || ok {
				t.Errorf("a wait got %v of a list", got)
			}
		})
	}
}

// TestSharedOdd: an object that could not be read in the list is read by itself, and takes no other with it.
func TestSharedOdd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b, ids := newBoard(5)
		odd := uuid.New()
		b.odd = []uuid.UUID{odd}
		s := b.share(-1)
		if got := s.recent(t.Context(), place, odd); got != nil {
			t.Errorf("read %v", got)
		}
		if got := s.recent(t.Context(), place, ids[0]); got == nil || b.count() != 1 {
			t.Errorf("read %v of %d lists", got, b.count())
		}
		read, end := s.wait(place, odd)
		defer end()
		time.Sleep(time.Second)
		if got, ok := read(t.Context()); got != nil || ok {
			t.Errorf("a wait read %v, %t", got, ok)
		}
	})
}

// TestSharedStale: lists that lag behind, however long, neither end a wait nor keep it from its end.
func TestSharedStale(t *testing.T) {
	t.Parallel()
	failure := errors.New("failed")
	done := func(w *thing) (bool, error) {
		switch {
		case w == nil:
			return false, nil
		case w.text == "failed":
			return false, failure
		}
		return w.text == "made", nil
	}
	gone := func(w *thing) (bool, error) { return w == nil, nil }
	for name, test := range map[string]struct {
		list string // what the list shows for ever; empty: it lacks the object
		api  string // what a read shows 10 s after the beginning, and what else there is before
		pend string
		done func(*thing) (bool, error)
		want error
	}{
		"made, never listed":           {"", "made", "new", done, nil},
		"made, listed as new":          {"new", "made", "new", done, nil},
		"listed as failed before":      {"failed", "made", "new", done, nil},
		"listed as made too early":     {"made", "made", "new", done, nil},
		"failed, listed as made":       {"made", "failed", "new", done, failure},
		"gone, still listed":           {"old", "", "old", gone, nil},
		"listed as gone, still there":  {"", "", "old", gone, nil},
		"gone by the list at once too": {"", "", "", gone, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b, _ := newBoard(3)
				b.takes = time.Millisecond
				id, start := uuid.New(), time.Now()
				if test.list != "" {
					b.things[id] = test.list
				}
				listed, end := b.share(-1).wait(place, id)
				defer end()
				want := 10 * time.Second
				if test.pend == test.api {
					want = 0
				}
				read := func(context.Context) (*thing, error) {
					text := test.pend
					if time.Since(start) >= want {
						text = test.api
					}
					if text == "" {
						return nil, nil
					}
					return &thing{id, text}, nil
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				wait := Wait[*thing]{For: "it", Read: read, Done: test.done, Describe: func(*thing) string { return "" }}
				_, err := Poll(ctx, clock(), sharedReads(wait, listed))
				if took := time.Since(start); !errors.Is(err, test.want) || took < want || took > want+15*time.Second {
					t.Errorf("%v after %s", err, took)
				}
			})
		})
	}
}

// TestGetListedWallet: of many wallets the first are read one by one; a list serves the rest, and a wallet that it lacks is read
// before it counts as gone.
func TestGetListedWallet(t *testing.T) {
	t.Parallel()
	var wallets []string
	var ids []uuid.UUID
	for range 6 {
		id := uuid.New()
		ids = append(ids, id)
		wallets = append(wallets, walletJSON(map[string]any{"id": id}))
	}
	missing := uuid.New()
	client, s := serve(t,
		answer(200, "application/json", wallets[0]), answer(200, "application/json", wallets[1]), answer(200, "application/json", wallets[2]),
		answer(200, "application/json", "["+strings.Join(wallets, ",")+"]"), refusal(404, "instance_not_found"),
	)
	for _, id := range ids {
		if got, err := client.GetListedWallet(t.Context(), inEnvironment(id)); err != nil || got.ID != id {
			t.Errorf("%v, %v", got, err)
		}
	}
	if len(s.seen()) != 4 || !strings.HasSuffix(s.seen()[3], "/wallets?environment_id="+environment.String()) {
		t.Errorf("sent %v", s.seen())
	}
	if _, err := client.GetListedWallet(t.Context(), inEnvironment(missing)); !IsNotFound(err) {
		t.Errorf("missing: %v", err)
	}
	if !slices.ContainsFunc(s.seen()[4:], func(r string) bool { return strings.HasSuffix(r, missing.String()) }) {
		t.Errorf("sent %v", s.seen())
	}
}

// byPath answers lists and reads of one object with functions of their own.
func byPath(list, single http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/wallets") || strings.HasSuffix(r.URL.Path, "/webhooks") {
			list(w, r)
			return
		}
		single(w, r)
	}
}

// TestGetListedWallet_hugeEnvironment: few wallets of a very large environment do not load its list.
func TestGetListedWallet_hugeEnvironment(t *testing.T) {
	t.Parallel()
	var written, lists atomic.Int64
	piece := []byte(strings.Repeat(walletJSON(nil)+",", 1000))
	client, s := serve(t, byPath(func(w http.ResponseWriter, _ *http.Request) {
		lists.Add(1)
		_, _ = io.WriteString(w, "[")
		for range 200 {
			n, err := w.Write(piece)
			if written.Add(int64(n)); err != nil {
				return
			}
		}
	}, func(w http.ResponseWriter, r *http.Request) {
		wallet(map[string]any{"id": r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]})(w, r)
	}))
	for range 20 {
		id := uuid.New()
		if got, err := client.GetListedWallet(t.Context(), inEnvironment(id)); err != nil || got.ID != id {
			t.Fatalf("%v, %v", got, err)
		}
	}
	// What the sockets hold by the time that the client hangs up is written, too.
	if lists.Load() != 1 || len(s.seen()) != 21 || written.Load() > 32<<20 {
		t.Errorf("%d lists of %d requests, of which %d MiB were written", lists.Load(), len(s.seen()), written.Load()>>20)
	}
}

// TestWaitsAreConfirmed: a wait ends on a read of the object itself, whatever a list shows.
func TestWaitsAreConfirmed(t *testing.T) {
	t.Parallel()
	inactive := walletJSON(map[string]any{"active": false, "environment_id": environment})
	active := walletJSON(map[string]any{"environment_id": environment})
	count := 0
	s := &script{answers: []http.HandlerFunc{byPath(jsonAnswer("["+active+"]"), func(w http.ResponseWriter, r *http.Request) {
		if count++; count < 5 {
			jsonAnswer(inactive)(w, r)
			return
		}
		jsonAnswer(active)(w, r)
	})}}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	client := newTestClient(t, Config{BaseURL: server.URL + "/v1", ShareAfter: -1})
	got, err := client.WaitForWallet(t.Context(), inEnvironment(walletID), Wait[*Wallet]{
		For: "it", Done: func(w *Wallet) (bool, error) { return w != nil && w.Active, nil }, Describe: func(*Wallet) string { return "" },
	})
	seen := s.seen()
	if err != nil || !got.Active || len(seen) < 9 || !strings.HasSuffix(seen[len(seen)-1], walletID.String()) || !strings.Contains(seen[1], "/wallets?") {
		t.Errorf("%v, %v after %v", got, err, seen)
	}

	hook, deleted, count := hookJSON(""), strings.Replace(hookJSON(""), `"active"`, `"deleted"`, 1), 0
	s = &script{answers: []http.HandlerFunc{byPath(jsonAnswer("["+deleted+"]"), func(w http.ResponseWriter, r *http.Request) {
		if count++; count < 5 {
			jsonAnswer(hook)(w, r)
			return
		}
		refusal(404, "webhook_not_found")(w, r)
	})}}
	again := httptest.NewServer(s)
	t.Cleanup(again.Close)
	client = newTestClient(t, Config{BaseURL: again.URL + "/v1", ShareAfter: -1})
	if _, err := client.WaitForWebhook(t.Context(), hookRef, Wait[*Webhook]{
		For: "it", Done: func(w *Webhook) (bool, error) { return w == nil || w.Deleted(), nil }, Describe: func(*Webhook) string { return "" }, gone: true,
	}); err != nil || count != 5 {
		t.Errorf("%v after %v", err, s.seen())
	}
}
