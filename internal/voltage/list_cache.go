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
	// DefaultShareAfter is the number of objects of one environment that are read one by one before lists serve the rest.
	DefaultShareAfter = 3
	// listWorth is the number of objects that a list may have for each read that it serves. A longer list costs more than the single reads
	// that it replaces.
	listWorth = 100
	// objectSize is the approximate size of an object in a list, in bytes.
	objectSize = 1 << 10
	// smallList is the size up to which a list is allowed for any number of reads, in bytes.
	smallList = 2 << 20
	// listPatience is how long reads wait for a list before they are made one by one.
	listPatience = 3 * time.Second
)

// scope names an environment. One list holds all of its objects.
type scope struct{ organization, environment uuid.UUID }

// listed is a list as the API returned it.
type listed[T any] struct {
	items []T
	// odd are the IDs of the items that could not be read.
	odd  []uuid.UUID
	size int64 // in bytes
}

// listCache serves the reads of many objects of one kind with few lists. The list of an environment is complete and not paginated
// (behaviour.md, "Wallets"), so one request reads all of its objects.
//
// A list never proves that an object is gone: an object that the list lacks is read by itself. A list serves a read only if it was
// requested after every write of this client that had ended before the read began. If lists are slow, fail, or are too large for the number
// of reads, each object is read by itself.
type listCache[T any] struct {
	// after is the number of objects of an environment that are read one by one before lists serve the rest. If it is negative, lists serve
	// all reads.
	after int
	// life is how long a list serves the reads of one refresh. A pause of the same length between two reads ends the refresh.
	life time.Duration
	// list requests a list of at most limit bytes; see [oversizedError].
	list func(ctx context.Context, of scope, limit int64) (listed[T], error)
	id   func(*T) uuid.UUID

	mu     sync.Mutex
	scopes map[scope]*cachedScope[T]
	wrote  time.Time // when the last write ended
}

// cachedScope holds the lists and the reads of one environment.
type cachedScope[T any] struct {
	last      *listing[T]
	running   chan struct{} // closed when the requested list arrives; nil if no list is requested
	requested time.Time     // when the last list was requested
	requests  int           // number of lists that were requested
	// spoilt says that a list failed or was slow since the last pause between reads. Then no list is requested until the next pause.
	spoilt bool
	size   int64     // of the last list, in bytes; an estimate if the list was too large
	waits  int       // number of waits under way
	read   time.Time // time of the last read of an object
	served time.Time // time of the last read that a list served
	// asked are the objects that were read since the last pause or write. single are those among them that were read one by one.
	asked, single map[uuid.UUID]bool
	askedSince    time.Time
}

// listing is a list that has arrived.
type listing[T any] struct {
	requested time.Time
	number    int // of its request; the first list of the environment has number 1
	objects   map[uuid.UUID]*T
	odd       map[uuid.UUID]bool
}

func newListCache[T any](
	after int, life time.Duration, list func(context.Context, scope, int64) (listed[T], error), id func(*T) uuid.UUID,
) *listCache[T] {
	return &listCache[T]{after: after, life: life, list: list, id: id, scopes: map[scope]*cachedScope[T]{}}
}

// invalidate marks every list that was requested until now as too old. It is called after each write, even if the write failed.
func (l *listCache[T]) invalidate() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrote = time.Now()
}

// of returns the cachedScope of an environment. The caller holds the lock.
func (l *listCache[T]) of(of scope) *cachedScope[T] {
	known := l.scopes[of]
	if known == nil {
		known = &cachedScope[T]{asked: map[uuid.UUID]bool{}, single: map[uuid.UUID]bool{}}
		l.scopes[of] = known
	}
	return known
}

// enter notes a read. After a pause it allows lists again, and counts the objects from zero. The caller holds the lock.
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

// limit returns the largest size, in bytes, of a list that serves a number of reads.
func limit(reads int) int64 { return max(smallList, int64(reads)*listWorth*objectSize) }

// cached returns an object from a list that is at most some seconds old. It returns nil if the object must be read by itself, because few
// objects are read, the list lacks the object, or there is no list.
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

// wait registers a wait for an object. read returns the object from a list that was requested after the previous read. The age of the list
// is at most a sixteenth of the time waited, so the wait ends with little delay. read returns nil if the list lacks the object. It returns
// false if the object must be read by itself, because few waits are under way, the list is too long for them, or there is no list.
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

// find returns an object from a list that was requested after a time, or nil if that list lacks the object. It returns false if the object
// must be read by itself: there is no such list, or the list could not read the object. reads returns the number of reads that a list would
// serve, or 0 to read without a list. If the list is small enough for them, find requests it, and waits at most listPatience. The caller
// holds the lock.
func (l *listCache[T]) find(ctx context.Context, of scope, id uuid.UUID, oldest time.Time, reads func() int) (*T, bool) {
	if of.environment == uuid.Nil {
		return nil, false
	}
	known := l.of(of)
	// A list that is requested from here on is new enough. The clock cannot decide that, since it may show the same time for a write and
	// for the list after it.
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

// request requests a list for all callers that wait for one. The request continues if the caller that started it is cancelled, and is
// cancelled when the list would be too old. The caller holds the lock.
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
			// The size is unknown, unless the answer stated it. The next list is requested when there are enough reads for four times the
			// limit. So the lists that were too large add little to the transferred bytes.
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

// After this many reads from lists, a wait reads its object by itself. Lists lack inactive objects, such as a wallet whose creation failed,
// and a list can be older than the object.
const (
	unlistedReads = 3 // reads in which the lists lack the object
	listedReads   = 3 // reads in which the lists have the object
)

// shareAfterFirst first reads the object by itself, since the API carries out most requests at once, and then reads it from lists. If ends
// reports that the object of a list would end the wait, the object is read by itself. If a list lacks the object, the object is read by
// itself in two cases: an earlier list had it, or the wait is for its deletion. A list cannot confirm a deletion, since it lacks inactive
// objects, too. In every other case an object that no list had is probably still being created.
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

// readFromLists lets lists serve the reads of a wait while many waits are under way.
func readFromLists[T any](wait Wait[*T], listed func(context.Context) (*T, bool)) Wait[*T] {
	wait.Read = shareAfterFirst(listed, wait.Read, wait.gone, func(object *T) bool {
		done, err := wait.Done(object)
		return done || err != nil
	})
	return wait
}
