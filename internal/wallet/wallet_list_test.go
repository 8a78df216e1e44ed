package wallet_test

import (
	"fmt"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWalletList queries wallets: each by its identity, whole where that is wanted, and imported by it with an empty plan.
func TestAccWalletList(t *testing.T) {
	t.Parallel()
	several := func(t *testing.T, w *acctest.World) *acctest.Protocol {
		t.Helper()
		p := w.Protocol(t)
		for i := range 5 {
			config := attributes(w)
			config["name"], config["metadata"] = fmt.Sprintf("staging %d", i), acctest.Config{"team": []string{"a", "b"}[i%2]}
			mustApply(t, p, &acctest.Instance{Type: "voltage_wallet"}, config)
		}
		gone := &acctest.Instance{Type: "voltage_wallet"}
		mustApply(t, p, gone, attributes(w))
		p.Expect("the deletion", p.Destroy(t.Context(), gone))
		seed(t, w, emulator.Wallet{ID: uuid.New(), Name: "legacy", Network: "mainnet"})
		return p
	}

	for name, test := range map[string]struct {
		config acctest.Config
		limit  int64
		want   int
	}{
		"all":        {nil, 0, 6},
		"limited":    {nil, 2, 2},
		"by name":    {acctest.Config{"name_regex": "^staging [0-3]$"}, 0, 4},
		"by team":    {acctest.Config{"metadata": acctest.Config{"team": "b"}}, 0, 2},
		"by network": {acctest.Config{"network": "mainnet"}, 0, 1},
		"none":       {acctest.Config{"name_regex": "nothing"}, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := several(t, w)
				w.Emulator.ResetRequests()
				got, diags := p.Query(t.Context(), "voltage_wallet", test.config, true, test.limit)
				p.Expect("the query", diags)
				if len(got) != test.want || len(w.Emulator.Requests()) != 1 {
					t.Fatalf("%d wallets with %d requests, want %d", len(got), len(w.Emulator.Requests()), test.want)
				}
				for _, listed := range got {
					imported, diags := p.Import(t.Context(), "voltage_wallet", "", p.IdentityOf(t.Context(), listed.Instance))
					p.Expect("the import", diags)
					if !imported.State.Equal(listed.State) || listed.DisplayName != listed.String("name") {
						t.Errorf("listed %q as %s, and imported %s", listed.DisplayName, listed.State, imported.State)
					}
				}
			})
		})
	}
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := several(t, w)
		got, diags := p.Query(t.Context(), "voltage_wallet", nil, false, 0)
		if p.Expect("the query", diags); len(got) != 6 || !got[0].State.IsNull() {
			t.Errorf("resources come along unasked: %v", got)
		}
	})
}

// TestAccWalletList_errors: a query that fails is an error, and never a short list.
func TestAccWalletList_errors(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		p := w.Protocol(t)
		for name, test := range map[string]struct {
			effect emulator.Effect
			want   []string
		}{
			"500":      {emulator.Answer{Status: 500}, []string{"Wallets Not Read", w.OrganizationID.String(), "A higher max_retries"}},
			"cut body": {emulator.CutBody{}, []string{"Wallets Not Read", "cut short"}},
			"refused":  {emulator.Refuse{Status: 403, Type: "access_rights", Detail: "no"}, []string{"Wallets Not Read", "access_rights"}},
		} {
			w.Emulator.Inject(emulator.Fault{Operation: "get_all_organizations_wallets_as_user", Times: -1, Effect: test.effect})
			got, diags := p.Query(t.Context(), "voltage_wallet", nil, true, 0)
			if p.Expect(name, diags, test.want...); len(got) != 0 {
				t.Errorf("%s: %d wallets", name, len(got))
			}
			w.Emulator.ClearFaults()
		}
		_, diags := p.Query(t.Context(), "voltage_wallet", acctest.Config{"name_regex": "("}, true, 0)
		p.Expect("the expression", diags, "name_regex: Invalid Regular Expression")
		_, diags = w.Protocol(t, acctest.Config{"organization_id": nil}).Query(t.Context(), "voltage_wallet", nil, true, 0)
		p.Expect("no organization", diags, "organization_id: Missing Attribute")
	})
}
