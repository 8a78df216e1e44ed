package emulator

import (
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/console"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (c forConsole) Payments(order console.PaymentOrder) (payments []console.Payment, older bool) {
	c.e.mu.Lock()
	defer c.e.mu.Unlock()
	v := c.e.world.View(c.e.config.Now())
	found, older := v.Payments(partOf(order.ListOrder), func(p *world.Payment) bool {
		return (order.Wallet == uuid.Nil || p.Wallet == order.Wallet) && (order.Status == "" || p.Status == order.Status) &&
			(order.Direction == "" || p.Direction == order.Direction) &&
			matches(p, order.Query)
	})
	for _, p := range found {
		payments = append(payments, shownPayment(v, p))
	}
	return payments, older
}

// matches reports whether a payment contains a query in lower case. It runs for every payment while the world is locked, so it avoids
// making texts. Invoices are already in lower case.
func matches(p *world.Payment, query string) bool {
	if query == "" || strings.Contains(p.PaymentRequest, query) || strings.Contains(p.Address, query) || contains(query, p.Description) {
		return true
	}
	return strings.Trim(query, "0123456789abcdef-") == "" && strings.Contains(p.ID.String(), query)
}

func shownPayment(v world.View, p *world.Payment) console.Payment {
	payment := console.Payment{
		ID: p.ID, WalletID: p.Wallet, Direction: p.Direction, Kind: p.Kind, Status: p.Status, Category: p.Category,
		Amount: shownMoney(p.Amount), AnyAmount: p.Direction == "receive" && p.Requested == nil && p.Status != "completed",
		Description: p.Description, CheckOnly: p.CheckOnly != nil && *p.CheckOnly, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
	if wallet := v.Wallet(p.Wallet); wallet != nil {
		payment.WalletName = wallet.Name
	}
	return payment
}

func (c forConsole) Payment(id uuid.UUID) *console.PaymentDetail {
	return viewed(c.e, func(v world.View) *console.PaymentDetail {
		detail := shownPaymentDetail(v, id)
		if detail == nil {
			return nil
		}
		if session := v.SessionOfPayment(id); session != nil {
			detail.Session = &session.Order.ID
		}
		return detail
	})
}

// shownPaymentDetail returns everything that the console shows about a payment, except its session. It has no preimage, since a preimage
// proves that an invoice was paid.
func shownPaymentDetail(v world.View, id uuid.UUID) *console.PaymentDetail {
	states := v.Payment(id)
	if len(states) == 0 {
		return nil
	}
	p := states[len(states)-1]
	detail := &console.PaymentDetail{
		Payment: shownPayment(v, p), Environment: namesOf(v).environment(p.Environment), URI: p.URI, InvoiceMsats: p.InvoiceMsats,
		Fees: shownMoneyOrNil(p.Fees), Metadata: maps.Clone(p.Metadata),
	}
	if !p.Hidden {
		detail.Invoice, detail.Address = p.PaymentRequest, p.Address
	}
	if wallet := v.Wallet(p.Wallet); wallet != nil {
		detail.Network = wallet.Network
	}
	if p.Direction == "receive" {
		expires := p.CreatedAt.Add(time.Duration(p.Expiration) * time.Second)
		detail.ExpiresAt, detail.Payable = &expires, p.Status == "receiving" && len(p.Flows) == 0
		detail.Target = scanned(p)
	} else {
		detail.MaxFee = shownMoneyOrNil(&p.MaxFee)
	}
	if p.Failure != nil {
		detail.FailureType, detail.FailureDetail = p.Failure.Type, p.Failure.Detail
		if p.Failure.Code != "" {
			detail.FailureType += " (" + p.Failure.Code + ")"
		}
	}
	for i, state := range states {
		step := console.Step{At: state.UpdatedAt, Status: state.Status}
		if i > 0 && states[i-1].Status == state.Status {
			step.Status = "detected"
		}
		detail.Steps = append(detail.Steps, step)
	}
	for _, flow := range p.Flows {
		detail.Flows = append(detail.Flows, shownFlow(flow))
	}
	return detail
}

// scanned returns the content of the QR code of a receive. Wallets understand both kinds of URI.
func scanned(p *world.Payment) string {
	switch {
	case p.Kind == "bip21" && p.URI != "":
		return p.URI
	case p.PaymentRequest != "":
		return "lightning:" + p.PaymentRequest
	}
	return p.URI
}

func shownFlow(f world.Flow) console.Flow {
	switch f.Kind {
	case world.Lightning:
		return console.Flow{Kind: "Lightning, payment hash", Reference: f.PaymentHash}
	case world.ShortCircuit:
		return console.Flow{Kind: "Inside Voltage, payment", Reference: f.Other.String()}
	}
	return console.Flow{Kind: "On chain, transaction", Reference: f.TransactionID}
}

func (c forConsole) Pay(target string, msats int64) error { return c.e.Pay(target, msats) }

func (c forConsole) PayPayment(id uuid.UUID, msats int64) error {
	return locked(c.e, func(w *world.World) error {
		states := w.View(c.e.config.Now()).Payment(id)
		if len(states) == 0 {
			return fmt.Errorf("there is no payment %s", id)
		}
		p := states[len(states)-1]
		for _, target := range []string{p.PaymentRequest, p.Address} {
			if target != "" && p.Direction == "receive" {
				return w.Pay(target, msats)
			}
		}
		return fmt.Errorf("payment %s cannot be paid: it is %s", id, p.Status)
	})
}
