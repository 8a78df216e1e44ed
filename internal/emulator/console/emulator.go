package console

import (
	"time"

	"github.com/google/uuid"
)

// Emulator is the emulator that the console shows and changes. Its methods are safe for concurrent use. They return no API keys, no secrets
// of webhooks and no preimages. The only secret that they return is [Emulator.CheckoutToken].
type Emulator interface {
	// Now returns the time of the emulator's clock.
	Now() time.Time
	// AdvanceClock moves the clock forward.
	AdvanceClock(d time.Duration) error
	// Revision returns a value that stays equal as long as nothing changes.
	Revision() Revision
	// Stopping is closed when the emulator stops.
	Stopping() <-chan struct{}

	Wallets(ListOrder) (wallets []Wallet, older bool)
	Wallet(id uuid.UUID) *Wallet // nil if it does not exist
	// Ledger returns limit entries of a ledger after the newest skip, the newest first.
	Ledger(wallet uuid.UUID, skip, limit int) (lines []LedgerLine, older bool)

	Payments(PaymentOrder) (payments []Payment, older bool)
	Payment(id uuid.UUID) *PaymentDetail // nil if it does not exist

	Webhooks() []Webhook
	Deliveries(DeliveryOrder) (deliveries []Delivery, older bool)
	Delivery(id uuid.UUID) *DeliveryDetail // nil if it does not exist

	Sessions(ListOrder) (sessions []Session, older bool)
	// Session returns a session to a customer who has its token. It returns nil if the session does not exist or the token is wrong.
	Session(id uuid.UUID, token string) *Session
	// CheckoutToken returns a token that opens a session, or an empty text. Anybody who may see the console may also act as the customer.
	CheckoutToken(session uuid.UUID) string

	// Requests returns at most limit requests to the API, the newest first. before is the number of the request after them, or 0 for the
	// newest requests.
	Requests(before, limit int, query string) (requests []Request, older bool)
	Request(number int) *Request // nil if it does not exist
	ForgetRequests()

	Faults() []Fault
	Effects() []Effect
	Operations() []string
	SetFault(FaultOrder) error
	ClearFaults()

	// Pay simulates an external payer who pays an invoice, address or URI. Msats is 0 unless the request takes any amount.
	Pay(target string, msats int64) error
	// PayPayment does the same for a payment that is a receive.
	PayPayment(id uuid.UUID, msats int64) error
	Deposit(wallet uuid.UUID, amount Money) (Money, error)
	Withdraw(wallet uuid.UUID, amount Money) (Money, error)
	RetryDelivery(id uuid.UUID) error
}

// Revision has a number for each kind of object that a page shows. The number grows with every change.
type Revision struct{ Wallets, Payments, Webhooks, Sessions, Requests, Faults, Clock uint64 }

// Money is a signed amount in base units: msats of btc, cents of usd, and so on.
type Money struct {
	Currency string // btc, usd, or asset: with an ID
	Amount   int64
}

// ListOrder asks for a part of a list. Lists begin with the newest object.
type ListOrder struct {
	Before uuid.UUID // the last object of the previous part; uuid.Nil for the first part
	Limit  int
	Query  string // a text that the objects contain, in lower case; empty for all objects
}

// Wallet is a wallet.
type Wallet struct {
	ID                        uuid.UUID
	Name, Network             string
	Organization, Environment string // their names
	Currency                  string // of its line of credit
	Limit                     *int64 // in base units of Currency; nil: no line of credit backs the wallet
	LineOfCredit              string // its ID, empty for none
	Balances                  []Balance
	Metadata                  map[string]string
	Active                    bool
	CreatedAt, UpdatedAt      time.Time
	DeletedAt                 *time.Time
	Failure                   string // the reason of a failed creation, renaming or deletion
}

// Balance is the balance of a wallet in a currency.
type Balance struct {
	Total Money
	Held  Money // part of Total
}

// LedgerLine is an entry of a ledger.
type LedgerLine struct {
	At      time.Time
	Kind    string
	Amount  Money // negative if the entry reduces the balance
	Moves   bool  // whether it changes the balance, and not only the held part
	Balance Money // after the entry
	Payment *uuid.UUID
}

// PaymentOrder asks for a part of the list of payments.
type PaymentOrder struct {
	ListOrder
	Wallet            uuid.UUID // uuid.Nil: any
	Status, Direction string    // empty: any
}

// Payment has the fields of a payment that a list shows.
type Payment struct {
	ID, WalletID            uuid.UUID
	WalletName              string
	Direction, Kind, Status string
	Category                string
	Amount                  Money
	AnyAmount               bool // an unpaid receive of any amount
	Description             string
	CheckOnly               bool
	CreatedAt, UpdatedAt    time.Time
}

// PaymentDetail has everything that the console shows about a payment.
type PaymentDetail struct {
	Payment
	Environment           string
	Network               string
	Payable               bool   // an external payer can pay it now
	Target                string // content of the QR code: the URI, the invoice or the address
	Invoice, Address, URI string
	InvoiceMsats          int64 // the amount to pay with the fee; 0 for any amount
	Fees, MaxFee          *Money
	Metadata              map[string]string
	FailureType           string
	FailureDetail         string
	ExpiresAt             *time.Time
	Steps                 []Step
	Session               *uuid.UUID
	Flows                 []Flow
}

// Step is a state that a payment has gone through.
type Step struct {
	At     time.Time
	Status string
}

// Flow is one transfer of the money of a payment.
type Flow struct{ Kind, Reference string }

// Webhook is a webhook.
type Webhook struct {
	ID          uuid.UUID
	Name, URL   string
	Status      string
	Environment string
	Events      []string // such as "receive completed"
	CreatedAt   time.Time
}

// DeliveryOrder asks for a part of the list of deliveries.
type DeliveryOrder struct {
	ListOrder
	Webhook, Payment uuid.UUID // uuid.Nil: any
}

// Delivery has the fields of a delivery that a list shows.
type Delivery struct {
	ID, WebhookID        uuid.UUID
	WebhookName          string
	Event                string
	Payment              uuid.UUID // uuid.Nil for a test
	State                string
	Attempts             int
	Status               int    // of the receiver's answer; 0 without an answer
	Problem              string // the reason why the last attempt failed
	CreatedAt, UpdatedAt time.Time
}

// DeliveryDetail has everything that the console shows about a delivery.
type DeliveryDetail struct {
	Delivery
	URL       string
	Body      string
	Tries     []Attempt
	Retryable bool
}

// Attempt is an attempt of a delivery.
type Attempt struct {
	At      time.Time
	Status  int    // of the receiver's answer; 0 without an answer
	Answer  string // the beginning of the answer's body
	Problem string
}

// Session is a session of the hosted checkout.
type Session struct {
	ID                   uuid.UUID
	Payment              *PaymentDetail // nil until it can be read
	WalletName           string
	Description          string
	Kind                 string
	Amount               *Money // nil: any
	CreatedAt, ExpiresAt time.Time
	Expired              bool
	SuccessURL           string // address for the customer afterwards, or empty
	FailureURL           string
}

// Request is a request to the API.
type Request struct {
	Number       int
	Time         time.Time
	Method, Path string // with the query
	Operation    string
	Status       int // 0 without an answer
	Took         time.Duration
	Fault        string
	Key          string   // shortened, or the reason why the request has none
	Permissions  []string // of the key
	Opens        string   // the environments that the key opens
	Agent        string   // the header User-Agent
	Body, Answer string
}

// Fault is a fault that is still to happen.
type Fault struct {
	Operation  string // empty: every operation
	Nth, Times int    // Times is -1 for ever
	Effect     string
}

// Effect is a possible effect of a fault.
type Effect struct {
	Name    string
	Value   string   // the value after the name and =, or empty
	Takes   []string // the fields of FaultOrder that it uses: after, retry_after, type, code, detail
	Summary string
}

// FaultOrder asks for a fault.
type FaultOrder struct {
	Operation, Effect              string
	Nth, Times                     int
	After                          bool
	RetryAfter, Type, Code, Detail string
}
