package world

import (
	"slices"

	"github.com/google/uuid"
)

// Asset is a Taproot asset that an organization can use.
type Asset struct {
	ID             string // 66 hex characters
	Name           string
	Network        string // as wallet creation writes it
	DecimalDisplay int
}

// Assets returns the assets of an organization on a network as reads write it, or on every network where that is empty.
func (w *World) Assets(organization uuid.UUID, network string) []Asset {
	return slices.DeleteFunc(slices.Clone(w.organization(organization).Assets), func(asset Asset) bool {
		return network != "" && ShownNetwork(asset.Network) != network
	})
}

// ShownNetwork is a network as reads write it.
func ShownNetwork(network string) string {
	if network == "testnet3" {
		return "testnet"
	}
	return network
}
