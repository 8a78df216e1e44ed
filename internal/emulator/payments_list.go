package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// listPayments answers one page. A cursor is bound to the filters and the order that it was given out for.
func (e *Emulator) listPayments(c *call) reply {
	query := c.request.URL.Query()
	filter, p := paymentFilter(query)
	if p != nil {
		return refuse(p)
	}
	page, p := c.page()
	if p != nil {
		return refuse(p)
	}
	binding := cursorBinding(query)
	if cursor := query.Get("cursor"); cursor != "" {
		if page.offset, p = readCursor(query, binding, cursor); p != nil {
			return refuse(p)
		}
	}
	payments := e.world.ListPayments(&c.Call, filter)
	end := page.offset + page.limit
	more := end < len(payments)
	content := map[string]any{
		"items": each(part(payments, page), paymentJSON), "offset": 0, "limit": page.limit, "next_cursor": nil, "has_more": more,
	}
	if query.Get("pagination") != "cursor" && query.Get("cursor") == "" {
		content["offset"], content["total"] = page.offset, len(payments)
	} else if more {
		content["next_cursor"] = base64.RawURLEncoding.EncodeToString([]byte(binding + "/" + strconv.Itoa(end)))
	}
	return found(content)
}

// readCursor reads where a cursor goes on.
func readCursor(query url.Values, binding, cursor string) (int, *problem) {
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	bound, position, _ := strings.Cut(string(text), "/")
	number, atoiErr := strconv.Atoi(position)
	if err != nil || atoiErr != nil || bound != binding || query.Get("pagination") == "offset" {
		p := badRequest("invalid_cursor", "The cursor was not given out for this list.")
		p.context = map[string]any{"field": "cursor", "recovery": "Begin again without a cursor."}
		return 0, p
	}
	return number, nil
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

// paymentFilter reads the filters of a list, which keep to the contract.
func paymentFilter(query url.Values) (world.PaymentFilter, *problem) {
	filter := world.PaymentFilter{
		Kind: query.Get("kind"), Direction: query.Get("direction"), Category: query.Get("payment_category"),
		Statuses: query["statuses[]"], Metadata: map[string]string{},
		ByUpdate: query.Get("sort_key") == "updated_at", Ascending: query.Get("sort_order") == "ASC",
	}
	if text := query.Get("check_only"); text != "" {
		checkOnly := text == "true"
		filter.CheckOnly = &checkOnly
	}
	for name, id := range map[string]**uuid.UUID{"wallet_id": &filter.Wallet, "line_of_credit_id": &filter.Line} {
		if p := readID(query, name, id); p != nil {
			return filter, p
		}
	}
	if p := readDates(query, "invalid_filter", &filter.From, &filter.To); p != nil {
		return filter, p
	}
	for name, values := range query {
		if key, ok := strings.CutPrefix(name, "metadata["); ok && len(values) > 0 {
			filter.Metadata[strings.TrimSuffix(key, "]")] = values[0]
		}
	}
	return filter, nil
}
