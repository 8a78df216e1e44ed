package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Policies are the policies of a wallet. The zero value means that it has no policies.
type Policies struct {
	// MaxPaymentSizeSats bounds one send, TransactionsPerMinute the sends of a minute, SendVolumeLimitSats those of a day.
	MaxPaymentSizeSats, TransactionsPerMinute, SendVolumeLimitSats *int64
	ReflexTemplateID                                               *uuid.UUID
	ReflexThreshold                                                *Money
	OFACCompliant                                                  bool
	// ProcessingFee stands in for the line of credit's rates.
	ProcessingFee *ProcessingFee
}

// ProcessingFee is what a payment costs beside the network's fee, in hundredths of a percent.
type ProcessingFee struct {
	SendBasisPoints, ReceiveBasisPoints int64
}

// policiesState is the policies of a wallet at one moment.
type policiesState struct {
	Policies
	createdAt, updatedAt time.Time
	failure              *FailAsync
}

func (e *Emulator) routePolicies() {
	e.route("get_wallet_policies", e.getPolicies)
	e.route("update_wallet_policies", e.updatePolicies)
}

// getPolicies finds the policies of the wallet of the path. Effects on reads are about the policies, not about the wallet.
func (e *Emulator) getPolicies(c *call) reply {
	id := c.ids["wallet_id"]
	missing := notFound("wallet_policies_not_found", "wallet_id", id)
	wallet, p := e.walletWithPolicies(c)
	if p != nil {
		return refuse(p)
	}
	if c.now.Before(wallet.createdAt.Add(e.config.PolicyLag)) {
		return refuse(missing)
	}
	history := e.world.policies[id]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || history == nil {
		return refuse(missing)
	}
	_, stale := effectOn[Stale](c.request.Context())
	state := history.seen(c.now, stale)
	if state == nil || state.failure == nil && len(state.list(id)) == 0 {
		return refuse(missing)
	}
	return found(state.json(c.org.ID, id))
}

// walletWithPolicies finds the wallet of the path, whose 404 is the one of a wallet without policies: the API does not tell the two apart.
func (e *Emulator) walletWithPolicies(c *call) (*walletState, *problem) {
	id := c.ids["wallet_id"]
	var wallet *walletState
	if history := e.world.wallets[id]; history != nil {
		wallet = history.seen(c.now, false)
	}
	switch {
	case wallet == nil || wallet.organization != c.org.ID || !wallet.live():
		return nil, notFound("wallet_policies_not_found", "wallet_id", id)
	case !c.opens(wallet.EnvironmentID):
		return nil, accessDenied()
	}
	return wallet, nil
}

// updatePolicies changes what is given. Only processing_fee has a meaning as null.
func (e *Emulator) updatePolicies(c *call) reply {
	var request struct {
		MaxPaymentSizeSats    *int64          `json:"max_payment_size_sats"`
		TransactionsPerMinute *int64          `json:"transactions_per_minute"`
		SendVolumeLimitSats   *int64          `json:"send_volume_limit_sats"`
		TemplateID            *uuid.UUID      `json:"template_id"`
		OFACCompliant         *bool           `json:"ofac_compliant"`
		ProcessingFee         json.RawMessage `json:"processing_fee"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	id := c.ids["wallet_id"]
	fee, p := readProcessingFee(request.ProcessingFee)
	if p != nil {
		return refuse(p)
	}
	if request.MaxPaymentSizeSats == nil && request.TransactionsPerMinute == nil && request.SendVolumeLimitSats == nil &&
		request.TemplateID == nil && request.OFACCompliant == nil && request.ProcessingFee == nil {
		return refuse(badRequest("no_updates_provided", "Nothing to change was given.").about("wallet_id", id))
	}
	wallet, p := e.walletWithPolicies(c)
	if p != nil {
		return refuse(p)
	}
	if e.config.NoFirstPolicies && e.world.policies[id] == nil || c.now.Before(wallet.createdAt.Add(e.config.PolicyLag)) {
		return refuse(notFound("wallet_policies_not_found", "wallet_id", id))
	}
	history := e.world.policies[id]
	state := policiesState{createdAt: c.done}
	switch {
	case history == nil:
	case history.seen(c.now, false) == nil:
		// The contract names this refusal and not its reason. Here it is what remains: the first policies are being made.
		return refuse(badRequest("wallet_policies_exist", "The wallet's policies are being made.").about("wallet_id", id))
	default:
		state = history.latest()
	}
	if failure, fails := effectOn[FailAsync](c.request.Context()); fails {
		state.failure = &failure
	} else {
		state.MaxPaymentSizeSats = cmp.Or(request.MaxPaymentSizeSats, state.MaxPaymentSizeSats)
		state.TransactionsPerMinute = cmp.Or(request.TransactionsPerMinute, state.TransactionsPerMinute)
		state.SendVolumeLimitSats = cmp.Or(request.SendVolumeLimitSats, state.SendVolumeLimitSats)
		state.ReflexTemplateID = cmp.Or(request.TemplateID, state.ReflexTemplateID)
		state.OFACCompliant = *cmp.Or(request.OFACCompliant, &state.OFACCompliant)
		if request.ProcessingFee != nil {
			state.ProcessingFee = fee
		}
	}
	state.updatedAt = c.done
	e.acceptPolicies(id, c.done, state)
	return accepted()
}

// readProcessingFee reads the rates; nil for null.
func readProcessingFee(body json.RawMessage) (*ProcessingFee, *problem) {
	if body == nil || bytes.Equal(body, []byte("null")) {
		return nil, nil
	}
	var rates struct {
		Send    int64 `json:"send_basis_points"`
		Receive int64 `json:"receive_basis_points"`
	}
	if p := decodeStrictly(body, &rates); p != nil {
		return nil, p
	}
	return &ProcessingFee{SendBasisPoints: rates.Send, ReceiveBasisPoints: rates.Receive}, nil
}

func (e *Emulator) acceptPolicies(wallet uuid.UUID, at time.Time, state policiesState) {
	if history := e.world.policies[wallet]; history != nil {
		history.change(at, state)
		return
	}
	e.world.policies[wallet] = &history[policiesState]{{at: at, state: state}}
}

// policiesOf are the policies that hold for a wallet at a time.
func (e *Emulator) policiesOf(wallet uuid.UUID, at time.Time) Policies {
	if history := e.world.policies[wallet]; history != nil {
		if state := history.seen(at, false); state != nil {
			return state.Policies
		}
	}
	return Policies{}
}

// processingRates are the processing fees of a wallet at a time: its own, or else its line of credit's.
func (e *Emulator) processingRates(wallet uuid.UUID, at time.Time) ProcessingFee {
	if own := e.policiesOf(wallet, at).ProcessingFee; own != nil {
		return *own
	}
	line := e.lineOf(wallet)
	return ProcessingFee{SendBasisPoints: line.SendBasisPoints, ReceiveBasisPoints: line.ReceiveBasisPoints}
}

// rejection is what a wallet's policies have against a send of so many millisatoshis, empty for nothing.
func (e *Emulator) rejection(wallet, payment uuid.UUID, now time.Time, msats int64) string {
	policies := e.policiesOf(wallet, now)
	sats := func(msats int64) int64 { return (msats + 999) / 1000 }
	sends, volume := int64(1), sats(msats)
	for _, id := range e.world.paymentOrder {
		p := e.world.payments[id].latest()
		if p.wallet != wallet || p.direction != "send" || p.status == "failed" || id == payment {
			continue
		}
		if p.createdAt.After(now.Add(-time.Minute)) {
			sends++
		}
		if p.createdAt.After(now.Add(-24 * time.Hour)) { // the contract names no time; a day is what such limits are counted by
			volume += sats(p.msats)
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

// list is the policies as a list of the contract's schema Policy.
func (s *policiesState) list(wallet uuid.UUID) []map[string]any {
	policies := []map[string]any{}
	add := func(kind string, data map[string]any) {
		data["id"], data["created_at"] = uuid.NewSHA1(wallet, []byte(kind)), timestamp(s.createdAt)
		if kind != "ofac_compliant" {
			data["updated_at"] = timestamp(s.updatedAt)
		}
		policies = append(policies, map[string]any{"type": kind, "data": data})
	}
	if s.MaxPaymentSizeSats != nil {
		add("max_payment_size", map[string]any{"max_size_sats": *s.MaxPaymentSizeSats})
	}
	if s.TransactionsPerMinute != nil {
		add("transaction_velocity", map[string]any{"transactions_per_minute": *s.TransactionsPerMinute})
	}
	if s.SendVolumeLimitSats != nil {
		add("send_volume_limit", map[string]any{"limit_sats": *s.SendVolumeLimitSats})
	}
	if s.ReflexTemplateID != nil {
		data := map[string]any{"template_id": *s.ReflexTemplateID, "threshold": nil}
		if m := s.ReflexThreshold; m != nil {
			data["threshold"] = plain(*m)
		}
		add("reflex_approval", data)
	}
	if s.OFACCompliant {
		add("ofac_compliant", map[string]any{})
	}
	if s.ProcessingFee != nil {
		add("processing_fee", map[string]any{"rates": map[string]any{
			"send_basis_points": s.ProcessingFee.SendBasisPoints, "receive_basis_points": s.ProcessingFee.ReceiveBasisPoints,
		}})
	}
	return policies
}

// json is the policies as the contract's schema WalletPolicies.
func (s *policiesState) json(organization, wallet uuid.UUID) map[string]any {
	policies := s.list(wallet)
	if s.updatedAt.After(s.createdAt) {
		slices.Reverse(policies) // the contract promises no order, and nobody shall count on one
	}
	content := map[string]any{
		"id": uuid.NewSHA1(wallet, []byte("policies")), "organization_id": organization, "policies": policies,
		"updated_at": timestamp(s.updatedAt),
	}
	if s.failure != nil {
		content["error"] = map[string]any{"type": s.failure.Type, "detail": s.failure.Detail}
	}
	return content
}

// Policies returns a wallet's policies after everything that was accepted.
func (e *Emulator) Policies(wallet uuid.UUID) Policies {
	e.mu.Lock()
	defer e.mu.Unlock()
	if history := e.world.policies[wallet]; history != nil {
		return history.latest().Policies
	}
	return Policies{}
}

// SetPolicies replaces a wallet's policies at once, as somebody else would.
func (e *Emulator) SetPolicies(wallet uuid.UUID, policies Policies) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.world.wallets[wallet] == nil {
		return fmt.Errorf("there is no wallet %s", wallet)
	}
	now := e.config.Now()
	e.acceptPolicies(wallet, now, policiesState{Policies: policies, createdAt: now, updatedAt: now})
	return nil
}
