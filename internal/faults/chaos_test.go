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

// wantedWallet is a wallet of the configuration, with its policy, or 0 for no policy.
type wantedWallet struct {
	name       string
	limit      int
	maxPayment int64 // satoshis
}

// wantedHook is a webhook of the configuration.
type wantedHook struct {
	name    string
	enabled bool
	secret  int // its version
}

// chaos is a configuration that changes at random.
type chaos struct {
	*rand.Rand
	wallets map[string]wantedWallet
	hooks   map[string]wantedHook
}

// TestChaos changes a configuration at random and applies it with the real Terraform under random faults. Then it removes the faults and
// applies until that succeeds. After each round, the API, the state and the configuration must agree. CHAOS_SEED and CHAOS_ROUNDS select
// another run (make chaos SEED=… ROUNDS=…).
func TestChaos(t *testing.T) {
	t.Parallel()
	seed, rounds := number(t, "CHAOS_SEED", 20_260_901), number(t, "CHAOS_ROUNDS", 12)
	random := rand.New(rand.NewPCG(seed, seed))
	w := acctest.Emulated(t, func(c *emulator.Config) { c.Delay = 15 * time.Millisecond })
	w.Pace.Settle = 2 * time.Second // longer than six lagging reads in a row, even on a busy machine
	c := w.InProcess(t)
	wanted := &chaos{random, map[string]wantedWallet{}, map[string]wantedHook{}}
	faults, failures := 0, 0
	names := slices.Sorted(maps.Keys(effects))
	for round := range rounds {
		wanted.change()
		c.Write("main.tf", wanted.configuration(w))
		var injected []string
		for range random.IntN(8) {
			effect := names[random.IntN(len(names))]
			fault := emulator.Fault{Effect: effects[effect], Nth: 1 + random.IntN(6), Times: 1 + random.IntN(6)}
			if random.IntN(2) == 0 {
				fault.Operation = chaosOperations[random.IntN(len(chaosOperations))]
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
		if err := wanted.compare(w, c.Terraform("show", "-json")); err != nil {
			t.Fatalf("%s: %s", story, err)
		}
	}
	t.Logf("chaos: seed %d, %d rounds, %d faults, %d applies failed under them; nothing was lost", seed, rounds, faults, failures)
}

// chaosOperations are the operations that a fault can affect.
var chaosOperations = []string{
	"create_wallet", "get_wallet", "update_wallet", "delete_wallet", "update_wallet_policies", "create_webhook", "get_webhook",
	"update_webhook",
	"delete_webhook", "start_webhook_as_user", "stop_webhook_as_user", "generate_webhook_key",
}

// change adds, changes, replaces or removes a few objects.
func (c *chaos) change() {
	for range 1 + c.IntN(3) {
		if c.IntN(3) == 0 {
			c.changeHook(fmt.Sprintf("h%d", c.IntN(3)))
		} else {
			c.changeWallet(fmt.Sprintf("w%d", c.IntN(5)))
		}
	}
}

func (c *chaos) changeWallet(key string) {
	wallet, there := c.wallets[key]
	switch {
	case !there:
		wallet = wantedWallet{name: c.name(key), limit: 1 + c.IntN(100)}
	case c.IntN(4) == 0:
		delete(c.wallets, key)
		return
	case c.IntN(3) == 0:
		wallet.limit = 1 + c.IntN(100) // forces a replacement
	case c.IntN(2) == 0:
		wallet.maxPayment = int64(1_000 * c.IntN(5))
	default:
		wallet.name = c.name(key)
	}
	c.wallets[key] = wallet
}

func (c *chaos) changeHook(key string) {
	hook, there := c.hooks[key]
	switch {
	case !there:
		hook = wantedHook{name: c.name(key), enabled: c.IntN(2) == 0}
	case c.IntN(4) == 0:
		delete(c.hooks, key)
		return
	case c.IntN(3) == 0:
		hook.enabled = !hook.enabled
	case c.IntN(2) == 0:
		hook.secret++
	default:
		hook.name = c.name(key)
	}
	c.hooks[key] = hook
}

func (c *chaos) name(key string) string { return fmt.Sprintf("%s-%d", key, c.IntN(1_000_000)) }

// compare returns an error if the API or the state, as JSON, does not match the wanted objects.
func (c *chaos) compare(w *acctest.World, state string) error {
	var got, want []string
	for _, wallet := range (&testCase{World: w}).active() {
		if !strings.Contains(state, wallet.ID.String()) {
			return fmt.Errorf("the API has %s %q, which the state does not know", wallet.ID, wallet.Name)
		}
		policy := ""
		if most := w.Emulator.Policies(wallet.ID).MaxPaymentSizeSats; most != nil &&
			strings.Contains(state, fmt.Sprintf(`"wallet_id":%q`, wallet.ID)) {
			policy = fmt.Sprintf(", payments of at most %d sats", *most)
		}
		got = append(got, fmt.Sprintf("wallet %s with a limit of %d%s", wallet.Name, *wallet.Limit, policy))
	}
	for _, wallet := range c.wallets {
		policy := ""
		if wallet.maxPayment > 0 {
			policy = fmt.Sprintf(", payments of at most %d sats", wallet.maxPayment)
		}
		want = append(want, fmt.Sprintf("wallet %s with a limit of %d%s", wallet.name, wallet.limit, policy))
	}
	for _, hook := range w.Emulator.Webhooks() {
		if hook.Status == "deleted" {
			continue
		}
		if !strings.Contains(state, hook.ID.String()) || !strings.Contains(state, hook.Secret) {
			return fmt.Errorf("the API has webhook %s %q, whose ID or secret the state does not know", hook.ID, hook.Name)
		}
		got = append(got, fmt.Sprintf("webhook %s, enabled %t", hook.Name, hook.Status == "active"))
	}
	for _, hook := range c.hooks {
		want = append(want, fmt.Sprintf("webhook %s, enabled %t", hook.name, hook.enabled))
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		return fmt.Errorf("the API has %v, want %v", got, want)
	}
	return nil
}

// configuration writes the wanted objects as a main.tf.
func (c *chaos) configuration(w *acctest.World) string {
	const timeouts = "  timeouts = { create = \"5s\", update = \"5s\", delete = \"5s\" }\n}\n"
	var b strings.Builder
	b.WriteString(acctest.Requirements)
	b.WriteString(strings.TrimSuffix(strings.TrimSpace(w.ProviderBlock(emulator.StagingKey)), "}") +
		"  max_retries     = 2\n  request_timeout = \"500ms\"\n}\n")
	for _, key := range slices.Sorted(maps.Keys(c.wallets)) {
		wallet := c.wallets[key]
		fmt.Fprintf(&b, `
resource "voltage_wallet" %q {
  name              = %q
  network           = %q
  line_of_credit_id = %q
  limit             = %d
%s`, key, wallet.name, w.Network, w.LineOfCreditID, wallet.limit, timeouts)
		if wallet.maxPayment > 0 {
			fmt.Fprintf(&b, `
resource "voltage_wallet_policies" %q {
  wallet_id             = voltage_wallet.%s.id
  max_payment_size_sats = %d
%s`, key, key, wallet.maxPayment, timeouts)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(c.hooks)) {
		hook := c.hooks[key]
		fmt.Fprintf(&b, `
resource "voltage_webhook" %q {
  name           = %q
  url            = "https://shop.example/voltage/webhooks"
  events         = { receive = ["completed"] }
  enabled        = %t
  secret_version = %d
%s`, key, hook.name, hook.enabled, hook.secret, timeouts)
	}
	return b.String()
}
