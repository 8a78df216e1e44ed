package world

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// paymentURI is what a receive is paid by as a URI: lightning: with an invoice alone, bitcoin: (BIP 21) with an address, or both. An amount
// with an address is of whole satoshis, since BIP 21 allows eight decimals.
func paymentURI(address, invoice string, msats int64, label string) string {
	if address == "" {
		return "lightning:" + invoice
	}
	var query []string
	if msats > 0 {
		text := fmt.Sprintf("%d.%08d", msats/msatsPerBTC, msats%msatsPerBTC/1000)
		query = append(query, "amount="+strings.TrimRight(strings.TrimRight(text, "0"), "."))
	}
	if label != "" {
		query = append(query, "label="+strings.ReplaceAll(url.QueryEscape(label), "+", "%20"))
	}
	if invoice != "" {
		query = append(query, "lightning="+invoice)
	}
	uri := "bitcoin:" + address
	if len(query) > 0 {
		uri += "?" + strings.Join(query, "&")
	}
	return uri
}

// bip21URI is what a BIP 21 URI says.
type bip21URI struct {
	address, invoice, description string
	msats                         int64 // 0 where it says nothing
}

// readBIP21 reads a URI, or an address alone. Source: https://github.com/bitcoin/bips/blob/master/bip-0021.mediawiki
func readBIP21(text string) (bip21URI, error) {
	scheme, rest, isURI := strings.Cut(text, ":")
	if !isURI {
		return bip21URI{address: lowerBech32(text)}, nil
	}
	if !strings.EqualFold(scheme, "bitcoin") {
		return bip21URI{}, fmt.Errorf("%q is no bitcoin: URI", text)
	}
	address, query, _ := strings.Cut(rest, "?")
	uri := bip21URI{address: lowerBech32(address)}
	var message string
	for _, pair := range strings.FieldsFunc(query, func(r rune) bool { return r == '&' }) {
		name, value, _ := strings.Cut(pair, "=")
		value, err := url.PathUnescape(value) // a plus is a plus here
		if err != nil {
			return bip21URI{}, fmt.Errorf("reading a bitcoin: URI: %w", err)
		}
		switch name = strings.ToLower(name); {
		case name == "amount":
			if uri.msats, err = msatsOfBTC(value); err != nil {
				return bip21URI{}, err
			}
		case name == "lightning":
			uri.invoice = strings.ToLower(value)
		case name == "label":
			uri.description = value
		case name == "message":
			message = value
		case strings.HasPrefix(name, "req-"):
			return bip21URI{}, fmt.Errorf("the URI requires %s, which is not known here", name)
		}
	}
	if uri.description == "" {
		uri.description = message
	}
	return uri, nil
}

// lowerBech32 writes an address as it is compared: one of bech32 that is all capitals, as QR codes have it, is the same in small letters.
func lowerBech32(address string) string {
	if address == strings.ToUpper(address) {
		return strings.ToLower(address)
	}
	return address
}

// maxSats is all the satoshis that there will be.
const maxSats = 2_100_000_000_000_000

// msatsOfBTC reads an amount of a URI: decimal bitcoins, with up to eight digits after the point.
func msatsOfBTC(text string) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	digits := whole + fraction + strings.Repeat("0", max(8-len(fraction), 0))
	sats, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || whole+fraction == "" || len(fraction) > 8 || sats < 1 || sats > maxSats || strings.Trim(digits, "0123456789") != "" {
		return 0, fmt.Errorf("%q is no amount of a bitcoin: URI", text)
	}
	return sats * 1000, nil
}
