package main

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal opens a new terminal: what is at the keyboard, and what a program has.
func terminal(t *testing.T) (keyboard, screen *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { keyboard.Close() })
	if err := unix.IoctlSetPointerInt(int(keyboard.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(keyboard.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return keyboard, screen
}

// TestExecInTerminal: Ctrl-C, which a terminal sends to every process in its foreground, reaches the command once, and the command can ask
// a question and read the answer.
func TestExecInTerminal(t *testing.T) {
	t.Parallel()
	keyboard, screen := terminal(t)
	cmd := program(t, "exec", "--", "sh", "-c", "echo name?; read name; echo hello $name; "+counting)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = screen, screen, screen
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	screen.Close()
	r := &reader{t: t, from: keyboard}
	press := func(keys string) {
		if _, err := keyboard.WriteString(keys); err != nil {
			t.Fatal(err)
		}
	}
	r.until("name?")
	press("you\n")
	r.until("hello you")
	r.until("ready")
	press("\x03")
	r.until("interrupted 1")
	time.Sleep(200 * time.Millisecond) // in which another one would come
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	r.until("terminated")
	_ = cmd.Wait()
	if strings.Contains(r.got, "interrupted 2") || cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("status %d, the screen shows %q", cmd.ProcessState.ExitCode(), r.got)
	}
}
