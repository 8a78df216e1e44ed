package section

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWrite: what is between the marks is replaced, again and again, and a guide without both marks is left alone.
func TestWrite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "guide.md")
	for name, test := range map[string]struct{ before, after string }{
		"empty":        {"a\n" + begin + end + "b\n", "a\n" + begin + "text\n" + end + "b\n"},
		"another text": {"a\n" + begin + "older\n" + end + "b\n", "a\n" + begin + "text\n" + end + "b\n"},
		"the same":     {begin + "text\n" + end, begin + "text\n" + end},
		"no end":       {begin + "b\n", ""},
		"no beginning": {"a\n" + end, ""},
	} {
		if err := os.WriteFile(path, []byte(test.before), 0o600); err != nil {
			t.Fatal(err)
		}
		err := Write(path, "text\n")
		content, readErr := os.ReadFile(path)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if test.after == "" && (err == nil || string(content) != test.before) ||
			test.after != "" && (err != nil || string(content) != test.after) {
			t.Errorf("%s: %v, and the guide is %q", name, err, content)
		}
	}
	if err := Write(filepath.Join(t.TempDir(), "none.md"), ""); err == nil {
		t.Error("a guide that does not exist is written")
	}
}

// TestRow: no cell breaks the table.
func TestRow(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	Row(&b, "a|b", "", "two\nlines <x> * ")
	if got, want := b.String(), `| a\|b | | two<br>lines &lt;x&gt; \* |`+"\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
