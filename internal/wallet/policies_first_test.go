package wallet_test

import (
	"testing"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWalletPolicies_noFirstPolicies: where the API creates no first policies, the error says so and what to do, and nothing is in
// the state. Policies that somebody else has created are changed, whether or not the API creates the first ones.
func TestAccWalletPolicies_noFirstPolicies(t *testing.T) {
	t.Parallel()
	for name, refused := range map[string]bool{"created": false, "refused": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				wallet, instance := policiesOn(t, w)
				config := allPolicies(wallet)
				diags := p.Apply(t.Context(), instance, config)
				if !refused {
					p.Expect("the first policies", diags)
				} else {
					p.Expect("the first policies", diags, "wallet_id: Wallet Policies Not Set", wallet.String(), "exists and has no policies",
						"in the Voltage dashboard")
					if !instance.State.IsNull() {
						t.Errorf("state %s", instance.State)
					}
					limit := int64(7)
					if err := w.Emulator.SetPolicies(wallet, emulator.Policies{MaxPaymentSizeSats: &limit}); err != nil {
						t.Fatal(err)
					}
				}
				p.MustApply(instance, config)
				if got := describe(w.Emulator.Policies(wallet)); got != everyPolicy {
					t.Errorf("the wallet has %s", got)
				}
				p.Expect("a destroy", p.Walk().Destroy(t.Context(), instance))
				if w.Emulator.Policies(wallet).ProcessingFee != nil {
					t.Errorf("the wallet has %s", describe(w.Emulator.Policies(wallet)))
				}
			}, func(c *emulator.Config) { c.NoFirstPolicies = refused })
		})
	}
}

// TestAccWalletPolicies_newWallet: policies that lag behind their wallet are set in one apply, and the data source waits for them.
func TestAccWalletPolicies_newWallet(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, policies := &acctest.Instance{Type: "voltage_wallet"}, &acctest.Instance{Type: "voltage_wallet_policies"}
		p.MustApply(wallet, attributes(w))
		p.MustApply(policies, acctest.Config{"wallet_id": wallet.String("id"), "max_payment_size_sats": 5})
		if sent := sentPolicies(w); len(sent) < 2 || sent[0] != sent[len(sent)-1] {
			t.Errorf("sent %v", sent)
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_wallet_policies", Times: 2, Effect: emulator.NotFound{}})
		shown := p.MustRead("voltage_wallet_policies", acctest.Config{"wallet_id": wallet.String("id")})
		if got := acctest.Number(shown.Attribute("max_payment_size_sats")); got != "5" {
			t.Errorf("the data source shows the limit %q", got)
		}
	}, func(c *emulator.Config) { c.PolicyLag = 20 * time.Second })
}

// TestAccWalletPolicies_deletedWallet: a deleted wallet that can still be read has no policies: they leave the state, nothing is sent
// for them, and new ones are refused.
func TestAccWalletPolicies_deletedWallet(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, policies := &acctest.Instance{Type: "voltage_wallet"}, &acctest.Instance{Type: "voltage_wallet_policies"}
		p.MustApply(wallet, attributes(w))
		id := wallet.String("id")
		config := acctest.Config{"wallet_id": id, "processing_fee": acctest.Config{"send_basis_points": 1, "receive_basis_points": 0}}
		p.MustApply(policies, config)
		p.Expect("the wallet's destroy", p.Destroy(t.Context(), wallet))
		w.Emulator.ResetRequests()
		kept := *policies
		p.Expect("a destroy", p.Destroy(t.Context(), &kept))
		p.Expect("a refresh", p.Refresh(t.Context(), policies))
		if !kept.State.IsNull() || !policies.State.IsNull() {
			t.Errorf("destroyed %s, refreshed %s", kept.State, policies.State)
		}
		p = p.Walk()
		p.Expect("a creation", p.Apply(t.Context(), policies, config), "wallet_id: Wallet Policies Not Set", id,
			"the wallet was deleted at", "another wallet")
		_, diags := p.ReadDataSource(t.Context(), "voltage_wallet_policies", acctest.Config{"wallet_id": id})
		p.Expect("the data source", diags, "wallet_id: Wallet Policies Not Read", id, "the wallet was deleted at")
		if got := sentPolicies(w); len(got) != 0 || !policies.State.IsNull() {
			t.Errorf("sent %v, state %s", got, policies.State)
		}
	})
}

// TestAccWalletPolicies_walletUnread: a 404 of the policies takes nothing out of the state while it is not known whether the wallet
// exists, and a wallet that only a list has exists.
func TestAccWalletPolicies_walletUnread(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, instance := policiesOn(t, w)
		config := allPolicies(wallet)
		p.MustApply(instance, config)
		hide := func(effect emulator.Effect) {
			w.Emulator.ClearFaults()
			w.Emulator.Inject(emulator.Fault{Operation: "get_wallet_policies", Times: -1, Effect: emulator.NotFound{}})
			w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: -1, Effect: effect})
		}
		hide(emulator.Refuse{Status: 403, Type: "access_rights", Detail: "no."})
		p.Expect("a refresh", p.Refresh(t.Context(), instance), "Wallet Policies Not Read", "access_rights")
		p.Expect("a destroy", p.Walk().Destroy(t.Context(), instance), "Processing Fee Not Removed", "access_rights")
		if instance.State.IsNull() {
			t.Fatal("the policies have left the state")
		}
		hide(emulator.NotFound{}) // while the list has it
		shown, diags := p.ReadDataSource(t.Context(), "voltage_wallet_policies", acctest.Config{"wallet_id": wallet.String()})
		if diags.Errors() != "" || !acctest.Attribute(shown, "ofac_compliant").IsNull() {
			t.Errorf("the data source shows %s: %s", shown, diags.Errors())
		}
		p.Expect("a destroy", p.Walk().Destroy(t.Context(), instance)) // which the API accepts, so that nothing is left to be read
		if got := describe(w.Emulator.Policies(wallet)); got+" 50/0" != everyPolicy || !instance.State.IsNull() {
			t.Errorf("the wallet has %s, state %s", got, instance.State)
		}
	})
}
