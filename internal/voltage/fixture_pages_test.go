package voltage

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
)

// fixturePage is which page of a list a fixture is.
type fixturePage struct {
	items         []any
	offset, total int64
	first         string // the items of the pages before the fixture's, as JSON: as many as there have to be
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

// otherThan is the answer to a request for another page than the fixture's, and empty for the fixture's.
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

// behindThoseBefore is the answer with the items of the pages before it.
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
