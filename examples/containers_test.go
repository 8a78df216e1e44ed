package examples_test

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// image is the image of the examples, and entrypoint the program in it.
const (
	image      = "ghcr.io/voltagecloud/voltage-emulator:0.1.0"
	entrypoint = "/ko-app/voltage-emulator"
)

// defaults are the variables that the examples set, which are the default world's. The port is that of a public emulator.
func defaults(host string) map[string]string {
	return map[string]string{
		"VOLTAGE_API_URL": "http://" + host + ":8080/v1", "VOLTAGE_API_KEY": emulator.StagingKey,
		"VOLTAGE_ORGANIZATION_ID": emulator.DefaultOrganizationID.String(), "VOLTAGE_ENVIRONMENT_ID": emulator.StagingEnvironmentID.String(),
	}
}

// strictly reads an example, and refuses a field that is not in the type: a field in a wrong place is no field.
func strictly(t *testing.T, path string, into any) {
	t.Helper()
	decoder := yaml.NewDecoder(strings.NewReader(read(t, path)))
	decoder.KnownFields(true)
	if err := decoder.Decode(into); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
}

// composeService is what the example uses of a service. Source: the Compose Specification.
type composeService struct {
	Image       string
	Command     []string
	Volumes     []string
	Ports       []string
	Environment map[string]string
	Healthcheck struct {
		Test     []string
		Interval string
		Retries  int
	}
	DependsOn map[string]struct{ Condition string } `yaml:"depends_on"`
}

// TestContainers_compose: the services of the example find each other, the emulator starts with its arguments, is healthy by its own
// check, and would deliver to the application. Its volume is where the image's user may write.
func TestContainers_compose(t *testing.T) {
	t.Parallel()
	var compose struct {
		Services map[string]composeService
		Volumes  map[string]struct{}
	}
	strictly(t, "containers/compose.yaml", &compose)
	voltage, app := compose.Services["voltage"], compose.Services["app"]
	if len(compose.Services) != 2 || voltage.Image != image {
		t.Fatalf("the services are %+v", compose.Services)
	}
	if !maps.Equal(app.Environment, defaults("voltage")) || app.DependsOn["voltage"].Condition != "service_healthy" {
		t.Errorf("the application has %v and waits for %v", app.Environment, app.DependsOn)
	}
	if len(voltage.Ports) != 1 || voltage.Ports[0] != "127.0.0.1:8080:8080" {
		t.Errorf("the ports are %v, want none of other machines", voltage.Ports)
	}
	name, folder, _ := strings.Cut(strings.Join(voltage.Volumes, ","), ":")
	data := voltage.Command[slices.Index(voltage.Command, "-data")+1]
	if _, declared := compose.Volumes[name]; !declared || folder != "/home/nonroot" || filepath.Dir(data) != folder {
		t.Errorf("%s is in the folder %s of the volume %s", data, folder, name)
	}
	if host := voltage.Command[slices.Index(voltage.Command, "-deliver-to")+1]; compose.Services[host].Image == "" {
		t.Errorf("webhooks go to %s, which is no service", host)
	}
	args := slices.Clone(voltage.Command)
	args[slices.Index(args, "-data")+1] = filepath.Join(t.TempDir(), "world.json")
	s := startService(t, nil, args...)
	check := voltage.Healthcheck.Test
	if len(check) < 3 || check[0] != "CMD" || check[1] != entrypoint || check[len(check)-1] != "http://127.0.0.1:8080/v1" {
		t.Fatalf("the check of its health is %v", check)
	}
	check[len(check)-1] = s.url
	if out, err := exec.CommandContext(t.Context(), s.program, check[2:]...).CombinedOutput(); err != nil {
		t.Errorf("%v: %v\n%s", check, err, out)
	}
}

// service is the program of the image, as a service of an example.
type service struct{ program, url string }

// startService runs the program of the image until the test ends. It listens on a free port and not on 8080.
func startService(t *testing.T, variables map[string]string, args ...string) *service {
	t.Helper()
	folder := t.TempDir()
	s := &service{program: filepath.Join(folder, filepath.Base(entrypoint))}
	program, err := acctest.Program("voltage-emulator", folder)
	if err == nil && program != s.program {
		err = os.Symlink(program, s.program)
	}
	if err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	cmd := exec.Command(s.program, args...) // which the end of the test interrupts, and does not kill
	exports := filepath.Join(folder, "exports")
	cmd.Env = []string{"VOLTAGE_EMULATOR_LISTEN=0.0.0.0:0", "VOLTAGE_EMULATOR_EXPORTS=" + exports}
	for name, value := range variables {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil || !strings.Contains(log.String(), "Other machines can call it") {
			t.Errorf("the service with %v and %v: %v\n%s", args, variables, err, log.String())
		}
	})
	for range 600 {
		if content, err := os.ReadFile(exports); err == nil {
			_, s.url, _ = strings.Cut(strings.SplitN(string(content), "\n", 2)[0], "=")
			return s
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("the service with %v and %v did not start", args, variables)
	return nil
}

// TestContainers_pipelines: the jobs of GitHub and GitLab start the emulator as a service, and their scripts pass on it.
func TestContainers_pipelines(t *testing.T) {
	t.Parallel()
	var github struct {
		Jobs map[string]struct {
			Services map[string]struct {
				Image string
				Env   map[string]string
				Ports []string
			}
			Env   map[string]string
			Steps []struct{ Name, Run string }
		}
	}
	decode(t, "containers/github.yml", &github)
	var gitlab struct {
		Test struct {
			Image    struct{ Name, Entrypoint yaml.Node }
			Services []struct {
				Name, Alias string
				Command     []string
				Variables   map[string]string
			}
			Variables map[string]string
			Script    []string
		}
	}
	strictly(t, "containers/gitlab-ci.yml", &gitlab)
	job := github.Jobs["test"]
	hub, lab := job.Services["voltage"], gitlab.Test.Services[0]
	if hub.Image != image || lab.Name != image || !slices.Equal(hub.Ports, []string{"8080:8080"}) ||
		lab.Variables["HEALTHCHECK_TCP_PORT"] != "8080" {
		t.Errorf("the services are %+v and %+v", hub, lab)
	}
	if !maps.Equal(job.Env, defaults("127.0.0.1")) || !maps.Equal(gitlab.Test.Variables, defaults(lab.Alias)) {
		t.Errorf("the jobs have %v and %v", job.Env, gitlab.Test.Variables)
	}
	for name, run := range map[string]struct {
		service *service
		script  string
		env     map[string]string
	}{
		"github": {startService(t, hub.Env), job.Steps[len(job.Steps)-1].Run, job.Env},
		"gitlab": {startService(t, nil, lab.Command...), strings.Join(gitlab.Test.Script, "\n"), gitlab.Test.Variables},
	} {
		s := newInstalledStage(t)
		s.copy("module-test")
		for _, name := range []string{"mocked", "plan"} { // TestModuleTest runs them
			if err := os.Remove(filepath.Join(s.Dir, "tests", name+".tftest.hcl")); err != nil {
				t.Fatal(err)
			}
		}
		bin := t.TempDir()
		terraform, err := exec.LookPath(acctest.TerraformPath())
		if err == nil {
			terraform, err = filepath.Abs(terraform)
		}
		if err == nil {
			err = os.Symlink(terraform, filepath.Join(bin, "terraform"))
		}
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "bash", "-eo", "pipefail", "-c", run.script)
		cmd.Dir = s.Dir
		for _, variable := range s.Env {
			if !strings.HasPrefix(variable, "VOLTAGE_") {
				cmd.Env = append(cmd.Env, variable)
			}
		}
		for variable, value := range run.env {
			cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%s", variable, value))
		}
		cmd.Env = append(cmd.Env, "VOLTAGE_API_URL="+run.service.url, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
		if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), " 0 failed") {
			t.Errorf("the script of %s: %v\n%s", name, err, out)
		}
	}
}

// TestContainers_image: the image of the examples is the one that a release makes.
func TestContainers_image(t *testing.T) {
	t.Parallel()
	var release struct {
		Kos []struct {
			Build, User             string
			Repositories, Platforms []string
			BaseImage               string `yaml:"base_image"`
		}
	}
	decode(t, "../.goreleaser.yml", &release)
	ko := release.Kos[0]
	if len(release.Kos) != 1 || ko.Build != "emulator" || !slices.Equal(ko.Repositories, []string{strings.Split(image, ":")[0]}) ||
		!slices.Equal(ko.Platforms, []string{"linux/amd64", "linux/arm64"}) || ko.User != "65532:65532" ||
		!strings.Contains(ko.BaseImage, ":nonroot@sha256:") {
		t.Errorf("a release makes %+v", release.Kos)
	}
}
