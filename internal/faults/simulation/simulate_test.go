package simulation

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	first = flag.Uint64("seed", 1, "the first seed to simulate")
	seeds = flag.Uint64("seeds", 4, "how many seeds to simulate")
	steps = flag.Int("steps", 14, "how many steps each workspace makes")
	story = flag.Bool("story", false, "print the whole history of each seed")
	stop  = flag.Bool("stop", false, "stop at the first seed that fails")
	plain = flag.Bool("plain", false, "print the whole history of a seed that fails, and not the shortest that can be found")
	want  = flag.String("want", "", "the only kind of failure that counts, such as orphan; empty: every one")
)

// workspaces is the number of workspaces in one world.
const workspaces = 3

// TestSimulate runs seeds. If a seed fails, it prints the shortest failing history that it can find.
func TestSimulate(t *testing.T) {
	var exchanges, calls int64
	var virtual time.Duration
	start := time.Now()
	size := size{workspaces, *steps}
	for seed := *first; seed < *first+*seeds && (!*stop || !t.Failed()); seed++ {
		r := simulate(t, seed, size)
		exchanges, calls, virtual = exchanges+r.exchanges, calls+r.calls, virtual+r.virtual
		if *story {
			fmt.Fprintln(os.Stdout, strings.Join(r.history, "\n"))
		}
		if i := slices.IndexFunc(r.failures, func(f string) bool { return *want == "" || kindOfFailure(f) == *want }); i >= 0 {
			r.failures = r.failures[i:]
			shortest, without := r, []string(nil)
			if !*plain {
				shortest, without = shrink(t, seed, size, r)
			}
			t.Errorf("seed %d fails, and with %d of its decisions left out, too: %s\n\n%s\n\nAgain: make simulate SEED=%d SEEDS=1 STEPS=%d",
				seed, len(without), strings.Join(shortest.failures, "\n"), strings.Join(shortest.history, "\n"), seed, *steps)
		}
	}
	took := time.Since(start)
	t.Logf("simulated %d seeds from %d: %d calls of the provider and %d exchanges with the API in %s of virtual time, %.0f "+
		"operations per second",
		*seeds, *first, calls, exchanges, virtual.Round(time.Minute), float64(calls+exchanges)/took.Seconds())
}

// TestReplay: a seed always makes the same history, to the nanosecond.
func TestReplay(t *testing.T) {
	for _, seed := range []uint64{1, 2, 3} {
		size := size{workspaces, 5}
		one, other := simulate(t, seed, size), simulate(t, seed, size)
		for i := range min(len(one.history), len(other.history)) {
			if one.history[i] != other.history[i] {
				t.Fatalf("seed %d: line %d is\n%s\nand then\n%s", seed, i, one.history[i], other.history[i])
			}
		}
		if len(one.history) != len(other.history) {
			t.Errorf("seed %d: %d lines, and then %d", seed, len(one.history), len(other.history))
		}
	}
}

// kindOfFailure is the word before the colon.
func kindOfFailure(failure string) string {
	kind, _, _ := strings.Cut(failure, ":")
	return kind
}

// shrink leaves out as many decisions of a failing run as possible while the run still fails in the same way: first whole workspaces, then
// steps, then single faults.
func shrink(t *testing.T, seed uint64, size size, failed result) (result, []string) {
	t.Helper()
	want := kindOfFailure(failed.failures[0])
	shortest, without := failed, []string{}
	fails := func(candidate []string) bool {
		r := simulate(t, seed, size, candidate...)
		if !slices.ContainsFunc(r.failures, func(f string) bool { return kindOfFailure(f) == want }) {
			return false
		}
		shortest, without = r, candidate
		return true
	}
	for i := range size.workspaces {
		fails(append(slices.Clone(without), fmt.Sprint("workspace w", i)))
	}
	for _, prefix := range []string{"step ", "fault ", "lag ", "step "} {
		var left []string
		for _, name := range shortest.fired {
			if strings.HasPrefix(name, prefix) {
				left = append(left, name)
			}
		}
		for count := len(left); count > 0; count /= 2 { // first many at once, then fewer
			for start := 0; start < len(left); {
				end := min(start+count, len(left))
				if fails(append(slices.Clone(without), left[start:end]...)) {
					left = slices.Delete(left, start, end)
				} else {
					start = end
				}
			}
		}
	}
	return shortest, without
}
