package simulation

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator"
)

// network carries the requests of one provider process to the emulator, and decides the fault of each request.
type network struct {
	process *process
	next    http.RoundTripper
}

// fault is the fault of one exchange.
type fault struct {
	name string
	// before runs before the request reaches the API, and after runs after it was carried out. An error ends the exchange.
	before, after func(n *network, req *http.Request) error
	// effect is an effect of the emulator. failsLater says that the emulator accepts the request and does not carry it out.
	effect     emulator.Effect
	failsLater bool
}

func isRead(req *http.Request) bool  { return req.Method == http.MethodGet }
func isWrite(req *http.Request) bool { return req.Method != http.MethodGet }

// sleep lets time pass, and ends with the context.
func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// faults are all faults of an exchange, except latency and lagging reads.
func faults() []fault {
	lost := func(*network, *http.Request) error { return io.EOF }
	killed := func(n *network, _ *http.Request) error {
		n.process.kill()
		return errKilled
	}
	interrupted := func(n *network, req *http.Request) error {
		n.process.interrupt()
		time.Sleep(time.Microsecond) // every goroutine has seen it
		return req.Context().Err()
	}
	late := func(d time.Duration) func(*network, *http.Request) error {
		return func(_ *network, req *http.Request) error { return sleep(req.Context(), d) }
	}
	page := func(status int, after bool) emulator.Effect {
		return emulator.Answer{Status: status, ContentType: "text/html", Body: "<html>a proxy</html>", After: after}
	}
	retryAfter := http.Header{"Retry-After": {"2"}}
	return []fault{
		{name: "request lost", before: lost},
		{name: "answer lost", after: lost},
		{name: "request 20 s late", before: late(20 * time.Second)},
		{name: "answer 20 s late", after: late(20 * time.Second)},
		{name: "request later than its timeout", before: late(40 * time.Second)},
		{name: "answer later than its timeout", after: late(40 * time.Second)},
		{name: "provider killed before the request", before: killed},
		{name: "provider killed after the request", after: killed},
		{name: "interrupted before the request", before: interrupted},
		{name: "interrupted after the request", after: interrupted},
		{name: "429", effect: emulator.Answer{Status: 429}},
		{name: "429 with Retry-After", effect: emulator.Answer{Status: 429, Header: retryAfter}},
		{name: "503 with Retry-After", effect: emulator.Answer{Status: 503, Header: retryAfter}},
		{name: "500 before", effect: emulator.Answer{Status: 500}},
		{name: "500 after", effect: emulator.Answer{Status: 500, After: true}},
		{name: "408 after", effect: emulator.Answer{Status: 408, After: true}},
		{name: "502 of a proxy before", effect: page(502, false)},
		{name: "502 of a proxy after", effect: page(502, true)},
		{name: "403 of a proxy after", effect: page(403, true)},
		{name: "404 of a proxy", effect: page(404, false)},
		{name: "200 of a proxy after", effect: page(200, true)},
		{name: "body cut", effect: emulator.CutBody{}},
	}
}

// lagTime is the longest time during which reads of one object lag behind, and lagPause is the shortest time until they lag again. The
// client reads for three seconds before it believes that an object does not exist.
const (
	lagTime  = 2 * time.Second
	lagPause = 20 * time.Second
)

// lag describes how the reads of one path lag behind.
type lag struct {
	until  time.Time
	effect emulator.Effect
}

// RoundTrip implements [http.RoundTripper].
func (n *network) RoundTrip(req *http.Request) (*http.Response, error) {
	s, p := n.process.workspace.s, n.process
	call, name := p.of(req.Context())
	if !p.alive() {
		return nil, errKilled
	}
	random := s.of("exchange " + name)
	happens := n.choose(name, random, req)
	s.exchanges.Add(1)
	// Latencies differ in nanoseconds, so that no two events of a run happen at the same time. So the seed decides their order.
	before, after := latency(random), latency(random)
	if err := sleep(req.Context(), before); err != nil {
		return nil, err
	}
	if !p.alive() {
		return nil, errKilled
	}
	body, err := bodyOf(req)
	if err != nil {
		return nil, err
	}
	line := fmt.Sprintf("%s %s %s", req.Method, s.shown(req.URL.Path), happens.name)
	if happens.before != nil {
		if err := happens.before(n, req); err != nil {
			s.note(p.workspace, name, strings.TrimSpace(line)+": not sent")
			return nil, err
		}
	}
	if !p.alive() {
		return nil, errKilled
	}
	s.observe(call, req, body)
	if happens.failsLater {
		happens.effect = failure(req.URL.Path, body)
	}
	if effect := cmpEffect(happens.effect, n.lagging(name, random, req)); effect != nil {
		s.emulator.Inject(emulator.Fault{Effect: effect})
		line += fmt.Sprintf(" [%v]", effect)
	}
	resp, err := n.next.RoundTrip(req)
	status := "no answer"
	if err == nil {
		status = fmt.Sprint(resp.StatusCode)
	}
	s.note(p.workspace, name, line+": "+status)
	if err != nil {
		return nil, err
	}
	if happens.after != nil {
		err = happens.after(n, req)
	}
	if err == nil {
		err = sleep(req.Context(), after)
	}
	if err == nil && !p.alive() {
		err = errKilled
	}
	if err != nil {
		_ = resp.Body.Close()
		return nil, err
	}
	return resp, nil
}

// failure returns the later failure of an accepted request, as the contract has it for each operation. It returns nil for an operation that
// does not fail later.
func failure(path string, body []byte) emulator.Effect {
	switch {
	case strings.HasSuffix(path, "/policies"):
		return emulator.FailAsync{Type: "policy_not_found", Detail: "try later"}
	case strings.HasSuffix(path, "/sessions"):
		return emulator.FailAsync{Type: "receive_failed", Code: "upstream_failure", Detail: "try later"}
	case strings.HasSuffix(path, "/payments") &&
		(bytes.Contains(body, []byte(`"payment_request":"ln`)) || bytes.Contains(body, []byte(foreignAddress))):
		return emulator.FailAsync{Type: "send_failed", Code: "no_route", Detail: "nobody leads there"}
	case strings.HasSuffix(path, "/payments"):
		return emulator.FailAsync{Type: "receive_failed", Code: "upstream_failure", Detail: "try later"}
	case strings.Contains(path, "/wallets"):
		return emulator.FailAsync{Type: "InsufficientLimit", Detail: "nothing left"}
	}
	return nil
}

func cmpEffect(effects ...emulator.Effect) emulator.Effect {
	for _, effect := range effects {
		if effect != nil {
			return effect
		}
	}
	return nil
}

// choose decides the fault of an exchange. Most exchanges have none.
func (n *network) choose(name string, random *rand.Rand, req *http.Request) fault {
	s := n.process.workspace.s
	all, intensity := faults(), s.intensity
	if isWrite(req) { // writes are rarer, and more can go wrong
		intensity *= 2
		for range 4 {
			all = append(all, fault{name: "accepted, and then failed", failsLater: true})
		}
	}
	hit, chosen := random.Float64() < intensity, all[random.IntN(len(all))]
	if !hit || s.calm || s.without[faultName(name)] {
		return fault{}
	}
	s.happened(faultName(name))
	return chosen
}

func faultName(name string) string { return "fault " + name }

// lagging returns how a read lags behind, or nil.
func (n *network) lagging(name string, random *rand.Rand, req *http.Request) emulator.Effect {
	s := n.process.workspace.s
	share, hidden := random.Float64(), random.IntN(2) == 0
	length := time.Duration(random.Float64() * float64(lagTime))
	if !isRead(req) || s.calm {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known, now := s.lags[req.URL.Path], time.Now()
	if now.Before(known.until) {
		return known.effect
	}
	if share >= s.intensity || now.Before(known.until.Add(lagPause)) || s.without["lag "+name] {
		return nil
	}
	s.fired = append(s.fired, "lag "+name)
	known = lag{now.Add(length), emulator.Stale{}}
	if hidden {
		known.effect = emulator.NotFound{}
	}
	s.lags[req.URL.Path] = known
	return known.effect
}

// latency returns the travel time of a message.
func latency(random *rand.Rand) time.Duration {
	shortest := 5*time.Millisecond + time.Duration(random.IntN(30_000_000))
	if random.IntN(20) == 0 {
		shortest += time.Duration(random.IntN(3_000_000_000))
	}
	return shortest
}

// bodyOf reads the body of a request, and puts it back.
func bodyOf(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	body, err := io.ReadAll(req.Body)
	_ = req.Body.Close()
	req.Body = io.NopCloser(bytes.NewReader(body))
	return body, err
}

// creations are the operations that make an object of a kind, by the end of their path.
var creations = map[string]string{
	"/wallets": "wallet", "/webhooks": "webhook", "/payments": "payment", "/treasury_movements": "payment", "/sessions": "session",
}

// observe records the object that a request asks for, when the request reaches the API.
func (s *simulation) observe(call *rpc, req *http.Request, body []byte) {
	if req.Method != http.MethodPost || call == nil {
		return
	}
	for end, kind := range creations {
		if !strings.HasSuffix(req.URL.Path, end) {
			continue
		}
		var content struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(body, &content) != nil || content.ID == "" {
			continue
		}
		if earlier := s.creationOf(content.ID); earlier.call != nil && earlier.call != call && s.exists(kind, content.ID) {
			continue // the ID belongs to another call, and the API refuses it
		}
		s.mu.Lock()
		if !slices.Contains(call.created, content.ID) {
			call.created = append(call.created, content.ID)
		}
		s.requested[content.ID] = creation{kind: kind, call: call}
		s.mu.Unlock()
	}
}

// shown returns a path with names in place of the shared IDs.
func (s *simulation) shown(path string) string {
	for _, id := range slices.Sorted(maps.Keys(s.names)) {
		path = strings.ReplaceAll(path, id, s.names[id])
	}
	return path
}
