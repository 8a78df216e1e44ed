package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// pages returns the pages of the documentation, by their path in docs/ without the ending.
func pages(t *testing.T) map[string]string {
	t.Helper()
	docs := os.DirFS(filepath.Join("..", "docs"))
	found, err := fs.Glob(docs, "*/*.md")
	if err != nil || len(found) == 0 {
		t.Fatalf("no pages: %v", err)
	}
	texts := map[string]string{}
	for _, file := range append(found, "index.md") {
		content, err := fs.ReadFile(docs, file)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(file, ".md")] = string(content)
	}
	return texts
}

// TestPromisesAreTested: each test that a page names exists.
func TestPromisesAreTested(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.HasSuffix(path, "_test.go") {
			for _, match := range regexp.MustCompile(`(?m)^func (Test\w+)\(`).FindAllStringSubmatch(read(t, path), -1) {
				tests[match[1]] = true
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	texts := pages(t)
	for _, file := range []string{"README.md", "CONTRIBUTING.md", "SECURITY.md"} {
		texts[file] = read(t, "..", file)
	}
	named := 0
	for name, page := range texts {
		for _, match := range regexp.MustCompile("`(Test\\w+)(/[^`]*)?`").FindAllStringSubmatch(page, -1) {
			named++
			if !tests[match[1]] {
				t.Errorf("%s names %s, which does not exist", name, match[1])
			}
		}
	}
	if named < 20 {
		t.Errorf("the pages name only %d tests", named)
	}
}

// TestFailuresAreDocumented: each page of something that the provider offers says how it fails, in the words of the code.
func TestFailuresAreDocumented(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	err := filepath.WalkDir(filepath.Join("..", "internal"), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.IsDir() && (entry.Name() == "emulator" || entry.Name() == "cmd") {
			return fs.SkipDir // the API's words, and not the provider's
		}
		if err == nil && strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			code.WriteString(read(t, path))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, page := range pages(t) {
		if strings.HasPrefix(name, "guides/") {
			continue
		}
		_, section, found := strings.Cut(page, "\n## When it fails\n")
		words := regexp.MustCompile("(?m)^- .*").FindAllString(section, -1)
		if !found || len(words) == 0 {
			t.Errorf("%s does not say how it fails", name)
		}
		for _, line := range words {
			before, _, _ := strings.Cut(line, ": ")
			named := regexp.MustCompile("\\*\\*([^*]+)\\*\\*|`([^`]+)`").FindAllStringSubmatch(before, -1)
			if len(named) == 0 {
				t.Errorf("%s has a failure without a name: %s", name, line)
			}
			for _, match := range named {
				words := match[1] + match[2]
				if !strings.Contains(code.String(), words) {
					t.Errorf("%s has a failure that the provider does not know: %s", name, words)
				}
			}
		}
	}
}

// subcategories are the parts of the registry's navigation.
var subcategories = []string{"Wallets", "Payments", "Webhooks", "Credit", "Checkout", "Billing"}

// TestSubcategories: each page of something that the provider offers is in a part of the registry's navigation, and shows its example
// before anything but its description.
func TestSubcategories(t *testing.T) {
	t.Parallel()
	p := (&acctest.World{}).Unconfigured(t)
	for name, page := range pages(t) {
		if strings.HasPrefix(name, "guides/") || name == "index" {
			continue
		}
		subcategory := regexp.MustCompile(`(?m)^subcategory: "(.*)"$`).FindStringSubmatch(page)
		if subcategory == nil || !slices.Contains(subcategories, subcategory[1]) {
			t.Errorf("%s has the subcategory %v", name, subcategory)
		}
		_, body, _ := strings.Cut(page, "\n# ")
		_, body, _ = strings.Cut(body, "\n")
		before, _, found := strings.Cut(body, "## Example Usage")
		if description := strings.TrimSpace(p.Description(name)); !found || strings.TrimSpace(before) != description {
			t.Errorf("%s has this before its example:\n%s\nwant its description:\n%s", name, before, description)
		}
	}
}

var (
	unit  = regexp.MustCompile(`(?i)\b(m?sats|satoshis|base units?|cents|seconds|percent|basis points|HTTP status)\b`)
	count = regexp.MustCompile(`(?i)\b(how many|how often|number of|the most \w+|a count|a number that you choose)\b`)
)

// TestUnits: the description of each number names its unit, or says what is counted.
func TestUnits(t *testing.T) {
	t.Parallel()
	numbers := 0
	(&acctest.World{}).Unconfigured(t).Attributes(func(object string, path []string, a *tfprotov6.SchemaAttribute) {
		if a.NestedType != nil || !a.Type.Is(tftypes.Number) {
			return
		}
		numbers++
		if !unit.MatchString(a.Description) && !count.MatchString(a.Description) {
			t.Errorf("%s of %s has no unit: %s", strings.Join(path, "."), object, a.Description)
		}
	})
	if numbers < 150 {
		t.Errorf("only %d numbers were found", numbers)
	}
}

// TestChangelog: the changelog has the form of Keep a Changelog.
func TestChangelog(t *testing.T) {
	t.Parallel()
	sections, kinds := 0, 0
	for line := range strings.Lines(read(t, "..", "CHANGELOG.md")) {
		switch line = strings.TrimSuffix(line, "\n"); {
		case strings.HasPrefix(line, "## "):
			if sections++; !regexp.MustCompile(`^## \[(Unreleased|\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d)`).MatchString(line) ||
				(sections == 1) != (line == "## [Unreleased]") {
				t.Errorf("%s is no section of Keep a Changelog", line)
			}
		case strings.HasPrefix(line, "### "):
			if kinds++; !slices.Contains([]string{"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}, line[4:]) {
				t.Errorf("%s is no kind of change of Keep a Changelog", line)
			}
		}
	}
	if sections == 0 || kinds == 0 {
		t.Errorf("%d sections and %d kinds of changes", sections, kinds)
	}
}

// TestReadme: the configuration of README is the example that make demo applies, and examples ask for the version that the mirror of the
// tests has.
func TestReadme(t *testing.T) {
	t.Parallel()
	if block := "```terraform\n" + read(t, "demo", "main.tf") + "```"; !strings.Contains(read(t, "..", "README.md"), block) {
		t.Errorf("README.md does not show examples/demo/main.tf")
	}
	required := 0
	for file, content := range tried(t) {
		for _, match := range regexp.MustCompile(`source += "voltagecloud/voltage"([^}]*)}`).FindAllStringSubmatch(content, -1) {
			required++
			if !strings.Contains(match[1], `version = "~> 0.1"`) {
				t.Errorf("%s asks for no version", file)
			}
		}
	}
	if required < 10 {
		t.Errorf("only %d examples have required_providers", required)
	}
}
