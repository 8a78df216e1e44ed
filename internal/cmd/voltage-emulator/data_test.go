package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// server is the program that serves in the test's process.
type server struct {
	t       *testing.T
	exports map[string]string
	log     *bytes.Buffer // to be read when it has stopped
	cancel  context.CancelFunc
	ended   chan error
}

// serving starts the program, and stops it when the test ends, if it still runs.
func serving(t *testing.T, args ...string) *server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	s := &server{t: t, cancel: cancel, ended: make(chan error, 1), log: &bytes.Buffer{}}
	file := filepath.Join(t.TempDir(), "exports")
	go func() {
		s.ended <- run(ctx, append([]string{"-exports", file}, args...), &lockedWriter{w: &bytes.Buffer{}}, &lockedWriter{w: s.log})
	}()
	t.Cleanup(func() { _ = s.stop() })
	for range 500 {
		if content, err := os.ReadFile(file); err == nil {
			s.exports = variables(string(content))
			return s
		}
		select {
		case err := <-s.ended:
			s.ended <- err
			t.Fatalf("%v did not start: %v", args, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
	t.Fatal("no exports within five seconds")
	return nil
}

// stop stops the program as Ctrl-C does, and returns how it ended.
func (s *server) stop() error {
	s.cancel()
	err := <-s.ended
	s.ended <- err // for whoever asks again
	return err
}

// program runs a command on the server.
func (s *server) program(args ...string) string {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	if err := run(s.t.Context(), append([]string{args[0], "-url", s.exports["VOLTAGE_API_URL"]}, args[1:]...), &stdout, &stderr); err != nil {
		s.t.Fatalf("%v: %v", args, err)
	}
	return stdout.String()
}

// refusal is the error of a program that does not start.
func refusal(t *testing.T, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	var out bytes.Buffer
	err := run(ctx, args, &out, &out)
	if err == nil || ctx.Err() != nil {
		t.Errorf("%v started", args)
		return ""
	}
	return err.Error()
}

const ordersSeed = `{"organizations":[{"name":"Acme","environments":[{"name":"staging","wallets":[{"name":"orders",` +
	`"network":"mutinynet"}]}]}]}`

func write(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestData: the world and its clock are in the file soon after each change, and a program that starts with the file continues them, with
// the same keys, whatever the seed says by then.
func TestData(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, seed := filepath.Join(folder, "data.json"), write(t, filepath.Join(folder, "seed.json"), ordersSeed)
	first := serving(t, "-data", file, "-seed", seed)
	first.program("deposit", "orders", "5000")
	first.program("clock", "advance", "2h")
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of secrets is %v, %v", info, err)
	}

	second := serving(t, "-data", file, "-seed", seed)
	if got := second.program("withdraw", "orders", "1000"); !strings.Contains(got, "(4000 msats)") {
		t.Errorf("it printed %q", got)
	}
	if got := second.program("clock"); !strings.Contains(got, "2h") {
		t.Errorf("the clock is %q", got)
	}
	for _, name := range []string{"VOLTAGE_API_KEY", "VOLTAGE_ORGANIZATION_ID", "VOLTAGE_ENVIRONMENT_ID"} {
		if first.exports[name] == "" || first.exports[name] != second.exports[name] {
			t.Errorf("%s was %q and is %q", name, first.exports[name], second.exports[name])
		}
	}
	// Soon after a change, and not only at the stop.
	deadline := time.Now().Add(10 * time.Second)
	for content := []byte{}; !bytes.Contains(content, []byte(`"Amount":4000`)); {
		if content, err = os.ReadFile(file); err != nil || time.Now().After(deadline) {
			t.Fatalf("the change is not in the file, %v", err)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if err := second.stop(); err != nil || strings.Contains(second.log.String(), "began with another seed") {
		t.Errorf("%v, logged %s", err, second.log)
	}
	write(t, seed, strings.Replace(ordersSeed, "orders", "others", 1))
	third := serving(t, "-data", file, "-seed", seed)
	if err := third.stop(); err != nil || !strings.Contains(third.log.String(), "began with another seed") {
		t.Errorf("%v, logged %s", err, third.log)
	}
	left, err := filepath.Glob(filepath.Join(folder, "*"))
	if err != nil || len(left) != 3 {
		t.Errorf("there are %v, want the data, its lock and the seed", left)
	}
}

// TestData_refused: a file that cannot be used is refused with its reason, and stays as it is.
func TestData_refused(t *testing.T) {
	t.Parallel()
	good := filepath.Join(t.TempDir(), "good.json")
	s := serving(t, "-data", good)
	if got := refusal(t, "-data", good); !strings.Contains(got, good+" cannot be used: another running emulator uses it. Stop that") {
		t.Errorf("a file that is in use: %s", got)
	}
	s.program("feature", "treasury", "on") // after the refusal, the emulator that has the file still saves
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(content, []byte(`"Treasury":true`)) {
		t.Errorf("the change is not in the file: %s", content)
	}
	change := func(change func(map[string]any)) string {
		var data map[string]any
		if err := json.Unmarshal(content, &data); err != nil {
			t.Fatal(err)
		}
		change(data)
		changed, err := json.MarshalIndent(data, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		return string(changed)
	}
	withWorld := func(world string) string {
		sum, err := sumOf(json.RawMessage(world))
		if err != nil {
			t.Fatal(err)
		}
		return change(func(data map[string]any) { data["world"], data["sha256"] = json.RawMessage(world), sum })
	}
	for name, test := range map[string]struct{ content, want string }{
		"empty":         {"", "it is damaged, or is not a data file of voltage-emulator (unexpected end of JSON input)"},
		"cut short":     {string(content[:len(content)/2]), "it is damaged, or is not a data file of voltage-emulator ("},
		"a seed":        {ordersSeed, "it is not a data file of voltage-emulator"},
		"another list":  {"[]", "it is damaged, or is not a data file"},
		"newer":         {change(func(data map[string]any) { data["version"] = 2 }), "a newer voltage-emulator has written it, in format 2"},
		"no version":    {change(func(data map[string]any) { delete(data, "version") }), "it is damaged (its format is 0)"},
		"one byte":      {strings.Replace(string(content), `"Treasury":true`, `"Treasury":frue`, 1), "it is damaged"},
		"one word":      {strings.Replace(string(content), `"Treasury":true`, `"Treasury":false`, 1), "was changed by something else"},
		"no world":      {change(func(data map[string]any) { delete(data, "world") }), "was changed by something else"},
		"another world": {withWorld(`{"world":{"Planets":[]}}`), `unknown field "Planets"`},
		"half a world":  {withWorld(`{"world":{}}`), "it lacks organizations"},
	} {
		file := write(t, filepath.Join(t.TempDir(), "data.json"), test.content)
		got := refusal(t, "-data", file)
		if !strings.Contains(got, test.want) || !strings.HasPrefix(got, file+" cannot be used: ") || !strings.Contains(got, "Move it away") {
			t.Errorf("%s: %s", name, got)
		}
		if after, err := os.ReadFile(file); err != nil || string(after) != test.content {
			t.Errorf("%s: the file has %s, %v", name, after, err)
		}
	}
	// A file that somebody has formatted is as good as before.
	var formatted bytes.Buffer
	if err := json.Indent(&formatted, content, "", "  "); err != nil {
		t.Fatal(err)
	}
	if err := serving(t, "-data", write(t, filepath.Join(t.TempDir(), "data.json"), formatted.String())).stop(); err != nil {
		t.Error(err)
	}
	for _, path := range []string{filepath.Join(t.TempDir(), "no", "such", "folder"), t.TempDir()} {
		if got := refusal(t, "-data", path); got == "" {
			t.Errorf("%s: %s", path, got)
		}
	}
}

// TestData_link: a link to a data file stays a link.
func TestData_link(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	file, link := filepath.Join(folder, "data.json"), filepath.Join(folder, "link.json")
	if err := serving(t, "-data", file).stop(); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(file, link); err != nil {
		t.Skip(err)
	}
	s := serving(t, "-data", link)
	s.program("feature", "treasury", "on")
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(link)
	content, readErr := os.ReadFile(file)
	if err != nil || info.Mode()&os.ModeSymlink == 0 || readErr != nil || !bytes.Contains(content, []byte(`"Treasury":true`)) {
		t.Errorf("the link is %v, %v, the file %s, %v", info, err, content, readErr)
	}
}

// TestPublic: other machines can call an emulator only where that is asked for, and then each of its keys is recognisable.
func TestPublic(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", "[::]:0", ":0", "192.0.2.1:0", "emulator:0"} {
		if got := refusal(t, "-listen", address); !strings.Contains(got, "is not a loopback address") || !strings.Contains(got, "-public") {
			t.Errorf("%s: %s", address, got)
		}
	}
	s := serving(t, "-public", "-listen", "0.0.0.0:0")
	try(t, "export VOLTAGE_API_URL="+s.exports["VOLTAGE_API_URL"]+"\nexport VOLTAGE_API_KEY="+s.exports["VOLTAGE_API_KEY"]+
		"\nexport VOLTAGE_ORGANIZATION_ID="+s.exports["VOLTAGE_ORGANIZATION_ID"]+"\nexport VOLTAGE_ENVIRONMENT_ID="+
		s.exports["VOLTAGE_ENVIRONMENT_ID"]+"\n")
	if url := s.exports["VOLTAGE_API_URL"]; !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Errorf("this machine reaches it at %s", url)
	}
	if err := s.stop(); err != nil || !strings.Contains(s.log.String(), "Other machines can call it, too") {
		t.Errorf("%v, logged %s", err, s.log)
	}
	seed := write(t, filepath.Join(t.TempDir(), "seed.json"), `{"organizations":[{"name":"Acme","environments":[{"name":"staging"}],
		"keys":[{"secret":"vltg_emulator_acme"},{"secret":"vltg_real"},{"secret":"vltg_emulator","bearer":true}]}]}`)
	got := refusal(t, "-public", "-listen", "127.0.0.1:0", "-seed", seed)
	for _, want := range []string{
		`key 2 of organization "Acme" does not begin with vltg_emulator_`, `key 3 of organization "Acme" does not begin with vltg_emulator_`,
	} {
		if !strings.Contains(got, want) || strings.Contains(got, "key 1") || strings.Contains(got, "vltg_real") {
			t.Errorf("%s, want %s", got, want)
		}
	}
	// So is a world that was not public when it was saved.
	data := filepath.Join(t.TempDir(), "data.json")
	if err := serving(t, "-data", data, "-seed", seed).stop(); err != nil {
		t.Fatal(err)
	}
	if got := refusal(t, "-public", "-listen", "127.0.0.1:0", "-data", data); !strings.Contains(got, "key 2 of organization") {
		t.Error(got)
	}
	if got := refusal(t, "-deliver-to", "shop"); !strings.Contains(got, "-deliver-to needs -public") {
		t.Error(got)
	}
	for _, host := range []string{"http://shop", "shop:3000", "shop/webhooks", ""} {
		if got := refusal(t, "-public", "-deliver-to", host); !strings.Contains(got, "want the name or the IP address of a host") {
			t.Errorf("%q: %s", host, got)
		}
	}
	for _, key := range []string{emulator.StagingKey, emulator.StagingReadOnlyKey, emulator.SecondKey, emulator.UserToken} {
		if !strings.HasPrefix(key, "vltg_emulator_") {
			t.Errorf("the default world has the key %s", key)
		}
	}
}

// TestVariables: an environment variable stands in for a flag that is not given.
func TestVariables(t *testing.T) {
	t.Setenv("VOLTAGE_EMULATOR_PUBLIC", "true")
	t.Setenv("VOLTAGE_EMULATOR_LISTEN", "0.0.0.0:0")
	t.Setenv("VOLTAGE_EMULATOR_DELIVER_TO", "shop")
	s := serving(t)
	if err := s.stop(); err != nil || !strings.Contains(s.log.String(), "Other machines can call it") {
		t.Errorf("%v, logged %s", err, s.log)
	}
	if got := refusal(t, "-public=false"); !strings.Contains(got, "-deliver-to needs -public") {
		t.Error(got)
	}
	t.Setenv("VOLTAGE_EMULATOR_DELAY", "long")
	if got := refusal(t); !strings.Contains(got, `the environment variable VOLTAGE_EMULATOR_DELAY, "long", is not valid for -delay`) {
		t.Error(got)
	}
}
