package voltage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config Config
		want   string
	}{
		"no credentials":   {Config{}, "needed"},
		"both credentials": {Config{APIKey: "a", BearerToken: "b"}, "one of them"},
		"line break":       {Config{APIKey: "a\n"}, "white space"},
		"control":          {Config{APIKey: "a\x00b"}, "control"},
		"empty key":        {Config{APIKey: ""}, "needed"},
		"http":             {Config{APIKey: "a", BaseURL: "http://voltageapi.com/v1"}, "in the clear"},
		"other scheme":     {Config{APIKey: "a", BaseURL: "ftp://voltageapi.com"}, "https://"},
		"no host":          {Config{APIKey: "a", BaseURL: "https:///v1"}, "no host"},
		"credentials":      {Config{APIKey: "a", BaseURL: "https://user:hunter2@voltageapi.com"}, "credentials"},
		"query":            {Config{APIKey: "a", BaseURL: "https://voltageapi.com/v1?a=b"}, "query"},
		"empty query":      {Config{APIKey: "a", BaseURL: "https://voltageapi.com/v1?"}, "query"},
		"fragment":         {Config{APIKey: "a", BaseURL: "https://voltageapi.com/v1#a"}, "fragment"},
		"not a URL":        {Config{APIKey: "a", BaseURL: "https://user:hunter2@volt%zzage"}, "not a URL"},
		"control in a URL": {Config{APIKey: "a", BaseURL: "https://user:hunter2@volt\x7fage"}, "control"},
		"prefix":           {Config{BearerToken: "Bearer hunter2"}, `starts with "Bearer "`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(test.config)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error with %q", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error repeats a password: %v", err)
			}
		})
	}
	for _, address := range []string{
		"", "https://staging.voltageapi.com/v1/", "http://127.0.0.1:8080/v1", "http://localhost/v1", "http://[::1]:1/v1", "http://LocalHost/v1",
	} {
		if _, err := New(Config{APIKey: "a", BaseURL: address}); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// TestExposure: over http, the client sends only the key of an emulator to another machine.
func TestExposure(t *testing.T) {
	t.Parallel()
	keys := map[string]bool{ // true for the key of an emulator
		EmulatorKeyPrefix + "staging": true, EmulatorKeyPrefix: true,
		"vltg_emulator": false, "vltg_hunter2": false, "VLTG_EMULATOR_staging": false, "x" + EmulatorKeyPrefix: false, "eyJ.hunter2.token": false,
	}
	addresses := map[string]bool{ // true if a real key may be sent there
		"http://emulator:8080/v1": false, "http://192.0.2.7/v1": false, "http://voltageapi.com/v1": false, "http://127.0.0.1.example/v1": false,
		"http://localhost.example/v1": false, "HTTP://emulator/v1": false, "http://[2001:db8::1]:8080/v1": false, "http://0.0.0.0:8080/v1": false,
		"http://127.0.0.1:8080/v1": true, "http://127.8.8.8/v1": true, "http://[::1]/v1": true, "http://localhost/v1": true,
		"https://emulator:8080/v1": true, "https://voltageapi.com/v1": true, "": true,
	}
	for key, emulated := range keys {
		for address, safe := range addresses {
			for name, config := range map[string]Config{
				"key": {APIKey: key, BaseURL: address}, "token": {BearerToken: key, BaseURL: address},
			} {
				_, err := New(config)
				if want := safe || emulated; (err == nil) != want {
					t.Errorf("%s %s to %q: %v, want allowed %t", name, key, address, err, want)
				}
				if err != nil && (!strings.Contains(err.Error(), "in the clear") || !strings.Contains(err.Error(), "use https") ||
					strings.Contains(err.Error(), key)) && key != "vltg_emulator" {
					t.Errorf("%s %s to %q: the error is %v", name, key, address, err)
				}
			}
		}
	}
	if err := CheckExposure("http://me:hunter2@emulator/v1", "vltg_hunter2"); err != nil {
		t.Errorf("an address that is refused anyway: %v", err)
	}
}

// TestProxy: a request over http to a loopback address uses no proxy, since it would see the key. Every other request uses the proxy of the
// environment.
func TestProxy(t *testing.T) {
	var proxied atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		proxied.Add(1)
		w.WriteHeader(http.StatusBadGateway)
	}))
	defer proxy.Close()
	if os.Getenv("TEST_PROXY_CHILD") == "" { // net/http reads the variables only once per process
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestProxy$")
		cmd.Env = append(os.Environ(), "TEST_PROXY_CHILD=1", "HTTP_PROXY="+proxy.URL, "HTTPS_PROXY="+proxy.URL, "NO_PROXY=")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		// The proxy sees the whole request over http, but only a tunnel over https.
		if got := proxied.Load(); got != 2 {
			t.Errorf("the proxy got %d requests, want 2", got)
		}
		return
	}
	for _, test := range []struct{ address, key string }{
		{"http://127.0.0.1:1/v1", "vltg_hunter2"}, {"http://[::1]:1/v1", "vltg_hunter2"}, {"http://localhost:1/v1", "vltg_hunter2"},
		{"http://LOCALHOST:1/v1", "vltg_hunter2"}, // net/http itself would use the proxy
		{"http://emulator.invalid:1/v1", EmulatorKeyPrefix + "staging"}, {"https://voltage.invalid/v1", "vltg_hunter2"},
	} {
		client, err := New(Config{BaseURL: test.address, APIKey: test.key})
		if err == nil {
			_, err = client.GetWallet(t.Context(), walletRef)
		}
		if err == nil {
			t.Errorf("%s: something answered", test.address)
		}
	}
}

// TestCheckText: the error names the kind of a wrong character in an address, a key or an ID, and never repeats the text.
func TestCheckText(t *testing.T) {
	t.Parallel()
	const whole = "https://hunter2.example/v1"
	for name, test := range map[string]struct{ text, want string }{
		"space after":        {whole + " ", "white space"},
		"space before":       {" " + whole, "white space"},
		"no-break space":     {whole + "\u00a0", "white space"},
		"line break":         {whole + "\n", "white space"},
		"carriage return":    {whole + "\r", "white space"},
		"BOM":                {"\ufeff" + whole, "byte order mark"},
		"BOM after":          {whole + "\ufeff", "invisible character (U+FEFF)"},
		"zero-width space":   {"https://hunt\u200ber2.example/v1", "invisible character (U+200B)"},
		"zero-width joiner":  {whole + "\u200d", "invisible character (U+200D)"},
		"word joiner":        {"\u2060" + whole, "invisible character (U+2060)"},
		"soft hyphen":        {whole + "\u00ad", "invisible character (U+00AD)"},
		"right-to-left mark": {whole + "\u200f", "invisible character (U+200F)"},
		"variation selector": {whole + "\ufe0f", "invisible character (U+FE0F)"},
		"double quotes":      {`"` + whole + `"`, "quotation marks"},
		"single quotes":      {"'" + whole + "'", "quotation marks"},
		"one quote":          {whole + `"`, "quotation marks"},
		"typographic quotes": {"\u201c" + whole + "\u201d", "quotation marks"},
		"backticks":          {"`" + whole + "`", "quotation marks"},
		"control":            {"https://hunt\x00er2.example/v1", "control characters"},
		"inner space":        {"https://hunt er2.example/v1", "white space"},
		"inner line break":   {"https://hunt\ner2.example/v1", "control characters"},
		"look-alike":         {"https://hunter2.ex\u0430mple/v1", "not ASCII (U+0430)"},
		"invalid UTF-8":      {whole + "\xff", "not ASCII (U+FFFD)"},
		"fine":               {whole, ""},
	} {
		for what, check := range map[string]func(string) error{"base URL": CheckBaseURL, "secret": CheckSecret} {
			err := check(test.text)
			if test.want == "" {
				if err != nil {
					t.Errorf("%s, %s: %v", name, what, err)
				}
				continue
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hunt") {
				t.Errorf("%s, %s: got %v, want %q", name, what, err, test.want)
			}
		}
		id := strings.Replace(strings.ReplaceAll(test.text, "https://hunter2.example/v1", walletID.String()), "https://hunt", "22222222", 1)
		if _, err := ParseID(id); test.want != "" && !strings.Contains(name, "inner") && name != "control" &&
			(err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s, ID %q: got %v, want %q", name, id, err, test.want)
		}
	}
}

func TestRequestCarries(t *testing.T) {
	t.Parallel()
	client, s := serve(t, wallet(nil))
	if _, err := client.GetWallet(t.Context(), walletRef); err != nil {
		t.Fatal(err)
	}
	last, _ := s.latest()
	if got := last.Header.Get("X-Api-Key"); got != secret {
		t.Errorf("x-api-key is %q", got)
	}
	if got := last.Header.Get("Authorization"); got != "" {
		t.Errorf("Authorization is %q", got)
	}
	if want := "/v1/organizations/" + organization.String() + "/wallets/" + walletID.String(); last.URL.Path != want {
		t.Errorf("path %s, want %s", last.URL.Path, want)
	}

	server := httptest.NewServer(s)
	defer server.Close()
	bearer := newTestClient(t, Config{BaseURL: server.URL, BearerToken: "jwt", UserAgent: "terraform-provider-voltage/1.2.3 Terraform/1.11.4"})
	if _, err := bearer.GetWallet(t.Context(), walletRef); err != nil {
		t.Fatal(err)
	}
	last, _ = s.latest()
	if got := last.Header.Get("Authorization"); got != "Bearer jwt" {
		t.Errorf("Authorization is %q", got)
	}
	if got := last.Header.Get("User-Agent"); got != "terraform-provider-voltage/1.2.3 Terraform/1.11.4" {
		t.Errorf("User-Agent is %q", got)
	}
}

// TestRetries checks which requests are retried.
func TestRetries(t *testing.T) {
	t.Parallel()
	faults := map[string]struct {
		fault     http.HandlerFunc
		retryable bool
	}{
		"cut":             {cut, true},
		"408":             {status(408), true},
		"429":             {status(429), true},
		"429 Retry-After": {status(429, "Retry-After", "1"), true},
		"500":             {refusal(500, "internal_error"), true},
		"502 HTML":        {answer(502, "text/html", "<html>bad gateway</html>"), true},
		"503":             {status(503), true},
		"504":             {status(504), true},
		"400":             {refusal(400, "invalid_parameter"), false},
		"401":             {refusal(401, "wrong_credentials"), false},
		"403":             {refusal(403, "access_rights"), false},
		"422":             {refusal(422, "invalid_data"), false},
		"302":             {status(302, "Location", "/elsewhere"), false},
	}
	operations := map[string]func(*Client) error{
		"GET": func(c *Client) error {
			_, err := c.GetWallet(context.Background(), walletRef)
			return err
		},
		"PATCH": func(c *Client) error {
			return c.RenameWallet(context.Background(), walletRef, "new")
		},
		"DELETE": func(c *Client) error {
			return c.DeleteWallet(context.Background(), walletRef)
		},
	}
	for faultName, f := range faults {
		for method, operation := range operations {
			t.Run(method+" "+faultName, func(t *testing.T) {
				t.Parallel()
				client, s := serve(t, f.fault, f.fault, wallet(nil))
				err := operation(client)
				want := 1
				if f.retryable {
					want = 3
				}
				// net/http itself repeats a GET if a kept connection turns out to be closed.
				if got := s.count(method); got != want {
					t.Errorf("%d requests, want %d (error %v)", got, want, err)
				}
				if (err == nil) != f.retryable {
					t.Errorf("error %v", err)
				}
			})
		}
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	client, s := serve(t, answer(503, "application/json", `{"error":{"type":"read_temporarily_unavailable","detail":"later"}}`))
	_, err := client.GetWallet(t.Context(), walletRef)
	if !IsType(err, "read_temporarily_unavailable") {
		t.Errorf("the last answer is lost: %v", err)
	}
	if got := s.count("GET"); got != DefaultMaxRetries+1 {
		t.Errorf("%d requests, want %d", got, DefaultMaxRetries+1)
	}
}

// TestUnreadableAnswers: a read is retried after an unusable answer, and the error describes the problem.
func TestUnreadableAnswers(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"cut body":    {cutBody, "cut short"},
		"empty":       {status(200), "empty"},
		"HTML":        {answer(200, "text/html; charset=utf-8", "<html>welcome</html>"), "not JSON (text/html)"},
		"wrong type":  {answer(200, "application/json", `{"id": 7}`), "not what the API documents"},
		"list":        {answer(200, "application/json", `[]`), "not what the API documents"},
		"overflow":    {wallet(map[string]any{"limit": "x"}), "not what the API documents"},
		"other ID":    {wallet(map[string]any{"id": lineID}), "the answer is wallet " + lineID.String()},
		"other owner": {wallet(map[string]any{"organization_id": lineID}), "of organization " + lineID.String()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := serve(t, test.answer)
			_, err := client.GetWallet(t.Context(), walletRef)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
			if !IsDoubtful(err) {
				t.Error("an unreadable answer is no refusal")
			}
		})
	}
	t.Run("then readable", func(t *testing.T) {
		t.Parallel()
		client, s := serve(t, cutBody, status(200), answer(200, "text/html", "<p>"), wallet(nil))
		if _, err := client.GetWallet(t.Context(), walletRef); err != nil {
			t.Error(err)
		}
		if got := s.count("GET"); got != 4 {
			t.Errorf("%d requests, want 4", got)
		}
	})
}

func TestOversizedAnswerIsRefused(t *testing.T) {
	t.Parallel()
	client, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(" ", 1<<20))
		for range 4 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	client.maxBody = 2 << 20
	_, err := client.GetWallet(t.Context(), walletRef)
	if err == nil || !strings.Contains(err.Error(), "larger than 2 MiB") {
		t.Errorf("got %v", err)
	}
}

func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	elsewhere := &script{answers: []http.HandlerFunc{wallet(nil)}}
	other := httptest.NewServer(elsewhere)
	defer other.Close()
	for _, code := range []int{301, 302, 303, 307, 308} {
		client, _ := serve(t, status(code, "Location", other.URL+"/v1"))
		_, err := client.GetWallet(t.Context(), walletRef)
		if err == nil || !strings.Contains(err.Error(), "not followed") {
			t.Errorf("%d: got %v", code, err)
		}
		if err := client.DeleteWallet(t.Context(), walletRef); err == nil {
			t.Errorf("%d: a write counted as done", code)
		}
	}
	if len(elsewhere.seen()) != 0 {
		t.Errorf("the redirect was followed: %v", elsewhere.seen())
	}
}

func TestRequestTimeout(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	s := &script{answers: []http.HandlerFunc{
		func(http.ResponseWriter, *http.Request) { <-release },
		func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(200)
			_ = http.NewResponseController(w).Flush()
			<-release
		},
		wallet(nil),
	}}
	server := httptest.NewServer(s)
	t.Cleanup(server.CloseClientConnections)
	client := newTestClient(t, Config{BaseURL: server.URL, RequestTimeout: 50 * time.Millisecond})
	if _, err := client.GetWallet(t.Context(), walletRef); err != nil {
		t.Errorf("an attempt without an answer, or without the rest of it, is not given up: %v", err)
	}
}

func TestCancellationEndsRetries(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client, s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		cancel()
		w.WriteHeader(503)
	})
	if _, err := client.GetWallet(ctx, walletRef); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := s.count("GET"); got != 1 {
		t.Errorf("%d requests after the cancellation", got)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	client := newTestClient(t, Config{})
	client.pace.RetryAfterMax = time.Minute
	inTenSeconds := time.Now().Add(10 * time.Second).UTC().Format(http.TimeFormat)
	lastYear := time.Now().AddDate(-1, 0, 0).UTC().Format(http.TimeFormat)
	for header, want := range map[string]struct{ least, most time.Duration }{
		"7":                    {7 * time.Second, 7 * time.Second},
		"0":                    {0, 0},
		inTenSeconds:           {8 * time.Second, 10 * time.Second},
		lastYear:               {0, 0},
		"3600":                 {time.Minute, time.Minute},
		"9223372036854775807":  {0, time.Minute}, // too large for a time.Duration
		"99999999999999999999": {0, time.Second},
		"-5":                   {0, time.Second},
		"soon":                 {0, time.Second},
		"":                     {0, time.Second},
	} {
		for _, code := range []int{429, 503} {
			resp := &http.Response{StatusCode: code, Header: http.Header{"Retry-After": {header}}}
			got := client.backoff(time.Millisecond, time.Second, 0, resp)
			if got < want.least || got > want.most+want.most/5 {
				t.Errorf("%d with Retry-After %q waits %s, want %s to %s and a fifth", code, header, got, want.least, want.most)
			}
		}
	}
}

func TestRetryAfterIsHonoured(t *testing.T) {
	t.Parallel()
	client, s := serve(t, status(429, "Retry-After", "3600"), wallet(nil))
	if _, err := client.GetWallet(t.Context(), walletRef); err != nil {
		t.Fatal(err)
	}
	// The cap of the test pace replaces the hour. Without Retry-After, the wait would be at most 4 ms.
	if waited := s.at()[1].Sub(s.at()[0]); waited < testPace.RetryAfterMax {
		t.Errorf("came back after %s", waited)
	}
}

// TestExactAmounts: amounts that a float64 would round stay exact.
func TestExactAmounts(t *testing.T) {
	t.Parallel()
	const huge = 9223372036854775807
	client, s := serve(t, wallet(map[string]any{
		"limit": huge, "balances": []any{map[string]any{
			"currency": "btc", "network": "mutinynet", "effective_time": "2026-09-01T10:00:00Z",
			"available": map[string]any{"currency": "btc", "amount": huge - 1, "negative": true, "unit": "msats"},
			"total":     map[string]any{"currency": "btc", "amount": 9007199254740993, "negative": false, "unit": "msats"},
		}},
	}))
	got, err := client.GetWallet(t.Context(), walletRef)
	if err != nil {
		t.Fatal(err)
	}
	if *got.Limit != huge || got.Balances[0].Available.Signed() != -(huge-1) || got.Balances[0].Total.Signed() != 9007199254740993 {
		t.Errorf("rounded: %d, %v", *got.Limit, got.Balances[0])
	}
	if err := client.CreateWallet(t.Context(), walletRef, NewWallet{Limit: huge}); err != nil {
		t.Fatal(err)
	}
	if _, body := s.latest(); !strings.Contains(body, `"limit":9223372036854775807`) {
		t.Errorf("sent %s", body)
	}
}

func TestTolerantDecoding(t *testing.T) {
	t.Parallel()
	client, _ := serve(t, wallet(map[string]any{
		"network": "regtest9", "unheard_of": map[string]any{"a": []any{1}}, "balances": nil, "holds": nil, "limit": nil,
		"line_of_credit_id": nil, "error": nil, "deleted_at": nil,
	}))
	got, err := client.GetWallet(t.Context(), walletRef)
	if err != nil {
		t.Fatal(err)
	}
	if got.Network != "regtest9" || got.Limit != nil || got.LineOfCreditID != nil || got.CreatedAt.Nanosecond() != 123456789 {
		t.Errorf("got %+v", got)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	hostile := "boom\x1b[31m \u202egnp.exe\u2066 \x00\u200b" + secret + " " + strings.Repeat("x", 1<<15)
	quoted, err := json.Marshal(hostile)
	if err != nil {
		t.Fatal(err)
	}
	client, _ := serve(t, answer(400, "application/json",
		`{"error":{"type":"invalid_request","code":"name_too_short","detail":`+string(quoted)+`,"context":{"field":"name"}}}`))
	_, err = client.GetWallet(t.Context(), walletRef)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v", err)
	}
	if e.Status != 400 || e.Type != "invalid_request" || e.Code != "name_too_short" || e.Context["field"] != "name" ||
		e.Method != "GET" || !strings.HasSuffix(e.Path, walletID.String()) {
		t.Errorf("got %+v", e)
	}
	text := err.Error()
	if strings.ContainsAny(text, "\x1b\x00\u202e\u2066\u200b") {
		t.Errorf("control characters came through: %q", text)
	}
	if strings.Contains(text, secret) {
		t.Error("the key came through")
	}
	if len(text) > maxText+500 {
		t.Errorf("%d bytes of detail came through", len(text))
	}
	if !strings.Contains(text, "400 invalid_request/name_too_short: boom") {
		t.Errorf("got %q", text)
	}
}

func TestErrorsOfProxies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{
		"HTML":          {answer(404, "text/html", "<html>not found</html>"), "404 Not Found: the answer is not the API's (text/html)"},
		"empty":         {status(403), "403 Forbidden: the answer has no body"},
		"not an error":  {answer(404, "application/json", `{"message":"no"}`), "not the API's (application/json)"},
		"deep":          {answer(404, "application/json", strings.Repeat("[", 20000)), "not the API's"},
		"megabytes":     {answer(404, "application/json", `{"error":{"type":"a","detail":"`+strings.Repeat("x", 4<<20)+`"}}`), "not the API's"},
		"bad type":      {answer(404, ";;", "<p>"), "of no known type"},
		"wrong members": {answer(404, "application/json", `{"error":{"type":7}}`), "not the API's"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := serve(t, test.answer)
			_, err := client.GetWallet(t.Context(), walletRef)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

// TestNoSecretInLogs makes requests that succeed and that fail, and searches the logs for the key.
func TestNoSecretInLogs(t *testing.T) {
	t.Parallel()
	s := &script{answers: []http.HandlerFunc{cut, status(503), wallet(nil)}}
	server := httptest.NewServer(s)
	defer server.Close()
	var records []string
	client := newTestClient(t, Config{BaseURL: server.URL, Log: func(_ context.Context, message string, fields ...map[string]any) {
		records = append(records, fmt.Sprint(message, fields))
	}})
	if _, err := client.GetWallet(t.Context(), walletRef); err != nil {
		t.Fatal(err)
	}
	if len(records) != 3 {
		t.Fatalf("%d records, want one an attempt: %v", len(records), records)
	}
	for i, record := range records {
		if strings.Contains(record, secret) {
			t.Errorf("the key is in the log: %s", record)
		}
		for _, want := range []string{"method:GET", fmt.Sprintf("attempt:%d", i+1), "duration_ms:", walletID.String()} {
			if !strings.Contains(record, want) {
				t.Errorf("record %d lacks %s: %s", i, want, record)
			}
		}
	}
	if text := fmt.Sprintf("%v %+v", client, *client); strings.Contains(text, secret) {
		t.Error("the key shows when the client is printed")
	}
}

func TestListWallets(t *testing.T) {
	t.Parallel()
	client, s := serve(t, answer(200, "application/json", "["+walletJSON(nil)+"]"))
	wallets, err := client.ListWallets(t.Context(), organization, WalletFilter{EnvironmentID: lineID, Inactive: true})
	if err != nil || len(wallets) != 1 {
		t.Fatal(wallets, err)
	}
	if want := "GET /v1/organizations/" + organization.String() + "/wallets?environment_id=" + lineID.String() +
		"&inactive=true"; s.seen()[0] != want {
		t.Errorf("sent %s, want %s", s.seen()[0], want)
	}
	other, _ := serve(t, answer(200, "application/json", "["+walletJSON(map[string]any{"organization_id": lineID})+"]"))
	if _, err := other.ListWallets(t.Context(), organization, WalletFilter{}); err == nil {
		t.Error("another organization's wallet was taken")
	}
}

func TestLinesOfCredit(t *testing.T) {
	t.Parallel()
	line := fmt.Sprintf(`{"id":%q,"organization_id":%q,"environment_id":%q,"network":"testnet","limit":9007199254740993,"allocated_limit":1,
		"currency":"btc","status":{"secured":"secured","verified":"verified"},"disabled_at":null}`, lineID, organization, walletID)
	client, _ := serve(t, answer(200, "application/json", line))
	got, err := client.GetLineOfCredit(t.Context(), lineRef)
	if err != nil || got.Limit != 9007199254740993 || got.Status.Secured != "secured" {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := client.GetLineOfCredit(t.Context(), walletRef); err == nil {
		t.Error("another line was taken")
	}
	list, _ := serve(t, answer(200, "application/json", "["+line+"]"))
	lines, err := list.ListLinesOfCredit(t.Context(), organization, LineOfCreditFilter{})
	if err != nil || len(lines) != 1 {
		t.Errorf("got %v, %v", lines, err)
	}
	if _, err := list.ListLinesOfCredit(t.Context(), walletID, LineOfCreditFilter{}); err == nil {
		t.Error("another organization's line was taken")
	}
}

func TestParseID(t *testing.T) {
	t.Parallel()
	for text, valid := range map[string]bool{
		"11111111-1111-4111-8111-11111111111a":   true,
		"11111111-1111-4111-8111-11111111111A":   true,
		"":                                       false,
		"1111":                                   false,
		"111111111111411181111111111111111":      false,
		"{11111111-1111-4111-8111-111111111111}": false,
		"urn:uuid:11111111-1111-4111-8111-111111111111": false,
		"11111111-1111-4111-8111-11111111111/":          false,
	} {
		if _, err := ParseID(text); (err == nil) != valid {
			t.Errorf("%q: %v", text, err)
		}
	}
	first, err := NewID()
	if err != nil || first.Version() != 4 {
		t.Errorf("made %s, %v", first, err)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	pages := map[string]Page[int]{"": {Items: []int{1, 2}, Next: "b"}, "b": {Items: []int{3}, Next: "c"}, "c": {Items: []int{4}}}
	var asked []string
	fetch := func(_ context.Context, cursor string) (Page[int], error) {
		asked = append(asked, cursor)
		return pages[cursor], nil
	}
	var items []int
	for item, err := range Pages(t.Context(), fetch) {
		if err != nil {
			t.Fatal(err)
		}
		items = append(items, item)
	}
	if !slices.Equal(items, []int{1, 2, 3, 4}) || !slices.Equal(asked, []string{"", "b", "c"}) {
		t.Errorf("got %v, asked for %v", items, asked)
	}

	asked = nil
	for range Pages(t.Context(), fetch) {
		break
	}
	if !slices.Equal(asked, []string{""}) {
		t.Errorf("a list that was left early asked for %v", asked)
	}

	failure := errors.New("no")
	for name, fetch := range map[string]func(context.Context, string) (Page[int], error){
		"a page that fails": func(_ context.Context, cursor string) (Page[int], error) {
			if cursor != "" {
				return Page[int]{}, failure
			}
			return pages[cursor], nil
		},
		"a cursor in a circle": func(context.Context, string) (Page[int], error) {
			return Page[int]{Items: []int{1}, Next: "again"}, nil
		},
	} {
		var last error
		for _, err := range Pages(t.Context(), fetch) {
			last = err
		}
		if last == nil {
			t.Errorf("%s looks like a short list", name)
		}
	}
}
