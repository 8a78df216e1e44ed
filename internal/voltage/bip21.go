package voltage

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// BIP21 is a parsed bitcoin: URI. Sources: BIP 21 (https://github.com/bitcoin/bips/blob/master/bip-0021.mediawiki), and BIP 321 for
// parameter names in any case, the parameter lightning, and URIs without an address.
type BIP21 struct {
	// Address is empty if the URI has only an invoice. A segwit address is in lower case.
	Address string
	// Networks are the networks that the URI can be paid on, with the names of [ParseAddress]; never empty. They are the networks of the
	// address that the invoice does not exclude.
	Networks []string
	// AmountMsats is the exact value of the parameter amount in millisatoshis. It is nil if the payer or the invoice decides the amount.
	AmountMsats *int64
	// Label and Message are decoded, and empty if the URI has none. An unknown person wrote them: pass them through [Clean] before you show
	// them.
	Label, Message string
	// Lightning is the parameter lightning as it stands in the URI, or empty.
	Lightning string
	// Invoice is the parsed form of Lightning. It is nil if the URI has no invoice, or if the invoice cannot be paid; then InvoiceError
	// says why.
	Invoice      *Invoice
	InvoiceError error
	// Required are the names, in lower case, of the parameters that begin with req-. This package knows none of them, and BIP 21 forbids a
	// payer to pay a URI with a required parameter that the payer does not know. So a payer must refuse the URI unless this list is empty.
	Required []string
}

// lightningScheme is the prefix that applications put before an invoice. The API's bip21_uri of a Lightning receive begins with it, too.
const lightningScheme = "lightning:"

// StripLightning removes the prefix lightning:, in any case, from an invoice. [ParseInvoice] and the API accept the result. Text without
// the prefix is returned as it is.
func StripLightning(text string) string {
	if len(text) >= len(lightningScheme) && strings.EqualFold(text[:len(lightningScheme)], lightningScheme) {
		return text[len(lightningScheme):]
	}
	return text
}

// ParseBIP21 reads a bitcoin: URI and refuses what a payer could misread: an address with a wrong checksum, an amount that is not a plain
// decimal number of bitcoins with at most eight decimals, a parameter that occurs twice, and an invoice of another network than the
// address. Scheme, parameter names and segwit addresses can be in upper case, as in QR codes. Escapes are decoded, and a plus sign stays a
// plus sign. An invoice that cannot be paid is an error only if the URI has no address.
func ParseBIP21(uri string) (*BIP21, error) {
	scheme, rest, found := strings.Cut(uri, ":")
	switch {
	case strings.TrimSpace(uri) != uri:
		return nil, errors.New("white space surrounds it")
	case found && strings.EqualFold(scheme+":", lightningScheme):
		return nil, errors.New("it begins with lightning: and is therefore a Lightning invoice; a BIP 21 URI begins with bitcoin: instead")
	case !found || !strings.EqualFold(scheme, "bitcoin"):
		return nil, errors.New("it does not begin with bitcoin:, as a BIP 21 URI does")
	case strings.HasPrefix(rest, "//"):
		return nil, errors.New("it has slashes after bitcoin:, and a BIP 21 URI has none")
	case !utf8.ValidString(uri) || strings.ContainsFunc(uri, unicode.IsControl):
		return nil, errors.New("it has control characters in it, or is not UTF-8")
	case strings.Contains(rest, "#"):
		return nil, errors.New("it has a # in it, which ends a URI; in a label or a message, write %23")
	}
	address, query, _ := strings.Cut(rest, "?")
	result := &BIP21{}
	if err := result.readParameters(query); err != nil {
		return nil, err
	}
	if result.Lightning != "" {
		result.Invoice, result.InvoiceError = ParseInvoice(result.Lightning)
	}
	switch {
	case address != "":
		var err error
		if result.Address, result.Networks, err = parseAddress(address); err != nil {
			return nil, fmt.Errorf("reading its address %s: %w", shown(address), err)
		}
	case result.InvoiceError != nil:
		return nil, fmt.Errorf("it has no address, and its Lightning invoice cannot be paid: %w", result.InvoiceError)
	case result.Invoice == nil:
		return nil, errors.New("it has neither an address nor a Lightning invoice")
	}
	if result.Invoice == nil {
		return result, nil
	}
	networks := result.Invoice.Networks()
	if result.Address == "" {
		result.Networks = networks
		return result, nil
	}
	both := slices.DeleteFunc(slices.Clone(result.Networks), func(network string) bool { return !slices.Contains(networks, network) })
	if len(both) == 0 {
		return nil, fmt.Errorf("its address is of %s, and its Lightning invoice of %s",
			strings.Join(result.Networks, " or "), strings.Join(networks, " or "))
	}
	result.Networks = both
	return result, nil
}

// readParameters reads what follows the question mark.
func (b *BIP21) readParameters(query string) error {
	seen := map[string]bool{}
	for parameter := range strings.SplitSeq(query, "&") {
		if parameter == "" {
			continue
		}
		name, value, _ := strings.Cut(parameter, "=")
		// Names are decoded before they are compared, so that a name cannot hide behind escapes.
		name, nameErr := url.PathUnescape(name)
		value, valueErr := url.PathUnescape(value)
		name = strings.ToLower(name)
		switch {
		case nameErr != nil || valueErr != nil || !utf8.ValidString(name) || !utf8.ValidString(value):
			return fmt.Errorf("its parameter %s is not UTF-8 in the percent-encoding of URIs", shown(parameter))
		case seen[name]:
			return fmt.Errorf("it has the parameter %s twice", shown(name))
		}
		seen[name] = true
		switch name {
		case "amount":
			msats, err := uriAmount(value)
			if err != nil {
				return err
			}
			b.AmountMsats = &msats
		case "label":
			b.Label = value
		case "message":
			b.Message = value
		case "lightning":
			b.Lightning = value
		default:
			if strings.HasPrefix(name, "req-") {
				b.Required = append(b.Required, name)
			}
		}
	}
	return nil
}

var uriAmountForm = regexp.MustCompile(`^([0-9]*)(?:\.([0-9]*))?$`)

const (
	satsPerBTC = 100_000_000
	maxBTC     = 21_000_000
)

// uriAmount reads an amount in bitcoins into millisatoshis.
func uriAmount(text string) (int64, error) {
	parts := uriAmountForm.FindStringSubmatch(text)
	if parts == nil || parts[1]+parts[2] == "" {
		return 0, fmt.Errorf("its amount %s is not a decimal number of bitcoins such as 0.0015", shown(text))
	}
	whole, decimals := strings.TrimLeft(parts[1], "0"), parts[2]
	if len(decimals) > 8 {
		return 0, fmt.Errorf("its amount %s has more than eight decimals, and the eighth is one satoshi", shown(text))
	}
	if len(whole) > 8 {
		return 0, fmt.Errorf("its amount %s is more than the 21000000 bitcoins that can exist", shown(text))
	}
	sats, err := strconv.ParseInt("0"+whole+decimals+strings.Repeat("0", 8-len(decimals)), 10, 64)
	switch {
	case err != nil:
		return 0, fmt.Errorf("its amount %s is not a number: %w", shown(text), err)
	case sats > maxBTC*satsPerBTC:
		return 0, fmt.Errorf("its amount %s is more than the 21000000 bitcoins that can exist", shown(text))
	case sats == 0:
		return 0, errors.New("its amount is 0; leave the amount out if the payer decides it")
	}
	return sats * MsatsPerSat, nil
}

// shown prepares a text of the URI for an error message: it removes terminal commands, and cuts the text to one line.
func shown(text string) string {
	runes := []rune(Clean(text))
	if len(runes) > 60 {
		runes = append(runes[:60], '…')
	}
	return strconv.Quote(string(runes))
}
