package emulator_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// differences are the fields that one value has and the other has not. Where one of the two is null or empty, nothing is compared.
func differences(at string, want, got any) []string {
	if strings.HasSuffix(at, "payload.") || at == "payout_holdback." {
		return nil // of any type, whatever the fixture has
	}
	switch want := want.(type) {
	case object:
		got, ok := got.(object)
		if !ok {
			return nil
		}
		if a, b := byID(want), byID(got); a != nil && b != nil {
			return differences(at+"ID.", a, b)
		}
		var found []string
		for name := range want {
			if _, has := got[name]; !has {
				found = append(found, "lacks "+at+name)
			} else {
				found = append(found, differences(at+name+".", want[name], got[name])...)
			}
		}
		for name := range got {
			if _, has := want[name]; !has {
				found = append(found, "has "+at+name)
			}
		}
		slices.Sort(found)
		return found
	case []any:
		if got, ok := got.([]any); ok && len(want) > 0 && len(got) > 0 {
			return differences(at, want[0], got[0])
		}
	}
	return nil
}

// byID is one of the objects that another has by their IDs, nil for any other object.
func byID(objects object) any {
	var one any
	for name, value := range objects {
		if uuid.Validate(name) != nil {
			return nil
		}
		one = value
	}
	return one
}

// TestShapes: the emulator's answers have the fields of the fixtures, every one and no other.
func TestShapes(t *testing.T) {
	t.Parallel()
	quote := func(a *api, amount object, to string) string {
		id := uuid.NewString()
		a.expect(202, "", "POST", environment+"/quotes", object{
			"id": id, "line_of_credit_id": emulator.StagingUSDLineID, "network": "mutinynet", "amount": amount, "to": to,
		})
		a.pass(2 * time.Second)
		return id
	}
	rich := func(a *api) string { return a.btcWallet(1_000_000_000) }
	onchain := func(more object) object {
		return object{"type": "onchain", "data": changed(object{"address": address, "amount": msats(150_000_000)}, more)}
	}
	send := func(change object) func(*api) string {
		return func(a *api) string { return a.pay(newSend(rich(a), a0, change)) }
	}
	receive := func(change object) func(*api) string {
		return func(a *api) string { return a.pay(newReceive(rich(a), change)) }
	}
	paid := func(path func(*api) string) func(*api) string {
		return func(a *api) string {
			made := path(a)
			a.pass(2 * time.Second)
			uri, _ := a.expect(200, "", "GET", made, nil).get("bip21_uri").(string)
			if err := a.emu.Pay(uri, 0); err != nil {
				a.t.Fatal(err)
			}
			return made
		}
	}
	delivery := func(statuses ...int) func(*api) string {
		return func(a *api) string {
			path, _ := a.hook(object{"url": newReceiver(a.t, statuses...).URL, "events": []object{}})
			a.pass(2 * time.Second)
			made := a.test(path)
			a.pass(2 * time.Second)
			a.ended(made)
			return made
		}
	}
	attempted := func(a *api) string {
		path, _ := a.hook(object{"url": newSilence(a.t).URL, "events": []object{}})
		a.pass(2 * time.Second)
		return a.test(path)
	}
	for fixture, test := range map[string]struct {
		path func(*api) string
		pass int // seconds after it was asked for
	}{
		"get_webhook_delivery.response.200.attempting":          {attempted, 1},
		"get_webhook_delivery.response.200.succeeded":           {delivery(200), 0},
		"get_webhook_delivery.response.200.failed-client-error": {delivery(404), 0},
		"get_webhook_delivery.response.200.failed-server-error": {delivery(500), 0},
		"get_webhook_deliveries_as_user.response.200.offset":    {func(a *api) string { return path.Dir(delivery(200)(a)) }, 0},
		"get_webhook_deliveries_as_user.response.200.cursor": {
			func(a *api) string { return path.Dir(delivery(200)(a)) + "?pagination=cursor&limit=0" },
			0,
		},
		"get_webhook_delivery_summary_as_user.response.200.estimated": {
			func(a *api) string { return path.Dir(delivery(200)(a)) + "/summary?statuses[]=failed" },
			0,
		},
		"get_bill_as_user.response.200.payment_due": {func(a *api) string {
			rich(a)
			return a.billed(emulator.Bill{Amount: 1000})
		}, 0},
		"get_bill_as_user.response.200.void": {func(a *api) string { return a.billed(emulator.Bill{Status: "void"}) }, 0},
		"get_bill_as_user.response.200.queued": {func(a *api) string {
			return a.billed(emulator.Bill{LineOfCreditID: emulator.StagingUSDLineID, Status: "queued", Settlement: "Payout", Amount: 5})
		}, 0},
		"get_bill_as_user.response.200.processing": {func(a *api) string {
			return a.billed(emulator.Bill{LineOfCreditID: emulator.StagingUSDLineID, Status: "processing", Settlement: "Payout", Amount: 5})
		}, 0},
		"get_bill_as_user.response.200.overpaid": {func(a *api) string {
			return a.billed(emulator.Bill{Status: "paid", Amount: 5})
		}, 0},
		"get_bills_as_user.response.200.last":        {func(*api) string { return bills }, 0},
		"get_bill_summary_as_user.response.200.none": {func(*api) string { return bills + "/summary" }, 0},
		"get_webhook_delivery.response.200.abandoned": {func(a *api) string {
			made := attempted(a)
			a.pass(time.Second)
			a.expect(202, "", "POST", made+"/abandon", nil)
			return made
		}, 1},
		"get_payment.response.200.send-bolt11-sending":   {send(nil), 1},
		"get_payment.response.200.send-bolt11-approved":  {send(nil), 2},
		"get_payment.response.200.send-bolt11-completed": {send(nil), 3},
		"get_payment.response.200.send-bolt11-failed-no_route": {
			send(object{"data": object{"payment_request": a0, "max_fee": msats(0)}}),
			3,
		},
		"get_payment.response.200.send-onchain-no-label":               {send(onchain(nil)), 3},
		"get_payment.response.200.send-onchain-failed-fee-above-max":   {send(onchain(object{"max_fee": msats(0)})), 3},
		"get_payment.response.200.send-bip21-completed-lightning":      {send(bip21(object{"address": address, "payment_request": a0})), 3},
		"get_payment.response.200.receive-bolt11-generating":           {receive(nil), 1},
		"get_payment.response.200.receive-bolt11-receiving":            {receive(nil), 2},
		"get_payment.response.200.receive-bolt11-any-amount-receiving": {receive(object{"amount": nil, "currency": "btc"}), 2},
		"get_payment.response.200.receive-bolt11-rejected": {
			receive(object{"description": "VOLTAGE_COMPLIANCE_550e8400-e29b-41d4-a716-446655440000"}),
			2,
		},
		"get_payment.response.200.receive-bip21-expired":             {receive(object{"payment_kind": "bip21"}), 5000},
		"get_payment.response.200.receive-bip21-completed-lightning": {paid(receive(object{"payment_kind": "bip21"})), 2},
		"get_payment.response.200.receive-onchain-detected":          {paid(receive(object{"payment_kind": "onchain"})), 1},
		"get_payment.response.200.receive-onchain-completed":         {paid(receive(object{"payment_kind": "onchain"})), 2},
		"get_payment.response.200.receive-taprootasset-receiving": {
			receive(object{"payment_kind": "taprootasset", "amount": object{"currency": "asset:" + emulator.MutinynetAsset, "amount": 5}}),
			2,
		},
		"get_a_quote_as_user.response.200.requested": {
			func(a *api) string { return environment + "/quotes/" + quote(a, msats(1000), "usd") },
			0,
		},
		"get_a_quote_as_user.response.200.ready-btc-to-usd": {
			func(a *api) string { return environment + "/quotes/" + quote(a, msats(1000), "usd") },
			1,
		},
		"get_wallet.response.200.fresh": {func(a *api) string { return wallets + "/" + rich(a) }, 1},
		"get_webhook.response.200.events-one-each": {
			func(a *api) string { path, _ := a.hook(object{"events": []object{{"send": "failed"}}}); return path },
			1,
		},
		"get_line_of_credit_summary_as_user.response.200.secured": {
			func(*api) string { return lines(emulator.StagingLineID.String() + "/summary") },
			0,
		},
		"get_payment.response.200.send-bolt11-check-approved": {func(a *api) string { return a.check(newSend(rich(a), a0, nil)) }, 2},
		"get_payment.response.200.send-bolt11-check-failed": {func(a *api) string {
			a.emu.Inject(emulator.Fault{Operation: "check_payment", Effect: emulator.FailAsync{Type: "rejected"}})
			return a.check(newSend(rich(a), a0, nil))
		}, 2},
		"get_payment.response.200.send-bolt11-check-promoted": {func(a *api) string {
			request := newSend(rich(a), a0, nil)
			a.check(request)
			a.pass(2 * time.Second)
			return a.pay(request)
		}, 2},
		"get_payment.response.200.send-bolt11-treasury":    {func(a *api) string { return a.treasury(newSend(rich(a), a0, nil)) }, 3},
		"get_payment.response.200.receive-bolt11-treasury": {paid(func(a *api) string { return a.treasury(newReceive(rich(a), nil)) }), 1},
		"get_payment_summary.response.200.none-with-nulls": {func(*api) string { return payments + "/summary" }, 0},
		"get_payment_summary.response.200.two-lines":       {func(a *api) string { send(nil)(a); return payments + "/summary" }, 3},
		"get_wallet_payment_summary.response.200.none":     {func(a *api) string { return wallets + "/" + rich(a) + "/payments/summary" }, 1},
		"get_wallet_payment_summary.response.200.busy": {func(a *api) string {
			wallet := rich(a)
			a.pay(newSend(wallet, a0, nil))
			return wallets + "/" + wallet + "/payments/summary"
		}, 3},
		"get_quotes_as_user.response.200.two": {func(a *api) string { quote(a, msats(1000), "usd"); return environment + "/quotes" }, 1},
		"get_payments.response.200.checks": {func(a *api) string {
			a.check(newSend(rich(a), a0, nil))
			return payments + "?check_only=true&pagination=cursor"
		}, 2},
		"get_payment.response.200.send-bolt11-usd-completed": {func(a *api) string {
			wallet := a.wallet(emulator.StagingUSDLineID, 100_000)
			return a.pay(newSend(wallet, a0, object{"currency": "usd", "quote_id": quote(a, msats(150_000), "usd")}))
		}, 3},
		"get_payment.response.200.receive-onchain-usd": {func(a *api) string {
			wallet, amount := a.wallet(emulator.StagingUSDLineID, 0), object{"currency": "usd", "amount": 600}
			return a.pay(newReceive(wallet, object{"payment_kind": "onchain", "amount": amount, "quote_id": quote(a, amount, "btc")}))
		}, 2},
		"get_payment.response.200.send-bolt11-short-circuit": {func(a *api) string {
			wallet, request := rich(a), receive(nil)(a)
			a.pass(2 * time.Second)
			return a.pay(newSend(wallet, a.invoice(request), nil))
		}, 3},
	} {
		t.Run(fixture, func(t *testing.T) {
			t.Parallel()
			content, err := os.ReadFile("testdata/fixtures/" + fixture + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var want any
			if err := json.Unmarshal(content, &want); err != nil {
				t.Fatal(err)
			}
			checked := bytes.Contains(content, []byte(`"check_only"`)) // the older fixtures are of an API that does not show it
			a := start(t, delayed, impatient, func(c *emulator.Config) {
				c.Organizations[0].Treasury, c.NoCheckOnly = true, !checked
			})
			path := test.path(a)
			a.pass(time.Duration(test.pass) * time.Second)
			got := a.expect(200, "", "GET", path, nil)
			if found := differences("", want, got.get()); len(found) > 0 {
				t.Errorf("the answer %s:\n%s", strings.Join(found, ", "), got.raw)
			}
			if status, ok := want.(object)["status"].(string); ok && got.get("status") != status {
				t.Errorf("the status is %v, want %s", got.get("status"), status)
			}
		})
	}
	for fixture, body := range map[string]string{
		"get_wallet.response.404.instance_not_found": string(start(t).expect(404, "instance_not_found", "GET",
			wallets+"/"+uuid.NewString(), nil).raw),
		"get_payment.response.404.payment_not_found": string(start(t).expect(404, "payment_not_found", "GET",
			payments+"/"+uuid.NewString(), nil).raw),
	} {
		content, err := os.ReadFile("testdata/fixtures/" + fixture + ".json")
		var want, got any
		if err == nil {
			err = json.Unmarshal(content, &want)
		}
		if err != nil || json.Unmarshal([]byte(body), &got) != nil || fmt.Sprint(differences("", want, got)) != "[]" {
			t.Errorf("%s: %v: %s", fixture, err, body)
		}
	}
}
