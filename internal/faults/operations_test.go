package faults_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
	api "github.com/voltagecloud/terraform-provider-voltage/internal/operations"
)

// caller is a part of the provider that calls the API.
type caller struct{ kind, name string }

// special are the parts of the provider that make some of their requests only in special cases.
var special = map[caller]func(t *testing.T, w *acctest.World, p *acctest.Protocol){
	{api.Resource, "voltage_webhook"}: func(_ *testing.T, _ *acctest.World, p *acctest.Protocol) {
		hook, config := &acctest.Instance{Type: "voltage_webhook"}, acctest.Config{
			"name": "hook", "url": "https://shop.example/hooks", "events": acctest.Config{"receive": []any{"completed"}}, "enabled": false,
		}
		p.MustApply(hook, config)
		config["enabled"] = true
		p.MustApply(hook, config)
	},
	{api.Resource, "voltage_payment_request"}: func(t *testing.T, w *acctest.World, p *acctest.Protocol) {
		t.Helper()
		amount := acctest.Config{"amount": 600, "currency": "usd"}
		config := acctest.Config{"wallet_id": dollarWallet(t, w), "kind": "bolt11", "amount": amount}
		p.MustApply(&acctest.Instance{Type: "voltage_payment_request"}, config)
		treasury := requestConfig(w, newWallet(t, w))
		treasury["category"] = "treasury" // the API refuses it, since treasury movements are off
		p.Apply(t.Context(), &acctest.Instance{Type: "voltage_payment_request"}, treasury)
	},
	{api.Action, "voltage_payment_send"}: func(t *testing.T, w *acctest.World, p *acctest.Protocol) {
		t.Helper()
		send := acctest.Config{"wallet_id": dollarWallet(t, w), "kind": "bolt11", "payment_request": foreignInvoice}
		_, diags := p.Invoke(t.Context(), "voltage_payment_send", send)
		p.Expect("a send of dollars", diags)
		send["wallet_id"], send["category"] = newWallet(t, w), "treasury"
		_, _ = p.Invoke(t.Context(), "voltage_payment_send", send)
		payer, _, invoice := paymentOn(&testCase{World: w, Protocol: p, t: t}, true)
		for range 2 { // the second payment is refused, and the action looks for the first one
			_, _ = p.Invoke(t.Context(), "voltage_payment_send", acctest.Config{"wallet_id": payer, "kind": "bolt11", "payment_request": invoice})
		}
	},
	{api.Action, "voltage_webhook_test"}: func(t *testing.T, w *acctest.World, p *acctest.Protocol) {
		t.Helper()
		_, diags := p.Invoke(t.Context(), "voltage_webhook_test", acctest.Config{"webhook_id": webhookAt(p, takesDeliveries(t, w))})
		p.Expect("a test of a webhook", diags)
	},
	{api.Action, "voltage_webhook_delivery_abandon"}: func(t *testing.T, w *acctest.World, p *acctest.Protocol) {
		t.Helper()
		attempting := deliver(t, w, webhookAt(p, refusesDeliveries(t, w)))
		_, diags := p.Invoke(t.Context(), "voltage_webhook_delivery_abandon", attempting)
		p.Expect("abandoning a delivery", diags)
	},
}

// webhookAt makes a webhook with a URL, and returns its ID.
func webhookAt(p *acctest.Protocol, url string) string {
	hook := &acctest.Instance{Type: "voltage_webhook"}
	p.MustApply(hook, acctest.Config{"name": "hook", "url": url, "events": acctest.Config{"receive": []any{"completed"}}})
	return hook.String("id")
}

// dollarWallet is a wallet on a USD line of credit, with money.
func dollarWallet(t *testing.T, w *acctest.World) string {
	t.Helper()
	id, limit := uuid.New(), int64(1_000_000)
	err := w.Emulator.AddWallet(emulator.Wallet{
		ID: id, EnvironmentID: w.EnvironmentID, Name: "dollars", Network: w.Network, LineOfCreditID: &emulator.StagingUSDLineID, Limit: &limit,
	})
	if err == nil {
		err = w.Emulator.Deposit(id, "usd", 50_000)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id.String()
}

// TestOperations: each part of the provider makes the requests that the guide lists, and no part makes a request that the guide lists as
// not exposed.
func TestOperations(t *testing.T) {
	t.Parallel()
	called := map[caller]map[string]bool{}
	note := func(w *acctest.World, of caller) {
		if called[of] == nil {
			called[of] = map[string]bool{}
		}
		for _, request := range w.Emulator.Requests() {
			called[of][request.Operation] = true
		}
		w.Emulator.ResetRequests()
	}
	acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
		t.Helper()
		var asked caller
		heard := &said{asking: func(kind, name string) {
			note(w, asked)
			asked = caller{kind, name}
		}}
		askEverything(t.Context(), t, w, w, "30s", heard)
		heard.ask("", "")
	})
	for of, use := range special {
		t.Run(of.name, func(t *testing.T) {
			acctest.Virtual(t, func(t *testing.T, w *acctest.World) {
				t.Helper()
				p := w.Protocol(t)
				defer note(w, of) // even if the test ends here
				use(t, w, p)
			})
		})
	}
	exposed := map[string]bool{}
	for _, operation := range api.All() {
		exposed[operation.ID] = len(operation.Uses) > 0
		for _, use := range operation.Uses {
			if of := (caller{use.Kind, use.Name}); !called[of][operation.ID] {
				t.Errorf("%s %s makes no request of %s (%s). Its requests: %v", use.Kind, use.Name, operation.ID, use.When,
					slices.Sorted(maps.Keys(called[of])))
			}
		}
	}
	for of, calls := range called {
		for operation := range calls {
			if !exposed[operation] {
				t.Errorf("%s %s makes a request of %s, which is said not to be exposed", of.kind, of.name, operation)
			}
		}
	}
}
