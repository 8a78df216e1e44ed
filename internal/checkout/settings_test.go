package checkout_test

import (
	"fmt"
	"regexp"
	"slices"
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
)

const (
	kind    = "voltage_checkout_settings"
	address = kind + ".test"
	source  = "data." + address
)

func allowlist(origins ...any) acctest.Config {
	return acctest.Config{"origin_policy": "allowlist", "allowed_origins": origins}
}

func describe(c emulator.Checkout) string {
	return c.OriginPolicy + " " + strings.Join(slices.Sorted(slices.Values(c.AllowedOrigins)), " ")
}

func expect(t *testing.T, w *acctest.World, want string) {
	t.Helper()
	if got := strings.TrimSpace(describe(w.Emulator.Checkout(w.EnvironmentID))); got != want {
		t.Errorf("the environment has %q, want %q", got, want)
	}
}

// TestAccCheckoutSettings_lifecycle goes through the real Terraform.
func TestAccCheckoutSettings_lifecycle(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	text := func(body string) string {
		return w.Config(`
resource "voltage_checkout_settings" "test" {
  %s
}
data "voltage_checkout_settings" "test" {
  depends_on = [voltage_checkout_settings.test]
}
`, body)
	}
	is := func(address, name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(address, tfjsonpath.New(name), value)
	}
	origins := func(list ...string) knownvalue.Check {
		var checks []knownvalue.Check
		for _, origin := range list {
			checks = append(checks, knownvalue.StringExact(origin))
		}
		return knownvalue.SetExact(checks)
	}
	planned := func(action plancheck.ResourceActionType) resource.ConfigPlanChecks {
		return resource.ConfigPlanChecks{
			PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(address, action)},
			PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
		}
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		CheckDestroy: func(*terraform.State) error {
			if got := describe(w.Emulator.Checkout(w.EnvironmentID)); got != "deny_all " {
				return fmt.Errorf("a destroy leaves %s", got)
			}
			return nil
		},
		Steps: []resource.TestStep{
			{
				Config:      text(`origin_policy = "allow_all"` + "\n" + `allowed_origins = ["https://shop.example"]`),
				ExpectError: regexp.MustCompile(`(?s)Origins Without Allowlist.*remove\s+allowed_origins`),
			},
			{
				Config:      text(`origin_policy = "allowlist"` + "\n" + `allowed_origins = ["https://Shop.example/"]`),
				ExpectError: regexp.MustCompile(`(?s)Invalid Origin.*write\s+"https://shop.example"`),
			},
			{
				Config:           text(`origin_policy = "allowlist"` + "\n" + `allowed_origins = ["https://shop.example", "http://localhost:3000"]`),
				ConfigPlanChecks: planned(plancheck.ResourceActionCreate),
				ConfigStateChecks: []statecheck.StateCheck{
					is(address, "allowed_origins", origins("https://shop.example", "http://localhost:3000")),
					is(address, "environment_id", knownvalue.StringExact(w.EnvironmentID.String())),
					is(address, "organization_id", knownvalue.StringExact(w.OrganizationID.String())),
					is(source, "allowed_origins", origins("https://shop.example", "http://localhost:3000")),
					is(source, "origin_policy", knownvalue.StringExact("allowlist")),
					is(source, "updated_at", knownvalue.NotNull()),
				},
			},
			{ // another order is the same
				Config:           text(`origin_policy = "allowlist"` + "\n" + `allowed_origins = ["http://localhost:3000", "https://shop.example"]`),
				ConfigPlanChecks: planned(plancheck.ResourceActionNoop),
			},
			{
				ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "environment_id",
				ImportStateId: w.EnvironmentID.String(),
			},
			{
				ResourceName:    address,
				ImportState:     true,
				ImportStateKind: resource.ImportBlockWithID,
				ImportStateId:   w.OrganizationID.String() + "/" + w.EnvironmentID.String(),
			},
			{
				Config:            text(`origin_policy = "allow_all"`),
				ConfigPlanChecks:  planned(plancheck.ResourceActionUpdate),
				ConfigStateChecks: []statecheck.StateCheck{is(address, "allowed_origins", origins()), is(source, "allowed_origins", origins())},
			},
			{Config: text(`origin_policy = "allow_all"` + "\n" + `allowed_origins = []`), ConfigPlanChecks: planned(plancheck.ResourceActionNoop)},
		},
	})
	if got := w.Emulator.Count("update_settings"); got != 3 {
		t.Errorf("%d PUTs, want one for the creation, the change and the destroy", got)
	}
}

// TestAccCheckoutSettings_requests counts what each operation sends, and sees what a destroy says.
func TestAccCheckoutSettings_requests(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance, config := &acctest.Instance{Type: kind}, allowlist("https://b.example", "https://a.example")
		sent := func(what string, want ...string) {
			t.Helper()
			var got []string
			for _, request := range w.Emulator.Requests() {
				got = append(got, request.Method+string(request.Body))
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s sent %v, want %v", what, got, want)
			}
			w.Emulator.ResetRequests()
		}
		if diags := p.Plan(t.Context(), instance, config).Diagnostics; diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		sent("a plan of new settings")
		p.MustApply(instance, config)
		sent("a creation", `PUT{"origin_policy":"allowlist","allowed_origins":["https://a.example","https://b.example"]}`, "GET")
		p.MustApply(instance, allowlist("https://a.example", "https://b.example"))
		sent("another order", "GET")
		config["timeouts"] = acctest.Config{"update": "3m"}
		p.MustApply(instance, config)
		sent("a change of timeouts", "GET")
		diags := p.Destroy(t.Context(), instance)
		for _, want := range []string{"Browsers Will Be Refused", w.EnvironmentID.String(), `"deny_all"`, `"allowlist"`} {
			if !strings.Contains(diags.Warnings(), want) || diags.Errors() != "" {
				t.Errorf("the warning lacks %q: %s %s", want, diags.Warnings(), diags.Errors())
			}
		}
		sent("a destroy", `PUT{"origin_policy":"deny_all","allowed_origins":[]}`, "GET")
		p.MustApply(instance, acctest.Config{"origin_policy": "deny_all"})
		if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || diags.Warnings() != "" {
			t.Errorf("a destroy that changes nothing: %s %s", diags.Errors(), diags.Warnings())
		}
	})
}

func TestAccCheckoutSettings_validation(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		for name, test := range map[string]struct {
			config acctest.Config
			want   string
		}{
			"no policy":      {acctest.Config{}, `origin_policy: `},
			"unknown policy": {acctest.Config{"origin_policy": "some"}, `origin_policy: .*"allowlist"`},
			"origins, deny_all": {
				acctest.Config{"origin_policy": "deny_all", "allowed_origins": []any{"https://a.example"}},
				`allowed_origins: Origins Without Allowlist`,
			},
			"environment": {acctest.Config{"origin_policy": "deny_all", "environment_id": "x"}, `environment_id: Invalid UUID`},
			"path": {
				allowlist("https://a.example", "https://a.example/cart"),
				`allowed_origins.*Invalid Origin: .*write "https://a.example"`,
			},
			"wildcard":    {allowlist("https://*.example"), `allowed_origins.*Invalid Origin: .*wildcard`},
			"credentials": {allowlist("https://me:secret@a.example"), `allowed_origins.*Invalid Origin: .*write "https://a.example"`},
			"null":        {allowlist(nil), `allowed_origins.*`},
			"unknown and deny_all": {
				acctest.Config{"origin_policy": "deny_all", "allowed_origins": []any{acctest.Unknown{}}},
				`allowed_origins: Origins Without Allowlist`,
			},
		} {
			got := p.Plan(t.Context(), &acctest.Instance{Type: kind}, test.config).Diagnostics.Errors()
			if !regexp.MustCompile(`(?s)^` + test.want).MatchString(got) {
				t.Errorf("%s: %q, want %q", name, got, test.want)
			}
		}
		for name, config := range map[string]acctest.Config{
			"unknown origins": {"origin_policy": "deny_all", "allowed_origins": acctest.Unknown{}},
			"unknown policy":  {"origin_policy": acctest.Unknown{}, "allowed_origins": []any{"https://a.example"}},
			"unknown origin":  allowlist(acctest.Unknown{}, "https://a.example"),
		} {
			if got := p.Plan(t.Context(), &acctest.Instance{Type: kind}, config).Diagnostics.Errors(); got != "" {
				t.Errorf("%s: %s", name, got)
			}
		}
		if got := w.Emulator.Requests(); len(got) != 0 {
			t.Errorf("%d requests were sent", len(got))
		}
	})
}

func TestAccCheckoutSettings_missingDefaults(t *testing.T) {
	for _, variable := range []string{"VOLTAGE_API_KEY", "VOLTAGE_BEARER_TOKEN", "VOLTAGE_ORGANIZATION_ID", "VOLTAGE_ENVIRONMENT_ID"} {
		t.Setenv(variable, "")
	}
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t, acctest.Config{"api_key": nil, "organization_id": nil, "environment_id": nil})
		for kind, config := range map[string]acctest.Config{
			kind: {"origin_policy": "deny_all"}, "voltage_wallet_policies": {"wallet_id": uuid.NewString(), "ofac_compliant": true},
			"voltage_sandbox_line_of_credit": {"line_of_credit_id": uuid.NewString(), "limit": 5},
		} {
			got := p.Plan(t.Context(), &acctest.Instance{Type: kind}, config).Diagnostics.Errors()
			for _, want := range []string{"VOLTAGE_API_KEY", "organization_id: Missing"} {
				if !strings.Contains(got, want) {
					t.Errorf("%s: the errors lack %q: %s", kind, want, got)
				}
			}
		}
	})
}

// TestAccCheckoutSettings_drift: what somebody else changes is changed back, and settings that no longer exist are set again.
func TestAccCheckoutSettings_drift(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance, config := &acctest.Instance{Type: kind}, allowlist("https://a.example", "https://b.example")
		w.Emulator.SetCheckout(w.EnvironmentID, emulator.Checkout{OriginPolicy: "allow_all"})
		p.MustApply(instance, config)
		for _, other := range []emulator.Checkout{
			{OriginPolicy: "allow_all"}, {OriginPolicy: "allowlist", AllowedOrigins: []string{"https://a.example"}}, {},
		} {
			w.Emulator.SetCheckout(w.EnvironmentID, other)
			if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || instance.State.IsNull() != (other.OriginPolicy == "") {
				t.Fatalf("%v: %s %s", other, diags.Errors(), instance.State)
			}
			if plan := p.Plan(t.Context(), instance, config); !plan.Changes() || plan.Replaces {
				t.Errorf("%v: the plan changes something: %t", other, plan.Changes())
			}
			p.MustApply(instance, config)
			expect(t, w, "allowlist https://a.example https://b.example")
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_settings", Times: 2, Effect: emulator.NotFound{}})
		if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || instance.State.IsNull() {
			t.Errorf("after a read that lags: %s %s", diags.Errors(), instance.State)
		}
		w.Emulator.Inject(emulator.Fault{
			Operation: "get_settings",
			Times:     -1,
			Effect:    emulator.Answer{Status: 404, ContentType: "text/html", Body: "<p>"},
		})
		if diags := p.Refresh(t.Context(), instance); !strings.Contains(diags.Errors(), "Checkout Settings Not Read") || instance.State.IsNull() {
			t.Errorf("after a foreign 404: %s", diags.Errors())
		}
	})
}

// TestAccCheckoutSettings_otherEnvironment: another environment replaces the settings, and says what becomes of the old one's.
func TestAccCheckoutSettings_otherEnvironment(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t, acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken})
		instance := &acctest.Instance{Type: kind}
		p.MustApply(instance, acctest.Config{"origin_policy": "allow_all"})
		next := acctest.Config{"origin_policy": "allow_all", "environment_id": emulator.SecondEnvironmentID.String()}
		plan := p.Plan(t.Context(), instance, next)
		if !plan.Replaces || !strings.Contains(plan.Diagnostics.Warnings(), "environment "+w.EnvironmentID.String()) {
			t.Errorf("replaces %t, warns: %s", plan.Replaces, plan.Diagnostics.Warnings())
		}
		p.MustApply(instance, next)
		expect(t, w, "deny_all")
		if got := w.Emulator.Checkout(emulator.SecondEnvironmentID).OriginPolicy; got != "allow_all" {
			t.Errorf("the second environment has %s", got)
		}
	})
}

func TestAccCheckoutSettings_refused(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		instance := &acctest.Instance{Type: kind}
		got := w.Protocol(t, acctest.Config{"api_key": emulator.StagingReadOnlyKey}).Apply(t.Context(), instance,
			allowlist("https://a.example")).Errors()
		for _, want := range []string{"Checkout Settings Not Set", "access_rights", w.EnvironmentID.String(), "permission"} {
			if !strings.Contains(got, want) || !instance.State.IsNull() {
				t.Errorf("the error lacks %q: %s, state %s", want, got, instance.State)
			}
		}
		if _, diags := w.Protocol(t).ReadDataSource(t.Context(), kind, nil); !strings.Contains(diags.Errors(), "Checkout Settings Not Read") {
			t.Errorf("an environment without settings is read: %s", diags.Errors())
		}
	})
}

func TestAccCheckoutSettings_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]emulator.Effect{
		"cut before": emulator.CutBefore{}, "cut after": emulator.CutAfter{},
		"502 after": emulator.Answer{Status: 502, After: true}, "cut body": emulator.CutBody{},
		"body of no use": emulator.Answer{Status: 200, ContentType: "text/html", Body: "<html>", After: true},
	} {
		for _, delay := range []time.Duration{0, 9 * time.Second} {
			t.Run(name+" delay "+delay.String(), func(t *testing.T) {
				t.Parallel()
				acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
					t.Helper()
					p := w.Protocol(t)
					instance := &acctest.Instance{Type: kind}
					lose := func() { w.Emulator.Inject(emulator.Fault{Operation: "update_settings", Effect: effect}) }
					lose()
					p.MustApply(instance, allowlist("https://a.example"))
					lose()
					p.MustApply(instance, allowlist("https://b.example"))
					expect(t, w, "allowlist https://b.example")
					lose()
					if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
						t.Errorf("state %s, errors %s", instance.State, diags.Errors())
					}
					expect(t, w, "deny_all")
				}, func(c *emulator.Config) { c.Delay = delay })
			})
		}
	}
}

func TestAccCheckoutSettings_timeouts(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"create", "update", "delete"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				instance, config := &acctest.Instance{Type: kind}, allowlist("https://a.example")
				config["timeouts"] = acctest.Config{operation: "30s"}
				stale := emulator.Fault{Operation: "get_settings", Times: -1, Effect: emulator.Stale{}}
				var diags acctest.Diagnostics
				switch operation {
				case "update":
					p.MustApply(instance, config)
					stale.Nth = 2 // after the refresh
					w.Emulator.Inject(stale)
					config["allowed_origins"] = []any{"https://b.example"}
					diags = p.Apply(t.Context(), instance, config)
				case "delete":
					p.MustApply(instance, config)
					w.Emulator.Inject(stale)
					diags = p.Destroy(t.Context(), instance)
				default:
					w.Emulator.Inject(stale)
					diags = p.Apply(t.Context(), instance, config)
					if p.Refresh(t.Context(), instance); instance.State.IsNull() {
						t.Error("a refresh has lost settings that can still appear")
					}
				}
				w.Emulator.ClearFaults()
				for _, want := range []string{"timed out after", "last seen", "timeouts", w.EnvironmentID.String()} {
					if !strings.Contains(diags.Errors(), want) {
						t.Errorf("the error lacks %q: %s", want, diags.Errors())
					}
				}
				if instance.State.IsNull() || instance.Tainted != (operation == "create") {
					t.Fatalf("tainted %t, state %s", instance.Tainted, instance.State)
				}
				p.MustApply(instance, config)
				if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" {
					t.Error(diags.Errors())
				}
				expect(t, w, "deny_all")
			})
		})
	}
}

func TestAccCheckoutSettings_import(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		made, config := &acctest.Instance{Type: kind}, allowlist("https://a.example", "https://b.example")
		p.MustApply(made, config)
		environment := w.EnvironmentID.String()
		p.CheckImport(made, "environment_id", config)
		if _, diags := p.Import(t.Context(), kind, "x", nil); !strings.Contains(diags.Errors(),
			"ENVIRONMENT_ID or ORGANIZATION_ID/ENVIRONMENT_ID") {
			t.Errorf("got %q", diags.Errors())
		}
		w.Emulator.SetCheckout(w.EnvironmentID, emulator.Checkout{})
		if imported, diags := p.Import(t.Context(), kind, environment, nil); diags.Errors() != "" || !imported.State.IsNull() {
			t.Errorf("imported what does not exist: %s", diags.Errors())
		}
		pending := w.Protocol(t, acctest.Config{"api_key": acctest.Unknown{}})
		if diags := pending.Refresh(t.Context(), made); diags.Errors() != "" || made.State.IsNull() {
			t.Errorf("a refresh that cannot read: %s", diags.Errors())
		}
	})
}
