package voltage

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// BillCount is a number of bills, and the number of them that are in flight. The contract does not define "in flight". Source: schema
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

// BillsDue is a number of bills in one currency, and their amount due in base units. Due is signed. The contract does not say whether a
// positive sum is owed by Voltage or by the customer. Source: schema BillCurrencyStatusSummary of the API's contract.
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

// BillsInCurrency counts the bills in one currency, in total and by status. Source: schema BillCurrencySummary of the API's contract.
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

// BillSummary counts bills and their amounts due. Source: schema BillSummary of the API's contract.
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

// SummarizeBills counts the bills of an organization that match, and their amounts due.
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
