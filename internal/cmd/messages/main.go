// The program messages writes the tables of every error and warning of the provider, as they are declared, into the guide
// templates/guides/when-things-go-wrong.md. It runs in the repository's folder, as a part of make generate.
package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	_ "github.com/voltagecloud/terraform-provider-voltage/internal/provider" // with all packages that declare messages
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
	return before, head + begin + tables(tfkit.Messages(), tfkit.NextSteps()) + end + tail, nil
}

// tables writes messages and next steps in Markdown.
func tables(messages []tfkit.Message, steps []tfkit.NextStep) string {
	var b strings.Builder
	b.WriteString("\n### Errors\n\n| summary | detail | Terraform's state | next step |\n|---|---|---|---|\n")
	for _, m := range messages {
		if !m.Warning {
			row(&b, m.Summary, m.Detail, either(m.State), either(m.Next))
		}
	}
	b.WriteString("\n### Warnings\n\n| summary | detail | next step |\n|---|---|---|\n")
	for _, m := range messages {
		if m.Warning {
			row(&b, m.Summary, m.Detail, either(m.Next))
		}
	}
	b.WriteString("\n### Next steps by the reason\n\n| reason | next step |\n|---|---|\n")
	for _, step := range steps {
		when := step.When
		if strings.Contains(when, "_") && !strings.Contains(when, " ") { // a type of the API
			when = "`" + when + "`"
		}
		row(&b, when, step.Do)
	}
	b.WriteString("\n")
	return b.String()
}

// either joins texts of which one is shown.
func either(texts []string) string {
	shown := make([]string, 0, len(texts))
	for _, text := range texts {
		if text == tfkit.ByReason {
			text = "[by the reason](#next-steps-by-the-reason)"
		}
		shown = append(shown, text)
	}
	return strings.Join(shown, "\nor: ")
}

// row writes a row of a table.
func row(b *strings.Builder, cells ...string) {
	escape := strings.NewReplacer("|", `\|`, "\n", "<br>", "<", "&lt;", ">", "&gt;", "*", `\*`)
	for _, cell := range cells {
		b.WriteString(strings.TrimRight("| "+escape.Replace(strings.TrimSpace(cell)), " ") + " ")
	}
	b.WriteString("|\n")
}
