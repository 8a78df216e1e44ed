package wallet_test

import (
	"testing"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWalletPolicies_unfinishedFee: a processing fee whose creation timed out, and which shows later, is taken back when the
// configuration drops it, drops the resource, or has it replaced. A tainted resource is deleted with an empty private state: what it has
// set is in the attribute managed.
func TestAccWalletPolicies_unfinishedFee(t *testing.T) {
	t.Parallel()
	const delay = 20 * time.Second
	for name, test := range map[string]struct {
		exist bool // the wallet has other policies already
		then  func(t *testing.T, p *acctest.Protocol, instance *acctest.Instance, config acctest.Config) acctest.Diagnostics
		want  string
	}{
		"dropped from the wallet's first policies": {false, dropFee, "5 - - false"},
		"dropped from other policies":              {true, dropFee, "5 - - false"},
		"first policies destroyed":                 {false, destroyPolicies, "5 - - false"},
		"other policies destroyed":                 {true, destroyPolicies, "5 - - false"},
		"first policies replaced":                  {false, applyAgain, "5 - - false 50/0"},
		"other policies replaced":                  {true, applyAgain, "5 - - false 50/0"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				wallet, instance := policiesOn(t, w)
				if test.exist {
					size := int64(7)
					if err := w.Emulator.SetPolicies(wallet, emulator.Policies{MaxPaymentSizeSats: &size}); err != nil {
						t.Fatal(err)
					}
				}
				fee := acctest.Config{"send_basis_points": 50, "receive_basis_points": 0}
				config := acctest.Config{
					"wallet_id": wallet.String(), "max_payment_size_sats": 5, "processing_fee": fee, "timeouts": acctest.Config{"create": "10s"},
				}
				p := w.Protocol(t)
				p.Expect("a creation that is slow", p.Apply(t.Context(), instance, config), "timed out after", "tainted")
				if !instance.Tainted {
					t.Fatalf("not tainted: %s", instance.State)
				}
				config = without(config, "timeouts")
				p = w.Protocol(t) // another run of Terraform
				p.Expect("what follows", test.then(t, p, instance, config))
				// Also what the API has accepted and does not show yet:
				if got := describe(w.Emulator.Policies(wallet)); got != test.want {
					t.Errorf("the wallet has %s, want %s", got, test.want)
				}
			}, func(c *emulator.Config) { c.Delay = delay })
		})
	}
}

func dropFee(t *testing.T, p *acctest.Protocol, instance *acctest.Instance, config acctest.Config) acctest.Diagnostics {
	t.Helper()
	config = without(config, "processing_fee")
	p.MustApply(instance, config)
	p.MustPlanNothing(instance, config)
	return nil
}

func destroyPolicies(t *testing.T, p *acctest.Protocol, instance *acctest.Instance, _ acctest.Config) acctest.Diagnostics {
	t.Helper()
	return p.DestroyRefreshed(t.Context(), instance)
}

func applyAgain(t *testing.T, p *acctest.Protocol, instance *acctest.Instance, config acctest.Config) acctest.Diagnostics {
	t.Helper()
	p.MustApply(instance, config)
	p.MustPlanNothing(instance, config)
	return nil
}
