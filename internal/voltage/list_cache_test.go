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

// listAPI is an API of objects with one list. The list takes a second, or the duration takes.
type listAPI struct {
	mu      sync.Mutex
	objects map[uuid.UUID]string
	odd     []uuid.UUID
	lists   int
	fails   bool
	takes   time.Duration
	size    int64 // of the list
	loaded  int64 // sum of all lists, in bytes
}

type listObject struct {
	id   uuid.UUID
	text string
}

func (api *listAPI) list(ctx context.Context, _ scope, limit int64) (listed[listObject], error) {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.lists++
	result := listed[listObject]{size: api.size, odd: api.odd}
	for id, text := range api.objects {
		result.items = append(result.items, listObject{id, text})
	}
	takes := cmp.Or(api.takes, time.Second)
	api.mu.Unlock()
	err := sleep(ctx, takes)
	api.mu.Lock()
	api.loaded += min(limit, api.size)
	switch {
	case err != nil:
		return listed[listObject]{}, err
	case api.fails:
		return listed[listObject]{}, errors.New("no list")
	case api.size > limit:
		return listed[listObject]{}, &Error{Status: 200, cause: &oversizedError{status: 200, limit: limit}}
	}
	return result, nil
}

func (api *listAPI) do(change func()) {
	api.mu.Lock()
	defer api.mu.Unlock()
	change()
}

func (api *listAPI) count() (lists int) {
	api.do(func() { lists = api.lists })
	return lists
}

func (api *listAPI) bytes() (loaded int64) {
	api.do(func() { loaded = api.loaded })
	return loaded
}

func (api *listAPI) set(id uuid.UUID, text string) {
	api.mu.Lock()
	defer api.mu.Unlock()
	api.objects[id] = text
}

func newListAPI(count int) (*listAPI, []uuid.UUID) {
	api := &listAPI{objects: map[uuid.UUID]string{}}
	var ids []uuid.UUID
	for range count {
		id := uuid.New()
		ids = append(ids, id)
		api.objects[id] = "old"
	}
	return api, ids
}

var testScope = scope{organization, environment}

func (api *listAPI) cache(after int) *listCache[listObject] {
	return newListCache(after, 10*time.Second, api.list, func(t *listObject) uuid.UUID { return t.id })
}

// TestListCacheRefresh: the first few objects are read one by one, and one list serves the others, in groups of ten as in Terraform. The
// next list is requested when the first one is too old.
func TestListCacheRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, ids := newListAPI(1000)
		cache := api.cache(DefaultShareAfter)
		refresh := func() (single int) {
			var wg sync.WaitGroup
			var mu sync.Mutex
			work := make(chan uuid.UUID)
			for range 10 {
				wg.Go(func() {
					for id := range work {
						got := cache.cached(t.Context(), testScope, id)
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
		if single := refresh(); single != 3 || api.lists != 1 {
			t.Errorf("%d single reads and %d lists", single, api.lists)
		}
		if single := refresh(); single != 0 || api.lists != 1 {
			t.Errorf("again, at once: %d single reads and %d lists", single, api.lists)
		}
		time.Sleep(5 * time.Second)
		refresh()
		time.Sleep(6 * time.Second) // the list is too old, but its refresh continues
		if single := refresh(); single != 0 || api.lists != 2 {
			t.Errorf("again, further on: %d single reads and %d lists", single, api.lists)
		}
		api.lists = 1
		time.Sleep(11 * time.Second)
		if single := refresh(); single != 3 || api.lists != 2 {
			t.Errorf("again, later: %d single reads and %d lists", single, api.lists)
		}
	})
}

// TestListCacheFew: a few objects are always read one by one, and so are the objects of an unknown environment.
func TestListCacheFew(t *testing.T) {
	t.Parallel()
	api, ids := newListAPI(3)
	cache := api.cache(DefaultShareAfter)
	for i := range 30 {
		if got := cache.cached(t.Context(), testScope, ids[i%3]); got != nil {
			t.Errorf("read %v of a list", got)
		}
	}
	always := api.cache(-1)
	if got := always.cached(t.Context(), scope{organization, uuid.Nil}, ids[0]); got != nil || api.lists != 0 {
		t.Errorf("read %v of %d lists", got, api.lists)
	}
}

// TestListCacheAfterWrites: a list that was requested before the end of a write serves no read, even if the list arrives after the write.
func TestListCacheAfterWrites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, ids := newListAPI(5)
		cache := api.cache(-1)
		read := func() string {
			got := cache.cached(t.Context(), testScope, ids[0])
			if got == nil {
				return ""
			}
			return got.text
		}
		if got := read(); got != "old" || api.lists != 1 {
			t.Errorf("read %q with %d lists", got, api.lists)
		}
		started := make(chan struct{})
		time.Sleep(20 * time.Second)
		go func() { // the server has made the list, but it has not arrived when the write ends
			close(started)
			cache.cached(t.Context(), testScope, ids[1])
		}()
		<-started
		time.Sleep(time.Second / 2)
		api.set(ids[0], "new")
		cache.invalidate()
		if got := read(); got != "new" || api.lists != 3 {
			t.Errorf("after the write: read %q with %d lists", got, api.lists)
		}
	})
}

// TestListCacheSameInstant: the clock of some systems stands still for milliseconds, so a write and the list after it can have the same
// time. The list before the write is not used, and one list after it is enough.
func TestListCacheSameInstant(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, ids := newListAPI(5)
		api.takes = -1
		cache := api.cache(-1)
		for i, want := range []string{"old", "new"} {
			got := cache.cached(t.Context(), testScope, ids[0])
			if got == nil || got.text != want || api.lists != i+1 {
				t.Errorf("read %v with %d lists, want %s with %d", got, api.lists, want, i+1)
			}
			api.set(ids[0], "new")
			cache.invalidate()
		}
	})
}

// TestListCacheMissing: an object is read by itself if the list lacks it or fails. A failed list is not requested again for a while.
func TestListCacheMissing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, ids := newListAPI(5)
		cache := api.cache(-1)
		cache.life = time.Nanosecond
		api.fails = true
		if got := cache.cached(t.Context(), testScope, ids[0]); got != nil || api.lists != 1 {
			t.Errorf("read %v of %d lists", got, api.lists)
		}
		api.fails, api.lists, cache.life = false, 0, 10*time.Second
		time.Sleep(time.Minute)
		if got := cache.cached(t.Context(), testScope, uuid.New()); got != nil {
			t.Errorf("read %v", got)
		}
		cache.invalidate()
		time.Sleep(time.Millisecond)
		api.fails = true
		for range 5 {
			if got := cache.cached(t.Context(), testScope, ids[0]); got != nil {
				t.Errorf("read %v of a list that failed", got)
			}
		}
		if api.lists != 2 {
			t.Errorf("%d lists", api.lists)
		}
		api.fails = false
		time.Sleep(11 * time.Second)
		if got := cache.cached(t.Context(), testScope, ids[0]); got == nil || api.lists != 3 {
			t.Errorf("read %v with %d lists", got, api.lists)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if got := cache.cached(gone, testScope, ids[0]); got != nil {
			t.Errorf("an interrupted read got %v", got)
		}
		time.Sleep(2 * time.Second)
	})
}

// TestListCacheWaits: waits share lists that are newer than each of their reads, as long as there are enough waits for the length of the
// list.
func TestListCacheWaits(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		waits, objects int
		lists          bool
	}{{2, 10, false}, {3, 10, false}, {4, 10, true}, {10, 900, true}, {10, 1100, false}} {
		t.Run(fmt.Sprintf("%d of %d", test.waits, test.objects), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api, ids := newListAPI(test.objects)
				cache := api.cache(DefaultShareAfter)
				var reads []func(context.Context) (*listObject, bool)
				for i := range test.waits {
					read, end := cache.wait(testScope, ids[i])
					defer end()
					reads = append(reads, read)
				}
				reads[0](t.Context()) // the first list shows the length
				before := api.lists
				api.set(ids[1], "new")
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
				// One list is for the read that started it, and one for the reads that came while it was under way.
				if lists := api.lists - before; (lists > 0) != test.lists || lists > 2 {
					t.Errorf("%d lists for %d waits", lists, test.waits)
				}
			})
		})
	}
}

// TestShareAfterFirst: an object that no list has had is read by itself only now and then. An object that lists have had, or whose deletion
// is awaited, is read by itself at once.
func TestShareAfterFirst(t *testing.T) {
	t.Parallel()
	one := &listObject{text: "listed"}
	for name, test := range map[string]struct {
		lists []*listObject // nil: the list lacks it
		gone  bool
		want  string // one letter per read: s for single, l for listed, - for missing in the list
	}{
		"being made":          {[]*listObject{nil, nil, nil, nil, nil, nil, nil, nil}, false, "s---s---s"},
		"made meanwhile":      {[]*listObject{nil, nil, one, one}, false, "s--ll"},
		"deleted":             {[]*listObject{one, one, nil, nil}, false, "sllss"},
		"to be gone":          {[]*listObject{one, nil, nil}, true, "slss"},
		"always listed":       {[]*listObject{one, one, one, one, one, one}, false, "slllsllls"},
		"to be gone, pending": {[]*listObject{nil, nil}, true, "sss"},
	} {
		next := 0
		read := shareAfterFirst(func(context.Context) (*listObject, bool) {
			next++
			return test.lists[next-1], true
		}, func(context.Context) (*listObject, error) {
			return &listObject{text: "single"}, nil
		}, test.gone, func(*listObject) bool { return false })
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

// refreshOf reads objects like a refresh, ten at a time. A read without a list takes a moment.
func refreshOf(t *testing.T, cache *listCache[listObject], ids []uuid.UUID) (single int, took time.Duration) {
	t.Helper()
	start := time.Now()
	work := make(chan uuid.UUID)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for range 10 {
		wg.Go(func() {
			for id := range work {
				if cache.cached(t.Context(), testScope, id) == nil {
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

// TestListCacheSlow: a list that is slow or fails late delays a refresh only once, for any number of objects.
func TestListCacheSlow(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*listAPI){
		"slow":                    func(api *listAPI) { api.takes = 33 * time.Second },
		"slow, then failed":       func(api *listAPI) { api.takes, api.fails = 8*time.Second, true },
		"failed just in time":     func(api *listAPI) { api.takes, api.fails = 2900*time.Millisecond, true },
		"later than it is of use": func(api *listAPI) { api.takes = time.Hour },
	} {
		synctest.Test(t, func(t *testing.T) {
			api, ids := newListAPI(200)
			change(api)
			cache := api.cache(DefaultShareAfter)
			single, took := refreshOf(t, cache, ids)
			if single != 200 || api.count() != 1 || took > 4*time.Second {
				t.Errorf("%s: %d single reads and %d lists in %s", name, single, api.count(), took)
			}
			// The refresh takes longer than the life of a list.
			for range 10 {
				time.Sleep(5 * time.Second)
				if single, took := refreshOf(t, cache, ids[:20]); single != 20 || api.count() != 1 || took > time.Second {
					t.Errorf("%s, further on: %d single reads and %d lists in %s", name, single, api.count(), took)
				}
			}
			api.do(func() { api.takes, api.fails = time.Second, false })
			time.Sleep(11 * time.Second)
			if single, _ := refreshOf(t, cache, ids); single != 3 || api.count() != 2 {
				t.Errorf("%s, the next refresh: %d single reads and %d lists", name, single, api.count())
			}
			time.Sleep(time.Hour)
		})
	}
}

// TestListCacheSlowList: a slow list serves the remaining reads when it arrives.
func TestListCacheSlowList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, ids := newListAPI(1000)
		api.takes = 5 * time.Second
		cache := api.cache(-1)
		if single, _ := refreshOf(t, cache, ids[:10]); single != 10 {
			t.Errorf("%d single reads", single)
		}
		time.Sleep(3 * time.Second)
		if single, _ := refreshOf(t, cache, ids[10:]); single != 0 || api.count() != 1 {
			t.Errorf("after it has come: %d single reads and %d lists", single, api.count())
		}
	})
}

// TestListCacheLarge: a list that is too large for the number of reads is cancelled early, and requested again when there are enough reads.
func TestListCacheLarge(t *testing.T) {
	t.Parallel()
	const total = 91 << 20 // 100,000 wallets
	for count, test := range map[int]struct {
		loaded int64 // at most
		shared bool
	}{5: {smallList, false}, 50: {smallList, false}, 1000: {44 << 20, false}, 2000: {44<<20 + total, true}} {
		synctest.Test(t, func(t *testing.T) {
			api, ids := newListAPI(2000)
			api.size = total
			cache := api.cache(DefaultShareAfter)
			single, _ := refreshOf(t, cache, ids[:count])
			if api.bytes() > test.loaded || (single < count) != test.shared {
				t.Errorf("%d objects: %d MiB for %d lists, %d single reads", count, api.bytes()>>20, api.count(), single)
			}
			loaded := api.bytes()
			time.Sleep(time.Minute)
			if refreshOf(t, cache, ids[:5]); api.bytes() != loaded {
				t.Errorf("%d objects, then 5: %d MiB more", count, (api.bytes()-loaded)>>20)
			}
			read, end := cache.wait(testScope, ids[0])
			defer end()
			if got, ok := read(t.Context()); got != nil || ok {
				t.Errorf("a wait got %v of a list", got)
			}
		})
	}
}

// TestListCacheOdd: an object that is unreadable in the list is read by itself, and does not affect other objects.
func TestListCacheOdd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		api, ids := newListAPI(5)
		odd := uuid.New()
		api.odd = []uuid.UUID{odd}
		cache := api.cache(-1)
		if got := cache.cached(t.Context(), testScope, odd); got != nil {
			t.Errorf("read %v", got)
		}
		if got := cache.cached(t.Context(), testScope, ids[0]); got == nil || api.count() != 1 {
			t.Errorf("read %v of %d lists", got, api.count())
		}
		read, end := cache.wait(testScope, odd)
		defer end()
		time.Sleep(time.Second)
		if got, ok := read(t.Context()); got != nil || ok {
			t.Errorf("a wait read %v, %t", got, ok)
		}
	})
}

// TestListCacheStale: lists that lag behind for any time neither end a wait nor prevent its end.
func TestListCacheStale(t *testing.T) {
	t.Parallel()
	failure := errors.New("failed")
	done := func(w *listObject) (bool, error) {
		switch {
		case w == nil:
			return false, nil
		case w.text == "failed":
			return false, failure
		}
		return w.text == "made", nil
	}
	gone := func(w *listObject) (bool, error) { return w == nil, nil }
	for name, test := range map[string]struct {
		list string // the constant content of the list; empty if it lacks the object
		api  string // the state that a read shows after 10 s; before that the initial state
		pend string
		done func(*listObject) (bool, error)
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
				api, _ := newListAPI(3)
				api.takes = time.Millisecond
				id, start := uuid.New(), time.Now()
				if test.list != "" {
					api.objects[id] = test.list
				}
				listed, end := api.cache(-1).wait(testScope, id)
				defer end()
				want := 10 * time.Second
				if test.pend == test.api {
					want = 0
				}
				read := func(context.Context) (*listObject, error) {
					text := test.pend
					if time.Since(start) >= want {
						text = test.api
					}
					if text == "" {
						return nil, nil
					}
					return &listObject{id, text}, nil
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
				defer cancel()
				wait := Wait[*listObject]{For: "it", Read: read, Done: test.done, Describe: func(*listObject) string { return "" }}
				_, err := Poll(ctx, clock(), readFromLists(wait, listed))
				if took := time.Since(start); !errors.Is(err, test.want) || took < want || took > want+15*time.Second {
					t.Errorf("%v after %s", err, took)
				}
			})
		})
	}
}

// TestGetListedWallet: the first of many wallets are read one by one, and a list serves the rest. A wallet that the list lacks is read by
// itself before it counts as deleted.
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

// byPath answers lists and single reads with separate functions.
func byPath(list, single http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/wallets") || strings.HasSuffix(r.URL.Path, "/webhooks") {
			list(w, r)
			return
		}
		single(w, r)
	}
}

// TestGetListedWallet_hugeEnvironment: the reads of a few wallets do not load the list of a very large environment.
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
	// This includes the bytes in the buffers of the sockets when the client closes the connection.
	if lists.Load() != 1 || len(s.seen()) != 21 || written.Load() > 32<<20 {
		t.Errorf("%d lists of %d requests, of which %d MiB were written", lists.Load(), len(s.seen()), written.Load()>>20)
	}
}

// TestWaitsAreConfirmed: only a read of the object itself ends a wait.
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
	if err != nil || !got.Active || len(seen) < 9 || !strings.HasSuffix(seen[len(seen)-1], walletID.String()) ||
		!strings.Contains(seen[1], "/wallets?") {
		t.Errorf("%v, %v after %v", got, err, seen)
	}

	webhook, deleted, count := webhookJSON(""), strings.Replace(webhookJSON(""), `"active"`, `"deleted"`, 1), 0
	s = &script{answers: []http.HandlerFunc{byPath(jsonAnswer("["+deleted+"]"), func(w http.ResponseWriter, r *http.Request) {
		if count++; count < 5 {
			jsonAnswer(webhook)(w, r)
			return
		}
		refusal(404, "webhook_not_found")(w, r)
	})}}
	again := httptest.NewServer(s)
	t.Cleanup(again.Close)
	client = newTestClient(t, Config{BaseURL: again.URL + "/v1", ShareAfter: -1})
	if _, err := client.WaitForWebhook(t.Context(), webhookRef, Wait[*Webhook]{
		For: "it", Done: func(w *Webhook) (bool, error) { return w == nil || w.Deleted(), nil },
		Describe: func(*Webhook) string { return "" }, gone: true,
	}); err != nil || count != 5 {
		t.Errorf("%v after %v", err, s.seen())
	}
}
