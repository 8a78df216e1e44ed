package voltage

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
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

// Categories of a payment. Source: schema PaymentCategory of the API's contract.
const (
	CategoryStandard = "standard"
	CategoryTreasury = "treasury" // the wallet owner's own money
)

// Directions of a payment.
const (
	DirectionSend    = "send"
	DirectionReceive = "receive"
)

// States of a payment. A receive is generating, then receiving, and then completed, expired or failed. A send is sending, then approved,
// and then completed or failed.
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
	CheckOnly       *bool             `json:"check_only"` // whether a send is currently only a policy check; nil if the API does not say it
	// ProcessingFee is the fee at the time when a send was approved or a receive was generated. It does not change. Breakdown is the
	// result, in the currency shown. Both are nil if the wallet has no processing fee. Breakdown is also nil until it is known.
	ProcessingFee *AgreedFee        `json:"processing_fee"`
	Breakdown     *PaymentBreakdown `json:"payment_breakdown"`
	Exchanges     []Exchange        `json:"exchanges"` // empty before an exchange
	Data          PaymentData       `json:"data"`
}

// AgreedFee is the processing fee of one payment. Source: schema PaymentProcessingFee of the API's contract.
type AgreedFee struct {
	BasisPoints int64  `json:"basis_points"` // 100 = 1 %
	Amount      Amount `json:"amount"`
}

// PaymentBreakdown lists the parts of a payment's sum. Source: schema PaymentBreakdown of the API's contract.
type PaymentBreakdown struct {
	Principal     Amount `json:"principal"`
	NetworkFee    Amount `json:"network_fee"`
	ProcessingFee Amount `json:"processing_fee"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A payment without its IDs, its direction or its status is unreadable.
func (p *Payment) UnmarshalJSON(data []byte) error {
	type plain Payment
	if err := json.Unmarshal(data, (*plain)(p)); err != nil {
		return err
	}
	return says("payment", fact{"id", p.ID != uuid.Nil}, fact{"environment_id", p.EnvironmentID != uuid.Nil},
		fact{"direction", p.Direction != ""},
		fact{"type", p.Kind != ""}, fact{"status", p.Status != ""})
}

// PaymentData has the fields that depend on a payment's kind and direction. The API writes amounts in two forms, which [Payment.Amount] and
// similar methods read.
type PaymentData struct {
	PaymentRequest string  `json:"payment_request"` // BOLT 11; empty while the payment is generating
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
	// MarketQuote is the rate of a payment on a USD line of credit. It is nil for other payments.
	MarketQuote *MarketQuote `json:"market_quote"`
	Receipts    []Flow       `json:"receipts"` // of a receive
	Outflows    []Flow       `json:"outflows"` // of a send
}

// Flow is one incoming or outgoing transfer of a payment.
type Flow struct {
	Type string          `json:"type"` // onchain, lightning, shortcircuit (inside Voltage), swap
	Data json.RawMessage `json:"data"`
}

// PaymentError is the reason why a payment failed. Source: schemas SendError and ReceiveError of the API's contract.
type PaymentError struct {
	Type   string `json:"type"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	// Context has further members of the API's error as JSON, or is empty.
	Context string `json:"context"`
}

// UnmarshalJSON implements [json.Unmarshaler].
func (e *PaymentError) UnmarshalJSON(data []byte) error {
	failure, err := readFailure(data)
	*e = PaymentError{Type: failure.Type, Code: string(failure.Code), Detail: string(failure.Detail), Context: string(failure.Context)}
	return err
}

// Error implements error. The text is the API's, cleaned.
func (e *PaymentError) Error() string { return failureText(e.Type, e.Code, e.Detail, e.Context) }

// Final reports whether the payment's status will not change any more.
func (p *Payment) Final() bool {
	return p.Status == StatusCompleted || p.Status == StatusExpired || p.Status == StatusFailed
}

// Payable reports whether the payment is a receive that can be paid. The invoice or address comes with the status.
func (p *Payment) Payable() bool {
	return p.Direction == DirectionReceive && p.Status == StatusReceiving && (p.Data.PaymentRequest != "" || p.Data.Address != "")
}

// Amount returns the amount without fees, in the currency of the payment, which is USD on a USD line of credit. It is nil if it is not
// known yet: the API writes 0 for an unpaid receive of any amount.
func (p *Payment) Amount() *Amount {
	amount := amountOf(p.Data.AmountObject, p.Data.AmountMsats, p.Data.AmountSats)
	if amount != nil && amount.Amount == 0 && p.Direction == DirectionReceive && p.RequestedAmount == nil {
		return nil
	}
	return amount
}

// Principal is Amount, but from the breakdown if there is one. The API's documentation does not say whether the amount of a receive
// includes the processing fee that the payer pays.
func (p *Payment) Principal() *Amount {
	if p.Breakdown != nil {
		return &p.Breakdown.Principal
	}
	return p.Amount()
}

// AmountIn is Amount in a currency, or nil if the payment does not show it. A payment in USD has its btc amount only in the deprecated
// fields.
func (p *Payment) AmountIn(currency string) *Amount {
	for _, amount := range []*Amount{p.Amount(), amountOf(nil, p.Data.AmountMsats, p.Data.AmountSats)} {
		if amount != nil && amount.Currency == currency {
			return amount
		}
	}
	return nil
}

// Fees returns all fees that were charged. For a send, it is the sum of the network fee and the processing fee. For a receive, it is the
// processing fee, which the payer pays. It is nil if the fees are not known or nothing was charged.
func (p *Payment) Fees() *Amount {
	return amountOf(p.Data.FeesObject, p.Data.FeeMsats, p.Data.FeeSats)
}

// MaxFee returns the limit of the network fee, or nil. The processing fee is not part of it.
func (p *Payment) MaxFee() *Amount {
	return amountOf(p.Data.MaxFeeObject, p.Data.MaxFeeMsats, p.Data.MaxFeeSats)
}

// amountOf reads an amount in its present form or in one of the deprecated forms.
func amountOf(amount *Amount, msats, sats *int64) *Amount {
	switch {
	case amount != nil:
		return amount
	case msats != nil:
		return &Amount{Currency: CurrencyBTC, Amount: *msats, Unit: UnitMsats}
	case sats != nil && -maxSats <= *sats && *sats <= maxSats:
		return &Amount{Currency: CurrencyBTC, Amount: *sats * MsatsPerSat, Unit: UnitMsats}
	}
	return nil
}

// Description returns the text of a payment. Each kind has another field for it.
func (p *Payment) Description() string {
	for _, text := range []string{p.Data.Memo, p.Data.Label, p.Data.Description} {
		if text != "" {
			return text
		}
	}
	return ""
}

// maxSeconds is the largest number of seconds that fits into a time.Duration.
const maxSeconds = math.MaxInt64 / int64(time.Second)

// ExpiresAt returns the time after which a receive can no longer be paid, or nil if the API does not say it. The expiration counts from
// created_at.
func (p *Payment) ExpiresAt() *time.Time {
	if p.CreatedAt.IsZero() || p.Data.Expiration == nil || *p.Data.Expiration < 0 || *p.Data.Expiration > maxSeconds {
		return nil
	}
	at := p.CreatedAt.Add(time.Duration(*p.Data.Expiration) * time.Second)
	return &at
}

// NewReceive is the request for a receive. Source: schema ReceivePaymentRequest of the API's contract.
type NewReceive struct {
	WalletID    uuid.UUID         `json:"wallet_id"`
	Kind        string            `json:"payment_kind"`
	Amount      *Amount           `json:"amount,omitempty"`   // nil: any amount; then Currency is btc
	Currency    string            `json:"currency,omitempty"` // only if Amount is nil
	QuoteID     *uuid.UUID        `json:"quote_id,omitempty"`
	Description string            `json:"description,omitempty"`
	Expiration  int64             `json:"expiration,omitempty"` // seconds; 0 is the API's default of 3,600
	Metadata    map[string]string `json:"metadata,omitempty"`
	// OwnID says that the user chose the ID. See [NewWebhook].
	OwnID bool `json:"-"`
	// Treasury says that the request moves the wallet owner's own money. This is another operation of the API with the same request.
	Treasury bool `json:"-"`
}

// NewSend is the request for a send. Source: schema SendPaymentRequest of the API's contract.
type NewSend struct {
	WalletID uuid.UUID         `json:"wallet_id"`
	Currency string            `json:"currency"`
	Kind     string            `json:"type"`
	QuoteID  *uuid.UUID        `json:"quote_id,omitempty"`
	Metadata map[string]string `json:"metadata,omitempty"`
	Data     NewSendData       `json:"data"`
	// Treasury has the meaning of [NewReceive.Treasury].
	Treasury bool `json:"-"`
	// Promotes says that the ID belongs to a policy check that was or may have been approved: see [Client.CreateSend].
	Promotes bool `json:"-"`
	// OwnID says that the user chose the ID. Only [Client.CheckSend] uses it.
	OwnID bool `json:"-"`
}

// NewSendData has the destination and the amount of a send.
type NewSendData struct {
	PaymentRequest string  `json:"payment_request,omitempty"`
	Address        string  `json:"address,omitempty"`
	Amount         *Amount `json:"amount,omitempty"`
	MaxFee         *Amount `json:"max_fee,omitempty"`
	Description    string  `json:"description,omitempty"`
}

// Sent is the known outcome of the request for a payment.
type Sent int

const (
	// SentNot means that no payment is known to be under way. The error says why.
	SentNot Sent = iota
	// SentNow means that the API has accepted this request.
	SentNow
	// SentPerhaps means that a payment with the ID exists after a doubtful answer. This request or an earlier one with the same ID has made
	// it.
	SentPerhaps
	// SentBefore means that a payment with the ID existed before. The API has refused this request with 409, and did nothing.
	SentBefore
)

// CreateReceive asks for a receive. After a doubtful answer it does the same as [Client.CreateWallet], and it has the same errors.
// SentPerhaps means that a payment with the ID exists after a doubtful answer.
func (c *Client) CreateReceive(ctx context.Context, ref Ref, receive NewReceive) (Sent, error) {
	body := struct {
		ID uuid.UUID `json:"id"`
		NewReceive
	}{ref.ID, receive}
	doubtful := false
	err := c.create(ctx, createRequest{
		call: call{method: http.MethodPost, path: newPaymentPath(ref, receive.Treasury), body: body},
		read: func(ctx context.Context) error {
			doubtful = true
			_, err := c.GetPayment(ctx, ref)
			return err
		},
		resend:   true,
		conflict: true,
		ownID:    receive.OwnID,
	})
	switch {
	case err != nil:
		return SentNot, err
	case doubtful:
		return SentPerhaps, nil
	}
	return SentNow, nil
}

// newPaymentPath returns the path for the request of a payment.
func newPaymentPath(ref Ref, treasury bool) string {
	if treasury {
		return environmentPath(ref.OrganizationID, ref.EnvironmentID) + "/treasury_movements"
	}
	return paymentsPath(ref.OrganizationID, ref.EnvironmentID)
}

// CreateSend asks for a send with exactly one request. After a doubtful answer it reads the ID. If the ID exists, the send is under way and
// the error is nil. Otherwise the error is an *UncertainError: read the ID again before you repeat the send under another ID.
//
// If the ID belongs to an approved policy check, the send promotes the check. See promote for the differences.
func (c *Client) CreateSend(ctx context.Context, ref Ref, send NewSend) (Sent, error) {
	request := call{method: http.MethodPost, path: newPaymentPath(ref, send.Treasury), body: sendBody(ref, send)}
	if send.Promotes {
		return c.promote(ctx, ref, request)
	}
	doubtful := false
	err := c.create(ctx, createRequest{
		call: request,
		read: func(ctx context.Context) error {
			doubtful = true
			payment, err := c.GetPayment(ctx, ref)
			if err == nil && payment.IsCheck() && !payment.Final() {
				return errOnlyChecked // a policy check became visible only after the request
			}
			return err
		},
	})
	switch {
	case err == nil && doubtful:
		return SentPerhaps, nil
	case err == nil:
		return SentNow, nil
	case isStatus(err, http.StatusConflict) && !doubtful:
		return SentBefore, nil
	}
	return SentNot, err
}

// sendBody returns the body of the request for a send, or for its policy check.
func sendBody(ref Ref, send NewSend) any {
	return struct {
		ID uuid.UUID `json:"id"`
		NewSend
	}{ref.ID, send}
}

// GetPayment returns a payment. IsNotFound reports whether the error means that the payment does not exist.
func (c *Client) GetPayment(ctx context.Context, ref Ref) (*Payment, error) {
	var payment Payment
	err := c.do(ctx, call{
		method: http.MethodGet, path: ref.paymentPath(), out: &payment, repeat: true,
		check: func() error {
			if payment.ID != ref.ID || payment.OrganizationID != ref.OrganizationID || payment.EnvironmentID != ref.EnvironmentID {
				return fmt.Errorf("the answer is payment %s of environment %s", payment.ID, payment.EnvironmentID)
			}
			return nil
		},
	})
	if err != nil {
		return nil, err
	}
	return &payment, nil
}

// PaymentFilter narrows a list of payments. A zero field matches everything.
type PaymentFilter struct {
	WalletID, LineOfCreditID uuid.UUID
	Category                 string
	Metadata                 map[string]string // every entry must match
	Statuses                 []string
	Kind, Direction          string
	StartDate, EndDate       string // RFC 3339, inclusive bounds of the creation time
	SortKey, SortOrder       string // created_at or updated_at; ASC or DESC
	// CheckOnly selects only policy checks if it is true, and all other payments, including receives, if it is false. Nil selects both. An
	// API before v6.14.0 ignores it, so the caller must check each payment with Matches.
	CheckOnly *bool
}

// Matches reports whether a payment of a list fits CheckOnly, which an API before v6.14.0 ignores. told is false if a send does not show
// whether it is a policy check. Such a send matches.
func (f *PaymentFilter) Matches(p *Payment) (matches, told bool) {
	switch {
	case f.CheckOnly == nil:
		return true, true
	case p.Direction == DirectionSend && p.CheckOnly == nil && p.Status != StatusCompleted:
		return true, false
	}
	return p.IsCheck() == *f.CheckOnly, true
}

// paymentsPage is the number of payments that one request asks for.
const paymentsPage = 100

// ListPayments iterates over the payments of an environment, and requests one page at a time. See [Pages] for its errors.
func (c *Client) ListPayments(
	ctx context.Context, organization, environment uuid.UUID, filter PaymentFilter,
) func(func(Payment, error) bool) {
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
	if filter.CheckOnly != nil {
		query.Set("check_only", strconv.FormatBool(*filter.CheckOnly))
	}
	narrowPayments(query, filter.Metadata, filter.Statuses)
	return cursorPages(ctx, c, paymentsPath(organization, environment), query, "payment", func(p *Payment) error {
		if p.EnvironmentID != environment {
			return fmt.Errorf("the answer has a payment of environment %s", p.EnvironmentID)
		}
		return nil
	})
}

// PaymentEvent is one event in the history of a payment. Source: schema PaymentHistory of the API's contract.
type PaymentEvent struct {
	EventType string    `json:"event_type"`
	Error     string    `json:"error"`
	Time      time.Time `json:"time"`
	Position  int64     `json:"position"`
}

// UnmarshalJSON implements [json.Unmarshaler]. An event without its type or its time is unreadable.
func (e *PaymentEvent) UnmarshalJSON(data []byte) error {
	type plain PaymentEvent
	if err := json.Unmarshal(data, (*plain)(e)); err != nil {
		return err
	}
	return says("event", fact{"event_type", e.EventType != ""}, fact{"time", !e.Time.IsZero()})
}

// GetPaymentHistory returns the events of a payment in the order of their positions. With an *UnreadableItemsError, it returns the readable
// events as well.
func (c *Client) GetPaymentHistory(ctx context.Context, ref Ref) ([]PaymentEvent, error) {
	var answer struct {
		Events list[PaymentEvent] `json:"events"`
	}
	err := c.do(ctx, call{
		method: http.MethodGet, path: ref.paymentPath() + "/history", out: &answer, repeat: true,
		check: func() error { return says("answer", fact{"list of events", answer.Events.present}) },
	})
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(answer.Events.items, func(a, b PaymentEvent) int { return cmp.Compare(a.Position, b.Position) })
	return answer.Events.items, answer.Events.err(c, "event")
}
