package simulation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// These rules hold after every step:
//   - Every object is in a state, unless the provider was killed while it created the object. Then the ID can be found.
//   - No object exists twice: a call of the provider makes one object, which is in the state afterwards.
//   - No payment is sent twice.
//   - No object leaves the state while it exists.
//   - No message is wrong.
//
// At the end, without faults, the plan must be empty, and the API must have exactly the objects of the configurations.

// exists reports whether the API has an object that was not deleted, after everything that it has accepted.
func (s *simulation) exists(kind, id string) bool {
	switch kind {
	case "voltage_wallet", "wallet":
		return slices.ContainsFunc(s.emulator.Wallets(), func(w walletView) bool { return w.Active && w.ID.String() == id })
	case "voltage_webhook", "webhook":
		return slices.ContainsFunc(s.emulator.Webhooks(), func(w webhookView) bool { return w.Status != "deleted" && w.ID.String() == id })
	case "voltage_payment_request", "payment":
		return s.paymentOf(id) != nil
	case "voltage_checkout_session", "session":
		for _, session := range s.emulator.CheckoutSessions() {
			if session.ID.String() == id {
				return true
			}
		}
	}
	return false
}

// exempt allows that an object is in no state.
func (s *simulation) exemptAll(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.exempt[id] = true
}

func (s *simulation) exemptNoMore(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.exempt, id)
}

// killed records the objects that a killed call has requested. No state has them.
func (s *simulation) killed(w *workspace, address string, c *rpc) {
	for _, id := range c.created {
		if w.known(address, kindOf(address)).String("id") == id {
			continue
		}
		s.exemptAll(id)
		if kind := s.creationOf(id).kind; kind == "wallet" || kind == "webhook" {
			w.lost[address] = id
		}
	}
}

func (s *simulation) creationOf(id string) creation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requested[id]
}

// recover finds the objects of killed creations, as the guide "What happens when things go wrong" says, and imports them. The next apply
// takes over an object whose ID the user has chosen.
func (w *workspace) recover(name string) {
	for address, id := range w.lost {
		if config := w.config[address]; config != nil && config.values["id"] == id {
			continue
		}
		if w.s.exists(kindOf(address), id) && w.known(address, kindOf(address)).State.IsNull() {
			if !w.listed(name, address, id) {
				return // the list could not be read, or lags: the next apply looks again
			}
			w.importAs(name+" recover", address, id)
			config := w.config[address]
			if imported := w.known(address, kindOf(address)); config != nil && config.values["id"] != nil && imported.String("id") == id {
				config.values["id"] = id // as a user writes it after the import
			}
		}
		if !w.s.exists(kindOf(address), id) || w.known(address, kindOf(address)).String("id") == id {
			w.s.exemptNoMore(id)
		}
		delete(w.lost, address)
	}
}

// listed finds an object with the data sources that the guide names.
func (w *workspace) listed(name, address, id string) bool {
	p, protocol := w.start(name + " list")
	defer p.interrupt()
	source, attribute := "voltage_wallets", "ids"
	if strings.HasPrefix(address, "webhook") {
		source = "voltage_webhooks"
	}
	found := false
	guarded(func() {
		read, diags := protocol.ReadDataSource(p.ctx, source, nil)
		if diags.Errors() == "" {
			for _, element := range acctest.Elements(acctest.Attribute(read, attribute)) {
				found = found || acctest.Text(element) == id
			}
		}
	})
	return found
}

// checkWorld checks that a state has every object of the API.
func (s *simulation) checkWorld() {
	known := map[string]bool{}
	for _, w := range s.workspaces {
		w.mu.Lock()
		for _, instance := range w.state {
			known[instance.String("id")] = true
		}
		w.mu.Unlock()
	}
	check := func(kind, id, name string) {
		s.mu.Lock()
		creation, exempt := s.requested[id], s.exempt[id]
		s.mu.Unlock()
		if known[id] || exempt || creation.call != nil && !creation.call.ended {
			return
		}
		s.fail(fmt.Sprintf("orphan: the API has %s %s %q, which no state knows", kind, id, name))
	}
	for _, wallet := range s.emulator.Wallets() {
		if wallet.Active {
			check("wallet", wallet.ID.String(), wallet.Name)
		}
	}
	for _, hook := range s.emulator.Webhooks() {
		if hook.Status != "deleted" {
			check("webhook", hook.ID.String(), hook.Name)
		}
	}
}

// checkKept checks that a call has not removed an existing object from the state.
func (s *simulation) checkKept(w *workspace, what, address string, before, after *acctest.Instance) {
	id := before.String("id")
	canEnd := before.Type == "voltage_wallet" || before.Type == "voltage_webhook" || what == "refresh"
	if id != "" && canEnd && after.String("id") != id && s.exists(before.Type, id) {
		s.fail(fmt.Sprintf("lost: %s of %s %s left %s out of the state, and it exists", what, w.name, address, id))
	}
}

// claims are sentences of messages, each with a function that checks whether it is true.
var claims = map[string]func(s *simulation, after *acctest.Instance, c *rpc) bool{
	"stays in the state":      inState,
	"marked as tainted":       inState,
	"Nothing is in the state": func(_ *simulation, after *acctest.Instance, _ *rpc) bool { return after.State.IsNull() },
	"Nothing was created":     func(_ *simulation, _ *acctest.Instance, c *rpc) bool { return len(c.created) == 0 },
}

func inState(_ *simulation, after *acctest.Instance, _ *rpc) bool { return !after.State.IsNull() }

// checkCall compares the result of a call with the API.
func (s *simulation) checkCall(w *workspace, what, address string, before, after *acctest.Instance, diags acctest.Diagnostics, c *rpc) {
	s.checkKept(w, what, address, before, after)
	var made []string
	for _, id := range c.created {
		if creation := s.creationOf(id); creation.call == c && s.exists(creation.kind, id) {
			made = append(made, id)
		}
	}
	switch {
	case len(made) > 1:
		s.fail(fmt.Sprintf("doubled: one %s of %s %s has made %v", what, w.name, address, made))
	case len(made) == 1 && after.String("id") != made[0]:
		s.fail(fmt.Sprintf("orphan: %s of %s %s has made %s, and the state has %q", what, w.name, address, made[0], after.String("id")))
	}
	for _, diagnostic := range diags {
		for claim, holds := range claims {
			if strings.Contains(diagnostic.Detail, claim) && !holds(s, after, c) {
				s.fail(fmt.Sprintf("untrue: %s of %s %s says %q: %s: %s", what, w.name, address, claim, diagnostic.Summary, diagnostic.Detail))
			}
		}
	}
}

// checkSend compares the messages of an action with the API.
func (s *simulation) checkSend(sending *sending, said string, c *rpc) {
	var made []string
	for _, id := range c.created {
		if s.paymentOf(id) != nil {
			made = append(made, id)
		}
	}
	paid := slices.ContainsFunc(made, func(id string) bool { return s.paymentOf(id).status != "failed" })
	switch {
	case len(made) > 1:
		s.fail(fmt.Sprintf("paid twice: one invocation has made the payments %v", made))
	case strings.Contains(said, "Nothing was sent by this run") && len(made) > 0:
		s.fail("untrue: a payment was sent: " + said)
	case strings.Contains(said, "This payment moved no money.") && paid:
		s.fail("untrue: a payment was made: " + said)
	case said == "" && sending.id != "" && (s.paymentOf(sending.id) == nil || s.paymentOf(sending.id).status != "completed"):
		s.fail(fmt.Sprintf("untrue: the action has succeeded, and payment %s is not completed", sending.id))
	}
}

// checkPayments checks that every payment of the wallets was requested, and that none was made twice.
func (s *simulation) checkPayments() {
	byCall := map[*rpc]string{}
	for _, p := range s.payments() {
		if p.direction != "send" {
			continue
		}
		creation := s.creationOf(p.id)
		if creation.call == nil {
			s.fail(fmt.Sprintf("paid twice: nobody has asked for payment %s", p.id))
			continue
		}
		if other := byCall[creation.call]; other != "" {
			s.fail(fmt.Sprintf("paid twice: one invocation has made the payments %s and %s", other, p.id))
		}
		byCall[creation.call] = p.id
		for _, w := range s.workspaces {
			for _, sending := range w.sends {
				if sending.id != "" && sending.id != p.id && slices.Contains(sending.calls, creation.call) {
					s.fail(fmt.Sprintf("paid twice: payment %s was made in place of %s", p.id, sending.id))
				}
			}
		}
	}
}

// drain empties the wallets of a workspace, so that they can be deleted.
func (w *workspace) drain() {
	ids := map[string]bool{}
	for _, address := range w.addressesOfState() {
		ids[w.known(address, kindOf(address)).String("id")] = true
	}
	for _, wallet := range w.s.emulator.Wallets() {
		for _, balance := range wallet.Balances {
			if ids[wallet.ID.String()] && balance.Amount != 0 {
				if err := w.s.emulator.Deposit(wallet.ID, balance.Currency, -balance.Amount); err != nil {
					w.s.judge.Error(err)
				}
			}
		}
	}
}

// checkEnd compares the API with the configurations.
func (s *simulation) checkEnd() {
	s.checkWorld()
	s.checkPayments()
	for _, w := range s.workspaces {
		if s.without[w.decision()] {
			continue
		}
		for address, resource := range w.config {
			instance := w.known(address, resource.kind)
			id := instance.String("id")
			fail := func(got any) {
				s.fail(fmt.Sprintf("differs: the API has %v for %s %s, want %v", got, w.name, address, resource.values))
			}
			switch resource.kind {
			case "voltage_wallet":
				i := slices.IndexFunc(s.emulator.Wallets(), func(w walletView) bool { return w.ID.String() == id && w.Active })
				if i < 0 {
					fail("nothing")
				} else if wallet := s.emulator.Wallets()[i]; wallet.Name != resource.values["name"] ||
					fmt.Sprint(*wallet.Limit) != fmt.Sprint(resource.values["limit"]) {
					fail(wallet)
				}
			case "voltage_webhook":
				i := slices.IndexFunc(s.emulator.Webhooks(), func(w webhookView) bool { return w.ID.String() == id })
				secret := instance.String("shared_secret") // empty after an import, since the API returns the secret only once
				if i < 0 {
					fail("nothing")
				} else if hook := s.emulator.Webhooks()[i]; hook.Name != resource.values["name"] ||
					(hook.Status == "active") != (resource.values["enabled"] == true) || secret != "" && hook.Secret != secret {
					fail(hook)
				}
			case "voltage_wallet_policies":
				wallet, _ := uuid.Parse(instance.String("wallet_id"))
				if most := s.emulator.Policies(wallet).MaxPaymentSizeSats; most == nil ||
					fmt.Sprint(*most) != fmt.Sprint(resource.values["max_payment_size_sats"]) {
					fail(s.emulator.Policies(wallet))
				}
			case "voltage_sandbox_line_of_credit":
				if limit := s.emulator.LineLimit(w.at.line); fmt.Sprint(limit) != fmt.Sprint(resource.values["limit"]) {
					fail(limit)
				}
			case "voltage_checkout_settings":
				if policy := s.emulator.Checkout(w.at.environment).OriginPolicy; policy != resource.values["origin_policy"] {
					fail(policy)
				}
			default:
				if !s.exists(resource.kind, id) {
					fail("nothing")
				}
			}
		}
	}
}
