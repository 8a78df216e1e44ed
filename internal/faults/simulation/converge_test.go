package simulation

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

type (
	walletView  = emulator.WalletView
	webhookView = emulator.WebhookView
)

// converge applies without faults until that succeeds. Then the plan must be empty.
func (w *workspace) converge() {
	time.Sleep(2 * time.Minute) // every request under way has ended
	w.s.note(w, "", "CONVERGE")
	for name, sending := range w.sends {
		for attempt := 0; sending.id != "" && !sending.settled; attempt++ {
			if attempt == 3 || !w.s.exists("wallet", sending.wallet) {
				break
			}
			w.invoke(fmt.Sprintf("%s converge %d", name, attempt), sending)
		}
		if sending.id != "" && !sending.settled && w.s.exists("wallet", sending.wallet) {
			w.s.fail(fmt.Sprintf("stuck: payment %s of %s is not settled", sending.id, w.name))
		}
	}
	for attempt := 0; ; attempt++ {
		w.drain()
		name := fmt.Sprintf("%s converge %d", w.name, attempt)
		if w.apply(name) && w.planned(name) {
			return
		}
		if attempt == 5 {
			w.s.fail("stuck: " + w.name + " does not converge")
			return
		}
		time.Sleep(time.Minute + time.Second) // the object of a killed creation can still appear
		if attempt > 0 {
			time.Sleep(time.Hour) // an imported object cannot be replaced within an hour
		}
		for _, address := range slices.Sorted(maps.Keys(w.config)) {
			own, _ := w.config[address].values["id"].(string)
			instance := w.known(address, kindOf(address))
			if own != "" && attempt > 0 && (instance.State.IsNull() && !w.s.exists(instance.Type, own) || instance.Tainted) {
				w.newID(address) // the current ID belongs to an object that no longer exists
			}
		}
	}
}

// planned refreshes and plans. The plan must be empty.
func (w *workspace) planned(name string) bool {
	p, protocol := w.start(name + " last plan")
	defer p.interrupt()
	if !w.refreshBy(p, protocol) {
		w.s.fail("stuck: a refresh without faults fails in " + w.name)
		return true
	}
	for _, address := range slices.Sorted(maps.Keys(w.config)) {
		config, _ := w.configOf(address)
		w.call(p, address, w.config[address].kind, "last plan", func(ctx context.Context, instance *acctest.Instance) acctest.Diagnostics {
			plan := protocol.Plan(ctx, instance, config)
			if plan.Diagnostics.Errors() != "" || plan.Changes() {
				w.s.fail(fmt.Sprintf("not empty: the plan of %s %s changes %v: %s", w.name, address, plan.Paths, plan.Diagnostics.Errors()))
			}
			return plan.Diagnostics
		})
	}
	return true
}

// drift changes an object without Terraform.
func (w *workspace) drift(_ string, random *rand.Rand) {
	state := w.addressesOfState()
	if len(state) == 0 {
		return
	}
	address := state[random.IntN(len(state))]
	instance := w.known(address, kindOf(address))
	id, err := uuid.Parse(instance.String("id"))
	e := w.s.emulator
	switch instance.Type {
	case "voltage_wallet":
		if err != nil || !w.s.exists("wallet", id.String()) {
			return
		}
		switch random.IntN(4) {
		case 0:
			w.drain()
			err = e.Remove(id)
		case 1:
			err = e.Deposit(id, "btc", 7_000)
		default:
			err = e.Rename(id, "renamed outside")
		}
	case "voltage_webhook":
		if err != nil || !w.s.exists("webhook", id.String()) {
			return
		}
		err = e.ChangeWebhook(id, "renamed outside", "stopped")
	case "voltage_sandbox_line_of_credit":
		err = e.SetLineLimit(w.at.line, 95_000_000_000)
	case "voltage_payment_request":
		if invoice := instance.String("payment_request"); invoice != "" {
			_ = e.Pay(invoice, 0) // the invoice may be paid, or its wallet may be deleted
		}
		return
	case "voltage_checkout_settings":
		e.SetCheckout(w.at.environment, emulator.Checkout{OriginPolicy: "deny_all"})
	}
	w.s.note(w, "", fmt.Sprintf("DRIFT of %s: %v", address, err))
}

// read reads data sources and lists.
func (w *workspace) read(name string, _ *rand.Rand) {
	p, protocol := w.start(name)
	defer p.interrupt()
	for _, kind := range []string{"voltage_wallets", "voltage_webhooks", "voltage_payments", "voltage_lines_of_credit"} {
		w.s.calls.Add(1)
		guarded(func() {
			_, diags := protocol.ReadDataSource(p.ctx, kind, nil)
			w.s.note(w, name, "read "+kind+": "+short(diags.Errors()))
		})
	}
	for _, kind := range []string{"voltage_wallet", "voltage_webhook"} {
		w.s.calls.Add(1)
		guarded(func() {
			found, diags := protocol.Query(p.ctx, kind, nil, true, 0)
			w.s.note(w, name, fmt.Sprintf("query %s: %d, %s", kind, len(found), short(diags.Errors())))
		})
	}
}
