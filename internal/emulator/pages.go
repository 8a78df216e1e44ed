package emulator

import (
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
)

// page is the part of a list that a request asks for.
type page struct{ offset, limit int }

func (c *call) page() (page, *problem) {
	query := c.request.URL.Query()
	limit, p := pageNumber(query, "limit", 100)
	if p != nil {
		return page{}, p
	}
	offset, p := pageNumber(query, "offset", 0)
	return page{offset, limit}, p
}

// part is a page of a list.
func part[T any](list []T, p page) []T {
	return list[min(p.offset, len(list)):min(p.offset+p.limit, len(list))]
}

// paged answers with a page of a list that has offsets and, if the request asks for them, cursors. refusal is the answer to a cursor of
// another list.
func paged[T any](c *call, list []T, write func(T) map[string]any, refusal *problem) reply {
	query := c.request.URL.Query()
	page, p := c.page()
	if p != nil {
		return refuse(p)
	}
	if !page.follow(query) {
		return refuse(refusal)
	}
	next := page.next(query, len(list))
	content := map[string]any{
		"items": each(part(list, page), write), "offset": 0, "limit": page.limit, "next_cursor": nil, "has_more": next != nil,
	}
	if query.Get("pagination") == "cursor" || query.Get("cursor") != "" {
		content["next_cursor"] = next
	} else {
		content["offset"], content["total"] = page.offset, len(list)
	}
	return found(content)
}

// badCursor refuses a cursor of another list. All lists use this text.
func badCursor() *problem {
	return badRequest("invalid_parameter", "The cursor was not given out for this list. Begin again without a cursor.")
}

// follow moves a page to the cursor of a request, if it has one. It reports false if the cursor was made for other filters or another
// order.
func (p *page) follow(query url.Values) bool {
	cursor := query.Get("cursor")
	if cursor == "" {
		return true
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	bound, position, _ := strings.Cut(string(text), "/")
	number, atoiErr := strconv.Atoi(position)
	p.offset = number
	isPosition := err == nil && atoiErr == nil && number >= 0 && number < 1<<30
	return isPosition && bound == cursorBinding(query) && query.Get("pagination") != "offset"
}

// next returns the cursor of the next page in a list of a length, or nil after the last page.
func (p *page) next(query url.Values, length int) any {
	end := p.offset + p.limit
	if end >= length {
		return nil
	}
	return base64.RawURLEncoding.EncodeToString([]byte(cursorBinding(query) + "/" + strconv.Itoa(end)))
}

// cursorBinding returns a text that is equal for the same filters and order.
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

// readID reads a filter that is a UUID. It does not change id if the request has no such filter.
func readID(query url.Values, name string, id **uuid.UUID) *problem {
	text := query.Get(name)
	if text == "" {
		return nil
	}
	parsed, err := uuid.Parse(text)
	if err != nil {
		return badRequest("invalid_parameter", name+" is not a UUID.")
	}
	*id = &parsed
	return nil
}

// readDates reads the first and the last time of a list. kind is the type of the refusal of an invalid time.
func readDates(query url.Values, kind string, from, to *time.Time) *problem {
	for _, bound := range []struct {
		name string
		at   *time.Time
	}{{"start_date", from}, {"end_date", to}} {
		if text := query.Get(bound.name); text != "" {
			at, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				return badRequest(kind, bound.name+" is no time.")
			}
			*bound.at = at
		}
	}
	return nil
}
