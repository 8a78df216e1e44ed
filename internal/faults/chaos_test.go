package faults_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// number is an environment variable, or a default.
func number(t *testing.T, variable string, otherwise uint64) uint64 {
	t.Helper()
	text := os.Getenv(variable)
	if text == "" {
		return otherwise
	}
	value, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %s", variable, err)
	}
	return value
}

// wanted is a wallet of the configuration.
type wanted struct {
	name  string
	limit int
}

// TestChaos changes a configuration at random and applies it with the real Terraform under random faults; then the faults are
// over, and applying goes on until it succeeds. API, state and configuration must agree after each round. CHAOS_SEED and
// CHAOS_ROUNDS choose another run (make chaos SEED=… ROUNDS=…).
func TestChaos(t *testing.T) {
	t.Parallel()
	seed, rounds := number(t, "CHAOS_SEED", 20_260_901), number(t, "CHAOS_ROUNDS", 12)
	random := rand.New(rand.NewPCG(seed, seed))
	w := acctest.Emulated(t, func(c *emulator.Config) { c.Delay = 15 * time.Millisecond })
	w.Pace.Settle = 2 * time.Second // longer than six reads that lag in a row, however busy the machine is
	c := w.InProcess(t)
	wallets := map[string]wanted{}
	faults, failures := 0, 0
	names := slices.Sorted(maps.Keys(effects))
	for round := range rounds {
		change(random, wallets)
		c.Write("main.tf", chaosConfiguration(w, wallets))
		var injected []string
		for range random.IntN(8) {
			effect := names[random.IntN(len(names))]
			fault := emulator.Fault{Effect: effects[effect], Nth: 1 + random.IntN(6), Times: 1 + random.IntN(6)}
			if random.IntN(2) == 0 {
				fault.Operation = []string{"create_wallet", "get_wallet", "update_wallet", "delete_wallet"}[random.IntN(4)]
			}
			w.Emulator.Inject(fault)
			injected = append(injected, fmt.Sprintf("%s ×%d from request %d of %q", effect, fault.Times, fault.Nth, fault.Operation))
		}
		faults += len(injected)
		story := fmt.Sprintf("seed %d, round %d, faults: %s", seed, round, strings.Join(injected, "; "))
		out, err := c.Try("apply", "-auto-approve")
		if err != nil {
			failures++
		}
		w.Emulator.ClearFaults()
		for attempt := 1; err != nil; attempt++ {
			if attempt > 3 {
				t.Fatalf("%s: applying does not succeed without faults either:\n%s", story, out)
			}
			out, err = c.Try("apply", "-auto-approve")
		}
		if out, err := c.Try("plan", "-detailed-exitcode"); err != nil {
			t.Fatalf("%s: the plan is not empty:\n%s", story, out)
		}
		got := map[string]wanted{}
		state := c.Terraform("show")
		for _, wallet := range (&cell{World: w}).active() {
			got[wallet.Name] = wanted{wallet.Name, int(*wallet.Limit)}
			if !strings.Contains(state, wallet.ID.String()) {
				t.Fatalf("%s: the API has %s %q, which the state does not know", story, wallet.ID, wallet.Name)
			}
		}
		want := map[string]wanted{}
		for _, wallet := range wallets {
			want[wallet.name] = wallet
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%s: the API has %v, want %v", story, got, want)
		}
	}
	t.Logf("chaos: seed %d, %d rounds, %d faults, %d applies failed under them; nothing was lost", seed, rounds, faults, failures)
}

// change adds, renames, replaces or removes a wallet or two.
func change(random *rand.Rand, wallets map[string]wanted) {
	for range 1 + random.IntN(3) {
		key := fmt.Sprintf("w%d", random.IntN(5))
		current, there := wallets[key]
		switch {
		case !there:
			wallets[key] = wanted{fmt.Sprintf("%s-%d", key, random.IntN(1_000_000)), 1 + random.IntN(100)}
		case random.IntN(3) == 0:
			delete(wallets, key)
		case random.IntN(2) == 0:
			wallets[key] = wanted{current.name, 1 + random.IntN(100)} // replaces it
		default:
			wallets[key] = wanted{fmt.Sprintf("%s-%d", key, random.IntN(1_000_000)), current.limit}
		}
	}
}

func chaosConfiguration(w *acctest.World, wallets map[string]wanted) string {
	var b strings.Builder
	b.WriteString(acctest.Requirements)
	b.WriteString(strings.TrimSuffix(strings.TrimSpace(w.ProviderBlock(emulator.StagingKey)), "}") + "  max_retries     = 2\n  request_timeout = \"500ms\"\n}\n")
	for _, key := range slices.Sorted(maps.Keys(wallets)) {
		fmt.Fprintf(&b, `
resource "voltage_wallet" %q {
  name              = %q
  network           = %q
  line_of_credit_id = %q
  limit             = %d
  timeouts          = { create = "5s", update = "5s", delete = "5s" }
}
`, key, wallets[key].name, w.Network, w.LineOfCreditID, wallets[key].limit)
	}
	return b.String()
}
