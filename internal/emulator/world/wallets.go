package world

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// Wallet is a wallet that exists from the start, or that a test adds.
type Wallet struct {
	ID, EnvironmentID  uuid.UUID
	Name               string
	Network            string // in the spelling of requests for wallets
	LineOfCreditID     *uuid.UUID
	Limit              *int64
	Metadata           map[string]string
	Balances           []Money
	Holds              []Hold
	PendingSettlements []PendingSettlement
}

// Hold is money that is reserved for a payment.
type Hold struct {
	ID       uuid.UUID
	Currency string
	Amount   int64
}

// PendingSettlement is money that Voltage is about to collect or pay out.
type PendingSettlement struct {
	ID       uuid.UUID
	Currency string
	Amount   int64
	Type     string // Collection or Payout
}

// WalletState is a wallet at one moment.
type WalletState struct {
	Wallet
	Organization         uuid.UUID
	Active               bool
	CreatedAt, UpdatedAt time.Time
	BalancesAt           time.Time
	DeletedAt            *time.Time
	DeletionFailedAt     *time.Time
	Failure              *Failure
}

// live reports whether the wallet's limit counts on its line of credit. It counts unless the wallet was deleted or its creation failed.
func (s *WalletState) live() bool { return s.Active && s.DeletedAt == nil }

// Balance returns the total balance in a currency, including held money.
func (s *WalletState) Balance(currency string) int64 {
	for _, balance := range s.Balances {
		if balance.Currency == currency {
			return balance.Amount
		}
	}
	return 0
}

// Held returns the held amount in a currency.
func (s *WalletState) Held(currency string) int64 {
	var sum int64
	for _, hold := range s.Holds {
		if hold.Currency == currency {
			sum += max(hold.Amount, -hold.Amount)
		}
	}
	return sum
}

// WalletFilter selects the wallets of a list.
type WalletFilter struct {
	Environment uuid.UUID // uuid.Nil: all environments
	Inactive    bool      // whether to include inactive wallets
}

// ListWallets returns the wallets of the organization, the oldest first.
func (w *World) ListWallets(c *Call, filter WalletFilter) []*WalletState {
	wallets := w.state.Wallets.list(c.Now, c.stale(), func(s *WalletState) bool {
		switch {
		case s.Organization != c.Organization || filter.Environment != uuid.Nil && s.EnvironmentID != filter.Environment:
			return false
		case !s.Active && w.forgotten(s.DeletedAt):
			return false
		}
		return s.Active || filter.Inactive
	})
	slices.SortStableFunc(wallets, func(a, b *WalletState) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	return wallets
}

// ReadWallet returns a wallet of the organization.
func (w *World) ReadWallet(c *Call, id uuid.UUID) (*WalletState, *Refusal) {
	wallet := w.state.Wallets.read(c, id, func(s *WalletState) bool {
		return s.Organization == c.Organization && !w.forgotten(s.DeletedAt)
	})
	if wallet == nil {
		return nil, missing("instance_not_found", "wallet_id", id)
	}
	return wallet, nil
}

// CreateWallet accepts a new wallet. It does not refuse an ID that was used before: the second creation is accepted and has no effect.
func (w *World) CreateWallet(c *Call, wallet Wallet) *Refusal {
	if r := CheckWalletName(wallet.Name); r != nil {
		return r
	}
	if w.state.Wallets.has(wallet.ID) {
		w.state.Duplicates++
		return nil
	}
	if r := w.checkCredit(w.organization(c.Organization), wallet, c.Now); r != nil {
		return r
	}
	state := WalletState{Wallet: wallet, Organization: c.Organization, Active: true, CreatedAt: c.Now, UpdatedAt: c.Now}
	if failure := c.failure(); failure != nil {
		state.Active, state.Failure = false, failure
	}
	w.state.Wallets.put(wallet.ID, c.Done, state)
	return nil
}

// CheckWalletName refuses a name that a wallet cannot have.
func CheckWalletName(name string) *Refusal {
	if n := utf8.RuneCountInString(name); n < 3 || n > 256 {
		return InvalidFields("invalid_request", fmt.Sprintf("A name has 3 to 256 characters, this one has %d.", n), "name")
	}
	return nil
}

// checkCredit refuses a new wallet that the organization or the line of credit does not allow.
func (w *World) checkCredit(org *organization, wallet Wallet, now time.Time) *Refusal {
	line := org.line(*wallet.LineOfCreditID)
	switch {
	case slices.Contains(org.NoWallets, wallet.Network):
		return Invalidf("feature_flag_disabled", "Wallets on this network are not enabled for the organization.").About("feature", "wallets")
	case slices.Contains(org.NotApproved, wallet.Network):
		return Invalidf("application_not_approved", "The organization's application is not approved.")
	case slices.Contains(org.NoBankDetails, wallet.Network):
		return Invalidf("missing_bank_details", "The organization has no bank details.").About("line_of_credit_id", wallet.LineOfCreditID)
	case line == nil || line.EnvironmentID != wallet.EnvironmentID:
		return Invalidf("line_of_credit_not_found", "The environment has no line of credit %s.", wallet.LineOfCreditID)
	case line.DisabledAt != nil:
		return Invalidf("line_of_credit_disabled", "The line of credit is disabled.").About("line_of_credit_id", line.ID)
	case !line.ready():
		return Invalidf("line_of_credit_not_ready", "The collateral of the line of credit is %s.", cmp.Or(line.Secured, line.Verified))
	case line.Network != wallet.Network:
		return Invalidf("line_of_credit_network_mismatch",
			"The line of credit is on %s, the wallet would be on %s.", line.Network, wallet.Network)
	case *wallet.Limit > line.usable(now)-w.allocated(line):
		return Invalidf("line_of_credit_cannot_allocate_wallet_limit", "The line of credit has %d left of %d, the wallet asks for %d.",
			line.usable(now)-w.allocated(line), line.usable(now), *wallet.Limit)
	}
	return nil
}

// undeleted returns a wallet for a write. It refuses a wallet whose deletion was accepted, even if the deletion is not visible yet.
func (w *World) undeleted(id uuid.UUID) (WalletState, *Refusal) {
	latest := w.state.Wallets.latest(id)
	if latest.DeletedAt != nil {
		return WalletState{}, missing("instance_not_found", "wallet_id", id)
	}
	return latest, nil
}

// RenameWallet accepts another name for a readable wallet. [CheckWalletName] must allow the name.
func (w *World) RenameWallet(c *Call, id uuid.UUID, name string) *Refusal {
	wallet, r := w.undeleted(id)
	if r != nil {
		return r
	}
	if failure := c.failure(); failure != nil {
		wallet.Failure = failure
	} else {
		wallet.Name = name
	}
	wallet.UpdatedAt = c.Done
	w.state.Wallets.put(id, c.Done, wallet)
	return nil
}

// DeleteWallet accepts the deletion of a readable wallet. It refuses a wallet with a balance.
func (w *World) DeleteWallet(c *Call, id uuid.UUID) *Refusal {
	wallet, r := w.undeleted(id)
	if r != nil {
		return r
	}
	for _, balance := range wallet.Balances {
		if balance.Amount != 0 {
			return Invalidf("wallet_not_empty", "The wallet holds funds.").About("wallet_id", id)
		}
	}
	done := c.Done
	if failure := c.failure(); failure != nil {
		wallet.DeletionFailedAt, wallet.Failure = &done, failure
	} else {
		wallet.Active, wallet.DeletedAt = false, &done
	}
	wallet.UpdatedAt = done
	w.state.Wallets.put(id, done, wallet)
	return nil
}

// Wallets returns every wallet that exists or existed, after everything that was accepted, in the order of creation.
func (w *World) Wallets() []WalletState { return w.state.Wallets.all() }

// Duplicates returns the number of creations with an ID that was used before.
func (w *World) Duplicates() int { return w.state.Duplicates }

// AddWallet makes a wallet immediately in the organization that has its environment. It does not check the line of credit.
func (w *World) AddWallet(wallet Wallet) error {
	for _, org := range w.state.Organizations {
		if org.Has(wallet.EnvironmentID) {
			return w.addWallet(org, wallet, w.settings.Now())
		}
	}
	return fmt.Errorf("there is no environment %s", wallet.EnvironmentID)
}

func (w *World) addWallet(org *organization, wallet Wallet, now time.Time) error {
	switch {
	case wallet.ID == uuid.Nil || w.state.Wallets.has(wallet.ID):
		return fmt.Errorf("wallet %q has no ID of its own", wallet.Name)
	case !org.Has(wallet.EnvironmentID):
		return fmt.Errorf("wallet %s is in no environment of organization %s", wallet.ID, org.ID)
	case wallet.LineOfCreditID != nil && org.line(*wallet.LineOfCreditID) == nil:
		return fmt.Errorf("wallet %s has a line of credit that does not exist", wallet.ID)
	case (wallet.LineOfCreditID == nil) != (wallet.Limit == nil):
		return errors.New("a wallet has both a line of credit and a limit, or neither")
	}
	wallet.Balances = slices.Clone(wallet.Balances)
	w.state.Wallets.put(wallet.ID, now, WalletState{Wallet: wallet, Organization: org.ID, Active: true, CreatedAt: now, UpdatedAt: now})
	w.openLedger(wallet, now)
	return nil
}

// EditWallet changes a wallet immediately, as another client would.
func (w *World) EditWallet(id uuid.UUID, change func(*WalletState)) error {
	if !w.state.Wallets.has(id) {
		return fmt.Errorf("there is no wallet %s", id)
	}
	now := w.settings.Now()
	w.state.Wallets.step(id, now, func(s *WalletState) {
		s.UpdatedAt = now
		change(s)
	})
	return nil
}

// RemoveWallet deletes a wallet immediately, as another client would.
func (w *World) RemoveWallet(id uuid.UUID) error {
	return w.EditWallet(id, func(s *WalletState) {
		deletedAt := s.UpdatedAt
		s.Active, s.DeletedAt = false, &deletedAt
	})
}

// SetWalletActive makes a wallet active or inactive without deleting it, and reports whether the wallet exists.
func (w *World) SetWalletActive(id uuid.UUID, active bool) bool {
	if !w.state.Wallets.has(id) {
		return false
	}
	w.state.Wallets.step(id, w.settings.Now(), func(s *WalletState) { s.Active = active })
	return true
}

// FindWallet finds an active wallet by its ID or its name.
func (w *World) FindWallet(text string) (*WalletState, error) {
	var found []WalletState
	var ids []string
	for _, wallet := range w.state.Wallets.all() {
		if wallet.live() && (wallet.Name == text || strings.EqualFold(wallet.ID.String(), text)) {
			found, ids = append(found, wallet), append(ids, wallet.ID.String())
		}
	}
	switch len(found) {
	case 0:
		if text == "" {
			return nil, errors.New("give the ID or the name of a wallet")
		}
		return nil, fmt.Errorf("no active wallet has the ID or the name %q", text)
	case 1:
		return &found[0], nil
	}
	return nil, fmt.Errorf("several wallets have the name %q: give the ID of one of them: %s", text, strings.Join(ids, ", "))
}
