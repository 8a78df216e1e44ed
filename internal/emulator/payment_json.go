package emulator

import (
	"fmt"
	"maps"
	"strings"
)

// json is the payment as the contract's schema Payment. Every field is there that the contract requires or names for its kind.
func (p *paymentState) json() map[string]any {
	content := map[string]any{
		"id": p.id, "wallet_id": p.wallet, "organization_id": p.organization, "environment_id": p.environment,
		"created_at": timestamp(p.createdAt), "updated_at": timestamp(p.updatedAt), "currency": p.currency, "direction": p.direction,
		"status": p.status, "type": p.kind, "payment_category": "standard", "metadata": nil, "error": nil, "exchanges": p.exchanges(),
	}
	if len(p.metadata) > 0 {
		content["metadata"] = p.metadata
	}
	if p.failure != nil {
		content["error"] = p.failure.json()
	}
	if p.processing != nil {
		content["processing_fee"] = map[string]any{"basis_points": p.processing.points, "amount": plain(p.processing.amount)}
	}
	if p.breakdown != nil {
		content["payment_breakdown"] = p.breakdown.json()
	}
	data := map[string]any{"amount": plain(p.amount), "market_quote": nil}
	if p.quote != nil {
		data["market_quote"] = p.quote.market()
	}
	p.destination(data)
	if p.direction == "send" {
		content["route"] = "direct"
		data["max_fee"], data["fees"], data["outflows"] = plain(p.maxFee), plainOrNull(p.fees), flows(p.flows)
	} else {
		content["frozen"] = []any{}
		data["expiration"], data["receipts"] = p.expiration, flows(p.flows)
		if p.fees != nil { // absent without a fee
			data["fees"] = plain(*p.fees)
		}
		if p.requested != nil {
			content["requested_amount"] = plain(*p.requested)
		}
		if p.uri != "" {
			content["bip21_uri"] = p.uri
		}
	}
	p.deprecated(data)
	content["data"] = data
	return content
}

// destination adds what a payment is paid by, and what it is for, under the names that its kind has for it.
func (p paymentState) destination(data map[string]any) {
	texts := map[string]string{}
	if p.hidden {
		p.paymentRequest, p.address = "", ""
	}
	switch p.kind {
	case "bolt11":
		texts = map[string]string{"payment_request": p.paymentRequest, "memo": p.description}
	case "onchain":
		texts = map[string]string{"address": p.address, "label": p.description}
	case "bip21":
		texts = map[string]string{"payment_request": p.paymentRequest, "address": p.address, "description": p.description}
	case "taprootasset":
		texts = map[string]string{"payment_request": p.paymentRequest, "memo": p.description}
		maps.Copy(data, map[string]any{
			"asset": strings.TrimPrefix(p.amount.Currency, "asset:"), "quote": nil, "btc_amount": nil, "asset_amount": nil,
		})
	}
	for name, text := range texts {
		if data[name] = nil; text != "" {
			data[name] = text
		}
	}
}

// deprecated adds the numbers of old: BTC, in satoshis where the payment is on-chain, and required by the contract.
func (p *paymentState) deprecated(data map[string]any) {
	suffix, per := "_msats", int64(1)
	switch p.kind {
	case "onchain":
		suffix, per = "_sats", 1000
	case "taprootasset":
		return
	}
	data["amount"+suffix] = p.msats / per
	if p.direction == "send" {
		data["max_fee"+suffix], data["fee"+suffix] = p.maxFeeMsats/per, nil
		if p.fees != nil {
			data["fee"+suffix] = p.feeMsats / per
		}
	}
}

// exchanges is what was exchanged, the way that the money went.
func (p *paymentState) exchanges() []any {
	if p.quote == nil || p.status != "completed" {
		return []any{}
	}
	btc, usd := plain(Money{"btc", p.msats + p.feeMsats}), p.amount
	if p.direction == "send" && p.fees != nil {
		usd.Amount += p.fees.Amount
	}
	exchange := map[string]any{
		"ledger_id": derived(p.id, "exchange"), "quote_id": p.quote.id, "from_amount": plain(usd), "to_amount": btc,
		"quote": map[string]any{"type": "market_rate", "detail": p.quote.market()},
	}
	if p.direction == "receive" {
		exchange["from_amount"], exchange["to_amount"] = plain(Money{"btc", p.msats}), plain(p.amount)
	}
	return []any{exchange}
}

func (b *breakdown) json() map[string]any {
	return map[string]any{"principal": plain(b.principal), "network_fee": plain(b.network), "processing_fee": plain(b.processing)}
}

// ledgerJSON is the breakdown as the ledger has it, in the contract's schema WalletPaymentBreakdown.
func (b *breakdown) ledgerJSON(kind, route string, points int64) map[string]any {
	content := b.json()
	content["processing_fee"] = map[string]any{
		"amount": plain(b.processing), "basis_points": points, "payment_classification": map[string]any{"kind": kind, "route": route},
	}
	return content
}

func (f *paymentFailure) json() map[string]any {
	content := map[string]any{"type": f.kind, "detail": f.detail}
	if f.code != "" {
		content["code"] = f.code // there only where it says more than type
	}
	if f.context != nil {
		content["context"] = f.context
	}
	return content
}

func flows(list []flow) []any {
	result := []any{}
	for _, f := range list {
		result = append(result, map[string]any{"type": f.kind, "data": f.data})
	}
	return result
}

// market is the rate of a quote as the contract's schema MarketQuote. A rate is base units for one BTC, <coefficient>e<scale>, which
// means coefficient / 10^scale. Both ways of writing one occur: which depends on what the quote is from.
func (q *quoteState) market() map[string]any {
	rate := fmt.Sprintf("%de0", q.centsPerBTC)
	if q.to == "btc" {
		rate = fmt.Sprintf("%de2", q.centsPerBTC*100)
	}
	return map[string]any{
		"from": q.amount.Currency, "to": q.to, "rate": rate,
		"quoted_at": timestampOrNull(q.createdAt), "expires_at": timestampOrNull(q.expiresAt),
	}
}
