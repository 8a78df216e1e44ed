package emulator_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// count is a count of payments as a summary has it.
type count struct {
	Total   int64     `json:"total_count"`
	Oldest  time.Time `json:"oldest_created_at"`
	Newest  time.Time `json:"newest_created_at"`
	Buckets []struct {
		Direction, Status, Currency, Kind string
		count
	}
}

// text is the count, and that of each bucket.
func (n *count) text() string {
	texts := []string{fmt.Sprint(n.Total)}
	for _, b := range n.Buckets {
		texts = append(texts, fmt.Sprintf("%s %s %s %s %d", b.Direction, b.Status, b.Currency, b.Kind, b.Total))
	}
	return strings.Join(texts, ", ")
}

type summary struct {
	count
	Organizations map[string]count `json:"by_organization_id"`
	Environments  map[string]count `json:"by_environment_id"`
	Lines         map[string]count `json:"by_line_of_credit_id"`
}

func (a *api) summary(path string) summary {
	a.t.Helper()
	var s summary
	if err := json.Unmarshal(a.expect(200, "", "GET", path, nil).raw, &s); err != nil {
		a.t.Fatal(err)
	}
	return s
}

// busy is a world with payments of three wallets, of which one is on a USD line and one on none, a second apart. It returns the wallets.
func busy(a *api) (btc, usd, lineless string) {
	btc, usd = a.btcWallet(200_000), a.wallet(emulator.StagingUSDLineID, 100_000)
	own := uuid.New()
	if err := a.emu.AddWallet(walletOf(own, emulator.StagingEnvironmentID, nil)); err != nil {
		a.t.Fatal(err)
	}
	lineless = own.String()
	a.pay(newSend(btc, a0, object{"metadata": object{"shop": "1"}})) // 10:02:00, completed
	a.pass(time.Second)
	a.pay(newSend(btc, a0, object{"metadata": object{"shop": "2"}})) // 10:02:01, fails: the money is gone
	a.pass(time.Second)
	a.check(newSend(btc, a0, nil)) // 10:02:02, approved
	a.pass(time.Second)
	a.pay(newReceive(btc, nil)) // 10:02:03
	a.pass(time.Second)
	amount := object{"currency": "usd", "amount": 600}
	a.pay(newReceive(usd, object{"amount": amount, "quote_id": a.quoted(amount, "btc"), "payment_kind": "bip21"})) // 10:02:04
	a.pass(time.Second)
	a.pay(newReceive(lineless, object{"metadata": object{"shop": "1"}})) // 10:02:05
	return btc, usd, lineless
}

// TestPaymentSummary counts what matches, by line of credit and bucket, and nothing else.
func TestPaymentSummary(t *testing.T) {
	t.Parallel()
	a := start(t)
	_, usd, _ := busy(a)
	elsewhere := uuid.New()
	if err := a.emu.AddWallet(walletOf(elsewhere, emulator.SecondEnvironmentID, nil)); err != nil {
		t.Fatal(err)
	}
	if _, err := a.emu.AddReceive(elsewhere, 1, nil); err != nil {
		t.Fatal(err)
	}
	const approved, completed, failed = ", send approved btc bolt11 1", ", send completed btc bolt11 1", ", send failed btc bolt11 1"
	const btcLine, usdLine = "4, receive receiving btc bolt11 1" + approved + completed + failed, "1, receive receiving usd bip21 1"
	both := map[string]string{emulator.StagingLineID.String(): btcLine, emulator.StagingUSDLineID.String(): usdLine}
	only := func(text string) map[string]string { return map[string]string{emulator.StagingLineID.String(): text} }
	for query, want := range map[string]struct {
		total int64
		lines map[string]string
	}{
		"": {6, both},
		"?line_of_credit_id=" + emulator.StagingUSDLineID.String(): {1, map[string]string{emulator.StagingUSDLineID.String(): usdLine}},
		"?line_of_credit_id=" + uuid.NewString():                   {0, map[string]string{}},
		"?direction=send":                                          {3, only("3" + approved + completed + failed)},
		"?statuses[]=completed&statuses[]=failed":                  {2, only("2" + completed + failed)},
		"?kind=bip21":       {1, map[string]string{emulator.StagingUSDLineID.String(): usdLine}},
		"?metadata[shop]=1": {2, only("1" + completed)},
		"?start_date=2026-09-01T10:02:01.123456789Z&end_date=2026-09-01T10:02:02.2Z":   {2, only("2" + approved + failed)},
		"?start_date=2027-01-01T00:00:00Z":                                             {0, map[string]string{}},
		"?direction=receive&statuses[]=completed&kind=bolt11&metadata[shop]=1":         {0, map[string]string{}},
		"?include_inactive=false&line_of_credit_id=" + emulator.StagingLineID.String(): {4, only(btcLine)},
	} {
		s := a.summary(payments + "/summary" + query)
		lines := map[string]string{}
		for id, line := range s.Lines {
			lines[id] = line.text()
		}
		if s.Total != want.total || !maps.Equal(lines, want.lines) {
			t.Errorf("%q is %d, %v; want %d, %v", query, s.Total, lines, want.total, want.lines)
		}
		one := min(int(s.Total), 1) // of each, unless there is nothing to count
		organization := s.Organizations[emulator.DefaultOrganizationID.String()].Total
		environment := s.Environments[emulator.StagingEnvironmentID.String()].Total
		if organization != s.Total || environment != s.Total || len(s.Organizations) != one || len(s.Environments) != one {
			t.Errorf("%q is %+v and %+v", query, s.Organizations, s.Environments)
		}
	}
	first := time.Date(2026, 9, 1, 10, 2, 0, 123456789, time.UTC)
	s := a.summary(payments + "/summary")
	if line := s.Lines[emulator.StagingLineID.String()]; !s.Oldest.Equal(first) || !s.Newest.Equal(first.Add(5*time.Second)) ||
		!line.Newest.Equal(first.Add(3*time.Second)) || !line.Buckets[3].Oldest.Equal(first.Add(time.Second)) {
		t.Errorf("from %v to %v; %+v", s.Oldest, s.Newest, line)
	}
	nothing := a.expect(200, "", "GET", payments+"/summary?kind=onchain", nil)
	if part(nothing, "oldest_created_at") != "null" || part(nothing, "by_organization_id") != "{}" ||
		part(nothing, "by_line_of_credit_id") != "{}" {
		t.Errorf("nothing is %s", nothing.raw)
	}

	totals := func() (active, all int64) {
		return a.summary(payments + "/summary").Total, a.summary(payments + "/summary?include_inactive=true").Total
	}
	if !a.emu.SetActive(uuid.MustParse(usd), false) {
		t.Fatal("no such wallet")
	}
	if active, all := totals(); active != 5 || all != 6 {
		t.Errorf("an inactive wallet leaves %d, and %d of all", active, all)
	}
	if err := a.emu.DisableLine(emulator.StagingLineID); err != nil {
		t.Fatal(err)
	}
	if active, all := totals(); active != 1 || all != 6 {
		t.Errorf("a disabled line leaves %d, and %d of all", active, all)
	}
}

// TestWalletPaymentSummary counts the payments of one wallet. A wallet that does not exist has none.
func TestWalletPaymentSummary(t *testing.T) {
	t.Parallel()
	a := start(t)
	btc, usd, lineless := busy(a)
	of := func(wallet, query string) string { return wallets + "/" + wallet + "/payments/summary" + query }
	for path, want := range map[string]string{
		of(btc, ""): "4, receive receiving btc bolt11 1, send approved btc bolt11 1, send completed btc bolt11 1, send failed btc bolt11 1",
		of(btc, "?direction=send&statuses[]=failed"): "1, send failed btc bolt11 1",
		of(btc, "?metadata[shop]=2"):                 "1, send failed btc bolt11 1",
		of(btc, "?kind=bip21"):                       "0",
		of(btc, "?end_date=2026-09-01T10:02:01Z"):    "1, send completed btc bolt11 1",
		of(usd, ""):              "1, receive receiving usd bip21 1",
		of(lineless, ""):         "1, receive receiving btc bolt11 1",
		of(uuid.NewString(), ""): "0",
	} {
		if s := a.summary(path); s.text() != want {
			t.Errorf("%s is %s, want %s", path, s.text(), want)
		}
	}
	got := a.expect(200, "", "GET", of(btc, ""), nil)
	if got.get("wallet_id") != btc || got.get("line_of_credit_id") != emulator.StagingLineID.String() ||
		got.get("environment_id") != emulator.StagingEnvironmentID.String() {
		t.Errorf("got %s", got.raw)
	}
	got = a.expect(200, "", "GET", of(lineless, "?kind=onchain"), nil)
	if part(got, "line_of_credit_id") != "null" || part(got, "buckets") != "[]" || part(got, "newest_created_at") != "null" {
		t.Errorf("got %s", got.raw)
	}
	if !a.emu.SetActive(uuid.MustParse(btc), false) {
		t.Fatal("no such wallet")
	}
	if active, all := a.summary(of(btc, "")).Total, a.summary(of(btc, "?include_inactive=true")).Total; active != 0 || all != 4 {
		t.Errorf("an inactive wallet has %d, and %d of all", active, all)
	}
	a.expect(403, "access_rights", "GET", of(btc, ""), nil, "X-Api-Key", emulator.SecondKey)
}

// TestSummariesLag: what was accepted counts once it can be seen, and a stale read is behind by a write.
func TestSummariesLag(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	wallet := a.btcWallet(1_000_000)
	paths := []string{payments + "/summary", wallets + "/" + wallet + "/payments/summary"}
	total := func(path string) string {
		s := a.summary(path)
		for _, line := range s.Lines {
			s.Buckets = line.Buckets
		}
		return s.text()
	}
	a.pay(newSend(wallet, a0, nil))
	for _, want := range []string{"0", "1, send sending btc bolt11 1", "1, send approved btc bolt11 1", "1, send completed btc bolt11 1"} {
		for _, path := range paths {
			if got := total(path); got != want {
				t.Errorf("%s is %s, want %s", path, got, want)
			}
		}
		a.pass(time.Second)
	}
	for i, operation := range []string{"get_payment_summary", "get_wallet_payment_summary"} {
		a.emu.Inject(emulator.Fault{Operation: operation, Effect: emulator.Stale{}})
		if got := total(paths[i]); got != "1, send approved btc bolt11 1" {
			t.Errorf("a stale read of %s is %s", paths[i], got)
		}
	}
	a.emu.Inject(emulator.Fault{Operation: "get_wallet_payment_summary", Effect: emulator.NotFound{}})
	if got := total(paths[1]); got != "0" {
		t.Errorf("a wallet that is not found has %s", got)
	}
	for _, seen := range a.seen() {
		if strings.Contains(seen.Fault, "did nothing") {
			t.Errorf("%s: %s", seen.Operation, seen.Fault)
		}
	}
}

// TestSummaryRefusals is the table of what the contract refuses of summaries and of the list of quotes.
func TestSummaryRefusals(t *testing.T) {
	t.Parallel()
	writer := func(c *emulator.Config) {
		c.Organizations[0].Keys[0] = emulator.Key{Secret: emulator.StagingKey, Write: true, Receive: true, Billing: true}
	}
	environmentSummary, walletSummary, quotes := payments+"/summary", wallets+"/"+uuid.NewString()+"/payments/summary", environment+"/quotes"
	for _, test := range []struct {
		status int
		kind   string
		path   string
		world  func(*emulator.Config)
		header []string
	}{
		{400, "invalid_parameter", environmentSummary + "?statuses[]=paid", nil, nil},
		{400, "invalid_parameter", environmentSummary + "?direction=up", nil, nil},
		{400, "invalid_parameter", environmentSummary + "?kind=cash", nil, nil},
		{400, "invalid_parameter", environmentSummary + "?line_of_credit_id=x", nil, nil},
		{400, "invalid_parameter", environmentSummary + "?start_date=today", nil, nil},
		{400, "invalid_parameter", environmentSummary + "?include_inactive=maybe", nil, nil},
		{400, "invalid_parameter", environmentSummary + "?check_only=true", nil, nil}, // which summaries do not have
		{400, "invalid_parameter", environmentSummary + "?limit=1", nil, nil},
		{400, "invalid_parameter", walletSummary + "?end_date=x", nil, nil},
		{400, "invalid_parameter", walletSummary + "?line_of_credit_id=" + uuid.NewString(), nil, nil},
		{400, "invalid_parameter", wallets + "/x/payments/summary", nil, nil},
		{400, "missing_credentials", walletSummary, nil, []string{"X-Api-Key", ""}},
		{403, "access_rights", environmentSummary, writer, nil},
		{403, "access_rights", walletSummary, writer, nil},
		{403, "access_rights", environmentSummary, nil, []string{"X-Api-Key", emulator.SecondKey}},
		{403, "access_rights", strings.Replace(walletSummary, emulator.DefaultOrganizationID.String(), uuid.NewString(), 1), nil, nil},
		{400, "invalid_parameter", quotes + "?network=testnet3", nil, nil},
		{400, "invalid_parameter", quotes + "?wallet_id=x", nil, nil},
		{400, "invalid_parameter", quotes + "?limit=-1", nil, nil},
		{400, "invalid_parameter", quotes + "?cursor=x", nil, nil},
		{403, "access_rights", quotes, writer, nil},
		{403, "access_rights", quotes, nil, []string{"X-Api-Key", emulator.SecondKey}},
	} {
		world := []func(*emulator.Config){tolerant}
		if test.world != nil {
			world = append(world, test.world)
		}
		start(t, world...).expect(test.status, test.kind, "GET", test.path, nil, test.header...)
	}
}

// TestQuotePages: quotes of the environment, the newest first, by the wallet that used them and by network.
func TestQuotePages(t *testing.T) {
	t.Parallel()
	a := start(t, delayed, func(c *emulator.Config) {
		c.Organizations[0].LinesOfCredit = append(c.Organizations[0].LinesOfCredit, emulator.LineOfCredit{
			ID: uuid.MustParse(fixedID), EnvironmentID: emulator.StagingEnvironmentID, Network: "testnet3", Currency: "usd", Limit: 1000,
		})
	})
	wallet := a.wallet(emulator.StagingUSDLineID, 0)
	usd := object{"currency": "usd", "amount": 600}
	var ids []string
	for i := range 5 {
		id, line, network := uuid.NewString(), emulator.StagingUSDLineID.String(), "mutinynet"
		if i == 2 {
			line, network = fixedID, "testnet"
		}
		ids = append(ids, id)
		a.expect(202, "", "POST", environment+"/quotes", object{
			"id": id, "line_of_credit_id": line, "network": network, "amount": usd, "to": "btc",
		})
		a.pass(100 * time.Millisecond)
	}
	list := func(query string) (found []string, got answer) {
		t.Helper()
		got = a.expect(200, "", "GET", environment+"/quotes"+query, nil)
		items, _ := got.get("items").([]any)
		for _, item := range items {
			id, _ := item.(object)["id"].(string)
			found = append(found, id)
		}
		return found, got
	}
	if found, got := list(""); found != nil || got.get("total") != 0.0 {
		t.Errorf("they can be seen at once: %s", got.raw)
	}
	a.pass(time.Minute)
	a.emu.Inject(emulator.Fault{Operation: "get_quotes_as_user", Effect: emulator.Stale{}})
	if _, got := list(""); !strings.Contains(string(got.raw), `"created_at":null`) || strings.Contains(string(got.raw), `"quote":{`) {
		t.Errorf("a stale read shows %s", got.raw)
	}
	slices.Reverse(ids)
	for query, want := range map[string][]string{
		"": ids, "?limit=2": ids[:2], "?limit=2&offset=2": ids[2:4], "?offset=4&limit=100": ids[4:], "?offset=9": nil, "?limit=0": nil,
		"?network=testnet": ids[2:3], "?network=mainnet": nil, "?wallet_id=" + wallet: nil,
	} {
		found, got := list(query)
		total := 5
		if strings.Contains(query, "network") || strings.Contains(query, "wallet_id") {
			total = len(want)
		}
		if !slices.Equal(found, want) || got.get("total") != float64(total) {
			t.Errorf("%q is %v, want %v: %s", query, found, want, got.raw)
		}
	}
	if _, got := list("?limit=2&offset=2"); got.get("limit") != 2.0 || got.get("offset") != 2.0 {
		t.Errorf("the page is %v from %v", got.get("limit"), got.get("offset"))
	}

	fresh := a.quoted(usd, "btc")
	a.pass(2 * time.Second)
	a.pay(newReceive(wallet, object{"amount": usd, "quote_id": fresh}))
	if found, got := list("?wallet_id=" + wallet); !slices.Equal(found, []string{fresh}) || got.get("total") != 1.0 {
		t.Errorf("the wallet's are %s", got.raw)
	}
	second := strings.ReplaceAll(environment, emulator.StagingEnvironmentID.String(), emulator.SecondEnvironmentID.String())
	if got := a.expect(200, "", "GET", second+"/quotes", nil, "X-Api-Key", emulator.SecondKey); got.get("total") != 0.0 {
		t.Errorf("another environment has %s", got.raw)
	}
}
