package emulator

import (
	"net/url"
	"strconv"
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

// readID reads a filter that is a UUID. It leaves id alone where the request has none.
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

// readDates reads the bounds of a list in time. Kind is the type of the refusal of what is no time.
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
