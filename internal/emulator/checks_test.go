package emulator_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// check accepts a policy check and returns the path of its payment.
func (a *api) check(request object) string {
	a.t.Helper()
	a.expect(202, "", "POST", payments+"/check", request)
	return fmt.Sprintf("%s/%s", payments, request["id"])
}

// checked accepts a policy check, and waits until it is decided.
func (a *api) checked(request object) string {
	a.t.Helper()
	path := a.check(request)
	a.pass(2 * time.Second)
	return path
}

// standing is the status of a payment, with whether it is only a check.
func (a *api) standing(path string) string {
	a.t.Helper()
	got := a.expect(200, "", "GET", path, nil)
	return fmt.Sprint(got.get("status"), " ", got.get("check_only"))
}

func (a *api) listed(query string) int {
	a.t.Helper()
	total, _ := a.expect(200, "", "GET", payments+"?"+query, nil).get("total").(float64)
	return int(total)
}

// walletOf is a wallet of a world, with a limit where it is on a line of credit.
func walletOf(id, environment uuid.UUID, line *uuid.UUID) emulator.Wallet {
	wallet := emulator.Wallet{ID: id, EnvironmentID: environment, Name: "of a world", Network: "mutinynet", LineOfCreditID: line}
	if limit := int64(1_000_000); line != nil {
		wallet.Limit = &limit
	}
	return wallet
}

// quoted requests a quote on a USD line of credit and returns its ID.
func (a *api) quoted(amount object, to string) string {
	a.t.Helper()
	id := uuid.NewString()
	a.expect(202, "", "POST", environment+"/quotes", object{
		"id": id, "line_of_credit_id": emulator.StagingUSDLineID, "network": "mutinynet", "amount": amount, "to": to,
	})
	return id
}

func (a *api) limited(wallet string, policies emulator.Policies) {
	a.t.Helper()
	if err := a.emu.SetPolicies(uuid.MustParse(wallet), policies); err != nil {
		a.t.Fatal(err)
	}
}

// TestCheckOverTime: a check ends as approved or failed, and no money moves. It asks the policies and nothing else.
func TestCheckOverTime(t *testing.T) {
	t.Parallel()
	a := start(t, delayed, func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[0].SendBasisPoints = 100 })
	wallet := a.btcWallet(0) // which has no money at all
	approved := a.check(newSend(wallet, a0, object{"metadata": object{"order": "7"}}))
	a.expect(404, "payment_not_found", "GET", approved, nil)
	for _, want := range []string{"sending true", "approved true", "approved true"} {
		a.pass(time.Second)
		if got := a.standing(approved); got != want {
			t.Errorf("it is %s, want %s", got, want)
		}
	}
	a.pass(24 * time.Hour)
	got := a.expect(200, "", "GET", approved, nil)
	if got.get("status") != "approved" || got.get("processing_fee") != nil || part(got, "data", "fees") != "null" ||
		part(got, "metadata") != `{"order":"7"}` ||
		part(got, "data", "outflows") != "[]" {
		t.Errorf("got %s", got.raw)
	}
	if ledger := a.expect(200, "", "GET", wallets+"/"+wallet+"/ledger", nil); ledger.get("total") != 0.0 || a.money(wallet) != "nothing" {
		t.Errorf("the check moved money: %s", ledger.raw)
	}

	most := int64(149)
	a.limited(wallet, emulator.Policies{MaxPaymentSizeSats: &most})
	failed := a.checked(newSend(wallet, a0, nil))
	if got := a.expect(200, "", "GET", failed, nil); got.get("error", "type") != "rejected" || a.standing(failed) != "failed true" {
		t.Errorf("got %s", got.raw)
	}
	var events struct {
		Events []struct {
			Type string `json:"event_type"`
		}
	}
	if err := json.Unmarshal(a.expect(200, "", "GET", failed+"/history", nil).raw, &events); err != nil || len(events.Events) != 2 ||
		events.Events[1].Type != "send_failed" {
		t.Errorf("the history is %+v, %v", events, err)
	}
	receive := a.pay(newReceive(wallet, nil))
	a.pass(2 * time.Second)
	if got := a.expect(200, "", "GET", receive, nil); strings.Contains(string(got.raw), "check_only") {
		t.Errorf("a receive shows check_only: %s", got.raw)
	}
	if all, checks, others := a.listed(""), a.listed("check_only=true"), a.listed("check_only=false"); all != 3 || checks != 2 || others != 1 {
		t.Errorf("lists have %d, %d checks and %d others", all, checks, others)
	}
	page := payments + "?pagination=cursor&limit=1"
	cursor, _ := a.expect(200, "", "GET", page+"&check_only=true", nil).get("next_cursor").(string)
	if next := a.expect(200, "", "GET", page+"&check_only=true&cursor="+cursor, nil); next.get("has_more") != false {
		t.Errorf("there are more than two checks: %s", next.raw)
	}
	a.expect(400, "invalid_cursor", "GET", page+"&cursor="+cursor, nil) // which is bound to the filter
	a.emu.Inject(emulator.Fault{Operation: "get_payment", Effect: emulator.Stale{}})
	if got := a.standing(approved); got != "sending true" {
		t.Errorf("a stale read shows %s", got)
	}
}

// TestPromotion: the same payment continues, and is a check until it is approved again.
func TestPromotion(t *testing.T) {
	t.Parallel()
	a := start(t, delayed, func(c *emulator.Config) { c.Organizations[0].LinesOfCredit[0].SendBasisPoints = 100 })
	wallet := a.btcWallet(1_000_000)
	request := newSend(wallet, a0, object{"data": object{"payment_request": a0, "amount_msats": 150_000}, "metadata": object{}})
	path := a.checked(request)
	created := part(a.expect(200, "", "GET", path, nil), "created_at")
	a.pass(time.Hour)
	request["data"] = object{"payment_request": a0, "amount": msats(150_000)} // the same in the newer form
	delete(request, "metadata")
	a.pay(request)
	for _, want := range []string{
		"approved true, nothing", "approved true, 0 -152500 1", "approved false, 0 -152500 1", "completed false, -152500 -152500 0",
	} {
		if got := a.standing(path) + ", " + a.money(wallet); got != want {
			t.Errorf("it is %s, want %s", got, want)
		}
		a.pass(time.Second)
	}
	got := a.expect(200, "", "GET", path, nil)
	if part(got, "created_at") != created || got.get("processing_fee", "basis_points") != 100.0 || got.get("payment_breakdown") == nil {
		t.Errorf("got %s", got.raw)
	}
	a.expect(409, "payment_exists", "POST", payments, request)
	a.expect(409, "payment_exists", "POST", payments+"/check", request)
	if checks := a.listed("check_only=true"); checks != 0 {
		t.Errorf("%d checks are left", checks)
	}
}

// TestPromotionRefusals: what has the ID of a check and is not what the check approved changes nothing.
func TestPromotionRefusals(t *testing.T) {
	t.Parallel()
	const refused, used = "400 payment_not_approved", "409 payment_exists"
	const decided = 2 * time.Second
	second := strings.ReplaceAll(payments, emulator.StagingEnvironmentID.String(), emulator.SecondEnvironmentID.String())
	receive := object{"payment_kind": "bolt11", "amount": msats(1), "type": nil, "data": nil, "currency": nil}
	data := func(invoice string, more object) object {
		return object{"data": changed(object{"payment_request": invoice}, more)}
	}
	for name, test := range map[string]struct {
		answer string
		path   string
		change object // of what was checked
		most   int64  // satoshis that the policies allow; 0 is any
		wait   time.Duration
		want   string
	}{
		"not seen yet":     {refused, payments, nil, 0, 0, ""},
		"not decided yet":  {refused, payments, nil, 0, time.Second, "sending true"},
		"failed":           {refused, payments, nil, 100, decided, "failed true"},
		"another bound":    {refused, payments, data(a0, object{"max_fee": msats(2000)}), 0, decided, "approved true"},
		"another invoice":  {refused, payments, data(strings.ToUpper(a0), nil), 0, decided, "approved true"},
		"more metadata":    {refused, payments, object{"metadata": object{"a": "b"}}, 0, decided, "approved true"},
		"another wallet":   {refused, payments, object{"wallet_id": uuid.NewString()}, 0, decided, "approved true"},
		"a receive":        {refused, payments, receive, 0, decided, "approved true"},
		"treasury":         {used, movements, nil, 0, decided, "approved true"},
		"treasury receive": {used, movements, receive, 0, decided, "approved true"},
		"another check":    {used, payments + "/check", nil, 0, decided, "approved true"},
		"somewhere else":   {used, second, nil, 0, decided, "approved true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, delayed, func(c *emulator.Config) { c.Organizations[0].Treasury = true })
			wallet := a.btcWallet(1_000_000)
			if test.most != 0 {
				a.limited(wallet, emulator.Policies{MaxPaymentSizeSats: &test.most})
			}
			request := newSend(wallet, a0, nil)
			path := a.check(request)
			a.pass(test.wait)
			token := []string{"X-Api-Key", "", "Authorization", "Bearer " + emulator.UserToken} // which opens every environment
			got := a.do("POST", test.path, changed(request, test.change), token...)
			if answer := fmt.Sprint(got.status, " ", got.kind()); answer != test.answer {
				t.Errorf("%s, want %s", answer, test.answer)
			}
			if got.get("error", "context", "payment_id") != request["id"] {
				t.Errorf("got %s", got.raw)
			}
			if test.want != "" && a.standing(path) != test.want {
				t.Errorf("it is %s, want %s", a.standing(path), test.want)
			}
			if a.pass(time.Minute); a.money(wallet) != "nothing" {
				t.Errorf("money moved: %s", a.money(wallet))
			}
		})
	}
}

// TestPromotionThatFails: a check promises nothing about money, about routes, and about policies of a later day. A send that was not
// approved again is still shown as a check.
func TestPromotionThatFails(t *testing.T) {
	t.Parallel()
	small := int64(100)
	for name, test := range map[string]struct {
		limit  int
		data   object
		before func(*api, string)
		want   string
	}{
		"without money":   {1000, object{}, nil, "hold_failed"},
		"without a route": {1_000_000, object{"max_fee": msats(0)}, nil, "send_failed"},
		"by order": {1_000_000, object{}, func(a *api, _ string) {
			a.emu.Inject(emulator.Fault{Operation: "create_payment", Effect: emulator.FailAsync{Type: "send_failed"}})
		}, "send_failed"},
		"by a later policy": {1_000_000, object{}, func(a *api, wallet string) {
			a.limited(wallet, emulator.Policies{MaxPaymentSizeSats: &small})
		}, "rejected"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, delayed)
			wallet := a.btcWallet(test.limit)
			test.data["payment_request"] = a0
			request := newSend(wallet, "", object{"data": test.data})
			path := a.checked(request)
			if test.before != nil {
				test.before(a, wallet)
			}
			a.pay(request)
			a.pass(2 * time.Second)
			if got := a.expect(200, "", "GET", path, nil); got.get("error", "type") != test.want || a.standing(path) != "failed true" {
				t.Errorf("got %s", got.raw)
			}
			if a.pass(time.Minute); a.money(wallet) != "nothing" && a.money(wallet) != "0 0 0" {
				t.Errorf("the wallet has %s", a.money(wallet))
			}
			a.expect(409, "payment_exists", "POST", payments, request)
		})
	}
}

// TestChecksDoNotCount: a check is no send of the minute, and a promoted one counts from its promotion on.
func TestChecksDoNotCount(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	wallet := a.btcWallet(1_000_000)
	once := int64(1)
	a.limited(wallet, emulator.Policies{TransactionsPerMinute: &once})
	first, second := newSend(wallet, a0, nil), newSend(wallet, a0, nil)
	paths := []string{a.checked(first), a.checked(second)}
	a.pass(time.Hour)
	for _, request := range []object{first, second} {
		a.pay(request)
		a.pass(3 * time.Second)
	}
	if a.standing(paths[0]) != "completed false" || a.standing(paths[1]) != "failed true" {
		t.Errorf("they are %s and %s", a.standing(paths[0]), a.standing(paths[1]))
	}
}

// TestDollarChecks: a check needs no quote, and uses up the one that it is given. The send that promotes it needs one.
func TestDollarChecks(t *testing.T) {
	t.Parallel()
	a := start(t, delayed)
	wallet := a.wallet(emulator.StagingUSDLineID, 100_000)
	quote := func() string {
		id := a.quoted(msats(150_000), "usd")
		a.pass(2 * time.Second)
		return id
	}
	request := newSend(wallet, a0, object{"currency": "usd"})
	path := a.checked(request)
	got := a.expect(200, "", "GET", path, nil)
	if a.standing(path) != "approved true" || part(got, "data", "amount") != `{"amount":9,"currency":"usd","unit":"cents"}` ||
		part(got, "data", "market_quote") != "null" ||
		got.get("data", "amount_msats") != 150_000.0 {
		t.Errorf("got %s", got.raw)
	}
	a.expect(400, "quote_required", "POST", payments, request)
	request["quote_id"] = quote()
	a.pay(request)
	a.pass(3 * time.Second)
	if got := a.expect(200, "", "GET", path, nil); a.standing(path) != "completed false" || got.get("data", "market_quote") == nil ||
		a.money(wallet) != "-10 -10 0" {
		t.Errorf("got %s with %s", got.raw, a.money(wallet))
	}

	used := quote()
	quoted := newSend(wallet, a0, object{"currency": "usd", "quote_id": used})
	a.checked(quoted)
	if got := a.expect(200, "", "GET", environment+"/quotes/"+used, nil); got.get("consumed_at") == nil {
		t.Errorf("the quote is not used up: %s", got.raw)
	}
	a.expect(400, "invalid_quote", "POST", payments, quoted)
	quoted["quote_id"] = quote()
	a.pay(quoted)
}

// TestOlderAPI: before v6.14.0 nothing shows check_only, and the list ignores the filter. Checks and promotions are the same.
func TestOlderAPI(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.NoCheckOnly = true })
	wallet := a.btcWallet(1_000_000)
	request := newSend(wallet, a0, nil)
	path := a.check(request)
	if got := a.standing(path); got != "approved <nil>" {
		t.Errorf("it is %s", got)
	}
	if with, without := a.listed("check_only=true"), a.listed("check_only=false"); with != 1 || without != 1 {
		t.Errorf("lists have %d and %d", with, without)
	}
	a.pay(request)
	if got := a.standing(path); got != "completed <nil>" {
		t.Errorf("it is %s", got)
	}
}

// TestCheckRefusals is the table of what the contract refuses of checks.
func TestCheckRefusals(t *testing.T) {
	t.Parallel()
	wallet := uuid.New()
	asset := "asset:" + strings.Repeat("0f", 33)
	receive := object{"payment_kind": "bolt11", "amount": msats(1), "type": nil, "data": nil, "currency": nil}
	taproot := object{"currency": asset, "type": "taprootasset", "data": object{
		"payment_request": a0, "asset": strings.Repeat("0f", 33), "amount": object{"currency": asset, "amount": 1}, "max_fee": msats(1),
	}}
	noURIs := func(c *emulator.Config) { c.Organizations[0].NoPayments = []string{"bip21"} }
	receiver := func(c *emulator.Config) {
		c.Organizations[0].Keys[0] = emulator.Key{Secret: emulator.StagingKey, Read: true, Receive: true}
	}
	for name, test := range map[string]struct {
		status int
		kind   string
		change object
		world  func(*emulator.Config)
		header []string
	}{
		"a receive":             {422, "invalid_data", receive, nil, nil},
		"a receive beside it":   {422, "invalid_data", object{"payment_kind": "bolt11"}, nil, nil},
		"an unknown field":      {422, "invalid_data", object{"check_only": true}, nil, nil},
		"an asset for bolt11":   {422, "invalid_data", object{"currency": asset}, nil, nil},
		"an asset":              {400, "invalid_payment", taproot, nil, nil},
		"a broken invoice":      {400, "invalid_bolt11_payment_request", object{"data": object{"payment_request": "lntbs1x"}}, nil, nil},
		"no amount":             {400, "amount_required", bip21(object{"address": "bitcoin:" + address}), nil, nil},
		"dollars of bitcoin":    {400, "invalid_currency", object{"currency": "usd"}, nil, nil},
		"a needless quote":      {400, "invalid_quote", object{"quote_id": uuid.NewString()}, nil, nil},
		"no such wallet":        {400, "invalid_payment", object{"wallet_id": uuid.NewString()}, nil, nil},
		"a kind that is off":    {400, "feature_flag_disabled", bip21(object{"address": "bitcoin:" + address + "?amount=1"}), noURIs, nil},
		"a key that reads":      {403, "access_rights", nil, nil, []string{"X-Api-Key", emulator.StagingReadOnlyKey}},
		"a key that receives":   {403, "access_rights", nil, receiver, nil},
		"another environment's": {403, "access_rights", nil, nil, []string{"X-Api-Key", emulator.SecondKey}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, tolerant, func(c *emulator.Config) {
				c.Organizations[0].Wallets = []emulator.Wallet{walletOf(wallet, emulator.StagingEnvironmentID, &emulator.StagingLineID)}
				if test.world != nil {
					test.world(c)
				}
			})
			a.expect(test.status, test.kind, "POST", payments+"/check", newSend(wallet.String(), a0, test.change), test.header...)
			if got := a.emu.PaymentsJSON(); len(got) != 0 {
				t.Errorf("made %v", got)
			}
		})
	}
}
