package emulator

import (
	"net/url"
	"strings"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// listPayments answers one page.
func (e *Emulator) listPayments(c *call) reply {
	filter, p := paymentFilter(c.request.URL.Query())
	if p != nil {
		return refuse(p)
	}
	invalidCursor := badRequest("invalid_cursor", "The cursor was not given out for this list.")
	invalidCursor.context = map[string]any{"field": "cursor", "recovery": "Begin again without a cursor."}
	return paged(c, e.world.ListPayments(&c.Call, filter), paymentJSON, invalidCursor)
}

// paymentFilter reads the filters of a list, which were checked against the contract.
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
