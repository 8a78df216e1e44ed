package credit_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccLineOfCredit finds a line by its ID and, on the emulator, by what it is; a wallet then takes its limit from it.
// The first part also runs on a real environment.
func TestAccLineOfCredit(t *testing.T) {
	t.Parallel()
	w := acctest.Anywhere(t)
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: w.Factories(),
		Steps: []resource.TestStep{{
			Config: w.Config(`
data "voltage_line_of_credit" "test" {
  id = %q
}
data "voltage_lines_of_credit" "test" {}
`, w.LineOfCreditID),
			ConfigStateChecks: []statecheck.StateCheck{
				statecheck.ExpectKnownValue("data.voltage_line_of_credit.test", tfjsonpath.New("network"), knownvalue.StringExact(w.Network)),
				statecheck.ExpectKnownValue("data.voltage_line_of_credit.test", tfjsonpath.New("environment_id"),
					knownvalue.StringExact(w.EnvironmentID.String())),
				statecheck.ExpectKnownValue("data.voltage_line_of_credit.test", tfjsonpath.New("limit"), knownvalue.NotNull()),
				statecheck.ExpectKnownValue("data.voltage_lines_of_credit.test", tfjsonpath.New("ids"), knownvalue.NotNull()),
			},
			ConfigPlanChecks: resource.ConfigPlanChecks{PostApplyPostRefresh: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		}},
	})
}

// TestAccLineOfCredit_lookup is the table of ways to find one line.
func TestAccLineOfCredit_lookup(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		key := w.Protocol(t)
		user := w.Protocol(t, acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken, "environment_id": nil})
		missing := uuid.NewString()
		for name, test := range map[string]struct {
			provider *acctest.Protocol
			config   acctest.Config
			id       uuid.UUID // of the line found; uuid.Nil: an error
			want     []string  // in the error
		}{
			"ID":                {key, acctest.Config{"id": emulator.StagingUSDLineID.String()}, emulator.StagingUSDLineID, nil},
			"network, currency": {key, acctest.Config{"network": "mutinynet", "currency": "btc"}, emulator.StagingLineID, nil},
			"testnet3":          {key, acctest.Config{"network": "testnet3"}, emulator.StagingTestnetLineID, nil},
			"currency":          {key, acctest.Config{"currency": "usd"}, emulator.StagingUSDLineID, nil},
			"environment":       {user, acctest.Config{"environment_id": emulator.SecondEnvironmentID.String()}, emulator.SecondLineID, nil},
			"more than one": {
				user,
				acctest.Config{"network": "mutinynet", "currency": "btc"},
				uuid.Nil,
				[]string{"2 lines of credit match", emulator.StagingLineID.String(), emulator.SecondLineID.String()},
			},
			"none":          {key, acctest.Config{"network": "signet"}, uuid.Nil, []string{"was not found", "network signet", "dashboard"}},
			"no such ID":    {key, acctest.Config{"id": missing}, uuid.Nil, []string{missing, "line_of_credit_not_found"}},
			"ID and filter": {key, acctest.Config{"id": missing, "network": "mainnet"}, uuid.Nil, []string{"[id,network]"}},
			"bad currency":  {key, acctest.Config{"currency": "eur"}, uuid.Nil, []string{"currency: Invalid Currency", `"eur"`}},
			"bad network":   {key, acctest.Config{"network": "testnet"}, uuid.Nil, []string{"network: ", "testnet3"}},
			"bad ID":        {key, acctest.Config{"id": "x"}, uuid.Nil, []string{"id: Invalid UUID"}},
		} {
			got, diags := test.provider.ReadDataSource(t.Context(), "voltage_line_of_credit", test.config)
			if test.id == uuid.Nil {
				for _, want := range test.want {
					if !strings.Contains(diags.Errors(), want) {
						t.Errorf("%s: the error lacks %q: %s", name, want, diags.Errors())
					}
				}
				continue
			}
			if diags.Errors() != "" {
				t.Errorf("%s: %s", name, diags.Errors())
			} else if id := acctest.Text(acctest.Attribute(got, "id")); id != test.id.String() {
				t.Errorf("%s: found %s", name, id)
			}
		}
	})
}

// TestAccLineOfCredit_disabled: a disabled line is found by its ID in any case, and by a search only where that is asked for.
func TestAccLineOfCredit_disabled(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		if err := w.Emulator.DisableLine(w.LineOfCreditID); err != nil {
			t.Fatal(err)
		}
		search := acctest.Config{"network": "mutinynet", "currency": "btc"}
		_, diags := p.ReadDataSource(t.Context(), "voltage_line_of_credit", search)
		if !strings.Contains(diags.Errors(), "was not found") || !strings.Contains(diags.Errors(), "include_disabled = true") {
			t.Errorf("a search without disabled lines: %q", diags.Errors())
		}
		search["include_disabled"] = true
		byID := acctest.Config{"id": w.LineOfCreditID.String()}
		for name, config := range map[string]acctest.Config{"search": search, "ID": byID, "ID, and only the list has the line": byID} {
			if strings.Contains(name, "only the list") {
				w.Emulator.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Times: -1, Effect: emulator.NotFound{}})
			}
			line, diags := p.ReadDataSource(t.Context(), "voltage_line_of_credit", config)
			w.Emulator.ClearFaults()
			if diags.Errors() != "" || acctest.Text(acctest.Attribute(line, "id")) != w.LineOfCreditID.String() ||
				acctest.Text(acctest.Attribute(line, "disabled_at")) == "" {
				t.Errorf("%s: %s %s", name, line, diags.Errors())
			}
		}
		_, diags = p.ReadDataSource(t.Context(), "voltage_line_of_credit", acctest.Config{
			"id":               w.LineOfCreditID.String(),
			"include_disabled": true,
		})
		if !strings.Contains(diags.Errors(), "[id,include_disabled]") {
			t.Errorf("id and include_disabled: %q", diags.Errors())
		}
		for include, want := range map[any]int{nil: 1, false: 1, true: 2} {
			lines, diags := p.ReadDataSource(t.Context(), "voltage_lines_of_credit", acctest.Config{
				"network":          "mutinynet",
				"include_disabled": include,
			})
			if got := len(acctest.Elements(acctest.Attribute(lines, "ids"))); diags.Errors() != "" || got != want {
				t.Errorf("include_disabled %v: %d lines, want %d: %s", include, got, want, diags.Errors())
			}
		}
	})
}

// TestAccLineOfCredit_allocation: what wallets take of a line shows, in sums that a float64 would round.
func TestAccLineOfCredit_allocation(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		wallet := &acctest.Instance{Type: "voltage_wallet"}
		config := acctest.Config{"name": "staging", "network": w.Network, "line_of_credit_id": w.LineOfCreditID.String(), "limit": 1000}
		expect := func(limit, allocated, available string) {
			t.Helper()
			got, diags := p.ReadDataSource(t.Context(), "voltage_line_of_credit", acctest.Config{"id": w.LineOfCreditID.String()})
			if diags.Errors() != "" {
				t.Fatal(diags.Errors())
			}
			for name, want := range map[string]string{"limit": limit, "allocated_limit": allocated, "available_limit": available} {
				if number := acctest.Number(acctest.Attribute(got, name)); number != want {
					t.Errorf("%s is %s, want %s", name, number, want)
				}
			}
		}
		expect("9007199254740993", "0", "9007199254740993")
		if diags := p.Apply(t.Context(), wallet, config); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		expect("9007199254740993", "1000", "9007199254739993")
		if diags := p.Destroy(t.Context(), wallet); diags.Errors() != "" {
			t.Fatal(diags.Errors())
		}
		expect("9007199254740993", "0", "9007199254740993")
	}, func(c *emulator.Config) {
		c.Organizations = emulator.DefaultWorld()
		c.Organizations[0].LinesOfCredit[0].Limit = 9007199254740993
	})
}

// TestAccLinesOfCredit_filters: the API is asked for what is wanted, with the names that its contract has.
func TestAccLinesOfCredit_filters(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t, acctest.Config{"api_key": nil, "bearer_token": emulator.UserToken})
		for name, test := range map[string]struct {
			config acctest.Config
			want   int
		}{
			"default environment": {nil, 4},
			"second environment":  {acctest.Config{"environment_id": emulator.SecondEnvironmentID.String()}, 1},
			"network":             {acctest.Config{"network": "mutinynet"}, 2},
			"currency":            {acctest.Config{"currency": "btc"}, 3},
			"both":                {acctest.Config{"network": "mutinynet", "currency": "usd"}, 1},
			"none":                {acctest.Config{"network": "mainnet", "currency": "usd"}, 0},
		} {
			got, diags := p.ReadDataSource(t.Context(), "voltage_lines_of_credit", test.config)
			if diags.Errors() != "" {
				t.Errorf("%s: %s", name, diags.Errors())
				continue
			}
			lines, ids := acctest.Elements(acctest.Attribute(got, "lines_of_credit")), acctest.Elements(acctest.Attribute(got, "ids"))
			if len(lines) != test.want || len(ids) != test.want {
				t.Errorf("%s: %d lines and %d ids, want %d", name, len(lines), len(ids), test.want)
			}
		}
		w.Emulator.ResetRequests()
		_, diags := p.ReadDataSource(t.Context(), "voltage_lines_of_credit", acctest.Config{"network": "testnet3", "include_disabled": true})
		p.Expect("testnet3", diags)
		query := url.Values{"network": {"testnet3"}, "environment_ids[]": {w.EnvironmentID.String()}, "include_disabled": {"true"}}
		if requests := w.Emulator.Requests(); len(requests) != 1 || requests[0].RawQuery != query.Encode() {
			t.Errorf("asked for %+v, want %s", requests, query.Encode())
		}
	})
}

// TestAccLineOfCredit_status is the table of what the API can say of collateral, and of a node behind the line.
func TestAccLineOfCredit_status(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		for status, want := range map[string][2]string{
			`,"status":{"secured":"partially_secured"},"infrastructure":{"type":"lnd_node","config":{"host":"node.example"}}`: {
				"partially_secured", "",
			},
			`,"status":{"verified":"pending_verification"},"infrastructure":null`: {"", "pending_verification"},
			`,"status":null`: {"", ""},
			``:               {"", ""},
		} {
			w.Emulator.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Effect: emulator.Answer{
				Status: 200, ContentType: "application/json", Body: fmt.Sprintf(
					`{"id":%q,"organization_id":%q,"environment_id":%q,"network":"testnet","limit":5,"allocated_limit":2,"currency":"btc"%s}`,
					w.LineOfCreditID, w.OrganizationID, w.EnvironmentID, status,
				),
			}})
			line, diags := p.ReadDataSource(t.Context(), "voltage_line_of_credit", acctest.Config{"id": w.LineOfCreditID.String()})
			p.Expect(status, diags)
			if got := [2]string{acctest.Text(acctest.Attribute(line, "secured")), acctest.Text(acctest.Attribute(line, "verified"))}; got != want {
				t.Errorf("%s: secured and verified are %q, want %q", status, got, want)
			}
			host := acctest.Text(acctest.Attribute(acctest.Attribute(line, "infrastructure"), "host"))
			if (host == "node.example") != strings.Contains(status, "lnd_node") {
				t.Errorf("%s: the node's host is %q", status, host)
			}
			if network := acctest.Text(acctest.Attribute(line, "network")); network != "testnet3" {
				t.Errorf("network %q", network)
			}
		}
	})
}
