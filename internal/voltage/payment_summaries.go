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

// PaymentCount is how many payments there are, and when the oldest and the newest of them were created: nil where nothing matches. Source:
// schema PaymentCountSummary of the API's contract.
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

// LinePaymentSummary is how many payments the wallets of a line of credit have. Source: schema PaymentLineOfCreditSummary of the API's
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

// PaymentSummary is how many payments an environment has. Source: schema PaymentSummary of the API's contract.
type PaymentSummary struct {
	OrganizationID *uuid.UUID `json:"organization_id"` // can be nil
	EnvironmentID  *uuid.UUID `json:"environment_id"`  // can be nil
	PaymentCount
	// Lines are the lines of credit that have payments, by their IDs as the API writes them. Payments of a wallet without a line of credit are
	// in the total only.
	Lines map[string]LinePaymentSummary `json:"by_line_of_credit_id"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A summary without its lines of credit is unreadable: they must not pass for none.
func (s *PaymentSummary) UnmarshalJSON(data []byte) error {
	type plain PaymentSummary
	return readWith(data, (*plain)(s), "total_count", "by_line_of_credit_id")
}

// WalletPaymentSummary is how many payments a wallet has. Source: schema PaymentWalletSummary of the API's contract.
type WalletPaymentSummary struct {
	WalletID       uuid.UUID  `json:"wallet_id"`
	OrganizationID uuid.UUID  `json:"organization_id"`
	EnvironmentID  uuid.UUID  `json:"environment_id"`
	LineOfCreditID *uuid.UUID `json:"line_of_credit_id"` // nil for a wallet without one
	PaymentCount
	Buckets []PaymentBucket `json:"buckets"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A summary without its buckets is unreadable: they must not pass for empty.
func (s *WalletPaymentSummary) UnmarshalJSON(data []byte) error {
	type plain WalletPaymentSummary
	return readWith(data, (*plain)(s), "wallet_id", "total_count", "buckets")
}

// PaymentSummaryFilter narrows what is counted. A zero field matches everything.
type PaymentSummaryFilter struct {
	LineOfCreditID     uuid.UUID         // of the summary of an environment only
	Metadata           map[string]string // all of it has to match
	Statuses           []string
	Kind, Direction    string
	StartDate, EndDate string // RFC 3339, inclusive bounds of the creation time
	// IncludeInactive counts the payments of inactive wallets and of disabled lines of credit, too.
	IncludeInactive bool
}

// query is the filter as the API takes it.
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

// addStatuses adds the statuses of a filter to a query, in one order.
func addStatuses(query url.Values, statuses []string) {
	for _, status := range slices.Sorted(slices.Values(statuses)) {
		query.Add("statuses[]", status)
	}
}

// SummarizePayments returns how many payments of an environment match, in all and by line of credit. It is no error that a line of credit
// does not exist: it has no payments.
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

// SummarizeWalletPayments returns how many payments of a wallet match. It is no error that the wallet does not exist: it has no payments,
// and the environment of the summary means nothing.
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
