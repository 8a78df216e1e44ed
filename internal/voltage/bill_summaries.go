package voltage

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// BillCount is how many bills there are, and how many of them are in flight, a word that the contract does not define. Source: schema
// BillStatusSummary of the API's contract.
type BillCount struct {
	Total    int64 `json:"bill_total_count"`
	Inflight int64 `json:"inflight_total_count"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A count without its numbers is unreadable: it must not pass for zero.
func (n *BillCount) UnmarshalJSON(data []byte) error {
	type plain BillCount
	return readWith(data, (*plain)(n), "bill_total_count", "inflight_total_count")
}

// BillsDue is a number of bills of one currency, and what is due of them in base units. Due is signed, and the contract does not say which
// sign stands for which side. Source: schema BillCurrencyStatusSummary of the API's contract.
type BillsDue struct {
	Total    int64 `json:"bill_total_count"`
	Inflight int64 `json:"inflight_total_count"`
	Due      int64 `json:"total_due_base_units"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A count without its numbers is unreadable.
func (n *BillsDue) UnmarshalJSON(data []byte) error {
	type plain BillsDue
	return readWith(data, (*plain)(n), "bill_total_count", "inflight_total_count", "total_due_base_units")
}

// BillsInCurrency is a number of bills of one currency in all and by status. Source: schema BillCurrencySummary of the API's contract.
type BillsInCurrency struct {
	Total    int64               `json:"bill_total_count"`
	Inflight int64               `json:"inflight_total_count"`
	Due      int64               `json:"total_due_base_units"`
	Oldest   *time.Time          `json:"oldest_created_at"`
	Newest   *time.Time          `json:"newest_created_at"`
	ByStatus map[string]BillsDue `json:"by_status"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A count without its numbers is unreadable.
func (n *BillsInCurrency) UnmarshalJSON(data []byte) error {
	type plain BillsInCurrency
	return readWith(data, (*plain)(n), "bill_total_count", "inflight_total_count", "total_due_base_units", "by_status")
}

// BillSummary is how many bills there are, and what is due. Source: schema BillSummary of the API's contract.
type BillSummary struct {
	OrganizationID uuid.UUID                  `json:"organization_id"`
	LineOfCreditID *uuid.UUID                 `json:"line_of_credit_id"` // nil for all
	Total          int64                      `json:"bill_total_count"`
	Inflight       int64                      `json:"inflight_total_count"`
	ByCurrency     map[string]BillsInCurrency `json:"by_currency"`
	ByStatus       map[string]BillCount       `json:"by_status"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A summary without its counts is unreadable.
func (s *BillSummary) UnmarshalJSON(data []byte) error {
	type plain BillSummary
	return readWith(data, (*plain)(s), "bill_total_count", "inflight_total_count", "by_currency", "by_status")
}

// SummarizeBills returns how many bills of an organization match, and what is due of them.
func (c *Client) SummarizeBills(ctx context.Context, organization uuid.UUID, filter BillFilter) (*BillSummary, error) {
	var summary BillSummary
	err := c.do(ctx, call{
		method: http.MethodGet, path: billsPath(organization) + "/summary", query: filter.query(), out: &summary, repeat: true,
		check: func() error {
			if summary.OrganizationID != organization {
				return fmt.Errorf("the answer is the summary of organization %s", summary.OrganizationID)
			}
			if line := summary.LineOfCreditID; line != nil && filter.LineOfCreditID != uuid.Nil && *line != filter.LineOfCreditID {
				return fmt.Errorf("the answer is the summary of line of credit %s", *line)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &summary, nil
}
