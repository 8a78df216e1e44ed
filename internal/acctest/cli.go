package acctest

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/provider"
)

// cliConfig is a Terraform configuration that installs the provider's binary from a mirror, made by [Main].
var cliConfig string

// version is that of the provider in the mirror, which the version constraints of the examples accept.
const version = "0.1.0"

// Main is the TestMain of packages that use [World.CLI]: it makes a mirror of the provider's program, runs the tests, and returns their
// status.
func Main(m *testing.M) int {
	dir, err := os.MkdirTemp("", "voltage-acctest")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // nothing more can be done
	binary := filepath.Join(dir, filepath.FromSlash(Address()), version, runtime.GOOS+"_"+runtime.GOARCH,
		"terraform-provider-voltage_v"+version)
	program, err := Program("terraform-provider-voltage", dir)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(binary), 0o750)
	}
	if err == nil {
		err = os.Symlink(program, binary)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	cliConfig = filepath.Join(dir, "terraformrc")
	content := "provider_installation {\n  filesystem_mirror { path = \"" + filepath.ToSlash(dir) + "\" }\n}\n"
	if err := os.WriteFile(cliConfig, []byte(content), 0o600); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// CLI is a folder with a configuration, in which the real Terraform runs with the provider's binary.
type CLI struct {
	Dir string
	// Env is the environment of Terraform. It has the VOLTAGE_ variables of this world, and no settings of the user's Terraform.
	Env []string

	t     *testing.T
	world *World
}

// Requirements is what a configuration for [CLI] has to begin with.
const Requirements = `
terraform {
  required_providers {
    voltage = { source = "voltagecloud/voltage" }
  }
}
`

// CLI makes a folder for the real Terraform.
func (w *World) CLI(t *testing.T) *CLI {
	t.Helper()
	if cliConfig == "" {
		t.Fatal("the package's TestMain has to call acctest.Main")
	}
	return w.folder(t, cliConfig)
}

func (w *World) folder(t *testing.T, config string) *CLI {
	t.Helper()
	c := &CLI{Dir: t.TempDir(), t: t, world: w}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "VOLTAGE_") && !strings.HasPrefix(variable, "TF_") {
			c.Env = append(c.Env, variable)
		}
	}
	c.Env = append(c.Env,
		"TF_CLI_CONFIG_FILE="+config, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"VOLTAGE_API_URL="+w.URL, "VOLTAGE_API_KEY="+emulator.StagingKey,
		"VOLTAGE_ORGANIZATION_ID="+w.OrganizationID.String(), "VOLTAGE_ENVIRONMENT_ID="+w.EnvironmentID.String(),
	)
	return c
}

// Write writes a file into the folder.
func (c *CLI) Write(name, content string) {
	c.t.Helper()
	path := filepath.Join(c.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

// Command prepares a run of Terraform.
func (c *CLI) Command(args ...string) *exec.Cmd {
	cmd := exec.Command(TerraformPath(), append([]string{args[0], "-no-color"}, args[1:]...)...) //nolint:gosec,noctx // the tests' own
	cmd.Dir, cmd.Env = c.Dir, c.Env
	return cmd
}

// Try runs Terraform and returns what it has printed.
func (c *CLI) Try(args ...string) (string, error) {
	out, err := c.Command(args...).CombinedOutput()
	return string(out), err
}

// Terraform runs Terraform, which has to succeed, and returns what it has printed.
func (c *CLI) Terraform(args ...string) string {
	c.t.Helper()
	out, err := c.Try(args...)
	if err != nil {
		c.t.Fatalf("terraform %s: %s\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// State is the content of the state file.
func (c *CLI) State() string {
	c.t.Helper()
	content, err := os.ReadFile(filepath.Join(c.Dir, "terraform.tfstate"))
	if err != nil {
		c.t.Fatal(err)
	}
	return string(content)
}

// Output reads an output of the state file into a value, which takes less time than terraform output.
func (c *CLI) Output(name string, value any) {
	c.t.Helper()
	var state struct {
		Outputs map[string]struct{ Value json.RawMessage }
	}
	err := json.Unmarshal([]byte(c.State()), &state)
	if err == nil {
		err = json.Unmarshal(state.Outputs[name].Value, value)
	}
	if err != nil {
		c.t.Fatalf("output %s: %v", name, err)
	}
}

// TerraformPath is the Terraform that the tests run.
func TerraformPath() string {
	if path := os.Getenv("TF_ACC_TERRAFORM_PATH"); path != "" {
		return path
	}
	return "terraform"
}

// Address is the provider's, as the CLI that the tests run completes it: run.sh names the host of OpenTofu's registry, in the variable
// that terraform-plugin-testing reads too.
func Address() string {
	host := os.Getenv("TF_ACC_PROVIDER_HOST")
	if host == "" {
		host = "registry.terraform.io"
	}
	return host + "/voltagecloud/voltage"
}

// InProcess makes a folder for Terraform, which uses a provider as after [CLI.Attach].
func (w *World) InProcess(t *testing.T) *CLI {
	t.Helper()
	c := w.folder(t, os.DevNull)
	c.Attach()
	return c
}

// Attach makes the folder's Terraform use a provider of the test's own process, with the world's Pace, in place of the binary: a run takes
// a third of the time, needs no terraform init, and has no waits that only the real API needs. The provider reads the variables that
// [CLI.Env] has at that time. All runs share this provider, so only one run can be under way, and the configuration can have only one block
// for the provider.
func (c *CLI) Attach() {
	c.t.Helper()
	c.serve(c.world.server(provider.WithEnvironment(c.getenv)))
}

// getenv returns a variable as Terraform finds it.
func (c *CLI) getenv(variable string) string {
	for _, set := range slices.Backward(c.Env) {
		if value, found := strings.CutPrefix(set, variable+"="); found {
			return value
		}
	}
	return ""
}

// serve serves a provider to the folder's Terraform until the test ends.
func (c *CLI) serve(server func() tfprotov6.ProviderServer) {
	c.t.Helper()
	address := Address()
	ctx, stop := context.WithCancel(context.Background())
	configs, closed, ended := make(chan *plugin.ReattachConfig), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- tf6server.Serve(address, server,
			tf6server.WithDebug(ctx, configs, closed), tf6server.WithGoPluginLogger(hclog.NewNullLogger()), tf6server.WithLoggingSink(c.t),
			tf6server.WithoutLogStderrOverride())
	}()
	c.t.Cleanup(func() {
		stop()
		<-closed
	})
	select {
	case config := <-configs:
		reattach := map[string]any{address: map[string]any{
			"Protocol": string(config.Protocol), "ProtocolVersion": config.ProtocolVersion, "Pid": config.Pid, "Test": true,
			"Addr": map[string]string{"Network": config.Addr.Network(), "String": config.Addr.String()},
		}}
		content, err := json.Marshal(reattach)
		if err != nil {
			c.t.Fatal(err)
		}
		c.Env = append(c.Env, "TF_REATTACH_PROVIDERS="+string(content))
	case err := <-ended:
		c.t.Fatalf("the provider was not served: %v", err)
	}
}
