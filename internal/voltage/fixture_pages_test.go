package voltage

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
)

// fixturePage describes the page of a list that a fixture has.
type fixturePage struct {
	items         []any
	offset, total int64
	first         string // the items of the earlier pages, as JSON
}

func pageOf(answered any) fixturePage {
	var page fixturePage
	page.items, _ = member(answered, "items").([]any)
	page.offset, page.total = whole(member(answered, "offset")), whole(member(answered, "total"))
	if page.offset > 0 && len(page.items) > 0 {
		before, _ := json.Marshal(slices.Repeat(page.items[:1], int(page.offset)))
		page.first = string(before)
	}
	return page
}

// otherThan returns the answer to a request for another page than the page of the fixture. It is empty for the page of the fixture.
func (p fixturePage) otherThan(query url.Values) string {
	offset, _ := strconv.ParseInt(query.Get("offset"), 10, 64)
	switch {
	case query.Get("cursor") == "" && offset == p.offset:
		return ""
	case query.Get("cursor") == "" && offset == 0:
		return fmt.Sprintf(`{"items":%s,"offset":0,"limit":%d,"total":%d}`, p.first, p.offset, p.total)
	}
	return fmt.Sprintf(`{"items":[],"offset":%d,"limit":100,"total":%d}`, offset, p.total)
}

// behindThoseBefore returns the answer with the items of the earlier pages before its own items.
func (p fixturePage) behindThoseBefore(answered any) any {
	if p.first == "" {
		return answered
	}
	whole := maps.Clone(answered.(map[string]any)) // only an object has an offset
	whole["items"] = slices.Concat(slices.Repeat(p.items[:1], int(p.offset)), p.items)
	return whole
}

func whole(number any) int64 {
	n, _ := strconv.ParseInt(fmt.Sprint(number), 10, 64)
	return n
}
