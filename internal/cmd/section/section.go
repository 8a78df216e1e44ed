// Package section replaces the generated part of a guide, which is between two marks.
package section

import (
	"errors"
	"fmt"
	"os"
	"strings"
)

const (
	begin = "<!-- make generate writes what follows. -->\n"
	end   = "<!-- Here ends what make generate writes. -->\n"
)

// Generated returns the current content of a guide, and the content with the text between the marks.
func Generated(path, text string) (before, after string, err error) {
	content, err := os.ReadFile(path) //nolint:gosec // the callers' constant names
	if err != nil {
		return "", "", fmt.Errorf("reading the guide: %w", err)
	}
	before = string(content)
	head, rest, found := strings.Cut(before, begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", "", errors.New("the guide lacks the marks of what is generated")
	}
	return before, head + begin + text + end + tail, nil
}

// Write writes the text between the marks of a guide. It does not touch a guide that has the text already.
func Write(path, text string) error {
	before, after, err := Generated(path, text)
	if err != nil || before == after {
		return err
	}
	if err := os.WriteFile(path, []byte(after), 0o600); err != nil {
		return fmt.Errorf("writing the guide: %w", err)
	}
	return nil
}

// Row writes a row of a table in Markdown.
func Row(b *strings.Builder, cells ...string) {
	escape := strings.NewReplacer("|", `\|`, "\n", "<br>", "<", "&lt;", ">", "&gt;", "*", `\*`)
	for _, cell := range cells {
		b.WriteString(strings.TrimRight("| "+escape.Replace(strings.TrimSpace(cell)), " ") + " ")
	}
	b.WriteString("|\n")
}
