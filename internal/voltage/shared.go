package voltage

import (
	"context"
	"sync"
	"time"

	"github.com/google/uuid"
)

const (
	// DefaultShareAfter is how many objects of one environment are read one by one before lists serve the rest.
	DefaultShareAfter = 3
	// listWorth is how many objects a list may have for each read that waits for it. A list that is longer costs more than the
	// single reads it spares.
	listWorth = 100
)

// scope is what one list holds: the objects of one environment.
type scope struct{ organization, environment uuid.UUID }

// shared serves the reads of many objects of one kind with few lists. The list of an environment is whole and not paginated
// (behaviour.md, "Wallets"), so that one request does for all of its objects.
//
// It only finds: an object that a list lacks is read by itself before anybody believes that it is gone. A list serves a read only
// if it was requested after every write of this client that had ended when the read began.
type shared[T any] struct {
	// after is how many objects of an environment are read one by one before lists serve the rest; below 0, none is.
	after int
	// life is how long a list serves reads that need not be newer: those of one refresh.
	life time.Duration
	list func(ctx context.Context, of scope) ([]T, error)
	id   func(*T) uuid.UUID

	mu     sync.Mutex
	scopes map[scope]*sharedScope[T]
	wrote  time.Time // when the last write ended
}

// sharedScope is what is known of one environment.
type sharedScope[T any] struct {
	last    *listing[T]
	running chan struct{} // closed when the list that is being requested has come; nil: none is
	failed  time.Time     // when the last list was requested that could not be had
	waits   int           // under way
	served  time.Time     // when a list served the last read of a refresh
	// single are the objects that were read one by one since then.
	single      map[uuid.UUID]bool
	singleSince time.Time
}

// listing is a list that has come.
type listing[T any] struct {
	requested time.Time
	objects   map[uuid.UUID]*T
}

func newShared[T any](after int, life time.Duration, list func(context.Context, scope) ([]T, error), id func(*T) uuid.UUID) *shared[T] {
	return &shared[T]{after: after, life: life, list: list, id: id, scopes: map[scope]*sharedScope[T]{}}
}

// drop makes every list that was requested until now useless. It is called when a write has ended, however it did.
func (s *shared[T]) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wrote = time.Now()
}

// of returns what is known of an environment. The lock is held.
func (s *shared[T]) of(of scope) *sharedScope[T] {
	known := s.scopes[of]
	if known == nil {
		known = &sharedScope[T]{single: map[uuid.UUID]bool{}}
		s.scopes[of] = known
	}
	return known
}

// recent returns an object as a list of the last seconds has it, and nil where the object has to be read by itself: few objects are
// read, the list lacks it, or none can be had.
func (s *shared[T]) recent(ctx context.Context, of scope, id uuid.UUID) *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	known, oldest := s.of(of), time.Now().Add(-s.life)
	if oldest.Before(s.wrote) {
		oldest = s.wrote
	}
	object, _ := s.find(ctx, of, id, oldest, func() bool {
		if known.served.After(s.wrote) && time.Since(known.served) < s.life {
			return true // the refresh goes on
		}
		if time.Since(known.singleSince) > s.life || known.singleSince.Before(s.wrote) {
			clear(known.single)
			known.singleSince = time.Now()
		}
		if s.after < 0 || len(known.single) >= s.after && !known.single[id] {
			return true
		}
		known.single[id] = true
		return false
	})
	if object != nil {
		known.served = time.Now()
	}
	return object
}

// wait registers a wait for an object. read returns the object as a list has it that was requested after the read before, and within
// a sixteenth of the time waited: that is new, and late by little. It returns nil for an object that the list lacks, and false where
// the object has to be read by itself: few waits are under way, the list would be long for them, or cannot be had.
func (s *shared[T]) wait(of scope, id uuid.UUID) (read func(context.Context) (*T, bool), end func()) {
	start := time.Now()
	before := start
	count := func(n int) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.of(of).waits += n
	}
	count(1)
	return func(ctx context.Context) (*T, bool) {
		s.mu.Lock()
		defer s.mu.Unlock()
		known, now := s.of(of), time.Now()
		oldest := now.Add(-now.Sub(start) / 16)
		if oldest.Before(before) {
			oldest = before
		}
		before = now
		return s.find(ctx, of, id, oldest, func() bool {
			return s.after < 0 || known.waits > s.after && (known.last == nil || len(known.last.objects) <= listWorth*known.waits)
		})
	}, func() { count(-1) }
}

// find returns an object of a list that was requested after a time, nil where that lacks it, and false where there is no such list.
// One is requested, or waited for, as long as it is worth it. The lock is held.
func (s *shared[T]) find(ctx context.Context, of scope, id uuid.UUID, oldest time.Time, worth func() bool) (*T, bool) {
	if of.environment == uuid.Nil {
		return nil, false
	}
	for known := s.of(of); ctx.Err() == nil; {
		if known.last != nil && known.last.requested.After(oldest) {
			return known.last.objects[id], true
		}
		if known.failed.After(oldest) || time.Since(known.failed) < s.life || !worth() {
			return nil, false
		}
		if known.running == nil {
			s.request(ctx, of, known)
		}
		running := known.running
		s.mu.Unlock()
		select {
		case <-running:
		case <-ctx.Done():
		}
		s.mu.Lock()
	}
	return nil, false
}

// request has a list requested for all who wait; it ends also where the one who began it goes away. The lock is held.
func (s *shared[T]) request(ctx context.Context, of scope, known *sharedScope[T]) {
	running, requested := make(chan struct{}), time.Now()
	known.running = running
	go func() {
		objects, err := s.list(context.WithoutCancel(ctx), of)
		s.mu.Lock()
		defer s.mu.Unlock()
		defer close(running)
		known.running = nil
		if err != nil {
			known.failed = requested
			return
		}
		result := &listing[T]{requested: requested, objects: make(map[uuid.UUID]*T, len(objects))}
		for i := range objects {
			result.objects[s.id(&objects[i])] = &objects[i]
		}
		known.last = result
	}()
}

// unlistedReads is how many reads of a wait may find that a list lacks an object before it is read by itself. Lists lack what is
// inactive: something that could not be made, too.
const unlistedReads = 3

// shareAfterFirst reads an object by itself at first, since most of what the API is asked for is done at once, and then as the
// lists have it. An object that was listed and no longer is, is read by itself at once, and so is one that is to be gone, which no list
// can say: it lacks what is inactive. Any other that was never listed is most likely still being made.
func shareAfterFirst[T any](listed func(context.Context) (*T, bool), single func(context.Context) (*T, error), gone bool) func(context.Context) (*T, error) {
	first, seen, unlisted := true, false, 0
	return func(ctx context.Context) (*T, error) {
		if !first {
			switch object, ok := listed(ctx); {
			case object != nil:
				seen = true
				return object, nil
			case ok && !seen && !gone && unlisted < unlistedReads:
				unlisted++
				return nil, nil
			}
		}
		first, unlisted = false, 0
		return single(ctx)
	}
}

// orNone makes nil of an object that is not there.
func orNone[T any](object *T, err error) (*T, error) {
	if IsNotFound(err) {
		return nil, nil
	}
	return object, err
}
