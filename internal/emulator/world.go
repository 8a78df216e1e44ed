package emulator

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Organization is an organization with all that the dashboard makes in it, and wallets that exist from the start.
type Organization struct {
	ID            uuid.UUID
	Name          string
	Environments  []Environment
	LinesOfCredit []LineOfCredit
	Keys          []Key
	Wallets       []Wallet
	Assets        []Asset
	// NotApproved, NoBankDetails and NoWallets make the creation of wallets fail with application_not_approved,
	// missing_bank_details and feature_flag_disabled, on the networks that they name.
	NotApproved, NoBankDetails, NoWallets []string
}

// Environment is one of an organization's environments.
type Environment struct {
	ID   uuid.UUID
	Name string
}

// LineOfCredit is what backs wallets.
type LineOfCredit struct {
	ID, EnvironmentID uuid.UUID
	Network           string // as wallet creation writes it: testnet3, not testnet
	Currency          string
	// Limit is in base units of the currency.
	Limit int64
	// Secured or Verified says how far the collateral is, never both; Secured is "secured" where neither is given. Waived is a line
	// that needs none.
	Secured, Verified string
	Waived            bool
	Disabled          bool
	// SendBasisPoints and ReceiveBasisPoints are the processing fees, in hundredths of a percent.
	SendBasisPoints, ReceiveBasisPoints int64
}

// Key is an API key, or a user's token where Bearer.
type Key struct {
	Secret string
	Bearer bool
	// Environments are those that it opens; empty: every one of the organization.
	Environments                  []uuid.UUID
	Read, Write, Receive, Billing bool
	Revoked                       bool
}

// Wallet is a wallet that exists from the start, or that a test adds.
type Wallet struct {
	ID, EnvironmentID  uuid.UUID
	Name               string
	Network            string // as wallet creation writes it
	LineOfCreditID     *uuid.UUID
	Limit              *int64
	Metadata           map[string]string
	Balances           []Money
	Holds              []Hold
	PendingSettlements []PendingSettlement
}

// Money is a signed sum in base units: msats for btc, cents for usd.
type Money struct {
	Currency string
	Amount   int64
}

// Hold is money set aside.
type Hold struct {
	ID       uuid.UUID
	Currency string
	Amount   int64
}

// PendingSettlement is money about to be collected or paid out.
type PendingSettlement struct {
	ID       uuid.UUID
	Currency string
	Amount   int64
	Type     string // Collection or Payout
}

// The IDs and keys of [DefaultWorld]. The keys are public: they open nothing but an emulator.
var (
	DefaultOrganizationID = uuid.MustParse("0b5a1c52-6a0b-4a53-9d3f-0a9a4f4f7a01")
	StagingEnvironmentID  = uuid.MustParse("3a8d7f7e-2b7c-4d57-8c9b-5f6f3b1e9c02")
	SecondEnvironmentID   = uuid.MustParse("7c2e94d1-91f4-4f0e-a2c5-8d1f2b6a4e03")
	StagingLineID         = uuid.MustParse("c4f1b6a8-3d52-4e9a-b7d0-6e5a2c8f1b04")
	StagingTestnetLineID  = uuid.MustParse("d9a3e5c7-4b61-4c8d-9e2f-7a1b3d5c6f05")
	StagingMainnetLineID  = uuid.MustParse("e1b2c3d4-5f60-4a7b-8c9d-0e1f2a3b4c06")
	StagingUSDLineID      = uuid.MustParse("f5e4d3c2-6071-4b8c-9dae-1f2031425307")
	SecondLineID          = uuid.MustParse("a6b7c8d9-7182-4c9d-aebf-203142536408")
)

// See [DefaultOrganizationID].
const (
	StagingKey         = "vltg_emulator_staging"
	StagingReadOnlyKey = "vltg_emulator_staging_read_only"
	SecondKey          = "vltg_emulator_second"
	UserToken          = "emulator.user.token"

	MutinynetAsset = "02a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90"
	TestnetAsset   = "03f0e1d2c3b4a5968778695a4b3c2d1e0ff0e1d2c3b4a5968778695a4b3c2d1e0f"
)

// DefaultWorld is one organization with two environments, lines of credit, and keys of every kind.
func DefaultWorld() []Organization {
	const oneBTC = 100_000_000_000 // msats
	staging, second := []uuid.UUID{StagingEnvironmentID}, []uuid.UUID{SecondEnvironmentID}
	return []Organization{{
		ID:   DefaultOrganizationID,
		Name: "Emulated Organization",
		Environments: []Environment{
			{ID: StagingEnvironmentID, Name: "staging"},
			{ID: SecondEnvironmentID, Name: "second"},
		},
		Assets: []Asset{
			{ID: MutinynetAsset, Name: "Emulated Dollar", Network: "mutinynet", DecimalDisplay: 6},
			{ID: TestnetAsset, Name: "Emulated Euro", Network: "testnet3", DecimalDisplay: 2},
		},
		LinesOfCredit: []LineOfCredit{
			{ID: StagingLineID, EnvironmentID: StagingEnvironmentID, Network: "mutinynet", Currency: "btc", Limit: oneBTC},
			{ID: StagingTestnetLineID, EnvironmentID: StagingEnvironmentID, Network: "testnet3", Currency: "btc", Limit: oneBTC},
			{ID: StagingMainnetLineID, EnvironmentID: StagingEnvironmentID, Network: "mainnet", Currency: "btc", Limit: oneBTC},
			{ID: StagingUSDLineID, EnvironmentID: StagingEnvironmentID, Network: "mutinynet", Currency: "usd", Limit: 10_000_000},
			{ID: SecondLineID, EnvironmentID: SecondEnvironmentID, Network: "mutinynet", Currency: "btc", Limit: oneBTC},
		},
		Keys: []Key{
			{Secret: StagingKey, Environments: staging, Read: true, Write: true, Receive: true, Billing: true},
			{Secret: StagingReadOnlyKey, Environments: staging, Read: true},
			{Secret: SecondKey, Environments: second, Read: true, Write: true, Receive: true, Billing: true},
			{Secret: UserToken, Bearer: true, Read: true, Write: true, Receive: true, Billing: true},
		},
	}}
}

// world is all that the emulator knows.
type world struct {
	organizations map[uuid.UUID]*organization
	keys          map[string]*key // by the secret
	wallets       map[uuid.UUID]*history[walletState]
	walletOrder   []uuid.UUID // of creation
	duplicates    int
	payments      map[uuid.UUID]*history[paymentState]
	paymentOrder  []uuid.UUID          // of creation
	requests      map[string]uuid.UUID // receives by invoice and by address
	quotes        map[uuid.UUID]*history[quoteState]
	ledgers       map[uuid.UUID][]ledgerEntry // by wallet
	policies      map[uuid.UUID]*history[policiesState]
	checkouts     map[uuid.UUID]*history[checkoutState] // by environment
	centsPerBTC   int64

	webhooks       map[uuid.UUID]*history[webhookState]
	webhookOrder   []uuid.UUID // of creation
	webhookSecrets map[uuid.UUID]string
	groupEvents    bool                           // how the last webhook was written
	queues         map[[2]uuid.UUID]chan struct{} // by webhook and payment: closed when the last delivery has ended
	announced      map[uuid.UUID]int              // how many states of a payment webhooks were told of
}

type organization struct {
	Organization
	lines map[uuid.UUID]*line
}

// line is a line of credit. Its Limit is the one from the start: see limits.
type line struct {
	LineOfCredit
	limits     history[int64]
	disabledAt *time.Time // which may lie ahead
}

type key struct {
	Key
	organization uuid.UUID
}

// build fills the world, and refuses one that contradicts itself.
func (w *world) build(organizations []Organization, now time.Time) error {
	w.organizations = map[uuid.UUID]*organization{}
	w.keys = map[string]*key{}
	w.wallets = map[uuid.UUID]*history[walletState]{}
	w.payments, w.requests = map[uuid.UUID]*history[paymentState]{}, map[string]uuid.UUID{}
	w.quotes, w.ledgers = map[uuid.UUID]*history[quoteState]{}, map[uuid.UUID][]ledgerEntry{}
	w.webhooks, w.webhookSecrets = map[uuid.UUID]*history[webhookState]{}, map[uuid.UUID]string{}
	w.announced, w.queues = map[uuid.UUID]int{}, map[[2]uuid.UUID]chan struct{}{}
	w.policies, w.checkouts = map[uuid.UUID]*history[policiesState]{}, map[uuid.UUID]*history[checkoutState]{}
	w.centsPerBTC = 6_000_000 // one rate for ever: what follows from it can be foreseen
	for _, o := range organizations {
		if o.ID == uuid.Nil || w.organizations[o.ID] != nil {
			return fmt.Errorf("organization %q has no ID of its own", o.Name)
		}
		org := &organization{Organization: o, lines: map[uuid.UUID]*line{}}
		w.organizations[o.ID] = org
		for _, l := range o.LinesOfCredit {
			if !org.has(l.EnvironmentID) {
				return fmt.Errorf("line of credit %s is in no environment of organization %s", l.ID, o.ID)
			}
			switch {
			case l.Secured != "" && l.Verified != "" || l.Waived && l.Secured+l.Verified != "":
				return fmt.Errorf("line of credit %s has collateral of more than one kind", l.ID)
			case l.Verified == "" && !l.Waived:
				l.Secured = cmp.Or(l.Secured, "secured")
			}
			org.lines[l.ID] = &line{LineOfCredit: l, limits: history[int64]{{at: now, state: l.Limit}}}
			if l.Disabled {
				org.lines[l.ID].disabledAt = &now
			}
		}
		for _, k := range o.Keys {
			if k.Secret == "" || w.keys[k.Secret] != nil {
				return fmt.Errorf("a key of organization %s is empty or used twice", o.ID)
			}
			w.keys[k.Secret] = &key{Key: k, organization: o.ID}
		}
		for _, wallet := range o.Wallets {
			if err := w.add(org, wallet, now); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *organization) has(environment uuid.UUID) bool {
	return slices.ContainsFunc(o.Environments, func(e Environment) bool { return e.ID == environment })
}

// add makes a wallet that exists at once.
func (w *world) add(org *organization, wallet Wallet, now time.Time) error {
	switch {
	case wallet.ID == uuid.Nil || w.wallets[wallet.ID] != nil:
		return fmt.Errorf("wallet %q has no ID of its own", wallet.Name)
	case !org.has(wallet.EnvironmentID):
		return fmt.Errorf("wallet %s is in no environment of organization %s", wallet.ID, org.ID)
	case wallet.LineOfCreditID != nil && org.lines[*wallet.LineOfCreditID] == nil:
		return fmt.Errorf("wallet %s has a line of credit that does not exist", wallet.ID)
	case (wallet.LineOfCreditID == nil) != (wallet.Limit == nil):
		return errors.New("a wallet has both a line of credit and a limit, or neither")
	}
	state := walletState{
		Wallet: wallet, organization: org.ID, active: true, createdAt: now, updatedAt: now,
	}
	state.Balances = slices.Clone(wallet.Balances)
	w.wallets[wallet.ID] = &history[walletState]{{at: now, state: state}}
	w.walletOrder = append(w.walletOrder, wallet.ID)
	w.open(wallet, now)
	return nil
}

// lineOf is the line of credit behind a wallet, and a line without fees for a wallet that has no line.
func (e *Emulator) lineOf(wallet uuid.UUID) *line {
	w := e.world.wallets[wallet].latest()
	if w.LineOfCreditID != nil {
		return e.world.organizations[w.organization].lines[*w.LineOfCreditID]
	}
	return &line{}
}

// currencyOf is the currency of a wallet: that of its line, and btc for a wallet that has no line.
func (e *Emulator) currencyOf(w *walletState) string {
	return cmp.Or(e.lineOf(w.ID).Currency, "btc")
}

// history is the states of one object in the order of time. The last may lie ahead: an accepted write takes a while.
type history[T any] []moment[T]

type moment[T any] struct {
	at    time.Time
	state T
}

// seen returns the state that a read shows, nil before there is one. A stale read shows the state before that.
func (h history[T]) seen(now time.Time, stale bool) *T {
	for i := len(h) - 1; i >= 0; i-- {
		if h[i].at.After(now) {
			continue
		}
		if !stale {
			return &h[i].state
		}
		stale = false
	}
	return nil
}

// latest returns the state after everything that was accepted.
func (h history[T]) latest() T { return h[len(h)-1].state }

// change accepts a write, which can be seen from a time on, and not before what was accepted earlier.
func (h *history[T]) change(at time.Time, state T) {
	if last := (*h)[len(*h)-1].at; at.Before(last) {
		at = last
	}
	*h = append(*h, moment[T]{at, state})
}
