// The tests of the console in a real browser, apart from the provider's module: nothing of what drives a browser belongs in there.
module github.com/voltagecloud/terraform-provider-voltage/internal/emulator/console/browser

go 1.25.8

toolchain go1.26.8

require (
	github.com/chromedp/cdproto v0.159.0
	github.com/chromedp/chromedp v0.23.0
)

require github.com/go-json-experiment/json v0.0.0-20260213210345-44df1a37e875 // indirect
