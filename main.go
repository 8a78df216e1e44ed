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

// memoryLimit is the memory, in bytes, above which the garbage collector runs more often. It must be far above the memory that the provider
// keeps: close to it, the collector runs all the time. A refresh of 5,000 wallets keeps about 20 MB, and reaches 125 MB without a limit. It
// takes the same processor time without a limit and with 64 or 96 MiB, and two and a half times as much with 24 MiB. The provider keeps
// 3.6 MB more for each 1,000 wallets, so 96 MiB would be too little for 20,000 wallets. A refresh of fewer than 14,000 wallets does not
// reach 256 MiB, and 256 MiB are enough for 50,000 wallets. Terraform itself takes about as much memory for 5,000 wallets.
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
