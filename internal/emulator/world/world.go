// Package world is what exists in an emulated Voltage, and what happens there in time: wallets, money, payments, quotes, bills, webhooks
// and their deliveries. It knows no HTTP, and no clock but the one that it is given: whoever owns a world turns requests into calls of its
// methods, carries out its deliveries, and decides who may do what.
//
// Everything that a world knows is in one value of plain exported fields, which encoding/json can write and read.
package world

import (
	"time"

	"github.com/google/uuid"
)

// Settings say how a world behaves.
type Settings struct {
	// Now is the clock.
	Now func() time.Time
	// Delay is how long an accepted write takes to be done, and so to be seen.
	Delay time.Duration
	// QuoteLife is how long a quote can be used.
	QuoteLife time.Duration
	// PolicyLag is how long after its creation a wallet's policies cannot be read.
	PolicyLag time.Duration
	// RetryDelivery is how long after a failed delivery the second attempt begins. The wait doubles with every further attempt.
	RetryDelivery time.Duration
	// DeliverTo are the hosts that webhooks are delivered to, besides this machine. Their URLs may begin with http.
	DeliverTo []string
	// CountExactly is how many deliveries a summary counts to the last. It estimates how many there are of more.
	CountExactly int
	// ForgetDeleted makes deleted objects missing. Otherwise they remain readable.
	ForgetDeleted bool
	// NoFirstPolicies makes a change of the policies of a wallet fail while it has none.
	NoFirstPolicies bool
	// HideDestinations makes sends show neither the invoice nor the address that they pay.
	HideDestinations bool
	// NoCheckOnly makes sends not show whether they are policy checks, and lists ignore the filter: the API before v6.14.0.
	NoCheckOnly bool
	// FreshCheckoutTokens makes the same order of a checkout session return another token each time. Otherwise it returns the first again.
	FreshCheckoutTokens bool
}

// World is everything that exists. It is not safe for concurrent use. What its methods return belongs to the world, and is read only
// while no other method runs.
type World struct {
	settings Settings
	state    state
	watched  *watched // nil until somebody asks for a revision
}

// state is everything that a world knows.
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
	Announced map[uuid.UUID]int    // how many states of a payment webhooks were told about

	Bills Objects[BillState]

	Webhooks       Objects[Webhook]
	WebhookSecrets map[uuid.UUID]string
	Deliveries     Objects[Delivery]
	Attempting     []uuid.UUID // deliveries in the order of their beginnings
	Ended          []uuid.UUID // deliveries in the order of their ends
}

// New makes a world of organizations. It refuses those that contradict themselves.
func New(organizations []Organization, settings Settings) (*World, error) {
	w := &World{settings: settings}
	w.state.makeMaps()
	w.state.CentsPerBTC = 6_000_000 // one rate for ever: everything that follows from it can be foreseen
	now := settings.Now()
	for _, definition := range organizations {
		if err := w.addOrganization(definition, now); err != nil {
			return nil, err
		}
	}
	return w, nil
}

// forgotten reports whether an object can no longer be read, given when it was deleted.
func (w *World) forgotten(deletedAt *time.Time) bool {
	return w.settings.ForgetDeleted && deletedAt != nil
}
