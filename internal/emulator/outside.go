package emulator

import (
	"maps"
	"slices"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// The functions below read and change the world without the API, like the dashboard, another client or a person outside Voltage. Changes
// take effect immediately.

// locked runs a function that may change the world while no request runs.
func locked[T any](e *Emulator, f func(*world.World) T) T {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changed()
	return f(e.world)
}

// Organizations returns the definitions of the organizations, in their order.
func (e *Emulator) Organizations() []Organization {
	e.mu.Lock()
	defer e.mu.Unlock()
	var organizations []Organization
	for _, o := range e.world.Organizations() {
		organizations = append(organizations, *o)
	}
	return organizations
}

// WalletView is a wallet after everything that was accepted.
type WalletView struct {
	ID, EnvironmentID uuid.UUID
	Name              string
	Network           string
	Limit             *int64
	Metadata          map[string]string
	Balances          []Money
	Active, Deleted   bool
}

// Wallets returns every wallet that exists or existed, after everything that was accepted, in the order of creation.
func (e *Emulator) Wallets() []WalletView {
	return locked(e, func(w *world.World) []WalletView {
		views := []WalletView{}
		for _, s := range w.Wallets() {
			views = append(views, WalletView{
				ID: s.ID, EnvironmentID: s.EnvironmentID, Name: s.Name, Network: s.Network, Limit: s.Limit, Metadata: maps.Clone(s.Metadata),
				Balances: slices.Clone(s.Balances), Active: s.Active, Deleted: s.DeletedAt != nil,
			})
		}
		return views
	})
}

// Duplicates returns how many creations of wallets came with an ID that was used before.
func (e *Emulator) Duplicates() int { return locked(e, (*world.World).Duplicates) }

// AddWallet makes a wallet in the organization that has its environment. It does not check the line of credit.
func (e *Emulator) AddWallet(wallet Wallet) error {
	return locked(e, func(w *world.World) error { return w.AddWallet(wallet) })
}

// Deposit adds an amount to a wallet's balance in a currency, in base units. A negative amount reduces the balance.
func (e *Emulator) Deposit(wallet uuid.UUID, currency string, amount int64) error {
	return locked(e, func(w *world.World) error { return w.Deposit(wallet, currency, amount) })
}

// Rename changes a wallet's name.
func (e *Emulator) Rename(wallet uuid.UUID, name string) error {
	return locked(e, func(w *world.World) error { return w.EditWallet(wallet, func(s *world.WalletState) { s.Name = name }) })
}

// Remove deletes a wallet.
func (e *Emulator) Remove(wallet uuid.UUID) error {
	return locked(e, func(w *world.World) error { return w.RemoveWallet(wallet) })
}

// SetActive makes a wallet active or inactive without deleting it. It reports whether the wallet exists.
func (e *Emulator) SetActive(wallet uuid.UUID, active bool) bool {
	return locked(e, func(w *world.World) bool { return w.SetWalletActive(wallet, active) })
}

// Policies returns a wallet's policies after everything that was accepted.
func (e *Emulator) Policies(wallet uuid.UUID) Policies {
	return locked(e, func(w *world.World) Policies { return w.Policies(wallet) })
}

// SetPolicies replaces a wallet's policies.
func (e *Emulator) SetPolicies(wallet uuid.UUID, policies Policies) error {
	return locked(e, func(w *world.World) error { return w.SetPolicies(wallet, policies) })
}

// LineLimit returns the limit of a line of credit after all accepted writes, or 0 if the line does not exist.
func (e *Emulator) LineLimit(id uuid.UUID) int64 {
	return locked(e, func(w *world.World) int64 { return w.LineLimit(id) })
}

// SetLineLimit changes the limit of a line of credit.
func (e *Emulator) SetLineLimit(id uuid.UUID, limit int64) error {
	return locked(e, func(w *world.World) error { return w.SetLineLimit(id, limit) })
}

// DisableLine disables a line of credit, as Voltage would.
func (e *Emulator) DisableLine(id uuid.UUID) error {
	return locked(e, func(w *world.World) error { return w.DisableLine(id) })
}

// SwitchFeature switches a feature of an organization on or off, as Voltage would: onchain and bip21 are payments of that kind, and
// treasury stands for treasury movements.
func (e *Emulator) SwitchFeature(organization uuid.UUID, feature string, on bool) error {
	return locked(e, func(w *world.World) error {
		_, err := w.SwitchFeature(organization.String(), feature, on)
		return err
	})
}

// Checkout returns the settings of an environment after everything that was accepted; the zero value means that it has no settings.
func (e *Emulator) Checkout(environment uuid.UUID) Checkout {
	return locked(e, func(w *world.World) Checkout { return w.Checkout(environment) })
}

// SetCheckout replaces the settings of an environment. The zero value removes them.
func (e *Emulator) SetCheckout(environment uuid.UUID, checkout Checkout) {
	locked(e, func(w *world.World) any {
		w.SetCheckout(environment, checkout)
		return nil
	})
}

// AddReceive makes a bolt11 receive of an amount in msats that can be paid at once.
func (e *Emulator) AddReceive(wallet uuid.UUID, msats int64, metadata map[string]string) (uuid.UUID, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changed()
	return e.world.AddReceive(wallet, msats, metadata)
}

// Pay pays a receive from outside. target is an invoice, an address, or a BIP 21 URI. msats is the amount for a receive of any amount, and
// 0 for other receives.
func (e *Emulator) Pay(target string, msats int64) error {
	return locked(e, func(w *world.World) error { return w.Pay(target, msats) })
}

// PaymentsJSON returns every payment as a read shows it now, for tests that look for leaked secrets.
func (e *Emulator) PaymentsJSON() []map[string]any {
	return locked(e, func(w *world.World) []map[string]any { return each(w.Payments(), paymentJSON) })
}

// WebhookView is a webhook after everything that was accepted.
type WebhookView struct {
	ID        uuid.UUID
	URL, Name string
	Events    []string // "send succeeded"
	Status    string
	Secret    string
}

// Webhooks returns every webhook that exists or existed, after everything that was accepted, in the order of creation.
func (e *Emulator) Webhooks() []WebhookView {
	return locked(e, func(w *world.World) []WebhookView {
		var views []WebhookView
		for _, s := range w.Webhooks() {
			view := WebhookView{ID: s.ID, URL: s.URL, Name: s.Name, Status: s.Status, Secret: w.WebhookSecret(s.ID)}
			for _, event := range s.Events {
				view.Events = append(view.Events, event.Family+" "+event.Name)
			}
			views = append(views, view)
		}
		return views
	})
}

// ChangeWebhook changes the name and the status of a webhook. An empty name or status stays as it is.
func (e *Emulator) ChangeWebhook(id uuid.UUID, name, status string) error {
	return locked(e, func(w *world.World) error { return w.EditWebhook(id, name, status) })
}

// Deliveries returns the deliveries that have ended, in the order of their ends.
func (e *Emulator) Deliveries() []Delivery { return locked(e, (*world.World).Deliveries) }

// Attempting returns the deliveries that are still being attempted, in the order of their beginnings.
func (e *Emulator) Attempting() []Delivery { return locked(e, (*world.World).Attempting) }
