//go:build unix

package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestMain is the program itself where a test runs it as one.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_RUNS_THE_PROGRAM") != "" {
		main()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// program is the program as a process.
func program(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), executable, args...)
	cmd.Env = append(os.Environ(), "TEST_RUNS_THE_PROGRAM=1", "EMULATOR="+executable)
	return cmd
}

// ended runs the program, and returns its status and what it has written.
func ended(t *testing.T, cmd *exec.Cmd) (status int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errOut.String()
}

// TestExecSetsVariables: the command gets the variables of the emulator in place of those of a real environment, and can use the emulator,
// which ends with it.
func TestExecSetsVariables(t *testing.T) {
	t.Parallel()
	cmd := program(t, "exec", "-delay", "1ms", "--", "sh", "-c", `env | grep ^VOLTAGE_ | sort; "$EMULATOR" clock; cat; echo problem >&2`)
	cmd.Env = append(cmd.Env, "VOLTAGE_API_KEY=real", "VOLTAGE_BEARER_TOKEN=real", "VOLTAGE_API_URL=https://voltageapi.com/v1",
		"VOLTAGE_ORGANIZATION_ID=real")
	cmd.Stdin = strings.NewReader("typed")
	status, stdout, stderr := ended(t, cmd)
	want := regexp.MustCompile(`^VOLTAGE_API_KEY=` + emulator.StagingKey + `
VOLTAGE_API_URL=(http://127\.0\.0\.1:\d+)/v1
VOLTAGE_ENVIRONMENT_ID=` + emulator.StagingEnvironmentID.String() + `
VOLTAGE_ORGANIZATION_ID=` + emulator.DefaultOrganizationID.String() + `
\d.*ahead of the machine's clock
typed$`)
	match := want.FindStringSubmatch(stdout)
	if status != 0 || match == nil || stderr != "problem\n" {
		t.Fatalf("status %d, printed\n%s\nand %q", status, stdout, stderr)
	}
	if resp, err := http.Get(match[1]); err == nil {
		resp.Body.Close()
		t.Error("the emulator still listens")
	}
}

// TestExecStatus: the status is the command's.
func TestExecStatus(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := filepath.Join(folder, "text")
	if err := os.WriteFile(text, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		args   []string
		status int
		said   string
	}{
		{[]string{"true"}, 0, ""},
		{[]string{"--", "sh", "-c", "exit 3"}, 3, ""},
		{[]string{"sh", "-c", "kill -TERM $$"}, 128 + 15, ""},
		{[]string{"--", "sh", "-c", "kill -KILL $$"}, 128 + 9, ""},
		{[]string{"--", "no-such-command"}, 127, `running the command: exec: "no-such-command": executable file not found in $PATH`},
		{[]string{"--", filepath.Join(folder, "missing")}, 127, "no such file or directory"},
		{[]string{"--", text}, 126, "permission denied"},
		{
			[]string{"-seed", "../../../examples/emulator/world.json", "--", "sh", "-c", `test "$VOLTAGE_API_KEY" = vltg_emulator_acme_staging`},
			0, "",
		},
		{[]string{"-seed", text, "--", "true"}, 1, text},
		{[]string{"-unknown", "--", "true"}, 1, "flag provided but not defined"},
		{nil, 1, "the command is missing"},
		{[]string{"--"}, 1, "the command is missing"},
		{[]string{"-h"}, 0, "Usage: voltage-emulator exec [flags]"},
	} {
		status, stdout, stderr := ended(t, program(t, append([]string{"exec"}, test.args...)...))
		if status != test.status || stdout != "" || !strings.Contains(stderr, test.said) || test.said == "" && stderr != "" {
			t.Errorf("%v: status %d, printed %q and %q", test.args, status, stdout, stderr)
		}
	}
}

// TestExecExports: other shells find the emulator by the file of exports as long as it runs, and no longer.
func TestExecExports(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "env")
	status, stdout, stderr := ended(t,
		program(t, "exec", "-exports", file, "--", "sh", "-c", `unset VOLTAGE_API_URL; . "$0"; "$EMULATOR" faults`, file))
	if status != 0 || stdout+stderr != "" {
		t.Errorf("status %d, printed %q and %q", status, stdout, stderr)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("the file is left: %v", err)
	}
}

// counting is a command that says how often it was interrupted, and ends when it is terminated.
const counting = `n=0; trap 'n=$((n+1)); echo interrupted $n' INT; trap 'echo terminated; exit 7' TERM; echo ready
while :; do sleep 0.05; done`

// reader is what a process writes.
type reader struct {
	t    *testing.T
	from io.Reader
	got  string
}

// until reads until there is a text.
func (r *reader) until(text string) {
	r.t.Helper()
	buffer := make([]byte, 1<<10)
	for !strings.Contains(r.got, text) {
		n, err := r.from.Read(buffer)
		if r.got += string(buffer[:n]); err != nil {
			r.t.Fatalf("it wrote %q, and then: %v", r.got, err)
		}
	}
}

// TestExecForwardsSignals: where there is no terminal, the command gets each signal once, also if the whole process group of the program is
// sent it, as CI and timeout(1) do. The emulator runs until the command has ended.
func TestExecForwardsSignals(t *testing.T) {
	t.Parallel()
	for name, group := range map[string]int{"the program": 1, "its group": -1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cmd := program(t, "exec", "--", "sh", "-c", counting)
			cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // without a terminal
			stdout, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			r := &reader{t: t, from: stdout}
			send := func(s syscall.Signal) {
				if err := syscall.Kill(group*cmd.Process.Pid, s); err != nil {
					t.Fatal(err)
				}
			}
			r.until("ready")
			send(syscall.SIGINT)
			r.until("interrupted 1")
			time.Sleep(200 * time.Millisecond) // in which another one would come
			send(syscall.SIGTERM)
			rest, _ := io.ReadAll(stdout)
			_ = cmd.Wait()
			if got := r.got + string(rest); got != "ready\ninterrupted 1\nterminated\n" || cmd.ProcessState.ExitCode() != 7 {
				t.Errorf("status %d, wrote %q", cmd.ProcessState.ExitCode(), got)
			}
		})
	}
}
