// Package acctest starts an emulator for a test, and runs the provider: with the real Terraform through factories, or without Terraform
// through the provider's protocol server.
package acctest

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/provider"
	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// World is the API that a test runs against.
type World struct {
	// Emulator is nil in a live world.
	Emulator *emulator.Emulator
	// URL is the address of the API, with its version.
	URL string

	OrganizationID, EnvironmentID, LineOfCreditID uuid.UUID
	// Network is the network of the line of credit, in the spelling of requests for wallets.
	Network string

	// Duplicates is the expected number of creations that are requested twice.
	Duplicates int
	// Pace is how long the provider waits between requests.
	Pace voltage.Pace
	// ShareAfter is the number of objects that the provider reads one by one before it reads lists. See [voltage.Config].
	ShareAfter int

	// Wrap, unless it is nil, puts something between Terraform and the provider.
	Wrap func(tfprotov6.ProviderServer) tfprotov6.ProviderServer

	transport http.RoundTripper // nil: net/http's own
	receivers *receivers        // nil: receivers are servers with sockets
}

// A message that does not fit its declaration fails every test of a package that imports this one. The garbage collector runs less often,
// up to a memory limit, because a world is small and most of it is garbage at the end of its test.
func init() {
	tfkit.OnMistake = func(what string) { panic(what) }
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(800)
		debug.SetMemoryLimit(1 << 30)
	}
}

// Emulated starts an emulator for one test. It checks each request and each answer against the contract, and a violation fails the test.
func Emulated(t *testing.T, change ...func(*emulator.Config)) *World {
	t.Helper()
	if Live() {
		t.Skip("needs the emulator")
	}
	world := emulated(t, change)
	url, stop, err := world.Emulator.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	world.URL = url
	// The emulator answers in less than a millisecond, so the waits for the real API would only slow tests down.
	world.Pace = voltage.Pace{
		RetryMin: time.Millisecond, RetryMax: 10 * time.Millisecond, RetryAfterMax: 50 * time.Millisecond,
		PollMin: 5 * time.Millisecond, PollMax: 50 * time.Millisecond, Settle: 300 * time.Millisecond, Lag: time.Second,
		ListLife: time.Nanosecond, // reads must see the changes of a test at once
	}
	return world
}

// emulated makes a world whose emulator does not run yet.
func emulated(tb testing.TB, change []func(*emulator.Config)) *World {
	tb.Helper()
	violations := &violations{}
	config := emulator.Config{OnViolation: violations.add, EventForm: emulator.EventFormsInTurn}
	for _, c := range change {
		c(&config)
	}
	emu, err := emulator.New(config)
	if err != nil {
		tb.Fatal(err)
	}
	world := &World{
		Emulator:       emu,
		OrganizationID: emulator.DefaultOrganizationID,
		EnvironmentID:  emulator.StagingEnvironmentID,
		LineOfCreditID: emulator.StagingLineID,
		Network:        "mutinynet",
		ShareAfter:     shareAfter(),
	}
	tb.Cleanup(func() {
		for _, violation := range violations.all() {
			tb.Errorf("the contract was broken: %s", violation)
		}
		if duplicates := emu.Duplicates(); duplicates != world.Duplicates {
			tb.Errorf("%d objects were asked for twice, want %d", duplicates, world.Duplicates)
		}
	})
	return world
}

// SharedVariable is an environment variable. If it is 1, lists serve every read that can use a list, even for a few objects. The tests must
// pass with and without it.
const SharedVariable = "VOLTAGE_ACC_SHARED"

// Shared reports whether lists serve every read that can use a list.
func Shared() bool { return os.Getenv(SharedVariable) == "1" }

func shareAfter() int {
	if Shared() {
		return -1
	}
	return voltage.DefaultShareAfter
}

// Factories returns the provider for terraform-plugin-testing.
func (w *World) Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"voltage": func() (tfprotov6.ProviderServer, error) { return w.server()(), nil },
	}
}

// server makes servers of the provider for this world.
func (w *World) server(options ...provider.Option) func() tfprotov6.ProviderServer {
	return provider.NewServer("test", append([]provider.Option{
		provider.WithPace(w.Pace), provider.WithShareAfter(w.ShareAfter), provider.WithTransport(w.transport),
	}, options...)...)
}

// Config returns a configuration after a provider block for this world.
func (w *World) Config(format string, args ...any) string {
	return w.ProviderBlock(emulator.StagingKey) + fmt.Sprintf(format, args...)
}

// ProviderBlock configures the provider for this world. An emulated world gets the API key. For a live world, only environment variables
// configure the provider.
func (w *World) ProviderBlock(apiKey string) string {
	if w.Emulator == nil {
		return "provider \"voltage\" {}\n"
	}
	return fmt.Sprintf(`
provider "voltage" {
  base_url        = %q
  api_key         = %q
  organization_id = %q
  environment_id  = %q
}
`, w.URL, apiKey, w.OrganizationID, w.EnvironmentID)
}

// InterruptedAt returns a context that is cancelled, as by Ctrl-C, when the emulator has received a request of an operation.
func (w *World) InterruptedAt(t *testing.T, operation string) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer cancel()
		for w.Emulator.Count(operation) == 0 && ctx.Err() == nil {
			time.Sleep(time.Millisecond)
		}
	}()
	return ctx
}

// violations collects the violations. The emulator reports them from several goroutines, even after a test has failed.
type violations struct {
	mu   sync.Mutex
	errs []error
}

func (v *violations) add(err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.errs = append(v.errs, err)
}

func (v *violations) all() []error {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.errs
}
