package voltage

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
)

// FuzzDecode decodes each kind of answer: any content is read or refused, and the methods of a decoded object do not panic.
func FuzzDecode(f *testing.F) {
	f.Add([]byte(walletJSON(nil)))
	f.Add([]byte(walletJSON(map[string]any{"limit": 1e300, "balances": []any{map[string]any{"available": map[string]any{"amount": -1}}}})))
	f.Add([]byte(payment(paymentID, `,"requested_amount":{"currency":"btc","amount":5},"error":{"type":"x"}`)))
	f.Add([]byte(payment(paymentID,
		`,"data":{"expiration":9223372036854775807,"amount_sats":9223372036854775807,"receipts":[{"type":"onchain","data":{}}]}`)))
	f.Add(
		[]byte(`{"id":"` + lineID.String() + `","limit":9223372036854775807,"allocated_limit":-9223372036854775808,"status":{"secured":null}}`),
	)
	f.Add([]byte(`{"quote":{"rate":"6000000e2"},"expires_at":"2026-09-01T10:00:00.123456789Z","error":null}`))
	f.Add([]byte(`{"error":{"type":"wallet_not_empty","code":null,"detail":"\u202e\u0000","context":{"a":[1]}}}`))
	f.Add([]byte(`{"status":"active","events":[{"send":"succeeded"},{"receive":["failed","completed"]},{"new":"\u0000"},{}]}`))
	f.Add([]byte(`[[[[[[]]]]]]`))
	f.Add([]byte("\xff\xfe{"))
	f.Fuzz(func(t *testing.T, content []byte) {
		var wallet Wallet
		if json.Unmarshal(content, &wallet) == nil {
			for _, b := range wallet.Balances {
				_ = b.Total.String()
			}
			if wallet.Error != nil && strings.ContainsFunc(wallet.Error.Error(), unicode.IsControl) {
				t.Errorf("%q", wallet.Error.Error())
			}
		}
		var payment Payment
		if json.Unmarshal(content, &payment) == nil {
			_, _, _, _, _ = payment.Amount(), payment.Fees(), payment.MaxFee(), payment.ExpiresAt(), payment.Description()
		}
		var quote Quote
		if json.Unmarshal(content, &quote) == nil && quote.Usable(time.Now()) && (quote.Failed() || quote.Expired(time.Now())) {
			t.Errorf("usable, and yet not: %+v", quote)
		}
		var webhook Webhook
		if json.Unmarshal(content, &webhook) == nil {
			written, err := json.Marshal(webhook.Events)
			var again WebhookEvents
			if err != nil || json.Unmarshal(written, &again) != nil || !again.Equal(webhook.Events) {
				t.Errorf("events %v are written as %s, and read as %v", webhook.Events, written, again)
			}
		}
		var line LineOfCredit
		_ = json.Unmarshal(content, &line)
		var event LedgerEvent
		_ = json.Unmarshal(content, &event)
	})
}

// FuzzErrorAnswer: for any body of a failure, the error is short and clean, and does not contain the key.
func FuzzErrorAnswer(f *testing.F) {
	client, err := New(Config{APIKey: secret})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(400, `{"error":{"type":"invalid_request","detail":"no"}}`, "application/json")
	f.Add(502, "<html>"+secret+"</html>", "text/html")
	f.Add(404, `{"error":{"type":"`+secret+`","detail":"\u001b[2J"}}`, "application/json; charset=\x00")
	f.Fuzz(func(t *testing.T, status int, body, contentType string) {
		resp := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {contentType}}, Body: http.NoBody}
		resp.Body = readCloser{strings.NewReader(body)}
		text := client.answered(call{method: "GET", path: "/x"}, resp).Error()
		if strings.Contains(text, secret) || strings.ContainsFunc(text, unicode.IsControl) || len(text) > 4*(3*maxText+maxForeign+200) {
			t.Errorf("%q", text)
		}
	})
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

// FuzzRetryAfter: for any value, the wait is neither negative nor longer than the cap and its jitter.
func FuzzRetryAfter(f *testing.F) {
	client, err := New(Config{APIKey: secret})
	if err != nil {
		f.Fatal(err)
	}
	for _, header := range []string{
		"", "0", "120", "-1", "9223372036854775807", "1e9", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "\x00",
	} {
		f.Add(header, 3)
	}
	f.Fuzz(func(t *testing.T, header string, attempt int) {
		resp := &http.Response{StatusCode: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {header}}}
		most := client.pace.RetryAfterMax
		if wait := client.backoff(client.pace.RetryMin, client.pace.RetryMax, max(attempt, 0), resp); wait < 0 || wait > most+most/5 {
			t.Errorf("%q waits %s", header, wait)
		}
		if wait := client.retryAfter(resp); wait < 0 || wait > most {
			t.Errorf("%q asks for %s", header, wait)
		}
	})
}

// FuzzParseID: an accepted UUID needs no escaping in a URL.
func FuzzParseID(f *testing.F) {
	for _, text := range []string{
		walletID.String(), strings.ToUpper(walletID.String()), "", "../..", "{" + walletID.String() + "}", walletID.String() + "/x",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		id, err := ParseID(text)
		if err == nil && !strings.EqualFold(id.String(), text) {
			t.Errorf("%q became %s", text, id)
		}
		if err != nil && strings.ContainsFunc(err.Error(), unicode.IsControl) {
			t.Errorf("%q", err)
		}
	})
}
