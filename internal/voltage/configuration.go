package voltage

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"unicode"
)

// CheckBaseURL returns an error for an address that credentials must not be sent to: anything but https (http on a
// loopback address, for the emulator), or one that carries credentials, a query or a fragment of its own.
func CheckBaseURL(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		// The parser's own message repeats the address, and with it a password that may be in it.
		return errors.New("it is not a URL")
	}
	switch {
	case u.User != nil:
		return errors.New("it must not contain credentials; they belong into the API key or the bearer token")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("it must start with https://")
	case u.Hostname() == "":
		return errors.New("it has no host")
	case u.RawQuery != "" || u.ForceQuery:
		return errors.New("it must not contain a query")
	case strings.Contains(address, "#"):
		return errors.New("it must not contain a fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return errors.New("http would send the credentials in the clear: use https (http is for a loopback address, such as the emulator's)")
	}
	return nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// CheckSecret returns an error for an API key or bearer token that cannot be right: empty, with surrounding white
// space (a newline from a file, most often), or with characters that no header can carry. The error never repeats it.
func CheckSecret(secret string) error {
	switch {
	case secret == "":
		return errors.New("it is empty")
	case strings.TrimSpace(secret) != secret:
		return errors.New("it starts or ends with white space; a file's last line break is the usual cause")
	case strings.ContainsFunc(secret, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
		return errors.New("it contains control characters")
	}
	return nil
}
