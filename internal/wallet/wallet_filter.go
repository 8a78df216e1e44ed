package wallet

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/mapvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// walletFilter has the arguments that select wallets. A null field matches every wallet.
type walletFilter struct {
	tfkit.ListArguments

	Network   types.String `tfsdk:"network"`
	NameRegex types.String `tfsdk:"name_regex"`
	Metadata  types.Map    `tfsdk:"metadata"`
}

// filterAttributes are the attributes of walletFilter.
func filterAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"organization_id": tfkit.OrganizationArgument(),
		"environment_id":  tfkit.ListedEnvironmentArgument("wallets"),
		"network":         tfkit.NetworkFilter("wallets"),
		"name_regex":      tfkit.NameRegexFilter("wallets"),
		"metadata":        tfkit.MetadataFilter("wallets", mapvalidator.NoNullValues()),
	}
}

// list returns the wallets that match. It includes inactive and deleted wallets only if inactive is true.
func (f walletFilter) list(ctx context.Context, scope tfkit.Scope, inactive bool) ([]voltage.Wallet, error) {
	wallets, err := scope.Client.ListWallets(ctx, scope.Organization, voltage.WalletFilter{
		EnvironmentID: scope.Environment,
		Inactive:      inactive,
	})
	err = voltage.WithoutItems(err, func(item *voltage.UnreadableItem) bool { return f.excludes(ctx, item, inactive) })
	if err != nil {
		return nil, err
	}
	matches := f.matcher(ctx)
	return slices.DeleteFunc(wallets, func(w voltage.Wallet) bool { return !matches(&w) || !w.Active && !inactive }), nil
}

// matcher returns a function for the filters that the API does not support.
func (f walletFilter) matcher(ctx context.Context) func(*voltage.Wallet) bool {
	named, wanted := tfkit.NameMatcher(f.NameRegex), map[string]string{}
	if !f.Metadata.IsNull() {
		f.Metadata.ElementsAs(ctx, &wanted, false)
	}
	return func(wallet *voltage.Wallet) bool {
		for key, value := range wanted {
			if got, ok := wallet.Metadata[voltage.NormalText(key)]; !ok || got != voltage.NormalText(value) {
				return false
			}
		}
		return (f.Network.IsNull() || voltage.WalletNetwork(wallet.Network) == f.Network.ValueString()) && named(wallet.Name)
	}
}

// excludes is the counterpart of matcher for unreadable wallets: it reports whether the readable fields show that the filter does not
// match. Any other unreadable wallet must cause an error.
func (f walletFilter) excludes(ctx context.Context, item *voltage.UnreadableItem, inactive bool) bool {
	wallet := voltage.Wallet{Active: true}
	if !item.Read("network", &wallet.Network) {
		f.Network = types.StringNull()
	}
	if !item.Read("name", &wallet.Name) {
		f.NameRegex = types.StringNull()
	}
	wallet.Name = voltage.NormalText(wallet.Name)
	if !item.Read("metadata", &wallet.Metadata) {
		f.Metadata = types.MapNull(types.StringType)
	}
	if !item.Read("active", &wallet.Active) {
		wallet.Active = true
	}
	return !f.matcher(ctx)(&wallet) || !wallet.Active && !inactive
}

func walletID(wallet *voltage.Wallet) uuid.UUID { return wallet.ID }
