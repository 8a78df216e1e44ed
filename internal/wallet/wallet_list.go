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
		Description: "The active wallets of an environment or organization, narrowed by the arguments, for `terraform query` to find and to " +
			"import. All of them must match.",
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
