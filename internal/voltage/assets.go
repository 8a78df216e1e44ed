package voltage

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/google/uuid"
)

// Asset is a Taproot asset that an organization can use. Source: schema SupportedAssets of the API's contract.
type Asset struct {
	ID             string `json:"asset"` // 66 hex characters
	Name           string `json:"name"`
	Network        string `json:"network"`         // in the spelling of reads; see [WalletNetwork]
	DecimalDisplay int64  `json:"decimal_display"` // number of decimals: 2 means that 100 base units are 1
}

// UnmarshalJSON implements [json.Unmarshaler]. An asset without its ID or its number of decimals is unreadable.
func (a *Asset) UnmarshalJSON(data []byte) error {
	type plain Asset
	answer := struct {
		*plain
		DecimalDisplay *int64 `json:"decimal_display"`
	}{plain: (*plain)(a)}
	if err := json.Unmarshal(data, &answer); err != nil {
		return err
	}
	if answer.DecimalDisplay != nil {
		a.DecimalDisplay = *answer.DecimalDisplay
	}
	return says("asset", fact{"asset", a.ID != ""}, fact{"decimal_display", answer.DecimalDisplay != nil})
}

// Currency returns the asset in the form that amounts use.
func (a Asset) Currency() string { return "asset:" + a.ID }

// ListAssets returns the assets that an organization can use on one of [WalletNetworks]. An empty network stands for all networks. With an
// *UnreadableItemsError, it returns the readable assets as well.
func (c *Client) ListAssets(ctx context.Context, organization uuid.UUID, network string) ([]Asset, error) {
	query := url.Values{}
	if network != "" {
		query.Set("network", readNetwork(network))
	}
	var answer struct {
		Assets list[Asset] `json:"assets"`
	}
	err := c.do(ctx, call{
		method: http.MethodGet, path: organizationPath(organization) + "/assets", query: query, out: &answer, repeat: true,
		check: func() error { return says("answer", fact{"list of assets", answer.Assets.present}) },
	})
	if err != nil {
		return nil, err
	}
	return answer.Assets.items, answer.Assets.err(c, "asset")
}
