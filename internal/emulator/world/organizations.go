package world

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Organization is an organization with all objects that are made in the dashboard, and with the wallets that exist from the start.
type Organization struct {
	ID            uuid.UUID
	Name          string
	Environments  []Environment
	LinesOfCredit []LineOfCredit
	Keys          []Key
	Wallets       []Wallet
	Bills         []Bill
	Assets        []Asset
	Payments      []PastPayment
	Webhooks      []WebhookDefinition
	Policies      map[uuid.UUID]Policies // by wallet
	Checkouts     map[uuid.UUID]Checkout // by environment
	// NotApproved, NoBankDetails and NoWallets are networks. On these networks, the creation of a wallet fails with
	// application_not_approved, missing_bank_details and feature_flag_disabled.
	NotApproved, NoBankDetails, NoWallets []string
	// NoPayments are the kinds of payments, onchain or bip21, that fail with feature_flag_disabled. Treasury movements fail with it unless
	// Treasury is true.
	NoPayments []string
	Treasury   bool
}

// Environment is one of an organization's environments.
type Environment struct {
	ID   uuid.UUID
	Name string
}

// Key is an API key. If Bearer is true, it is the token of a user.
type Key struct {
	Secret string
	Bearer bool
	// Environments are the environments that it opens. If it is empty, the key opens every environment of the organization.
	Environments                  []uuid.UUID
	Read, Write, Receive, Billing bool
	Revoked                       bool
}

// organization is an organization with its changes.
type organization struct {
	Organization
	Lines []*LineState // in the order of their definition
}

// ownedKey is a key with its organization.
type ownedKey struct {
	Key
	Organization uuid.UUID
}

// Has reports whether an environment belongs to the organization.
func (o *Organization) Has(environment uuid.UUID) bool {
	return slices.ContainsFunc(o.Environments, func(e Environment) bool { return e.ID == environment })
}

func (o *organization) line(id uuid.UUID) *LineState {
	i := slices.IndexFunc(o.Lines, func(line *LineState) bool { return line.ID == id })
	if i < 0 {
		return nil
	}
	return o.Lines[i]
}

// Organization returns an organization, or nil if it does not exist.
func (w *World) Organization(id uuid.UUID) *Organization {
	if org := w.organization(id); org != nil {
		return &org.Organization
	}
	return nil
}

func (w *World) organization(id uuid.UUID) *organization {
	i := slices.IndexFunc(w.state.Organizations, func(org *organization) bool { return org.ID == id })
	if i < 0 {
		return nil
	}
	return w.state.Organizations[i]
}

// Key returns the key with a secret, and its organization. It returns nil for an unknown secret.
func (w *World) Key(secret string) (key *Key, organization uuid.UUID) {
	owned := w.state.Keys[secret]
	if owned == nil {
		return nil, uuid.Nil
	}
	return &owned.Key, owned.Organization
}

// addOrganization adds an organization with everything in it, and refuses one that contradicts itself.
func (w *World) addOrganization(definition Organization, now time.Time) error {
	if definition.ID == uuid.Nil || w.organization(definition.ID) != nil {
		return fmt.Errorf("organization %q has no ID of its own", definition.Name)
	}
	org := &organization{Organization: definition}
	w.state.Organizations = append(w.state.Organizations, org)
	for _, line := range definition.LinesOfCredit {
		if err := org.addLine(line, now); err != nil {
			return err
		}
	}
	for _, key := range definition.Keys {
		if key.Secret == "" || w.state.Keys[key.Secret] != nil {
			return fmt.Errorf("a key of organization %s is empty or used twice", org.ID)
		}
		w.state.Keys[key.Secret] = &ownedKey{Key: key, Organization: org.ID}
	}
	beginnings := definition.beginnings(now)
	for _, wallet := range definition.Wallets {
		at := now
		if begins, known := beginnings[wallet.ID]; known {
			at = begins
		}
		if err := w.addWallet(org, wallet, at); err != nil {
			return err
		}
	}
	if err := w.addPast(org, now); err != nil {
		return err
	}
	for _, named := range []bool{true, false} { // bills with a period come first, and the others get a free period
		for _, bill := range definition.Bills {
			if bill.Start.IsZero() == named {
				continue
			}
			if _, err := w.addBill(org, bill, now); err != nil {
				return err
			}
		}
	}
	return nil
}
