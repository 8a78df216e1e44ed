package emulator

import (
	"bytes"
	"encoding/json"
	"slices"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routePolicies() {
	e.route("get_wallet_policies", e.getPolicies)
	e.route("update_wallet_policies", e.updatePolicies)
}

// walletWithPolicies finds the wallet of the path.
func (e *Emulator) walletWithPolicies(c *call) (*world.WalletState, *problem) {
	wallet, refusal := e.world.WalletWithPolicies(&c.Call, c.ids["wallet_id"])
	switch {
	case refusal != nil:
		return nil, problemOf(refusal)
	case !c.opens(wallet.EnvironmentID):
		return nil, accessDenied()
	}
	return wallet, nil
}

func (e *Emulator) getPolicies(c *call) reply {
	wallet, p := e.walletWithPolicies(c)
	if p != nil {
		return refuse(p)
	}
	policies, refusal := e.world.ReadPolicies(&c.Call, wallet)
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return found(policiesJSON(wallet, policies))
}

// updatePolicies changes the given policies. Only for processing_fee, null has a meaning.
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
	fee, p := readProcessingFee(request.ProcessingFee)
	if p != nil {
		return refuse(p)
	}
	change := world.PolicyChange{
		MaxPaymentSizeSats: request.MaxPaymentSizeSats, TransactionsPerMinute: request.TransactionsPerMinute,
		SendVolumeLimitSats: request.SendVolumeLimitSats, ReflexTemplateID: request.TemplateID, OFACCompliant: request.OFACCompliant,
		SetProcessingFee: request.ProcessingFee != nil, ProcessingFee: fee,
	}
	if refusal := change.Check(c.ids["wallet_id"]); refusal != nil {
		return refuse(problemOf(refusal))
	}
	wallet, p := e.walletWithPolicies(c)
	if p != nil {
		return refuse(p)
	}
	return acceptedUnless(e.world.ChangePolicies(&c.Call, wallet, change))
}

// readProcessingFee reads the rates. It returns nil for null.
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

// policyListJSON writes the policies as a list in the form of the contract's schema Policy.
func policyListJSON(wallet uuid.UUID, p *world.WalletPolicies) []map[string]any {
	policies := []map[string]any{}
	add := func(kind string, data map[string]any) {
		data["id"], data["created_at"] = uuid.NewSHA1(wallet, []byte(kind)), timestamp(p.CreatedAt)
		if kind != "ofac_compliant" {
			data["updated_at"] = timestamp(p.UpdatedAt)
		}
		policies = append(policies, map[string]any{"type": kind, "data": data})
	}
	if p.MaxPaymentSizeSats != nil {
		add("max_payment_size", map[string]any{"max_size_sats": *p.MaxPaymentSizeSats})
	}
	if p.TransactionsPerMinute != nil {
		add("transaction_velocity", map[string]any{"transactions_per_minute": *p.TransactionsPerMinute})
	}
	if p.SendVolumeLimitSats != nil {
		add("send_volume_limit", map[string]any{"limit_sats": *p.SendVolumeLimitSats})
	}
	if p.ReflexTemplateID != nil {
		add("reflex_approval", map[string]any{"template_id": *p.ReflexTemplateID, "threshold": plainOrNull(p.ReflexThreshold)})
	}
	if p.OFACCompliant {
		add("ofac_compliant", map[string]any{})
	}
	if p.ProcessingFee != nil {
		add("processing_fee", map[string]any{"rates": map[string]any{
			"send_basis_points": p.ProcessingFee.SendBasisPoints, "receive_basis_points": p.ProcessingFee.ReceiveBasisPoints,
		}})
	}
	return policies
}

// policiesJSON writes the policies in the form of the contract's schema WalletPolicies.
func policiesJSON(wallet *world.WalletState, p *world.WalletPolicies) map[string]any {
	policies := policyListJSON(wallet.ID, p)
	if p.UpdatedAt.After(p.CreatedAt) {
		slices.Reverse(policies) // the contract promises no order, so no client may rely on one
	}
	content := map[string]any{
		"id": uuid.NewSHA1(wallet.ID, []byte("policies")), "organization_id": wallet.Organization, "policies": policies,
		"updated_at": timestamp(p.UpdatedAt),
	}
	if p.Failure != nil {
		content["error"] = map[string]any{"type": p.Failure.Type, "detail": p.Failure.Detail}
	}
	return content
}
