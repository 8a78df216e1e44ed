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
	// PaymentID is the ID of the receive behind the session. The API can make one by itself, but then nobody can read the payment of a
	// session whose creation was not answered: see [CheckoutPaymentID].
	PaymentID       uuid.UUID         `json:"payment_id"`
	Kind            string            `json:"payment_kind"`
	Amount          *Amount           `json:"amount,omitempty"` // nil: any amount of btc
	ExpiresAt       time.Time         `json:"expires_at"`       // in UTC, so that the same time is always written in the same way
	Description     string            `json:"description,omitempty"`
	PaymentMetadata map[string]string `json:"payment_metadata,omitempty"`
	Metadata        json.RawMessage   `json:"metadata,omitempty"` // an object, which the browser reads
	RedirectURLs    *CheckoutRedirect `json:"redirect_urls,omitempty"`
}

// CheckoutRedirect is where the hosted checkout leads a browser afterwards; empty: nowhere. Source: schema CheckoutRedirectUrls of the
// API's contract.
type CheckoutRedirect struct {
	Success string `json:"success,omitempty"`
	Failure string `json:"failure,omitempty"`
}

// CheckoutSession is what the creation of a session returns, and no other operation does. Source: schema CreateCheckoutSessionResponse of
// the API's contract.
type CheckoutSession struct {
	ID        uuid.UUID `json:"id"`
	PaymentID uuid.UUID `json:"payment_id"`
	// Token and URL are secrets: whoever has one of them can use the session until it expires.
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

// CheckoutPaymentID is an ID for the payment behind a session. It is the same for the same session, so that a creation which is repeated
// later, by the ID of the session alone, asks for the same payment: the API takes another one for a conflict.
func CheckoutPaymentID(session uuid.UUID) uuid.UUID {
	return uuid.NewHash(sha256.New(), session, []byte("payment"), 4) // the API asks for version 4
}

// CreateCheckoutSession makes a session. The API has it at once, and its payment a moment later. The ID is an idempotency key, so a request
// is sent again after a doubtful answer: the same session comes back, with a token of it (behaviour.md: "The same ID with the same inputs
// is 201 again"). An error is an *Error where the API has refused the session, which [IsConflict] where the ID belongs to a session of
// other values; and an *UncertainError where nobody can say whether the API has made it.
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
			// The API refuses an earlier attempt's session, too, where it says that the ID belongs to another one.
			if doubt && !IsConflict(err) {
				return nil, &UncertainError{cause: err}
			}
			return nil, err
		}
		doubt = doubt || !isStatus(err, http.StatusTooManyRequests) // where nothing was done
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
