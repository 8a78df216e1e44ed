package world

import (
	"crypto/rand"
	"maps"
	"slices"
	"time"

	"github.com/google/uuid"
)

// CheckoutStream has the sessions whose events a stream token opens.
type CheckoutStream struct {
	Sessions  []uuid.UUID
	ExpiresAt time.Time
}

// streamTokenLife is how long a token can open a stream. The contract only says that it is short. An open stream stays open.
const streamTokenLife = time.Minute

// CreateStream exchanges tokens of sessions for one token that opens the events of all of them. origin is the origin of the page. It is
// empty if the request has none. The sessions may belong to several environments, which must all allow the page.
func (w *World) CreateStream(c *Call, tokens []string, origin string) (token string, stream CheckoutStream, refusal *Refusal) {
	if len(tokens) == 0 {
		tokens = []string{""}
	}
	for _, token := range tokens {
		session, r := w.sessionOf(token)
		if r != nil {
			return "", stream, r
		}
		if !session.Order.ExpiresAt.After(c.Now) {
			return "", stream, invalidToken()
		}
		if r := w.originsOf(session, c.Now, false).checkOrigin(origin); r != nil {
			return "", stream, r
		}
		if !slices.Contains(stream.Sessions, session.Order.ID) {
			stream.Sessions = append(stream.Sessions, session.Order.ID)
		}
	}
	maps.DeleteFunc(w.state.Streams, func(_ string, old CheckoutStream) bool { return !old.ExpiresAt.After(c.Now) })
	token, stream.ExpiresAt = "vlt_cos_"+rand.Text()+rand.Text()[:6], c.Now.Add(streamTokenLife)
	w.state.Streams[token] = stream
	return token, stream, nil
}

// OpenStream returns the sessions that a stream token opens.
func (w *World) OpenStream(c *Call, token, origin string) ([]*BrowserSession, *Refusal) {
	stream, known := w.state.Streams[token]
	if !known || !stream.ExpiresAt.After(c.Now) {
		return nil, &Refusal{Kind: Unauthenticated, Type: "invalid_stream_token", Detail: "The stream token is not valid, or has expired."}
	}
	var sessions []*BrowserSession
	for _, id := range stream.Sessions {
		session := w.state.Sessions.latest(id)
		shown := w.shownTo(c, &session, false)
		if r := shown.checkOrigin(origin); r != nil {
			return nil, r
		}
		sessions = append(sessions, shown)
	}
	return sessions, nil
}

// PaymentStates returns the states of a payment until now, without the first few.
func (w *World) PaymentStates(payment uuid.UUID, without int, now time.Time) []*Payment {
	var states []*Payment
	history := w.state.Payments.Histories[payment]
	for i := without; i < len(history) && !history[i].At.After(now); i++ {
		states = append(states, &history[i].State)
	}
	return states
}
