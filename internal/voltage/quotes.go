package voltage

import (
	"context"
	"encoding/json"
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
	Error       map[string]any `json:"error"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A quote that does not say which one it is, or of what, is unreadable.
func (q *Quote) UnmarshalJSON(data []byte) error {
	type plain Quote
	if err := json.Unmarshal(data, (*plain)(q)); err != nil {
		return err //nolint:wrapcheck // receive wraps it
	}
	return says("quote", fact{"id", q.ID != uuid.Nil}, fact{"amount", q.Amount.Currency != ""})
}

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
	err := c.do(ctx, call{
		method: http.MethodGet, path: quotesPath(organization, environment) + "/" + id.String(), out: &quote, repeat: true,
		check: func() error {
			if quote.ID != id {
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

func quotesPath(organization, environment uuid.UUID) string {
	return environmentPath(organization, environment) + "/quotes"
}
