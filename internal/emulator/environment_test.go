package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const (
	settings = environment + "/checkout/settings"
	assets   = "/organizations/0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01/assets"
)

func sandbox(line uuid.UUID) string {
	return environment + "/lines_of_credit/" + line.String() + "/sandbox"
}

// policies are those of a wallet as a read shows them, by type and in order of the types.
func (a *api) policies(path string) map[string]object {
	a.t.Helper()
	list, _ := a.expect(200, "", "GET", path, nil).get("policies").([]any)
	result := map[string]object{}
	for _, entry := range list {
		policy := entry.(object)
		result[policy["type"].(string)] = policy["data"].(object)
	}
	return result
}

// TestPolicies: what is given changes a moment later, the rest stays, and only the fee is taken away.
func TestPolicies(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	wallet := a.btcWallet(0)
	path := wallets + "/" + wallet + "/policies"
	a.expect(404, "wallet_policies_not_found", "GET", path, nil)
	template := uuid.NewString()
	a.expect(202, "", "PATCH", path, object{
		"max_payment_size_sats": 21,
		"processing_fee":        object{"send_basis_points": 50, "receive_basis_points": 0},
	})
	a.expect(404, "wallet_policies_not_found", "GET", path, nil)
	a.expect(400, "wallet_policies_exist", "PATCH", path, object{"max_payment_size_sats": 22})
	a.pass(time.Second)
	got := a.policies(path)
	if len(got) != 2 || got["max_payment_size"]["max_size_sats"] != 21.0 ||
		fmt.Sprint(got["processing_fee"]["rates"]) != "map[receive_basis_points:0 send_basis_points:50]" {
		t.Errorf("got %v", got)
	}
	a.expect(202, "", "PATCH", path, object{
		"transactions_per_minute": 3, "send_volume_limit_sats": int64(9007199254740993), "template_id": template, "ofac_compliant": true,
	})
	a.expect(202, "", "PATCH", path, object{"max_payment_size_sats": 22, "processing_fee": nil, "transactions_per_minute": nil})
	if got := a.policies(path); len(got) != 2 {
		t.Errorf("changed at once: %v", got)
	}
	a.pass(time.Second)
	got = a.policies(path)
	if len(got) != 5 || got["max_payment_size"]["max_size_sats"] != 22.0 || got["transaction_velocity"]["transactions_per_minute"] != 3.0 ||
		got["reflex_approval"]["template_id"] != template || got["reflex_approval"]["threshold"] != nil || got["ofac_compliant"]["id"] == nil ||
		got["ofac_compliant"]["updated_at"] != nil {
		t.Errorf("got %v", got)
	}
	if raw := a.do("GET", path, nil).raw; !strings.Contains(string(raw), `"limit_sats":9007199254740993`) {
		t.Errorf("a large limit is read back as %s", raw)
	}
	a.expect(202, "", "PATCH", path, object{"ofac_compliant": false})
	a.pass(time.Second)
	if got := a.policies(path); got["ofac_compliant"] != nil {
		t.Errorf("still %v", got)
	}
	a.emu.Inject(emulator.Fault{Operation: "get_wallet_policies", Effect: emulator.Stale{}})
	if got := a.policies(path); got["ofac_compliant"] == nil {
		t.Errorf("a stale read shows %v", got)
	}
	a.emu.Inject(emulator.Fault{Operation: "get_wallet_policies", Effect: emulator.NotFound{}})
	a.expect(404, "wallet_policies_not_found", "GET", path, nil)
	a.emu.Inject(emulator.Fault{Operation: "update_wallet_policies", Effect: emulator.FailAsync{Type: "policy_not_found", Detail: "later"}})
	a.expect(202, "", "PATCH", path, object{"max_payment_size_sats": 5})
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", path, nil); got.get("error", "type") != "policy_not_found" ||
		a.policies(path)["max_payment_size"]["max_size_sats"] != 22.0 {
		t.Errorf("after a failure: %s", got.raw)
	}
	a.expect(202, "", "DELETE", wallets+"/"+wallet, nil)
	a.pass(time.Second)
	a.expect(404, "wallet_policies_not_found", "GET", path, nil)
	a.expect(404, "wallet_policies_not_found", "PATCH", path, object{"max_payment_size_sats": 5})
}

// TestPolicies_onlyFee: a wallet whose only policy is taken away has none.
func TestPolicies_onlyFee(t *testing.T) {
	t.Parallel()
	a := start(t)
	path := wallets + "/" + a.btcWallet(0) + "/policies"
	a.expect(202, "", "PATCH", path, object{"processing_fee": object{"send_basis_points": 0, "receive_basis_points": 10_000}})
	a.expect(200, "", "GET", path, nil)
	a.expect(202, "", "PATCH", path, object{"processing_fee": nil})
	a.expect(404, "wallet_policies_not_found", "GET", path, nil)
}

// TestPolicies_bite: sends that go against a policy are refused, and fees are the wallet's own.
func TestPolicies_bite(t *testing.T) {
	t.Parallel()
	limit := func(sats int64) *int64 { return &sats }
	for name, test := range map[string]struct {
		policies emulator.Policies
		allowed  int           // sends of 100 sats that go through
		after    time.Duration // and again after a time
	}{
		"size":       {emulator.Policies{MaxPaymentSizeSats: limit(99)}, 0, 0},
		"size, just": {emulator.Policies{MaxPaymentSizeSats: limit(100)}, 3, 0},
		"velocity":   {emulator.Policies{TransactionsPerMinute: limit(2)}, 2, time.Minute},
		"volume":     {emulator.Policies{SendVolumeLimitSats: limit(250)}, 2, 24 * time.Hour},
		"everything, ok": {
			emulator.Policies{MaxPaymentSizeSats: limit(100), TransactionsPerMinute: limit(3), SendVolumeLimitSats: limit(300), OFACCompliant: true},
			3, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			wallet := a.btcWallet(10_000_000)
			if err := a.emu.SetPolicies(uuid.MustParse(wallet), test.policies); err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				if i < test.allowed {
					a.pay(newSend(wallet, a.foreignInvoice(), nil))
				} else if got := a.expect(200, "", "GET", a.pay(newSend(wallet, a.foreignInvoice(), nil)), nil); got.get("status") != "failed" ||
					got.get("error", "type") != "rejected" || got.get("error", "detail") == nil {
					t.Errorf("not rejected: %s", got.raw)
				}
			}
			if test.after != 0 {
				a.pass(test.after)
				a.pay(newSend(wallet, a.foreignInvoice(), nil))
			}
		})
	}
	a := start(t, func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[0].SendBasisPoints = 1000 })
	payer, payee := a.btcWallet(10_000_000), a.btcWallet(0)
	for _, wallet := range []string{payer, payee} {
		a.expect(202, "", "PATCH", wallets+"/"+wallet+"/policies", object{
			"processing_fee": object{"send_basis_points": 100, "receive_basis_points": 200},
		})
	}
	a.pay(newSend(payer, a.foreignInvoice(), nil))
	if got := a.money(payer); got != "-102000 -102000 0" { // 1 sat to the network, 1 % to Voltage
		t.Errorf("a send with a fee of the wallet's leaves %s", got)
	}
	if err := a.emu.Pay(a.invoice(a.pay(newReceive(payee, object{"amount": msats(50_000)}))), 0); err != nil {
		t.Fatal(err)
	}
	if got := a.money(payee); got != "50000 50000 0" { // the payer pays the fee
		t.Errorf("a receive with a fee of the wallet's brings %s", got)
	}
	a.expect(202, "", "PATCH", wallets+"/"+payer+"/policies", object{"processing_fee": nil})
	a.pay(newSend(payer, a.foreignInvoice(), nil))
	if got := a.money(payer); got != "-213000 -213000 0" { // 10 % again, the line's
		t.Errorf("a send with the line's fee leaves %s", got)
	}
}

func TestCheckout(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	a.expect(404, "checkout_settings_not_found", "GET", settings, nil)
	got := a.expect(200, "", "PUT", settings, object{
		"origin_policy":   "allowlist",
		"allowed_origins": []string{"https://a.example", "http://localhost:3000"},
	})
	if fmt.Sprint(got.get("allowed_origins")) != "[http://localhost:3000 https://a.example]" || got.get("origin_policy") != "allowlist" {
		t.Errorf("answered %s", got.raw)
	}
	a.expect(404, "checkout_settings_not_found", "GET", settings, nil)
	a.pass(time.Second)
	if again := a.expect(200, "", "GET", settings, nil); string(again.raw) != string(got.raw) {
		t.Errorf("read back as %s", again.raw)
	}
	a.expect(200, "", "PUT", settings, object{"origin_policy": "allow_all"})
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", settings, nil); got.get("origin_policy") != "allow_all" ||
		fmt.Sprint(got.get("allowed_origins")) != "[]" {
		t.Errorf("got %s", got.raw)
	}
	a.emu.Inject(emulator.Fault{Operation: "get_settings", Effect: emulator.Stale{}})
	if got := a.expect(200, "", "GET", settings, nil); got.get("origin_policy") != "allowlist" {
		t.Errorf("a stale read shows %s", got.raw)
	}
	a.emu.Inject(emulator.Fault{Operation: "get_settings", Effect: emulator.NotFound{}})
	a.expect(404, "checkout_settings_not_found", "GET", settings, nil)
}

func TestSandboxLine(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	summary := lines(emulator.StagingLineID.String() + "/summary")
	limit := func(want float64) {
		t.Helper()
		if got := a.expect(200, "", "GET", summary, nil); got.get("limit") != want {
			t.Errorf("the limit is %v, want %v", got.get("limit"), want)
		}
	}
	a.expect(202, "", "PATCH", sandbox(emulator.StagingLineID), object{"limit": 5000})
	limit(100_000_000_000)
	// A lower limit binds at once
	a.expect(400, "line_of_credit_cannot_allocate_wallet_limit", "POST", wallets, newWallet(object{"limit": 5001}))
	a.pass(time.Second)
	limit(5000)
	a.expect(202, "", "PATCH", sandbox(emulator.StagingLineID), object{"limit": 6000})
	// A higher one binds when it is there
	a.expect(400, "line_of_credit_cannot_allocate_wallet_limit", "POST", wallets, newWallet(object{"limit": 5001}))
	a.pass(time.Second)
	a.expect(202, "", "POST", wallets, newWallet(object{"limit": 5001}))
	a.expect(400, "invalid_line_of_credit_limit", "PATCH", sandbox(emulator.StagingLineID), object{"limit": 5000})
	a.emu.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Effect: emulator.Stale{}})
	limit(5000)
	a.emu.Inject(emulator.Fault{Operation: "get_line_of_credit_summary_as_user", Effect: emulator.NotFound{}})
	a.expect(404, "line_of_credit_not_found", "GET", summary, nil)
	a.emu.Inject(emulator.Fault{Operation: "update_sandbox_line_of_credit", Effect: emulator.FailAsync{}})
	a.expect(202, "", "PATCH", sandbox(emulator.StagingLineID), object{"limit": 7000})
	a.pass(time.Second)
	limit(6000)
	a.expect(202, "", "PATCH", sandbox(emulator.StagingLineID), object{"disable": true})
	if got := a.expect(200, "", "GET", summary, nil); got.get("disabled_at") != nil {
		t.Errorf("disabled at once: %s", got.raw)
	}
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", summary, nil); got.get("disabled_at") == nil {
		t.Errorf("not disabled: %s", got.raw)
	}
	a.expect(400, "line_of_credit_not_valid", "PATCH", sandbox(emulator.StagingLineID), object{"limit": 7000})
	a.expect(403, "not_allowed", "PATCH", sandbox(emulator.StagingLineID), object{"disable": false})
	if got := a.emu.LineLimit(emulator.StagingLineID); got != 6000 {
		t.Errorf("the limit is %d", got)
	}
}

func TestAssets(t *testing.T) {
	t.Parallel()
	a := start(t)
	for query, want := range map[string]string{
		"": emulator.MutinynetAsset + " " + emulator.TestnetAsset, "?network=testnet": emulator.TestnetAsset,
		"?network=mutinynet": emulator.MutinynetAsset, "?network=mainnet": "",
	} {
		var got []string
		list, _ := a.expect(200, "", "GET", assets+query, nil).get("assets").([]any)
		for _, asset := range list {
			got = append(got, asset.(object)["asset"].(string))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", query, got)
		}
	}
	if len(emulator.MutinynetAsset) != 66 || len(emulator.TestnetAsset) != 66 {
		t.Error("an asset's ID has 66 characters")
	}
}

// TestEnvironmentRefusals is the table of what the contract refuses of policies, checkout settings, sandbox lines and assets.
func TestEnvironmentRefusals(t *testing.T) {
	t.Parallel()
	fee := func(rates object) object { return object{"processing_fee": rates} }
	readOnly := []string{"X-Api-Key", emulator.StagingReadOnlyKey}
	for name, test := range map[string]struct {
		status       int
		kind         string
		method, path string // POLICIES stands for those of a wallet
		body         any
		header       []string
	}{
		"no update": {400, "no_updates_provided", "PATCH", "POLICIES", object{}, nil},
		"null is no update": {
			400, "no_updates_provided", "PATCH", "POLICIES",
			object{"max_payment_size_sats": nil, "ofac_compliant": nil},
			nil,
		},
		"limit of nothing":    {422, "invalid_data", "PATCH", "POLICIES", object{"max_payment_size_sats": 0}, nil},
		"negative velocity":   {422, "invalid_data", "PATCH", "POLICIES", object{"transactions_per_minute": -1}, nil},
		"volume is text":      {422, "invalid_data", "PATCH", "POLICIES", object{"send_volume_limit_sats": "1"}, nil},
		"template is no UUID": {422, "invalid_data", "PATCH", "POLICIES", object{"template_id": "x"}, nil},
		"fee without receive": {422, "invalid_data", "PATCH", "POLICIES", fee(object{"send_basis_points": 1}), nil},
		"fee without send":    {422, "invalid_data", "PATCH", "POLICIES", fee(object{"receive_basis_points": 1}), nil},
		"fee above all": {
			422, "invalid_data", "PATCH", "POLICIES",
			fee(object{"send_basis_points": 10_001, "receive_basis_points": 0}),
			nil,
		},
		"negative fee": {
			422, "invalid_data", "PATCH", "POLICIES",
			fee(object{"send_basis_points": 0, "receive_basis_points": -1}),
			nil,
		},
		"fee of another kind": {
			422, "invalid_data", "PATCH", "POLICIES",
			fee(object{"send_basis_points": 0, "receive_basis_points": 0, "flat": 1}),
			nil,
		},
		"unknown policy":        {422, "invalid_data", "PATCH", "POLICIES", object{"moon_phase": "full"}, nil},
		"policies of no wallet": {404, "wallet_policies_not_found", "GET", wallets + "/" + uuid.NewString() + "/policies", nil, nil},
		"change of no wallet": {
			404, "wallet_policies_not_found", "PATCH",
			wallets + "/" + uuid.NewString() + "/policies",
			object{"ofac_compliant": true},
			nil,
		},
		"policies elsewhere":    {403, "access_rights", "GET", "POLICIES", nil, []string{"X-Api-Key", emulator.SecondKey}},
		"policies, read-only":   {403, "access_rights", "PATCH", "POLICIES", object{"ofac_compliant": true}, readOnly},
		"no origin policy":      {422, "invalid_data", "PUT", settings, object{"allowed_origins": []string{}}, nil},
		"unknown origin policy": {422, "invalid_data", "PUT", settings, object{"origin_policy": "some"}, nil},
		"origin with a path": {
			400, "invalid_request", "PUT", settings,
			object{"origin_policy": "allowlist", "allowed_origins": []string{"https://a.example/"}},
			nil,
		},
		"checkout elsewhere": {
			403, "access_rights", "GET",
			strings.Replace(settings, emulator.StagingEnvironmentID.String(), emulator.SecondEnvironmentID.String(), 1),
			nil, nil,
		},
		"checkout, read-only":       {403, "access_rights", "PUT", settings, object{"origin_policy": "deny_all"}, readOnly},
		"no such line":              {404, "line_of_credit_not_found", "PATCH", sandbox(uuid.New()), object{"limit": 1}, nil},
		"line of another":           {404, "line_of_credit_not_found", "PATCH", sandbox(emulator.SecondLineID), object{"limit": 1}, nil},
		"mainnet is no sandbox":     {403, "not_allowed", "PATCH", sandbox(emulator.StagingMainnetLineID), object{"limit": 1}, nil},
		"line without a change":     {400, "no_updates_provided", "PATCH", sandbox(emulator.StagingLineID), object{}, nil},
		"line enabled":              {400, "line_of_credit_not_valid", "PATCH", sandbox(emulator.StagingLineID), object{"disable": false}, nil},
		"line's limit of nothing":   {422, "invalid_data", "PATCH", sandbox(emulator.StagingLineID), object{"limit": 0}, nil},
		"line, unknown field":       {422, "invalid_data", "PATCH", sandbox(emulator.StagingLineID), object{"currency": "usd"}, nil},
		"line, read-only":           {403, "access_rights", "PATCH", sandbox(emulator.StagingLineID), object{"limit": 1}, readOnly},
		"assets of no network":      {400, "invalid_parameter", "GET", assets + "?network=testnet3", nil, nil},
		"assets of an organization": {403, "access_rights", "GET", "/organizations/" + uuid.NewString() + "/assets", nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, tolerant)
			policies := wallets + "/" + a.btcWallet(0) + "/policies"
			a.expect(test.status, test.kind, test.method, strings.Replace(test.path, "POLICIES", policies, 1), test.body, test.header...)
			a.expect(404, "wallet_policies_not_found", "GET", policies, nil)
			a.expect(404, "checkout_settings_not_found", "GET", settings, nil)
			for _, line := range []uuid.UUID{emulator.StagingLineID, emulator.StagingMainnetLineID, emulator.SecondLineID} {
				if got := a.emu.LineLimit(line); got != 100_000_000_000 {
					t.Errorf("the limit of %s is %d", line, got)
				}
			}
		})
	}
}

// TestLineFilters: by network, by environment, and with those that are disabled.
func TestLineFilters(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) {
		c.OnViolation = nil
		c.Organizations[0].LinesOfCredit[1].Disabled = true
	})
	a.key = ""
	for query, want := range map[string]int{
		"": 4, "?include_disabled=true": 5, "?include_disabled=false": 4, "?network=mutinynet": 3, "?network=testnet3": 0,
		"?network=testnet3&include_disabled=true": 1, "?environment_ids[]=" + emulator.SecondEnvironmentID.String(): 1,
		"?environment_ids[]=" + emulator.SecondEnvironmentID.String() + "&environment_ids[]=" + emulator.StagingEnvironmentID.String(): 4,
	} {
		got := a.do("GET", lines("summaries"+query), nil, "Authorization", "Bearer "+emulator.UserToken)
		if list, _ := got.get().([]any); got.status != 200 || len(list) != want {
			t.Errorf("%s: %d lines, want %d: %s", query, len(list), want, got.raw)
		}
	}
	a.expect(400, "invalid_parameter", "GET", lines("summaries?network=testnet"), nil, "X-Api-Key", emulator.StagingKey)
	a.expect(403, "access_rights", "GET", lines("summaries?environment_ids[]="+emulator.SecondEnvironmentID.String()), nil,
		"X-Api-Key", emulator.StagingKey)
	disabled := a.expect(200, "", "GET", lines(emulator.StagingTestnetLineID.String()+"/summary"), nil, "X-Api-Key", emulator.StagingKey)
	if disabled.get("disabled_at") == nil {
		t.Errorf("read by its ID: %s", disabled.raw)
	}
}

// TestLineStatus is one of two, or null.
func TestLineStatus(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(*emulator.LineOfCredit){
		`{"secured":"secured"}`:               func(*emulator.LineOfCredit) {},
		`{"secured":"partially_secured"}`:     func(l *emulator.LineOfCredit) { l.Secured = "partially_secured" },
		`{"verified":"pending_verification"}`: func(l *emulator.LineOfCredit) { l.Verified = "pending_verification" },
		`{"verified":"verified"}`:             func(l *emulator.LineOfCredit) { l.Verified = "verified" },
		`null`:                                func(l *emulator.LineOfCredit) { l.Waived = true },
	} {
		a := start(t, func(c *emulator.Config) { change(&c.Organizations[0].LinesOfCredit[0]) })
		if got := part(a.expect(200, "", "GET", lines(emulator.StagingLineID.String()+"/summary"), nil), "status"); got != want {
			t.Errorf("status %s, want %s", got, want)
		}
		status, kind := 202, ""
		if strings.Contains(want, "pending") || strings.Contains(want, "partially") {
			status, kind = 400, "line_of_credit_not_ready"
		}
		a.expect(status, kind, "POST", wallets, newWallet(nil))
	}
}

// TestFirstPolicies: a change makes them, or not, as the emulator is told; and they can lag behind their wallet.
func TestFirstPolicies(t *testing.T) {
	t.Parallel()
	change := object{"ofac_compliant": true}
	strict := start(t, func(c *emulator.Config) { c.NoFirstPolicies = true })
	id := strict.btcWallet(0)
	path := wallets + "/" + id + "/policies"
	if got := strict.expect(404, "wallet_policies_not_found", "PATCH", path, change); got.get("error", "context", "wallet_id") != id {
		t.Errorf("got %s", got.raw)
	}
	if err := strict.emu.SetPolicies(uuid.MustParse(id), emulator.Policies{OFACCompliant: true}); err != nil {
		t.Fatal(err)
	}
	strict.expect(202, "", "PATCH", path, change)

	late := start(t, func(c *emulator.Config) { c.PolicyLag = time.Hour })
	path = wallets + "/" + late.btcWallet(0) + "/policies"
	late.expect(404, "wallet_policies_not_found", "PATCH", path, change)
	late.expect(404, "wallet_policies_not_found", "GET", path, nil)
	late.pass(time.Hour)
	late.expect(202, "", "PATCH", path, change)
	late.expect(200, "", "GET", path, nil)
}
