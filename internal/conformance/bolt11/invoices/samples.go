package invoices

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"
)

// Sample is an invoice of some shape.
type Sample struct {
	Shape string
	// Valid says whether a payer may pay it (BOLT 11).
	Valid   bool
	Invoice string
}

// Samples writes a number of invoices of every shape. The same seed gives the same invoices.
func Samples(seed uint64, each int) []Sample {
	random := &source{rand.New(rand.NewPCG(seed, 11))} //nolint:gosec // the same invoices for the same seed
	var samples []Sample
	for range each {
		for _, s := range shapes {
			samples = append(samples, Sample{Shape: s.name, Valid: s.valid, Invoice: s.write(random)})
		}
	}
	return samples
}

type shape struct {
	name  string
	valid bool
	write func(*source) string
}

// altered returns a shape that changes an ordinary invoice with change.
func altered(name string, valid bool, change func(*source, *Invoice)) shape {
	return shape{name, valid, func(random *source) string {
		invoice := random.invoice()
		change(random, invoice)
		return invoice.Encode()
	}}
}

// field replaces the fields of a tag at the place of the first one, or adds the fields at the end.
func (i *Invoice) field(tag byte, fields ...Field) {
	at := slices.IndexFunc(i.Fields, func(f Field) bool { return f.Tag == tag })
	if at < 0 {
		at = len(i.Fields)
	}
	i.Fields = slices.DeleteFunc(i.Fields, func(f Field) bool { return f.Tag == tag })
	i.Fields = slices.Insert(i.Fields, at, fields...)
}

func (i *Invoice) get(tag byte) Field {
	return i.Fields[slices.IndexFunc(i.Fields, func(f Field) bool { return f.Tag == tag })]
}

var shapes = []shape{
	altered("ordinary", true, func(*source, *Invoice) {}),
	altered("any amount", true, func(r *source, i *Invoice) { i.Prefix = "ln" + r.network() }),
	altered("whole bitcoins", true, func(r *source, i *Invoice) { i.Prefix = fmt.Sprint("ln", r.network(), 1+r.IntN(1000)) }),
	altered("millisatoshis", true, func(r *source, i *Invoice) { i.Prefix = fmt.Sprint("ln", r.network(), 1+r.IntN(1<<40), "0p") }),
	altered("amount after zeros", true, func(r *source, i *Invoice) { i.Prefix = fmt.Sprint("ln", r.network(), "00", 1+r.IntN(1000), "u") }),
	altered("fields in another order", true, func(r *source, i *Invoice) {
		r.Shuffle(len(i.Fields), func(a, b int) { i.Fields[a], i.Fields[b] = i.Fields[b], i.Fields[a] })
	}),
	altered("description hash", true, func(r *source, i *Invoice) { i.field('d', Bytes('h', r.bytes(32))) }),
	altered("empty description", true, func(_ *source, i *Invoice) { i.field('d', Bytes('d', nil)) }),
	altered("description in many scripts", true, func(r *source, i *Invoice) {
		words := []string{"ナンセンス 1杯", "1 cup coffee", "кофе", "قهوة", "☕🧁", "\"quoted\"", "a\tb\n", "é e\u0301"}
		i.field('d', Bytes('d', []byte(words[r.IntN(len(words))]+" "+words[r.IntN(len(words))])))
	}),
	altered("long description", true, func(r *source, i *Invoice) { i.field('d', Bytes('d', []byte(strings.Repeat("x", 1+r.IntN(639))))) }),
	altered("expiry by default", true, func(_ *source, i *Invoice) { i.field('x') }),
	altered("long expiry", true, func(r *source, i *Invoice) { i.field('x', Number('x', r.Uint64N(1<<37))) }),
	altered("expiry after zeros", true, func(r *source, i *Invoice) {
		i.field('x', Field{'x', append(make([]byte, r.IntN(6)), words(1+r.Uint64N(1<<20), 0)...)})
	}),
	altered("created at any time", true, func(r *source, i *Invoice) { i.Timestamp = r.Uint64N(1 << 35) }),
	altered("payee named", true, func(_ *source, i *Invoice) { i.field('n', Bytes('n', i.Key.PubKey().SerializeCompressed())) }),
	altered("no features", true, func(_ *source, i *Invoice) { i.field('9') }),
	altered("optional features", true, func(r *source, i *Invoice) { i.field('9', Features(9, 15, 17, 25+2*r.IntN(60))) }),
	altered("metadata", true, func(r *source, i *Invoice) { i.field('m', Bytes('m', r.bytes(1+r.IntN(100)))) }),
	altered("routes", true, func(r *source, i *Invoice) {
		for range 1 + r.IntN(3) {
			var route []byte
			for range 1 + r.IntN(2) {
				route = slices.Concat(route, r.key().PubKey().SerializeCompressed(), r.bytes(18))
			}
			i.Fields = append(i.Fields, Bytes('r', route))
		}
	}),
	altered("fallback address", true, func(r *source, i *Invoice) {
		version := []byte{0, 17, 18}[r.IntN(3)]
		i.field('f', Field{'f', append([]byte{version}, base32(r.bytes(20))...)})
	}),
	altered("unknown fields", true, func(r *source, i *Invoice) {
		for range 1 + r.IntN(3) {
			i.Fields = slices.Insert(i.Fields, r.IntN(len(i.Fields)), Field{"q2twy"[r.IntN(5)], base32(r.bytes(r.IntN(50)))})
		}
	}),
	altered("two payment hashes", true, func(r *source, i *Invoice) { i.field('p', i.get('p'), Bytes('p', r.bytes(32))) }),
	altered("two descriptions", true, func(_ *source, i *Invoice) { i.field('d', i.get('d'), Bytes('d', []byte("the other one"))) }),
	altered("two description hashes", true, func(r *source, i *Invoice) { i.field('d', Bytes('h', r.bytes(32)), Bytes('h', r.bytes(32))) }),
	altered("two expiries", true, func(r *source, i *Invoice) { i.field('x', Number('x', 60), Number('x', 1+r.Uint64N(90))) }),
	altered("two secrets", true, func(r *source, i *Invoice) { i.field('s', i.get('s'), Bytes('s', r.bytes(32))) }),
	altered("two payees", true, func(r *source, i *Invoice) {
		i.field('n', Bytes('n', i.Key.PubKey().SerializeCompressed()), Bytes('n', r.key().PubKey().SerializeCompressed()))
	}),
	altered("payment hash of another length before it", true,
		func(r *source, i *Invoice) { i.field('p', Bytes('p', r.bytes(20)), i.get('p')) }),
	altered("description hash of another length", true, func(r *source, i *Invoice) { i.field('h', Bytes('h', r.bytes(20))) }),
	altered("payee of another length", true, func(r *source, i *Invoice) { i.field('n', Bytes('n', r.bytes(32))) }),
	altered("another recovery ID", true, func(_ *source, i *Invoice) { i.Tamper = func(signature []byte) { signature[64] ^= 1 } }),
	altered("high S, no payee", true, func(_ *source, i *Invoice) { i.HighS = true }),
	{"upper case", true, func(r *source) string { return strings.ToUpper(r.invoice().Encode()) }},
	{"after lightning:", true, func(r *source) string { return "lightning:" + r.invoice().Encode() }},

	{"a character changed", false, func(r *source) string {
		text := []byte(r.invoice().Encode())
		at := len(text) - 1 - r.IntN(100)
		text[at] = alphabet[(strings.IndexByte(alphabet, text[at])+1+r.IntN(31))%32]
		return string(text)
	}},
	{"cut off", false, func(r *source) string { text := r.invoice().Encode(); return text[:len(text)-1-r.IntN(len(text)-10)] }},
	{"mixed case", false, func(r *source) string { text := r.invoice().Encode(); return strings.ToUpper(text[:20]) + text[20:] }},
	{"two invoices", false, func(r *source) string { return r.invoice().Encode() + r.invoice().Encode() }},
	altered("bech32m", false, func(_ *source, i *Invoice) { i.Bech32m = true }),
	altered("no fields and no time", false, func(_ *source, i *Invoice) { i.Timestamp, i.Fields = 0, nil }),
	altered("another coin", false, func(_ *source, i *Invoice) { i.Prefix = "lnltc10u" }),
	altered("unknown multiplier", false, func(_ *source, i *Invoice) { i.Prefix = "lnbc2500x" }),
	altered("multiplier alone", false, func(_ *source, i *Invoice) { i.Prefix = "lnbcm" }),
	altered("less than a millisatoshi", false, func(r *source, i *Invoice) { i.Prefix = fmt.Sprint("lnbc", r.IntN(1000), 1+r.IntN(9), "p") }),
	altered("amount of 0", false, func(r *source, i *Invoice) { i.Prefix = "lnbc0" + []string{"", "m", "u", "n", "p"}[r.IntN(5)] }),
	altered("more bitcoins than int64", false, func(_ *source, i *Invoice) { i.Prefix = "lnbc92233721" }),
	altered("recovery ID beyond 3", false, func(_ *source, i *Invoice) { i.Recovery = 4 }),
	altered("empty signature", false, func(_ *source, i *Invoice) { i.Tamper = func(signature []byte) { clear(signature) } }),
	altered("signature of another key than the payee", false, func(r *source, i *Invoice) {
		i.field('n', Bytes('n', r.key().PubKey().SerializeCompressed()))
	}),
	altered("high S with a payee", false, func(_ *source, i *Invoice) {
		i.HighS = true
		i.field('n', Bytes('n', i.Key.PubKey().SerializeCompressed()))
	}),
	altered("payee that is not a key", false, func(_ *source, i *Invoice) { i.field('n', Bytes('n', bytes.Repeat([]byte{5}, 33))) }),
	altered("no payment hash", false, func(_ *source, i *Invoice) { i.field('p') }),
	altered("payment hash of another length", false, func(r *source, i *Invoice) { i.field('p', Bytes('p', r.bytes(20))) }),
	altered("no secret", false, func(_ *source, i *Invoice) { i.field('s') }),
	altered("no description", false, func(_ *source, i *Invoice) { i.field('d') }),
	altered("description and hash", false, func(r *source, i *Invoice) { i.field('h', Bytes('h', r.bytes(32))) }),
	altered("description that is not UTF-8", false, func(_ *source, i *Invoice) { i.field('d', Bytes('d', []byte{'a', 0xff})) }),
	altered("padding of payment hash", false, func(_ *source, i *Invoice) { i.get('p').Groups[hashGroups-1] |= 1 }),
	altered("expiry beyond 63 bits", false, func(_ *source, i *Invoice) { i.field('x', Field{'x', append([]byte{8}, make([]byte, 12)...)}) }),
	altered("unknown required feature", false, func(r *source, i *Invoice) { i.field('9', Features(8, 14, 100+2*r.IntN(50))) }),
	altered("parts without a secret", false, func(_ *source, i *Invoice) { i.field('9', Features(8, 17)) }),
	altered("field longer than the invoice", false, func(_ *source, i *Invoice) { i.Trailing = []byte{13, 31, 31, 1} }),
	altered("half a field", false, func(r *source, i *Invoice) { i.Trailing = make([]byte, 1+r.IntN(2)) }),
}

const hashGroups = 52

// source makes random parts of invoices.
type source struct{ *rand.Rand }

func (r *source) bytes(count int) []byte {
	content := make([]byte, count)
	for i := range content {
		content[i] = byte(r.Uint32() & 0xff)
	}
	return content
}

func (r *source) key() *secp256k1.PrivateKey {
	return secp256k1.PrivKeyFromBytes(append([]byte{1}, r.bytes(31)...))
}

func (r *source) network() string { return []string{"bc", "tb", "tbs", "bcrt"}[r.IntN(4)] }

// invoice returns an ordinary invoice.
func (r *source) invoice() *Invoice {
	return &Invoice{
		Prefix:    fmt.Sprint("ln", r.network(), 1+r.IntN(1_000_000), []string{"m", "u", "n"}[r.IntN(3)]),
		Timestamp: 1_500_000_000 + r.Uint64N(500_000_000),
		Fields: []Field{
			Bytes('p', r.bytes(32)), Bytes('s', r.bytes(32)), Bytes('d', fmt.Appendf(nil, "order %d", r.IntN(1000))),
			Number('x', 1+r.Uint64N(86400)),
			Number('c', 18+r.Uint64N(200)), Features(8, 14),
		},
		Key: r.key(),
	}
}
