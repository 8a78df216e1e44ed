package voltage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/btcutil/base58"
	"github.com/btcsuite/btcd/btcutil/bech32"
)

// These are the networks that an address or an invoice can belong to. The names are those of [WalletNetworks], and signet and regtest, on
// which no wallet can be made. Mutinynet is a signet with its own blocks, so addresses and invoices of the two look the same. The addresses
// of testnet3 also look the same.
var (
	onMainnet = []string{"mainnet"}
	onTestnet = []string{"testnet3", "signet", "mutinynet"}
	onRegtest = []string{"regtest"}
	onSignet  = []string{"signet", "mutinynet"}
)

// segwitNetworks maps the human-readable part of an address (BIP 173, and bcrt for regtest) to networks.
var segwitNetworks = map[string][]string{"bc": onMainnet, "tb": onTestnet, "bcrt": onRegtest}

// base58Networks maps the version byte of a pay-to-public-key-hash or pay-to-script-hash address to networks. Regtest and testnet3 use the
// same bytes. Source: https://en.bitcoin.it/wiki/List_of_address_prefixes.
var base58Networks = map[byte][]string{
	0x00: onMainnet, 0x05: onMainnet,
	0x6f: slices.Concat(onTestnet, onRegtest), 0xc4: slices.Concat(onTestnet, onRegtest),
}

// maxAddress is the length of the longest segwit address, in characters (BIP 173).
const maxAddress = 90

// ParseAddress checks a Bitcoin address with its checksum, and returns the networks that it can belong to: mainnet, testnet3,
// signet, mutinynet or regtest. It takes base58 (BIP 13), segwit (BIP 173) and taproot (BIP 350) addresses, the last two also in
// upper case. To compare with a wallet's network, pass that through [WalletNetwork].
//
// Witness versions above 1, and programs of version 1 that are not a taproot key, are errors. BIP 350 allows them, but no rule protects
// them yet, so anybody could take the money.
func ParseAddress(text string) (networks []string, err error) {
	_, networks, err = parseAddress(text)
	return networks, err
}

// parseAddress also returns the address in its canonical form, which is lower case for a segwit address.
func parseAddress(text string) (address string, networks []string, err error) {
	if text == "" || len(text) > maxAddress {
		return "", nil, fmt.Errorf("a Bitcoin address has between 1 and %d characters, not %d", maxAddress, len(text))
	}
	lower := strings.ToLower(text)
	hrp, _, found := strings.Cut(lower, "1")
	if networks, ok := segwitNetworks[hrp]; ok && found {
		if err := checkSegwit(text); err != nil {
			return "", nil, err
		}
		return lower, slices.Clone(networks), nil
	}
	payload, version, err := base58.CheckDecode(text)
	switch networks, ok := base58Networks[version]; {
	case errors.Is(err, base58.ErrChecksum):
		return "", nil, errors.New("it is not a Bitcoin address: its checksum is wrong")
	case err != nil || !ok || len(payload) != 20:
		return "", nil, errors.New("it is not a Bitcoin address: addresses begin with bc1, tb1, bcrt1, 1, 3, m, n or 2")
	default:
		return text, slices.Clone(networks), nil
	}
}

// checkSegwit checks the checksum, the witness version and the length of a segwit address.
func checkSegwit(text string) error {
	_, data, encoding, err := bech32.DecodeGeneric(text)
	if err != nil {
		return fmt.Errorf("it is not a Bitcoin address: %w", err)
	}
	if len(data) == 0 {
		return errors.New("it is not a Bitcoin address: nothing follows its prefix")
	}
	program, err := bech32.ConvertBits(data[1:], 5, 8, false)
	if err != nil {
		return fmt.Errorf("it is not a Bitcoin address: %w", err)
	}
	switch version := data[0]; {
	case version == 0 && encoding != bech32.Version0, version != 0 && encoding != bech32.VersionM:
		return fmt.Errorf("its checksum does not match its witness version %d (version 0 needs bech32, later versions need bech32m)", version)
	case version == 0 && len(program) != 20 && len(program) != 32:
		return fmt.Errorf("its witness program has %d bytes, not 20 or 32", len(program))
	case version == 1 && len(program) != 32:
		return fmt.Errorf("its taproot key has %d bytes, not 32", len(program))
	case version > 1:
		return fmt.Errorf("its witness version is %d, and only versions 0 and 1 are in use", version)
	}
	return nil
}

// Networks returns the networks that the invoice can belong to, with the names of [ParseAddress]. An invoice of a signet can belong to
// mutinynet.
func (i *Invoice) Networks() []string {
	if i.Network == "signet" {
		return slices.Clone(onSignet)
	}
	return []string{i.Network}
}
