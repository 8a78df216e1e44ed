// Package voltage is a client of the Voltage API (https://voltageapi.com/v1/docs): wallets, lines of credit, payments, webhooks. It
// authenticates, generates IDs, repeats requests that can be repeated, waits for asynchronous operations, and turns every failure into an
// [Error]. It knows nothing of Terraform.
package voltage

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/go-retryablehttp"
)

const (
	// DefaultBaseURL is the production host.
	DefaultBaseURL = "https://voltageapi.com/v1"
	// DefaultMaxRetries is the number of retries of a read, or of a write that can be repeated.
	DefaultMaxRetries = 4
	// DefaultRequestTimeout bounds one attempt, from connecting to the last byte of the answer.
	DefaultRequestTimeout = 30 * time.Second

	// maxBody limits the size of an answer. Like the other limits, it applies after decompression. The wallet list is not paginated; a
	// wallet takes about 1 KiB.
	maxBody = 256 << 20
	// maxObject limits the size of an answer with one object, or with one page of a list.
	maxObject = 16 << 20
	// maxErrorBody limits how many bytes are read from an answer that reports a failure.
	maxErrorBody = 64 << 10
)

// Config says where the API is and who calls.
type Config struct {
	// BaseURL is the API's address with its version; empty means [DefaultBaseURL]. See [CheckBaseURL] and [CheckExposure].
	BaseURL string
	// APIKey is sent as x-api-key. Exactly one of APIKey and BearerToken is needed.
	APIKey string
	// BearerToken is sent as Authorization: Bearer.
	BearerToken string
	// UserAgent names the caller.
	UserAgent string
	// MaxRetries is the number of retries of a read, or of a write that can be repeated, after a transport error, 408, 429 or 5xx.
	MaxRetries int
	// RequestTimeout bounds one attempt; zero means [DefaultRequestTimeout].
	RequestTimeout time.Duration
	// Log, unless it is nil, is called for each attempt with its method, path, status, duration and number. It never gets headers or
	// bodies.
	Log func(ctx context.Context, message string, fields ...map[string]any)
	// ShareAfter is the number of wallets, or webhooks, of one environment that are read one by one before the client reads the list of the
	// environment for the rest. 0 means [DefaultShareAfter]. A negative value means that every read that can use a list does so.
	ShareAfter int
	// Transport sends each attempt; nil means net/http's own. Tests use it to call an emulator in the same process.
	Transport http.RoundTripper
	// Pace overrides the waits between requests; tests use it. The zero value is right for the real API.
	Pace Pace
}

// Pace configures how long the client waits between requests. A zero field means its default.
type Pace struct {
	// RetryMin and RetryMax bound the backoff between attempts: default 500 ms and 10 s.
	RetryMin, RetryMax time.Duration
	// RetryAfterMax caps the pause that a Retry-After header asks for: default 60 s.
	RetryAfterMax time.Duration
	// PollMin and PollMax bound the time between two reads of one wait: default 20 ms and 2 s.
	PollMin, PollMax time.Duration
	// ListLife is how long after its request a list serves the reads of one refresh: default 20 s. A pause of the same length between two
	// reads ends the refresh.
	ListLife time.Duration
	// Settle is how long the client reads an ID after a doubtful answer before the ID counts as unused: default 3 s.
	Settle time.Duration
	// Lag is how long after a creation a read may still miss the object: default 1 minute.
	Lag time.Duration
	// Jitter returns random numbers from 0 to 1 that make waits differ in length: default [rand.Float64].
	Jitter func() float64
}

// Client calls the API. It is safe for concurrent use.
type Client struct {
	base    string
	header  http.Header
	maxBody int64
	pace    Pace
	// These are closures, so that a printed client does not show the credentials.
	authorize func(http.Header)
	redact    func(string) string
	retries   int
	retrying  *retryablehttp.Client // reads, and writes that can be repeated
	single    *retryablehttp.Client // everything else: one attempt

	wallets  *listCache[Wallet]
	webhooks *listCache[Webhook]

	walletWitness  *witness[Wallet]
	webhookWitness *witness[Webhook]
}

// New checks the configuration and makes a client. It sends no request.
func New(cfg Config) (*Client, error) {
	base := cfg.BaseURL
	if base == "" {
		base = DefaultBaseURL
	}
	if err := CheckBaseURL(base); err != nil {
		return nil, err
	}
	header := http.Header{
		"Accept":     {"application/json"},
		"User-Agent": {cfg.UserAgent},
	}
	secret, name, prefix := cfg.APIKey, "X-Api-Key", ""
	switch {
	case cfg.APIKey != "" && cfg.BearerToken != "":
		return nil, errors.New("an API key and a bearer token were given; the API takes one of them")
	case cfg.BearerToken != "":
		secret, name, prefix = cfg.BearerToken, "Authorization", "Bearer "
	case cfg.APIKey == "":
		return nil, errors.New("an API key or a bearer token is needed")
	}
	if err := CheckSecret(secret); err != nil {
		return nil, err
	}
	if err := CheckExposure(base, secret); err != nil {
		return nil, err
	}
	timeout := cfg.RequestTimeout
	if timeout <= 0 {
		timeout = DefaultRequestTimeout
	}
	shareAfter := cmp.Or(cfg.ShareAfter, DefaultShareAfter)
	transport := cfg.Transport
	if transport == nil {
		transport = newTransport()
	}
	c := &Client{
		base:      strings.TrimRight(base, "/"),
		header:    header,
		maxBody:   maxBody,
		pace:      cfg.Pace.withDefaults(),
		authorize: func(h http.Header) { h.Set(name, prefix+secret) },
		redact:    newRedactor(secret),
		retries:   max(cfg.MaxRetries, 0),
	}
	plain := &http.Client{
		Transport: newLimiter(&loggingTransport{next: transport, log: cfg.Log, clean: c.Clean}, timeout, c.holds, c.pace.Jitter),
		// A redirect would send the credentials to another address.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	c.wallets = newListCache(shareAfter, c.pace.ListLife, func(ctx context.Context, of scope, limit int64) (listed[Wallet], error) {
		answer, size, err := c.listWallets(ctx, of.organization, WalletFilter{EnvironmentID: of.environment}, limit)
		return answer.listed(size), err
	}, func(w *Wallet) uuid.UUID { return w.ID })
	c.webhooks = newListCache(shareAfter, c.pace.ListLife, func(ctx context.Context, of scope, limit int64) (listed[Webhook], error) {
		answer, size, err := c.listWebhooks(ctx, of.organization, WebhookFilter{EnvironmentID: of.environment}, limit)
		return answer.listed(size), err
	}, func(w *Webhook) uuid.UUID { return w.ID })
	c.walletWitness = newWitness(c.pace.ListLife, func(ctx context.Context, of scope) ([]Wallet, error) {
		return c.ListWallets(ctx, of.organization, WalletFilter{EnvironmentID: of.environment, Inactive: true})
	})
	c.webhookWitness = newWitness(c.pace.ListLife, func(ctx context.Context, of scope) ([]Webhook, error) {
		return c.ListWebhooks(ctx, of.organization, WebhookFilter{EnvironmentID: of.environment})
	})
	c.retrying = c.newRetryable(plain, c.retries)
	c.single = c.newRetryable(plain, 0)
	return c, nil
}

// IsRecent reports whether an object that was created at a time is so new that a read may still miss it. A time in the future is recent,
// since the API's clock may be ahead of ours.
func (c *Client) IsRecent(at time.Time) bool { return time.Since(at) < c.pace.Lag }

func (p Pace) withDefaults() Pace {
	for field, value := range map[*time.Duration]time.Duration{
		&p.RetryMin:      500 * time.Millisecond,
		&p.RetryMax:      10 * time.Second,
		&p.RetryAfterMax: time.Minute,
		&p.PollMin:       20 * time.Millisecond,
		&p.PollMax:       2 * time.Second,
		&p.ListLife:      20 * time.Second,
		&p.Settle:        3 * time.Second,
		&p.Lag:           time.Minute,
	} {
		if *field <= 0 {
			*field = value
		}
	}
	if p.Jitter == nil {
		p.Jitter = rand.Float64
	}
	return p
}

// newTransport keeps as many idle connections as there can be concurrent requests, so that an apply of many objects does not open a
// connection for each request. It uses HTTP/2 if the host offers it.
func newTransport() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:forcetypeassert // the standard library documents it
	transport.Proxy = proxyOf
	transport.MaxIdleConns = maxInFlight
	transport.MaxIdleConnsPerHost = maxInFlight
	return transport
}

// proxyOf returns the proxy that the environment variables name for a request. Requests to a loopback address, in any spelling, use no
// proxy: over http the proxy would see the key.
func proxyOf(req *http.Request) (*url.URL, error) {
	if isLoopback(req.URL.Hostname()) {
		return nil, nil // no proxy
	}
	return http.ProxyFromEnvironment(req)
}

// call is one request of the API.
type call struct {
	method string
	path   string // made of constants and UUIDs only
	query  url.Values
	body   any
	out    any  // target of the decoded answer; nil: the body is ignored
	repeat bool // may be sent again after a doubtful answer
	// check, unless it is nil, returns an error for a decoded answer that does not fit the request.
	check func() error
	limit int64  // largest allowed answer in bytes; 0 means maxObject
	size  *int64 // receives the size of the answer in bytes, unless it is nil
}

// do sends a call, repeats it if that is allowed, and returns nil or an *Error.
func (c *Client) do(ctx context.Context, call call) error {
	var body []byte
	if call.body != nil {
		var err error
		if body, err = json.Marshal(call.body); err != nil {
			return c.failure(call, err)
		}
	}
	address := c.base + call.path
	if len(call.query) > 0 {
		address += "?" + call.query.Encode()
	}
	x := &exchange{call: call}
	req, err := retryablehttp.NewRequestWithContext(context.WithValue(ctx, exchangeKey{}, x), call.method, address, body)
	if err != nil {
		return c.failure(call, err)
	}
	req.Header = c.header.Clone()
	c.authorize(req.Header)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.SetResponseHandler(func(resp *http.Response) error {
		if isRetryable(resp.StatusCode) {
			return nil // reached only when no time is left for another attempt
		}
		err := c.receive(call, resp)
		if unreadable := (*unreadableError)(nil); errors.As(err, &unreadable) {
			return err // counts as an attempt that failed, and is repeated like one
		}
		x.handled, x.refused = true, err
		return nil
	})
	if call.method != http.MethodGet {
		defer c.wallets.invalidate()
		defer c.webhooks.invalidate()
		defer c.walletWitness.invalidate()
		defer c.webhookWitness.invalidate()
	}
	sender := c.single
	if call.repeat {
		sender = c.retrying
	}
	resp, err := sender.Do(req)
	if resp != nil {
		defer resp.Body.Close()
	}
	switch {
	case x.handled:
		return x.refused
	case err != nil && ctx.Err() != nil:
		return c.interrupted(x, err)
	case err != nil:
		return c.failure(call, err)
	case resp.StatusCode >= 300: // a retryable answer to the last attempt
		return c.answered(call, resp)
	}
	return nil
}

// receive reads the answer to a call.
func (c *Client) receive(call call, resp *http.Response) error {
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		return c.answered(call, resp)
	}
	if call.out == nil {
		// An accepted write has no body. A body that comes anyway has no meaning.
		_, _ = io.CopyN(io.Discard, resp.Body, maxErrorBody)
		return nil
	}
	limit := min(cmp.Or(call.limit, maxObject), c.maxBody)
	if resp.ContentLength > limit {
		return c.failure(call, &oversizedError{status: resp.StatusCode, limit: limit, size: resp.ContentLength})
	}
	limited := &io.LimitedReader{R: resp.Body, N: limit + 1}
	content, err := io.ReadAll(limited)
	switch {
	case err != nil:
		return &unreadableError{status: resp.StatusCode, reason: "the answer was cut short", cause: err}
	case limited.N == 0:
		// Another attempt would only load it again.
		return c.failure(call, &oversizedError{status: resp.StatusCode, limit: limit})
	case len(bytes.TrimSpace(content)) == 0:
		return &unreadableError{status: resp.StatusCode, reason: "the answer is empty"}
	}
	if call.size != nil {
		*call.size = int64(len(content))
	}
	reflect.ValueOf(call.out).Elem().SetZero() // an earlier attempt may have filled a part of it
	if err := json.Unmarshal(content, call.out); err != nil {
		reason := "the answer is not what the API documents"
		if !json.Valid(content) {
			reason = fmt.Sprintf("the answer is not JSON (%s)", c.Clean(mediaType(resp)))
		}
		return &unreadableError{status: resp.StatusCode, reason: reason, cause: explain(err)}
	}
	if call.check != nil {
		if err := call.check(); err != nil {
			return &unreadableError{status: resp.StatusCode, reason: err.Error()}
		}
	}
	return nil
}

// loggingTransport logs each attempt.
type loggingTransport struct {
	next  http.RoundTripper
	log   func(ctx context.Context, message string, fields ...map[string]any)
	clean func(string) string
}

// RoundTrip implements [http.RoundTripper].
func (t *loggingTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	start := time.Now()
	exchangeOf(req.Context()).attempts++
	resp, err := t.next.RoundTrip(req)
	if t.log == nil {
		return resp, err
	}
	fields := map[string]any{
		"method": req.Method, "path": req.URL.Path, "attempt": exchangeOf(req.Context()).attempts,
		"duration_ms": time.Since(start).Milliseconds(),
	}
	if err != nil {
		fields["error"] = t.clean(err.Error())
	} else {
		fields["status"] = resp.StatusCode
	}
	t.log(req.Context(), "Voltage API request", fields)
	return resp, err
}
