package emulator

import (
	"net/http"
	"path"
	"strings"
)

// name returns the operationId, or an empty text if there is no operation.
func (o *operation) name() string {
	if o == nil {
		return ""
	}
	return o.id
}

// find returns the operation of a request. If the contract has none, it returns a function that writes the answer.
func (e *Emulator) find(r *http.Request) (*operation, func(http.ResponseWriter)) {
	if path.Clean(r.URL.Path) == r.URL.Path {
		_, pattern := e.mux.Handler(r)
		if id := e.operations[pattern]; id != "" && r.Method != http.MethodHead {
			return e.contract.operations[id], nil
		}
		if allowed := e.methods(r); len(allowed) > 0 {
			return nil, func(w http.ResponseWriter) {
				w.Header().Set("Allow", strings.Join(allowed, ", "))
				writeProblem(w, &problem{
					status: http.StatusMethodNotAllowed, kind: "method_not_allowed", detail: r.Method + " is not a method of this path.",
				})
			}
		}
	}
	return nil, func(w http.ResponseWriter) {
		writeProblem(w, &problem{status: http.StatusNotFound, kind: "not_found", detail: "The API has no such path."})
	}
}

// methods returns the methods that the contract has for the path of a request, in alphabetical order.
func (e *Emulator) methods(r *http.Request) []string {
	var methods []string
	for _, method := range []string{"DELETE", "GET", "PATCH", "POST", "PUT"} {
		probe := r.Clone(r.Context())
		probe.Method = method
		if _, pattern := e.mux.Handler(probe); e.operations[pattern] != "" {
			methods = append(methods, method)
		}
	}
	return methods
}

// Source of the two functions below: the Fetch standard, https://fetch.spec.whatwg.org/#http-cors-protocol. Every page may call the
// emulator, since its keys are public.

// preflight answers the preflight request of a browser, which asks whether a page may call the API. It reports whether the request was a
// preflight request.
func (e *Emulator) preflight(w http.ResponseWriter, r *http.Request) bool {
	if r.Method != http.MethodOptions || r.Header.Get("Origin") == "" || r.Header.Get("Access-Control-Request-Method") == "" {
		return false
	}
	methods := e.methods(r)
	if len(methods) == 0 {
		return false
	}
	allowBrowsers(w.Header())
	w.Header().Set("Access-Control-Allow-Methods", strings.Join(methods, ", "))
	w.Header().Set("Access-Control-Allow-Headers", "authorization, content-type, x-api-key")
	w.Header().Set("Access-Control-Max-Age", "600")
	w.WriteHeader(http.StatusNoContent)
	return true
}

// allowBrowsers lets the page of a browser read an answer.
func allowBrowsers(header http.Header) {
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Expose-Headers", "retry-after, x-retry-after-ms")
}
