package wallet_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const managedTwice = "wallet_id: Managed Twice"

// TestAccWalletPolicies_managedTwice: a second resource for the policies of one wallet is refused, while planning where that is known, and
// at the latest before it sends anything. Two that exist are warned of, so that they can be taken down.
func TestAccWalletPolicies_managedTwice(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, first := policiesOn(t, w)
		config := acctest.Config{"wallet_id": wallet.String(), "max_payment_size_sats": 5}
		other := acctest.Config{"wallet_id": wallet.String(), "max_payment_size_sats": 6}
		fresh := func() *acctest.Instance { return &acctest.Instance{Type: "voltage_wallet_policies"} }

		// One apply of both, whose wallet was not known while planning.
		mustApply(t, p, first, config)
		w.Emulator.ResetRequests()
		second := fresh()
		p.Expect("a second one in one apply", p.Apply(t.Context(), second, other), managedTwice, wallet.String(), "Keep one of the two")
		if got := w.Emulator.Count("update_wallet_policies"); got != 0 || !second.State.IsNull() {
			t.Errorf("%d changes were sent, state %s", got, second.State)
		}
		// Plans of both, in either order.
		walk := p.Walk()
		walk.Expect("the first", walk.Plan(t.Context(), first, config).Diagnostics)
		walk.Expect("the second", walk.Plan(t.Context(), fresh(), other).Diagnostics, managedTwice)
		walk = p.Walk()
		walk.Expect("the second", walk.Plan(t.Context(), fresh(), other).Diagnostics)
		walk.Expect("the first", walk.Plan(t.Context(), first, config).Diagnostics, managedTwice)

		// The state of another configuration has them too, and both come together.
		mustApply(t, p.Walk(), second, other)
		walk = p.Walk()
		diags := slices.Concat(walk.Plan(t.Context(), first, config).Diagnostics, walk.Plan(t.Context(), second, other).Diagnostics)
		if diags.Errors() != "" || !strings.Contains(diags.Warnings(), managedTwice) ||
			!strings.Contains(diags.Warnings(), "terraform state rm") {
			t.Errorf("two that exist: %q, %q", diags.Errors(), diags.Warnings())
		}
	})
}

// TestAccWalletPolicies_managedOnce: nothing that Terraform does with one resource is taken for two.
func TestAccWalletPolicies_managedOnce(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet, policies := policiesOn(t, w)
		config := acctest.Config{"wallet_id": wallet.String(), "max_payment_size_sats": 5}
		mustApply(t, p, policies, config)
		quiet := func(what string, diags acctest.Diagnostics) {
			t.Helper()
			if text := diags.Errors() + diags.Warnings(); strings.Contains(text, "Managed Twice") {
				t.Errorf("%s: %s", what, text)
			}
		}
		// -replace plans it with its state, and then without, with what is kept beside the state.
		walk := p.Walk()
		quiet("a plan", walk.Plan(t.Context(), policies, config).Diagnostics)
		quiet("a replacement", walk.Plan(t.Context(), &acctest.Instance{Type: policies.Type, Private: policies.Private}, config).Diagnostics)
		// One is no longer configured, and another one is: in either order, and with a refresh.
		fresh := &acctest.Instance{Type: policies.Type, State: tftypes.Value{}}
		walk = p.Walk()
		quiet("a refresh", walk.Refresh(t.Context(), policies))
		quiet("a destroy", walk.PlanDestroy(t.Context(), policies))
		quiet("a creation", walk.Plan(t.Context(), fresh, config).Diagnostics)
		walk = p.Walk()
		quiet("a creation", walk.Plan(t.Context(), fresh, config).Diagnostics)
		quiet("a destroy", walk.PlanDestroy(t.Context(), policies))
		// Made, destroyed and made again in one walk.
		walk = p.Walk()
		for range 2 {
			quiet("a destroy", walk.Destroy(t.Context(), policies))
			quiet("a creation", walk.Apply(t.Context(), policies, config))
		}
	})
}

// TestAccWalletPolicies_managedTwiceByTerraform does it with the real Terraform, and takes everything down.
func TestAccWalletPolicies_managedTwiceByTerraform(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	cli := w.InProcess(t)
	wallet := w.ProviderBlock(emulator.StagingKey) + acctest.Requirements + `
resource "voltage_wallet" "test" {
  name              = "staging"
  network           = "mutinynet"
  line_of_credit_id = "` + w.LineOfCreditID.String() + `"
  limit             = 1000
}
`
	const policies = `
resource "voltage_wallet_policies" "NAME" {
  wallet_id             = voltage_wallet.test.id
  max_payment_size_sats = 5
}
`
	one, two := strings.Replace(policies, "NAME", "one", 1), strings.Replace(policies, "NAME", "two", 1)
	cli.Write("main.tf", wallet+one+two)
	cli.Terraform("init")
	out, err := cli.Try("apply", "-auto-approve")
	if err == nil || !strings.Contains(out, "Managed Twice") {
		t.Errorf("two at once: %v %s", err, out)
	}
	if out, err = cli.Try("plan"); err == nil || !strings.Contains(out, "Managed Twice") {
		t.Errorf("the next plan: %v %s", err, out)
	}
	resource := "one"
	if !strings.Contains(cli.Terraform("show"), "voltage_wallet_policies.one") {
		one, resource = two, "two"
	}
	cli.Write("main.tf", wallet+one)
	cli.Terraform("plan", "-detailed-exitcode")
	for _, replace := range []string{"voltage_wallet_policies." + resource, "voltage_wallet.test"} {
		cli.Terraform("apply", "-auto-approve", "-replace="+replace)
		cli.Terraform("plan", "-detailed-exitcode")
	}
	cli.Terraform("taint", "voltage_wallet_policies."+resource)
	cli.Terraform("apply", "-auto-approve")
	cli.Write("main.tf", wallet+strings.Replace(one, resource, "renamed", 1))
	cli.Terraform("apply", "-auto-approve")
	cli.Terraform("plan", "-detailed-exitcode")
	cli.Terraform("destroy", "-auto-approve")
}
