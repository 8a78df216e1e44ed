package emulator_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// seededAPI is an emulator of a seed, with its first key.
func seededAPI(t *testing.T, seed string, change ...func(*emulator.Config)) (a *api, organization, environment string) {
	t.Helper()
	world := seeded(t, seed)
	org, env, key, err := emulator.FirstAccess(world)
	if err != nil {
		t.Fatal(err)
	}
	a = start(t, append(change, func(c *emulator.Config) { c.Organizations = world })...)
	a.key = key.Secret
	return a, "/organizations/" + org.String(), "/organizations/" + org.String() + "/environments/" + env.String()
}

// TestSeedPayments: payments of a seed are read like any others, the ledger adds up to the balance, and webhooks are not told of what was
// before them.
func TestSeedPayments(t *testing.T) {
	t.Parallel()
	r := newReceiver(t, 200)
	const payment = "5a1e7c3d-2b4f-4a6e-8d90-1f2e3d4c5b6a"
	a, organization, environment := seededAPI(t, `{"organizations":[{"name":"Acme","environments":[{
		"name":"staging",
		"lines_of_credit":[{"network":"mutinynet","limit":1000000,"send_basis_points":100},
			{"network":"mutinynet","currency":"usd","limit":1000000}],
		"webhooks":[{"name":"shop","url":"`+r.URL+`","events":{"receive":["generated","completed","expired"],"send":["succeeded","failed"]}},
			{"name":"old","url":"https://shop.example/","stopped":true,"secret":"vltg_mine"}],
		"wallets":[{"name":"orders","network":"mutinynet","limit":1000,"balances":[{"amount":1000000}],"payments":[
			{"amount":300000,"created_at":"2026-08-01T00:00:00Z","description":"Tea","metadata":{"table":"4"},"id":"`+payment+`"},
			{"amount":200000,"direction":"send","created_at":"2026-08-02T00:00:00Z"},
			{"amount":100000,"direction":"send","kind":"onchain","status":"failed","error":"mempool full","created_at":"2026-08-03T00:00:00Z"},
			{"amount":50000,"kind":"bip21","status":"expired"},
			{"amount":40000,"kind":"onchain","status":"failed"},
			{"amount":7000,"status":"receiving","expiration":60}]},
		{"name":"dollars","network":"mutinynet","currency":"usd","limit":50000,"payments":[
			{"amount":500},{"amount":200,"direction":"send"},{"amount":100,"status":"receiving"}]}]}]}]}`,
		func(c *emulator.Config) { c.Delay = 0 })
	wallets := a.emu.Wallets()
	list := func(query string) string {
		got := a.expect(200, "", "GET", environment+"/payments?sort_order=ASC&wallet_id="+query, nil)
		items, _ := got.get("items").([]any)
		var all []string
		for _, item := range items {
			p := item.(object)
			data := p["data"].(object)
			amount, _ := data["amount"].(object)
			all = append(all, fmt.Sprintf("%v %v %v %v", p["direction"], p["type"], p["status"], amount["amount"]))
		}
		return strings.Join(all, ", ")
	}
	if got := list(wallets[0].ID.String()); !strings.HasPrefix(got,
		"receive bolt11 completed 300000, send bolt11 completed 200000, send onchain failed 100000, receive bip21 expired 50000, ") {
		t.Errorf("the payments in BTC are %s", got)
	}
	for _, want := range []string{"receive bolt11 completed 500", "send bolt11 completed 200", "receive bolt11 receiving 100"} {
		if got := list(wallets[1].ID.String()); !strings.Contains(got, want) {
			t.Errorf("the payments in USD are %s, want %s", got, want)
		}
	}
	tea := a.expect(200, "", "GET", environment+"/payments/"+payment, nil)
	if tea.get("created_at") != "2026-08-01T00:00:00.000000000Z" || tea.get("metadata", "table") != "4" || tea.get("data", "memo") != "Tea" {
		t.Errorf("the receive is %s", tea.raw)
	}
	// 300,000 came in, and 200,000 went out with 1,000 for the network and 2,000 for Voltage.
	if got := wallets[0].Balances[0].Amount; got != 1_097_000 {
		t.Errorf("the balance is %d msats, want 1097000", got)
	}
	ledger := a.expect(200, "", "GET", organization+"/wallets/"+wallets[0].ID.String()+"/ledger", nil)
	if got := bytes.Count(ledger.raw, []byte(`"type":`)); got != 6 {
		t.Errorf("the ledger has %d entries, want deposited, credited, held, captured, held, released: %s", got, ledger.raw)
	}
	hooks := a.emu.Webhooks()
	if again, _, _ := seededAPI(t, `{"organizations":[{"name":"Acme","environments":[{"name":"staging","webhooks":[
		{"name":"shop","url":"https://shop.example","events":{}}]}]}]}`); again.emu.Webhooks()[0].Secret != hooks[0].Secret {
		t.Error("the secret of a webhook is another one at another start")
	}
	if len(hooks) != 2 || !strings.HasPrefix(hooks[0].Secret, "vltg_") || hooks[1].Secret != "vltg_mine" || hooks[1].Status != "stopped" ||
		len(hooks[0].Events) != 5 {
		t.Errorf("the webhooks are %+v", hooks)
	}
	a.pass(61 * time.Second) // the last receive in BTC expires
	until(t, "a delivery", func() bool { return len(a.emu.Deliveries()) == 1 })
	if got := r.got(); len(got) != 1 || got[0] != "expired 200" {
		t.Errorf("the webhook was told %v", got)
	}
}

// TestSeedSettings: policies, checkout settings and assets of a seed hold from the start.
func TestSeedSettings(t *testing.T) {
	t.Parallel()
	const template = "5a1e7c3d-2b4f-4a6e-8d90-1f2e3d4c5b6a"
	a, organization, environment := seededAPI(t, `{"organizations":[{"name":"Acme",
		"assets":[{"id":"`+emulator.MutinynetAsset+`","name":"Dollar","network":"mutinynet","decimal_display":6}],
		"environments":[{"name":"staging","lines_of_credit":[{"network":"mutinynet","limit":1000000}],
			"checkout":{"origin_policy":"allowlist","allowed_origins":["https://shop.example"]},
			"wallets":[{"name":"orders","network":"mutinynet","limit":1000,"policies":{"max_payment_size_sats":10,"transactions_per_minute":2,
				"send_volume_limit_sats":30,"ofac_compliant":true,"reflex_template_id":"`+template+`","send_basis_points":7}}]}]}]}`)
	policies := a.policies(organization + "/wallets/" + a.emu.Wallets()[0].ID.String() + "/policies")
	if len(policies) != 6 || policies["max_payment_size"]["max_size_sats"] != 10.0 || policies["reflex_approval"]["template_id"] != template ||
		fmt.Sprint(policies["processing_fee"]["rates"]) != "map[receive_basis_points:0 send_basis_points:7]" {
		t.Errorf("the policies are %v", policies)
	}
	if got := a.expect(200, "", "GET", environment+"/checkout/settings", nil); got.get("origin_policy") != "allowlist" ||
		!bytes.Contains(got.raw, []byte(`"https://shop.example"`)) {
		t.Errorf("the checkout settings are %s", got.raw)
	}
	if got := a.expect(200, "", "GET", organization+"/assets", nil); !bytes.Contains(got.raw, []byte(emulator.MutinynetAsset)) {
		t.Errorf("the assets are %s", got.raw)
	}
}

// TestSeedPast_refusals: an error says what is wrong with a payment, a webhook and so on, and where.
func TestSeedPast_refusals(t *testing.T) {
	t.Parallel()
	const env = "organizations[0].environments[0]"
	payment := func(fields string) string {
		return seedOf(oneLine, `{"name":"orders","network":"mutinynet","limit":1000,"payments":[{"amount":1`+fields+`}]}`, "")
	}
	policies := func(fields string) string {
		return seedOf(oneLine, `{"name":"orders","network":"mutinynet","policies":{`+fields+`}}`, "")
	}
	within := func(fields string) string {
		return `{"organizations":[{"name":"Acme","environments":[{"name":"staging",` + fields + `}]}]}`
	}
	asset := func(fields string) string {
		return seedOf("", "", `,"assets":[{"name":"Dollar","network":"mutinynet",`+fields+`}]`)
	}
	for seed, want := range map[string]string{
		payment(`,"amount":0`): "amount: the field is given twice",
		seedOf(oneLine, `{"name":"orders","network":"mutinynet","payments":[{}]}`, ""): env +
			".wallets[0].payments[0].amount: a payment must have",
		payment(
			`,"status":"paid"`,
		): `payments[0].status: "paid" is not one of receiving, completed, expired, failed`,
		payment(
			`,"direction":"out"`,
		): `payments[0].direction: "out" is not one of receive, send`,
		payment(`,"kind":"cash"`): `payments[0].kind: "cash" is not one of bolt11`,
		payment(`,"error":"no"`): "payments[0].error: only a payment " +
			"with the status failed",
		payment(`,"expiration":0`): "payments[0].expiration: 0 is not " +
			"from 1 to 86400 seconds",
		payment(`,"created_at":"today"`):               "payments[0]: must be a time",
		payment(`,"direction":"send","expiration":60`): "payments[0].expiration: only a receive expires",
		payment(
			`,"direction":"send","status":"expired"`,
		): `payments[0].status: "expired" is not one of completed, failed`,
		policies(`"max_payment_size_sats":-1`): env +
			".wallets[0].policies.max_payment_size_sats: -1 is below 0",
		policies(`"send_basis_points":10001`): "policies.send_basis_points: " +
			"10001 is not from 0 to 10000",
		policies(`"limit":1`): `there is no field "limit"`,
		within(`"checkout":{"origin_policy":"open"}`): env +
			`.checkout.origin_policy: "open" is not one of deny_all`,
		within(`"checkout":{"origin_policy":"allowlist"}`): ".checkout.allowed_origins: " +
			"allowlist requires at least one",
		within(`"webhooks":[{"url":"https://a.example"}]`): env + ".webhooks[0].name: a webhook must have a name",
		within(`"webhooks":[{"name":"a"}]`):                env + ".webhooks[0].url: a webhook must have a URL",
		within(
			`"webhooks":[{"name":"a","url":"b","events":{"send":["sent"]}}]`,
		): `webhooks[0].events.send[0]: "sent" is not one of succeeded`,
		within(`"webhooks":[{"name":"a","url":"b","events":{"bill":["paid"]}}]`):              "webhooks[0].events: the families of events are",
		within(`"webhooks":[{"name":"a","url":"b"},{"name":"a","url":"b"}]`):                  "webhooks[0] has the same name: give one",
		within(`"checkout":{"origin_policy":"allowlist","allowed_origins":["shop.example"]}`): `allowed_origins[0]: "shop.example" is not`,
		asset(`"id":"02a1"`): `organizations[0].assets[0].id: "02a1" is not 66 hex characters`,
		asset(`"id":"` + emulator.MutinynetAsset + `","decimal_display":19`): "assets[0].decimal_display: 19 is not from 0 to 18",
	} {
		if _, err := emulator.ReadSeed(strings.NewReader(seed)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", seed, err, want)
		}
	}
	// What only the world can tell.
	for seed, want := range map[string]string{
		payment(`,"direction":"send"`): "it cannot be completed: The wallet can spend " +
			"1000 msats, and this takes",
		payment(`,"status":"expired","created_at":"2126-01-01T00:00:00Z"`): "it was created at 2126-01-01T00:00:00Z, and it is only",
		payment(`,"status":"receiving","created_at":"2020-01-01T00:00:00Z"`): "it cannot be receiving: with its time and its expiration of " +
			"3600 seconds it is expired",
		payment(`,"kind":"onchain"`):                                 "An on-chain amount is a multiple of 1,000 msats",
		within(`"webhooks":[{"name":"a","url":"http://shop:3000"}]`): `webhook "a": The URL has to be an https URL`,
	} {
		world, err := emulator.ReadSeed(strings.NewReader(seed))
		if err == nil {
			_, err = emulator.New(emulator.Config{Organizations: world})
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", seed, err, want)
		}
	}
	none := uuid.New()
	for name, change := range map[string]func(*emulator.Organization){
		"no such wallet":        func(o *emulator.Organization) { o.Payments = []emulator.PastPayment{{ID: none, Wallet: none}} },
		"policies for wallet":   func(o *emulator.Organization) { o.Policies = map[uuid.UUID]emulator.Policies{none: {}} },
		"checkout settings for": func(o *emulator.Organization) { o.Checkouts = map[uuid.UUID]emulator.Checkout{none: {}} },
		"has no ID of its own": func(o *emulator.Organization) {
			o.Webhooks = []emulator.WebhookDefinition{{Name: "a", URL: "https://a"}}
		},
		"is in no environment of organi": func(o *emulator.Organization) {
			o.Webhooks = []emulator.WebhookDefinition{{ID: none, Name: "a", URL: "https://a"}}
		},
	} {
		world := emulator.DefaultWorld()
		change(&world[0])
		if _, err := emulator.New(emulator.Config{Organizations: world}); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
