package voltage

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
)

// reads are all reads of the client, by name.
func reads(t *testing.T) map[string]func(*Client) error {
	t.Helper()
	ctx := t.Context()
	only := func(_ any, err error) error { return err }
	return map[string]func(*Client) error{
		"wallet":         func(c *Client) error { return only(c.GetWallet(ctx, walletRef)) },
		"wallets":        func(c *Client) error { return only(c.ListWallets(ctx, organization, WalletFilter{})) },
		"webhook":        func(c *Client) error { return only(c.GetWebhook(ctx, webhookRef)) },
		"webhooks":       func(c *Client) error { return only(c.ListWebhooks(ctx, organization, WebhookFilter{})) },
		"webhook secret": func(c *Client) error { return only(c.RotateWebhookSecret(ctx, webhookRef)) },
		"line":           func(c *Client) error { return only(c.GetLineOfCredit(ctx, lineRef)) },
		"lines":          func(c *Client) error { return only(c.ListLinesOfCredit(ctx, organization, LineOfCreditFilter{})) },
		"payment":        func(c *Client) error { return only(c.GetPayment(ctx, paymentRef)) },
		"history":        func(c *Client) error { return only(c.GetPaymentHistory(ctx, paymentRef)) },
		"quote":          func(c *Client) error { return only(c.GetQuote(ctx, paymentRef)) },
		"policies":       func(c *Client) error { return only(c.GetWalletPolicies(ctx, walletRef)) },
		"settings":       func(c *Client) error { return only(c.GetCheckoutSettings(ctx, inEnvironment(uuid.Nil))) },
		"assets":         func(c *Client) error { return only(c.ListAssets(ctx, organization, "")) },
		"payments": func(c *Client) error {
			for _, err := range c.ListPayments(ctx, organization, environment, PaymentFilter{}) {
				return err
			}
			return nil
		},
		"ledger": func(c *Client) error {
			for _, err := range c.WalletLedger(ctx, walletRef, LedgerFilter{}) {
				return err
			}
			return nil
		},
	}
}

// TestAnswersThatSayNothing: a successful answer without the requested content is an error, and not an empty list or an object with zero
// values.
func TestAnswersThatSayNothing(t *testing.T) {
	t.Parallel()
	bare := fmt.Sprintf(`"id":%q,"organization_id":%q,"environment_id":%q`, walletID, organization, environment)
	bodies := map[string]string{
		"{}": `{}`, "null": `null`, "an error": `{"error":{"type":"internal_error","code":null,"detail":"no."}}`,
		"a word": `"ok"`, "a number": `0`,
		"null lists":  `{"items":null,"events":null,"assets":null,"policies":null,"total":0}`,
		"only IDs":    `{` + bare + `}`,
		"null fields": `{"id":null,"status":null,"active":null}`,
	}
	for name, read := range reads(t) {
		for what, body := range bodies {
			t.Run(name+" "+what, func(t *testing.T) {
				t.Parallel()
				client, s := serve(t, jsonAnswer(body))
				if err := read(client); err == nil || IsNotFound(err) || !IsDoubtful(err) || !strings.Contains(err.Error(), "200 OK") {
					t.Errorf("got %v", err)
				}
				if len(s.seen()) != DefaultMaxRetries+1 {
					t.Errorf("%d attempts", len(s.seen()))
				}
			})
		}
	}
}

// TestEmptyLists: an empty list is a valid answer.
func TestEmptyLists(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"wallets": `[]`, "webhooks": ` [ ] `, "lines": `[]`, "payments": `{"items":[],"has_more":false}`, "ledger": `{"items":[],"total":0}`,
		"history": `{"events":[]}`, "assets": `{"assets":[]}`, "policies": `{"policies":[]}`,
	} {
		client, s := serve(t, jsonAnswer(body))
		if err := reads(t)[name](client); err != nil || len(s.seen()) != 1 {
			t.Errorf("%s: %v after %v", name, err, s.seen())
		}
	}
}

// TestHalfObjects: an object without a required field is an error.
func TestHalfObjects(t *testing.T) {
	t.Parallel()
	sum := `{"currency":"btc","amount":1}`
	quote := func(amount string) string { return fmt.Sprintf(`{"id":%q,"amount":%s}`, paymentID, amount) }
	for name, test := range map[string]struct{ read, body, want string }{
		"payment without status": {"payment", strings.Replace(payment(paymentID, ""), `"status":"sending",`, ``, 1), "status"},
		"balance without sum":    {"wallet", walletJSON(map[string]any{"balances": []any{map[string]any{"currency": "btc"}}}), "available"},
		"sum without number":     {"quote", quote(`{"currency":"btc"}`), "amount"},
		"sum without currency":   {"quote", quote(`{"amount":7}`), "currency"},
		"sum below zero":         {"quote", quote(`{"currency":"btc","amount":-9223372036854775808}`), "is below 0"},
		"sum beyond int64":       {"quote", quote(`{"currency":"btc","amount":9223372036854775808}`), "number 9223372036854775808"},
		"sum with a fraction":    {"quote", quote(`{"currency":"btc","amount":1.5}`), "number 1.5"},
		"hold without sum":       {"wallet", walletJSON(map[string]any{"holds": []any{map[string]any{}}}), "amount"},
		"settlement without sum": {"wallet", walletJSON(map[string]any{"pending_settlements": []any{map[string]any{}}}), "amount"},
		"webhook without events": {"webhook", strings.Replace(webhookJSON(""), `"events"`, `"unheard"`, 1), "events"},
		"webhook without URL":    {"webhook", strings.Replace(webhookJSON(""), `"url"`, `"unheard"`, 1), "url"},
		"policy without a value": {"policies", `{"policies":[{"type":"max_payment_size","data":{}}]}`, "max_payment_size"},
		"fee without a rate": {
			"policies",
			`{"policies":[{"type":"processing_fee","data":{"rates":{"send_basis_points":1}}}]}`,
			"receive_basis_points",
		},
		"settings without list": {
			"settings",
			fmt.Sprintf(`{"organization_id":%q,"environment_id":%q,"origin_policy":"allowlist"}`, organization, environment),
			"allowed_origins",
		},
		"ledger without total":    {"ledger", `{"items":[]}`, "total"},
		"offsets without cursors": {"payments", `{"items":[` + payment(paymentID, "") + `],"total":500,"offset":0,"limit":1}`, "more items"},
		"line without limit": {
			"line",
			fmt.Sprintf(`{"id":%q,"organization_id":%q,"currency":"btc","allocated_limit":0}`, lineID, organization),
			"limit",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, _ := serve(t, jsonAnswer(test.body))
			err := reads(t)[test.read](client)
			if test.read == "payments" && err == nil { // the first payment
				t.Fatal("looks like a whole list")
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "Go ") {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	client, _ := serve(t, jsonAnswer(quote(sum)))
	if err := reads(t)["quote"](client); err != nil {
		t.Errorf("a whole quote: %v", err)
	}
}

// TestOddItems: an unreadable item does not affect the others. The error names it, unless the filter surely excludes it.
func TestOddItems(t *testing.T) {
	t.Parallel()
	odd := uuid.New()
	text := walletJSON(map[string]any{"id": odd, "name": "odd", "limit": nil})
	for name, test := range map[string]struct{ item, want string }{
		"a limit beyond int64": {
			strings.Replace(text, `"limit":null`, `"limit":18446744073709551615`, 1),
			odd.String() + " cannot be read: a number 18446744073709551615 cannot be read as its limit",
		},
		"a limit of text":     {strings.Replace(text, `"limit":null`, `"limit":"7"`, 1), "a string cannot be read as its limit"},
		"no active":           {strings.Replace(text, `"active":true`, `"active":null`, 1), "active"},
		"metadata of numbers": {strings.Replace(text, `"metadata":null`, `"metadata":{"a":1}`, 1), odd.String()},
		"not even an ID":      {`{"id":7,"name":"odd"}`, "number 2 of the list, whose ID is unreadable"},
		"null":                {`null`, "number 2 of the list"},
		"a list":              {`[[]]`, "number 2 of the list"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, jsonAnswer("["+walletJSON(nil)+","+test.item+","+walletJSON(map[string]any{"id": lineID})+"]"))
			wallets, err := client.ListWallets(t.Context(), organization, WalletFilter{})
			var unreadable *UnreadableItemsError
			if len(wallets) != 2 || wallets[0].ID != walletID || wallets[1].ID != lineID || !errors.As(err, &unreadable) ||
				len(unreadable.Items) != 1 {
				t.Fatalf("got %v, %v", wallets, err)
			}
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "Go ") || len(s.seen()) != 1 {
				t.Errorf("got %q after %v, want %q", err, s.seen(), test.want)
			}
			named := func(name string) func(*UnreadableItem) bool {
				return func(u *UnreadableItem) bool {
					var text string
					return u.Read("name", &text) && text != name
				}
			}
			if err := WithoutItems(err, named("odd")); err == nil {
				t.Error("the wallet that is meant was left out")
			}
			hasName := strings.Contains(test.item, `"name"`)
			if err := WithoutItems(err, named("other")); (err == nil) != hasName {
				t.Errorf("another name: %v", err)
			}
		})
	}
	other := errors.New("no")
	if WithoutItems(nil, nil) != nil || !errors.Is(WithoutItems(other, nil), other) {
		t.Error("another error was changed")
	}
}

// TestOddItemsElsewhere: every list survives an unreadable item, and a page ends with an error at the place of the item.
func TestOddItemsElsewhere(t *testing.T) {
	t.Parallel()
	line := fmt.Sprintf(
		`{"id":%q,"organization_id":%q,"environment_id":%q,"network":"testnet","limit":1,"allocated_limit":1,"currency":"btc"}`,
		lineID, organization, environment,
	)
	client, _ := serve(t, jsonAnswer("["+line+","+strings.Replace(line, `"limit":1`, `"limit":1e30`, 1)+"]"))
	if lines, err := client.ListLinesOfCredit(t.Context(), organization, LineOfCreditFilter{}); len(lines) != 1 || err == nil ||
		!strings.Contains(err.Error(), "line of credit "+lineID.String()) {
		t.Errorf("lines: %v, %v", lines, err)
	}
	client, _ = serve(t, jsonAnswer("["+webhookJSON("")+","+webhookJSON(`,"stopped_at":7`)+"]"))
	webhooks, err := client.ListWebhooks(t.Context(), organization, WebhookFilter{})
	if len(webhooks) != 1 || err == nil || !strings.Contains(err.Error(), "webhook "+webhookID.String()) {
		t.Errorf("webhooks: %v, %v", webhooks, err)
	}
	client, _ = serve(t, jsonAnswer(`{"assets":[{"asset":"aa","decimal_display":8},{"asset":7}]}`))
	if assets, err := client.ListAssets(t.Context(), organization, ""); len(assets) != 1 || err == nil {
		t.Errorf("assets: %v, %v", assets, err)
	}
	client, _ = serve(t, jsonAnswer(`{"events":[{"event_type":"a","time":"2026-09-01T10:00:00Z","position":1},{"event_type":"b"}]}`))
	if events, err := client.GetPaymentHistory(t.Context(), paymentRef); len(events) != 1 || err == nil {
		t.Errorf("history: %v, %v", events, err)
	}
	payments := strings.Join([]string{payment(paymentID, ""), payment(walletID, `,"updated_at":7`), payment(webhookID, "")}, ",")
	client, _ = serve(t, jsonAnswer(`{"items":[`+payments+`],"has_more":false}`))
	var got []string
	for p, err := range client.ListPayments(t.Context(), organization, environment, PaymentFilter{}) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		got = append(got, p.ID.String())
	}
	if len(got) != 2 || got[0] != paymentID.String() || !strings.Contains(got[1], "payment "+walletID.String()+" cannot be read") {
		t.Errorf("payments: %q", got)
	}
}

// TestEndlessPages: endless lists end with an error.
func TestEndlessPages(t *testing.T) {
	t.Parallel()
	event := `{"type":"credited","effective_time":"2026-09-01T10:00:00Z","amount":{"currency":"btc","amount":%d}}`
	count := 0
	numbered := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			count++
			jsonAnswer(strings.ReplaceAll(body, "%d", fmt.Sprint(count)))(w, r)
		}
	}
	for name, test := range map[string]struct {
		read   string
		answer http.HandlerFunc
		want   string
	}{
		"payments, empty pages": {"payments", numbered(`{"items":[],"next_cursor":"c%d","has_more":true}`), "empty page"},
		"payments, the same page again": {
			"payments",
			numbered(`{"items":[` + payment(paymentID, "") + `],"next_cursor":"c%d","has_more":true}`),
			"the same page twice",
		},
		"ledger, a total never reached": {"ledger", jsonAnswer(`{"items":[],"total":5}`), "empty page"},
		"ledger, offsets ignored": {
			"ledger",
			jsonAnswer(`{"items":[` + fmt.Sprintf(event, 1) + `],"total":9223372036854775807}`),
			"the same page twice",
		},
	} {
		count = 0
		client, s := serve(t, test.answer)
		var last error
		walk := func(err error) { last = err }
		if test.read == "payments" {
			for _, err := range client.ListPayments(t.Context(), organization, environment, PaymentFilter{}) {
				walk(err)
			}
		} else {
			for _, err := range client.WalletLedger(t.Context(), walletRef, LedgerFilter{}) {
				walk(err)
			}
		}
		if last == nil || !strings.Contains(last.Error(), test.want) || len(s.seen()) > 2 {
			t.Errorf("%s: %v after %d requests", name, last, len(s.seen()))
		}
	}
}

// TestLargeNumbers: large numbers neither overflow nor panic.
func TestLargeNumbers(t *testing.T) {
	t.Parallel()
	for _, seconds := range []int64{math.MaxInt64, math.MinInt64, -1, maxSeconds + 1} {
		p := Payment{CreatedAt: time.Now(), Data: PaymentData{Expiration: &seconds, AmountSats: &seconds}}
		if at := p.ExpiresAt(); at != nil {
			t.Errorf("%d seconds end at %s", seconds, at)
		}
		if amount := p.Amount(); amount != nil && amount.Amount != seconds*MsatsPerSat {
			t.Errorf("%d sats are %s", seconds, amount)
		} else if amount != nil && (seconds > 0) != (amount.Amount > 0) {
			t.Errorf("%d sats wrap to %s", seconds, amount)
		}
	}
}
