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

// NormalText is a text in Unicode's normal form C, as Terraform writes every text: what is compared with a text of a configuration has
// to be in it. The API keeps a text as it was made, by whoever made it.
func NormalText(text string) string { return norm.NFC.String(text) }

// maxText bounds, in characters, a text of the API that a person is shown.
const maxText = 2000

// Clean makes a text from outside fit for one line of a message: without what moves a cursor, changes a colour, makes a link, reverses
// the text or cannot be seen, and of bounded length. It does not look for credentials: see [Client.Clean] and [Client.Message].
func Clean(text string) string { return bound(strip(text, false), maxText) }

// Clean is the function Clean, and takes the client's credentials out, too.
func (c *Client) Clean(text string) string { return bound(c.redact(strip(text, false)), maxText) }

// Message makes a whole message fit to show: as [Client.Clean], but with its line breaks and of any length. A client of nil has no
// credentials to look for.
func (c *Client) Message(text string) string {
	text = strip(text, true)
	if c == nil {
		return text
	}
	return c.redact(text)
}

// sequences are what terminals take for commands, which would stay readable without the character that begins them: CSI (ECMA-48,
// section 5.4) and control strings, such as the links of OSC 8 (ECMA-48, section 5.6).
var sequences = regexp.MustCompile("(?:\x1b\\[|\u009b)[0-?]*[ -/]*[@-~]|" +
	"(?:\x1b[P\\]X^_]|[\u0090\u0098\u009d-\u009f])[^\x07\x1b\u009c\n]*(?:\x07|\x1b\\\\|\u009c)?")

// strip takes out what is not text. Line breaks and tabs become spaces, unless they are kept.
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

// isInvisible reports whether a character shows nothing, or changes how others are shown: zero-width and bidirectional characters, byte
// order marks, fillers, tags and variation selectors. Source: property Default_Ignorable_Code_Point of Unicode.
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

// redacted stands for a secret.
const redacted = "(credentials)"

// shortSecret is the length, in bytes, below which a secret is only looked for as it is: parts of words could be taken for its other forms.
const shortSecret = 12

// newRedactor makes a function that takes a secret out of texts: as it is, in another case, in base64, hexadecimal or percent encoding,
// in pieces with other characters between them, and what is left of it where a text was cut.
func newRedactor(secret string) func(string) string {
	plain := strings.NewReplacer(secret, redacted).Replace
	if len(secret) < shortSecret {
		return plain
	}
	needles := []string{letters(secret, false).text, strings.ToLower(hex.EncodeToString([]byte(secret)))}
	for shift := range 3 { // where the secret begins within the three bytes that four characters of base64 stand for
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := encoding.EncodeToString(append(make([]byte, shift), secret...))
			text = text[(shift*8+5)/6 : len(text)-1] // the characters that are the secret's alone
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

// replace puts the word for a secret in place of parts of a text.
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

// lettered is what of a text can be a part of a secret, in lower case, with where each character was.
type lettered struct {
	text       string
	start, end []int
}

// escapes are the characters that %q, JSON and URLs write in another way.
var escapes = regexp.MustCompile(`^(?:\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})|\\x([0-9a-fA-F]{2})|%([0-9a-fA-F]{2})|\\.)`)

// letters reads a text: the characters that keys and tokens are made of. Where escaped is true, escapes stand for what they mean.
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

// meant is the ASCII character that an escape stands for, 0 for none.
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

// spans are the places of a needle in the text.
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

// cut is what a text has of a secret right before the sign of a cut.
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
