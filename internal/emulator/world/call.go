package world

import (
	"time"

	"github.com/google/uuid"
)

// Call is a request to the world, with its organization, its time and the effect of a fault. The permissions were checked before.
type Call struct {
	Organization uuid.UUID
	Environment  uuid.UUID // uuid.Nil if the request is not about a single environment
	Now          time.Time
	// Done is the time when reads show a write that is accepted now.
	Done time.Time

	// Hidden makes a read find nothing. Stale makes a read show the state before the last write. Failure makes a write fail after it was
	// accepted. FaultUsed reports whether the call has reached one of them.
	Hidden, Stale bool
	Failure       *Failure
	FaultUsed     bool
}

// owns reports whether an object belongs to the organization and the environment of the call.
func (c *Call) owns(organization, environment uuid.UUID) bool {
	return c.Organization == organization && c.Environment == environment
}

func (c *Call) hidden() bool {
	c.FaultUsed = c.FaultUsed || c.Hidden
	return c.Hidden
}

func (c *Call) stale() bool {
	c.FaultUsed = c.FaultUsed || c.Stale
	return c.Stale
}

func (c *Call) failure() *Failure {
	c.FaultUsed = c.FaultUsed || c.Failure != nil
	return c.Failure
}

// Failure is the reason why an accepted write did not happen.
type Failure struct {
	Type, Code, Detail string
	// Amount and Numbers are the context of a failure.
	Amount  *Money
	Numbers map[string]int64
}
