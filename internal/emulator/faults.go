package emulator

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// Fault is an error that the emulator causes in future requests.
type Fault struct {
	// Operation is the operationId of the affected requests. Empty means every operation.
	Operation string
	// Nth is the number of the first affected request, counted from the injection. 0 and 1 are the next matching request.
	Nth int
	// Times is the number of affected requests from then on. 0 means once, and -1 means for ever.
	Times int
	// Effect is the effect on the affected requests.
	Effect Effect
}

// Effect is the effect of a fault on a request. The types of this package whose documentation says that they are an Effect implement it.
type Effect interface{ effect() }

type (
	// CutBefore is an Effect: the connection closes before the request is carried out.
	CutBefore struct{}
	// CutAfter is an Effect: the request is carried out, and the connection closes without an answer.
	CutAfter struct{}
	// CutBody is an Effect: the request is carried out, and the connection closes after half of the answer's body.
	CutBody struct{}
	// EmptyBody is an Effect: the request is carried out, and the answer has its status but no body.
	EmptyBody struct{}
	// Delay is an Effect: the work begins after D.
	Delay struct{ D time.Duration }
	// Hang is an Effect: no answer ever comes. With After, the request is carried out first.
	Hang struct{ After bool }
	// Answer is an Effect: an answer that does not come from the API, such as an answer of a proxy. With After, the request is carried out
	// first.
	Answer struct {
		Status      int
		ContentType string // empty: text/plain
		Header      http.Header
		Body        string
		After       bool
	}
	// Refuse is an Effect: the API answers with an error in its own form, and nothing is done.
	Refuse struct {
		Status             int
		Type, Code, Detail string
		Context            map[string]any
	}
	// NotFound is an Effect: a read answers 404, as it does before the object becomes visible.
	NotFound struct{}
	// Stale is an Effect: a read shows the object before the last write, or answers 404 if the object did not exist then.
	Stale struct{}
	// FailAsync is an Effect: a write is accepted and then fails, for the given reason.
	FailAsync struct{ Type, Code, Detail string }
)

func (CutBefore) effect() {}
func (CutAfter) effect()  {}
func (CutBody) effect()   {}
func (EmptyBody) effect() {}
func (Delay) effect()     {}
func (Hang) effect()      {}
func (Answer) effect()    {}
func (Refuse) effect()    {}
func (NotFound) effect()  {}
func (Stale) effect()     {}
func (FailAsync) effect() {}

// Inject adds a fault. If several faults match a request, the oldest one happens.
func (e *Emulator) Inject(fault Fault) { e.faults.add(fault) }

// ClearFaults removes every fault.
func (e *Emulator) ClearFaults() { e.faults.clear() }

type faults struct {
	mu      sync.Mutex
	faults  []*Fault
	changes uint64
}

// count returns a number that grows with every change of the faults.
func (f *faults) count() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.changes
}

func (f *faults) add(fault Fault) {
	fault.Nth = max(fault.Nth, 1)
	if fault.Times == 0 {
		fault.Times = 1
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = append(f.faults, &fault)
	f.changes++
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.faults = nil
	f.changes++
}

// take returns the effect on a request of an operation, or nil if no fault matches. It counts the request.
func (f *faults) take(operation string) Effect {
	f.mu.Lock()
	defer f.mu.Unlock()
	var effect Effect
	for _, fault := range f.faults {
		if fault.Operation != "" && fault.Operation != operation {
			continue
		}
		f.changes++
		if fault.Nth > 1 {
			fault.Nth--
			continue
		}
		if effect == nil {
			effect = fault.Effect
			if fault.Times > 0 {
				fault.Times--
			}
		}
	}
	f.faults = slices.DeleteFunc(f.faults, func(fault *Fault) bool { return fault.Times == 0 })
	return effect
}

type effectKey struct{}

// pendingEffect is an effect that the endpoint has not reached yet.
type pendingEffect struct {
	Effect
	used bool // whether the endpoint has reached it
}

// enter passes an effect to the call if the world carries it out.
func (p *pendingEffect) enter(c *world.Call) {
	if p == nil {
		return
	}
	switch effect := p.Effect.(type) {
	case NotFound:
		c.Hidden = true
	case Stale:
		c.Stale = true
	case FailAsync:
		c.Failure = &world.Failure{Type: effect.Type, Code: effect.Code, Detail: effect.Detail}
	}
}

// leave records whether the call has reached the effect.
func (p *pendingEffect) leave(c *world.Call) {
	if p != nil {
		p.used = c.FaultUsed
	}
}

// before and after return whether the request continues.

func (CutBefore) before(x *exchange) bool {
	x.cut()
	return false
}

func (d Delay) before(x *exchange) bool { return x.wait(d.D) }

func (h Hang) before(x *exchange) bool { return h.After || x.wait(-1) }

func (h Hang) after(x *exchange, _ *httptest.ResponseRecorder) bool { return x.wait(-1) }

func (a Answer) before(x *exchange) bool {
	if !a.After {
		a.send(x)
	}
	return a.After
}

func (a Answer) after(x *exchange, _ *httptest.ResponseRecorder) bool {
	a.send(x)
	return false
}

func (a Answer) send(x *exchange) {
	header := http.Header{"Content-Type": {"text/plain"}}
	if a.ContentType != "" {
		header.Set("Content-Type", a.ContentType)
	}
	for name, values := range a.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	x.answer(a.Status, header, []byte(a.Body))
}

func (f Refuse) before(x *exchange) bool {
	answer := httptest.NewRecorder()
	writeProblem(answer, &problem{status: f.Status, kind: f.Type, code: f.Code, detail: f.Detail, context: f.Context})
	x.answer(answer.Code, answer.Header(), answer.Body.Bytes())
	return false
}

func (CutAfter) after(x *exchange, _ *httptest.ResponseRecorder) bool {
	x.cut()
	return false
}

func (EmptyBody) after(x *exchange, answer *httptest.ResponseRecorder) bool {
	x.answer(answer.Code, answer.Header(), nil)
	return false
}

func (CutBody) after(x *exchange, answer *httptest.ResponseRecorder) bool {
	body := answer.Body.Bytes()
	header := answer.Header().Clone()
	header.Set("Content-Length", strconv.Itoa(max(len(body), 2)))
	x.answer(answer.Code, header, body[:len(body)/2])
	_ = http.NewResponseController(x.writer).Flush()
	panic(http.ErrAbortHandler) // net/http's way to close the connection
}
