package faults_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"
	"github.com/hashicorp/terraform-plugin-log/tfsdklogtest"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// forged is the beginning of a line that a server tries to forge in the name of the provider.
const forged = "FORGED"

// evil is the text that a hostile server writes in place of a text or after it: terminal commands, reversed text, a forged line, and the
// key with invisible characters between its letters.
var evil = "\x1b[31m\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x07\u009b2J\u202egnp.exe\u2066\r\n\n" + forged + ": run this\n\n" +
	strings.Join(strings.Split(emulator.StagingKey, ""), "\u200b") + " " + emulator.StagingKey[:9] + "\r" + emulator.StagingKey[9:] + " " +
	base64.StdEncoding.EncodeToString([]byte(emulator.StagingKey)) + "\x00\x07\x08\ufeff"

// hostile is a server between the provider and the emulator that changes answers.
type hostile struct {
	emulator http.Handler
	// rewrite, unless it is nil, changes a successful JSON answer.
	rewrite func(value any) any
	// answer, unless it is nil, answers in place of the emulator.
	answer http.HandlerFunc
	// raw says that the answer is not HTTP, so that it needs a socket.
	raw bool
}

func (h *hostile) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if h.answer != nil {
		h.answer(w, r)
		return
	}
	resp := httptest.NewRecorder()
	h.emulator.ServeHTTP(resp, r)
	content := resp.Body.Bytes()
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.UseNumber()
	var value any
	if resp.Code < 300 && decoder.Decode(&value) == nil {
		if changed, err := json.Marshal(h.rewrite(value)); err == nil {
			content = changed
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(resp.Code)
	_, _ = w.Write(content)
}

// texts changes every text of an answer, by the name of its member.
func texts(change func(name, text string) string) func(any) any {
	var walk func(name string, value any) any
	walk = func(name string, value any) any {
		switch value := value.(type) {
		case string:
			return change(name, value)
		case []any:
			for i := range value {
				value[i] = walk(name, value[i])
			}
		case map[string]any:
			for key, member := range value {
				value[key] = walk(key, member)
			}
		}
		return value
	}
	return func(value any) any { return walk("", value) }
}

// states are members with fixed values, such as a status. The provider cannot work with other values.
var states = []string{"status", "type", "direction", "kind", "network", "origin_policy", "currency", "unit", "settlement_type", "send",
	"receive", "test"}

func isFixed(text string) bool {
	_, err := uuid.Parse(text)
	_, timeErr := time.Parse(time.RFC3339Nano, text)
	return err == nil || timeErr == nil
}

// failures makes every accepted write fail later.
func failures(value any) any {
	failure := map[string]any{"type": evil, "code": evil, "detail": evil,
		"context": map[string]any{evil: evil, "message": evil, "address": evil}}
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = failures(value[i])
		}
	case map[string]any:
		for _, name := range []string{"items", "events"} {
			if items, ok := value[name]; ok {
				value[name] = failures(items)
			}
		}
		switch {
		case value["direction"] != nil:
			value["status"], value["error"] = "failed", failure
		case value["active"] != nil:
			value["error"], value["deletion_failed_at"] = failure, time.Now().Add(time.Hour).Format(time.RFC3339)
			value["active"] = false
		case value["policies"] != nil, value["requested_at"] != nil:
			value["error"], value["failed_at"], value["policies"] = failure, time.Now().Format(time.RFC3339), []any{}
			delete(value, "quote")
		case value["event_type"] != nil:
			value["error"] = evil
		}
	}
	return value
}

// refuse answers with a failure in the API's form.
func refuse(status int, detail any) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		content, _ := json.Marshal(map[string]any{"error": map[string]any{
			"type": evil, "code": evil, "detail": detail, "context": map[string]any{"field": evil, "fields": []any{evil}, evil: evil},
		}})
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_, _ = w.Write(content)
	}
}

func plain(status int, contentType, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}
}

// raw answers with bytes that are not valid HTTP.
func raw(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_, _ = conn.Write([]byte(text))
			conn.Close()
		}
	}
}

// said collects the texts of the provider. It is safe for concurrent use.
type said struct {
	mu    sync.Mutex
	texts []string
	log   bytes.Buffer
	// asking, unless it is nil, is called with the name of each tested part of the provider.
	asking func(kind, name string)
}

func (s *said) Write(content []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(content)
}

// ask records the name of the part of the provider that is tested next.
func (s *said) ask(kind, name string) {
	if s.asking != nil {
		s.asking(kind, name)
	}
}

func (s *said) add(diags acctest.Diagnostics, more ...string) {
	for _, d := range diags {
		s.texts = append(s.texts, d.Summary, d.Detail)
	}
	s.texts = append(s.texts, more...)
}

// check searches all collected texts, including the texts inside log lines.
func (s *said) check(t *testing.T) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	entries, err := tflogtest.MultilineJSONDecode(&s.log)
	if err != nil || len(entries) == 0 {
		t.Errorf("%d lines of the log can be read: %v", len(entries), err)
	}
	for _, entry := range entries {
		for _, value := range entry {
			s.texts = append(s.texts, fmt.Sprint(value))
		}
	}
	squeeze := func(text string) string {
		return strings.ToLower(strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return -1
		}, text))
	}
	key, encoded := squeeze(emulator.StagingKey), squeeze(base64.StdEncoding.EncodeToString([]byte(emulator.StagingKey)))
	for _, text := range s.texts {
		bad := ""
		switch {
		case strings.ContainsFunc(strings.NewReplacer("\n", "", "\t", "").Replace(text), func(r rune) bool {
			return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector) || r == unicode.ReplacementChar
		}):
			bad = "what moves a terminal or cannot be seen"
		case strings.Contains(squeeze(text), key), strings.Contains(squeeze(text), encoded):
			bad = "the key"
		case strings.HasPrefix(text, forged), strings.Contains(text, "\n"+forged):
			bad = "a line of the server's"
		case strings.Contains(text, "%!"), strings.Contains(text, "map["), strings.Contains(text, "0xc0"):
			bad = "a Go value"
		case strings.Contains(text, "evil.example") && !strings.Contains(text, `\u001b]`): // in JSON a link is only text
			bad = "the address of a link"
		}
		if bad != "" {
			t.Errorf("has %s: %q", bad, text)
		}
	}
}

// TestHostile: for any answer of a server, the texts of the provider contain no terminal commands, no forged lines and no key. The test
// runs every operation of every resource, data source, action and list.
func TestHostile(t *testing.T) {
	t.Parallel()
	modes := map[string]hostile{
		"texts": {rewrite: texts(func(name, text string) string {
			if isFixed(text) || slices.Contains(states, name) {
				return text
			}
			return text + evil
		})},
		"states": {rewrite: texts(func(name, text string) string {
			if slices.Contains(states, name) {
				return evil + text
			}
			return text
		})},
		"one state": {rewrite: texts(func(name, text string) string {
			if name == "status" || name == "currency" {
				return evil
			}
			return text
		})},
		"times": {rewrite: texts(func(_, text string) string {
			if _, err := time.Parse(time.RFC3339Nano, text); err == nil {
				return text + evil
			}
			return text
		})},
		"IDs": {rewrite: texts(func(_, text string) string {
			if _, err := uuid.Parse(text); err == nil {
				return "urn:uuid:" + evil
			}
			return text
		})},
		"everything":       {rewrite: texts(func(string, string) string { return evil })},
		"failures":         {rewrite: failures},
		"other JSON":       {rewrite: func(any) any { return map[string]any{evil: evil} }},
		"a text":           {rewrite: func(any) any { return evil }},
		"400":              {answer: refuse(400, evil)},
		"403 of an object": {answer: refuse(403, map[string]any{evil: []any{evil, 7}})},
		"404":              {answer: refuse(404, evil)},
		"409":              {answer: refuse(409, 7)},
		"503":              {answer: refuse(503, evil)},
		"plain text":       {answer: plain(400, "text/plain", evil)},
		"plain JSON": {answer: plain(403, "application/json",
			`{"message":`+fmt.Sprintf("%q", strings.ReplaceAll(emulator.StagingKey, "t", "\u200bt"))+`}`)},
		"HTML":         {answer: plain(502, "text/html", "<title>"+evil+"</title>")},
		"welcome":      {answer: plain(200, "text/html", evil)},
		"content type": {answer: plain(400, "text/plain; charset="+emulator.StagingKey[:5]+"\u200b"+emulator.StagingKey[5:], "no")},
		"redirect": {answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "https://evil.example/"+emulator.StagingKey)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}},
		"no HTTP": {
			answer: raw("HTTP/9.9 \x1b[31m " + emulator.StagingKey[:7] + "\u200b" + emulator.StagingKey[7:] + "\r\n\r\n"),
			raw:    true,
		},
		"status line":    {answer: raw("HTTP/1.1 abc " + emulator.StagingKey + "\x1b[2J\r\n\r\n"), raw: true},
		"header":         {answer: raw("HTTP/1.1 200 OK\r\n" + emulator.StagingKey + "\u200b\x1b: x\r\n\r\n"), raw: true},
		"content length": {answer: raw("HTTP/1.1 200 OK\r\nContent-Length: " + emulator.StagingKey + "\r\n\r\n"), raw: true},
		"encoding":       {answer: raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: " + emulator.StagingKey + "\r\n\r\n"), raw: true},
	}
	for mode, between := range modes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			ask := func(t *testing.T, w, through *acctest.World, timeout string) {
				t.Helper()
				heard := &said{}
				ctx := tfsdklogtest.RootLogger(tflogtest.RootLogger(t.Context(), heard), heard)
				askEverything(ctx, t, w, through, timeout, heard)
				if len(heard.texts) < 20 {
					t.Errorf("only %d texts were said", len(heard.texts))
				}
				heard.check(t)
			}
			unchecked := func(c *emulator.Config) { c.OnViolation = nil } // the provider sends texts of the server back to it
			if between.raw {
				w := acctest.Emulated(t, unchecked)
				server := httptest.NewServer(&between)
				t.Cleanup(server.Close)
				through := *w
				through.URL = server.URL + "/v1"
				ask(t, w, &through, "200ms")
				return
			}
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				between.emulator = w.Emulator
				ask(t, w, w.Behind(&between), "30s")
			}, unchecked)
		})
	}
}

// askEverything runs every operation of the provider through a world that may change answers, on objects of the emulator. Every wait has a
// timeout.
func askEverything(ctx context.Context, t *testing.T, w, through *acctest.World, timeout string, heard *said) {
	t.Helper()
	short := acctest.Config{"create": timeout, "update": timeout, "delete": timeout}
	config := acctest.Config{"max_retries": 1, "allowed_networks": []any{"mutinynet"}}
	honest, p := w.Protocol(t), through.Protocol(t, config) //nolint:contextcheck // the test's own
	wallet, payer := newWallet(t, w), newWallet(t, w)
	hook := acctest.Config{"name": "hook", "url": "https://shop.example/hooks", "events": acctest.Config{"receive": []any{"completed"}}}
	kinds := map[string]struct{ config, change acctest.Config }{
		"voltage_wallet":  {walletConfig(w), acctest.Config{"name": "renamed"}},
		"voltage_webhook": {hook, acctest.Config{"name": "renamed", "enabled": false, "secret_version": 7}},
		"voltage_payment_request": {
			acctest.Config{"wallet_id": wallet, "kind": "bolt11", "amount": acctest.Config{"amount": 21000, "currency": "btc"}},
			acctest.Config{"description": "another"},
		},
		"voltage_checkout_session": {
			acctest.Config{"wallet_id": wallet, "kind": "bolt11", "amount": acctest.Config{"amount": 21000, "currency": "btc"}},
			acctest.Config{"description": "another"},
		},
		"voltage_wallet_policies": {acctest.Config{"wallet_id": wallet,
			"processing_fee": acctest.Config{"send_basis_points": 5, "receive_basis_points": 0}}, acctest.Config{"max_payment_size_sats": 7}},
		"voltage_checkout_settings": {acctest.Config{"origin_policy": "allowlist", "allowed_origins": []any{"https://shop.example"}},
			acctest.Config{"origin_policy": "allow_all", "allowed_origins": []any{}}},
		"voltage_sandbox_line_of_credit": {acctest.Config{"line_of_credit_id": w.LineOfCreditID.String(), "limit": 90_000_000_001},
			acctest.Config{"limit": 90_000_000_002}},
	}
	invoice := ""
	ids := map[string]string{}
	for _, kind := range honest.Offers()["resources"] {
		heard.ask("resources", kind)
		configs, ok := kinds[kind]
		if !ok {
			t.Errorf("%s is not asked for", kind)
			continue
		}
		limits := maps.Clone(short)
		switch kind {
		case "voltage_payment_request", "voltage_checkout_session":
			limits = acctest.Config{"create": timeout}
		case "voltage_sandbox_line_of_credit":
			limits = acctest.Config{"create": timeout, "update": timeout}
		}
		config := maps.Clone(configs.config)
		config["timeouts"] = limits
		made := &acctest.Instance{Type: kind}
		honest.MustApply(made, configs.config) //nolint:contextcheck // likewise
		honest.MustApply(made, config)         //nolint:contextcheck // from now on only the state has the timeouts
		if kind == "voltage_payment_request" {
			invoice = made.String("payment_request")
		}
		ids[kind] = made.String("id")

		fresh := &acctest.Instance{Type: kind}
		heard.add(p.Apply(ctx, fresh, config))
		heard.add(p.Destroy(ctx, fresh))
		changed := maps.Clone(config)
		maps.Copy(changed, configs.change)
		again := *made
		heard.add(p.Refresh(ctx, &again))
		again = *made
		plan := p.Plan(ctx, &again, changed)
		heard.add(plan.Diagnostics)
		heard.add(p.ApplyPlan(ctx, &again, plan))
		if kind != "voltage_payment_request" && kind != "voltage_checkout_session" {
			imported := maps.Clone(honest.IdentityOf(ctx, made))
			_, diags := p.Import(ctx, kind, "", imported)
			heard.add(diags)
		}
		again = *made
		heard.add(p.Destroy(ctx, &again))
	}

	bill, err := w.Emulator.AddBill(emulator.Bill{LineOfCreditID: w.LineOfCreditID, Amount: 21_000, Status: "failed"})
	if err != nil {
		t.Fatal(err)
	}
	reachable := &acctest.Instance{Type: "voltage_webhook"} // the earlier webhook may have been destroyed
	honest.MustApply(reachable, hook)                       //nolint:contextcheck // likewise
	ids["voltage_webhook"] = reachable.String("id")
	delivery := deliver(t, w, ids["voltage_webhook"]) //nolint:contextcheck // likewise
	one := acctest.Config{"id": delivery["delivery_id"], "webhook_id": ids["voltage_webhook"]}
	waits := maps.Clone(one)
	waits["wait_for"], waits["timeouts"] = "final", acctest.Config{"read": timeout}
	sources := map[string][]acctest.Config{
		"voltage_webhook_delivery":   {one, waits},
		"voltage_webhook_deliveries": {{"webhook_id": ids["voltage_webhook"]}},
		"voltage_webhook_delivery_summary": {
			{"webhook_id": ids["voltage_webhook"]}, {"webhook_id": ids["voltage_webhook"], "statuses": []any{"failed"}},
		},
		"voltage_bill":            {{"id": bill.Bill.String()}},
		"voltage_bills":           {nil, {"line_of_credit_id": w.LineOfCreditID.String()}},
		"voltage_bill_summary":    {nil},
		"voltage_payment_summary": {nil, {"wallet_id": wallet}, {"line_of_credit_id": emulator.StagingUSDLineID.String()}},
		"voltage_wallet":          {{"id": ids["voltage_wallet"]}, {"name": "staging"}},
		"voltage_wallets":         {nil, {"name_regex": "."}},
		"voltage_wallet_ledger":   {{"wallet_id": wallet}},
		"voltage_wallet_policies": {{"wallet_id": wallet}},
		"voltage_line_of_credit":  {{"id": w.LineOfCreditID.String()}, {"network": "mutinynet"}, {"currency": "btc"}},
		"voltage_lines_of_credit": {nil},
		"voltage_assets":          {nil},
		"voltage_payment": {{"id": ids["voltage_payment_request"]},
			{"id": ids["voltage_payment_request"], "wait_for": "final", "timeouts": acctest.Config{"read": timeout}}},
		"voltage_payments":          {nil},
		"voltage_payment_history":   {{"payment_id": ids["voltage_payment_request"]}},
		"voltage_webhook":           {{"id": ids["voltage_webhook"]}, {"name": "hook"}},
		"voltage_webhooks":          {nil},
		"voltage_checkout_settings": {nil},
	}
	for _, kind := range honest.Offers()["data-sources"] {
		heard.ask("data-sources", kind)
		if len(sources[kind]) == 0 {
			t.Errorf("data %s is not asked for", kind)
		}
		for _, config := range sources[kind] {
			_, diags := p.ReadDataSource(ctx, kind, config)
			heard.add(diags)
		}
	}
	delivery["timeouts"] = acctest.Config{"invoke": timeout}
	actions := map[string][]acctest.Config{
		"voltage_webhook_delivery_retry":   {delivery},
		"voltage_webhook_delivery_abandon": {delivery},
		"voltage_payment_check": {
			{"wallet_id": payer, "kind": "bolt11", "payment_request": invoice, "timeouts": acctest.Config{"invoke": timeout}},
			{"wallet_id": payer, "kind": "bolt11", "payment_request": invoice, "id": ids["voltage_payment_request"],
				"timeouts": acctest.Config{"invoke": timeout}},
		},
		"voltage_payment_send": {
			{"wallet_id": payer, "kind": "bolt11", "payment_request": invoice, "timeouts": acctest.Config{"invoke": timeout}},
			{"wallet_id": payer, "kind": "bolt11", "payment_request": invoice, "id": ids["voltage_payment_request"],
				"timeouts": acctest.Config{"invoke": timeout}},
			{
				"wallet_id":       payer,
				"kind":            "bolt11",
				"payment_request": invoice,
				"category":        "treasury",
				"timeouts":        acctest.Config{"invoke": timeout},
			},
		},
		"voltage_webhook_test": {{"webhook_id": ids["voltage_webhook"], "timeouts": acctest.Config{"invoke": timeout}}},
	}
	for _, kind := range honest.Offers()["actions"] {
		heard.ask("actions", kind)
		if len(actions[kind]) == 0 {
			t.Errorf("action %s is not asked for", kind)
		}
		for _, config := range actions[kind] {
			progress, diags := p.Invoke(ctx, kind, config)
			heard.add(diags, progress...)
		}
	}
	for _, kind := range honest.Offers()["list-resources"] {
		heard.ask("list-resources", kind)
		listed, diags := p.Query(ctx, kind, nil, true, 0)
		heard.add(diags)
		for _, one := range listed {
			heard.add(nil, one.DisplayName)
		}
	}
}
