package voltage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Quote is an offer to exchange at a rate. A wallet on a USD line of credit needs one for each payment. Source: schema Quote of the API's
// contract.
type Quote struct {
	ID          uuid.UUID    `json:"id"`
	Amount      Amount       `json:"amount"`
	To          string       `json:"to"`
	Network     string       `json:"network"`
	Quote       *QuoteDetail `json:"quote"` // nil until the rate is available
	RequestedAt time.Time    `json:"requested_at"`
	CreatedAt   *time.Time   `json:"created_at"`
	ConsumedAt  *time.Time   `json:"consumed_at"`
	ExpiresAt   *time.Time   `json:"expires_at"`
	FailedAt    *time.Time   `json:"failed_at"`
	Error       *QuoteError  `json:"error"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A quote without its ID or its amount is unreadable.
func (q *Quote) UnmarshalJSON(data []byte) error {
	type plain Quote
	if err := json.Unmarshal(data, (*plain)(q)); err != nil {
		return err
	}
	return says("quote", fact{"id", q.ID != uuid.Nil}, fact{"amount", q.Amount.Currency != ""})
}

// QuoteDetail is a rate: the market rate, or a peer's rate for a Taproot asset. Source: schema QuoteDetail of the API's contract.
type QuoteDetail struct {
	Type   string      `json:"type"` // market_rate or peer_rfq
	Detail MarketQuote `json:"detail"`
}

// MarketQuote is a rate between two currencies. Source: schemas MarketQuote and PeerQuote of the API's contract.
type MarketQuote struct {
	From      string     `json:"from"`
	To        string     `json:"to"`
	Rate      Rate       `json:"rate"`
	QuotedAt  *time.Time `json:"quoted_at"`
	ExpiresAt *time.Time `json:"expires_at"`
	// RFQ has the rate of a peer's quote. Then the field Rate is empty.
	RFQ *struct {
		Rate Rate `json:"rate"`
	} `json:"rfq"`
}

// Rate returns the rate of either kind of quote.
func (d *QuoteDetail) Rate() Rate {
	if d.Detail.Rate == "" && d.Detail.RFQ != nil {
		return d.Detail.RFQ.Rate
	}
	return d.Detail.Rate
}

// Rate is the price of one BTC in base units of a currency, as the API writes it: a coefficient, the letter e, and a scale. Its value is
// coefficient / 10^scale. This is not scientific notation: 12345e2 is 123.45.
type Rate string

var rateForm = regexp.MustCompile(`^(-?)([0-9]+)e([0-9]{1,3})$`)

// UnmarshalJSON implements [json.Unmarshaler]. A value that is not a text is kept unchanged: an unreadable rate must not make a payment
// unreadable.
func (r *Rate) UnmarshalJSON(content []byte) error {
	var text string
	if err := json.Unmarshal(content, &text); err != nil {
		text = string(content)
	}
	*r = Rate(text)
	return nil
}

// Decimal writes the rate as an exact decimal number. It returns false if the text is not a rate.
func (r Rate) Decimal() (string, bool) {
	parts := rateForm.FindStringSubmatch(string(r))
	if parts == nil {
		return "", false
	}
	sign, digits := parts[1], parts[2]
	scale, _ := strconv.Atoi(parts[3]) // the pattern allows at most three digits
	if missing := scale + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	whole, decimals := strings.TrimLeft(digits[:len(digits)-scale], "0"), strings.TrimRight(digits[len(digits)-scale:], "0")
	if whole == "" {
		whole = "0"
	}
	if decimals != "" {
		whole += "." + decimals
	}
	if whole == "0" {
		sign = ""
	}
	return sign + whole, true
}

// Exchange is an exchange that was made for a payment. Source: schema Exchange of the API's contract.
type Exchange struct {
	LedgerID   uuid.UUID   `json:"ledger_id"`
	QuoteID    *uuid.UUID  `json:"quote_id"` // nil for a peer's quote
	Quote      QuoteDetail `json:"quote"`
	FromAmount Amount      `json:"from_amount"`
	ToAmount   Amount      `json:"to_amount"`
}

// QuoteError is the reason why no quote was made. Source: schema QuoteError of the API's contract.
type QuoteError struct {
	Type    string `json:"type"`
	Detail  string `json:"detail"`  // a text, or JSON if the API writes an object
	Context string `json:"context"` // JSON or empty
}

// UnmarshalJSON implements [json.Unmarshaler].
func (e *QuoteError) UnmarshalJSON(data []byte) error {
	failure, err := readFailure(data)
	*e = QuoteError{Type: failure.Type, Detail: string(failure.Detail), Context: string(failure.Context)}
	return err
}

// Error implements error. The text is the API's, cleaned.
func (e *QuoteError) Error() string { return failureText(e.Type, "", e.Detail, e.Context) }

// Usable reports whether a payment can use the quote now.
func (q *Quote) Usable(now time.Time) bool {
	return q.Quote != nil && q.CreatedAt != nil && !q.Failed() && q.ConsumedAt == nil && q.ExpiresAt != nil && q.ExpiresAt.After(now)
}

// Failed reports whether the request for the quote has failed.
func (q *Quote) Failed() bool { return q.FailedAt != nil || q.Error != nil }

// Expired reports whether the quote was made and has expired.
func (q *Quote) Expired(now time.Time) bool { return q.ExpiresAt != nil && !q.ExpiresAt.After(now) }

// NewQuote is the request for a quote. Source: schema NewQuoteRequest of the API's contract.
type NewQuote struct {
	LineOfCreditID uuid.UUID `json:"line_of_credit_id"`
	Network        string    `json:"network"` // in the spelling of reads
	Amount         Amount    `json:"amount"`
	To             string    `json:"to"` // the currency to exchange into
}

// CreateQuote asks for a quote. After a doubtful answer it does the same as [Client.CreateWallet], and it has the same errors.
func (c *Client) CreateQuote(ctx context.Context, ref Ref, quote NewQuote) error {
	body := struct {
		ID uuid.UUID `json:"id"`
		NewQuote
	}{ref.ID, quote}
	return c.create(ctx, createRequest{
		call: call{method: http.MethodPost, path: quotesPath(ref.OrganizationID, ref.EnvironmentID), body: body},
		read: func(ctx context.Context) error {
			_, err := c.GetQuote(ctx, ref)
			return err
		},
		resend:   true,
		conflict: true,
	})
}

// GetQuote returns a quote. IsNotFound reports whether the error means that the quote does not exist.
func (c *Client) GetQuote(ctx context.Context, ref Ref) (*Quote, error) {
	var quote Quote
	err := c.do(ctx, call{
		method: http.MethodGet, path: ref.quotePath(), out: &quote, repeat: true,
		check: func() error {
			if quote.ID != ref.ID {
				return fmt.Errorf("the answer is quote %s", quote.ID)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &quote, nil
}
