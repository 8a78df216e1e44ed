package console

import (
	"bytes"
	"encoding/hex"
	"hash/fnv"
	"html/template"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
)

// pageSize is how many rows a page of a list has.
const pageSize = 50

// page is the data of a template.
type page struct {
	Title   string
	Section string // of the navigation
	Now     time.Time
	Self    string        // the address of the page and of its live part
	Topics  []string      // the kinds of changes after which the live part is fetched again
	Live    template.HTML // the live part, rendered
	Seen    string        // hash of Live
	Data    any
}

// Trigger returns the page's hx-trigger.
func (p *page) Trigger() string { return "sse:" + strings.Join(p.Topics, ", sse:") }

// list is the live part of a page that has a list.
type list[T any] struct {
	Rows   []T
	Older  string // the address of the next page; empty on the last page
	Newest string // the address of the first page; empty on the first page
	Query  string // a text that the rows contain
	Filter filter
}

// filter has the other filters in the address of a list.
type filter struct{ Wallet, Status, Direction, Webhook string }

// tab is a link of the navigation.
type tab struct {
	Address, Name, Key string
	Current            bool
}

// functions are available in all templates.
var functions = template.FuncMap{
	"money": readable, "clock": clock, "day": day, "stamp": stamp, "took": took, "short": short, "tone": tone, "statusTone": statusTone,
	"occurrence": occurrence, "qr": newCode, "join": strings.Join, "units": unitsOf, "shortPath": shortPath,
	"msats": func(n int64) string { return sentence(Money{"btc", n}) },
	"limit": func(w Wallet) amount { return readable(Money{w.Currency, *w.Limit}) },
	"held":  func(b Balance) bool { return b.Held.Amount != 0 },
	"available": func(b Balance) amount {
		return readable(Money{b.Total.Currency, b.Total.Amount - b.Held.Amount})
	},
	"isNil":      func(id uuid.UUID) bool { return id == uuid.Nil },
	"directions": func() []string { return []string{"receive", "send"} },
	"statuses": func() []string {
		return []string{"generating", "receiving", "sending", "approved", "completed", "failed", "expired"}
	},
	"tab": func(address, name, section, key, current string) tab {
		return tab{address, name, key, section == current}
	},
	"title": func(text string) string {
		if text == "" {
			return text
		}
		return strings.ToUpper(text[:1]) + text[1:]
	},
}

// parseTemplates reads the template of each page together with the layout and the shared parts. It runs once for all consoles.
var parseTemplates = sync.OnceValue(func() map[string]*template.Template {
	entries, err := files.ReadDir("templates")
	if err != nil {
		panic(err) // the folder is embedded
	}
	shared := template.Must(template.New("").Funcs(functions).ParseFS(files, "templates/shared.html", "templates/layout.html"))
	pages := map[string]*template.Template{}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".html")
		if name == "shared" || name == "layout" {
			continue
		}
		pages[name] = template.Must(template.Must(shared.Clone()).ParseFS(files, path.Join("templates", entry.Name())))
	}
	return pages
})

// isFragment reports whether htmx asks for the live part of a page.
func isFragment(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// seenHeader is the header for the hash of the live part that a page already shows.
const seenHeader = "Console-Seen"

// render writes a page. If htmx asks for the live part, it writes only that, or nothing if the live part has not changed.
func (c *Console) render(w http.ResponseWriter, r *http.Request, name string, p *page) {
	templates := c.templates[name]
	var live bytes.Buffer
	if err := templates.ExecuteTemplate(&live, "live", p); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	hash := fnv.New64a()
	_, _ = hash.Write(live.Bytes()) // never fails
	p.Seen = hex.EncodeToString(hash.Sum(nil))
	if isFragment(r) && r.Header.Get(seenHeader) == p.Seen {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	p.Live, p.Now = template.HTML(live.String()), c.emulator.Now() //nolint:gosec // html/template has written it
	if p.Self == "" {
		p.Self = r.URL.RequestURI()
	}
	part := "layout"
	if isFragment(r) {
		part = "section"
	}
	c.write(w, http.StatusOK, templates, part, p)
}

// write renders the complete template before it sends anything.
func (c *Console) write(w http.ResponseWriter, status int, templates *template.Template, part string, data any) {
	var body bytes.Buffer
	if err := templates.ExecuteTemplate(&body, part, data); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes()) // an error means that the client has closed the connection
}

// notice is the result of a click, or the reason why it had no effect.
type notice struct {
	Text string
	Bad  bool
	Back string // the page to continue with
}

// refuse writes the reason why a request is not carried out.
func (c *Console) refuse(w http.ResponseWriter, r *http.Request, status int, text string) {
	part := "layout"
	if isFragment(r) {
		part = "notice"
	}
	n := notice{Text: text, Bad: true, Back: "/"}
	if part == "notice" {
		c.write(w, status, c.templates["notice"], part, n)
		return
	}
	c.write(w, status, c.templates["notice"], part, &page{Title: "Not possible", Now: c.emulator.Now(), Data: n})
}

// missing writes that an object does not exist.
func (c *Console) missing(w http.ResponseWriter, r *http.Request, what string) {
	c.refuse(w, r, http.StatusNotFound, "This emulator has no such "+what+".")
}

func (c *Console) routePages() {
	for pattern, serve := range map[string]http.HandlerFunc{
		"GET /{$}":                       c.wallets,
		"GET /console/wallets/{id}":      c.wallet,
		"GET /console/payments":          c.payments,
		"GET /console/payments/{id}":     c.payment,
		"GET /console/webhooks":          c.webhooks,
		"GET /console/deliveries/{id}":   c.delivery,
		"GET /console/checkout":          c.sessions,
		"GET /console/requests":          c.requests,
		"GET /console/requests/{number}": c.request,
		"GET /console/faults":            c.faults,
		"GET /console/clock":             c.clock,
	} {
		c.mux.HandleFunc(pattern, serve)
	}
	c.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) { c.missing(w, r, "page") })
}

// pathID returns the ID in the path of a request. If the path has no valid ID, it returns uuid.Nil, which no object has.
func pathID(r *http.Request) uuid.UUID { return idOf(r.PathValue("id")) }

func idOf(text string) uuid.UUID {
	id, err := uuid.Parse(text)
	if err != nil {
		return uuid.Nil
	}
	return id
}

// orderOf returns the part of a list that the address of a page asks for.
func orderOf(r *http.Request) ListOrder {
	query := r.URL.Query()
	return ListOrder{Before: idOf(query.Get("before")), Limit: pageSize, Query: strings.ToLower(strings.TrimSpace(query.Get("q")))}
}

// listOf makes the live part of a page with a list. Last is the cursor after the last row.
func listOf[T any](r *http.Request, rows []T, older bool, last func(T) string) *list[T] {
	query := r.URL.Query()
	l := &list[T]{
		Rows: rows, Query: query.Get("q"),
		Filter: filter{query.Get("wallet"), query.Get("status"), query.Get("direction"), query.Get("webhook")},
	}
	address := func() string {
		for name, values := range query {
			if len(values) == 0 || values[0] == "" {
				query.Del(name)
			}
		}
		return strings.TrimSuffix(r.URL.Path+"?"+query.Encode(), "?")
	}
	if query.Has("before") {
		before := query.Get("before")
		query.Del("before")
		l.Newest = address()
		query.Set("before", before)
	}
	if older && len(rows) > 0 {
		query.Set("before", last(rows[len(rows)-1]))
		l.Older = address()
	}
	return l
}

func (c *Console) wallets(w http.ResponseWriter, r *http.Request) {
	rows, older := c.emulator.Wallets(orderOf(r))
	c.render(w, r, "wallets", &page{
		Title: "Wallets", Section: "wallets", Topics: []string{"wallets"},
		Data: listOf(r, rows, older, func(w Wallet) string { return w.ID.String() }),
	})
}

// ledgerPage is the number of ledger entries on a page of a wallet.
const ledgerPage = 25

func (c *Console) wallet(w http.ResponseWriter, r *http.Request) {
	wallet := c.emulator.Wallet(pathID(r))
	if wallet == nil {
		c.missing(w, r, "wallet")
		return
	}
	skip, err := strconv.Atoi(r.URL.Query().Get("skip"))
	if err != nil || skip < 0 {
		skip = 0
	}
	lines, older := c.emulator.Ledger(wallet.ID, skip, ledgerPage)
	payments, more := c.emulator.Payments(PaymentOrder{ListOrder: ListOrder{Limit: 5}, Wallet: wallet.ID})
	data := struct {
		*Wallet
		Lines    []LedgerLine
		Skip     int
		Older    int // number of entries that the next page skips; 0 on the last page
		Payments []Payment
		More     bool
	}{Wallet: wallet, Lines: lines, Skip: skip, Payments: payments, More: more}
	if older {
		data.Older = skip + ledgerPage
	}
	c.render(w, r, "wallet", &page{Title: wallet.Name, Section: "wallets", Topics: []string{"wallets", "payments"}, Data: data})
}

func (c *Console) payments(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	rows, older := c.emulator.Payments(PaymentOrder{
		ListOrder: orderOf(r), Wallet: idOf(query.Get("wallet")), Status: query.Get("status"), Direction: query.Get("direction"),
	})
	c.render(w, r, "payments", &page{
		Title: "Payments", Section: "payments", Topics: []string{"payments"},
		Data: listOf(r, rows, older, func(p Payment) string { return p.ID.String() }),
	})
}

func (c *Console) payment(w http.ResponseWriter, r *http.Request) {
	payment := c.emulator.Payment(pathID(r))
	if payment == nil {
		c.missing(w, r, "payment")
		return
	}
	deliveries, _ := c.emulator.Deliveries(DeliveryOrder{ListOrder: ListOrder{Limit: pageSize}, Payment: payment.ID})
	c.render(w, r, "payment", &page{
		Title: "Payment " + short(payment.ID), Section: "payments", Topics: []string{"payments", "webhooks"},
		Data: struct {
			*PaymentDetail
			Deliveries []Delivery
		}{payment, deliveries},
	})
}

func (c *Console) webhooks(w http.ResponseWriter, r *http.Request) {
	order := DeliveryOrder{ListOrder: orderOf(r), Webhook: idOf(r.URL.Query().Get("webhook"))}
	rows, older := c.emulator.Deliveries(order)
	c.render(w, r, "webhooks", &page{
		Title: "Webhooks", Section: "webhooks", Topics: []string{"webhooks"},
		Data: struct {
			*list[Delivery]
			Webhooks []Webhook
		}{listOf(r, rows, older, func(d Delivery) string { return d.ID.String() }), c.emulator.Webhooks()},
	})
}

func (c *Console) delivery(w http.ResponseWriter, r *http.Request) {
	delivery := c.emulator.Delivery(pathID(r))
	if delivery == nil {
		c.missing(w, r, "delivery")
		return
	}
	c.render(w, r, "delivery", &page{
		Title: "Delivery " + short(delivery.ID), Section: "webhooks", Topics: []string{"webhooks"}, Data: delivery,
	})
}

func (c *Console) sessions(w http.ResponseWriter, r *http.Request) {
	rows, older := c.emulator.Sessions(orderOf(r))
	c.render(w, r, "sessions", &page{
		Title: "Checkout", Section: "checkout", Topics: []string{"sessions", "payments"},
		Data: listOf(r, rows, older, func(s Session) string { return s.ID.String() }),
	})
}

func (c *Console) requests(w http.ResponseWriter, r *http.Request) {
	before, err := strconv.Atoi(r.URL.Query().Get("before"))
	if err != nil {
		before = 0
	}
	rows, older := c.emulator.Requests(before, pageSize, orderOf(r).Query)
	c.render(w, r, "requests", &page{
		Title: "Requests", Section: "requests", Topics: []string{"requests"},
		Data: listOf(r, rows, older, func(r Request) string { return strconv.Itoa(r.Number) }),
	})
}

func (c *Console) request(w http.ResponseWriter, r *http.Request) {
	number, err := strconv.Atoi(r.PathValue("number"))
	var request *Request
	if err == nil {
		request = c.emulator.Request(number)
	}
	if request == nil {
		c.missing(w, r, "request")
		return
	}
	c.render(w, r, "request", &page{
		Title:   request.Method + " " + request.Path,
		Section: "requests",
		Topics:  []string{"requests"},
		Data:    request,
	})
}

func (c *Console) faults(w http.ResponseWriter, r *http.Request) {
	c.render(w, r, "faults", &page{
		Title: "Faults", Section: "faults", Topics: []string{"faults"},
		Data: struct {
			Faults     []Fault
			Effects    []Effect
			Operations []string
		}{c.emulator.Faults(), c.emulator.Effects(), c.emulator.Operations()},
	})
}

// clock writes the emulator's time in the form that every page shows.
func (c *Console) clock(w http.ResponseWriter, _ *http.Request) {
	c.write(w, http.StatusOK, c.templates["notice"], "clock", &page{Now: c.emulator.Now()})
}
