// The program schema prints the provider's schemas in the format of "terraform providers schema -json" of the newest Terraform. That
// includes actions and list resources, which Terraform before 1.14 leaves out. make generate passes the schemas to tfplugindocs, so that
// docs/ does not depend on the installed Terraform.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/voltagecloud/terraform-provider-voltage/internal/provider"
)

func main() {
	if err := write(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// write prints the schemas of the provider, which runs in this process.
func write(out io.Writer) error {
	response, err := provider.NewServer("dev")().GetProviderSchema(context.Background(), &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return fmt.Errorf("reading the schemas: %w", err)
	}
	written, err := marshalled(response)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	// tfplugindocs looks the provider up by this name.
	if err := encoder.Encode(map[string]any{
		"format_version": "1.0", "provider_schemas": map[string]any{"voltage": written},
	}); err != nil {
		return fmt.Errorf("writing the schemas: %w", err)
	}
	return nil
}
