package voltage

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"math/big"
	"regexp"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/btcsuite/btcd/btcutil/bech32"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// Invoice is a parsed BOLT 11 invoice. Source: BOLT 11, "Payment Encoding"
// (https://github.com/lightning/bolts/blob/master/11-payment-encoding.md).
type Invoice struct {
	// Network is mainnet, testnet3, signet (mutinynet is one) or regtest.
	Network string
	// AmountMsats is nil for an invoice of any amount.
	AmountMsats *int64
	CreatedAt   time.Time
	// Expiry is the number of seconds during which the invoice can be paid.
	Expiry int64
	// Description is nil if the invoice has a hash of the description instead. The hash is 64 hex characters.
	Description     *string
	DescriptionHash string
	// PaymentHash and Payee (the node's public key) are hex.
	PaymentHash string
	Payee       string
}

// The parts of an invoice, in groups of five bits.
const (
	timestampGroups = 7
	signatureGroups = 104
	hashGroups      = 52
	keyGroups       = 53
	numberGroups    = 13 // lnd reads longer fields not as numbers
)

// Features that depend on each other (BOLT 9), by their even bits.
const (
	paymentSecret = 14
	basicMPP      = 16
)

// maxInvoice is the length of the longest invoice that lnd reads, in characters: the capacity of a QR code.
const maxInvoice = 7089

var (
	invoicePrefix = regexp.MustCompile(`^ln(bcrt|bc|tbs|tb)(?:([0-9]+)([a-z]?))?$`)

	invoiceNetworks = map[string]string{"bc": "mainnet", "tb": "testnet3", "tbs": "signet", "bcrt": "regtest"}

	// perMultiplier is the value of each multiplier in tenths of a millisatoshi.
	perMultiplier = map[string]int64{"": 1_000_000_000_000, "m": 1_000_000_000, "u": 1_000_000, "n": 1_000, "p": 1}

	// knownFeatures are the even (required) feature bits that a payer may meet: var_onion_optin, payment_secret, basic_mpp,
	// option_route_blinding, option_attribution_data, option_payment_metadata (BOLT 9).
	knownFeatures = []int{8, paymentSecret, basicMPP, 24, 36, 48}
)

// ParseInvoice reads a BOLT 11 invoice, checks its checksum and its signature, and refuses what a payer must not pay. If a field occurs
// twice, the first one counts. ParseInvoice is as strict as lnd is when it pays (zpay32), and also refuses an amount of 0 and a description
// that is not UTF-8. Text with the prefix lightning: is an error of its own; see [StripLightning].
func ParseInvoice(text string) (*Invoice, error) {
	switch {
	case StripLightning(text) != text:
		return nil, errors.New("it begins with lightning:, which is not part of an invoice")
	case len(text) > maxInvoice:
		return nil, fmt.Errorf("it has %d characters, and no invoice has more than %d", len(text), maxInvoice)
	}
	hrp, data, version, err := bech32.DecodeNoLimitWithVersion(text)
	if err != nil {
		return nil, fmt.Errorf("it is not bech32: %w", err)
	}
	prefix := invoicePrefix.FindStringSubmatch(hrp)
	switch {
	case version != bech32.Version0:
		return nil, errors.New("its checksum is bech32m's, not bech32's")
	case prefix == nil:
		return nil, fmt.Errorf("%q is not how an invoice begins: lnbc, lntb, lntbs or lnbcrt, and an amount", hrp)
	case len(data) < timestampGroups+signatureGroups:
		return nil, errors.New("it is too short")
	}
	invoice := &Invoice{Network: invoiceNetworks[prefix[1]], Expiry: 3600}
	if prefix[2] != "" {
		if invoice.AmountMsats, err = invoiceAmount(prefix[2], prefix[3]); err != nil {
			return nil, err
		}
	}
	signed, signature := data[:len(data)-signatureGroups], data[len(data)-signatureGroups:]
	invoice.CreatedAt = time.Unix(int64(groupsToNumber(signed[:timestampGroups])), 0).UTC() //nolint:gosec // 35 bits
	payee, err := invoice.readFields(signed[timestampGroups:])
	if err != nil {
		return nil, err
	}
	if invoice.Payee, err = invoiceSigner(hrp, signed, signature, payee); err != nil {
		return nil, err
	}
	return invoice, nil
}

// invoiceAmount reads an amount with its multiplier, into millisatoshis.
func invoiceAmount(digits, multiplier string) (*int64, error) {
	factor, ok := perMultiplier[multiplier]
	if !ok {
		return nil, fmt.Errorf("%q is not a multiplier of an amount: m, u, n or p", multiplier)
	}
	number, _ := new(big.Int).SetString(digits, 10) // digits, by the pattern
	msats, tenths := number.Mul(number, big.NewInt(factor)).QuoRem(number, big.NewInt(10), new(big.Int))
	switch {
	case tenths.Sign() != 0:
		return nil, errors.New("its amount is finer than a millisatoshi")
	case !msats.IsInt64():
		return nil, errors.New("its amount is more than all bitcoin that can exist")
	case msats.Sign() == 0:
		return nil, errors.New("its amount is 0; leave the amount out if the payer decides it")
	}
	result := msats.Int64()
	return &result, nil
}

// readFields reads the tagged fields, and returns the payee's key if there is one among them. It skips a field with an unknown tag or with
// a length that does not fit its tag, as BOLT 11 asks. If a tag occurs several times, the first field counts, since a writer puts the
// preferred field first (BOLT 11). As in lnd, the others are not read at all.
func (i *Invoice) readFields(fields []byte) (payee []byte, err error) {
	const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	seen := map[byte]bool{}
	for len(fields) > 0 {
		if len(fields) < 3 {
			return nil, errors.New("its last field is cut off")
		}
		tag, length := alphabet[fields[0]], int(fields[1])<<5|int(fields[2])
		if len(fields) < 3+length {
			return nil, errors.New("its last field is cut off")
		}
		content := fields[3 : 3+length]
		fields = fields[3+length:]
		if wanted, ok := fieldGroups[tag]; seen[tag] || ok && length != wanted {
			continue
		}
		seen[tag] = true
		switch tag {
		case 'p', 's', 'h', 'n', 'd':
			whole, err := bech32.ConvertBits(content, 5, 8, false) // fails on padding that is not zero
			if err != nil {
				return nil, fmt.Errorf("its field %c is not whole bytes: %w", tag, err)
			}
			switch tag {
			case 'p':
				i.PaymentHash = hex.EncodeToString(whole)
			case 'h':
				i.DescriptionHash = hex.EncodeToString(whole)
			case 'n':
				payee = whole
			case 'd':
				description := string(whole)
				if !utf8.ValidString(description) {
					return nil, errors.New("its description is not UTF-8")
				}
				i.Description = &description
			}
		case 'x', 'c':
			if length > numberGroups || length == numberGroups && content[0] >= 8 { // more than 63 bits
				return nil, fmt.Errorf("its field %c is a number of more than 63 bits", tag)
			}
			if tag == 'x' {
				i.Expiry = int64(groupsToNumber(content)) //nolint:gosec // 63 bits
			}
		case '9':
			if err := checkFeatures(content); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case !seen['p']:
		return nil, errors.New("it has no payment hash")
	case !seen['s']:
		return nil, errors.New("it has no payment secret")
	case !seen['d'] && !seen['h']:
		return nil, errors.New("it has neither a description nor the hash of one")
	case seen['d'] && seen['h']:
		return nil, errors.New("it has both a description and the hash of one")
	}
	return payee, nil
}

// fieldGroups are the lengths of the fields with a fixed length.
var fieldGroups = map[byte]int{'p': hashGroups, 's': hashGroups, 'h': hashGroups, 'n': keyGroups}

// checkFeatures refuses a required feature that is not known, and a feature without the feature that it depends on.
func checkFeatures(content []byte) error {
	offered := map[int]bool{} // by the even bit; the odd bit above it makes the feature optional
	for i, group := range content {
		for bit := range 5 {
			if group>>bit&1 == 0 {
				continue
			}
			feature := (len(content)-1-i)*5 + bit
			if feature%2 == 0 && !slices.Contains(knownFeatures, feature) {
				return fmt.Errorf("it requires feature %d, which is not known", feature)
			}
			offered[feature&^1] = true
		}
	}
	if offered[basicMPP] && !offered[paymentSecret] {
		return errors.New("it offers payment in parts (feature 16 or 17), which needs a payment secret (feature 14 or 15), and has none")
	}
	return nil
}

// invoiceSigner checks the signature and returns the signer's key: the key of the payee that the invoice names, or the key that the
// signature recovers.
func invoiceSigner(hrp string, signed, signatureData, payee []byte) (string, error) {
	padded, err := bech32.ConvertBits(signed, 5, 8, true)
	if err != nil {
		return "", fmt.Errorf("it cannot be checked: %w", err)
	}
	digest := sha256.Sum256(append([]byte(hrp), padded...))
	signature := groupsToBytes(signatureData)
	if payee == nil {
		if signature[64] > 3 {
			return "", errors.New("its signature is malformed")
		}
		compact := append([]byte{27 + 4 + signature[64]}, signature[:64]...)
		key, _, err := ecdsa.RecoverCompact(compact, digest[:])
		if err != nil {
			return "", fmt.Errorf("no public key can be recovered from its signature: %w", err)
		}
		return hex.EncodeToString(key.SerializeCompressed()), nil
	}
	key, err := secp256k1.ParsePubKey(payee)
	if err != nil {
		return "", fmt.Errorf("its payee is not a public key: %w", err)
	}
	var r, s secp256k1.ModNScalar
	if r.SetByteSlice(signature[:32]) || s.SetByteSlice(signature[32:64]) || s.IsOverHalfOrder() {
		return "", errors.New("its signature does not have the form that an invoice with a payee needs")
	}
	if !ecdsa.NewSignature(&r, &s).Verify(digest[:], key) {
		return "", errors.New("its signature is not the payee's")
	}
	return hex.EncodeToString(bytes.Clone(payee)), nil
}

// groupsToBytes drops the bits that pad the last group.
func groupsToBytes(groups []byte) []byte {
	content, _ := bech32.ConvertBits(groups, 5, 8, true) // fails on values above 31, which the decoder never returns
	return content[:len(groups)*5/8]
}

func groupsToNumber(groups []byte) uint64 {
	var number uint64
	for _, group := range groups {
		number = number<<5 | uint64(group)
	}
	return number
}

// maxExpiry is the longest expiry, in seconds, that ends in a year of four digits.
const maxExpiry = 250_000_000_000

// ExpiresAt returns the time after which the invoice can no longer be paid. It returns false if that time is too far in the future for a
// date.
func (i *Invoice) ExpiresAt() (time.Time, bool) {
	if i.Expiry > maxExpiry {
		return time.Time{}, false
	}
	return time.Unix(i.CreatedAt.Unix()+i.Expiry, 0).UTC(), true
}
