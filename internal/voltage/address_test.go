package voltage

import (
	"slices"
	"strings"
	"testing"
)

// TestParseAddress reads the examples of BIP 173 and BIP 350, and base58 addresses of every kind.
func TestParseAddress(t *testing.T) {
	t.Parallel()
	const mainnet, testnet, testnetOrRegtest, regtest = "mainnet", "testnet3 signet mutinynet", "testnet3 signet mutinynet regtest", "regtest"
	for text, want := range map[string]string{
		"BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4":                     mainnet,
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4":                     mainnet,
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0": mainnet,
		"tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7": testnet,
		"tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy": testnet,
		"tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c": testnet,
		"bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080":                   regtest,
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa":                             mainnet,
		"3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy":                             mainnet,
		"mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn":                             testnetOrRegtest,
		"2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc":                            testnetOrRegtest,
	} {
		got, err := ParseAddress(text)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%s: got %v and %v, want %s", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"":                                   "between 1 and 90",
		"bc1" + strings.Repeat("q", 5000):    "between 1 and 90",
		strings.Repeat("1", 91):              "between 1 and 90",
		"bc1":                                "not a Bitcoin address",
		"bc1gmk9yu":                          "nothing follows",
		"175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W": "checksum is wrong", // the examples of BIP 21 have this address
		"tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut": "addresses begin with",
		"ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9":                    "addresses begin with",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd": "its checksum does not match",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh":                     "its checksum does not match",
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5":                     "invalid checksum",
		"bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4": "invalid character",
		"tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq": "lowercase",
		"BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P":                           "16 bytes, not 20 or 32",
		"bc1pw5dgrnzv":                                                   "1 bytes, not 32",
		// This address belongs to an anchor output, which anybody can spend.
		"bc1pfeessrawgf":                       "2 bytes, not 32",
		"BC1SW50QGDZ25J":                       "witness version is 16",
		"bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs": "witness version is 2",
		"bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y": "40 bytes, not 32",
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb":                                         "checksum is wrong",
		"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ":                        "addresses begin with", // a private key
		"DDogepartyxxxxxxxxxxxxxxxxxxw1dfzr":                                         "addresses begin with", // of Dogecoin
		"1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa\n":                                       "addresses begin with",
		"bitcoin:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa":                                 "addresses begin with",
	} {
		if got, err := ParseAddress(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v and %v, want an error with %q", text, got, err, want)
		}
	}
	networks, _ := ParseAddress("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")
	networks[0] = "changed"
	if again, _ := ParseAddress("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"); !slices.Equal(again, []string{"mainnet"}) {
		t.Error("a caller has changed the networks of every address")
	}
}
