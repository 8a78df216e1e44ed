package simulation

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/acctest"
)

// sending is a payment that must be made once.
type sending struct {
	id      string // chosen by the user; if it is empty, each invocation pays
	config  acctest.Config
	wallet  string
	calls   []*rpc
	settled bool // the action has succeeded, or has reported that nothing will be paid
}

// foreignAddress is an address that no wallet has.
const foreignAddress = "tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx"

// send pays an invoice or an address from one of the workspace's wallets. If the user has chosen an ID, it continues until the result is
// known.
func (w *workspace) send(name string, random *rand.Rand) {
	var wallets []string
	for _, address := range w.addressesOfState() {
		if instance := w.known(address, kindOf(address)); instance.Type == "voltage_wallet" && !instance.Tainted {
			wallets = append(wallets, instance.String("id"))
		}
	}
	if len(wallets) == 0 {
		return
	}
	wallet := wallets[random.IntN(len(wallets))]
	msats := int64(1000 * (1 + random.IntN(20)))
	if err := w.s.emulator.Deposit(uuid.MustParse(wallet), "btc", 50_000_000); err != nil {
		return // it was removed
	}
	sending := &sending{wallet: wallet, config: acctest.Config{"wallet_id": wallet}}
	if random.IntN(2) == 0 {
		sending.config["kind"], sending.config["payment_request"] = "bolt11", w.invoice(msats)
	} else {
		sending.config["kind"], sending.config["address"] = "onchain", foreignAddress
		sending.config["amount"] = acctest.Config{"amount": msats, "currency": "btc"}
	}
	if random.IntN(3) > 0 {
		sending.id = w.s.id("send " + name).String()
		sending.config["id"] = sending.id
	}
	w.sends[name] = sending
	for attempt := range 4 {
		if w.invoke(fmt.Sprintf("%s send %d", name, attempt), sending) || sending.id == "" {
			return
		}
		time.Sleep(time.Duration(random.IntN(90_000_000_000)))
	}
}

// invoice returns a new invoice of the payee.
func (w *workspace) invoice(msats int64) string {
	id, err := w.s.emulator.AddReceive(w.at.payee, msats, nil)
	if err != nil {
		w.s.judge.Fatal(err)
	}
	for _, payment := range w.s.emulator.PaymentsJSON() {
		if fmt.Sprint(payment["id"]) == id.String() {
			data, _ := payment["data"].(map[string]any)
			return fmt.Sprint(data["payment_request"])
		}
	}
	w.s.judge.Fatal("the invoice is not there")
	return ""
}

// invoke sends a payment once, and reports whether it is settled.
func (w *workspace) invoke(name string, sending *sending) bool {
	p, protocol := w.start(name)
	defer p.interrupt()
	address := "send." + name
	w.s.calls.Add(1)
	var diags acctest.Diagnostics
	c, completed := p.call(address, func(ctx context.Context) {
		_, diags = protocol.Invoke(ctx, "voltage_payment_send", sending.config)
	})
	if c == nil {
		return false
	}
	sending.calls = append(sending.calls, c)
	if !completed {
		w.s.note(w, name, "send: KILLED")
		w.s.checkPayments()
		return false
	}
	said := diags.Errors()
	w.s.note(w, name, "send: "+strings.ReplaceAll(said, "\n", " / "))
	sending.settled = said == "" || strings.Contains(said, "This payment moved no money.")
	w.s.checkSend(sending, said, c)
	w.s.checkPayments()
	return sending.settled
}

// payment is a payment of the API.
type payment struct{ id, wallet, direction, status string }

func (s *simulation) payments() []payment {
	var all []payment
	for _, p := range s.emulator.PaymentsJSON() {
		all = append(all, payment{
			fmt.Sprint(p["id"]), fmt.Sprint(p["wallet_id"]), fmt.Sprint(p["direction"]), fmt.Sprint(p["status"]),
		})
	}
	return all
}

// paymentOf returns a payment by its ID, or nil.
func (s *simulation) paymentOf(id string) *payment {
	for _, p := range s.payments() {
		if p.id == id {
			return &p
		}
	}
	return nil
}
