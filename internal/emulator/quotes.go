package emulator

import (
	"fmt"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routeQuotes() {
	e.route("get_quotes_as_user", e.listQuotes)
	e.route("request_a_quote", e.createQuote)
	e.route("get_a_quote_as_user", e.getQuote)
}

func (e *Emulator) createQuote(c *call) reply {
	var request struct {
		ID              uuid.UUID       `json:"id"`
		LineOfCreditID  uuid.UUID       `json:"line_of_credit_id"`
		Network         string          `json:"network"`
		Amount          *requestedMoney `json:"amount"`
		To              string          `json:"to"`
		TargetPrecision *struct {
			Currency  string `json:"currency"`
			Precision string `json:"precision"`
		} `json:"target_precision"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	return acceptedUnless(e.world.CreateQuote(&c.Call, world.QuoteOrder{
		ID: request.ID, Line: request.LineOfCreditID, Network: request.Network, Amount: request.Amount.money(), To: request.To,
		Precision: (*world.Precision)(request.TargetPrecision),
	}))
}

func (e *Emulator) listQuotes(c *call) reply {
	page, p := c.page()
	if p != nil {
		return refuse(p)
	}
	query := c.request.URL.Query()
	filter := world.QuoteFilter{Network: query.Get("network")}
	if p := readID(query, "wallet_id", &filter.Wallet); p != nil {
		return refuse(p)
	}
	quotes := e.world.ListQuotes(&c.Call, filter)
	return found(map[string]any{
		"items": each(part(quotes, page), quoteJSON), "offset": page.offset, "limit": page.limit, "total": len(quotes),
	})
}

func (e *Emulator) getQuote(c *call) reply {
	quote, refusal := e.world.ReadQuote(&c.Call, c.ids["quote_id"])
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return found(quoteJSON(quote))
}

// quoteJSON writes a quote in the form of the contract's schema Quote.
func quoteJSON(q *world.Quote) map[string]any {
	content := map[string]any{
		"id": q.ID, "organization_id": q.Organization, "network": q.Network, "to": q.To, "wallet_id": q.Wallet, "amount": plain(q.Amount),
		"target_precision": map[string]any{"currency": q.Precision.Currency, "precision": q.Precision.Precision},
		"requested_at":     timestamp(q.RequestedAt), "created_at": timestampOrNull(q.CreatedAt),
		"consumed_at": timestampOrNull(q.ConsumedAt), "expires_at": timestampOrNull(q.ExpiresAt), "failed_at": timestampOrNull(q.FailedAt),
		"error": nil, "quote": nil,
	}
	if q.CreatedAt != nil {
		content["quote"] = map[string]any{"type": "market_rate", "detail": marketJSON(q)}
	}
	if q.Failure != nil {
		content["error"] = map[string]any{"type": q.Failure.Type, "detail": q.Failure.Detail}
	}
	return content
}

// marketJSON writes the rate of a quote in the form of the contract's schema MarketQuote. A rate is the price of one BTC in base units,
// written as <coefficient>e<scale>, and its value is coefficient / 10^scale. Both notations of the same rate occur, depending on the
// currency of the quote.
func marketJSON(q *world.Quote) map[string]any {
	rate := fmt.Sprintf("%de0", q.CentsPerBTC)
	if q.To == "btc" {
		rate = fmt.Sprintf("%de2", q.CentsPerBTC*100)
	}
	return map[string]any{
		"from": q.Amount.Currency, "to": q.To, "rate": rate,
		"quoted_at": timestampOrNull(q.CreatedAt), "expires_at": timestampOrNull(q.ExpiresAt),
	}
}
