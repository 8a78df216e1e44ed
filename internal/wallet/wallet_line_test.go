package wallet_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWallet_linePlanned is the table of what a line of credit makes known of a new wallet while planning.
func TestAccWallet_linePlanned(t *testing.T) {
	t.Parallel()
	const whole = 100_000_000_000 // of the line
	for name, test := range map[string]struct {
		config   acctest.Config
		disabled bool
		fault    emulator.Effect // of the line's read
		errors   []string
		warnings []string
	}{
		"right":           {},
		"all of the line": {config: acctest.Config{"limit": whole}},
		"another network": {
			config: acctest.Config{"network": "testnet3"},
			errors: []string{"network: Network Does Not Match Line of Credit", `"testnet3"`, `"mutinynet"`},
		},
		"disabled": {disabled: true, errors: []string{"line_of_credit_id: Line of Credit Disabled", "another line of credit"}},
		"more than is left": {
			config:   acctest.Config{"limit": whole + 1},
			warnings: []string{"limit: Limit Exceeds Line of Credit", "100000000001 msats", "100000000000 msats) left"},
		},
		"the line is not known yet": {config: acctest.Config{"line_of_credit_id": acctest.Unknown{}, "network": "testnet3"}},
		"the rest is not known yet": {
			config: acctest.Config{"limit": acctest.Unknown{}, "network": acctest.Unknown{}, "name": acctest.Unknown{}},
		},
		"a key that cannot read": {config: acctest.Config{"network": "testnet3"}, fault: emulator.Refuse{Status: 403, Type: "access_rights"}},
		"an API in trouble":      {config: acctest.Config{"network": "testnet3"}, fault: emulator.Answer{Status: 500}},
		"no such line":           {config: acctest.Config{"network": "testnet3"}, fault: emulator.NotFound{}},
	} {
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			if test.disabled {
				if err := w.Emulator.DisableLine(w.LineOfCreditID); err != nil {
					t.Fatal(err)
				}
			}
			if test.fault != nil {
				w.Emulator.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Times: -1, Effect: test.fault})
			}
			config := attributes(w)
			for key, value := range test.config {
				config[key] = value
			}
			p := w.Protocol(t)
			diags := p.Plan(t.Context(), &acctest.Instance{Type: "voltage_wallet"}, config).Diagnostics
			p.Expect(name, diags, test.errors...)
			for _, want := range test.warnings {
				if !strings.Contains(diags.Warnings(), want) {
					t.Errorf("%s: the warnings lack %q: %s", name, want, diags.Warnings())
				}
			}
			if len(test.warnings) == 0 && diags.Warnings() != "" {
				t.Errorf("%s: %s", name, diags.Warnings())
			}
			if strings.Contains(diags.Errors()+diags.Warnings(), "(ID ,") {
				t.Errorf("%s: a message has an empty place: %s", name, diags.Errors()+diags.Warnings())
			}
		})
	}
}

// TestAccWallet_lineReadOnce: a plan of a thousand wallets on one line of credit reads it once, also where that read fails; wallets that
// exist need none.
func TestAccWallet_lineReadOnce(t *testing.T) {
	t.Parallel()
	for _, effect := range []emulator.Effect{nil, emulator.Refuse{Status: 403, Type: "access_rights"}} {
		acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
			t.Helper()
			if effect != nil {
				w.Emulator.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Times: -1, Effect: effect})
			}
			p := w.Protocol(t)
			var plans sync.WaitGroup
			for range 1000 {
				plans.Go(func() {
					if diags := p.Plan(t.Context(), &acctest.Instance{Type: "voltage_wallet"}, attributes(w)).Diagnostics; len(diags) != 0 {
						t.Errorf("%s%s", diags.Errors(), diags.Warnings())
					}
				})
			}
			plans.Wait()
			if got := len(w.Emulator.Requests()); got != 1 {
				t.Errorf("%d requests", got)
			}
		})
	}
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		instance := &acctest.Instance{Type: "voltage_wallet"}
		config := attributes(w)
		mustApply(t, w.Protocol(t), instance, config)
		w.Emulator.ResetRequests()
		config["name"] = "renamed"
		w.Protocol(t).Plan(t.Context(), instance, config)
		if got := w.Emulator.Count("get_line_of_credit_summary_as_user"); got != 0 {
			t.Errorf("a plan of a wallet that exists has read the line of credit %d times", got)
		}
	})
}

// TestAccWallet_lineFreed: what a plan deletes or replaces gives its limit back, so that no warning is made of it.
func TestAccWallet_lineFreed(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		old := &acctest.Instance{Type: "voltage_wallet"}
		config := attributes(w)
		config["limit"] = 100_000_000_000
		mustApply(t, w.Protocol(t), old, config)
		fresh := func() *acctest.Instance { return &acctest.Instance{Type: "voltage_wallet"} }

		walk := w.Protocol(t)
		warnings := walk.Plan(t.Context(), fresh(), config).Diagnostics.Warnings()
		if !strings.Contains(warnings, "Limit Exceeds Line of Credit") {
			t.Errorf("a second wallet: %q", warnings)
		}
		// Terraform plans a replacement twice: with the state, and then without one.
		walk = w.Protocol(t)
		config["metadata"] = acctest.Config{"team": "other"}
		if plan := walk.Plan(t.Context(), old, config); !plan.Replaces {
			t.Fatal("no replacement")
		}
		if warnings := walk.Plan(t.Context(), fresh(), config).Diagnostics.Warnings(); warnings != "" {
			t.Errorf("a replacement: %s", warnings)
		}
		walk = w.Protocol(t)
		if diags := walk.PlanDestroy(t.Context(), old); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		if warnings := walk.Plan(t.Context(), fresh(), config).Diagnostics.Warnings(); warnings != "" {
			t.Errorf("another is deleted: %s", warnings)
		}
	})
}
