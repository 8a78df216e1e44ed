package voltage

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
)

var (
	organization = uuid.MustParse("11111111-1111-4111-8111-111111111111")
	walletID     = uuid.MustParse("22222222-2222-4222-8222-222222222222")
	lineID       = uuid.MustParse("33333333-3333-4333-8333-333333333333")

	walletRef = Ref{OrganizationID: organization, ID: walletID}
	lineRef   = Ref{OrganizationID: organization, ID: lineID}
)

// inEnvironment returns the reference of an object in the environment.
func inEnvironment(id uuid.UUID) Ref {
	return Ref{OrganizationID: organization, EnvironmentID: environment, ID: id}
}

const secret = "vltg_test_secret_never_shown"

// testPace has the same rules as the default pace, but takes milliseconds.
var testPace = Pace{
	RetryMin: time.Millisecond, RetryMax: 4 * time.Millisecond, RetryAfterMax: 40 * time.Millisecond,
	PollMin: time.Millisecond, PollMax: 5 * time.Millisecond, Settle: 500 * time.Millisecond,
}

// script answers each request with the next of its answers, and repeats the last one.
type script struct {
	mu       sync.Mutex
	answers  []http.HandlerFunc
	requests []string // "METHOD path"
	times    []time.Time
	last     *http.Request
	body     []byte
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, r.Method+" "+r.URL.RequestURI())
	s.times = append(s.times, time.Now())
	s.last = r
	s.body, _ = io.ReadAll(r.Body)
	answer := s.answers[min(len(s.requests), len(s.answers))-1]
	s.mu.Unlock()
	answer(w, r)
}

// seen returns the requests so far, as "METHOD path".
func (s *script) seen() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.requests)
}

// at returns the time of each request.
func (s *script) at() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.times)
}

// latest returns the last request and its body.
func (s *script) latest() (*http.Request, string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last, string(s.body)
}

func (s *script) count(method string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, r := range s.requests {
		if len(r) > len(method) && r[:len(method)] == method {
			n++
		}
	}
	return n
}

func (s *script) methods() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var methods []string
	for _, r := range s.requests {
		methods = append(methods, r[:slices.Index([]byte(r), ' ')])
	}
	return methods
}

// serve starts a server that follows a script, and makes a client for it.
func serve(t *testing.T, answers ...http.HandlerFunc) (*Client, *script) {
	t.Helper()
	s := &script{answers: answers}
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return newTestClient(t, Config{BaseURL: server.URL + "/v1"}), s
}

func newTestClient(t *testing.T, cfg Config) *Client {
	t.Helper()
	if cfg.APIKey == "" && cfg.BearerToken == "" {
		cfg.APIKey = secret
	}
	if cfg.MaxRetries == 0 {
		cfg.MaxRetries = DefaultMaxRetries
	}
	cfg.Pace = testPace
	client, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return client
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func answer(code int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(code)
		_, _ = io.WriteString(w, body)
	}
}

func refusal(code int, kind string) http.HandlerFunc {
	return answer(code, "application/json", fmt.Sprintf(`{"error":{"type":%q,"code":null,"detail":"no."}}`, kind))
}

// cut closes the connection without an answer.
func cut(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		conn.Close()
	}
}

// cutBody announces a longer body than it sends.
func cutBody(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"id":`)
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	panic(http.ErrAbortHandler)
}

// walletJSON returns a wallet of the API with replaced fields. The value nil becomes null.
func walletJSON(change map[string]any) string {
	fields := map[string]any{
		"id": walletID, "organization_id": organization, "environment_id": lineID, "line_of_credit_id": lineID,
		"active": true, "name": "staging", "network": "mutinynet", "limit": 1000, "metadata": nil, "balances": []any{}, "holds": []any{},
		"created_at": "2026-09-01T10:00:00.123456789Z", "updated_at": "2026-09-01T10:00:00Z",
	}
	for key, value := range change {
		fields[key] = value
	}
	text, _ := json.Marshal(fields)
	return string(text)
}

func wallet(change map[string]any) http.HandlerFunc {
	return answer(http.StatusOK, "application/json", walletJSON(change))
}
