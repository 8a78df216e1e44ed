package emulator_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const (
	sessions = environment + "/checkout/sessions"
	shop     = "https://shop.example"
)

// newSession is a request of a session of 15 minutes, with fields replaced or (nil) left out.
func (a *api) newSession(wallet string, change object) object {
	a.mu.Lock()
	defer a.mu.Unlock()
	return changed(object{
		"id": uuid.NewString(), "wallet_id": wallet, "payment_kind": "bolt11", "amount": msats(21_000),
		"expires_at": a.now.Add(15 * time.Minute).Format(time.RFC3339Nano),
	}, change)
}

// session is a session that was made.
type session struct{ id, payment, token string }

func (s session) path() string { return "/checkout/sessions/" + s.id }

func (a *api) session(request object) session {
	a.t.Helper()
	got := a.expect(201, "", "POST", sessions, request)
	text := func(name string) string {
		value, _ := got.get(name).(string)
		return value
	}
	return session{text("id"), text("payment_id"), text("checkout_token")}
}

// openCheckout lets every page use the checkout.
func (a *api) openCheckout() {
	a.emu.SetCheckout(emulator.StagingEnvironmentID, emulator.Checkout{OriginPolicy: "allow_all"})
}

// see reads a session as its page does.
func (a *api) see(s session, status int, kind string) answer {
	a.t.Helper()
	return a.expect(status, kind, "GET", s.path(), nil, "X-Api-Key", "", "Authorization", "Bearer "+s.token, "Origin", shop)
}

// TestSessionOverTime: a session exists at once and its payment later, and paying the payment completes it.
func TestSessionOverTime(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	wallet := a.btcWallet(1_000_000)
	a.openCheckout()
	request := a.newSession(wallet, object{
		"metadata":         object{"table": 4, "note": "<b>", "big": json.Number("9007199254740993")},
		"payment_metadata": object{"order": "7"}, "description": "Two espressos", "redirect_urls": object{"success": shop + "/thanks"},
	})
	got := a.expect(201, "", "POST", sessions, request)
	s := session{got.get("id").(string), got.get("payment_id").(string), got.get("checkout_token").(string)}
	host := strings.TrimSuffix(a.url, "/v1")
	if s.id != request["id"] || !strings.HasPrefix(s.token, "vlt_co_") || got.get("checkout_url") != host+"/checkout/"+s.id+"#"+s.token ||
		got.get("origin_policy") != "allow_all" || got.get("expires_at") != "2026-09-01T10:16:00.123456789Z" {
		t.Errorf("made %s", got.raw)
	}
	early := a.see(s, 202, "")
	if early.header.Get("Retry-After") != "1" || early.header.Get("X-Retry-After-Ms") != "1000" ||
		!strings.Contains(string(early.raw), `"payment":null`) || early.get("metadata", "table") != 4.0 ||
		!strings.Contains(string(early.raw), `"big":9007199254740993`) {
		t.Errorf("at once: %v %s", early.header, early.raw)
	}
	a.expect(404, "payment_not_found", "GET", payments+"/"+s.payment, nil)
	a.pass(time.Second / 4)
	if early := a.see(s, 202, ""); early.header.Get("Retry-After") != "1" || early.header.Get("X-Retry-After-Ms") != "750" {
		t.Errorf("a little later: %v", early.header)
	}
	a.pass(3 * time.Second / 4)
	if seen := a.see(s, 200, ""); seen.get("payment", "status") != "generating" || seen.get("payment", "payment_request") != nil {
		t.Errorf("after a second: %s", seen.raw)
	}
	a.pass(time.Second)
	seen := a.see(s, 200, "")
	if seen.get("payment", "status") != "receiving" || seen.get("payment", "id") != s.payment {
		t.Errorf("after two seconds: %s", seen.raw)
	}
	payment := a.expect(200, "", "GET", payments+"/"+s.payment, nil) // with an API key
	if payment.get("metadata", "order") != "7" || payment.get("data", "memo") != "Two espressos" ||
		payment.get("data", "expiration") != 900.0 || payment.get("data", "payment_request") != seen.get("payment", "payment_request") {
		t.Errorf("its payment is %s", payment.raw)
	}
	if got := a.control("POST", "pay", object{"target": seen.get("payment", "bip21_uri")}); got.status != 200 {
		t.Fatalf("pay: %d %s", got.status, got.raw)
	}
	a.pass(time.Second)
	if seen := a.see(s, 200, ""); seen.get("payment", "status") != "completed" || seen.get("payment", "amount", "amount") != 21_000.0 {
		t.Errorf("paid: %s", seen.raw)
	}
	if money := a.money(wallet); money != "21000 21000 0" {
		t.Errorf("the wallet has %s", money)
	}
	a.pass(15 * time.Minute)
	a.see(s, 401, "invalid_checkout_token")
}

// TestSessionExpires: the payment of a session expires with it, and nobody can see that with the session's token.
func TestSessionExpires(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.openCheckout()
	wallet := a.btcWallet(1_000_000)
	short := a.session(a.newSession(wallet, nil))
	long := a.session(a.newSession(wallet, object{"expires_at": "2026-09-08T10:00:00Z"}))
	a.pass(15*time.Minute - time.Nanosecond)
	a.see(short, 200, "")
	a.pass(time.Nanosecond)
	a.see(short, 401, "invalid_checkout_token")
	if status := a.status(payments + "/" + short.payment); status != "expired" {
		t.Errorf("the payment is %s", status)
	}
	a.pass(24 * time.Hour) // the longest that a payment waits
	if got := a.see(long, 200, ""); got.get("payment", "status") != "expired" {
		t.Errorf("the session of a week shows %s", got.raw)
	}
}

// TestSessionIdempotency: the same order again is the same session, and anything else under its ID is refused.
func TestSessionIdempotency(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.openCheckout()
	wallet := a.btcWallet(1_000_000)
	request := a.newSession(wallet, object{"metadata": object{"a": 1, "b": object{"c": nil}}})
	first := a.session(request)
	for name, same := range map[string]object{
		"the same":         {},
		"nulls":            {"payment_id": nil, "redirect_urls": json.RawMessage("null"), "description": json.RawMessage("null")},
		"empty metadata":   {"payment_metadata": object{}},
		"the currency":     {"currency": "btc"},
		"the unit":         {"amount": object{"currency": "btc", "amount": 21_000, "unit": "msats"}},
		"another order":    {"metadata": json.RawMessage(`{"b":{"c":null},  "a":1}`)},
		"another timezone": {"expires_at": "2026-09-01T12:16:00.123456789+02:00"},
	} {
		if again := a.session(changed(object{}, merge(request, same))); again != first {
			t.Errorf("%s: %+v, want %+v", name, again, first)
		}
	}
	if made := len(a.emu.CheckoutSessions()); made != 1 || len(a.emu.PaymentsJSON()) != 1 {
		t.Errorf("%d sessions, %d payments", made, len(a.emu.PaymentsJSON()))
	}
	for name, other := range map[string]object{
		"amount": {"amount": msats(21_001)}, "any amount": {"amount": nil}, "kind": {"payment_kind": "bip21"},
		"wallet": {"wallet_id": a.btcWallet(5)}, "payment": {"payment_id": first.payment},
		"expiry": {"expires_at": "2026-09-01T10:16:00.123456788Z"}, "description": {"description": "x"},
		"metadata": {"metadata": object{"a": 1}}, "payment metadata": {"payment_metadata": object{"a": "1"}},
		"redirect": {"redirect_urls": object{"failure": "x"}},
	} {
		got := a.expect(409, "idempotency_conflict", "POST", sessions, changed(object{}, merge(request, other)))
		if got.get("error", "context", "session_id") != first.id {
			t.Errorf("%s: %s", name, got.raw)
		}
	}
	second := strings.Replace(sessions, emulator.StagingEnvironmentID.String(), emulator.SecondEnvironmentID.String(), 1)
	a.expect(409, "idempotency_conflict", "POST", second, request, "X-Api-Key", emulator.SecondKey)
	a.pass(time.Hour) // the answer is the same, also where its token opens nothing any longer
	if again := a.session(request); again != first {
		t.Errorf("after an hour: %+v", again)
	}

	fresh := start(t, func(c *emulator.Config) { c.FreshCheckoutTokens = true })
	fresh.openCheckout()
	request = fresh.newSession(fresh.btcWallet(5), nil)
	one, two := fresh.session(request), fresh.session(request)
	if one.token == two.token || one.payment != two.payment {
		t.Errorf("%+v, then %+v", one, two)
	}
	fresh.see(one, 200, "")
	fresh.see(two, 200, "")
}

func usd(cents int) object { return object{"currency": "usd", "amount": cents} }

// merge is an object with the fields of another one over it.
func merge(fields, over object) object {
	merged := object{}
	for name, value := range fields {
		merged[name] = value
	}
	for name, value := range over {
		merged[name] = value
	}
	return merged
}

// TestSessionRefusals: a refusal names the field, and leaves nothing behind.
func TestSessionRefusals(t *testing.T) {
	t.Parallel()
	a := start(t)
	wallet, dollars := a.btcWallet(1_000_000), a.wallet(emulator.StagingUSDLineID, 100)
	used := a.session(a.newSession(wallet, nil))
	deleted := a.btcWallet(1)
	a.expect(202, "", "DELETE", wallets+"/"+deleted, nil)
	many := object{}
	for i := range 51 {
		many[fmt.Sprint(i)] = ""
	}
	asset := object{"currency": "asset:" + emulator.MutinynetAsset, "amount": 5}
	before, id := len(a.emu.PaymentsJSON()), uuid.NewString()
	for name, test := range map[string]struct {
		change object
		field  string
	}{
		"no such wallet":        {object{"wallet_id": uuid.NewString()}, "wallet_id"},
		"a deleted wallet":      {object{"wallet_id": deleted}, "wallet_id"},
		"past":                  {object{"expires_at": "2026-09-01T10:02:00Z"}, "expires_at"},
		"a used payment":        {object{"payment_id": used.payment}, "payment_id"},
		"on-chain, any amount":  {object{"payment_kind": "onchain", "amount": nil}, "amount"},
		"asset, any amount":     {object{"payment_kind": "taprootasset", "amount": nil}, "amount"},
		"any amount of dollars": {object{"amount": nil, "currency": "usd"}, "currency"},
		"two currencies":        {object{"currency": "usd"}, "currency"},
		"dollars on a BTC line": {object{"amount": usd(100)}, "amount"},
		"nothing":               {object{"amount": msats(0)}, "amount"},
		"half a satoshi":        {object{"payment_kind": "onchain", "amount": msats(1500)}, "amount"},
		"an asset by bolt11":    {object{"amount": asset}, "amount"},
		"btc as an asset":       {object{"payment_kind": "taprootasset"}, "amount"},
		"an asset for dollars":  {object{"wallet_id": dollars, "payment_kind": "taprootasset", "amount": asset}, "amount"},
		"any amount, USD line":  {object{"wallet_id": dollars, "amount": nil}, "amount"},
		"much metadata":         {object{"payment_metadata": many}, "payment_metadata"},
		"a long value":          {object{"payment_metadata": object{"a": strings.Repeat("ä", 257)}}, "payment_metadata"},
		"a long name":           {object{"payment_metadata": object{strings.Repeat("ä", 257): ""}}, "payment_metadata"},
	} {
		got := a.expect(400, "invalid_request", "POST", sessions, a.newSession(wallet, merge(object{"id": id}, test.change)))
		if fields := got.get("error", "context", "fields"); fmt.Sprint(fields) != "["+test.field+"]" {
			t.Errorf("%s: %s", name, got.raw)
		}
	}
	for _, kind := range []string{"onchain", "bip21"} {
		if err := a.emu.SwitchFeature(emulator.DefaultOrganizationID, kind, false); err != nil {
			t.Fatal(err)
		}
		got := a.expect(400, "invalid_request", "POST", sessions, a.newSession(dollars, object{"payment_kind": kind, "amount": usd(100)}))
		if fields := got.get("error", "context", "fields"); fmt.Sprint(fields) != "[payment_kind]" {
			t.Errorf("%s: %s", kind, got.raw)
		}
	}
	if after := len(a.emu.PaymentsJSON()); after != before || len(a.emu.CheckoutSessions()) != 1 {
		t.Errorf("a refusal made %d payments, %d sessions", after-before, len(a.emu.CheckoutSessions())-1)
	}
	a.session(a.newSession(wallet, object{"id": id})) // the ID is not used
	a.expect(403, "access_rights", "POST", sessions, a.newSession(wallet, nil), "X-Api-Key", emulator.StagingReadOnlyKey)
	a.expect(403, "access_rights", "POST", sessions, a.newSession(wallet, nil), "X-Api-Key", emulator.SecondKey)
	a.expect(400, "missing_credentials", "POST", sessions, a.newSession(wallet, nil), "X-Api-Key", used.token)
}

// TestSessionKinds: every kind of payment can be behind a session, and paying it completes the session.
func TestSessionKinds(t *testing.T) {
	t.Parallel()
	anyURI := object{"payment_kind": "bip21", "amount": nil, "currency": "btc"}
	dollarURI := object{"payment_kind": "bip21", "amount": usd(300), "currency": "usd"}
	for name, test := range map[string]struct {
		line    uuid.UUID
		change  object
		msats   int64  // for any amount
		amount  string // that the browser sees, before and after it was paid
		request bool   // it has an invoice
	}{
		"bolt11":        {emulator.StagingLineID, nil, 0, "21000 btc, 21000 btc", true},
		"any amount":    {emulator.StagingLineID, object{"amount": nil}, 5000, "none, 5000 btc", true},
		"bip21, any":    {emulator.StagingLineID, anyURI, 5000, "none, 5000 btc", true},
		"on-chain":      {emulator.StagingLineID, object{"payment_kind": "onchain"}, 0, "21000 btc, 21000 btc", false},
		"dollars":       {emulator.StagingUSDLineID, object{"amount": usd(301)}, 0, "301 usd, 301 usd", true},
		"dollars, URI":  {emulator.StagingUSDLineID, dollarURI, 0, "300 usd, 300 usd", true},
		"BTC, USD line": {emulator.StagingUSDLineID, object{"amount": msats(5_000_000)}, 0, "300 usd, 300 usd", true},
		"own payment":   {emulator.StagingLineID, object{"payment_id": "11111111-1111-4111-8111-111111111111"}, 0, "21000 btc, 21000 btc", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			a.openCheckout()
			request := a.newSession(a.wallet(test.line, 100_000), test.change)
			s := a.session(request)
			if id, given := request["payment_id"]; given && s.payment != id {
				t.Errorf("the payment is %s", s.payment)
			}
			a.pass(10 * time.Minute) // longer than a quote that is asked for
			shown := func(got answer) string {
				if got.get("payment", "amount") == nil {
					return "none"
				}
				return fmt.Sprint(got.get("payment", "amount", "amount"), " ", got.get("payment", "amount", "currency"))
			}
			before := a.see(s, 200, "")
			if invoice, _ := before.get("payment", "payment_request").(string); (invoice != "") != test.request {
				t.Errorf("%s", before.raw)
			}
			if err := a.emu.Pay(before.get("payment", "bip21_uri").(string), test.msats); err != nil {
				t.Fatal(err)
			}
			after := a.see(s, 200, "")
			if after.get("payment", "status") != "completed" || shown(before)+", "+shown(after) != test.amount {
				t.Errorf("%s, then %s", before.raw, after.raw)
			}
			payment := a.expect(200, "", "GET", payments+"/"+s.payment, nil)
			if quoted := payment.get("data", "market_quote") != nil; quoted != (test.line == emulator.StagingUSDLineID) {
				t.Errorf("the payment is %s", payment.raw)
			} else if quoted {
				if asked, _ := payment.get("requested_amount", "amount").(float64); asked < 5_000_000 || int(asked)%1000 != 0 {
					t.Errorf("%v msats were asked for", asked)
				}
				id := payment.get("exchanges").([]any)[0].(object)["quote_id"]
				quote := a.expect(200, "", "GET", fmt.Sprint(environment, "/quotes/", id), nil)
				if quote.get("wallet_id") != request["wallet_id"] || quote.get("consumed_at") == nil {
					t.Errorf("its quote is %s", quote.raw)
				}
			}
		})
	}
}

// TestSessionFaults: what a fault does to a session and to the payment behind it.
func TestSessionFaults(t *testing.T) {
	t.Parallel()
	a := start(t, delayed, tolerant)
	a.openCheckout()
	wallet := a.btcWallet(1_000_000)
	a.emu.Inject(emulator.Fault{Operation: "create_session", Effect: emulator.FailAsync{Type: "receive_failed", Code: "x"}})
	s := a.session(a.newSession(wallet, nil))
	a.pass(2 * time.Second)
	if got := a.see(s, 200, ""); got.get("payment", "status") != "failed" {
		t.Errorf("%s", got.raw)
	}
	s = a.session(a.newSession(wallet, nil))
	a.pass(time.Second)
	for _, test := range []struct {
		operation string
		effect    emulator.Effect
		status    int
		kind      string
	}{
		{"get_session", emulator.NotFound{}, 404, "checkout_session_not_found"},
		{"get_session", emulator.Stale{}, 202, ""},
		{"get_session", emulator.Refuse{Status: 409, Type: "unsupported_payment_direction"}, 409, "unsupported_payment_direction"},
		{"get_session", emulator.Refuse{Status: 500, Type: "internal_error"}, 500, "internal_error"},
	} {
		a.emu.Inject(emulator.Fault{Operation: test.operation, Effect: test.effect})
		a.see(s, test.status, test.kind)
	}
	a.emu.Inject(emulator.Fault{Operation: "get_session_allowed_origins", Effect: emulator.NotFound{}})
	a.expect(404, "checkout_session_not_found", "GET", s.path()+"/allowed-origins", nil)
	a.emu.Inject(emulator.Fault{Operation: "get_session_allowed_origins", Effect: emulator.Stale{}})
	if got := a.expect(200, "", "GET", s.path()+"/allowed-origins", nil); got.get("origin_policy") != "deny_all" {
		t.Errorf("a stale read shows %s", got.raw)
	}
	a.emu.Inject(emulator.Fault{Operation: "create_session", Effect: emulator.CutAfter{}})
	request := a.newSession(wallet, nil)
	if got := a.do("POST", sessions, request); got.err == nil {
		t.Errorf("answered %d", got.status)
	}
	a.session(request) // the answer that was lost, once more
	if made := len(a.emu.CheckoutSessions()); made != 3 {
		t.Errorf("%d sessions", made)
	}
}

// TestSessionShapes: the answers have the fields of the fixtures, every one and no other.
func TestSessionShapes(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	a.emu.SetCheckout(emulator.StagingEnvironmentID, emulator.Checkout{OriginPolicy: "allowlist", AllowedOrigins: []string{shop}})
	wallet := a.btcWallet(1_000_000)
	made := a.expect(201, "", "POST", sessions, a.newSession(wallet, object{"metadata": object{"table": 4}}))
	s := session{made.get("id").(string), made.get("payment_id").(string), made.get("checkout_token").(string)}
	anyAmount := a.session(a.newSession(wallet, object{"amount": nil, "metadata": object{"table": 4}}))
	create := func(change object) answer { return a.do("POST", sessions, a.newSession(wallet, change)) }
	trade := func(tokens ...string) answer {
		return a.do("POST", "/checkout/streams", object{"checkout_tokens": tokens}, "Origin", shop)
	}
	look := func(path, token, origin string) answer {
		return a.do("GET", path, nil, "Authorization", "Bearer "+token, "Origin", origin)
	}
	answers := map[string]answer{
		"create_session.response.201.created":                           {raw: made.raw},
		"create_session.response.400.invalid_request":                   create(object{"amount": msats(0)}),
		"create_session.response.409.idempotency_conflict":              create(object{"id": s.id}),
		"create_event_stream_token.response.201.created":                trade(s.token),
		"create_event_stream_token.response.401.invalid_checkout_token": trade(s.token, "x"),
		"get_session.response.202.not-ready":                            a.see(s, 202, ""),
		"get_session.response.401.missing_checkout_token":               a.do("GET", s.path(), nil),
		"get_session.response.401.invalid_checkout_token":               look(s.path(), "vlt_co_x", shop),
		"get_session.response.403.checkout_origin_forbidden":            look(s.path(), s.token, "https://elsewhere.example"),
		"get_session.response.403.checkout_token_forbidden":             look(s.path(), anyAmount.token, shop),
		"get_session.response.404.checkout_session_not_found":           look("/checkout/sessions/"+uuid.NewString(), s.token, shop),
		"get_session_allowed_origins.response.200.allowlist":            a.do("GET", s.path()+"/allowed-origins", nil),
	}
	a.pass(time.Second)
	answers["get_session.response.200.generating"] = a.see(s, 200, "")
	a.pass(time.Second)
	answers["get_session.response.200.receiving"] = a.see(s, 200, "")
	answers["get_session.response.200.any-amount"] = a.see(anyAmount, 200, "")
	for name, got := range answers {
		content, err := os.ReadFile("testdata/fixtures/" + name + ".json")
		var want any
		if err == nil {
			err = json.Unmarshal(content, &want)
		}
		if found := differences("", want, got.get()); err != nil || got.raw == nil || len(found) > 0 {
			t.Errorf("%s: %v: the answer %s: %s", name, err, strings.Join(found, ", "), got.raw)
		}
	}
}
