package wallet

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewListResource makes the list resource voltage_wallet.
func NewListResource() list.ListResource {
	return &tfkit.ListResource[walletFilter, voltage.Wallet]{
		Lists:   NewResource(),
		Objects: "wallets",
		Description: "Lists the active wallets of an environment or organization for `terraform query`, which can import them. A wallet is " +
			"listed if it matches all arguments.",
		Arguments: filterAttributes(),
		NotRead:   walletsNotRead,
		Read: func(ctx context.Context, scope tfkit.Scope, filter walletFilter) ([]voltage.Wallet, error) {
			return filter.list(ctx, scope, false)
		},
		Show: func(ctx context.Context, wallet *voltage.Wallet) (string, tfkit.Model, diag.Diagnostics) {
			model := &walletModel{Timeouts: tfkit.NoTimeouts()}
			diags := model.read(ctx, wallet)
			return wallet.Name, model, diags
		},
	}
}
