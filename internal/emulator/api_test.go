package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// api calls an emulator over HTTP.
type api struct {
	t   *testing.T
	emu *emulator.Emulator
	url string
	key string
	// stop stops the emulator.
	stop func()

	mu  sync.Mutex
	now time.Time
}

// start runs an emulator with a clock of the test's own, whose answers must keep to the contract.
func start(t *testing.T, change ...func(*emulator.Config)) *api {
	t.Helper()
	a := &api{t: t, key: emulator.StagingKey, now: time.Date(2026, 9, 1, 10, 0, 0, 123456789, time.UTC)}
	config := emulator.Config{
		Organizations: emulator.DefaultWorld(),
		Now: func() time.Time {
			a.mu.Lock()
			defer a.mu.Unlock()
			return a.now
		},
		OnViolation: func(err error) { t.Error(err) },
	}
	for _, c := range change {
		c(&config)
	}
	var err error
	if a.emu, err = emulator.New(config); err != nil {
		t.Fatal(err)
	}
	if a.url, a.stop, err = a.emu.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.stop)
	return a
}

// tolerant lets a test break the contract on purpose.
func tolerant(c *emulator.Config) { c.OnViolation = nil }

func delayed(c *emulator.Config) { c.Delay = time.Second }

func (a *api) pass(d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.now = a.now.Add(d)
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	raw    []byte
	err    error // of the connection, or of the body
}

func (r answer) get(path ...string) any {
	var value any
	_ = json.Unmarshal(r.raw, &value)
	for _, name := range path {
		object, _ := value.(map[string]any)
		value = object[name]
	}
	return value
}

func (r answer) kind() string {
	if r.status < 400 {
		return "" // a wallet has an error, too
	}
	kind, _ := r.get("error", "type").(string)
	return kind
}

func (a *api) send(ctx context.Context, method, path string, body any, header ...string) answer {
	a.t.Helper()
	var reader io.Reader
	switch body := body.(type) {
	case nil:
	case string:
		reader = strings.NewReader(body)
	default:
		content, err := json.Marshal(body)
		if err != nil {
			a.t.Fatal(err)
		}
		reader = bytes.NewReader(content)
	}
	req, err := http.NewRequestWithContext(ctx, method, a.url+path, reader)
	if err != nil {
		a.t.Fatal(err)
	}
	req.Close = true
	req.Header.Set("X-Api-Key", a.key)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			req.Header.Del(header[i])
		}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{status: resp.StatusCode, header: resp.Header, raw: raw, err: err}
}

func (a *api) do(method, path string, body any, header ...string) answer {
	a.t.Helper()
	return a.send(a.t.Context(), method, path, body, header...)
}

// expect sends a request and wants a status, and a type of error where there is one.
func (a *api) expect(status int, kind, method, path string, body any, header ...string) answer {
	a.t.Helper()
	got := a.do(method, path, body, header...)
	if got.err != nil || got.status != status || got.kind() != kind {
		a.t.Errorf("%s %s: %d %s (%v), want %d %s: %s", method, path, got.status, got.kind(), got.err, status, kind, got.raw)
	}
	return got
}

const wallets = "/organizations/0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/wallets"

func lines(rest string) string {
	return "/organizations/" + emulator.DefaultOrganizationID.String() + "/lines_of_credit/" + rest
}

// newWallet is a request, with fields replaced or (nil) left out.
func newWallet(change map[string]any) map[string]any {
	fields := map[string]any{
		"id": uuid.NewString(), "environment_id": emulator.StagingEnvironmentID, "line_of_credit_id": emulator.StagingLineID,
		"name": "staging", "network": "mutinynet", "limit": 1000,
	}
	for key, value := range change {
		if fields[key] = value; value == nil {
			delete(fields, key)
		}
	}
	return fields
}

// make makes a wallet and returns its path.
func (a *api) make(change map[string]any) string {
	a.t.Helper()
	request := newWallet(change)
	a.expect(202, "", "POST", wallets, request)
	return fmt.Sprintf("%s/%s", wallets, request["id"])
}
