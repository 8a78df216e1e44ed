package emulator

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/console"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// forConsole gives a console access to an emulator. Each method holds the lock only while it copies the values to show.
type forConsole struct{ e *Emulator }

// viewed runs a function on a view of the world at the current time, while the world is locked.
func viewed[T any](e *Emulator, f func(world.View) T) T {
	e.mu.Lock()
	defer e.mu.Unlock()
	return f(e.world.View(e.config.Now()))
}

// partOf returns the part of a list that an order asks for.
func partOf(order console.ListOrder) world.Part {
	return world.Part{Before: order.Before, Limit: order.Limit}
}

// contains reports whether one of the texts contains a query in lower case.
func contains(query string, texts ...string) bool {
	return query == "" || slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), query) })
}

func (c forConsole) Now() time.Time { return c.e.config.Now() }

func (c forConsole) Stopping() <-chan struct{} { return c.e.stopping }

func (c forConsole) Revision() console.Revision {
	revision := viewed(c.e, func(world.View) world.Revision { return c.e.world.Revision(c.e.config.Now()) })
	return console.Revision{
		Wallets: revision.Wallets, Payments: revision.Payments, Webhooks: revision.Webhooks, Sessions: revision.Sessions,
		Requests: c.e.recorder.count(), Faults: c.e.faults.count(), Clock: c.e.clockRevision(),
	}
}

// named maps an environment to its name and the name of its organization.
type named map[uuid.UUID][2]string

func namesOf(v world.View) named {
	names := named{}
	for _, org := range v.Organizations() {
		for _, environment := range org.Environments {
			names[environment.ID] = [2]string{org.Name, environment.Name}
		}
	}
	return names
}

func (n named) environment(id uuid.UUID) string { return cmp.Or(n[id][1], id.String()) }

func shownMoney(m world.Money) console.Money { return console.Money(m) }

func shownMoneyOrNil(m *world.Money) *console.Money {
	if m == nil {
		return nil
	}
	money := shownMoney(*m)
	return &money
}

func (c forConsole) Wallets(order console.ListOrder) (wallets []console.Wallet, older bool) {
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	v := c.e.world.View(c.e.config.Now())
	names := namesOf(v)
	found, older := v.Wallets(partOf(order), func(s *world.WalletState) bool {
		return contains(order.Query, s.Name, s.ID.String(), s.Network, names.environment(s.EnvironmentID))
	})
	for _, s := range found {
		wallets = append(wallets, shownWallet(v, names, s))
	}
	return wallets, older
}

func (c forConsole) Wallet(id uuid.UUID) *console.Wallet {
	return viewed(c.e, func(v world.View) *console.Wallet {
		s := v.Wallet(id)
		if s == nil {
			return nil
		}
		wallet := shownWallet(v, namesOf(v), s)
		return &wallet
	})
}

func shownWallet(v world.View, names named, s *world.WalletState) console.Wallet {
	wallet := console.Wallet{
		ID: s.ID, Name: s.Name, Network: s.Network, Organization: names[s.EnvironmentID][0], Environment: names.environment(s.EnvironmentID),
		Currency: v.Currency(s.ID), Limit: s.Limit, Metadata: maps.Clone(s.Metadata), Active: s.Active, CreatedAt: s.CreatedAt,
		UpdatedAt: s.UpdatedAt, DeletedAt: s.DeletedAt,
	}
	if s.LineOfCreditID != nil {
		wallet.LineOfCredit = s.LineOfCreditID.String()
	}
	if s.Failure != nil {
		wallet.Failure = strings.TrimSpace(s.Failure.Type + " " + s.Failure.Detail)
	}
	balances := slices.Clone(s.Balances)
	if !slices.ContainsFunc(balances, func(m world.Money) bool { return m.Currency == wallet.Currency }) {
		balances = slices.Insert(balances, 0, world.Money{Currency: wallet.Currency})
	}
	for _, balance := range balances {
		wallet.Balances = append(wallet.Balances, console.Balance{
			Total: shownMoney(balance), Held: console.Money{Currency: balance.Currency, Amount: s.Held(balance.Currency)},
		})
	}
	return wallet
}

func (c forConsole) Ledger(wallet uuid.UUID, skip, limit int) (lines []console.LedgerLine, older bool) {
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	entries, older := c.e.world.View(c.e.config.Now()).Ledger(wallet, skip, limit)
	for _, entry := range entries {
		amount := shownMoney(entry.Money)
		if entry.Kind == "captured" || entry.Kind == "withdrawn" {
			amount.Amount = -amount.Amount
		}
		lines = append(lines, console.LedgerLine{
			At: entry.At, Kind: entry.Kind, Amount: amount, Moves: entry.Kind != "held" && entry.Kind != "released",
			Balance: console.Money{Currency: amount.Currency, Amount: entry.Balance}, Payment: entry.Payment,
		})
	}
	return lines, older
}

func (c forConsole) Sessions(order console.ListOrder) (sessions []console.Session, older bool) {
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	v := c.e.world.View(c.e.config.Now())
	found, older := v.Sessions(partOf(order))
	for _, s := range found {
		sessions = append(sessions, c.shownSession(v, s))
	}
	return sessions, older
}

func (c forConsole) Session(id uuid.UUID, token string) *console.Session {
	return viewed(c.e, func(v world.View) *console.Session {
		s := v.SessionOf(token)
		if s == nil || s.Order.ID != id {
			return nil
		}
		session := c.shownSession(v, s)
		return &session
	})
}

func (c forConsole) CheckoutToken(id uuid.UUID) string {
	return viewed(c.e, func(v world.View) string {
		if s := v.Session(id); s != nil {
			return s.Token
		}
		return ""
	})
}

func (c forConsole) shownSession(v world.View, s *world.CheckoutSession) console.Session {
	session := console.Session{
		ID: s.Order.ID, Description: s.Order.Description, Kind: s.Order.Kind, Amount: shownMoneyOrNil(s.Order.Amount), CreatedAt: s.CreatedAt,
		ExpiresAt: s.Order.ExpiresAt, Expired: !s.Order.ExpiresAt.After(c.e.config.Now()), SuccessURL: s.Order.Redirects.Success,
		FailureURL: s.Order.Redirects.Failure, Payment: shownPaymentDetail(v, s.Payment),
	}
	if wallet := v.Wallet(s.Order.Wallet); wallet != nil {
		session.WalletName = wallet.Name
	}
	return session
}

func (c forConsole) Webhooks() []console.Webhook {
	return viewed(c.e, func(v world.View) []console.Webhook {
		names := namesOf(v)
		found, _ := v.Webhooks(world.Part{Limit: 1000}, func(*world.Webhook) bool { return true })
		var webhooks []console.Webhook
		for _, s := range found {
			webhook := console.Webhook{
				ID: s.ID, Name: s.Name, URL: withoutPassword(s.URL), Status: s.Status, Environment: names.environment(s.Environment),
				CreatedAt: s.CreatedAt,
			}
			for _, event := range s.Events {
				webhook.Events = append(webhook.Events, event.Family+" "+event.Name)
			}
			webhooks = append(webhooks, webhook)
		}
		return webhooks
	})
}

// withoutPassword returns a URL without its password.
func withoutPassword(address string) string {
	if u, err := url.Parse(address); err == nil {
		return u.Redacted()
	}
	return address
}

func (c forConsole) Deliveries(order console.DeliveryOrder) (deliveries []console.Delivery, older bool) {
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	v := c.e.world.View(c.e.config.Now())
	found, older := v.Deliveries(partOf(order.ListOrder), func(d *world.Delivery) bool {
		return (order.Webhook == uuid.Nil || d.WebhookID == order.Webhook) && (order.Payment == uuid.Nil || d.Payment == order.Payment)
	})
	for _, d := range found {
		deliveries = append(deliveries, shownDelivery(v, d))
	}
	return deliveries, older
}

func shownDelivery(v world.View, d *world.Delivery) console.Delivery {
	delivery := console.Delivery{
		ID: d.ID, WebhookID: d.WebhookID, Event: d.Event, Payment: d.Payment, State: d.State, Attempts: d.Attempts, Status: d.Status,
		CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
	if webhook := v.Webhook(d.WebhookID); webhook != nil {
		delivery.WebhookName = webhook.Name
	}
	if states := v.Payment(d.Payment); len(states) > 0 {
		delivery.Event = states[0].Direction + " " + d.Event
	} else {
		delivery.Event = "test " + d.Event
	}
	if d.Failure != nil {
		delivery.Problem = d.Failure.Detail
	}
	return delivery
}

func (c forConsole) Delivery(id uuid.UUID) *console.DeliveryDetail {
	return viewed(c.e, func(v world.View) *console.DeliveryDetail {
		states := v.Delivery(id)
		if len(states) == 0 {
			return nil
		}
		last := states[len(states)-1]
		detail := &console.DeliveryDetail{
			Delivery: shownDelivery(v, last), URL: withoutPassword(last.URL), Body: shownBody(last.Body), Retryable: last.State != "attempting",
		}
		attempts := 0
		for _, state := range states {
			if state.Attempts == attempts {
				continue
			}
			attempts = state.Attempts
			attempt := console.Attempt{At: state.UpdatedAt, Status: state.Status, Answer: hideSecrets(state.Answer)}
			if state.Failure != nil {
				attempt.Problem = state.Failure.Detail
			}
			detail.Tries = append(detail.Tries, attempt)
		}
		return detail
	})
}

// shownBody returns a body without secrets. It indents JSON.
func shownBody(body []byte) string {
	var indented bytes.Buffer
	if json.Indent(&indented, body, "", "  ") == nil {
		body = indented.Bytes()
	}
	return hideSecrets(strings.ToValidUTF8(string(body), "\ufffd"))
}

func (c forConsole) RetryDelivery(id uuid.UUID) error {
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	c.e.changed()
	now := c.e.config.Now()
	states := c.e.world.View(now).Delivery(id)
	if len(states) == 0 {
		return fmt.Errorf("there is no delivery %s", id)
	}
	d := states[len(states)-1]
	call := &world.Call{Organization: d.Organization, Environment: d.Environment, Now: now, Done: now.Add(c.e.config.Delay)}
	if refusal := c.e.world.RetryDelivery(call, d.WebhookID, id); refusal != nil {
		return refusalError(refusal)
	}
	c.e.carryOut(now)
	return nil
}

// refusalError returns the text of a refusal as an error.
func refusalError(refusal *world.Refusal) error { return fmt.Errorf("%s", refusal.Detail) }

func (c forConsole) Deposit(wallet uuid.UUID, amount console.Money) (console.Money, error) {
	return c.move(wallet, "deposited", amount)
}

func (c forConsole) Withdraw(wallet uuid.UUID, amount console.Money) (console.Money, error) {
	return c.move(wallet, "withdrawn", amount)
}

func (c forConsole) move(wallet uuid.UUID, kind string, amount console.Money) (console.Money, error) {
	moved, err := c.e.moveByHand(MoveOrder{Wallet: wallet.String(), Currency: amount.Currency, Amount: amount.Amount}, kind)
	if err != nil {
		return console.Money{}, err
	}
	return console.Money{Currency: moved.Currency, Amount: moved.Balance}, nil
}

func (c forConsole) AdvanceClock(d time.Duration) error { return c.e.AdvanceClock(d) }

// clockRevision returns a number that changes whenever the clock is moved.
func (e *Emulator) clockRevision() uint64 {
	_, ahead := e.Clock()
	return uint64(ahead) //nolint:gosec // a clock is never behind
}
