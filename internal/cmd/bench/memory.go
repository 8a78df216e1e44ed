package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// peakMemory returns the peak memory of the child of a process that has used the most, in bytes. The children of Terraform are providers.
// It works only on Linux, and returns 0 on other systems.
func peakMemory(parent int) int64 {
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", parent))
	if err != nil {
		return 0
	}
	var most int64
	for _, thread := range threads {
		children, err := os.ReadFile(thread) //nolint:gosec // a path of the kernel's
		if err != nil {                      // the thread has ended
			continue
		}
		for child := range strings.FieldsSeq(string(children)) {
			if status, err := os.ReadFile(filepath.Join("/proc", child, "status")); err == nil { //nolint:gosec // a path of the kernel's
				most = max(most, peakOf(string(status)))
			}
		}
	}
	return most
}

// peakOf reads VmHWM from the status of a process, in bytes. It ignores a child that has not started its program yet, since such a child
// shows the value of its parent.
func peakOf(status string) int64 {
	if !strings.HasPrefix(status, "Name:\t"+binary[:15]) { // the kernel truncates names to this length
		return 0
	}
	for line := range strings.Lines(status) {
		var kilobytes int64
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if _, err := fmt.Sscanf(strings.TrimSpace(rest), "%d kB", &kilobytes); err == nil {
				return kilobytes << 10
			}
		}
	}
	return 0
}
