package examples_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// shellBlock matches a block for the shell.
var shellBlock = regexp.MustCompile("(?ms)^```shell\n(.*?)\n```$")

// blocksRun are the blocks for the shell of the guides that a test has run, by the guide.
var blocksRun = struct {
	sync.Mutex
	of map[string][]string
}{of: map[string][]string{}}

// notRun are the blocks for the shell that are checked and not run, by the command that they begin with, and why.
var notRun = map[string]string{
	"git clone ": "it needs the network",
}

// block returns the one block for the shell of a guide that has a text, and notes that it is run.
func (s *stage) block(guide, text string) string {
	s.t.Helper()
	blocksRun.Lock()
	defer blocksRun.Unlock()
	var found []string
	for _, match := range shellBlock.FindAllStringSubmatch(read(s.t, "..", "docs", "guides", guide+".md"), -1) {
		if strings.Contains(match[1], text) {
			found = append(found, match[1])
		}
	}
	if len(found) != 1 {
		s.t.Fatalf("the guide %s has %d blocks with %q, want 1", guide, len(found), text)
	}
	blocksRun.of[guide] = append(blocksRun.of[guide], found[0])
	return found[0]
}

// begun notes that the blocks of a guide are to be run.
func begun(guide string) {
	blocksRun.Lock()
	defer blocksRun.Unlock()
	blocksRun.of[guide] = append(blocksRun.of[guide], "")
}

// everyBlockRan fails for a block of a guide that was tried, and that no test has run. A block that cannot be run here is checked.
func everyBlockRan(t *testing.T) {
	t.Helper()
	for guide, ran := range blocksRun.of {
		for _, match := range shellBlock.FindAllStringSubmatch(read(t, "..", "docs", "guides", guide+".md"), -1) {
			if slices.Contains(ran, match[1]) {
				continue
			}
			known := false
			for begins := range notRun {
				known = known || strings.HasPrefix(match[1], begins)
			}
			if !known {
				t.Errorf("no test runs this block of the guide %s:\n%s", guide, match[1])
			}
			checkCommands(t, match[1])
		}
	}
}

// checkCommands checks the arguments of the commands of a block that is not run: subcommands and flags of Terraform, and targets of the
// makefile.
func checkCommands(t *testing.T, script string) {
	t.Helper()
	makefile := read(t, "..", "GNUmakefile")
	for line := range strings.Lines(script) {
		line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
		words := strings.Fields(line)
		if len(words) < 2 {
			continue
		}
		switch words[0] {
		case "terraform", "tofu":
			var flags []string
			subcommand := words[1:]
			for i, word := range subcommand {
				if strings.HasPrefix(word, "-") {
					subcommand, flags = subcommand[:i], subcommand[i:]
					break
				}
			}
			help, err := exec.Command(acctest.TerraformPath(), append(slices.Clone(subcommand), "-help")...).CombinedOutput()
			if len(help) == 0 {
				t.Errorf("%s: no help: %v", line, err)
			}
			for _, flag := range flags {
				name, _, _ := strings.Cut(flag, "=")
				if strings.HasPrefix(flag, "-") && !strings.Contains(string(help), name) {
					t.Errorf("%s: %s has no flag %s", line, words[1], name)
				}
			}
		case "make":
			if !strings.Contains(makefile, "\n"+words[1]+":") {
				t.Errorf("the makefile has no target %s", words[1])
			}
		case "git":
			if url := words[len(words)-1]; url != "https://github.com/voltagecloud/terraform-provider-voltage" {
				t.Errorf("%s is not the repository", url)
			}
		case "cd", "export":
		default:
			t.Errorf("%s: no test knows what %s is", line, words[0])
		}
	}
}

// programs is a folder with the programs that the guides call: the emulator's, Terraform's, and uuidgen where the machine has none.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "voltage-examples")
	if err != nil {
		return "", err
	}
	const emulator = "voltage-emulator"
	program, err := acctest.Program(emulator, dir)
	if err == nil && program != filepath.Join(dir, emulator) {
		err = os.Symlink(program, filepath.Join(dir, emulator))
	}
	if err != nil {
		return dir, err
	}
	terraform, err := exec.LookPath(acctest.TerraformPath())
	if err == nil {
		terraform, err = filepath.Abs(terraform)
	}
	for _, name := range []string{"terraform", "tofu"} {
		if err == nil {
			err = os.Symlink(terraform, filepath.Join(dir, name))
		}
	}
	if _, missing := exec.LookPath("uuidgen"); missing != nil && err == nil {
		const script = "#!/bin/sh\nsed 's/^\\(.\\{8\\}\\)\\(.\\{4\\}\\).\\(.\\{3\\}\\).\\(.\\{3\\}\\)\\(.*\\)$/\\1-\\2-4\\3-8\\4-\\5/' <<EOF\n" +
			"$(od -An -N16 -tx1 /dev/urandom | tr -d ' \\n')\nEOF\n"
		err = os.WriteFile(filepath.Join(dir, "uuidgen"), []byte(script), 0o700)
	}
	return dir, err
})

// removePrograms removes what the guides have called.
func removePrograms() {
	if dir, err := programs(); err == nil {
		os.RemoveAll(dir)
	}
}

// shell runs a script as somebody does who has Terraform and the emulator's program, and no environment of Voltage but what env has.
func (s *stage) shell(script string, env ...string) (string, error) {
	s.t.Helper()
	bin, err := programs()
	if err != nil {
		s.t.Fatal(err)
	}
	cmd := exec.Command("bash", "-eo", "pipefail", "-c", script)
	cmd.Dir = s.Dir
	for _, variable := range s.Env {
		if !strings.HasPrefix(variable, "VOLTAGE_") {
			cmd.Env = append(cmd.Env, variable)
		}
	}
	cmd.Env = append(cmd.Env, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"),
		"TF_CLI_ARGS_apply=-auto-approve", "TF_CLI_ARGS_destroy=-auto-approve")
	cmd.Env = append(cmd.Env, env...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// voltage are the variables of this stage's emulator.
func (s *stage) voltage() []string {
	var variables []string
	for _, variable := range s.Env {
		if strings.HasPrefix(variable, "VOLTAGE_") {
			variables = append(variables, variable)
		}
	}
	return variables
}

// runs executes a block of a guide on this stage's emulator, which has to succeed and to print a text. Texts of the block are replaced by
// others first, in pairs.
func (s *stage) runs(guide, text, want string, replace ...string) string {
	s.t.Helper()
	block := s.block(guide, text)
	for i := 0; i < len(replace); i += 2 {
		if !strings.Contains(block, replace[i]) {
			s.t.Fatalf("the block has no %q:\n%s", replace[i], block)
		}
		block = strings.ReplaceAll(block, replace[i], replace[i+1])
	}
	out, err := s.shell(block, s.voltage()...)
	if err != nil || !strings.Contains(words(out), want) {
		s.t.Errorf("%s\nis to print %q: %v\n%s", block, want, err, out)
	}
	return out
}

// openTofu reports whether the CLI that the tests run is OpenTofu.
func openTofu() bool { return !strings.HasPrefix(acctest.Address(), "registry.terraform.io/") }
