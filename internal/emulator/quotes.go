package emulator

import (
	"fmt"
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
	precision                           targetPrecision
	centsPerBTC                         int64
	exchange                            exchanged
}

// exchanged is both sides of a quote.
type exchanged struct {
	msats int64
	usd   Money // in cents
}

func (e *Emulator) routeQuotes() {
	e.route("request_a_quote", e.createQuote)
	e.route("get_a_quote_as_user", e.getQuote)
}

type targetPrecision struct {
	Currency  string `json:"currency"`
	Precision string `json:"precision"`
}

func (e *Emulator) createQuote(c *call) reply {
	var request struct {
		ID              uuid.UUID        `json:"id"`
		LineOfCreditID  uuid.UUID        `json:"line_of_credit_id"`
		Network         string           `json:"network"`
		Amount          *requestedMoney  `json:"amount"`
		To              string           `json:"to"`
		TargetPrecision *targetPrecision `json:"target_precision"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	if e.world.quotes[request.ID] != nil {
		return refuse(conflict("quote_already_exists", "quote_id", request.ID))
	}
	amount, p := request.Amount.money("amount", 1)
	if p != nil {
		return refuse(invalidFields("invalid_quote_request", p.detail, "amount"))
	}
	line := c.org.lines[request.LineOfCreditID]
	precision := request.TargetPrecision
	if precision == nil {
		precision = &targetPrecision{request.To, map[string]string{"btc": "sats", "usd": "cents"}[request.To]}
	}
	switch {
	case line == nil || line.EnvironmentID != c.ids["environment_id"]:
		detail := fmt.Sprintf("The environment has no line of credit %s.", request.LineOfCreditID)
		return refuse(invalidFields("invalid_quote_request", detail, "line_of_credit_id"))
	case readNetwork(line.Network) != request.Network:
		return refuse(invalidFields("invalid_quote_request", "The line of credit is on another network.", "network"))
	case !betweenBTCAndUSD(amount.Currency, request.To) || line.Currency != amount.Currency && line.Currency != request.To:
		p := badRequest("mismatch_currency", "A quote is between btc and usd, and one of them is the line of credit's.")
		p.context = map[string]any{
			"line_of_credit_currency": line.Currency, "source_currency": amount.Currency, "target_currency": request.To,
		}
		return refuse(p)
	case precision.Currency != request.To:
		p := badRequest("mismatch_target_precision", "The precision is of another currency than what comes out.")
		p.context = map[string]any{"target_precision": precision, "target_currency": request.To}
		return refuse(p)
	}
	state := quoteState{
		id: request.ID, organization: c.org.ID, environment: line.EnvironmentID, line: line.ID, network: request.Network,
		amount: *amount, to: request.To, precision: *precision, requestedAt: c.now, centsPerBTC: e.world.centsPerBTC,
	}
	if amount.Currency == "usd" {
		state.exchange = exchanged{msats: e.world.msats(*amount), usd: *amount}
		if precision.Precision == "sats" {
			state.exchange.msats = state.exchange.msats / 1000 * 1000
		}
	} else {
		state.exchange = exchanged{msats: amount.Amount, usd: Money{"usd", e.world.cents(amount.Amount)}}
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

func betweenBTCAndUSD(from, to string) bool {
	return from == "btc" && to == "usd" || from == "usd" && to == "btc"
}

func (e *Emulator) getQuote(c *call) reply {
	missing := notFound("quote_not_found", "quote_id", c.ids["quote_id"])
	h := e.world.quotes[c.ids["quote_id"]]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || h == nil {
		return refuse(missing)
	}
	_, stale := effectOn[Stale](c.request.Context())
	q := h.seen(c.now, stale)
	if q == nil || q.organization != c.org.ID || q.environment != c.ids["environment_id"] {
		return refuse(missing)
	}
	return found(q.json())
}

// consumeQuote uses the quote that a payment of a USD wallet names. Nil is what other wallets get, which need none.
func (e *Emulator) consumeQuote(c *call, wallet *walletState, id *uuid.UUID, amount *Money) (*quoteState, *problem) {
	if e.currencyOf(wallet) != "usd" {
		if id != nil {
			return nil, badRequest("invalid_quote", "Only a wallet on a USD line of credit uses quotes.")
		}
		return nil, nil
	}
	if id == nil {
		return nil, required("quote_required", "quote_id", "A wallet on a USD line of credit needs a quote.")
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
	return &q, nil
}

// json is the quote as the contract's schema Quote.
func (q *quoteState) json() map[string]any {
	content := map[string]any{
		"id": q.id, "organization_id": q.organization, "network": q.network, "to": q.to, "wallet_id": q.wallet, "amount": plain(q.amount),
		"target_precision": q.precision, "requested_at": timestamp(q.requestedAt), "created_at": timestampOrNull(q.createdAt),
		"consumed_at": timestampOrNull(q.consumedAt), "expires_at": timestampOrNull(q.expiresAt), "failed_at": timestampOrNull(q.failedAt),
		"error": nil, "quote": nil,
	}
	if q.createdAt != nil {
		content["quote"] = map[string]any{"type": "market_rate", "detail": q.market()}
	}
	if q.failure != nil {
		content["error"] = map[string]any{"type": q.failure.Type, "detail": q.failure.Detail}
	}
	return content
}
