package console

import (
	"fmt"
	"net/http"
	"time"
)

const (
	// lookInterval is how often an open page looks whether something has changed.
	lookInterval = 50 * time.Millisecond
	// tellInterval is the least time between two messages about changes: what happens meanwhile is told in one.
	tellInterval = 250 * time.Millisecond
	// commentInterval is how often a stream sends a comment, so that nobody between takes it for dead. Source: the HTML standard on
	// server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes.
	commentInterval = 15 * time.Second
)

// changes names what is another in two revisions, as the pages name it in hx-trigger.
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

// events is a stream of what has changed. It has no content: the page fetches what it shows again. The first message names everything,
// since a page can be older than its stream.
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

// stream sends names of events, and then those that look returns, until the client goes away or the emulator stops.
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
			return // the client went away, or cannot be sent anything before the end
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
