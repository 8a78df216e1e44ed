// The program operations writes the table of all operations of the API into the guide templates/guides/api-operations.md. It runs in the
// repository's folder, as a part of make generate.
package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/cmd/section"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/operations"
)

const guide = "templates/guides/api-operations.md"

func main() {
	text, err := table()
	if err == nil {
		err = section.Write(guide, text)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// nouns maps a kind of the provider's parts to the noun before its name.
var nouns = map[string]string{
	operations.Resource: "", operations.DataSource: "data ", operations.Action: "action ", operations.List: "list ",
}

// table returns the table of all operations, with the requests that the emulator serves.
func table() (string, error) {
	api, err := emulator.New(emulator.Config{})
	if err != nil {
		return "", fmt.Errorf("starting the emulator: %w", err)
	}
	endpoints := api.Endpoints()
	var b strings.Builder
	b.WriteString("\n| operation | in Terraform | in the emulator |\n|---|---|---|\n")
	for _, operation := range operations.All() {
		served := "not served"
		if endpoint := endpoints[operation.ID]; endpoint != "" {
			served = "`" + endpoint + "`"
		}
		section.Row(&b, "`"+operation.ID+"`", lives(operation), served)
	}
	b.WriteString("\n")
	return b.String(), nil
}

// lives lists the parts of the provider that call an operation.
func lives(operation operations.Operation) string {
	if len(operation.Uses) == 0 {
		return "not exposed: " + operation.NotExposed
	}
	uses := make([]string, 0, len(operation.Uses))
	for _, use := range operation.Uses {
		text := fmt.Sprintf("%s[`%s`](https://registry.terraform.io/providers/voltagecloud/voltage/latest/docs/%s/%s)",
			nouns[use.Kind], use.Name, use.Kind, strings.TrimPrefix(use.Name, "voltage_"))
		if use.When != "" {
			text += " " + use.When
		}
		uses = append(uses, text)
	}
	return strings.Join(uses, "\n")
}
