package emulator_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

const movements = environment + "/treasury_movements"

// treasury accepts a treasury movement and returns the path of its payment.
func (a *api) treasury(request object) string {
	a.t.Helper()
	a.expect(202, "", "POST", movements, request)
	return fmt.Sprintf("%s/%s", payments, request["id"])
}

// TestTreasury: the money moves as that of a payment does, without a processing fee, and is of another category.
func TestTreasury(t *testing.T) {
	t.Parallel()
	a := start(t, delayed, func(c *emulator.Config) {
		c.Organizations[0].Treasury = true
		c.Organizations[0].LinesOfCredit[0].SendBasisPoints, c.Organizations[0].LinesOfCredit[0].ReceiveBasisPoints = 50, 100
	})
	wallet := a.btcWallet(1_000_000)
	receive := a.treasury(newReceive(wallet, object{"amount": nil, "currency": "btc"})) // any amount, although receives have a fee
	send := a.treasury(newSend(wallet, a0, nil))
	a.expect(404, "payment_not_found", "GET", send, nil)
	a.pass(2 * time.Second)
	if err := a.emu.Pay(a.invoice(receive), 500_000); err != nil {
		t.Fatal(err)
	}
	a.pass(time.Second)
	for _, path := range []string{receive, send} {
		got := a.expect(200, "", "GET", path, nil)
		if got.get("status") != "completed" || got.get("payment_category") != "treasury" || got.get("processing_fee") != nil ||
			got.get("payment_breakdown") != nil {
			t.Errorf("got %s", got.raw)
		}
	}
	if got := a.expect(200, "", "GET", send, nil); part(got, "data", "fees") != `{"amount":1000,"currency":"btc","unit":"msats"}` ||
		got.get("check_only") != false {
		t.Errorf("the network's fee stays: %s", got.raw)
	}
	if got := a.money(wallet); got != "349000 349000 0" { // 500,000 in, 150,000 out and 1,000 to the network
		t.Errorf("the wallet has %s", got)
	}
	ordinary := a.pay(newReceive(wallet, nil))
	a.pass(2 * time.Second)
	if got := a.expect(200, "", "GET", ordinary, nil); got.get("payment_category") != "standard" || got.get("processing_fee") == nil {
		t.Errorf("got %s", got.raw)
	}
	if treasury, standard := a.listed("payment_category=treasury"), a.listed("payment_category=standard"); treasury != 2 || standard != 1 {
		t.Errorf("lists have %d and %d", treasury, standard)
	}
}

// TestTreasuryRefusals is the table of what the contract refuses of treasury movements.
func TestTreasuryRefusals(t *testing.T) {
	t.Parallel()
	world := func(change func(*emulator.Organization)) func(*emulator.Config) {
		return func(c *emulator.Config) { change(&c.Organizations[0]) }
	}
	mine, lineless, elsewhere := uuid.New(), uuid.New(), uuid.New()
	keyed := func(key emulator.Key) func(*emulator.Config) {
		key.Secret = emulator.StagingKey
		return world(func(o *emulator.Organization) { o.Keys[0] = key })
	}
	off := world(func(o *emulator.Organization) { o.Treasury = false })
	noOnchain := world(func(o *emulator.Organization) { o.NoPayments = []string{"onchain"} })
	onchain := newReceive(mine.String(), object{"payment_kind": "onchain"})
	feature := func(name string) string { return `{"feature":"` + name + `"}` }
	unknown := func(wallet string) string { return `{"wallet_id":"` + wallet + `"}` }
	const tooLittle = `{"field":"amount","min_amount":{"amount":1,"currency":"btc","unit":"msats"},` +
		`"provided_amount":{"amount":0,"currency":"btc","negative":false,"unit":"msats"}}`
	for name, test := range map[string]struct {
		status  int
		kind    string
		request object
		world   func(*emulator.Config)
		context string
	}{
		"not switched on":        {400, "feature_flag_disabled", newReceive(mine.String(), nil), off, feature("treasury_movements")},
		"nor for sends":          {400, "feature_flag_disabled", newSend(mine.String(), a0, nil), off, feature("treasury_movements")},
		"a kind that is off":     {400, "feature_flag_disabled", onchain, noOnchain, feature("onchain_payments")},
		"no such wallet":         {404, "wallet_not_found", newReceive(fixedID, nil), nil, unknown(fixedID)},
		"no such wallet, send":   {404, "wallet_not_found", newSend(fixedID, a0, nil), nil, unknown(fixedID)},
		"no line of credit":      {404, "wallet_not_found", newReceive(lineless.String(), nil), nil, unknown(lineless.String())},
		"another environment's":  {404, "wallet_not_found", newSend(elsewhere.String(), a0, nil), nil, unknown(elsewhere.String())},
		"no amount":              {422, "invalid_data", newReceive(mine.String(), object{"amount": nil}), nil, "null"},
		"an unknown field":       {422, "invalid_data", newSend(mine.String(), a0, object{"payment_category": "treasury"}), nil, "null"},
		"an amount of nothing":   {400, "invalid_amount", newReceive(mine.String(), object{"amount": msats(0)}), nil, tooLittle},
		"a key that receives":    {403, "access_rights", newReceive(mine.String(), nil), keyed(emulator.Key{Read: true, Receive: true}), "null"},
		"a key that reads":       {403, "access_rights", newSend(mine.String(), a0, nil), keyed(emulator.Key{Read: true}), "null"},
		"a key that only writes": {202, "", newSend(mine.String(), a0, nil), keyed(emulator.Key{Write: true}), "null"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := start(t, tolerant, func(c *emulator.Config) {
				o := &c.Organizations[0]
				o.Treasury, o.Wallets = true, []emulator.Wallet{
					walletOf(mine, emulator.StagingEnvironmentID, &emulator.StagingLineID),
					walletOf(lineless, emulator.StagingEnvironmentID, nil),
					walletOf(elsewhere, emulator.SecondEnvironmentID, &emulator.SecondLineID),
				}
				if test.world != nil {
					test.world(c)
				}
			})
			if got := a.expect(test.status, test.kind, "POST", movements, test.request); part(got, "error", "context") != test.context {
				t.Errorf("got %s", got.raw)
			}
			if made := len(a.emu.PaymentsJSON()); (made == 0) != (test.status > 299) {
				t.Errorf("%d payments were made", made)
			}
		})
	}
}

const fixedID = "0c58341a-324b-425c-ad73-138a865ed548"

// TestTreasuryIDs: an ID is used once, whatever it was used for.
func TestTreasuryIDs(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) { c.Organizations[0].Treasury = true })
	wallet := a.btcWallet(1_000_000)
	moved, paid, checked := newReceive(wallet, nil), newReceive(wallet, nil), newSend(wallet, a0, nil)
	a.treasury(moved)
	a.pay(paid)
	a.check(checked)
	for _, used := range []object{moved, paid, checked} {
		a.expect(409, "payment_exists", "POST", movements, used)
	}
	a.expect(409, "payment_exists", "POST", payments, moved)
	a.expect(409, "payment_exists", "POST", payments+"/check", newSend(wallet, a0, object{"id": moved["id"]}))
	a.pay(checked) // which is a check still
}

// TestFeaturesByHand: what Voltage switches on and off decides about the next payment, for one organization.
func TestFeaturesByHand(t *testing.T) {
	t.Parallel()
	a := start(t, func(c *emulator.Config) {
		c.Organizations = append(c.Organizations, emulator.Organization{ID: uuid.New(), Name: "Other"})
	})
	wallet := a.btcWallet(1_000_000)
	onchain := func() object { return newReceive(wallet, object{"payment_kind": "onchain"}) }
	a.expect(400, "feature_flag_disabled", "POST", movements, newReceive(wallet, nil))
	own := emulator.DefaultOrganizationID.String()
	for _, body := range []string{
		`{"organization":"` + strings.ToUpper(own) + `","feature":"treasury","on":true}`,
		`{"organization":"Emulated Organization","feature":"onchain"}`,
	} {
		if got := a.control("POST", "feature", body); got.status != 200 || got.get("organization") != own ||
			got.get("name") != "Emulated Organization" {
			t.Errorf("%s: %d %s", body, got.status, got.raw)
		}
	}
	a.treasury(newReceive(wallet, nil))
	if got := a.expect(400, "feature_flag_disabled", "POST", payments, onchain()); part(got, "error", "code") != `"disabled"` {
		t.Errorf("got %s", got.raw)
	}
	a.pay(newReceive(wallet, object{"payment_kind": "bip21", "amount": msats(21_000)}))
	for feature, on := range map[string]bool{"onchain": true, "treasury": false} {
		if err := a.emu.SwitchFeature(emulator.DefaultOrganizationID, feature, on); err != nil {
			t.Fatal(err)
		}
	}
	a.pay(onchain())
	a.expect(400, "feature_flag_disabled", "POST", movements, newReceive(wallet, nil))
	several := "several organizations exist: give the ID or the name of one of them: Emulated Organization (" + own
	a.refused("feature", `{"feature":"treasury","on":true}`, several)
	a.refused("feature", `{"organization":"Nobody","feature":"treasury"}`, `no organization has the ID or the name "Nobody"`)
	a.refused("feature", `{"organization":"Other","feature":"swaps"}`,
		`feature "swaps" does not exist; the features are onchain, bip21, treasury`)
	if err := a.emu.SwitchFeature(uuid.New(), "treasury", true); err == nil {
		t.Error("an organization that does not exist has a feature")
	}
}
