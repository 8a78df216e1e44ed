package browser

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestStory requests a payment, pays it on the page, and sees on the page that the webhook arrived.
func TestStory(t *testing.T) {
	w := start(t)
	w.webhook(1, "shop")
	tb := w.open(1280, 900, false)
	tb.visit("/")
	tb.shows("#live", "orders-staging")
	tb.shows("#live", "25,000 sats")
	tb.shows("#live", "25,000,000 msats")
	tb.click(`nav a[href="/console/payments"]`)
	tb.shows("h1", "Payments")
	tb.shows("#live", "There are no payments yet")
	id := w.request(1, "Order 1041", 21_000_000)
	tb.shows("#live", "Order 1041") // by itself
	tb.click("#payment-" + id)
	tb.shows("h1", "Order 1041")
	if eval[int](tb, `document.querySelectorAll("svg.qr path").length`) != 1 {
		t.Error("there is no QR code")
	}
	if got := w.status(id); got != "receiving" {
		t.Fatalf("the payment is %v", got)
	}
	tb.click("#pay")
	tb.shows("#notice", "Paid 21,000 sats (21,000,000 msats) to wallet orders-staging.")
	tb.shows(".head .state", "completed")
	if got := w.status(id); got != "completed" {
		t.Errorf("the page says completed, and the API %v", got)
	}
	tb.until("both deliveries have succeeded", `[...document.querySelectorAll("#live .rows tr")].filter((row) =>
		row.innerText.includes("200") && row.innerText.includes("succeeded")).length === 2`)
	w.mu.Lock()
	if got := fmt.Sprint(w.received); got != "[generated completed]" {
		t.Errorf("the receiver got %s", got)
	}
	w.mu.Unlock()
	tb.click("#live .rows a.to")
	tb.shows("#live", "The receiver answered 200")
	tb.shows("#live", "thank you")
	tb.click(`nav a[href="/"]`)
	tb.shows("#live", "46,000 sats")
}

// TestClicks: what the commands do, a click does. Each click has its effect in the API.
func TestClicks(t *testing.T) {
	w := start(t)
	tb := w.open(1280, 900, false)
	wallet := strings.Split(w.environment, "/environments/")[0] + "/wallets/" + orders
	balance := func() any {
		balances, _ := w.call("GET", wallet, nil)["balances"].([]any)
		total, _ := balances[0].(map[string]any)["total"].(map[string]any)
		return total["amount"]
	}
	tb.visit("/console/wallets/" + orders)
	tb.fill("input[name=amount]", "1,000")
	tb.click("#deposit")
	tb.shows("#notice", "1,000 sats (1,000,000 msats) were deposited in orders-staging. The balance is 26,000 sats")
	tb.shows(".figure", "26,000 sats")
	if got := balance(); got != 26e6 {
		t.Errorf("the API says %v", got)
	}
	tb.choose("select[name=unit]", "msats")
	tb.fill("input[name=amount]", "500")
	tb.click("#withdraw")
	tb.shows(".figure", "25,999.500 sats")
	tb.shows("#live", "withdrawn")
	if got := balance(); got != 25_999_500.0 {
		t.Errorf("the API says %v", got)
	}
	allow := tb.expectErrors() // the browser logs every status of 4xx
	tb.fill("input[name=amount]", "99999999999")
	tb.click("#withdraw")
	tb.shows("#notice .bad", "which is less than 99999999999")
	allow()

	// Pay, by pasting an invoice of any amount.
	id := w.request(1, "tip", 0)
	data, _ := w.call("GET", w.environment+"/payments/"+id, nil)["data"].(map[string]any)
	tb.visit("/console/payments")
	tb.click("details.card > summary")
	tb.fill("textarea[name=target]", fmt.Sprint(data["payment_request"]))
	tb.fill("input[name=amount]", "7")
	tb.click("details.card button.primary")
	tb.shows("#notice", "Paid")
	tb.shows("#live .state", "completed")
	if got := w.status(id); got != "completed" {
		t.Errorf("the payment is %v", got)
	}

	// Retry a delivery that failed.
	w.broken = true
	hook := w.webhook(1, "shop")
	w.call("POST", w.environment+"/webhooks/"+hook+"/test", map[string]any{
		"delivery_id": "33333333-0000-4000-8000-000000000001",
		"payload":     map[string]any{"type": "test", "detail": map[string]any{"event": "created", "data": "hello"}},
	})
	delivery := w.environment + "/webhooks/" + hook + "/deliveries/33333333-0000-4000-8000-000000000001"
	tb.visit("/console/webhooks")
	tb.shows("#live", "503")
	tb.shows("#live", "the shop is closed")
	tb.click("#clock-summary") // the later attempts come with time
	tb.click(`button[value="1h"]`)
	tb.shows("#notice", "The clock was moved by 1h.")
	tb.shows("#live", "failed")
	if got := w.call("GET", "/emulator/clock", nil)["ahead"]; got != "1h0m0s" {
		t.Errorf("the clock is %v ahead", got)
	}
	tb.run(chromedp.KeyEvent(kb.Escape))
	w.mu.Lock()
	w.broken = false
	w.mu.Unlock()
	tb.click("#retry-33333333-0000-4000-8000-000000000001")
	tb.shows("#live", "succeeded")
	if got := w.call("GET", delivery, nil)["status"]; got != "succeeded" {
		t.Errorf("the delivery is %v", got)
	}

	// A fault, and none.
	tb.visit("/console/faults")
	tb.shows("#live", "No fault is set")
	tb.choose("#effect", "status")
	tb.fill("input[name=value]", "503")
	tb.choose("select[name=operation]", "get_wallet")
	tb.click("#set-fault")
	tb.shows("#live", "status=503")
	if got := fmt.Sprint(w.call("GET", "/emulator/faults",
		nil)["list"]); got != "[map[effect:status=503 nth:1 operation:get_wallet times:1]]" {
		t.Errorf("the faults are %s", got)
	}
	tb.click("#clear-faults")
	tb.shows("#live", "No fault is set")
	if got := fmt.Sprint(w.call("GET", "/emulator/faults", nil)["list"]); got != "[]" {
		t.Errorf("the faults are %s", got)
	}

	// What was requested, and nothing.
	tb.visit("/console/requests")
	tb.shows("#live", "create_webhook")
	tb.shows("#live", "READ WRITE RECEIVE BILLING")
	tb.click("#live .rows a.to")
	tb.shows("#live", "Permissions")
	if html := eval[string](tb, "document.documentElement.outerHTML"); strings.Contains(html, w.key) {
		t.Error("the page has the key")
	}
	tb.visit("/console/requests")
	tb.click("#forget")
	tb.shows("#live", "No request has come yet")
	if got := fmt.Sprint(w.call("GET", "/emulator/requests", nil)["list"]); got != "[]" {
		t.Errorf("the record has %s", got)
	}
}

// TestCheckout opens a session as its customer, who pays, and goes back to the shop.
func TestCheckout(t *testing.T) {
	w := start(t)
	address := w.session(1, map[string]any{
		"amount": map[string]any{"currency": "btc", "amount": 21_000_000}, "description": "Two mugs",
	})
	tb := w.open(390, 844, false)
	tb.visit(address)
	tb.shows("#session", "Two mugs")
	tb.shows("#session", "21,000 sats")
	tb.shows("#session", "Expires in 59:")
	if eval[int](tb, `document.querySelectorAll("svg.qr").length`) != 1 {
		t.Error("there is no QR code")
	}
	tb.click("#pay")
	tb.shows("#session h1", "Paid")
	payments, _ := w.call("GET", w.environment+"/payments", nil)["items"].([]any)
	if payment, _ := payments[0].(map[string]any); payment["status"] != "completed" {
		t.Errorf("the API says %v", payments)
	}
	tb.until("the customer is back in the shop", `location.pathname === "/thanks"`)

	// The status is live, whoever pays, and the console opens what a shop would.
	w.session(2, map[string]any{"currency": "btc", "description": "A tip"})
	tb = w.open(1280, 900, false)
	tb.visit("/console/checkout")
	tb.click("#open-22222222-0000-4000-8000-000000000002")
	tb.shows("#session", "A tip")
	tb.shows("#session", "Any amount")
	invoice := eval[string](tb, `document.getElementById("invoice").value`)
	w.call("POST", "/emulator/pay", map[string]any{"target": invoice, "msats": 5000})
	tb.shows("#session h1", "Paid")
	tb.shows("#session", "5 sats")

	// Without its token, a session shows nothing.
	address, _, _ = strings.Cut(address, "#")
	tb.visit(address + "#vlt_co_WRONG")
	tb.shows("#session", "cannot be opened")
}

// hostile are texts that would do harm if a page did not escape them.
var hostile = []string{
	`<script>alert("script")</script>`, `"><img src=x onerror=alert('img')>`, `' hx-get='/x' hx-trigger='load`, `{{.}}<svg/onload=alert(1)>`,
	`javascript:alert(1)`,
}

// TestInjection: a text of the API is a text on every page.
func TestInjection(t *testing.T) {
	w := start(t)
	w.broken = true
	organization := strings.Split(w.environment, "/environments/")[0]
	lines, _ := w.call("GET", organization+"/lines_of_credit/summaries", nil)["list"].([]any)
	line, _ := lines[0].(map[string]any)
	paths := []string{"/", "/console/payments", "/console/webhooks", "/console/checkout", "/console/requests", "/console/faults"}
	addresses := []string{}
	for i, text := range hostile {
		w.call("POST", organization+"/wallets", map[string]any{
			"id": fmt.Sprintf("44444444-0000-4000-8000-%012d", i), "environment_id": strings.Split(w.environment, "/environments/")[1],
			"line_of_credit_id": line["id"], "name": text, "network": "mutinynet", "limit": 0, "metadata": map[string]any{text: text},
		})
		hook := w.webhook(i, text)
		w.call("PATCH", w.environment+"/webhooks/"+hook, map[string]any{
			"url": w.receiver.URL + "/?q=" + text, "name": text, "events": []any{map[string]any{"receive": "generated"}},
		})
		id := w.request(i, text, 1000)
		addresses = append(addresses, w.session(i, map[string]any{"currency": "btc", "description": text, "metadata": map[string]any{"a": text}}))
		paths = append(paths, "/console/payments/"+id, fmt.Sprintf("/console/wallets/44444444-0000-4000-8000-%012d", i))
	}
	tb := w.open(1280, 900, false)
	tb.visit("/console/webhooks")
	tb.shows("#live", "the shop is closed")
	paths = append(paths, eval[string](tb, `document.querySelector("#live a[href^='/console/deliveries/']").getAttribute("href")`))
	check := func(path string) {
		t.Helper()
		if n := eval[int](tb, `document.querySelectorAll("img[src=x], main script, svg[onload], [hx-get='/x'], [onerror]").length`); n != 0 {
			t.Errorf("%s: %d elements came from the API", path, n)
		}
	}
	for _, path := range paths {
		tb.visit(path)
		check(path)
	}
	for i, address := range addresses {
		tb.visit(address)
		tb.shows("#session", hostile[i])
		check(address)
	}
	tb.visit("/")
	for _, text := range hostile {
		tb.shows("#live", text)
	}
	for _, q := range hostile { // and so are those of an address
		tb.visit("/console/requests?q=" + urlQuery(q))
		check(q)
	}
}

// TestKeyboard: everything that can be clicked can be reached and used with the keyboard.
func TestKeyboard(t *testing.T) {
	w := start(t)
	id := w.request(1, "Order 1041", 21_000_000)
	tb := w.open(1280, 900, false)
	tb.visit("/")
	press := func(keys string) { tb.run(chromedp.KeyEvent(keys)) }
	for key, title := range map[string]string{
		"2": "Payments", "3": "Webhooks", "4": "Checkout", "5": "Requests", "6": "Faults", "1": "Wallets",
	} {
		press(key)
		tb.shows("h1", title)
		tb.until("live", `document.querySelector(".live.on") !== null`)
	}
	for _, path := range []string{"/", "/console/payments", "/console/payments/" + id, "/console/wallets/" + orders, "/console/faults"} {
		tb.visit(path)
		want := eval[int](tb, `[...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
			.filter((e) => e.checkVisibility() && !e.disabled && e.type !== "hidden").length`)
		seen := map[string]bool{}
		for range want + 5 {
			press(kb.Tab)
			got := eval[string](tb, `(() => { const e = document.activeElement; if (e === document.body) return "";
				window.numbers ??= new Map(); if (!numbers.has(e)) numbers.set(e, numbers.size);
				const style = getComputedStyle(e); return numbers.get(e) + " " + (style.outlineStyle !== "none") })()`)
			if strings.HasSuffix(got, "false") {
				t.Errorf("%s: the focus on %s cannot be seen", path, eval[string](tb, "document.activeElement.outerHTML"))
			}
			if got != "" {
				seen[got] = true
			}
		}
		if len(seen) < want {
			t.Errorf("%s: the keyboard reaches %d of %d", path, len(seen), want)
		}
	}
	tb.visit("/console/payments")
	press("/")
	if got := eval[string](tb, "document.activeElement.name"); got != "q" {
		t.Errorf("/ goes to %q", got)
	}
	tb.run(chromedp.Focus(chromedp.CSS("#payment-" + id)))
	w.request(2, "Order 1042", 1000) // the list is written again under the focus
	tb.shows("#live", "Order 1042")
	if got := eval[string](tb, "document.activeElement.id"); got != "payment-"+id {
		t.Errorf("the focus is lost to %q", got)
	}
	press(kb.Enter)
	tb.shows("h1", "Order 1041")
	tb.run(chromedp.Focus(chromedp.CSS("#pay")))
	press(kb.Enter)
	tb.shows(".head .state", "completed")
	if got := w.status(id); got != "completed" {
		t.Errorf("the payment is %v", got)
	}
}

// TestPhone: nothing is wider than a phone.
func TestPhone(t *testing.T) {
	w := start(t)
	w.webhook(1, "shop with a long name that nobody would choose on purpose")
	id := w.request(1, strings.Repeat("averylongword", 10), 21_000_000)
	address := w.session(1, map[string]any{"currency": "btc", "description": strings.Repeat("averylongword", 10)})
	paths := []string{
		"/", "/console/payments", "/console/payments/" + id, "/console/webhooks", "/console/wallets/" + orders, "/console/requests",
		"/console/requests/1", "/console/checkout", "/console/faults", address,
	}
	for _, width := range []int64{320, 390, 768} {
		tb := w.open(width, 800, width == 390)
		defer tb.close()
		for _, path := range paths {
			tb.visit(path)
			if path == address {
				tb.until("the session", `document.querySelector("svg.qr") !== null`)
			}
			if got := eval[int64](tb, "document.documentElement.scrollWidth"); got > width {
				t.Errorf("%s is %d wide on a screen of %d: %s", path, got, width, eval[string](tb, fmt.Sprintf(
					`[...document.querySelectorAll("main *, header *")].filter((e) => e.getBoundingClientRect().right > %d && !e.closest("nav, pre"))
					.map((e) => e.outerHTML.slice(0, 120)).slice(0, 4).join("\n")`, width)))
			}
		}
	}
}

// TestHiddenTab: a tab that nobody sees gives up its connection, of which a browser has six, and shows everything again when somebody does.
func TestHiddenTab(t *testing.T) {
	w := start(t)
	tb := w.open(1280, 900, false)
	tb.visit("/console/payments")
	hide := func(hidden bool) {
		eval[bool](tb, fmt.Sprintf(`(() => { Object.defineProperty(document, "hidden", { value: %t, configurable: true });
			document.dispatchEvent(new Event("visibilitychange")); return true })()`, hidden))
	}
	hide(true)
	tb.until("the connection is closed", "source.readyState === EventSource.CLOSED")
	w.request(1, "Order 1041", 1000)
	hide(false)
	tb.shows("#live", "Order 1041")
	tb.until("the page is live", "source.readyState === EventSource.OPEN")
}
