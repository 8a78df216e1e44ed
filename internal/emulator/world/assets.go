package world

import (
	"slices"

	"github.com/google/uuid"
)

// Asset is a Taproot asset that an organization can use.
type Asset struct {
	ID             string // 66 hex characters
	Name           string
	Network        string // in the spelling of requests for wallets
	DecimalDisplay int
}

// Assets returns the assets of an organization on a network in the spelling of reads. An empty network stands for every network.
func (w *World) Assets(organization uuid.UUID, network string) []Asset {
	return slices.DeleteFunc(slices.Clone(w.organization(organization).Assets), func(asset Asset) bool {
		return network != "" && ShownNetwork(asset.Network) != network
	})
}

// ShownNetwork returns a network in the spelling of reads.
func ShownNetwork(network string) string {
	if network == "testnet3" {
		return "testnet"
	}
	return network
}
