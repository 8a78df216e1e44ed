// Package emulator is a Voltage API in memory: for the provider's tests, for a first try without an account, and for its
// users' own CI. It follows the contract in its embedded openapi.yaml and what the API's documentation says of its
// behaviour: every write is accepted first and done later. It shares no type with the client, so that neither can hide the
// other's mistake.
package emulator

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/console"
	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// Config is the world at the start.
type Config struct {
	// Organizations is what exists; nil is [DefaultWorld].
	Organizations []Organization
	// Saved is a world that an emulator has saved with Save, and that continues in place of Organizations and ClockAhead; nil: none.
	Saved []byte
	// Save, unless it is nil, is given the world before [Emulator.Listen] listens, soon after each change, and when the emulator stops. If it
	// fails the first time, Listen fails; later it is called again after a moment. It is not called twice at once.
	Save func(world []byte) error
	// Delay is the time from the acceptance of a write until it is done and reads show it.
	Delay time.Duration
	// Latency is how long every request takes to arrive.
	Latency time.Duration
	// QuoteLife is how long a quote can be used; zero is 30 seconds.
	QuoteLife time.Duration
	// ForgetDeleted makes reads of a deleted wallet answer 404. Otherwise the wallet can still be read, inactive and with deleted_at.
	ForgetDeleted bool
	// NoFirstPolicies makes a change answer 404 while a wallet has no policies. Otherwise a change creates the first policies. The contract
	// leaves this open.
	NoFirstPolicies bool
	// PolicyLag is how long after its creation a wallet's policies answer 404, although the wallet can be read.
	PolicyLag time.Duration
	// HideDestinations makes sends show neither the invoice nor the address that they pay. The contract lets both be null.
	HideDestinations bool
	// NoCheckOnly makes the API be that of before v6.14.0: sends do not show check_only, and the list of payments ignores it.
	NoCheckOnly bool
	// FreshCheckoutTokens makes a repeated creation of a checkout session answer with another token, which is good too. The contract does
	// not say whether the token is the same; otherwise it is.
	FreshCheckoutTokens bool
	// EventForm is how webhooks show their events.
	EventForm EventForm
	// RetryDelivery is how long after a delivery that failed the next try begins; the wait doubles with every further try. Zero is a second.
	RetryDelivery time.Duration
	// DeliveryTimeout bounds one try of a delivery; zero is five seconds.
	DeliveryTimeout time.Duration
	// Public lets [Emulator.Listen] take an address that is not a loopback one. Then every key of the world has to begin with [KeyPrefix].
	Public bool
	// DeliverTo are the hosts, by their names or IP addresses, that webhooks are delivered to besides this machine. It needs Public.
	DeliverTo []string
	// CountExactly is how many deliveries a summary counts to the last, and beyond which it estimates; zero is the contract's 100,000.
	CountExactly int
	// Deliver sends the deliveries of webhooks; nil is net/http's own transport without proxies.
	Deliver http.RoundTripper
	// Now is the clock; nil is the machine's.
	Now func() time.Time
	// ClockAhead is the time by which the clock of the emulator is ahead of Now at the start. See [Emulator.AdvanceClock].
	ClockAhead time.Duration
	// OnViolation, unless it is nil, is called for each request and each answer that breaks the contract. The emulator refuses such a request
	// in any case.
	OnViolation func(error)
}

// Emulator is an API. It is safe for concurrent use.
type Emulator struct {
	config     Config // whose Now is the emulator's clock
	clock      *clock
	mux        *http.ServeMux
	operations map[string]string // operationId by the mux's pattern
	contract   *contract
	recorder   recorder
	faults     faults
	console    func() *console.Console // made when a browser comes
	stopping   chan struct{}           // closed when the emulator stops, so that answers that wait do not

	mu            lock // guards what follows
	world         *world.World
	unsaved       bool // whether the world may have changed since it was saved
	courier       courier
	groupedEvents bool // how the last webhook was written
}

// New makes an emulator of a world.
func New(config Config) (*Emulator, error) {
	if config.Organizations == nil {
		config.Organizations = DefaultWorld()
	}
	ownClock := config.Now != nil
	if !ownClock {
		config.Now = time.Now
	}
	if config.QuoteLife == 0 {
		config.QuoteLife = 30 * time.Second
	}
	if config.RetryDelivery == 0 {
		config.RetryDelivery = time.Second
	}
	if config.DeliveryTimeout == 0 {
		config.DeliveryTimeout = 5 * time.Second
	}
	if config.Deliver == nil {
		config.Deliver = directTransport()
	}
	if config.CountExactly == 0 {
		config.CountExactly = 100_000
	}
	var saved *savedWorld
	var err error
	if config.Saved != nil {
		if saved, err = readSaved(config.Saved); err != nil {
			return nil, err
		}
		config.ClockAhead = saved.ClockAhead
	}
	clock := newClock(config.Now, config.ClockAhead)
	config.Now = clock.now
	e := &Emulator{
		config: config, clock: clock, mux: http.NewServeMux(), operations: map[string]string{}, stopping: make(chan struct{}),
		courier: courier{trips: map[uuid.UUID]*trip{}, busy: map[world.Queue]bool{}},
		mu:      lock{changed: make(chan struct{}, 1)},
	}
	e.courier.ownClock = ownClock
	e.courier.idle = sync.NewCond(&e.mu)
	if saved != nil {
		e.world, err = world.Restore(saved.World, config.settings())
	} else {
		e.world, err = world.New(config.Organizations, config.settings())
	}
	if err != nil {
		return nil, err
	}
	e.unsaved = true
	if err := e.checkPublic(); err != nil {
		return nil, err
	}
	if e.contract, err = readContract(); err != nil {
		return nil, err
	}
	for _, route := range domains {
		route(e)
	}
	e.routeControl()
	e.console = sync.OnceValue(func() *console.Console { return console.New(forConsole{e}) })
	return e, nil
}

// settings are the part of the configuration that the world knows.
func (c *Config) settings() world.Settings {
	return world.Settings{
		Now: c.Now, Delay: c.Delay, QuoteLife: c.QuoteLife, PolicyLag: c.PolicyLag, RetryDelivery: c.RetryDelivery,
		CountExactly: c.CountExactly, ForgetDeleted: c.ForgetDeleted, NoFirstPolicies: c.NoFirstPolicies, HideDestinations: c.HideDestinations,
		NoCheckOnly: c.NoCheckOnly, FreshCheckoutTokens: c.FreshCheckoutTokens, DeliverTo: c.DeliverTo,
	}
}

// Start listens on a free port of the loopback address. The base URL ends in /v1.
func (e *Emulator) Start() (baseURL string, stop func(), err error) {
	return e.Listen(context.Background(), "127.0.0.1:0")
}

// Listen listens on an address, which has to be a loopback one unless the emulator is public. It can be started once.
func (e *Emulator) Listen(ctx context.Context, address string) (baseURL string, stop func(), err error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return "", nil, fmt.Errorf("%q is not HOST:PORT: %w", address, err)
	}
	if ip := net.ParseIP(host); !e.config.Public && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return "", nil, fmt.Errorf("%q is not a loopback address, so other machines could call the emulator. If that is meant, make it public "+
			"(-public)", address)
	}
	saver, saved := &saver{emulator: e}, make(chan struct{})
	if e.config.Save != nil {
		if err := saver.save(); err != nil {
			return "", nil, err
		}
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", address)
	if err != nil {
		return "", nil, fmt.Errorf("listening on %s: %w", address, err)
	}
	server := &http.Server{Handler: e, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // ends with the server
	if e.config.Save != nil {
		go saver.regularly(saved)
	} else {
		close(saved)
	}
	halt := e.Run() //nolint:contextcheck // deliveries end with the emulator
	stop = sync.OnceFunc(func() {
		_ = server.Close() // before the last save
		halt()
		<-saved
		if transport, ok := e.config.Deliver.(interface{ CloseIdleConnections() }); ok {
			transport.CloseIdleConnections()
		}
	})
	return "http://" + reachable(listener.Addr()) + "/v1", stop, nil
}

// Run does what the API does without being asked, such as telling webhooks, until it is stopped. [Emulator.Listen] includes it; what calls
// the handler itself needs it. It can be run once.
func (e *Emulator) Run() (stop func()) {
	go e.announceRegularly()
	return sync.OnceFunc(func() { close(e.stopping) })
}

// maxRequestBody is the largest request body in bytes. The contract names no number.
const maxRequestBody = 1 << 20

// exchange is one request on its way through the emulator.
type exchange struct {
	emulator  *Emulator
	writer    http.ResponseWriter
	request   *http.Request
	operation *operation // nil: the contract has none
	body      []byte
	entry     *Request
	began     time.Time
	fault     *pendingEffect
	stream    *checkoutStream // that continues after the answer has begun, nil for none
}

// ServeHTTP implements [http.Handler]: the API under /v1, and the console at /. A request of the API is recorded and
// held against the contract before a fault happens to it, and so is the true answer.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if strings.HasPrefix(r.URL.Path, controlPrefix) {
		e.serveControl(w, r)
		return
	}
	if console.Serves(r) {
		e.console().ServeHTTP(w, r)
		return
	}
	if e.preflight(w, r) {
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxRequestBody+1))
	if err != nil {
		return // the client went away
	}
	operation, refuseUnknown := e.find(r)
	x := &exchange{emulator: e, writer: w, operation: operation, body: body, began: time.Now()}
	x.accept(r)
	if before, ok := x.fault.Effect.(interface{ before(*exchange) bool }); ok && !before.before(x) {
		return
	}
	if e.config.Latency > 0 && !x.wait(e.config.Latency) {
		return
	}
	answer := httptest.NewRecorder()
	if operation != nil {
		x.serve(answer)
	} else {
		refuseUnknown(answer)
	}
	if leftToEndpoint(x.fault.Effect) && !x.fault.used {
		e.recorder.change(func() { x.entry.Fault += " (did nothing: the operation does not know it, or was refused first)" })
	}
	if after, ok := x.fault.Effect.(interface {
		after(x *exchange, answer *httptest.ResponseRecorder) bool
	}); ok && !after.after(x, answer) {
		return
	}
	x.answer(answer.Code, answer.Header(), answer.Body.Bytes())
	if x.stream != nil {
		x.stream.follow(x)
	}
}

// accept records the request, checks it against the contract, and finds the fault that happens to it. The context of the request has both
// for the endpoint.
func (x *exchange) accept(r *http.Request) {
	e := x.emulator
	x.entry = e.recorder.add(Request{
		Time: e.config.Now(), Operation: x.operation.name(), Method: r.Method, Path: r.URL.Path, RawQuery: r.URL.RawQuery,
		Header: r.Header.Clone(), Body: x.body,
	}.withoutTokens())
	found := breach{parameters: errors.New("the contract has no matching operation")}
	if x.operation != nil {
		found = e.contract.checkRequest(x.operation, r, x.body)
	}
	if err := found.err(r); err != nil {
		e.violated(err)
	}
	x.fault = &pendingEffect{Effect: e.faults.take(x.entry.Operation)}
	if x.fault.Effect != nil {
		e.recorder.change(func() { x.entry.Fault = fmt.Sprint(x.fault.Effect) })
	}
	ctx := context.WithValue(r.Context(), breachKey{}, found)
	ctx = context.WithValue(ctx, exchangeKey{}, x)
	x.request = r.WithContext(context.WithValue(ctx, effectKey{}, x.fault))
	x.request.Body = io.NopCloser(bytes.NewReader(x.body))
}

// exchangeKey is the key of the exchange in the context of a request.
type exchangeKey struct{}

// serve lets the endpoint of the operation answer, and checks the answer against the contract. A stream checks each of its messages.
func (x *exchange) serve(answer *httptest.ResponseRecorder) {
	e := x.emulator
	e.mux.ServeHTTP(answer, x.request)
	if answer.Code != http.StatusNotImplemented && x.stream == nil && e.config.OnViolation != nil {
		if err := e.contract.checkAnswer(x.operation, x.request, x.body, answer); err != nil {
			e.violated(err)
		}
	}
}

// violated reports a breach of the contract. The report is logged, so it contains no checkout token.
func (e *Emulator) violated(err error) {
	if e.config.OnViolation == nil {
		return
	}
	if text := err.Error(); checkoutTokens.MatchString(text) {
		err = errors.New(hideTokens(text))
	}
	e.config.OnViolation(err)
}

// answer sends an answer, and records its status.
func (x *exchange) answer(status int, header http.Header, body []byte) {
	kept := bytes.Clone(body[:min(len(body), maxAnswerKept)])
	if text := string(kept); checkoutTokens.MatchString(text) {
		kept = []byte(hideTokens(text))
	}
	x.emulator.recorder.change(func() { x.entry.Status, x.entry.took, x.entry.answer = status, time.Since(x.began), kept })
	for name, values := range header {
		x.writer.Header()[name] = values
	}
	allowBrowsers(x.writer.Header())
	x.writer.WriteHeader(status)
	_, _ = x.writer.Write(body)
}

// cut closes the connection.
func (x *exchange) cut() {
	if conn, _, err := http.NewResponseController(x.writer).Hijack(); err == nil {
		_ = conn.Close()
		return
	}
	panic(http.ErrAbortHandler) // HTTP/2, or a test's recorder
}

// wait waits, and returns false with the connection cut when the client goes away or the emulator stops before the time is
// up. A duration below zero waits for just that.
func (x *exchange) wait(d time.Duration) bool {
	var done <-chan time.Time
	if d >= 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		done = timer.C
	}
	select {
	case <-done:
		return true
	case <-x.request.Context().Done():
	case <-x.emulator.stopping:
	}
	x.cut()
	return false
}
