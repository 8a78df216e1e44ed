package console

import (
	"fmt"
	"strings"

	qr "github.com/piglig/go-qr"
)

// code is a QR code as the path of an SVG. Each dark run of a row is one rectangle.
type code struct {
	Side int // of the drawing, with the quiet zone
	Path string
}

// quietZone is the empty border that a reader needs, in modules. Source: ISO/IEC 18004, 6.3.8.
const quietZone = 4

// newCode draws a text. It returns nil if the text is empty or too long for a code. It draws invoices and texts that begin with
// "lightning:" in capitals, which makes the code smaller: their case has no meaning. Source: BOLT 11 and BIP 173.
func newCode(text string) *code {
	if text == "" {
		return nil
	}
	if lower := strings.ToLower(text); strings.HasPrefix(lower, "lightning:") {
		text = strings.ToUpper(text)
	}
	drawn, err := qr.EncodeText(text, qr.Low)
	if err != nil {
		return nil
	}
	var path strings.Builder
	size := drawn.Size()
	for y := range size {
		for x := 0; x < size; x++ {
			begin := x
			for x < size && drawn.Module(x, y) {
				x++
			}
			if x > begin {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", begin+quietZone, y+quietZone, x-begin, x-begin)
			}
		}
	}
	return &code{Side: size + 2*quietZone, Path: path.String()}
}
