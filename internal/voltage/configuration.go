package voltage

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// EmulatorKeyPrefix is the prefix of the keys of an emulator that other machines can call. Such a key is public: it opens no real wallet.
const EmulatorKeyPrefix = "vltg_emulator_"

// CheckBaseURL returns an error for an address that cannot be the API's address: its scheme is not https or http, or it has credentials, a
// query or a fragment. Whether an http address may be used depends on the key: see [CheckExposure].
func CheckBaseURL(address string) error {
	_, err := parseBaseURL(address)
	return err
}

// CheckExposure returns an error for a key or token that would be sent unencrypted: over http to a host that is not a loopback address.
// Only the key of an emulator may be sent that way. The error never repeats the secret. CheckExposure accepts every address that
// [CheckBaseURL] refuses.
func CheckExposure(address, secret string) error {
	u, err := parseBaseURL(address)
	exposed := err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) && !strings.HasPrefix(secret, EmulatorKeyPrefix)
	if !exposed {
		return nil
	}
	return errors.New("http would send the credentials in the clear: use https (http is for a loopback address, and for the keys of " +
		"an emulator, which begin with " + EmulatorKeyPrefix + ")")
}

func parseBaseURL(address string) (*url.URL, error) {
	if err := checkText(address); err != nil {
		return nil, err
	}
	u, err := url.Parse(address)
	if err != nil {
		// The parser's message repeats the address, which may contain a password.
		return nil, errors.New("it is not a URL")
	}
	switch {
	case u.User != nil:
		return nil, errors.New("it must not contain credentials; they belong in the API key or the bearer token")
	case u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("it must start with https://")
	case u.Hostname() == "":
		return nil, errors.New("it has no host")
	case u.RawQuery != "" || u.ForceQuery:
		return nil, errors.New("it must not contain a query")
	case strings.Contains(address, "#"):
		return nil, errors.New("it must not contain a fragment")
	}
	return u, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// CheckSecret returns an error for an API key or bearer token that cannot be correct: it is empty, it has white space around it (often a
// newline from a file) or quotation marks, or it has characters that no key has. The error never repeats the secret.
func CheckSecret(secret string) error {
	switch {
	case secret == "":
		return errors.New("it is empty")
	case len(secret) > len("Bearer ") && strings.EqualFold(secret[:len("Bearer ")], "Bearer "):
		return errors.New(`it starts with "Bearer ", which the provider adds itself; remove it`)
	}
	return checkText(secret)
}

// checkText returns an error for a key, an address or an ID with characters that it cannot have, but that often get in when a text is
// copied or read from a file. The error never repeats the text.
func checkText(text string) error {
	const quotes = "\"'`\u2018\u2019\u201a\u201c\u201d\u201e\u00ab\u00bb"
	other := func(r rune) bool { return r <= ' ' || r > '~' }
	switch {
	case text == "":
		return nil
	case strings.HasPrefix(text, "\ufeff"):
		return errors.New("it starts with a byte order mark (BOM), which is invisible; " +
			"save the file that it comes from as UTF-8 without BOM")
	case strings.TrimSpace(text) != text:
		return errors.New("it starts or ends with white space; the last line break of a file is the usual cause")
	case strings.IndexFunc(text, isInvisible) >= 0:
		r, _ := utf8.DecodeRuneInString(text[strings.IndexFunc(text, isInvisible):])
		return fmt.Errorf("it contains an invisible character (%U); copy it again, or type it", r)
	case strings.ContainsAny(text, quotes):
		return errors.New("it contains quotation marks; remove them")
	case strings.ContainsFunc(text, unicode.IsControl):
		return errors.New("it contains control characters")
	case strings.ContainsFunc(text, unicode.IsSpace):
		return errors.New("it contains white space")
	case strings.IndexFunc(text, other) >= 0:
		r, _ := utf8.DecodeRuneInString(text[strings.IndexFunc(text, other):])
		return fmt.Errorf("it contains a character that is not ASCII (%U); copy it again, or type it", r)
	}
	return nil
}
