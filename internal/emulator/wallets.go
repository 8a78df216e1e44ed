package emulator

import (
	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routeWallets() {
	e.route("get_all_organizations_wallets_as_user", e.listWallets)
	e.route("create_wallet", e.createWallet)
	e.route("get_wallet", e.getWallet)
	e.route("update_wallet", e.renameWallet)
	e.route("delete_wallet", e.deleteWallet)
}

func (e *Emulator) listWallets(c *call) reply {
	content := []map[string]any{}
	for _, wallet := range e.world.ListWallets(&c.Call, world.WalletFilter{
		Environment: c.query["environment_id"], Inactive: c.request.URL.Query().Get("inactive") == "true",
	}) {
		if c.opens(wallet.EnvironmentID) {
			content = append(content, walletJSON(wallet))
		}
	}
	return found(content)
}

// readableWallet finds the wallet of the path as a read shows it.
func (e *Emulator) readableWallet(c *call) (*world.WalletState, *problem) {
	wallet, refusal := e.world.ReadWallet(&c.Call, c.ids["wallet_id"])
	switch {
	case refusal != nil:
		return nil, problemOf(refusal)
	case !c.opens(wallet.EnvironmentID):
		return nil, accessDenied()
	}
	return wallet, nil
}

func (e *Emulator) getWallet(c *call) reply {
	wallet, p := e.readableWallet(c)
	if p != nil {
		return refuse(p)
	}
	return found(walletJSON(wallet))
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
	return acceptedUnless(e.world.CreateWallet(&c.Call, Wallet{
		ID: request.ID, EnvironmentID: request.EnvironmentID, Name: request.Name, Network: request.Network,
		LineOfCreditID: request.LineOfCreditID, Limit: request.Limit, Metadata: request.Metadata,
	}))
}

func (e *Emulator) renameWallet(c *call) reply {
	var request struct {
		Name string `json:"name"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	if refusal := world.CheckWalletName(request.Name); refusal != nil {
		return refuse(problemOf(refusal))
	}
	wallet, p := e.readableWallet(c)
	if p != nil {
		return refuse(p)
	}
	return acceptedUnless(e.world.RenameWallet(&c.Call, wallet.ID, request.Name))
}

func (e *Emulator) deleteWallet(c *call) reply {
	wallet, p := e.readableWallet(c)
	if p != nil {
		return refuse(p)
	}
	return acceptedUnless(e.world.DeleteWallet(&c.Call, wallet.ID))
}

// walletJSON writes a wallet in the form of the contract's schema Wallet.
func walletJSON(w *world.WalletState) map[string]any {
	balances := []any{}
	for _, b := range w.Balances {
		balances = append(balances, map[string]any{
			"id": uuid.NewSHA1(w.ID, []byte(b.Currency)), "wallet_id": w.ID, "currency": b.Currency, "network": world.ShownNetwork(w.Network),
			"effective_time": timestamp(later(w.BalancesAt, w.CreatedAt)),
			"available":      signed(b.Currency, b.Amount-w.Held(b.Currency)), "total": signed(b.Currency, b.Amount),
		})
	}
	holds := []any{}
	for _, h := range w.Holds {
		holds = append(holds, map[string]any{
			"id": h.ID, "amount": signed(h.Currency, h.Amount), "effective_time": timestamp(w.CreatedAt),
		})
	}
	settlements := []any{}
	for _, s := range w.PendingSettlements {
		settlements = append(settlements, map[string]any{
			"id": s.ID, "bill_id": nil, "amount": signed(s.Currency, s.Amount), "settlement_type": s.Type, "effective_time": timestamp(w.CreatedAt),
		})
	}
	content := map[string]any{
		"id": w.ID, "organization_id": w.Organization, "environment_id": w.EnvironmentID, "name": w.Name,
		"network": world.ShownNetwork(w.Network), "active": w.Active, "created_at": timestamp(w.CreatedAt), "updated_at": timestamp(w.UpdatedAt),
		"deleted_at": timestampOrNull(w.DeletedAt), "deletion_failed_at": timestampOrNull(w.DeletionFailedAt),
		"line_of_credit_id": w.LineOfCreditID, "limit": w.Limit, "metadata": nil,
		"balances": balances, "holds": holds, "pending_settlements": settlements, "error": nil,
	}
	if len(w.Metadata) > 0 { // reads show missing and empty metadata in the same way
		content["metadata"] = w.Metadata
	}
	if w.Failure != nil {
		content["error"] = map[string]any{"type": w.Failure.Type, "detail": w.Failure.Detail, "context": nil}
	}
	return content
}
