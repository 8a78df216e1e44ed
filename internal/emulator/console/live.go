package console

import (
	"fmt"
	"net/http"
	"time"
)

const (
	// lookInterval is how often the stream of an open page checks for changes.
	lookInterval = 50 * time.Millisecond
	// tellInterval is the shortest time between two messages. One message reports all changes in between.
	tellInterval = 250 * time.Millisecond
	// commentInterval is how often a stream sends a comment, so that a proxy does not close it as idle. Source: the HTML standard on
	// server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes.
	commentInterval = 15 * time.Second
)

// changes returns the names of the kinds that differ between two revisions. The pages use these names in hx-trigger.
func changes(before, after Revision) []string {
	var names []string
	for _, topic := range []struct {
		name          string
		before, after uint64
	}{
		{"wallets", before.Wallets, after.Wallets}, {"payments", before.Payments, after.Payments},
		{"webhooks", before.Webhooks, after.Webhooks}, {"sessions", before.Sessions, after.Sessions},
		{"requests", before.Requests, after.Requests}, {"faults", before.Faults, after.Faults}, {"clock", before.Clock, after.Clock},
	} {
		if topic.before != topic.after {
			names = append(names, topic.name)
		}
	}
	return names
}

// events sends a stream of changes. The messages have no content, since the page fetches its live part again. The first messages name every
// kind, since a page can be older than its stream.
func (c *Console) events(w http.ResponseWriter, r *http.Request) {
	told := c.emulator.Revision()
	c.stream(w, r, changes(told, Revision{^told.Wallets, ^told.Payments, ^told.Webhooks, ^told.Sessions, ^told.Requests, ^told.Faults,
		^told.Clock}), func() []string {
		now := c.emulator.Revision()
		names := changes(told, now)
		told = now
		return names
	})
}

// stream sends the names of events, and then the names that look returns, until the client closes the connection or the emulator stops.
func (c *Console) stream(w http.ResponseWriter, r *http.Request, names []string, look func() []string) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.WriteHeader(http.StatusOK)
	controller := http.NewResponseController(w)
	ticker, comment := time.NewTicker(lookInterval), time.NewTicker(commentInterval)
	defer ticker.Stop()
	defer comment.Stop()
	for {
		for _, name := range names {
			if _, err := fmt.Fprintf(w, "event: %s\ndata:\n\n", name); err != nil {
				return
			}
		}
		if controller.Flush() != nil {
			return // the client has closed the connection, or the server cannot flush
		}
		told := time.Now()
		for names = nil; len(names) == 0; {
			select {
			case <-ticker.C:
				if time.Since(told) >= tellInterval {
					names = look()
				}
				continue
			case <-comment.C:
				if _, err := fmt.Fprint(w, ":\n\n"); err != nil || controller.Flush() != nil {
					return
				}
			case <-r.Context().Done():
				return
			case <-c.emulator.Stopping():
				return
			}
		}
	}
}
