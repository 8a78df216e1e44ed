package wallet_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWallet_oddOnes: a wallet of somebody else that cannot be read takes no other wallet with it, and is named wherever it may be
// meant.
func TestAccWallet_oddOnes(t *testing.T) {
	t.Parallel()
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		odd, other := uuid.New(), uuid.New()
		wallet := func(id uuid.UUID, name, limit string) string {
			return fmt.Sprintf(
				`{"id":%q,"organization_id":%q,"environment_id":%q,"name":%q,"network":"mutinynet","active":true,"limit":%s,"line_of_credit_id":null,
			"balances":[],"holds":[],"metadata":{"team":"a"},"created_at":"2026-09-01T10:00:00Z","updated_at":"2026-09-01T10:00:00Z"}`,
				id, w.OrganizationID, w.EnvironmentID, name, limit,
			)
		}
		w.Emulator.Inject(emulator.Fault{Operation: "get_all_organizations_wallets_as_user", Times: -1, Effect: emulator.Answer{
			Status:      200,
			ContentType: "application/json",
			Body:        "[" + wallet(odd, "odd", "18446744073709551615") + "," + wallet(other, "shop", "null") + "]",
		}})
		w.Emulator.Inject(emulator.Fault{Operation: "get_wallet", Times: -1, Effect: emulator.Answer{
			Status: 200, ContentType: "application/json", Body: wallet(odd, "odd", "18446744073709551615"),
		}})
		p := w.Protocol(t)
		for name, test := range map[string]struct {
			kind    string
			config  acctest.Config
			readErr bool
		}{
			"another name":               {"voltage_wallet", acctest.Config{"name": "shop"}, false},
			"its name":                   {"voltage_wallet", acctest.Config{"name": "odd"}, true},
			"its ID":                     {"voltage_wallet", acctest.Config{"id": odd.String()}, true},
			"all":                        {"voltage_wallets", nil, true},
			"names that leave it out":    {"voltage_wallets", acctest.Config{"name_regex": "^shop"}, false},
			"names that do not":          {"voltage_wallets", acctest.Config{"name_regex": "^(shop|od)"}, true},
			"a network that it is on":    {"voltage_wallets", acctest.Config{"network": "mutinynet"}, true},
			"a network that it is not":   {"voltage_wallets", acctest.Config{"network": "mainnet"}, false},
			"metadata that it has":       {"voltage_wallets", acctest.Config{"metadata": acctest.Config{"team": "a"}}, true},
			"metadata that it does not":  {"voltage_wallets", acctest.Config{"metadata": acctest.Config{"team": "b"}}, false},
			"inactive ones, other names": {"voltage_wallets", acctest.Config{"include_inactive": true, "name_regex": "^shop"}, false},
		} {
			_, diags := p.ReadDataSource(t.Context(), test.kind, test.config)
			if !test.readErr {
				p.Expect(name, diags)
				continue
			}
			p.Expect(name, diags, odd.String(), "number 18446744073709551615 cannot be read as its limit", "\n\n")
			if strings.Contains(diags.Errors(), other.String()) {
				t.Errorf("%s: names another wallet: %s", name, diags.Errors())
			}
		}
		if _, diags := p.Query(t.Context(), "voltage_wallet", nil, false, 0); !strings.Contains(diags.Errors(), odd.String()) {
			t.Errorf("the query: %s", diags.Errors())
		}
		got, diags := p.Query(t.Context(), "voltage_wallet", acctest.Config{"name_regex": "shop"}, false, 0)
		if p.Expect("the query of others", diags); len(got) != 1 {
			t.Errorf("%d wallets", len(got))
		}
	})
}
