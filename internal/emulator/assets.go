package emulator

import (
	"slices"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routeAssets() {
	e.route("get_all_organization_supported_assets", e.listAssets)
}

func (e *Emulator) listAssets(c *call) reply {
	network := c.request.URL.Query().Get("network")
	if network != "" && !slices.Contains([]string{"mainnet", "testnet", "signet", "mutinynet", "none"}, network) {
		return refuse(badRequest("invalid_parameter", "network is not one of mainnet, testnet, signet, mutinynet and none."))
	}
	return found(map[string]any{"assets": each(e.world.Assets(c.Organization, network), assetJSON)})
}

// assetJSON writes an asset in the form of the contract's schema SupportedAssets.
func assetJSON(asset Asset) map[string]any {
	return map[string]any{
		"asset": asset.ID, "name": asset.Name, "network": world.ShownNetwork(asset.Network), "decimal_display": asset.DecimalDisplay,
	}
}
