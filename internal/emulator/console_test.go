package emulator_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	qr "github.com/piglig/go-qr"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// browse calls a page of the console as a browser would, and returns its answer.
func (a *api) browse(method, path string, form url.Values, header ...string) answer {
	a.t.Helper()
	req, err := http.NewRequestWithContext(a.t.Context(), method, strings.TrimSuffix(a.url, "/v1")+path, strings.NewReader(form.Encode()))
	if err != nil {
		a.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	return answer{status: resp.StatusCode, header: resp.Header, raw: raw, err: err}
}

// shows wants a page of the console to have some texts.
func (a *api) shows(path string, texts ...string) string {
	a.t.Helper()
	got := a.browse("GET", path, nil)
	page := string(got.raw)
	if got.status != http.StatusOK {
		a.t.Errorf("%s: %d", path, got.status)
	}
	for _, text := range texts {
		if !strings.Contains(page, text) {
			a.t.Errorf("%s lacks %q:\n%s", path, text, page)
		}
	}
	return page
}

// clicks sends a form as htmx does, and wants the notice to have a text.
func (a *api) clicks(path, notice string, form url.Values) {
	a.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	got := a.browse("POST", path, form, "HX-Request", "true")
	if got.status != http.StatusOK || !strings.Contains(string(got.raw), notice) || strings.Contains(string(got.raw), "<html") {
		a.t.Errorf("POST %s: %d %s, want %q", path, got.status, got.raw, notice)
	}
}

// furnished is an emulator with something of everything that the console shows.
func furnished(t *testing.T) (a *api, wallet, payment string) {
	t.Helper()
	a = start(t)
	wallet = strings.TrimPrefix(a.make(map[string]any{"limit": 5000}), wallets+"/")
	payment = uuid.NewString()
	a.expect(202, "", "POST", payments, map[string]any{
		"id": payment, "wallet_id": wallet, "payment_kind": "bolt11", "amount": map[string]any{"currency": "btc", "amount": 21_000_000},
		"description": "Order <b>1041</b>", "metadata": map[string]any{"cart": `"><script>alert(1)</script>`},
	})
	return a, wallet, payment
}

// TestConsolePages: each page shows what the world has, and the API's texts are texts.
func TestConsolePages(t *testing.T) {
	t.Parallel()
	a, wallet, payment := furnished(t)
	a.shows("/", "staging", "mutinynet", `<b>5</b> <span class="unit">sats</span> <span class="base">5,000 msats</span>`, wallet)
	a.shows("/console/wallets/"+wallet, wallet, "No money has moved yet", "Newest payments")
	a.shows("/console/payments", "Order &lt;b&gt;1041&lt;/b&gt;", "21,000", "21,000,000 msats", "receiving")
	page := a.shows("/console/payments/"+payment, "Order &lt;b&gt;1041&lt;/b&gt;", "&#34;&gt;&lt;script&gt;alert(1)", "lntbs", `class="qr"`)
	for _, markup := range []string{"<b>1041", "<script>alert", "hx-on", "style="} {
		if strings.Contains(page, markup) {
			t.Errorf("the page of the payment has %s:\n%s", markup, page)
		}
	}
	a.shows("/console/webhooks", "There are no webhooks yet")
	a.shows("/console/checkout", "There are no checkout sessions yet")
	a.shows("/console/requests", "create_payment", "READ WRITE RECEIVE BILLING", "202")
	a.shows("/console/requests/2", "create_payment", "21000000", "<dd>staging", "vltg_…ging")
	a.shows("/console/faults", "No fault is set", "create_wallet", "cut-before")
	a.shows("/console/payments?status=completed", "No payment matches")
	a.shows("/console/payments?q=ORDER", payment)
	a.shows("/?q=nothing", "No wallet matches")
	for path, status := range map[string]int{
		"/console/": 303, "/console/nothing": 404, "/console/wallets/" + uuid.NewString(): 404, "/console/payments/x": 404,
		"/console/requests/99": 404, "/console/static/htmx.min.js": 200, "/console/static/": 404,
	} {
		if got := a.browse("GET", path, nil); got.status != status {
			t.Errorf("GET %s: %d, want %d", path, got.status, status)
		}
	}
	if got := a.emu.Count(""); got != 0 {
		t.Errorf("the record has %d requests of the console", got)
	}
}

// TestConsoleClicks: each form has the effect of the command of the same name.
func TestConsoleClicks(t *testing.T) {
	t.Parallel()
	a, wallet, payment := furnished(t)
	balance := func(want int64) {
		t.Helper()
		if got := a.emu.Wallets()[0].Balances; len(got) != 1 || got[0].Amount != want {
			t.Errorf("the wallet has %v, want %d", got, want)
		}
	}
	a.clicks("/console/wallets/"+wallet+"/deposit", "25,000 sats (25,000,000 msats) were deposited in staging. The balance is 25,000 sats",
		url.Values{"amount": {"25,000"}, "unit": {"sats"}})
	balance(25_000_000)
	a.clicks("/console/wallets/"+wallet+"/withdraw", "0.500 sats (500 msats) were withdrawn from staging",
		url.Values{"amount": {"500"}, "unit": {"msats"}})
	balance(24_999_500)
	a.shows("/console/wallets/"+wallet, "deposited", "withdrawn", `−0<span class="rest">.500</span>`, `24,999<span class="rest">.500</span>`)
	a.clicks("/console/payments/"+payment+"/pay", "Paid 21,000 sats (21,000,000 msats) to wallet staging.", nil)
	a.shows("/console/payments/"+payment, "completed")
	balance(45_999_500)

	other := uuid.NewString()
	a.expect(202, "", "POST", payments, map[string]any{
		"id": other, "wallet_id": wallet, "payment_kind": "bolt11", "currency": "btc",
	})
	a.shows("/console/payments", "any amount")
	invoice, _ := a.do("GET", payments+"/"+other, nil).get("data", "payment_request").(string)
	a.clicks("/console/pay", "Paid, as an external payer would.", url.Values{"target": {invoice}, "amount": {"7"}, "unit": {"sats"}})
	if got := a.do("GET", payments+"/"+other, nil).get("status"); got != "completed" {
		t.Errorf("the payment is %v", got)
	}

	a.clicks("/console/faults", "The fault status=503 affects request 2 from now and the one after it, of get_wallet.",
		url.Values{"effect": {"status"}, "value": {"503"}, "operation": {"get_wallet"}, "nth": {"2"}, "times": {"2"}})
	a.shows("/console/faults", "status=503", "request 2 from now and the one after it")
	if got := a.emu.Faults(); len(got) != 1 || got[0].Nth != 2 || got[0].Times != 2 {
		t.Errorf("the faults are %+v", got)
	}
	a.clicks("/console/faults/clear", "No fault is left.", nil)
	if got := a.emu.Faults(); len(got) != 0 {
		t.Errorf("the faults are %+v", got)
	}
	a.clicks("/console/clock", "The clock was moved by 2h.", url.Values{"by": {"2h"}})
	a.clicks("/console/clock", "The clock was moved by 1d.", url.Values{"by": {"1d"}})
	if _, ahead := a.emu.Clock(); ahead != 26*time.Hour {
		t.Errorf("the clock is %s ahead", ahead)
	}
	a.shows("/console/clock", "12:00:00", "2 Sep 2026")
	a.clicks("/console/requests/forget", "The record is empty.", nil)
	if got := a.emu.Requests(); len(got) != 0 {
		t.Errorf("the record has %d requests", len(got))
	}
	for path, test := range map[string]struct {
		form url.Values
		want string
	}{
		"/console/wallets/" + wallet + "/withdraw": {url.Values{"amount": {"99999999"}, "unit": {"sats"}}, "which is less than"},
		"/console/wallets/" + wallet + "/deposit":  {url.Values{"amount": {"1.5"}, "unit": {"sats"}}, "not a whole number above 0"},
		"/console/wallets/" + wallet + "/deposit?x": {
			url.Values{"amount": {"9223372036854775807"}, "unit": {"sats"}},
			"exceeds the largest possible amount",
		},
		"/console/wallets/" + wallet + "/deposit?y":          {url.Values{"unit": {"sats"}}, "Enter the amount"},
		"/console/payments/" + payment + "/pay":              {nil, "cannot be paid"},
		"/console/pay":                                       {url.Values{"target": {"<i>"}}, "is paid by &#34;&lt;i&gt;&#34;"},
		"/console/clock":                                     {url.Values{"by": {"-1h"}}, "is not a duration"},
		"/console/faults":                                    {url.Values{"effect": {"boom"}}, "does not exist; the effects are"},
		"/console/deliveries/" + uuid.NewString() + "/retry": {nil, "There is no delivery"},
	} {
		if test.form == nil {
			test.form = url.Values{}
		}
		got := a.browse("POST", path, test.form, "HX-Request", "true")
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(string(got.raw), test.want) {
			t.Errorf("POST %s: %d %s, want %q", path, got.status, got.raw, test.want)
		}
	}
	// A browser without script gets a page.
	got := a.browse("POST", "/console/faults/clear", url.Values{})
	if page := string(got.raw); got.status != 200 || !strings.Contains(page, "<html") ||
		!strings.Contains(page, `href="/console/faults">Continue`) {
		t.Errorf("without script: %d %s", got.status, page)
	}
}

// TestConsoleDeliveries shows what the receiver answered, and retries.
func TestConsoleDeliveries(t *testing.T) {
	t.Parallel()
	a, _, payment := furnished(t)
	answers := make(chan int, 10)
	answers <- http.StatusBadRequest
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(<-answers)
		fmt.Fprint(w, "<i>closed</i> shared_secret")
	}))
	t.Cleanup(receiver.Close)
	hook := uuid.NewString()
	secret, _ := a.expect(202, "", "POST", environment+"/webhooks", map[string]any{
		"id": hook, "url": strings.Replace(receiver.URL, "http://", "http://user:word@", 1),
		"name": "shop", "events": []any{map[string]any{"receive": "completed"}},
	}).get("shared_secret").(string)
	a.clicks("/console/payments/"+payment+"/pay", "Paid", nil)
	var id string
	until(t, "the first attempt", func() bool {
		match := regexp.MustCompile(`href="/console/deliveries/([^"]+)"`).FindStringSubmatch(a.shows("/console/webhooks", "shop"))
		if match == nil || !strings.Contains(a.shows("/console/deliveries/"+match[1]), "The receiver answered 400") {
			return false
		}
		id = match[1]
		return true
	})
	page := a.shows("/console/deliveries/"+id, "&lt;i&gt;closed&lt;/i&gt;", "receive completed", "attempting", payment, "user:xxxxx@")
	if strings.Contains(page, "/retry") {
		t.Error("a delivery that is still attempted has a button")
	}
	preimage, _ := a.do("GET", payments+"/"+payment, nil).get("data",
		"receipts").([]any)[0].(map[string]any)["data"].(map[string]any)["preimage"].(string)
	if preimage == "" {
		t.Error("the payment has no preimage")
	}
	answers <- http.StatusOK
	a.pass(time.Second)
	until(t, "the second attempt", func() bool { return strings.Contains(a.shows("/console/deliveries/"+id), "The receiver answered 200") })
	answers <- http.StatusNoContent
	a.clicks("/console/deliveries/"+id+"/retry", "is attempted again.", nil)
	until(t, "the retry", func() bool { return strings.Contains(a.shows("/console/deliveries/"+id), "The receiver answered 204") })
	for _, path := range []string{"/console/deliveries/" + id, "/console/webhooks", "/console/payments/" + payment, "/console/requests"} {
		hides(t, path, a.shows(path), secret, preimage, a.key, "word@")
	}
	for number := range len(a.emu.Requests()) {
		path := fmt.Sprintf("/console/requests/%d", number+1)
		hides(t, path, a.shows(path), secret, preimage, a.key)
	}
}

// hides wants a page to have none of some secrets.
func hides(t *testing.T, path, page string, secrets ...string) {
	t.Helper()
	for _, secret := range secrets {
		if secret == "" || strings.Contains(page, secret) {
			t.Errorf("%s shows the secret %q", path, secret)
		}
	}
}

// TestConsoleHidesKeys: a key is shortened wherever it is, also where it does not belong.
func TestConsoleHidesKeys(t *testing.T) {
	t.Parallel()
	a := start(t, tolerant)
	a.do("GET", wallets+"?key="+a.key, nil)
	a.do("POST", wallets, newWallet(map[string]any{"name": a.key}))
	a.do("GET", wallets, nil, "X-Api-Key", "vltg_somebody_elses_real_key")
	a.do("GET", wallets, nil, "X-Api-Key", "short")
	a.do("GET", wallets, nil, "X-Api-Key", "", "Authorization", "Bearer "+emulator.UserToken)
	a.do("GET", wallets, nil, "X-Api-Key", "")
	for _, path := range []string{
		"/console/requests", "/console/requests/1", "/console/requests/2", "/console/requests/3", "/console/requests/4",
	} {
		hides(t, path, a.shows(path), a.key, "vltg_somebody_elses_real_key", "short<", emulator.UserToken)
	}
	a.shows("/console/requests", "vltg_…_key (unknown)", "none", "vltg_…oken")
}

// TestConsoleSecurity: no other site can click, frame the console, use the control endpoints, or read them by giving itself the address of
// the console.
func TestConsoleSecurity(t *testing.T) {
	t.Parallel()
	a, wallet, _ := furnished(t)
	form := url.Values{"amount": {"1"}, "unit": {"sats"}}
	origin := strings.TrimSuffix(a.url, "/v1")
	for name, test := range map[string]struct {
		header []string
		status int
	}{
		"another site":               {[]string{"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"}, 403},
		"another port":               {[]string{"Sec-Fetch-Site", "same-site", "Origin", "http://127.0.0.1:1"}, 403},
		"an old browser":             {[]string{"Origin", "https://evil.example"}, 403},
		"a sandbox":                  {[]string{"Origin", "null"}, 403},
		"the console":                {[]string{"Sec-Fetch-Site", "same-origin", "Origin", origin}, 200},
		"the console, in an old one": {[]string{"Origin", origin}, 200},
		"no browser":                 {nil, 200},
		"a name of somebody":         {[]string{"Host", "evil.example"}, 421},
		"a name of somebody, ported": {[]string{"Host", "evil.example:8080"}, 421},
		"localhost":                  {[]string{"Host", "localhost:8080"}, 200},
		"a container":                {[]string{"Host", "voltage:8080"}, 200},
		"a reserved name":            {[]string{"Host", "host.docker.internal"}, 200},
		"IPv6":                       {[]string{"Host", "[::1]:8080"}, 200},
	} {
		for _, path := range []string{"/console/wallets/" + wallet + "/deposit", "/checkout/" + wallet + "/pay"} {
			if got := a.browse("POST", path, form, test.header...); got.status != test.status {
				t.Errorf("%s: POST %s: %d, want %d", name, path, got.status, test.status)
			}
		}
		// The control endpoints are for programs. They answer with the status 204.
		want := test.status
		if want == 200 {
			want = 204
		}
		if got := a.browse("DELETE", "/emulator/requests", nil, test.header...); got.status != want {
			t.Errorf("%s: DELETE /emulator/requests: %d, want %d", name, got.status, want)
		}
		if test.status == 421 {
			for _, path := range []string{"/", "/emulator/requests", "/console/requests", "/console/events", "/checkout/" + wallet} {
				if got := a.browse("GET", path, nil, test.header...); got.status != 421 || strings.Contains(string(got.raw), wallet) {
					t.Errorf("%s: GET %s: %d", name, path, got.status)
				}
			}
		}
	}
	for _, path := range []string{"/", "/console/payments", "/checkout/" + wallet, "/console/static/console.js"} {
		header := a.browse("GET", path, nil).header
		policy := header.Get("Content-Security-Policy")
		if strings.Contains(policy, "unsafe") || !strings.HasPrefix(policy, "default-src 'none'; script-src 'self'; style-src 'self'") ||
			!strings.Contains(policy, "frame-ancestors 'none'") || !strings.Contains(policy, "form-action 'self'") {
			t.Errorf("%s: the policy is %s", path, policy)
		}
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Access-Control-Allow-Origin": "", "Referrer-Policy": "no-referrer",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", path, name, got, want)
			}
		}
	}
	if got := a.browse("POST", "/console/pay", url.Values{"target": {strings.Repeat("x", 100_000)}}); got.status != 400 {
		t.Errorf("a form of 100 kB: %d", got.status)
	}
}

// TestConsoleCheckout: a token opens its session and no other, and the console opens any.
func TestConsoleCheckout(t *testing.T) {
	t.Parallel()
	a, wallet, _ := furnished(t)
	newSession := func(amount any, expires time.Duration) (id, token string) {
		id = uuid.NewString()
		order := map[string]any{
			"id": id, "wallet_id": wallet, "payment_kind": "bolt11", "expires_at": a.now.Add(expires).Format(time.RFC3339),
			"description": "Two <mugs>", "redirect_urls": map[string]any{
				"success": "https://shop.example/thanks",
				"failure": "https://shop.example/sorry",
			},
		}
		if amount != nil {
			order["amount"] = map[string]any{"currency": "btc", "amount": amount}
		} else {
			order["currency"] = "btc"
		}
		address, _ := a.expect(201, "", "POST", environment+"/checkout/sessions", order).get("checkout_url").(string)
		page, token, _ := strings.Cut(address, "#")
		if want := strings.TrimSuffix(a.url, "/v1") + "/checkout/" + id; page != want {
			t.Errorf("the address is %s, want %s", page, want)
		}
		return id, token
	}
	id, token := newSession(21_000_000, time.Hour)
	other, otherToken := newSession(nil, time.Minute)
	see := func(method, path, token string, form url.Values) string {
		t.Helper()
		got := a.browse(method, path, form, "Checkout-Token", token, "HX-Request", "true")
		if got.status != 200 {
			t.Errorf("%s: %d", path, got.status)
		}
		return string(got.raw)
	}
	page := a.shows("/checkout/"+id, "/checkout/"+id+"/session")
	hides(t, "the page", page, token, "mugs")
	for _, wrong := range []string{"", "vlt_co_WRONG", otherToken} {
		if got := see("GET", "/checkout/"+id+"/session", wrong, nil); !strings.Contains(got, "cannot be opened") ||
			strings.Contains(got, "mugs") {
			t.Errorf("with the token %q: %s", wrong, got)
		}
		if got := see("POST", "/checkout/"+id+"/pay", wrong, url.Values{}); !strings.Contains(got, "cannot be opened") {
			t.Errorf("paid with the token %q: %s", wrong, got)
		}
	}
	session := see("GET", "/checkout/"+id+"/session", token, nil)
	for _, want := range []string{"Two &lt;mugs&gt;", "21,000", `data-left="359`, `class="qr"`, "lntbs"} {
		if !strings.Contains(session, want) {
			t.Errorf("the session lacks %s: %s", want, session)
		}
	}
	if got := see("POST", "/checkout/"+id+"/pay", token, url.Values{}); !strings.Contains(got, "<h1>Paid") ||
		!strings.Contains(got, `href="https://shop.example/thanks"`) {
		t.Errorf("paid: %s", got)
	}
	if got := see("POST", "/checkout/"+other+"/pay", otherToken, url.Values{}); !strings.Contains(got, "give the amount in msats") {
		t.Errorf("paid without an amount: %s", got)
	}
	a.pass(2 * time.Minute)
	if got := see("GET", "/checkout/"+other+"/session", otherToken, nil); !strings.Contains(got, "Expired") ||
		!strings.Contains(got, "shop.example/sorry") {
		t.Errorf("expired: %s", got)
	}
	a.shows("/console/checkout", "Two &lt;mugs&gt;", "completed", "expired", "any amount")
	got := a.browse("POST", "/console/checkout/"+id+"/open", url.Values{})
	if want := "/checkout/" + id + "#" + token; got.status != 303 || got.header.Get("Location") != want {
		t.Errorf("opened %d %s, want %s", got.status, got.header.Get("Location"), want)
	}
	if got := a.browse("POST", "/console/checkout/"+uuid.NewString()+"/open", url.Values{}); got.status != 404 {
		t.Errorf("opened one that does not exist: %d", got.status)
	}
}

// TestConsoleQR: the QR code says what a payer needs, and a reader reads it.
func TestConsoleQR(t *testing.T) {
	t.Parallel()
	a, _, payment := furnished(t)
	invoice, _ := a.do("GET", payments+"/"+payment, nil).get("data", "payment_request").(string)
	page := a.shows("/console/payments/" + payment)
	path := regexp.MustCompile(`viewBox="0 0 (\d+) \d+".*<path d="([^"]+)"`).FindStringSubmatch(page)
	if path == nil {
		t.Fatalf("no code: %s", page)
	}
	want, err := qr.EncodeText("LIGHTNING:"+strings.ToUpper(invoice), qr.Low)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(want.Size() + 8); path[1] != got {
		t.Errorf("the code has %s modules, want %s", path[1], got)
	}
	dark := 0
	for y := range want.Size() {
		for x := range want.Size() {
			if want.Module(x, y) {
				dark++
			}
		}
	}
	drawn := 0
	for _, run := range regexp.MustCompile(`h(\d+)v`).FindAllStringSubmatch(path[2], -1) {
		var n int
		_, _ = fmt.Sscan(run[1], &n)
		drawn += n
	}
	if dark != drawn {
		t.Errorf("%d modules are drawn, want %d", drawn, dark)
	}
}

// TestConsoleParts: htmx gets the live part alone, and nothing where that is the same as before.
func TestConsoleParts(t *testing.T) {
	t.Parallel()
	a, _, _ := furnished(t)
	part := a.browse("GET", "/console/payments", nil, "HX-Request", "true")
	seen := regexp.MustCompile(`"Console-Seen":"([0-9a-f]+)"`).FindSubmatch(part.raw)
	if part.status != 200 || seen == nil || strings.Contains(string(part.raw), "<html") ||
		!strings.HasPrefix(string(part.raw), `<section id="live"`) {
		t.Fatalf("%d %s", part.status, part.raw)
	}
	if got := a.browse("GET", "/console/payments", nil, "HX-Request", "true", "Console-Seen", string(seen[1])); got.status != 204 {
		t.Errorf("the same part again: %d", got.status)
	}
	a.pass(2 * time.Hour) // the payment expires
	if got := a.browse("GET", "/console/payments", nil, "HX-Request", "true", "Console-Seen", string(seen[1])); got.status != 200 ||
		!strings.Contains(string(got.raw), "expired") {
		t.Errorf("another part: %d %s", got.status, got.raw)
	}
}

// TestConsoleEvents: a page is told what has changed, and not more often than it can bear.
func TestConsoleEvents(t *testing.T) {
	t.Parallel()
	a, wallet, payment := furnished(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, _ := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(a.url, "/v1")+"/console/events", nil)
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%v, %v", resp, err)
	}
	defer resp.Body.Close()
	events := make(chan string, 1000)
	go func() {
		scanner := bufio.NewScanner(resp.Body)
		for scanner.Scan() {
			if name, found := strings.CutPrefix(scanner.Text(), "event: "); found {
				events <- name
			}
		}
		close(events)
	}()
	await := func(what string, names ...string) {
		t.Helper()
		for _, name := range names {
			select {
			case got := <-events:
				if got != name {
					t.Errorf("%s: told of %s, want %s", what, got, name)
				}
			case <-ctx.Done():
				t.Fatalf("%s: not told of %s", what, name)
			}
		}
	}
	await("at first", "wallets", "payments", "webhooks", "sessions", "requests", "faults", "clock")
	if err := a.emu.Deposit(uuid.MustParse(wallet), "btc", 5); err != nil {
		t.Fatal(err)
	}
	await("a deposit", "wallets")
	a.do("GET", wallets, nil)
	await("a request", "requests")
	a.emu.Inject(emulator.Fault{Operation: "get_wallet", Effect: emulator.CutBefore{}})
	await("a fault", "faults")
	a.clicks("/console/payments/"+payment+"/pay", "Paid", nil)
	await("a payment", "wallets", "payments")
	a.pass(2 * time.Hour)
	until(t, "nothing is left", func() bool { return len(events) == 0 })
	began := time.Now()
	for range 100 {
		_ = a.emu.Deposit(uuid.MustParse(wallet), "btc", 5)
		time.Sleep(5 * time.Millisecond)
	}
	time.Sleep(300 * time.Millisecond)
	if got, most := len(events), int(time.Since(began)/(250*time.Millisecond))+1; got == 0 || got > most {
		t.Errorf("100 deposits were told %d times, want at most %d", got, most)
	}
	a.stop()
	for range events { // ends with the emulator
	}
	if ctx.Err() != nil {
		t.Error("the stream does not end with the emulator")
	}
}
