package wallet_test

import (
	"strings"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

const staysInForce = "Policies Stay in Force"

// TestAccWalletPolicies_fateOfWallet is the table of the orders in which Terraform plans the end of policies and their wallet: they are
// said to stay in force only where the wallet stays, once.
func TestAccWalletPolicies_fateOfWallet(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, policies := &acctest.Instance{Type: "voltage_wallet"}, &acctest.Instance{Type: "voltage_wallet_policies"}
		config := attributes(w)
		mustApply(t, p, wallet, config)
		mustApply(t, p, policies, acctest.Config{"wallet_id": wallet.String("id"), "max_payment_size_sats": 5})
		before := []acctest.Instance{*wallet, *policies}
		renamed, replaced := attributes(w), attributes(w)
		renamed["name"], replaced["metadata"] = "renamed", acctest.Config{"a": "b"}

		type step struct {
			what string
			do   func(*acctest.Protocol) acctest.Diagnostics
		}
		policiesGo := step{"policies go", func(p *acctest.Protocol) acctest.Diagnostics { return p.PlanDestroy(t.Context(), policies) }}
		walletGoes := step{"wallet goes", func(p *acctest.Protocol) acctest.Diagnostics { return p.PlanDestroy(t.Context(), wallet) }}
		walletIs := func(what string, config acctest.Config) step {
			return step{what, func(p *acctest.Protocol) acctest.Diagnostics { return p.Plan(t.Context(), wallet, config).Diagnostics }}
		}
		stays, isRenamed, isReplaced := walletIs("wallet stays", config), walletIs("wallet is renamed", renamed),
			walletIs("wallet is replaced", replaced)
		readWallet := step{"wallet is read", func(p *acctest.Protocol) acctest.Diagnostics { return p.Refresh(t.Context(), wallet) }}
		readPolicies := step{"policies are read", func(p *acctest.Protocol) acctest.Diagnostics { return p.Refresh(t.Context(), policies) }}

		for _, walk := range []struct {
			steps []step
			warns string // the step that warns
		}{
			{[]step{policiesGo, walletGoes}, ""},                                  // terraform destroy
			{[]step{policiesGo}, ""},                                              // -target: nothing is known of the wallet
			{[]step{policiesGo, readWallet, readPolicies, stays}, "wallet stays"}, // policies are no longer configured
			{[]step{readWallet, readPolicies, stays, policiesGo}, "policies go"},  // the same, with a newer Terraform
			{[]step{readPolicies, policiesGo, isRenamed}, "wallet is renamed"},    //
			{[]step{readPolicies, readWallet, policiesGo, walletGoes}, ""},        // neither is configured any more
			{[]step{readPolicies, policiesGo, readWallet, walletGoes}, ""},        //
			{[]step{policiesGo, walletGoes, readWallet, readPolicies}, ""},        //
			{[]step{walletGoes, policiesGo}, ""},                                  //
			{[]step{readWallet, readPolicies, policiesGo, isReplaced}, ""},        //
			{[]step{readWallet, stays, readPolicies, policiesGo}, "policies go"},  //
		} {
			walked := p.Walk()
			*wallet, *policies = before[0], before[1] // what a plan has read is not kept
			var order []string
			for _, step := range walk.steps {
				order = append(order, step.what)
				diags := step.do(walked)
				p.Expect(strings.Join(order, ", "), diags)
				if warned := strings.Contains(diags.Warnings(), staysInForce); warned != (step.what == walk.warns) {
					t.Errorf("%s: %q", strings.Join(order, ", "), diags.Warnings())
				}
			}
		}
	})
}
