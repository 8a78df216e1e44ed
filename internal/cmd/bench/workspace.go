package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// binary is the name of a provider's binary that Terraform looks for.
const binary = "terraform-provider-voltage_v0.0.1"

// plugin is a provider to measure.
type plugin struct {
	name string
	pkg  string
}

var (
	voltageProvider = plugin{"voltage", "github.com/voltagecloud/terraform-provider-voltage"}
	idleProvider    = plugin{"idle", "github.com/voltagecloud/terraform-provider-voltage/internal/cmd/bench/idle"}
)

// build builds a provider into a mirror below dir. Terraform installs the provider from there.
func (p plugin) build(ctx context.Context, dir string) error {
	path := filepath.Join(p.mirror(dir), "voltage.test", "voltagecloud", "voltage", "0.0.1", runtime.GOOS+"_"+runtime.GOARCH, binary)
	build := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", path, p.pkg) //nolint:gosec // into the folder of this run
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if text, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("building %s: %w\n%s", p.pkg, err, text)
	}
	return nil
}

func (p plugin) mirror(dir string) string { return filepath.Join(dir, "mirror", p.name) }

// workspace is a folder with a configuration, whose state is kept in memory.
type workspace struct {
	dir   string
	env   []string
	state *httptest.Server
}

// newWorkspace makes a folder below dir, and initializes Terraform in it.
func newWorkspace(ctx context.Context, dir string, provider plugin, url, configuration string) (*workspace, error) {
	folder, err := os.MkdirTemp(dir, "workspace")
	if err != nil {
		return nil, err
	}
	w := &workspace{dir: folder, state: httptest.NewServer(new(stateBackend))}
	settings := filepath.Join(folder, "terraformrc")
	for name, content := range map[string]string{
		filepath.Join(folder, "main.tf"):    configuration,
		filepath.Join(folder, "backend.tf"): fmt.Sprintf("terraform {\n  backend \"http\" { address = %q }\n}\n", w.state.URL),
		settings:                            fmt.Sprintf("provider_installation {\n  filesystem_mirror { path = %q }\n}\n", provider.mirror(dir)),
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			return nil, err
		}
	}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "VOLTAGE_") {
			w.env = append(w.env, variable)
		}
	}
	w.env = append(w.env, "TF_CLI_CONFIG_FILE="+settings, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"VOLTAGE_API_URL="+url, "VOLTAGE_API_KEY="+emulator.StagingKey, "VOLTAGE_ORGANIZATION_ID="+emulator.DefaultOrganizationID.String(),
		"VOLTAGE_ENVIRONMENT_ID="+emulator.StagingEnvironmentID.String())
	if _, _, err := w.terraform(ctx, "init"); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *workspace) close() { w.state.Close() }

// terraform runs Terraform. It returns the wall time and the peak memory of a provider in bytes, or 0 if the system does not show it.
func (w *workspace) terraform(ctx context.Context, args ...string) (wall time.Duration, memory int64, err error) {
	path := os.Getenv("TF_ACC_TERRAFORM_PATH")
	if path == "" {
		path = "terraform"
	}
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, path, append([]string{args[0], "-no-color"}, args[1:]...)...) //nolint:gosec // the user's own Terraform
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = w.dir, w.env, &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, 0, err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				text := out.String()
				return 0, 0, fmt.Errorf("terraform %s: %w\n%s", strings.Join(args, " "), err, text[max(0, len(text)-4000):])
			}
			return time.Since(start), memory, nil
		case <-time.After(sampling(time.Since(start))):
			memory = max(memory, peakMemory(cmd.Process.Pid))
		}
	}
}

// sampling returns the wait before the next sample of the memory of a command that has run for a while. The kernel keeps the peak of a
// living process, so only the growth after the last sample is missed: at most a twentieth of the time. Short waits are needed because the
// provider of a few wallets runs for only 50 ms, and long waits are needed because each sample takes time.
func sampling(elapsed time.Duration) time.Duration {
	return min(max(elapsed/20, 5*time.Millisecond), 100*time.Millisecond)
}
