package wallet_test

import (
	"fmt"
	"maps"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/terraform"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const template = "6c1f6a3e-0f0d-4a58-9d6b-1d9b7d3b8c11"

// policiesOn makes a wallet without policies, and an instance of none of them.
func policiesOn(t *testing.T, w *acctest.World) (uuid.UUID, *acctest.Instance) {
	t.Helper()
	id := uuid.New()
	seed(t, w, emulator.Wallet{ID: id, Name: "held", EnvironmentID: w.EnvironmentID, Network: w.Network})
	return id, &acctest.Instance{Type: "voltage_wallet_policies"}
}

// allPolicies is a configuration of every policy.
func allPolicies(wallet uuid.UUID) acctest.Config {
	return acctest.Config{
		"wallet_id": wallet.String(), "max_payment_size_sats": 100_000, "transactions_per_minute": 60, "send_volume_limit_sats": 9007199254740993,
		"ofac_compliant": true, "reflex_template_id": template,
		"processing_fee": acctest.Config{"send_basis_points": 50, "receive_basis_points": 0},
	}
}

func without(config acctest.Config, names ...string) acctest.Config {
	config = maps.Clone(config)
	for _, name := range names {
		delete(config, name)
	}
	return config
}

// describe writes policies on a line.
func describe(p emulator.Policies) string {
	number := func(n *int64) string {
		if n == nil {
			return "-"
		}
		return fmt.Sprint(*n)
	}
	text := fmt.Sprintf("%s %s %s %t",
		number(p.MaxPaymentSizeSats), number(p.TransactionsPerMinute), number(p.SendVolumeLimitSats), p.OFACCompliant)
	if p.ReflexTemplateID != nil {
		text += " " + p.ReflexTemplateID.String()
	}
	if p.ProcessingFee != nil {
		text += fmt.Sprintf(" %d/%d", p.ProcessingFee.SendBasisPoints, p.ProcessingFee.ReceiveBasisPoints)
	}
	return text
}

const everyPolicy = "100000 60 9007199254740993 true " + template + " 50/0"

// sentPolicies are the changes of policies that were asked for.
func sentPolicies(w *acctest.World) []string {
	var bodies []string
	for _, request := range w.Emulator.Requests() {
		if request.Operation == "update_wallet_policies" {
			bodies = append(bodies, string(request.Body))
		}
	}
	return bodies
}

// TestAccWalletPolicies_lifecycle goes through the real Terraform: policies are set, changed and dropped in place, and imported. It also
// runs on a real environment, on a wallet of its own.
func TestAccWalletPolicies_lifecycle(t *testing.T) {
	t.Parallel()
	w := acctest.Anywhere(t)
	name := acctest.Name("held")
	const policies = "voltage_wallet_policies.test"
	text := func(body string) string {
		return config(w, name, "") + fmt.Sprintf(`
resource "voltage_wallet_policies" "test" {
  wallet_id = voltage_wallet.test.id
  %s
}
data "voltage_wallet_policies" "test" {
  wallet_id  = voltage_wallet_policies.test.wallet_id
  depends_on = [voltage_wallet_policies.test]
}
`, body)
	}
	is := func(name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(policies, tfjsonpath.New(name), value)
	}
	fee := knownvalue.ObjectExact(map[string]knownvalue.Check{
		"send_basis_points":    knownvalue.Int64Exact(50),
		"receive_basis_points": knownvalue.Int64Exact(0),
	})
	changes := resource.ConfigPlanChecks{
		PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(policies, plancheck.ResourceActionUpdate)},
		PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
	}
	unchanged := resource.ConfigPlanChecks{
		PreApply: []plancheck.PlanCheck{plancheck.ExpectResourceAction(policies, plancheck.ResourceActionNoop)},
	}
	const withFee = `processing_fee = { send_basis_points = 50, receive_basis_points = 0 }`
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		CheckDestroy:             walletIsGone(t, w),
		Steps: []resource.TestStep{
			{Config: text("organization_id = null"), ExpectError: regexp.MustCompile(`(?s)At least one of.*max_payment_size_sats`)},
			{
				Config: text("max_payment_size_sats = 1000\n" + withFee),
				ConfigStateChecks: []statecheck.StateCheck{
					is("max_payment_size_sats", knownvalue.Int64Exact(1000)), is("processing_fee", fee), is("transactions_per_minute", knownvalue.Null()),
					is("ofac_compliant", knownvalue.Bool(false)), is("reflex_template_id", knownvalue.Null()),
					is("organization_id", knownvalue.StringExact(w.OrganizationID.String())),
					statecheck.CompareValuePairs(policies, tfjsonpath.New("wallet_id"), address, tfjsonpath.New("id"), sameValue{}),
					statecheck.ExpectKnownValue("data.voltage_wallet_policies.test", tfjsonpath.New("processing_fee"), fee),
					statecheck.ExpectKnownValue("data.voltage_wallet_policies.test", tfjsonpath.New("error"), knownvalue.Null()),
				},
				ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
			{
				ResourceName:                         policies,
				ImportState:                          true,
				ImportStateVerify:                    true,
				ImportStateVerifyIgnore:              []string{"managed"},
				ImportStateVerifyIdentifierAttribute: "wallet_id",
				ImportStateIdFunc:                    walletIDOf(policies),
			},
			{ResourceName: policies, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateIdFunc: walletIDOf(policies)},
			{
				Config:           text("max_payment_size_sats = 2000\nofac_compliant = true\n" + withFee),
				ConfigPlanChecks: changes,
				ConfigStateChecks: []statecheck.StateCheck{
					is("max_payment_size_sats", knownvalue.Int64Exact(2000)), is("ofac_compliant", knownvalue.Bool(true)),
				},
			},
			{ // a limit is dropped: it stays, and nothing changes
				Config:            text("ofac_compliant = true\n" + withFee),
				ConfigPlanChecks:  unchanged,
				ConfigStateChecks: []statecheck.StateCheck{is("max_payment_size_sats", knownvalue.Int64Exact(2000))},
			},
			{ // the fee is dropped: it is taken back
				Config: text("ofac_compliant = true"),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(policies, plancheck.ResourceActionUpdate),
						plancheck.ExpectKnownValue(policies, tfjsonpath.New("processing_fee"), knownvalue.Null()),
						plancheck.ExpectKnownValue(policies, tfjsonpath.New("max_payment_size_sats"), knownvalue.Int64Exact(2000)),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					is("processing_fee", knownvalue.Null()),
					statecheck.ExpectKnownValue("data.voltage_wallet_policies.test", tfjsonpath.New("processing_fee"), knownvalue.Null()),
				},
			},
			{ // the wallet is replaced, and its policies are set again
				Config: strings.Replace(text("ofac_compliant = true"), "limit             = 1000", "limit             = 2000", 1),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(policies, plancheck.ResourceActionReplace)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{is("max_payment_size_sats", knownvalue.Null())},
			},
		},
	})
	if w.Emulator == nil {
		return
	}
	want := `{"max_payment_size_sats":1000,"processing_fee":{"send_basis_points":50,"receive_basis_points":0}} ` +
		`{"max_payment_size_sats":2000,"ofac_compliant":true} {"processing_fee":null} {"ofac_compliant":true}`
	if got := strings.Join(sentPolicies(w), " "); got != want {
		t.Errorf("sent\n%s, want\n%s", got, want)
	}
}

// TestAccWalletPolicies_requests counts what each operation sends.
func TestAccWalletPolicies_requests(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		policies := allPolicies(wallet)
		expect := func(what string, want ...string) {
			t.Helper()
			var got []string
			for _, request := range w.Emulator.Requests() {
				got = append(got, strings.TrimSuffix(request.Operation, "_wallet_policies"))
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s sent %v, want %v", what, got, want)
			}
			w.Emulator.ResetRequests()
		}
		if diags := p.Plan(t.Context(), instance, policies).Diagnostics; diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		expect("a plan of new policies")
		mustApply(t, p, instance, policies)
		expect("a creation", "get", "get_wallet", "update", "get") // the wallet, since a 404 does not say whether it exists
		mustApply(t, p, instance, policies)
		expect("a second apply", "get")
		policies["timeouts"] = acctest.Config{"update": "3m"}
		mustApply(t, p, instance, policies)
		expect("a change of timeouts", "get")
		policies["max_payment_size_sats"] = 5
		mustApply(t, p, instance, policies)
		if got := sentPolicies(w); len(got) != 1 || got[0] != `{"max_payment_size_sats":5}` {
			t.Errorf("sent %v", got)
		}
		expect("a change", "get", "get", "update", "get")
		if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
			t.Fatal(diags.Errors())
		}
		if got := sentPolicies(w); len(got) != 1 || got[0] != `{"processing_fee":null}` {
			t.Errorf("sent %v", got)
		}
		expect("a destroy", "get", "update", "get")
		mustApply(t, p, instance, without(policies, "processing_fee"))
		w.Emulator.ResetRequests()
		if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
			t.Fatal(diags.Errors())
		}
		expect("a destroy without a fee")
	})
}

// TestAccWalletPolicies_validation: bad input fails on its attribute while planning, and never reaches the API.
func TestAccWalletPolicies_validation(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		for name, test := range map[string]struct {
			change acctest.Config
			want   string
		}{
			"no wallet":         {acctest.Config{"wallet_id": nil}, `wallet_id: `},
			"wallet is no UUID": {acctest.Config{"wallet_id": "orders"}, `wallet_id: Invalid UUID`},
			"no payment":        {acctest.Config{"max_payment_size_sats": 0}, `max_payment_size_sats: .*at least 1`},
			"no transactions":   {acctest.Config{"transactions_per_minute": 0}, `transactions_per_minute: .*at least 1`},
			"negative volume":   {acctest.Config{"send_volume_limit_sats": -1}, `send_volume_limit_sats: .*at least 1`},
			"template":          {acctest.Config{"reflex_template_id": "x"}, `reflex_template_id: Invalid UUID`},
			"fee above all": {
				acctest.Config{"processing_fee": acctest.Config{"send_basis_points": 10_001, "receive_basis_points": 0}},
				`processing_fee.*send_basis_points.*between 0 and 10000`,
			},
			"half a fee": {acctest.Config{"processing_fee": acctest.Config{"send_basis_points": 1}}, `processing_fee.*receive_basis_points`},
			"nothing": {acctest.Config{
				"max_payment_size_sats": nil, "transactions_per_minute": nil, "send_volume_limit_sats": nil, "ofac_compliant": nil,
				"reflex_template_id": nil, "processing_fee": nil,
			}, `.*At least one of`},
		} {
			config := allPolicies(wallet)
			maps.Copy(config, test.change)
			got := p.Plan(t.Context(), instance, config).Diagnostics.Errors()
			if !regexp.MustCompile(`(?s)^` + test.want).MatchString(got) {
				t.Errorf("%s: %q, want %q", name, got, test.want)
			}
		}
		unknown := allPolicies(wallet)
		for name := range unknown {
			unknown[name] = acctest.Unknown{}
		}
		if got := p.Plan(t.Context(), instance, unknown).Diagnostics.Errors(); got != "" {
			t.Errorf("unknown values: %s", got)
		}
		if got := w.Emulator.Requests(); len(got) != 0 {
			t.Errorf("%d requests were sent", len(got))
		}
	})
}

// TestAccWalletPolicies_dropped: what is no longer configured stays in force, which the plan says by name and value, until another
// value is set; only the fee is taken back.
func TestAccWalletPolicies_dropped(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{
		"max_payment_size_sats": "max_payment_size_sats = 100000", "transactions_per_minute": "transactions_per_minute = 60",
		"send_volume_limit_sats": "send_volume_limit_sats = 9007199254740993", "ofac_compliant": "ofac_compliant = true",
		"reflex_template_id": `reflex_template_id = "` + template + `"`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				wallet, instance := policiesOn(t, w)
				mustApply(t, p, instance, allPolicies(wallet))
				rest := without(allPolicies(wallet), name)
				plan := p.Plan(t.Context(), instance, rest)
				warning := plan.Diagnostics.Warnings()
				for _, want := range []string{name + ": Policy Stays in Force", wallet.String(), value, "not remove", "set another value"} {
					if !strings.Contains(warning, want) {
						t.Errorf("the warning lacks %q: %s", want, warning)
					}
				}
				if plan.Changes() {
					t.Error("the plan changes something")
				}
				// Together with a change, the rest is left alone; and from then on it counts as the wallet's own.
				rest["processing_fee"] = acctest.Config{"send_basis_points": 51, "receive_basis_points": 0}
				mustApply(t, p, instance, rest)
				if got, want := describe(w.Emulator.Policies(wallet)), strings.Replace(everyPolicy, "50/0", "51/0", 1); got != want {
					t.Errorf("the wallet has %s, want %s", got, want)
				}
				if plan := p.Plan(t.Context(), instance, rest); plan.Diagnostics.Warnings() != "" || plan.Changes() {
					t.Errorf("the next plan changes %t, and warns: %s", plan.Changes(), plan.Diagnostics.Warnings())
				}
			})
		})
	}
	t.Run("processing_fee", func(t *testing.T) {
		t.Parallel()
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			p := w.Protocol(t)
			wallet, instance := policiesOn(t, w)
			mustApply(t, p, instance, allPolicies(wallet))
			plan := p.Plan(t.Context(), instance, without(allPolicies(wallet), "processing_fee"))
			if !plan.Attribute("processing_fee").IsNull() || plan.Diagnostics.Warnings() != "" {
				t.Errorf("planned %s with %q", plan.Attribute("processing_fee"), plan.Diagnostics.Warnings())
			}
			mustApply(t, p, instance, without(allPolicies(wallet), "processing_fee"))
			if got := describe(w.Emulator.Policies(wallet)); got+" 50/0" != everyPolicy {
				t.Errorf("the wallet has %s", got)
			}
			// One that somebody else sets then is not this resource's to take back.
			fee := w.Emulator.Policies(wallet)
			fee.ProcessingFee = &emulator.ProcessingFee{SendBasisPoints: 7}
			if err := w.Emulator.SetPolicies(wallet, fee); err != nil {
				t.Fatal(err)
			}
			mustApply(t, p, instance, without(allPolicies(wallet), "processing_fee"))
			if diags := p.DestroyRefreshed(t.Context(), instance); diags.Errors() != "" ||
				!strings.Contains(diags.Warnings(), "because it has not set it") {
				t.Errorf("destroyed with %q, warned of %q", diags.Errors(), diags.Warnings())
			}
			if got := describe(w.Emulator.Policies(wallet)); !strings.HasSuffix(got, " 7/0") {
				t.Errorf("the wallet has %s", got)
			}
		})
	})
}

// TestAccWalletPolicies_destroy takes the fee back, and says of the rest that it stays.
func TestAccWalletPolicies_destroy(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		mustApply(t, p, instance, allPolicies(wallet))
		diags := p.DestroyRefreshed(t.Context(), instance)
		if diags.Errors() != "" || !instance.State.IsNull() {
			t.Fatalf("state %s, errors %s", instance.State, diags.Errors())
		}
		for _, want := range []string{
			"Policies Stay in Force", wallet.String(), "max_payment_size_sats = 100000", "transactions_per_minute = 60",
			"send_volume_limit_sats = 9007199254740993",
			"ofac_compliant = true", `reflex_template_id = "` + template + `"`, "not remove",
		} {
			if !strings.Contains(diags.Warnings(), want) {
				t.Errorf("the warning lacks %q: %s", want, diags.Warnings())
			}
		}
		if got := describe(w.Emulator.Policies(wallet)); got+" 50/0" != everyPolicy || strings.Contains(diags.Warnings(), "processing_fee") {
			t.Errorf("the wallet has %s; warned: %s", got, diags.Warnings())
		}
		// What is there from before is adopted, and a fee alone leaves nothing to warn of.
		only, other := policiesOn(t, w)
		mustApply(t, p, other, acctest.Config{
			"wallet_id":      only.String(),
			"ofac_compliant": false,
			"processing_fee": acctest.Config{"send_basis_points": 0, "receive_basis_points": 0},
		})
		if diags := p.Destroy(t.Context(), other); diags.Errors() != "" || diags.Warnings() != "" {
			t.Errorf("a fee alone: %s %s", diags.Errors(), diags.Warnings())
		}
		if got := describe(w.Emulator.Policies(only)); got != "- - - false" {
			t.Errorf("the wallet has %s", got)
		}
		// A wallet that is gone is no obstacle.
		mustApply(t, p.Walk(), instance, allPolicies(wallet))
		if err := w.Emulator.Remove(wallet); err != nil {
			t.Fatal(err)
		}
		if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
			t.Errorf("without the wallet: %s", diags.Errors())
		}
		// A replacement leaves the old wallet's policies, and says so.
		mustApply(t, p, other, acctest.Config{"wallet_id": only.String(), "max_payment_size_sats": 5})
		next, _ := policiesOn(t, w)
		p.Expect("a refresh", p.Walk().Refresh(t.Context(), other))
		plan := p.Walk().Plan(t.Context(), other, acctest.Config{"wallet_id": next.String(), "max_payment_size_sats": 5})
		if !plan.Replaces || !strings.Contains(plan.Diagnostics.Warnings(), only.String()) ||
			!strings.Contains(plan.Diagnostics.Warnings(), "max_payment_size_sats = 5") {
			t.Errorf("replaces %t, warns: %s", plan.Replaces, plan.Diagnostics.Warnings())
		}
	})
}

// TestAccWalletPolicies_existing: what the wallet has from before is shown, and left alone.
func TestAccWalletPolicies_existing(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		limit, id := int64(7), uuid.MustParse(template)
		before := emulator.Policies{
			TransactionsPerMinute: &limit,
			ReflexTemplateID:      &id,
			ProcessingFee:         &emulator.ProcessingFee{SendBasisPoints: 9},
			OFACCompliant:         true,
		}
		if err := w.Emulator.SetPolicies(wallet, before); err != nil {
			t.Fatal(err)
		}
		mustApply(t, p, instance, acctest.Config{"wallet_id": strings.ToUpper(wallet.String()), "max_payment_size_sats": 5})
		if got := describe(w.Emulator.Policies(wallet)); got != "5 7 - true "+template+" 9/0" {
			t.Errorf("the wallet has %s", got)
		}
		if got := acctest.Number(instance.Attribute("transactions_per_minute")); got != "7" || instance.String("reflex_template_id") != template {
			t.Errorf("the state has %s", instance.State)
		}
		mustApply(t, p, instance, acctest.Config{
			"wallet_id":             wallet.String(),
			"max_payment_size_sats": 5,
			"reflex_template_id":    strings.ToUpper(template),
		})
		if got := len(sentPolicies(w)); got != 1 {
			t.Errorf("%d changes", got)
		}
	})
}

// TestAccWalletPolicies_none: that payments need not comply is what a wallet without policies says, too.
func TestAccWalletPolicies_none(t *testing.T) {
	t.Parallel()
	for name, none := range map[string]emulator.Effect{
		"404": nil,
		"list": emulator.Answer{
			Status:      200,
			ContentType: "application/json",
			Body:        `{"id":"` + template + `","policies":[],"updated_at":"2026-09-01T10:00:00Z"}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				if none != nil {
					w.Emulator.Inject(emulator.Fault{Operation: "get_wallet_policies", Times: -1, Effect: none})
				}
				p := w.Protocol(t)
				wallet, instance := policiesOn(t, w)
				config := acctest.Config{"wallet_id": wallet.String(), "ofac_compliant": false}
				for range 2 {
					mustApply(t, p, instance, config)
				}
				config["ofac_compliant"] = true
				w.Emulator.ClearFaults()
				mustApply(t, p, instance, config)
				config["ofac_compliant"] = false
				mustApply(t, p, instance, config)
				if got := sentPolicies(w); strings.Join(got, " ") != `{"ofac_compliant":false} {"ofac_compliant":true} {"ofac_compliant":false}` {
					t.Errorf("sent %v", got)
				}
				if err := w.Emulator.Remove(wallet); err != nil {
					t.Fatal(err)
				}
				if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
					t.Errorf("without the wallet: %s %s", diags.Errors(), instance.State)
				}
			})
		})
	}
}

// TestAccWalletPolicies_drift: what somebody else changes is seen, and changed back where it is configured.
func TestAccWalletPolicies_drift(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		config := without(allPolicies(wallet), "transactions_per_minute")
		mustApply(t, p, instance, config)
		for name, change := range map[string]func(*emulator.Policies){
			"another limit":          func(p *emulator.Policies) { p.MaxPaymentSizeSats = new(int64); *p.MaxPaymentSizeSats = 3 },
			"no limit":               func(p *emulator.Policies) { p.SendVolumeLimitSats = nil },
			"no compliance":          func(p *emulator.Policies) { p.OFACCompliant = false },
			"no fee":                 func(p *emulator.Policies) { p.ProcessingFee = nil },
			"another fee":            func(p *emulator.Policies) { p.ProcessingFee = &emulator.ProcessingFee{ReceiveBasisPoints: 3} },
			"everything but one":     func(p *emulator.Policies) { *p = emulator.Policies{OFACCompliant: true} },
			"what is not configured": nil,
		} {
			policies := w.Emulator.Policies(wallet)
			if change == nil {
				policies.TransactionsPerMinute = new(int64)
				*policies.TransactionsPerMinute = 8
			} else {
				change(&policies)
			}
			if err := w.Emulator.SetPolicies(wallet, policies); err != nil {
				t.Fatal(err)
			}
			if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" {
				t.Fatal(diags.Errors())
			}
			if plan := p.Plan(t.Context(), instance, config); plan.Changes() != (change != nil) {
				t.Errorf("%s: the plan changes something: %t", name, plan.Changes())
			}
			mustApply(t, p, instance, config)
			if got := describe(w.Emulator.Policies(wallet)); !strings.HasPrefix(got, "100000 ") ||
				!strings.HasSuffix(got, " 9007199254740993 true "+template+" 50/0") {
				t.Errorf("%s: the wallet has %s", name, got)
			}
		}
		// Policies that are gone altogether, or with the wallet, are gone from the state; a 404 that is not the API's means nothing.
		w.Emulator.Inject(emulator.Fault{Times: -1, Effect: emulator.Answer{Status: 404, ContentType: "text/html", Body: "<p>no such page"}})
		if diags := p.Refresh(t.Context(), instance); !strings.Contains(diags.Errors(), "Wallet Policies Not Read") || instance.State.IsNull() {
			t.Errorf("after a foreign 404: %s", diags.Errors())
		}
		w.Emulator.ClearFaults()
		w.Emulator.Inject(emulator.Fault{Operation: "get_wallet_policies", Times: 2, Effect: emulator.NotFound{}})
		if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || instance.State.IsNull() {
			t.Errorf("after a read that lags: %s %s", diags.Errors(), instance.State)
		}
		if err := w.Emulator.SetPolicies(wallet, emulator.Policies{}); err != nil {
			t.Fatal(err)
		}
		if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
			t.Errorf("without policies: %s %s", diags.Errors(), instance.State)
		}
		mustApply(t, p, instance, config)
	})
}

// TestAccWalletPolicies_noWallet blames wallet_id, and leaves nothing in the state.
func TestAccWalletPolicies_noWallet(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		missing := uuid.New()
		got := p.Apply(t.Context(), instance, allPolicies(missing)).Errors()
		if !strings.HasPrefix(got, "wallet_id: Wallet Policies Not Set: The policies of wallet "+missing.String()) || !instance.State.IsNull() {
			t.Errorf("got %q, state %s", got, instance.State)
		}
		if _, diags := p.ReadDataSource(t.Context(), "voltage_wallet_policies",
			acctest.Config{"wallet_id": missing.String()}); !strings.HasPrefix(diags.Errors(), "wallet_id: Wallet Policies Not Read") {
			t.Errorf("the data source: %q", diags.Errors())
		}
		for kind, want := range map[string]string{
			"invalid_request":    ": Wallet Policies Not Set",
			"instance_not_found": "wallet_id: Wallet Policies Not Set",
		} {
			w.Emulator.Inject(emulator.Fault{
				Operation: "update_wallet_policies",
				Effect:    emulator.Refuse{Status: 400, Type: kind, Detail: "not today"},
			})
			if got := p.Apply(t.Context(), instance, allPolicies(wallet)).Errors(); !strings.HasPrefix(got, want) ||
				!strings.Contains(got, "not today") || !instance.State.IsNull() {
				t.Errorf("got %q, state %s", got, instance.State)
			}
		}
		readOnly := w.Protocol(t, acctest.Config{"api_key": emulator.StagingReadOnlyKey})
		if got := readOnly.Apply(t.Context(), instance, allPolicies(wallet)).Errors(); !strings.Contains(got, "access_rights") ||
			!instance.State.IsNull() {
			t.Errorf("got %q, state %s", got, instance.State)
		}
	})
}

// TestAccWalletPolicies_asynchronousFailure: what the API accepts and then fails is an error with its words, an old failure is not an
// error, and the same failure once more is one again.
func TestAccWalletPolicies_asynchronousFailure(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		fail := emulator.Fault{
			Operation: "update_wallet_policies",
			Effect:    emulator.FailAsync{Type: "policy_not_found", Detail: "the ledger sleeps"},
		}
		expect := func(diags acctest.Diagnostics, wants ...string) {
			t.Helper()
			for _, want := range append(wants, "policy_not_found: the ledger sleeps", wallet.String()) {
				if !strings.Contains(diags.Errors(), want) {
					t.Errorf("the error lacks %q: %s", want, diags.Errors())
				}
			}
		}
		w.Emulator.Inject(fail)
		expect(p.Apply(t.Context(), instance, allPolicies(wallet)), "Wallet Policies Not Set", "tainted")
		if !instance.Tainted {
			t.Fatal("not tainted")
		}
		config := allPolicies(wallet)
		mustApply(t, p, instance, config) // with the old failure still there
		config["max_payment_size_sats"] = 5
		w.Emulator.Inject(fail)
		expect(p.Apply(t.Context(), instance, config), "Wallet Policies Not Changed", "keeps the old policies")
		if got := acctest.Number(instance.Attribute("max_payment_size_sats")); got != "100000" {
			t.Errorf("the state has %s", got)
		}
		mustApply(t, p, instance, config)
		w.Emulator.Inject(fail)
		expect(p.Destroy(t.Context(), instance), "Processing Fee Not Removed", "stay in the state")
		if instance.State.IsNull() {
			t.Fatal("the state has lost the policies")
		}
		if object, diags := p.ReadDataSource(t.Context(), "voltage_wallet_policies",
			acctest.Config{"wallet_id": wallet.String()}); diags.Errors() != "" ||
			acctest.Text(acctest.Attribute(acctest.Attribute(object, "error"), "detail")) != "the ledger sleeps" {
			t.Errorf("the data source has %s, %s", object, diags.Errors())
		}
		if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || w.Emulator.Policies(wallet).ProcessingFee != nil {
			t.Errorf("destroyed with %s, and the wallet has %s", diags.Errors(), describe(w.Emulator.Policies(wallet)))
		}
	})
}

// TestAccWalletPolicies_lostAnswers: whatever happens to the answer of a write, one apply ends well, also when the first policies are only
// being made when they are asked for again.
func TestAccWalletPolicies_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]emulator.Effect{
		"cut before": emulator.CutBefore{}, "cut after": emulator.CutAfter{}, "500 after": emulator.Answer{Status: 500, After: true},
		"body of no use": emulator.Answer{Status: 200, ContentType: "text/html", Body: "<html>", After: true},
	} {
		for _, delay := range []time.Duration{0, 9 * time.Second} {
			t.Run(name+" delay "+delay.String(), func(t *testing.T) {
				t.Parallel()
				acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
					t.Helper()
					p := w.Protocol(t)
					wallet, instance := policiesOn(t, w)
					lose := func() { w.Emulator.Inject(emulator.Fault{Operation: "update_wallet_policies", Effect: effect}) }
					config := allPolicies(wallet)
					lose()
					mustApply(t, p, instance, config)
					config["max_payment_size_sats"] = 5
					lose()
					mustApply(t, p, instance, config)
					if got, want := describe(w.Emulator.Policies(wallet)), strings.Replace(everyPolicy, "100000", "5", 1); got != want {
						t.Errorf("the wallet has %s, want %s", got, want)
					}
					lose()
					if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || w.Emulator.Policies(wallet).ProcessingFee != nil {
						t.Errorf("destroyed with %s, and the wallet has %s", diags.Errors(), describe(w.Emulator.Policies(wallet)))
					}
				}, func(c *emulator.Config) { c.Delay = delay })
			})
		}
	}
}

// TestAccWalletPolicies_timeouts: a wait whose time has run out leaves the state true.
func TestAccWalletPolicies_timeouts(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"create", "update", "delete"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				wallet, instance := policiesOn(t, w)
				config := allPolicies(wallet)
				config["timeouts"] = acctest.Config{operation: "5m"}
				if operation != "create" {
					mustApply(t, p, instance, config)
				}
				// The write is done, and no read shows it until the time has run out.
				w.Emulator.Inject(emulator.Fault{
					Operation: "get_wallet_policies",
					Nth:       map[string]int{"create": 1, "update": 2, "delete": 2}[operation],
					Times:     -1,
					Effect:    emulator.Stale{},
				})
				var diags acctest.Diagnostics
				switch operation {
				case "update":
					config["max_payment_size_sats"] = 5
					diags = p.Apply(t.Context(), instance, config)
				case "delete":
					diags = p.Destroy(t.Context(), instance)
				default:
					diags = p.Apply(t.Context(), instance, config)
				}
				w.Emulator.ClearFaults()
				for _, want := range []string{"timed out after", "last seen", "timeouts", wallet.String()} {
					if !strings.Contains(diags.Errors(), want) {
						t.Errorf("the error lacks %q: %s", want, diags.Errors())
					}
				}
				if instance.State.IsNull() || instance.Tainted != (operation == "create") {
					t.Fatalf("tainted %t, state %s", instance.Tainted, instance.State)
				}
				mustApply(t, p, instance, config)
				if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || w.Emulator.Policies(wallet).ProcessingFee != nil {
					t.Errorf("destroyed with %s, and the wallet has %s", diags.Errors(), describe(w.Emulator.Policies(wallet)))
				}
			})
		})
	}
}

// TestAccWalletPolicies_slowCreation: policies that appear after all patience are neither forgotten nor left with a fee.
func TestAccWalletPolicies_slowCreation(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		config := allPolicies(wallet)
		config["timeouts"] = acctest.Config{"create": "5s", "delete": "5s"}
		if diags := p.Apply(t.Context(), instance, config); diags.Errors() == "" || !instance.Tainted {
			t.Fatalf("the creation ended well: %s", diags.Errors())
		}
		if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || instance.State.IsNull() {
			t.Fatalf("a refresh has lost the policies: %s", diags.Errors())
		}
		if got := p.Destroy(t.Context(), instance).Errors(); !strings.Contains(got, "the first policies of the wallet") ||
			instance.State.IsNull() {
			t.Fatalf("destroyed before anything could be seen: %s", got)
		}
		time.Sleep(30 * time.Second)
		if got := describe(w.Emulator.Policies(wallet)); got != everyPolicy {
			t.Fatalf("the wallet has %s", got)
		}
		instance.State = acctest.Replace(t, instance.State, "timeouts", nil) // long enough
		if diags := p.Walk().Destroy(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
			t.Errorf("state %s, errors %s", instance.State, diags.Errors())
		}
	}, func(c *emulator.Config) { c.Delay = 30 * time.Second })
}

// TestAccWalletPolicies_import imports in every form, and plans nothing afterwards, whatever is left out.
func TestAccWalletPolicies_import(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, made := policiesOn(t, w)
		mustApply(t, p, made, allPolicies(wallet))
		imported := *made
		imported.State = acctest.Replace(t, made.State, "managed", []tftypes.Value{}) // no apply has set them
		p.CheckImport(&imported, "wallet_id", allPolicies(wallet), without(allPolicies(wallet), "processing_fee", "ofac_compliant"),
			acctest.Config{"wallet_id": wallet.String(), "ofac_compliant": true})
		if got := w.Emulator.Count("update_wallet_policies"); got != 1 {
			t.Errorf("%d changes", got)
		}
		none, _ := policiesOn(t, w)
		for _, id := range []uuid.UUID{none, uuid.New()} {
			if imported, diags := p.Import(t.Context(), "voltage_wallet_policies", id.String(), nil); diags.Errors() != "" ||
				!imported.State.IsNull() {
				t.Errorf("imported what does not exist: %s", diags.Errors())
			}
		}
		if _, diags := p.Import(t.Context(), "voltage_wallet_policies", "x", nil); !strings.Contains(diags.Errors(),
			"ORGANIZATION_ID/WALLET_ID") {
			t.Errorf("got %q", diags.Errors())
		}
		pending := w.Protocol(t, acctest.Config{"api_key": acctest.Unknown{}})
		if _, diags := pending.Import(t.Context(), "voltage_wallet_policies", wallet.String(),
			nil); !strings.Contains(diags.Errors(), "Not Known Yet") {
			t.Errorf("got %q", diags.Errors())
		}
		if diags := pending.Refresh(t.Context(), made); diags.Errors() != "" || made.State.IsNull() {
			t.Errorf("a refresh that cannot read: %s", diags.Errors())
		}
	})
}

// TestAccWalletPoliciesDataSource: a wallet without policies is null all over.
func TestAccWalletPoliciesDataSource(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		read := func() (func(string) string, acctest.Diagnostics) {
			object, diags := p.ReadDataSource(t.Context(), "voltage_wallet_policies", acctest.Config{"wallet_id": wallet.String()})
			return func(name string) string { return acctest.Attribute(object, name).String() }, diags
		}
		get, diags := read()
		for _, name := range []string{
			"max_payment_size_sats", "transactions_per_minute", "send_volume_limit_sats", "ofac_compliant", "reflex_template_id", "reflex_threshold",
			"processing_fee", "updated_at", "error",
		} {
			if got := get(name); diags.Errors() != "" || !strings.Contains(got, "<null>") {
				t.Errorf("%s is %s: %s", name, got, diags.Errors())
			}
		}
		mustApply(t, p, instance, allPolicies(wallet))
		policies := w.Emulator.Policies(wallet)
		policies.ReflexThreshold = &emulator.Money{Currency: "usd", Amount: 500}
		if err := w.Emulator.SetPolicies(wallet, policies); err != nil {
			t.Fatal(err)
		}
		get, diags = read()
		for name, want := range map[string]string{
			"max_payment_size_sats": "100000", "transactions_per_minute": "60", "send_volume_limit_sats": "e+15", "ofac_compliant": "true",
			"reflex_template_id": template, "reflex_threshold": "cents", "processing_fee": "50",
			"organization_id": w.OrganizationID.String(), "updated_at": "T",
		} {
			if got := get(name); diags.Errors() != "" || !strings.Contains(got, want) {
				t.Errorf("%s is %s, want %s: %s", name, got, want, diags.Errors())
			}
		}
	})
}

func walletIDOf(address string) resource.ImportStateIdFunc {
	return func(state *terraform.State) (string, error) {
		return state.RootModule().Resources[address].Primary.Attributes["wallet_id"], nil
	}
}
