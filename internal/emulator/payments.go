package emulator

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// paymentState is a payment at one moment.
type paymentState struct {
	id, wallet, organization, environment uuid.UUID
	createdAt, updatedAt                  time.Time
	currency, direction, status, kind     string
	metadata                              map[string]string
	requested                             *Money // of a receive, unless any amount
	amount, fees, maxFee                  *Money
	processingFee                         int64 // in the amount's currency
	paymentRequest, address, uri          string
	description                           string
	expiration                            int64 // seconds, of a receive
	invoiceMsats                          int64 // what has to arrive, 0 for any
	credit                                Money // what the wallet gets or pays, which is another currency than amount's on a USD line
	failure                               *paymentFailure
	receipts, outflows                    []flow
}

type paymentFailure struct{ kind, code, detail string }

type flow struct {
	kind string
	data map[string]any
}

func (e *Emulator) routePayments() {
	const base = "/organizations/{organization_id}/environments/{environment_id}/payments"
	e.route("get_payments", "GET "+base, toRead, e.listPayments)
	e.route("create_payment", "POST "+base, toWrite, e.createPayment)
	e.route("get_payment", "GET "+base+"/{payment_id}", toRead, e.getPayment)
	e.route("get_payment_history", "GET "+base+"/{payment_id}/history", toRead, e.getPaymentHistory)
}

// createPayment tells a receive, which has payment_kind, from a send, which has type and data.
func (e *Emulator) createPayment(c *call) reply {
	var body json.RawMessage
	if p := c.decode(&body); p != nil {
		return refuse(p)
	}
	var kind struct {
		ID          *uuid.UUID `json:"id"`
		PaymentKind *string    `json:"payment_kind"`
	}
	if err := json.Unmarshal(body, &kind); err != nil {
		return refuse(invalidData(err.Error()))
	}
	if kind.ID == nil {
		return refuse(invalidData("missing field id"))
	}
	if e.world.payments[*kind.ID] != nil {
		return refuse(&problem{status: http.StatusConflict, kind: "payment_exists", detail: fmt.Sprintf("There is a payment %s already.", kind.ID)})
	}
	var p *problem
	if kind.PaymentKind != nil {
		p = e.createReceive(c, body)
	} else {
		p = e.createSend(c, body)
	}
	if p != nil {
		return refuse(p)
	}
	return accepted()
}

// payingWallet finds the wallet of a new payment, after everything that was accepted.
func (e *Emulator) payingWallet(c *call, id *uuid.UUID) (*walletState, *problem) {
	if id == nil {
		return nil, invalidData("missing field wallet_id")
	}
	history := e.world.wallets[*id]
	if history == nil || history.seen(c.now, false) == nil || history.latest().organization != c.org.ID {
		return nil, badRequest("invalid_payment", fmt.Sprintf("There is no wallet %s.", id))
	}
	w := history.latest()
	if w.EnvironmentID != c.ids["environment_id"] {
		return nil, badRequest("environment_match_failed", "The wallet belongs to another environment.")
	}
	if !w.live() {
		return nil, badRequest("invalid_payment", "The wallet is not active.")
	}
	return &w, nil
}

// checkMetadata holds the metadata of a payment against the contract's limits.
func checkMetadata(metadata map[string]string) *problem {
	if len(metadata) > 50 {
		return invalidData("metadata has more than 50 entries")
	}
	for key, value := range metadata {
		if len([]rune(key)) > 256 || len([]rune(value)) > 256 {
			return invalidData("a key or value of metadata has more than 256 characters")
		}
	}
	return nil
}

// accept adds a payment.
func (e *Emulator) accept(p paymentState, at time.Time) *history[paymentState] {
	h := &history[paymentState]{{at: at, state: p}}
	e.world.payments[p.id] = h
	e.world.paymentOrder = append(e.world.paymentOrder, p.id)
	return h
}

// step adds a later state of a payment.
func (h *history[T]) step(at time.Time, change func(*T)) {
	next := h.latest()
	change(&next)
	h.change(at, next)
}

// visiblePayment finds the payment of the path as a read shows it.
func (e *Emulator) visiblePayment(c *call) (*history[paymentState], *paymentState, *problem) {
	missing := notFound("payment_not_found", fmt.Sprintf("There is no payment %s.", c.ids["payment_id"]))
	h := e.world.payments[c.ids["payment_id"]]
	if _, unseen := effectOn[NotFound](c.request.Context()); unseen || h == nil {
		return nil, nil, missing
	}
	_, stale := effectOn[Stale](c.request.Context())
	p := h.seen(c.now, stale)
	if p == nil || p.organization != c.org.ID || p.environment != c.ids["environment_id"] {
		return nil, nil, missing
	}
	return h, p, nil
}

func (e *Emulator) getPayment(c *call) reply {
	_, p, problem := e.visiblePayment(c)
	if problem != nil {
		return refuse(problem)
	}
	return found(p.json())
}

// getPaymentHistory returns an event for each state that the payment has gone through.
func (e *Emulator) getPaymentHistory(c *call) reply {
	h, _, problem := e.visiblePayment(c)
	if problem != nil {
		return refuse(problem)
	}
	events := []map[string]any{}
	for i, moment := range *h {
		if moment.at.After(c.now) {
			break
		}
		event := map[string]any{
			"event_type": moment.state.direction + "_" + moment.state.status, "error": nil, "time": timestamp(moment.at), "position": i,
		}
		if moment.state.failure != nil {
			event["error"] = moment.state.failure.kind
		}
		events = append(events, event)
	}
	return found(map[string]any{"events": events})
}

// listPayments answers one page. A cursor is bound to the filters and the order that it was given out for.
func (e *Emulator) listPayments(c *call) reply {
	query := c.request.URL.Query()
	matches, p := paymentFilter(query)
	if p != nil {
		return refuse(p)
	}
	limit, p := pageNumber(query, "limit", 100)
	if p != nil {
		return refuse(p)
	}
	offset, p := pageNumber(query, "offset", 0)
	if p != nil {
		return refuse(p)
	}
	cursors := query.Get("pagination") == "cursor"
	binding := cursorBinding(query)
	if cursor := query.Get("cursor"); cursor != "" {
		text, err := base64.RawURLEncoding.DecodeString(cursor)
		bound, position, _ := strings.Cut(string(text), "/")
		number, atoiErr := strconv.Atoi(position)
		if err != nil || atoiErr != nil || bound != binding || !cursors {
			return refuse(badRequest("invalid_cursor", "The cursor was not given out for this list."))
		}
		offset = number
	}
	items := []*paymentState{}
	for _, id := range e.world.paymentOrder {
		if s := e.world.payments[id].seen(c.now, false); s != nil && s.organization == c.org.ID && s.environment == c.ids["environment_id"] {
			if w := e.world.wallets[s.wallet].latest(); matches(s, &w) {
				items = append(items, s)
			}
		}
	}
	slices.SortStableFunc(items, func(a, b *paymentState) int {
		order := a.createdAt.Compare(b.createdAt)
		if query.Get("sort_key") == "updated_at" {
			order = a.updatedAt.Compare(b.updatedAt)
		}
		order = cmp.Or(order, cmp.Compare(a.id.String(), b.id.String()))
		if query.Get("sort_order") != "ASC" {
			order = -order
		}
		return order
	})
	total := len(items)
	end := min(offset+limit, total)
	page := []map[string]any{}
	for _, item := range items[min(offset, total):end] {
		page = append(page, item.json())
	}
	content := map[string]any{"items": page, "offset": offset, "limit": limit, "next_cursor": nil, "has_more": end < total}
	if !cursors {
		content["total"] = total
	} else if end < total {
		content["next_cursor"] = base64.RawURLEncoding.EncodeToString([]byte(binding + "/" + strconv.Itoa(end)))
	}
	return found(content)
}

// cursorBinding is the same for the same filters and order.
func cursorBinding(query url.Values) string {
	bound := url.Values{}
	for name, values := range query {
		if name != "cursor" && name != "limit" && name != "offset" {
			bound[name] = values
		}
	}
	sum := sha256.Sum256([]byte(bound.Encode()))
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

func pageNumber(query url.Values, name string, otherwise int) (int, *problem) {
	text := query.Get(name)
	if text == "" {
		return otherwise, nil
	}
	number, err := strconv.Atoi(text)
	if err != nil || number < 0 || number > 1_000_000 || name == "limit" && number == 0 {
		return 0, badRequest("invalid_parameter", name+" is not a number that a page can have.")
	}
	return number, nil
}

// paymentFilter reads the filters of a list.
func paymentFilter(query url.Values) (func(*paymentState, *walletState) bool, *problem) {
	var conditions []func(*paymentState, *walletState) bool
	add := func(condition func(*paymentState, *walletState) bool) { conditions = append(conditions, condition) }
	bad := func(name string) *problem {
		return badRequest("invalid_filter", name+" has a value that it cannot have.")
	}
	if text := query.Get("wallet_id"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, bad("wallet_id")
		}
		add(func(p *paymentState, _ *walletState) bool { return p.wallet == id })
	}
	if text := query.Get("line_of_credit_id"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return nil, bad("line_of_credit_id")
		}
		add(func(_ *paymentState, w *walletState) bool { return w.LineOfCreditID != nil && *w.LineOfCreditID == id })
	}
	for name, known := range map[string]struct {
		values []string
		get    func(*paymentState) string
	}{
		"kind":             {[]string{"bolt11", "onchain", "bip21", "taprootasset", "usdbatch"}, func(p *paymentState) string { return p.kind }},
		"direction":        {[]string{"send", "receive"}, func(p *paymentState) string { return p.direction }},
		"payment_category": {[]string{"standard", "treasury"}, func(*paymentState) string { return "standard" }},
		"sort_key":         {[]string{"created_at", "updated_at"}, nil},
		"sort_order":       {[]string{"ASC", "DESC"}, nil},
		"pagination":       {[]string{"offset", "cursor"}, nil},
	} {
		text := query.Get(name)
		if text == "" {
			continue
		}
		if !slices.Contains(known.values, text) {
			return nil, bad(name)
		}
		if known.get != nil {
			add(func(p *paymentState, _ *walletState) bool { return known.get(p) == text })
		}
	}
	if statuses := query["statuses[]"]; len(statuses) > 0 {
		for _, status := range statuses {
			if !slices.Contains([]string{"sending", "receiving", "approved", "generating", "expired", "failed", "completed"}, status) {
				return nil, bad("statuses[]")
			}
		}
		add(func(p *paymentState, _ *walletState) bool { return slices.Contains(statuses, p.status) })
	}
	for _, bound := range []struct {
		name   string
		inside func(at, bound time.Time) bool
	}{
		{"start_date", func(at, bound time.Time) bool { return !at.Before(bound) }},
		{"end_date", func(at, bound time.Time) bool { return !at.After(bound) }},
	} {
		if text := query.Get(bound.name); text != "" {
			at, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				return nil, bad(bound.name)
			}
			add(func(p *paymentState, _ *walletState) bool { return bound.inside(p.createdAt, at) })
		}
	}
	for name, values := range query {
		if key, ok := strings.CutPrefix(name, "metadata["); ok {
			key = strings.TrimSuffix(key, "]")
			add(func(p *paymentState, _ *walletState) bool { return len(values) > 0 && p.metadata[key] == values[0] })
		}
	}
	return func(p *paymentState, w *walletState) bool {
		for _, condition := range conditions {
			if !condition(p, w) {
				return false
			}
		}
		return true
	}, nil
}

// PaymentsJSON returns every payment as a read shows it now, for a test that looks for what must not get anywhere else.
func (e *Emulator) PaymentsJSON() []map[string]any {
	e.mu.Lock()
	defer e.mu.Unlock()
	var result []map[string]any
	for _, id := range e.world.paymentOrder {
		if p := e.world.payments[id].seen(e.config.Now(), false); p != nil {
			result = append(result, p.json())
		}
	}
	return result
}

// json is the payment as the contract's schema Payment.
func (p *paymentState) json() map[string]any {
	data := map[string]any{}
	optional := func(into map[string]any, name, text string) {
		if into[name] = nil; text != "" {
			into[name] = text
		}
	}
	money := func(into map[string]any, name string, m *Money) {
		if m != nil {
			into[name] = map[string]any{"currency": m.Currency, "amount": m.Amount, "unit": unit(m.Currency)}
		}
	}
	money(data, "amount", p.amount)
	money(data, "fees", p.fees)
	money(data, "max_fee", p.maxFee)
	if p.amount != nil && p.amount.Currency == "btc" {
		data["amount_msats"] = p.amount.Amount // deprecated, and still returned
	}
	if p.kind != "onchain" {
		optional(data, "payment_request", p.paymentRequest)
	}
	if p.kind != "bolt11" {
		optional(data, "address", p.address)
	}
	optional(data, map[string]string{"onchain": "label", "bip21": "description"}[p.kind], p.description)
	if p.kind == "bolt11" || p.kind == "taprootasset" {
		optional(data, "memo", p.description)
	}
	delete(data, "")
	flows := func(list []flow) []any {
		result := []any{}
		for _, f := range list {
			result = append(result, map[string]any{"type": f.kind, "data": f.data})
		}
		return result
	}
	content := map[string]any{
		"id": p.id, "wallet_id": p.wallet, "organization_id": p.organization, "environment_id": p.environment,
		"created_at": timestamp(p.createdAt), "updated_at": timestamp(p.updatedAt), "currency": p.currency, "direction": p.direction,
		"status": p.status, "type": p.kind, "payment_category": "standard", "route": "direct", "metadata": nil, "error": nil,
		"frozen": []any{}, "exchanges": []any{}, "data": data,
	}
	if len(p.metadata) > 0 {
		content["metadata"] = p.metadata
	}
	if p.failure != nil {
		content["error"] = map[string]any{"type": p.failure.kind, "code": nil, "detail": p.failure.detail, "context": nil}
		optional(content["error"].(map[string]any), "code", p.failure.code) //nolint:forcetypeassert // made a line above
	}
	if p.direction == "receive" {
		data["expiration"], data["receipts"] = p.expiration, flows(p.receipts)
		money(content, "requested_amount", p.requested)
		if p.uri != "" {
			content["bip21_uri"] = p.uri
		}
	} else {
		data["outflows"] = flows(p.outflows)
	}
	if p.status == "completed" && p.amount != nil {
		breakdown := map[string]any{}
		money(breakdown, "principal", p.amount)
		network := Money{Currency: p.amount.Currency}
		if p.fees != nil {
			network = *p.fees
		}
		money(breakdown, "network_fee", &network)
		money(breakdown, "processing_fee", &Money{p.amount.Currency, p.processingFee})
		content["payment_breakdown"] = breakdown
	}
	return content
}
