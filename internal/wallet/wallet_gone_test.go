package wallet_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWallet_inactive: a wallet that reads inactive, and not deleted, stays in the state with a warning. It can be deleted.
func TestAccWallet_inactive(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
		mustApply(t, p, instance, config)
		time.Sleep(time.Hour) // it was made long ago
		w.Emulator.SetActive(uuid.MustParse(instance.String("id")), false)
		for range 2 {
			diags := p.Refresh(t.Context(), instance)
			if diags.Errors() != "" || !strings.Contains(diags.Warnings(), "Wallet Is Inactive") || instance.State.IsNull() {
				t.Fatalf("state %s, warnings %q, errors %q", instance.State, diags.Warnings(), diags.Errors())
			}
			if active := instance.Attribute("active"); !active.Equal(tftypes.NewValue(tftypes.Bool, false)) {
				t.Errorf("active is %s", active)
			}
			if plan := p.Plan(t.Context(), instance, config); plan.Changes() {
				t.Error("the plan is not empty")
			}
		}
		if diags := p.Destroy(t.Context(), instance); diags.Errors() != "" || !instance.State.IsNull() {
			t.Errorf("destroying: %s", diags.Errors())
		}
		if w.Emulator.Count("delete_wallet") != 1 {
			t.Error("the wallet was not deleted")
		}
	})
}

// TestAccWallet_listedAndNotFound: a wallet that one endpoint does not find and the list has leaves the state neither by a refresh nor by a
// deletion, and a list that fails leaves it there, too.
func TestAccWallet_listedAndNotFound(t *testing.T) {
	t.Parallel()
	for name, list := range map[string]struct {
		fault *emulator.Fault
		want  string
	}{
		"listed": {},
		"the list fails": {
			&emulator.Fault{Operation: "get_all_organizations_wallets_as_user", Times: -1, Effect: emulator.Answer{Status: http.StatusBadGateway}},
			"could not be read",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
				config["timeouts"] = acctest.Config{"delete": "5m"}
				mustApply(t, p, instance, config)
				time.Sleep(time.Hour) // it was made long ago
				w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: -1, Effect: emulator.NotFound{}})
				if list.fault != nil {
					w.Emulator.Inject(*list.fault)
				}
				if diags := p.Refresh(t.Context(), instance); !strings.Contains(diags.Errors(), list.want) || instance.State.IsNull() {
					t.Errorf("refresh: state %s, errors %q", instance.State, diags.Errors())
				}
				w.Emulator.ClearFaults()
				mustApply(t, p, instance, config)
				if got := activeWallets(w); len(got) != 1 {
					t.Errorf("the API has %v", got)
				}
			})
		})
	}
}

// TestAccWallet_deletionNotFound: a deletion is done when the list lacks the wallet, too. Until then the state keeps it.
func TestAccWallet_deletionNotFound(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper() // the deletion is accepted, and nothing shows it
		p := w.Protocol(t)
		id := uuid.New()
		seed(t, w, emulator.Wallet{ID: id, Name: "staging", EnvironmentID: w.EnvironmentID, Network: w.Network})
		instance, diags := p.Import(t.Context(), "voltage_wallet", id.String(), nil)
		if diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Nth: 2, Times: -1, Effect: emulator.NotFound{}})
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		if diags := p.Destroy(ctx, instance); diags.Errors() == "" || instance.State.IsNull() {
			t.Errorf("the state has given up a wallet that the list has: %q", diags.Errors())
		}
	}, func(c *emulator.Config) { c.Delay = time.Hour })
}

// TestAccWallet_clockAhead: a clock that was ahead when the creation was requested does not keep a deletion waiting.
func TestAccWallet_clockAhead(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		instance, config := &acctest.Instance{Type: "voltage_wallet"}, attributes(w)
		w.Emulator.Inject(emulator.Fault{Operation: "create_wallet", Effect: emulator.CutBefore{}})
		w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: -1, Effect: emulator.Answer{Status: http.StatusBadGateway}})
		if diags := p.Apply(t.Context(), instance, config); diags.Errors() == "" || !instance.Tainted {
			t.Fatalf("the creation ended well: %s", diags.Errors())
		}
		w.Emulator.ClearFaults()
		for name, createdAt := range map[string]any{"ahead": "2099-01-01T00:00:00Z", "missing": nil, "no time": "soon"} {
			destroyed := *instance
			destroyed.State = acctest.Replace(t, instance.State, "created_at", createdAt)
			if diags := p.Destroy(t.Context(), &destroyed); diags.Errors() != "" || !destroyed.State.IsNull() {
				t.Errorf("%s: %s", name, diags.Errors())
			}
		}
	})
}
