package wallet_test

import (
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// The same name in the two normal forms that programs write it in. Terraform writes NFC, whatever it is given.
const (
	composed   = "caf\u00e9 \u1e69"
	decomposed = "cafe\u0301 s\u0323\u0307"
)

// TestWalletNames: a name that somebody has written in another normal form of Unicode is the same name, for every look-up and for plans.
func TestWalletNames(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		config := attributes(w)
		config["name"] = composed
		made := &acctest.Instance{Type: "voltage_wallet"}
		p.MustApply(made, config)
		id := made.String("id")
		for _, wallet := range w.Emulator.Wallets() {
			if wallet.Name == composed {
				if err := w.Emulator.Rename(wallet.ID, decomposed); err != nil {
					t.Fatal(err)
				}
			}
		}
		for _, name := range []string{composed, decomposed} {
			if got := p.MustRead("voltage_wallet", acctest.Config{"name": name}); got.String("id") != id || got.String("name") != composed {
				t.Errorf("%+q: %s", name, got.State)
			}
			if got := p.MustRead("voltage_wallets",
				acctest.Config{"name_regex": "^" + name + "$"}); len(acctest.Elements(got.Attribute("ids"))) != 1 {
				t.Errorf("by %+q: %s", name, got.State)
			}
			listed, diags := p.Query(t.Context(), "voltage_wallet", acctest.Config{"name_regex": name}, true, 0)
			if len(listed) != 1 || listed[0].DisplayName != composed || diags.Errors() != "" {
				t.Errorf("query by %+q: %v %s", name, listed, diags.Errors())
			}
		}
		if got := p.MustRead("voltage_wallets", acctest.Config{"name_regex": "^caf. .$"}); len(acctest.Elements(got.Attribute("ids"))) != 1 {
			t.Errorf("a character is not one: %s", got.State)
		}
		p.MustPlanNothing(made, config)
		if renamed := w.Emulator.Count("update_wallet"); renamed != 0 {
			t.Errorf("%d renames", renamed)
		}
		imported, diags := p.Import(t.Context(), "voltage_wallet", id, nil)
		if diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		p.MustPlanNothing(imported, config)
	})
}

// TestWalletNames_readBack: the wait for a new name ends where the API writes it in another normal form.
func TestWalletNames_readBack(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		config := attributes(w)
		made := &acctest.Instance{Type: "voltage_wallet"}
		p.MustApply(made, config)
		config["name"], config["timeouts"] = decomposed, acctest.Config{"update": "5s"} // the emulator keeps it as it is sent
		plan := p.Plan(t.Context(), made, config)
		if plan.Diagnostics.Errors() != "" || !plan.Changes() {
			t.Fatal("nothing is planned:", plan.Diagnostics.Errors())
		}
		p.MustApply(made, config)
		if got := w.Emulator.Wallets()[0].Name; got != decomposed {
			t.Fatalf("the emulator has %+q", got)
		}
		if diags := p.Refresh(t.Context(), made); diags.Errors() != "" || made.String("name") != composed {
			t.Errorf("%+q: %s", made.String("name"), diags.Errors())
		}
	})
}
