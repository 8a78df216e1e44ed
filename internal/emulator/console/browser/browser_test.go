package browser

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// program is the emulator that the tests run, and chromium the browser, which all tests share.
var (
	program  string
	chromium context.Context
)

func TestMain(m *testing.M) {
	code, err := prepare(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// prepare builds the emulator, starts the browser, and runs the tests.
func prepare(m *testing.M) (int, error) {
	folder, err := os.MkdirTemp("", "voltage-browser-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	program = filepath.Join(folder, "voltage-emulator")
	build := exec.Command("go", "build", "-o", program, "./internal/cmd/voltage-emulator")
	build.Dir, build.Stderr = filepath.Join("..", "..", "..", ".."), os.Stderr
	if err := build.Run(); err != nil {
		return 1, fmt.Errorf("building the emulator: %w", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.UserDataDir(filepath.Join(folder, "profile")))
	allocator, stop := chromedp.NewExecAllocator(context.Background(), options...)
	defer stop()
	var cancel context.CancelFunc
	chromium, cancel = chromedp.NewContext(allocator)
	defer cancel()
	if err := chromedp.Do(chromium); err != nil {
		return 1, fmt.Errorf("starting Chromium, which Debian's package chromium installs: %w", err)
	}
	return m.Run(), nil
}

// The objects of the seed.
const (
	orders = "6f1c2a30-5b7d-4e8f-9a01-2b3c4d5e6f70"
	seed   = `{"organizations":[{"name":"Acme","environments":[{"name":"staging",
		"lines_of_credit":[{"network":"mutinynet","limit":100000000000},{"network":"mutinynet","currency":"usd","limit":10000000}],
		"wallets":[
			{"id":"` + orders + `","name":"orders-staging","network":"mutinynet","limit":100000000,"balances":[{"amount":25000000}],
				"metadata":{"team":"payments"}},
			{"name":"invoices-usd","network":"mutinynet","currency":"usd","limit":50000,"balances":[{"amount":123456}]},
			{"name":"donations","network":"testnet3","balances":[{"amount":1234567}]}]}],
		"keys":[{"secret":"vltg_emulator_browser_tests"},{"secret":"vltg_emulator_read_only_key","permissions":["read"]}]}]}`
)

// world is an emulator, with a receiver of webhooks beside it.
type world struct {
	t           *testing.T
	origin      string // where the emulator is, without a path
	environment string // the path of its environment
	key         string
	receiver    *httptest.Server

	mu       sync.Mutex
	received []string // events
	broken   bool     // the receiver refuses
}

// start runs an emulator until the test ends.
func start(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	folder := t.TempDir()
	exports, seedFile := filepath.Join(folder, "exports"), filepath.Join(folder, "world.json")
	if err := os.WriteFile(seedFile, []byte(seed), 0o600); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	command := exec.CommandContext(ctx, program, "-listen", "127.0.0.1:0", "-exports", exports, "-seed", seedFile)
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		_ = command.Wait()
	})
	values := map[string]string{}
	for began := time.Now(); values["VOLTAGE_ENVIRONMENT_ID"] == ""; time.Sleep(10 * time.Millisecond) {
		if time.Since(began) > 10*time.Second {
			t.Fatal("the emulator does not start")
		}
		content, _ := os.ReadFile(exports)
		for line := range strings.Lines(string(content)) {
			name, value, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "export "), "=")
			values[name] = value
		}
	}
	w.origin, w.key = strings.TrimSuffix(values["VOLTAGE_API_URL"], "/v1"), values["VOLTAGE_API_KEY"]
	w.environment = "/v1/organizations/" + values["VOLTAGE_ORGANIZATION_ID"] + "/environments/" + values["VOLTAGE_ENVIRONMENT_ID"]
	w.receiver = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.mu.Lock()
		defer w.mu.Unlock()
		if w.broken {
			http.Error(rw, "<b>the shop is closed</b>", http.StatusServiceUnavailable)
			return
		}
		var event struct{ Detail struct{ Event string } }
		_ = json.Unmarshal(body, &event)
		w.received = append(w.received, event.Detail.Event)
		fmt.Fprint(rw, "thank you")
	}))
	t.Cleanup(w.receiver.Close)
	return w
}

// call calls the API or the control endpoints, and returns the answer.
func (w *world) call(method, path string, body any) map[string]any {
	w.t.Helper()
	content, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	req, err := http.NewRequest(method, w.origin+path, bytes.NewReader(content))
	if err != nil {
		w.t.Fatal(err)
	}
	if body == nil {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	req.Header.Set("X-Api-Key", w.key)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		w.t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
	}
	var value any
	_ = json.Unmarshal(answer, &value)
	if object, ok := value.(map[string]any); ok {
		return object
	}
	return map[string]any{"list": value}
}

// request requests a payment, and returns its ID.
func (w *world) request(n int, description string, msats int64) string {
	w.t.Helper()
	id := fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	order := map[string]any{"id": id, "wallet_id": orders, "payment_kind": "bolt11", "description": description}
	if msats > 0 {
		order["amount"] = map[string]any{"currency": "btc", "amount": msats}
	} else {
		order["currency"] = "btc"
	}
	w.call("POST", w.environment+"/payments", order)
	return id
}

// webhook makes a webhook that calls the receiver.
func (w *world) webhook(n int, name string) string {
	w.t.Helper()
	id := fmt.Sprintf("11111111-0000-4000-8000-%012d", n)
	w.call("POST", w.environment+"/webhooks", map[string]any{
		"id": id, "url": w.receiver.URL + "/hook", "name": name,
		"events": []any{map[string]any{"receive": "completed"}, map[string]any{"receive": "generated"}},
	})
	return id
}

func (w *world) status(payment string) any {
	return w.call("GET", w.environment+"/payments/"+payment, nil)["status"]
}

// session makes a session of the checkout, and returns its address.
func (w *world) session(n int, order map[string]any) string {
	w.t.Helper()
	request := map[string]any{
		"id": fmt.Sprintf("22222222-0000-4000-8000-%012d", n), "wallet_id": orders, "payment_kind": "bolt11",
		"expires_at":    time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
		"redirect_urls": map[string]any{"success": w.receiver.URL + "/thanks", "failure": w.receiver.URL + "/sorry"},
	}
	for name, value := range order {
		request[name] = value
	}
	return fmt.Sprint(w.call("POST", w.environment+"/checkout/sessions", request)["checkout_url"])
}

// tab is a tab of the browser. A test fails where its page writes an error to the browser's console, or opens a dialog.
type tab struct {
	*world
	ctx   context.Context
	close func()

	guard    sync.Mutex
	tolerate bool // an error is expected
}

// open opens a tab of a size, in the dark or not.
func (w *world) open(width, height int64, dark bool) *tab {
	w.t.Helper()
	ctx, cancel := chromedp.NewContext(chromium)
	w.t.Cleanup(cancel)
	tb := &tab{world: w, ctx: ctx, close: cancel}
	if err := chromedp.Listen(ctx, tb.watch); err != nil {
		w.t.Fatal(err)
	}
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	tb.run(chromedp.EmulateViewport(width, height), chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		if _, err := cdp.Call(ctx, t, log.Enable, cdp.Empty{}); err != nil {
			return err
		}
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
	return tb
}

func (tb *tab) watch(event any) {
	problem := ""
	switch event := event.(type) {
	case *log.EventEntryAdded:
		if event.Entry.Level == log.EntryLevelError || event.Entry.Level == log.EntryLevelWarning {
			problem = event.Entry.Text + " " + event.Entry.URL
		}
	case *runtime.EventConsoleAPICalled:
		if event.Type == runtime.ConsoleAPICalledTypeError || event.Type == runtime.ConsoleAPICalledTypeWarning {
			problem = fmt.Sprint("console: ", event.Args)
		}
	case *runtime.EventExceptionThrown:
		problem = event.ExceptionDetails.Text
	case *page.EventJavascriptDialogOpening:
		problem = "a dialog: " + event.Message
	}
	tb.guard.Lock()
	defer tb.guard.Unlock()
	if problem != "" && !tb.tolerate {
		tb.t.Errorf("the browser says: %s", problem)
	}
}

// expectErrors lets the browser write errors until the returned function is called.
func (tb *tab) expectErrors() func() {
	set := func(tolerate bool) {
		tb.guard.Lock()
		defer tb.guard.Unlock()
		tb.tolerate = tolerate
	}
	set(true)
	return func() { set(false) }
}

func (tb *tab) run(steps ...chromedp.Action[chromedp.Void]) {
	tb.t.Helper()
	ctx, cancel := context.WithTimeout(tb.ctx, 20*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		tb.t.Fatalf("%v; the page says:\n%s", err, tb.text("body"))
	}
}

// visit opens a page of the emulator, and waits until it is live.
func (tb *tab) visit(path string) {
	tb.t.Helper()
	address := path
	if !strings.HasPrefix(path, "http") {
		address = tb.origin + path
	}
	tb.run(chromedp.Navigate(address))
	if !strings.Contains(path, "/checkout/2") {
		tb.until("the page is live", `document.querySelector(".live.on") !== null`)
	}
}

// eval evaluates an expression of the page. The page's policy does not forbid it: it does not come from the page.
func eval[T any](tb *tab, expression string) T {
	tb.t.Helper()
	value, err := chromedp.Run(tb.ctx, chromedp.Evaluate[T](expression))
	if err != nil {
		tb.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// text is the text of an element as a person sees it, empty for none.
func (tb *tab) text(selector string) string {
	text, _ := chromedp.Run(tb.ctx, chromedp.Evaluate[string](fmt.Sprintf("document.querySelector(%q)?.innerText ?? ''", selector)))
	return text
}

// until waits until an expression of the page is true, and returns how long that took.
func (tb *tab) until(what, expression string) time.Duration {
	tb.t.Helper()
	began := time.Now()
	var err error
	for time.Since(began) < 10*time.Second {
		var value bool
		if value, err = chromedp.Run(tb.ctx, chromedp.Evaluate[bool](expression)); err == nil && value {
			return time.Since(began)
		}
		time.Sleep(5 * time.Millisecond)
	}
	tb.t.Fatalf("not within ten seconds: %s (%v); hidden: %t; the page says:\n%s", what, err, eval[bool](tb, "document.hidden"),
		tb.text("body"))
	return 0
}

// shows waits until an element shows a text.
func (tb *tab) shows(selector, text string) {
	tb.t.Helper()
	tb.until(selector+" shows "+text, fmt.Sprintf("(document.querySelector(%q)?.innerText ?? '').includes(%q)", selector, text))
}

func (tb *tab) click(selector string) {
	tb.t.Helper()
	tb.run(chromedp.Click(chromedp.CSS(selector)))
}

// fill replaces the value of a field.
func (tb *tab) fill(selector, value string) {
	tb.t.Helper()
	eval[bool](tb, fmt.Sprintf(`(() => { document.querySelector(%q).value = ""; return true })()`, selector))
	tb.run(chromedp.SendKeys(chromedp.CSS(selector), value))
}

// choose chooses an option of a select.
func (tb *tab) choose(selector, value string) {
	tb.t.Helper()
	eval[bool](tb, fmt.Sprintf(`(() => { const s = document.querySelector(%q); s.value = %q;
		s.dispatchEvent(new Event("change", { bubbles: true })); return s.value === %q })()`, selector, value, value))
}

// waitFor waits for something outside the browser.
func waitFor(t *testing.T, what string, happened func() error) {
	t.Helper()
	err := errors.New("not tried")
	for began := time.Now(); time.Since(began) < 10*time.Second; time.Sleep(10 * time.Millisecond) {
		if err = happened(); err == nil {
			return
		}
	}
	t.Fatalf("%s: %v", what, cmp.Or(err, errors.New("never")))
}
