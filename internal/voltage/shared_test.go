package voltage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"
)

// board is an API of things with one list, which takes a second.
type board struct {
	mu     sync.Mutex
	things map[uuid.UUID]string
	lists  int
	fails  bool
}

type thing struct {
	id   uuid.UUID
	text string
}

func (b *board) list(context.Context, scope) ([]thing, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lists++
	var things []thing
	for id, text := range b.things {
		things = append(things, thing{id, text})
	}
	b.mu.Unlock()
	time.Sleep(time.Second)
	b.mu.Lock()
	if b.fails {
		return nil, errors.New("no list")
	}
	return things, nil
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
		"to be gone, pending": {[]*thing{nil, nil}, true, "sss"},
	} {
		next := 0
		read := shareAfterFirst(func(context.Context) (*thing, bool) {
			next++
			return test.lists[next-1], true
		}, func(context.Context) (*thing, error) { return &thing{text: "single"}, nil }, test.gone)
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
		if got, err := client.GetListedWallet(t.Context(), organization, environment, id); err != nil || got.ID != id {
			t.Errorf("%v, %v", got, err)
		}
	}
	if len(s.seen()) != 4 || !strings.HasSuffix(s.seen()[3], "/wallets?environment_id="+environment.String()) {
		t.Errorf("sent %v", s.seen())
	}
	if _, err := client.GetListedWallet(t.Context(), organization, environment, missing); !IsNotFound(err) {
		t.Errorf("missing: %v", err)
	}
	if !slices.ContainsFunc(s.seen()[4:], func(r string) bool { return strings.HasSuffix(r, missing.String()) }) {
		t.Errorf("sent %v", s.seen())
	}
}
