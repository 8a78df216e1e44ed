package voltage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"
)

// Wallet is a wallet as the API returns it. Source: schema Wallet of the API's contract.
type Wallet struct {
	ID             uuid.UUID `json:"id"`
	OrganizationID uuid.UUID `json:"organization_id"`
	EnvironmentID  uuid.UUID `json:"environment_id"`
	// Name and Metadata are [NormalText].
	Name string `json:"name"`
	// Network has the spelling of reads: a wallet made on testnet3 is on "testnet" here. See [WalletNetwork].
	Network string `json:"network"`
	// Active is false before the wallet is ready and after it was deleted.
	Active    bool      `json:"active"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	// DeletedAt is set once the wallet is deleted. A deleted wallet may still be readable.
	DeletedAt *time.Time `json:"deleted_at"`
	// DeletionFailedAt is the time of the latest failed deletion. It says nothing about a later attempt.
	DeletionFailedAt *time.Time `json:"deletion_failed_at"`
	// LineOfCreditID is nil for a wallet that no line of credit backs.
	LineOfCreditID *uuid.UUID `json:"line_of_credit_id"`
	// Limit is the credit limit in base units of the line's currency; nil without a line of credit.
	Limit    *int64            `json:"limit"`
	Metadata map[string]string `json:"metadata"`
	// Balances has one entry per currency. It is empty before money has moved.
	Balances           []Balance           `json:"balances"`
	Holds              []Hold              `json:"holds"`
	PendingSettlements []PendingSettlement `json:"pending_settlements"`
	// Error is the failure of a request that the API had accepted.
	Error *WalletError `json:"error"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A wallet without its IDs, or that does not say whether it is active, is unreadable: it must
// not pass for a deleted wallet.
func (w *Wallet) UnmarshalJSON(data []byte) error {
	type plain Wallet
	answer := struct {
		*plain
		Active *bool `json:"active"`
	}{plain: (*plain)(w)}
	if err := json.Unmarshal(data, &answer); err != nil {
		return err
	}
	if answer.Active == nil {
		return errors.New("the wallet does not say whether it is active")
	}
	w.Active = *answer.Active
	w.Name, w.Metadata = NormalText(w.Name), normalMetadata(w.Metadata)
	return says("wallet", fact{"id", w.ID != uuid.Nil}, fact{"organization_id", w.OrganizationID != uuid.Nil})
}

// normalMetadata applies [NormalText] to the keys and values of metadata.
func normalMetadata(metadata map[string]string) map[string]string {
	if metadata == nil {
		return nil
	}
	normal := make(map[string]string, len(metadata))
	for key, value := range metadata {
		normal[NormalText(key)] = NormalText(value)
	}
	return normal
}

// Deleted reports whether the wallet is deleted, although it can still be read.
func (w *Wallet) Deleted() bool { return w.DeletedAt != nil }

// unsettled reports whether the read may lag behind the wallet's activation or its deletion.
func (w *Wallet) unsettled() bool { return !w.Active && !w.Deleted() }

// Balance is a wallet's balance in one currency.
type Balance struct {
	Currency      string    `json:"currency"`
	Network       string    `json:"network"`
	Available     Amount    `json:"available"`
	Total         Amount    `json:"total"`
	EffectiveTime time.Time `json:"effective_time"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A balance without its sums is unreadable: it must not pass for 0.
func (b *Balance) UnmarshalJSON(data []byte) error {
	type plain Balance
	if err := json.Unmarshal(data, (*plain)(b)); err != nil {
		return err
	}
	return says("balance", fact{"available", b.Available.Currency != ""}, fact{"total", b.Total.Currency != ""})
}

// Hold is money set aside for a payment under way.
type Hold struct {
	ID            uuid.UUID `json:"id"`
	Amount        Amount    `json:"amount"`
	EffectiveTime time.Time `json:"effective_time"`
}

// UnmarshalJSON implements [json.Unmarshaler]. See [Balance.UnmarshalJSON].
func (h *Hold) UnmarshalJSON(data []byte) error {
	type plain Hold
	if err := json.Unmarshal(data, (*plain)(h)); err != nil {
		return err
	}
	return says("hold", fact{"amount", h.Amount.Currency != ""})
}

// PendingSettlement is money that Voltage is about to collect or pay out.
type PendingSettlement struct {
	ID             uuid.UUID  `json:"id"`
	BillID         *uuid.UUID `json:"bill_id"`
	Amount         Amount     `json:"amount"`
	SettlementType string     `json:"settlement_type"`
	EffectiveTime  time.Time  `json:"effective_time"`
}

// UnmarshalJSON implements [json.Unmarshaler]. See [Balance.UnmarshalJSON].
func (s *PendingSettlement) UnmarshalJSON(data []byte) error {
	type plain PendingSettlement
	if err := json.Unmarshal(data, (*plain)(s)); err != nil {
		return err
	}
	return says("settlement", fact{"amount", s.Amount.Currency != ""})
}

// WalletError is the failure of a request that the API had accepted. Source: schemas WalletEventError and WalletPolicyError of the API's
// contract.
type WalletError struct {
	Type   string `json:"type"`
	Detail string `json:"detail"`
	// Context has further members of the API's error as JSON, or is empty.
	Context string `json:"context"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (e *WalletError) UnmarshalJSON(data []byte) error {
	failure, err := readFailure(data)
	*e = WalletError{Type: failure.Type, Detail: string(failure.Detail), Context: string(failure.Context)}
	return err
}

// Error implements error. The text is the API's, cleaned.
func (e *WalletError) Error() string { return failureText(e.Type, "", e.Detail, e.Context) }

// NewWallet is the request for a wallet. Source: schema NewWalletRequest of the API's contract.
type NewWallet struct {
	LineOfCreditID uuid.UUID         `json:"line_of_credit_id"`
	Name           string            `json:"name"`    // 3 to 256 characters
	Network        string            `json:"network"` // one of [WalletNetworks]
	Limit          int64             `json:"limit"`   // base units of the line's currency; 0 makes no credit available
	Metadata       map[string]string `json:"metadata,omitempty"`
}

// WalletNetworks returns the networks on which a wallet can be made, as requests write them.
func WalletNetworks() []string { return []string{"mainnet", "testnet3", "mutinynet"} }

// WalletNetwork turns a network as reads write it into the form of requests: testnet is testnet3.
func WalletNetwork(read string) string {
	if read == "testnet" {
		return "testnet3"
	}
	return read
}

// readNetwork turns a network as requests for wallets write it into the form of reads: testnet3 is testnet.
func readNetwork(network string) string {
	if network == "testnet3" {
		return "testnet"
	}
	return network
}

// WalletFilter narrows a list of wallets. The zero value is every active wallet of the organization.
type WalletFilter struct {
	// EnvironmentID, unless it is uuid.Nil, limits the list to one environment.
	EnvironmentID uuid.UUID
	// Inactive also returns deleted wallets.
	Inactive bool
}

// ListWallets returns the wallets of an organization. The API returns them all in one answer. An *UnreadableItemsError names the wallets
// that cannot be read; the readable wallets are returned as well. See [WithoutItems].
func (c *Client) ListWallets(ctx context.Context, organization uuid.UUID, filter WalletFilter) ([]Wallet, error) {
	answer, _, err := c.listWallets(ctx, organization, filter, maxBody)
	if err != nil {
		return nil, err
	}
	return answer.items, answer.err(c, "wallet")
}

// listWallets is ListWallets with a limit for the size of the answer, and returns the size.
func (c *Client) listWallets(
	ctx context.Context, organization uuid.UUID, filter WalletFilter, limit int64,
) (answer list[Wallet], size int64, err error) {
	query := url.Values{}
	if filter.EnvironmentID != uuid.Nil {
		query.Set("environment_id", filter.EnvironmentID.String())
	}
	if filter.Inactive {
		query.Set("inactive", "true")
	}
	err = c.do(ctx, call{
		method: http.MethodGet, path: walletsPath(organization), query: query, out: &answer, repeat: true, limit: limit, size: &size,
		check: func() error {
			for i := range answer.items {
				if answer.items[i].OrganizationID != organization {
					return fmt.Errorf("the answer has a wallet of organization %s", answer.items[i].OrganizationID)
				}
			}
			return nil
		},
	})
	return answer, size, err
}

// GetWallet returns a wallet, deleted or not. IsNotFound reports whether the error means that the wallet does not exist.
func (c *Client) GetWallet(ctx context.Context, ref Ref) (*Wallet, error) {
	var wallet Wallet
	err := c.do(ctx, call{
		method: http.MethodGet, path: ref.walletPath(), out: &wallet, repeat: true,
		check: func() error {
			if wallet.ID != ref.ID || wallet.OrganizationID != ref.OrganizationID {
				return fmt.Errorf("the answer is wallet %s of organization %s", wallet.ID, wallet.OrganizationID)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &wallet, nil
}

// GetListedWallet is GetConfirmedWallet for one of many wallets of an environment. It reads the first few wallets one by one, and takes the
// others from a list of the environment. The list is at most some seconds old, and newer than every write of this client. A wallet that the
// list lacks is read by itself, and so is a wallet whose environment is not known.
func (c *Client) GetListedWallet(ctx context.Context, ref Ref) (*Wallet, error) {
	if wallet := c.wallets.cached(ctx, ref.scope(), ref.ID); wallet != nil && wallet.Active {
		return wallet, nil
	}
	return c.GetConfirmedWallet(ctx, ref)
}

// WaitForWallet polls a wallet. A wallet that does not exist is nil. While many waits are under way, lists serve the reads after the first
// one. The read that ends the wait never comes from a list. Read of the wait, unless it is nil, replaces the read of the single wallet.
func (c *Client) WaitForWallet(ctx context.Context, ref Ref, wait Wait[*Wallet]) (*Wallet, error) {
	listed, end := c.wallets.wait(ref.scope(), ref.ID)
	defer end()
	if wait.Read == nil {
		wait.Read = func(ctx context.Context) (*Wallet, error) { return NilIfNotFound(c.GetWallet(ctx, ref)) }
	}
	return Poll(ctx, c, readFromLists(wait, listed))
}

// CreateWallet asks for a wallet. ref has the new wallet's ID, see [NewID], and its environment. After a doubtful answer it reads the ID,
// and repeats the request if the ID is unused. Nil means that the API has accepted the wallet, which becomes readable a moment later. An
// *UncertainError means that the wallet may or may not be created, and an *Error that the API has refused it.
func (c *Client) CreateWallet(ctx context.Context, ref Ref, wallet NewWallet) error {
	body := struct {
		ID            uuid.UUID `json:"id"`
		EnvironmentID uuid.UUID `json:"environment_id"`
		NewWallet
	}{ref.ID, ref.EnvironmentID, wallet}
	return c.create(ctx, createRequest{
		call: call{method: http.MethodPost, path: walletsPath(ref.OrganizationID), body: body},
		read: func(ctx context.Context) error {
			_, err := c.GetWallet(ctx, ref)
			return err
		},
		// IDs are unique: a second request with the same ID cannot make a second wallet.
		resend: true,
	})
}

// RenameWallet asks for a new name of 3 to 256 characters. Reads show it a moment later.
func (c *Client) RenameWallet(ctx context.Context, ref Ref, name string) error {
	body := struct {
		Name string `json:"name"`
	}{name}
	return c.do(ctx, call{method: http.MethodPatch, path: ref.walletPath(), body: body, repeat: true})
}

// DeleteWallet asks for a wallet's deletion. Afterwards a read returns 404, or an inactive wallet with DeletedAt, or a wallet with a new
// DeletionFailedAt. The API refuses to delete a wallet that holds funds with type wallet_not_empty.
func (c *Client) DeleteWallet(ctx context.Context, ref Ref) error {
	return c.do(ctx, call{method: http.MethodDelete, path: ref.walletPath(), repeat: true})
}
