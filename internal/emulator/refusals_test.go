package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// TestRefusals is the table of everything the contract refuses of wallets and lines of credit.
func TestRefusals(t *testing.T) {
	t.Parallel()
	missing := uuid.NewString()
	create := func(change map[string]any) func(*api) (string, string, any) {
		return func(*api) (string, string, any) { return "POST", wallets, newWallet(change) }
	}
	world := func(change func(*emulator.Organization)) func(*emulator.Config) {
		return func(c *emulator.Config) { change(&c.Organizations[0]) }
	}
	for name, test := range map[string]struct {
		status  int
		kind    string
		request func(*api) (method, path string, body any)
		header  []string
		world   func(*emulator.Config)
	}{
		"name too short":      {422, "invalid_data", create(map[string]any{"name": "ab"}), nil, nil},
		"name too long":       {422, "invalid_data", create(map[string]any{"name": strings.Repeat("ä", 257)}), nil, nil},
		"negative limit":      {422, "invalid_data", create(map[string]any{"limit": -1}), nil, nil},
		"limit is text":       {422, "invalid_data", create(map[string]any{"limit": "1"}), nil, nil},
		"limit overflows":     {422, "invalid_data", create(map[string]any{"limit": json.Number("9223372036854775808")}), nil, nil},
		"no limit":            {422, "invalid_data", create(map[string]any{"limit": nil}), nil, nil},
		"no ID":               {422, "invalid_data", create(map[string]any{"id": nil}), nil, nil},
		"ID is no UUID":       {422, "invalid_data", create(map[string]any{"id": "x"}), nil, nil},
		"testnet":             {422, "invalid_data", create(map[string]any{"network": "testnet"}), nil, nil},
		"unknown field":       {422, "invalid_data", create(map[string]any{"color": "red"}), nil, nil},
		"metadata is no text": {422, "invalid_data", create(map[string]any{"metadata": map[string]any{"a": 1}}), nil, nil},
		"no such line":        {400, "line_of_credit_not_found", create(map[string]any{"line_of_credit_id": missing}), nil, nil},
		"line elsewhere":      {400, "line_of_credit_not_found", create(map[string]any{"line_of_credit_id": emulator.SecondLineID}), nil, nil},
		"other network":       {400, "line_of_credit_network_mismatch", create(map[string]any{"network": "mainnet"}), nil, nil},
		"more than the line":  {400, "line_of_credit_cannot_allocate_wallet_limit", create(map[string]any{"limit": 100_000_000_001}), nil, nil},
		"more than anything": {
			400,
			"line_of_credit_cannot_allocate_wallet_limit",
			create(map[string]any{"limit": int64(9223372036854775807)}),
			nil, nil,
		},
		"line disabled": {
			400, "line_of_credit_disabled", create(nil), nil,
			world(func(o *emulator.Organization) { o.LinesOfCredit[0].Disabled = true }),
		},
		"line without deposit": {
			400, "line_of_credit_not_ready", create(nil), nil,
			world(func(o *emulator.Organization) { o.LinesOfCredit[0].Secured = "pending_deposit" }),
		},
		"line not verified": {
			400, "line_of_credit_not_ready", create(nil), nil,
			world(func(o *emulator.Organization) { o.LinesOfCredit[0].Verified = "pending_verification" }),
		},
		"not approved": {
			400, "application_not_approved", create(nil), nil,
			world(func(o *emulator.Organization) { o.NotApproved = []string{"mutinynet"} }),
		},
		"no bank details": {
			400, "missing_bank_details", create(nil), nil,
			world(func(o *emulator.Organization) { o.NoBankDetails = []string{"mutinynet"} }),
		},
		"not enabled": {
			400, "feature_flag_disabled", create(nil), nil,
			world(func(o *emulator.Organization) { o.NoWallets = []string{"mutinynet"} }),
		},
		"foreign environment": {403, "access_rights", create(map[string]any{"environment_id": emulator.SecondEnvironmentID}), nil, nil},
		"no key":              {400, "missing_credentials", create(nil), []string{"X-Api-Key", ""}, nil},
		"another host's key":  {400, "missing_credentials", create(nil), []string{"X-Api-Key", "vltg_production"}, nil},
		"revoked key":         {401, "wrong_credentials", create(nil), nil, world(func(o *emulator.Organization) { o.Keys[0].Revoked = true })},
		"bad token":           {401, "invalid_token", create(nil), []string{"X-Api-Key", "", "Authorization", "Bearer x"}, nil},
		"key as token": {
			401, "invalid_token", create(nil),
			[]string{"X-Api-Key", "", "Authorization", "Bearer " + emulator.StagingKey},
			nil,
		},
		"read-only key":     {403, "access_rights", create(nil), []string{"X-Api-Key", emulator.StagingReadOnlyKey}, nil},
		"key without write": {403, "access_rights", create(nil), nil, world(func(o *emulator.Organization) { o.Keys[0].Write = false })},
		"no content type":   {415, "missing_content_type", create(nil), []string{"Content-Type", ""}, nil},
		"form":              {415, "missing_content_type", create(nil), []string{"Content-Type", "application/x-www-form-urlencoded"}, nil},
		"not JSON":          {400, "invalid_syntax", func(*api) (string, string, any) { return "POST", wallets, "{" }, nil, nil},
		"not an object":     {422, "invalid_data", func(*api) (string, string, any) { return "POST", wallets, "[]" }, nil, nil},
		"too large":         {413, "payload_too_large", create(map[string]any{"name": strings.Repeat("x", 1<<20)}), nil, nil},
		"foreign organization": {
			403, "access_rights",
			func(*api) (string, string, any) { return "GET", "/organizations/" + missing + "/wallets", nil },
			nil, nil,
		},
		"organization no UUID": {
			400, "invalid_parameter",
			func(*api) (string, string, any) { return "GET", "/organizations/x/wallets", nil },
			nil, nil,
		},
		"wallet no UUID": {400, "invalid_parameter", func(*api) (string, string, any) { return "GET", wallets + "/x", nil }, nil, nil},
		"environment no UUID": {
			400, "invalid_parameter",
			func(*api) (string, string, any) { return "GET", wallets + "?environment_id=x", nil },
			nil, nil,
		},
		"inactive of no kind": {
			400, "invalid_parameter",
			func(*api) (string, string, any) { return "GET", wallets + "?inactive=perhaps", nil },
			nil, nil,
		},
		"list elsewhere": {403, "access_rights", func(*api) (string, string, any) {
			return "GET", wallets + "?environment_id=" + emulator.SecondEnvironmentID.String(), nil
		}, nil, nil},
		"no such wallet": {404, "instance_not_found", func(*api) (string, string, any) { return "GET", wallets + "/" + missing, nil }, nil, nil},
		"rename no such wallet": {404, "instance_not_found", func(*api) (string, string, any) {
			return "PATCH", wallets + "/" + missing, map[string]any{"name": "new"}
		}, nil, nil},
		"rename too short": {
			400, "invalid_request",
			func(a *api) (string, string, any) { return "PATCH", a.make(nil), map[string]any{"name": "x"} },
			nil, nil,
		},
		"rename to nothing": {
			422, "invalid_data",
			func(a *api) (string, string, any) { return "PATCH", a.make(nil), map[string]any{} },
			nil, nil,
		},
		"rename and more": {422, "invalid_data", func(a *api) (string, string, any) {
			return "PATCH", a.make(nil), map[string]any{"name": "new", "limit": 5}
		}, nil, nil},
		"rename, read-only": {403, "access_rights", func(a *api) (string, string, any) {
			return "PATCH", a.make(nil), map[string]any{"name": "new"}
		}, []string{"X-Api-Key", emulator.StagingReadOnlyKey}, nil},
		"delete, read-only": {403, "access_rights", func(a *api) (string, string, any) {
			return "DELETE", a.make(nil), nil
		}, []string{"X-Api-Key", emulator.StagingReadOnlyKey}, nil},
		"wallet elsewhere": {
			403, "access_rights",
			func(a *api) (string, string, any) { return "GET", a.make(nil), nil },
			[]string{"X-Api-Key", emulator.SecondKey},
			nil,
		},
		"no such line, read": {404, "line_of_credit_not_found", func(*api) (string, string, any) {
			return "GET", lines(missing + "/summary"), nil
		}, nil, nil},
		"line elsewhere, read": {403, "access_rights", func(*api) (string, string, any) {
			return "GET", lines(emulator.SecondLineID.String() + "/summary"), nil
		}, nil, nil},
		"not empty": {400, "wallet_not_empty", func(a *api) (string, string, any) {
			path := a.make(nil)
			if err := a.emu.Deposit(uuid.MustParse(strings.TrimPrefix(path, wallets+"/")), "btc", -1); err != nil {
				a.t.Fatal(err)
			}
			return "DELETE", path, nil
		}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			change := []func(*emulator.Config){tolerant}
			if test.world != nil {
				change = append(change, test.world)
			}
			a := start(t, change...)
			method, path, body := test.request(a)
			before := len(a.emu.Wallets())
			a.expect(test.status, test.kind, method, path, body, test.header...)
			if after := len(a.emu.Wallets()); after != before {
				t.Errorf("%d wallets and then %d", before, after)
			}
		})
	}
	a := start(t, tolerant)
	if got := a.do("GET", "/nothing", nil); got.status != 404 {
		t.Errorf("an unknown path answers %d", got.status)
	}
}
