package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io/fs"
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

	"gopkg.in/yaml.v3"
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
		t.Errorf("the manifest is of version %d and names protocols %v; the provider speaks %v", manifest.Version, manifest.Metadata.Protocols,
			want)
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
		versions["terraform"][0], versions["terraform"][len(versions["terraform"])-1], versions["opentofu"][0],
		versions["opentofu"][len(versions["opentofu"])-1])
	for _, file := range []string{"README.md", "templates/index.md.tmpl", "docs/index.md"} {
		if !strings.Contains(string(read(t, file)), sentence) {
			t.Errorf("%s does not say: %s", file, sentence)
		}
	}
	workflow := string(read(t, ".github/workflows/test.yml"))
	for _, line := range []string{
		`matrix=$(jq -c '[to_entries[] | .key as $cli | .value[] | {cli: $cli, version: .}]' .ci/versions.json)`,
		`include: ${{ fromJSON(needs.versions.outputs.matrix) }}`,
		`TEST_CLI: ${{ matrix.cli }} ${{ matrix.version }}`,
	} {
		if !strings.Contains(workflow, line) {
			t.Errorf("the workflow's matrix is not made of .ci/versions.json: it lacks %s", line)
		}
	}
}

// jobsWithoutSteps are the jobs that check nothing themselves: they prepare, decide or release.
var jobsWithoutSteps = []string{"test.yml/versions", "test.yml/tested", "release.yml/test", "release.yml/release"}

// TestWorkflows: .ci/run has the steps, and the workflows run nothing else. Every step is run by one job, on every change, and a
// branch's protection waits for every job that tests.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	listed, err := exec.CommandContext(t.Context(), "bash", ".ci/run", "--list").Output()
	if err != nil {
		t.Fatal(err)
	}
	runBy := map[string]string{}
	for line := range strings.Lines(string(listed)) {
		runBy[strings.Fields(line)[0]] = ""
	}
	files, err := filepath.Glob(".github/workflows/*.yml")
	if err != nil || len(files) == 0 || len(runBy) == 0 {
		t.Fatalf("%d workflows and %d steps, %v", len(files), len(runBy), err)
	}
	for _, file := range files {
		var workflow struct {
			On struct {
				Push        *struct{ Branches []string }
				PullRequest yaml.Node `yaml:"pull_request"`
			}
			Jobs map[string]struct {
				If    string
				Needs yaml.Node
				Steps []struct{ Run, If string }
			}
		}
		if err := yaml.Unmarshal(read(t, file), &workflow); err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		var testing []string
		for name, job := range workflow.Jobs {
			id := filepath.Base(file) + "/" + name
			if slices.Contains(jobsWithoutSteps, id) {
				continue
			}
			testing = append(testing, name)
			if workflow.On.Push == nil || !slices.Equal(workflow.On.Push.Branches, []string{"main"}) || workflow.On.PullRequest.IsZero() {
				t.Errorf("%s runs steps, and not for every pull request and every push to main", id)
			}
			ran := 0
			for _, step := range job.Steps {
				if step.Run == "" {
					continue
				}
				if job.If != "" || step.If != "" {
					t.Errorf("%s runs %s only under a condition", id, step.Run)
				}
				command := strings.Fields(step.Run)
				if command[0] != "./.ci/run" || len(command) == 1 {
					t.Errorf("%s runs %q, which is no step: write it as a step of .ci/run", id, step.Run)
					continue
				}
				for _, step := range command[1:] {
					ran++
					if other, ok := runBy[step]; !ok {
						t.Errorf("%s runs the step %s, which .ci/run --list lacks", id, step)
					} else if other != "" {
						t.Errorf("%s and %s run the step %s", other, id, step)
					}
					runBy[step] = id
				}
			}
			if ran == 0 {
				t.Errorf("%s runs no step", id)
			}
		}
		if tested, ok := workflow.Jobs["tested"]; ok {
			var needs []string
			if err := tested.Needs.Decode(&needs); err != nil {
				t.Fatal(err)
			}
			slices.Sort(testing)
			if slices.Sort(needs); !slices.Equal(needs, testing) {
				t.Errorf("%s: the job tested waits for %v, and the jobs are %v", file, needs, testing)
			}
		}
	}
	for step, job := range runBy {
		if job == "" {
			t.Errorf("no workflow runs the step %s", step)
		}
	}
}

// TestTargets: a task of the makefile that checks something is a step, so that nobody adds one that CI does not run.
func TestTargets(t *testing.T) {
	t.Parallel()
	run := string(read(t, ".ci/run"))
	tasks := []string{
		"help", "build", "install", // they check nothing
		"bench", "chaos", "attack", // they take as long as one likes, and test runs the same with fixed seeds
		"testacc-live", "sweep", // they need a real environment: testacc-dry rehearses both
	}
	for _, match := range regexp.MustCompile(`(?m)^([a-z-]+):.*## `).FindAllStringSubmatch(string(read(t, "GNUmakefile")), -1) {
		if !slices.Contains(tasks, match[1]) && !strings.Contains(run, `  "`+match[1]+"|") {
			t.Errorf("make %s is no step of .ci/run", match[1])
		}
	}
}

// TestNolint: what a comment turns off is on. nolintlint does not see a comment about a linter that never runs.
func TestNolint(t *testing.T) {
	t.Parallel()
	var config struct {
		Linters struct{ Enable []string }
	}
	if err := yaml.Unmarshal(read(t, ".golangci.yml"), &config); err != nil || len(config.Linters.Enable) == 0 {
		t.Fatalf("linters %v, %v", config.Linters.Enable, err)
	}
	comment, count := regexp.MustCompile(`//nolint:([a-z,]+)`), 0
	err := filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() && entry.Name() == "node_modules" {
			return cmp.Or(err, fs.SkipDir)
		}
		if filepath.Ext(path) != ".go" {
			return nil
		}
		for i, line := range strings.Split(string(read(t, path)), "\n") {
			match := comment.FindStringSubmatch(line)
			if match == nil {
				continue
			}
			count++
			for linter := range strings.SplitSeq(match[1], ",") {
				if !slices.Contains(config.Linters.Enable, linter) {
					t.Errorf("%s:%d turns off %s, which .golangci.yml does not turn on: remove the comment", path, i+1, linter)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if count == 0 {
		t.Error("no file has such a comment: this test does not see them")
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
		{"as Terraform starts it", false, nil, "off", memoryLimit},
		{"with a log", false, map[string]string{"TF_LOG": "DEBUG"}, "debug", memoryLimit},
		{"for a debugger", true, nil, "", memoryLimit},
		{"with a limit of the user's", false, map[string]string{"GOMEMLIMIT": "1GiB", "GOGC": "100"}, "off", math.MaxInt64},
	} {
		t.Run(test.name, func(t *testing.T) {
			debug.SetMemoryLimit(math.MaxInt64)
			for _, variable := range []string{"TF_LOG", "TF_LOG_PROVIDER", "TF_LOG_SDK", "TF_LOG_SDK_PROTO", "TF_LOG_SDK_FRAMEWORK",
				"TF_LOG_PROVIDER_VOLTAGE", "GOGC", "GOMEMLIMIT"} {
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
