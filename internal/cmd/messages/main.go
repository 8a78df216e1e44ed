// The program messages writes the tables of every error and warning of the provider, as its code has them, into the guide
// templates/guides/when-things-go-wrong.md. It runs in the repository's folder, as a part of make generate.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

const (
	guide = "templates/guides/when-things-go-wrong.md"
	begin = "<!-- make generate writes what follows. -->\n"
	end   = "<!-- Here ends what make generate writes. -->\n"
)

func main() {
	if err := generate("."); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(root string) error {
	before, after, err := generated(root)
	if err != nil || before == after {
		return err
	}
	if err := os.WriteFile(root+"/"+guide, []byte(after), 0o600); err != nil {
		return fmt.Errorf("writing the guide: %w", err)
	}
	return nil
}

// generated returns the guide as it is, and as it has to be.
func generated(root string) (before, after string, err error) {
	content, err := os.ReadFile(root + "/" + guide) //nolint:gosec // a constant name
	if err != nil {
		return "", "", fmt.Errorf("reading the guide: %w", err)
	}
	before = string(content)
	head, rest, found := strings.Cut(before, begin)
	_, tail, ended := strings.Cut(rest, end)
	if !found || !ended {
		return "", "", errors.New("the guide lacks the marks of what is generated")
	}
	messages, err := collect(root + "/internal")
	if err != nil {
		return "", "", err
	}
	return before, head + begin + tables(messages) + end + tail, nil
}

// tables writes all messages in Markdown.
func tables(messages []message) string {
	var b strings.Builder
	for _, warnings := range []bool{false, true} {
		title := "Errors"
		if warnings {
			title = "Warnings"
		}
		fmt.Fprintf(&b, "\n### %s\n\n| summary | detail | next step |\n|---|---|---|\n", title)
		for _, m := range messages {
			if m.warning != warnings {
				continue
			}
			steps := m.next
			if m.byError {
				steps = append(append([]string{}, steps...), "[by the reason](#next-steps-by-the-reason)")
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(m.summary), cell(m.detail), cell(strings.Join(steps, "\nor: ")))
		}
	}
	b.WriteString("\n### Next steps by the reason\n\n| reason | next step |\n|---|---|\n")
	for _, step := range tfkit.NextSteps() {
		when := step.When
		if strings.Contains(when, "_") && !strings.Contains(when, " ") { // a type of the API
			when = "`" + when + "`"
		}
		fmt.Fprintf(&b, "| %s | %s |\n", cell(when), cell(step.Do))
	}
	b.WriteString("\n")
	return b.String()
}

// cell writes a text into a cell of a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", "<br>", "<", "&lt;", ">", "&gt;", "*", `\*`).Replace(strings.TrimSpace(text))
}
