package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// peakMemory is the most memory that any child of a process has had, in bytes. Terraform's children are its providers. Only Linux
// tells; elsewhere it is 0.
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

// peakOf reads VmHWM of the status of a process, in bytes. A child that has not started its program yet has its parent's.
func peakOf(status string) int64 {
	if !strings.HasPrefix(status, "Name:\t"+binary[:15]) { // the kernel keeps as much of a name
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
