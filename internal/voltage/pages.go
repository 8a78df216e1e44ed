package voltage

import (
	"context"
	"errors"
	"iter"
)

// Page is one page of a list that the API gives out in pieces.
type Page[T any] struct {
	Items []T
	// Next is the cursor of the page after this one, empty on the last.
	Next string
}

// Pages walks a list with cursors, requesting each page once and only when it is reached. An error is the last thing
// it yields: a list that ends without one is whole.
func Pages[T any](ctx context.Context, fetch func(ctx context.Context, cursor string) (Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var none T
		seen := map[string]bool{}
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
			if page.Next == "" {
				return
			}
			if seen[page.Next] {
				yield(none, errors.New("the API gave out the same page cursor twice, so that the list would never end"))
				return
			}
			seen[page.Next] = true
			cursor = page.Next
		}
	}
}
