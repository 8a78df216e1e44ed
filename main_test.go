package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// serveVariable makes the test's binary the provider.
const serveVariable = "VOLTAGE_TEST_SERVE"

func TestMain(m *testing.M) {
	if os.Getenv(serveVariable) == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

// TestManifest: the registry reads from the manifest which protocol the provider speaks, and hands a provider to no Terraform that
// does not speak it. What is really spoken is in the line by which a plugin answers Terraform when it is started:
// version of the handshake | version of the protocol | network | address | gRPC.
func TestManifest(t *testing.T) {
	t.Parallel()
	var manifest struct {
		Version  int
		Metadata struct {
			Protocols []string `json:"protocol_versions"`
		}
	}
	if err := json.Unmarshal(read(t, "terraform-registry-manifest.json"), &manifest); err != nil {
		t.Fatal(err)
	}
	provider := exec.Command(os.Args[0])
	provider.Env = append(os.Environ(), serveVariable+"=1", "PLUGIN_PROTOCOL_VERSIONS=5,6",
		"TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2")
	stdout, err := provider.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := provider.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	_ = provider.Process.Kill()
	_ = provider.Wait()
	parts := strings.Split(line, "|")
	if err != nil || len(parts) < 5 {
		t.Fatalf("the provider answered %q, %v", line, err)
	}
	if want := []string{parts[1] + ".0"}; manifest.Version != 1 || !slices.Equal(manifest.Metadata.Protocols, want) {
		t.Errorf("the manifest is of version %d and names protocols %v; the provider speaks %v", manifest.Version, manifest.Metadata.Protocols, want)
	}
}

// TestSupportedVersions: .ci/versions.json says which versions are tested. The documentation says the same, and the workflow has its
// matrix from there.
func TestSupportedVersions(t *testing.T) {
	t.Parallel()
	var versions map[string][]string
	if err := json.Unmarshal(read(t, ".ci/versions.json"), &versions); err != nil {
		t.Fatal(err)
	}
	if len(versions) != 2 {
		t.Errorf("of terraform and opentofu, and of nothing else: %v", versions)
	}
	for cli, list := range versions {
		for i, version := range list {
			first, _ := strconv.Atoi(strings.TrimPrefix(list[0], "1."))
			if want := fmt.Sprintf("1.%d", first+i); version != want {
				t.Errorf("%s has %s where %s comes next", cli, version, want)
			}
		}
	}
	sentence := fmt.Sprintf("It is tested with every minor version of Terraform from %s to %s, and of OpenTofu from %s to %s.",
		versions["terraform"][0], versions["terraform"][len(versions["terraform"])-1], versions["opentofu"][0], versions["opentofu"][len(versions["opentofu"])-1])
	for _, file := range []string{"README.md", "templates/index.md.tmpl", "docs/index.md"} {
		if !strings.Contains(string(read(t, file)), sentence) {
			t.Errorf("%s does not say: %s", file, sentence)
		}
	}
	workflow := string(read(t, ".github/workflows/test.yml"))
	for _, line := range []string{
		`matrix=$(jq -c '[to_entries[] | .key as $cli | .value[] | {cli: $cli, version: .}]' .ci/versions.json)`,
		`include: ${{ fromJSON(needs.versions.outputs.matrix) }}`,
		`run: ./.ci/acceptance ${{ matrix.cli }} ${{ matrix.version }}`,
	} {
		if !strings.Contains(workflow, line) {
			t.Errorf("the workflow's matrix is not made of .ci/versions.json: it lacks %s", line)
		}
	}
}

// TestActionsArePinned: a workflow runs what has been looked at, and not what a tag names tomorrow.
func TestActionsArePinned(t *testing.T) {
	t.Parallel()
	uses, pinned := regexp.MustCompile(`(?m)\buses:\s*(.*)$`), regexp.MustCompile(`^(\./[\w./-]+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$`)
	pins := map[string]string{}
	count := 0
	for _, pattern := range []string{".github/workflows/*.yml", ".github/actions/*/action.yml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", pattern, err)
		}
		for _, file := range files {
			for _, match := range uses.FindAllStringSubmatch(string(read(t, file)), -1) {
				count++
				if !pinned.MatchString(match[1]) {
					t.Errorf("%s uses %s, which is not pinned by a commit with its version", file, match[1])
				}
				action, pin, _ := strings.Cut(match[1], "@")
				if other, ok := pins[action]; ok && other != pin {
					t.Errorf("%s uses %s at %s, and another file at %s", file, action, pin, other)
				}
				pins[action] = pin
			}
		}
	}
	if count == 0 {
		t.Error("no workflow uses an action: this test does not see them")
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// TestPrepare: what nobody reads is not logged, the heap is bounded, and what the user says of either stays.
func TestPrepare(t *testing.T) {
	t.Cleanup(func() {
		debug.SetGCPercent(100)
		debug.SetMemoryLimit(math.MaxInt64)
	})
	for _, test := range []struct {
		name     string
		debugged bool
		set      map[string]string
		level    string
		limit    int64
	}{
		{"as Terraform starts it", false, nil, "off", 96 << 20},
		{"with a log", false, map[string]string{"TF_LOG": "DEBUG"}, "debug", 96 << 20},
		{"for a debugger", true, nil, "", 96 << 20},
		{"with a limit of the user's", false, map[string]string{"GOMEMLIMIT": "1GiB", "GOGC": "100"}, "off", math.MaxInt64},
	} {
		t.Run(test.name, func(t *testing.T) {
			debug.SetMemoryLimit(math.MaxInt64)
			for _, variable := range []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK", "TF_LOG_PROVIDER_VOLTAGE", "GOGC", "GOMEMLIMIT"} {
				t.Setenv(variable, test.set[variable])
			}
			if err := prepare(test.debugged); err != nil {
				t.Fatal(err)
			}
			if got := os.Getenv("TF_LOG_SDK"); got != test.level {
				t.Errorf("the SDK logs %q, want %q", got, test.level)
			}
			if got := debug.SetMemoryLimit(-1); got != test.limit {
				t.Errorf("a limit of %d bytes, want %d", got, test.limit)
			}
		})
	}
}
