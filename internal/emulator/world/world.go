// Package world has the objects and the behaviour of an emulated Voltage: wallets, money, payments, quotes, bills, webhooks and their
// deliveries. It does not use HTTP, and uses only the clock that it is given. The owner of a world turns requests into calls of its
// methods, carries out its deliveries, and checks permissions.
//
// The whole state of a world is one value with exported fields, which encoding/json can write and read.
package world

import (
	"time"

	"github.com/google/uuid"
)

// Settings configure the behaviour of a world.
type Settings struct {
	// Now is the clock.
	Now func() time.Time
	// Delay is the time from the acceptance of a write until reads show it.
	Delay time.Duration
	// QuoteLife is how long a quote can be used.
	QuoteLife time.Duration
	// PolicyLag is how long the policies of a new wallet cannot be read.
	PolicyLag time.Duration
	// RetryDelivery is the wait before the second attempt of a delivery. The wait doubles with every further attempt.
	RetryDelivery time.Duration
	// DeliverTo are the hosts that get deliveries in addition to this machine. Their URLs may begin with http.
	DeliverTo []string
	// CountExactly is the largest number of deliveries that a summary counts exactly. A larger number is estimated.
	CountExactly int
	// ForgetDeleted makes reads of deleted objects return 404. Otherwise they remain readable.
	ForgetDeleted bool
	// NoFirstPolicies makes a change of policies fail if the wallet has none.
	NoFirstPolicies bool
	// HideDestinations makes sends hide the invoice and the address that they pay.
	HideDestinations bool
	// NoCheckOnly makes sends hide check_only, and lists ignore the filter, like the API before v6.14.0.
	NoCheckOnly bool
	// FreshCheckoutTokens makes a repeated order of a checkout session return a new token each time. Otherwise it returns the first token
	// again.
	FreshCheckoutTokens bool
}

// World is an emulated Voltage. It is not safe for concurrent use. The values that its methods return belong to the world, and may be read
// only while no other method runs.
type World struct {
	settings Settings
	state    state
	watched  *watched // nil until the first call of Revision
}

// state is the whole state of a world.
type state struct {
	Organizations []*organization
	Keys          map[string]*ownedKey // by the secret
	CentsPerBTC   int64

	Wallets    Objects[WalletState]
	Duplicates int                         // creations of wallets with an ID that was used before
	Ledgers    map[uuid.UUID][]LedgerEntry // by wallet
	Policies   Objects[WalletPolicies]     // by wallet
	Checkouts  Objects[CheckoutSettings]   // by environment

	Sessions      Objects[CheckoutSession]
	SessionTokens map[string]uuid.UUID      // sessions by their tokens
	Streams       map[string]CheckoutStream // by their tokens

	Quotes    Objects[Quote]
	Payments  Objects[Payment]
	PaidBy    map[string]uuid.UUID // receives by their invoices and addresses
	Announced map[uuid.UUID]int    // number of states of a payment that were announced to webhooks

	Bills Objects[BillState]

	Webhooks       Objects[Webhook]
	WebhookSecrets map[uuid.UUID]string
	Deliveries     Objects[Delivery]
	Attempting     []uuid.UUID // deliveries in the order of their beginnings
	Ended          []uuid.UUID // deliveries in the order of their ends
}

// New makes a world from organizations. It refuses definitions that contradict themselves.
func New(organizations []Organization, settings Settings) (*World, error) {
	w := &World{settings: settings}
	w.state.makeMaps()
	w.state.CentsPerBTC = 6_000_000 // the rate is constant, so that results are predictable
	now := settings.Now()
	for _, definition := range organizations {
		if err := w.addOrganization(definition, now); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// forgotten reports whether an object can no longer be read. deletedAt is the time of its deletion, or nil.
func (w *World) forgotten(deletedAt *time.Time) bool {
	return w.settings.ForgetDeleted && deletedAt != nil
}
