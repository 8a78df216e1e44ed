package emulator

import (
	"maps"
	"strings"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// paymentJSON writes a payment in the form of the contract's schema Payment. It has every field that the contract requires or names for its
// kind.
func paymentJSON(p *world.Payment) map[string]any {
	content := map[string]any{
		"id": p.ID, "wallet_id": p.Wallet, "organization_id": p.Organization, "environment_id": p.Environment,
		"created_at": timestamp(p.CreatedAt), "updated_at": timestamp(p.UpdatedAt), "currency": p.Currency, "direction": p.Direction,
		"status": p.Status, "type": p.Kind, "payment_category": p.Category, "metadata": nil, "error": nil, "exchanges": exchangesJSON(p),
	}
	if len(p.Metadata) > 0 {
		content["metadata"] = p.Metadata
	}
	if p.Failure != nil {
		content["error"] = paymentFailureJSON(p.Failure)
	}
	if p.CheckOnly != nil {
		content["check_only"] = *p.CheckOnly
	}
	if p.Processing != nil {
		content["processing_fee"] = map[string]any{"basis_points": p.Processing.BasisPoints, "amount": plain(p.Processing.Amount)}
	}
	if p.Breakdown != nil {
		content["payment_breakdown"] = breakdownJSON(p.Breakdown)
	}
	data := map[string]any{"amount": plain(p.Amount), "market_quote": nil}
	if p.Quote != nil {
		data["market_quote"] = marketJSON(p.Quote)
	}
	addDestination(data, p)
	if p.Direction == "send" {
		content["route"] = "direct"
		data["max_fee"], data["fees"], data["outflows"] = plain(p.MaxFee), plainOrNull(p.Fees), each(p.Flows, flowJSON)
	} else {
		content["frozen"] = []any{}
		data["expiration"], data["receipts"] = p.Expiration, each(p.Flows, flowJSON)
		if p.Fees != nil { // the field is absent without a fee
			data["fees"] = plain(*p.Fees)
		}
		if p.Requested != nil {
			content["requested_amount"] = plain(*p.Requested)
		}
		if p.URI != "" {
			content["bip21_uri"] = p.URI
		}
	}
	addDeprecated(data, p)
	content["data"] = data
	return content
}

// addDestination adds the invoice, the address and the text of a payment, with the field names of its kind.
func addDestination(data map[string]any, p *world.Payment) {
	invoice, address := p.PaymentRequest, p.Address
	if p.Hidden {
		invoice, address = "", ""
	}
	texts := map[string]string{}
	switch p.Kind {
	case "bolt11":
		texts = map[string]string{"payment_request": invoice, "memo": p.Description}
	case "onchain":
		texts = map[string]string{"address": address, "label": p.Description}
	case "bip21":
		texts = map[string]string{"payment_request": invoice, "address": address, "description": p.Description}
	case "taprootasset":
		texts = map[string]string{"payment_request": invoice, "memo": p.Description}
		maps.Copy(data, map[string]any{
			"asset": strings.TrimPrefix(p.Amount.Currency, "asset:"), "quote": nil, "btc_amount": nil, "asset_amount": nil,
		})
	}
	for name, text := range texts {
		if data[name] = nil; text != "" {
			data[name] = text
		}
	}
}

// addDeprecated adds the deprecated amounts, which the contract requires. They are in satoshis for an on-chain payment and otherwise in
// millisatoshis.
func addDeprecated(data map[string]any, p *world.Payment) {
	suffix, per := "_msats", int64(1)
	switch p.Kind {
	case "onchain":
		suffix, per = "_sats", 1000
	case "taprootasset":
		return
	}
	data["amount"+suffix] = p.Msats / per
	if p.Direction == "send" {
		data["max_fee"+suffix], data["fee"+suffix] = p.MaxFeeMsats/per, nil
		if p.Fees != nil {
			data["fee"+suffix] = p.FeeMsats / per
		}
	}
}

// exchangesJSON writes the exchange of a payment, in the direction of the money.
func exchangesJSON(p *world.Payment) []any {
	if p.Quote == nil || p.Status != "completed" {
		return []any{}
	}
	btc, usd := plain(Money{Currency: "btc", Amount: p.Msats + p.FeeMsats}), p.Amount
	if p.Direction == "send" && p.Fees != nil {
		usd.Amount += p.Fees.Amount
	}
	exchange := map[string]any{
		"ledger_id": p.ExchangeID(), "quote_id": p.Quote.ID, "from_amount": plain(usd), "to_amount": btc,
		"quote": map[string]any{"type": "market_rate", "detail": marketJSON(p.Quote)},
	}
	if p.Direction == "receive" {
		exchange["from_amount"], exchange["to_amount"] = plain(Money{Currency: "btc", Amount: p.Msats}), plain(p.Amount)
	}
	return []any{exchange}
}

func breakdownJSON(b *world.Breakdown) map[string]any {
	return map[string]any{"principal": plain(b.Principal), "network_fee": plain(b.Network), "processing_fee": plain(b.Processing)}
}

func paymentFailureJSON(f *world.Failure) map[string]any {
	content := map[string]any{"type": f.Type, "detail": f.Detail}
	if f.Code != "" {
		content["code"] = f.Code // only if it is more specific than the type
	}
	if f.Amount != nil {
		content["context"] = map[string]any{"amount": plain(*f.Amount)}
	}
	if f.Numbers != nil {
		content["context"] = f.Numbers
	}
	return content
}

// requiredConfirmations is the number of confirmations that a transaction needs. It is the emulator's choice.
const requiredConfirmations = 1

// flowJSON writes one transfer in the form of the contract's schemas of receipts and outflows.
func flowJSON(f world.Flow) map[string]any {
	data := map[string]any{"ledger_id": f.Ledger}
	switch f.Kind {
	case world.Lightning:
		data["preimage"], data["payment_hash"] = f.Preimage, f.PaymentHash
	case world.ShortCircuit:
		data["amount_msats"], data["offset_payment_id"] = f.Msats, f.Other
	case world.Onchain:
		maps.Copy(data, map[string]any{
			"required_confirmations_num": requiredConfirmations, "tx_id": f.TransactionID, "amount_sats": f.Msats / 1000,
			"sanctioned_info": nil, "is_pending": f.MinedAt == nil, "height_mined_at": nil, "mined_at": nil,
		})
		if f.MinedAt == nil {
			data["ledger_id"] = nil
		} else {
			data["height_mined_at"], data["mined_at"] = world.BlockHeight(*f.MinedAt), f.MinedAt.Unix()
		}
	}
	return map[string]any{"type": f.Kind, "data": data}
}
