package wallet_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

const address = "voltage_wallet.test"

// config is a wallet; more holds further attributes.
func config(w *acctest.World, name, more string) string {
	return w.Config(`
resource "voltage_wallet" "test" {
  name              = %q
  network           = %q
  line_of_credit_id = %q
  limit             = 1000
  %s
}
`, name, w.Network, w.LineOfCreditID, more)
}

var uuidPattern = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)

func attributeIs(name string, value knownvalue.Check) statecheck.StateCheck {
	return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
}

func planned(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
	return resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)}}
}

// sameID compares the wallet's ID between steps.
type sameID struct{ id string }

func (s *sameID) remember(state *terraform.State) error {
	s.id = state.RootModule().Resources[address].Primary.ID
	return nil
}

func (s *sameID) unchanged(state *terraform.State) error {
	if got := state.RootModule().Resources[address].Primary.ID; got != s.id {
		return fmt.Errorf("the wallet's ID is %s and was %s", got, s.id)
	}
	return nil
}

func (s *sameID) changed(state *terraform.State) error {
	if got := state.RootModule().Resources[address].Primary.ID; got == s.id {
		return fmt.Errorf("the wallet's ID is still %s", got)
	}
	return s.remember(state)
}

// TestAccWallet_lifecycle makes a wallet, renames it in place, imports it and takes it down. It also runs on a real
// environment.
func TestAccWallet_lifecycle(t *testing.T) {
	t.Parallel()
	w := acctest.Anywhere(t)
	first, second := acctest.Name("first"), acctest.Name("second")
	var id sameID
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		CheckDestroy:             walletIsGone(t, w),
		Steps: []resource.TestStep{
			{
				Config:           config(w, first, `metadata = { team = "payments", "cost center" = "4711" }`),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					attributeIs("id", knownvalue.StringRegexp(uuidPattern)),
					attributeIs("name", knownvalue.StringExact(first)),
					attributeIs("network", knownvalue.StringExact(w.Network)),
					attributeIs("limit", knownvalue.Int64Exact(1000)),
					attributeIs("organization_id", knownvalue.StringExact(w.OrganizationID.String())),
					attributeIs("environment_id", knownvalue.StringExact(w.EnvironmentID.String())),
					attributeIs("line_of_credit_id", knownvalue.StringExact(w.LineOfCreditID.String())),
					attributeIs("active", knownvalue.Bool(true)),
					attributeIs("created_at", knownvalue.StringFunc(func(text string) error {
						_, err := time.Parse(time.RFC3339Nano, text)
						return err
					})),
					attributeIs("metadata", knownvalue.MapExact(map[string]knownvalue.Check{
						"team": knownvalue.StringExact("payments"), "cost center": knownvalue.StringExact("4711"),
					})),
				},
				Check: id.remember,
			},
			{
				Config: config(w, second, `metadata = { team = "payments", "cost center" = "4711" }`),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
						plancheck.ExpectKnownValue(address, tfjsonpath.New("id"), knownvalue.StringRegexp(uuidPattern)),
						plancheck.ExpectKnownValue(address, tfjsonpath.New("created_at"), knownvalue.NotNull()),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{attributeIs("name", knownvalue.StringExact(second))},
				Check:             id.unchanged,
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true,
				ImportStateIdFunc: func(*terraform.State) (string, error) { return w.OrganizationID.String() + "/" + id.id, nil },
			},
			{
				ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID,
			},
		},
	})
	if w.Emulator != nil {
		for operation, want := range map[string]int{"create_wallet": 1, "update_wallet": 1, "delete_wallet": 1} {
			if got := w.Emulator.Count(operation); got != want {
				t.Errorf("%d requests %s, want %d", got, operation, want)
			}
		}
	}
}

// walletIsGone asks the API for the wallet of a state after it was destroyed.
func walletIsGone(t *testing.T, w *acctest.World) resource.TestCheckFunc {
	t.Helper()
	client := w.API(t)
	return func(state *terraform.State) error {
		id, err := uuid.Parse(state.RootModule().Resources[address].Primary.ID)
		if err != nil {
			return err
		}
		wallet, err := client.GetWallet(t.Context(), voltage.Ref{OrganizationID: w.OrganizationID, ID: id})
		if voltage.IsNotFound(err) || err == nil && !wallet.Active {
			return nil
		}
		return fmt.Errorf("the wallet %s is left: %v, %w", id, wallet, err)
	}
}

// activeWallets are the names of the wallets that the emulator has.
func activeWallets(w *acctest.World) []string {
	var names []string
	for _, wallet := range w.Emulator.Wallets() {
		if wallet.Active {
			names = append(names, wallet.Name)
		}
	}
	return names
}

// TestAccWallet_requests counts: with no delay, one POST and one read make a wallet, and one read refreshes it.
func TestAccWallet_requests(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		w.ShareAfter = voltage.DefaultShareAfter // the requests of a single wallet are counted
		ctx := t.Context()
		p := w.Protocol(t)
		if got := len(w.Emulator.Requests()); got != 0 {
			t.Errorf("configuring sent %d requests", got)
		}
		instance := &acctest.Instance{Type: "voltage_wallet"}
		wallet := attributes(w)
		expectRequests := func(what string, want ...string) {
			t.Helper()
			var got []string
			for _, request := range w.Emulator.Requests() {
				got = append(got, request.Operation)
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s sent %v, want %v", what, got, want)
			}
			w.Emulator.ResetRequests()
		}
		if diags := p.Plan(ctx, instance, wallet).Diagnostics; diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		expectRequests("a plan of a new wallet", "get_line_of_credit_summary_as_user")
		mustApply(t, p, instance, wallet)
		expectRequests("a creation", "create_wallet", "get_wallet")
		mustApply(t, p, instance, wallet)
		expectRequests("a second apply", "get_wallet")
		wallet["name"] = "renamed"
		mustApply(t, p, instance, wallet)
		expectRequests("a rename", "get_wallet", "update_wallet", "get_wallet")
		wallet["timeouts"] = acctest.Config{"update": "3m"}
		mustApply(t, p, instance, wallet)
		expectRequests("a change of timeouts", "get_wallet")
		if diags := p.Destroy(ctx, instance); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		// The plan reads what the wallet holds. The deletion goes by that.
		expectRequests("a deletion", "get_wallet", "delete_wallet", "get_wallet")

		wallet["id"] = uuid.NewString()
		mustApply(t, p, instance, wallet)
		// The plan reads the ID, and the creation reads it again: it may have been used meanwhile.
		expectRequests("a creation with an ID of the user's", "get_wallet", "get_wallet", "create_wallet", "get_wallet")
	})
}

// attributes is a wallet for the protocol's tests.
func attributes(w *acctest.World) acctest.Config {
	return acctest.Config{
		"name": "staging", "network": w.Network, "line_of_credit_id": w.LineOfCreditID.String(), "limit": 1000,
	}
}

func mustApply(t *testing.T, p *acctest.Protocol, instance *acctest.Instance, config acctest.Config) {
	t.Helper()
	p.MustApply(instance, config)
}

// TestAccWallet_replacement changes each attribute that cannot be changed: the plan replaces the wallet, and says why.
func TestAccWallet_replacement(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]struct {
		config   acctest.Config
		provider acctest.Config
	}{
		"network":           {config: acctest.Config{"network": "testnet3", "line_of_credit_id": emulator.StagingTestnetLineID.String()}},
		"line_of_credit_id": {config: acctest.Config{"line_of_credit_id": emulator.StagingUSDLineID.String()}},
		"limit":             {config: acctest.Config{"limit": 2000}},
		"metadata":          {config: acctest.Config{"metadata": acctest.Config{"team": "payments"}}},
		"id":                {config: acctest.Config{"id": uuid.NewString()}},
		"environment_id": {
			config:   acctest.Config{"environment_id": emulator.SecondEnvironmentID.String(), "line_of_credit_id": emulator.SecondLineID.String()},
			provider: acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t, change.provider)
				instance := &acctest.Instance{Type: "voltage_wallet"}
				wallet := attributes(w)
				mustApply(t, p, instance, wallet)
				before := instance.String("id")
				for key, value := range change.config {
					wallet[key] = value
				}
				plan := p.Plan(t.Context(), instance, wallet)
				if !plan.Replaces {
					t.Fatal("the plan does not replace the wallet")
				}
				warning := plan.Diagnostics.Warnings()
				for _, want := range []string{
					"Wallet Will Be Replaced", `"staging"`, before, name + " from ", "only rename", "another ID", "holds funds",
				} {
					if !strings.Contains(warning, want) {
						t.Errorf("the warning lacks %q: %s", want, warning)
					}
				}
				mustApply(t, p, instance, wallet)
				if instance.String("id") == before {
					t.Error("the ID is still the same")
				}
				if names := activeWallets(w); len(names) != 1 {
					t.Errorf("the API has %v", names)
				}
			})
		})
	}
	t.Run("organization_id", func(t *testing.T) {
		t.Parallel()
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			p := w.Protocol(t)
			instance := &acctest.Instance{Type: "voltage_wallet"}
			wallet := attributes(w)
			mustApply(t, p, instance, wallet)
			wallet["organization_id"] = uuid.NewString()
			if plan := p.Plan(t.Context(), instance, wallet); !plan.Replaces || !strings.Contains(plan.Diagnostics.Warnings(), "organization_id") {
				t.Errorf("replaces %t: %s", plan.Replaces, plan.Diagnostics.Warnings())
			}
		})
	})
}

// TestAccWallet_replacedByTerraform sees one replacement through the real Terraform.
func TestAccWallet_replacedByTerraform(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	var id sameID
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config(w, "staging", ""), Check: id.remember},
			{
				Config:           config(w, "staging", `metadata = { team = "payments" }`),
				ConfigPlanChecks: planned(plancheck.ResourceActionDestroyBeforeCreate),
				Check:            id.changed,
			},
			{ // both ways of writing that there is no metadata are the same
				Config:           config(w, "staging", `metadata = {}`),
				ConfigPlanChecks: planned(plancheck.ResourceActionDestroyBeforeCreate),
				Check:            id.changed,
			},
			{
				Config:           config(w, "staging", ``),
				ConfigPlanChecks: planned(plancheck.ResourceActionNoop),
				Check:            id.unchanged,
			},
		},
	})
}

// TestAccWallet_spelling: what means the same plans nothing, whichever is written first.
func TestAccWallet_spelling(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		for name, variant := range map[string]func(id string) acctest.Config{
			"upper case": func(id string) acctest.Config {
				return acctest.Config{"id": strings.ToUpper(id), "line_of_credit_id": strings.ToUpper(w.LineOfCreditID.String())}
			},
			"empty metadata": func(string) acctest.Config { return acctest.Config{"metadata": acctest.Config{}} },
			"defaults": func(string) acctest.Config {
				return acctest.Config{"organization_id": strings.ToUpper(w.OrganizationID.String()), "environment_id": w.EnvironmentID.String()}
			},
		} {
			id := uuid.NewString()
			plain, other := attributes(w), attributes(w)
			plain["id"], other["id"] = id, id
			maps.Copy(other, variant(id))
			for order, configs := range [][2]acctest.Config{{plain, other}, {other, plain}} {
				instance := &acctest.Instance{Type: "voltage_wallet"}
				if order == 1 { // another wallet
					configs[0]["id"], configs[1]["id"] = nil, nil
				}
				mustApply(t, p, instance, configs[0])
				if plan := p.Plan(t.Context(), instance, configs[1]); plan.Changes() {
					t.Errorf("%s, order %d: the plan is not empty: replaced because of %v", name, order, plan.Paths)
				}
				delete(configs[1], "id")
				if plan := p.Plan(t.Context(), instance, configs[1]); plan.Changes() {
					t.Errorf("%s, order %d, without an ID: the plan is not empty: replaced because of %v", name, order, plan.Paths)
				}
			}
		}
	})
}

func TestAccWallet_testnet(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	w.Network, w.LineOfCreditID = "testnet3", emulator.StagingTestnetLineID
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{
				Config:            config(w, "staging", ""),
				ConfigStateChecks: []statecheck.StateCheck{attributeIs("network", knownvalue.StringExact("testnet3"))},
				ConfigPlanChecks:  resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{ResourceName: address, ImportState: true, ImportStateKind: resource.ImportBlockWithID},
		},
	})
}

// TestAccWallet_defaultEnvironment: a wallet stays in its environment when the provider's default becomes another one.
func TestAccWallet_defaultEnvironment(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		token := acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken}
		first := w.Protocol(t, token)
		instance := &acctest.Instance{Type: "voltage_wallet"}
		mustApply(t, first, instance, attributes(w))

		second := w.Protocol(t, token, acctest.Config{
			"environment_id":  emulator.SecondEnvironmentID.String(),
			"organization_id": uuid.NewString(),
		})
		w.Emulator.ResetRequests()
		mustApply(t, second, instance, attributes(w))
		if got := instance.String("environment_id"); got != w.EnvironmentID.String() {
			t.Errorf("the wallet is in environment %s", got)
		}
		none := w.Protocol(t, token, acctest.Config{"environment_id": nil, "organization_id": nil})
		mustApply(t, none, instance, attributes(w))

		replaced := attributes(w)
		replaced["limit"] = 2000
		if plan := second.Plan(t.Context(), instance, replaced); !plan.Replaces {
			t.Error("the plan does not replace the wallet")
		}
	})
}

func TestAccWallet_twoEnvironments(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config: fmt.Sprintf(`
provider "voltage" {
  base_url        = %q
  organization_id = %q
  environment_id  = %q
  bearer_token    = %q
}
resource "voltage_wallet" "test" {
  name              = "same name"
  network           = "mutinynet"
  line_of_credit_id = %q
  limit             = 1
}
resource "voltage_wallet" "other" {
  environment_id    = %q
  name              = "same name"
  network           = "mutinynet"
  line_of_credit_id = %q
  limit             = 1
}
data "voltage_wallets" "other" {
  environment_id = voltage_wallet.other.environment_id
  depends_on     = [voltage_wallet.other, voltage_wallet.test]
}
`, w.URL, w.OrganizationID, w.EnvironmentID, emulator.UserToken, w.LineOfCreditID, emulator.SecondEnvironmentID, emulator.SecondLineID),
			ConfigStateChecks: []statecheck.StateCheck{
				attributeIs("environment_id", knownvalue.StringExact(w.EnvironmentID.String())),
				statecheck.ExpectKnownValue("voltage_wallet.other", tfjsonpath.New("environment_id"),
					knownvalue.StringExact(emulator.SecondEnvironmentID.String())),
				statecheck.ExpectKnownValue("data.voltage_wallets.other", tfjsonpath.New("wallets"), knownvalue.ListSizeExact(1)),
			},
		}},
	})
}

// TestAccWallet_drift: a name that was changed elsewhere is put back, and a wallet that was deleted elsewhere is created again.
func TestAccWallet_drift(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	var id sameID
	parse := func() uuid.UUID { return uuid.MustParse(id.id) }
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{Config: config(w, "staging", ""), Check: id.remember},
			{
				PreConfig: func() {
					if err := w.Emulator.Rename(parse(), "changed elsewhere"); err != nil {
						t.Error(err)
					}
				},
				Config:           config(w, "staging", ""),
				ConfigPlanChecks: planned(plancheck.ResourceActionUpdate),
				Check:            id.unchanged,
			},
			{
				PreConfig: func() {
					if err := w.Emulator.Remove(parse()); err != nil {
						t.Error(err)
					}
				},
				Config:           config(w, "staging", ""),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				Check:            id.changed,
			},
		},
	})
}

func TestAccWallet_goneIsTakenOutOfTheState(t *testing.T) {
	t.Parallel()
	for name, forget := range map[string]bool{"readable as deleted": false, "answers 404": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				instance := &acctest.Instance{Type: "voltage_wallet"}
				mustApply(t, p, instance, attributes(w))
				if err := w.Emulator.Remove(uuid.MustParse(instance.String("id"))); err != nil {
					t.Fatal(err)
				}
				if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
					t.Errorf("state %s, errors %s", instance.State, diags.Errors())
				}
			}, func(c *emulator.Config) { c.ForgetDeleted = forget })
		})
	}
}

// TestAccWallet_laggingRead: right after a creation, a read that does not find the wallet yet does not lose it.
func TestAccWallet_laggingRead(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance := &acctest.Instance{Type: "voltage_wallet"}
		mustApply(t, p, instance, attributes(w))
		w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: 3, Effect: emulator.NotFound{}})
		mustApply(t, p, instance, attributes(w))
		if got := w.Emulator.Count("create_wallet"); got != 1 {
			t.Errorf("%d wallets were asked for", got)
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: 3, Effect: emulator.NotFound{}})
		if got, diags := p.ReadDataSource(t.Context(), "voltage_wallet", acctest.Config{"id": instance.String("id")}); diags.Errors() != "" {
			t.Errorf("the data source has %s, %s", got, diags.Errors())
		}
	})
}

func TestAccWallet_pendingProviderConfiguration(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance := &acctest.Instance{Type: "voltage_wallet"}
		mustApply(t, p, instance, attributes(w))
		w.Emulator.ResetRequests()

		pending := w.Protocol(t, acctest.Config{
			"api_key":         acctest.Unknown{},
			"organization_id": acctest.Unknown{},
			"environment_id":  acctest.Unknown{},
		})
		state := instance.State
		if diags := pending.Refresh(t.Context(), instance); diags.Errors() != "" || !instance.State.Equal(state) {
			t.Errorf("a refresh with a key that is not known yet changed the state: %s", diags.Errors())
		}
		plan := pending.Plan(t.Context(), &acctest.Instance{Type: "voltage_wallet"}, attributes(w))
		if plan.Diagnostics.Errors() != "" || plan.Attribute("environment_id").IsKnown() {
			t.Errorf("a new wallet does not wait for the apply: %s", plan.Diagnostics.Errors())
		}
		if _, diags := pending.ReadDataSource(t.Context(), "voltage_wallets", nil); !strings.Contains(diags.Errors(), "Not Known Yet") {
			t.Errorf("a data source says %q", diags.Errors())
		}
		if got := len(w.Emulator.Requests()); got != 0 {
			t.Errorf("%d requests were sent", got)
		}
	})
}

// TestAccWallet_pendingThroughTerraform makes the key in the same apply that needs it.
func TestAccWallet_pendingThroughTerraform(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config: fmt.Sprintf(`
resource "terraform_data" "secrets" {
  input = { key = %q, environment = %q }
}
provider "voltage" {
  base_url        = %q
  organization_id = %q
  api_key         = terraform_data.secrets.output.key
  environment_id  = terraform_data.secrets.output.environment
}
resource "voltage_wallet" "test" {
  name              = "staging"
  network           = "mutinynet"
  line_of_credit_id = %q
  limit             = 1
}
`, emulator.StagingKey, w.EnvironmentID, w.URL, w.OrganizationID, w.LineOfCreditID),
			ConfigStateChecks: []statecheck.StateCheck{attributeIs("environment_id", knownvalue.StringExact(w.EnvironmentID.String()))},
			ConfigPlanChecks:  resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		}},
	})
}
