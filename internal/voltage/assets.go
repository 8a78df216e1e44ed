package voltage

import (
	"context"
	"errors"
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

// Currency is the asset in the form that amounts have it.
func (a Asset) Currency() string { return "asset:" + a.ID }

// ListAssets returns the assets that an organization can use, on one of [WalletNetworks] or, with an empty one, on all.
func (c *Client) ListAssets(ctx context.Context, organization uuid.UUID, network string) ([]Asset, error) {
	query := url.Values{}
	if network != "" {
		query.Set("network", readNetwork(network))
	}
	var answer struct {
		Assets []Asset `json:"assets"`
	}
	call := call{
		method: http.MethodGet, path: "/organizations/" + organization.String() + "/assets", query: query, out: &answer, repeat: true,
	}
	if err := c.do(ctx, call); err != nil {
		return nil, err
	}
	if answer.Assets == nil {
		return nil, c.failure(call, errors.New("the answer has no list of assets"))
	}
	return answer.Assets, nil
}
