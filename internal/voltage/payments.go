package voltage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/google/uuid"
)

// Kinds of a payment. Source: schema PaymentKind of the API's contract.
const (
	KindBolt11       = "bolt11"
	KindOnchain      = "onchain"
	KindBIP21        = "bip21"
	KindTaprootAsset = "taprootasset"
)

// Directions of a payment.
const (
	DirectionSend    = "send"
	DirectionReceive = "receive"
)

// States of a payment. A receive goes generating, receiving, and completed, expired or failed; a send goes sending,
// approved, and completed or failed.
const (
	StatusGenerating = "generating"
	StatusReceiving  = "receiving"
	StatusSending    = "sending"
	StatusApproved   = "approved"
	StatusCompleted  = "completed"
	StatusExpired    = "expired"
	StatusFailed     = "failed"
)

// Payment is a send or a receive as the API returns it. Source: schema Payment of the API's contract.
type Payment struct {
	ID              uuid.UUID         `json:"id"`
	WalletID        uuid.UUID         `json:"wallet_id"`
	OrganizationID  uuid.UUID         `json:"organization_id"`
	EnvironmentID   uuid.UUID         `json:"environment_id"`
	CreatedAt       time.Time         `json:"created_at"`
	UpdatedAt       time.Time         `json:"updated_at"`
	Currency        string            `json:"currency"`
	Direction       string            `json:"direction"`
	Status          string            `json:"status"`
	Kind            string            `json:"type"`
	Category        string            `json:"payment_category"`
	Metadata        map[string]string `json:"metadata"`
	RequestedAmount *Amount           `json:"requested_amount"` // nil for a receive of any amount, and for a send
	BIP21URI        string            `json:"bip21_uri"`
	Error           *PaymentError     `json:"error"`
	Data            PaymentData       `json:"data"`
}

// PaymentData is what depends on a payment's kind and direction. Amounts are written in two ways; [Payment.Amount] and its
// like know both.
type PaymentData struct {
	PaymentRequest string  `json:"payment_request"` // BOLT 11; empty while it is generated
	Address        string  `json:"address"`
	AmountObject   *Amount `json:"amount"`
	FeesObject     *Amount `json:"fees"`
	MaxFeeObject   *Amount `json:"max_fee"`
	AmountMsats    *int64  `json:"amount_msats"`
	AmountSats     *int64  `json:"amount_sats"`
	MaxFeeMsats    *int64  `json:"max_fee_msats"`
	MaxFeeSats     *int64  `json:"max_fee_sats"`
	FeeMsats       *int64  `json:"fee_msats"`
	FeeSats        *int64  `json:"fee_sats"`
	Memo           string  `json:"memo"`        // bolt11
	Label          string  `json:"label"`       // onchain
	Description    string  `json:"description"` // bip21
	Expiration     *int64  `json:"expiration"`  // seconds, of a receive
	Receipts       []Flow  `json:"receipts"`    // of a receive
	Outflows       []Flow  `json:"outflows"`    // of a send
}

// Flow is how money came or went.
type Flow struct {
	Type string          `json:"type"` // onchain, lightning, shortcircuit (inside Voltage), swap
	Data json.RawMessage `json:"data"`
}

// PaymentError is why a payment failed.
type PaymentError struct {
	Type   string `json:"type"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error implements error. The text is the API's, cleaned.
func (e *PaymentError) Error() string {
	text := Clean(e.Type)
	if e.Code != "" {
		text += "/" + Clean(e.Code)
	}
	if e.Detail != "" {
		text += ": " + Clean(e.Detail)
	}
	return text
}

// Final reports whether the payment's status will not change any more.
func (p *Payment) Final() bool {
	return p.Status == StatusCompleted || p.Status == StatusExpired || p.Status == StatusFailed
}

// Amount is what is paid, nil where it is not known yet.
func (p *Payment) Amount() *Amount {
	return amountOf(p.Data.AmountObject, p.Data.AmountMsats, p.Data.AmountSats)
}

// Fees is what the network took, nil where it is not known.
func (p *Payment) Fees() *Amount {
	return amountOf(p.Data.FeesObject, p.Data.FeeMsats, p.Data.FeeSats)
}

// MaxFee is what the network may take at the most, nil where it is not said.
func (p *Payment) MaxFee() *Amount {
	return amountOf(p.Data.MaxFeeObject, p.Data.MaxFeeMsats, p.Data.MaxFeeSats)
}

// amountOf reads an amount in its present form, or else in the deprecated ones.
func amountOf(amount *Amount, msats, sats *int64) *Amount {
	switch {
	case amount != nil:
		return amount
	case msats != nil:
		return &Amount{Currency: CurrencyBTC, Amount: *msats, Unit: UnitMsats}
	case sats != nil && *sats <= maxSats:
		return &Amount{Currency: CurrencyBTC, Amount: *sats * MsatsPerSat, Unit: UnitMsats}
	}
	return nil
}

// Description is the text of a payment, which each kind calls differently.
func (p *Payment) Description() string {
	for _, text := range []string{p.Data.Memo, p.Data.Label, p.Data.Description} {
		if text != "" {
			return text
		}
	}
	return ""
}

// ExpiresAt is when a receive can no longer be paid, nil where the API does not say.
func (p *Payment) ExpiresAt() *time.Time {
	if p.Data.Expiration == nil {
		return nil
	}
	at := p.CreatedAt.Add(time.Duration(*p.Data.Expiration) * time.Second)
	return &at
}

// NewReceive is the request for a receive. Source: schema ReceivePaymentRequest of the API's contract.
type NewReceive struct {
	ID          uuid.UUID         `json:"id"`
	WalletID    uuid.UUID         `json:"wallet_id"`
	Kind        string            `json:"payment_kind"`
	Amount      *Amount           `json:"amount,omitempty"`   // nil: any amount, and then Currency is btc
	Currency    string            `json:"currency,omitempty"` // only without an amount
	QuoteID     *uuid.UUID        `json:"quote_id,omitempty"`
	Description string            `json:"description,omitempty"`
	Expiration  int64             `json:"expiration,omitempty"` // seconds; 0 is the API's default of 3,600
	Metadata    map[string]string `json:"metadata,omitempty"`
	// OwnID says that the user chose the ID. See [NewWebhook].
	OwnID bool `json:"-"`
}

// NewSend is the request for a send. Source: schema SendPaymentRequest of the API's contract.
type NewSend struct {
	ID       uuid.UUID         `json:"id"`
	WalletID uuid.UUID         `json:"wallet_id"`
	Currency string            `json:"currency"`
	Kind     string            `json:"type"`
	QuoteID  *uuid.UUID        `json:"quote_id,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Data     NewSendData       `json:"data"`
}

// NewSendData is where a send goes, and how much.
type NewSendData struct {
	PaymentRequest string  `json:"payment_request,omitempty"`
	Address        string  `json:"address,omitempty"`
	Amount         *Amount `json:"amount,omitempty"`
	MaxFee         *Amount `json:"max_fee,omitempty"`
	Description    string  `json:"description,omitempty"`
}

// CreateReceive asks for a receive. See [Client.CreateWallet] for what it does after a doubtful answer and for its errors.
func (c *Client) CreateReceive(ctx context.Context, organization, environment uuid.UUID, receive NewReceive) error {
	return c.createPayment(ctx, organization, environment, receive.ID, receive, true, receive.OwnID)
}

// CreateSend asks for a send, with one request and never more. After a doubtful answer the ID is read: where it exists,
// the send is under way, and nil is returned; otherwise the error is an *UncertainError, and the send must not be repeated
// under another ID before the ID was read again.
func (c *Client) CreateSend(ctx context.Context, organization, environment uuid.UUID, send NewSend) error {
	return c.createPayment(ctx, organization, environment, send.ID, send, false, false)
}

func (c *Client) createPayment(ctx context.Context, organization, environment, id uuid.UUID, body any, resend, ownID bool) error {
	return c.create(ctx, creation{
		call: call{method: http.MethodPost, path: paymentsPath(organization, environment), body: body},
		read: func(ctx context.Context) error {
			_, err := c.GetPayment(ctx, organization, environment, id)
			return err
		},
		resend:   resend,
		conflict: true,
		ownID:    ownID,
	})
}

// GetPayment returns a payment. IsNotFound reports whether the error means that there is none.
func (c *Client) GetPayment(ctx context.Context, organization, environment, id uuid.UUID) (*Payment, error) {
	var payment Payment
	call := call{method: http.MethodGet, path: paymentsPath(organization, environment) + "/" + id.String(), out: &payment, repeat: true}
	if err := c.do(ctx, call); err != nil {
		return nil, err
	}
	if payment.ID != id || payment.OrganizationID != organization || payment.EnvironmentID != environment {
		return nil, c.failure(call, fmt.Errorf("the answer is payment %s of environment %s", payment.ID, payment.EnvironmentID))
	}
	return &payment, nil
}

// GetSettledPayment is GetPayment for a payment that should be there: that there is none is believed only when it is still so
// after Pace.Settle. A payment that is there takes one read.
func (c *Client) GetSettledPayment(ctx context.Context, organization, environment, id uuid.UUID) (*Payment, error) {
	return settle(ctx, c, func(ctx context.Context) (*Payment, error) {
		return c.GetPayment(ctx, organization, environment, id)
	}, nil)
}

// PaymentFilter narrows a list of payments. A zero field matches everything.
type PaymentFilter struct {
	WalletID, LineOfCreditID uuid.UUID
	Category                 string
	Metadata                 map[string]string // all of it has to match
	Statuses                 []string
	Kind, Direction          string
	StartDate, EndDate       string // RFC 3339, inclusive bounds of the creation time
	SortKey, SortOrder       string // created_at or updated_at; ASC or DESC
}

// paymentsPage is how many payments one request asks for.
const paymentsPage = 100

// ListPayments walks the payments of an environment, a page a request. See [Pages] for its errors.
func (c *Client) ListPayments(ctx context.Context, organization, environment uuid.UUID, filter PaymentFilter) func(func(Payment, error) bool) {
	query := url.Values{"pagination": {"cursor"}, "limit": {strconv.Itoa(paymentsPage)}}
	for name, id := range map[string]uuid.UUID{"wallet_id": filter.WalletID, "line_of_credit_id": filter.LineOfCreditID} {
		if id != uuid.Nil {
			query.Set(name, id.String())
		}
	}
	for name, value := range map[string]string{
		"payment_category": filter.Category, "kind": filter.Kind, "direction": filter.Direction,
		"start_date": filter.StartDate, "end_date": filter.EndDate, "sort_key": filter.SortKey, "sort_order": filter.SortOrder,
	} {
		if value != "" {
			query.Set(name, value)
		}
	}
	for key, value := range filter.Metadata {
		query.Set("metadata["+key+"]", value)
	}
	for _, status := range slices.Sorted(slices.Values(filter.Statuses)) {
		query.Add("statuses[]", status)
	}
	return Pages(ctx, func(ctx context.Context, cursor string) (Page[Payment], error) {
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		var answer struct {
			Items      []Payment `json:"items"`
			NextCursor string    `json:"next_cursor"`
			HasMore    *bool     `json:"has_more"`
		}
		call := call{method: http.MethodGet, path: paymentsPath(organization, environment), query: query, out: &answer, repeat: true}
		if err := c.do(ctx, call); err != nil {
			return Page[Payment]{}, err
		}
		for i := range answer.Items {
			if answer.Items[i].EnvironmentID != environment {
				return Page[Payment]{}, c.failure(call, fmt.Errorf("the answer has a payment of environment %s", answer.Items[i].EnvironmentID))
			}
		}
		if answer.HasMore != nil && *answer.HasMore && answer.NextCursor == "" {
			return Page[Payment]{}, c.failure(call, errors.New("the answer says that there is more, and not where"))
		}
		if answer.HasMore != nil && !*answer.HasMore {
			answer.NextCursor = ""
		}
		return Page[Payment]{Items: answer.Items, Next: answer.NextCursor}, nil
	})
}

// PaymentEvent is a step in a payment's life. Source: schema PaymentHistory of the API's contract.
type PaymentEvent struct {
	EventType string    `json:"event_type"`
	Error     string    `json:"error"`
	Time      time.Time `json:"time"`
	Position  int64     `json:"position"`
}

// GetPaymentHistory returns the steps of a payment's life, in the order of their positions.
func (c *Client) GetPaymentHistory(ctx context.Context, organization, environment, id uuid.UUID) ([]PaymentEvent, error) {
	var answer struct {
		Events []PaymentEvent `json:"events"`
	}
	call := call{method: http.MethodGet, path: paymentsPath(organization, environment) + "/" + id.String() + "/history", out: &answer, repeat: true}
	if err := c.do(ctx, call); err != nil {
		return nil, err
	}
	slices.SortStableFunc(answer.Events, func(a, b PaymentEvent) int { return cmp.Compare(a.Position, b.Position) })
	return answer.Events, nil
}

func paymentsPath(organization, environment uuid.UUID) string {
	return environmentPath(organization, environment) + "/payments"
}

func environmentPath(organization, environment uuid.UUID) string {
	return organizationPath(organization) + "/environments/" + environment.String()
}

func organizationPath(organization uuid.UUID) string {
	return "/organizations/" + organization.String()
}
