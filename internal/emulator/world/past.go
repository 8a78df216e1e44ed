package world

import (
	"cmp"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
)

// PastPayment is a payment that a wallet has from the start.
type PastPayment struct {
	ID, Wallet uuid.UUID
	Direction  string // receive or send
	Kind       string // bolt11, onchain or bip21
	// Amount is in base units of the wallet's currency.
	Amount      int64
	Description string
	Metadata    map[string]string
	// Status is receiving, completed, expired or failed for a receive, and completed or failed for a send. Problem is the reason of a
	// failure.
	Status, Problem string
	// CreatedAt is the time of its creation. The zero time stands for the beginning of the world. For an expired receive, it stands for
	// that time minus the expiration.
	CreatedAt time.Time
	// Expiration is how long a receive can be paid, in seconds; 0: an hour.
	Expiration int64
}

// WebhookDefinition is a webhook that exists from the start.
type WebhookDefinition struct {
	ID, EnvironmentID uuid.UUID
	URL, Name         string
	Events            []Event
	Secret            string // empty: derived from the ID
	Stopped           bool
}

// createdAt returns the time when the payment was made, in a world that begins at a time.
func (p *PastPayment) createdAt(begins time.Time) time.Time {
	if p.CreatedAt.IsZero() && p.Status == "expired" {
		return begins.Add(-time.Duration(p.expiration()) * time.Second)
	}
	if p.CreatedAt.IsZero() {
		return begins
	}
	return p.CreatedAt
}

func (p *PastPayment) expiration() int64 { return cmp.Or(p.Expiration, defaultExpiration) }

// beginnings returns the creation times of the wallets with initial payments. A wallet is created at the time of its first payment.
func (o *Organization) beginnings(now time.Time) map[uuid.UUID]time.Time {
	beginnings := map[uuid.UUID]time.Time{}
	for i := range o.Payments {
		p := &o.Payments[i]
		if at, known := beginnings[p.Wallet]; !known || p.createdAt(now).Before(at) {
			beginnings[p.Wallet] = p.createdAt(now)
		}
	}
	return beginnings
}

// addPast adds the initial objects of an organization, except lines of credit, keys, wallets and bills.
func (w *World) addPast(org *organization, now time.Time) error {
	for wallet, policies := range org.Policies {
		if !w.state.Wallets.has(wallet) {
			return fmt.Errorf("there are policies for wallet %s, which does not exist", wallet)
		}
		at := w.state.Wallets.latest(wallet).CreatedAt
		w.state.Policies.put(wallet, at, WalletPolicies{Policies: policies, CreatedAt: at, UpdatedAt: at})
	}
	payments := slices.Clone(org.Payments)
	slices.SortStableFunc(payments, func(a, b PastPayment) int { return a.createdAt(now).Compare(b.createdAt(now)) })
	for i := range payments {
		if err := w.addPastPayment(org, &payments[i], now); err != nil {
			return fmt.Errorf("payment %s, a %s of %d in wallet %s: %w", payments[i].ID, payments[i].Direction, payments[i].Amount,
				payments[i].Wallet, err)
		}
	}
	for environment, checkout := range org.Checkouts {
		if !org.Has(environment) {
			return fmt.Errorf("there are checkout settings for environment %s, which does not exist", environment)
		}
		w.state.Checkouts.put(environment, now, CheckoutSettings{checkout, now})
	}
	for _, webhook := range org.Webhooks {
		if err := w.addWebhook(org, webhook, now); err != nil {
			return err
		}
	}
	return nil
}

func (w *World) addWebhook(org *organization, webhook WebhookDefinition, now time.Time) error {
	switch r := w.checkWebhook(webhook.URL, webhook.Name); {
	case webhook.ID == uuid.Nil || w.state.Webhooks.has(webhook.ID):
		return fmt.Errorf("webhook %q has no ID of its own", webhook.Name)
	case !org.Has(webhook.EnvironmentID):
		return fmt.Errorf("webhook %s is in no environment of organization %s", webhook.ID, org.ID)
	case r != nil:
		return fmt.Errorf("webhook %q: %s", webhook.Name, r.Detail)
	}
	state := Webhook{
		ID: webhook.ID, Organization: org.ID, Environment: webhook.EnvironmentID, URL: webhook.URL, Name: webhook.Name, Events: webhook.Events,
		Status: "active", CreatedAt: now, UpdatedAt: now,
	}
	if webhook.Stopped {
		state.Status, state.StoppedAt = "stopped", &now
	}
	w.state.Webhooks.put(webhook.ID, now, state)
	w.state.WebhookSecrets[webhook.ID] = cmp.Or(webhook.Secret, derivedSecret(webhook.ID))
	return nil
}

// derivedSecret returns a webhook's secret that is the same in every run, in the form of [newWebhookSecret].
func derivedSecret(webhook uuid.UUID) string {
	return "vltg_" + hex.EncodeToString(hashOf("webhook secret", webhook))[:32]
}

// addPastPayment makes a payment like a call at the time of its creation, but without delays. Webhooks get no event.
func (w *World) addPastPayment(org *organization, p *PastPayment, now time.Time) error {
	if !w.state.Wallets.has(p.Wallet) || w.state.Wallets.latest(p.Wallet).Organization != org.ID {
		return errors.New("there is no such wallet")
	}
	wallet, at := w.state.Wallets.latest(p.Wallet), p.createdAt(now)
	if at.After(now) {
		return fmt.Errorf("it was created at %s, and it is only %s", at.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	delay := w.settings.Delay
	w.settings.Delay = 0
	defer func() { w.settings.Delay = delay }()
	call := &Call{Organization: org.ID, Environment: wallet.EnvironmentID, Now: at, Done: at}
	create := w.pastReceive
	if p.Direction == "send" {
		create = w.pastSend
	}
	if r := create(call, &wallet, p); r != nil {
		return errors.New(r.Detail)
	}
	seen := w.state.Payments.seen(p.ID, now)
	switch {
	case seen.Status != p.Status && seen.Failure != nil:
		return fmt.Errorf("it cannot be %s: %s", p.Status, seen.Failure.Detail)
	case seen.Status != p.Status:
		return fmt.Errorf("it cannot be %s: with its time and its expiration of %d seconds it is %s", p.Status, p.expiration(), seen.Status)
	}
	for _, moment := range w.state.Payments.Histories[p.ID] {
		if !moment.At.After(now) {
			w.state.Announced[p.ID]++
		}
	}
	return nil
}

// pastReceive makes a receive, and has it paid if it is completed.
func (w *World) pastReceive(c *Call, wallet *WalletState, p *PastPayment) *Refusal {
	order := ReceiveOrder{
		ID: p.ID, Wallet: p.Wallet, Kind: p.Kind, Amount: &Money{w.currencyOf(p.Wallet), p.Amount}, Description: p.Description,
		Metadata: p.Metadata,
	}
	expiration := p.expiration()
	order.Expiration = &expiration
	if p.Status == "failed" {
		c.Failure = &Failure{Type: "receive_failed", Code: "rejected", Detail: cmp.Or(p.Problem, "A policy of the wallet refused the payment.")}
	}
	quote, r := w.pastQuote(c, wallet, p, *order.Amount)
	if r != nil {
		return r
	}
	order.Quote = quote
	if r := w.CreateReceive(c, order); r != nil {
		return r
	}
	if p.Status != "completed" {
		return nil
	}
	payment := w.state.Payments.seen(p.ID, c.Now)
	if payment.Failure != nil {
		return nil // the caller checks the status
	}
	if payment.PaymentRequest != "" {
		w.receive(p.ID, payment.InvoiceMsats, c.Now, lightning(p.ID, payment.InvoiceMsats))
	} else {
		w.receive(p.ID, payment.InvoiceMsats, c.Now, onchain(p.ID, payment.InvoiceMsats).mined(c.Now))
	}
	return nil
}

// pastSend makes a send to a destination outside Voltage.
func (w *World) pastSend(c *Call, wallet *WalletState, p *PastPayment) *Refusal {
	msats := w.msats(Money{w.currencyOf(p.Wallet), p.Amount})
	if p.Kind != "bolt11" {
		msats = wholeSats(msats)
	}
	destination := Payment{
		ID: derivedID(p.ID, "destination"), Kind: p.Kind, InvoiceMsats: msats, Description: p.Description, Expiration: defaultExpiration,
	}
	invoice, address, err := requestOf(wallet.Network, &destination, c.Now)
	if err != nil {
		return Invalidf("invalid_payment", "%s", err)
	}
	order := SendOrder{
		ID: p.ID, Wallet: p.Wallet, Kind: p.Kind, Currency: w.currencyOf(p.Wallet), Description: p.Description, Metadata: p.Metadata,
		PaymentRequest: invoice, Address: address, Amount: &Money{"btc", msats},
	}
	if p.Kind == "bip21" {
		order.PaymentRequest, order.Address = "", paymentURI(address, invoice, msats, p.Description)
	}
	if p.Status == "failed" {
		c.Failure = &Failure{Type: "send_failed", Code: "no_route", Detail: cmp.Or(p.Problem, "No route to the receiver was found.")}
	}
	quote, r := w.pastQuote(c, wallet, p, *order.Amount)
	if r != nil {
		return r
	}
	order.Quote = quote
	return w.CreateSend(c, order)
}

// pastQuote makes the quote for a payment of a USD wallet, and returns nil for other wallets. The quote lasts as long as the payment can be
// made.
func (w *World) pastQuote(c *Call, wallet *WalletState, p *PastPayment, amount Money) (*uuid.UUID, *Refusal) {
	if w.currencyOf(wallet.ID) != "usd" {
		return nil, nil
	}
	quoting := *c
	quoting.Failure = nil
	order := QuoteOrder{
		ID: derivedID(p.ID, "quote"), Line: *wallet.LineOfCreditID, Network: ShownNetwork(wallet.Network), Amount: &amount, To: "usd",
	}
	if amount.Currency == "usd" {
		order.To = "btc"
	}
	if r := w.CreateQuote(&quoting, order); r != nil {
		return nil, r
	}
	expires := c.Now.Add(time.Duration(p.expiration()) * time.Second)
	w.state.Quotes.step(order.ID, c.Now, func(q *Quote) { q.ExpiresAt = &expires })
	return &order.ID, nil
}
