package voltage

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// switched answers 101, and then keeps the connection open without sending anything until the test ends.
func switched(t *testing.T) http.HandlerFunc {
	t.Helper()
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n")
		<-release
		conn.Close()
	}
}

// TestSwitchedProtocols: a 101 is a failed attempt that may have been carried out. The open connection does not block the client.
func TestSwitchedProtocols(t *testing.T) {
	t.Parallel()
	held := switched(t)
	client, s := serve(t, held, held, wallet(nil))
	if _, err := client.GetWallet(t.Context(), walletRef); err != nil || s.count("GET") != 3 {
		t.Errorf("a read: %v after %v", err, s.seen())
	}
	client, s = serve(t, held, wallet(nil))
	if err := client.CreateWallet(t.Context(), walletRef, NewWallet{}); err != nil || s.count("POST") != 1 {
		t.Errorf("a creation that was carried out: %v after %v", err, s.seen())
	}
	client, s = serve(t, held, refusal(404, "payment_not_found"))
	var uncertain *UncertainError
	if _, err := client.CreateSend(t.Context(), paymentRef, NewSend{}); !errors.As(err, &uncertain) ||
		!strings.Contains(err.Error(), "101 Switching Protocols") || s.count("POST") != 1 {
		t.Errorf("a send: %v after %v", err, s.seen())
	}
	client, _ = serve(t, held)
	_, err := client.GetWallet(t.Context(), walletRef)
	if e := (*Error)(nil); !errors.As(err, &e) || e.Status != 101 || !e.Doubtful() {
		t.Errorf("nothing but 101: %v", err)
	}
}

// TestLastAnswerIsKept: if the time runs out between two attempts, the error has the status and the text of the last answer.
func TestLastAnswerIsKept(t *testing.T) {
	t.Parallel()
	limited := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "10")
		refusal(429, "rate_limited")(w, r)
	}
	read := func(ctx context.Context, c *Client) error {
		_, err := c.GetWallet(ctx, walletRef)
		return err
	}
	create := func(ctx context.Context, c *Client) error {
		return c.CreateWallet(ctx, walletRef, NewWallet{})
	}
	wait := func(ctx context.Context, c *Client) error {
		_, err := c.WaitForWallet(ctx, inEnvironment(walletID), Wait[*Wallet]{
			For:      "the wallet",
			Done:     func(w *Wallet) (bool, error) { return w != nil && w.Name == "x", nil },
			Describe: func(w *Wallet) string { return w.Name },
		})
		return err
	}
	settled := func(ctx context.Context, c *Client) error {
		_, err := Settled(ctx, c, walletRef, c.GetWallet)
		return err
	}
	rename := func(ctx context.Context, c *Client) error { return c.RenameWallet(ctx, walletRef, "name") }
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		call    func(context.Context, *Client) error
		want    []string
	}{
		"read":      {[]http.HandlerFunc{limited}, read, []string{"429 rate_limited: no; the operation timed out", "a pause of 10s"}},
		"read, 503": {[]http.HandlerFunc{status(503, "Retry-After", "10")}, read, []string{"503 Service Unavailable", "timed out"}},
		"write":     {[]http.HandlerFunc{limited}, rename, []string{"PATCH", "429 rate_limited: no; "}},
		"creation":  {[]http.HandlerFunc{limited}, create, []string{"POST", "429 rate_limited: no"}},
		"wait": {
			[]http.HandlerFunc{wallet(nil), limited},
			wait,
			[]string{"last seen: staging; the last read failed: GET", "429 rate_limited: no"},
		},
		"wait from scratch": {
			[]http.HandlerFunc{limited},
			wait,
			[]string{"nothing could be read; the last read failed: GET", "429 rate_limited"},
		},
		"settled read": {[]http.HandlerFunc{refusal(404, "instance_not_found"), limited}, settled, []string{"429 rate_limited"}},
		"no answer at all": {
			[]http.HandlerFunc{func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
			read,
			[]string{"no answer came before the operation timed out"},
		},
		"cut, then nothing": {
			[]http.HandlerFunc{cut, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }},
			read,
			[]string{"EOF; the operation timed out before"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, test.answers...)
			client.pace.RetryAfterMax = time.Minute
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
			defer cancel()
			err := test.call(ctx, client)
			if err == nil || !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("got %v after %v", err, s.seen())
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want %q", err, want)
				}
			}
		})
	}
}

// TestHeldRequestNamesTheAnswer: if a request was never sent because of a pause, the error says that the API has asked for the pause.
func TestHeldRequestNamesTheAnswer(t *testing.T) {
	t.Parallel()
	client, s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", "10")
		refusal(429, "rate_limited")(w, r)
	})
	client.pace.RetryAfterMax = time.Minute
	var first *Error
	if err := client.do(t.Context(), call{method: http.MethodPost, path: "/once"}); !errors.As(err, &first) || first.Type != "rate_limited" {
		t.Fatalf("got %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := client.GetWallet(ctx, walletRef)
	var e *Error
	if !errors.As(err, &e) || e.Status != 429 || e.Type != "rate_limited" || !strings.HasSuffix(e.Path, walletID.String()) ||
		!errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if got := s.seen(); len(got) != 1 {
		t.Errorf("sent %v", got)
	}
}

// TestAnswerBesideTheDeadline: an answer counts even if the time runs out while it arrives.
func TestAnswerBesideTheDeadline(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   string
	}{"accepted": {status(202), ""}, "refused": {refusal(400, "invalid_request"), "invalid_request"}} {
		ctx, cancel := context.WithCancel(t.Context())
		client, s := serve(t, test.answer)
		inner := client.single.HTTPClient.Transport
		client.single.HTTPClient.Transport = roundTrip(func(req *http.Request) (*http.Response, error) {
			resp, err := inner.RoundTrip(req)
			if err == nil {
				content, _ := io.ReadAll(resp.Body)
				resp.Body = io.NopCloser(bytes.NewReader(content))
			}
			cancel()
			return resp, err
		})
		err := client.CreateWallet(ctx, walletRef, NewWallet{})
		if test.want == "" && err != nil || test.want != "" && !IsType(err, test.want) || len(s.seen()) != 1 {
			t.Errorf("%s: %v after %v", name, err, s.seen())
		}
	}
}

// zipped answers with a compressed body that inflates to a size.
func zipped(code, size int) http.HandlerFunc {
	var body bytes.Buffer
	writer := gzip.NewWriter(&body)
	_, _ = io.CopyN(writer, endless{}, int64(size))
	_ = writer.Close()
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(code)
		_, _ = w.Write(body.Bytes())
	}
}

// endless is white space, which JSON may begin with.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	return copy(p, bytes.Repeat([]byte(" "), len(p))), nil
}

// TestInflatedAnswers: the size limit applies to the decompressed answer, and the answer is not requested again.
func TestInflatedAnswers(t *testing.T) {
	t.Parallel()
	bomb := zipped(200, maxObject+1<<20)
	for name, read := range map[string]func(*Client) error{
		"object": func(c *Client) error { _, err := c.GetWallet(t.Context(), walletRef); return err },
		"page": func(c *Client) error {
			for _, err := range c.ListPayments(t.Context(), organization, environment, PaymentFilter{}) {
				return err
			}
			return nil
		},
	} {
		client, s := serve(t, bomb)
		err := read(client)
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("larger than %d MiB", maxObject>>20)) ||
			!IsDoubtful(err) || len(s.seen()) != 1 {
			t.Errorf("%s: %v after %d requests", name, err, len(s.seen()))
		}
	}
	client, _ := serve(t, zipped(400, 8<<20))
	if _, err := client.GetWallet(t.Context(), walletRef); err == nil ||
		!strings.Contains(err.Error(), "not the API's (application/json, larger than 64 KiB)") {
		t.Errorf("an error: %v", err)
	}
	// An accepted write succeeds even with a large body.
	client, _ = serve(t, zipped(202, 8<<20))
	if err := client.CreateWallet(t.Context(), walletRef, NewWallet{}); err != nil {
		t.Errorf("a write: %v", err)
	}
}

// TestAttemptsDoNotMix: the values of an unusable answer do not appear in the next one.
func TestAttemptsDoNotMix(t *testing.T) {
	t.Parallel()
	first := walletJSON(map[string]any{"deleted_at": "2026-09-01T10:00:00Z", "holds": "x"})
	client, s := serve(t, jsonAnswer(first), wallet(nil))
	got, err := client.GetWallet(t.Context(), walletRef)
	if err != nil || got.Deleted() || len(s.seen()) != 2 {
		t.Errorf("got %+v, %v after %v", got, err, s.seen())
	}
}
