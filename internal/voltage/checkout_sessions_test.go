package voltage

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// sessionJSON is the answer to the creation of a session, with a token.
func sessionJSON(id, payment any, token string) string {
	return fmt.Sprintf(`{"id":%q,"payment_id":%q,"checkout_token":%q,"checkout_url":"https://checkout.example/#%s",`+
		`"expires_at":"2026-09-14T08:27:31Z","origin_policy":"deny_all","allowed_origins":[]}`, id, payment, token, token)
}

// TestCreateCheckoutSession checks, for each answer to a creation, the number of requests and the result. Every request is the same.
func TestCreateCheckoutSession(t *testing.T) {
	t.Parallel()
	ref := inEnvironment(walletID)
	payment := CheckoutPaymentID(ref.ID)
	made := answer(201, "application/json", sessionJSON(ref.ID, payment, "vlt_co_one"))
	conflict, refused := refusal(409, "idempotency_conflict"), refusal(400, "invalid_request")
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		posts   int
		want    string // the token, "refused" or "uncertain"
	}{
		"made":                        {[]http.HandlerFunc{made}, 1, "vlt_co_one"},
		"refused":                     {[]http.HandlerFunc{refused}, 1, "refused"},
		"conflict":                    {[]http.HandlerFunc{conflict}, 1, "refused"},
		"cut, then made":              {[]http.HandlerFunc{cut, made}, 2, "vlt_co_one"},
		"500, 408 and 429, then made": {[]http.HandlerFunc{status(500), status(408), status(429), made}, 4, "vlt_co_one"},
		"no JSON, then made":          {[]http.HandlerFunc{answer(201, "text/html", "<p>"), made}, 2, "vlt_co_one"},
		"empty, then made":            {[]http.HandlerFunc{status(201), made}, 2, "vlt_co_one"},
		"no token, then made": {
			[]http.HandlerFunc{answer(201, "application/json", sessionJSON(ref.ID, payment, "")), made},
			2, "vlt_co_one",
		},
		"another session, then made": {
			[]http.HandlerFunc{answer(201, "application/json", sessionJSON(lineID, payment, "vlt_co_x")), made},
			2, "vlt_co_one",
		},
		"another payment for ever": {
			[]http.HandlerFunc{answer(201, "application/json", sessionJSON(ref.ID, lineID, "vlt_co_x"))},
			5, "uncertain",
		},
		"a proxy's page, then made":     {[]http.HandlerFunc{answer(403, "text/html", "<p>"), made}, 2, "vlt_co_one"},
		"a proxy's page to everything":  {[]http.HandlerFunc{answer(404, "text/html", "<p>")}, 5, "uncertain"},
		"a redirect":                    {[]http.HandlerFunc{status(307, "Location", "/")}, 1, "refused"},
		"cut for ever":                  {[]http.HandlerFunc{cut}, 5, "uncertain"},
		"429 for ever":                  {[]http.HandlerFunc{status(429)}, 5, "refused"},
		"429, then refused":             {[]http.HandlerFunc{status(429), refused}, 2, "refused"},
		"cut, then refused":             {[]http.HandlerFunc{cut, refused}, 2, "uncertain"},
		"cut, then conflict":            {[]http.HandlerFunc{cut, conflict}, 2, "refused"},
		"cut, then without credentials": {[]http.HandlerFunc{cut, refusal(401, "invalid_token")}, 2, "uncertain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex // the handler of a cut connection can still be running
			bodies := map[string]bool{}
			sent := 0
			var s *script
			var client *Client
			client, s = serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, body := s.latest()
				mu.Lock()
				bodies[body] = true
				sent++
				answer := test.answers[min(sent, len(test.answers))-1]
				mu.Unlock()
				answer(w, r)
			})
			session, err := client.CreateCheckoutSession(t.Context(), ref, NewCheckoutSession{
				WalletID: walletID, PaymentID: payment, Kind: KindBolt11, ExpiresAt: time.Date(2026, 9, 14, 10, 27, 31, 0, time.FixedZone("", 7200)),
			})
			mu.Lock()
			defer mu.Unlock()
			var uncertain *UncertainError
			var got string
			switch {
			case errors.As(err, &uncertain):
				got = "uncertain"
			case err != nil:
				got = "refused"
			default:
				got = session.Token
			}
			if got != test.want || s.count("POST") != test.posts || len(bodies) != 1 {
				t.Errorf("concluded %q (%v) after %v with %d bodies, want %q after %d", got, err, s.methods(), len(bodies), test.want, test.posts)
			}
			for body := range bodies {
				if !strings.Contains(body, `"expires_at":"2026-09-14T08:27:31Z"`) || strings.Contains(body, "amount") {
					t.Errorf("sent %s", body)
				}
			}
			if session != nil && (strings.Contains(fmt.Sprint(session), "vlt_co") || session.URL == "") {
				t.Errorf("the session is printed as %s", session)
			}
			if err != nil && strings.Contains(err.Error(), "vlt_co") {
				t.Errorf("the error has a token: %s", err)
			}
		})
	}
}

// TestCheckoutPaymentID: the same session always has the same payment ID, and another session has another one. It is a UUID of version 4.
func TestCheckoutPaymentID(t *testing.T) {
	t.Parallel()
	one := CheckoutPaymentID(walletID)
	if again := CheckoutPaymentID(walletID); again != one || one == walletID || one == CheckoutPaymentID(lineID) || one.Version() != 4 {
		t.Errorf("%s, then %s", one, again)
	}
}
