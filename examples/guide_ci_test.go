package examples_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// pipeline is one job of a guide's pipeline, as its service runs it: from the root of the repository.
type pipeline struct {
	script string
	env    map[string]string
}

// pipelines are the jobs of the two pipelines in the guide, by the service and the name of the job.
func pipelines(t *testing.T) map[string]pipeline {
	t.Helper()
	var github struct {
		Defaults struct {
			Run struct {
				Folder string `yaml:"working-directory"`
			}
		}
		Jobs map[string]struct {
			Env   map[string]string
			Steps []struct{ Name, Run string }
		}
	}
	type job struct {
		Variables map[string]string
		Before    []string `yaml:"before_script"`
		Script    []string
	}
	var gitlab map[string]job
	decode(t, "guides/payments-in-ci/github.yml", &github)
	decode(t, "guides/payments-in-ci/gitlab-ci.yml", &gitlab)
	found := map[string]pipeline{}
	for name, job := range github.Jobs {
		for _, step := range job.Steps {
			if step.Name == "Test" {
				found["github "+name] = pipeline{"cd " + github.Defaults.Run.Folder + "\n" + step.Run, job.Env}
			}
		}
	}
	for _, name := range []string{"emulator", "staging"} {
		before := gitlab[name].Before
		if before == nil {
			before = gitlab["default"].Before
		}
		installs := func(line string) bool { return strings.HasPrefix(line, "wget ") } // the program is built here
		lines := slices.DeleteFunc(append(slices.Clone(before), gitlab[name].Script...), installs)
		found["gitlab "+name] = pipeline{strings.Join(lines, "\n"), gitlab[name].Variables}
	}
	return found
}

// tryPipelines runs the jobs of the two pipelines in a repository with the folder that the guide says to copy. A job on the emulator starts
// it itself; a job on staging runs here on the emulator of this stage. Each fails in a folder without tests.
func tryPipelines(t *testing.T, s *stage) {
	t.Helper()
	const folder = "payments-smoke-test"
	example := folder
	if !atLeast(t, "1.14") || openTofu() {
		example = "module-test" // without actions
	}
	if err := os.CopyFS(filepath.Join(s.Dir, folder), os.DirFS(example)); err != nil {
		t.Fatal(err)
	}
	if example == "module-test" { // whose other tests TestModuleTest runs
		for _, name := range []string{"mocked", "plan"} {
			if err := os.Remove(filepath.Join(s.Dir, folder, "tests", name+".tftest.hcl")); err != nil {
				t.Fatal(err)
			}
		}
	}
	jobs := pipelines(t)
	if len(jobs) != 4 {
		t.Errorf("the pipelines have the jobs %v", jobs)
	}
	run := func(name string, job pipeline) (string, error) {
		if strings.HasSuffix(name, " emulator") {
			if !strings.Contains(job.script, "voltage-emulator exec ") {
				t.Errorf("the script of %s starts no emulator: %q", name, job.script)
			}
			return s.shell(job.script)
		}
		if job.env["VOLTAGE_API_URL"] != "https://staging.voltageapi.com/v1" {
			t.Errorf("on staging %s runs with %v", name, job.env)
		}
		for variable := range job.env {
			if !strings.Contains(read(t, "..", "docs", "index.md"), "`"+variable+"`") {
				t.Errorf("%s sets %s, which the provider does not read", name, variable)
			}
		}
		return s.shell(job.script, s.voltage()...)
	}
	for name, job := range jobs {
		if out, err := run(name, job); err != nil || !strings.Contains(out, " 0 failed") {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
	if err := os.RemoveAll(filepath.Join(s.Dir, folder, "tests")); err != nil {
		t.Fatal(err)
	}
	for name, job := range jobs {
		if out, err := run(name, job); err == nil || !strings.Contains(out, "0 passed") {
			t.Errorf("%s succeeds without a test: %v\n%s", name, err, out)
		}
	}
}

// tryTestingModules runs what the guide shows on the module that it says to copy.
func tryTestingModules(t *testing.T, s *stage) {
	t.Helper()
	s.copy("module-test")
	for _, shown := range []struct{ text, want string }{
		{"terraform init", "10 passed, 0 failed"}, // first: the others test without another init
		{"-seed world.json", "10 passed, 0 failed"},
		{"fault -operation", "create_wallet POST"},
		{"-exports", ""},
		{"-data world.data.json", ""},
		{"clock advance", ""},
	} {
		text, want := shown.text, shown.want
		block := strings.NewReplacer("lntbs210n1p...", s.invoice, "/tmp/voltage.env", filepath.Join(s.Dir, "voltage.env")).
			Replace(s.block("testing-modules", text))
		var env []string
		switch text {
		case "-seed world.json":
			s.Write("world.json", read(t, "emulator", "world.json"))
		case "-data world.data.json": // until its file is there
			block = strings.Replace(block, "127.0.0.1:8080", "127.0.0.1:0", 1) +
				" &\nemulator=$!\nuntil [ -s world.data.json ]; do sleep 0.1; done\nkill $emulator\nwait\n"
		case "clock advance": // with money, and on the emulator of this stage
			env = s.voltage()
		case "-exports":
			block += "\nemulator=$!\ntest -n \"$VOLTAGE_API_URL\"\nkill $emulator\nwait\n"
		}
		out, err := s.shell(block, env...)
		if err != nil || !strings.Contains(words(out), want) {
			t.Errorf("%s\nis to print %q: %v\n%s", block, want, err, out)
		}
		if text == "fault -operation" && strings.Count(words(out), want) != 1 {
			t.Errorf("%s\nwas to request one wallet\n%s", block, out)
		}
	}
}
