package wallet_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// requested are the operations that the emulator was asked for, in their order.
func requested(w *acctest.World) string {
	var operations []string
	for _, request := range w.Emulator.Requests() {
		operations = append(operations, request.Operation)
	}
	return strings.Join(operations, " ")
}

// leftByPlan changes what the plan of a deletion has left for it.
func leftByPlan(t *testing.T, change func(left map[string]any)) func([]byte) []byte {
	t.Helper()
	return func(private []byte) []byte {
		var keys map[string][]byte
		var left map[string]any
		if err := json.Unmarshal(private, &keys); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(keys["planned"], &left); err != nil {
			t.Fatalf("the plan has left nothing: %s", private)
		}
		change(left)
		var err error
		if keys["planned"], err = json.Marshal(left); err != nil {
			t.Fatal(err)
		}
		if private, err = json.Marshal(keys); err != nil {
			t.Fatal(err)
		}
		return private
	}
}

// TestAccWallet_deletionPlannedRequests is the table of what a deletion can know of the wallet: two requests delete a wallet that the plan
// has read a moment ago. Where it has not, the deletion reads the wallet first.
func TestAccWallet_deletionPlannedRequests(t *testing.T) {
	t.Parallel()
	const deleted, readFirst = "delete_wallet get_wallet", "get_wallet delete_wallet get_wallet"
	seen := func(age time.Duration) func(t *testing.T) func([]byte) []byte {
		return func(t *testing.T) func([]byte) []byte {
			t.Helper()
			return leftByPlan(t, func(left map[string]any) { left["seen"] = time.Now().Add(-age) })
		}
	}
	for name, test := range map[string]struct {
		change func(t *testing.T) func([]byte) []byte
		want   string
	}{
		"a plan of now":             {seen(0), deleted},
		"a plan of half an hour":    {seen(30 * time.Minute), deleted},
		"a saved plan of yesterday": {seen(24 * time.Hour), readFirst},
		"a clock that was ahead":    {seen(-time.Hour), readFirst},
		"another wallet's": {func(t *testing.T) func([]byte) []byte {
			t.Helper()
			return leftByPlan(t, func(left map[string]any) { left["id"] = uuid.NewString() })
		}, readFirst},
		"a plan of an older provider": {func(*testing.T) func([]byte) []byte { return func([]byte) []byte { return nil } }, readFirst},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.Emulated(t)
			w.ShareAfter = voltage.DefaultShareAfter // the requests of a single wallet are counted
			instance := richWallet(t, w, emulator.Wallet{})
			change := test.change(t)
			p := w.Protocol(t)
			p.Expect("a destroy", p.DestroyWith(t.Context(), instance, func(private []byte) []byte {
				w.Emulator.ResetRequests()
				return change(private)
			}))
			if got := requested(w); got != test.want || !instance.State.IsNull() || len(activeWallets(w)) != 0 {
				t.Errorf("it took %q, want %q; the state is %s", got, test.want, instance.State)
			}
		})
	}
}

// TestAccWallet_replacementRequests: however Terraform comes to delete a wallet, the deletion takes two requests, unless the wallet is
// marked as tainted: Terraform drops then what the provider keeps beside the state.
func TestAccWallet_replacementRequests(t *testing.T) {
	t.Parallel()
	const replaced = "delete_wallet get_wallet create_wallet get_wallet"
	for name, test := range map[string]struct {
		tainted bool
		change  acctest.Config
		want    string
	}{
		"another limit": {false, acctest.Config{"limit": 2000}, replaced},
		"tainted":       {true, nil, "get_wallet " + replaced},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.Emulated(t)
			w.ShareAfter = voltage.DefaultShareAfter
			instance := richWallet(t, w, emulator.Wallet{})
			instance.Tainted = test.tainted
			p := w.Protocol(t)
			p.Expect(name, p.Apply(t.Context(), instance, rich(w, test.change)))
			got := strings.Fields(requested(w))
			if i := slices.Index(got, "get_line_of_credit_summary_as_user"); i < 0 || strings.Join(got[i+1:], " ") != test.want {
				t.Errorf("it took %q, want %q after the plan", got, test.want)
			}
			// The new wallet knows nothing of the plan that has deleted the old one.
			if strings.Contains(string(instance.Private), "planned") {
				t.Errorf("the new wallet has %s", instance.Private)
			}
		})
	}
}

// TestAccWallet_deletionFailedBefore: a deletion that failed before the plan is no failure of this one, however long this one takes to be
// seen, and whether the plan or the deletion has read the wallet. One that fails later is.
func TestAccWallet_deletionFailedBefore(t *testing.T) {
	t.Parallel()
	fail := emulator.Fault{Operation: "delete_wallet", Effect: emulator.FailAsync{Type: "InsufficientLimit", Detail: "no"}}
	for name, change := range map[string]func([]byte) []byte{
		"known from the plan": func(private []byte) []byte { return private },
		"read by itself":      func([]byte) []byte { return nil },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.Emulated(t, func(c *emulator.Config) { c.Delay = 300 * time.Millisecond })
			p := w.Protocol(t)
			instance := richWallet(t, w, emulator.Wallet{})
			for range 2 { // the second failure is later than the one that the plan has seen
				w.Emulator.Inject(fail)
				p.Expect("a deletion that fails", w.Protocol(t).DestroyWith(t.Context(), instance, change), "Wallet Not Deleted",
					"the deletion failed at")
				if instance.State.IsNull() || strings.Contains(string(instance.Private), "planned") {
					t.Fatalf("the state is %s, beside it %s", instance.State, instance.Private)
				}
			}
			w.Emulator.ResetRequests()
			p.Expect("the next one", w.Protocol(t).DestroyWith(t.Context(), instance, change))
			if !instance.State.IsNull() || len(activeWallets(w)) != 0 || w.Emulator.Count("delete_wallet") != 1 {
				t.Errorf("the state is %s, the API has %v", instance.State, activeWallets(w))
			}
		})
	}
}

// TestAccWallet_deletedMeanwhile: a wallet that somebody else deletes between the plan and the apply is no error, whatever the API says to
// another deletion. A wallet that is only inactive is not taken for a deleted one.
func TestAccWallet_deletedMeanwhile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		refuse   bool
		meantime func(w *acctest.World, id uuid.UUID) error
		want     string
	}{
		"the API answers with 404": {false, func(w *acctest.World, id uuid.UUID) error { return w.Emulator.Remove(id) }, ""},
		"the API refuses":          {true, func(w *acctest.World, id uuid.UUID) error { return w.Emulator.Remove(id) }, ""},
		"it is inactive": {true, func(w *acctest.World, id uuid.UUID) error {
			w.Emulator.SetActive(id, false)
			return nil
		}, "Wallet Not Deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.Emulated(t)
			p, instance := w.Protocol(t), richWallet(t, w, emulator.Wallet{})
			diags := p.DestroyAfter(t.Context(), instance, func() {
				if err := test.meantime(w, uuid.MustParse(instance.String("id"))); err != nil {
					t.Fatal(err)
				}
				if test.refuse {
					w.Emulator.Inject(emulator.Fault{Operation: "delete_wallet", Effect: emulator.Refuse{Status: 400, Type: "bad_request", Detail: "No."}})
				}
			})
			if p.Expect(name, diags, strings.Fields(test.want)...); instance.State.IsNull() != (test.want == "") {
				t.Errorf("the state is %s", instance.State)
			}
		})
	}
}
