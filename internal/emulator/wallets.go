package emulator

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// walletState is a wallet at one moment.
type walletState struct {
	Wallet
	organization         uuid.UUID
	active               bool
	createdAt, updatedAt time.Time
	balancesAt           time.Time
	deletedAt            *time.Time
	deletionFailedAt     *time.Time
	failure              *FailAsync
}

// live reports whether the wallet takes of its line's limit: it does unless it was deleted or could not be made.
func (w *walletState) live() bool { return w.active && w.deletedAt == nil }

func (e *Emulator) routeWallets() {
	e.route("get_all_organizations_wallets_as_user", e.listWallets)
	e.route("create_wallet", e.createWallet)
	e.route("get_wallet", e.getWallet)
	e.route("update_wallet", e.renameWallet)
	e.route("delete_wallet", e.deleteWallet)
}

func (e *Emulator) listWallets(c *call) reply {
	inactive := c.request.URL.Query().Get("inactive") == "true"
	environment, one := c.query["environment_id"]
	_, stale := effectOn[Stale](c.request.Context())
	var wallets []*walletState
	for _, id := range e.world.walletOrder {
		w := e.world.wallets[id].seen(c.now, stale)
		if w == nil || w.organization != c.org.ID || !c.opens(w.EnvironmentID) || one && w.EnvironmentID != environment ||
			!w.active && (!inactive || e.config.ForgetDeleted && w.deletedAt != nil) {
			continue
		}
		wallets = append(wallets, w)
	}
	slices.SortStableFunc(wallets, func(a, b *walletState) int {
		return cmp.Or(a.createdAt.Compare(b.createdAt), cmp.Compare(a.ID.String(), b.ID.String()))
	})
	content := make([]map[string]any, 0, len(wallets))
	for _, w := range wallets {
		content = append(content, w.json())
	}
	return found(content)
}

func (e *Emulator) getWallet(c *call) reply {
	w, p := e.visibleWallet(c)
	if p != nil {
		return refuse(p)
	}
	return found(w.json())
}

// visibleWallet finds the wallet of the path as a read shows it.
func (e *Emulator) visibleWallet(c *call) (*walletState, *problem) {
	missing := notFound("instance_not_found", "wallet_id", c.ids["wallet_id"])
	history := e.world.wallets[c.ids["wallet_id"]]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || history == nil {
		return nil, missing
	}
	_, stale := effectOn[Stale](c.request.Context())
	w := history.seen(c.now, stale)
	if w == nil || w.organization != c.org.ID || e.config.ForgetDeleted && w.deletedAt != nil {
		return nil, missing
	}
	if !c.opens(w.EnvironmentID) {
		return nil, accessDenied()
	}
	return w, nil
}

func (e *Emulator) createWallet(c *call) reply {
	var request struct {
		ID             uuid.UUID         `json:"id"`
		EnvironmentID  uuid.UUID         `json:"environment_id"`
		LineOfCreditID *uuid.UUID        `json:"line_of_credit_id"`
		Name           string            `json:"name"`
		Network        string            `json:"network"`
		Limit          *int64            `json:"limit"`
		Metadata       map[string]string `json:"metadata"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	if !c.opens(request.EnvironmentID) {
		return refuse(accessDenied())
	}
	if p := checkName(request.Name); p != nil {
		return refuse(p)
	}
	if e.world.wallets[request.ID] != nil {
		// IDs are unique and there is no 409 for wallets: the second request is accepted, and nothing comes of it.
		e.world.duplicates++
		return accepted()
	}
	wallet := Wallet{
		ID: request.ID, EnvironmentID: request.EnvironmentID, Name: request.Name, Network: request.Network,
		LineOfCreditID: request.LineOfCreditID, Limit: request.Limit, Metadata: request.Metadata,
	}
	if p := e.checkCredit(c.org, wallet, c.now); p != nil {
		return refuse(p)
	}
	state := walletState{Wallet: wallet, organization: c.org.ID, active: true, createdAt: c.now, updatedAt: c.now}
	if failure, fails := effectOn[FailAsync](c.request.Context()); fails {
		state.active, state.failure = false, &failure
	}
	e.world.wallets[wallet.ID] = &history[walletState]{{at: c.done, state: state}}
	e.world.walletOrder = append(e.world.walletOrder, wallet.ID)
	return accepted()
}

func checkName(name string) *problem {
	if n := utf8.RuneCountInString(name); n < 3 || n > 256 {
		return invalidFields("invalid_request", fmt.Sprintf("A name has 3 to 256 characters, this one has %d.", n), "name")
	}
	return nil
}

// checkCredit is what the organization and the line of credit have against a new wallet.
func (e *Emulator) checkCredit(org *organization, wallet Wallet, now time.Time) *problem {
	line := org.lines[*wallet.LineOfCreditID]
	switch {
	case slices.Contains(org.NoWallets, wallet.Network):
		return badRequest("feature_flag_disabled", "Wallets on this network are not enabled for the organization.").about("feature", "wallets")
	case slices.Contains(org.NotApproved, wallet.Network):
		return badRequest("application_not_approved", "The organization's application is not approved.")
	case slices.Contains(org.NoBankDetails, wallet.Network):
		return badRequest("missing_bank_details", "The organization has no bank details.").about("line_of_credit_id", wallet.LineOfCreditID)
	case line == nil || line.EnvironmentID != wallet.EnvironmentID:
		return badRequest("line_of_credit_not_found", fmt.Sprintf("The environment has no line of credit %s.", wallet.LineOfCreditID))
	case line.disabledAt != nil:
		return badRequest("line_of_credit_disabled", "The line of credit is disabled.").about("line_of_credit_id", line.ID)
	case !line.ready():
		return badRequest("line_of_credit_not_ready",
			fmt.Sprintf("The collateral of the line of credit is %s.", cmp.Or(line.Secured, line.Verified)))
	case line.Network != wallet.Network:
		return badRequest("line_of_credit_network_mismatch",
			fmt.Sprintf("The line of credit is on %s, the wallet would be on %s.", line.Network, wallet.Network))
	case *wallet.Limit > line.usable(now)-e.allocated(line):
		return badRequest("line_of_credit_cannot_allocate_wallet_limit",
			fmt.Sprintf("The line of credit has %d left of %d, the wallet asks for %d.", line.usable(now)-e.allocated(line), line.usable(now), *wallet.Limit))
	}
	return nil
}

// allocated is what live wallets have taken of a line's limit. A wallet's is taken as soon as it is accepted.
func (e *Emulator) allocated(line *line) int64 {
	var sum int64
	for _, id := range e.world.walletOrder {
		w := e.world.wallets[id].latest()
		if w.live() && w.LineOfCreditID != nil && *w.LineOfCreditID == line.ID {
			sum += *w.Limit
		}
	}
	return sum
}

// changeableWallet finds the wallet of the path for a write: one that can be seen and was not deleted meanwhile.
func (e *Emulator) changeableWallet(c *call) (*history[walletState], walletState, *problem) {
	if _, p := e.visibleWallet(c); p != nil {
		return nil, walletState{}, p
	}
	history := e.world.wallets[c.ids["wallet_id"]]
	latest := history.latest()
	if !latest.live() {
		return nil, walletState{}, notFound("instance_not_found", "wallet_id", latest.ID)
	}
	return history, latest, nil
}

func (e *Emulator) renameWallet(c *call) reply {
	var request struct {
		Name string `json:"name"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	if p := checkName(request.Name); p != nil {
		return refuse(p)
	}
	history, w, p := e.changeableWallet(c)
	if p != nil {
		return refuse(p)
	}
	if failure, fails := effectOn[FailAsync](c.request.Context()); fails {
		w.failure = &failure
	} else {
		w.Name = request.Name
	}
	w.updatedAt = c.done
	history.change(c.done, w)
	return accepted()
}

func (e *Emulator) deleteWallet(c *call) reply {
	history, w, p := e.changeableWallet(c)
	if p != nil {
		return refuse(p)
	}
	for _, balance := range w.Balances {
		if balance.Amount != 0 {
			return refuse(badRequest("wallet_not_empty", "The wallet holds funds.").about("wallet_id", w.ID))
		}
	}
	if failure, fails := effectOn[FailAsync](c.request.Context()); fails {
		w.deletionFailedAt, w.failure = &c.done, &failure
	} else {
		w.active, w.deletedAt = false, &c.done
	}
	w.updatedAt = c.done
	history.change(c.done, w)
	return accepted()
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

// Wallets returns every wallet there is or was, after everything that was accepted, in the order of creation.
func (e *Emulator) Wallets() []WalletView {
	e.mu.Lock()
	defer e.mu.Unlock()
	views := make([]WalletView, 0, len(e.world.walletOrder))
	for _, id := range e.world.walletOrder {
		w := e.world.wallets[id].latest()
		views = append(views, WalletView{
			ID: w.ID, EnvironmentID: w.EnvironmentID, Name: w.Name, Network: w.Network, Limit: w.Limit, Metadata: maps.Clone(w.Metadata),
			Balances: slices.Clone(w.Balances), Active: w.active, Deleted: w.deletedAt != nil,
		})
	}
	return views
}

// Duplicates returns how many creations came with an ID that was used before.
func (e *Emulator) Duplicates() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.world.duplicates
}

// AddWallet makes a wallet in the organization that has its environment, at once and whatever lines of credit say.
func (e *Emulator) AddWallet(wallet Wallet) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, org := range e.world.organizations {
		if org.has(wallet.EnvironmentID) {
			return e.world.add(org, wallet, e.config.Now())
		}
	}
	return fmt.Errorf("there is no environment %s", wallet.EnvironmentID)
}

// Deposit adds to a wallet's balance of a currency, in base units; a negative amount takes from it.
func (e *Emulator) Deposit(wallet uuid.UUID, currency string, amount int64) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.world.wallets[wallet] == nil {
		return fmt.Errorf("there is no wallet %s", wallet)
	}
	kind := "deposited"
	if amount < 0 {
		kind, amount = "withdrawn", -amount
	}
	e.move(wallet, e.config.Now(), ledgerEntry{kind: kind, money: Money{currency, amount}})
	return nil
}

// Rename changes a wallet's name, as somebody else would.
func (e *Emulator) Rename(wallet uuid.UUID, name string) error {
	return e.edit(wallet, func(w *walletState, _ time.Time) { w.Name = name })
}

// Remove deletes a wallet, as somebody else would.
func (e *Emulator) Remove(wallet uuid.UUID) error {
	return e.edit(wallet, func(w *walletState, now time.Time) { w.active, w.deletedAt = false, &now })
}

// edit changes a wallet at once.
func (e *Emulator) edit(id uuid.UUID, change func(w *walletState, now time.Time)) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	history := e.world.wallets[id]
	if history == nil {
		return fmt.Errorf("there is no wallet %s", id)
	}
	now := e.config.Now()
	w := history.latest()
	w.updatedAt = now
	change(&w, now)
	history.change(now, w)
	return nil
}
