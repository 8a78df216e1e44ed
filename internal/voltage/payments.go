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
	CheckOnly       *bool             `json:"check_only"` // whether a send is only a policy check as of now; nil where the API does not say
	// ProcessingFee is what was agreed to when a send was approved or a receive generated, and does not change. Breakdown is what came
	// of it, in the currency shown. Both are nil where the wallet has no such fee, and Breakdown also while it is not known.
	ProcessingFee *AgreedFee        `json:"processing_fee"`
	Breakdown     *PaymentBreakdown `json:"payment_breakdown"`
	Exchanges     []Exchange        `json:"exchanges"` // what was exchanged, once it was
	Data          PaymentData       `json:"data"`
}

// AgreedFee is the processing fee of one payment. Source: schema PaymentProcessingFee of the API's contract.
type AgreedFee struct {
	BasisPoints int64  `json:"basis_points"` // 100 are 1 %
	Amount      Amount `json:"amount"`
}

// PaymentBreakdown is what a payment's sum is made of. Source: schema PaymentBreakdown of the API's contract.
type PaymentBreakdown struct {
	Principal     Amount `json:"principal"`
	NetworkFee    Amount `json:"network_fee"`
	ProcessingFee Amount `json:"processing_fee"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A payment that does not say which one it is, which way it goes or how far it is, is
// unreadable.
func (p *Payment) UnmarshalJSON(data []byte) error {
	type plain Payment
	if err := json.Unmarshal(data, (*plain)(p)); err != nil {
		return err
	}
	return says("payment", fact{"id", p.ID != uuid.Nil}, fact{"environment_id", p.EnvironmentID != uuid.Nil},
		fact{"direction", p.Direction != ""},
		fact{"type", p.Kind != ""}, fact{"status", p.Status != ""})
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
	// MarketQuote is the rate of a payment on a USD line of credit, nil for every other one.
	MarketQuote *MarketQuote `json:"market_quote"`
	Receipts    []Flow       `json:"receipts"` // of a receive
	Outflows    []Flow       `json:"outflows"` // of a send
}

// Flow is how money came or went.
type Flow struct {
	Type string          `json:"type"` // onchain, lightning, shortcircuit (inside Voltage), swap
	Data json.RawMessage `json:"data"`
}

// PaymentError is why a payment failed. Source: schemas SendError and ReceiveError of the API's contract.
type PaymentError struct {
	Type   string `json:"type"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	// Context is what the API adds, as JSON; empty where it adds nothing.
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

// Payable reports whether the payment is a receive that can be paid. What is to be paid comes with the status.
func (p *Payment) Payable() bool {
	return p.Direction == DirectionReceive && p.Status == StatusReceiving && (p.Data.PaymentRequest != "" || p.Data.Address != "")
}

// Amount is what is paid without fees, in the currency that the payment is shown in: in USD on a USD line of credit. It is nil where
// it is not known yet: the API writes 0 for a receive of any amount that nobody has paid.
func (p *Payment) Amount() *Amount {
	amount := amountOf(p.Data.AmountObject, p.Data.AmountMsats, p.Data.AmountSats)
	if amount != nil && amount.Amount == 0 && p.Direction == DirectionReceive && p.RequestedAmount == nil {
		return nil
	}
	return amount
}

// Principal is Amount, by the breakdown where there is one: whether the amount of a receive with a processing fee is what the wallet
// gets or what the payer pays is not said anywhere.
func (p *Payment) Principal() *Amount {
	if p.Breakdown != nil {
		return &p.Breakdown.Principal
	}
	return p.Amount()
}

// AmountIn is Amount in a currency, nil where the payment does not show it: a payment that is shown in USD has its btc in the
// deprecated fields alone.
func (p *Payment) AmountIn(currency string) *Amount {
	for _, amount := range []*Amount{p.Amount(), amountOf(nil, p.Data.AmountMsats, p.Data.AmountSats)} {
		if amount != nil && amount.Currency == currency {
			return amount
		}
	}
	return nil
}

// Fees is everything that was charged: of a send the network's and the processing fee together, of a receive the processing fee,
// which the payer pays. It is nil where it is not known, or nothing was charged.
func (p *Payment) Fees() *Amount {
	return amountOf(p.Data.FeesObject, p.Data.FeeMsats, p.Data.FeeSats)
}

// MaxFee is the bound on the network's fee, which the processing fee comes on top of; nil where it is not said.
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
	case sats != nil && -maxSats <= *sats && *sats <= maxSats:
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

// maxSeconds is the most seconds that fit into a time.Duration.
const maxSeconds = math.MaxInt64 / int64(time.Second)

// ExpiresAt is when a receive can no longer be paid, nil where the API does not say. It counts from created_at.
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
	Amount      *Amount           `json:"amount,omitempty"`   // nil: any amount, and then Currency is btc
	Currency    string            `json:"currency,omitempty"` // only without an amount
	QuoteID     *uuid.UUID        `json:"quote_id,omitempty"`
	Description string            `json:"description,omitempty"`
	Expiration  int64             `json:"expiration,omitempty"` // seconds; 0 is the API's default of 3,600
	Metadata    map[string]string `json:"metadata,omitempty"`
	// OwnID says that the user chose the ID. See [NewWebhook].
	OwnID bool `json:"-"`
	// Treasury says that the wallet owner's own money is moved, which is another operation with the same request.
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
	// Treasury is that of [NewReceive].
	Treasury bool `json:"-"`
	// Promotes says that the ID is that of a policy check which was approved, or may be: see [Client.CreateSend].
	Promotes bool `json:"-"`
	// OwnID says that the user chose the ID. It matters to [Client.CheckSend] alone.
	OwnID bool `json:"-"`
}

// NewSendData is where a send goes, and how much.
type NewSendData struct {
	PaymentRequest string  `json:"payment_request,omitempty"`
	Address        string  `json:"address,omitempty"`
	Amount         *Amount `json:"amount,omitempty"`
	MaxFee         *Amount `json:"max_fee,omitempty"`
	Description    string  `json:"description,omitempty"`
}

// Sent is what is known of a payment after it was asked for.
type Sent int

const (
	// SentNot is a send that is not known to be under way: see the error.
	SentNot Sent = iota
	// SentNow is a send that the API has accepted by this very request.
	SentNow
	// SentPerhaps is a payment that exists under the ID after a doubtful answer: by this request, or by an earlier one with the same ID.
	SentPerhaps
	// SentBefore is a payment that existed under the ID before: the API has refused this request with 409, and did nothing.
	SentBefore
)

// CreateReceive asks for a receive. See [Client.CreateWallet] for what it does after a doubtful answer and for its errors. SentPerhaps is a
// payment that exists under the ID after a doubtful answer.
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

// newPaymentPath is where a payment is requested.
func newPaymentPath(ref Ref, treasury bool) string {
	if treasury {
		return environmentPath(ref.OrganizationID, ref.EnvironmentID) + "/treasury_movements"
	}
	return paymentsPath(ref.OrganizationID, ref.EnvironmentID)
}

// CreateSend asks for a send, with one request and never more. After a doubtful answer the ID is read: where it exists,
// the send is under way, and there is no error; otherwise the error is an *UncertainError, and the send must not be repeated
// under another ID before the ID was read again.
//
// With the ID of a policy check that was approved, the send promotes it: see promote for what differs then.
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
				return errOnlyChecked // a check became visible that was not when the send was asked for
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

// sendBody is the request for a send, or for its policy check.
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
	Metadata                 map[string]string // all of it has to match
	Statuses                 []string
	Kind, Direction          string
	StartDate, EndDate       string // RFC 3339, inclusive bounds of the creation time
	SortKey, SortOrder       string // created_at or updated_at; ASC or DESC
	// CheckOnly is true for policy checks alone and false for everything else, receives too; nil for both. An API before v6.14.0 ignores
	// it, so that the payments themselves have to be looked at.
	CheckOnly *bool
}

// Matches reports whether a payment of a list is one that CheckOnly asks for, which an API before v6.14.0 does not see to. told is false
// for a send that does not say whether it is a policy check; it matches.
func (f *PaymentFilter) Matches(p *Payment) (matches, told bool) {
	switch {
	case f.CheckOnly == nil:
		return true, true
	case p.Direction == DirectionSend && p.CheckOnly == nil && p.Status != StatusCompleted:
		return true, false
	}
	return p.IsCheck() == *f.CheckOnly, true
}

// paymentsPage is how many payments one request asks for.
const paymentsPage = 100

// ListPayments walks the payments of an environment, a page a request. See [Pages] for its errors.
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

// PaymentEvent is a step in a payment's life. Source: schema PaymentHistory of the API's contract.
type PaymentEvent struct {
	EventType string    `json:"event_type"`
	Error     string    `json:"error"`
	Time      time.Time `json:"time"`
	Position  int64     `json:"position"`
}

// UnmarshalJSON implements [json.Unmarshaler]. A step that does not say what it is or when it was is unreadable.
func (e *PaymentEvent) UnmarshalJSON(data []byte) error {
	type plain PaymentEvent
	if err := json.Unmarshal(data, (*plain)(e)); err != nil {
		return err
	}
	return says("event", fact{"event_type", e.EventType != ""}, fact{"time", !e.Time.IsZero()})
}

// GetPaymentHistory returns the steps of a payment's life, in the order of their positions. An *UnreadableItemsError comes with the
// steps that can be read.
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
