package world

import (
	"cmp"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Policies are the limits and rules of a wallet. The zero value means that it has no policies.
type Policies struct {
	// MaxPaymentSizeSats limits one send, TransactionsPerMinute limits the number of sends per minute, and SendVolumeLimitSats limits the
	// sum of the sends per day.
	MaxPaymentSizeSats, TransactionsPerMinute, SendVolumeLimitSats *int64
	ReflexTemplateID                                               *uuid.UUID
	ReflexThreshold                                                *Money
	OFACCompliant                                                  bool
	// ProcessingFee replaces the rates of the line of credit.
	ProcessingFee *ProcessingFee
}

// ProcessingFee is the fee of a payment in addition to the network fee, in basis points (hundredths of a percent).
type ProcessingFee struct {
	SendBasisPoints, ReceiveBasisPoints int64
}

// none reports whether there is no policy.
func (p Policies) none() bool {
	p.ReflexThreshold = nil // it belongs to another policy
	return p == Policies{}
}

// WalletPolicies are the policies of a wallet at one moment.
type WalletPolicies struct {
	Policies
	CreatedAt, UpdatedAt time.Time
	Failure              *Failure
}

// PolicyChange changes policies. A nil policy stays as it is. The processing fee changes only if SetProcessingFee is true. Then nil removes
// it.
type PolicyChange struct {
	MaxPaymentSizeSats, TransactionsPerMinute, SendVolumeLimitSats *int64
	ReflexTemplateID                                               *uuid.UUID
	OFACCompliant                                                  *bool
	SetProcessingFee                                               bool
	ProcessingFee                                                  *ProcessingFee
}

// Check refuses a change of nothing.
func (p PolicyChange) Check(wallet uuid.UUID) *Refusal {
	if p == (PolicyChange{}) {
		return Invalidf("no_updates_provided", "Nothing to change was given.").About("wallet_id", wallet)
	}
	return nil
}

func noPolicies(wallet uuid.UUID) *Refusal {
	return missing("wallet_policies_not_found", "wallet_id", wallet)
}

// WalletWithPolicies returns a wallet of the organization for a call about its policies. If the wallet does not exist, the refusal is the
// same as for a wallet without policies, since the API does not distinguish the two.
func (w *World) WalletWithPolicies(c *Call, id uuid.UUID) (*WalletState, *Refusal) {
	wallet := w.state.Wallets.seen(id, c.Now)
	if wallet == nil || wallet.Organization != c.Organization || !wallet.live() {
		return nil, noPolicies(id)
	}
	return wallet, nil
}

// lagging reports whether reads of a wallet's policies return 404 because the wallet is new.
func (w *World) lagging(c *Call, wallet *WalletState) bool {
	return c.Now.Before(wallet.CreatedAt.Add(w.settings.PolicyLag))
}

// ReadPolicies returns the policies of a wallet from [World.WalletWithPolicies]. Faults hide the policies and not the wallet.
func (w *World) ReadPolicies(c *Call, wallet *WalletState) (*WalletPolicies, *Refusal) {
	if w.lagging(c, wallet) {
		return nil, noPolicies(wallet.ID)
	}
	policies := w.state.Policies.read(c, wallet.ID, func(p *WalletPolicies) bool { return p.Failure != nil || !p.none() })
	if policies == nil {
		return nil, noPolicies(wallet.ID)
	}
	return policies, nil
}

// ChangePolicies accepts a change of the policies of a wallet from [World.WalletWithPolicies].
func (w *World) ChangePolicies(c *Call, wallet *WalletState, change PolicyChange) *Refusal {
	exist := w.state.Policies.has(wallet.ID)
	if w.settings.NoFirstPolicies && !exist || w.lagging(c, wallet) {
		return noPolicies(wallet.ID)
	}
	next := WalletPolicies{CreatedAt: c.Done}
	switch {
	case !exist:
	case w.state.Policies.seen(wallet.ID, c.Now) == nil:
		// The contract has this refusal without a reason. The only possible reason here is that the first policies are being made.
		return Invalidf("wallet_policies_exist", "The wallet's policies are being made.").About("wallet_id", wallet.ID)
	default:
		next = w.state.Policies.latest(wallet.ID)
	}
	if failure := c.failure(); failure != nil {
		next.Failure = failure
	} else {
		next.apply(change)
	}
	next.UpdatedAt = c.Done
	w.state.Policies.put(wallet.ID, c.Done, next)
	return nil
}

func (p *Policies) apply(change PolicyChange) {
	p.MaxPaymentSizeSats = cmp.Or(change.MaxPaymentSizeSats, p.MaxPaymentSizeSats)
	p.TransactionsPerMinute = cmp.Or(change.TransactionsPerMinute, p.TransactionsPerMinute)
	p.SendVolumeLimitSats = cmp.Or(change.SendVolumeLimitSats, p.SendVolumeLimitSats)
	p.ReflexTemplateID = cmp.Or(change.ReflexTemplateID, p.ReflexTemplateID)
	p.OFACCompliant = *cmp.Or(change.OFACCompliant, &p.OFACCompliant)
	if change.SetProcessingFee {
		p.ProcessingFee = change.ProcessingFee
	}
}

// policiesOf returns the policies of a wallet at a time.
func (w *World) policiesOf(wallet uuid.UUID, at time.Time) Policies {
	if policies := w.state.Policies.seen(wallet, at); policies != nil {
		return policies.Policies
	}
	return Policies{}
}

// processingRates returns the processing fees of a payment at a time: the fees of its wallet, or else the fees of the wallet's line of
// credit. A treasury movement has none.
func (w *World) processingRates(p *Payment, at time.Time) ProcessingFee {
	if p.Category == Treasury {
		return ProcessingFee{}
	}
	if own := w.policiesOf(p.Wallet, at).ProcessingFee; own != nil {
		return *own
	}
	line := w.lineOf(p.Wallet)
	return ProcessingFee{SendBasisPoints: line.SendBasisPoints, ReceiveBasisPoints: line.ReceiveBasisPoints}
}

// rejection returns the reason why a wallet's policies reject a send of an amount in millisatoshis, or an empty text. A policy check moves
// no money, so it counts as a send only after it is promoted.
func (w *World) rejection(wallet, payment uuid.UUID, now time.Time, msats int64) string {
	policies := w.policiesOf(wallet, now)
	sats := func(msats int64) int64 { return (msats + 999) / 1000 }
	sends, volume := int64(1), sats(msats)
	for _, p := range w.state.Payments.all() {
		if p.Wallet != wallet || p.SentAt.IsZero() || p.Status == "failed" || p.ID == payment {
			continue
		}
		if p.SentAt.After(now.Add(-time.Minute)) {
			sends++
		}
		if p.SentAt.After(now.Add(-24 * time.Hour)) { // the contract names no period, and a day is usual
			volume += sats(p.Msats)
		}
	}
	for _, limit := range []struct {
		name  string
		limit *int64
		value int64
	}{
		{"max_payment_size", policies.MaxPaymentSizeSats, sats(msats)},
		{"transaction_velocity", policies.TransactionsPerMinute, sends},
		{"send_volume_limit", policies.SendVolumeLimitSats, volume},
	} {
		if limit.limit != nil && limit.value > *limit.limit {
			return fmt.Sprintf("The wallet's policy %s allows %d, and this makes %d.", limit.name, *limit.limit, limit.value)
		}
	}
	return ""
}

// Policies returns a wallet's policies after everything that was accepted.
func (w *World) Policies(wallet uuid.UUID) Policies {
	if !w.state.Policies.has(wallet) {
		return Policies{}
	}
	return w.state.Policies.latest(wallet).Policies
}

// SetPolicies replaces a wallet's policies immediately, as another client would.
func (w *World) SetPolicies(wallet uuid.UUID, policies Policies) error {
	if !w.state.Wallets.has(wallet) {
		return fmt.Errorf("there is no wallet %s", wallet)
	}
	now := w.settings.Now()
	w.state.Policies.put(wallet, now, WalletPolicies{Policies: policies, CreatedAt: now, UpdatedAt: now})
	return nil
}
