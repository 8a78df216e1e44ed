package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// lived is an emulator with wallets, a webhook and payments in it, and a function that runs the program on it. Its delay is ten minutes, of
// which twice as much has passed.
func lived(t *testing.T) (api *emulator.Emulator, program func(args ...string) (string, error), receive uuid.UUID) {
	t.Helper()
	now := time.Date(2026, 9, 1, 10, 0, 0, 0, time.UTC)
	limit, cents := int64(100_000_000), int64(50_000)
	world := emulator.DefaultWorld()
	world[0].Wallets = []emulator.Wallet{
		{
			ID: ordersID, EnvironmentID: emulator.StagingEnvironmentID, Name: "orders", Network: "mutinynet",
			LineOfCreditID: &emulator.StagingLineID, Limit: &limit, Balances: []emulator.Money{{Currency: "btc", Amount: 1_234_567_890}},
			Holds: []emulator.Hold{{Currency: "btc", Amount: 567_890}},
		},
		{
			ID: uuid.MustParse("6f1c2a30-5b7d-4e8f-9a01-2b3c4d5e6f71"), EnvironmentID: emulator.StagingEnvironmentID, Name: "dollars\x1b[2J",
			Network: "mutinynet", LineOfCreditID: &emulator.StagingUSDLineID, Limit: &cents,
			Balances: []emulator.Money{{Currency: "usd", Amount: -1050}},
		},
		{
			ID: uuid.MustParse("6f1c2a30-5b7d-4e8f-9a01-2b3c4d5e6f72"), EnvironmentID: emulator.StagingEnvironmentID, Name: "closed",
			Network: "testnet3",
		},
	}
	api, err := emulator.New(emulator.Config{Organizations: world, Now: func() time.Time { return now }, Delay: 10 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	url, stop, err := api.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	if err := api.Remove(world[0].Wallets[2].ID); err != nil {
		t.Fatal(err)
	}
	environment := "/organizations/" + emulator.DefaultOrganizationID.String() + "/environments/" + emulator.StagingEnvironmentID.String()
	send := func(path, body string) {
		req := httptest.NewRequest(http.MethodPost, "/v1"+environment+path, strings.NewReader(body))
		req.Header.Set("X-Api-Key", emulator.StagingKey)
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		if api.ServeHTTP(w, req); w.Code > 299 {
			t.Fatalf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "later", http.StatusTeapot)
	}))
	t.Cleanup(receiver.Close)
	send("/webhooks", `{"id":"`+uuid.NewString()+`","url":"`+receiver.URL+
		`","name":"shop","events":[{"receive":"generated"},{"receive":"completed"}]}`)
	if receive, err = api.AddReceive(ordersID, 21_000, nil); err != nil {
		t.Fatal(err)
	}
	send("/payments", `{"id":"`+uuid.NewString()+`","wallet_id":"`+ordersID.String()+`","payment_kind":"bolt11","currency":"btc"}`)
	if err := api.AdvanceClock(20 * time.Minute); err != nil {
		t.Fatal(err)
	}
	return api, func(args ...string) (string, error) {
		var stdout bytes.Buffer
		err := run(t.Context(), append([]string{args[0], "-url", url}, args[1:]...), &stdout, io.Discard)
		return stdout.String(), err
	}, receive
}

// columns are the cells of a table that spaces align.
func columns(text string) string {
	return regexp.MustCompile(` {2,}`).ReplaceAllString(text, "|")
}

// TestTables: what people are shown is aligned, in the units that they think in, and what somebody has put into a name does not reach the
// terminal.
func TestTables(t *testing.T) {
	t.Parallel()
	_, program, _ := lived(t)
	out, err := program("wallets")
	want := `NAME                   BALANCE            AVAILABLE         LIMIT  NETWORK    STATUS  ID
orders      1,234,567.89 sats       1,234,000 sats  100,000 sats  mutinynet  active  6f1c2a30-5b7d-4e8f-9a01-2b3c4d5e6f70
dollars�[2J        -10.50 USD           -10.50 USD       500 USD  mutinynet  active  6f1c2a30-5b7d-4e8f-9a01-2b3c4d5e6f71
`
	if err != nil || columns(out) != columns(want) {
		t.Errorf("%v, printed\n%s", err, out)
	}
	for i, line := range strings.Split(strings.TrimSpace(out), "\n") {
		if got := strings.Index(line, "mutinynet"); i > 0 && strings.Index(out, "NETWORK") != len([]rune(line[:got])) {
			t.Errorf("line %d is not aligned:\n%s", i, out)
		}
	}
	if out, err := program("wallets", "-all"); err != nil || !strings.Contains(columns(out), "closed|0 sats|0 sats|-|testnet3|deleted|") {
		t.Errorf("%v, printed\n%s", err, out)
	}
	id := regexp.MustCompile(`[0-9a-f-]{36}`)
	payments := "CREATED|DIRECTION|KIND|STATUS|AMOUNT|WALLET|ID\n" +
		"2026-09-01T10:00:00Z|receive|bolt11|receiving|21 sats|orders|ID\n2026-09-01T10:00:00Z|receive|bolt11|receiving|any|orders|ID\n"
	for _, args := range [][]string{
		{"payments"}, {"payments", "-wallet", "orders"}, {"payments", "-wallet", ordersID.String(), "-status", "receiving"},
	} {
		if out, err := program(args...); err != nil || id.ReplaceAllString(columns(out), "ID") != payments {
			t.Errorf("%v: %v, printed\n%s", args, err, out)
		}
	}
	for _, args := range [][]string{{"payments", "-wallet", "other"}, {"payments", "-status", "failed"}} {
		if out, err := program(args...); err != nil || strings.Count(out, "\n") != 1 {
			t.Errorf("%v: %v, printed\n%s", args, err, out)
		}
	}
	out, err = program("webhooks")
	if match := regexp.MustCompile(`\nshop\|active\|0\|0\|1\|http://127\.0\.0\.1:\d+\|receive\.generated,receive\.completed\|` + id.String() +
		`\|The receiver answered 418: later\n$`).MatchString(columns(out)); err != nil || !match {
		t.Errorf("%v, printed\n%s", err, out)
	}
	out, err = program("status")
	for _, want := range []string{
		"Address|http://127.0.0.1:", "Clock|2026-09-01T10:20:00Z, 20m0s ahead of the machine's clock\n",
		"Organization|Emulated Organization (" + emulator.DefaultOrganizationID.String() + ")\n", "Wallets|3 (2 active, 1 deleted)\n",
		"Payments|2 (2 receiving)\n", "Webhooks|1 (1 active)\n", "Deliveries|1 (1 attempting)\n", "Faults|0\n", "Requests|2\n",
	} {
		if text := columns(out); err != nil || !strings.Contains(text, want) {
			t.Errorf("%v, printed\n%swhich lacks %q", err, out, want)
		}
	}
}

// TestTablesForPrograms: -json has amounts in base units, and no secret.
func TestTablesForPrograms(t *testing.T) {
	t.Parallel()
	api, program, receive := lived(t)
	read := func(into any, args ...string) {
		out, err := program(args...)
		if err == nil {
			err = json.Unmarshal([]byte(out), into)
		}
		if err != nil {
			t.Fatalf("%v: %v, printed\n%s", args, err, out)
		}
		if strings.Contains(out, api.Webhooks()[0].Secret) || strings.Contains(out, emulator.StagingKey) {
			t.Errorf("%v prints a secret", args)
		}
	}
	var wallets []emulator.WalletInfo
	read(&wallets, "wallets", "-json")
	if len(wallets) != 2 || wallets[0].Limit.Amount != 100_000_000 || wallets[0].Balances[0].Available != 1_234_000_000 ||
		wallets[0].Balances[0].Unit != "msats" || wallets[1].Balances[0].Amount != -1050 || wallets[1].Balances[0].Unit != "cents" {
		t.Errorf("wallets %+v", wallets)
	}
	var payments []emulator.PaymentInfo
	read(&payments, "payments", "-json")
	if len(payments) != 2 || payments[0].ID != receive || payments[0].Amount.Amount != 21_000 || payments[1].Amount != nil ||
		!strings.HasPrefix(payments[1].Invoice, "lntbs") || payments[1].WalletID != ordersID {
		t.Errorf("payments %+v", payments)
	}
	var webhooks []emulator.WebhookInfo
	read(&webhooks, "webhooks", "-json")
	if len(webhooks) != 1 || webhooks[0].Deliveries["attempting"] != 1 || len(webhooks[0].Events) != 2 {
		t.Errorf("webhooks %+v", webhooks)
	}
	var status emulator.StatusInfo
	read(&status, "status", "-json")
	if status.Wallets["active"] != 2 || status.Clock.Ahead != "20m0s" || len(status.Organizations[0].Environments) == 0 {
		t.Errorf("status %+v", status)
	}
	for _, args := range [][]string{{"wallets", "x"}, {"payments", "x"}, {"webhooks", "x"}, {"status", "x"}} {
		if out, err := program(args...); err == nil || out != "" {
			t.Errorf("%v: %v, printed %q", args, err, out)
		}
	}
}

// TestPaysLater: with a delay, pay says when the payment is completed, and what the balance is then.
func TestPaysLater(t *testing.T) {
	t.Parallel()
	_, program, receive := lived(t)
	var payments []emulator.PaymentInfo
	out, err := program("payments", "-json")
	if err == nil {
		err = json.Unmarshal([]byte(out), &payments)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{
		"Paid 21 sats (21000 msats) to wallet orders (" + ordersID.String() + ") with payment " + receive.String() + ".\n" +
			"The payment will be completed at 2026-09-01T10:30:00Z. The balance of the wallet will then be 1,234,588.89 sats (1234588890 msats).\n",
		"Paid 2 sats (2000 msats) to wallet orders (" + ordersID.String() + ") with payment " + payments[1].ID.String() + ".\n" +
			"The payment will be completed at 2026-09-01T10:30:00Z. The balance of the wallet will then be 1,234,590.89 sats (1234590890 msats).\n",
	} {
		args := []string{"pay", payments[i].Invoice}
		if i == 1 {
			for _, test := range [][]string{
				{"there are two amounts", "2sats", "-msats", "1"}, {"is not an amount", "two"}, {"give the amount in msats"},
			} {
				if out, err := program(append(args, test[1:]...)...); err == nil || !strings.Contains(err.Error(), test[0]) || out != "" {
					t.Errorf("%v: %v, printed %q", test, err, out)
				}
			}
			args = append(args, "2sats")
		}
		if out, err := program(args...); err != nil || out != want {
			t.Errorf("%v, printed\n%swant\n%s", err, out, want)
		}
	}
}

func TestAmounts(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"25000": "25000 ", "-3": "-3 ", "25000sats": "25000000 btc", "1sat": "1000 btc", "-1sat": "-1000 btc",
		"7msats": "7 btc", "7msat": "7 btc",
		"9223372036854775sats": "9223372036854775000 btc", "9223372036854776sats": "error", "-9223372036854776sats": "error",
		"9223372036854775807": "9223372036854775807 ", "9223372036854775808": "error", "": "error", "sats": "error", "1.5sats": "error",
		"1 sats": "error", "1SATS": "error", "1btc": "error", "1_000sats": "error",
	} {
		amount, currency, err := parseAmount(text)
		got := fmt.Sprint(amount, " ", currency)
		if err != nil {
			got = "error"
		}
		if got != want {
			t.Errorf("%q: %s, %v, want %s", text, got, err, want)
		}
	}
	for msats, want := range map[int64]string{
		0: "0 sats", 1: "0.001 sats", 999: "0.999 sats", 1000: "1 sats", -1500: "-1.5 sats",
		1_000_000: "1,000 sats", 123_456_789_010: "123,456,789.01 sats",
		-9_223_372_036_854_775_808: "-9,223,372,036,854,775.808 sats",
	} {
		if got := sats(msats); got != want {
			t.Errorf("%d msats are %s, want %s", msats, got, want)
		}
	}
	for cents, want := range map[int64]string{0: "0 USD", 5: "0.05 USD", 50: "0.50 USD", -123456: "-1,234.56 USD", 100: "1 USD"} {
		if got := short("usd", "cents", cents); got != want {
			t.Errorf("%d cents are %s, want %s", cents, got, want)
		}
	}
}
