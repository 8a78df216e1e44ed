package world

import (
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"reflect"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// SessionOrder asks for a session of the hosted checkout and its receive.
type SessionOrder struct {
	ID, Wallet      uuid.UUID
	Payment         *uuid.UUID // nil: the world chooses the ID
	Kind            string
	Amount          *Money // nil: any
	Currency        string // empty: the amount's, and btc for any amount
	ExpiresAt       time.Time
	Description     string
	PaymentMetadata map[string]string
	Metadata        json.RawMessage // an object for the browser; nil: an empty object
	Redirects       Redirects
}

// Redirects are the addresses that the hosted checkout sends a browser to afterwards. They can be empty.
type Redirects struct{ Success, Failure string }

// CheckoutSession is a session of the hosted checkout. It never changes. Only its payment and the settings of its environment change.
type CheckoutSession struct {
	Order                              SessionOrder // in its normal form
	Organization, Environment, Payment uuid.UUID
	CreatedAt                          time.Time
	Token                              string // the first; see Settings.FreshCheckoutTokens
}

// BrowserSession has the fields of a session that a browser may see at one moment.
type BrowserSession struct {
	*CheckoutSession
	Checkout
	Seen *Payment // the payment, nil until it can be read
	// ReadableIn is the time until the payment can be read. It is 0 if the payment can be read now.
	ReadableIn time.Duration
}

// maxPaymentLife is the longest time, in seconds, during which a receive can be paid. The contract has no limit for sessions, so a session
// can outlive its payment.
const maxPaymentLife = 86_400

// invalidSession refuses a session because of one of its fields.
func invalidSession(field, format string, args ...any) *Refusal {
	return InvalidFields("invalid_request", fmt.Sprintf(format, args...), field)
}

// normalise brings orders that ask for the same session into the same form.
func (o *SessionOrder) normalise() *Refusal {
	o.ExpiresAt = o.ExpiresAt.UTC()
	if len(o.PaymentMetadata) == 0 {
		o.PaymentMetadata = nil
	}
	if o.Currency == "" {
		o.Currency = "btc"
		if o.Amount != nil {
			o.Currency = o.Amount.Currency
		}
	}
	metadata := map[string]any{}
	if o.Metadata != nil {
		decoder := json.NewDecoder(bytes.NewReader(o.Metadata))
		decoder.UseNumber() // a number stays as it was written
		if err := decoder.Decode(&metadata); err != nil || metadata == nil {
			return invalidSession("metadata", "The metadata is not an object.")
		}
	}
	content, err := json.Marshal(metadata) // in alphabetical order
	if err != nil {
		return invalidSession("metadata", "The metadata cannot be written: %s.", err)
	}
	o.Metadata = content
	return nil
}

// CreateSession makes a session immediately, and accepts its receive. The ID is an idempotency key: a repeated order returns the existing
// session. CreateSession also returns a token for a browser.
func (w *World) CreateSession(c *Call, order SessionOrder) (session *CheckoutSession, token string, refusal *Refusal) {
	if r := order.normalise(); r != nil {
		return nil, "", r
	}
	if w.state.Sessions.has(order.ID) {
		return w.repeatSession(c, order)
	}
	wallet, r := w.payingWallet(c, order.Wallet, false)
	if r != nil {
		return nil, "", invalidSession("wallet_id", "%s", r.Detail)
	}
	if r := w.checkSession(c, wallet, order); r != nil {
		return nil, "", r
	}
	made := CheckoutSession{
		Order: order, Organization: c.Organization, Environment: c.Environment, Payment: derivedID(order.ID, "payment"), CreatedAt: c.Now,
		Token: newCheckoutToken(),
	}
	if order.Payment != nil {
		made.Payment = *order.Payment
	}
	if r := w.CheckNewPayment(made.Payment); r != nil {
		return nil, "", invalidSession("payment_id", "%s", r.Detail)
	}
	if r := w.requestPayment(c, wallet, &made); r != nil {
		return nil, "", r
	}
	w.state.Sessions.put(order.ID, c.Now, made)
	w.state.SessionTokens[made.Token] = order.ID
	return &made, made.Token, nil
}

// repeatSession answers a creation with an ID that was used before.
func (w *World) repeatSession(c *Call, order SessionOrder) (session *CheckoutSession, token string, refusal *Refusal) {
	made := w.state.Sessions.latest(order.ID)
	if !c.owns(made.Organization, made.Environment) || !reflect.DeepEqual(made.Order, order) {
		r := taken("idempotency_conflict", "session_id", order.ID)
		r.Detail = fmt.Sprintf("Session %s was made with other inputs.", order.ID)
		return nil, "", r
	}
	token = made.Token
	if w.settings.FreshCheckoutTokens {
		token = newCheckoutToken()
		w.state.SessionTokens[token] = order.ID
	}
	return &made, token, nil
}

// newCheckoutToken makes a token with the prefix that the API uses.
func newCheckoutToken() string { return "vlt_co_" + rand.Text() + rand.Text()[:6] }

// checkSession checks the rules of the contract for sessions that are not in its schema.
func (w *World) checkSession(c *Call, wallet *WalletState, order SessionOrder) *Refusal {
	switch {
	case !order.ExpiresAt.After(c.Now):
		return invalidSession("expires_at", "expires_at lies in the past.")
	case order.Amount == nil && order.Kind != "bolt11" && order.Kind != "bip21":
		return invalidSession("amount", "A session of %s needs an amount.", order.Kind)
	case order.Amount == nil && order.Currency != "btc":
		return invalidSession("currency", "A session of any amount is in btc.")
	case order.Amount != nil && order.Amount.Currency != order.Currency:
		return invalidSession("currency", "The amount is in %s.", order.Amount.Currency)
	}
	if r := w.checkFeatures(c, order.Kind, false); r != nil {
		return invalidSession("payment_kind", "%s", r.Detail)
	}
	if len(order.PaymentMetadata) > 50 { // the limit of every payment
		return invalidSession("payment_metadata", "A payment has at most 50 entries of metadata.")
	}
	for name, value := range order.PaymentMetadata {
		if utf8.RuneCountInString(name) > 256 || utf8.RuneCountInString(value) > 256 {
			return invalidSession("payment_metadata", "The names and values of a payment's metadata have at most 256 characters.")
		}
	}
	if r := checkPositive(order.Amount, "amount"); r != nil {
		return invalidSession("amount", "%s", r.Detail)
	}
	if r := checkReceiveAmount(order.Kind, order.Amount, w.currencyOf(wallet.ID)); r != nil {
		return invalidSession("amount", "%s", r.Detail)
	}
	return nil
}

// requestPayment accepts the receive of a session.
func (w *World) requestPayment(c *Call, wallet *WalletState, session *CheckoutSession) *Refusal {
	order := session.Order
	life := max(min(int64(order.ExpiresAt.Sub(c.Now)/time.Second), maxPaymentLife), 1)
	receive := ReceiveOrder{
		ID: session.Payment, Wallet: order.Wallet, Kind: order.Kind, Amount: order.Amount, Description: order.Description,
		Expiration: &life, Metadata: order.PaymentMetadata,
	}
	if w.currencyOf(wallet.ID) == "usd" && order.Kind != "taprootasset" {
		quote := w.quoteSession(c, wallet, session)
		receive.Quote = &quote
	}
	if r := w.CreateReceive(c, receive); r != nil {
		return invalidSession("amount", "%s", r.Detail)
	}
	return nil
}

// quoteSession makes the quote of a session of a USD wallet, since a session does not name a quote. The quote lasts as long as the session,
// so it cannot expire before the payment.
func (w *World) quoteSession(c *Call, wallet *WalletState, session *CheckoutSession) uuid.UUID {
	now, expires := c.Now, session.Order.ExpiresAt
	quote := Quote{
		ID: derivedID(session.Order.ID, "quote"), Organization: session.Organization, Environment: session.Environment,
		Line: *wallet.LineOfCreditID, Network: ShownNetwork(wallet.Network), Amount: *session.Order.Amount, To: "usd",
		Precision: Precision{"usd", "cents"}, RequestedAt: now, CreatedAt: &now, ExpiresAt: &expires, CentsPerBTC: w.state.CentsPerBTC,
	}
	if quote.Amount.Currency == "usd" {
		quote.To, quote.Precision = "btc", Precision{"btc", "sats"}
	}
	w.exchange(&quote)
	w.state.Quotes.put(quote.ID, now, quote)
	return quote.ID
}

// ReadSession returns a session to a browser that has its token. origin is the origin of the page. It is empty if the request has none.
func (w *World) ReadSession(c *Call, id uuid.UUID, token, origin string) (*BrowserSession, *Refusal) {
	owner, r := w.sessionOf(token)
	if r != nil {
		return nil, r
	}
	switch session := w.session(c, id); {
	case session == nil:
		return nil, missingSession(id)
	case owner.Order.ID != id:
		return nil, &Refusal{Kind: NotAllowed, Type: "checkout_token_forbidden", Detail: "The token is another session's."}
	case !session.Order.ExpiresAt.After(c.Now):
		return nil, invalidToken()
	}
	browser := w.shownTo(c, owner, c.stale())
	return browser, browser.checkOrigin(origin)
}

// SessionOrigins returns which pages may show a session. Anybody may know it.
func (w *World) SessionOrigins(c *Call, id uuid.UUID) (Checkout, *Refusal) {
	session := w.session(c, id)
	if session == nil {
		return Checkout{}, missingSession(id)
	}
	return w.originsOf(session, c.Now, c.stale()), nil
}

// Sessions returns every session, in the order of creation.
func (w *World) Sessions() []CheckoutSession { return w.state.Sessions.all() }

// session returns the session with an ID. It returns nil if the session does not exist or a fault hides it.
func (w *World) session(c *Call, id uuid.UUID) *CheckoutSession {
	if c.hidden() {
		return nil
	}
	return w.state.Sessions.seen(id, c.Now)
}

// sessionOf returns the session that a token belongs to.
func (w *World) sessionOf(token string) (*CheckoutSession, *Refusal) {
	if token == "" {
		return nil, &Refusal{Kind: Unauthenticated, Type: "missing_checkout_token", Detail: "No checkout token was given."}
	}
	id, known := w.state.SessionTokens[token]
	if !known {
		return nil, invalidToken()
	}
	session := w.state.Sessions.latest(id)
	return &session, nil
}

// shownTo returns a session with its payment and the wait for it. A stale read shows the payment before its last state.
func (w *World) shownTo(c *Call, session *CheckoutSession, stale bool) *BrowserSession {
	history := w.state.Payments.Histories[session.Payment]
	shown := &BrowserSession{
		CheckoutSession: session, Checkout: w.originsOf(session, c.Now, false), Seen: history.seen(c.Now, stale),
	}
	if shown.Seen == nil {
		shown.ReadableIn = max(history[0].At.Sub(c.Now), time.Millisecond)
	}
	return shown
}

// originsOf returns the settings that decide which pages may show a session. An environment without settings allows none.
func (w *World) originsOf(session *CheckoutSession, now time.Time, stale bool) Checkout {
	settings := w.state.Checkouts.Histories[session.Environment].seen(now, stale)
	if settings == nil {
		return Checkout{OriginPolicy: "deny_all"}
	}
	return settings.Checkout
}

func missingSession(id uuid.UUID) *Refusal {
	return &Refusal{Kind: Missing, Type: "checkout_session_not_found", Detail: fmt.Sprintf("There is no checkout session %s.", id)}
}

func invalidToken() *Refusal {
	return &Refusal{Kind: Unauthenticated, Type: "invalid_checkout_token", Detail: "A checkout token is not valid, or has expired."}
}
