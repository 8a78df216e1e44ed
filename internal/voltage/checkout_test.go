package voltage

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

func settingsJSON(more string) string {
	return fmt.Sprintf(`{"organization_id":%q,"environment_id":%q,"updated_at":"2026-09-01T10:00:00Z"%s}`, organization, environment, more)
}

func TestGetCheckoutSettings(t *testing.T) {
	t.Parallel()
	there := jsonAnswer(settingsJSON(`,"origin_policy":"allowlist","allowed_origins":["https://b.example","https://a.example"],"color":"red"`))
	missing := refusal(404, "instance_not_found")
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		want    string // found, none, failed
	}{
		"there":             {[]http.HandlerFunc{there}, "found"},
		"there after a lag": {[]http.HandlerFunc{missing, missing, there}, "found"},
		"none":              {[]http.HandlerFunc{missing}, "none"},
		"404 of a proxy":    {[]http.HandlerFunc{answer(404, "text/html", "<p>")}, "failed"},
		"no policy":         {[]http.HandlerFunc{jsonAnswer(settingsJSON(``))}, "failed"},
		"another's": {[]http.HandlerFunc{jsonAnswer(strings.ReplaceAll(settingsJSON(`,"origin_policy":"allow_all"`),
			environment.String(), walletID.String()))}, "failed"},
	} {
		client, _ := serve(t, test.answers...)
		settings, err := Settled(t.Context(), client, inEnvironment(uuid.Nil), client.GetCheckoutSettings)
		got := "failed"
		switch {
		case IsNotFound(err):
			got = "none"
		case err == nil:
			got = "found"
			if settings.OriginPolicy != OriginsAllowlist ||
				!slices.Equal(settings.AllowedOrigins, []string{"https://b.example", "https://a.example"}) {
				t.Errorf("%s: read %+v", name, settings)
			}
		}
		if got != test.want {
			t.Errorf("%s: %s (%v), want %s", name, got, err, test.want)
		}
	}
}

// TestCheckOrigin: only the form of a browser is valid. If another text is close to an origin, the error names the correct form.
func TestCheckOrigin(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{ // empty: right
		"https://shop.example":              "",
		"https://a-b.shop_1.example":        "",
		"http://localhost:3000":             "",
		"http://127.0.0.1":                  "",
		"https://[2001:db8::1]:8443":        "",
		"https://xn--bcher-kva.example":     "",
		"https://shop.example:444":          "",
		"http://shop.example:443":           "",
		"https://shop.example/":             `write "https://shop.example"`,
		"https://shop.example/cart?a=b#c":   `write "https://shop.example"`,
		"https://shop.example:443":          `write "https://shop.example"`,
		"http://shop.example:80/":           `write "http://shop.example"`,
		"https://shop.example:0444":         `write "https://shop.example:444"`,
		"HTTPS://Shop.Example":              `write "https://shop.example"`,
		" https://shop.example ":            `write "https://shop.example"`,
		"shop.example":                      `write "https://shop.example"`,
		"shop.example:8443/":                `write "https://shop.example:8443"`,
		"https://shop.example?":             `write "https://shop.example"`,
		"https://user:pw@shop.example":      `write "https://shop.example"`,
		"https://[2001:DB8:0::1]":           `write "https://[2001:db8::1]"`,
		"https://[::ffff:127.0.0.1]":        `write "https://[::ffff:7f00:1]"`,
		"*":                                 "wildcard",
		"https://*.shop.example":            "wildcard",
		"null":                              "not a browser origin",
		"":                                  "not a browser origin",
		"https://":                          "not a browser origin",
		"/cart":                             "not a browser origin",
		"https:/shop.example":               "not a browser origin",
		"https://shop.example:port":         "not a browser origin",
		"https://shop.example:65536":        "ports end at 65535",
		"ftp://shop.example":                "https or http",
		"chrome-extension://abcdef":         "https or http",
		"https://bücher.example":            "punycode",
		"https://shop..example":             "not a host",
		"https://-shop .example":            "not a browser origin",
		"https://127.1":                     "complete IP address",
		"https://shop.example\u202e":        "punycode",
		"https://user:secret@*.example":     "wildcard",
		"ftp://user:secret@shop.example":    "https or http",
		"https://user:secret@shop.example:": `write "https://shop.example"`,
	} {
		err := CheckOrigin(text)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %s", text, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%q: %v, want %s", text, err, want)
		case err != nil && strings.Contains(err.Error(), "secret"):
			t.Errorf("%q: the error repeats the password: %s", text, err)
		}
	}
}

func TestListAssets(t *testing.T) {
	t.Parallel()
	body := `{"assets":[{"asset":"02ab","name":"Dollar","network":"testnet","decimal_display":6}]}`
	for network, query := range map[string]string{"": "", "testnet3": "?network=testnet", "mainnet": "?network=mainnet"} {
		client, s := serve(t, jsonAnswer(body))
		assets, err := client.ListAssets(t.Context(), organization, network)
		if err != nil || len(assets) != 1 || assets[0].Currency() != "asset:02ab" || assets[0].DecimalDisplay != 6 {
			t.Errorf("got %+v, %v", assets, err)
		}
		if want := "GET /v1/organizations/" + organization.String() + "/assets" + query; s.seen()[0] != want {
			t.Errorf("sent %s, want %s", s.seen()[0], want)
		}
	}
	client, _ := serve(t, jsonAnswer(`{"id":7}`))
	if assets, err := client.ListAssets(t.Context(), organization, ""); err == nil {
		t.Errorf("an answer without assets is read as %v", assets)
	}
}
