package main

import (
	"bytes"
	"context"
	"encoding/json"
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
		out.String() != "paid\n" {
		t.Errorf("%v, printed %q", err, out.String())
	}
	if status := send("GET", payments+"/"+payment, ""); !strings.Contains(status, `"status":"completed"`) {
		t.Errorf("the payment is %s", status)
	}
}
