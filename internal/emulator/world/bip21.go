package world

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// paymentURI returns the URI of a receive: lightning: with only an invoice, or bitcoin: (BIP 21) with an address and an optional invoice.
// An amount with an address is in whole satoshis, since BIP 21 allows eight decimals.
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

// bip21URI is a parsed BIP 21 URI.
type bip21URI struct {
	address, invoice, description string
	msats                         int64 // 0 if the URI has no amount
}

// readBIP21 reads a URI, or an address without a URI. Source: https://github.com/bitcoin/bips/blob/master/bip-0021.mediawiki
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
		value, err := url.PathUnescape(value) // a plus sign stays a plus sign
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

// lowerBech32 writes an address in the form for comparisons. A bech32 address in capitals, as in QR codes, is equal to the same address in
// lower case.
func lowerBech32(address string) string {
	if address == strings.ToUpper(address) {
		return strings.ToLower(address)
	}
	return address
}

// maxSats is the largest number of satoshis that can exist.
const maxSats = 2_100_000_000_000_000

// msatsOfBTC reads the amount of a URI: a decimal number of bitcoins, with up to eight decimals.
func msatsOfBTC(text string) (int64, error) {
	whole, fraction, _ := strings.Cut(text, ".")
	digits := whole + fraction + strings.Repeat("0", max(8-len(fraction), 0))
	sats, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || whole+fraction == "" || len(fraction) > 8 || sats < 1 || sats > maxSats || strings.Trim(digits, "0123456789") != "" {
		return 0, fmt.Errorf("%q is no amount of a bitcoin: URI", text)
	}
	return sats * 1000, nil
}
