package main

import (
	"bytes"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
)

// TestRun measures a few wallets, for which nothing is shared, and wants the requests of each phase and the memory of the provider.
func TestRun(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), &out, "3", time.Millisecond); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		// Two a wallet, and the line of credit in the plan and in the apply.
		`| 3 | create | 8 | 2.67 |`, `| 3 | refresh | 3 | 1.00 |`, `| 3 | rename | 9 | 3.00 |`, `| 3 | destroy | 15 | 5.00 |`,
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the table lacks %s", want)
		}
	}
	if memory := regexp.MustCompile(`\| [1-9]\d* MB \|\n`); runtime.GOOS == "linux" && len(memory.FindAllString(out.String(), -1)) != 4 {
		t.Error("the table lacks the provider's memory")
	}
	if t.Failed() {
		t.Log(out.String())
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
