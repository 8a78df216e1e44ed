package wallet_test

import (
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

func with(config acctest.Config, more acctest.Config) acctest.Config {
	config = maps.Clone(config)
	maps.Copy(config, more)
	return config
}

// TestAccWallet_adopt: a wallet that an unknown run has made is taken over when every attribute matches, and refused otherwise.
func TestAccWallet_adopt(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change acctest.Config
		want   string // empty: it is taken over
	}{
		"the same":      {},
		"timeouts":      {change: acctest.Config{"timeouts": acctest.Config{"create": "1m"}}},
		"another name":  {acctest.Config{"name": "other"}, `name is "staging" in the API and "other" in the configuration`},
		"another limit": {acctest.Config{"limit": 7}, `limit is 1000 in the API and 7 in the configuration`},
		"other metadata": {
			acctest.Config{"metadata": acctest.Config{"a": "b"}},
			`metadata is {} in the API and {"a":"b"} in the configuration`,
		},
		"not to be adopted":   {acctest.Config{"adopt_existing": false}, "id: ID In Use"},
		"adopt is left out":   {acctest.Config{"adopt_existing": nil}, "set adopt_existing = true"},
		"adopt without an ID": {acctest.Config{"id": nil}, "adopt_existing: Missing Attribute"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				config := with(attributes(w), acctest.Config{"id": uuid.NewString(), "adopt_existing": true})
				mustApply(t, w.Protocol(t), &acctest.Instance{Type: "voltage_wallet"}, config)
				w.Emulator.ResetRequests()

				p, instance := w.Protocol(t), &acctest.Instance{Type: "voltage_wallet"} // no state, as after a kill
				config = with(config, test.change)
				planned := p.Plan(t.Context(), instance, config).Diagnostics
				diags := p.Apply(t.Context(), instance, config)
				if w.Emulator.Count("create_wallet") != 0 {
					t.Error("another creation was sent")
				}
				if test.want != "" {
					if got := planned.Errors(); !strings.Contains(got, test.want) || !instance.State.IsNull() {
						t.Errorf("state %s, error %q, want %q", instance.State, got, test.want)
					}
					return
				}
				if !strings.Contains(planned.Warnings(), "Existing Object Will Be Taken Over") || diags.Errors() != "" {
					t.Fatalf("warnings %q, errors %q", planned.Warnings(), diags.Errors())
				}
				p.MustPlanNothing(instance, config)
				if len(w.Emulator.Wallets()) != 1 || instance.String("id") != config["id"] {
					t.Errorf("the API has %v, the state %s", w.Emulator.Wallets(), instance.State)
				}
			})
		})
	}
}

// TestAccWallet_adoptUnseen: a creation whose process was killed is not readable yet when the next one begins. It makes no second wallet.
func TestAccWallet_adoptUnseen(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		w.Duplicates = 1 // nobody can know that the ID is used
		config := with(attributes(w), acctest.Config{"id": uuid.NewString(), "adopt_existing": true})
		mustApply(t, w.Protocol(t), &acctest.Instance{Type: "voltage_wallet"}, config)
		for range 2 { // the plan's read, and the creation's
			w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Effect: emulator.NotFound{}})
		}
		p, instance := w.Protocol(t), &acctest.Instance{Type: "voltage_wallet"}
		mustApply(t, p, instance, config)
		p.MustPlanNothing(instance, config)
		if got := w.Emulator.Wallets(); len(got) != 1 {
			t.Errorf("the API has %v", got)
		}
	})
}

// TestAccWallet_ownIDRace: of two creations at once with one ID, in two processes, the one that did not make the wallet is an error and
// leaves nothing in its state.
func TestAccWallet_ownIDRace(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		w.Duplicates = 1
		id := uuid.NewString()
		instances := []*acctest.Instance{{Type: "voltage_wallet"}, {Type: "voltage_wallet"}}
		errors := make([]string, len(instances))
		var running sync.WaitGroup
		for i, name := range []string{"one", "two"} {
			p := w.Protocol(t)
			running.Go(func() {
				errors[i] = p.Apply(t.Context(), instances[i], with(attributes(w), acctest.Config{"id": id, "name": name})).Errors()
			})
		}
		running.Wait()
		wallets := w.Emulator.Wallets()
		if len(wallets) != 1 {
			t.Fatalf("the API has %v", wallets)
		}
		for i, name := range []string{"one", "two"} {
			switch made := wallets[0].Name == name; {
			case made && (errors[i] != "" || instances[i].String("name") != name):
				t.Errorf("%s was made: state %s, error %s", name, instances[i].State, errors[i])
			case !made && (!strings.Contains(errors[i], "ID In Use") || !instances[i].State.IsNull()):
				t.Errorf("%s was not made: state %s, error %s", name, instances[i].State, errors[i])
			}
		}
	}, func(c *emulator.Config) { c.Delay = 9 * time.Second })
}

// TestAccWallet_ownIDReplaced: -replace, a taint and another for_each key plan a plain creation under an ID that is in use. The plan
// refuses it, before anything is deleted.
func TestAccWallet_ownIDReplaced(t *testing.T) {
	t.Parallel()
	for name, adopt := range map[string]bool{"plain": false, "with adopt_existing": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				instance := &acctest.Instance{Type: "voltage_wallet"}
				config := with(attributes(w), acctest.Config{"id": uuid.NewString(), "adopt_existing": adopt})
				mustApply(t, w.Protocol(t), instance, config)

				tainted := *instance
				tainted.Tainted = true
				if got := w.Protocol(t).Apply(t.Context(), &tainted, config).Errors(); !strings.Contains(got, "terraform untaint") {
					t.Errorf("tainted: %q", got)
				}
				// -replace, and another key: the old address is read, and the new one planned without a prior state.
				p := w.Protocol(t)
				if diags := p.Refresh(t.Context(), instance); diags.Errors() != "" {
					t.Fatal(diags.Errors())
				}
				plan := p.Plan(t.Context(), &acctest.Instance{Type: "voltage_wallet"}, config)
				if got := plan.Diagnostics.Errors(); !strings.Contains(got, "Replacement Needs a New ID") {
					t.Errorf("another key: %q", got)
				}
				// With -refresh=false nothing is known but the identity of what is replaced.
				replaced := &acctest.Instance{Type: "voltage_wallet", Identity: instance.Identity}
				plan = w.Protocol(t).Plan(t.Context(), replaced, config)
				if got := plan.Diagnostics.Errors(); !strings.Contains(got, "Replacement Needs a New ID") {
					t.Errorf("-replace: %q", got)
				}
				if w.Emulator.Count("delete_wallet") != 0 || w.Emulator.Count("create_wallet") != 1 {
					t.Error("the wallet was deleted, or made twice")
				}
			})
		})
	}
}

// TestAccWallet_ownIDTakenOverAndDeleted: where the plan could not tell, the address that takes a wallet over and the one that deletes it
// do not both have their way.
func TestAccWallet_ownIDTakenOverAndDeleted(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		old := &acctest.Instance{Type: "voltage_wallet"}
		config := with(attributes(w), acctest.Config{"id": uuid.NewString(), "adopt_existing": true})
		mustApply(t, w.Protocol(t), old, config)
		p := w.Protocol(t)
		mustApply(t, p, &acctest.Instance{Type: "voltage_wallet"}, config)
		if got := p.Destroy(t.Context(), old).Errors(); !strings.Contains(got, "ID In Use") || !strings.Contains(got, "moved block") {
			t.Errorf("the old address was deleted: %q", got)
		}
		if w.Emulator.Count("delete_wallet") != 0 {
			t.Error("the wallet was deleted")
		}
	})
}
