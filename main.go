// Terraform-provider-voltage is the Terraform and OpenTofu provider of the Voltage API.
package main

import (
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"runtime/debug"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/voltagecloud/terraform-provider-voltage/internal/provider"
)

// version is set by the linker when a release is built.
var version = "dev"

func main() {
	debugged := flag.Bool("debug", false, "serve for a debugger, and print how Terraform reaches it")
	flag.Parse()

	var options []tf6server.ServeOpt
	if *debugged {
		options = append(options, tf6server.WithManagedDebug())
	}
	if err := prepare(*debugged); err != nil {
		fail(err)
	}
	// The standard library's HTTP client writes to this log what servers send out of turn, as it comes.
	log.SetOutput(io.Discard)
	if err := tf6server.Serve("registry.terraform.io/voltagecloud/voltage", provider.NewServer(version), options...); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// prepare makes the process fit for thousands of objects. Where somebody has said otherwise in the environment, that stays.
func prepare(debugged bool) error {
	// What lives is a few megabytes, what is thrown away a hundred times that: a collector that waits saves a fifth of the work, as long
	// as there is little to collect.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(96 << 20)
	}
	if debugged { // whoever debugs reads the logs
		return nil
	}
	return provider.LimitLogs()
}
