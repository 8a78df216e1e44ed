package voltage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

func pointer[T any](value T) *T { return &value }

func jsonAnswer(body string) http.HandlerFunc { return answer(http.StatusOK, "application/json", body) }

func TestGetWalletPolicies(t *testing.T) {
	t.Parallel()
	client, s := serve(t, jsonAnswer(`{"id":"66666666-6666-4666-8666-666666666666","updated_at":"2026-09-01T10:00:00.123456789Z","color":"red",
		"error":{"type":"Busy","detail":"later","context":null},"policies":[
		{"type":"processing_fee","data":{"id":"x","rates":{"send_basis_points":50,"receive_basis_points":0}}},
		{"type":"send_volume_limit","data":{"limit_sats":9007199254740993}},
		{"type":"ofac_compliant","data":{"id":"x"}},
		{"type":"moon_phase","data":{"phase":"full","limit_sats":1}},
		{"type":"reflex_approval","data":{"template_id":"22222222-2222-4222-8222-222222222222",
		"threshold":{"currency":"btc","amount":7,"unit":"msats"}}},
		{"type":"transaction_velocity","data":{"transactions_per_minute":3}},
		{"type":"max_payment_size","data":{"max_size_sats":21,"updated_at":null}}]}`))
	got, err := client.GetWalletPolicies(t.Context(), walletRef)
	if err != nil {
		t.Fatal(err)
	}
	want := &WalletPolicies{
		MaxPaymentSizeSats: pointer(int64(21)), TransactionsPerMinute: pointer(int64(3)), SendVolumeLimitSats: pointer(int64(9007199254740993)),
		ReflexTemplateID: &walletID, ReflexThreshold: &Amount{Currency: "btc", Amount: 7, Unit: "msats"}, OFACCompliant: true,
		ProcessingFee: &ProcessingFee{SendBasisPoints: 50}, Error: &WalletError{Type: "Busy", Detail: "later"},
		UpdatedAt: time.Date(2026, 9, 1, 10, 0, 0, 123456789, time.UTC),
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if want := "GET /v1/organizations/" + organization.String() + "/wallets/" + walletID.String() + "/policies"; s.seen()[0] != want {
		t.Errorf("sent %s, want %s", s.seen()[0], want)
	}
}

// TestFindWalletPolicies: the 404 of policies means that the wallet does not exist or that it has none. The client reads the wallet to find
// out which of the two is the case.
func TestFindWalletPolicies(t *testing.T) {
	t.Parallel()
	none, other, gone := refusal(404, TypePoliciesNotFound), refusal(404, "instance_not_found"), refusal(404, "instance_not_found")
	there := jsonAnswer(`{"policies":[{"type":"max_payment_size","data":{"max_size_sats":21}}],"updated_at":"2026-09-01T10:00:00Z"}`)
	exists, recent := wallet(nil), wallet(map[string]any{"created_at": time.Now().Add(time.Hour)})
	deleted := wallet(map[string]any{"active": false, "deleted_at": "2026-09-02T10:00:00Z"})
	nothing, listed := jsonAnswer(`[]`), jsonAnswer("["+walletJSON(nil)+"]")
	type answers = []http.HandlerFunc
	for name, test := range map[string]struct {
		policies, wallet, list answers
		// These are the results of FindWalletPolicies, GetSettledWalletPolicies and FindSettledWalletPolicies: found, none, gone, failed.
		find, settled, recent string
		requests              int // of FindWalletPolicies; 0 for any number
	}{
		"there": {answers{there}, nil, nil, "found", "found", "found", 1},
		"empty list": {
			answers{jsonAnswer(`{"policies":[],"updated_at":"2026-09-01T10:00:00Z"}`)},
			nil, nil, "found", "found", "found", 1,
		},
		"none":                          {answers{none}, answers{exists}, nil, "none", "none", "none", 2},
		"none, another type":            {answers{other}, answers{exists}, nil, "none", "none", "none", 2},
		"none at first":                 {answers{none, none, there}, answers{exists}, nil, "none", "found", "none", 2},
		"none at first of a new wallet": {answers{none, none, there}, answers{recent}, nil, "none", "found", "found", 2},
		"no wallet":                     {answers{none}, answers{gone}, answers{nothing}, "gone", "gone", "gone", 0},
		"no wallet, another type":       {answers{other}, answers{gone}, answers{nothing}, "gone", "gone", "gone", 0},
		"wallet that a list has":        {answers{none}, answers{gone}, answers{listed}, "none", "none", "none", 0},
		"wallet that lags":              {answers{none}, answers{gone, gone, exists}, nil, "none", "none", "none", 4},
		"wallet that was deleted":       {answers{none}, answers{deleted}, nil, "gone", "gone", "gone", 2},
		"wallet that cannot be read":    {answers{none}, answers{refusal(403, "access_rights")}, nil, "failed", "failed", "failed", 2},
		"list that cannot be read": {
			answers{none},
			answers{gone},
			answers{refusal(403, "access_rights")},
			"failed", "failed", "failed", 0,
		},
		"no list of policies": {
			answers{jsonAnswer(`{"updated_at":"2026-09-01T10:00:00Z"}`)},
			nil, nil, "failed", "failed", "failed", 0,
		},
		"something else":                  {answers{jsonAnswer(`{"id":7}`)}, nil, nil, "failed", "failed", "failed", 0},
		"404 of a proxy":                  {answers{answer(404, "text/html", "<p>")}, nil, nil, "failed", "failed", "failed", 1},
		"404 of a proxy about the wallet": {answers{none}, answers{answer(404, "text/html", "<p>")}, nil, "failed", "failed", "failed", 2},
		"entry of no use":                 {answers{jsonAnswer(`{"policies":[7]}`)}, nil, nil, "failed", "failed", "failed", 0},
	} {
		for i, read := range []func(*Client, context.Context, Ref) (*WalletPolicies, error){
			(*Client).FindWalletPolicies, (*Client).GetSettledWalletPolicies, (*Client).FindSettledWalletPolicies,
		} {
			t.Run(fmt.Sprintf("%s %d", name, i), func(t *testing.T) {
				t.Parallel()
				at := "/v1" + walletRef.walletPath()
				client, s := serve(t, scripted(map[string][]http.HandlerFunc{
					"GET " + at + "/policies": test.policies, "GET " + at: test.wallet, "GET /v1" + walletsPath(organization): test.list,
				}))
				policies, err := read(client, t.Context(), walletRef)
				got := "failed"
				switch {
				case err == nil && policies == nil:
					got = "none"
				case err == nil:
					got = "found"
				case IsNotFound(err):
					got = "gone"
				}
				if want := []string{test.find, test.settled, test.recent}[i]; got != want {
					t.Errorf("concludes %s (%v), want %s", got, err, want)
				}
				if seen := s.seen(); i == 0 && test.requests > 0 && len(seen) != test.requests {
					t.Errorf("sent %v", seen)
				}
				if deleted := (*WalletDeletedError)(nil); errors.As(err, &deleted) != (name == "wallet that was deleted") {
					t.Errorf("got %v", err)
				}
			})
		}
	}
}

// scripted answers each request with the next of the answers for its method and path, and repeats the last one.
func scripted(answers map[string][]http.HandlerFunc) http.HandlerFunc {
	scripts := map[string]*script{}
	for path, answers := range answers {
		if answers == nil {
			answers = []http.HandlerFunc{status(http.StatusTeapot)}
		}
		scripts[path] = &script{answers: answers}
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if script := scripts[r.Method+" "+r.URL.Path]; script != nil {
			script.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusTeapot)
	}
}

// TestUpdateWalletPolicies_notFound: after a 404 the client reads the wallet. If the wallet exists, the client repeats the request for as
// long as policies can become readable later than their wallet. The test uses virtual time.
func TestUpdateWalletPolicies_notFound(t *testing.T) {
	t.Parallel()
	const never = 24 * time.Hour
	none := refusal(404, TypePoliciesNotFound)
	for name, test := range map[string]struct {
		age      time.Duration // of the wallet at the time of the request
		lag      time.Duration // until the change is accepted
		wallet   http.HandlerFunc
		policies http.HandlerFunc
		finally  http.HandlerFunc // the answer after the lag
		want     string           // the error: none, first, deleted, or a type
		from, to time.Duration    // shortest and longest duration
	}{
		"accepted":               {lag: 0, want: "none"},
		"new wallet":             {lag: 40 * time.Second, want: "none", from: 40 * time.Second, to: 43 * time.Second},
		"older wallet":           {age: time.Hour, lag: 2 * time.Second, want: "none", from: 2 * time.Second, to: 4 * time.Second},
		"clock ahead":            {age: -time.Hour, lag: never, want: "first", from: time.Minute, to: 65 * time.Second},
		"new wallet, no first":   {age: 20 * time.Second, lag: never, want: "first", from: 40 * time.Second, to: 45 * time.Second},
		"older wallet, no first": {age: time.Hour, lag: never, want: "first", from: 3 * time.Second, to: 6 * time.Second},
		"refused after the lag": {
			lag:     5 * time.Second,
			finally: refusal(400, "invalid_processing_fee_rates"),
			want:    "invalid_processing_fee_rates",
			from:    5 * time.Second,
			to:      8 * time.Second,
		},
		"no wallet": {lag: never, wallet: refusal(404, "instance_not_found"), want: "instance_not_found",
			from: 3 * time.Second, to: 6 * time.Second},
		"deleted wallet": {
			lag:    never,
			wallet: wallet(map[string]any{"active": false, "deleted_at": "2026-09-02T10:00:00Z"}),
			want:   "deleted",
		},
		"wallet that cannot be read": {lag: never, wallet: refusal(403, "access_rights"), want: "access_rights"},
		"policies that can be read": {
			age:      time.Hour,
			lag:      never,
			policies: jsonAnswer(`{"policies":[],"updated_at":"2026-09-01T10:00:00Z"}`),
			want:     TypePoliciesNotFound,
			from:     3 * time.Second,
			to:       6 * time.Second,
		},
		"404 that is not the API's own": {lag: never, wallet: answer(404, "text/html", "<p>"), want: ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				client := newTestClient(t, Config{})
				client.pace = Pace{}.withDefaults()
				about := test.wallet
				if about == nil {
					about = wallet(map[string]any{"created_at": start.Add(-test.age)})
				}
				policies, finally := test.policies, test.finally
				if policies == nil {
					policies = none
				}
				if finally == nil {
					finally = status(202)
				}
				at := "/v1" + walletRef.walletPath()
				handler := scripted(map[string][]http.HandlerFunc{
					"GET " + at: {about}, "GET " + at + "/policies": {policies}, "GET /v1" + walletsPath(organization): {jsonAnswer(`[]`)},
					"PATCH " + at + "/policies": {func(w http.ResponseWriter, r *http.Request) {
						if time.Since(start) < test.lag {
							none(w, r)
							return
						}
						finally(w, r)
					}},
				})
				client.retrying.HTTPClient.Transport = roundTrip(func(r *http.Request) (*http.Response, error) {
					recorder := httptest.NewRecorder()
					handler(recorder, r)
					return recorder.Result(), nil
				})
				err := client.UpdateWalletPolicies(t.Context(), walletRef, PolicyUpdate{OFACCompliant: pointer(true)})
				got := "none"
				var answer *Error
				switch {
				case errors.As(err, new(*NoFirstPoliciesError)):
					got = "first"
				case errors.As(err, new(*WalletDeletedError)):
					got = "deleted"
				case errors.As(err, &answer):
					got = answer.Type
				}
				if took := time.Since(start); got != test.want || took < test.from || took > test.to {
					t.Errorf("got %s after %s, want %s: %v", got, took, test.want, err)
				}
				if IsDoubtful(err) {
					t.Errorf("it is doubtful whether the API has taken the change: %v", err)
				}
			})
		})
	}
}

// TestPolicyUpdate: a nil policy is not sent, and a removed fee is null.
func TestPolicyUpdate(t *testing.T) {
	t.Parallel()
	all := &WalletPolicies{
		MaxPaymentSizeSats: pointer(int64(1)), TransactionsPerMinute: pointer(int64(2)),
		SendVolumeLimitSats: pointer(int64(3)), ReflexTemplateID: &walletID,
		OFACCompliant: true, ProcessingFee: &ProcessingFee{SendBasisPoints: 4, ReceiveBasisPoints: 5},
	}
	for want, test := range map[string]struct {
		update      PolicyUpdate
		byAll, none bool // whether full policies, and missing policies, show the update
	}{
		`{}`:                            {PolicyUpdate{}, true, true},
		`{"max_payment_size_sats":1}`:   {PolicyUpdate{MaxPaymentSizeSats: pointer(int64(1))}, true, false},
		`{"transactions_per_minute":9}`: {PolicyUpdate{TransactionsPerMinute: pointer(int64(9))}, false, false},
		`{"send_volume_limit_sats":3}`:  {PolicyUpdate{SendVolumeLimitSats: pointer(int64(3))}, true, false},
		`{"template_id":"` + "22222222-2222-4222-8222-222222222222" + `"}`: {PolicyUpdate{ReflexTemplateID: &walletID}, true, false},
		`{"ofac_compliant":true}`:  {PolicyUpdate{OFACCompliant: pointer(true)}, true, false},
		`{"ofac_compliant":false}`: {PolicyUpdate{OFACCompliant: pointer(false)}, false, true},
		`{"processing_fee":{"send_basis_points":4,"receive_basis_points":5}}`: {PolicyUpdate{ProcessingFee: &ProcessingFee{4, 5}}, true, false},
		`{"processing_fee":{"send_basis_points":4,"receive_basis_points":0}}`: {PolicyUpdate{ProcessingFee: &ProcessingFee{4, 0}}, false, false},
		`{"processing_fee":null}`: {PolicyUpdate{RestoreProcessingFee: true}, false, true},
		`{"max_payment_size_sats":1,"processing_fee":null}`: {
			PolicyUpdate{MaxPaymentSizeSats: pointer(int64(1)), RestoreProcessingFee: true},
			false, false,
		},
	} {
		got, err := json.Marshal(test.update)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
		if test.update.ShownBy(all) != test.byAll || test.update.ShownBy(nil) != test.none || test.update.Empty() != (want == "{}") {
			t.Errorf("%s: shown by all %t, by none %t, empty %t", want, test.update.ShownBy(all), test.update.ShownBy(nil), test.update.Empty())
		}
	}
}

// TestIdempotentWrites: idempotent writes are repeated after a doubtful answer, but not after a refusal.
func TestIdempotentWrites(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]struct {
		method, path, body string
		send               func(*Client) error
	}{
		"policies": {"PATCH", "/wallets/" + walletID.String() + "/policies", `{"ofac_compliant":true}`, func(c *Client) error {
			return c.UpdateWalletPolicies(t.Context(), walletRef, PolicyUpdate{OFACCompliant: pointer(true)})
		}},
		"checkout": {
			"PUT",
			"/environments/" + environment.String() + "/checkout/settings",
			`{"origin_policy":"deny_all","allowed_origins":[]}`,
			func(c *Client) error {
				return c.PutCheckoutSettings(t.Context(), inEnvironment(lineID), OriginsDenyAll, nil)
			},
		},
		"line of credit": {
			"PATCH",
			"/environments/" + environment.String() + "/lines_of_credit/" + lineID.String() + "/sandbox",
			`{"limit":9007199254740993}`,
			func(c *Client) error {
				return c.UpdateSandboxLineOfCredit(t.Context(), inEnvironment(lineID), 9007199254740993)
			},
		},
	} {
		client, s := serve(t, cut, status(502), status(202))
		if err := write.send(client); err != nil {
			t.Errorf("%s: %s", name, err)
		}
		_, body := s.latest()
		if want := write.method + " /v1/organizations/" + organization.String() + write.path; len(s.seen()) != 3 ||
			s.seen()[2] != want || body != write.body {
			t.Errorf("%s: sent %v with %s, want %s with %s", name, s.seen(), body, want, write.body)
		}
		client, s = serve(t, refusal(400, "invalid_request"))
		if err := write.send(client); !IsType(err, "invalid_request") || len(s.seen()) != 1 {
			t.Errorf("%s: refused with %v after %v", name, err, s.seen())
		}
	}
}
