package world

import (
	"time"

	"github.com/google/uuid"
)

// Call is a request as the world sees it: whose it is, when it comes, and what a fault does to it. Whether the caller may make it is
// decided before.
type Call struct {
	Organization uuid.UUID
	Environment  uuid.UUID // uuid.Nil where the request is about no single environment
	Now          time.Time
	// Done is when what is accepted now can be seen.
	Done time.Time

	// Hidden makes a read find nothing, Stale makes it show the state before the last write, and Failure makes a write fail after it was
	// accepted. FaultUsed tells whether the call got as far as one of them.
	Hidden, Stale bool
	Failure       *Failure
	FaultUsed     bool
}

// owns reports whether the call is about the place of an object.
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

// Failure is why something that was accepted did not happen.
type Failure struct {
	Type, Code, Detail string
	// Amount and Numbers are the context of some failures.
	Amount  *Money
	Numbers map[string]int64
}
