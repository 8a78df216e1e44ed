package voltage

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
)

// standing answers a read of a send with a status. check is the value of check_only, or empty if the API does not show it.
func standing(status, check string) http.HandlerFunc {
	if check != "" {
		check = `,"check_only":` + check
	}
	return answer(200, "application/json", strings.Replace(payment(paymentID, check), `"sending"`, `"`+status+`"`, 1))
}

// concluded returns the kind of result of a creation.
func concluded(err error) string {
	var uncertain *UncertainError
	switch {
	case errors.As(err, &uncertain):
		return "uncertain"
	case err != nil:
		return "refused"
	}
	return ""
}

// TestPromote checks the answers to a send that promotes a policy check. The request is sent only once. The check has the ID, so the
// existence of the ID proves nothing.
func TestPromote(t *testing.T) {
	t.Parallel()
	missing, notApproved, limited := refusal(404, "payment_not_found"), refusal(400, "payment_not_approved"), status(429)
	check, old := standing("approved", "true"), standing("approved", "")
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		sent    Sent
		want    string // "", "refused" or "uncertain"
	}{
		"accepted":                   {[]http.HandlerFunc{status(202)}, SentNow, ""},
		"promoted before, by 409":    {[]http.HandlerFunc{refusal(409, "payment_exists")}, SentBefore, ""},
		"promoted before, by 400":    {[]http.HandlerFunc{notApproved, check, standing("approved", "false")}, SentBefore, ""},
		"promoted before, and over":  {[]http.HandlerFunc{notApproved, standing("completed", "false")}, SentBefore, ""},
		"another body":               {[]http.HandlerFunc{notApproved, check}, SentNot, "refused"},
		"another body, read refused": {[]http.HandlerFunc{notApproved, refusal(403, "access_rights")}, SentNot, "refused"},
		"refused": {
			[]http.HandlerFunc{refusal(400, "invalid_quote"), standing("completed", "false")},
			SentNot, "refused",
		},
		"cut, was done":             {[]http.HandlerFunc{cut, check, check, standing("approved", "false")}, SentPerhaps, ""},
		"cut, was done, and failed": {[]http.HandlerFunc{cut, check, standing("failed", "true")}, SentPerhaps, ""},
		"cut, nothing shows it":     {[]http.HandlerFunc{cut, check}, SentNot, "uncertain"},
		"cut, a read from before":   {[]http.HandlerFunc{cut, standing("sending", "true")}, SentNot, "uncertain"},
		"cut, a read that lags":     {[]http.HandlerFunc{cut, missing, check, standing("completed", "false")}, SentPerhaps, ""},
		"cut, an old API":           {[]http.HandlerFunc{cut, old}, SentNot, "uncertain"},
		"cut, an old API, and over": {[]http.HandlerFunc{cut, old, standing("completed", "")}, SentPerhaps, ""},
		"cut, an old API, sending":  {[]http.HandlerFunc{cut, standing("sending", "")}, SentNot, "uncertain"},
		"cut, read refused":         {[]http.HandlerFunc{cut, refusal(403, "access_rights")}, SentNot, "uncertain"},
		"cut, never read":           {[]http.HandlerFunc{cut}, SentNot, "uncertain"},
		"500, was done":             {[]http.HandlerFunc{status(500), standing("completed", "false")}, SentPerhaps, ""},
		"a proxy's 403, was done": {
			[]http.HandlerFunc{answer(403, "text/html", "<p>"), standing("completed", "false")},
			SentPerhaps, "",
		},
		"a proxy's 403, nothing shows it":    {[]http.HandlerFunc{answer(403, "text/html", "<p>"), check}, SentNot, "uncertain"},
		"a proxy's 409, nothing shows it":    {[]http.HandlerFunc{answer(409, "text/html", "<p>"), check}, SentNot, "uncertain"},
		"redirected":                         {[]http.HandlerFunc{status(302, "Location", "/"), check}, SentNot, "refused"},
		"turned away":                        {[]http.HandlerFunc{limited, check}, SentNot, "refused"},
		"turned away, was done all the same": {[]http.HandlerFunc{limited, standing("completed", "false")}, SentPerhaps, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, test.answers...)
			sent, err := client.CreateSend(t.Context(), paymentRef, NewSend{WalletID: walletID, Currency: "btc", Kind: KindBolt11, Promotes: true})
			if got := concluded(err); got != test.want || sent != test.sent {
				t.Errorf("concluded %d %q (%v), want %d %q", sent, got, err, test.sent, test.want)
			}
			if posts := s.count("POST"); posts != 1 {
				t.Errorf("sent %d times", posts)
			}
		})
	}
}

// TestPromoteInterrupted: the result of an interrupted request is uncertain.
func TestPromoteInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	client, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			cancel()
		}
		cut(w, r)
	})
	sent, err := client.CreateSend(ctx, paymentRef, NewSend{Promotes: true})
	if concluded(err) != "uncertain" || sent != SentNot {
		t.Errorf("concluded %d (%v)", sent, err)
	}
}

// TestCreateSendOfACheck: after a lost answer, a policy check that becomes visible does not prove that the payment is sent.
func TestCreateSendOfACheck(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		read http.HandlerFunc
		sent Sent
		want string
	}{
		"not decided": {standing("sending", "true"), SentNot, "uncertain"},
		"approved":    {standing("approved", "true"), SentNot, "uncertain"},
		"promoted":    {standing("approved", "false"), SentPerhaps, ""},
		"failed":      {standing("failed", "true"), SentPerhaps, ""},
		"an old API":  {standing("approved", ""), SentPerhaps, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, cut, test.read)
			sent, err := client.CreateSend(t.Context(), paymentRef, NewSend{})
			if got := concluded(err); got != test.want || sent != test.sent || s.count("POST") != 1 {
				t.Errorf("concluded %d %q (%v) after %v, want %d %q", sent, got, err, s.methods(), test.sent, test.want)
			}
		})
	}
}

// TestCheckSend: a check moves no money, so it is requested again with the same ID after a lost answer.
func TestCheckSend(t *testing.T) {
	t.Parallel()
	missing, used := refusal(404, "payment_not_found"), refusal(409, "payment_exists")
	for name, test := range map[string]struct {
		own     bool
		answers []http.HandlerFunc
		posts   int
		sent    Sent
		want    string
	}{
		"accepted":               {false, []http.HandlerFunc{status(202)}, 1, SentNow, ""},
		"refused":                {false, []http.HandlerFunc{refusal(400, "invalid_payment")}, 1, SentNot, "refused"},
		"used by somebody":       {true, []http.HandlerFunc{used}, 1, SentNot, "refused"},
		"cut, was done":          {true, []http.HandlerFunc{cut, standing("sending", "true")}, 1, SentPerhaps, ""},
		"429, then accepted":     {false, []http.HandlerFunc{status(429), missing, status(202)}, 2, SentPerhaps, ""},
		"429, then used, own":    {true, []http.HandlerFunc{status(429), missing, used}, 2, SentNot, "refused"},
		"cut, cannot be read":    {false, []http.HandlerFunc{cut, refusal(403, "access_rights")}, 1, SentNot, "uncertain"},
		"a proxy's 403, was not": {false, []http.HandlerFunc{answer(403, "text/html", "<p>"), missing}, 1, SentNot, "uncertain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, s := serve(t, test.answers...)
			sent, err := client.CheckSend(t.Context(), paymentRef, NewSend{WalletID: walletID, Currency: "btc", Kind: KindBolt11, OwnID: test.own})
			if got := concluded(err); got != test.want || sent != test.sent || s.count("POST") != test.posts {
				t.Errorf("concluded %d %q (%v) after %v, want %d %q", sent, got, err, s.methods(), test.sent, test.want)
			}
			if seen := s.seen()[0]; !strings.HasSuffix(seen, "/payments/check") {
				t.Errorf("asked %s", seen)
			}
		})
	}
}

// TestWhatIsACheck checks the methods for policy checks on every kind of read.
func TestWhatIsACheck(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		status, check                        string
		isCheck, mayBe, promotable, promoted bool
	}{
		{"sending", "true", true, true, false, false},
		{"approved", "true", true, true, true, false},
		{"failed", "true", true, true, false, true},
		{"sending", "false", false, false, false, false},
		{"approved", "false", false, false, false, true},
		{"completed", "false", false, false, false, true},
		{"sending", "", false, true, false, false},
		{"approved", "", false, true, true, false},
		{"failed", "", false, true, false, true},
		{"completed", "", false, false, false, true},
	} {
		client, _ := serve(t, standing(test.status, test.check))
		p, err := client.GetPayment(t.Context(), paymentRef)
		if err != nil {
			t.Fatal(err)
		}
		if p.IsCheck() != test.isCheck || p.MayBeCheck() != test.mayBe || p.Promotable() != test.promotable || p.promoted() != test.promoted {
			t.Errorf("%+v: %t %t %t %t", test, p.IsCheck(), p.MayBeCheck(), p.Promotable(), p.promoted())
		}
	}
}

// TestTreasuryPath: treasury movements in both directions use another path.
func TestTreasuryPath(t *testing.T) {
	t.Parallel()
	client, s := serve(t, status(202))
	if _, err := client.CreateSend(t.Context(), paymentRef, NewSend{Treasury: true}); err != nil {
		t.Error(err)
	}
	if _, err := client.CreateReceive(t.Context(), paymentRef, NewReceive{Treasury: true}); err != nil {
		t.Error(err)
	}
	for _, seen := range s.seen() {
		if !strings.HasSuffix(seen, "/treasury_movements") {
			t.Errorf("asked %s", seen)
		}
	}
	if _, body := s.latest(); strings.Contains(strings.ToLower(body), "treasury") || strings.Contains(body, "OwnID") {
		t.Errorf("sent %s", body)
	}
}
