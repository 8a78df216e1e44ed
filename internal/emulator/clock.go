package emulator

import (
	"fmt"
	"regexp"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// maxClockAhead limits the total movement of the clock, so that every year has four digits.
const maxClockAhead = 100 * 365 * 24 * time.Hour

// clock is a clock that can be moved forward.
type clock struct {
	base      func() time.Time
	ahead     atomic.Int64 // nanoseconds
	advancing sync.Mutex   // held while the clock is moved
}

func newClock(base func() time.Time, ahead time.Duration) *clock {
	c := &clock{base: base}
	c.ahead.Store(int64(ahead))
	return c
}

func (c *clock) now() time.Time { return c.base().Add(time.Duration(c.ahead.Load())) }

// Clock returns the time of the emulator, and its difference to the clock of [Config].
func (e *Emulator) Clock() (now time.Time, ahead time.Duration) {
	return e.clock.now(), time.Duration(e.clock.ahead.Load())
}

// AdvanceClock moves the emulator's clock forward. The world follows: accepted writes are done, invoices, quotes, sessions and tokens
// expire, and deliveries to webhooks are attempted, each at its time and in the order of their times. AdvanceClock returns when the
// attempts that are due have ended. It does not change how long requests take, or how long a receiver may take to answer.
//
// It returns an error if d is negative, because the past cannot be undone, or if the clock would be more than 100 years ahead.
func (e *Emulator) AdvanceClock(d time.Duration) error {
	e.clock.advancing.Lock()
	defer e.clock.advancing.Unlock()
	ahead := time.Duration(e.clock.ahead.Load())
	switch {
	case d < 0:
		return fmt.Errorf("the clock moves forward only, so it cannot be advanced by %s", d)
	case d > maxClockAhead-ahead:
		return fmt.Errorf("the clock can be at most 100 years ahead; it is %s ahead already, and %s more is too much", ahead, d)
	}
	target := ahead + d
	e.mu.Lock()
	defer e.mu.Unlock()
	for {
		e.announce(e.config.Now())
		for len(e.courier.trips) > 0 {
			e.courier.idle.Wait()
		}
		if ahead == target {
			return nil
		}
		step, now := target-ahead, e.config.Now()
		if next, found := e.world.NextEvent(now); found {
			step = min(step, next.Sub(now))
		}
		ahead += step
		e.clock.ahead.Store(int64(ahead))
		e.changed()
	}
}

// ClockOrder moves the clock.
type ClockOrder struct {
	// Advance is the duration, such as 90s, 2h30m or 3d. A day has 24 hours.
	Advance string `json:"advance"`
}

// ClockView is the emulator's clock.
type ClockView struct {
	Now   time.Time `json:"now"`
	Ahead string    `json:"ahead"` // difference to the clock of the machine, such as 2h0m0s
}

func (e *Emulator) clockView() ClockView {
	now, ahead := e.Clock()
	return ClockView{Now: now.UTC(), Ahead: ahead.String()}
}

// controlClock adds the endpoints that show and move the clock.
func (e *Emulator) controlClock() {
	control(e, "GET", "clock", func(struct{}) (any, error) { return e.clockView(), nil })
	control(e, "POST", "clock", func(order ClockOrder) (any, error) {
		d, err := parseAdvance(order.Advance)
		if err == nil {
			err = e.AdvanceClock(d)
		}
		if err != nil {
			return nil, err
		}
		return e.clockView(), nil
	})
}

var days = regexp.MustCompile(`^([0-9]+)d(.*)$`)

// parseAdvance reads a duration that may begin with days, which [time.ParseDuration] does not know.
func parseAdvance(text string) (time.Duration, error) {
	rest := text
	var total time.Duration
	wrong := fmt.Errorf("%q is not a duration such as 90s, 2h30m or 3d", text)
	if match := days.FindStringSubmatch(text); match != nil {
		count, err := strconv.Atoi(match[1])
		if err != nil || count > int(maxClockAhead/(24*time.Hour)) {
			return 0, wrong
		}
		if total, rest = time.Duration(count)*24*time.Hour, match[2]; rest == "" {
			return total, nil
		}
	}
	d, err := time.ParseDuration(rest)
	if err != nil || d > maxClockAhead || total > 0 && d < 0 {
		return 0, wrong
	}
	return total + d, nil
}
