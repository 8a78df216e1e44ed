// Terraform-provider-voltage is the Terraform and OpenTofu provider of the Voltage API.
package main

import (
	"flag"
	"log"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/voltagecloud/terraform-provider-voltage/internal/provider"
)

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger, and print how Terraform reaches it")
	flag.Parse()

	var options []tf6server.ServeOpt
	if *debug {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := tf6server.Serve("registry.terraform.io/voltagecloud/voltage", provider.NewServer(version), options...); err != nil {
		log.Fatal(err)
	}
}
