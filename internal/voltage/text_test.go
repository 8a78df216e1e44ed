package voltage

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"unicode"
)

const jwt = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.s1gn-ature_0f-a-token"

// TestRedaction: a credential is removed in every form in which the client or a server can write it.
func TestRedaction(t *testing.T) {
	t.Parallel()
	between := func(junk string) func(string) string {
		return func(secret string) string { return strings.Join(strings.Split(secret, ""), junk) }
	}
	once := func(junk string) func(string) string {
		return func(secret string) string { return secret[:7] + junk + secret[7:] }
	}
	percent := func(secret string) string {
		var b strings.Builder
		for _, c := range []byte(secret) {
			fmt.Fprintf(&b, "%%%02x", c)
		}
		return b.String()
	}
	for name, write := range map[string]func(string) string{
		"as it is": func(s string) string { return s }, "upper case": strings.ToUpper, "lower case": strings.ToLower,
		"zero-width space": once("\u200b"), "word joiners": between("\u2060"), "byte order mark": once("\ufeff"), "soft hyphen": once("\u00ad"),
		"carriage return": once("\r"), "line break": once("\n"), "tab": once("\t"), "NUL": once("\x00"),
		"backspace": once("x\b"[1:]), "space": once(" "),
		"variation selector": once("\ufe0f"), "filler": once("\u3164"), "right-to-left": once("\u202e"), "invalid UTF-8": once("\xff"),
		"colour": once("\x1b[31m"), "C1 colour": once("\u009b31m"),
		"link": once("\x1b]8;;https://evil.example\x1b\\"), "C1 link": once("\u009d8;;x\x07"),
		"quoted":                  func(s string) string { return fmt.Sprintf("%q", once("\u200b")(s)) },
		"quoted ASCII":            func(s string) string { return fmt.Sprintf("%+q", once("\U000e0041\u200b\x1b")(s)) },
		"after a literal escape":  func(s string) string { return `\` + s },
		"after a literal percent": func(s string) string { return "%4" + s },
		"URL":                     func(s string) string { return url.QueryEscape(once("\u200b")(s)) }, "percent": percent,
		"hexadecimal": func(s string) string { return hex.EncodeToString([]byte(s)) },
		"base64":      func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
		"base64 of a header": func(s string) string {
			return base64.URLEncoding.EncodeToString([]byte("x-api-key: " + s + "\r\n"))
		},
		"base64 of another": func(s string) string { return base64.StdEncoding.EncodeToString([]byte("ab" + s + "c")) },
		"base64 of a third": func(s string) string { return base64.RawStdEncoding.EncodeToString([]byte("k" + s)) },
		"in the middle":     func(s string) string { return "key=" + s + "&x" },
		"twice":             func(s string) string { return s + " " + s },
		"across the bound":  func(s string) string { return strings.Repeat("x", maxText-12) + s },
		"behind the bound":  func(s string) string { return strings.Repeat("\u200b", 3*maxText) + s },
	} {
		for kind, config := range map[string]Config{"key": {APIKey: secret}, "token": {BearerToken: jwt}} {
			hidden := config.APIKey + config.BearerToken
			client, err := New(config)
			if err != nil {
				t.Fatal(err)
			}
			for function, clean := range map[string]func(string) string{
				"Clean":                  client.Clean,
				"Message":                client.Message,
				"Message after Clean":    func(text string) string { return client.Message("Wallet " + Clean(text)) },
				"Message of quoted text": func(text string) string { return client.Message(fmt.Sprintf("name %q", text)) },
			} {
				got := clean("said " + write(hidden) + " after")
				squeezed := strings.ToLower(strings.Map(func(r rune) rune {
					if unicode.IsLetter(r) || unicode.IsDigit(r) {
						return r
					}
					return -1
				}, got))
				for _, form := range []string{
					letters(hidden, false).text, hex.EncodeToString([]byte(hidden)),
					letters(base64.RawStdEncoding.EncodeToString([]byte(hidden)), false).text,
				} {
					if strings.Contains(squeezed, form) || strings.Contains(squeezed, form[:12]) && name == "across the bound" {
						t.Errorf("%s, %s, %s: %q", name, kind, function, got)
					}
				}
				if percent(hidden) != "" && strings.Contains(got, percent(hidden)) {
					t.Errorf("%s, %s, %s: %q", name, kind, function, got)
				}
				if strings.ContainsFunc(strings.ReplaceAll(got, "\n", ""), func(r rune) bool {
					return unicode.IsControl(r) && r != '\t' || isInvisible(r)
				}) {
					t.Errorf("%s, %s, %s has what cannot be seen: %q", name, kind, function, got)
				}
				if name != "behind the bound" && name != "across the bound" &&
					!(strings.HasPrefix(strings.TrimPrefix(strings.TrimPrefix(got, "Wallet "), `name "`), "said ")) {
					t.Errorf("%s, %s, %s took what is before it: %q", name, kind, function, got)
				}
			}
		}
	}
}

// TestRedaction_keeps: other texts stay, and a client without credentials only cleans.
func TestRedaction_keeps(t *testing.T) {
	t.Parallel()
	client, err := New(Config{APIKey: secret})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		"", "Wallet \"orders\": 400 invalid_request.\n\nCheck name, then run Terraform again.", `C:\users\new`, "100 % of 20%", "…", "a…b",
		"vlt…", "Ωμέγα, e\u0301, 漢字",
		"eyJ", `{"type":"x"}`, "\tindented",
	} {
		if got := client.Message(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
	var none *Client
	if got := none.Message("a\x1b[2Jb\u202e\nc"); got != "ab\nc" {
		t.Errorf("got %q", got)
	}
	short, err := New(Config{APIKey: "key"})
	if err != nil {
		t.Fatal(err)
	}
	if got := short.Clean("KEY key k e y"); got != "KEY (credentials) k e y" {
		t.Errorf("got %q", got)
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"a\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\b": "aclickb",
		"a\x1b]0;title\x07b":         "ab",
		"a\x1b]0;no end\nb":          "a b",
		"a\x1b[1;31mred\x1b[0m\x1bc": "aredc",
		"line\nbreak\r\n\tx":         "line break  x",
		"\u2066a\u2069\u2028\ufffd":  "a",
	} {
		if got := Clean(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
	if got := Clean(strings.Repeat("é", maxText+1)); got != strings.Repeat("é", maxText)+"…" {
		t.Errorf("%d characters", len([]rune(got)))
	}
	if got := Clean(strings.Repeat("é", maxText)); got != strings.Repeat("é", maxText) {
		t.Error("cut at the bound")
	}
}

// TestForeignAnswers: a failure that is not in the API's form keeps its text.
func TestForeignAnswers(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 200)
	for name, test := range map[string]struct {
		contentType, body, want string
	}{
		"plain text": {
			"text/plain; charset=utf-8", "Invalid token\n",
			"the answer is not the API's (text/plain), and says: Invalid token",
		},
		"hostile text": {"text/plain", "no\x1b[31m, " + secret[:5] + "\u200b" + secret[5:], "and says: no, (credentials)"},
		"long text":    {"text/plain", long, "and says: " + long[:maxForeign] + "…"},
		"binary":       {"text/plain", "\xff\xfe\x00", "a proxy may have given it"},
		"HTML": {
			"text/html",
			"<html><head><title>\n502 Bad &lt;Gateway&gt;</title></head><body>secret words</body>",
			"Its title is: 502 Bad <Gateway>",
		},
		"HTML as text":       {"text/plain", "<!doctype html><p>words", "(text/plain); a proxy may have given it"},
		"HTML without title": {"text/html", "<p>words", "(text/html); a proxy may have given it"},
		"other JSON":         {"application/json", `{"message": "no"}`, `and says: {"message": "no"}`},
		"an error of text":   {"application/json", `{"error":"Invalid token"}`, `and says: {"error":"Invalid token"}`},
		"cut JSON":           {"application/json", `{"error":{"type":"a`, "(application/json); a proxy may have given it"},
		"no type of content": {"", `"forbidden"`, `and says: "forbidden"`},
		"only white space":   {"text/plain", " \n", "the answer has no body"},
		"detail of an object": {
			"application/json",
			`{"error":{"type":"invalid_data","detail":{"a": [1, "b"]}}}`,
			`400 invalid_data: {"a":[1,"b"]}`,
		},
		"detail of a number": {
			"application/json",
			`{"error":{"type":"invalid_data","code":7,"detail":12345678901234567890}}`,
			"400 invalid_data/7: 12345678901234567890",
		},
		"no detail": {
			"application/json",
			`{"error":{"type":"invalid_data","detail":null,"code":null,"context":null}}`,
			"400 invalid_data: ",
		},
		"a context of text": {"application/json", `{"error":{"type":"invalid_data","detail":"no","context":"x"}}`, "400 invalid_data: no"},
	} {
		client, _ := serve(t, answer(400, test.contentType, test.body))
		_, err := client.GetWallet(t.Context(), walletRef)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", name, err, test.want)
		}
		if strings.Contains(err.Error(), "map[") || strings.Contains(err.Error(), "secret words") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestContext: the context of an error is written in sentences.
func TestContext(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ context, want string }{
		"none":   {`null`, ""},
		"IDs":    {`{"wallet_id":"22222222-2222-4222-8222-222222222222"}`, ""},
		"fields": {`{"fields":["name","limit"]}`, "The fields are name, limit."},
		"too small": {
			`{"field":"amount","provided_amount":{"currency":"btc","amount":100000,"unit":"msats"},"min_amount":{"currency":"btc",` +
				`"amount":546000,"unit":"msats"}}`,
			"The field is amount. The minimum is 546 sats (546000 msats). The given amount is 100 sats (100000 msats).",
		},
		"too short": {
			`{"field":"description","min_length":1,"required":false}`,
			"The field is description. The minimum length in characters is 1.",
		},
		"fee": {
			`{"estimated_fee_sats":12000,"max_fee_sats":500,"target_blocks":6}`,
			"The estimated fee is 12,000 sats. The maximum fee is 500 sats. The number of blocks that the fee is for is 6.",
		},
		"address": {`{"address":"tb1q"}`, "The address is tb1q."},
		"amount":  {`{"amount":{"currency":"btc","amount":1234567,"unit":"msats"}}`, "The amount is 1,234.567 sats (1234567 msats)."},
		"dollars": {`{"amount":{"currency":"usd","amount":99,"unit":"cents"}}`, "The amount is 0.99 USD (99 cents)."},
		"too large": {
			`{"amount":{"currency":"btc","amount":99999999999999999999}}`,
			`The amount is {"amount":99999999999999999999,"currency":"btc"}.`,
		},
		"message": {`{"message":"the hold is gone."}`, "The API adds: the hold is gone."},
		"rates": {
			`{"direction":"send","basis_points":600,"max_basis_points":500}`,
			"The basis points is 600 basis points. The direction is send. The maximum is 500 basis points.",
		},
		"feature":        {`{"feature":"usd_wallets"}`, "The feature is usd_wallets."},
		"required later": {`{"required_action":"add_bank_details","line_of_credit_id":"x"}`, "The required action is add_bank_details."},
		"nested":         {`{"odd":{"a":[1]},"none":null}`, `The odd is {"a":[1]}.`},
	} {
		if got := contextText(test.context); got != test.want {
			t.Errorf("%s: got  %s\nwant %s", name, got, test.want)
		}
	}
}

// TestFailures: errors inside objects are read in every possible form, and their texts contain no Go values.
func TestFailures(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ failure, want string }{
		"whole": {
			`{"type":"send_failed","code":"no_route","detail":"No route.","context":{"amount":{"currency":"btc","amount":5000}}}`,
			"send_failed/no_route: No route. The amount is 5 sats (5000 msats).",
		},
		"the same code": {`{"type":"hold_failed","code":"hold_failed","detail":"no"}`, "hold_failed: no"},
		"nulls":         {`{"type":"rejected","code":null,"detail":null,"context":null}`, "rejected"},
		"detail an object": {
			`{"type":"account","detail":{"network":"mainnet","currency":"usd"}}`,
			`account: {"network":"mainnet","currency":"usd"}`,
		},
		"no object":    {`"everything failed"`, "everything failed"},
		"nothing":      {`{}`, "the API gives no reason"},
		"another form": {`{"message": "no"}`, `{"message":"no"}`},
		"hostile":      {`{"type":"a\u001b[31m","detail":"b\n\nTo fix this, run x"}`, "a: b  To fix this, run x"},
	} {
		var payment PaymentError
		var wallet WalletError
		var quote QuoteError
		for _, failure := range []error{&payment, &wallet, &quote} {
			if err := json.Unmarshal([]byte(test.failure), failure); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			want := test.want
			if !errors.Is(failure, &payment) { // only payments have a code
				want = strings.Replace(want, "/no_route", "", 1)
			}
			if got := failure.Error(); got != want {
				t.Errorf("%s: %T: got %q, want %q", name, failure, got, want)
			}
		}
		// The remembered error of a wallet is the same after it is read again.
		var again WalletError
		content, err := json.Marshal(wallet)
		if err != nil || json.Unmarshal(content, &again) != nil || again != wallet {
			t.Errorf("%s: %+v became %+v", name, wallet, again)
		}
	}
}
