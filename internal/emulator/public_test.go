package emulator_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// roundTripper answers deliveries in place of a network.
type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip implements [http.RoundTripper].
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// TestDeliverTo: webhooks reach the hosts that are named, over http too, and no other.
func TestDeliverTo(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 10)
	a := start(t, func(c *emulator.Config) {
		c.Public, c.DeliverTo = true, []string{"shop", "192.0.2.7"}
		c.Deliver = roundTripper(func(r *http.Request) (*http.Response, error) {
			reached <- r.URL.String()
			return &http.Response{StatusCode: 204, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
		})
	})
	for _, url := range []string{"http://shop:3000/hooks", "http://SHOP/", "https://shop/", "http://192.0.2.7:80/"} {
		path, _ := a.hook(object{"url": url, "events": []object{}})
		if got := a.ended(a.test(path)); got.get("status") != "succeeded" {
			t.Errorf("%s: %s", url, got.raw)
		}
		if got := <-reached; got != url {
			t.Errorf("%s was delivered to %s", url, got)
		}
	}
	path, _ := a.hook(object{"url": "https://shop.example/", "events": []object{}})
	if got := a.ended(a.test(path)); got.get("status") != "failed" || len(reached) != 0 ||
		got.get("error_info", "detail") != "the emulator delivers to loopback addresses and to shop, 192.0.2.7 only" {
		t.Errorf("a stranger: %s", got.raw)
	}
	a.expect(400, "invalid_webhook", "POST", webhooks, newHook(object{"url": "http://shop.example/"}))
	b := start(t)
	b.expect(400, "invalid_webhook", "POST", webhooks, newHook(object{"url": "http://shop:3000/"}))
}
