// Package invoices writes Lightning invoices (BOLT 11) of every shape, even of shapes that no node writes: valid invoices, damaged
// invoices, and invoices with a valid checksum and signature that break a rule of the specification. It shares no code with the parser.
package invoices

import (
	"crypto/sha256"
	"slices"

	"github.com/btcsuite/btcd/btcutil/bech32"
	"github.com/decred/dcrd/dcrec/secp256k1/v4"
	"github.com/decred/dcrd/dcrec/secp256k1/v4/ecdsa"
)

// alphabet is the alphabet of bech32 (BIP 173). The tag of a field is one of its letters.
const alphabet = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"

// Field is a tagged field. Its content is in groups of five bits.
type Field struct {
	Tag    byte
	Groups []byte
}

// Bytes is a field of whole bytes, padded with zero bits.
func Bytes(tag byte, content []byte) Field { return Field{tag, base32(content)} }

// Number is a field with a number in as few groups as possible.
func Number(tag byte, number uint64) Field { return Field{tag, words(number, 0)} }

// Features is a field 9 with these bits set.
func Features(bits ...int) Field {
	var groups []byte
	for _, bit := range bits {
		for len(groups) <= bit/5 {
			groups = append(groups, 0)
		}
		groups[bit/5] |= 1 << (bit % 5)
	}
	slices.Reverse(groups)
	return Field{'9', groups}
}

// Invoice has the parts of an invoice.
type Invoice struct {
	// Prefix is the human-readable part with the amount, such as lnbc2500u.
	Prefix    string
	Timestamp uint64
	Fields    []Field
	Key       *secp256k1.PrivateKey
	// Trailing are groups between the last field and the signature. A well-formed invoice has none.
	Trailing []byte
	// Recovery is added to the recovery ID of the signature. It is 0 in a well-formed invoice.
	Recovery byte
	// HighS negates the s of the signature and flips the recovery ID. The result is another form of the same signature.
	HighS bool
	// Tamper is called with the signature's 65 bytes.
	Tamper func([]byte)
	// Bech32m writes the other checksum.
	Bech32m bool
}

// Encode signs the invoice and writes it.
func (i *Invoice) Encode() string {
	data := words(i.Timestamp, 7)
	for _, field := range i.Fields {
		length := words(uint64(len(field.Groups)), 2)
		data = append(append(data, letter(field.Tag)), length...)
		data = append(data, field.Groups...)
	}
	data = append(data, i.Trailing...)
	signed, err := bech32.ConvertBits(data, 5, 8, true)
	if err != nil {
		panic(err) // groups of more than five bits, which is a mistake of the caller
	}
	digest := sha256.Sum256(append([]byte(i.Prefix), signed...))
	compact := ecdsa.SignCompact(i.Key, digest[:], true)
	signature := slices.Concat(compact[1:], []byte{compact[0] - 31 + i.Recovery}) // decred writes the recovery ID first, with an offset
	if i.HighS {
		var s secp256k1.ModNScalar
		s.SetByteSlice(signature[32:64])
		negated := s.Negate().Bytes()
		copy(signature[32:], negated[:])
		signature[64] ^= 1
	}
	if i.Tamper != nil {
		i.Tamper(signature)
	}
	encode := bech32.Encode
	if i.Bech32m {
		encode = bech32.EncodeM
	}
	text, err := encode(i.Prefix, append(data, base32(signature)...))
	if err != nil {
		panic(err)
	}
	return text
}

// letter is the place of a letter in bech32's alphabet.
func letter(tag byte) byte {
	for i := range byte(len(alphabet)) {
		if alphabet[i] == tag {
			return i
		}
	}
	panic("no letter of bech32: " + string(tag))
}

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
	converted, err := bech32.ConvertBits(content, 8, 5, true)
	if err != nil {
		panic(err) // bytes always fit
	}
	return converted
}
