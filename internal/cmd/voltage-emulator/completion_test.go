//go:build unix

package main

import (
	"bytes"
	"context"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// completed are the words that can follow some words.
func completed(ctx context.Context, words ...string) string {
	var out bytes.Buffer
	if err := run(ctx, append([]string{"__complete"}, words...), &out, io.Discard); err != nil {
		return err.Error()
	}
	var found []string
	for _, line := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		word, _, _ := strings.Cut(line, "\t")
		found = append(found, word)
	}
	return strings.Join(found, " ")
}

// TestCompletes: commands, flags, their values and arguments are completed, and where files follow, nothing is.
func TestCompletes(t *testing.T) {
	t.Parallel()
	_, url, _ := runningAt(t)
	for words, want := range map[string]string{
		"": "exec status wallets payments webhooks requests pay deposit withdraw clock feature bill " +
			"bill-status fault faults completion",
		"bill":                                 "bill bill-status",
		"-dela":                                "-delay",
		"-delay ":                              "",
		"-delay 1s -see":                       "-seed",
		"exec -see":                            "-seed",
		"exec -seed w":                         "",
		"exec -seed w -- terraform -":          "",
		"exec terraform -":                     "",
		"fault cut":                            "cut-before cut-after cut-body",
		"fault stat":                           "status=",
		"fault cut-after -op":                  "-operation",
		"fault -operation create_wa":           "create_wallet",
		"fault -operation create_wallet cut-b": "cut-before cut-body",
		"requests -operation create_wa":        "create_wallet",
		"requests c":                           "clear",
		"feature t":                            "treasury",
		"feature treasury o":                   "on off",
		"clock a":                              "advance",
		"clock advance 1h ":                    "",
		"bill-status x pa":                     "payment_due paid",
		"bill -status vo":                      "void",
		"payments -status rec":                 "receiving",
		"deposit -currency u":                  "usd",
		"deposit -url " + url + " ":            "orders-staging",
		"payments -url " + url + " -wallet o":  "orders-staging",
		"deposit -url http://127.0.0.1:1/v1 ":  "",
		"completion ":                          "bash zsh fish",
		"unknown ":                             "",
	} {
		if got := completed(t.Context(), strings.Split(words, " ")...); got != want {
			t.Errorf("%q is completed with %q, want %q", words, got, want)
		}
	}
	if got := completed(t.Context()); got != "" {
		t.Errorf("no words are completed with %q", got)
	}
}

// TestCompletionScripts runs the scripts in their shells, with the program of the test. Each shell that is on this machine is tried; bash
// has to be.
func TestCompletionScripts(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for shell, script := range map[string]string{
		"bash": `source <(voltage-emulator completion bash)
COMP_WORDS=(voltage-emulator fault -operation create_wa) COMP_CWORD=3
compopt() { :; }
_voltage_emulator voltage-emulator
echo "${COMPREPLY[*]}"
COMP_WORDS=(voltage-emulator fault stat) COMP_CWORD=2
compopt() { echo "$@"; }
_voltage_emulator voltage-emulator
echo "${COMPREPLY[*]}"
complete -p voltage-emulator`,
		"zsh": `autoload -Uz compinit; compinit -D -u
source <(voltage-emulator completion zsh)
_describe() { echo ${(P)2}; }
compopt() { }
words=(voltage-emulator fault -operation create_wa) CURRENT=4
_voltage_emulator
print -- "-o nospace"
words=(voltage-emulator fault stat) CURRENT=3
_describe() { echo ${${(P)2}%%:*}; }
_voltage_emulator
print -- "$_comps[voltage-emulator]"`,
		"fish": `voltage-emulator completion fish | source
complete -C 'voltage-emulator fault -operation create_wa'
echo "-o nospace"
complete -C 'voltage-emulator fault stat'
echo _voltage_emulator`,
	} {
		if _, err := exec.LookPath(shell); err != nil && shell != "bash" {
			continue
		}
		cmd := program(t)
		executable := cmd.Path
		if out, err := exec.CommandContext(t.Context(), "ln", "-sf", executable,
			filepath.Join(folder, "voltage-emulator")).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		run := exec.CommandContext(t.Context(), shell, "-c", script)
		run.Env = append(slices.Clone(cmd.Env), "PATH="+folder+":"+getenv(cmd.Env, "PATH"), "HOME="+folder)
		out, err := run.CombinedOutput()
		text := string(out)
		if err != nil || !strings.Contains(text, "create_wallet") || !strings.Contains(text, "-o nospace\n") ||
			!strings.Contains(text, "status=") ||
			!strings.Contains(text, "_voltage_emulator") || strings.Contains(text, "list_") {
			t.Errorf("%s: %v\n%s", shell, err, text)
		}
	}
}

// getenv is the value of a variable in an environment.
func getenv(environment []string, name string) string {
	for _, entry := range environment {
		if value, found := strings.CutPrefix(entry, name+"="); found {
			return value
		}
	}
	return ""
}
