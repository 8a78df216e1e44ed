package acctest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// ProgramsVariable is an environment variable. It names the folder in which run.sh has built the programs of this repository for the tests
// of all packages.
const ProgramsVariable = "ACCTEST_PROGRAMS"

// Program returns the path of a program of this repository: terraform-provider-voltage or voltage-emulator. Without run.sh, it builds the
// program into a folder with the same flags.
func Program(name, folder string) (path string, err error) {
	if built := os.Getenv(ProgramsVariable); built != "" {
		return filepath.Join(built, name), nil
	}
	pkg := "github.com/voltagecloud/terraform-provider-voltage"
	if name != "terraform-provider-voltage" {
		pkg += "/internal/cmd/" + name
	}
	path = filepath.Join(folder, name)
	build := exec.Command("go", "build", "-ldflags=-s", "-o", path, pkg) //nolint:gosec,noctx // ends by itself
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("building %s: %w\n%s", name, err, out)
	}
	return path, nil
}
