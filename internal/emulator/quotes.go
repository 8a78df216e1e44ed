package emulator

import (
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// quoteState is a quote at one moment.
type quoteState struct {
	id, organization, environment, line uuid.UUID
	network                             string
	amount                              Money
	to                                  string
	requestedAt                         time.Time
	createdAt, consumedAt, expiresAt    *time.Time
	failedAt                            *time.Time
	failure                             *FailAsync
	wallet                              *uuid.UUID
	exchange                            exchanged
}

// exchanged is both sides of a quote.
type exchanged struct {
	msats int64
	usd   Money // in cents
}

func (e *Emulator) routeQuotes() {
	const base = "/organizations/{organization_id}/environments/{environment_id}/quotes"
	e.route("request_a_quote", "POST "+base, toWrite, e.createQuote)
	e.route("get_a_quote_as_user", "GET "+base+"/{quote_id}", toRead, e.getQuote)
}

func (e *Emulator) createQuote(c *call) reply {
	var request struct {
		ID              *uuid.UUID      `json:"id"`
		LineOfCreditID  *uuid.UUID      `json:"line_of_credit_id"`
		Network         *string         `json:"network"`
		Amount          *requestedMoney `json:"amount"`
		To              *string         `json:"to"`
		TargetPrecision any             `json:"target_precision"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	if request.ID == nil || request.LineOfCreditID == nil || request.Network == nil || request.Amount == nil || request.To == nil {
		return refuse(invalidData("a quote has id, line_of_credit_id, network, amount and to"))
	}
	if e.world.quotes[*request.ID] != nil {
		return refuse(&problem{status: http.StatusConflict, kind: "quote_already_exists", detail: fmt.Sprintf("There is a quote %s already.", request.ID)})
	}
	amount, p := request.Amount.money()
	if p != nil {
		return refuse(p)
	}
	line := c.org.lines[*request.LineOfCreditID]
	switch {
	case line == nil || line.EnvironmentID != c.ids["environment_id"]:
		return refuse(badRequest("line_of_credit_not_found", fmt.Sprintf("The environment has no line of credit %s.", request.LineOfCreditID)))
	case readNetwork(line.Network) != *request.Network:
		return refuse(badRequest("line_of_credit_network_mismatch", "The line of credit is on another network."))
	case amount.Currency+" to "+*request.To != "btc to usd" && amount.Currency+" to "+*request.To != "usd to btc":
		return refuse(badRequest("invalid_currency", "A quote is between btc and usd."))
	}
	state := quoteState{
		id: *request.ID, organization: c.org.ID, environment: line.EnvironmentID, line: line.ID, network: *request.Network,
		amount: *amount, to: *request.To, requestedAt: c.now,
	}
	if amount.Currency == "usd" {
		state.exchange = exchanged{msats: e.world.msats(*amount), usd: *amount}
	} else {
		state.exchange = exchanged{msats: amount.Amount, usd: Money{"usd", e.world.cents(amount.Amount, true)}}
	}
	h := &history[quoteState]{{at: c.done, state: state}}
	e.world.quotes[state.id] = h
	made := c.done.Add(e.config.Delay)
	if failure, fails := effectOn[FailAsync](c.request.Context()); fails {
		h.step(made, func(q *quoteState) { q.failedAt, q.failure = &made, &failure })
		return accepted()
	}
	expires := made.Add(e.config.QuoteLife)
	h.step(made, func(q *quoteState) { q.createdAt, q.expiresAt = &made, &expires })
	return accepted()
}

func (e *Emulator) getQuote(c *call) reply {
	missing := notFound("quote_not_found", fmt.Sprintf("There is no quote %s.", c.ids["quote_id"]))
	h := e.world.quotes[c.ids["quote_id"]]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || h == nil {
		return refuse(missing)
	}
	_, stale := effectOn[Stale](c.request.Context())
	q := h.seen(c.now, stale)
	if q == nil || q.organization != c.org.ID || q.environment != c.ids["environment_id"] {
		return refuse(missing)
	}
	return found(q.json(e.world.centsPerBTC))
}

// consumeQuote uses the quote that a payment of a USD wallet names. Nil is what other wallets get, which need none.
func (e *Emulator) consumeQuote(c *call, wallet *walletState, id *uuid.UUID, amount *Money) (*exchanged, *problem) {
	if e.currencyOf(wallet) != "usd" {
		if id != nil {
			return nil, badRequest("invalid_quote", "Only a wallet on a USD line of credit uses quotes.")
		}
		if amount != nil && amount.Currency == "usd" {
			return nil, badRequest("invalid_currency", "The wallet is not in usd.")
		}
		return nil, nil
	}
	if id == nil {
		return nil, badRequest("invalid_quote", "A wallet on a USD line of credit needs a quote.")
	}
	h := e.world.quotes[*id]
	if h == nil || h.seen(c.now, false) == nil {
		return nil, badRequest("invalid_quote", fmt.Sprintf("There is no quote %s.", id))
	}
	q := h.latest()
	switch {
	case q.environment != wallet.EnvironmentID || wallet.LineOfCreditID == nil || q.line != *wallet.LineOfCreditID:
		return nil, badRequest("invalid_quote", "The quote is for another line of credit.")
	case q.failedAt != nil, q.createdAt == nil || q.createdAt.After(c.now):
		return nil, badRequest("invalid_quote", "The quote is not made.")
	case q.consumedAt != nil:
		return nil, badRequest("invalid_quote", "The quote was used before.")
	case !q.expiresAt.After(c.now):
		return nil, badRequest("invalid_quote", "The quote has expired.")
	case amount == nil || *amount != q.amount:
		return nil, badRequest("amount_match_failed", "The amount is not the quoted one.")
	}
	h.step(c.now, func(next *quoteState) { next.consumedAt, next.wallet = &c.now, &wallet.ID })
	return &q.exchange, nil
}

// json is the quote as the contract's schema Quote.
func (q *quoteState) json(centsPerBTC int64) map[string]any {
	content := map[string]any{
		"id": q.id, "organization_id": q.organization, "network": q.network, "to": q.to, "wallet_id": q.wallet,
		"amount":       map[string]any{"currency": q.amount.Currency, "amount": q.amount.Amount, "unit": unit(q.amount.Currency)},
		"requested_at": timestamp(q.requestedAt), "created_at": timestampOrNull(q.createdAt), "consumed_at": timestampOrNull(q.consumedAt),
		"expires_at": timestampOrNull(q.expiresAt), "failed_at": timestampOrNull(q.failedAt), "error": nil, "quote": nil,
	}
	if q.createdAt != nil {
		// A rate is <coefficient>e<scale>: coefficient / 10^scale, and not scientific notation.
		content["quote"] = map[string]any{"rate": fmt.Sprintf("%de2", centsPerBTC), "base": "btc", "counter": "usd"}
	}
	if q.failure != nil {
		content["error"] = map[string]any{"type": q.failure.Type, "detail": q.failure.Detail}
	}
	return content
}
