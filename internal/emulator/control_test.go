package emulator_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// control calls a control endpoint, without a key.
func (a *api) control(method, name string, body any) answer {
	a.t.Helper()
	root := &api{t: a.t, url: strings.TrimSuffix(a.url, "/v1")}
	return root.do(method, "/emulator/"+name, body, "X-Api-Key", "", "Content-Type", "")
}

// refused wants a control endpoint to refuse, for a reason.
func (a *api) refused(name string, body any, reason string) {
	a.t.Helper()
	if got := a.control("POST", name, body); got.status != 400 || !bytes.Contains(got.raw, []byte(reason)) {
		a.t.Errorf("%s %v: %d %s, want 400 with %q", name, body, got.status, got.raw, reason)
	}
}

func (a *api) pending() []emulator.Pending {
	a.t.Helper()
	var pending []emulator.Pending
	if err := json.Unmarshal(a.control("GET", "faults", nil).raw, &pending); err != nil {
		a.t.Fatal(err)
	}
	return pending
}

func (a *api) seen() []emulator.Seen {
	a.t.Helper()
	var seen []emulator.Seen
	if err := json.Unmarshal(a.control("GET", "requests", nil).raw, &seen); err != nil {
		a.t.Fatal(err)
	}
	return seen
}

// TestSpecs: each effect is ordered by name, becomes what the tests inject, and describes itself as it was ordered.
func TestSpecs(t *testing.T) {
	t.Parallel()
	covered := map[string]bool{}
	for _, test := range []struct {
		spec   emulator.FaultSpec
		effect emulator.Effect
		text   string
	}{
		{emulator.FaultSpec{Effect: "cut-before"}, emulator.CutBefore{}, "cut-before"},
		{emulator.FaultSpec{Effect: "cut-after"}, emulator.CutAfter{}, "cut-after"},
		{emulator.FaultSpec{Effect: "cut-body"}, emulator.CutBody{}, "cut-body"},
		{emulator.FaultSpec{Effect: "empty-body"}, emulator.EmptyBody{}, "empty-body"},
		{emulator.FaultSpec{Effect: "hang"}, emulator.Hang{}, "hang"},
		{emulator.FaultSpec{Effect: "hang", After: true}, emulator.Hang{After: true}, "hang -after"},
		{emulator.FaultSpec{Effect: "delay=1500ms"}, emulator.Delay{D: 1500 * time.Millisecond}, "delay=1.5s"},
		{emulator.FaultSpec{Effect: "status=502"}, emulator.Answer{Status: 502}, "status=502"},
		{
			emulator.FaultSpec{Effect: "status=503", After: true, RetryAfter: "5"},
			emulator.Answer{Status: 503, After: true, Header: http.Header{"Retry-After": {"5"}}}, "status=503 -retry-after 5 -after",
		},
		{
			emulator.FaultSpec{Effect: "status=429", RetryAfter: "Wed, 21 Oct 2026 07:28:00 GMT"},
			emulator.Answer{Status: 429, Header: http.Header{"Retry-After": {"Wed, 21 Oct 2026 07:28:00 GMT"}}},
			`status=429 -retry-after "Wed, 21 Oct 2026 07:28:00 GMT"`,
		},
		{
			emulator.FaultSpec{Effect: "refuse=400", Type: "wallet_not_empty", Code: "funds", Detail: "It holds funds."},
			emulator.Refuse{Status: 400, Type: "wallet_not_empty", Code: "funds", Detail: "It holds funds."},
			`refuse=400 -type wallet_not_empty -code funds -detail "It holds funds."`,
		},
		{emulator.FaultSpec{Effect: "not-found"}, emulator.NotFound{}, "not-found"},
		{emulator.FaultSpec{Effect: "stale"}, emulator.Stale{}, "stale"},
		{
			emulator.FaultSpec{Effect: "fail-async", Type: "InsufficientLimit", Detail: "none left"},
			emulator.FailAsync{Type: "InsufficientLimit", Detail: "none left"}, `fail-async -type InsufficientLimit -detail "none left"`,
		},
	} {
		name, _, _ := strings.Cut(test.spec.Effect, "=")
		covered[name] = true
		a := start(t)
		nth, times := 2, -1
		test.spec.Nth, test.spec.Times = &nth, &times
		if got := a.control("POST", "faults", test.spec); got.status != 204 {
			t.Errorf("%+v: %d %s", test.spec, got.status, got.raw)
			continue
		}
		if got, want := a.emu.Faults()[0], (emulator.Fault{Nth: 2, Times: -1, Effect: test.effect}); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v becomes %+v, want %+v", test.spec, got, want)
		}
		if got := a.pending(); len(got) != 1 || got[0] != (emulator.Pending{Nth: 2, Times: -1, Effect: test.text}) {
			t.Errorf("%+v is listed as %+v, want %s", test.spec, got, test.text)
		}
	}
	for _, kind := range emulator.EffectKinds() {
		if !covered[kind.Name] {
			t.Errorf("%s is not in the table", kind.Name)
		}
	}
}

// TestFaultsByHand: a fault happens to the requests it was ordered for and to no other, and both can be seen.
func TestFaultsByHand(t *testing.T) {
	t.Parallel()
	a := start(t)
	path := a.make(nil)
	if got := a.control("POST", "faults",
		`{"operation":"get_wallet","nth":2,"times":2,"effect":"status=503","retry_after":"7"}`); got.status != 204 {
		t.Fatalf("%d %s", got.status, got.raw)
	}
	if got := a.control("DELETE", "requests", nil); got.status != 204 {
		t.Fatalf("%d %s", got.status, got.raw)
	}
	for i, want := range []int{200, 503, 503, 200} {
		got := a.do("GET", path, nil)
		if got.status != want || (want == 503) != (got.header.Get("Retry-After") == "7") {
			t.Errorf("request %d: %d %v", i+1, got.status, got.header)
		}
		a.expect(200, "", "GET", wallets+"?environment_id="+emulator.StagingEnvironmentID.String(), nil)
		if left := a.pending(); i == 1 && (len(left) != 1 || left[0].Nth != 1 || left[0].Times != 1 || left[0].Operation != "get_wallet") {
			t.Errorf("what is left of it: %+v", left)
		}
	}
	seen := a.seen()
	if len(seen) != 8 {
		t.Fatalf("seen: %+v", seen)
	}
	list := emulator.Seen{
		Time: a.now, Method: "GET", Path: "/v1" + wallets + "?environment_id=" + emulator.StagingEnvironmentID.String(),
		Operation: "get_all_organizations_wallets_as_user", Status: 200,
	}
	fault := emulator.Seen{
		Time:      a.now,
		Method:    "GET",
		Path:      "/v1" + path,
		Operation: "get_wallet",
		Status:    503,
		Fault:     "status=503 -retry-after 7",
	}
	if seen[1] != list || seen[2] != fault {
		t.Errorf("seen: %+v", seen[1:3])
	}
	if raw := a.control("GET", "requests", nil).raw; bytes.Contains(raw, []byte(a.key)) {
		t.Errorf("the key is shown: %s", raw)
	}

	a.control("POST", "faults", `{"times":-1,"effect":"cut-before"}`)
	if got := a.do("GET", path, nil); got.err == nil {
		t.Errorf("answered %d", got.status)
	}
	if last := a.seen()[8]; last.Status != 0 || last.Fault != "cut-before" {
		t.Errorf("seen: %+v", last)
	}
	if got := a.control("DELETE", "faults", nil); got.status != 204 || len(a.pending()) != 0 {
		t.Errorf("%d, left are %+v", got.status, a.pending())
	}
	a.expect(200, "", "GET", path, nil)
}

// TestFaultWithoutEffect: a fault that an operation does not know does nothing, and the list of requests says so.
func TestFaultWithoutEffect(t *testing.T) {
	t.Parallel()
	a := start(t)
	path := a.make(nil)
	a.control("POST", "faults", `{"times":3,"effect":"not-found"}`)
	a.expect(200, "", "GET", wallets, nil) // which asks for another effect
	a.expect(200, "", "GET", lines("summaries"), nil)
	a.expect(404, "instance_not_found", "GET", path, nil)
	seen := a.seen()
	if !strings.HasPrefix(seen[1].Fault, "not-found (did nothing") || seen[2].Fault != seen[1].Fault || seen[3].Fault != "not-found" {
		t.Errorf("seen: %+v", seen)
	}
}

func TestFaultRefusals(t *testing.T) {
	t.Parallel()
	a := start(t)
	for body, reason := range map[string]string{
		`{"operation":"create_walet","effect":"cut-after"}`: `operation "create_walet" does not exist; the operations are abandon_webhook`,
		`{}`: `effect "" does not exist; the effects are cut-before, cut-after, cut-body, ` +
			`empty-body, hang, delay=DURATION,`,
		`{"effect":"boom"}`:                                           `effect "boom" does not exist`,
		`{"effect":"cut-after=1"}`:                                    "written cut-after, not cut-after=1",
		`{"effect":"delay"}`:                                          "written delay=DURATION, not delay",
		`{"effect":"delay=2"}`:                                        `"2" is not a duration`,
		`{"effect":"delay=-2s"}`:                                      `"-2s" is not a duration`,
		`{"effect":"status=199"}`:                                     `"199" is not a status from 200 to 599`,
		`{"effect":"status=x"}`:                                       `"x" is not a status`,
		`{"effect":"refuse=200","type":"x"}`:                          `"200" is not a status from 400 to 599`,
		`{"effect":"refuse=400"}`:                                     "needs the type",
		`{"effect":"fail-async"}`:                                     "needs the type",
		`{"effect":"status=503","retry_after":"soon"}`:                `retry_after "soon" is neither`,
		`{"effect":"status=503","retry_after":"-1"}`:                  `retry_after "-1" is neither`,
		`{"effect":"cut-after","after":true}`:                         "after does not go with cut-after",
		`{"effect":"hang","retry_after":"1"}`:                         "retry_after does not go with hang",
		`{"effect":"stale","type":"x"}`:                               "type does not go with stale",
		`{"effect":"fail-async","type":"x","after":true}`:             "after does not go with fail-async",
		`{"effect":"status=503","detail":"x"}`:                        "detail does not go with status=STATUS",
		`{"effect":"cut-after","nth":0}`:                              "nth is 1 for the next request",
		`{"effect":"cut-after","times":0}`:                            "times is 1 or more, or -1",
		`{"effect":"cut-after","times":-2}`:                           "times is 1 or more, or -1",
		`{"operation":"create_wallet","effect":"stale"}`:              "stale happens to reads",
		`{"operation":"delete_wallet","effect":"not-found"}`:          "not-found happens to reads",
		`{"operation":"get_wallet","effect":"fail-async","type":"x"}`: "fail-async happens to writes",
		`{"effect":"cut-after","color":"red"}`:                        `unknown field "color"`,
		`{`:                                                           "unexpected EOF",
	} {
		a.refused("faults", body, reason)
	}
	if left := a.emu.Faults(); len(left) != 0 {
		t.Errorf("a fault that was refused is to happen: %+v", left)
	}
}

// TestMovesByHand deposits and withdraws, by ID and by name.
func TestMovesByHand(t *testing.T) {
	t.Parallel()
	a := start(t)
	path := a.make(map[string]any{"name": "orders"})
	a.make(map[string]any{"name": "twin"})
	a.make(map[string]any{"name": "twin"})
	gone := a.make(map[string]any{"name": "gone"})
	a.expect(202, "", "DELETE", gone, nil)
	a.emu.ResetRequests()
	id := path[strings.LastIndex(path, "/")+1:]
	for _, test := range []struct {
		name, body string
		balance    float64
	}{
		{"deposit", `{"wallet":"orders","amount":5000}`, 5000},
		{"deposit", `{"wallet":"` + strings.ToUpper(id) + `","currency":"btc","amount":1}`, 5001},
		{"deposit", `{"wallet":"orders","currency":"usd","amount":7}`, 7},
		{"withdraw", `{"wallet":"orders","amount":5000}`, 1},
		{"withdraw", `{"wallet":"orders","currency":"usd","amount":7}`, 0},
	} {
		if got := a.control("POST", test.name, test.body); got.status != 200 || got.get("balance") != test.balance || got.get("wallet") != id ||
			got.get("name") != "orders" {
			t.Errorf("%s %s: %d %s", test.name, test.body, got.status, got.raw)
		}
	}
	for _, test := range [][3]string{
		{"deposit", `{"wallet":"twin","amount":1}`, `several wallets have the name "twin": give the ID`},
		{"deposit", `{"wallet":"gone","amount":1}`, `no active wallet has the ID or the name "gone"`},
		{"deposit", `{"wallet":"` + uuid.NewString() + `","amount":1}`, "no active wallet"},
		{"deposit", `{"amount":1}`, "give the ID or the name of a wallet"},
		{"deposit", `{"wallet":"orders","amount":0}`, "the amount must be above 0, in msats, not 0"},
		{"withdraw", `{"wallet":"orders","amount":-5}`, "the amount must be above 0"},
		{"deposit", `{"wallet":"orders","amount":9223372036854775807}`, "exceed the largest possible balance"},
		{"deposit", `{"wallet":"orders","currency":"eur","amount":1}`, `"eur" is not one of btc, usd`},
		{"withdraw", `{"wallet":"orders","amount":2}`, "has 1 msats that nothing holds, which is less than 2"},
	} {
		a.refused(test[0], test[1], test[2])
	}
	ledger := a.expect(200, "", "GET", path+"/ledger", nil)
	for _, want := range []string{`"total":5`, `"type":"deposited"`, `"type":"withdrawn"`} {
		if !bytes.Contains(ledger.raw, []byte(want)) {
			t.Errorf("the ledger lacks %s: %s", want, ledger.raw)
		}
	}
	a.expect(400, "wallet_not_empty", "DELETE", path, nil)
	a.control("POST", "withdraw", `{"wallet":"orders","amount":1}`)
	a.expect(202, "", "DELETE", path, nil)
	if seen := a.seen(); len(seen) != 3 {
		t.Errorf("what was done by hand is among the requests: %+v", seen)
	}
}

// TestControlIsNoOperation: faults of every operation spare the control endpoints, and the contract is not asked about them.
func TestControlIsNoOperation(t *testing.T) {
	t.Parallel()
	a := start(t)
	a.emu.Inject(emulator.Fault{Times: -1, Effect: emulator.CutBefore{}})
	if len(a.pending()) != 1 || len(a.seen()) != 0 {
		t.Errorf("pending %+v, seen %+v", a.pending(), a.seen())
	}
	if got := a.control("GET", "nothing", nil); got.status != 404 {
		t.Errorf("there is /emulator/nothing: %d", got.status)
	}
}
