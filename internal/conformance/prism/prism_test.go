//go:build conformance

// Package prism holds the provider, its client and the emulator against the contract by a program of somebody else's, Stoplight's
// Prism: as a proxy that validates both directions between provider and emulator, and as a server of generated answers.
// It needs Node and what npm has installed: run it by make conformance.
package prism

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"gopkg.in/yaml.v3"
)

const (
	program  = "../node_modules/@stoplight/prism-cli/dist/index.js"
	document = "../../emulator/openapi.yaml"
)

// summary is what the tests have done, for the last line of make conformance.
var summary struct {
	sync.Mutex
	schemas                                    string
	exchanges, violations, answers, operations int
}

// directory is where the tests keep their files.
var directory string

func TestMain(m *testing.M) {
	os.Exit(run(m))
}

func run(m *testing.M) int {
	var err error
	if directory, err = os.MkdirTemp("", "prism"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(directory)
	code := m.Run()
	fmt.Printf("Prism: %d exchanges of provider and emulator by %s schemas, %d violations, %d generated answers of %d operations decoded\n",
		summary.exchanges, summary.schemas, summary.violations, summary.answers, summary.operations)
	return code
}

// prepared writes the contract as Prism understands it, and returns the file. Prism writes null into the values of a nullable
// enumeration, where the contract has it already, and understands nullable beside a type only. Its validator does not take such schemas,
// and then Prism takes everything for valid without a word: see schemas.js, which makes sure that it takes every schema now.
var prepared = sync.OnceValues(func() (string, error) {
	content, err := os.ReadFile(document)
	if err != nil {
		return "", fmt.Errorf("reading the contract: %w", err)
	}
	var contract any
	if err := yaml.Unmarshal(content, &contract); err != nil {
		return "", fmt.Errorf("reading the contract: %w", err)
	}
	written, err := json.Marshal(rewrite(contract))
	if err != nil {
		return "", fmt.Errorf("writing the contract: %w", err)
	}
	path := filepath.Join(directory, "openapi.json")
	if err := os.WriteFile(path, written, 0o600); err != nil {
		return "", fmt.Errorf("writing the contract: %w", err)
	}
	compiled, err := exec.Command("node", "schemas.js", path).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("Prism would validate nothing with these schemas:\n%s%w", compiled, err)
	}
	summary.schemas = strings.TrimSpace(string(compiled))
	return path, nil
})

// rewrite changes schemas within a document, in place, without changing what they allow.
func rewrite(content any) any {
	switch content := content.(type) {
	case []any:
		for i := range content {
			content[i] = rewrite(content[i])
		}
	case map[string]any:
		for name := range content {
			content[name] = rewrite(content[name])
		}
		if content["nullable"] != true {
			break
		}
		if values, ok := content["enum"].([]any); ok {
			content["enum"] = slices.DeleteFunc(values, func(value any) bool { return value == nil })
		}
		if content["type"] == nil {
			delete(content, "nullable")
			null := map[string]any{"type": "string", "nullable": true, "enum": []any{}}
			return map[string]any{"anyOf": []any{content, null}}
		}
	}
	return content
}

// start runs Prism until the test ends, and returns its address. Arguments are its mode and that mode's own.
func start(t *testing.T, mode string, arguments ...string) *url.URL {
	t.Helper()
	contract, err := prepared()
	if err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := free.Addr().(*net.TCPAddr).Port
	_ = free.Close()
	address := []string{"--host", "127.0.0.1", "--port", strconv.Itoa(port)}
	node := exec.Command("node", slices.Concat([]string{program, mode, "--cors=false", contract}, address, arguments)...)
	// The package @scarf/scarf that Prism depends on reports installations; nothing of it runs without npm's scripts, and this is for certain.
	node.Env = append(os.Environ(), "SCARF_ANALYTICS=false", "DO_NOT_TRACK=1")
	output, err := node.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	node.Stderr = node.Stdout
	if err := node.Start(); err != nil {
		t.Fatalf("starting Prism: %s", err)
	}
	listening, ended := make(chan struct{}), make(chan string, 1)
	go func() {
		var said strings.Builder
		for lines := bufio.NewScanner(output); lines.Scan(); {
			switch text := lines.Text(); {
			case strings.Contains(text, "Prism is listening"):
				close(listening)
			case !strings.Contains(text, " info "): // an operation, or a step of a request
				fmt.Fprintln(&said, text)
			}
		}
		ended <- said.String()
	}()
	t.Cleanup(func() {
		_ = node.Process.Kill()
		_ = node.Wait()
		if said := <-ended; t.Failed() {
			t.Logf("Prism said:\n%s", said)
		}
	})
	select {
	case <-listening:
	case said := <-ended:
		ended <- said
		t.Fatal("Prism ended before it listened")
	case <-time.After(time.Minute):
		t.Fatal("Prism does not listen after a minute")
	}
	return &url.URL{Scheme: "http", Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port))}
}

// inspect serves Prism's answers, and fails the test for each violation that Prism reports of a request or an answer.
func inspect(t *testing.T, prism *url.URL) string {
	t.Helper()
	proxy := &httputil.ReverseProxy{
		ErrorLog: log.New(io.Discard, "", 0), // of requests that the client has cancelled; any other answers 502
		Rewrite:  func(r *httputil.ProxyRequest) { r.SetURL(prism) },
		ModifyResponse: func(resp *http.Response) error {
			summary.Lock()
			defer summary.Unlock()
			summary.exchanges++
			found := resp.Header.Get("sl-violations")
			if found == "" && resp.Header.Get("Content-Type") == "application/problem+json" {
				content, err := io.ReadAll(resp.Body)
				resp.Body = io.NopCloser(bytes.NewReader(content))
				found = fmt.Sprintf("%s %v", content, err)
			}
			if found != "" {
				summary.violations++
				t.Errorf("%s %s: status %d, violations %s", resp.Request.Method, resp.Request.URL.RequestURI(), resp.StatusCode, found)
			}
			return nil
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// generated serves Prism's generated answers. The client refuses an answer about another object than it has asked for, so the IDs of
// the request are written into it, and what the contract says in words alone: see [plausible]. prefer says which answer is wanted.
func generated(t *testing.T, prism *url.URL, prefer func() string) string {
	t.Helper()
	proxy := &httputil.ReverseProxy{
		ErrorLog: log.New(io.Discard, "", 0), // of requests that the client has cancelled; any other answers 502
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(prism)
			r.Out.Header.Set("Prefer", prefer())
		},
		ModifyResponse: func(resp *http.Response) error {
			decoder := json.NewDecoder(resp.Body)
			decoder.UseNumber()
			var content any
			if err := decoder.Decode(&content); err != nil {
				return fmt.Errorf("reading Prism's answer: %w", err)
			}
			identify(content, resp.Request.URL.Path)
			plausible(content)
			written, err := json.Marshal(content)
			if err != nil {
				return fmt.Errorf("writing Prism's answer: %w", err)
			}
			resp.Body = io.NopCloser(bytes.NewReader(written))
			resp.ContentLength = int64(len(written))
			resp.Header.Set("Content-Length", strconv.Itoa(len(written)))
			return nil
		},
	}
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL
}

// plausible makes of a generated answer what the contract's words say of it, which no schema does: the amount of a sum of money is a
// magnitude, since its sign is the field negative; a ledger ends, with as many events as its one page has; and a summary of deliveries
// counts the statuses that were asked for.
func plausible(content any) {
	switch content := content.(type) {
	case []any:
		for _, element := range content {
			plausible(element)
		}
	case map[string]any:
		for _, member := range content {
			plausible(member)
		}
		if amount, ok := content["amount"].(json.Number); ok && content["currency"] != nil {
			content["amount"] = json.Number(strings.TrimPrefix(amount.String(), "-"))
		}
		if content["total_count_accuracy"] != nil {
			content["statuses"] = []any{} // which is what was asked for
		}
		if items, ok := content["items"].([]any); ok && content["total"] != nil {
			content["total"] = len(items)
		}
	}
}

// identify writes the IDs of a request's path into an answer: those that say what it belongs to everywhere, and the object's own.
func identify(content any, path string) {
	ids, last := map[string]string{}, ""
	segments := strings.Split(path, "/")
	for i, segment := range segments {
		if uuid.Validate(segment) == nil {
			last = segment
			ids[strings.TrimSuffix(segments[i-1], "s")+"_id"] = segment
		}
	}
	if _, ok := ids["environment_id"]; !ok {
		ids["environment_id"] = environment.String()
	}
	var write func(any)
	write = func(content any) {
		switch content := content.(type) {
		case []any:
			for _, element := range content {
				write(element)
			}
		case map[string]any:
			for name, value := range content {
				if _, isText := value.(string); isText && ids[name] != "" {
					content[name] = ids[name]
				}
				write(value)
			}
		}
	}
	write(content)
	object, ok := content.(map[string]any)
	if ok && object["id"] != nil {
		object["id"] = last
	}
	if ok && object["has_more"] != nil {
		object["has_more"] = false // every page has the same cursor, and some that say so have none
	}
}
