package credit_test

import (
	"fmt"
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
)

const (
	sandboxKind    = "voltage_sandbox_line_of_credit"
	sandboxAddress = sandboxKind + ".test"
	oneBTC         = 100_000_000_000
)

func sandbox(line uuid.UUID, limit any) acctest.Config {
	return acctest.Config{"line_of_credit_id": line.String(), "limit": limit}
}

func expectLimit(t *testing.T, w *acctest.World, want int64) {
	t.Helper()
	if got := w.Emulator.LineLimit(w.LineOfCreditID); got != want {
		t.Errorf("the line has a limit of %d, want %d", got, want)
	}
}

// allocate makes a wallet with a limit on the line.
func allocate(t *testing.T, w *acctest.World, limit int64) {
	t.Helper()
	err := w.Emulator.AddWallet(emulator.Wallet{
		ID: uuid.New(), EnvironmentID: w.EnvironmentID, Name: "taken", Network: w.Network, LineOfCreditID: &w.LineOfCreditID, Limit: &limit,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestAccSandboxLineOfCredit_lifecycle goes through the real Terraform: a wallet takes of the line only once the limit is raised.
func TestAccSandboxLineOfCredit_lifecycle(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t, func(c *emulator.Config) {
		c.Organizations = emulator.DefaultWorld()
		c.Organizations[0].LinesOfCredit[0].Limit = 500
		c.Delay = 100 * time.Millisecond
	})
	text := func(limit, wallet int) string {
		return w.Config(`
resource "voltage_sandbox_line_of_credit" "test" {
  line_of_credit_id = %q
  limit             = %d
}
resource "voltage_wallet" "test" {
  name              = "on the line"
  network           = voltage_sandbox_line_of_credit.test.network
  line_of_credit_id = voltage_sandbox_line_of_credit.test.line_of_credit_id
  limit             = %d
}
`, strings.ToUpper(w.LineOfCreditID.String()), limit, wallet)
	}
	is := func(name string, value knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue(sandboxAddress, tfjsonpath.New(name), value)
	}
	lineID := func(*terraform.State) (string, error) {
		return w.OrganizationID.String() + "/" + w.LineOfCreditID.String(), nil
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		CheckDestroy: func(*terraform.State) error {
			if got := w.Emulator.LineLimit(w.LineOfCreditID); got != 3000 {
				return fmt.Errorf("a destroy leaves a limit of %d", got)
			}
			return nil
		},
		Steps: []resource.TestStep{
			{
				Config: text(2000, 1500),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{
						plancheck.ExpectResourceAction(sandboxAddress, plancheck.ResourceActionCreate),
						plancheck.ExpectKnownValue(sandboxAddress, tfjsonpath.New("network"), knownvalue.StringExact("mutinynet")),
					},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{
					is("limit", knownvalue.Int64Exact(2000)), is("currency", knownvalue.StringExact("btc")),
					is("network", knownvalue.StringExact("mutinynet")),
					is("environment_id", knownvalue.StringExact(w.EnvironmentID.String())),
					is("organization_id", knownvalue.StringExact(w.OrganizationID.String())),
				},
			},
			{
				ResourceName: sandboxAddress, ImportState: true, ImportStateVerify: true, ImportStateVerifyIdentifierAttribute: "environment_id",
				ImportStateIdFunc: lineID, ImportStateVerifyIgnore: []string{"line_of_credit_id"}, // in the case that it was written in
			},
			{ResourceName: sandboxAddress, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateIdFunc: lineID},
			{
				Config:      text(1499, 1500),
				ExpectError: regexp.MustCompile(`(?s)Limit Below Allocated Limit.*1499.*1500.*at\s+least\s+1500,\s+or\s+delete\s+wallets\s+first`),
			},
			{
				Config: text(3000, 1500),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectResourceAction(sandboxAddress, plancheck.ResourceActionUpdate)},
					PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()},
				},
				ConfigStateChecks: []statecheck.StateCheck{is("limit", knownvalue.Int64Exact(3000))},
			},
		},
	})
	for _, request := range w.Emulator.Requests() {
		if strings.Contains(string(request.Body), "disable") {
			t.Errorf("sent %s", request.Body)
		}
	}
}

// TestAccSandboxLineOfCredit_requests counts what each operation sends.
func TestAccSandboxLineOfCredit_requests(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance := &acctest.Instance{Type: sandboxKind}
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
		p.MustApply(instance, sandbox(w.LineOfCreditID, oneBTC))
		sent("taking over a line that has the limit", "GET", "GET") // for the plan and for the apply
		config := sandbox(w.LineOfCreditID, 5000)
		p.MustApply(instance, config)
		sent("a change", "GET", "GET", `PATCH{"limit":5000}`, "GET")
		config["timeouts"] = acctest.Config{"update": "3m"}
		p.MustApply(instance, config)
		sent("a change of timeouts", "GET")
		diags := p.Destroy(t.Context(), instance)
		for _, want := range []string{"Line of Credit Stays", w.LineOfCreditID.String(), "limit of 5 sats (5000 msats)"} {
			if diags.Errors() != "" || !strings.Contains(diags.Warnings(), want) {
				t.Errorf("the warning lacks %q: %s %s", want, diags.Warnings(), diags.Errors())
			}
		}
		sent("a destroy")
		p.MustApply(instance, sandbox(w.LineOfCreditID, 6000))
		sent("taking over a line with another limit", "GET", "GET", `PATCH{"limit":6000}`, "GET")
		plan := p.Plan(t.Context(), instance, sandbox(emulator.StagingTestnetLineID, 6000))
		if !plan.Replaces || !strings.Contains(plan.Diagnostics.Warnings(), w.LineOfCreditID.String()) {
			t.Errorf("another line: replaces %t, warns: %s", plan.Replaces, plan.Diagnostics.Warnings())
		}
		p.MustApply(instance, sandbox(emulator.StagingTestnetLineID, 7000))
		expectLimit(t, w, 6000)
		if instance.String("network") != "testnet3" || w.Emulator.LineLimit(emulator.StagingTestnetLineID) != 7000 {
			t.Errorf("the state has %s", instance.State)
		}
	})
}

// TestAccSandboxLineOfCredit_plan: what the API would refuse is refused while planning, where it is known; a read that fails is not.
func TestAccSandboxLineOfCredit_plan(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		allocate(t, w, 2000)
		p := w.Protocol(t)
		missing := uuid.New()
		for name, test := range map[string]struct {
			config acctest.Config
			want   string
		}{
			"no line":          {acctest.Config{"limit": 1}, `line_of_credit_id: `},
			"line is no UUID":  {acctest.Config{"limit": 1, "line_of_credit_id": "main"}, `line_of_credit_id: Invalid UUID`},
			"limit of nothing": {sandbox(w.LineOfCreditID, 0), `limit: .*at least 1`},
			"no limit":         {sandbox(w.LineOfCreditID, nil), `limit: `},
			"no such line": {
				sandbox(missing, 1),
				`line_of_credit_id: Line of Credit Not Read: .*` + missing.String() + `.*line_of_credit_not_found.*voltage_lines_of_credit`,
			},
			"less than is taken": {
				sandbox(w.LineOfCreditID, 1999),
				`limit: Limit Below Allocated Limit: .*` + w.LineOfCreditID.String() + `.*1999.*2000 msats.*at least 2000, or delete wallets`,
			},
			"as much as is taken": {sandbox(w.LineOfCreditID, 2000), `$`},
			"unknown limit":       {sandbox(w.LineOfCreditID, acctest.Unknown{}), `$`},
			"unknown line":        {acctest.Config{"line_of_credit_id": acctest.Unknown{}, "limit": 1}, `$`},
			"unknown organization": {
				acctest.Config{"line_of_credit_id": w.LineOfCreditID.String(), "limit": 1, "organization_id": acctest.Unknown{}},
				`$`,
			},
		} {
			got := p.Plan(t.Context(), &acctest.Instance{Type: sandboxKind}, test.config).Diagnostics.Errors()
			if !regexp.MustCompile(`(?s)^` + test.want).MatchString(got) {
				t.Errorf("%s: %q, want %q", name, got, test.want)
			}
		}
		w.Emulator.Inject(emulator.Fault{Times: -1, Effect: emulator.Answer{Status: 500}})
		if got := p.Plan(t.Context(), &acctest.Instance{Type: sandboxKind}, sandbox(w.LineOfCreditID, 1)).Diagnostics.Errors(); got != "" {
			t.Errorf("a read that fails: %s", got)
		}
		w.Emulator.ClearFaults()
		w.Emulator.ResetRequests()
		pending := w.Protocol(t, acctest.Config{"api_key": acctest.Unknown{}})
		if got := pending.Plan(t.Context(), &acctest.Instance{Type: sandboxKind}, sandbox(w.LineOfCreditID, 1)).Diagnostics.Errors(); got != "" ||
			len(w.Emulator.Requests()) != 0 {
			t.Errorf("a key that is not known yet: %s, %d requests", got, len(w.Emulator.Requests()))
		}
		if got := w.Emulator.Count("update_sandbox_line_of_credit"); got != 0 {
			t.Errorf("%d changes", got)
		}
	})
}

// TestAccSandboxLineOfCredit_refusals: each refusal is shown with the API's own text, on its attribute, and leaves nothing in the state.
func TestAccSandboxLineOfCredit_refusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		config  acctest.Config
		prepare func(*acctest.World)
		key     string
		want    []string // attribute first
	}{
		"disabled": {
			sandbox(emulator.StagingLineID, 5),
			func(w *acctest.World) { w.Emulator.DisableLine(w.LineOfCreditID) },
			"",
			[]string{"line_of_credit_id: ", "line_of_credit_not_valid", "disabled_at", "Set another line of credit"},
		},
		"mainnet": {
			sandbox(emulator.StagingMainnetLineID, 5),
			nil, "",
			[]string{"line_of_credit_id: ", "not_allowed", "no sandbox line", "it is on mainnet"},
		},
		"read-only key": {
			sandbox(emulator.StagingLineID, 5), nil, emulator.StagingReadOnlyKey,
			[]string{": Line of Credit Not Taken Over", "access_rights"},
		},
		"taken meanwhile": {sandbox(emulator.StagingLineID, 5), func(w *acctest.World) {
			w.Emulator.Inject(emulator.Fault{
				Operation: "update_sandbox_line_of_credit",
				Effect:    emulator.Refuse{Status: 400, Type: "line_of_credit_cannot_allocate_wallet_limit", Detail: "no."},
			})
		}, "", []string{"limit: ", "Set a higher limit"}},
		"gone meanwhile": {sandbox(emulator.StagingLineID, 5), func(w *acctest.World) {
			w.Emulator.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Nth: 2, Effect: emulator.NotFound{}})
		}, "", []string{"line_of_credit_id: ", "line_of_credit_not_found"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				if test.prepare != nil {
					test.prepare(w)
				}
				override := acctest.Config{}
				if test.key != "" {
					override["api_key"] = test.key
				}
				instance := &acctest.Instance{Type: sandboxKind}
				got := w.Protocol(t, override).Apply(t.Context(), instance, test.config).Errors()
				for _, want := range append(test.want, "Nothing is in the state", test.config["line_of_credit_id"].(string)) {
					if !strings.Contains(got, want) {
						t.Errorf("the error lacks %q: %s", want, got)
					}
				}
				if !strings.HasPrefix(got, test.want[0]) || !instance.State.IsNull() {
					t.Errorf("state %s, error %s", instance.State, got)
				}
				expectLimit(t, w, oneBTC)
			})
		})
	}
}

// TestAccSandboxLineOfCredit_drift: another limit is changed back; what lags or is not the API's loses nothing.
func TestAccSandboxLineOfCredit_drift(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance, config := &acctest.Instance{Type: sandboxKind}, sandbox(w.LineOfCreditID, 5000)
		p.MustApply(instance, config)
		for _, limit := range []int64{1, oneBTC} {
			if err := w.Emulator.SetLineLimit(w.LineOfCreditID, limit); err != nil {
				t.Fatal(err)
			}
			p.MustApply(instance, config)
			expectLimit(t, w, 5000)
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Times: 2, Effect: emulator.NotFound{}})
		if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || instance.State.IsNull() {
			t.Errorf("after a read that lags: %s %s", diags.Errors(), instance.State)
		}
		w.Emulator.Inject(emulator.Fault{Times: -1, Effect: emulator.Answer{Status: 404, ContentType: "text/html", Body: "<p>"}})
		if diags := p.Refresh(t.Context(), instance); !strings.Contains(diags.Errors(), "Line of Credit Not Read") || instance.State.IsNull() {
			t.Errorf("after a foreign 404: %s", diags.Errors())
		}
		w.Emulator.ClearFaults()
		w.Emulator.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Times: -1, Effect: emulator.NotFound{}})
		if err := w.Emulator.DisableLine(w.LineOfCreditID); err != nil {
			t.Fatal(err)
		}
		if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || instance.State.IsNull() {
			t.Errorf("a disabled line that only the list has: %s %s", diags.Errors(), instance.State)
		}
		w.Emulator.Inject(emulator.Fault{
			Operation: "get_lines_of_credit_summaries_as_user",
			Times:     -1,
			Effect:    emulator.Answer{Status: 200, ContentType: "application/json", Body: "[]"},
		})
		if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
			t.Errorf("a line that is gone: %s %s", diags.Errors(), instance.State)
		}
	})
}

func TestAccSandboxLineOfCredit_lostAnswers(t *testing.T) {
	t.Parallel()
	for name, effect := range map[string]emulator.Effect{
		"cut before": emulator.CutBefore{}, "cut after": emulator.CutAfter{}, "502 after": emulator.Answer{Status: 502, After: true},
		"body of no use": emulator.Answer{Status: 200, ContentType: "text/html", Body: "<html>", After: true},
	} {
		for _, delay := range []time.Duration{0, 9 * time.Second} {
			t.Run(name+" delay "+delay.String(), func(t *testing.T) {
				t.Parallel()
				acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
					t.Helper()
					p := w.Protocol(t)
					instance := &acctest.Instance{Type: sandboxKind}
					for _, limit := range []int64{5000, 4000} {
						w.Emulator.Inject(emulator.Fault{Operation: "update_sandbox_line_of_credit", Effect: effect})
						p.MustApply(instance, sandbox(w.LineOfCreditID, limit))
						expectLimit(t, w, limit)
					}
				}, func(c *emulator.Config) { c.Delay = delay })
			})
		}
	}
}

// TestAccSandboxLineOfCredit_timeouts: a wait whose time has run out, here of a change that comes to nothing, leaves the state true.
func TestAccSandboxLineOfCredit_timeouts(t *testing.T) {
	t.Parallel()
	for _, operation := range []string{"create", "update"} {
		t.Run(operation, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				instance, config := &acctest.Instance{Type: sandboxKind}, sandbox(w.LineOfCreditID, 5000)
				config["timeouts"] = acctest.Config{operation: "5m"}
				before, want := int64(oneBTC), []string{"Nothing is in the state"}
				if operation == "update" {
					p.MustApply(instance, config)
					config["limit"] = 6000
					before, want = 5000, []string{"keeps the old limit"}
				}
				w.Emulator.Inject(emulator.Fault{Operation: "update_sandbox_line_of_credit", Effect: emulator.FailAsync{}})
				diags := p.Apply(t.Context(), instance, config)
				for _, want := range append(want, "timed out after", fmt.Sprintf("(%d msats), allocated limit 0 sats (0 msats)", before), "timeouts",
					w.LineOfCreditID.String()) {
					if !strings.Contains(diags.Errors(), want) {
						t.Errorf("the error lacks %q: %s", want, diags.Errors())
					}
				}
				if instance.State.IsNull() != (operation == "create") || instance.Tainted {
					t.Fatalf("tainted %t, state %s", instance.Tainted, instance.State)
				}
				p.MustApply(instance, config)
			})
		})
	}
}

func TestAccSandboxLineOfCredit_import(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		made, config := &acctest.Instance{Type: sandboxKind}, sandbox(w.LineOfCreditID, 5000)
		p.MustApply(made, config)
		p.CheckImport(made, "line_of_credit_id", config)
		if _, diags := p.Import(t.Context(), sandboxKind, "x", nil); !strings.Contains(diags.Errors(),
			"LINE_OF_CREDIT_ID or ORGANIZATION_ID/LINE_OF_CREDIT_ID") {
			t.Errorf("got %q", diags.Errors())
		}
		if imported, diags := p.Import(t.Context(), sandboxKind, uuid.NewString(), nil); diags.Errors() != "" || !imported.State.IsNull() {
			t.Errorf("imported what does not exist: %s", diags.Errors())
		}
		pending := w.Protocol(t, acctest.Config{"api_key": acctest.Unknown{}})
		if diags := pending.Refresh(t.Context(), made); diags.Errors() != "" || made.State.IsNull() {
			t.Errorf("a refresh that cannot read: %s", diags.Errors())
		}
	})
}
