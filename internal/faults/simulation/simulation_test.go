package simulation

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// size is the amount of work in one run.
type size struct {
	workspaces, steps int
}

// simulation is one run of a seed.
type simulation struct {
	chance
	size
	judge    *judge
	ctx      context.Context
	emulator *emulator.Emulator
	world    *acctest.World
	// intensity is the share of exchanges with a fault.
	intensity float64
	start     time.Time
	// names are names for shared IDs. exempt are the objects that no workspace has made.
	names  map[string]string
	exempt map[string]bool

	exchanges, calls atomic.Int64

	mu sync.Mutex
	// calm says that there are no more faults.
	calm       bool
	workspaces []*workspace
	// requested are the requested objects, by ID.
	requested map[string]creation
	lags      map[string]lag
	history   []string
	failures  []string
	// fired are the names of the decisions that a shorter run could leave out.
	fired []string
}

// creation is a request for an object.
type creation struct {
	kind string
	call *rpc
}

// result is the result of a run.
type result struct {
	failures, history, fired []string
	exchanges, calls         int64
	virtual                  time.Duration
}

// simulate runs a seed, without some of its decisions.
func simulate(t *testing.T, seed uint64, size size, without ...string) (r result) {
	t.Helper()
	s := &simulation{
		chance: chance{seed: seed, without: map[string]bool{}}, size: size, names: map[string]string{}, exempt: map[string]bool{},
		requested: map[string]creation{}, lags: map[string]lag{},
	}
	for _, name := range without {
		s.without[name] = true
	}
	uuid.SetRand(&lockedReader{Reader: reader{s.of("uuids")}})
	defer uuid.SetRand(nil)
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s.ctx, s.start = ctx, time.Now()
		s.judge = &judge{t, s}
		guarded(func() { s.run() })
		r.virtual = time.Since(s.start)
		cancel()
	})
	r.failures, r.history, r.fired = s.failures, s.history, s.fired
	r.exchanges, r.calls = s.exchanges.Load(), s.calls.Load()
	return r
}

// environment is the environment of a workspace.
type environment struct {
	organization, environment, line uuid.UUID
	key                             string
	// payee is the wallet that receives the payments of its workspaces.
	payee uuid.UUID
}

// run runs all workspaces at the same time, and then lets them converge.
func (s *simulation) run() {
	random := s.of("world")
	environments, organizations := s.environments()
	s.world = acctest.NewVirtual(s.judge, func(c *emulator.Config) {
		c.Organizations = organizations
		c.Delay = time.Duration(random.Float64() * 2.5 * float64(time.Second))
		c.ForgetDeleted = random.IntN(2) == 0
		c.PolicyLag = time.Duration(random.IntN(2)) * 700 * time.Millisecond
		c.HideDestinations = random.IntN(2) == 0
		c.NoCheckOnly = random.IntN(2) == 0
		c.FreshCheckoutTokens = random.IntN(2) == 0
	})
	s.start = time.Now() // virtual time has just moved by decades
	s.emulator, s.intensity = s.world.Emulator, []float64{0.02, 0.05, 0.1, 0.2}[random.IntN(4)]
	for i := range environments {
		environments[i].payee = s.id(fmt.Sprint("payee ", i))
		s.exempt[environments[i].payee.String()] = true
		s.names[environments[i].payee.String()] = "PAYEE"
		limit := int64(0)
		err := s.emulator.AddWallet(emulator.Wallet{
			ID: environments[i].payee, EnvironmentID: environments[i].environment, Name: "payee", Network: "mutinynet",
			LineOfCreditID: &environments[i].line, Limit: &limit,
		})
		if err != nil {
			s.judge.Fatal(err)
		}
	}
	var working sync.WaitGroup
	for i := range s.size.workspaces {
		// The first two share an environment, and the others have one each.
		w := newWorkspace(s, i, environments[max(i-1, 0)%len(environments)])
		s.workspaces = append(s.workspaces, w)
		if s.without[w.decision()] {
			continue
		}
		working.Go(func() {
			time.Sleep(time.Duration(s.of("start " + w.name).IntN(3_000_000_000)))
			for step := range s.steps {
				guarded(func() { w.step(step) })
			}
		})
	}
	working.Wait()
	s.mu.Lock()
	s.calm = true
	s.mu.Unlock()
	for _, w := range s.workspaces {
		if !s.without[w.decision()] {
			guarded(w.converge)
		}
	}
	s.checkEnd()
	s.world.Duplicates = s.emulator.Duplicates() // requests with the same ID are repeated after a lost answer
}

// environments are two organizations with three environments.
func (s *simulation) environments() ([]environment, []emulator.Organization) {
	const oneBTC = 100_000_000_000 // msats
	var environments []environment
	var organizations []emulator.Organization
	for i, count := range []int{1, 2} {
		organization := emulator.Organization{ID: s.id(fmt.Sprint("organization ", i)), Name: fmt.Sprint("Organization ", i)}
		s.names[organization.ID.String()] = fmt.Sprint("ORG", i)
		for range count {
			name := fmt.Sprint("ENV", len(environments))
			e := environment{
				organization: organization.ID, environment: s.id(name), line: s.id(name + " line"), key: "vltg_emulator_" + name,
			}
			s.names[e.environment.String()], s.names[e.line.String()] = name, "LINE"
			organization.Environments = append(organization.Environments, emulator.Environment{ID: e.environment, Name: name})
			organization.LinesOfCredit = append(organization.LinesOfCredit, emulator.LineOfCredit{
				ID: e.line, EnvironmentID: e.environment, Network: "mutinynet", Currency: "btc", Limit: oneBTC,
			})
			organization.Keys = append(organization.Keys, emulator.Key{
				Secret: e.key, Environments: []uuid.UUID{e.environment}, Read: true, Write: true, Receive: true, Billing: true,
			})
			environments = append(environments, e)
		}
		organizations = append(organizations, organization)
	}
	return environments, organizations
}

// note adds a line to the history.
func (s *simulation) note(w *workspace, name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.history = append(s.history, fmt.Sprintf("%12.6fs %s %-40s %s", time.Since(s.start).Seconds(), w.name, name, text))
}

// fail records a failure of the run.
func (s *simulation) fail(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failures = append(s.failures, text)
	s.history = append(s.history, fmt.Sprintf("%12.6fs FAILED: %s", time.Since(s.start).Seconds(), text))
}

// happened records a decision that a shorter run could leave out.
func (s *simulation) happened(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.fired, name) {
		s.fired = append(s.fired, name)
	}
}
