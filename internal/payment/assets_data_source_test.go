package payment_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

func TestAccAssetsDataSource(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	asset := func(id, name, network string, decimals int64) knownvalue.Check {
		return knownvalue.ObjectExact(map[string]knownvalue.Check{
			"asset": knownvalue.StringExact(id), "currency": knownvalue.StringExact("asset:" + id), "name": knownvalue.StringExact(name),
			"network": knownvalue.StringExact(network), "decimal_display": knownvalue.Int64Exact(decimals),
		})
	}
	dollar, euro := asset(emulator.MutinynetAsset, "Emulated Dollar", "mutinynet", 6),
		asset(emulator.TestnetAsset, "Emulated Euro", "testnet3", 2)
	is := func(source string, assets ...knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.voltage_assets."+source, tfjsonpath.New("assets"), knownvalue.ListExact(assets))
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{
			{
				Config:      w.Config(`data "voltage_assets" "test" { network = "testnet" }`),
				ExpectError: regexp.MustCompile(`testnet3`),
			},
			{
				Config: w.Config(`
data "voltage_assets" "all" {}
data "voltage_assets" "testnet" { network = "testnet3" }
data "voltage_assets" "none" { network = "mainnet" }
`),
				ConfigStateChecks: []statecheck.StateCheck{is("all", dollar, euro), is("testnet", euro), is("none")},
				ConfigPlanChecks:  resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
			},
		},
	})
	for _, request := range w.Emulator.Requests() {
		if request.RawQuery != "" && request.RawQuery != "network=testnet" && request.RawQuery != "network=mainnet" {
			t.Errorf("asked for %s", request.RawQuery)
		}
	}
	w.Emulator.Inject(emulator.Fault{Effect: emulator.Refuse{Status: 403, Type: "access_rights", Detail: "no."}})
	if _, diags := w.Protocol(t).ReadDataSource(t.Context(), "voltage_assets", nil); !strings.Contains(diags.Errors(),
		"Assets Not Read: The assets of organization "+w.OrganizationID.String()) {
		t.Errorf("got %q", diags.Errors())
	}
}
