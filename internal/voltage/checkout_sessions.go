package voltage

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// NewCheckoutSession is the request for a session of the hosted checkout. Source: schema CreateCheckoutSessionRequest of the API's
// contract.
type NewCheckoutSession struct {
	WalletID uuid.UUID `json:"wallet_id"`
	// PaymentID is the ID of the session's payment, a receive. The API can choose it, but then nobody knows the ID if the answer to the
	// creation is lost: see [CheckoutPaymentID].
	PaymentID       uuid.UUID         `json:"payment_id"`
	Kind            string            `json:"payment_kind"`
	Amount          *Amount           `json:"amount,omitempty"` // nil: any amount of btc
	ExpiresAt       time.Time         `json:"expires_at"`       // in UTC, so that a repeated request is the same
	Description     string            `json:"description,omitempty"`
	PaymentMetadata map[string]string `json:"payment_metadata,omitempty"`
	Metadata        json.RawMessage   `json:"metadata,omitempty"` // an object, which the browser reads
	RedirectURLs    *CheckoutRedirect `json:"redirect_urls,omitempty"`
}

// CheckoutRedirect has the addresses that the hosted checkout sends a browser to afterwards. An empty address means that the browser stays.
// Source: schema CheckoutRedirectUrls of the API's contract.
type CheckoutRedirect struct {
	Success string `json:"success,omitempty"`
	Failure string `json:"failure,omitempty"`
}

// CheckoutSession is the answer to the creation of a session. No other operation returns it. Source: schema CreateCheckoutSessionResponse
// of the API's contract.
type CheckoutSession struct {
	ID        uuid.UUID `json:"id"`
	PaymentID uuid.UUID `json:"payment_id"`
	// Token and URL are secrets: anybody who has one of them can use the session until it expires.
	Token     string    `json:"checkout_token"`
	URL       string    `json:"checkout_url"`
	ExpiresAt time.Time `json:"expires_at"`
	// OriginPolicy and AllowedOrigins are the settings of the environment at the time of the answer.
	OriginPolicy   string   `json:"origin_policy"`
	AllowedOrigins []string `json:"allowed_origins"`
}

// String implements [fmt.Stringer] without the secrets.
func (s *CheckoutSession) String() string {
	return fmt.Sprintf("checkout session %s of payment %s", s.ID, s.PaymentID)
}

// CheckoutPaymentID derives the ID of a session's payment from the ID of the session. So a creation that is repeated later with the same
// session ID asks for the same payment. The API would refuse another payment ID as a conflict.
func CheckoutPaymentID(session uuid.UUID) uuid.UUID {
	return uuid.NewHash(sha256.New(), session, []byte("payment"), 4) // the API asks for version 4
}

// CreateCheckoutSession creates a session. The session exists at once, and its payment a moment later. The ID is an idempotency key, so the
// request is sent again after a doubtful answer: the API then returns the same session with a token (behaviour.md: "The same ID with the
// same inputs is 201 again"). The error is an *Error if the API has refused the session, and [IsConflict] is true for it if the ID belongs
// to a session with other values. It is an *UncertainError if the API may or may not have created the session.
func (c *Client) CreateCheckoutSession(ctx context.Context, ref Ref, session NewCheckoutSession) (*CheckoutSession, error) {
	session.ExpiresAt = session.ExpiresAt.UTC()
	var made CheckoutSession
	request := call{
		method: http.MethodPost, path: environmentPath(ref.OrganizationID, ref.EnvironmentID) + "/checkout/sessions", out: &made,
		body: struct {
			ID uuid.UUID `json:"id"`
			NewCheckoutSession
		}{ref.ID, session},
		check: func() error {
			if made.ID != ref.ID || made.PaymentID != session.PaymentID {
				return fmt.Errorf("the answer is session %s of payment %s", made.ID, made.PaymentID)
			}
			return says("session", fact{"checkout_token", made.Token != ""}, fact{"checkout_url", made.URL != ""})
		},
	}
	doubt := false // whether an attempt so far may have been carried out
	for attempt := 0; ; attempt++ {
		err := c.do(ctx, request)
		answered := time.Now()
		switch {
		case err == nil:
			return &made, nil
		case isFinal(err), !IsDoubtful(err) && turnedAway(err):
			// A conflict is certain even after a doubtful attempt: the ID belongs to a session with other values, so no attempt has created
			// one.
			if doubt && !IsConflict(err) {
				return nil, &UncertainError{cause: err}
			}
			return nil, err
		}
		doubt = doubt || !isStatus(err, http.StatusTooManyRequests) // after 429 nothing was done
		if attempt < c.retries {
			if sleepErr := sleep(ctx, c.pauseAfter(err, attempt)-time.Since(answered)); sleepErr == nil {
				continue
			} else if doubt {
				err = errors.Join(err, sleepErr)
			}
		}
		if doubt {
			return nil, &UncertainError{cause: err}
		}
		return nil, err
	}
}
