// Package console serves the web pages of an emulator: a console that shows and changes a world, and the hosted checkout for the customers
// of a shop. The server renders the pages, so they need little script: when a server-sent event of the emulator reports a change, htmx
// fetches a part of a page again.
//
// All files are embedded, and the pages load nothing from other servers. html/template escapes every text of the API, and the
// Content-Security-Policy allows neither inline script nor inline style.
package console

import (
	"embed"
	"html/template"
	"io/fs"
	"net"
	"net/http"
	"strings"
)

//go:embed static templates
var files embed.FS

// Console serves the pages of one emulator.
type Console struct {
	emulator  Emulator
	mux       *http.ServeMux
	templates map[string]*template.Template // by page
}

// New makes the console of an emulator.
func New(emulator Emulator) *Console {
	c := &Console{emulator: emulator, mux: http.NewServeMux(), templates: parseTemplates()}
	c.routePages()
	c.routeActions()
	c.routeCheckout()
	c.mux.HandleFunc("GET /console/events", c.events)
	static, err := fs.Sub(files, "static")
	if err != nil {
		panic(err) // the folder is embedded
	}
	c.mux.Handle("GET /console/static/{file}", http.StripPrefix("/console/static/", http.FileServerFS(static)))
	c.mux.Handle("GET /console/{$}", http.RedirectHandler("/", http.StatusSeeOther))
	return c
}

// Serves reports whether a request is for the console. Other requests are for the API.
func Serves(r *http.Request) bool {
	path := r.URL.Path
	if path == "/" {
		return r.Method == http.MethodGet || r.Method == http.MethodHead
	}
	return path == "/console" || strings.HasPrefix(path, "/console/") || strings.HasPrefix(path, "/checkout/")
}

// policy allows only the console's own files. So a script that a text of the API smuggles into a page does not run.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP implements [http.Handler].
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	for name, value := range map[string]string{
		"Content-Security-Policy": policy, "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "no-referrer",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		w.Header().Set(name, value)
	}
	if !TrustedHost(r.Host) {
		c.refuse(w, r, http.StatusMisdirectedRequest, "This name could belong to somebody else. Open the console by its address, "+
			"such as http://127.0.0.1 or http://localhost with its port.")
		return
	}
	// Without this check, a page of another site could send the forms of the console.
	if err := http.NewCrossOriginProtection().Check(r); err != nil {
		c.refuse(w, r, http.StatusForbidden, "The request comes from a page of another site.")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	}
	c.mux.ServeHTTP(w, r)
}

// maxForm limits the size of a form, in bytes.
const maxForm = 64 << 10

// TrustedHost reports whether a host name is safe against DNS rebinding: a website could point its own name to the address of the console,
// and then read the console. Nobody outside this network can do that with an IP address, with a name without a dot, such as the name of a
// container, or with a name under a reserved domain.
func TrustedHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	if net.ParseIP(host) != nil || !strings.Contains(host, ".") {
		return true
	}
	// Sources: RFC 6761, RFC 6762, and ICANN's resolution 2024.07.29.06 on .internal.
	for _, reserved := range []string{".localhost", ".test", ".local", ".internal"} {
		if strings.HasSuffix(host, reserved) {
			return true
		}
	}
	return false
}
