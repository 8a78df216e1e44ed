package voltage

import (
	"context"
	"crypto/sha256"
	"errors"
	"iter"
	"net/http"
	"net/url"
)

// Page is one page of a list that the API returns in pages.
type Page[T any] struct {
	Items []T
	// Next is the cursor of the next page. It is empty on the last page.
	Next string
	// Failed, unless it is nil, is the reason why the items after Items cannot be read.
	Failed error

	sum [sha256.Size]byte // checksum of the page's JSON; zero if it is not known
}

// Pages iterates over a list with cursors. It requests each page once, and only when the iteration reaches the page. An error is always the
// last value: a list that ends without an error is complete. A list that would never end is an error.
func Pages[T any](ctx context.Context, fetch func(ctx context.Context, cursor string) (Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		cursors, sums := map[string]bool{}, map[[sha256.Size]byte]bool{}
		for cursor := ""; ; {
			page, err := fetch(ctx, cursor)
			if err != nil {
				yield(none, err)
				return
			}
			for _, item := range page.Items {
				if !yield(item, nil) {
					return
				}
			}
			switch {
			case page.Failed != nil:
				yield(none, page.Failed)
				return
			case page.Next == "":
				return
			case cursors[page.Next]:
				yield(none, errors.New("the API gave out the same page cursor twice, so that the list would never end"))
				return
			case len(page.Items) == 0:
				yield(none, errors.New("the API gave out an empty page that names a next one, so that the list might never end"))
				return
			case sums[page.sum]: // a known sum is never zero
				yield(none, errors.New("the API gave out the same page twice, so that the list would never end"))
				return
			}
			cursors[page.Next] = true
			if page.sum != [sha256.Size]byte{} {
				sums[page.sum] = true
			}
			cursor = page.Next
		}
	}
}

// cursorPages iterates over a list with cursors, and requests one page at a time. query has the filters and the page size. kind names an
// item in errors. check returns an error for an item that does not fit the request.
func cursorPages[T any](
	ctx context.Context, c *Client, path string, query url.Values, kind string, check func(*T) error,
) iter.Seq2[T, error] {
	seen := int64(0)
	return Pages(ctx, func(ctx context.Context, cursor string) (Page[T], error) {
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		var answer struct {
			Items      list[T] `json:"items"`
			NextCursor string  `json:"next_cursor"`
			HasMore    *bool   `json:"has_more"`
			Total      *int64  `json:"total"` // only in answers without cursors
		}
		err := c.do(ctx, call{
			method: http.MethodGet, path: path, query: query, out: &answer, repeat: true,
			check: func() error {
				for i := range answer.Items.items {
					if err := check(&answer.Items.items[i]); err != nil {
						return err
					}
				}
				count := seen + int64(len(answer.Items.items)+len(answer.Items.unreadable))
				more := answer.HasMore != nil && *answer.HasMore || answer.HasMore == nil && answer.Total != nil && *answer.Total > count
				if answer.NextCursor == "" && more {
					return errors.New("the answer says that there are more items, but has no cursor for the next page")
				}
				return says("answer", fact{"list of items", answer.Items.present})
			},
		})
		if err != nil {
			return Page[T]{}, err
		}
		if answer.HasMore != nil && !*answer.HasMore {
			answer.NextCursor = ""
		}
		seen += int64(len(answer.Items.items))
		return answer.Items.page(c, kind, answer.NextCursor), nil
	})
}
