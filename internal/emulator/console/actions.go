package console

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// action carries out the order of a form, and returns a sentence about the result.
type action func(r *http.Request) (string, error)

func (c *Console) routeActions() {
	for pattern, a := range map[string]struct {
		back string // the page to continue with if the browser runs no script
		do   action
	}{
		"POST /console/pay":                   {"/console/payments", c.payTarget},
		"POST /console/payments/{id}/pay":     {"/console/payments", c.payPayment},
		"POST /console/wallets/{id}/deposit":  {"/", c.move("deposited", "in", Emulator.Deposit)},
		"POST /console/wallets/{id}/withdraw": {"/", c.move("withdrawn", "from", Emulator.Withdraw)},
		"POST /console/deliveries/{id}/retry": {"/console/webhooks", c.retryDelivery},
		"POST /console/faults":                {"/console/faults", c.setFault},
		"POST /console/faults/clear":          {"/console/faults", c.clearFaults},
		"POST /console/requests/forget":       {"/console/requests", c.forgetRequests},
		"POST /console/clock":                 {"/", c.advanceClock},
	} {
		c.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { c.act(w, r, a.back, a.do) })
	}
	c.mux.HandleFunc("POST /console/checkout/{id}/open", c.openCheckout)
}

// act carries out an action, and answers with a notice. htmx puts the notice into the page. Browsers without script get a page with it.
func (c *Console) act(w http.ResponseWriter, r *http.Request, back string, do action) {
	if err := r.ParseForm(); err != nil {
		c.refuse(w, r, http.StatusBadRequest, "The form could not be read.")
		return
	}
	text, err := do(r)
	status := http.StatusOK
	if err != nil {
		status, text = http.StatusUnprocessableEntity, sentenceOf(err)
	}
	n := notice{Text: text, Bad: err != nil, Back: back}
	if isFragment(r) {
		c.write(w, status, c.templates["notice"], "notice", n)
		return
	}
	title := "Done"
	if err != nil {
		title = "Not possible"
	}
	c.write(w, status, c.templates["notice"], "layout", &page{Title: title, Now: c.emulator.Now(), Data: n})
}

// sentenceOf writes an error as a sentence.
func sentenceOf(err error) string {
	text := err.Error()
	text = strings.ToUpper(text[:1]) + text[1:]
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}

// givenMsats reads the amount of a form for a request of any amount. It returns 0 if the form has no amount.
func givenMsats(r *http.Request) (int64, error) {
	if strings.TrimSpace(r.PostForm.Get("amount")) == "" {
		return 0, nil
	}
	money, err := parseAmount(r.PostForm.Get("amount"), r.PostForm.Get("unit"))
	if err != nil {
		return 0, err
	}
	if money.Currency != "btc" {
		return 0, errors.New("a payment request is paid in sats or msats")
	}
	return money.Amount, nil
}

func (c *Console) payTarget(r *http.Request) (string, error) {
	target := strings.TrimSpace(r.PostForm.Get("target"))
	if target == "" {
		return "", errors.New("paste an invoice, an address or a BIP 21 URI")
	}
	msats, err := givenMsats(r)
	if err != nil {
		return "", err
	}
	if err := c.emulator.Pay(target, msats); err != nil {
		return "", err
	}
	return "Paid, as an external payer would.", nil
}

func (c *Console) payPayment(r *http.Request) (string, error) {
	msats, err := givenMsats(r)
	if err != nil {
		return "", err
	}
	return c.pay(pathID(r), msats)
}

// pay pays the request of a payment, and returns a sentence with the amount.
func (c *Console) pay(id uuid.UUID, msats int64) (string, error) {
	payment := c.emulator.Payment(id)
	if payment == nil {
		return "", fmt.Errorf("there is no payment %s", id)
	}
	if err := c.emulator.PayPayment(id, msats); err != nil {
		return "", err
	}
	return "Paid " + sentence(Money{"btc", max(msats, payment.InvoiceMsats)}) + " to wallet " + payment.WalletName + ".", nil
}

// move deposits or withdraws.
func (c *Console) move(done, where string, do func(Emulator, uuid.UUID, Money) (Money, error)) action {
	return func(r *http.Request) (string, error) {
		wallet := c.emulator.Wallet(pathID(r))
		if wallet == nil {
			return "", errors.New("this emulator has no such wallet")
		}
		money, err := parseAmount(r.PostForm.Get("amount"), r.PostForm.Get("unit"))
		if err != nil {
			return "", err
		}
		balance, err := do(c.emulator, wallet.ID, money)
		if err != nil {
			return "", err
		}
		return fmt.Sprintf("%s %s %s. The balance is %s.", sentence(money), "were "+done+" "+where, wallet.Name, sentence(balance)), nil
	}
}

func (c *Console) retryDelivery(r *http.Request) (string, error) {
	id := pathID(r)
	if err := c.emulator.RetryDelivery(id); err != nil {
		return "", err
	}
	return "Delivery " + short(id) + " is attempted again.", nil
}

func (c *Console) setFault(r *http.Request) (string, error) {
	form := r.PostForm
	order := FaultOrder{
		Operation: form.Get("operation"), Effect: form.Get("effect"), After: form.Get("after") != "", RetryAfter: form.Get("retry_after"),
		Type: form.Get("type"), Code: form.Get("code"), Detail: form.Get("detail"),
	}
	if value := strings.TrimSpace(form.Get("value")); value != "" {
		order.Effect += "=" + value
	}
	for name, number := range map[string]*int{"nth": &order.Nth, "times": &order.Times} {
		text := form.Get(name)
		if text == "" {
			continue
		}
		n, err := strconv.Atoi(text)
		if err != nil || n == 0 {
			return "", fmt.Errorf("%s is a whole number from 1, not %q", name, text)
		}
		*number = n
	}
	if err := c.emulator.SetFault(order); err != nil {
		return "", err
	}
	about := "any operation"
	if order.Operation != "" {
		about = order.Operation
	}
	return fmt.Sprintf("The fault %s affects %s, of %s.", order.Effect, occurrence(Fault{Nth: max(order.Nth, 1), Times: order.Times}),
		about), nil
}

func (c *Console) clearFaults(*http.Request) (string, error) {
	c.emulator.ClearFaults()
	return "No fault is left. A request that hangs already continues to hang.", nil
}

func (c *Console) forgetRequests(*http.Request) (string, error) {
	c.emulator.ForgetRequests()
	return "The record is empty.", nil
}

func (c *Console) advanceClock(r *http.Request) (string, error) {
	text := strings.TrimSpace(r.PostForm.Get("by"))
	var d time.Duration
	var err error
	if days, found := strings.CutSuffix(text, "d"); found {
		var n int
		if n, err = strconv.Atoi(days); err == nil && n < 36_500 {
			d = time.Duration(n) * 24 * time.Hour
		}
	} else {
		d, err = time.ParseDuration(text)
	}
	if err != nil || d <= 0 {
		return "", fmt.Errorf("%q is not a duration such as 90s, 2h30m or 3d", text)
	}
	if err := c.emulator.AdvanceClock(d); err != nil {
		return "", err
	}
	now := c.emulator.Now()
	return "The clock was moved by " + text + ". It is " + clock(now) + " UTC on " + day(now) + ".", nil
}

// openCheckout sends the browser to a session, as a customer would see it. The token is in the fragment, which browsers do not send, so no
// server and no record sees it.
func (c *Console) openCheckout(w http.ResponseWriter, r *http.Request) {
	id := pathID(r)
	token := c.emulator.CheckoutToken(id)
	if token == "" {
		c.missing(w, r, "checkout session")
		return
	}
	http.Redirect(w, r, "/checkout/"+id.String()+"#"+token, http.StatusSeeOther) //nolint:gosec // a path with a UUID
}
