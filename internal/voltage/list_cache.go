package voltage

import (
	"cmp"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	// DefaultShareAfter is how many objects of one environment are read one by one before lists serve the rest.
	DefaultShareAfter = 3
	// listWorth is how many objects a list may have for each read that it serves. A list that is longer costs more than the single
	// reads it spares.
	listWorth = 100
	// objectSize is about how large an object is in a list.
	objectSize = 1 << 10
	// smallList is how large a list may be for any number of reads.
	smallList = 2 << 20
	// listPatience is how long reads wait for a list before they are made one by one.
	listPatience = 3 * time.Second
)

// scope is what one list holds: the objects of one environment.
type scope struct{ organization, environment uuid.UUID }

// listed is a list as the API gave it out.
type listed[T any] struct {
	items []T
	// odd are the objects that could not be read there.
	odd  []uuid.UUID
	size int64 // in bytes
}

// listCache serves the reads of many objects of one kind with few lists. The list of an environment is whole and not paginated
// (behaviour.md, "Wallets"), so that one request does for all of its objects.
//
// It only finds: an object that a list lacks is read by itself before anybody believes that it is gone. A list serves a read only
// if it was requested after every write of this client that had ended when the read began. Lists that are slow, fail, or are too large
// for the reads that they would serve are not waited for: then each object is read by itself.
type listCache[T any] struct {
	// after is how many objects of an environment are read one by one before lists serve the rest; below 0, none is.
	after int
	// life is how long a list serves reads that need not be newer: those of one refresh. A refresh ends with a pause of that length.
	life time.Duration
	// list requests a list, which may have so many bytes; see [oversizedError].
	list func(ctx context.Context, of scope, limit int64) (listed[T], error)
	id   func(*T) uuid.UUID

	mu     sync.Mutex
	scopes map[scope]*cachedScope[T]
	wrote  time.Time // when the last write ended
}

// cachedScope is what is known of one environment.
type cachedScope[T any] struct {
	last      *listing[T]
	running   chan struct{} // closed when the list that is being requested has come; nil: none is
	requested time.Time     // when the last list was requested
	requests  int           // how many lists were requested
	// spoilt says that a list failed, or was slow, since the last pause of the reads.
	spoilt bool
	size   int64     // bytes that a list takes: of the last one or, of one that was too large, an estimate
	waits  int       // under way
	read   time.Time // when an object was read last
	served time.Time // when a list served the last read of a refresh
	// asked are the objects that were read since the last pause or write, and single those that were read one by one.
	asked, single map[uuid.UUID]bool
	askedSince    time.Time
}

// listing is a list that has come.
type listing[T any] struct {
	requested time.Time
	number    int // among the lists that were requested of its environment
	objects   map[uuid.UUID]*T
	odd       map[uuid.UUID]bool
}

func newListCache[T any](
	after int, life time.Duration, list func(context.Context, scope, int64) (listed[T], error), id func(*T) uuid.UUID,
) *listCache[T] {
	return &listCache[T]{after: after, life: life, list: list, id: id, scopes: map[scope]*cachedScope[T]{}}
}

// invalidate makes every list that was requested until now useless. It is called when a write has ended, however it did.
func (l *listCache[T]) invalidate() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrote = time.Now()
}

// of returns what is known of an environment. The lock is held.
func (l *listCache[T]) of(of scope) *cachedScope[T] {
	known := l.scopes[of]
	if known == nil {
		known = &cachedScope[T]{asked: map[uuid.UUID]bool{}, single: map[uuid.UUID]bool{}}
		l.scopes[of] = known
	}
	return known
}

// enter notes a read. After a pause lists are tried again, and objects are counted from zero. The lock is held.
func (l *listCache[T]) enter(known *cachedScope[T]) {
	now := time.Now()
	if now.Sub(known.read) > l.life {
		known.spoilt = false
	}
	if now.Sub(known.read) > l.life || known.askedSince.Before(l.wrote) {
		clear(known.asked)
		clear(known.single)
		known.askedSince = now
	}
	known.read = now
}

// limit is how large a list may be that serves a number of reads.
func limit(reads int) int64 { return max(smallList, int64(reads)*listWorth*objectSize) }

// cached returns an object as a list of the last seconds has it, and nil where the object has to be read by itself: few objects are
// read, the list lacks it, or none can be had.
func (l *listCache[T]) cached(ctx context.Context, of scope, id uuid.UUID) *T {
	l.mu.Lock()
	defer l.mu.Unlock()
	known, oldest := l.of(of), time.Now().Add(-l.life)
	if oldest.Before(l.wrote) {
		oldest = l.wrote
	}
	l.enter(known)
	known.asked[id] = true
	object, _ := l.find(ctx, of, id, oldest, func() int {
		refreshing := known.served.After(l.wrote) && time.Since(known.served) < l.life
		if refreshing || l.after < 0 || len(known.single) >= l.after && !known.single[id] {
			return len(known.asked)
		}
		known.single[id] = true
		return 0
	})
	if object != nil {
		known.served = time.Now()
	}
	return object
}

// wait registers a wait for an object. read returns the object as a list has it that was requested after the read before, and within
// a sixteenth of the time waited: that is new, and late by little. It returns nil for an object that the list lacks, and false where
// the object has to be read by itself: few waits are under way, the list would be long for them, or cannot be had.
func (l *listCache[T]) wait(of scope, id uuid.UUID) (read func(context.Context) (*T, bool), end func()) {
	start := time.Now()
	before := start
	count := func(n int) {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.of(of).waits += n
	}
	count(1)
	return func(ctx context.Context) (*T, bool) {
		l.mu.Lock()
		defer l.mu.Unlock()
		known, now := l.of(of), time.Now()
		oldest := now.Add(-now.Sub(start) / 16)
		if oldest.Before(before) {
			oldest = before
		}
		before = now
		l.enter(known)
		return l.find(ctx, of, id, oldest, func() int {
			if l.after < 0 || known.waits > l.after && (known.last == nil || len(known.last.objects) <= listWorth*known.waits) {
				return known.waits
			}
			return 0
		})
	}, func() { count(-1) }
}

// find returns an object of a list that was requested after a time, nil where that lacks it, and false where there is no such list, or
// where the object has to be read by itself all the same. A list is requested, or waited for, as long as it is worth it for the reads that
// it serves, 0 for not at all, and no longer than a moment. The lock is held.
func (l *listCache[T]) find(ctx context.Context, of scope, id uuid.UUID, oldest time.Time, reads func() int) (*T, bool) {
	if of.environment == uuid.Nil {
		return nil, false
	}
	known := l.of(of)
	// A list that is requested from here on is new enough, whatever the clock says: it may stand still between a write and the list after it.
	before := known.requests
	for ctx.Err() == nil {
		if known.last != nil && (known.last.number > before || known.last.requested.After(oldest)) {
			return known.last.objects[id], !known.last.odd[id]
		}
		if known.spoilt {
			return nil, false
		}
		worth := reads()
		if worth == 0 || known.size > limit(worth) {
			return nil, false
		}
		if known.running == nil {
			l.request(ctx, of, known, limit(worth))
		}
		running, late := known.running, time.NewTimer(time.Until(known.requested.Add(listPatience)))
		l.mu.Unlock()
		select {
		case <-running:
		case <-late.C:
		case <-ctx.Done():
		}
		late.Stop()
		l.mu.Lock()
		if known.running == running && ctx.Err() == nil {
			known.spoilt = true
		}
	}
	return nil, false
}

// request has a list requested for all who wait; it ends also where the one who began it goes away, and is given up when it would be too
// old to be of use. The lock is held.
func (l *listCache[T]) request(ctx context.Context, of scope, known *cachedScope[T], limit int64) {
	running, requested := make(chan struct{}), time.Now()
	known.running, known.requested = running, requested
	known.requests++
	number := known.requests
	go func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), max(l.life, listPatience))
		defer cancel()
		got, err := l.list(ctx, of, limit)
		l.mu.Lock()
		defer l.mu.Unlock()
		defer close(running)
		known.running = nil
		if oversized := (*oversizedError)(nil); errors.As(err, &oversized) {
			// Nobody knows how large it is, unless the answer said so. Four times as much is tried once there are enough reads for that, so that
			// all that is loaded for nothing is little more than the last try.
			known.size = cmp.Or(oversized.size, 4*limit)
			return
		}
		if err != nil {
			known.spoilt, known.read = true, time.Now()
			return
		}
		known.size = got.size
		known.last = &listing[T]{
			requested: requested, number: number, objects: make(map[uuid.UUID]*T, len(got.items)), odd: map[uuid.UUID]bool{},
		}
		for i := range got.items {
			known.last.objects[l.id(&got.items[i])] = &got.items[i]
		}
		for _, id := range got.odd {
			known.last.odd[id] = true
		}
	}()
}

// A wait reads its object by itself after so many reads that lists have served: lists lack what is inactive, such as something that
// could not be made, and a list can lag behind the object.
const (
	unlistedReads = 3 // of which the lists lack the object
	listedReads   = 3 // of which the lists have it
)

// shareAfterFirst reads an object by itself at first, since most of what the API is asked for is done at once, and then as the
// lists have it. No list is believed that would end the wait: ends says so of an object, and then it is read by itself. An object that
// was listed and no longer is, is read by itself at once, and so is one that is to be gone, which no list can say: it lacks what is
// inactive. Any other that was never listed is most likely still being made.
func shareAfterFirst[T any](
	listed func(context.Context) (*T, bool), single func(context.Context) (*T, error), gone bool, ends func(*T) bool,
) func(context.Context) (*T, error) {
	first, seen, there, lacking := true, false, 0, 0
	return func(ctx context.Context) (*T, error) {
		if !first && there < listedReads {
			object, ok := listed(ctx)
			seen = seen || object != nil
			switch {
			case object != nil && !ends(object):
				there++
				return object, nil
			case object == nil && ok && !seen && !gone && lacking < unlistedReads && !ends(nil):
				lacking++
				return nil, nil
			}
		}
		first, there, lacking = false, 0, 0
		return single(ctx)
	}
}

// readFromLists replaces the read of a wait by one that lists serve where many waits are under way.
func readFromLists[T any](wait Wait[*T], listed func(context.Context) (*T, bool)) Wait[*T] {
	wait.Read = shareAfterFirst(listed, wait.Read, wait.gone, func(object *T) bool {
		done, err := wait.Done(object)
		return done || err != nil
	})
	return wait
}
