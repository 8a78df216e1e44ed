package voltage

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// LedgerEvent is one movement of a wallet's money. Source: schema LedgerEvent of the API's contract.
type LedgerEvent struct {
	Type          string     `json:"type"` // credited, captured, held, released, deposited, withdrawn
	EffectiveTime time.Time  `json:"effective_time"`
	PaymentID     *uuid.UUID `json:"payment_id"`
	CreditID      *uuid.UUID `json:"credit_id"`
	HoldID        *uuid.UUID `json:"hold_id"`
	DepositID     *uuid.UUID `json:"deposit_id"`
	WithdrawID    *uuid.UUID `json:"withdraw_id"`
	Amount        *Amount    `json:"amount"` // nil for released
	Currency      string     `json:"currency"`
}

// UnmarshalJSON implements [json.Unmarshaler]. An event without its type or its time is unreadable.
func (e *LedgerEvent) UnmarshalJSON(data []byte) error {
	type plain LedgerEvent
	if err := json.Unmarshal(data, (*plain)(e)); err != nil {
		return err
	}
	return says("event", fact{"type", e.Type != ""}, fact{"effective_time", !e.EffectiveTime.IsZero()})
}

// LedgerFilter narrows a ledger. A zero field matches everything.
type LedgerFilter struct {
	PaymentID          uuid.UUID
	StartDate, EndDate string // RFC 3339
	SortKey, SortOrder string // effective_time, message_time or time_and_effective_time; ASC or DESC
}

// ledgerPage is the number of events that one request asks for.
const ledgerPage = 100

// WalletLedger iterates over a wallet's movements of money, and requests one page at a time. See [Pages] for its errors.
func (c *Client) WalletLedger(ctx context.Context, wallet Ref, filter LedgerFilter) func(func(LedgerEvent, error) bool) {
	query := url.Values{"limit": {strconv.Itoa(ledgerPage)}}
	if filter.PaymentID != uuid.Nil {
		query.Set("payment_id", filter.PaymentID.String())
	}
	for name, value := range map[string]string{
		"start_date": filter.StartDate, "end_date": filter.EndDate, "sort_key": filter.SortKey, "sort_order": filter.SortOrder,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	seen := int64(0)
	return Pages(ctx, func(ctx context.Context, offset string) (Page[LedgerEvent], error) {
		query.Set("offset", "0")
		if offset != "" {
			query.Set("offset", offset)
		}
		var answer struct {
			Items list[LedgerEvent] `json:"items"`
			Total *int64            `json:"total"`
		}
		err := c.do(ctx, call{
			method: http.MethodGet, path: wallet.walletPath() + "/ledger", query: query, out: &answer, repeat: true,
			check: func() error {
				return says("answer", fact{"list of items", answer.Items.present}, fact{"total", answer.Total != nil && *answer.Total >= 0})
			},
		})
		if err != nil {
			return Page[LedgerEvent]{}, err
		}
		page := answer.Items.page(c, "event", "")
		if seen += int64(len(answer.Items.items)); seen < *answer.Total {
			page.Next = strconv.FormatInt(seen, 10) // also after an empty page, so that Pages reports an error
		}
		return page, nil
	})
}
