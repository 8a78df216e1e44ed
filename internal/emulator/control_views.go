package emulator

import (
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// The views show the world as reads of the API show it now. They show all environments, need no key, and contain no secrets.

// MoneyInfo is an amount in base units.
type MoneyInfo struct {
	Currency string `json:"currency"`
	Unit     string `json:"unit"` // msats, cents, or base units
	Amount   int64  `json:"amount"`
}

// BalanceInfo is a balance of a wallet, in base units.
type BalanceInfo struct {
	MoneyInfo       // the total
	Available int64 `json:"available"` // without the held money
}

// WalletInfo is a wallet.
type WalletInfo struct {
	ID             uuid.UUID         `json:"id"`
	Name           string            `json:"name"`
	Status         string            `json:"status"` // active, inactive or deleted
	OrganizationID uuid.UUID         `json:"organization_id"`
	EnvironmentID  uuid.UUID         `json:"environment_id"`
	Network        string            `json:"network"`
	LineOfCreditID *uuid.UUID        `json:"line_of_credit_id"`
	Limit          *MoneyInfo        `json:"limit"` // null without a line of credit
	Balances       []BalanceInfo     `json:"balances"`
	Metadata       map[string]string `json:"metadata"`
	CreatedAt      time.Time         `json:"created_at"`
}

// PaymentInfo is a payment.
type PaymentInfo struct {
	ID            uuid.UUID  `json:"id"`
	Direction     string     `json:"direction"` // send or receive
	Kind          string     `json:"kind"`
	Status        string     `json:"status"`
	Amount        *MoneyInfo `json:"amount"` // null for an unpaid receive of any amount
	Msats         int64      `json:"msats"`  // Amount in msats; 0 if Amount is null
	WalletID      uuid.UUID  `json:"wallet_id"`
	WalletName    string     `json:"wallet_name"`
	EnvironmentID uuid.UUID  `json:"environment_id"`
	Invoice       string     `json:"payment_request,omitempty"`
	Address       string     `json:"address,omitempty"`
	URI           string     `json:"bip21_uri,omitempty"`
	Description   string     `json:"description,omitempty"`
	Error         string     `json:"error,omitempty"`
	CreatedAt     time.Time  `json:"created_at"`
	UpdatedAt     time.Time  `json:"updated_at"`
}

// WebhookInfo is a webhook.
type WebhookInfo struct {
	ID            uuid.UUID      `json:"id"`
	Name          string         `json:"name"`
	URL           string         `json:"url"`
	Status        string         `json:"status"` // active, stopped or deleted
	EnvironmentID uuid.UUID      `json:"environment_id"`
	Events        []string       `json:"events"`     // such as receive.completed
	Deliveries    map[string]int `json:"deliveries"` // number by status: attempting, succeeded, failed and abandoned
	LastError     string         `json:"last_error,omitempty"`
	CreatedAt     time.Time      `json:"created_at"`
}

// NamedInfo is an object with a name.
type NamedInfo struct {
	ID   uuid.UUID `json:"id"`
	Name string    `json:"name"`
}

// OrganizationInfo is an organization.
type OrganizationInfo struct {
	NamedInfo
	Environments []NamedInfo `json:"environments"`
}

// StatusInfo counts the objects of an emulator.
type StatusInfo struct {
	Clock         ClockView          `json:"clock"`
	Organizations []OrganizationInfo `json:"organizations"`
	Wallets       map[string]int     `json:"wallets"`    // by status
	Payments      map[string]int     `json:"payments"`   // by status
	Webhooks      map[string]int     `json:"webhooks"`   // by status
	Deliveries    map[string]int     `json:"deliveries"` // by status
	Faults        int                `json:"faults"`     // that have not happened yet
	Requests      int                `json:"requests"`   // number of recorded requests
}

// Paid is the result of a [PayOrder].
type Paid struct {
	Payment     uuid.UUID `json:"payment"`
	Kind        string    `json:"kind"`
	Wallet      uuid.UUID `json:"wallet"`
	Name        string    `json:"name"`
	Msats       int64     `json:"msats"`   // the paid amount
	Balance     MoneyInfo `json:"balance"` // of the wallet after the payment
	CompletedAt time.Time `json:"completed_at"`
	Completed   bool      `json:"completed"` // whether CompletedAt is in the past
}

// controlViews adds the endpoints that show the world.
func (e *Emulator) controlViews() {
	view(e, "wallets", (*Emulator).walletInfos)
	view(e, "payments", (*Emulator).paymentInfos)
	view(e, "webhooks", (*Emulator).webhookInfos)
	view(e, "status", (*Emulator).statusInfo)
}

// view adds an endpoint that shows a part of the world, which is locked.
func view[T any](e *Emulator, name string, show func(e *Emulator, now time.Time) T) {
	control(e, "GET", name, func(struct{}) (any, error) {
		e.mu.Lock()
		defer e.mu.Unlock()
		return show(e, e.config.Now()), nil
	})
}

func moneyInfo(m Money) MoneyInfo { return MoneyInfo{m.Currency, world.Unit(m.Currency), m.Amount} }

func (e *Emulator) walletInfos(now time.Time) []WalletInfo {
	infos := []WalletInfo{}
	for _, s := range e.world.WalletsAt(now) {
		info := WalletInfo{
			ID: s.ID, Name: s.Name, Status: s.Status(), OrganizationID: s.Organization, EnvironmentID: s.EnvironmentID, Network: s.Network,
			LineOfCreditID: s.LineOfCreditID, Metadata: s.Metadata, CreatedAt: s.CreatedAt.UTC(),
		}
		currencies := e.world.Currencies(s)
		if s.Limit != nil {
			limit := moneyInfo(Money{Currency: currencies[0], Amount: *s.Limit})
			info.Limit = &limit
		}
		for _, currency := range currencies {
			total := s.Balance(currency)
			info.Balances = append(info.Balances, BalanceInfo{moneyInfo(Money{Currency: currency, Amount: total}), total - s.Held(currency)})
		}
		infos = append(infos, info)
	}
	return infos
}

func (e *Emulator) paymentInfos(now time.Time) []PaymentInfo {
	names := map[uuid.UUID]string{}
	for _, s := range e.world.WalletsAt(now) {
		names[s.ID] = s.Name
	}
	infos := []PaymentInfo{}
	for _, p := range e.world.PaymentsAt(now) {
		info := PaymentInfo{
			ID: p.ID, Direction: p.Direction, Kind: p.Kind, Status: p.Status, Msats: p.Msats, WalletID: p.Wallet, WalletName: names[p.Wallet],
			EnvironmentID: p.Environment, Invoice: p.PaymentRequest, Address: p.Address, URI: p.URI, Description: p.Description,
			CreatedAt: p.CreatedAt.UTC(), UpdatedAt: p.UpdatedAt.UTC(),
		}
		if p.Direction == "send" || p.Requested != nil || p.Status == "completed" {
			amount := moneyInfo(p.Amount)
			info.Amount = &amount
		}
		if p.Failure != nil {
			info.Error = p.Failure.Type
			if p.Failure.Detail != "" {
				info.Error += ": " + p.Failure.Detail
			}
		}
		infos = append(infos, info)
	}
	return infos
}

func (e *Emulator) webhookInfos(now time.Time) []WebhookInfo {
	deliveries := map[uuid.UUID][]*Delivery{}
	for _, d := range e.world.DeliveriesAt(now) {
		deliveries[d.WebhookID] = append(deliveries[d.WebhookID], d)
	}
	infos := []WebhookInfo{}
	for _, s := range e.world.WebhooksAt(now) {
		info := WebhookInfo{
			ID: s.ID, Name: s.Name, URL: s.URL, Status: s.Status, EnvironmentID: s.Environment, Events: []string{},
			Deliveries: countBy(deliveries[s.ID], func(d *Delivery) string { return d.State }), CreatedAt: s.CreatedAt.UTC(),
		}
		for _, event := range s.Events {
			info.Events = append(info.Events, event.Family+"."+event.Name)
		}
		slices.SortStableFunc(deliveries[s.ID], func(a, b *Delivery) int { return a.UpdatedAt.Compare(b.UpdatedAt) })
		for _, d := range deliveries[s.ID] {
			if d.Failure != nil {
				info.LastError = d.Failure.Detail
			}
		}
		infos = append(infos, info)
	}
	return infos
}

func (e *Emulator) statusInfo(now time.Time) StatusInfo {
	info := StatusInfo{
		Clock:      e.clockView(),
		Wallets:    countBy(e.world.WalletsAt(now), (*world.WalletState).Status),
		Payments:   countBy(e.world.PaymentsAt(now), func(p *world.Payment) string { return p.Status }),
		Webhooks:   countBy(e.world.WebhooksAt(now), func(s *world.Webhook) string { return s.Status }),
		Deliveries: countBy(e.world.DeliveriesAt(now), func(d *Delivery) string { return d.State }),
		Faults:     len(e.Faults()),
		Requests:   len(e.Requests()),
	}
	for _, org := range e.world.Organizations() {
		named := OrganizationInfo{NamedInfo{org.ID, org.Name}, []NamedInfo{}}
		for _, environment := range org.Environments {
			named.Environments = append(named.Environments, NamedInfo{environment.ID, environment.Name})
		}
		info.Organizations = append(info.Organizations, named)
	}
	return info
}

// countBy counts values by a text, such as payments by their status.
func countBy[T any](values []*T, text func(*T) string) map[string]int {
	counts := map[string]int{}
	for _, value := range values {
		counts[text(value)]++
	}
	return counts
}

// payByHand pays a receive, and returns the result.
func (e *Emulator) payByHand(order PayOrder) (*Paid, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.changed()
	if err := e.world.Pay(order.Target, order.Msats); err != nil {
		return nil, err
	}
	payment, wallet, balance, err := e.world.Receive(order.Target)
	if err != nil {
		return nil, err
	}
	return &Paid{
		Payment: payment.ID, Kind: payment.Kind, Wallet: wallet.ID, Name: wallet.Name, Msats: max(order.Msats, payment.InvoiceMsats),
		Balance: moneyInfo(balance), CompletedAt: payment.UpdatedAt.UTC(), Completed: !payment.UpdatedAt.After(e.config.Now()),
	}, nil
}
