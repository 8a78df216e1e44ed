package main

import (
	"os"
	"os/exec"
)

// forwarded are the signals that are passed on to the command.
var forwarded = []os.Signal{os.Interrupt}

// child is a command.
type child struct{}

// newChild prepares a command.
func newChild(*exec.Cmd) *child { return &child{} }

// forward does nothing. A console sends Ctrl-C to all of its processes, including the command.
func (*child) forward(os.Signal) {}
