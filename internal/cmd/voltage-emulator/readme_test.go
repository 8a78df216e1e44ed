package main

import (
	"bytes"
	"errors"
	"flag"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

func request(t *testing.T, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", emulator.StagingKey)
	return req
}

// discard is an answer that nobody reads.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) WriteHeader(int)             {}

func readme(t *testing.T) string {
	t.Helper()
	content, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// TestHelpIsInReadme: each subcommand, each flag and each effect that -h tells of is in README.md.
func TestHelpIsInReadme(t *testing.T) {
	t.Parallel()
	page := readme(t)
	help := func(args ...string) string {
		var stdout, stderr bytes.Buffer
		if err := run(t.Context(), append(args, "-h"), &stdout, &stderr); !errors.Is(err, flag.ErrHelp) || stdout.Len() != 0 {
			t.Errorf("%v -h: %v, printed %q", args, err, stdout.String())
		}
		return stderr.String()
	}
	flags := regexp.MustCompile(`(?m)^  (-[a-z-]+)`)
	check := func(command, text string) {
		found := flags.FindAllStringSubmatch(text, -1)
		if len(found) == 0 {
			t.Errorf("%s -h has no flags:\n%s", command, text)
		}
		for _, match := range found {
			if !regexp.MustCompile("[` ]" + regexp.QuoteMeta(match[1]) + "[` ]").MatchString(page) {
				t.Errorf("README.md lacks the flag %s of %s", match[1], command)
			}
		}
	}
	usage := help()
	check("voltage-emulator", usage)
	for _, c := range commands() {
		text := help(c.name)
		flags := " [flags]"
		if c.name == "completion" {
			flags = " bash|zsh|fish"
		} else {
			check(c.name, text)
		}
		if !strings.HasPrefix(text, "Usage: voltage-emulator "+c.name+flags) {
			t.Errorf("%s -h begins otherwise:\n%s", c.name, text)
		}
		if !regexp.MustCompile(`(?m)^voltage-emulator ` + c.name + `\b`).MatchString(page) {
			t.Errorf("README.md has no example of %s", c.name)
		}
		if !regexp.MustCompile(`(?m)^  ` + c.name + ` +` + regexp.QuoteMeta(c.summary) + `$`).MatchString(usage) {
			t.Errorf("the usage lacks %s:\n%s", c.name, usage)
		}
	}
	faultHelp := help("fault")
	for _, kind := range emulator.EffectKinds() {
		if !strings.Contains(faultHelp, "  "+kind.Form()+" ") {
			t.Errorf("fault -h lacks %s", kind.Form())
		}
		row := regexp.MustCompile("(?m)^\\| `" + kind.Form() + "` \\| (.*?) \\|(.*)\\|$").FindStringSubmatch(page)
		if row == nil || row[1] != kind.Summary {
			t.Errorf("README.md does not have %s: %s", kind.Form(), kind.Summary)
			continue
		}
		takes := regexp.MustCompile("`-([a-z-]+)`").FindAllStringSubmatch(row[2], -1)
		if len(takes) != len(kind.Takes) {
			t.Errorf("README.md has the flags %v of %s, want %v", takes, kind.Name, kind.Takes)
		}
		for _, take := range kind.Takes {
			if !strings.Contains(row[2], "`-"+strings.ReplaceAll(take, "_", "-")+"`") {
				t.Errorf("README.md lacks the flag %s of %s", take, kind.Name)
			}
		}
	}
}

// TestSeedIsInReadme: each field of a seed is in README.md, in the table of what it belongs to, and the table has no other.
func TestSeedIsInReadme(t *testing.T) {
	t.Parallel()
	page := readme(t)
	for title, object := range map[string]any{
		"an organization": emulator.SeedOrganization{}, "an environment": emulator.SeedEnvironment{},
		"a line of credit": emulator.SeedLineOfCredit{}, "a bill": emulator.SeedBill{},
		"an asset": emulator.SeedAsset{}, "a webhook": emulator.SeedWebhook{}, "the checkout settings": emulator.SeedCheckout{},
		"the policies of a wallet": emulator.SeedPolicies{}, "a payment": emulator.SeedPayment{},
		"a key": emulator.SeedKey{}, "a wallet": emulator.SeedWallet{}, "a balance": emulator.SeedBalance{},
	} {
		_, table, found := strings.Cut(page, "| field of "+title+" | meaning |\n")
		if !found {
			t.Errorf("README.md has no table of %s", title)
			continue
		}
		table, _, _ = strings.Cut(table, "\n\n")
		documented := map[string]bool{}
		for _, line := range strings.Split(table, "\n") {
			cells := strings.Split(line, " | ")
			for _, name := range regexp.MustCompile("`([a-z_]+)`").FindAllStringSubmatch(cells[0], -1) {
				documented[name[1]] = true
			}
		}
		fields := map[string]bool{}
		for i := range reflect.TypeOf(object).NumField() {
			fields[reflect.TypeOf(object).Field(i).Tag.Get("json")] = true
		}
		if !reflect.DeepEqual(documented, fields) {
			t.Errorf("README.md has the fields %v of %s, want %v", documented, title, fields)
		}
	}
	blocks := regexp.MustCompile("(?s)```json\n(.*?)```").FindAllStringSubmatch(page, -1)
	if len(blocks) == 0 {
		t.Error("README.md has no seed")
	}
	for _, block := range blocks {
		world, err := emulator.ReadSeed(strings.NewReader(block[1]))
		if err == nil {
			_, _, _, err = emulator.FirstAccess(world)
		}
		if err != nil {
			t.Errorf("a seed of README.md is refused: %v\n%s", err, block[1])
		}
	}
}

// TestReadmeExamples runs the commands that README.md shows, except those that need an invoice.
func TestReadmeExamples(t *testing.T) {
	t.Parallel()
	_, program := running(t)
	commands := regexp.MustCompile(
		`(?m)^voltage-emulator ((?:deposit|withdraw|feature|bill|bill-status|clock|fault|faults|requests|status|wallets|payments|webhooks)\b.*)$`,
	)
	examples := commands.FindAllStringSubmatch(readme(t), -1)
	if len(examples) < 23 {
		t.Fatalf("README.md has only the examples %v", examples)
	}
	for _, example := range examples {
		args := regexp.MustCompile(`"[^"]*"|\S+`).FindAllString(example[1], -1)
		for i := range args {
			args[i] = strings.Trim(args[i], `"`)
		}
		if _, err := program(args...); err != nil {
			t.Errorf("%s: %v", example[0], err)
		}
	}
}
