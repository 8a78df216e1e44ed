package voltage

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// PaymentCount is a number of payments, and the creation times of the oldest and the newest payment. The times are nil if no payment
// matches. Source: schema PaymentCountSummary of the API's contract.
type PaymentCount struct {
	Total  int64      `json:"total_count"`
	Oldest *time.Time `json:"oldest_created_at"`
	Newest *time.Time `json:"newest_created_at"`
}

// PaymentBucket counts the payments that have the same direction, status, currency and kind. Source: schema PaymentBucketSummary of the
// API's contract.
type PaymentBucket struct {
	Direction string `json:"direction"`
	Status    string `json:"status"`
	Currency  string `json:"currency"`
	Kind      string `json:"kind"`
	PaymentCount
}

// UnmarshalJSON implements [json.Unmarshaler]. A bucket that does not say what it counts is unreadable.
func (b *PaymentBucket) UnmarshalJSON(data []byte) error {
	type plain PaymentBucket
	return readWith(data, (*plain)(b), "direction", "status", "currency", "kind", "total_count")
}

// LinePaymentSummary counts the payments of the wallets of a line of credit. Source: schema PaymentLineOfCreditSummary of the API's
// contract.
type LinePaymentSummary struct {
	OrganizationID uuid.UUID `json:"organization_id"`
	EnvironmentID  uuid.UUID `json:"environment_id"`
	PaymentCount
	Buckets []PaymentBucket `json:"buckets"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A summary without its buckets is unreadable: they must not pass for empty.
func (s *LinePaymentSummary) UnmarshalJSON(data []byte) error {
	type plain LinePaymentSummary
	return readWith(data, (*plain)(s), "total_count", "buckets")
}

// PaymentSummary counts the payments of an environment. Source: schema PaymentSummary of the API's contract.
type PaymentSummary struct {
	OrganizationID *uuid.UUID `json:"organization_id"` // can be nil
	EnvironmentID  *uuid.UUID `json:"environment_id"`  // can be nil
	PaymentCount
	// Lines has an entry for each line of credit with payments, under its ID as the API writes it. Payments of a wallet without a line of
	// credit count only in the total.
	Lines map[string]LinePaymentSummary `json:"by_line_of_credit_id"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A summary without its lines of credit is unreadable: they must not pass for none.
func (s *PaymentSummary) UnmarshalJSON(data []byte) error {
	type plain PaymentSummary
	return readWith(data, (*plain)(s), "total_count", "by_line_of_credit_id")
}

// WalletPaymentSummary counts the payments of a wallet. Source: schema PaymentWalletSummary of the API's contract.
type WalletPaymentSummary struct {
	WalletID       uuid.UUID  `json:"wallet_id"`
	OrganizationID uuid.UUID  `json:"organization_id"`
	EnvironmentID  uuid.UUID  `json:"environment_id"`
	LineOfCreditID *uuid.UUID `json:"line_of_credit_id"` // nil for a wallet without a line of credit
	PaymentCount
	Buckets []PaymentBucket `json:"buckets"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A summary without its buckets is unreadable: they must not pass for empty.
func (s *WalletPaymentSummary) UnmarshalJSON(data []byte) error {
	type plain WalletPaymentSummary
	return readWith(data, (*plain)(s), "wallet_id", "total_count", "buckets")
}

// PaymentSummaryFilter selects the payments that are counted. A zero field matches everything.
type PaymentSummaryFilter struct {
	LineOfCreditID     uuid.UUID         // only for the summary of an environment
	Metadata           map[string]string // every entry must match
	Statuses           []string
	Kind, Direction    string
	StartDate, EndDate string // RFC 3339, inclusive bounds of the creation time
	// IncludeInactive counts the payments of inactive wallets and of disabled lines of credit, too.
	IncludeInactive bool
}

// query writes the filter as query parameters of the API.
func (f PaymentSummaryFilter) query() url.Values {
	query := url.Values{}
	if f.LineOfCreditID != uuid.Nil {
		query.Set("line_of_credit_id", f.LineOfCreditID.String())
	}
	if f.IncludeInactive {
		query.Set("include_inactive", "true")
	}
	for name, value := range map[string]string{
		"kind": f.Kind, "direction": f.Direction, "start_date": f.StartDate, "end_date": f.EndDate,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	narrowPayments(query, f.Metadata, f.Statuses)
	return query
}

// narrowPayments adds the metadata and the statuses of a filter to a query.
func narrowPayments(query url.Values, metadata map[string]string, statuses []string) {
	for key, value := range metadata {
		query.Set("metadata["+key+"]", value)
	}
	addStatuses(query, statuses)
}

// addStatuses adds the statuses of a filter to a query, in a fixed order.
func addStatuses(query url.Values, statuses []string) {
	for _, status := range slices.Sorted(slices.Values(statuses)) {
		query.Add("statuses[]", status)
	}
}

// SummarizePayments counts the payments of an environment that match, in total and by line of credit. A line of credit that does not exist
// is not an error: it has no payments.
func (c *Client) SummarizePayments(
	ctx context.Context, organization, environment uuid.UUID, filter PaymentSummaryFilter,
) (*PaymentSummary, error) {
	var summary PaymentSummary
	err := c.do(ctx, call{
		method: http.MethodGet, path: paymentsPath(organization, environment) + "/summary", query: filter.query(), out: &summary, repeat: true,
		check: func() error {
			for id := range summary.Lines {
				if filter.LineOfCreditID != uuid.Nil && !strings.EqualFold(id, filter.LineOfCreditID.String()) {
					return fmt.Errorf("the answer has payments of another line of credit, %q", id)
				}
			}
			if summary.EnvironmentID != nil && *summary.EnvironmentID != environment {
				return fmt.Errorf("the answer is the summary of environment %s", *summary.EnvironmentID)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &summary, nil
}

// SummarizeWalletPayments counts the payments of a wallet that match. A wallet that does not exist is not an error: it has no payments, and
// the environment of the summary has no meaning.
func (c *Client) SummarizeWalletPayments(ctx context.Context, wallet Ref, filter PaymentSummaryFilter) (*WalletPaymentSummary, error) {
	var summary WalletPaymentSummary
	err := c.do(ctx, call{
		method: http.MethodGet, path: wallet.walletPath() + "/payments/summary", query: filter.query(), out: &summary, repeat: true,
		check: func() error {
			if summary.WalletID != wallet.ID {
				return fmt.Errorf("the answer is the summary of wallet %s", summary.WalletID)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &summary, nil
}
