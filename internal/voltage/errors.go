package voltage

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// maxText bounds, in characters, a text of the API that a person is shown.
const maxText = 2000

// Error is the failure of one call. Branch on Status, Type and Code; Detail is for people.
// Source of the fields: schema ErrorResponse of the API's contract.
type Error struct {
	Method string
	Path   string
	// Status is the HTTP status, 0 when no answer came.
	Status int
	// Type is the API's stable category, such as wallet_not_empty; empty when the answer was not the API's.
	Type string
	// Code is a narrower reason, where there is one.
	Code string
	// Detail says what happened. Control and bidirectional characters, and the client's credentials, are taken out.
	Detail string
	// Context is what the API adds, as it came.
	Context map[string]any
	// RetryAfter is how long the answer asked to wait; 0 when it did not.
	RetryAfter time.Duration

	cause error
}

// Error implements error: the request, the status, the API's own words.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s: ", e.Method, e.Path)
	if e.Status != 0 {
		fmt.Fprintf(&b, "%d %s: ", e.Status, e.reason())
	}
	b.WriteString(e.Detail)
	return b.String()
}

// reason is the API's type and code, or HTTP's name of the status.
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

// Doubtful reports whether the request may have been carried out although it failed: no answer, one that could not
// be read, or one of a server or proxy in trouble. Every other answer is a refusal, after which nothing was done.
func (e *Error) Doubtful() bool {
	return e.Status < 300 || e.Status == http.StatusRequestTimeout || e.Status == http.StatusTooManyRequests || e.Status >= 500
}

// IsNotFound reports whether err is the API's word that an object does not exist. A 404 without the API's own error body is
// somebody else's, a proxy's or a wrong base URL's, and says nothing about objects.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound && e.Type != ""
}

// IsConflict reports whether err is the API's word that the ID of a creation was used before.
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

// unreadableError is an answer of success whose body cannot be used.
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

// failure is the error of a call that got no usable answer.
func (c *Client) failure(call call, err error) *Error {
	result := &Error{Method: call.method, Path: call.path, cause: err}
	if unreadable := (*unreadableError)(nil); errors.As(err, &unreadable) {
		result.Status = unreadable.status
	}
	// net/http's wrapper repeats the method and the whole address.
	if wrapper := (*url.Error)(nil); errors.As(err, &wrapper) {
		err = wrapper.Err
	}
	result.Detail = c.clean(err.Error())
	return result
}

// answered is the error of a call that was answered with a failure.
func (c *Client) answered(call call, resp *http.Response) *Error {
	result := &Error{Method: call.method, Path: call.path, Status: resp.StatusCode, RetryAfter: c.retryAfter(resp)}
	content, _ := io.ReadAll(io.LimitReader(resp.Body, maxErrorBody))
	var answer struct {
		Error struct {
			Type    string         `json:"type"`
			Code    string         `json:"code"`
			Detail  string         `json:"detail"`
			Context map[string]any `json:"context"`
		} `json:"error"`
	}
	switch err := json.Unmarshal(content, &answer); {
	case err == nil && (answer.Error.Type != "" || answer.Error.Detail != ""):
		result.Type = c.clean(answer.Error.Type)
		result.Code = c.clean(answer.Error.Code)
		result.Detail = c.clean(answer.Error.Detail)
		result.Context = answer.Error.Context
	case resp.StatusCode < 400:
		result.Detail = "the answer is a redirect, which is not followed because the credentials would go along; check the base URL"
	case len(content) == 0:
		result.Detail = "the answer has no body"
	default:
		result.Detail = fmt.Sprintf("the answer is not the API's (%s); a proxy may have given it", c.clean(mediaType(resp)))
	}
	return result
}

func mediaType(resp *http.Response) string {
	kind, _, err := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	if err != nil {
		return "of no known type"
	}
	return kind
}

// clean makes a text from outside safe to show: without the client's credentials, without characters that could
// move a terminal's cursor or reverse the text, and of bounded length.
func (c *Client) clean(text string) string {
	return Clean(c.redact(text))
}

// Clean strips control and bidirectional formatting characters from a text of the API and bounds its length.
func Clean(text string) string {
	count := 0
	text = strings.Map(func(r rune) rune {
		if count++; count > maxText {
			return -1
		}
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Cf, r), r == '\u2028', r == '\u2029', r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	if count > maxText {
		text += "…"
	}
	return text
}
