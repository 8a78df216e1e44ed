package world

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// Quote is a quote at one moment.
type Quote struct {
	ID, Organization, Environment, Line uuid.UUID
	Network                             string // in the spelling of reads
	Amount                              Money
	To                                  string // a currency
	Precision                           Precision
	RequestedAt                         time.Time
	CreatedAt, ConsumedAt, ExpiresAt    *time.Time
	FailedAt                            *time.Time
	Failure                             *Failure
	Wallet                              *uuid.UUID // the wallet that used the quote
	CentsPerBTC                         int64
	Msats                               int64 // the BTC side
	USD                                 Money // the other side
}

// Precision is the precision of one side of a quote.
type Precision struct{ Currency, Precision string }

// QuoteOrder asks for a quote.
type QuoteOrder struct {
	ID, Line  uuid.UUID
	Network   string // in the spelling of reads
	Amount    *Money
	To        string
	Precision *Precision // nil: the smallest common unit of To
}

// CreateQuote accepts a quote between btc and usd.
func (w *World) CreateQuote(c *Call, order QuoteOrder) *Refusal {
	if w.state.Quotes.has(order.ID) {
		return taken("quote_already_exists", "quote_id", order.ID)
	}
	if r := checkPositive(order.Amount, "amount"); r != nil {
		return InvalidFields("invalid_quote_request", r.Detail, "amount")
	}
	precision := Precision{order.To, map[string]string{"btc": "sats", "usd": "cents"}[order.To]}
	if order.Precision != nil {
		precision = *order.Precision
	}
	line, r := w.quotedLine(c, order, precision)
	if r != nil {
		return r
	}
	quote := Quote{
		ID: order.ID, Organization: c.Organization, Environment: line.EnvironmentID, Line: line.ID, Network: order.Network,
		Amount: *order.Amount, To: order.To, Precision: precision, RequestedAt: c.Now, CentsPerBTC: w.state.CentsPerBTC,
	}
	w.exchange(&quote)
	w.state.Quotes.put(quote.ID, c.Done, quote)
	made := c.Done.Add(w.settings.Delay)
	failure := c.failure()
	w.state.Quotes.step(quote.ID, made, func(q *Quote) {
		if failure != nil {
			q.FailedAt, q.Failure = &made, failure
			return
		}
		expires := made.Add(w.settings.QuoteLife)
		q.CreatedAt, q.ExpiresAt = &made, &expires
	})
	return nil
}

// exchange sets both sides of a quote.
func (w *World) exchange(quote *Quote) {
	if quote.Amount.Currency != "usd" {
		quote.Msats, quote.USD = quote.Amount.Amount, Money{"usd", w.cents(quote.Amount.Amount)}
		return
	}
	quote.Msats, quote.USD = w.msats(quote.Amount), quote.Amount
	if quote.Precision.Precision == "sats" {
		quote.Msats = quote.Msats / 1000 * 1000
	}
}

// quotedLine returns the line of credit of a quote. The line must fit the currencies of the quote.
func (w *World) quotedLine(c *Call, order QuoteOrder, precision Precision) (*LineState, *Refusal) {
	line := w.organization(c.Organization).line(order.Line)
	from := order.Amount.Currency
	switch {
	case line == nil || line.EnvironmentID != c.Environment:
		detail := fmt.Sprintf("The environment has no line of credit %s.", order.Line)
		return nil, InvalidFields("invalid_quote_request", detail, "line_of_credit_id")
	case ShownNetwork(line.Network) != order.Network:
		return nil, InvalidFields("invalid_quote_request", "The line of credit is on another network.", "network")
	case !betweenBTCAndUSD(from, order.To) || line.Currency != from && line.Currency != order.To:
		r := Invalidf("mismatch_currency", "A quote is between btc and usd, and one of them is the line of credit's.")
		r.Context = map[string]any{"line_of_credit_currency": line.Currency, "source_currency": from, "target_currency": order.To}
		return nil, r
	case precision.Currency != order.To:
		r := Invalidf("mismatch_target_precision", "The precision is of another currency than what comes out.")
		r.Context = map[string]any{
			"target_precision": map[string]string{"currency": precision.Currency, "precision": precision.Precision},
			"target_currency":  order.To,
		}
		return nil, r
	}
	return line, nil
}

func betweenBTCAndUSD(from, to string) bool {
	return from == "btc" && to == "usd" || from == "usd" && to == "btc"
}

// ReadQuote returns a quote of the environment.
func (w *World) ReadQuote(c *Call, id uuid.UUID) (*Quote, *Refusal) {
	quote := w.state.Quotes.read(c, id, func(q *Quote) bool { return c.owns(q.Organization, q.Environment) })
	if quote == nil {
		return nil, missing("quote_not_found", "quote_id", id)
	}
	return quote, nil
}

// QuoteFilter selects the quotes of a list. The zero value selects all.
type QuoteFilter struct {
	Wallet  *uuid.UUID // the wallet that used the quote
	Network string     // in the spelling of reads
}

// ListQuotes returns the quotes of the environment that match, the newest first. The contract promises no order.
func (w *World) ListQuotes(c *Call, filter QuoteFilter) []*Quote {
	quotes := w.state.Quotes.list(c.Now, c.stale(), func(q *Quote) bool {
		switch {
		case !c.owns(q.Organization, q.Environment):
		case filter.Wallet != nil && (q.Wallet == nil || *q.Wallet != *filter.Wallet):
		case filter.Network != "" && filter.Network != q.Network:
		default:
			return true
		}
		return false
	})
	slices.SortStableFunc(quotes, func(a, b *Quote) int {
		return cmp.Or(b.RequestedAt.Compare(a.RequestedAt), cmp.Compare(b.ID.String(), a.ID.String()))
	})
	return quotes
}

// consumeQuote uses up the quote of a payment of a USD wallet. It returns nil for other wallets, which need no quote.
func (w *World) consumeQuote(c *Call, wallet *WalletState, id *uuid.UUID, amount *Money) (*Quote, *Refusal) {
	if w.currencyOf(wallet.ID) != "usd" {
		if id != nil {
			return nil, Invalidf("invalid_quote", "Only a wallet on a USD line of credit uses quotes.")
		}
		return nil, nil
	}
	if id == nil {
		return nil, required("quote_required", "quote_id", "A wallet on a USD line of credit needs a quote.")
	}
	if w.state.Quotes.seen(*id, c.Now) == nil {
		return nil, Invalidf("invalid_quote", "There is no quote %s.", id)
	}
	quote := w.state.Quotes.latest(*id)
	switch {
	case quote.Environment != wallet.EnvironmentID || wallet.LineOfCreditID == nil || quote.Line != *wallet.LineOfCreditID:
		return nil, Invalidf("invalid_quote", "The quote is for another line of credit.")
	case quote.FailedAt != nil, quote.CreatedAt == nil || quote.CreatedAt.After(c.Now):
		return nil, Invalidf("invalid_quote", "The quote is not made.")
	case quote.ConsumedAt != nil:
		return nil, Invalidf("invalid_quote", "The quote was used before.")
	case !quote.ExpiresAt.After(c.Now):
		return nil, Invalidf("invalid_quote", "The quote has expired.")
	case amount == nil || *amount != quote.Amount:
		return nil, Invalidf("amount_match_failed", "The amount is not the quoted one.")
	}
	now, consumer := c.Now, wallet.ID
	w.state.Quotes.step(*id, now, func(q *Quote) { q.ConsumedAt, q.Wallet = &now, &consumer })
	return &quote, nil
}
