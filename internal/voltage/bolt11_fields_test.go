package voltage

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/decred/dcrd/dcrec/secp256k1/v4"

	"github.com/voltagecloud/terraform-provider-voltage/internal/conformance/bolt11/invoices"
)

// TestParseInvoiceFields: if a field occurs twice, the first one counts, as in BOLT 11 and in lnd (zpay32). The parser refuses the same
// invoices as lnd.
func TestParseInvoiceFields(t *testing.T) {
	t.Parallel()
	key, other := secp256k1.PrivKeyFromBytes(bytes.Repeat([]byte{7}, 32)), secp256k1.PrivKeyFromBytes(bytes.Repeat([]byte{9}, 32))
	public := func(key *secp256k1.PrivateKey) []byte { return key.PubKey().SerializeCompressed() }
	var (
		hash     = func(b byte) []byte { return bytes.Repeat([]byte{b}, 32) }
		p        = invoices.Bytes('p', hash(1))
		secret   = invoices.Bytes('s', hash(2))
		d        = invoices.Bytes('d', []byte("coffee"))
		h        = invoices.Bytes('h', hash(3))
		features = invoices.Features(8, 14)
		short    = func(tag byte) invoices.Field { return invoices.Bytes(tag, hash(8)[:30]) }
		// padded sets the first padding bit of a field's last group, which must be zero.
		padded = func(f invoices.Field) invoices.Field {
			groups := slices.Clone(f.Groups)
			groups[len(groups)-1] |= 1
			return invoices.Field{Tag: f.Tag, Groups: groups}
		}
		number = func(tag byte, groups ...byte) invoices.Field { return invoices.Field{Tag: tag, Groups: groups} }
	)
	hex32 := func(b byte) string { return hex.EncodeToString(hash(b)) }
	type fields []invoices.Field
	for name, test := range map[string]struct {
		fields fields
		want   string // "error: …", or the result
		read   func(*Invoice) string
	}{
		"p twice":                {fields{p, invoices.Bytes('p', hash(4)), secret, d}, hex32(1), paymentHashOf},
		"p short, then p":        {fields{short('p'), p, secret, d}, hex32(1), paymentHashOf},
		"p, then p with padding": {fields{p, padded(p), secret, d}, hex32(1), paymentHashOf},
		"p with padding":         {fields{padded(p), secret, d}, "error: its field p is not whole bytes", nil},
		"p short":                {fields{short('p'), secret, d}, "error: no payment hash", nil},
		"no p":                   {fields{secret, d}, "error: no payment hash", nil},
		"s short":                {fields{p, short('s'), d}, "error: no payment secret", nil},
		"s short, then s":        {fields{p, short('s'), secret, d}, hex32(1), paymentHashOf},
		"s with padding":         {fields{p, padded(secret), d}, "error: its field s is not whole bytes", nil},
		"no s":                   {fields{p, d}, "error: no payment secret", nil},
		"d twice":                {fields{p, secret, d, invoices.Bytes('d', []byte("tea"))}, "coffee", descriptionOf},
		"d, then d not UTF-8":    {fields{p, secret, d, invoices.Bytes('d', []byte{0xff})}, "coffee", descriptionOf},
		"d not UTF-8":            {fields{p, secret, invoices.Bytes('d', []byte{0xff}), d}, "error: not UTF-8", nil},
		"d empty":                {fields{p, secret, number('d')}, "", descriptionOf},
		"d empty, then d":        {fields{p, secret, number('d'), d}, "", descriptionOf},
		"d of half a byte":       {fields{p, secret, number('d', 0)}, "error: its field d is not whole bytes", nil},
		"d with padding":         {fields{p, secret, padded(d)}, "error: its field d is not whole bytes", nil},
		"h twice":                {fields{p, secret, h, invoices.Bytes('h', hash(4))}, hex32(3), descriptionHashOf},
		"h short, then h":        {fields{p, secret, short('h'), h}, hex32(3), descriptionHashOf},
		"h with padding":         {fields{p, secret, padded(h)}, "error: its field h is not whole bytes", nil},
		"neither d nor h":        {fields{p, secret}, "error: neither a description nor", nil},
		"h short":                {fields{p, secret, short('h')}, "error: neither a description nor", nil},
		"h short beside d":       {fields{p, secret, short('h'), d}, "coffee", descriptionOf},
		"d and h":                {fields{p, secret, d, h}, "error: both a description and", nil},
		"h and d":                {fields{p, secret, h, d}, "error: both a description and", nil},
		"x twice":                {fields{p, secret, d, invoices.Number('x', 60), invoices.Number('x', 90)}, "60", expiryOf},
		"x, then x too long":     {fields{p, secret, d, invoices.Number('x', 60), number('x', make([]byte, 14)...)}, "60", expiryOf},
		"x with zeros before it": {fields{p, secret, d, number('x', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 28)}, "60", expiryOf},
		"x empty":                {fields{p, secret, d, number('x'), invoices.Number('x', 90)}, "0", expiryOf},
		"x too long": {
			fields{p, secret, d, number('x', make([]byte, 14)...)},
			"error: its field x is a number of more than 63 bits",
			nil,
		},
		"x too large": {
			fields{p, secret, d, number('x', 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)},
			"error: its field x is a number of more than 63 bits",
			nil,
		},
		"x the largest": {
			fields{p, secret, d, number('x', 7, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31, 31)},
			"9223372036854775807", expiryOf,
		},
		"c too long": {
			fields{p, secret, d, number('c', make([]byte, 14)...)},
			"error: its field c is a number of more than 63 bits",
			nil,
		},
		"c, then c too long": {fields{p, secret, d, invoices.Number('c', 18), number('c', make([]byte, 14)...)}, "3600", expiryOf},
		"n twice": {fields{p, secret, d, invoices.Bytes('n', public(key)), invoices.Bytes('n', public(other))},
			hex.EncodeToString(public(key)), payeeOf},
		"n of another, then n": {fields{p, secret, d, invoices.Bytes('n', public(other)), invoices.Bytes('n', public(key))},
			"error: its signature is not the payee's", nil},
		"n short, of another": {fields{p, secret, d, invoices.Bytes('n', public(other)[:32])},
			hex.EncodeToString(public(key)), payeeOf},
		"n is not a key": {
			fields{p, secret, d, invoices.Bytes('n', bytes.Repeat([]byte{5}, 33))},
			"error: its payee is not a public key",
			nil,
		},
		"9 twice":                   {fields{p, secret, d, features, invoices.Features(8, 100)}, "3600", expiryOf},
		"9 with an unknown feature": {fields{p, secret, d, invoices.Features(8, 14, 100), features}, "error: requires feature 100", nil},
		"9 with an odd feature":     {fields{p, secret, d, invoices.Features(8, 14, 101)}, "3600", expiryOf},
		"9 with parts":              {fields{p, secret, d, invoices.Features(8, 14, 17)}, "3600", expiryOf},
		"9 with parts, no secret":   {fields{p, secret, d, invoices.Features(8, 17)}, "error: needs a payment secret", nil},
		"9 with parts, odd secret":  {fields{p, secret, d, invoices.Features(9, 15, 16)}, "3600", expiryOf},
		"fields that nobody knows":  {fields{number('q', 1, 2, 3), p, number('y'), secret, d, number('2', 1)}, "3600", expiryOf},
		"fallback of a new version": {fields{p, secret, d, number('f', 19, 1, 2)}, "3600", expiryOf},
		"several routes and metadata": {fields{p, secret, d, invoices.Bytes('m', []byte{1}), invoices.Bytes('r', make([]byte, 51)),
			invoices.Bytes('r', make([]byte, 51))}, "3600", expiryOf},
	} {
		invoice := invoices.Invoice{Prefix: "lnbc25m", Timestamp: 1_700_000_000, Fields: test.fields, Key: key}
		got, err := ParseInvoice(invoice.Encode())
		if want, isError := strings.CutPrefix(test.want, "error: "); isError {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %+v and %v, want an error with %q", name, got, err, want)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if text := test.read(got); text != test.want {
			t.Errorf("%s: got %q, want %q", name, text, test.want)
		}
	}
	for prefix, want := range map[string]string{
		"lnbc0": "its amount is 0", "lnbc0m": "its amount is 0", "lnbc0p": "its amount is 0",
		"lnbc25": "", "lnbc025m": "", "lnbc": "", "lnbcm": "not how an invoice begins",
		"lnbc92233721": "more than all bitcoin", "lnltc25m": "not how an invoice begins", "lnbc25mm": "not how an invoice begins",
	} {
		invoice := invoices.Invoice{Prefix: prefix, Timestamp: 1_700_000_000, Fields: fields{p, secret, d}, Key: key}
		if got, err := ParseInvoice(invoice.Encode()); (err != nil) != (want != "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %+v and %v, want an error with %q", prefix, got, err, want)
		}
	}
	long := invoices.Invoice{Prefix: "lnbc25m", Timestamp: 1_700_000_000, Fields: fields{p, secret, d}, Key: key}
	for range 9 {
		long.Fields = append(long.Fields, number('q', make([]byte, 800)...))
	}
	if _, err := ParseInvoice(long.Encode()); err == nil || !strings.Contains(err.Error(), "no invoice has more than 7089") {
		t.Errorf("a long one: %v", err)
	}
	long.Fields = slices.Delete(long.Fields, 4, 5)
	if _, err := ParseInvoice(long.Encode()); err != nil {
		t.Errorf("one that is just short enough: %v", err)
	}
	long.Fields = long.Fields[:3]
	if _, err := ParseInvoice("LIGHTNING:" + long.Encode()); err == nil || !strings.Contains(err.Error(), "begins with lightning:") {
		t.Errorf("with lightning: %v", err)
	}
	if _, err := ParseInvoice(StripLightning("LIGHTNING:" + strings.ToUpper(long.Encode()))); err != nil {
		t.Errorf("without lightning: %v", err)
	}
}

func paymentHashOf(i *Invoice) string     { return i.PaymentHash }
func descriptionOf(i *Invoice) string     { return *i.Description }
func descriptionHashOf(i *Invoice) string { return i.DescriptionHash }
func payeeOf(i *Invoice) string           { return i.Payee }
func expiryOf(i *Invoice) string          { return strconv.FormatInt(i.Expiry, 10) }
