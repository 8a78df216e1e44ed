package console

import (
	"math"
	"testing"
)

func TestReadable(t *testing.T) {
	t.Parallel()
	for money, want := range map[Money]string{
		{"btc", 0}:                        "0 sats (0 msats)",
		{"btc", 25_000_000}:               "25,000 sats (25,000,000 msats)",
		{"btc", 1_234_567}:                "1,234.567 sats (1,234,567 msats)",
		{"btc", -1}:                       "−0.001 sats (−1 msats)",
		{"btc", -2500}:                    "−2.500 sats (−2,500 msats)",
		{"btc", math.MinInt64}:            "−9,223,372,036,854,775.808 sats (−9,223,372,036,854,775,808 msats)",
		{"usd", 123_456}:                  "1,234.56 USD (123,456 cents)",
		{"usd", 500}:                      "5.00 USD (500 cents)",
		{"asset:0102030405060708090a", 7}: "7 base units (asset:01020304…)",
	} {
		if got := sentence(money); got != want {
			t.Errorf("%v is %q, want %q", money, got, want)
		}
	}
}

func TestParseAmount(t *testing.T) {
	t.Parallel()
	for text, want := range map[[2]string]Money{
		{"25,000", "sats"}: {"btc", 25_000_000}, {" 1 000_000", "msats"}: {"btc", 1_000_000}, {"5", "cents"}: {"usd", 5},
		{"5", "dollars"}: {"usd", 500}, {"5", "asset:01"}: {"asset:01", 5}, {"9223372036854775", "sats"}: {"btc", 9_223_372_036_854_775_000},
	} {
		if got, err := parseAmount(text[0], text[1]); err != nil || got != want {
			t.Errorf("%v is %v, %v, want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "0", "-5", "1.5", "1e3", "x", "9223372036854776", "99999999999999999999"} {
		if got, err := parseAmount(text, "sats"); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
}

func TestOccurrence(t *testing.T) {
	t.Parallel()
	for fault, want := range map[[2]int]string{
		{1, 1}: "the next request", {1, 2}: "the next request and the one after it", {3, 4}: "request 3 from now and the 3 after it",
		{2, -1}: "request 2 from now and all that follow",
	} {
		if got := occurrence(Fault{Nth: fault[0], Times: fault[1]}); got != want {
			t.Errorf("%v is %q, want %q", fault, got, want)
		}
	}
}

func TestShortPath(t *testing.T) {
	t.Parallel()
	const id = "00000000-0000-4000-8000-000000000004"
	for path, want := range map[string]string{
		"/v1/organizations/" + id + "/wallets?limit=1":                        "/…/wallets?limit=1",
		"/v1/organizations/" + id + "/environments/" + id + "/payments/" + id: "/…/payments/00000000…",
		"/v1/checkout/sessions/" + id:                                         "/v1/checkout/sessions/00000000…",
		"/organizations/x":                                                    "/organizations/x",
	} {
		if got := shortPath(path); got != want {
			t.Errorf("%s is %s, want %s", path, got, want)
		}
	}
}

func TestTrustedHost(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"127.0.0.1:8080": true, "[::1]:8080": true, "localhost": true, "LOCALHOST:1": true, "voltage": true, "a.localhost": true,
		"x.local:80":                true,
		"host.docker.internal:8080": true, "10.0.0.7": true, "example.com": false, "127.0.0.1.nip.io": false, "local.evil.example": false,
		"evil.example.:80": false, "mylocal.com": false,
	} {
		if got := TrustedHost(host); got != want {
			t.Errorf("%s: %t", host, got)
		}
	}
}

// TestFiles: nothing is asked for elsewhere, and what is somebody else's has its licence.
func TestFiles(t *testing.T) {
	t.Parallel()
	if code := newCode("lightning:lntbs1"); code == nil || code.Side != 29 {
		t.Errorf("the code is %+v", code)
	}
	if code := newCode(""); code != nil {
		t.Errorf("the code of nothing is %+v", code)
	}
	for _, name := range []string{"htmx.min.js", "sse.min.js"} {
		content, err := files.ReadFile("static/" + name)
		if err != nil || string(content[:3]) != "/*!" {
			t.Errorf("%s has no licence, %v", name, err)
		}
	}
}
