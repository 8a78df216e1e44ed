package voltage

import "slices"

// testNetworks are the networks whose coins are worth nothing, as requests and answers spell them (schemas Network and SupportedNetwork of
// the API's contract), and further networks of invoices and addresses.
var testNetworks = []string{"mutinynet", "regtest", "signet", "testnet", "testnet3", "testnet4"}

// IsTestNetwork reports whether money on a network is known to be worth nothing. The caller must treat every other network as real money,
// including an empty, unknown or differently spelled name.
func IsTestNetwork(network string) bool { return slices.Contains(testNetworks, network) }
