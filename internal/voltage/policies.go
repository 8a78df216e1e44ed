package voltage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// WalletPolicies are the policies of a wallet. A nil policy means that the wallet does not have it. Source: schemas WalletPolicies and
// Policy of the API's contract, which has a list of typed policies. An unknown type is left out.
type WalletPolicies struct {
	MaxPaymentSizeSats    *int64 // of one payment
	TransactionsPerMinute *int64
	SendVolumeLimitSats   *int64
	ReflexTemplateID      *uuid.UUID
	ReflexThreshold       *Amount
	OFACCompliant         bool
	ProcessingFee         *ProcessingFee // nil: the rates of the line of credit apply
	UpdatedAt             time.Time
	// Error is the last failure of a change that the API had accepted.
	Error *WalletError
}

// ProcessingFee is the fee of a payment in addition to the network fee, in basis points (hundredths of a percent) from 0 to 10,000.
type ProcessingFee struct {
	SendBasisPoints    int64 `json:"send_basis_points"`
	ReceiveBasisPoints int64 `json:"receive_basis_points"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A missing rate must not pass for 0.
func (f *ProcessingFee) UnmarshalJSON(data []byte) error {
	var answer struct {
		Send    *int64 `json:"send_basis_points"`
		Receive *int64 `json:"receive_basis_points"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return err
	}
	err := says("processing fee", fact{"send_basis_points", answer.Send != nil}, fact{"receive_basis_points", answer.Receive != nil})
	if err == nil {
		*f = ProcessingFee{SendBasisPoints: *answer.Send, ReceiveBasisPoints: *answer.Receive}
	}
	return err
}

// UnmarshalJSON implements [json.Unmarshaler]. An answer without a list of policies is unreadable: it must not pass for a wallet without
// policies.
func (p *WalletPolicies) UnmarshalJSON(data []byte) error {
	var answer struct {
		UpdatedAt time.Time     `json:"updated_at"`
		Error     *WalletError  `json:"error"`
		Policies  []policyEntry `json:"policies"`
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return err
	}
	if answer.Policies == nil {
		return errors.New("the answer has no list of policies")
	}
	*p = WalletPolicies{UpdatedAt: answer.UpdatedAt, Error: answer.Error}
	for _, entry := range answer.Policies {
		said := true // a policy without its value must not pass for a missing policy
		switch data := entry.Data; entry.Type {
		case "":
			said = false
		case "max_payment_size":
			p.MaxPaymentSizeSats, said = data.MaxSizeSats, data.MaxSizeSats != nil
		case "transaction_velocity":
			p.TransactionsPerMinute, said = data.TransactionsPerMinute, data.TransactionsPerMinute != nil
		case "send_volume_limit":
			p.SendVolumeLimitSats, said = data.LimitSats, data.LimitSats != nil
		case "reflex_approval":
			p.ReflexTemplateID, p.ReflexThreshold, said = data.TemplateID, data.Threshold, data.TemplateID != nil
		case "ofac_compliant":
			p.OFACCompliant = true
		case "processing_fee":
			p.ProcessingFee, said = data.Rates, data.Rates != nil
		}
		if !said {
			return fmt.Errorf("the policy %q has no value", entry.Type)
		}
	}
	return nil
}

// policyEntry is one policy. The type decides which fields of the data are set.
type policyEntry struct {
	Type string `json:"type"`
	Data struct {
		MaxSizeSats           *int64         `json:"max_size_sats"`
		TransactionsPerMinute *int64         `json:"transactions_per_minute"`
		LimitSats             *int64         `json:"limit_sats"`
		TemplateID            *uuid.UUID     `json:"template_id"`
		Threshold             *Amount        `json:"threshold"`
		Rates                 *ProcessingFee `json:"rates"`
	} `json:"data"`
}

// PolicyUpdate is a change of a wallet's policies. A nil policy stays as it is. Only ProcessingFee can be removed again. Source: schema
// UpdateWalletPolicyRequest of the API's contract.
type PolicyUpdate struct {
	MaxPaymentSizeSats    *int64         `json:"max_payment_size_sats,omitempty"` // at least 1, like the other limits
	TransactionsPerMinute *int64         `json:"transactions_per_minute,omitempty"`
	SendVolumeLimitSats   *int64         `json:"send_volume_limit_sats,omitempty"`
	ReflexTemplateID      *uuid.UUID     `json:"template_id,omitempty"`
	OFACCompliant         *bool          `json:"ofac_compliant,omitempty"`
	ProcessingFee         *ProcessingFee `json:"processing_fee,omitempty"`
	// RestoreProcessingFee removes the wallet's processing fee, so that the rates of the line of credit apply again.
	RestoreProcessingFee bool `json:"-"`
}

// MarshalJSON implements [json.Marshaler]: a removed fee is null.
func (u PolicyUpdate) MarshalJSON() ([]byte, error) {
	type plain PolicyUpdate
	if !u.RestoreProcessingFee {
		return json.Marshal(plain(u))
	}
	return json.Marshal(struct {
		plain
		ProcessingFee *ProcessingFee `json:"processing_fee"`
	}{plain: plain(u)})
}

// Empty reports whether the update changes nothing. The API refuses an empty update.
func (u PolicyUpdate) Empty() bool { return u == PolicyUpdate{} }

// ShownBy reports whether policies show the values of the update. Nil stands for a wallet without policies.
func (u PolicyUpdate) ShownBy(p *WalletPolicies) bool {
	if p == nil {
		p = &WalletPolicies{}
	}
	return shows(u.MaxPaymentSizeSats, p.MaxPaymentSizeSats) && shows(u.TransactionsPerMinute, p.TransactionsPerMinute) &&
		shows(u.SendVolumeLimitSats, p.SendVolumeLimitSats) && shows(u.ReflexTemplateID, p.ReflexTemplateID) &&
		shows(u.OFACCompliant, &p.OFACCompliant) && shows(u.ProcessingFee, p.ProcessingFee) &&
		(!u.RestoreProcessingFee || p.ProcessingFee == nil)
}

func shows[T comparable](wanted, shown *T) bool {
	return wanted == nil || shown != nil && *wanted == *shown
}

// TypePoliciesNotFound is the API's refusal to read or to change the policies of a wallet: the wallet does not exist, or it has no
// policies. The API does not say which of the two is the case. Source: behaviour.md, "Policies".
const TypePoliciesNotFound = "wallet_policies_not_found"

// NoFirstPoliciesError is a refused change of the policies of a wallet that exists and has no policies.
type NoFirstPoliciesError struct {
	cause error
}

// Error implements error.
func (e *NoFirstPoliciesError) Error() string {
	return "the wallet exists and has no policies, and the API refuses to create its first ones: " + e.cause.Error()
}

// Unwrap returns the API's refusal.
func (e *NoFirstPoliciesError) Unwrap() error { return e.cause }

// WalletDeletedError is the API's refusal of a request about a deleted wallet that can still be read.
type WalletDeletedError struct {
	At time.Time

	cause error
}

// Error implements error.
func (e *WalletDeletedError) Error() string {
	return fmt.Sprintf("the wallet was deleted at %s: %s", e.At.UTC().Format(time.RFC3339), e.cause)
}

// Unwrap returns the API's refusal.
func (e *WalletDeletedError) Unwrap() error { return e.cause }

// GetWalletPolicies returns the policies of a wallet. IsNotFound reports whether the error means that the wallet does not exist or that
// it has no policies; [Client.FindWalletPolicies] tells the two apart.
func (c *Client) GetWalletPolicies(ctx context.Context, wallet Ref) (*WalletPolicies, error) {
	var policies WalletPolicies
	call := call{method: http.MethodGet, path: wallet.policiesPath(), out: &policies, repeat: true}
	if err := c.do(ctx, call); err != nil {
		return nil, err
	}
	return &policies, nil
}

// FindWalletPolicies returns the policies of a wallet, nil for a wallet that exists and has none. IsNotFound reports whether the error
// means that the wallet does not exist or was deleted, which [Client.GetConfirmedWallet] confirms.
func (c *Client) FindWalletPolicies(ctx context.Context, wallet Ref) (*WalletPolicies, error) {
	policies, err := c.GetWalletPolicies(ctx, wallet)
	if !IsNotFound(err) {
		return policies, err
	}
	_, err = c.walletWithoutPolicies(ctx, wallet, err)
	return nil, err
}

// GetSettledWalletPolicies is FindWalletPolicies for a wallet that should have policies: if it seems to have none, the client reads again
// until Pace.Settle is over.
func (c *Client) GetSettledWalletPolicies(ctx context.Context, wallet Ref) (*WalletPolicies, error) {
	policies, err := Settled(ctx, c, wallet, c.GetWalletPolicies)
	if !IsNotFound(err) {
		return policies, err
	}
	_, err = c.walletWithoutPolicies(ctx, wallet, err)
	return nil, err
}

// FindSettledWalletPolicies is FindWalletPolicies, but waits for the policies of a new wallet: if the wallet was made less than Pace.Lag
// ago and seems to have no policies, the client reads again until Pace.Settle is over.
func (c *Client) FindSettledWalletPolicies(ctx context.Context, wallet Ref) (*WalletPolicies, error) {
	policies, err := c.GetWalletPolicies(ctx, wallet)
	if !IsNotFound(err) {
		return policies, err
	}
	owner, err := c.walletWithoutPolicies(ctx, wallet, err)
	if err != nil || !c.IsRecent(owner.CreatedAt) {
		return nil, err
	}
	return c.GetSettledWalletPolicies(ctx, wallet)
}

// walletWithoutPolicies decides what a 404 about policies means: it returns the wallet if it exists. If the wallet does not exist,
// IsNotFound is true for the error.
func (c *Client) walletWithoutPolicies(ctx context.Context, wallet Ref, notFound error) (*Wallet, error) {
	owner, err := c.GetConfirmedWallet(ctx, wallet)
	if err != nil {
		return nil, err
	}
	if owner.Deleted() {
		return nil, &WalletDeletedError{*owner.DeletedAt, notFound}
	}
	return owner, nil
}

// UpdateWalletPolicies asks for a change. Reads show it a moment later. The request can be repeated.
//
// After a 404 it reads the wallet. The policies of a wallet can become readable later than the wallet. So if the wallet exists, it repeats
// the request until Pace.Lag after the creation of the wallet, and for at least Pace.Settle. A *NoFirstPoliciesError means that the API
// refused until the end and the wallet exists without policies. IsNotFound is true for this error and for the error that means that the
// wallet does not exist.
func (c *Client) UpdateWalletPolicies(ctx context.Context, wallet Ref, update PolicyUpdate) error {
	send := func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.do(ctx, call{method: http.MethodPatch, path: wallet.policiesPath(), body: update, repeat: true})
	}
	_, err := send(ctx)
	if !IsNotFound(err) {
		return err
	}
	owner, readErr := c.walletWithoutPolicies(ctx, wallet, err)
	if readErr != nil {
		return readErr
	}
	// If the API's clock is ahead of ours, the wait is as long as for a wallet that was created just now.
	patience := max(c.pace.Settle, min(c.pace.Lag-time.Since(owner.CreatedAt), c.pace.Lag))
	if _, err = settle(ctx, c, patience, send); !IsNotFound(err) {
		return err
	}
	policies, readErr := c.FindWalletPolicies(ctx, wallet)
	switch {
	case readErr != nil:
		return readErr
	case policies == nil:
		return &NoFirstPoliciesError{err}
	}
	return err
}
