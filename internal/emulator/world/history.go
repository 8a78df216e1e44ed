package world

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// History is the states of one object in the order of time. The last state can be in the future, because an accepted write takes a while.
type History[T any] []Moment[T]

// Moment is the state of an object from a time on.
type Moment[T any] struct {
	At    time.Time
	State T
}

// seen returns the state that a read shows, or nil if no state exists yet. A stale read shows the previous state.
func (h History[T]) seen(now time.Time, stale bool) *T {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].At.After(now) {
			continue
		}
		if !stale {
			return &h[i].State
		}
		stale = false
	}
	return nil
}

// latest returns the state after all accepted writes.
func (h History[T]) latest() T { return h[len(h)-1].State }

// change accepts a write that becomes visible at a time, but not before the earlier writes.
func (h *History[T]) change(at time.Time, state T) {
	if last := len(*h) - 1; last >= 0 && at.Before((*h)[last].At) {
		at = (*h)[last].At
	}
	*h = append(*h, Moment[T]{at, state})
}

// Objects are all objects of one kind. Only put, forget and remove change the histories, and they report each change to the watch.
type Objects[T any] struct {
	Histories map[uuid.UUID]History[T]
	Order     []uuid.UUID // the order of creation

	watch *watch // gets each change; may be nil
}

func (o *Objects[T]) has(id uuid.UUID) bool { return o.Histories[id] != nil }

// put adds an object, or changes its state at a time.
func (o *Objects[T]) put(id uuid.UUID, at time.Time, state T) {
	if o.Histories == nil {
		o.Histories = map[uuid.UUID]History[T]{}
	}
	history, exists := o.Histories[id]
	if !exists {
		o.Order = append(o.Order, id)
	}
	history.change(at, state)
	o.Histories[id] = history
	if o.watch != nil {
		o.watch.note(history[len(history)-1].At)
	}
}

// step adds a later state of an existing object.
func (o *Objects[T]) step(id uuid.UUID, at time.Time, change func(*T)) {
	next := o.latest(id)
	change(&next)
	o.put(id, at, next)
}

// forget removes the last state of an object if it was only planned. A later put does not overwrite the state in memory, since a snapshot
// may be reading it.
func (o *Objects[T]) forget(id uuid.UUID, planned func(*T) bool) {
	history := o.Histories[id]
	if last := len(history) - 1; last > 0 && planned(&history[last].State) {
		o.Histories[id] = history[:last:last] // a watch still counts it, which does no harm
	}
}

// remove removes an object as if it had never existed.
func (o *Objects[T]) remove(id uuid.UUID) {
	if history := o.Histories[id]; o.watch != nil && history != nil {
		o.watch.note(history[0].At)
	}
	delete(o.Histories, id)
	o.Order = slices.DeleteFunc(o.Order, func(other uuid.UUID) bool { return other == id })
}

// latest returns the state of an existing object after all accepted writes.
func (o *Objects[T]) latest(id uuid.UUID) T { return o.Histories[id].latest() }

// seen returns the state of an object at a time, or nil if it does not exist yet.
func (o *Objects[T]) seen(id uuid.UUID, now time.Time) *T { return o.Histories[id].seen(now, false) }

// read returns an object as a read shows it. It returns nil if the object does not exist, if the caller may not see it, or if a fault hides
// it.
func (o *Objects[T]) read(c *Call, id uuid.UUID, visible func(*T) bool) *T {
	if c.hidden() || !o.has(id) {
		return nil
	}
	state := o.Histories[id].seen(c.Now, c.stale())
	if state == nil || !visible(state) {
		return nil
	}
	return state
}

// list returns the objects that a list shows and that match, in the order of creation.
func (o *Objects[T]) list(now time.Time, stale bool, matches func(*T) bool) []*T {
	var found []*T
	for _, id := range o.Order {
		if state := o.Histories[id].seen(now, stale); state != nil && matches(state) {
			found = append(found, state)
		}
	}
	return found
}

// all returns every object in its latest state, in the order of creation.
func (o *Objects[T]) all() []T {
	states := make([]T, 0, len(o.Order))
	for _, id := range o.Order {
		states = append(states, o.latest(id))
	}
	return states
}
