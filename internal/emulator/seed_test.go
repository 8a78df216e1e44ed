package emulator_test

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

func seeded(t *testing.T, text string) []emulator.Organization {
	t.Helper()
	world, err := emulator.ReadSeed(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return world
}

// TestSeedExample reads the example and looks at all of it through the API.
func TestSeedExample(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile("../../examples/emulator/world.json")
	if err != nil {
		t.Fatal(err)
	}
	world := seeded(t, string(content))
	if again := seeded(t, string(content)); !reflect.DeepEqual(world, again) {
		t.Errorf("the second reading gives another world: %v, %v", world, again)
	}
	organization, environment, key, err := emulator.FirstAccess(world)
	if err != nil || key.Secret != "vltg_emulator_acme_staging" {
		t.Fatalf("the first key is %q, %v", key.Secret, err)
	}
	a := start(t, func(c *emulator.Config) { c.Organizations = world })
	a.key = "vltg_emulator_acme_read_only"
	base := "/organizations/" + organization.String()
	lines := a.expect(200, "", "GET", base+"/lines_of_credit/summaries", nil).raw
	for _, want := range []string{
		`"currency":"btc"`, `"currency":"usd"`, `"limit":100000000000`, `"limit":10000000`, `"secured":"pending_deposit"`,
		`"allocated_limit":100000000,`, `"allocated_limit":50000,`,
		`"id":"6f1c2a30-5b7d-4e8f-9a01-2b3c4d5e6f70"`, `"environment_id":"` + environment.String(),
	} {
		if !bytes.Contains(lines, []byte(want)) {
			t.Errorf("the lines of credit lack %s: %s", want, lines)
		}
	}
	if bytes.Contains(lines, []byte(`"disabled_at":"`)) {
		t.Errorf("the key shows another environment's line: %s", lines)
	}
	list := a.expect(200, "", "GET", base+"/wallets?environment_id="+environment.String(), nil).raw
	for _, want := range []string{
		`"name":"orders-staging"`, `"metadata":{"team":"payments"}`, `"limit":100000000`, `"amount":25000000`, `"name":"invoices-usd"`,
		`"name":"donations"`, `"line_of_credit_id":null`,
	} {
		if !bytes.Contains(list, []byte(want)) {
			t.Errorf("the wallets lack %s: %s", want, list)
		}
	}
	orders := uuid.NewSHA1(environment, []byte("wallet/orders-staging"))
	ledger := a.expect(200, "", "GET", base+"/wallets/"+orders.String()+"/ledger", nil)
	if ledger.get("total") != 1.0 || !bytes.Contains(ledger.raw, []byte(`"type":"deposited"`)) {
		t.Errorf("the ledger does not add up to the balance: %s", ledger.raw)
	}
	a.expect(403, "access_rights", "GET", base+"/bills", nil)
	a.key = "vltg_emulator_acme_staging"
	if got := a.expect(200, "", "GET", base+"/bills/summary", nil); got.get("bill_total_count") != 4.0 ||
		got.get("inflight_total_count") != 1.0 ||
		got.get("by_currency", "btc", "total_due_base_units") != 21_000_000.0 ||
		got.get("by_currency", "usd", "total_due_base_units") != -13455.0 {
		t.Errorf("the bills come to %s", got.raw)
	}
	billed := a.expect(200, "", "GET", base+"/bills?limit=1&sort_order=ASC", nil).raw
	for _, want := range []string{
		`"start_time":"2026-08-01T00:00:00.000000000Z"`, `"amount":9000000`, `"amount":9100000`, `"status":"paid"`, orders.String(),
	} {
		if !bytes.Contains(billed, []byte(want)) {
			t.Errorf("the first bill lacks %s: %s", want, billed)
		}
	}
	a.key = "vltg_emulator_acme_read_only"
	wallet := map[string]any{
		"id": uuid.NewString(), "environment_id": environment, "line_of_credit_id": world[0].LinesOfCredit[0].ID, "name": "new",
		"network": "mainnet", "limit": 1,
	}
	a.expect(403, "access_rights", "POST", base+"/wallets", wallet)
	a.key = "vltg_emulator_acme_staging"
	a.expect(400, "application_not_approved", "POST", base+"/wallets", wallet)
	past := a.expect(200, "", "GET", base+"/environments/"+environment.String()+"/payments?sort_order=ASC", nil)
	for _, want := range []string{`"Coffee"`, `"shop":"7"`, `"status":"receiving"`, `"direction":"send"`, `"status":"failed"`, `"total":4`} {
		if !bytes.Contains(past.raw, []byte(want)) {
			t.Errorf("the payments lack %s: %s", want, past.raw)
		}
	}
	hooks := a.expect(200, "", "GET", base+"/webhooks", nil).raw
	assets := a.expect(200, "", "GET", base+"/assets", nil).raw
	if !bytes.Contains(hooks, []byte(`"http://127.0.0.1:3000/webhooks"`)) || !bytes.Contains(assets, []byte(`"Emulated Dollar"`)) {
		t.Errorf("the webhooks are %s, and the assets %s", hooks, assets)
	}
	a.key = "vltg_emulator_acme_old"
	a.expect(401, "wrong_credentials", "GET", base+"/wallets", nil)
	a.key = ""
	all := a.expect(200, "", "GET", base+"/lines_of_credit/summaries?include_disabled=true", nil, "X-Api-Key", "", "Authorization",
		"Bearer vltg_emulator_acme_user_token").raw
	if !bytes.Contains(all, []byte(`"disabled_at":"`)) {
		t.Errorf("the token does not show the disabled line: %s", all)
	}
}

const (
	oneLine   = `{"network":"mutinynet","limit":1000}`
	ownLineID = "6f1c2a30-5b7d-4e8f-9a01-2b3c4d5e6f70"
)

// seedOf is a seed with an environment of these lines and wallets, and with more in its organization.
func seedOf(lines, wallets, more string) string {
	return fmt.Sprintf(`{"organizations":[{"name":"Acme"%s,"environments":[{"name":"staging","lines_of_credit":[%s],"wallets":[%s]}]}]}`,
		more, lines, wallets)
}

func TestSeedDefaults(t *testing.T) {
	t.Parallel()
	world := seeded(t, seedOf(oneLine,
		`{"name":"orders","network":"mutinynet","limit":1000,"balances":[{"amount":-1000},{"currency":"usd","amount":5}],"metadata":null}`, ""))
	o := world[0]
	line, wallet := o.LinesOfCredit[0], o.Wallets[0]
	if line.Currency != "btc" || line.Secured != "secured" || line.Verified != "" || line.EnvironmentID != o.Environments[0].ID {
		t.Errorf("the line is %+v", line)
	}
	if wallet.LineOfCreditID == nil || *wallet.LineOfCreditID != line.ID ||
		!reflect.DeepEqual(wallet.Balances, []emulator.Money{{Currency: "btc", Amount: -1000}, {Currency: "usd", Amount: 5}}) {
		t.Errorf("the wallet is %+v", wallet)
	}
	if k := o.Keys; len(k) != 1 || k[0].Secret != "vltg_emulator_"+o.ID.String() || !k[0].Read || !k[0].Write || !k[0].Receive ||
		!k[0].Billing || len(k[0].Environments) != 0 {
		t.Errorf("the keys are %+v", k)
	}
	if o.Treasury || len(o.NoPayments) != 0 {
		t.Errorf("treasury %t, without %v", o.Treasury, o.NoPayments)
	}
	o = seeded(t, seedOf(oneLine, "", `,"treasury":true,"no_payments":["onchain","bip21"]`))[0]
	if !o.Treasury || fmt.Sprint(o.NoPayments) != "[onchain bip21]" {
		t.Errorf("treasury %t, without %v", o.Treasury, o.NoPayments)
	}
	// Another name is another ID, all the way down.
	other := seeded(t, strings.Replace(seedOf(oneLine, "", ""), "Acme", "Other", 1))[0]
	if other.ID == o.ID || other.Environments[0].ID == o.Environments[0].ID || other.LinesOfCredit[0].ID == line.ID {
		t.Errorf("%+v shares an ID with %+v", other, o)
	}
	// Two lines of one kind are told apart by IDs, and a wallet says which is its.
	world = seeded(t, seedOf(oneLine+`,{"id":"`+ownLineID+`","network":"mutinynet","limit":5}`,
		`{"name":"orders","network":"mutinynet","limit":5,"line_of_credit_id":"`+ownLineID+`"}`, ""))
	if got := world[0].Wallets[0].LineOfCreditID.String(); got != ownLineID {
		t.Errorf("the wallet is on %s", got)
	}
}

// TestSeedBills: a bill of a seed has what is left out, and its ID is the same at every start.
func TestSeedBills(t *testing.T) {
	t.Parallel()
	text := seedOf(`{"network":"mutinynet","limit":1000,"period_length":"weekly","bills":[{"amount_due":5},{"amount_due":7,`+
		`"start_time":"2026-08-01T00:00:00Z","status":"failed"}]}`, "", "")
	world := seeded(t, text)
	first, second := world[0].Bills[0], world[0].Bills[1]
	line := world[0].LinesOfCredit[0]
	if line.Period != "weekly" || first.LineOfCreditID != line.ID || first.Status != "payment_due" || first.Settlement != "Collection" ||
		!first.Start.IsZero() || second.Problem != "" || second.Amount != 7 {
		t.Errorf("the bills are %+v, %+v", first, second)
	}
	if again := seeded(t, text)[0].Bills; again[0].ID != first.ID || again[1].ID != second.ID || first.ID == second.ID {
		t.Errorf("%s and %s are %s and %s at another start", first.ID, second.ID, again[0].ID, again[1].ID)
	}
	a := start(t, func(c *emulator.Config) { c.Organizations = world })
	a.key = world[0].Keys[0].Secret
	for id, period := range map[uuid.UUID][2]string{first.ID: {"2026-08-24", "2026-08-31"}, second.ID: {"2026-08-01", "2026-08-08"}} {
		got := a.expect(200, "", "GET", "/organizations/"+world[0].ID.String()+"/bills/"+id.String(), nil)
		if fmt.Sprintf("%v %v", got.get("start_time"), got.get("end_time")) != period[0]+"T00:00:00.000000000Z "+period[1]+
			"T00:00:00.000000000Z" {
			t.Errorf("got %s", got.raw)
		}
	}
}

// TestSeedRefusals: an error says what is wrong and where.
func TestSeedRefusals(t *testing.T) {
	t.Parallel()
	const env, wallet0 = "organizations[0].environments[0]", "organizations[0].environments[0].wallets[0]"
	const bill0 = env + ".lines_of_credit[0].bills[0]"
	billed := func(bills, more string) string {
		return seedOf(`{"network":"mutinynet","limit":1,"bills":[`+bills+`]`+more+`}`, "", "")
	}
	wallet := func(fields string) string { return `{"name":"orders","network":"mutinynet"` + fields + `}` }
	for name, test := range map[string]struct{ seed, want string }{
		"empty":              {"", "line 1: the seed is not JSON"},
		"not JSON":           {"{\n\"organizations\": [\n}", "line 3: the seed is not JSON"},
		"more than JSON":     {"{} {}", "the seed is not JSON"},
		"a list":             {"[]", "the seed: want an object, not a list"},
		"nothing":            {"{}", "organizations: a seed must have at least one"},
		"null":               {"null", "organizations: a seed must have at least one"},
		"unknown field":      {"{\"organizations\":[\n{\"name\":\"Acme\",\n\"color\":1}]}", `organizations[0]: there is no field "color"`},
		"known in capitals":  {`{"Organizations":[]}`, "organizations: a seed must have at least one"},
		"field twice":        {`{"organizations":[],"organizations":[]}`, "organizations: the field is given twice"},
		"deep unknown field": {seedOf(oneLine, wallet(`,"limits":1`), ""), wallet0 + `: there is no field "limits"`},
		"metadata key twice": {seedOf(oneLine, wallet(`,"metadata":{"a":"1","a":"2"}`), ""), wallet0 + ".metadata.a: the field is given twice"},
		"number for text":    {seedOf(oneLine, `{"name":1}`, ""), wallet0 + ".name: want text, not a number"},
		"number in metadata": {seedOf(oneLine, wallet(`,"metadata":{"tier":1}`), ""), wallet0 + ".metadata: want text, not a number"},
		"text for a number": {
			seedOf(oneLine, wallet(`,"limit":"1"`), ""),
			wallet0 + ".limit: want a whole number of 64 bits, written without a fraction, not text",
		},
		"fraction":  {seedOf(oneLine, wallet(`,"limit":1.5`), ""), "not 1.5"},
		"too large": {seedOf(oneLine, wallet(`,"limit":9223372036854775808`), ""), "not 9223372036854775808"},
		"text for truth": {
			seedOf(`{"network":"mutinynet","limit":1,"disabled":"no"}`, "", ""),
			env + ".lines_of_credit[0].disabled: want true or false, not text",
		},
		"object for a list":    {`{"organizations":{}}`, "organizations: want a list, not an object"},
		"text for an object":   {`{"organizations":["Acme"]}`, "organizations[0]: want an object, not text"},
		"no UUID":              {seedOf(oneLine, "", `,"id":"acme"`), `organizations[0]: must be a UUID, not "acme"`},
		"UUID of another form": {seedOf(oneLine, "", `,"id":"urn:uuid:`+ownLineID+`"`), "organizations[0]: must be a UUID, not"},
		"zero UUID": {
			seedOf(oneLine, "", `,"id":"00000000-0000-0000-0000-000000000000"`),
			"organizations[0].id: an ID must not be all zeros",
		},
		"ID of two things": {
			seedOf(`{"id":"`+ownLineID+`","network":"mutinynet","limit":1}`, "", `,"id":"`+ownLineID+`"`),
			env + ".lines_of_credit[0].id: organizations[0] has the same ID",
		},
		"no name": {
			`{"organizations":[{"environments":[{}]}]}`,
			env + ".name: an environment must have a name\norganizations[0].name: an organization must have a name",
		},
		"no environment": {`{"organizations":[{"name":"Acme"}]}`, "organizations[0].environments: an organization must have at least one"},
		"environment twice": {
			`{"organizations":[{"name":"Acme","environments":[{"name":"a"},{"name":"a","id":"` + ownLineID + `"}]}]}`,
			`organizations[0].environments[1].name: another environment of the organization is named "a"`,
		},
		"organization twice": {
			`{"organizations":[{"name":"Acme","environments":[{"name":"a"}]},{"name":"Acme","environments":[{"name":"a"}]}]}`,
			"organizations[1]: organizations[0] has the same name: give one of the two an id",
		},
		"line twice": {
			seedOf(oneLine+","+oneLine, "", ""),
			env + ".lines_of_credit[1]: " + env + ".lines_of_credit[0] has the same network and currency: give one",
		},
		"wallet twice": {
			seedOf(oneLine, wallet("")+","+wallet(""), ""),
			env + ".wallets[1]: " + wallet0 + " has the same name: give one",
		},
		"unknown network": {
			seedOf(`{"network":"testnet","limit":1}`, "", ""),
			env + `.lines_of_credit[0].network: "testnet" is not one of mainnet, mutinynet, testnet3`,
		},
		"refused payments":  {seedOf(oneLine, "", `,"no_payments":["bip21","bolt11"]`), `no_payments[1]: "bolt11" is not one of onchain`},
		"treasury in words": {seedOf(oneLine, "", `,"treasury":"on"`), `organizations[0].treasury: want true or false, not text`},
		"refused network":   {seedOf(oneLine, "", `,"no_wallets":["mainnet","x"]`), `organizations[0].no_wallets[1]: "x" is not one of`},
		"unknown currency":  {seedOf(`{"network":"mutinynet","limit":1,"currency":"eur"}`, "", ""), `currency: "eur" is not one of btc, usd`},
		"unknown secured": {
			seedOf(`{"network":"mutinynet","limit":1,"secured":"yes"}`, "", ""),
			`secured: "yes" is not one of pending_deposit, partially_secured, secured`,
		},
		"unknown verified": {
			seedOf(`{"network":"mutinynet","limit":1,"verified":"yes"}`, "", ""),
			`verified: "yes" is not one of pending_verification, verified`,
		},
		"line without limit": {seedOf(`{"network":"mutinynet"}`, "", ""), env + ".lines_of_credit[0].limit: a line of credit must have a limit"},
		"fee too high": {
			seedOf(`{"network":"mutinynet","limit":1,"send_basis_points":10001}`, "", ""),
			".send_basis_points: 10001 is not from 0 to 10000",
		},
		"key without secret": {seedOf(oneLine, "", `,"keys":[{}]`), "organizations[0].keys[0].secret: a key must have a secret"},
		"secret of a shell": {
			seedOf(oneLine, "", `,"keys":[{"secret":"a$(b)"}]`),
			"organizations[0].keys[0].secret: a key must have a secret",
		},
		"secret twice": {
			seedOf(oneLine, "", `,"keys":[{"secret":"a"},{"secret":"a"}]`),
			"organizations[0].keys[1].secret: organizations[0].keys[0] has the same secret",
		},
		"key of nothing": {
			seedOf(oneLine, "", `,"keys":[{"secret":"a","environments":[]}]`),
			"organizations[0].keys[0].environments: the key opens no environment",
		},
		"key of elsewhere": {
			seedOf(oneLine, "", `,"keys":[{"secret":"a","environments":["staging","live"]}]`),
			`organizations[0].keys[0].environments[1]: the organization has no environment "live"`,
		},
		"unknown permission": {
			seedOf(oneLine, "", `,"keys":[{"secret":"a","permissions":["READ"]}]`),
			`organizations[0].keys[0].permissions[0]: "READ" is not one of read, write, receive, billing`,
		},
		"short wallet name":    {seedOf(oneLine, `{"name":"ab","network":"mutinynet"}`, ""), wallet0 + ".name: A name has 3 to 256 characters"},
		"wallet on no network": {seedOf(oneLine, `{"name":"orders"}`, ""), wallet0 + `.network: "" is not one of`},
		"negative limit":       {seedOf(oneLine, wallet(`,"limit":-1`), ""), wallet0 + ".limit: -1 is below 0"},
		"line without a limit": {
			seedOf(oneLine, wallet(`,"line_of_credit_id":"`+ownLineID+`"`), ""),
			wallet0 + ".limit: a wallet with line_of_credit_id or currency must have a limit",
		},
		"currency of no line": {
			seedOf(oneLine, wallet(`,"currency":"usd"`), ""),
			wallet0 + ".limit: a wallet with line_of_credit_id or currency must have a limit",
		},
		"no line": {seedOf("", wallet(`,"limit":1`), ""), wallet0 + `: the environment has no line of credit on "mutinynet" in btc`},
		"no such line": {
			seedOf(oneLine, wallet(`,"limit":1,"line_of_credit_id":"`+ownLineID+`"`), ""),
			wallet0 + ".line_of_credit_id: the environment has no line of credit " + ownLineID,
		},
		"two lines": {
			seedOf(oneLine+`,{"id":"`+ownLineID+`","network":"mutinynet","limit":1}`, wallet(`,"limit":1`), ""),
			wallet0 + ": several lines of credit",
		},
		"line elsewhere": {
			seedOf(`{"id":"`+ownLineID+`","network":"mainnet","limit":1}`, wallet(`,"limit":1,"line_of_credit_id":"`+ownLineID+`"`), ""),
			wallet0 + ".network: the line of credit is on mainnet",
		},
		"line in another": {
			seedOf(`{"id":"`+ownLineID+`","network":"mutinynet","limit":1}`,
				wallet(`,"limit":1,"currency":"usd","line_of_credit_id":"`+ownLineID+`"`), ""),
			wallet0 + ".currency: the line of credit is in btc",
		},
		"more than the line": {
			seedOf(oneLine, wallet(`,"limit":600`)+`,{"name":"second","network":"mutinynet","limit":401}`, ""),
			env + ".wallets[1].limit: the line of credit has 400 left of 1000, the wallet takes 401",
		},
		"unknown period": {
			seedOf(`{"network":"mutinynet","limit":1,"period_length":"yearly"}`, "", ""),
			env + `.lines_of_credit[0].period_length: "yearly" is not one of daily, weekly`,
		},
		"bills of no period": {
			billed(`{"amount_due":1}`, `,"period_length":"never"`),
			env + ".lines_of_credit[0].bills: a line of credit that is never billed",
		},
		"bill without amount": {billed(`{}`, ""), bill0 + ".amount_due: a bill must have an amount of 0 or more"},
		"negative bill":       {billed(`{"amount_due":-1}`, ""), bill0 + ".amount_due: a bill must have an amount of 0 or more"},
		"bill of no status":   {billed(`{"amount_due":1,"status":"due"}`, ""), bill0 + `.status: "due" is not one of payment_due, queued`},
		"bill of no side": {
			billed(`{"amount_due":1,"settlement_type":"payout"}`, ""),
			bill0 + `.settlement_type: "payout" is not one of Collection, Payout`,
		},
		"bill with a color": {billed(`{"amount_due":1,"color":"red"}`, ""), bill0 + `: there is no field "color"`},
		"bill of no time": {
			billed(`{"amount_due":1,"start_time":"today"}`, ""),
			bill0 + `: must be a time such as 2026-09-13T00:00:00Z, not "today"`,
		},
		"bill with an end": {
			billed(`{"amount_due":1,"end_time":"2026-09-13T00:00:00Z"}`, ""),
			bill0 + ".end_time: a bill with end_time must have start_time",
		},
		"bill that ends early": {
			billed(`{"amount_due":1,"start_time":"2026-09-13T00:00:00Z","end_time":"2026-09-13T00:00:00Z"}`, ""),
			bill0 + ".end_time: the end of a bill must be after its start",
		},
		"bill twice": {
			billed(`{"amount_due":1,"start_time":"2026-09-13T00:00:00Z"},{"amount_due":1,"start_time":"2026-09-13T02:00:00+02:00"}`, ""),
			env + ".lines_of_credit[0].bills[1]: " + bill0 + " has the same start_time",
		},
		"void and paid": {
			billed(`{"amount_due":1,"status":"void","amount_paid":1}`, ""),
			bill0 + ".amount_paid: only a bill with the status paid can have amount_paid",
		},
		"paid below 0":     {billed(`{"amount_due":1,"status":"paid","amount_paid":-1}`, ""), bill0 + ".amount_paid: -1 is below 0"},
		"error of nothing": {billed(`{"amount_due":1,"error":"no"}`, ""), bill0 + ".error: only a bill with the status failed can have an error"},
		"no amount":        {seedOf(oneLine, wallet(`,"balances":[{}]`), ""), wallet0 + ".balances[0].amount: a balance must have an amount"},
		"balance twice": {
			seedOf(oneLine, wallet(`,"balances":[{"amount":1},{"amount":1}]`), ""),
			wallet0 + ".balances[1].currency: the wallet has another balance of btc",
		},
		"owing without credit": {
			seedOf(oneLine, wallet(`,"balances":[{"amount":-1}]`), ""),
			wallet0 + ".balances[0].amount: -1 is more than the wallet can owe",
		},
		"owing too much": {
			seedOf(oneLine, wallet(`,"limit":5,"balances":[{"amount":-6}]`), ""),
			wallet0 + ".balances[0].amount: -6 is more than the wallet can owe",
		},
		"owing the least": {
			seedOf(oneLine, wallet(`,"limit":5,"balances":[{"amount":-9223372036854775808}]`), ""),
			wallet0 + ".balances[0].amount",
		},
		"owing another": {
			seedOf(oneLine, wallet(`,"limit":5,"balances":[{"currency":"usd","amount":-1}]`), ""),
			wallet0 + ".balances[0].amount: -1 is more than the wallet can owe",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			world, err := emulator.ReadSeed(strings.NewReader(test.seed))
			if err == nil || !strings.Contains(err.Error(), test.want) || world != nil {
				t.Errorf("%s\ngives %v, want an error with %s", test.seed, err, test.want)
			}
		})
	}
}

func TestFirstAccess(t *testing.T) {
	t.Parallel()
	const rest = `,"environments":[{"name":"first"},{"name":"second"}]}]}`
	for keys, want := range map[string]string{
		`[{"secret":"a"},{"secret":"b"}]`:                            "a",
		`[{"secret":"a","environments":["second"]},{"secret":"b"}]`:  "b",
		`[{"secret":"a","revoked":true},{"secret":"b"}]`:             "b",
		`[{"secret":"a","bearer":true},{"secret":"b"}]`:              "b",
		`[{"secret":"a","bearer":true}]`:                             "a",
		`[{"secret":"a","environments":["second"]}]`:                 "",
		`[{"secret":"a","revoked":true}]`:                            "",
		`[]`:                                                         "",
		`[{"secret":"a","environments":["second", "first"]}]`:        "a",
		`[{"secret":"a","environments":["first"],"permissions":[]}]`: "a",
	} {
		world := seeded(t, `{"organizations":[{"name":"Acme","keys":`+keys+rest)
		organization, environment, key, err := emulator.FirstAccess(world)
		if key.Secret != want || (err == nil) != (want != "") {
			t.Errorf("%s gives %q, %v; want %q", keys, key.Secret, err, want)
		}
		if err == nil && (organization != world[0].ID || environment != world[0].Environments[0].ID) {
			t.Errorf("%s gives %s, %s", keys, organization, environment)
		}
	}
	if _, _, _, err := emulator.FirstAccess(nil); err == nil {
		t.Error("an empty world gives access")
	}
}
