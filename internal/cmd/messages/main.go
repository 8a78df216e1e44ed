// The program messages writes the tables of every error and warning of the provider, as they are declared, into the guide
// templates/guides/when-things-go-wrong.md. It runs in the repository's folder, as a part of make generate.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/cmd/section"
	_ "github.com/voltagecloud/terraform-provider-voltage/internal/provider" // with all packages that declare messages
	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

const guide = "templates/guides/when-things-go-wrong.md"

func main() {
	if err := section.Write(guide, tables(tfkit.Messages(), tfkit.NextSteps())); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// tables writes messages and next steps in Markdown.
func tables(messages []tfkit.Message, steps []tfkit.NextStep) string {
	var b strings.Builder
	b.WriteString("\n### Errors\n\n| summary | detail | Terraform's state | next step |\n|---|---|---|---|\n")
	for _, m := range messages {
		if !m.Warning {
			section.Row(&b, m.Summary, m.Detail, either(m.State), either(m.Next))
		}
	}
	b.WriteString("\n### Warnings\n\n| summary | detail | next step |\n|---|---|---|\n")
	for _, m := range messages {
		if m.Warning {
			section.Row(&b, m.Summary, m.Detail, either(m.Next))
		}
	}
	b.WriteString("\n### Next steps by the reason\n\n| reason | next step |\n|---|---|\n")
	for _, step := range steps {
		when := step.When
		if strings.Contains(when, "_") && !strings.Contains(when, " ") { // a type of the API
			when = "`" + when + "`"
		}
		section.Row(&b, when, step.Do)
	}
	b.WriteString("\n")
	return b.String()
}

// either joins alternative texts.
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
