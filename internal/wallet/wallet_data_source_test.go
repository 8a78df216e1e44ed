package wallet_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWalletDataSource reads a balance into an output, before and after money has moved. The first part also runs on a
// real environment.
func TestAccWalletDataSource(t *testing.T) {
	t.Parallel()
	w := acctest.Anywhere(t)
	name := acctest.Name("read")
	source := "data.voltage_wallet.test"
	sourceIs := func(attribute string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(source, tfjsonpath.New(attribute), value)
	}
	text := config(w, name, `metadata = { team = "payments" }`) + `
data "voltage_wallet" "test" {
  id = voltage_wallet.test.id
}
data "voltage_wallet" "by_name" {
  name       = voltage_wallet.test.name
  depends_on = [voltage_wallet.test]
}
data "voltage_wallets" "test" {
  name_regex = "^${voltage_wallet.test.name}$"
  depends_on = [voltage_wallet.test]
}
data "voltage_wallet_ledger" "test" {
  wallet_id = voltage_wallet.test.id
}
output "balance" {
  value = data.voltage_wallet.test.available_balance
}
`
	var id sameID
	steps := []resource.TestStep{{
		Config: text,
		Check:  id.remember,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownOutputValue("balance", knownvalue.Int64Exact(0)),
			sourceIs("currency", knownvalue.StringExact("btc")),
			sourceIs("total_balance", knownvalue.Int64Exact(0)),
			sourceIs("balances", knownvalue.ListSizeExact(0)),
			sourceIs("holds", knownvalue.ListSizeExact(0)),
			sourceIs("pending_settlements", knownvalue.ListSizeExact(0)),
			sourceIs("name", knownvalue.StringExact(name)),
			sourceIs("network", knownvalue.StringExact(w.Network)),
			sourceIs("limit", knownvalue.Int64Exact(1000)),
			sourceIs("metadata", knownvalue.MapExact(map[string]knownvalue.Check{"team": knownvalue.StringExact("payments")})),
			sourceIs("active", knownvalue.Bool(true)),
			sourceIs("error", knownvalue.Null()),
			sourceIs("deleted_at", knownvalue.Null()),
			statecheck.CompareValuePairs(source, tfjsonpath.New("id"), "data.voltage_wallet.by_name", tfjsonpath.New("id"), sameValue{}),
			statecheck.CompareValuePairs(source, tfjsonpath.New("id"), "data.voltage_wallets.test",
				tfjsonpath.New("ids").AtSliceIndex(0), sameValue{}),
			statecheck.ExpectKnownValue("data.voltage_wallets.test", tfjsonpath.New("ids"), knownvalue.ListSizeExact(1)),
			statecheck.ExpectKnownValue("data.voltage_wallet_ledger.test", tfjsonpath.New("events"), knownvalue.ListSizeExact(0)),
			statecheck.CompareValuePairs(source, tfjsonpath.New("created_at"), address, tfjsonpath.New("created_at"), sameValue{}),
		},
		ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
	}}
	if w.Emulator != nil {
		steps = append(steps,
			resource.TestStep{
				PreConfig: func() { deposit(t, w, id.id, "btc", 9007199254740993) },
				Config:    text,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownOutputValue("balance", knownvalue.Int64Exact(9007199254740993)),
					sourceIs("balances", knownvalue.ListExact([]knownvalue.Check{knownvalue.ObjectPartial(map[string]knownvalue.Check{
						"currency": knownvalue.StringExact("btc"),
						"network":  knownvalue.StringExact("mutinynet"),
						"available": knownvalue.ObjectExact(map[string]knownvalue.Check{
							"amount":   knownvalue.Int64Exact(9007199254740993),
							"currency": knownvalue.StringExact("btc"),
							"unit":     knownvalue.StringExact("msats"),
						}),
					})})),
				},
			},
			resource.TestStep{
				PreConfig: func() { deposit(t, w, id.id, "btc", -9007199254740993-500) },
				Config:    text,
				ConfigStateChecks: []statecheck.StateCheck{
					statecheck.ExpectKnownOutputValue("balance", knownvalue.Int64Exact(-500)),
				},
			},
			resource.TestStep{PreConfig: func() { deposit(t, w, id.id, "btc", 500) }, Config: text},
		)
	}
	resource.UnitTest(t, resource.TestCase{ProtoV6ProviderFactories: w.Factories(), CheckDestroy: walletIsGone(t, w), Steps: steps})
}

// sameValue compares two values for equality.
type sameValue struct{}

func (sameValue) CompareValues(values ...any) error {
	for _, value := range values[1:] {
		if value != values[0] {
			return &differ{values}
		}
	}
	return nil
}

type differ struct{ values []any }

func (d *differ) Error() string {
	texts := make([]string, 0, len(d.values))
	for _, value := range d.values {
		text, _ := value.(string)
		texts = append(texts, text)
	}
	return "the values differ: " + strings.Join(texts, ", ")
}

func deposit(t *testing.T, w *acctest.World, id, currency string, amount int64) {
	t.Helper()
	if err := w.Emulator.Deposit(uuid.MustParse(id), currency, amount); err != nil {
		t.Error(err)
	}
}

// seed makes wallets by the API's back door.
func seed(t *testing.T, w *acctest.World, wallets ...emulator.Wallet) {
	t.Helper()
	for _, wallet := range wallets {
		if wallet.EnvironmentID == uuid.Nil {
			wallet.EnvironmentID = w.EnvironmentID
		}
		if wallet.Network == "" {
			wallet.Network = "mutinynet"
		}
		if err := w.Emulator.AddWallet(wallet); err != nil {
			t.Fatal(err)
		}
	}
}

// TestAccWalletDataSource_currencies: which currency the three numbers are in, and when they are null.
func TestAccWalletDataSource_currencies(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		ids := []uuid.UUID{uuid.New(), uuid.New(), uuid.New(), uuid.New()}
		limit := int64(100)
		usd := emulator.StagingUSDLineID
		seed(t, w,
			emulator.Wallet{ID: ids[0], Name: "usd before money", LineOfCreditID: &usd, Limit: &limit},
			emulator.Wallet{ID: ids[1], Name: "no line"},
			emulator.Wallet{ID: ids[2], Name: "two currencies", LineOfCreditID: &usd, Limit: &limit},
			emulator.Wallet{ID: ids[3], Name: "usd with money", LineOfCreditID: &usd, Limit: &limit},
		)
		deposit(t, w, ids[2].String(), "btc", 1000)
		deposit(t, w, ids[2].String(), "usd", 5)
		deposit(t, w, ids[3].String(), "usd", 5)
		for i, test := range []struct {
			currency, balance string
			lines             int // requests for lines of credit
		}{
			{"usd", "0", 1}, {"", "0", 0}, {"", "", 0}, {"usd", "5", 0},
		} {
			w.Emulator.ResetRequests()
			got, diags := p.ReadDataSource(t.Context(), "voltage_wallet", acctest.Config{"id": ids[i].String()})
			if diags.Errors() != "" {
				t.Fatal(diags.Errors())
			}
			if currency := acctest.Text(acctest.Attribute(got, "currency")); currency != test.currency {
				t.Errorf("wallet %d: currency %q, want %q", i, currency, test.currency)
			}
			for _, name := range []string{"available_balance", "total_balance"} {
				if balance := acctest.Number(acctest.Attribute(got, name)); balance != test.balance {
					t.Errorf("wallet %d: %s %q, want %q", i, name, balance, test.balance)
				}
			}
			if lines := w.Emulator.Count("get_line_of_credit_summary_as_user"); lines != test.lines {
				t.Errorf("wallet %d: %d requests for lines of credit, want %d", i, lines, test.lines)
			}
		}
		w.Emulator.ResetRequests()
		if _, diags := p.ReadDataSource(t.Context(), "voltage_wallets", nil); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		if got := len(w.Emulator.Requests()); got != 2 {
			t.Errorf("all wallets took %d requests, want one for wallets and one for lines", got)
		}
	})
}

func TestAccWalletDataSource_errors(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		twins := []uuid.UUID{uuid.New(), uuid.New()}
		seed(t, w, emulator.Wallet{ID: twins[0], Name: "twin"}, emulator.Wallet{ID: twins[1], Name: "twin"})
		missing := uuid.NewString()
		for name, test := range map[string]struct {
			config acctest.Config
			want   []string
		}{
			"nothing given":      {acctest.Config{}, []string{"[id,name]"}},
			"both given":         {acctest.Config{"id": missing, "name": "a"}, []string{"[id,name]"}},
			"ID and environment": {acctest.Config{"id": missing, "environment_id": missing}, []string{"environment_id"}},
			"no UUID":            {acctest.Config{"id": "a"}, []string{"id: Invalid UUID"}},
			"no such ID": {
				acctest.Config{"id": missing},
				[]string{"Wallet Not Read", missing, "404 instance_not_found", "Check the ID"},
			},
			"no such name": {
				acctest.Config{"name": "Twin"},
				[]string{"name: Wallet Not Read", `"Twin"`, w.EnvironmentID.String(), "voltage_wallets"},
			},
			"two of the name": {
				acctest.Config{"name": "twin"},
				[]string{"name: Wallet Not Read", "2 wallets", twins[0].String(), twins[1].String()},
			},
			"other organization": {acctest.Config{"id": missing, "organization_id": missing}, []string{"403 access_rights", "another key"}},
			"name in other environment": {
				acctest.Config{"name": "twin", "environment_id": emulator.SecondEnvironmentID.String()},
				[]string{"access_rights"},
			},
		} {
			_, diags := p.ReadDataSource(t.Context(), "voltage_wallet", test.config)
			for _, want := range test.want {
				if !strings.Contains(strings.ToLower(diags.Errors()), strings.ToLower(want)) {
					t.Errorf("%s: the error lacks %q: %s", name, want, diags.Errors())
				}
			}
		}
	})
}

// TestAccWalletsDataSource is the table of filters.
func TestAccWalletsDataSource(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		gone := uuid.New()
		for _, wallet := range []emulator.Wallet{
			{ID: uuid.New(), Name: "a-staging", Metadata: map[string]string{"team": "payments", "tier": "1"}},
			{ID: uuid.New(), Name: "b-staging", Network: "testnet3", Metadata: map[string]string{"team": "payments"}},
			{ID: uuid.New(), Name: "c-production", Network: "mainnet"},
			{ID: gone, Name: "d-gone"},
			{ID: uuid.New(), Name: "e-second", EnvironmentID: emulator.SecondEnvironmentID},
		} {
			seed(t, w, wallet)
			time.Sleep(time.Second) // lists have the oldest first
		}
		if err := w.Emulator.Remove(gone); err != nil {
			t.Fatal(err)
		}
		p := w.Protocol(t, acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken})
		everywhere := w.Protocol(t, acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken, "environment_id": nil})
		for name, test := range map[string]struct {
			provider *acctest.Protocol
			config   acctest.Config
			want     string
		}{
			"default environment": {p, nil, "a-staging b-staging c-production"},
			"whole organization":  {everywhere, nil, "a-staging b-staging c-production e-second"},
			"other environment":   {p, acctest.Config{"environment_id": emulator.SecondEnvironmentID.String()}, "e-second"},
			"network":             {p, acctest.Config{"network": "testnet3"}, "b-staging"},
			"name":                {p, acctest.Config{"name_regex": "-staging$"}, "a-staging b-staging"},
			"metadata":            {p, acctest.Config{"metadata": acctest.Config{"team": "payments"}}, "a-staging b-staging"},
			"all metadata":        {p, acctest.Config{"metadata": acctest.Config{"team": "payments", "tier": "1"}}, "a-staging"},
			"no metadata":         {p, acctest.Config{"metadata": acctest.Config{}}, "a-staging b-staging c-production"},
			"inactive too":        {p, acctest.Config{"include_inactive": true}, "a-staging b-staging c-production d-gone"},
			"all at once": {
				p,
				acctest.Config{"network": "mutinynet", "name_regex": "^a", "metadata": acctest.Config{"tier": "1"}},
				"a-staging",
			},
			"nothing": {p, acctest.Config{"name_regex": "nothing"}, ""},
		} {
			got, diags := test.provider.ReadDataSource(t.Context(), "voltage_wallets", test.config)
			if diags.Errors() != "" {
				t.Errorf("%s: %s", name, diags.Errors())
				continue
			}
			var names []string
			for _, wallet := range acctest.Elements(acctest.Attribute(got, "wallets")) {
				names = append(names, acctest.Text(acctest.Attribute(wallet, "name")))
			}
			if strings.Join(names, " ") != test.want {
				t.Errorf("%s: found %v, want %s", name, names, test.want)
			}
			if ids := acctest.Elements(acctest.Attribute(got, "ids")); len(ids) != len(names) {
				t.Errorf("%s: %d ids for %d wallets", name, len(ids), len(names))
			}
		}
		for name, config := range map[string]acctest.Config{
			"name_regex": {"name_regex": "("}, "network": {"network": "testnet"}, "environment_id": {"environment_id": "x"},
		} {
			if _, diags := p.ReadDataSource(t.Context(), "voltage_wallets", config); !strings.HasPrefix(diags.Errors(), name+": ") {
				t.Errorf("a bad %s says %q", name, diags.Errors())
			}
		}
	})
}

// TestAccWalletDataSource_everything: what the API returns of a wallet arrives, also what is rare.
func TestAccWalletDataSource_everything(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		w.Emulator.Inject(emulator.Fault{
			Operation: "create_wallet",
			Effect:    emulator.FailAsync{Type: "InsufficientLimit", Detail: "nothing left"},
		})
		p := w.Protocol(t)
		instance := &acctest.Instance{Type: "voltage_wallet"}
		if diags := p.Apply(t.Context(), instance, attributes(w)); diags.Errors() == "" {
			t.Fatal("the creation did not fail")
		}
		got, diags := p.ReadDataSource(t.Context(), "voltage_wallet", acctest.Config{"id": instance.String("id")})
		if diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		failure := acctest.Attribute(got, "error")
		if acctest.Text(acctest.Attribute(failure, "type")) != "InsufficientLimit" ||
			acctest.Text(acctest.Attribute(failure, "detail")) != "nothing left" {
			t.Errorf("error %s", failure)
		}

		held := uuid.New()
		seed(t, w, emulator.Wallet{
			ID: held, Name: "held",
			Holds:              []emulator.Hold{{ID: uuid.New(), Currency: "btc", Amount: -2500}},
			PendingSettlements: []emulator.PendingSettlement{{ID: uuid.New(), Currency: "btc", Amount: 700, Type: "Payout"}},
		})
		got, diags = p.ReadDataSource(t.Context(), "voltage_wallet", acctest.Config{"name": "held"})
		if diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		hold := acctest.Elements(acctest.Attribute(got, "holds"))[0]
		if amount := acctest.Number(acctest.Attribute(acctest.Attribute(hold, "amount"), "amount")); amount != "-2500" {
			t.Errorf("the hold is %s", amount)
		}
		settlement := acctest.Elements(acctest.Attribute(got, "pending_settlements"))[0]
		if kind := acctest.Text(acctest.Attribute(settlement, "settlement_type")); kind != "Payout" {
			t.Errorf("the settlement is a %s", kind)
		}
	})
}
