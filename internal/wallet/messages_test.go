package wallet_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestAccWallet_messages: messages as a person reads them, whole. They name the object by what is known of it, and leave no empty place.
func TestAccWallet_messages(t *testing.T) {
	t.Parallel()
	w := acctest.Emulated(t)
	other := uuid.New()
	readOnly := acctest.Config{"api_key": emulator.StagingReadOnlyKey}
	config := func(change acctest.Config) acctest.Config {
		config := attributes(w)
		maps.Copy(config, change)
		return config
	}
	plan := func(change acctest.Config) func() acctest.Diagnostics {
		return func() acctest.Diagnostics {
			return w.Protocol(t).Plan(t.Context(), &acctest.Instance{Type: "voltage_wallet"}, config(change)).Diagnostics
		}
	}
	apply := func(change, provider acctest.Config) func() acctest.Diagnostics {
		return func() acctest.Diagnostics {
			return w.Protocol(t, provider).Apply(t.Context(), &acctest.Instance{Type: "voltage_wallet"}, config(change))
		}
	}
	read := func(kind string, config acctest.Config) func() acctest.Diagnostics {
		return func() acctest.Diagnostics {
			_, diags := w.Protocol(t).ReadDataSource(t.Context(), kind, config)
			return diags
		}
	}
	const keyOf = "A key works in one environment of one organization. Check that organization_id and environment_id are those of the key. " +
		"If they are, the key lacks a permission. This request needs a key with "
	const refused = ": 403 access_rights: The key lacks the permission for this on this organization or environment.\n\n"
	const changeKey = ". Change the permissions of the key in the Voltage dashboard, or use another key."
	replace := strings.NewReplacer("ORGANIZATION", w.OrganizationID.String(), "ENVIRONMENT", w.EnvironmentID.String(),
		"SECOND", emulator.SecondEnvironmentID.String(), "LINE", w.LineOfCreditID.String(), "OTHER", other.String())
	for name, test := range map[string]struct {
		say  func() acctest.Diagnostics
		want string
	}{
		"a new wallet without a line of credit": {
			plan(acctest.Config{"line_of_credit_id": nil}),
			`line_of_credit_id: Missing Attribute: Wallet "staging": line_of_credit_id is required for a new wallet. Only an imported wallet ` +
				"without a line of credit can leave it out.\n\nSet line_of_credit_id.",
		},
		"a name that is not known yet": {
			plan(acctest.Config{"line_of_credit_id": nil, "name": acctest.Unknown{}}),
			"line_of_credit_id: Missing Attribute: The new wallet: line_of_credit_id is required for a new wallet. Only an imported wallet " +
				"without a line of credit can leave it out.\n\nSet line_of_credit_id.",
		},
		"another organization": {
			read("voltage_wallet", acctest.Config{"id": other.String(), "organization_id": other.String()}),
			": Wallet Not Read: Wallet OTHER (organization OTHER): GET /organizations/OTHER/wallets/OTHER" + refused + keyOf +
				"the permission READ" + changeKey,
		},
		"another environment": {
			read("voltage_wallets", acctest.Config{"environment_id": emulator.SecondEnvironmentID.String()}),
			": Wallets Not Read: The wallets of environment SECOND (organization ORGANIZATION): GET /organizations/ORGANIZATION/wallets" + refused +
				keyOf + "the permission READ" + changeKey,
		},
		"no such name": {
			read("voltage_wallet", acctest.Config{"name": "orders"}),
			`name: Wallet Not Read: Wallet "orders" (environment ENVIRONMENT, organization ORGANIZATION): no active wallet has this name ` +
				"there.\n\nCheck name and environment_id. The name is case-sensitive. The data source voltage_wallets lists the wallets that exist.",
		},
		"a key that cannot write": {
			apply(acctest.Config{"id": other.String()}, readOnly),
			`: Wallet Not Created: Wallet "staging" (ID OTHER, organization ORGANIZATION): POST /organizations/ORGANIZATION/wallets` + refused +
				keyOf +
				"the permissions READ and WRITE; an older key may need BILLING, too" + changeKey,
		},
		"a limit above the line's": {
			plan(acctest.Config{"limit": 100_000_001_000}),
			`limit: Limit Exceeds Line of Credit: Wallet "staging": limit is 100,000,001 sats (100000001000 msats), but line of credit LINE ` +
				"has only 100,000,000 sats (100000000000 msats) left. Its limit is 100,000,000 sats (100000000000 msats), and other wallets use " +
				"0 sats (0 msats) of it. The API refuses a wallet with a limit above 100,000,000 sats (100000000000 msats).\n\n" +
				"Lower limit, delete other wallets on the line of credit, or ask Voltage to raise its limit. " +
				"Another wallet that this plan deletes can free enough, if Terraform deletes it first.",
		},
	} {
		diags := test.say()
		if got, want := diags.Errors()+diags.Warnings(), replace.Replace(test.want); got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
	}
}
