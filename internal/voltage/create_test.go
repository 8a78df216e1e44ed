package voltage

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"testing"
	"time"
)

// TestCreateWallet checks, for each answer to a creation, the further requests and the result.
func TestCreateWallet(t *testing.T) {
	t.Parallel()
	missing := refusal(404, "instance_not_found")
	accepted := status(202)
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		posts   int
		want    string // "", "refused" or "uncertain"
	}{
		"accepted 202":                     {[]http.HandlerFunc{accepted}, 1, ""},
		"accepted 201":                     {[]http.HandlerFunc{status(201)}, 1, ""},
		"accepted 200":                     {[]http.HandlerFunc{status(200)}, 1, ""},
		"refused":                          {[]http.HandlerFunc{refusal(400, "line_of_credit_disabled")}, 1, "refused"},
		"redirected":                       {[]http.HandlerFunc{status(307, "Location", "/")}, 1, "refused"},
		"a proxy's 403, was done":          {[]http.HandlerFunc{answer(403, "text/html", "<p>"), missing, wallet(nil)}, 1, ""},
		"a proxy's 403 to everything":      {[]http.HandlerFunc{answer(403, "text/html", "<p>")}, 1, "uncertain"},
		"a proxy's 401 to everything":      {[]http.HandlerFunc{answer(401, "text/plain", "Invalid token")}, 1, "refused"},
		"a proxy's 404, was not done":      {[]http.HandlerFunc{answer(404, "text/html", "<p>"), missing}, 1, "uncertain"},
		"cut, was done":                    {[]http.HandlerFunc{cut, wallet(nil)}, 1, ""},
		"cut, was done, read lags":         {[]http.HandlerFunc{cut, missing, missing, wallet(nil)}, 1, ""},
		"500, was done":                    {[]http.HandlerFunc{status(500), wallet(nil)}, 1, ""},
		"408, was done":                    {[]http.HandlerFunc{status(408), wallet(nil)}, 1, ""},
		"429, was not done":                {[]http.HandlerFunc{status(429), missing, accepted}, 2, ""},
		"429, was done":                    {[]http.HandlerFunc{status(429), wallet(nil)}, 1, ""},
		"cut, a proxy's page, was done":    {[]http.HandlerFunc{cut, answer(404, "text/html", "<p>"), status(403), wallet(nil)}, 1, ""},
		"429, a redirect, was not done":    {[]http.HandlerFunc{status(429), status(302), missing, accepted}, 2, ""},
		"cut, missing, a page, was done":   {[]http.HandlerFunc{cut, missing, answer(403, "text/html", "<p>"), wallet(nil)}, 1, ""},
		"cut, nothing but a proxy's pages": {[]http.HandlerFunc{cut, answer(404, "text/html", "<p>")}, 1, "uncertain"},
		"cut, read refused":                {[]http.HandlerFunc{cut, refusal(403, "access_rights")}, 1, "uncertain"},
		"cut, read never answers":          {[]http.HandlerFunc{cut}, 1, "uncertain"},
		"500, then reads of another ID":    {[]http.HandlerFunc{status(500), wallet(map[string]any{"id": lineID})}, 1, "uncertain"},
		"429 and 429, then refused, no ID": {[]http.HandlerFunc{status(429), missing, status(429), missing, refusal(400, "x")}, 3, "refused"},
		"429, then refused":                {[]http.HandlerFunc{status(429), missing, refusal(400, "x")}, 2, "refused"},
		"429 for ever": {
			[]http.HandlerFunc{status(429), missing, status(429), missing, status(429), missing, status(429), missing, status(429), missing},
			5, "refused",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, test.answers...)
			err := client.CreateWallet(t.Context(), walletRef, NewWallet{Name: "staging"})
			var uncertain *UncertainError
			got := ""
			switch {
			case errors.As(err, &uncertain):
				got = "uncertain"
			case err != nil:
				got = "refused"
			}
			if got != test.want {
				t.Errorf("concluded %q (%v), want %q", got, err, test.want)
			}
			if posts := s.count("POST"); posts != test.posts {
				t.Errorf("%d POSTs, want %d: %v", posts, test.posts, s.methods())
			}
		})
	}
}

// TestCreateWalletAgain: if the request was lost before the API carried it out, the client reads the ID for a while and then repeats the
// request.
func TestCreateWalletAgain(t *testing.T) {
	t.Parallel()
	posts := 0
	client, s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			refusal(404, "instance_not_found")(w, r)
			return
		}
		if posts++; posts == 1 {
			cut(w, r)
			return
		}
		w.WriteHeader(202)
	})
	if err := client.CreateWallet(t.Context(), walletRef, NewWallet{}); err != nil {
		t.Fatal(err)
	}
	methods := s.methods()
	if s.count("POST") != 2 || s.count("GET") < 2 || methods[0] != "POST" || methods[len(methods)-1] != "POST" {
		t.Errorf("sent %v", methods)
	}
	if again := s.at()[len(s.at())-1].Sub(s.at()[0]); again < testPace.Settle {
		t.Errorf("sent again after %s, before the ID could have become visible", again)
	}
}

// TestCreateWalletWaitsForRetryAfter: Retry-After counts from the time of the answer.
func TestCreateWalletWaitsForRetryAfter(t *testing.T) {
	t.Parallel()
	client, s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(testPace.RetryAfterMax)
		status(429, "Retry-After", "60")(w, r)
	}, refusal(404, "instance_not_found"), status(202))
	if err := client.CreateWallet(t.Context(), walletRef, NewWallet{}); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(s.methods(), []string{"POST", "GET", "POST"}) || s.at()[2].Sub(s.at()[0]) < 2*testPace.RetryAfterMax {
		t.Errorf("sent %v at %v", s.methods(), s.at())
	}
}

func TestCreateWalletCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client, s := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		cancel()
		<-r.Context().Done() // the client has closed the connection
	})
	err := client.CreateWallet(ctx, walletRef, NewWallet{})
	var uncertain *UncertainError
	if !errors.As(err, &uncertain) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if got := s.methods(); !slices.Equal(got, []string{"POST"}) {
		t.Errorf("sent %v", got)
	}
}

// TestCreateWalletRefusedAfterDoubt: the first request may have been carried out without being visible yet, and may have caused the refusal
// of the second one, for example by using up the limit. So the result is uncertain.
func TestCreateWalletRefusedAfterDoubt(t *testing.T) {
	t.Parallel()
	posts := 0
	client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			refusal(404, "instance_not_found")(w, r)
			return
		}
		if posts++; posts == 1 {
			cut(w, r)
			return
		}
		refusal(400, "line_of_credit_cannot_allocate_wallet_limit")(w, r)
	})
	err := client.CreateWallet(t.Context(), walletRef, NewWallet{})
	var uncertain *UncertainError
	if !errors.As(err, &uncertain) || posts != 2 {
		t.Errorf("after %d POSTs got %v", posts, err)
	}
}

// TestForeign404: a 404 that does not come from the API says nothing about a wallet.
func TestForeign404(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"HTML":       answer(404, "text/html", "<p>no such page"),
		"empty":      status(404),
		"other JSON": answer(404, "application/json", `{"message":"no"}`),
	} {
		client, _ := serve(t, answer)
		if _, err := client.GetWallet(t.Context(), walletRef); err == nil || IsNotFound(err) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// TestWalletWithoutActive: an answer without active does not mean that the wallet is inactive.
func TestWalletWithoutActive(t *testing.T) {
	t.Parallel()
	client, _ := serve(t, wallet(map[string]any{"active": nil}))
	if got, err := client.GetWallet(t.Context(), walletRef); err == nil {
		t.Errorf("got %+v", got)
	}
}
