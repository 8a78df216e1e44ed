package faults_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// configuration is one wallet for the real Terraform; more holds further attributes.
func configuration(w *acctest.World, name, more string) string {
	return acctest.Requirements + fmt.Sprintf(`
resource "voltage_wallet" "test" {
  name              = %q
  network           = %q
  line_of_credit_id = %q
  limit             = 1000
  %s
}
`, name, w.Network, w.LineOfCreditID, more)
}

// act is when the emulator has seen the write, and hangs.
type act struct {
	operation string
	// prepare brings the configuration to where the write is next, and run is Terraform's command for it.
	prepare func(w *acctest.World, c *acctest.CLI)
	run     []string
}

func acts() map[string]act {
	made := func(w *acctest.World, c *acctest.CLI) {
		c.Write("main.tf", configuration(w, "staging", ""))
		c.Terraform("apply", "-auto-approve")
	}
	return map[string]act{
		"create": {"create_wallet", func(w *acctest.World, c *acctest.CLI) { c.Write("main.tf", configuration(w, "staging", "")) },
			[]string{"apply", "-auto-approve"}},
		"update": {"update_wallet", func(w *acctest.World, c *acctest.CLI) {
			made(w, c)
			c.Write("main.tf", configuration(w, "renamed", ""))
		}, []string{"apply", "-auto-approve"}},
		"delete": {"delete_wallet", made, []string{"destroy", "-auto-approve"}},
	}
}

// interrupt starts Terraform, does something to it while the emulator hangs on the write, and returns what it has printed.
func interrupt(t *testing.T, w *acctest.World, c *acctest.CLI, a act, after bool, do func(*exec.Cmd)) string {
	t.Helper()
	w.Emulator.ResetRequests()
	w.Emulator.Inject(emulator.Fault{Operation: a.operation, Effect: emulator.Hang{After: after}})
	cmd := c.Command(a.run...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(30 * time.Second)
	for w.Emulator.Count(a.operation) == 0 {
		if time.Now().After(deadline) {
			_ = cmd.Process.Kill()
			t.Fatalf("%s was never sent", a.operation)
		}
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(50 * time.Millisecond) // the work that a hang comes after is done
	do(cmd)
	if err := cmd.Wait(); err == nil {
		t.Errorf("Terraform says that all went well:\n%s", out.String())
	}
	w.Emulator.ClearFaults()
	return strings.Join(strings.Fields(strings.ReplaceAll(out.String(), "│", " ")), " ")
}

// provider finds the provider's process among Terraform's children.
func provider(t *testing.T, terraform int) int {
	t.Helper()
	pid := findProvider(t, terraform)
	if pid == 0 {
		t.Fatal("the provider's process was not found")
	}
	return pid
}

// needProc says why a test of processes cannot run here.
func needProc(t *testing.T) {
	t.Helper()
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("needs /proc to find the provider's process")
	}
}

// settled applies again, and wants one wallet, or none after a destroy, in the API and in the state.
func settled(t *testing.T, w *acctest.World, c *acctest.CLI, a act) {
	t.Helper()
	c.Terraform(a.run...)
	active := (&testCase{World: w}).active()
	want := 1
	if a.run[0] == "destroy" {
		want = 0
	}
	if len(active) != want {
		t.Errorf("the API has %v", active)
	}
	state := c.State()
	for _, wallet := range active {
		if !strings.Contains(state, wallet.ID.String()) || !strings.Contains(state, strconv.Quote(wallet.Name)) {
			t.Errorf("the state does not have %s %q: %s", wallet.ID, wallet.Name, state)
		}
	}
	if want == 1 {
		c.Terraform("plan", "-detailed-exitcode")
	}
}

// TestInterrupted sends SIGINT to Terraform in the middle of each write: the state stays true, and the next apply ends well.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	for name, a := range acts() {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, work done %t", name, after), func(t *testing.T) {
				t.Parallel()
				w := acctest.Emulated(t)
				c := w.InProcess(t)
				a.prepare(w, c)
				out := interrupt(t, w, c, a, after, func(cmd *exec.Cmd) {
					if err := cmd.Process.Signal(os.Interrupt); err != nil {
						t.Error(err)
					}
				})
				if !strings.Contains(out, "terraform apply again") {
					t.Errorf("the message does not say what to do: %s", out)
				}
				settled(t, w, c, a)
			})
		}
	}
}

// TestKilled kills the provider's process in the middle of each write. What was changed or deleted is found by the next apply.
// Of a creation nobody can know, unless the wallet has an ID of the user's: then the message alone leads to it.
func TestKilled(t *testing.T) {
	t.Parallel()
	needProc(t)
	kill := func(t *testing.T) func(*exec.Cmd) {
		t.Helper()
		return func(cmd *exec.Cmd) {
			if err := syscall.Kill(provider(t, cmd.Process.Pid), syscall.SIGKILL); err != nil {
				t.Error(err)
			}
		}
	}
	for name, a := range acts() {
		for _, after := range []bool{false, true} {
			if name == "create" {
				continue
			}
			t.Run(fmt.Sprintf("%s, work done %t", name, after), func(t *testing.T) {
				t.Parallel()
				w := acctest.Emulated(t)
				c := w.CLI(t)
				c.Write("main.tf", acctest.Requirements)
				c.Terraform("init")
				a.prepare(w, c)
				interrupt(t, w, c, a, after, kill(t))
				c.Attach()
				settled(t, w, c, a)
			})
		}
	}
	for _, after := range []bool{false, true} {
		t.Run(fmt.Sprintf("create with an ID that the user chose, work done %t", after), func(t *testing.T) {
			t.Parallel()
			w := acctest.Emulated(t)
			c := w.CLI(t)
			a := acts()["create"]
			c.Write("main.tf", configuration(w, "staging", fmt.Sprintf("id = %q", uuid.NewString())))
			c.Terraform("init")
			interrupt(t, w, c, a, after, kill(t))
			c.Attach()
			if after {
				out, err := c.Try(a.run...)
				command := regexp.MustCompile(`terraform import ADDRESS (\S+)`).FindStringSubmatch(out)
				if err == nil || command == nil {
					t.Fatalf("the message does not name the import: %s", out)
				}
				c.Terraform("import", "voltage_wallet.test", command[1])
			}
			settled(t, w, c, a)
			if got := len(w.Emulator.Wallets()); got != 1 {
				t.Errorf("%d wallets were made", got)
			}
		})
	}
}
