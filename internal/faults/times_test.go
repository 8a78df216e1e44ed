package faults_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// members changes members of every object of an answer. If change returns false, the member is removed.
func members(change func(name string, value any) (any, bool)) func(any) any {
	var walk func(value any) any
	walk = func(value any) any {
		switch value := value.(type) {
		case []any:
			for i := range value {
				value[i] = walk(value[i])
			}
		case map[string]any:
			for name, member := range value {
				if name == "payload" { // the provider shows it unchanged
					continue
				}
				changed, stays := change(name, walk(member))
				if value[name] = changed; !stays {
					delete(value, name)
				}
			}
		}
		return value
	}
	return walk
}

// TestTimes: created_at, and every other time of an answer, can be missing, null, in the year 1 or in the future. Each resource can still
// be created, planned, changed and destroyed, each data source can be read, and no attribute shows the year 1.
func TestTimes(t *testing.T) {
	t.Parallel()
	every := func(value any, stays bool) func(any) any {
		return members(func(name string, member any) (any, bool) {
			text, _ := member.(string)
			_, err := time.Parse(time.RFC3339Nano, text)
			if err != nil || name == "time" || name == "effective_time" { // events without a time are unreadable
				return member, true
			}
			return value, stays
		})
	}
	created := func(value any, stays bool) func(any) any {
		return members(func(name string, member any) (any, bool) {
			if name == "created_at" {
				return value, stays
			}
			return member, true
		})
	}
	for name, rewrite := range map[string]func(any) any{
		"created_at missing":    created(nil, false),
		"created_at null":       created(nil, true),
		"created_at is year 1":  created("0001-01-01T00:00:00Z", true),
		"created_at ahead":      created("2099-01-01T00:00:00Z", true),
		"created_at long ago":   created("1969-12-31T23:59:59.999999999-14:00", true),
		"every time is missing": every(nil, false),
		"every time is null":    every(nil, true),
		"every time is year 1":  every("0001-01-01T00:00:00Z", true),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				useEverything(t, w, w.Behind(&hostile{emulator: w.Emulator, rewrite: rewrite}).Protocol(t))
			})
		})
	}
}

// useEverything creates, changes and destroys each resource, and reads each data source. Every operation must succeed.
func useEverything(t *testing.T, w *acctest.World, p *acctest.Protocol) {
	t.Helper()
	check := func(what, state string) {
		t.Helper()
		if strings.Contains(state, `"0001-`) {
			t.Errorf("%s shows the year 1: %s", what, state)
		}
	}
	wallet := newWallet(t, w)
	w.Emulator.SetCheckout(w.EnvironmentID, emulator.Checkout{OriginPolicy: "deny_all"})
	fee := acctest.Config{"send_basis_points": 5, "receive_basis_points": 0}
	changes := map[string]struct{ config, change acctest.Config }{
		"voltage_wallet": {walletConfig(w), acctest.Config{"name": "renamed"}},
		"voltage_webhook": {
			acctest.Config{"name": "hook", "url": "https://shop.example/hooks", "events": acctest.Config{"receive": []any{"completed"}}},
			acctest.Config{"name": "renamed", "enabled": false, "secret_version": 7},
		},
		"voltage_payment_request":  {requestConfig(w, wallet), acctest.Config{"timeouts": acctest.Config{"create": "1m"}}},
		"voltage_checkout_session": {requestConfig(w, wallet), acctest.Config{"timeouts": acctest.Config{"create": "1m"}}},
		"voltage_wallet_policies": {
			acctest.Config{"wallet_id": wallet, "processing_fee": fee}, acctest.Config{"max_payment_size_sats": 7},
		},
		"voltage_checkout_settings": {
			acctest.Config{"origin_policy": "allowlist", "allowed_origins": []any{"https://shop.example"}},
			acctest.Config{"origin_policy": "allow_all", "allowed_origins": nil},
		},
		"voltage_sandbox_line_of_credit": {
			acctest.Config{"line_of_credit_id": w.LineOfCreditID.String(), "limit": 90_000_000_001}, acctest.Config{"limit": 90_000_000_002},
		},
	}
	ids, made := map[string]string{}, map[string]*acctest.Instance{}
	for _, kind := range p.Offers()["resources"] {
		configs, ok := changes[kind]
		if !ok {
			t.Errorf("%s is not created", kind)
			continue
		}
		instance := &acctest.Instance{Type: kind}
		p.MustApply(instance, configs.config)
		p.MustPlanNothing(instance, configs.config)
		changed := maps.Clone(configs.config)
		maps.Copy(changed, configs.change)
		p.MustApply(instance, changed)
		p.MustPlanNothing(instance, changed)
		check(kind, instance.State.String())
		ids[kind], made[kind] = instance.String("id"), instance
	}
	if err := w.Emulator.Pay(made["voltage_payment_request"].String("payment_request"), 0); err != nil {
		t.Fatal(err)
	}
	bill, err := w.Emulator.AddBill(emulator.Bill{LineOfCreditID: emulator.StagingUSDLineID, Amount: 21, Status: "processing"})
	if err != nil {
		t.Fatal(err)
	}
	hook := &acctest.Instance{Type: "voltage_webhook"} // the webhook above is stopped
	p.MustApply(hook, changes["voltage_webhook"].config)
	delivery := deliver(t, w, hook.String("id"))
	ofHook := acctest.Config{"webhook_id": hook.String("id")}
	sources := map[string]acctest.Config{
		"voltage_webhook_delivery":   {"id": delivery["delivery_id"], "webhook_id": hook.String("id"), "wait_for": "final"},
		"voltage_webhook_deliveries": ofHook, "voltage_webhook_delivery_summary": ofHook,
		"voltage_bill":   {"id": bill.Bill.String()},
		"voltage_wallet": {"id": ids["voltage_wallet"]}, "voltage_wallet_ledger": {"wallet_id": wallet},
		"voltage_wallet_policies": {"wallet_id": wallet},
		"voltage_line_of_credit":  {"id": w.LineOfCreditID.String()}, "voltage_webhook": {"id": ids["voltage_webhook"]},
		"voltage_payment":         {"id": ids["voltage_payment_request"], "wait_for": "final"},
		"voltage_payment_history": {"payment_id": ids["voltage_payment_request"]},
	}
	for _, kind := range p.Offers()["data-sources"] {
		check("data "+kind, p.MustRead(kind, sources[kind]).State.String())
	}
	for kind, instance := range made {
		p.Expect("destroying "+kind, p.Destroy(t.Context(), instance))
	}
}
