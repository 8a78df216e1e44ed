package faults_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// ownIDCase is the creation of an object with an ID of its own, which is taken over if it exists.
type ownIDCase struct {
	kind, id string
	// attributes are the other ones, for the world's wallet payee.
	attributes func(w *acctest.World, payee uuid.UUID) string
	// post is the operation that creates the object, and have the IDs that the API has, with what belongs to the state beside each.
	post string
	have func(w *acctest.World) map[string]string
}

func ownIDCases() map[string]ownIDCase {
	return map[string]ownIDCase{
		"wallet": {
			kind: "voltage_wallet", id: uuid.NewString(), post: "create_wallet",
			attributes: func(w *acctest.World, _ uuid.UUID) string {
				return fmt.Sprintf("name = \"staging\"\n network = %q\n line_of_credit_id = %q\n limit = 1000", w.Network, w.LineOfCreditID)
			},
			have: func(w *acctest.World) map[string]string {
				ids := map[string]string{}
				for _, wallet := range w.Emulator.Wallets() {
					if wallet.Name == "staging" {
						ids[wallet.ID.String()] = "active true"
					}
				}
				return ids
			},
		},
		"webhook": {
			kind: "voltage_webhook", id: uuid.NewString(), post: "create_webhook",
			attributes: func(*acctest.World, uuid.UUID) string {
				return "name = \"staging\"\n url = \"https://shop.example/hooks\"\n events = { receive = [\"completed\"] }\n enabled = false"
			},
			have: func(w *acctest.World) map[string]string {
				ids := map[string]string{}
				for _, hook := range w.Emulator.Webhooks() {
					ids[hook.ID.String()] = "status " + hook.Status + ", shared_secret " + hook.Secret
				}
				return ids
			},
		},
		"payment request": {
			kind: "voltage_payment_request", id: uuid.NewString(), post: "create_payment",
			attributes: func(_ *acctest.World, payee uuid.UUID) string {
				return fmt.Sprintf("wallet_id = %q\n kind = \"bolt11\"\n amount = { amount = 21000, currency = \"btc\" }\n"+
					" description = \"coffee\"", payee)
			},
			have: func(w *acctest.World) map[string]string {
				ids := map[string]string{}
				for _, payment := range w.Emulator.PaymentsJSON() {
					ids[fmt.Sprint(payment["id"])] = fmt.Sprint("status ", payment["status"])
				}
				return ids
			},
		},
	}
}

// prepare makes a world and a folder with the configuration of the creation. init is a folder that was initialized before, empty for none.
func (c ownIDCase) prepare(t *testing.T, init string) (*acctest.World, *acctest.CLI) {
	t.Helper()
	w := acctest.Emulated(t)
	payee, limit := uuid.New(), int64(1_000_000)
	err := w.Emulator.AddWallet(emulator.Wallet{
		ID: payee, EnvironmentID: w.EnvironmentID, Name: "payee", Network: w.Network, LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
	})
	if err != nil {
		t.Fatal(err)
	}
	cli := w.CLI(t)
	secret := ""
	if c.kind == "voltage_webhook" {
		secret = `output "secret" {
  value     = voltage_webhook.test.shared_secret
  sensitive = true
}`
	}
	cli.Write("main.tf", fmt.Sprintf("%s\nresource %q \"test\" {\n id = %q\n adopt_existing = true\n %s\n}\n%s\n",
		acctest.Requirements, c.kind, c.id, c.attributes(w, payee), secret))
	if init == "" {
		cli.Terraform("init")
		return w, cli
	}
	for _, name := range []string{".terraform", ".terraform.lock.hcl"} {
		if out, err := exec.Command("cp", "-a", filepath.Join(init, name), cli.Dir).CombinedOutput(); err != nil {
			t.Fatalf("copying %s: %s: %s", name, err, out)
		}
	}
	return w, cli
}

// step is a moment of a creation: the emulator has got a request, and does not answer.
type step struct {
	request int  // counted from 1 over the whole apply
	after   bool // whether the work was done
	last    bool // it was the last one, and was answered
}

// steps are those of an undisturbed apply, from the read of the ID before the creation on, with their names.
func (c ownIDCase) steps(t *testing.T, requests []emulator.Request) map[string]step {
	t.Helper()
	post := slices.IndexFunc(requests, func(r emulator.Request) bool { return r.Operation == c.post })
	if post < 1 || post == len(requests)-1 {
		t.Fatalf("%d requests, and %s is number %d", len(requests), c.post, post)
	}
	steps := map[string]step{fmt.Sprintf("right after request %d", len(requests)): {request: len(requests), last: true}}
	for i := post - 1; i < len(requests); i++ {
		name := fmt.Sprintf("request %d, %s", i+1, requests[i].Operation)
		steps[name] = step{request: i + 1}
		if requests[i].Method != "GET" {
			steps[name+", work done"] = step{request: i + 1, after: true}
		}
	}
	return steps
}

// killAt runs apply, and kills Terraform or the provider at a step.
func (s step) killAt(t *testing.T, w *acctest.World, cli *acctest.CLI, victim string) {
	t.Helper()
	w.Emulator.ResetRequests()
	if !s.last {
		w.Emulator.Inject(emulator.Fault{Nth: s.request, Effect: emulator.Hang{After: s.after}})
	}
	cmd := cli.Command("apply", "-auto-approve")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	// A provider whose Terraform was killed is left alone by everybody.
	t.Cleanup(func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	reached := func() bool {
		requests := w.Emulator.Requests()
		return len(requests) >= s.request && (!s.last || requests[s.request-1].Status != 0)
	}
	for deadline := time.Now().Add(2 * time.Minute); !reached(); time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			t.Fatalf("request %d was never sent:\n%s", s.request, out.String())
		}
	}
	if !s.last {
		time.Sleep(50 * time.Millisecond) // the work that a hang comes after is done
	}
	pid := cmd.Process.Pid
	if victim == "provider" {
		pid = findProvider(t, pid)
	}
	if pid != 0 { // 0: the last step is over, and the provider has ended by itself
		_ = syscall.Kill(pid, syscall.SIGKILL)
	} else if !s.last {
		t.Fatal("the provider's process was not found")
	}
	if err := cmd.Wait(); err == nil && !s.last {
		t.Errorf("Terraform says that all went well:\n%s", out.String())
	}
	w.Emulator.ClearFaults()
}

// settled applies again, and wants one object, in the API and in the state, and an empty plan.
func (c ownIDCase) settled(t *testing.T, w *acctest.World, cli *acctest.CLI) {
	t.Helper()
	cli.Attach()
	cli.Terraform("apply", "-auto-approve") // takes the lock of a Terraform that was killed: nobody holds it any more
	have := c.have(w)
	if len(have) != 1 || have[c.id] == "" {
		t.Errorf("the API has %v, want %s", have, c.id)
	}
	if state := cli.State(); !strings.Contains(state, c.id) {
		t.Errorf("the state does not have %s: %s", c.id, state)
	}
	if c.kind == "voltage_webhook" {
		var secret string
		if cli.Output("secret", &secret); have[c.id] != "status stopped, shared_secret "+secret {
			t.Errorf("the API has %v, the state the secret %q", have, secret)
		}
	}
	cli.Terraform("plan", "-detailed-exitcode")
}

// TestKilledCreating kills the provider, or Terraform, by SIGKILL at every request of the creation of a wallet, a webhook and a payment
// request that have an id and adopt_existing = true. The next apply ends with one object, which the state has.
func TestKilledCreating(t *testing.T) {
	t.Parallel()
	running := make(chan struct{}, max(4, runtime.NumCPU())) // how many CLIs run at once
	for name, c := range ownIDCases() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, cli := c.prepare(t, "")
			cli.Terraform("apply", "-auto-approve")
			steps := c.steps(t, w.Emulator.Requests())
			for _, victim := range []string{"provider", "Terraform"} {
				for name, s := range steps {
					t.Run(victim+" at "+name, func(t *testing.T) {
						t.Parallel()
						if victim == "provider" {
							needProc(t)
						}
						running <- struct{}{}
						defer func() { <-running }()
						w, cli := c.prepare(t, cli.Dir)
						s.killAt(t, w, cli, victim)
						c.settled(t, w, cli)
					})
				}
			}
		})
	}
}

// findProvider returns the provider's process among Terraform's children, and 0 where it is not running.
func findProvider(t *testing.T, terraform int) int {
	t.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, stat := range stats {
		content, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		var parent int
		text := string(content)
		if _, err := fmt.Sscanf(text[strings.LastIndexByte(text, ')')+1:], " %s %d", new(string), &parent); err != nil || parent != terraform {
			continue
		}
		var pid int
		if _, err := fmt.Sscan(filepath.Base(filepath.Dir(stat)), &pid); err == nil && strings.Contains(text, "(terraform-provi") {
			return pid
		}
	}
	return 0
}
