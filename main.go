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

// memoryLimit bounds what a patient collector leaves lying about, in bytes. It must stay far above what lives: next to it, the collector
// runs all the time. A refresh of 5,000 wallets has about 20 MB that lives and 125 MB at its peak without any limit. It takes the same work
// without one and with 64 or 96 MiB, and two and a half times the work with 24 MiB. What lives grows by 3.6 MB for 1,000 wallets, so that
// 96 MiB would be too little for 20,000 of them. 256 MiB are not reached below some 14,000, and are enough for 50,000. Terraform itself
// takes about as much for 5,000.
const memoryLimit = 256 << 20

// prepare adjusts the process to thousands of objects. Settings of the user in the environment stay.
func prepare(debugged bool) error {
	// The provider keeps a few megabytes and throws away a hundred times as much. If the garbage collector runs less often, that saves a fifth
	// of the processor time.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	if debugged { // the logs are for the debugger
		return nil
	}
	return provider.LimitLogs()
}
