package wallet_test

import (
	"maps"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// richWallet makes a wallet that has something, and puts it into a state.
func richWallet(t *testing.T, w *acctest.World, has emulator.Wallet) *acctest.Instance {
	t.Helper()
	limit := int64(1000)
	has.ID, has.EnvironmentID, has.Name, has.Network = uuid.New(), w.EnvironmentID, "rich", w.Network
	has.LineOfCreditID, has.Limit = &w.LineOfCreditID, &limit
	if err := w.Emulator.AddWallet(has); err != nil {
		t.Fatal(err)
	}
	instance, diags := w.Protocol(t).Import(t.Context(), "voltage_wallet", has.ID.String(), nil)
	if diags.Errors() != "" {
		t.Fatal(diags.Errors())
	}
	instance.Private = nil // as if it had been imported long ago
	return instance
}

// rich is the configuration of richWallet, with some attributes changed.
func rich(w *acctest.World, change acctest.Config) acctest.Config {
	config := attributes(w)
	config["name"] = "rich"
	maps.Copy(config, change)
	return config
}

// TestAccWallet_deletionPlanned is the table of what a wallet can have when a plan deletes it: what it holds or owes stops the plan,
// before anything that depends on the wallet is destroyed.
func TestAccWallet_deletionPlanned(t *testing.T) {
	t.Parallel()
	money := func(amount int64) []emulator.Money { return []emulator.Money{{Currency: "btc", Amount: amount}} }
	held := []emulator.Hold{{ID: uuid.New(), Currency: "btc", Amount: 5_000_000}}
	pending := []emulator.PendingSettlement{{ID: uuid.New(), Currency: "btc", Amount: 7_000, Type: "Collection"}}
	const send, pay = "Send the funds elsewhere.", "Pay 7,000 sats (7000000 msats) into it."
	const wait = "Wait until its pending payments and settlements have ended."
	for name, test := range map[string]struct {
		has      emulator.Wallet
		errors   []string
		warnings []string
		not      string
	}{
		"nothing": {},
		"zero":    {has: emulator.Wallet{Balances: money(0)}},
		"funds": {
			has: emulator.Wallet{Balances: money(25_000_000)}, not: "owes",
			errors: []string{"Wallet Not Empty", `"rich"`, "the wallet holds 25,000 sats (25000000 msats), and", send},
		},
		"a debt": {
			has:    emulator.Wallet{Balances: money(-7_000_000)},
			errors: []string{"the wallet owes 7,000 sats (7000000 msats), and", pay}, not: send,
		},
		"dollars": {
			has:    emulator.Wallet{Balances: []emulator.Money{{Currency: "usd", Amount: 600}}},
			errors: []string{"holds 6.00 USD (600 cents)", send},
		},
		"funds and a debt": {
			has:    emulator.Wallet{Balances: []emulator.Money{{Currency: "usd", Amount: 600}, {Currency: "btc", Amount: -7_000_000}}},
			errors: []string{"holds 6.00 USD (600 cents), and owes 7,000 sats (7000000 msats)", pay + " " + send},
		},
		"funds, some of them held": {
			has:    emulator.Wallet{Balances: money(25_000_000), Holds: held},
			errors: []string{"holds 25,000 sats (25000000 msats), and has 5,000 sats (5000000 msats) held for pending payments", wait + " " + send},
		},
		"a settlement": {
			has:      emulator.Wallet{PendingSettlements: pending},
			warnings: []string{"Wallet Has Pending Money", "has 7 sats (7000 msats) in pending settlements", wait},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				instance := richWallet(t, w, test.has)
				check := func(what, verb string, diags acctest.Diagnostics) {
					t.Helper()
					wanted, errors := test.errors, diags.Errors()
					if len(wanted) > 0 {
						wanted = append([]string{"the plan " + verb, "Nothing was destroyed"}, wanted...)
					}
					(w.Protocol(t)).Expect(what, diags, wanted...)
					for _, want := range test.warnings {
						if !strings.Contains(diags.Warnings(), want) {
							t.Errorf("%s: the warnings lack %q: %s", what, want, diags.Warnings())
						}
					}
					if test.not != "" && strings.Contains(errors, test.not) {
						t.Errorf("%s: the errors have %q: %s", what, test.not, errors)
					}
				}
				check("a deletion", "deletes it", w.Protocol(t).PlanDestroy(t.Context(), instance))
				changed := rich(w, acctest.Config{"limit": 2000})
				check("a replacement", "replaces it (limit from 1000 to 2000)", w.Protocol(t).Plan(t.Context(), instance, changed).Diagnostics)
				for _, identity := range []bool{true, false} {
					check("-replace", "replaces it", w.Protocol(t).PlanForced(t.Context(), instance, rich(w, nil), identity).Diagnostics)
				}
				if diags := w.Protocol(t).Plan(t.Context(), instance, rich(w, acctest.Config{"name": "renamed"})).Diagnostics; len(diags) > 0 {
					t.Errorf("a rename: %s%s", diags.Errors(), diags.Warnings())
				}

				tainted, p := *instance, w.Protocol(t)
				tainted.Tainted = true
				p.Refresh(t.Context(), &tainted)
				diags := p.Plan(t.Context(), &tainted, rich(w, nil)).Diagnostics
				if warned := strings.Contains(diags.Warnings(), "Tainted Wallet Has Money"); warned != (len(test.errors)+len(test.warnings) > 0) {
					t.Errorf("a tainted wallet: %q", diags.Warnings())
				}
				other := p.Plan(t.Context(), &acctest.Instance{Type: "voltage_wallet"}, rich(w, acctest.Config{"name": "other"})).Diagnostics
				if len(other) > 0 {
					t.Errorf("another wallet: %s%s", other.Errors(), other.Warnings())
				}
				if got := w.Emulator.Count("delete_wallet"); got != 0 {
					t.Errorf("%d deletions were sent", got)
				}
			})
		})
	}
}

// TestAccWallet_deletionReads: a plan that deletes wallets costs at most one read of each, none after a refresh, and one in all where the
// API cannot answer. What cannot be read stops no plan.
func TestAccWallet_deletionReads(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		w.ShareAfter = 1000
		var instances []*acctest.Instance
		for range 5 {
			instances = append(instances, richWallet(t, w, emulator.Wallet{}))
		}
		for name, test := range map[string]struct {
			refreshed bool
			fault     emulator.Effect
			reads     int
		}{
			"alone":             {reads: 5},
			"after a refresh":   {refreshed: true, reads: 5},
			"an API in trouble": {fault: emulator.Refuse{Status: 403, Type: "access_rights"}, reads: 1},
		} {
			p := w.Protocol(t)
			w.Emulator.ResetRequests()
			if test.fault != nil {
				w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: -1, Effect: test.fault})
			}
			for _, instance := range instances {
				copied := *instance
				if test.refreshed {
					p.Expect(name, p.Refresh(t.Context(), &copied))
				}
				if diags := p.PlanDestroy(t.Context(), &copied); len(diags) > 0 {
					t.Errorf("%s: %s%s", name, diags.Errors(), diags.Warnings())
				}
			}
			if got := w.Emulator.Count("get_wallet"); got != test.reads {
				t.Errorf("%s: %d reads, want %d", name, got, test.reads)
			}
			w.Emulator.ClearFaults()
		}
		// What a refresh has shown is good for the plan right after it, and for no other.
		p := w.Protocol(t)
		p.Expect("the refresh", p.Refresh(t.Context(), instances[0]))
		p.Expect("the first plan", p.PlanDestroy(t.Context(), instances[0]))
		if err := w.Emulator.Deposit(uuid.MustParse(instances[0].String("id")), "btc", 1000); err != nil {
			t.Fatal(err)
		}
		p.Expect("the second plan", p.PlanDestroy(t.Context(), instances[0]), "holds 1 sat (1000 msats)")
	})
}

// TestAccWallet_deletionRefused: what arrives after the plan is said by the deletion itself, and so is a debt.
func TestAccWallet_deletionRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		amount int64
		want   []string
		not    string
	}{
		"funds": {21_000, []string{"which holds 21 sats (21000 msats)", "wallet_not_empty", "Send the funds elsewhere. Then run"}, "owes"},
		"debt": {
			-7_000_000, []string{"which owes 7,000 sats (7000000 msats)", "wallet_not_empty", "Pay 7,000 sats (7000000 msats) into it. Then run"},
			"elsewhere",
		},
	} {
		for _, late := range []bool{false, true} { // late: the read after the refusal lags behind
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				instance := richWallet(t, w, emulator.Wallet{})
				p := w.Protocol(t)
				diags := p.DestroyAfter(t.Context(), instance, func() {
					if late {
						w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: 1, Effect: emulator.Stale{}})
					}
					if err := w.Emulator.Deposit(uuid.MustParse(instance.String("id")), "btc", test.amount); err != nil {
						t.Fatal(err)
					}
				})
				p.Expect(name, diags, append([]string{"Wallet Not Deleted", "stays in the state"}, test.want...)...)
				if strings.Contains(diags.Errors(), test.not) || instance.State.IsNull() {
					t.Errorf("%s: %s, state %s", name, diags.Errors(), instance.State)
				}
			})
		}
	}
}

// TestAccWallet_notEmpty sees, with the real Terraform, that a wallet with funds stops a destroy before it reaches what depends on the
// wallet.
func TestAccWallet_notEmpty(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	var id sameID
	deposit := func(amount int64) func() {
		return func() {
			w.Emulator.ResetRequests()
			if err := w.Emulator.Deposit(uuid.MustParse(id.id), "btc", amount); err != nil {
				t.Error(err)
			}
		}
	}
	withPolicies := config(w, "staging", "") + `
resource "voltage_wallet_policies" "test" {
  wallet_id             = voltage_wallet.test.id
  max_payment_size_sats = 5
}
`
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: withPolicies, Check: id.remember},
			{
				PreConfig: deposit(21_000), Config: withPolicies, Destroy: true,
				ExpectError: regexp.MustCompile(`(?s)Wallet Not Empty.*holds\s+21\s+sats\s+\(21000\s+msats\).*Send\s+the\s+funds\s+elsewhere`),
			},
			{PreConfig: deposit(-21_000), Config: withPolicies},
		},
	})
}

// TestAccWallet_importReplaces sees, with the real Terraform, that an import block of a wallet of another environment is an error: one
// "yes" would delete the wallet.
func TestAccWallet_importReplaces(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	id, limit := uuid.New(), int64(1000)
	if err := w.Emulator.AddWallet(emulator.Wallet{
		ID: id, EnvironmentID: emulator.SecondEnvironmentID, Name: "staging", Network: w.Network,
		LineOfCreditID: &emulator.SecondLineID, Limit: &limit,
	}); err != nil {
		t.Fatal(err)
	}
	// The provider's environment_id is another one, and the configuration does not name any: a new wallet would be in that.
	elsewhere := strings.Replace(config(w, "staging", ""), "api_key ", "bearer_token ", 1)
	elsewhere = strings.Replace(elsewhere, emulator.StagingKey, emulator.UserToken, 1)
	block := "\nimport {\n  to = voltage_wallet.test\n  id = \"" + id.String() + "\"\n}\n"
	matching := strings.Replace(elsewhere, w.LineOfCreditID.String(), emulator.SecondLineID.String(), 1)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{
				Config: elsewhere + block,
				ExpectError: regexp.MustCompile(`(?s)Import Would Replace Object` +
					`.*line_of_credit_id\s+is\s+"` + emulator.SecondLineID.String() + `"\s+in\s+the\s+API` +
					`.*environment_id\s+is\s+"` + emulator.SecondEnvironmentID.String() + `"\s+in\s+the\s+API` +
					`\s+and\s+"` + w.EnvironmentID.String() + `"\s+in\s+the\s+configuration`),
			},
			{Config: matching + block},
			{Config: matching},
		},
	})
	if got := w.Emulator.Count("create_wallet"); got != 0 {
		t.Errorf("%d wallets were created", got)
	}
}
