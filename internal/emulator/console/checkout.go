package console

import (
	"net/http"
	"strings"
	"time"
)

// tokenHeader is the header for the token of a customer. The token is in the fragment of the page's address, which a browser does not send
// by itself.
const tokenHeader = "Checkout-Token"

func (c *Console) routeCheckout() {
	c.mux.HandleFunc("GET /checkout/{id}", c.checkoutPage)
	c.mux.HandleFunc("GET /checkout/{id}/session", c.checkoutSession)
	c.mux.HandleFunc("GET /checkout/{id}/events", c.checkoutEvents)
	c.mux.HandleFunc("POST /checkout/{id}/pay", c.payCheckout)
}

// checkoutPage writes the page without the session, since the token comes only with the next request.
func (c *Console) checkoutPage(w http.ResponseWriter, r *http.Request) {
	c.write(w, http.StatusOK, c.templates["checkout"], "checkout", &page{Title: "Checkout", Self: "/checkout/" + pathID(r).String()})
}

// session returns the session that a customer's token opens, or nil.
func (c *Console) session(r *http.Request) *Session {
	token := r.Header.Get(tokenHeader)
	if token == "" {
		return nil
	}
	return c.emulator.Session(pathID(r), token)
}

// checkoutSession writes the session.
func (c *Console) checkoutSession(w http.ResponseWriter, r *http.Request) {
	c.writeSession(w, r, notice{})
}

// customersView is the view of a session for its customer.
type customersView struct {
	*Session
	Self        string
	State       string // preparing, payable, seen, paid, expired, failed
	LeftSeconds int64  // until the payment expires
	Return      string // address for the customer afterwards, or empty
	Notice      notice
}

func (c *Console) writeSession(w http.ResponseWriter, r *http.Request, n notice) {
	session := c.session(r)
	if session == nil {
		c.write(w, http.StatusOK, c.templates["checkout"], "unknown", nil)
		return
	}
	view := customersView{Session: session, Self: "/checkout/" + session.ID.String(), State: stateOf(session), Notice: n}
	if session.Payment != nil && session.Payment.ExpiresAt != nil {
		view.LeftSeconds = max(int64(session.Payment.ExpiresAt.Sub(c.emulator.Now())/time.Second), 0)
	}
	switch view.State {
	case "paid":
		view.Return = session.SuccessURL
	case "expired", "failed":
		view.Return = session.FailureURL
	}
	if !strings.HasPrefix(view.Return, "https://") && !strings.HasPrefix(view.Return, "http://") {
		view.Return = ""
	}
	c.write(w, http.StatusOK, c.templates["checkout"], "session", view)
}

// stateOf returns the state of a session for its customer.
func stateOf(s *Session) string {
	switch {
	case s.Payment == nil || s.Payment.Status == "generating":
		return "preparing"
	case s.Payment.Status == "completed":
		return "paid"
	case s.Payment.Status == "failed":
		return "failed"
	case s.Payment.Status == "expired" || s.Expired:
		return "expired"
	case !s.Payment.Payable:
		return "seen"
	}
	return "payable"
}

// checkoutEvents tells a customer's page that something has changed. It needs no token, since it sends nothing else.
func (c *Console) checkoutEvents(w http.ResponseWriter, r *http.Request) {
	told := c.emulator.Revision().Payments
	c.stream(w, r, []string{"changed"}, func() []string {
		now := c.emulator.Revision().Payments
		if now == told {
			return nil
		}
		told = now
		return []string{"changed"}
	})
}

// payCheckout simulates an external payer who pays the session.
func (c *Console) payCheckout(w http.ResponseWriter, r *http.Request) {
	session := c.session(r)
	if session == nil || session.Payment == nil {
		c.write(w, http.StatusOK, c.templates["checkout"], "unknown", nil)
		return
	}
	n := notice{}
	msats := int64(0)
	err := r.ParseForm()
	if err == nil {
		msats, err = givenMsats(r)
	}
	if err == nil {
		err = c.emulator.PayPayment(session.Payment.ID, msats)
	}
	if err != nil {
		n = notice{Text: sentenceOf(err), Bad: true}
	}
	c.writeSession(w, r, n)
}
