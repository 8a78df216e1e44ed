package voltage

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"
)

// Error is the failure of one call. Code branches on Status, Type and Code; people read Detail. Source of the fields: schema ErrorResponse
// of the API's contract.
type Error struct {
	Method string
	Path   string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Type is the API's stable category, such as wallet_not_empty. It is empty if the answer did not come from the API.
	Type string
	// Code is a narrower reason, if the API gives one.
	Code string
	// Detail says what happened. It contains no control or bidirectional characters and no credentials of the client.
	Detail string
	// Context has further members of the API's error, unchanged. Numbers are a [json.Number].
	Context map[string]any
	// RetryAfter is the pause that the answer asked for, or 0.
	RetryAfter time.Duration

	added string // the text of Context for people
	cause error
}

// Error implements error. The text has the request, the status and the API's text.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, "%d %s: ", e.Status, e.reason())
	}
	b.WriteString(e.Detail)
	return withContext(b.String(), e.added)
}

// reason returns the API's type and code, or HTTP's name of the status.
func (e *Error) reason() string {
	switch {
	case e.Type == "":
		return http.StatusText(e.Status)
	case e.Code == "":
		return e.Type
	}
	return e.Type + "/" + e.Code
}

// Unwrap returns the transport's or decoder's error, if there is one.
func (e *Error) Unwrap() error { return e.cause }

// Doubtful reports whether the request may have been carried out although it failed: the answer was missing or unreadable, or it came from
// a server or proxy that had a problem. Every other answer is a refusal, which means that nothing was done.
func (e *Error) Doubtful() bool {
	return e.Status < 300 || e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests || e.Status >= 500
}

// isFinal reports whether err is a refusal in the API's own form. Another read would only get it again. Every other error can be temporary:
// a missing answer, a server that has a problem, or an answer of a proxy.
func isFinal(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Type != "" && !e.Doubtful()
}

// IsNotFound reports whether the API says with err that an object does not exist. A 404 without the API's error body comes from a proxy or
// from a wrong base URL, and says nothing about objects.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound && e.Type != ""
}

// NilIfNotFound takes the results of a read. If [IsNotFound] is true for the error, it returns nil without an error.
func NilIfNotFound[T any](object *T, err error) (*T, error) {
	if IsNotFound(err) {
		return nil, nil
	}
	return object, err
}

// IsConflict reports whether the API says with err that the ID of a creation was used before.
func IsConflict(err error) bool { return isStatus(err, http.StatusConflict) }

func isStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

// IsType reports whether err is a refusal of the API of the given type.
func IsType(err error, kind string) bool {
	var e *Error
	return errors.As(err, &e) && e.Type == kind
}

// IsDoubtful reports whether the call that returned err may have been carried out.
func IsDoubtful(err error) bool {
	var e *Error
	return err != nil && (!errors.As(err, &e) || e.Doubtful())
}

// unreadableError is a successful answer whose body cannot be used.
type unreadableError struct {
	status int
	reason string
	cause  error
}

func (e *unreadableError) Error() string {
	if e.cause == nil {
		return e.reason
	}
	return e.reason + ": " + e.cause.Error()
}

func (e *unreadableError) Unwrap() error { return e.cause }

// oversizedError is a successful answer that is larger than its limit.
type oversizedError struct {
	status int
	limit  int64
	size   int64 // 0 if the answer does not state its size
}

func (e *oversizedError) Error() string {
	return fmt.Sprintf("the answer is larger than %d MiB", e.limit>>20)
}

// failure returns the error for a call that got no usable answer.
func (c *Client) failure(call call, err error) *Error {
	result := &Error{Method: call.method, Path: call.path, cause: err}
	if unreadable := (*unreadableError)(nil); errors.As(err, &unreadable) {
		result.Status = unreadable.status
	}
	if oversized := (*oversizedError)(nil); errors.As(err, &oversized) {
		result.Status = oversized.status
	}
	// net/http's wrapper repeats the method and the whole address.
	if wrapper := (*url.Error)(nil); errors.As(err, &wrapper) {
		err = wrapper.Err
	}
	result.Detail = c.Clean(err.Error())
	return result
}

// answered returns the error for a call whose answer is a failure.
func (c *Client) answered(call call, resp *http.Response) *Error {
	result := &Error{Method: call.method, Path: call.path, Status: resp.StatusCode, RetryAfter: c.retryAfter(resp)}
	content := peek(resp)
	var answer struct {
		Error apiFailure `json:"error"`
	}
	switch err := json.Unmarshal(content, &answer); {
	case err == nil && (answer.Error.Type != "" || answer.Error.Detail != ""):
		result.Type = c.Clean(answer.Error.Type)
		result.Code = c.Clean(string(answer.Error.Code))
		result.Detail = c.Clean(string(answer.Error.Detail))
		result.Context = answer.Error.context()
		result.added = bound(c.Clean(contextText(string(answer.Error.Context))), maxForeign)
	case resp.StatusCode < 400:
		result.Detail = "the answer is a redirect, which is not followed because it would send the credentials to another address; " +
			"check the base URL"
	case len(content) > maxErrorBody:
		result.Detail = fmt.Sprintf("the answer is not the API's (%s, larger than %d KiB)%s", c.Clean(mediaType(resp)), maxErrorBody>>10,
			c.foreignWords(resp, content))
	case len(bytes.TrimSpace(content)) == 0:
		result.Detail = "the answer has no body"
	default:
		result.Detail = fmt.Sprintf("the answer is not the API's (%s)%s", c.Clean(mediaType(resp)), c.foreignWords(resp, content))
	}
	return result
}

// maxForeign limits, in characters, how much a message shows of an answer that did not come from the API, and of the context of an error.
const maxForeign = 300

var htmlTitle = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// foreignWords returns the text of a failure that is not in the API's form: a short text or JSON as it is, or the title of an HTML page.
func (c *Client) foreignWords(resp *http.Response, content []byte) string {
	text := strings.TrimSpace(string(content))
	kind := mediaType(resp)
	switch {
	case strings.Contains(kind, "html"), strings.HasPrefix(text, "<"):
		if match := htmlTitle.FindStringSubmatch(text); match != nil {
			return "; a proxy may have given it. Its title is: " + bound(c.Clean(html.UnescapeString(strings.TrimSpace(match[1]))), maxForeign)
		}
	case json.Valid(content), kind == "text/plain" && utf8.ValidString(text):
		return ", and says: " + bound(c.Clean(text), maxForeign)
	}
	return "; a proxy may have given it"
}

func mediaType(resp *http.Response) string {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return "of no known type"
	}
	return kind
}
