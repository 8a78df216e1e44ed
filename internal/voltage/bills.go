package voltage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// States of a bill. Source: schema BillStatus of the API's contract. Their order is inferred: a bill that is due is queued, processed, and
// then paid or failed. A bill that is not collected is void.
const (
	BillDue        = "payment_due"
	BillQueued     = "queued"
	BillProcessing = "processing"
	BillPaid       = "paid"
	BillVoid       = "void"
	BillFailed     = "failed"
)

// Bill states the amount due for a line of credit and a period. Source: schema Bill of the API's contract.
type Bill struct {
	ID             uuid.UUID   `json:"id"`
	OrganizationID uuid.UUID   `json:"organization_id"`
	LineOfCreditID uuid.UUID   `json:"line_of_credit_id"`
	FulfillmentIDs []uuid.UUID `json:"fulfillment_ids"`
	StartTime      time.Time   `json:"start_time"`
	EndTime        time.Time   `json:"end_time"`
	PeriodLength   string      `json:"period_length"` // daily, weekly, monthly, bi_monthly
	Status         string      `json:"status"`
	SettlementType string      `json:"settlement_type"` // Collection: the customer owes Voltage. Payout: Voltage owes the customer.
	WalletIDs      []uuid.UUID `json:"wallet_ids"`
	Invoice        BillInvoice `json:"invoice"`

	ScheduledSections []ScheduledSection `json:"scheduled_sections"`

	// The fees are Voltage's, in percent. VolumeFeePercentage and SettlementFeePercentage are nil in old bills.
	VolumeFeePercentage     *FeePercentage  `json:"volume_fee_percentage"`
	SettlementFeePercentage *float64        `json:"settlement_fee_percentage"`
	PayoutHoldback          *PayoutHoldback `json:"payout_holdback"`

	AmountDue  Amount  `json:"amt_due"`  // a magnitude: SettlementType says who owes it
	AmountPaid *Amount `json:"amt_paid"` // can be more than AmountDue

	// LnInvoice and Address are for paying the bill in bitcoin. They are empty if the bill is paid in another way.
	LnInvoice string `json:"ln_invoice"`
	Address   string `json:"address"`

	CreatedAt              time.Time     `json:"created_at"`
	UpdatedAt              time.Time     `json:"updated_at"`
	QueuedAt               *time.Time    `json:"queued_at"`
	FulfillmentRequestedAt *time.Time    `json:"fulfillment_requested_at"`
	ACH                    *ACH          `json:"ach"` // nil for a bill without a bank transfer
	PaymentReceivedAt      *time.Time    `json:"payment_received_at"`
	PaidAt                 *time.Time    `json:"paid_at"`
	SettledAt              *time.Time    `json:"settled_at"`
	VoidedAt               *time.Time    `json:"voided_at"`
	Error                  *BillingError `json:"error"` // why it failed
	FailedAt               *time.Time    `json:"failed_at"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A bill without its IDs or its status is unreadable.
func (b *Bill) UnmarshalJSON(data []byte) error {
	type plain Bill
	if err := json.Unmarshal(data, (*plain)(b)); err != nil {
		return err
	}
	return says("bill", fact{"id", b.ID != uuid.Nil}, fact{"organization_id", b.OrganizationID != uuid.Nil},
		fact{"line_of_credit_id", b.LineOfCreditID != uuid.Nil}, fact{"status", b.Status != ""},
		fact{"settlement_type", b.SettlementType != ""}, fact{"amt_due", b.AmountDue.Currency != ""})
}

// BillInvoice lists the fees and the items of a bill. Source: schema Invoice of the API's contract.
type BillInvoice struct {
	LineOfCreditID uuid.UUID  `json:"line_of_credit_id"`
	LineItems      []LineItem `json:"line_items"`
	CreatedAt      time.Time  `json:"created_at"`
	DueDate        time.Time  `json:"due_date"`
	ServiceFee     Amount     `json:"service_fee"`
	SettlementFee  *Amount    `json:"settlement_fee"`
}

// UnmarshalJSON implements [json.Unmarshaler]. An invoice without its fee or its items is unreadable: it must not pass for an invoice over
// nothing.
func (i *BillInvoice) UnmarshalJSON(data []byte) error {
	type plain BillInvoice
	if err := json.Unmarshal(data, (*plain)(i)); err != nil {
		return err
	}
	return says("invoice", fact{"service_fee", i.ServiceFee.Currency != ""}, fact{"list of line items", i.LineItems != nil})
}

// LineItem describes one wallet's payments and fees in the period of a bill. Source: schema LineItem of the API's contract. The pointers
// are nil in old bills.
type LineItem struct {
	WalletID         uuid.UUID        `json:"wallet_id"`
	StartingBalance  *Amount          `json:"starting_balance"`
	Currency         string           `json:"currency"`
	AmountTotal      Amount           `json:"amount_total"` // the absolute value of AmountSent - AmountReceived
	SettlementType   string           `json:"settlement_type"`
	SentCount        int64            `json:"total_transactions_sent"`
	AmountSent       Amount           `json:"amount_sent"` // with fees
	ReceivedCount    int64            `json:"total_transactions_received"`
	AmountReceived   Amount           `json:"amount_received"` // without fees
	ProcessingFees   *ProcessingFees  `json:"processing_fees"` // for information: not added to the amount due
	PaymentActivity  *PaymentActivity `json:"payment_activity"`
	VolumeFee        VolumeFee        `json:"volume_fee"`
	InterestFee      *Amount          `json:"interest_fee"`
	HoldbackOfPayout *Amount          `json:"payout_holdback"`
}

// UnmarshalJSON implements [json.Unmarshaler]. An item without its wallet or one of its amounts is unreadable.
func (l *LineItem) UnmarshalJSON(data []byte) error {
	type plain LineItem
	if err := json.Unmarshal(data, (*plain)(l)); err != nil {
		return err
	}
	return says("line item", fact{"wallet_id", l.WalletID != uuid.Nil}, fact{"amount_total", l.AmountTotal.Currency != ""},
		fact{"amount_sent", l.AmountSent.Currency != ""}, fact{"amount_received", l.AmountReceived.Currency != ""},
		fact{"volume_fee", l.VolumeFee.Total.Currency != ""})
}

// ProcessingFees are the fees that payers and senders were charged. Total is the sum of Send and Receive. Source: schema ProcessingFees of
// the API's contract.
type ProcessingFees struct {
	Total   Amount `json:"total"`
	Send    Amount `json:"send"`
	Receive Amount `json:"receive"`
}

// PaymentActivity is the number and the sum of payments. Source: schema PaymentActivity of the API's contract.
type PaymentActivity struct {
	Standard DirectionalActivity `json:"standard"`
	Treasury DirectionalActivity `json:"treasury"`
}

// DirectionalActivity is the activity in each direction.
type DirectionalActivity struct {
	Send    ActivityBucket `json:"send"`
	Receive ActivityBucket `json:"receive"`
}

// ActivityBucket is a number of payments and their sum.
type ActivityBucket struct {
	Count  int64  `json:"count"`
	Volume Amount `json:"volume"`
}

// VolumeFee is Voltage's fee for the volume of a wallet: the total and, if the rates differ, the fee for each direction. Source: schema
// VolumeFee of the API's contract.
type VolumeFee struct {
	Total   Amount  `json:"total"`
	Send    *Amount `json:"send"`    // nil for a flat rate
	Receive *Amount `json:"receive"` // nil for a flat rate
}

// UnmarshalJSON implements [json.Unmarshaler]. A flat fee is written as one amount.
func (f *VolumeFee) UnmarshalJSON(data []byte) error {
	type plain VolumeFee
	var flat struct {
		Currency *string `json:"currency"`
	}
	if err := json.Unmarshal(data, &flat); err != nil {
		return err
	}
	if flat.Currency != nil {
		*f = VolumeFee{}
		return json.Unmarshal(data, &f.Total)
	}
	return json.Unmarshal(data, (*plain)(f))
}

// FeePercentage is a rate in percent, by direction. Source: schema VolumeFeePercentage of the API's contract.
type FeePercentage struct {
	Send    float64 `json:"send"`
	Receive float64 `json:"receive"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A flat rate, which is the same in both directions, is written as one number.
func (p *FeePercentage) UnmarshalJSON(data []byte) error {
	var flat float64
	if json.Unmarshal(data, &flat) == nil {
		*p = FeePercentage{Send: flat, Receive: flat}
		return nil
	}
	type plain FeePercentage
	return json.Unmarshal(data, (*plain)(p))
}

// PayoutHoldback is the part of a payout that stays in the customer's USD wallets when Voltage transfers the rest to the customer's bank.
// Source: schema PayoutHoldback of the API's contract.
type PayoutHoldback struct {
	Mode       string   `json:"mode"`       // none, fixed, percentage
	Amount     *int64   `json:"amount"`     // if Mode is fixed: cents in total, over this payout and earlier ones
	Percentage *float64 `json:"percentage"` // if Mode is percentage: the share of this payout
}

// ScheduledSection is an amount of a contract that is billed on a schedule. Source: schema ScheduledBillingSection of the API's contract.
type ScheduledSection struct {
	Coverage struct {
		Type    string     `json:"type"`     // one_time, period
		BillAt  *time.Time `json:"bill_at"`  // of one_time
		StartAt *time.Time `json:"start_at"` // of period
		EndAt   *time.Time `json:"end_at"`   // of period
	} `json:"coverage"`
	Amount         Amount `json:"amount"`
	SettlementType string `json:"settlement_type"`
	Calculation    struct {
		Type  string           `json:"type"` // fixed_contract, processing_fee_split
		Terms CalculationTerms `json:"terms"`
	} `json:"calculation"`
}

// CalculationTerms are the terms that an amount on a schedule is calculated from. Fields that do not belong to the kind of terms are nil or
// empty.
type CalculationTerms struct {
	Type                         string     `json:"type"`                // of fixed_contract: one_time, annual
	Amount                       *Amount    `json:"amount"`              // of one_time
	BillAt                       *time.Time `json:"bill_at"`             // of one_time
	AnnualValue                  *Amount    `json:"annual_value"`        // of annual
	InstallmentCadence           string     `json:"installment_cadence"` // of annual: monthly, quarterly, annually
	Cadence                      string     `json:"cadence"`             // of processing_fee_split, likewise
	AnchorAt                     *time.Time `json:"anchor_at"`
	CounterpartyShareBasisPoints *int64     `json:"counterparty_share_basis_points"` // of processing_fee_split; 100 are 1 %
}

// ACH describes the bank transfer of a bill. Source: schema BillAchDetails of the API's contract.
type ACH struct {
	QueuedAt     *time.Time    `json:"queued_at"`
	SubmittedAt  *time.Time    `json:"submitted_at"`  // of the first transfer
	ProcessingAt *time.Time    `json:"processing_at"` // of the first transfer
	Transfers    []ACHTransfer `json:"transfers"`
}

// ACHTransfer is one leg of a bank transfer. Source: schema BillAch of the API's contract.
type ACHTransfer struct {
	ID            *uuid.UUID `json:"ach_id"` // Voltage's own ID, not the bank's
	FulfillmentID uuid.UUID  `json:"fulfillment_id"`
	Purpose       string     `json:"purpose"` // collection, payout, fee
	Amount        Amount     `json:"amount"`
	Status        string     `json:"status"` // submitted, processing, succeeded, failed
	SubmittedAt   *time.Time `json:"submitted_at"`
	ProcessingAt  *time.Time `json:"processing_at"`
	CompletedAt   *time.Time `json:"completed_at"`
	FailedAt      *time.Time `json:"failed_at"`
}

// BillingError is the reason why a bill failed. Source: schema BillingError of the API's contract.
type BillingError struct {
	Type string `json:"type"`
	// Detail is a text, or JSON if the API writes an object or a number.
	Detail string `json:"detail"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (e *BillingError) UnmarshalJSON(data []byte) error {
	failure, err := readFailure(data)
	*e = BillingError{Type: failure.Type, Detail: string(failure.Detail)}
	return err
}

// BillFilter selects the bills that a list contains or that a summary counts. A zero field matches everything.
type BillFilter struct {
	LineOfCreditID    uuid.UUID
	Statuses          []string
	ExcludeZeroAmount bool   // leaves out bills whose amount due is 0
	SortOrder         string // ASC or DESC by creation time; only for lists
}

// query writes the filter as query parameters of the API.
func (f BillFilter) query() url.Values {
	query := url.Values{}
	if f.LineOfCreditID != uuid.Nil {
		query.Set("line_of_credit_id", f.LineOfCreditID.String())
	}
	if f.ExcludeZeroAmount {
		query.Set("exclude_zero_amount_bills", "true")
	}
	if f.SortOrder != "" {
		query.Set("sort_order", f.SortOrder)
	}
	addStatuses(query, f.Statuses)
	return query
}

func billsPath(organization uuid.UUID) string { return organizationPath(organization) + "/bills" }

// GetBill returns a bill. IsNotFound reports whether the error means that the bill does not exist.
func (c *Client) GetBill(ctx context.Context, ref Ref) (*Bill, error) {
	var bill Bill
	err := c.do(ctx, call{
		method: http.MethodGet, path: billsPath(ref.OrganizationID) + "/" + ref.ID.String(), out: &bill, repeat: true,
		check: func() error {
			if bill.ID != ref.ID || bill.OrganizationID != ref.OrganizationID {
				return fmt.Errorf("the answer is bill %s of organization %s", bill.ID, bill.OrganizationID)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &bill, nil
}

// billsPage is the number of bills that one request asks for. The API allows up to 500, but the size of a bill grows with its wallets.
const billsPage = 100

// ListBills iterates over the bills of an organization, and requests one page at a time. See [Pages] for its errors.
func (c *Client) ListBills(ctx context.Context, organization uuid.UUID, filter BillFilter) func(func(Bill, error) bool) {
	query := filter.query()
	query.Set("limit", strconv.Itoa(billsPage))
	return Pages(ctx, func(ctx context.Context, cursor string) (Page[Bill], error) {
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		var answer struct {
			Items      list[Bill] `json:"items"`
			NextCursor string     `json:"next_cursor"`
			HasMore    *bool      `json:"has_more"`
		}
		err := c.do(ctx, call{
			method: http.MethodGet, path: billsPath(organization), query: query, out: &answer, repeat: true,
			check: func() error {
				for i := range answer.Items.items {
					bill := &answer.Items.items[i]
					if bill.OrganizationID != organization {
						return fmt.Errorf("the answer has a bill of organization %s", bill.OrganizationID)
					}
					if filter.LineOfCreditID != uuid.Nil && bill.LineOfCreditID != filter.LineOfCreditID {
						return fmt.Errorf("the answer has a bill of line of credit %s", bill.LineOfCreditID)
					}
				}
				if answer.NextCursor == "" && answer.HasMore != nil && *answer.HasMore {
					return errors.New("the answer says that there are more items, but has no cursor for the next page")
				}
				return says("answer", fact{"list of items", answer.Items.present}, fact{"has_more", answer.HasMore != nil})
			},
		})
		if err != nil {
			return Page[Bill]{}, err
		}
		if !*answer.HasMore {
			answer.NextCursor = ""
		}
		return answer.Items.page(c, "bill", answer.NextCursor), nil
	})
}
