package payment

import (
	"net/url"
	"strings"
)

// lightningOf is the invoice in a BIP 21 URI, empty where there is none.
func lightningOf(uri string) string {
	_, query, _ := strings.Cut(uri, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		return ""
	}
	for name, value := range values {
		if strings.EqualFold(name, "lightning") && len(value) > 0 {
			return value[0]
		}
	}
	return ""
}
