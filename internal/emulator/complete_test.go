package emulator

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"
)

// recipe is where what to do is written down.
const recipe = `; see "Add an operation to the emulator" in CONTRIBUTING.md`

// refused has, for each operation that the emulator carries out, a refusal of its own: one that is about the objects or the values of this
// operation, and not about the credentials. IDs in the path other than those of the organization and the environment are of nothing.
var refused = map[string]struct {
	status int
	kind   string
	query  string
	body   string
}{
	"abandon_webhook_delivery":              {404, "webhook_not_found", "", ""},
	"retry_webhook_delivery":                {404, "webhook_not_found", "", ""},
	"get_webhook_delivery":                  {404, "webhook_not_found", "", ""},
	"get_webhook_deliveries_as_user":        {404, "webhook_not_found", "", ""},
	"get_webhook_delivery_summary_as_user":  {404, "webhook_not_found", "", ""},
	"check_payment":                         {400, "invalid_payment", "", newCheckBody},
	"create_treasury_movement":              {400, "feature_flag_disabled", "", newReceiveBody},
	"get_bill_as_user":                      {404, "bill_not_found", "", ""},
	"get_bill_summary_as_user":              {400, "invalid_parameter", "?line_of_credit_id=x", ""},
	"get_bills_as_user":                     {400, "invalid_parameter", "?line_of_credit_id=x", ""},
	"get_payment_summary":                   {400, "invalid_parameter", "?line_of_credit_id=x", ""},
	"get_wallet_payment_summary":            {400, "invalid_parameter", "?start_date=x", ""},
	"get_quotes_as_user":                    {400, "invalid_parameter", "?wallet_id=x", ""},
	"create_payment":                        {400, "invalid_payment", "", newReceiveBody},
	"create_event_stream_token":             {401, "invalid_checkout_token", "", `{"checkout_tokens":["vlt_co_x"]}`},
	"create_session":                        {400, "invalid_request", "", newSessionBody},
	"create_wallet":                         {400, "line_of_credit_not_found", "", newWalletBody},
	"create_webhook":                        {400, "invalid_webhook", "", `{"id":"ID","name":"hook","url":"","events":[]}`},
	"delete_wallet":                         {404, "instance_not_found", "", ""},
	"delete_webhook":                        {404, "webhook_not_found", "", ""},
	"generate_webhook_key":                  {404, "webhook_not_found", "", ""},
	"get_a_quote_as_user":                   {404, "quote_not_found", "", ""},
	"get_all_organization_supported_assets": {400, "invalid_parameter", "?network=testnet3", ""},
	"get_all_organizations_wallets_as_user": {400, "invalid_parameter", "?environment_id=x", ""},
	"get_events":                            {401, "invalid_stream_token", "?stream_token=vlt_cos_x", ""},
	"get_line_of_credit_summary_as_user":    {404, "line_of_credit_not_found", "", ""},
	"get_lines_of_credit_summaries_as_user": {400, "invalid_parameter", "?network=x", ""},
	"get_payment":                           {404, "payment_not_found", "", ""},
	"get_payment_history":                   {200, "", "", ""}, // of no payment: it has no events, and is no error
	"get_payments":                          {400, "invalid_parameter", "?wallet_id=x", ""},
	"get_session":                           {401, "missing_checkout_token", "", ""},
	"get_session_allowed_origins":           {404, "checkout_session_not_found", "", ""},
	"get_settings":                          {404, "checkout_settings_not_found", "", ""},
	"get_wallet":                            {404, "instance_not_found", "", ""},
	"get_wallet_ledger_as_user":             {404, "instance_not_found", "", ""},
	"get_wallet_policies":                   {404, "wallet_policies_not_found", "", ""},
	"get_webhook":                           {404, "webhook_not_found", "", ""},
	"get_webhooks_as_user":                  {400, "invalid_parameter", "?statuses[]=x", ""},
	"request_a_quote":                       {400, "invalid_quote_request", "", newQuoteBody},
	"start_webhook_as_user":                 {404, "webhook_not_found", "", ""},
	"stop_webhook_as_user":                  {404, "webhook_not_found", "", ""},
	"test_webhook":                          {404, "webhook_not_found", "", newTestBody},
	"update_sandbox_line_of_credit":         {404, "line_of_credit_not_found", "", `{"limit":1}`},
	"update_settings":                       {400, "invalid_request", "", newSettingsBody},
	"update_wallet":                         {404, "instance_not_found", "", `{"name":"renamed"}`},
	"update_wallet_policies":                {404, "wallet_policies_not_found", "", `{"ofac_compliant":true}`},
	"update_webhook":                        {404, "webhook_not_found", "", newUpdateBody},
}

const (
	newCheckBody    = `{"id":"ID","wallet_id":"ID","currency":"btc","type":"bolt11","data":{"payment_request":"lntbs1"}}`
	newReceiveBody  = `{"id":"ID","wallet_id":"ID","currency":"btc","payment_kind":"bolt11"}`
	newSessionBody  = `{"id":"ID","wallet_id":"ID","payment_kind":"bolt11","expires_at":"2100-01-01T00:00:00Z"}`
	newSettingsBody = `{"origin_policy":"allowlist","allowed_origins":["https://a.example/b"]}`
	newUpdateBody   = `{"name":"renamed","url":"https://a.example","events":[]}`
	newTestBody     = `{"delivery_id":"ID","payload":{"type":"test","detail":{"event":"created","data":"x"}}}`
	newWalletBody   = `{"id":"ID","environment_id":"ENVIRONMENT","line_of_credit_id":"ID","name":"orders","network":"mutinynet","limit":1}`
	newQuoteBody    = `{"id":"ID","line_of_credit_id":"ID","network":"mutinynet","amount":{"currency":"usd","amount":100},"to":"btc"}`
)

// TestComplete: each operation that the emulator carries out has what an operation needs, and what is missing is named.
func TestComplete(t *testing.T) {
	t.Parallel()
	c, err := readContract()
	if err != nil {
		t.Fatal(err)
	}
	all := fixtures(t, c)
	for id, o := range c.operations {
		t.Run(id, func(t *testing.T) {
			t.Parallel()
			if o.keyed && len(o.permissions) == 0 {
				t.Fatalf("no permission: add x-permissions to %s in internal/emulator/openapi.yaml%s", id, recipe)
			}
			has := func(form string) bool {
				return slices.ContainsFunc(all, func(f fixture) bool {
					return f.operation == o && f.folder == "" && f.form == form && (f.status == 0 || f.status < 300)
				})
			}
			if o.body() != nil && !has("request") {
				t.Errorf("no request of it is tried: add internal/emulator/testdata/fixtures/%s.request.WHAT.json%s", id, recipe)
			}
			if o.answers() && !has("response") {
				t.Errorf("no answer of it is read: add internal/emulator/testdata/fixtures/%s.response.STATUS.WHAT.json%s", id, recipe)
			}
			want, ok := refused[id]
			if !ok {
				t.Fatalf("no refusal of it is tried: add a row to the table refused in internal/emulator/complete_test.go%s", recipe)
			}
			e := permitted(t, o)
			if got := try(t, e, o, "vltg_without", "", want.body); o.keyed && got.Code != http.StatusForbidden {
				t.Errorf("a key with every permission but its own %v: %d %s", o.permissions, got.Code, got.Body)
			}
			keys := o.permissions
			if !o.keyed { // it has tokens of its own
				keys = []string{"none"}
			}
			for _, permission := range keys {
				got := try(t, e, o, "vltg_"+permission, want.query, want.body)
				var answer struct{ Error struct{ Type string } }
				_ = json.Unmarshal(got.Body.Bytes(), &answer)
				if got.Code != want.status || answer.Error.Type != want.kind {
					t.Errorf("%s: %d %s, want %d %s: %s", permission, got.Code, answer.Error.Type, want.status, want.kind, got.Body)
				}
			}
		})
	}
}

// answers is whether the operation answers with content when it succeeds.
func (o *operation) answers() bool {
	for status, response := range o.route.Operation.Responses.Map() {
		if strings.HasPrefix(status, "2") && len(response.Value.Content) > 0 {
			return true
		}
	}
	return false
}

// permitted is an emulator whose first organization has a key with each permission alone, and one with all but those of an operation.
func permitted(t *testing.T, o *operation) *Emulator {
	t.Helper()
	allow := func(k *Key, permission string) {
		for name, may := range map[string]*bool{"READ": &k.Read, "WRITE": &k.Write, "RECEIVE": &k.Receive, "BILLING": &k.Billing} {
			*may = *may || name == permission
		}
	}
	organizations, without := DefaultWorld(), Key{Secret: "vltg_without"}
	for _, permission := range []string{"READ", "WRITE", "RECEIVE", "BILLING"} {
		key := Key{Secret: "vltg_" + permission}
		allow(&key, permission)
		organizations[0].Keys = append(organizations[0].Keys, key)
		if !slices.Contains(o.permissions, permission) {
			allow(&without, permission)
		}
	}
	organizations[0].Keys = append(organizations[0].Keys, without)
	e, err := New(Config{Organizations: organizations})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// try makes a request of the operation, about objects that do not exist.
func try(t *testing.T, e *Emulator, o *operation, key, query, body string) *httptest.ResponseRecorder {
	t.Helper()
	ids := strings.NewReplacer("{organization_id}", DefaultOrganizationID.String(), "{environment_id}", StagingEnvironmentID.String(),
		"ENVIRONMENT", StagingEnvironmentID.String(), `"ID"`, `"`+uuid.NewString()+`"`)
	path := ids.Replace(o.path)
	for strings.Contains(path, "{") {
		from, to := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:from] + uuid.NewString() + path[to+1:]
	}
	r := fixture{operation: o}.request([]byte(ids.Replace(body)), apiPrefix+path+query)
	r.Header.Set("X-Api-Key", key)
	got := httptest.NewRecorder()
	e.ServeHTTP(got, r)
	return got
}
