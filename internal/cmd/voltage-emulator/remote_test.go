package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

var ordersID = uuid.MustParse("6f1c2a30-5b7d-4e8f-9a01-2b3c4d5e6f70")

// running starts an emulator in the test's process, with a wallet, and returns it with a function that runs the program on it.
func running(t *testing.T) (*emulator.Emulator, func(args ...string) (string, error)) {
	t.Helper()
	api, _, program := runningAt(t)
	return api, program
}

// runningAt returns the address, too.
func runningAt(t *testing.T) (api *emulator.Emulator, url string, program func(args ...string) (string, error)) {
	t.Helper()
	world := emulator.DefaultWorld()
	limit := int64(1000)
	world[0].Wallets = []emulator.Wallet{{
		ID: ordersID, EnvironmentID: emulator.StagingEnvironmentID, Name: "orders-staging", Network: "mutinynet",
		LineOfCreditID: &emulator.StagingLineID, Limit: &limit,
	}}
	api, err := emulator.New(emulator.Config{Organizations: world})
	if err != nil {
		t.Fatal(err)
	}
	url, stop, err := api.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return api, url, func(args ...string) (string, error) {
		var stdout, stderr bytes.Buffer
		err := run(t.Context(), append([]string{args[0], "-url", url}, args[1:]...), &stdout, &stderr)
		return stdout.String(), err
	}
}

func TestDepositsAndWithdraws(t *testing.T) {
	t.Parallel()
	api, program := running(t)
	wallet := "wallet orders-staging (" + ordersID.String() + ").\nThe balance of the wallet is now "
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"deposit", "orders-staging", "5000"}, "Deposited 5 sats (5000 msats) in " + wallet + "5 sats (5000 msats).\n"},
		{[]string{"withdraw", ordersID.String(), "3sats"}, "Withdrew 3 sats (3000 msats) from " + wallet + "2 sats (2000 msats).\n"},
		{[]string{"withdraw", ordersID.String(), "1sat"}, "Withdrew 1 sats (1000 msats) from " + wallet + "1 sats (1000 msats).\n"},
		{[]string{"deposit", "orders-staging", "1msat", "-currency", "btc"},
			"Deposited 0.001 sats (1 msats) in " + wallet + "1.001 sats (1001 msats).\n"},
		{[]string{"withdraw", "orders-staging", "1msats"}, "Withdrew 0.001 sats (1 msats) from " + wallet + "1 sats (1000 msats).\n"},
		{[]string{"deposit", "orders-staging", "7", "-currency", "usd"}, "Deposited 0.07 USD (7 cents) in " + wallet + "0.07 USD (7 cents).\n"},
	} {
		if out, err := program(test.args...); err != nil || out != test.want {
			t.Errorf("%v: %v, printed %q", test.args, err, out)
		}
	}
	for _, test := range [][]string{
		{"deposit got 1 argument; see its usage above", "deposit", "orders-staging"},
		{"1001", "withdraw", "orders-staging", "1001"},
		{`"5bits" is not an amount such as 25000sats`, "deposit", "orders-staging", "5bits"},
		{"5sats is an amount in btc, and -currency is usd", "deposit", "orders-staging", "5sats", "-currency", "usd"},
		{`"other"`, "deposit", "other", "5"},
	} {
		if out, err := program(test[1:]...); err == nil || !strings.Contains(err.Error(), test[0]) || out != "" {
			t.Errorf("%v: %v, printed %q", test[1:], err, out)
		}
	}
	if got := api.Wallets()[0].Balances; !reflect.DeepEqual(got,
		[]emulator.Money{{Currency: "btc", Amount: 1000}, {Currency: "usd", Amount: 7}}) {
		t.Errorf("the wallet has %+v", got)
	}
}

// TestSwitchesFeatures switches features of the only organization, and of one that is named.
func TestSwitchesFeatures(t *testing.T) {
	t.Parallel()
	_, program := running(t)
	switched := " for Emulated Organization (" + emulator.DefaultOrganizationID.String() + ")\n"
	for _, test := range [][]string{
		{"treasury is on" + switched, "treasury", "on"},
		{"onchain is off" + switched, "-organization", "Emulated Organization", "onchain", "off"},
		{"onchain is on" + switched, "onchain", "on", "-organization", emulator.DefaultOrganizationID.String()},
	} {
		if out, err := program(append([]string{"feature"}, test[1:]...)...); err != nil || out != test[0] {
			t.Errorf("%v: %v, printed %q", test[1:], err, out)
		}
	}
	for _, test := range [][]string{
		{"feature got 1 argument; see its usage above", "treasury"},
		{`switched on or off, not "yes"`, "treasury", "yes"},
		{`feature "lightning" does not exist; the features are onchain, bip21, treasury`, "lightning", "off"},
		{`no organization has the ID or the name "Acme"; the organizations are Emulated Organization`, "-organization", "Acme", "treasury", "on"},
	} {
		if out, err := program(append([]string{"feature"}, test[1:]...)...); err == nil || !strings.Contains(err.Error(), test[0]) || out != "" {
			t.Errorf("%v: %v, printed %q", test[1:], err, out)
		}
	}
}

// TestBills makes bills and moves them.
func TestBills(t *testing.T) {
	t.Parallel()
	_, program := running(t)
	btc, usd := emulator.StagingLineID.String(), emulator.StagingUSDLineID.String()
	const id, period = "1c0ffee1-5b7d-4e8f-9a01-2b3c4d5e6f70", " for 2026-08-01T00:00:00Z to 2026-08-04T00:00:00Z\n"
	for _, test := range []struct {
		args []string
		want string
	}{
		{[]string{"bill", btc, "9000000", "-id", id, "-start", "2026-08-01T00:00:00Z", "-end", "2026-08-04T00:00:00Z"},
			id + " payment_due: Collection of 9000000 msats" + period},
		{[]string{"bill-status", id, "failed", "-error", "no route"}, id + " failed: Collection of 9000000 msats" + period},
		{[]string{"bill-status", id, "paid"}, id + " paid: Collection of 9000000 msats" + period},
		{[]string{"bill", btc, "9000sats"}, " payment_due: Collection of 9000000 msats for "},
		{[]string{"bill", "-payout", "-status", "paid", "-paid", "0", usd, "5"}, " paid: Payout of 5 cents for "},
	} {
		if out, err := program(test.args...); err != nil || !strings.Contains(out, test.want) {
			t.Errorf("%v: %v, printed %q", test.args, err, out)
		}
	}
	for _, test := range [][]string{
		{"bill got 1 argument; see its usage above", "bill", btc},
		{`"5bits" is not an amount`, "bill", btc, "5bits"},
		{"is in usd, and the amount in btc", "bill", usd, "5sats"},
		{"is in usd, and the amount in btc", "bill", "-status", "paid", "-paid", "5sats", usd, "5"},
		{"another bill of line of credit", "bill", "-start", "2026-08-03T00:00:00Z", btc, "5"},
		{"the amount of a bill must be 0 or more", "bill", btc, "--", "-5"},
		{"invalid value", "bill", "-id", "x", btc, "5"},
		{"invalid value", "bill", "-start", "today", btc, "5"},
		{"invalid value", "bill", "-paid", "all", btc, "5"},
		{"has no amount that was paid", "bill", "-paid", "5", btc, "5"},
		{"which is final", "bill-status", id, "void"},
		{"there is no bill", "bill-status", ordersID.String(), "void"},
	} {
		if out, err := program(test[1:]...); err == nil || !strings.Contains(err.Error(), test[0]) || out != "" {
			t.Errorf("%v: %v, printed %q", test[1:], err, out)
		}
	}
}

// TestClock shows the clock and moves it.
func TestClock(t *testing.T) {
	t.Parallel()
	api, program := running(t)
	shown := regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ, (.*) ahead of the machine's clock\n$`)
	for _, test := range [][]string{{"0s"}, {"2h0m0s", "advance", "2h"}, {"26h0m0s", "advance", "1d"}, {"26h0m0s"}} {
		out, err := program(append([]string{"clock"}, test[1:]...)...)
		if match := shown.FindStringSubmatch(out); err != nil || match == nil || match[1] != test[0] {
			t.Errorf("%v: %v, printed %q", test[1:], err, out)
		}
	}
	var view emulator.ClockView
	if out, err := program("clock", "-json"); err != nil || json.Unmarshal([]byte(out), &view) != nil || view.Ahead != "26h0m0s" ||
		time.Until(view.Now) < 25*time.Hour {
		t.Errorf("%v, printed %s", err, out)
	}
	for _, test := range [][]string{
		{"advance needs a duration", "advance"},
		{"is not a duration such as", "advance", "soon"},
		{"the clock moves forward only", "advance", "--", "-1h"},
		{`"set" is not an argument of clock`, "set", "2h"},
		{"clock got 3 arguments", "advance", "2h", "now"},
	} {
		if out, err := program(append([]string{"clock"}, test[1:]...)...); err == nil || !strings.Contains(err.Error(), test[0]) || out != "" {
			t.Errorf("%v: %v, printed %q", test[1:], err, out)
		}
	}
	if _, ahead := api.Clock(); ahead != 26*time.Hour {
		t.Errorf("the clock is %s ahead", ahead)
	}
}

// TestFaults orders faults with flags before and after the effect, lists them and takes them back.
func TestFaults(t *testing.T) {
	t.Parallel()
	api, program := running(t)
	for _, test := range [][]string{
		{"The fault will happen to future request 1 of create_wallet.\n", "fault", "-operation", "create_wallet", "cut-after"},
		{"The fault will happen to future requests 2 to 4 of get_wallet.\n", "fault", "status=503", "-retry-after", "5", "-operation",
			"get_wallet", "-nth", "2", "-times", "3", "-after"},
		{"The fault will happen to future request 1 and all later requests.\n", "fault", "-times", "-1", "refuse=400", "-type", "a", "-code", "b",
			"-detail", "c d"},
	} {
		if out, err := program(test[1:]...); err != nil || out != test[0] {
			t.Errorf("%v: %v, printed %q", test[1:], err, out)
		}
	}
	want := `future request 1 of create_wallet: cut-after
future requests 2 to 4 of get_wallet: status=503 -retry-after 5 -after
future request 1 and all later requests: refuse=400 -type a -code b -detail "c d"
`
	if out, err := program("faults"); err != nil || out != want {
		t.Errorf("%v, printed %q", err, out)
	}
	for _, test := range [][]string{
		{`operation "create_walet" does not exist; the operations are abandon_webhook`, "fault", "-operation", "create_walet", "cut-after"},
		{"nth is 1", "fault", "-nth", "0", "cut-after"},
		{"fault got 0 arguments; see its usage above", "fault"},
		{"fault got 2 arguments", "fault", "cut-after", "stale"},
		{`"clean" is not an argument of faults. The only argument is clear`, "faults", "clean"},
	} {
		if out, err := program(test[1:]...); err == nil || !strings.Contains(err.Error(), test[0]) || out != "" {
			t.Errorf("%v: %v, printed %q", test[1:], err, out)
		}
	}
	if out, err := program("faults", "clear"); err != nil || out != "" || len(api.Faults()) != 0 {
		t.Errorf("%v, printed %q; left are %+v", err, out, api.Faults())
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	api, program := running(t)
	url := "/v1/organizations/" + emulator.DefaultOrganizationID.String() + "/wallets"
	get := func(path string) { api.ServeHTTP(discard{}, request(t, path)) }
	get(url)
	if _, err := program("fault", "status=503"); err != nil {
		t.Fatal(err)
	}
	get(url + "?environment_id=a&inactive=true")
	get(url + "/" + ordersID.String())
	first := "200  get_all_organizations_wallets_as_user  GET  " + url + "\n"
	second := "503  get_all_organizations_wallets_as_user  GET  " + url + "?environment_id=a&inactive=true  status=503\n"
	third := "200  get_wallet  GET  " + url + "/" + ordersID.String() + "\n"
	spaces := regexp.MustCompile(` +`)
	for _, test := range [][]string{{first + second + third}, {third, "-operation", "get_wallet"}} {
		out, err := program(append([]string{"requests"}, test[1:]...)...)
		if want := spaces.ReplaceAllString(test[0], " "); err != nil || spaces.ReplaceAllString(out, " ") != want {
			t.Errorf("%v: %v, printed\n%swant\n%s", test[1:], err, out, want)
		}
	}
	out, err := program("requests", "-json", "-operation", "get_wallet")
	var seen []emulator.Seen
	if jsonErr := json.Unmarshal([]byte(out), &seen); err != nil || jsonErr != nil || len(seen) != 1 || seen[0].Status != 200 ||
		seen[0].Time.IsZero() {
		t.Errorf("%v, %v, printed %s", err, jsonErr, out)
	}
	if out, err := program("requests", "-operation", "get_walet"); err == nil || out != "" {
		t.Errorf("an operation that there is not: %v, printed %q", err, out)
	}
	if out, err := program("requests", "clear"); err != nil || out != "" || len(api.Requests()) != 0 {
		t.Errorf("%v, printed %q; left are %+v", err, out, api.Requests())
	}
}

// TestOnlyOnThisMachine: what is meant for an emulator is sent to nothing else.
func TestOnlyOnThisMachine(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"https://staging.voltageapi.com/v1": "is not the address of an emulator",
		"http://voltageapi.com/v1":          "is not the address of an emulator",
		"http://127.0.0.1.example/v1":       "is not the address of an emulator",
		"https://127.0.0.1:1/v1":            "is not the address of an emulator",
		"127.0.0.1:1":                       "the emulator's address",
		"":                                  "VOLTAGE_API_URL is not set",
	} {
		if address, err := controlURL(url, "pay"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v", url, address, err)
		}
	}
	for url, want := range map[string]string{
		"http://127.0.0.1:8080/v1":  "http://127.0.0.1:8080/emulator/pay",
		"http://localhost:8080/v1/": "http://localhost:8080/emulator/pay",
		"http://[::1]:8080":         "http://[::1]:8080/emulator/pay",
	} {
		if address, err := controlURL(url, "pay"); err != nil || address != want {
			t.Errorf("%q: %q, %v", url, address, err)
		}
	}
}

// TestOtherMachines: an emulator on another machine is called if the environment has one of its keys, and a real API is not.
func TestOtherMachines(t *testing.T) {
	for _, test := range []struct{ key, token, url, want string }{
		{emulator.StagingKey, "", "http://emulator:8080/v1", "http://emulator:8080/emulator/pay"},
		{"", emulator.UserToken, "http://emulator:8080/v1", "http://emulator:8080/emulator/pay"},
		{emulator.StagingKey, "", "https://voltageapi.com/v1", ""},
		{"vltg_real", "", "http://emulator:8080/v1", ""},
		{"vltg_real", emulator.UserToken, "http://emulator:8080/v1", ""},
		{"", "", "http://emulator:8080/v1", ""},
	} {
		t.Setenv("VOLTAGE_API_KEY", test.key)
		t.Setenv("VOLTAGE_BEARER_TOKEN", test.token)
		address, err := controlURL(test.url, "pay")
		if address != test.want || (err == nil) != (test.want != "") ||
			err != nil && !strings.Contains(err.Error(), "begin with vltg_emulator_") {
			t.Errorf("%+v: %q, %v", test, address, err)
		}
	}
}

// TestSeeds starts with the example, and with seeds that are refused.
func TestSeeds(t *testing.T) {
	t.Parallel()
	var buffer bytes.Buffer
	stdout := &lockedWriter{w: &buffer}
	exports := start(t, stdout, func() string {
		stdout.mu.Lock()
		defer stdout.mu.Unlock()
		return buffer.String()
	}, "-seed", filepath.Join("..", "..", "..", "examples", "emulator", "world.json"))
	try(t, exports)
	if got := variables(exports)["VOLTAGE_API_KEY"]; got != "vltg_emulator_acme_staging" {
		t.Errorf("the exported key is %q", got)
	}
	for content, want := range map[string]string{
		`{"organizations":[{"name":"Acme","environments":[{"name":"staging"}],"keys":[]}]}`: `no key of organization "Acme" ` +
			`opens its first environment, "staging"`,
		"{\n\"organisations\": []}": "world.json:\nthe seed: there is no field \"organisations\"",
	} {
		file := filepath.Join(t.TempDir(), "world.json")
		if err := os.WriteFile(file, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		var out, errOut bytes.Buffer
		if err := run(t.Context(), []string{"-seed", file}, &out, &errOut); err == nil || !strings.Contains(err.Error(), want) || out.Len() != 0 {
			t.Errorf("%s: %v, printed %q", content, err, out.String())
		}
	}
	var out, errOut bytes.Buffer
	if err := run(t.Context(), []string{"-seed", filepath.Join("no", "such", "file")}, &out, &errOut); err == nil {
		t.Error("a seed that is not there was taken")
	}
}

// TestExportsToken: a world with no API key exports its token.
func TestExportsToken(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "world.json")
	if err := os.WriteFile(file,
		[]byte(`{"organizations":[{"name":"Acme","environments":[{"name":"staging"}],"keys":[{"secret":"a.b.c","bearer":true}]}]}`),
		0o600); err != nil {
		t.Fatal(err)
	}
	var buffer bytes.Buffer
	stdout := &lockedWriter{w: &buffer}
	v := variables(start(t, stdout, func() string {
		stdout.mu.Lock()
		defer stdout.mu.Unlock()
		return buffer.String()
	}, "-seed", file))
	if v["VOLTAGE_BEARER_TOKEN"] != "a.b.c" || v["VOLTAGE_API_KEY"] != "" {
		t.Errorf("exports %v", v)
	}
}
