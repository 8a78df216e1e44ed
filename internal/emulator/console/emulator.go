package console

import (
	"time"

	"github.com/google/uuid"
)

// Emulator is what the console shows and changes. Its methods are safe for concurrent use, and none returns a secret: neither an API key,
// nor the secret of a webhook, nor a preimage. [Emulator.CheckoutToken] is the one exception.
type Emulator interface {
	// Now is the time of the emulator's clock.
	Now() time.Time
	// AdvanceClock moves the clock forward.
	AdvanceClock(d time.Duration) error
	// Revision tells whether something has changed: it is equal as long as nothing has.
	Revision() Revision
	// Stopping is closed when the emulator stops.
	Stopping() <-chan struct{}

	Wallets(ListOrder) (wallets []Wallet, older bool)
	Wallet(id uuid.UUID) *Wallet // nil: no such wallet
	// Ledger returns limit entries of a ledger after the newest skip, the newest first.
	Ledger(wallet uuid.UUID, skip, limit int) (lines []LedgerLine, older bool)

	Payments(PaymentOrder) (payments []Payment, older bool)
	Payment(id uuid.UUID) *PaymentDetail // nil: no such payment

	Webhooks() []Webhook
	Deliveries(DeliveryOrder) (deliveries []Delivery, older bool)
	Delivery(id uuid.UUID) *DeliveryDetail // nil: no such delivery

	Sessions(ListOrder) (sessions []Session, older bool)
	// Session returns a session to a customer who has a token of it; nil: no such session, or another token.
	Session(id uuid.UUID, token string) *Session
	// CheckoutToken returns a token that opens a session, empty for none: who may see the console may be the customer, too.
	CheckoutToken(session uuid.UUID) string

	// Requests returns limit requests to the API before the number before, 0 for the newest, the newest first.
	Requests(before, limit int, query string) (requests []Request, older bool)
	Request(number int) *Request // nil: no such request
	ForgetRequests()

	Faults() []Fault
	Effects() []Effect
	Operations() []string
	SetFault(FaultOrder) error
	ClearFaults()

	// Pay simulates an external payer who pays an invoice, address or URI. Msats is 0 unless the request takes any amount.
	Pay(target string, msats int64) error
	// PayPayment does the same for the request of a payment.
	PayPayment(id uuid.UUID, msats int64) error
	Deposit(wallet uuid.UUID, amount Money) (Money, error)
	Withdraw(wallet uuid.UUID, amount Money) (Money, error)
	RetryDelivery(id uuid.UUID) error
}

// Revision numbers what the console shows, by what a page can show of it.
type Revision struct{ Wallets, Payments, Webhooks, Sessions, Requests, Faults, Clock uint64 }

// Money is a signed amount in base units: msats of btc, cents of usd, and so on.
type Money struct {
	Currency string // btc, usd, or asset: with an ID
	Amount   int64
}

// ListOrder asks for a part of a list. Lists begin with the newest object.
type ListOrder struct {
	Before uuid.UUID // the last object of the part before; uuid.Nil: the list's beginning
	Limit  int
	Query  string // that the objects have to contain, in small letters; empty: all objects
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
	Failure                   string // why its creation, renaming or deletion failed
}

// Balance is what a wallet has of a currency.
type Balance struct {
	Total Money
	Held  Money // part of Total
}

// LedgerLine is an entry of a ledger.
type LedgerLine struct {
	At      time.Time
	Kind    string
	Amount  Money // negative where the entry takes from the balance
	Moves   bool  // whether it changes the balance, and not only what is held of it
	Balance Money // after the entry
	Payment *uuid.UUID
}

// PaymentOrder asks for a part of the list of payments.
type PaymentOrder struct {
	ListOrder
	Wallet            uuid.UUID // uuid.Nil: any
	Status, Direction string    // empty: any
}

// Payment is a payment, as far as a list shows it.
type Payment struct {
	ID, WalletID            uuid.UUID
	WalletName              string
	Direction, Kind, Status string
	Category                string
	Amount                  Money
	AnyAmount               bool // it is a receive of any amount that was not paid
	Description             string
	CheckOnly               bool
	CreatedAt, UpdatedAt    time.Time
}

// PaymentDetail is all that the console shows of a payment.
type PaymentDetail struct {
	Payment
	Environment           string
	Network               string
	Payable               bool   // an external payer can pay it now
	Target                string // what a payer scans: the URI, the invoice or the address
	Invoice, Address, URI string
	InvoiceMsats          int64 // that have to arrive, with the fee; 0 for any
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

// Flow is a way that the money of a payment took.
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

// Delivery is a delivery of a webhook, as far as a list shows it.
type Delivery struct {
	ID, WebhookID        uuid.UUID
	WebhookName          string
	Event                string
	Payment              uuid.UUID // uuid.Nil for a test
	State                string
	Attempts             int
	Status               int    // that the receiver answered; 0: no answer
	Problem              string // why the last attempt failed
	CreatedAt, UpdatedAt time.Time
}

// DeliveryDetail is all that the console shows of a delivery.
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
	Status  int    // that the receiver answered; 0: no answer
	Answer  string // the beginning of the body that it answered
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
	SuccessURL           string // where the customer goes afterwards; empty: nowhere
	FailureURL           string
}

// Request is a request to the API.
type Request struct {
	Number       int
	Time         time.Time
	Method, Path string // with the query
	Operation    string
	Status       int // 0: no answer yet, or none at all
	Took         time.Duration
	Fault        string
	Key          string   // shortened, or why none exists
	Permissions  []string // of the key
	Opens        string   // the environments that the key opens
	Agent        string   // the program that sent it, as it names itself
	Body, Answer string
}

// Fault is a fault that is still to happen.
type Fault struct {
	Operation  string // empty: every operation
	Nth, Times int    // Times is -1 for ever
	Effect     string
}

// Effect is what a fault can do.
type Effect struct {
	Name    string
	Value   string   // what follows the name and =, empty where nothing does
	Takes   []string // the fields of FaultOrder that go with it, of after, retry_after, type, code, detail
	Summary string
}

// FaultOrder asks for a fault.
type FaultOrder struct {
	Operation, Effect              string
	Nth, Times                     int
	After                          bool
	RetryAfter, Type, Code, Detail string
}
