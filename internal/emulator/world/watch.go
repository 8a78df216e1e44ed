package world

import (
	"container/heap"
	"time"
)

// Revision counts the visible changes of each kind of object. If two revisions of a world are equal, nothing has changed.
type Revision struct {
	Wallets  uint64 // with their ledgers
	Payments uint64
	Webhooks uint64 // with their deliveries
	Sessions uint64
}

// watch counts the visible changes of objects. It counts an accepted change when the change becomes visible.
type watch struct {
	seen  uint64
	ahead moments
}

// note records a change that becomes visible at a time.
func (w *watch) note(at time.Time) { heap.Push(&w.ahead, at) }

// count returns the number of changes that are visible at a time.
func (w *watch) count(now time.Time) uint64 {
	for len(w.ahead) > 0 && !w.ahead[0].After(now) {
		heap.Pop(&w.ahead)
		w.seen++
	}
	return w.seen
}

// moments is a heap of times, the earliest first.
type moments []time.Time

// Len implements [heap.Interface].
func (m moments) Len() int { return len(m) }

// Less implements [heap.Interface].
func (m moments) Less(i, j int) bool { return m[i].Before(m[j]) }

// Swap implements [heap.Interface].
func (m moments) Swap(i, j int) { m[i], m[j] = m[j], m[i] }

// Push implements [heap.Interface].
func (m *moments) Push(x any) {
	if at, ok := x.(time.Time); ok {
		*m = append(*m, at)
	}
}

// Pop implements [heap.Interface].
func (m *moments) Pop() any {
	last := len(*m) - 1
	at := (*m)[last]
	*m = (*m)[:last]
	return at
}

// watched are the watches of a world. They exist only after the first call of Revision, so they cost nothing before.
type watched struct{ wallets, payments, webhooks, sessions watch }

// observe reports every change from now on to a watch, and the accepted changes that are not visible yet.
func (o *Objects[T]) observe(w *watch, now time.Time) {
	o.watch = w
	for _, history := range o.Histories {
		for i := len(history) - 1; i >= 0 && history[i].At.After(now); i-- {
			w.note(history[i].At)
		}
	}
}

// Revision returns the revision of the world at a time. Its cost grows with the number of changes since the last call. The first call
// visits every object.
func (w *World) Revision(now time.Time) Revision {
	if w.state.Payments.watch == nil {
		w.watched = &watched{}
		w.state.Wallets.observe(&w.watched.wallets, now)
		w.state.Payments.observe(&w.watched.payments, now)
		w.state.Webhooks.observe(&w.watched.webhooks, now)
		w.state.Deliveries.observe(&w.watched.webhooks, now)
		w.state.Sessions.observe(&w.watched.sessions, now)
	}
	return Revision{
		Wallets: w.watched.wallets.count(now), Payments: w.watched.payments.count(now), Webhooks: w.watched.webhooks.count(now),
		Sessions: w.watched.sessions.count(now),
	}
}
