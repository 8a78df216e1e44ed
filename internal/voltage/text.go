package voltage

import (
	"encoding/base64"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// NormalText returns a text in Unicode's normal form C. Terraform writes every text in this form, so a text must have it before it is
// compared with a configuration. The API keeps a text as its creator wrote it.
func NormalText(text string) string { return norm.NFC.String(text) }

// maxText limits, in characters, a text of the API that a message shows.
const maxText = 2000

// Clean makes a foreign text safe for one line of a message: it removes terminal commands and invisible or reversing characters, and limits
// the length. It does not remove credentials: see [Client.Clean] and [Client.Message].
func Clean(text string) string { return bound(strip(text, false), maxText) }

// Clean is the function Clean that also removes the client's credentials.
func (c *Client) Clean(text string) string { return bound(c.redact(strip(text, false)), maxText) }

// Message makes a whole message safe to show. Unlike [Client.Clean], it keeps line breaks and the length. A nil client has no credentials
// to remove.
func (c *Client) Message(text string) string {
	text = strip(text, true)
	if c == nil {
		return text
	}
	return c.redact(text)
}

// sequences are terminal commands that must be removed as a whole, since the rest would stay readable without their first character: CSI
// (ECMA-48, section 5.4) and control strings, such as the links of OSC 8 (ECMA-48, section 5.6).
var sequences = regexp.MustCompile("(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]|" +
	"(?:\x1b[P\\]X^_]|[\u0090\u0098\u009d-\u009f])[^\x07\x1b\u009c\n]*(?:\x07|\x1b\\\\|\u009c)?")

// strip removes everything that is not text. If lines is false, line breaks and tabs become spaces.
func strip(text string, lines bool) string {
	if strings.ContainsFunc(text, unicode.IsControl) {
		text = sequences.ReplaceAllString(text, "")
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			if lines {
				return r
			}
			return ' '
		case unicode.IsControl(r), isInvisible(r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
}

// isInvisible reports whether a character is invisible, or changes how others look: zero-width and bidirectional characters, byte order
// marks, fillers, tags and variation selectors. Source: property Default_Ignorable_Code_Point of Unicode.
func isInvisible(r rune) bool {
	return r == '\u2028' || r == '\u2029' ||
		unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// bound cuts a text to a number of characters.
func bound(text string, most int) string {
	if len(text) <= most {
		return text
	}
	count := 0
	for i := range text {
		if count++; count > most {
			return text[:i] + "…"
		}
	}
	return text
}

// redacted replaces a secret.
const redacted = "(credentials)"

// shortSecret is the length, in bytes, below which only the exact secret is replaced: ordinary words could contain its other forms.
const shortSecret = 12

// newRedactor makes a function that removes a secret from texts: the exact secret, another case, base64, hexadecimal or percent encoding,
// pieces with other characters between them, and the beginning of the secret at the end of a cut text.
func newRedactor(secret string) func(string) string {
	plain := strings.NewReplacer(secret, redacted).Replace
	if len(secret) < shortSecret {
		return plain
	}
	needles := []string{letters(secret, false).text, strings.ToLower(hex.EncodeToString([]byte(secret)))}
	for shift := range 3 { // position of the secret in a group of three bytes, which base64 writes as four characters
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, shift), secret...))
			text = text[(shift*8+5)/6 : len(text)-1] // without the characters that depend on other bytes, too
			needles = append(needles, letters(text, false).text)
		}
	}
	return func(text string) string {
		var spans [][2]int
		for _, escaped := range []bool{false, true} {
			found := letters(text, escaped)
			for _, needle := range needles {
				spans = append(spans, found.spans(needle)...)
			}
			spans = append(spans, found.cut(text, needles[0])...)
		}
		return plain(replace(text, spans))
	}
}

// replace replaces parts of a text with the word for a secret.
func replace(text string, spans [][2]int) string {
	slices.SortFunc(spans, func(a, b [2]int) int { return a[0] - b[0] })
	var b strings.Builder
	at := 0
	for _, span := range spans {
		if span[0] >= at {
			b.WriteString(text[at:span[0]])
			b.WriteString(redacted)
		}
		at = max(at, span[1])
	}
	return b.String() + text[at:]
}

// lettered has the characters of a text that a secret can contain, in lower case, and the position of each character.
type lettered struct {
	text       string
	start, end []int
}

// escapes matches the escapes of %q, JSON and URLs.
var escapes = regexp.MustCompile(`^(?:\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\x([0-9a-fA-F]{2})|%([0-9a-fA-F]{2})|\\.)`)

// letters finds the characters of a text that keys and tokens can contain. If escaped is true, it decodes escapes.
func letters(text string, escaped bool) lettered {
	var found lettered
	var b strings.Builder
	for i := 0; i < len(text); {
		c, next := text[i], i+1
		if escaped && (c == '\\' || c == '%') {
			if match := escapes.FindStringSubmatch(text[i:min(len(text), i+16)]); match != nil {
				c, next = meant(match[1:]), i+len(match[0])
			}
		}
		if isLetter(c) {
			b.WriteByte(lower(c))
			found.start, found.end = append(found.start, i), append(found.end, next)
		}
		i = next
	}
	found.text = b.String()
	return found
}

// meant returns the ASCII character of an escape, or 0.
func meant(digits []string) byte {
	for _, text := range digits {
		if value, err := strconv.ParseUint(text, 16, 32); err == nil && value < 0x80 {
			return byte(value)
		}
	}
	return 0
}

func isLetter(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// spans returns the positions of a needle in the text.
func (l lettered) spans(needle string) [][2]int {
	var spans [][2]int
	for from := 0; needle != ""; {
		at := strings.Index(l.text[from:], needle)
		if at < 0 {
			break
		}
		from += at + len(needle)
		spans = append(spans, [2]int{l.start[from-len(needle)], l.end[from-1]})
	}
	return spans
}

// cut returns the positions of a secret's beginning right before an ellipsis, which marks the end of a cut text.
func (l lettered) cut(text, needle string) [][2]int {
	var spans [][2]int
	for from := 0; ; {
		at := strings.Index(text[from:], "…")
		if at < 0 {
			return spans
		}
		from += at
		before, _ := slices.BinarySearch(l.start, from)
		for length := min(len(needle)-1, before); length >= 4; length-- {
			if l.text[before-length:before] == needle[:length] {
				spans = append(spans, [2]int{l.start[before-length], from})
				break
			}
		}
		from += len("…")
	}
}
