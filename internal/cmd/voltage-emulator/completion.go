package main

import (
	"bytes"
	"context"
	_ "embed"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// The scripts ask this program for the possible next words, so they need not change when the commands change.
var (
	//go:embed completion.bash
	bashCompletion string
	//go:embed completion.zsh
	zshCompletion string
	//go:embed completion.fish
	fishCompletion string
)

// completeCommand is the command that the scripts call. The help does not show it.
const completeCommand = "__complete"

// completion prints a script for a shell.
func completion(_ context.Context, args []string, stdout, stderr io.Writer) error {
	r := newLocal("completion", "bash|zsh|fish",
		`Prints a script that completes the commands, flags and arguments of voltage-emulator in a shell: effects and operations of faults, and
the names of the wallets of the running emulator.

  bash: add to ~/.bashrc                   source <(voltage-emulator completion bash)
  zsh:  add to ~/.zshrc, after compinit    source <(voltage-emulator completion zsh)
  fish: run                                voltage-emulator completion fish > ~/.config/fish/completions/voltage-emulator.fish
`, stderr)
	arguments, err := r.arguments(args, 1, 1)
	if err != nil {
		return err
	}
	script, known := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}[arguments[0]]
	if !known {
		return fmt.Errorf("there is no completion for %q, only for bash, zsh and fish", arguments[0])
	}
	fmt.Fprint(stdout, script)
	return nil
}

// candidate is a possible next word, with its meaning.
type candidate struct{ word, meaning string }

// complete prints the possible completions of the last word, one per line, with the meaning after a tab. No output means that a file can
// follow.
func complete(ctx context.Context, words []string, stdout io.Writer) {
	if len(words) == 0 {
		return
	}
	last := words[len(words)-1]
	for _, c := range candidates(ctx, words[:len(words)-1], last) {
		if strings.HasPrefix(c.word, last) {
			fmt.Fprintf(stdout, "%s\t%s\n", c.word, c.meaning)
		}
	}
}

// candidates returns the words that can follow the given words.
func candidates(ctx context.Context, before []string, last string) []candidate {
	name, run := "", serve
	flags := before
	if len(before) > 0 {
		if i := slices.IndexFunc(commands(), func(c command) bool { return c.name == before[0] }); i >= 0 {
			name, run, flags = before[0], commands()[i].run, before[1:]
		}
	}
	known := flagsOf(ctx, run)
	var arguments []string
	for i := 0; i < len(flags); i++ {
		f, isFlag := known[strings.TrimLeft(flags[i], "-")]
		switch {
		case name == "exec" && (flags[i] == "--" || !strings.HasPrefix(flags[i], "-")):
			return nil // the command to run follows
		case !strings.HasPrefix(flags[i], "-"):
			arguments = append(arguments, flags[i])
		case isFlag && f.value != "" && i+1 == len(flags):
			return valuesOf(ctx, f, before)
		case isFlag && f.value != "":
			i++
		}
	}
	if name == "" && len(arguments) > 0 {
		return nil // the command does not exist
	}
	if strings.HasPrefix(last, "-") || name == "" && len(before) > 0 {
		var found []candidate
		for _, f := range known {
			found = append(found, candidate{"-" + f.name, f.summary})
		}
		slices.SortFunc(found, func(a, b candidate) int { return strings.Compare(a.word, b.word) })
		return found
	}
	return argumentsOf(ctx, name, arguments, before)
}

// argumentsOf returns the words that can be the next argument of a command.
func argumentsOf(ctx context.Context, name string, given, before []string) []candidate {
	words := func(summary string, all ...string) (found []candidate) {
		for _, word := range all {
			found = append(found, candidate{word, summary})
		}
		return found
	}
	switch fmt.Sprint(name, " ", len(given)) {
	case " 0":
		var found []candidate
		for _, c := range commands() {
			found = append(found, candidate{c.name, c.summary})
		}
		return found
	case "deposit 0", "withdraw 0":
		return walletNames(ctx, before)
	case "feature 0":
		return words("a feature of an organization", "onchain", "bip21", "treasury")
	case "feature 1":
		return words("", "on", "off")
	case "clock 0":
		return words("move the clock forward", "advance")
	case "clock 1":
		return words("a duration", "1m", "1h", "1d", "30d")
	case "bill-status 1":
		return words("a status of a bill", billStatuses...)
	case "faults 0":
		return words("remove all faults", "clear")
	case "requests 0":
		return words("forget all requests", "clear")
	case "completion 0":
		return words("a shell", "bash", "zsh", "fish")
	case "fault 0":
		var found []candidate
		for _, kind := range emulator.EffectKinds() {
			word := kind.Name
			if kind.Value != "" {
				word += "="
			}
			found = append(found, candidate{word, kind.Summary})
		}
		return found
	}
	return nil
}

var billStatuses = []string{"payment_due", "queued", "processing", "paid", "void", "failed"}

// valuesOf returns the values of a flag. It returns none for files and unknown values.
func valuesOf(ctx context.Context, f flagHelp, before []string) []candidate {
	var found []candidate
	switch f.value {
	case "operation":
		// No candidates are better than an error while the user types a line.
		operations, _ := operationNames() //nolint:contextcheck // deliveries end with the emulator
		for _, operation := range operations {
			found = append(found, candidate{operation, "an operation of the API"})
		}
	case "wallet":
		return walletNames(ctx, before)
	case "currency":
		found = []candidate{{"btc", "amounts in millisatoshis"}, {"usd", "amounts in cents"}}
	case "status":
		statuses := []string{"generating", "receiving", "sending", "completed", "failed", "expired"}
		if len(before) > 0 && before[0] == "bill" {
			statuses = billStatuses
		}
		for _, status := range statuses {
			found = append(found, candidate{status, ""})
		}
	}
	return found
}

// walletNames returns the names of the wallets of the running emulator, if there is one.
func walletNames(ctx context.Context, before []string) []candidate {
	r := newRemote("wallets", "", "", io.Discard)
	for i, word := range before {
		if strings.TrimLeft(word, "-") == "url" && strings.HasPrefix(word, "-") && i+1 < len(before) {
			*r.url = before[i+1]
		}
	}
	r.timeout = time.Second // the user waits while typing a line
	var all []emulator.WalletInfo
	if r.call(ctx, http.MethodGet, "wallets", nil, &all) != nil {
		return nil
	}
	var found []candidate
	for _, w := range all {
		if w.Status == "active" && !strings.ContainsFunc(w.Name, func(r rune) bool {
			return r <= ' ' || strings.ContainsRune("\x7f'\"\\$`", r)
		}) {
			found = append(found, candidate{w.Name, "a wallet on " + w.Network})
		}
	}
	return found
}

// flagHelp is the help of a flag.
type flagHelp struct{ name, value, summary string }

var flagLine = regexp.MustCompile(`(?m)^  -([a-z-]+)(?: (\S+))?(?:\n    \t|\t)(.*)$`)

// flagsOf returns the flags of a command by their names, read from its help.
func flagsOf(ctx context.Context, run func(context.Context, []string, io.Writer, io.Writer) error) map[string]flagHelp {
	var help bytes.Buffer
	_ = run(ctx, []string{"-h"}, io.Discard, &help) // flag.ErrHelp
	flags := map[string]flagHelp{}
	for _, match := range flagLine.FindAllStringSubmatch(help.String(), -1) {
		flags[match[1]] = flagHelp{match[1], match[2], match[3]}
	}
	return flags
}
