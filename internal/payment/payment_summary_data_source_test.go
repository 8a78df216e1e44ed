package payment_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestPaymentSummary counts the payments of an environment, a line of credit and a wallet, narrowed by each argument.
func TestPaymentSummary(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		receive := func(wallet uuid.UUID, metadata map[string]string) {
			t.Helper()
			if _, err := f.Emulator.AddReceive(wallet, 1_000, metadata); err != nil {
				t.Fatal(err)
			}
		}
		bare := uuid.New() // no line of credit backs it
		err := f.Emulator.AddWallet(emulator.Wallet{ID: bare, Name: "bare", Network: "mutinynet", EnvironmentID: f.EnvironmentID})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Now().UTC()
		receive(f.payer, map[string]string{"order": "4711"})
		receive(f.payee, map[string]string{"order": "4712"})
		time.Sleep(48 * time.Hour) // both expire
		middle := begin.Add(24 * time.Hour).Format(time.RFC3339)
		receive(f.payee, nil)
		receive(f.mainnet, nil)
		receive(bare, nil)
		line, mainnetLine := emulator.StagingLineID.String(), emulator.StagingMainnetLineID.String()
		for name, test := range map[string]struct {
			config acctest.Config
			want   map[string]string
		}{
			"environment": {nil, map[string]string{
				"total_count": "5", "environment_id": f.EnvironmentID.String(), "organization_id": f.OrganizationID.String(), "wallet_id": "",
				"oldest_created_at": begin.Format(time.RFC3339Nano), "buckets[0].direction": "receive", "buckets[0].status": "expired",
				"buckets[0].currency": "btc", "buckets[0].kind": "bolt11", "buckets[0].total_count": "2", "buckets[1].status": "receiving",
				"buckets[1].total_count": "2", "buckets[2].status": "", // without the wallet that has no line of credit
				"by_line_of_credit_id." + line + ".total_count":                   "3",
				"by_line_of_credit_id." + line + ".buckets[1].status":             "receiving",
				"by_line_of_credit_id." + mainnetLine + ".total_count":            "1",
				"by_line_of_credit_id." + mainnetLine + ".buckets[0].total_count": "1",
			}},
			"line of credit": {acctest.Config{"line_of_credit_id": line}, map[string]string{
				"total_count": "3", "line_of_credit_id": line,
				"buckets[1].total_count": "1", "by_line_of_credit_id." + mainnetLine + ".total_count": "",
			}},
			"wallet": {acctest.Config{"wallet_id": f.payee.String()}, map[string]string{
				"total_count": "2", "environment_id": f.EnvironmentID.String(), "line_of_credit_id": line, "buckets[0].total_count": "1",
				"buckets[0].status": "expired", "buckets[1].status": "receiving", "by_line_of_credit_id." + line + ".total_count": "",
			}},
			"wallet without a line": {acctest.Config{"wallet_id": bare.String()}, map[string]string{
				"total_count": "1", "line_of_credit_id": "", "environment_id": f.EnvironmentID.String(),
			}},
			"wallet without payments": {acctest.Config{"wallet_id": f.dollars.String()}, map[string]string{
				"total_count": "0", "oldest_created_at": "", "environment_id": f.EnvironmentID.String(), "buckets[0].status": "",
				"line_of_credit_id": emulator.StagingUSDLineID.String(),
			}},
			"line without payments": {
				acctest.Config{"line_of_credit_id": emulator.StagingUSDLineID.String()},
				map[string]string{"total_count": "0"},
			},
			"statuses": {acctest.Config{"statuses": []any{"expired", "failed"}}, map[string]string{"total_count": "2"}},
			"statuses of a wallet": {acctest.Config{"wallet_id": f.payee.String(), "statuses": []any{"expired"}},
				map[string]string{"total_count": "1"}},
			"direction":  {acctest.Config{"direction": "send"}, map[string]string{"total_count": "0"}},
			"kind":       {acctest.Config{"kind": "bolt11"}, map[string]string{"total_count": "5"}},
			"other kind": {acctest.Config{"kind": "onchain"}, map[string]string{"total_count": "0"}},
			"metadata":   {acctest.Config{"metadata": acctest.Config{"order": "4711"}}, map[string]string{"total_count": "1"}},
			"metadata of a wallet": {acctest.Config{"wallet_id": f.payee.String(), "metadata": acctest.Config{"order": "4711"}},
				map[string]string{"total_count": "0"}},
			"from":  {acctest.Config{"start_date": middle}, map[string]string{"total_count": "3"}},
			"until": {acctest.Config{"end_date": middle}, map[string]string{"total_count": "2"}},
		} {
			state, diags := f.ReadDataSource(t.Context(), "voltage_payment_summary", test.config)
			if diags.Errors() != "" {
				t.Errorf("%s: %s", name, diags.Errors())
				continue
			}
			leaves := acctest.Leaves(state)
			for path, want := range test.want {
				if leaves[path] != want {
					t.Errorf("%s: %s is %q, want %q", name, path, leaves[path], want)
				}
			}
		}
	})
}

// TestPaymentSummary_inactive: payments of an inactive wallet or a disabled line of credit are counted only where that is asked for.
func TestPaymentSummary_inactive(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		if _, err := f.Emulator.AddReceive(f.payee, 1_000, nil); err != nil {
			t.Fatal(err)
		}
		if err := f.Emulator.DisableLine(emulator.StagingLineID); err != nil {
			t.Fatal(err)
		}
		for include, want := range map[any]string{nil: "0", false: "0", true: "1"} {
			for _, of := range []acctest.Config{nil, {"wallet_id": f.payee.String()}, {"line_of_credit_id": emulator.StagingLineID.String()}} {
				config := acctest.Config{"include_inactive": include}
				for name, value := range of {
					config[name] = value
				}
				state, diags := f.ReadDataSource(t.Context(), "voltage_payment_summary", config)
				if got := acctest.Leaves(state)["total_count"]; diags.Errors() != "" || got != want {
					t.Errorf("%v: %s payments, want %s: %s", config, got, want, diags.Errors())
				}
			}
		}
	})
}

// TestPaymentSummary_unknown: the API counts zero payments of what does not exist. The data source says that it does not exist, so that no
// check passes because of a wrong ID.
func TestPaymentSummary_unknown(t *testing.T) {
	t.Parallel()
	virtual(t, func(t *testing.T, f *fixture) {
		t.Helper()
		missing := uuid.NewString()
		second := emulator.SecondLineID.String()
		user := f.World.Protocol(t, acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken})
		for name, test := range map[string]struct {
			provider *acctest.Protocol
			config   acctest.Config
			want     []string // in the error
		}{
			"wallet": {f.Protocol, acctest.Config{"wallet_id": missing},
				[]string{"wallet_id: Payment Summary Not Read", missing, "instance_not_found", "Check the ID of the wallet"}},
			"line": {f.Protocol, acctest.Config{"line_of_credit_id": missing},
				[]string{"line_of_credit_id: Payment Summary Not Read", missing, "line_of_credit_not_found", "voltage_lines_of_credit"}},
			"line of another environment": {user, acctest.Config{"line_of_credit_id": second},
				[]string{
					"line_of_credit_id: Payment Summary Not Read", second,
					"belongs to environment " + emulator.SecondEnvironmentID.String(), "Set environment_id",
				}},
			"foreign environment": {
				f.Protocol,
				acctest.Config{"environment_id": missing},
				[]string{"Payment Summary Not Read", missing, "access_rights"},
			},
			"wallet and line": {f.Protocol, acctest.Config{"wallet_id": missing, "line_of_credit_id": missing},
				[]string{"[wallet_id,line_of_credit_id]"}},
			"wallet and environment": {
				f.Protocol,
				acctest.Config{"wallet_id": missing, "environment_id": missing},
				[]string{"[wallet_id,environment_id]"},
			},
			"no time":   {f.Protocol, acctest.Config{"start_date": "yesterday"}, []string{"start_date: Invalid Time"}},
			"no status": {f.Protocol, acctest.Config{"statuses": []any{"paid"}}, []string{"statuses", `"completed"`}},
		} {
			_, diags := test.provider.ReadDataSource(t.Context(), "voltage_payment_summary", test.config)
			for _, want := range test.want {
				if !strings.Contains(diags.Errors(), want) {
					t.Errorf("%s: the error lacks %q: %s", name, want, diags.Errors())
				}
			}
		}
		// A wallet of the same apply: the first read of it lags.
		f.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Effect: emulator.NotFound{}})
		state, diags := f.ReadDataSource(t.Context(), "voltage_payment_summary", acctest.Config{"wallet_id": f.payee.String()})
		if diags.Errors() != "" || acctest.Leaves(state)["total_count"] != "0" {
			t.Errorf("a lagging wallet: %s %s", state, diags.Errors())
		}
	})
}

// TestAccPaymentSummary counts the payments of the environment, of its line of credit, and of a wallet that is new. It spends nothing, and
// also runs on a real environment.
func TestAccPaymentSummary(t *testing.T) {
	t.Parallel()
	w := acctest.Anywhere(t)
	at := func(source, attribute string, want knownvalue.Check) statecheck.StateCheck {
		return statecheck.ExpectKnownValue("data.voltage_payment_summary."+source, tfjsonpath.New(attribute), want)
	}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config: w.Config(`
resource "voltage_wallet" "test" {
  name              = %q
  network           = %q
  line_of_credit_id = %q
  limit             = 0
}
data "voltage_payment_summary" "environment" {}
data "voltage_payment_summary" "line" {
  line_of_credit_id = voltage_wallet.test.line_of_credit_id
}
data "voltage_payment_summary" "wallet" {
  wallet_id = voltage_wallet.test.id
}
`, acctest.Name("counted"), w.Network, w.LineOfCreditID),
			ConfigStateChecks: []statecheck.StateCheck{
				at("environment", "total_count", knownvalue.NotNull()),
				at("environment", "environment_id", knownvalue.StringExact(w.EnvironmentID.String())),
				at("line", "total_count", knownvalue.NotNull()),
				at("wallet", "total_count", knownvalue.Int64Exact(0)),
				at("wallet", "line_of_credit_id", knownvalue.StringExact(w.LineOfCreditID.String())),
				at("wallet", "environment_id", knownvalue.StringExact(w.EnvironmentID.String())),
			},
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		}},
	})
}
