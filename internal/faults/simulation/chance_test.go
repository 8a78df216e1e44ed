package simulation

import (
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/google/uuid"
)

// chance makes every decision of a run from its seed. Each decision has its own name. So if a run leaves one decision out, the others stay
// the same.
type chance struct {
	seed uint64
	// without are the names of the workspaces, steps and faults that the run leaves out.
	without map[string]bool
}

// of returns the random numbers for a decision.
func (c chance) of(name string) *rand.Rand {
	hash := fnv.New64a()
	_, _ = io.WriteString(hash, name)
	return rand.New(rand.NewPCG(c.seed, hash.Sum64()))
}

// numbers returns a source of numbers for many goroutines. Each number depends on the current time, so the order of two goroutines does not
// matter.
func (c chance) numbers(name string) func() float64 {
	return func() float64 { return c.of(fmt.Sprint(name, time.Now().UnixNano())).Float64() }
}

// id returns a UUID for a decision.
func (c chance) id(name string) uuid.UUID {
	id, err := uuid.NewRandomFromReader(reader{c.of("id " + name)})
	if err != nil {
		panic(err) // the reader never fails
	}
	return id
}

// reader returns random bytes.
type reader struct{ *rand.Rand }

// Read implements [io.Reader].
func (r reader) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return len(p), nil
}

// lockedReader is a reader for many goroutines.
type lockedReader struct {
	mu sync.Mutex
	io.Reader
}

// Read implements [io.Reader].
func (r *lockedReader) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.Reader.Read(p)
}
