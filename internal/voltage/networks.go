package voltage

import "slices"

// testNetworks are the networks whose coins are worth nothing, as requests and answers spell them (schemas Network and SupportedNetwork
// of the API's contract), and those that an invoice or an address can be of beside them.
var testNetworks = []string{"mutinynet", "regtest", "signet", "testnet", "testnet3", "testnet4"}

// IsTestNetwork reports whether money on a network is known to be worth nothing. Every other network, also one that is
// spelled differently, has no name, or is not known here, has to be taken for real money.
func IsTestNetwork(network string) bool { return slices.Contains(testNetworks, network) }
