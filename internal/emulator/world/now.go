package world

import (
	"slices"
	"time"
)

// WalletsAt returns the wallets that a read shows at a time, including deleted ones, in the order of creation.
func (w *World) WalletsAt(now time.Time) []*WalletState {
	return w.state.Wallets.list(now, false, func(*WalletState) bool { return true })
}

// PaymentsAt returns the payments that a read shows at a time, in the order of creation.
func (w *World) PaymentsAt(now time.Time) []*Payment {
	return w.state.Payments.list(now, false, func(*Payment) bool { return true })
}

// WebhooksAt returns the webhooks that a read shows at a time, including deleted ones, in the order of creation.
func (w *World) WebhooksAt(now time.Time) []*Webhook {
	return w.state.Webhooks.list(now, false, func(*Webhook) bool { return true })
}

// DeliveriesAt returns the deliveries that a read shows at a time, in the order of creation.
func (w *World) DeliveriesAt(now time.Time) []*Delivery {
	return w.state.Deliveries.list(now, false, func(*Delivery) bool { return true })
}

// Organizations returns the organizations in the order of their definition.
func (w *World) Organizations() []*Organization {
	var all []*Organization
	for _, org := range w.state.Organizations {
		all = append(all, &org.Organization)
	}
	return all
}

// Receive returns the receive of an invoice, an address or a BIP 21 URI after all accepted writes, and the balance that its wallet then has
// in the currency of the receive.
func (w *World) Receive(target string) (payment Payment, wallet WalletState, balance Money, err error) {
	id, err := w.findReceive(target)
	if err != nil {
		return payment, wallet, balance, err
	}
	payment = w.state.Payments.latest(id)
	wallet = w.state.Wallets.latest(payment.Wallet)
	return payment, wallet, Money{payment.Amount.Currency, wallet.Balance(payment.Amount.Currency)}, nil
}

// Status is active, inactive or deleted.
func (s *WalletState) Status() string {
	switch {
	case s.DeletedAt != nil:
		return "deleted"
	case s.Active:
		return "active"
	}
	return "inactive"
}

// Currencies returns the currencies in which a wallet has or had a balance. The currency of its line of credit is first.
func (w *World) Currencies(s *WalletState) []string {
	currencies := []string{w.currencyOf(s.ID)}
	for _, balance := range s.Balances {
		if !slices.Contains(currencies, balance.Currency) {
			currencies = append(currencies, balance.Currency)
		}
	}
	return currencies
}
