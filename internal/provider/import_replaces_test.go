package provider_test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const importReplaces = "Import Would Replace Object"

// TestImport_replaces is the table of everything that can be imported: a plan that would replace it is an error for an hour, which names
// both values. A plan that changes it in place is not an error, and once it is applied, a replacement is as good as any.
func TestImport_replaces(t *testing.T) {
	t.Parallel()
	second := emulator.SecondEnvironmentID.String()
	tests := map[string]struct {
		config   func(w *acctest.World, wallet string) acctest.Config
		id       string // the attribute that it is imported by
		inPlace  acctest.Config
		replaces acctest.Config
		want     []string
	}{
		"voltage_wallet": {
			config: func(w *acctest.World, _ string) acctest.Config {
				return acctest.Config{"name": "staging", "network": w.Network, "line_of_credit_id": w.LineOfCreditID.String(), "limit": 1000}
			},
			id: "id", inPlace: acctest.Config{"name": "renamed"}, replaces: acctest.Config{"environment_id": second, "limit": 2000},
			want: []string{"limit is 1000 in the API and 2000 in the configuration", "delete the wallet"},
		},
		"voltage_webhook": {
			config: func(*acctest.World, string) acctest.Config {
				return acctest.Config{"name": "orders", "url": "https://shop.example/hooks", "events": acctest.Config{"send": []any{"succeeded"}}}
			},
			id: "id", inPlace: acctest.Config{"name": "renamed"}, replaces: acctest.Config{"environment_id": second},
			want: []string{"another secret"},
		},
		"voltage_wallet_policies": {
			config: func(_ *acctest.World, wallet string) acctest.Config {
				return acctest.Config{"wallet_id": wallet, "max_payment_size_sats": 5}
			},
			id: "wallet_id", inPlace: acctest.Config{"max_payment_size_sats": 6}, replaces: acctest.Config{"wallet_id": second},
			want: []string{"another wallet"},
		},
		"voltage_checkout_settings": {
			config: func(*acctest.World, string) acctest.Config { return acctest.Config{"origin_policy": "allow_all"} },
			id:     "environment_id", inPlace: acctest.Config{"origin_policy": "deny_all"}, replaces: acctest.Config{"environment_id": second},
			want: []string{"set deny_all"},
		},
		"voltage_sandbox_line_of_credit": {
			config: func(w *acctest.World, _ string) acctest.Config {
				return acctest.Config{"line_of_credit_id": w.LineOfCreditID.String(), "limit": 5_000}
			},
			id: "line_of_credit_id", inPlace: acctest.Config{"limit": 6_000}, want: []string{"the limit of another line"},
			replaces: acctest.Config{"line_of_credit_id": emulator.StagingTestnetLineID.String()},
		},
	}
	offered := acctest.Emulated(t).Protocol(t).Offers()["resources"]
	for _, kind := range offered {
		if _, ok := tests[kind]; !ok && kind != "voltage_payment_request" && kind != "voltage_checkout_session" { // which cannot be imported
			t.Errorf("%s is not in the table", kind)
		}
	}
	for kind, test := range tests {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				user := acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken}
				limit, wallet := int64(1), uuid.New()
				if err := w.Emulator.AddWallet(emulator.Wallet{
					ID: wallet, EnvironmentID: w.EnvironmentID, Name: "other", Network: w.Network, LineOfCreditID: &w.LineOfCreditID, Limit: &limit,
				}); err != nil {
					t.Fatal(err)
				}
				made, config := &acctest.Instance{Type: kind}, test.config(w, wallet.String())
				w.Protocol(t, user).MustApply(made, config)
				with := func(change acctest.Config) acctest.Config {
					changed := maps.Clone(config)
					maps.Copy(changed, change)
					return changed
				}
				var differences []string
				for name, value := range test.replaces {
					if text, ok := value.(string); ok {
						differences = append(differences, name+` is "`+made.String(name)+`" in the API and "`+text+`" in the configuration`)
					}
				}

				p := w.Protocol(t, user)
				imported, diags := p.Import(t.Context(), kind, made.String(test.id), nil)
				p.Expect("the import", diags)
				plan := p.Plan(t.Context(), imported, with(test.replaces))
				wanted := slices.Concat([]string{importReplaces, made.String(test.id)}, differences, test.want)
				p.Expect("the plan of an import block", plan.Diagnostics, wanted...)
				p.Expect("the plan of a configuration that matches", p.Plan(t.Context(), imported, config).Diagnostics)
				p = w.Protocol(t, user)
				p.Expect("the refresh", p.Refresh(t.Context(), imported))
				p.Expect("the plan after terraform import", p.Plan(t.Context(), imported, with(test.replaces)).Diagnostics, importReplaces)
				p.Expect("a destroy", p.PlanDestroy(t.Context(), imported))

				for age, refused := range map[time.Duration]bool{59 * time.Minute: true, time.Hour: false, -time.Minute: false} {
					p, aged := w.Protocol(t, user), *imported
					aged.Private = importedAt(t, imported.Private, time.Now().Add(-age))
					plan := p.Plan(t.Context(), &aged, with(test.replaces))
					if got := strings.Contains(plan.Diagnostics.Errors(), importReplaces); got != refused || !refused && !plan.Replaces {
						t.Errorf("%s after the import: refused %t, %s", age, got, plan.Diagnostics.Errors())
					}
				}
				p = w.Protocol(t, user)
				p.MustApply(imported, with(test.inPlace))
				plan = p.Plan(t.Context(), imported, with(test.replaces))
				if strings.Contains(plan.Diagnostics.Errors(), importReplaces) || !plan.Replaces {
					t.Errorf("after a change in place: replaces %t, %s", plan.Replaces, plan.Diagnostics.Errors())
				}
			})
		})
	}
}

// importedAt is a private state with another time of the import. The framework keeps it as an object of JSON texts.
func importedAt(t *testing.T, private []byte, at time.Time) []byte {
	t.Helper()
	keys := map[string][]byte{}
	if err := json.Unmarshal(private, &keys); err != nil {
		t.Fatal(err)
	}
	if len(keys["imported"]) == 0 {
		t.Fatalf("the private state has no time of the import: %s", private)
	}
	var err error
	if keys["imported"], err = json.Marshal(at); err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(keys)
	if err != nil {
		t.Fatal(err)
	}
	return content
}
