package voltage

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// Quote is an offer to exchange, which a wallet on a USD line needs for each payment. Source: schema Quote of the API's
// contract.
type Quote struct {
	ID          uuid.UUID      `json:"id"`
	Amount      Amount         `json:"amount"`
	To          string         `json:"to"`
	Rate        map[string]any `json:"quote"` // nil until it is made
	RequestedAt time.Time      `json:"requested_at"`
	CreatedAt   *time.Time     `json:"created_at"`
	ConsumedAt  *time.Time     `json:"consumed_at"`
	ExpiresAt   *time.Time     `json:"expires_at"`
	FailedAt    *time.Time     `json:"failed_at"`
	Error       *QuoteError    `json:"error"`
}

// QuoteError is why no quote was made. Source: schema QuoteError of the API's contract.
type QuoteError struct {
	Type    string `json:"type"`
	Detail  string `json:"detail"`  // a text, or JSON where the API has an object
	Context string `json:"context"` // JSON; empty where the API adds nothing
}

// UnmarshalJSON implements [json.Unmarshaler].
func (e *QuoteError) UnmarshalJSON(data []byte) error {
	failure, err := readFailure(data)
	*e = QuoteError{Type: failure.Type, Detail: string(failure.Detail), Context: string(failure.Context)}
	return err
}

// Error implements error. The text is the API's, cleaned.
func (e *QuoteError) Error() string { return failureText(e.Type, "", e.Detail, e.Context) }

// Usable reports whether the quote can be named in a payment now.
func (q *Quote) Usable(now time.Time) bool {
	return q.Rate != nil && q.CreatedAt != nil && !q.Failed() && q.ConsumedAt == nil && q.ExpiresAt != nil && q.ExpiresAt.After(now)
}

// Failed reports whether no quote will come of it.
func (q *Quote) Failed() bool { return q.FailedAt != nil || q.Error != nil }

// Expired reports whether the quote was made and its time is up.
func (q *Quote) Expired(now time.Time) bool { return q.ExpiresAt != nil && !q.ExpiresAt.After(now) }

// NewQuote is the request for a quote. Source: schema NewQuoteRequest of the API's contract.
type NewQuote struct {
	ID             uuid.UUID `json:"id"`
	LineOfCreditID uuid.UUID `json:"line_of_credit_id"`
	Network        string    `json:"network"` // as reads write it
	Amount         Amount    `json:"amount"`
	To             string    `json:"to"` // the currency to exchange into
}

// CreateQuote asks for a quote. See [Client.CreateWallet] for what it does after a doubtful answer and for its errors.
func (c *Client) CreateQuote(ctx context.Context, organization, environment uuid.UUID, quote NewQuote) error {
	return c.create(ctx, creation{
		call: call{method: http.MethodPost, path: quotesPath(organization, environment), body: quote},
		read: func(ctx context.Context) error {
			_, err := c.GetQuote(ctx, organization, environment, quote.ID)
			return err
		},
		resend:   true,
		conflict: true,
	})
}

// GetQuote returns a quote. IsNotFound reports whether the error means that there is none.
func (c *Client) GetQuote(ctx context.Context, organization, environment, id uuid.UUID) (*Quote, error) {
	var quote Quote
	call := call{method: http.MethodGet, path: quotesPath(organization, environment) + "/" + id.String(), out: &quote, repeat: true}
	if err := c.do(ctx, call); err != nil {
		return nil, err
	}
	if quote.ID != id {
		return nil, c.failure(call, fmt.Errorf("the answer is quote %s", quote.ID))
	}
	return &quote, nil
}

func quotesPath(organization, environment uuid.UUID) string {
	return environmentPath(organization, environment) + "/quotes"
}
