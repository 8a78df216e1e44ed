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
	Network        string `json:"network"`         // as reads write it; see [WalletNetwork]
	DecimalDisplay int64  `json:"decimal_display"` // how many of the base units' digits come after the point
}

// UnmarshalJSON implements [json.Unmarshaler]. An asset that does not say which one it is, or in what it counts, is unreadable.
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

// Currency is the asset in the form that amounts have it.
func (a Asset) Currency() string { return "asset:" + a.ID }

// ListAssets returns the assets that an organization can use, on one of [WalletNetworks] or, with an empty one, on all. An
// *UnreadableItemsError comes with the assets that can be read.
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
