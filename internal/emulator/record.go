package emulator

import (
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Request is the record of one request. Checkout tokens are hidden in all fields.
type Request struct {
	Time      time.Time
	Operation string // the contract's operationId; empty for a path that the API does not have
	Method    string
	Path      string
	RawQuery  string
	Header    http.Header
	Body      []byte
	// Status is the status of the answer. It is 0 before the answer, and if the connection was cut.
	Status int
	// Fault describes the fault that happened to the request, or is empty.
	Fault string

	number int           // of the request, from 1
	took   time.Duration // from the arrival to the answer
	answer []byte        // the beginning of the answer; only the newest requests have it
}

const (
	// maxAnswerKept is how many bytes of an answer are kept.
	maxAnswerKept = 16 << 10
	// answersKept is the number of newest requests whose answers are kept.
	answersKept = 1000
)

// checkoutTokens matches the tokens of browsers. A token alone is enough to use a session, so the record must not contain any.
var checkoutTokens = regexp.MustCompile(`vlt_(cos?)_[A-Za-z0-9_-]+`)

// hideTokens writes a text without its checkout tokens.
func hideTokens(text string) string { return checkoutTokens.ReplaceAllString(text, "vlt_${1}_hidden") }

// withoutTokens returns a request without the checkout tokens in any of its fields.
func (r Request) withoutTokens() Request {
	r.Path, r.RawQuery = hideTokens(r.Path), hideTokens(r.RawQuery)
	for _, values := range r.Header {
		for i, value := range values {
			values[i] = hideTokens(value)
		}
	}
	if checkoutTokens.Match(r.Body) {
		r.Body = []byte(hideTokens(string(r.Body)))
	}
	return r
}

// Requests returns the recorded requests, in the order of arrival.
func (e *Emulator) Requests() []Request {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	requests := make([]Request, 0, len(e.recorder.entries))
	for _, entry := range e.recorder.entries {
		requests = append(requests, *entry)
	}
	return requests
}

// ResetRequests removes all requests from the record.
func (e *Emulator) ResetRequests() {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	e.recorder.entries = nil
	e.recorder.changes++
}

// Count returns the number of recorded requests of an operation.
func (e *Emulator) Count(operation string) int {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	count := 0
	for _, entry := range e.recorder.entries {
		if entry.Operation == operation {
			count++
		}
	}
	return count
}

type recorder struct {
	mu      sync.Mutex
	entries []*Request
	added   int    // number of requests, including removed ones
	changes uint64 // of the entries
}

func (r *recorder) add(entry Request) *Request {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.added++
	r.changes++
	entry.number = r.added
	r.entries = append(r.entries, &entry)
	if old := len(r.entries) - 1 - answersKept; old >= 0 {
		r.entries[old].answer = nil
	}
	return &entry
}

// newest returns at most limit matching requests before a number, the newest first, and whether there are older ones. The number 0 stands
// for the end of the record.
func (r *recorder) newest(before, limit int, matches func(*Request) bool) (found []Request, older bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	end := len(r.entries)
	if before > 0 {
		end = max(min(end, end-1-(r.added-before)), 0)
	}
	for i := end - 1; i >= 0; i-- {
		if !matches(r.entries[i]) {
			continue
		}
		if len(found) == limit {
			return found, true
		}
		found = append(found, *r.entries[i])
	}
	return found, false
}

// count returns a number that grows with every change of the entries.
func (r *recorder) count() uint64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.changes
}

// change runs a function that changes an entry.
func (r *recorder) change(f func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.changes++
	f()
}
