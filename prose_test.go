package main

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// avoided are words that a reader who is no native speaker has to read twice, each with what to write in its place.
var avoided = map[string]string{
	`mend(s|ed|ing)?`:                     "fix",
	`anew`:                                "again",
	`at the most`:                         "at most",
	`in vain`:                             "timed out after …, or: without a result",
	`but for`:                             "except, or: unless",
	`null but`:                            "otherwise null",
	`(goes|go|going|went) on`:             "continues",
	`(is|are|was) there no more`:          "no longer exists",
	`how far the`:                         "the status of",
	`(is|are|was) held to`:                "applies to",
	`(wins|win) over`:                     "takes precedence over",
	`(is|was) of nobody`:                  "say whose it is not",
	`(it|time) is up`:                     "the timeout expires",
	`(is|are|was) meant up`:               "set … to one of these",
	`what is given here`:                  "the argument",
	`of one's own`:                        "own",
	`(must|has to|have to) be the .*'s\.`: "must match …",
	`the API's words`:                     "the reason",
	`per cent of the time`:                "often",
	`is none`:                             "does not exist, or: has no …",
	`needed but`:                          "required unless",
}

// TestProse holds every sentence that a person reads against the words above: code, comments, pages, examples, scripts and workflows. The
// generated pages are made of them.
func TestProse(t *testing.T) {
	t.Parallel()
	listed, err := exec.CommandContext(t.Context(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard").Output()
	if err != nil {
		t.Skip("the source is not in a git repository")
	}
	kinds := []string{".go", ".md", ".tmpl", ".tf", ".hcl", ".yml", ".sh", ".css", ".html", ""}
	files := 0
	for file := range strings.SplitSeq(strings.TrimSuffix(string(listed), "\x00"), "\x00") {
		if file == "prose_test.go" || !slices.Contains(kinds, filepath.Ext(file)) || strings.Contains(file, "testdata/") ||
			strings.HasPrefix(file, "LICENSE") {
			continue
		}
		files++
		content := strings.ToLower(string(read(t, file)))
		for words, better := range avoided {
			for _, at := range regexp.MustCompile(`\b`+words+`\b`).FindAllStringIndex(content, -1) {
				line := 1 + strings.Count(content[:at[0]], "\n")
				t.Errorf("%s:%d: %q: write %q", file, line, content[at[0]:at[1]], better)
			}
		}
	}
	if files < 300 {
		t.Errorf("only %d files were read", files)
	}
}
