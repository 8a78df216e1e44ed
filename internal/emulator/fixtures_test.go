package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/google/uuid"
)

// The fixtures are requests, answers and callbacks of the real API in testdata/fixtures, named OPERATION.request.WHAT.json,
// OPERATION.response.STATUS.WHAT.json and OPERATION.callback.WHAT.json. REFUSED has what the contract's schema refuses, STRICT what the
// emulator alone does. A file that is added is a test.

type fixture struct {
	folder, name string // the folder is empty, REFUSED or STRICT
	form         string // request, response or callback
	operation    *operation
	status       int // of an answer
	content      []byte
}

func fixtures(t *testing.T, c *contract) []fixture {
	t.Helper()
	paths, err := filepath.Glob("testdata/fixtures/*.json")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("testdata/fixtures/*/*.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []fixture
	for _, path := range append(paths, more...) {
		f := fixture{name: filepath.Base(path)}
		if folder := filepath.Base(filepath.Dir(path)); folder != "fixtures" {
			f.folder = folder
		}
		parts := strings.Split(f.name, ".")
		if f.operation = c.operations[parts[0]]; f.operation == nil {
			t.Errorf("%s is about no operation of the contract", path)
			continue
		}
		f.form = parts[1]
		switch f.form {
		case "request", "callback":
		case "response":
			if f.status, err = strconv.Atoi(parts[2]); err != nil {
				t.Errorf("%s has no status: %v", path, err)
			}
		default:
			t.Errorf("%s is neither a request nor an answer nor a callback", path)
		}
		if f.content, err = os.ReadFile(path); err != nil {
			t.Fatal(err)
		}
		all = append(all, f)
	}
	if len(all) < 400 {
		t.Errorf("there are %d fixtures only", len(all))
	}
	return all
}

// fixtureTime is when the fixtures are from: what they call the future has to lie ahead.
var fixtureTime = time.Date(2026, 9, 14, 8, 12, 31, 204_518_000, time.UTC)

// IDs that the fixtures share.
var (
	fixtureOrganization = uuid.MustParse("9539850c-6eb7-4ad4-9380-3b8926df7798")
	fixtureEnvironment  = uuid.MustParse("b16d9fea-47eb-4845-906b-a5aadb6e39ee")
	fixtureWallet       = uuid.MustParse("d001a8de-9bd3-446a-92cf-32c635f4be9c")
	fixtureWebhook      = uuid.MustParse("0d6c5d51-1f7c-4f5b-8d0e-3a6d3f2b9c11")
	fixtureLine         = uuid.MustParse("ff12c257-4b5f-47a1-bedc-17f459972998")
)

// path is the path of the operation with the IDs of the fixtures in it.
func (f fixture) path(environment uuid.UUID) string {
	path := strings.NewReplacer(
		"{organization_id}", fixtureOrganization.String(), "{environment_id}", environment.String(), "{wallet_id}", fixtureWallet.String(),
		"{webhook_id}", fixtureWebhook.String(), "{line_id}", fixtureLine.String(),
	).Replace(f.operation.path)
	for strings.Contains(path, "{") {
		from, to := strings.Index(path, "{"), strings.Index(path, "}")
		path = path[:from] + uuid.NewString() + path[to+1:]
	}
	return apiPrefix + path
}

func (f fixture) request(content []byte, path string) *http.Request {
	r := httptest.NewRequest(f.operation.method, path, bytes.NewReader(content))
	r.Header.Set("X-Api-Key", StagingKey)
	if len(content) > 0 {
		r.Header.Set("Content-Type", "application/json")
	}
	return r
}

// relaxed is the contract without the emulator's own strictness: without the keywords that x-strict and x-text name.
func relaxed(t *testing.T) *contract {
	t.Helper()
	doc, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[*openapi3.Schema]bool{}
	var walk func(*openapi3.SchemaRef)
	walk = func(ref *openapi3.SchemaRef) {
		if ref == nil || seen[ref.Value] {
			return
		}
		s := ref.Value
		seen[s] = true
		for _, keyword := range append(texts(s.Extensions["x-strict"]), texts(s.Extensions["x-text"])...) {
			switch keyword {
			case "additionalProperties":
				s.AdditionalProperties.Has = nil
			case "minLength":
				s.MinLength = 0
			case "minimum":
				s.Min = nil
			case "maximum":
				s.Max = nil
			case "pattern":
				s.Pattern = ""
			default:
				t.Errorf("the contract is strict by %q, which this test does not know", keyword)
			}
		}
		for _, list := range []openapi3.SchemaRefs{s.AllOf, s.OneOf, s.AnyOf, {s.Items, s.AdditionalProperties.Schema}} {
			for _, ref := range list {
				walk(ref)
			}
		}
		for _, ref := range s.Properties {
			walk(ref)
		}
	}
	for _, ref := range doc.Components.Schemas {
		walk(ref)
	}
	return newContract(doc)
}

// TestAnswerFixtures: the contract has every answer and every callback of the folder, and none of REFUSED.
func TestAnswerFixtures(t *testing.T) {
	t.Parallel()
	c, err := readContract()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fixtures(t, c) {
		if f.form == "callback" {
			if err := c.checkCallback(f.content); (err == nil) != (f.folder == "") {
				t.Errorf("%s/%s: %v", f.folder, f.name, err)
			}
		}
		if f.form != "response" {
			continue
		}
		answer := httptest.NewRecorder()
		answer.Header().Set("Content-Type", "application/json")
		if response := f.operation.route.Operation.Responses.Status(f.status); response != nil && response.Value.Content.Get(eventStream) != nil {
			answer.Header().Set("Content-Type", eventStream)
		}
		answer.WriteHeader(f.status)
		_, _ = answer.Write(f.content)
		err := c.checkAnswer(f.operation, f.request(nil, f.path(fixtureEnvironment)), nil, answer)
		if (err == nil) != (f.folder == "") {
			t.Errorf("%s/%s: %v", f.folder, f.name, err)
		}
	}
}

// refusedLater are the request fixtures that keep to the schema and are refused by what the operation says of them.
var refusedLater = map[string]string{
	"check_payment.request.taprootasset.json":                 "invalid_payment", // no such request is known to work
	"create_payment.request.send-taprootasset.json":           "invalid_payment",
	"create_payment.request.send-taprootasset-asset-fee.json": "invalid_payment",
	"update_sandbox_line_of_credit.request.nothing.json":      "no_updates_provided",
	"update_wallet_policies.request.nothing.json":             "no_updates_provided",
	"update_wallet_policies.request.nulls.json":               "no_updates_provided",
}

// TestRequestFixtures: the emulator takes every request of the folder in a world that has what it names, and refuses those of REFUSED
// and STRICT, of which the schema alone refuses the first.
func TestRequestFixtures(t *testing.T) {
	t.Parallel()
	c, err := readContract()
	if err != nil {
		t.Fatal(err)
	}
	loose := relaxed(t)
	for _, f := range fixtures(t, c) {
		if f.form != "request" {
			continue
		}
		t.Run(f.folder+"/"+f.name, func(t *testing.T) {
			t.Parallel()
			e, environment := worldOf(t, f)
			if f.operation.id == "create_event_stream_token" {
				f.content = withSessions(t, e, environment, f.content)
			}
			before := len(e.Wallets()) + len(e.PaymentsJSON()) + len(e.Webhooks()) + len(e.CheckoutSessions())
			r := f.request(f.content, f.path(environment))
			breach := loose.checkRequest(loose.operations[f.operation.id], r, f.content).err(r)
			if (breach != nil) != (f.folder == "REFUSED") {
				t.Errorf("by the schema without the emulator's strictness: %v", breach)
			}
			got := httptest.NewRecorder()
			e.ServeHTTP(got, r)
			var answer struct{ Error struct{ Type string } }
			if got.Code >= 400 {
				if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil {
					t.Fatalf("%d %s: %v", got.Code, got.Body, err)
				}
			}
			want, kind := 0, refusedLater[f.name]
			switch {
			case f.folder != "":
				want, kind = http.StatusUnprocessableEntity, "invalid_data"
				after := len(e.Wallets()) + len(e.PaymentsJSON()) + len(e.Webhooks()) + len(e.CheckoutSessions())
				if after != before {
					t.Errorf("%d objects and then %d", before, after)
				}
			case kind != "":
				want = http.StatusBadRequest
			default:
				for status := range f.operation.route.Operation.Responses.Map() {
					if strings.HasPrefix(status, "2") {
						want, _ = strconv.Atoi(status)
					}
				}
			}
			if got.Code != want || answer.Error.Type != kind {
				t.Errorf("%d %s, want %d %s: %s", got.Code, answer.Error.Type, want, kind, got.Body)
			}
		})
	}
}

// worldOf is an emulator that has what a request names: its environment, line of credit, wallet, webhook and quote.
func worldOf(t *testing.T, f fixture) (*Emulator, uuid.UUID) {
	t.Helper()
	var named struct {
		EnvironmentID  uuid.UUID       `json:"environment_id"`
		LineOfCreditID uuid.UUID       `json:"line_of_credit_id"`
		WalletID       uuid.UUID       `json:"wallet_id"`
		QuoteID        uuid.UUID       `json:"quote_id"`
		Network        string          `json:"network"`
		Currency       string          `json:"currency"`
		Kind           string          `json:"payment_kind"`
		Amount         json.RawMessage `json:"amount"`
		Data           struct {
			Amount json.RawMessage `json:"amount"`
		} `json:"data"`
	}
	_ = json.Unmarshal(f.content, &named) // what is refused can be anything
	line := LineOfCredit{ID: fixtureLine, EnvironmentID: fixtureEnvironment, Network: "mutinynet", Currency: "btc", Limit: 1 << 60}
	if named.EnvironmentID != uuid.Nil {
		line.EnvironmentID = named.EnvironmentID
	}
	if named.LineOfCreditID != uuid.Nil {
		line.ID = named.LineOfCreditID
	}
	switch network := cmp.Or(named.Network, line.Network); network {
	case "testnet":
		line.Network = "testnet3"
	default:
		line.Network = network
	}
	if named.Currency == "usd" || named.QuoteID != uuid.Nil || f.operation.id == "request_a_quote" {
		line.Currency = "usd"
	}
	limit, id := int64(1<<40), fixtureWallet
	if named.WalletID != uuid.Nil {
		id = named.WalletID
	}
	organization := Organization{
		ID: fixtureOrganization, Treasury: true, Environments: []Environment{{ID: line.EnvironmentID}}, LinesOfCredit: []LineOfCredit{line},
		Keys: []Key{{Secret: StagingKey, Read: true, Write: true}},
	}
	if f.operation.id != "create_wallet" {
		organization.Wallets = []Wallet{
			{ID: id, EnvironmentID: line.EnvironmentID, Name: "fixture", Network: line.Network, LineOfCreditID: &line.ID, Limit: &limit},
		}
	}
	e, err := New(Config{Organizations: []Organization{organization}, Now: func() time.Time { return fixtureTime }})
	if err != nil {
		t.Fatal(err)
	}
	prepare := func(operation string, content map[string]any) {
		t.Helper()
		prepared := fixture{operation: e.contract.operations[operation]}
		got := httptest.NewRecorder()
		e.ServeHTTP(got, prepared.request(mustJSON(content), prepared.path(line.EnvironmentID)))
		if got.Code > 299 {
			t.Fatalf("%s: %d %s", operation, got.Code, got.Body)
		}
	}
	if strings.Contains(f.operation.path, "{webhook_id}") {
		prepare("create_webhook", map[string]any{"id": fixtureWebhook, "url": "https://shop.example", "name": "fixture", "events": []any{}})
	}
	if amount := slices.Concat(named.Amount, named.Data.Amount); named.QuoteID != uuid.Nil && len(amount) > 0 {
		to := "usd"
		if bytes.Contains(amount, []byte(`"usd"`)) {
			to = "btc"
		}
		prepare("request_a_quote", map[string]any{
			"id": named.QuoteID, "line_of_credit_id": line.ID, "network": line.Network, "amount": amount, "to": to,
		})
	}
	return e, line.EnvironmentID
}

// withSessions makes a session for each checkout token in the content, of which it returns a copy with the tokens of those.
func withSessions(t *testing.T, e *Emulator, environment uuid.UUID, content []byte) []byte {
	t.Helper()
	e.SetCheckout(environment, Checkout{OriginPolicy: "allow_all"})
	create := fixture{operation: e.contract.operations["create_session"]}
	return regexp.MustCompile(`vlt_co_\w+`).ReplaceAllFunc(content, func([]byte) []byte {
		got := httptest.NewRecorder()
		e.ServeHTTP(got, create.request(mustJSON(map[string]any{
			"id": uuid.New(), "wallet_id": fixtureWallet, "payment_kind": "bolt11", "expires_at": fixtureTime.Add(time.Minute),
		}), create.path(environment)))
		var made struct {
			Token string `json:"checkout_token"`
		}
		if err := json.Unmarshal(got.Body.Bytes(), &made); err != nil || made.Token == "" {
			t.Fatalf("%d %s: %v", got.Code, got.Body, err)
		}
		return []byte(made.Token)
	})
}

// TestRoutes: the emulator has an endpoint for each operation of the contract and for nothing else, and carries out
// every one.
func TestRoutes(t *testing.T) {
	t.Parallel()
	e, err := New(Config{})
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for id, o := range e.contract.operations {
		want = append(want, fmt.Sprintf("%s %s%s %s", o.method, apiPrefix, o.path, id))
	}
	for pattern, id := range e.operations {
		got = append(got, pattern+" "+id)
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) || len(want) != 47 {
		t.Errorf("the emulator routes %d operations\n%s\nand the contract has %d\n%s",
			len(got), strings.Join(got, "\n"), len(want), strings.Join(want, "\n"))
	}
	for id, o := range e.contract.operations {
		var body []byte
		if o.body() != nil {
			continue // TestRequestFixtures has those
		}
		path := o.path
		for strings.Contains(path, "{") {
			from, to := strings.Index(path, "{"), strings.Index(path, "}")
			path = path[:from] + DefaultOrganizationID.String() + path[to+1:]
		}
		path = strings.Replace(path, "/environments/"+DefaultOrganizationID.String(), "/environments/"+StagingEnvironmentID.String(), 1)
		if id == "get_events" {
			path += "?stream_token=vlt_cos_x"
		}
		answer := httptest.NewRecorder()
		e.ServeHTTP(answer, fixture{operation: o}.request(body, apiPrefix+path))
		if answer.Code == http.StatusNotImplemented {
			t.Errorf("%s answers %d %s", id, answer.Code, answer.Body)
		}
	}
}
