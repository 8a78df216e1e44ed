package voltage

import "testing"

// TestIsTestNetwork: only the exact names of test networks count. On every other network the money may be real.
func TestIsTestNetwork(t *testing.T) {
	t.Parallel()
	for _, network := range []string{"testnet", "testnet3", "testnet4", "mutinynet", "signet", "regtest"} {
		if !IsTestNetwork(network) {
			t.Errorf("%q is taken for real money", network)
		}
	}
	for _, network := range []string{
		"mainnet", "Mainnet", "MAINNET", "bitcoin", "main", "liquid", "none", "", " ", "testnet ", "Testnet", "mutinynet2",
		"signet\u200b", "unknown",
	} {
		if IsTestNetwork(network) {
			t.Errorf("%q is taken for a test network", network)
		}
	}
}
