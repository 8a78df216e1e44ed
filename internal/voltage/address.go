package voltage

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/btcsuite/btcd/btcutil/base58"
	"github.com/btcsuite/btcd/btcutil/bech32"
)

// The networks that an address or an invoice can belong to, in the words of [WalletNetworks], beside signet and regtest, on which
// no wallet can be made. Mutinynet is a signet with its own blocks, so addresses and invoices cannot tell the two apart, and
// the addresses of testnet3 look the same as well.
var (
	onMainnet = []string{"mainnet"}
	onTestnet = []string{"testnet3", "signet", "mutinynet"}
	onRegtest = []string{"regtest"}
	onSignet  = []string{"signet", "mutinynet"}
)

// segwitNetworks are the networks of the human-readable parts of BIP 173, and of regtest's.
var segwitNetworks = map[string][]string{"bc": onMainnet, "tb": onTestnet, "bcrt": onRegtest}

// base58Networks are the networks of the version bytes of pay-to-public-key-hash and pay-to-script-hash addresses. Regtest has those
// of testnet3. Source: https://en.bitcoin.it/wiki/List_of_address_prefixes.
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
// Witness versions above 1 and programs of version 1 that are not a taproot key are errors, although BIP 350 allows them:
// they are not protected yet, so that anybody could take the money.
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

// checkSegwit checks what follows the human-readable part of a segwit address: checksum, version and length.
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
		return fmt.Errorf("its checksum is not the one of an address with witness version %d (bech32 for 0, bech32m above)", version)
	case version == 0 && len(program) != 20 && len(program) != 32:
		return fmt.Errorf("its witness program has %d bytes, not 20 or 32", len(program))
	case version == 1 && len(program) != 32:
		return fmt.Errorf("its taproot key has %d bytes, not 32", len(program))
	case version > 1:
		return fmt.Errorf("its witness version is %d, and only versions 0 and 1 are in use", version)
	}
	return nil
}

// Networks are the networks that the invoice can belong to, in the words of [ParseAddress]: an invoice of a signet can be
// one of mutinynet.
func (i *Invoice) Networks() []string {
	if i.Network == "signet" {
		return slices.Clone(onSignet)
	}
	return []string{i.Network}
}
