package emulator_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

func TestWalletLife(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[0].Limit = 9007199254740993 })
	path := a.make(map[string]any{"metadata": map[string]string{"team": "payments"}, "limit": 9007199254740993})
	got := a.expect(200, "", "GET", path, nil)
	for name, want := range map[string]any{
		"name": "staging", "network": "mutinynet", "active": true, "error": nil, "deleted_at": nil, "deletion_failed_at": nil,
		"created_at": "2026-09-01T10:00:00.123456789Z", "line_of_credit_id": emulator.StagingLineID.String(),
	} {
		if got.get(name) != want {
			t.Errorf("%s is %v, want %v", name, got.get(name), want)
		}
	}
	for _, want := range []string{`"limit":9007199254740993`, `"metadata":{"team":"payments"}`, `"balances":[]`, `"holds":[]`} {
		if !bytes.Contains(got.raw, []byte(want)) {
			t.Errorf("the answer lacks %s: %s", want, got.raw)
		}
	}
	a.pass(time.Hour)
	if body := a.expect(202, "", "PATCH", path, map[string]any{"name": "renamed"}).raw; len(body) != 0 {
		t.Errorf("an accepted write has a body: %s", body)
	}
	got = a.expect(200, "", "GET", path, nil)
	if got.get("name") != "renamed" || got.get("updated_at") == got.get("created_at") {
		t.Errorf("got %s", got.raw)
	}
	a.expect(202, "", "DELETE", path, nil)
	got = a.expect(200, "", "GET", path, nil)
	if got.get("active") != false || got.get("deleted_at") == nil {
		t.Errorf("got %s", got.raw)
	}
	a.expect(404, "instance_not_found", "DELETE", path, nil)
	a.expect(404, "instance_not_found", "PATCH", path, map[string]any{"name": "again"})
}

// TestEventually: what is accepted takes a while, and until then reads show what was before.
func TestEventually(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	path := a.make(nil)
	a.expect(404, "instance_not_found", "GET", path, nil)
	a.expect(404, "instance_not_found", "PATCH", path, map[string]any{"name": "too early"})
	a.expect(404, "instance_not_found", "DELETE", path, nil)
	a.pass(time.Second)
	a.expect(200, "", "GET", path, nil)
	a.expect(202, "", "PATCH", path, map[string]any{"name": "renamed"})
	if got := a.expect(200, "", "GET", path, nil); got.get("name") != "staging" {
		t.Errorf("renamed at once: %s", got.raw)
	}
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", path, nil); got.get("name") != "renamed" {
		t.Errorf("not renamed: %s", got.raw)
	}
	a.expect(202, "", "DELETE", path, nil)
	if got := a.expect(200, "", "GET", path, nil); got.get("active") != true {
		t.Errorf("deleted at once: %s", got.raw)
	}
	a.pass(time.Second)
	if got := a.expect(200, "", "GET", path, nil); got.get("active") != false {
		t.Errorf("not deleted: %s", got.raw)
	}
}

func TestForgetDeleted(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.ForgetDeleted = true })
	path := a.make(nil)
	a.expect(202, "", "DELETE", path, nil)
	a.expect(404, "instance_not_found", "GET", path, nil)
	if got := a.expect(200, "", "GET", wallets+"?inactive=true", nil); string(bytes.TrimSpace(got.raw)) != "[]" {
		t.Errorf("listed: %s", got.raw)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.make(map[string]any{"name": "first"})
	a.pass(time.Second)
	gone := a.make(map[string]any{"name": "second"})
	a.pass(time.Second)
	a.make(map[string]any{"name": "third"})
	a.expect(202, "", "DELETE", gone, nil)
	a.key = emulator.SecondKey
	a.make(map[string]any{"name": "other", "environment_id": emulator.SecondEnvironmentID, "line_of_credit_id": emulator.SecondLineID})
	names := func(query string) string {
		got := a.expect(200, "", "GET", wallets+query, nil)
		var list []struct{ Name string }
		if err := json.Unmarshal(got.raw, &list); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, w := range list {
			names = append(names, w.Name)
		}
		return strings.Join(names, " ")
	}
	for _, test := range []struct{ key, query, want string }{
		{emulator.StagingKey, "", "first third"},
		{emulator.StagingKey, "?inactive=false", "first third"},
		{emulator.StagingKey, "?inactive=true", "first second third"},
		{emulator.StagingReadOnlyKey, "?environment_id=" + emulator.StagingEnvironmentID.String(), "first third"},
		{emulator.SecondKey, "", "other"},
	} {
		a.key = test.key
		if got := names(test.query); got != test.want {
			t.Errorf("%s with %s lists %q, want %q", test.query, test.key, got, test.want)
		}
	}
}

// TestAllocation: a limit is taken when a wallet is accepted, and given back when it is deleted or could not be made.
func TestAllocation(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	allocated := func(want float64) {
		t.Helper()
		got := a.expect(200, "", "GET", lines(emulator.StagingLineID.String()+"/summary"), nil)
		if got.get("allocated_limit") != want {
			t.Errorf("allocated %v, want %v", got.get("allocated_limit"), want)
		}
	}
	allocated(0)
	path := a.make(map[string]any{"limit": 60_000_000_000})
	allocated(60_000_000_000)
	a.expect(400, "line_of_credit_cannot_allocate_wallet_limit", "POST", wallets, newWallet(map[string]any{"limit": 40_000_000_001}))
	a.make(map[string]any{"limit": 40_000_000_000})
	a.expect(202, "", "POST", wallets, newWallet(map[string]any{"limit": 0}))
	a.pass(time.Second)
	a.expect(202, "", "DELETE", path, nil)
	a.pass(time.Second)
	allocated(40_000_000_000)
	a.emu.Inject(emulator.Fault{Operation: "create_wallet", Effect: emulator.FailAsync{Type: "InsufficientLimit"}})
	a.make(map[string]any{"limit": 1000})
	allocated(40_000_000_000)
}

func TestLinesOfCredit(t *testing.T) {
	t.Parallel()
	a := start(t)
	got := a.expect(200, "", "GET", lines(emulator.StagingTestnetLineID.String()+"/summary"), nil)
	if got.get("network") != "testnet" || got.get("currency") != "btc" || got.get("status", "secured") != "secured" ||
		got.get("disabled_at") != nil {
		t.Errorf("got %s", got.raw)
	}
	for key, want := range map[string]int{emulator.StagingKey: 4, emulator.SecondKey: 1} {
		a.key = key
		list, _ := a.expect(200, "", "GET", lines("summaries"), nil).get().([]any)
		if len(list) != want {
			t.Errorf("%s lists %d lines, want %d", key, len(list), want)
		}
	}
	if err := a.emu.DisableLine(emulator.StagingLineID); err != nil {
		t.Fatal(err)
	}
	a.key = emulator.StagingKey
	if got := a.expect(200, "", "GET", lines(emulator.StagingLineID.String()+"/summary"), nil); got.get("disabled_at") == nil {
		t.Errorf("got %s", got.raw)
	}
}

func TestUserToken(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.expect(200, "", "GET", wallets+"?environment_id="+emulator.SecondEnvironmentID.String(), nil, "X-Api-Key", "", "Authorization",
		"Bearer "+emulator.UserToken)
}

func TestDuplicatesAreCountedAndIgnored(t *testing.T) {
	t.Parallel()
	a := start(t)
	request := newWallet(nil)
	a.expect(202, "", "POST", wallets, request)
	request["name"] = "a second one"
	a.expect(202, "", "POST", wallets, request)
	if a.emu.Duplicates() != 1 || len(a.emu.Wallets()) != 1 || a.emu.Wallets()[0].Name != "staging" {
		t.Errorf("%d duplicates, wallets %v", a.emu.Duplicates(), a.emu.Wallets())
	}
}

func TestBalances(t *testing.T) {
	t.Parallel()
	a := start(t)
	path := a.make(nil)
	id := uuid.MustParse(strings.TrimPrefix(path, wallets+"/"))
	for _, amount := range []int64{500, -1500} {
		if err := a.emu.Deposit(id, "btc", amount); err != nil {
			t.Fatal(err)
		}
	}
	got := a.expect(200, "", "GET", path, nil)
	if !bytes.Contains(got.raw, []byte(`"available":{"amount":1000,"currency":"btc","negative":true,"unit":"msats"}`)) {
		t.Errorf("got %s", got.raw)
	}
	if err := a.emu.Deposit(uuid.New(), "btc", 1); err == nil {
		t.Error("money went to a wallet that does not exist")
	}
	if err := a.emu.AddWallet(emulator.Wallet{ID: id, EnvironmentID: emulator.StagingEnvironmentID}); err == nil {
		t.Error("a wallet was added twice")
	}
}

func TestWorldIsChecked(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*emulator.Organization){
		"no ID":          func(o *emulator.Organization) { o.ID = uuid.Nil },
		"line elsewhere": func(o *emulator.Organization) { o.LinesOfCredit[0].EnvironmentID = uuid.New() },
		"empty key":      func(o *emulator.Organization) { o.Keys[0].Secret = "" },
		"key twice":      func(o *emulator.Organization) { o.Keys[1].Secret = o.Keys[0].Secret },
		"wallet elsewhere": func(o *emulator.Organization) {
			o.Wallets = []emulator.Wallet{{ID: uuid.New(), EnvironmentID: uuid.New()}}
		},
		"limit without line": func(o *emulator.Organization) {
			o.Wallets = []emulator.Wallet{{ID: uuid.New(), EnvironmentID: emulator.StagingEnvironmentID, Limit: new(int64)}}
		},
	} {
		world := emulator.DefaultWorld()
		change(&world[0])
		if _, err := emulator.New(emulator.Config{Organizations: world}); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}

func TestListensOnLoopbackOnly(t *testing.T) {
	t.Parallel()
	emu, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	for _, address := range []string{"0.0.0.0:0", ":0", "192.0.2.1:0", "nonsense"} {
		if _, stop, err := emu.Listen(t.Context(), address); err == nil {
			stop()
			t.Errorf("listens on %s", address)
		}
	}
}

// TestContract: a request or an answer that breaks the contract is noticed, one that keeps it is not.
func TestContract(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var violations []string
	a := start(t, func(c *emulator.Config) {
		c.OnViolation = func(err error) {
			mu.Lock()
			defer mu.Unlock()
			violations = append(violations, err.Error())
		}
	})
	for name, test := range map[string]struct {
		method, path string
		body         any
		want         string
	}{
		"kept":              {"POST", wallets, newWallet(nil), ""},
		"kept, list":        {"GET", wallets + "?inactive=true", nil, ""},
		"unknown path":      {"GET", "/nothing", nil, "no matching operation"},
		"unknown method":    {"PUT", wallets, newWallet(nil), "no matching operation"},
		"unknown property":  {"POST", wallets, newWallet(map[string]any{"color": "red"}), "color"},
		"missing property":  {"POST", wallets, newWallet(map[string]any{"name": nil}), "name"},
		"short name":        {"POST", wallets, newWallet(map[string]any{"name": "x"}), "minimum string length"},
		"unknown parameter": {"GET", wallets + "?color=red", nil, `no query parameter "color"`},
		"path no UUID":      {"GET", wallets + "/x", nil, "wallet_id"},
	} {
		violations = nil
		a.do(test.method, test.path, test.body)
		got := strings.Join(violations, "\n")
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%s: noticed %q, want %q", name, got, test.want)
		}
	}

	// An answer that the contract does not have: a wallet on a network that reads never write.
	if err := a.emu.AddWallet(emulator.Wallet{
		ID:            uuid.New(),
		EnvironmentID: emulator.StagingEnvironmentID,
		Name:          "odd",
		Network:       "regtest",
	}); err != nil {
		t.Fatal(err)
	}
	violations = nil
	a.do("GET", wallets, nil)
	if got := strings.Join(violations, "\n"); !strings.Contains(got, "the answer 200 to GET") || !strings.Contains(got, "network") {
		t.Errorf("a bad answer: noticed %q", got)
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	a := start(t)
	request := newWallet(nil)
	a.expect(202, "", "POST", wallets, request)
	a.do("GET", wallets+"?inactive=true", nil)
	got := a.emu.Requests()
	if len(got) != 2 || got[0].Operation != "create_wallet" || got[0].Status != 202 || got[0].Method != "POST" ||
		got[0].Path != "/v1"+wallets ||
		!bytes.Contains(got[0].Body, []byte(request["id"].(string))) || got[0].Header.Get("X-Api-Key") != a.key ||
		got[1].RawQuery != "inactive=true" || got[1].Fault != "" {
		t.Errorf("recorded %+v", got)
	}
	if a.emu.Count("create_wallet") != 1 {
		t.Errorf("counted %d", a.emu.Count("create_wallet"))
	}
	a.emu.ResetRequests()
	if len(a.emu.Requests()) != 0 {
		t.Error("not forgotten")
	}
}

// TestFaults: what each fault does to the answer, and whether the work was done.
func TestFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		effect emulator.Effect
		check  func(answer) bool
		done   bool
		status int // recorded
	}{
		"cut before": {emulator.CutBefore{}, func(a answer) bool { return a.err != nil }, false, 0},
		"cut after":  {emulator.CutAfter{}, func(a answer) bool { return a.err != nil }, true, 0},
		"answer before": {emulator.Answer{Status: 502, ContentType: "text/html", Body: "<p>"}, func(a answer) bool {
			return a.status == 502 && string(a.raw) == "<p>" && a.header.Get("Content-Type") == "text/html"
		}, false, 502},
		"answer after": {emulator.Answer{Status: 500, After: true}, func(a answer) bool { return a.status == 500 && len(a.raw) == 0 }, true, 500},
		"retry after": {
			emulator.Answer{Status: 429, Header: http.Header{"Retry-After": {"7"}}},
			func(a answer) bool { return a.status == 429 && a.header.Get("Retry-After") == "7" },
			false, 429,
		},
		"refuse": {
			emulator.Refuse{Status: 400, Type: "invalid_request", Code: "x", Detail: "no"},
			func(a answer) bool { return a.kind() == "invalid_request" && a.get("error", "code") == "x" },
			false, 400,
		},
		"empty body": {emulator.EmptyBody{}, func(a answer) bool { return a.status == 202 && len(a.raw) == 0 }, true, 202},
		"cut body":   {emulator.CutBody{}, func(a answer) bool { return a.err != nil }, true, 202},
		"delay":      {emulator.Delay{D: 20 * time.Millisecond}, func(a answer) bool { return a.status == 202 }, true, 202},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			a.emu.Inject(emulator.Fault{Operation: "create_wallet", Effect: test.effect})
			got := a.do("POST", wallets, newWallet(nil))
			if !test.check(got) {
				t.Errorf("got %d %s %v", got.status, got.raw, got.err)
			}
			if done := len(a.emu.Wallets()) == 1; done != test.done {
				t.Errorf("done: %t", done)
			}
			record := a.emu.Requests()[0]
			if record.Status != test.status || record.Fault == "" {
				t.Errorf("recorded %+v", record)
			}
			if got := a.do("POST", wallets, newWallet(nil)); got.status != 202 {
				t.Errorf("it happened again: %d", got.status)
			}
		})
	}
}

func TestFaultsOfReads(t *testing.T) {
	t.Parallel()
	a := start(t)
	path := a.make(nil)
	read := emulator.Fault{Operation: "get_wallet"}
	read.Effect = emulator.CutBody{}
	a.emu.Inject(read)
	if got := a.do("GET", path, nil); got.status != 200 || got.err == nil || len(got.raw) == 0 {
		t.Errorf("cut body: %d %q %v", got.status, got.raw, got.err)
	}
	read.Effect = emulator.NotFound{}
	a.emu.Inject(read)
	a.expect(404, "instance_not_found", "GET", path, nil)
	a.expect(200, "", "GET", path, nil)
	read.Effect = emulator.Stale{}
	a.emu.Inject(read)
	a.expect(404, "instance_not_found", "GET", path, nil) // before it was made
	a.expect(202, "", "PATCH", path, map[string]any{"name": "renamed"})
	a.emu.Inject(read)
	if got := a.expect(200, "", "GET", path, nil); got.get("name") != "staging" {
		t.Errorf("stale: %s", got.raw)
	}
	a.emu.Inject(emulator.Fault{Operation: "get_all_organizations_wallets_as_user", Effect: emulator.Stale{}})
	if got := a.expect(200, "", "GET", wallets, nil); !bytes.Contains(got.raw, []byte("staging")) {
		t.Errorf("stale list: %s", got.raw)
	}
}

// TestFailAsync: accepted, and then not done.
func TestFailAsync(t *testing.T) {
	t.Parallel()
	a := start(t)
	fail := func(operation string) {
		a.emu.Inject(emulator.Fault{Operation: operation, Effect: emulator.FailAsync{Type: "InsufficientLimit", Detail: "nothing left"}})
	}
	path := a.make(nil)
	fail("update_wallet")
	a.expect(202, "", "PATCH", path, map[string]any{"name": "renamed"})
	if got := a.expect(200, "", "GET", path, nil); got.get("name") != "staging" || got.get("error", "type") != "InsufficientLimit" {
		t.Errorf("got %s", got.raw)
	}
	fail("delete_wallet")
	a.expect(202, "", "DELETE", path, nil)
	if got := a.expect(200, "", "GET", path, nil); got.get("active") != true || got.get("deletion_failed_at") == nil {
		t.Errorf("got %s", got.raw)
	}
	fail("create_wallet")
	failed := a.make(nil)
	if got := a.expect(200, "", "GET", failed, nil); got.get("active") != false || got.get("error", "detail") != "nothing left" {
		t.Errorf("got %s", got.raw)
	}
}

// TestFaultsAreCounted: which of the requests to come a fault happens to.
func TestFaultsAreCounted(t *testing.T) {
	t.Parallel()
	refuse := emulator.Refuse{Status: 500, Type: "internal_error"}
	for name, test := range map[string]struct {
		faults []emulator.Fault
		want   string
	}{
		"first":            {[]emulator.Fault{{Effect: refuse}}, "x...."},
		"second":           {[]emulator.Fault{{Nth: 2, Effect: refuse}}, ".x..."},
		"two from second":  {[]emulator.Fault{{Nth: 2, Times: 2, Effect: refuse}}, ".xx.."},
		"for ever":         {[]emulator.Fault{{Nth: 3, Times: -1, Effect: refuse}}, "..xxx"},
		"another's":        {[]emulator.Fault{{Operation: "delete_wallet", Times: -1, Effect: refuse}}, "....."},
		"two faults":       {[]emulator.Fault{{Effect: refuse}, {Nth: 4, Effect: refuse}}, "x..x."},
		"both match first": {[]emulator.Fault{{Effect: refuse}, {Effect: refuse}}, "xx..."},
	} {
		a := start(t)
		for _, fault := range test.faults {
			a.emu.Inject(fault)
		}
		got := ""
		for range 5 {
			if a.do("GET", wallets, nil).status == 200 {
				got += "."
			} else {
				got += "x"
			}
		}
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
	a := start(t)
	a.emu.Inject(emulator.Fault{Times: -1, Effect: refuse})
	a.emu.ClearFaults()
	a.expect(200, "", "GET", wallets, nil)
}

// TestHang: no answer comes, until the client goes away or the emulator stops.
func TestHang(t *testing.T) {
	t.Parallel()
	for name, after := range map[string]bool{"before": false, "after": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t)
			a.emu.Inject(emulator.Fault{Operation: "create_wallet", Effect: emulator.Hang{After: after}})
			ctx, cancel := context.WithCancel(t.Context())
			go func() {
				defer cancel()
				for a.emu.Count("create_wallet") == 0 || after && len(a.emu.Wallets()) == 0 {
					time.Sleep(time.Millisecond)
				}
			}()
			if got := a.send(ctx, "POST", wallets, newWallet(nil)); got.err == nil {
				t.Errorf("answered %d", got.status)
			}
			if done := len(a.emu.Wallets()) == 1; done != after {
				t.Errorf("done: %t", done)
			}
		})
	}
	emu, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	url, stop, err := emu.Start()
	if err != nil {
		t.Fatal(err)
	}
	emu.Inject(emulator.Fault{Effect: emulator.Hang{}})
	time.AfterFunc(20*time.Millisecond, stop)
	if resp, err := http.Get(url + "/nothing"); err == nil {
		t.Errorf("answered %d", resp.StatusCode)
	}
	stop() // a second time does no harm
}

// TestConcurrency is for the race detector.
func TestConcurrency(t *testing.T) {
	t.Parallel()
	a := start(t)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			path := a.make(nil)
			a.expect(200, "", "GET", path, nil)
			a.emu.Requests()
			a.emu.Wallets()
			a.expect(202, "", "DELETE", path, nil)
		})
	}
	group.Wait()
	if len(a.emu.Wallets()) != 8 || a.emu.Count("create_wallet") != 8 {
		t.Errorf("%d wallets, %d requests", len(a.emu.Wallets()), a.emu.Count("create_wallet"))
	}
}

// TestInProcess: the emulator is a handler, too.
func TestInProcess(t *testing.T) {
	t.Parallel()
	emu, err := emulator.New(emulator.Config{})
	if err != nil {
		t.Fatal(err)
	}
	recorder := httptest.NewRecorder()
	req := httptest.NewRequest(http.MethodGet, "/v1"+wallets, nil)
	req.Header.Set("X-Api-Key", emulator.StagingKey)
	emu.ServeHTTP(recorder, req)
	if recorder.Code != 200 {
		t.Errorf("answered %d", recorder.Code)
	}
}
