package world

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/btcsuite/btcd/btcutil/bech32"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
	"github.com/google/uuid"
)

// prefixes are the prefixes of invoices (after "ln") and addresses on a network. Mutinynet is a signet.
var prefixes = map[string]struct{ invoice, address string }{
	"mainnet":   {"bc", "bc"},
	"testnet3":  {"tb", "tb"},
	"mutinynet": {"tbs", "tb"},
}

// nodeKey signs the invoices of the emulator's Lightning node. It is not a secret.
var nodeKey = secp256k1.PrivKeyFromBytes(hashOf("voltage emulator node"))

func hashOf(parts ...any) []byte {
	sum := sha256.Sum256([]byte(fmt.Sprint(parts...)))
	return sum[:]
}

// preimageOf returns the preimage of the payment with an ID. The invoice contains the hash of the preimage.
func preimageOf(payment uuid.UUID) []byte { return hashOf("preimage", payment) }

// newInvoice writes a BOLT 11 invoice of the emulator's node. If msats is 0, the invoice is for any amount.
func newInvoice(network string, payment uuid.UUID, msats int64, description string, at time.Time, expiration int64) (string, error) {
	hrp := "ln" + prefixes[network].invoice
	if msats > 0 {
		hrp += amountText(msats)
	}
	hash := sha256.Sum256(preimageOf(payment))
	data := words(uint64(at.Unix()), 7) //nolint:gosec // after 1970
	for _, field := range []struct {
		tag     byte
		content []byte
	}{
		{'p', base32(hash[:])},
		{'s', base32(hashOf("secret", payment))},
		{'d', base32([]byte(description))},
		{'x', words(uint64(expiration), 0)}, //nolint:gosec // checked to be positive
		{'9', words(1<<8|1<<14, 0)},         // var_onion_optin and payment_secret, both required
	} {
		length := len(field.content)
		data = append(data, byte(strings.IndexByte(alphabet, field.tag)), byte(length>>5), byte(length&31)) //nolint:gosec // 5 bits each
		data = append(data, field.content...)
	}
	signed, err := bech32.ConvertBits(data, 5, 8, true)
	if err != nil {
		return "", fmt.Errorf("signing an invoice: %w", err)
	}
	digest := sha256.Sum256(append([]byte(hrp), signed...))
	compact := ecdsa.SignCompact(nodeKey, digest[:], true)
	signature := slices.Concat(compact[1:], []byte{compact[0] - 31}) // decred writes the recovery ID first, with an offset
	invoice, err := bech32.Encode(hrp, append(data, base32(signature)...))
	if err != nil {
		return "", fmt.Errorf("writing an invoice: %w", err)
	}
	return invoice, nil
}

// alphabet is the alphabet of bech32 (BIP 173).
const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// words writes a number in groups of five bits, big-endian, in a fixed number of groups. If count is 0, it uses as few groups as possible.
func words(number uint64, count int) []byte {
	var result []byte
	for number > 0 || len(result) < count {
		result = append([]byte{byte(number & 31)}, result...)
		number >>= 5
	}
	return result
}

func base32(content []byte) []byte {
	converted, _ := bech32.ConvertBits(content, 8, 5, true) // never fails on bytes
	return converted
}

// amountText writes millisatoshis with the shortest of BOLT 11's multipliers.
func amountText(msats int64) string {
	for _, unit := range []struct {
		suffix string
		msats  int64
	}{{"", 100_000_000_000}, {"m", 100_000_000}, {"u", 100_000}, {"n", 100}} {
		if msats%unit.msats == 0 {
			return strconv.FormatInt(msats/unit.msats, 10) + unit.suffix
		}
	}
	return strconv.FormatInt(msats, 10) + "0p"
}

// invoice has the fields of an invoice that a send needs.
type invoice struct {
	prefix      string // of its network
	msats       int64  // 0 for any
	description string
}

// readInvoice reads an invoice. It does not check the signature.
func readInvoice(text string) (invoice, error) {
	hrp, data, err := bech32.DecodeNoLimit(text)
	if err != nil {
		return invoice{}, fmt.Errorf("reading an invoice: %w", err)
	}
	rest, ok := strings.CutPrefix(hrp, "ln")
	if !ok {
		return invoice{}, fmt.Errorf("%q is no prefix of an invoice", hrp)
	}
	read := invoice{prefix: rest, description: descriptionOf(data)}
	digits := strings.IndexAny(rest, "0123456789")
	if digits < 0 {
		return read, nil
	}
	read.prefix, rest = rest[:digits], rest[digits:]
	perUnit := int64(1_000_000_000_000) // tenths of a millisatoshi in a bitcoin
	if i := strings.IndexByte("munp", rest[len(rest)-1]); i >= 0 {
		perUnit = []int64{1_000_000_000, 1_000_000, 1_000, 1}[i]
		rest = rest[:len(rest)-1]
	}
	number, err := strconv.ParseInt(rest, 10, 64)
	if err != nil || number > (1<<62)/perUnit || number*perUnit%10 != 0 {
		return invoice{}, fmt.Errorf("%q is no amount of an invoice", rest)
	}
	read.msats = number * perUnit / 10
	return read, nil
}

// descriptionOf finds the field d in the data of an invoice, which begins with a time and ends with a signature.
func descriptionOf(data []byte) string {
	if len(data) < 7+104 {
		return ""
	}
	for fields := data[7 : len(data)-104]; len(fields) >= 3; {
		length := min(int(fields[1])<<5+int(fields[2]), len(fields)-3)
		if alphabet[fields[0]] == 'd' {
			if text, err := bech32.ConvertBits(fields[3:3+length], 5, 8, false); err == nil && utf8.Valid(text) {
				return string(text)
			}
		}
		fields = fields[3+length:]
	}
	return ""
}

// newAddress writes a segwit address (BIP 173) for one payment.
func newAddress(network string, payment uuid.UUID) (string, error) {
	address, err := bech32.Encode(prefixes[network].address, append([]byte{0}, base32(hashOf("address", payment)[:20])...))
	if err != nil {
		return "", fmt.Errorf("writing an address: %w", err)
	}
	return address, nil
}

// isAddress reports whether text is a segwit address of a network.
func isAddress(network, text string) bool {
	hrp, data, version, err := bech32.DecodeNoLimitWithVersion(text)
	if err != nil || hrp != prefixes[network].address || len(data) < 1 {
		return false
	}
	program, err := bech32.ConvertBits(data[1:], 5, 8, false)
	return err == nil && len(program) >= 2 && len(program) <= 40 && (data[0] == 0) == (version == bech32.Version0)
}
