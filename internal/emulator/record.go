package emulator

import (
	"net/http"
	"regexp"
	"sync"
	"time"
)

// Request is what the emulator has seen of one request. Checkout tokens are hidden in all of it.
type Request struct {
	Time      time.Time
	Operation string // the contract's operationId; empty for a path that the API does not have
	Method    string
	Path      string
	RawQuery  string
	Header    http.Header
	Body      []byte
	// Status is what was answered; 0 while there is no answer, and when the connection was cut instead.
	Status int
	// Fault describes the fault that happened to the request, empty for none.
	Fault string

	number int           // of the request, from 1
	took   time.Duration // from the arrival to the answer
	answer []byte        // the beginning of what was answered; only the newest requests have it
}

const (
	// maxAnswerKept is how much of an answer is kept, in bytes.
	maxAnswerKept = 16 << 10
	// answersKept is how many of the newest requests have their answers.
	answersKept = 1000
)

// checkoutTokens are the tokens of browsers. Each is all that it takes to use a session, so the record has none.
var checkoutTokens = regexp.MustCompile(`vlt_(cos?)_[A-Za-z0-9_-]+`)

// hideTokens writes a text without its checkout tokens.
func hideTokens(text string) string { return checkoutTokens.ReplaceAllString(text, "vlt_${1}_hidden") }

// withoutTokens is a request without its checkout tokens, wherever they stand.
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

// Requests returns what the emulator has seen, in the order of arrival.
func (e *Emulator) Requests() []Request {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	requests := make([]Request, 0, len(e.recorder.entries))
	for _, entry := range e.recorder.entries {
		requests = append(requests, *entry)
	}
	return requests
}

// ResetRequests forgets what the emulator has seen.
func (e *Emulator) ResetRequests() {
	e.recorder.mu.Lock()
	defer e.recorder.mu.Unlock()
	e.recorder.entries = nil
	e.recorder.changes++
}

// Count returns how many requests of an operation the emulator has seen.
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
	added   int    // requests, also those that were forgotten
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

// newest returns limit requests before a number, 0 for the newest, that match, the newest first, and whether there are older ones.
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
