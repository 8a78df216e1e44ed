package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// start runs the program until the test ends, and returns the exports.
func start(t *testing.T, stdout *lockedWriter, exports func() string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, stdout, &lockedWriter{w: &bytes.Buffer{}}) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("it ended with %v", err)
		}
	})
	for range 200 {
		if text := exports(); strings.Contains(text, "VOLTAGE_ENVIRONMENT_ID=") {
			return text
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("no exports within two seconds")
	return ""
}

// variables reads the exports as a shell would.
func variables(text string) map[string]string {
	result := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		name, value, _ := strings.Cut(strings.TrimPrefix(line, "export "), "=")
		result[name] = value
	}
	return result
}

func try(t *testing.T, exports string) {
	t.Helper()
	v := variables(exports)
	if len(v) != 4 {
		t.Fatalf("exports %v", v)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet,
		v["VOLTAGE_API_URL"]+"/organizations/"+v["VOLTAGE_ORGANIZATION_ID"]+"/wallets?environment_id="+v["VOLTAGE_ENVIRONMENT_ID"], nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Api-Key", v["VOLTAGE_API_KEY"])
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("the API answers %d to its own exports", resp.StatusCode)
	}
}

func TestPrintsExports(t *testing.T) {
	t.Parallel()
	var buffer bytes.Buffer
	stdout := &lockedWriter{w: &buffer}
	try(t, start(t, stdout, func() string {
		stdout.mu.Lock()
		defer stdout.mu.Unlock()
		return buffer.String()
	}))
}

func TestWritesExports(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "env.sh")
	var buffer bytes.Buffer
	try(t, start(t, &lockedWriter{w: &buffer}, func() string {
		content, _ := os.ReadFile(file)
		return string(content)
	}, "-exports", file, "-delay", "10ms"))
	if buffer.Len() != 0 {
		t.Errorf("printed %q as well", buffer.String())
	}
}

func TestRefusesArguments(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"pay"}, {"pay", "-url", "http://127.0.0.1:1/v1", "lntbs1"}, {"pay", "-msats", "x"}, {"-listen", "0.0.0.0:0"}, {"-unknown"}, {"argument"},
		{"-delay", "soon"}, {"-exports", filepath.Join("no", "such", "folder")},
	} {
		var stdout, stderr bytes.Buffer
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		if err := run(ctx, args, &stdout, &stderr); err == nil {
			t.Errorf("%v: taken", args)
		}
		cancel()
		if stdout.Len() != 0 {
			t.Errorf("%v: printed %q", args, stdout.String())
		}
	}
}

// TestPays requests an invoice over the API and pays it from the command line.
func TestPays(t *testing.T) {
	t.Parallel()
	var buffer bytes.Buffer
	stdout := &lockedWriter{w: &buffer}
	v := variables(start(t, stdout, func() string {
		stdout.mu.Lock()
		defer stdout.mu.Unlock()
		return buffer.String()
	}))
	organization := v["VOLTAGE_API_URL"] + "/organizations/" + v["VOLTAGE_ORGANIZATION_ID"]
	payments := organization + "/environments/" + v["VOLTAGE_ENVIRONMENT_ID"] + "/payments"
	send := func(method, url, body string) string {
		req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Api-Key", v["VOLTAGE_API_KEY"])
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		content, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode > 299 {
			t.Fatalf("%s %s: %d %s %v", method, url, resp.StatusCode, content, err)
		}
		return string(content)
	}
	const wallet, payment = "11111111-1111-4111-8111-111111111111", "22222222-2222-4222-8222-222222222222"
	send("POST", organization+"/wallets", `{"id":"`+wallet+`","environment_id":"`+v["VOLTAGE_ENVIRONMENT_ID"]+
		`","line_of_credit_id":"`+emulator.StagingLineID.String()+`","name":"staging","network":"mutinynet","limit":0}`)
	send("POST", payments, `{"id":"`+payment+`","wallet_id":"`+wallet+`","payment_kind":"bolt11","currency":"btc"}`)
	var got struct {
		Data struct {
			Invoice string `json:"payment_request"`
		} `json:"data"`
	}
	if err := json.Unmarshal([]byte(send("GET", payments+"/"+payment, "")), &got); err != nil {
		t.Fatal(err)
	}
	var out, errOut bytes.Buffer
	if err := run(t.Context(), []string{"pay", "-url", v["VOLTAGE_API_URL"], got.Data.Invoice}, &out, &errOut); err == nil ||
		!strings.Contains(err.Error(), "any amount") {
		t.Errorf("without an amount: %v", err)
	}
	if err := run(t.Context(), []string{"pay", "-url", v["VOLTAGE_API_URL"], "-msats", "7000", got.Data.Invoice}, &out, &errOut); err != nil ||
		out.String() != "Paid 7 sats (7000 msats) to wallet staging ("+wallet+") with payment "+payment+".\n"+
			"The balance of the wallet is now 7 sats (7000 msats).\n" {
		t.Errorf("%v, printed %q", err, out.String())
	}
	if status := send("GET", payments+"/"+payment, ""); !strings.Contains(status, `"status":"completed"`) {
		t.Errorf("the payment is %s", status)
	}
}

// TestExportsOfTheLastRun: whoever waits for the file of exports finds neither those of an emulator that runs no longer, nor is the file of
// another emulator removed.
func TestExportsOfTheLastRun(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "env")
	write := func(content string) {
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	content := func() string {
		found, _ := os.ReadFile(file)
		return string(found)
	}
	const old = "export VOLTAGE_API_URL=http://127.0.0.1:1/v1\n"
	write(old)
	if err := run(t.Context(), []string{"-exports", file, "-seed", "missing"}, io.Discard, io.Discard); err == nil || content() != "" {
		t.Errorf("a start that fails (%v) leaves %q", err, content())
	}
	for _, other := range []string{"", old} {
		write(old)
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- run(ctx, []string{"-exports", file}, io.Discard, io.Discard) }()
		for content() == "" || content() == old {
			time.Sleep(time.Millisecond)
		}
		if other != "" {
			write(other)
		}
		stop()
		if err := <-ended; err != nil || content() != other {
			t.Errorf("it ended with %v and left %q, want %q", err, content(), other)
		}
	}
}

// TestUnknownCommands: the nearest command is named if there is one.
func TestUnknownCommands(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"pya": `Did you mean "pay"?`, "withdrow": `Did you mean "withdraw"?`, "request": `Did you mean "requests"?`,
		"bil": `Did you mean "bill"?`, "Deposit": `Did you mean "deposit"?`, "terraform": `there is no command "terraform"; `,
	} {
		if err := run(t.Context(), []string{name, "x"}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), want) ||
			!strings.Contains(err.Error(), "voltage-emulator -h lists the commands") {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
	}
}

// TestVersionAndHelp: both are printed, and nothing is started.
func TestVersionAndHelp(t *testing.T) {
	t.Parallel()
	for _, arg := range []string{"-version", "--version", "version"} {
		var stdout, stderr bytes.Buffer
		if err := run(t.Context(), []string{arg}, &stdout, &stderr); err != nil ||
			stdout.String() != "voltage-emulator dev\n" || stderr.Len() != 0 {
			t.Errorf("%s: %v, printed %q and %q", arg, err, stdout.String(), stderr.String())
		}
	}
	for _, args := range [][]string{{"help"}, {"help", "pay"}, {"help", "pay", "deposit"}} {
		want := "Usage: voltage-emulator [flags]\n"
		if len(args) > 1 {
			want = "Usage: voltage-emulator pay [flags]"
		}
		var stdout, stderr bytes.Buffer
		if err := run(t.Context(), args, &stdout, &stderr); !errors.Is(err, flag.ErrHelp) || !strings.HasPrefix(stderr.String(), want) ||
			stdout.Len() != 0 {
			t.Errorf("%v: %v, printed %q and %q", args, err, stdout.String(), stderr.String())
		}
	}
	if err := run(t.Context(), []string{"help", "pya"}, io.Discard, io.Discard); err == nil || !strings.Contains(err.Error(), `"pay"`) {
		t.Errorf("help on a command that does not exist: %v", err)
	}
}
