package acctest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
)

// handlerTransport passes each request to a handler in the same process. It uses no socket. So a goroutine that waits for an answer is
// durably blocked in the sense of package synctest, and virtual time continues.
type handlerTransport struct{ handler http.Handler }

// RoundTrip implements [http.RoundTripper]. As over a network, the handler continues after its client is cancelled, and the context of the
// request tells it so.
func (t handlerTransport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(req.Context()))
	incoming, err := received(ctx, req)
	if err != nil {
		cancel()
		return nil, err
	}
	answer := &handlerAnswer{header: http.Header{}, ended: make(chan struct{})}
	go func() {
		defer cancel()
		answer.serve(t.handler, incoming)
	}()
	select {
	case <-answer.ended:
		return answer.response(req)
	case <-req.Context().Done():
		cancel()
		return nil, req.Context().Err()
	}
}

// received returns a request in the form that a server gets.
func received(ctx context.Context, req *http.Request) (*http.Request, error) {
	var body []byte
	if req.Body != nil {
		var err error
		body, err = io.ReadAll(req.Body)
		_ = req.Body.Close()
		if err != nil {
			return nil, err
		}
	}
	incoming := req.Clone(ctx)
	incoming.Body, incoming.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	incoming.RequestURI, incoming.RemoteAddr = req.URL.RequestURI(), "127.0.0.1:1"
	if incoming.Host == "" {
		incoming.Host = req.URL.Host
	}
	incoming.URL.Scheme, incoming.URL.Host = "", ""
	incoming.Header = http.Header{} // with canonical names, as in a server
	for name, values := range req.Header {
		for _, value := range values {
			incoming.Header.Add(name, value)
		}
	}
	return incoming, nil
}

// handlerAnswer records the answer of a handler.
type handlerAnswer struct {
	header http.Header
	status int
	sent   http.Header // the header at the time of WriteHeader
	body   bytes.Buffer
	cut    bool
	ended  chan struct{}
}

// serve runs the handler. A handler that aborts cuts the connection.
func (a *handlerAnswer) serve(handler http.Handler, req *http.Request) {
	defer close(a.ended)
	defer func() {
		if cause := recover(); cause != nil {
			if err, ok := cause.(error); !ok || !errors.Is(err, http.ErrAbortHandler) {
				panic(cause)
			}
			a.cut = true
		}
	}()
	handler.ServeHTTP(a, req)
	a.WriteHeader(http.StatusOK)
}

// Header implements [http.ResponseWriter].
func (a *handlerAnswer) Header() http.Header { return a.header }

// WriteHeader implements [http.ResponseWriter].
func (a *handlerAnswer) WriteHeader(status int) {
	if a.status == 0 {
		a.status, a.sent = status, a.header.Clone()
	}
}

// Write implements [io.Writer].
func (a *handlerAnswer) Write(content []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(content)
}

// Flush implements [http.Flusher]. It does nothing, since the client gets only complete answers.
func (a *handlerAnswer) Flush() {}

// response returns the answer that a client gets. If the connection was cut before the answer, it returns io.EOF. If the connection was cut
// in the middle, the body ends too early.
func (a *handlerAnswer) response(req *http.Request) (*http.Response, error) {
	if a.status == 0 {
		return nil, io.EOF
	}
	length := int64(a.body.Len())
	body := io.Reader(&a.body)
	if announced, err := strconv.ParseInt(a.sent.Get("Content-Length"), 10, 64); err == nil && announced > length || a.cut {
		length = max(announced, -1)
		body = io.MultiReader(body, failingReader{io.ErrUnexpectedEOF})
	}
	return &http.Response{
		Status: fmt.Sprintf("%d %s", a.status, http.StatusText(a.status)), StatusCode: a.status,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: a.sent, Body: io.NopCloser(body), ContentLength: length, Request: req,
	}, nil
}

type failingReader struct{ err error }

// Read implements [io.Reader].
func (r failingReader) Read([]byte) (int, error) { return 0, r.err }
