package emulator

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

const (
	// streamInterval is how often a stream checks for changes.
	streamInterval = announceInterval
	// streamComment is how often a stream sends a comment, so that a proxy does not close it as idle. Source: the HTML standard on
	// server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes.
	streamComment = 15 * time.Second
)

func (e *Emulator) routeCheckoutStreams() {
	e.route("create_event_stream_token", e.createStream)
	e.route("get_events", e.getEvents)
}

// createStream trades checkout tokens for a stream token.
func (e *Emulator) createStream(c *call) reply {
	var request struct {
		Tokens []string `json:"checkout_tokens"`
	}
	if p := c.decode(&request); p != nil {
		return refuse(p)
	}
	token, stream, refusal := e.world.CreateStream(&c.Call, request.Tokens, c.request.Header.Get("Origin"))
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	query := url.Values{"stream_token": {token}}
	return reply{status: http.StatusCreated, content: map[string]any{
		"stream_token": token, "expires_at": timestamp(stream.ExpiresAt),
		"events_url": originOf(c.request) + apiPrefix + "/checkout/events?" + query.Encode(),
	}}
}

// getEvents opens a stream. It begins with a snapshot of all sessions.
func (e *Emulator) getEvents(c *call) reply {
	sessions, refusal := e.world.OpenStream(&c.Call, c.request.URL.Query().Get("stream_token"), c.request.Header.Get("Origin"))
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	s := &checkoutStream{emulator: e, operation: c.operation, request: c.request}
	for _, session := range sessions {
		t := &toldSession{id: session.Order.ID, payment: session.Payment}
		t.states = len(e.world.PaymentStates(t.payment, 0, c.Now))
		if session.Seen != nil {
			t.status, t.shown = session.Seen.Status, mustJSON(browserPaymentJSON(session.Seen))
		}
		s.sessions = append(s.sessions, t)
	}
	s.first = s.message("snapshot", map[string]any{"sessions": each(sessions, browserSessionJSON)})
	return reply{stream: s}
}

// checkoutStream is an open stream of events. It ends with its request or with the emulator.
type checkoutStream struct {
	emulator  *Emulator
	operation *operation
	request   *http.Request
	sessions  []*toldSession
	first     []byte
}

// toldSession records what a stream has sent about the payment of a session.
type toldSession struct {
	id, payment uuid.UUID
	states      int    // of the payment
	status      string // empty before the first
	shown       []byte // likewise
}

// begin writes the beginning of a stream. follow writes the rest after the beginning was sent.
func (s *checkoutStream) begin(w http.ResponseWriter, r *http.Request) {
	if x, ok := r.Context().Value(exchangeKey{}).(*exchange); ok {
		x.stream = s
	}
	w.Header().Set("Content-Type", eventStream)
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(s.first) // into memory
}

// follow sends every change until the client closes the connection or the emulator stops.
func (s *checkoutStream) follow(x *exchange) {
	look, comment := time.NewTicker(streamInterval), time.NewTicker(streamComment)
	defer look.Stop()
	defer comment.Stop()
	controller := http.NewResponseController(x.writer)
	for {
		if controller.Flush() != nil {
			return // the client has closed the connection, or the server cannot flush
		}
		var news []byte
		for len(news) == 0 {
			select {
			case <-look.C:
				news = s.news()
			case <-comment.C:
				news = []byte(":\n\n")
			case <-x.request.Context().Done():
				return
			case <-x.emulator.stopping:
				return
			}
		}
		if _, err := x.writer.Write(news); err != nil {
			return
		}
	}
}

// news returns the messages about the changes since the last call, in the order of the changes for each session.
func (s *checkoutStream) news() []byte {
	s.emulator.mu.Lock()
	defer s.emulator.mu.Unlock()
	var news []byte
	now := s.emulator.config.Now()
	for _, t := range s.sessions {
		for _, state := range s.emulator.world.PaymentStates(t.payment, t.states, now) {
			t.states++
			news = append(news, s.tell(t, state)...)
		}
	}
	return news
}

// tell writes the messages about a state of a payment. The contract has two messages and does not say when each is sent. So a browser gets
// both if the status has changed: payment.changed, which has only the status, and payment.updated, which has everything that a browser
// sees.
func (s *checkoutStream) tell(t *toldSession, state *world.Payment) []byte {
	var messages []byte
	about := func(name string, value any) map[string]any {
		return map[string]any{"session_id": t.id, "payment_id": t.payment, name: value}
	}
	if state.Status != t.status {
		messages = s.message("payment.changed", about("status", state.Status))
	}
	payment := browserPaymentJSON(state)
	if shown := mustJSON(payment); !bytes.Equal(shown, t.shown) {
		messages = append(messages, s.message("payment.updated", about("payment", payment))...)
		t.shown = shown
	}
	t.status = state.Status
	return messages
}

// message checks one message against the contract, and writes it.
func (s *checkoutStream) message(event string, data any) []byte {
	if e := s.emulator; e.config.OnViolation != nil {
		if err := e.contract.checkMessage(s.operation, s.request, mustJSON(map[string]any{"event": event, "data": data})); err != nil {
			e.violated(err)
		}
	}
	return fmt.Appendf(nil, "event: %s\ndata: %s\n\n", event, mustJSON(data))
}
