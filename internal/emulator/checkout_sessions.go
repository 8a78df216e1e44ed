package emulator

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

func (e *Emulator) routeCheckoutSessions() {
	e.route("create_session", e.createSession)
	e.route("get_session", e.getSession)
	e.route("get_session_allowed_origins", e.getSessionOrigins)
}

// createSession makes a session of the hosted checkout. Like every write, its payment is made later.
func (e *Emulator) createSession(c *call) reply {
	var request struct {
		ID              uuid.UUID         `json:"id"`
		WalletID        uuid.UUID         `json:"wallet_id"`
		PaymentID       *uuid.UUID        `json:"payment_id"`
		Amount          *requestedMoney   `json:"amount"`
		Currency        string            `json:"currency"`
		Kind            string            `json:"payment_kind"`
		ExpiresAt       time.Time         `json:"expires_at"`
		Description     string            `json:"description"`
		PaymentMetadata map[string]string `json:"payment_metadata"`
		Metadata        json.RawMessage   `json:"metadata"`
		RedirectURLs    struct {
			Success string `json:"success"`
			Failure string `json:"failure"`
		} `json:"redirect_urls"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	session, token, refusal := e.world.CreateSession(&c.Call, world.SessionOrder{
		ID: request.ID, Wallet: request.WalletID, Payment: request.PaymentID, Kind: request.Kind, Amount: request.Amount.money(),
		Currency: request.Currency, ExpiresAt: request.ExpiresAt, Description: request.Description, PaymentMetadata: request.PaymentMetadata,
		Metadata: request.Metadata, Redirects: world.Redirects(request.RedirectURLs),
	})
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	origins, refusal := e.world.SessionOrigins(&world.Call{Now: c.Now}, session.Order.ID)
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	content := originsJSON(origins)
	content["id"], content["payment_id"], content["expires_at"] = session.Order.ID, session.Payment, timestamp(session.Order.ExpiresAt)
	content["checkout_token"], content["checkout_url"] = token, originOf(c.request)+"/checkout/"+session.Order.ID.String()+"#"+token
	return reply{status: http.StatusCreated, content: content}
}

// getSession shows a session to a browser that has its token. It returns 202 until the payment can be read.
func (e *Emulator) getSession(c *call) reply {
	token, bearer := strings.CutPrefix(c.request.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		token = ""
	}
	session, refusal := e.world.ReadSession(&c.Call, c.ids["session_id"], token, c.request.Header.Get("Origin"))
	switch {
	case refusal != nil:
		return refuse(problemOf(refusal))
	case session.Seen == nil:
		return reply{status: http.StatusAccepted, header: retryAfter(session.ReadableIn), content: browserSessionJSON(session)}
	}
	return found(browserSessionJSON(session))
}

// getSessionOrigins tells anybody which pages may show a session.
func (e *Emulator) getSessionOrigins(c *call) reply {
	origins, refusal := e.world.SessionOrigins(&c.Call, c.ids["session_id"])
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return found(originsJSON(origins))
}

// retryAfter writes the pause before the next request into the two headers of the contract.
func retryAfter(d time.Duration) http.Header {
	up := func(unit time.Duration) string { return strconv.FormatInt(int64((d+unit-1)/unit), 10) }
	return http.Header{"Retry-After": {up(time.Second)}, "X-Retry-After-Ms": {up(time.Millisecond)}}
}

// originOf returns the emulator's origin in a request, as a browser writes it.
func originOf(r *http.Request) string {
	if r.TLS != nil {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// originsJSON writes a policy in the form of the contract's schema CheckoutSessionAllowedOrigins. The API chooses the order of the origins.
func originsJSON(checkout world.Checkout) map[string]any {
	origins := append([]string{}, checkout.AllowedOrigins...)
	slices.Reverse(origins)
	return map[string]any{"origin_policy": checkout.OriginPolicy, "allowed_origins": origins}
}

// browserSessionJSON writes a session in the form of the contract's schema BrowserCheckoutSession.
func browserSessionJSON(s *world.BrowserSession) map[string]any {
	content := originsJSON(s.Checkout)
	content["id"], content["expires_at"], content["metadata"] = s.Order.ID, timestamp(s.Order.ExpiresAt), s.Order.Metadata
	content["payment"] = nil
	if s.Seen != nil {
		content["payment"] = browserPaymentJSON(s.Seen)
	}
	return content
}

// browserPaymentJSON writes a receive in the form of the contract's schema BrowserCheckoutPayment.
func browserPaymentJSON(p *world.Payment) map[string]any {
	content := map[string]any{
		"id": p.ID, "status": p.Status, "kind": p.Kind, "bip21_uri": nil, "payment_request": nil, "amount": nil,
		"requested_amount": plainOrNull(p.Requested),
	}
	if p.URI != "" {
		content["bip21_uri"] = p.URI
	}
	if p.PaymentRequest != "" {
		content["payment_request"] = p.PaymentRequest
	}
	if p.Requested != nil || p.Status == "completed" {
		content["amount"] = plain(p.Amount)
	}
	return content
}

// CheckoutSessionView is a session of the hosted checkout with its secrets, for tests that look for leaked secrets.
type CheckoutSessionView struct {
	ID, PaymentID, WalletID uuid.UUID
	ExpiresAt               time.Time
	Token                   string // the first
}

// CheckoutSessions returns every session, in the order of creation.
func (e *Emulator) CheckoutSessions() []CheckoutSessionView {
	return locked(e, func(w *world.World) []CheckoutSessionView {
		views := []CheckoutSessionView{}
		for _, s := range w.Sessions() {
			views = append(views, CheckoutSessionView{
				ID: s.Order.ID, PaymentID: s.Payment, WalletID: s.Order.Wallet, ExpiresAt: s.Order.ExpiresAt, Token: s.Token,
			})
		}
		return views
	})
}
