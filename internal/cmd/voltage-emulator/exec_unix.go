//go:build unix

package main

import (
	"os"
	"os/exec"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// fromTerminal are the signals that a terminal sends to all processes in its foreground.
var fromTerminal = []os.Signal{syscall.SIGINT, syscall.SIGQUIT, syscall.SIGHUP}

// forwarded are the signals that are passed on to the command.
var forwarded = append([]os.Signal{syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2}, fromTerminal...)

// child is a command that signals are passed on to.
type child struct {
	cmd      *exec.Cmd
	terminal *os.File // nil if none exists
}

// newChild prepares a command. If there is a terminal, the command stays in the process group of this program, so that Ctrl-C, Ctrl-Z and
// questions of the command work as usual. Without a terminal, as in CI, the command gets its own process group. Then a signal to the group
// of this program reaches the command only through this program, so only once.
func newChild(cmd *exec.Cmd) *child {
	terminal, err := os.Open("/dev/tty")
	if err != nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		return &child{cmd, nil}
	}
	return &child{cmd, terminal}
}

// forward passes a signal on, unless the terminal has sent it to the command, too.
func (c *child) forward(s os.Signal) {
	number, isNumber := s.(syscall.Signal)
	switch {
	case !isNumber || !slices.Contains(fromTerminal, s):
		_ = c.cmd.Process.Signal(s) // an error means that the command has just ended
	case c.terminal == nil:
		_ = syscall.Kill(-c.cmd.Process.Pid, number) // to the whole group, as a terminal does
	default:
		if foreground, err := unix.IoctlGetInt(int(c.terminal.Fd()), unix.TIOCGPGRP); err != nil || foreground != syscall.Getpgrp() {
			_ = c.cmd.Process.Signal(s)
		}
	}
}
