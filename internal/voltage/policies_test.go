package voltage

import (
	"encoding/json"
	"net/http"
	"reflect"
	"testing"
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
		{"type":"reflex_approval","data":{"template_id":"22222222-2222-4222-8222-222222222222","threshold":{"currency":"btc","amount":7,"unit":"msats"}}},
		{"type":"transaction_velocity","data":{"transactions_per_minute":3}},
		{"type":"max_payment_size","data":{"max_size_sats":21,"updated_at":null}}]}`))
	got, err := client.GetWalletPolicies(t.Context(), organization, walletID)
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

// TestGetWalletPolicies_none: only the API's own word means that a wallet has no policies.
func TestGetWalletPolicies_none(t *testing.T) {
	t.Parallel()
	none, gone := refusal(404, TypePoliciesNotFound), refusal(404, "instance_not_found")
	there := jsonAnswer(`{"policies":[{"type":"max_payment_size","data":{"max_size_sats":21}}],"updated_at":"2026-09-01T10:00:00Z"}`)
	for name, test := range map[string]struct {
		answers         []http.HandlerFunc
		get, find       string // what GetSettled and Find conclude: found, none, gone, failed
		getOne, findOne bool   // by one request
	}{
		"there":           {[]http.HandlerFunc{there}, "found", "found", true, true},
		"empty list":      {[]http.HandlerFunc{jsonAnswer(`{"policies":[],"updated_at":"2026-09-01T10:00:00Z"}`)}, "found", "found", true, true},
		"none":            {[]http.HandlerFunc{none}, "none", "none", false, true},
		"none at first":   {[]http.HandlerFunc{none, none, there}, "found", "none", false, true},
		"gone":            {[]http.HandlerFunc{gone}, "gone", "gone", false, false},
		"gone at first":   {[]http.HandlerFunc{gone, there}, "found", "found", false, false},
		"no list":         {[]http.HandlerFunc{jsonAnswer(`{"updated_at":"2026-09-01T10:00:00Z"}`)}, "failed", "failed", false, false},
		"something else":  {[]http.HandlerFunc{jsonAnswer(`{"id":7}`)}, "failed", "failed", false, false},
		"404 of a proxy":  {[]http.HandlerFunc{answer(404, "text/html", "<p>")}, "failed", "failed", true, true},
		"entry of no use": {[]http.HandlerFunc{jsonAnswer(`{"policies":[7]}`)}, "failed", "failed", false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for i, read := range []func(*Client) (*WalletPolicies, error){
				func(c *Client) (*WalletPolicies, error) {
					return c.GetSettledWalletPolicies(t.Context(), organization, walletID)
				},
				func(c *Client) (*WalletPolicies, error) {
					return c.FindWalletPolicies(t.Context(), organization, walletID)
				},
			} {
				client, s := serve(t, test.answers...)
				policies, err := read(client)
				got := "failed"
				switch {
				case err == nil && policies == nil, IsType(err, TypePoliciesNotFound):
					got = "none"
				case err == nil:
					got = "found"
				case IsNotFound(err):
					got = "gone"
				}
				if want := []string{test.get, test.find}[i]; got != want {
					t.Errorf("function %d concludes %s (%v), want %s", i, got, err, want)
				}
				if one := []bool{test.getOne, test.findOne}[i]; (s.count("GET") == 1) != one {
					t.Errorf("function %d sent %v", i, s.seen())
				}
			}
		})
	}
}

// TestPolicyUpdate: what is not given is not sent, and a fee that is taken away is null.
func TestPolicyUpdate(t *testing.T) {
	t.Parallel()
	all := &WalletPolicies{
		MaxPaymentSizeSats: pointer(int64(1)), TransactionsPerMinute: pointer(int64(2)), SendVolumeLimitSats: pointer(int64(3)), ReflexTemplateID: &walletID,
		OFACCompliant: true, ProcessingFee: &ProcessingFee{SendBasisPoints: 4, ReceiveBasisPoints: 5},
	}
	for want, test := range map[string]struct {
		update      PolicyUpdate
		byAll, none bool // whether all policies, or none, are as the update makes them
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
		`{"processing_fee":null}`:                           {PolicyUpdate{RestoreProcessingFee: true}, false, true},
		`{"max_payment_size_sats":1,"processing_fee":null}`: {PolicyUpdate{MaxPaymentSizeSats: pointer(int64(1)), RestoreProcessingFee: true}, false, false},
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

// TestIdempotentWrites are sent again after a doubtful answer, and not after a refusal.
func TestIdempotentWrites(t *testing.T) {
	t.Parallel()
	for name, write := range map[string]struct {
		method, path, body string
		send               func(*Client) error
	}{
		"policies": {"PATCH", "/wallets/" + walletID.String() + "/policies", `{"ofac_compliant":true}`, func(c *Client) error {
			return c.UpdateWalletPolicies(t.Context(), organization, walletID, PolicyUpdate{OFACCompliant: pointer(true)})
		}},
		"checkout": {"PUT", "/environments/" + environment.String() + "/checkout/settings", `{"origin_policy":"deny_all","allowed_origins":[]}`, func(c *Client) error {
			return c.PutCheckoutSettings(t.Context(), organization, environment, OriginsDenyAll, nil)
		}},
		"line of credit": {"PATCH", "/environments/" + environment.String() + "/lines_of_credit/" + lineID.String() + "/sandbox", `{"limit":9007199254740993}`, func(c *Client) error {
			return c.UpdateSandboxLineOfCredit(t.Context(), organization, environment, lineID, 9007199254740993)
		}},
	} {
		client, s := serve(t, cut, status(502), status(202))
		if err := write.send(client); err != nil {
			t.Errorf("%s: %s", name, err)
		}
		_, body := s.latest()
		if want := write.method + " /v1/organizations/" + organization.String() + write.path; len(s.seen()) != 3 || s.seen()[2] != want || body != write.body {
			t.Errorf("%s: sent %v with %s, want %s with %s", name, s.seen(), body, want, write.body)
		}
		client, s = serve(t, refusal(400, "invalid_request"))
		if err := write.send(client); !IsType(err, "invalid_request") || len(s.seen()) != 1 {
			t.Errorf("%s: refused with %v after %v", name, err, s.seen())
		}
	}
}
