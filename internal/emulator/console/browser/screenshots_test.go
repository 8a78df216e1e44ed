package browser

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var screenshots = flag.String("screenshots", "", "write the screenshots of the documentation into this `folder`")

// TestScreenshots opens the main pages in the light and in the dark, and writes pictures of them where -screenshots asks for that.
func TestScreenshots(t *testing.T) {
	w := start(t)
	w.webhook(1, "shop")
	// Everything happens at times of its own, so that the list has an order.
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
			if *screenshots == "" {
				tb.close()
				continue
			}
			time.Sleep(200 * time.Millisecond)
			picture, err := chromedp.Run(tb.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(*screenshots, name+"-"+scheme+".png"), picture, 0o644); err != nil {
				t.Fatal(err)
			}
			tb.close()
		}
	}
}
