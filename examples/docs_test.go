package examples_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
				if start, rest, _ := strings.Cut(words, " "); start == "Missing" && rest == strings.ToLower(rest) {
					words = start + " " // with the name of an attribute after it
				}
				if !strings.Contains(code.String(), words) {
					t.Errorf("%s has a failure that the provider does not know: %s", name, words)
				}
			}
		}
	}
}
