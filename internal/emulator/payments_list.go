package emulator

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

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
	cursors := query.Get("pagination") == "cursor" || query.Get("cursor") != ""
	binding := cursorBinding(query)
	if cursor := query.Get("cursor"); cursor != "" {
		text, err := base64.RawURLEncoding.DecodeString(cursor)
		bound, position, _ := strings.Cut(string(text), "/")
		number, atoiErr := strconv.Atoi(position)
		if err != nil || atoiErr != nil || bound != binding || query.Get("pagination") == "offset" {
			return refuse(invalidCursor())
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
	content := map[string]any{"items": page, "offset": 0, "limit": limit, "next_cursor": nil, "has_more": end < total}
	if !cursors {
		content["offset"], content["total"] = offset, total
	} else if end < total {
		content["next_cursor"] = base64.RawURLEncoding.EncodeToString([]byte(binding + "/" + strconv.Itoa(end)))
	}
	return found(content)
}

func invalidCursor() *problem {
	p := badRequest("invalid_cursor", "The cursor was not given out for this list.")
	p.context = map[string]any{"field": "cursor", "recovery": "Begin again without a cursor."}
	return p
}

// cursorBinding is the same for the same filters and order.
func cursorBinding(query url.Values) string {
	bound := url.Values{}
	for name, values := range query {
		if name != "cursor" && name != "limit" && name != "offset" && name != "pagination" {
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
	if err != nil || number < 0 || number > 1_000_000 {
		return 0, badRequest("invalid_parameter", name+" is not a number that a page can have.")
	}
	return number, nil
}

// paymentFilter reads the filters of a list, which keep to the contract.
func paymentFilter(query url.Values) (func(*paymentState, *walletState) bool, *problem) {
	var conditions []func(*paymentState, *walletState) bool
	add := func(condition func(*paymentState, *walletState) bool) { conditions = append(conditions, condition) }
	for name, get := range map[string]func(*paymentState, *walletState) string{
		"wallet_id": func(p *paymentState, _ *walletState) string { return p.wallet.String() },
		"line_of_credit_id": func(_ *paymentState, w *walletState) string {
			if w.LineOfCreditID == nil {
				return ""
			}
			return w.LineOfCreditID.String()
		},
		"kind":             func(p *paymentState, _ *walletState) string { return p.kind },
		"direction":        func(p *paymentState, _ *walletState) string { return p.direction },
		"payment_category": func(*paymentState, *walletState) string { return "standard" },
		"check_only":       func(*paymentState, *walletState) string { return "false" },
	} {
		if text := query.Get(name); text != "" {
			add(func(p *paymentState, w *walletState) bool { return strings.EqualFold(get(p, w), text) })
		}
	}
	if statuses := query["statuses[]"]; len(statuses) > 0 {
		add(func(p *paymentState, _ *walletState) bool { return slices.Contains(statuses, p.status) })
	}
	for name, inside := range map[string]func(at, bound time.Time) bool{
		"start_date": func(at, bound time.Time) bool { return !at.Before(bound) },
		"end_date":   func(at, bound time.Time) bool { return !at.After(bound) },
	} {
		if text := query.Get(name); text != "" {
			bound, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				return nil, badRequest("invalid_filter", name+" is no time.")
			}
			add(func(p *paymentState, _ *walletState) bool { return inside(p.createdAt, bound) })
		}
	}
	for name, values := range query {
		if key, ok := strings.CutPrefix(name, "metadata["); ok {
			key = strings.TrimSuffix(key, "]")
			add(func(p *paymentState, _ *walletState) bool { return len(values) > 0 && p.metadata[key] == values[0] })
		}
	}
	return func(p *paymentState, w *walletState) bool {
		return !slices.ContainsFunc(conditions, func(condition func(*paymentState, *walletState) bool) bool { return !condition(p, w) })
	}, nil
}
