package emulator

import "slices"

// Asset is a Taproot asset that an organization can use.
type Asset struct {
	ID             string // 66 hex characters
	Name           string
	Network        string // as wallet creation writes it
	DecimalDisplay int
}

func (e *Emulator) routeAssets() {
	e.route("get_all_organization_supported_assets", e.listAssets)
}

func (e *Emulator) listAssets(c *call) reply {
	network := c.request.URL.Query().Get("network")
	if network != "" && !slices.Contains([]string{"mainnet", "testnet", "signet", "mutinynet", "none"}, network) {
		return refuse(badRequest("invalid_parameter", "network is not one of mainnet, testnet, signet, mutinynet and none."))
	}
	assets := []map[string]any{}
	for _, a := range c.org.Assets {
		if network == "" || readNetwork(a.Network) == network {
			assets = append(assets, map[string]any{
				"asset": a.ID, "name": a.Name, "network": readNetwork(a.Network), "decimal_display": a.DecimalDisplay,
			})
		}
	}
	return found(map[string]any{"assets": assets})
}
