package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// binary is the provider's, as Terraform looks for it.
const binary = "terraform-provider-voltage"

// workspace is a folder with a configuration.
type workspace struct {
	dir string
	env []string
}

// newWorkspace makes a folder below dir, which has the provider's binary.
func newWorkspace(dir, url, configuration string) (*workspace, error) {
	folder, err := os.MkdirTemp(dir, "workspace")
	if err != nil {
		return nil, err //nolint:wrapcheck // says it all
	}
	settings := filepath.Join(folder, "terraformrc")
	for name, content := range map[string]string{
		filepath.Join(folder, "main.tf"): configuration,
		settings:                         fmt.Sprintf("provider_installation {\n  dev_overrides { \"voltagecloud/voltage\" = %q }\n  direct {}\n}\n", dir),
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			return nil, err //nolint:wrapcheck // says it all
		}
	}
	w := &workspace{dir: folder}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "VOLTAGE_") {
			w.env = append(w.env, variable)
		}
	}
	w.env = append(w.env, "TF_CLI_CONFIG_FILE="+settings, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"VOLTAGE_API_URL="+url, "VOLTAGE_API_KEY="+emulator.StagingKey, "VOLTAGE_ORGANIZATION_ID="+emulator.DefaultOrganizationID.String(),
		"VOLTAGE_ENVIRONMENT_ID="+emulator.StagingEnvironmentID.String())
	return w, nil
}

// terraform runs Terraform, and returns how long it took and the most memory that the provider had in bytes, 0 where the system does
// not tell.
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
		return 0, 0, err //nolint:wrapcheck // says it all
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
		case <-time.After(50 * time.Millisecond):
			memory = max(memory, peakMemory(cmd.Process.Pid))
		}
	}
}

// peakMemory is the most memory that a process's child of the provider's name has had, in bytes. Only Linux tells.
func peakMemory(parent int) int64 {
	statuses, err := filepath.Glob("/proc/[0-9]*/status")
	if err != nil {
		return 0
	}
	var most int64
	for _, status := range statuses {
		content, err := os.ReadFile(status) //nolint:gosec // a path of the kernel's
		if err == nil && strings.Contains(string(content), fmt.Sprintf("\nPPid:\t%d\n", parent)) {
			most = max(most, peakOf(string(content)))
		}
	}
	return most
}

// peakOf reads VmHWM of the status of a process whose name is the provider's, in bytes.
func peakOf(status string) int64 {
	if !strings.HasPrefix(status, "Name:\t"+binary[:15]) { // the kernel keeps as much of a name
		return 0
	}
	for line := range strings.Lines(status) {
		var kilobytes int64
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			if _, err := fmt.Sscanf(strings.TrimSpace(rest), "%d kB", &kilobytes); err == nil {
				return kilobytes << 10
			}
		}
	}
	return 0
}
