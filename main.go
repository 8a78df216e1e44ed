// Terraform-provider-voltage is the Terraform and OpenTofu provider of the Voltage API.
package main

import (
	"context"
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/hashicorp/terraform-plugin-framework/provider"

	voltageprovider "github.com/voltagecloud/terraform-provider-voltage/internal/provider"
)

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger, and print how Terraform reaches it")
	flag.Parse()

	err := providerserver.Serve(context.Background(), func() provider.Provider { return voltageprovider.New(version) }, providerserver.ServeOpts{
		Address:         "registry.terraform.io/voltagecloud/voltage",
		Debug:           *debug,
		ProtocolVersion: 6,
	})
	if err != nil {
		log.Fatal(err)
	}
}
