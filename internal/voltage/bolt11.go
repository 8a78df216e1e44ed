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

// Invoice is what a BOLT 11 invoice says. Source: BOLT 11, "Payment Encoding"
// (https://github.com/lightning/bolts/blob/master/11-payment-encoding.md).
type Invoice struct {
	// Network is mainnet, testnet3, signet (mutinynet is one) or regtest.
	Network string
	// AmountMsats is nil for an invoice of any amount.
	AmountMsats *int64
	CreatedAt   time.Time
	// Expiry is for how many seconds the invoice can be paid.
	Expiry int64
	// Description is nil where the invoice has a hash of it instead, which is 64 hex characters.
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
)

var (
	invoicePrefix = regexp.MustCompile(`^ln(bcrt|bc|tbs|tb)(?:([0-9]+)([a-z]?))?$`)

	invoiceNetworks = map[string]string{"bc": "mainnet", "tb": "testnet3", "tbs": "signet", "bcrt": "regtest"}

	// perMultiplier is how many tenths of a millisatoshi a multiplier stands for.
	perMultiplier = map[string]int64{"": 1_000_000_000_000, "m": 1_000_000_000, "u": 1_000_000, "n": 1_000, "p": 1}

	// knownFeatures are the even (required) feature bits that a payer may meet: var_onion_optin, payment_secret, basic_mpp,
	// option_route_blinding, option_attribution_data, option_payment_metadata (BOLT 9).
	knownFeatures = []int{8, 14, 16, 24, 36, 48}
)

// ParseInvoice reads a BOLT 11 invoice, checks its checksum and its signature, and refuses what a payer must not pay.
func ParseInvoice(text string) (*Invoice, error) {
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
		return nil, fmt.Errorf("%q is no multiplier of an amount: m, u, n or p", multiplier)
	}
	number, _ := new(big.Int).SetString(digits, 10) // digits, by the pattern
	msats, tenths := number.Mul(number, big.NewInt(factor)).QuoRem(number, big.NewInt(10), new(big.Int))
	switch {
	case tenths.Sign() != 0:
		return nil, errors.New("its amount is finer than a millisatoshi")
	case !msats.IsInt64():
		return nil, errors.New("its amount is more than there is")
	}
	result := msats.Int64()
	return &result, nil
}

// readFields reads the tagged fields, and returns the payee's key if there is one among them. A field of an unknown tag or
// of another length than its tag has is skipped, as BOLT 11 asks.
func (i *Invoice) readFields(fields []byte) (payee []byte, err error) {
	const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	secret := false
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
		switch {
		case tag == 'p' && length == hashGroups:
			i.PaymentHash = hex.EncodeToString(groupsToBytes(content))
		case tag == 's' && length == hashGroups:
			secret = true
		case tag == 'h' && length == hashGroups:
			i.DescriptionHash = hex.EncodeToString(groupsToBytes(content))
		case tag == 'n' && length == keyGroups:
			payee = groupsToBytes(content)
		case tag == 'd':
			description := string(groupsToBytes(content))
			if !utf8.ValidString(description) {
				return nil, errors.New("its description is not UTF-8")
			}
			i.Description = &description
		case tag == 'x':
			if length > 12 { // 60 bits
				return nil, errors.New("its expiry is beyond measure")
			}
			i.Expiry = int64(groupsToNumber(content)) //nolint:gosec // 60 bits
		case tag == '9':
			if err := checkFeatures(content); err != nil {
				return nil, err
			}
		}
	}
	switch {
	case i.PaymentHash == "":
		return nil, errors.New("it has no payment hash")
	case !secret:
		return nil, errors.New("it has no payment secret")
	}
	return payee, nil
}

// checkFeatures refuses a feature that the payer has to know and that nobody knows.
func checkFeatures(content []byte) error {
	for i, group := range content {
		for bit := range 5 {
			feature := (len(content)-1-i)*5 + bit
			if group>>bit&1 == 1 && feature%2 == 0 && !slices.Contains(knownFeatures, feature) {
				return fmt.Errorf("it requires feature %d, which is not known", feature)
			}
		}
	}
	return nil
}

// invoiceSigner checks the signature, and returns the key of who has signed: the payee that the invoice names, or the one
// that can be recovered from the signature.
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
			return "", fmt.Errorf("its signature is of nobody: %w", err)
		}
		return hex.EncodeToString(key.SerializeCompressed()), nil
	}
	key, err := secp256k1.ParsePubKey(payee)
	if err != nil {
		return "", fmt.Errorf("its payee is no key: %w", err)
	}
	var r, s secp256k1.ModNScalar
	if r.SetByteSlice(signature[:32]) || s.SetByteSlice(signature[32:64]) || s.IsOverHalfOrder() {
		return "", errors.New("its signature is not of the form that is allowed with a payee")
	}
	if !ecdsa.NewSignature(&r, &s).Verify(digest[:], key) {
		return "", errors.New("its signature is not the payee's")
	}
	return hex.EncodeToString(bytes.Clone(payee)), nil
}

// groupsToBytes drops the bits that pad the last group.
func groupsToBytes(groups []byte) []byte {
	content, _ := bech32.ConvertBits(groups, 5, 8, true) // fails on groups that are no groups, and these were decoded
	return content[:len(groups)*5/8]
}

func groupsToNumber(groups []byte) uint64 {
	var number uint64
	for _, group := range groups {
		number = number<<5 | uint64(group)
	}
	return number
}

// maxExpiry is the longest expiry, in seconds, that still ends at a date with a year of four digits.
const maxExpiry = 250_000_000_000

// ExpiresAt is when the invoice can no longer be paid; false for an expiry beyond what a date can say.
func (i *Invoice) ExpiresAt() (time.Time, bool) {
	if i.Expiry > maxExpiry {
		return time.Time{}, false
	}
	return time.Unix(i.CreatedAt.Unix()+i.Expiry, 0).UTC(), true
}
