package voltage

import (
	"net/http"
	"testing"
)

// TestSettled: a 404, or a wallet that is neither active nor deleted, counts only if a later read repeats it.
func TestSettled(t *testing.T) {
	t.Parallel()
	missing := refusal(404, "instance_not_found")
	inactive := wallet(map[string]any{"active": false})
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		reads   int // at least
		found   bool
		active  bool
	}{
		"there":              {[]http.HandlerFunc{wallet(nil)}, 1, true, true},
		"there in a moment":  {[]http.HandlerFunc{missing, missing, wallet(nil)}, 3, true, true},
		"never there":        {[]http.HandlerFunc{missing}, 3, false, false},
		"active in a moment": {[]http.HandlerFunc{inactive, inactive, wallet(nil)}, 3, true, true},
		"never active":       {[]http.HandlerFunc{inactive}, 3, true, false},
		"deleted":            {[]http.HandlerFunc{wallet(map[string]any{"active": false, "deleted_at": "2026-09-01T10:00:00Z"})}, 1, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, test.answers...)
			got, err := Settled(t.Context(), client, walletRef, client.GetWallet)
			if found := err == nil; found != test.found || !found && !IsNotFound(err) {
				t.Fatalf("got %v, %v", got, err)
			}
			if test.found && got.Active != test.active {
				t.Errorf("active %t", got.Active)
			}
			if reads := s.count("GET"); reads < test.reads || test.reads == 1 && reads != 1 {
				t.Errorf("%d reads", reads)
			}
		})
	}
}

// TestNilIfNotFound: only the API's own 404 becomes nil.
func TestNilIfNotFound(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		answer        http.HandlerFunc
		found, failed bool
	}{
		"there":          {wallet(nil), true, false},
		"not found":      {refusal(404, "instance_not_found"), false, false},
		"404 of a proxy": {answer(404, "text/html", "<p>"), false, true},
		"refused":        {refusal(403, "access_rights"), false, true},
	} {
		client, _ := serve(t, test.answer)
		got, err := NilIfNotFound(client.GetWallet(t.Context(), walletRef))
		if (got != nil) != test.found || (err != nil) != test.failed {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}
