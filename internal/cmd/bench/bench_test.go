package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"
)

// guide is the page that shows what many wallets cost.
const guide = "../../../templates/guides/many-wallets.md"

// costs are the requests of each phase for so many wallets of one environment, as the guide explains them.
func costs(wallets int) map[string]int {
	return map[string]int{"create": 2*wallets + 2, "refresh": 4, "rename": 2*wallets + 4, "destroy": 2*wallets + 8}
}

// TestRun measures ten wallets, and wants the requests that the guide tells of, and the memory of the provider.
func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), &out, "10", time.Millisecond); err != nil {
		t.Fatal(err)
	}
	for phase, requests := range costs(10) {
		if want := fmt.Sprintf("| 10 | %s | %d | %.2f |", phase, requests, float64(requests)/10); !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %s", want)
		}
	}
	// How much memory is seen of a provider that lives for some milliseconds depends on how busy the machine is. That what is seen is right
	// is TestPeakMemory's.
	rows := regexp.MustCompile(`(?m)^\| 10 \|.*\| (\d+ MB|-) \|$`).FindAllStringSubmatch(out.String(), -1)
	seen := slices.ContainsFunc(rows, func(row []string) bool { return row[1] != "-" })
	if len(rows) != 4 || seen != (runtime.GOOS == "linux") {
		t.Error("the table lacks the provider's memory")
	}
	if t.Failed() {
		t.Log(out.String())
	}
}

// TestGuide: the guide shows four numbers of wallets, and the requests of each are those that it explains.
func TestGuide(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	page := string(content)
	for _, wallets := range []int{10, 100, 1000, 5000} {
		for phase, requests := range costs(wallets) {
			want := fmt.Sprintf("\n| %s | %s | %s | %.2f |", grouped(wallets), phase, grouped(requests), float64(requests)/float64(wallets))
			if !strings.Contains(page, want) {
				t.Errorf("the guide lacks the row %s", want)
			}
		}
	}
	for step, phase := range map[string]string{
		"create": "create", "refresh, or a plan without changes": "refresh", "rename, with the refresh before it": "rename",
		"destroy, with the refresh before it": "destroy",
	} {
		want := regexp.MustCompile(`(?m)^\| ` + step + ` \| \d \| [\d,]+ \| ` + grouped(costs(1000)[phase]) + ` \|$`)
		if !want.MatchString(page) {
			t.Errorf("the guide compares another number of requests of %q", step)
		}
	}
}

// TestRun_errors: what is not a number of wallets is said before anything is measured.
func TestRun_errors(t *testing.T) {
	t.Parallel()
	for _, counts := range []string{"", "ten", "0", "-1", "10 100"} {
		if err := run(t.Context(), new(bytes.Buffer), counts, time.Millisecond); err == nil ||
			!strings.Contains(err.Error(), "is not a number of wallets") {
			t.Errorf("%q: %v", counts, err)
		}
	}
}

// TestPeakMemory sees the memory of a child that has the provider's name, after it has given most of it back, and of no other child.
func TestPeakMemory(t *testing.T) {
	t.Parallel()
	if os.Getenv("BENCH_CHILD") != "" { // the child itself
		hold := make([]byte, childMemory)
		for i := 0; i < len(hold); i += 1 << 10 {
			hold[i] = 1
		}
		runtime.KeepAlive(hold)
		debug.FreeOSMemory()
		fmt.Println("ready")
		_, _ = io.Copy(io.Discard, os.Stdin) // until the parent has looked
		return
	}
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, seen := range map[string]bool{"another": false, binary: true} {
		path := filepath.Join(dir, name)
		if err := os.Symlink(self, path); err != nil {
			t.Fatal(err)
		}
		child := exec.CommandContext(t.Context(), path, "-test.run", "^TestPeakMemory$")
		child.Env = append(os.Environ(), "BENCH_CHILD=1")
		in, err := child.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if line, err := bufio.NewReader(out).ReadString('\n'); line != "ready\n" {
			t.Fatalf("the child says %q, %v", line, err)
		}
		got := peakMemory(os.Getpid())
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if err := child.Wait(); err != nil {
			t.Error(err)
		}
		if seen && (got < childMemory || got > 4*childMemory) || !seen && got != 0 {
			t.Errorf("%s: %d bytes are seen, the child had %d", name, got, childMemory)
		}
	}
}

// childMemory is what the child of TestPeakMemory takes, in bytes.
const childMemory = 64 << 20

// TestSampling: the memory is looked at often at first, and never so often that it costs much.
func TestSampling(t *testing.T) {
	t.Parallel()
	for elapsed, want := range map[time.Duration]time.Duration{
		0: 5 * time.Millisecond, 400 * time.Millisecond: 20 * time.Millisecond, time.Hour: 100 * time.Millisecond,
	} {
		if got := sampling(elapsed); got != want {
			t.Errorf("after %s: %s, want %s", elapsed, got, want)
		}
	}
}

// TestPeakOf reads what the kernel says of a process.
func TestPeakOf(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]int64{
		"Name:\tterraform-provi\nVmPeak:\t 99 kB\nVmHWM:\t  1234 kB\nVmRSS:\t 5 kB\n": 1234 << 10,
		"Name:\tterraform\nVmHWM:\t  1234 kB\n":                                       0,
		"Name:\tterraform-provi\n":                                                    0,
	} {
		if got := peakOf(status); got != want {
			t.Errorf("%q: %d, want %d", status, got, want)
		}
	}
}
