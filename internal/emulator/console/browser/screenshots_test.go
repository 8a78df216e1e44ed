package browser

import (
	"bytes"
	"cmp"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "write the screenshots of the documentation into this `folder`")

// TestScreenshots opens the main pages in the light and in the dark, and writes pictures of them where -screenshots asks for that.
func TestScreenshots(t *testing.T) {
	w := start(t)
	w.webhook(1, "shop")
	for n, order := range []struct {
		description string
		msats       int64
		paid        bool
	}{
		{"Order 1040", 18_000_000, true}, {"Order 1041", 21_000_000, true}, {"Tip for the kitchen", 0, false}, {"Order 1042", 4_567_500, true},
		{"Order 1043", 112_000_000, false}, {"Two mugs", 21_000_000, false},
	} {
		id := w.request(n, order.description, order.msats)
		time.Sleep(30 * time.Millisecond) // so that the webhook is told in this order
		if order.paid {
			data, _ := w.call("GET", w.environment+"/payments/"+id, nil)["data"].(map[string]any)
			w.call("POST", "/emulator/pay", map[string]any{"target": data["payment_request"]})
		}
	}
	address := w.session(1, map[string]any{"amount": map[string]any{"currency": "btc", "amount": 21_000_000}, "description": "Two mugs"})
	for _, dark := range []bool{false, true} {
		scheme := "light"
		if dark {
			scheme = "dark"
		}
		for name, shot := range map[string]struct {
			path, selector string
			width, height  int64
		}{
			"wallets":        {"/", "#live", 1120, 480},
			"payments":       {"/console/payments", "#live", 1120, 760},
			"payment":        {fmt.Sprintf("/console/payments/00000000-0000-4000-8000-%012d", 4), "svg.qr", 1120, 900},
			"webhooks":       {"/console/webhooks", "#live", 1120, 760},
			"requests":       {"/console/requests", "#live", 1120, 760},
			"faults":         {"/console/faults", "#live", 1120, 700},
			"wallet":         {"/console/wallets/" + orders, "#live", 1120, 900},
			"checkout":       {address, "svg.qr", 480, 860},
			"payment-phone":  {fmt.Sprintf("/console/payments/00000000-0000-4000-8000-%012d", 4), "svg.qr", 390, 844},
			"payments-phone": {"/console/payments", "#live", 390, 844},
		} {
			tb := w.open(shot.width, shot.height, dark)
			tb.visit(shot.path)
			tb.until("the page is there", fmt.Sprintf("document.querySelector(%q) !== null", shot.selector))
			if *screenshots == "" || slices.Contains([]string{"faults", "payments-phone"}, name) { // enough of them
				tb.close()
				continue
			}
			time.Sleep(200 * time.Millisecond)
			picture, err := chromedp.Run(tb.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := keep(filepath.Join(*screenshots, name+"-"+scheme+".png"), picture); err != nil {
				t.Fatal(err)
			}
			tb.close()
		}
	}
}

// keep writes a picture in 256 colors, of those that it has most of, which takes half the space and looks the same.
func keep(path string, picture []byte) error {
	full, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return err
	}
	bounds := full.Bounds()
	count := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA { return color.RGBAModel.Convert(full.At(x, y)).(color.RGBA) }
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			count[at(x, y)]++
		}
	}
	colors := slices.SortedFunc(maps.Keys(count), func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], int(a.R)-int(b.R), int(a.G)-int(b.G), int(a.B)-int(b.B))
	})
	var palette color.Palette
	for _, c := range colors {
		if len(palette) == 256 {
			break
		}
		if len(palette) == 0 || distance(c, palette[palette.Index(c)].(color.RGBA)) > 16 {
			palette = append(palette, c)
		}
	}
	nearest := map[color.RGBA]uint8{}
	small := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			c := at(x, y)
			index, known := nearest[c]
			if !known {
				index = uint8(palette.Index(c))
				nearest[c] = index
			}
			small.SetColorIndex(x, y, index)
		}
	}
	var out bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&out, small); err != nil {
		return err
	}
	return os.WriteFile(path, out.Bytes(), 0o644)
}

// distance is how much two colors differ.
func distance(a, b color.RGBA) int {
	differ := func(x, y uint8) int { return max(int(x), int(y)) - min(int(x), int(y)) }
	return differ(a.R, b.R) + differ(a.G, b.G) + differ(a.B, b.B)
}
