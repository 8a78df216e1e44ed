package voltage

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// UnreadableItem is an item of a list that does not match the API's documentation, for example because a number is above 2^63-1. Its fields
// can be read one by one, to find out whether the caller needs the item at all.
type UnreadableItem struct {
	// ID is uuid.Nil if the ID is unreadable, too.
	ID uuid.UUID

	position int // in the list, from 1 on
	before   int // number of readable items before it
	fields   map[string]json.RawMessage
	cause    error
}

// Read decodes one field. It returns false if the field is absent or null, or does not have the type of into.
func (u *UnreadableItem) Read(field string, into any) bool {
	content, ok := u.fields[field]
	return ok && string(content) != "null" && json.Unmarshal(content, into) == nil
}

// name returns a text that identifies the item.
func (u *UnreadableItem) name() string {
	if u.ID == uuid.Nil {
		return fmt.Sprintf("number %d of the list, whose ID is unreadable, too,", u.position)
	}
	return u.ID.String()
}

// UnreadableItemsError reports the items of a list that could not be read. The list comes with the readable items as well.
type UnreadableItemsError struct {
	// Kind is the kind of the items, such as "wallet".
	Kind  string
	Items []UnreadableItem

	clean func(string) string
}

// Error implements error: it names each item.
func (e *UnreadableItemsError) Error() string {
	texts := make([]string, 0, len(e.Items))
	for i := range e.Items {
		texts = append(texts, fmt.Sprintf("%s %s cannot be read: %s", e.Kind, e.Items[i].name(), e.clean(e.Items[i].cause.Error())))
	}
	return strings.Join(texts, "; ")
}

// WithoutItems removes the items that excluded reports from the error of a list. It returns nil if no item is left. Any other error stays
// as it is.
func WithoutItems(err error, excluded func(*UnreadableItem) bool) error {
	var unreadable *UnreadableItemsError
	if !errors.As(err, &unreadable) {
		return err
	}
	rest := *unreadable
	rest.Items = slices.DeleteFunc(slices.Clone(unreadable.Items), func(u UnreadableItem) bool { return excluded(&u) })
	if len(rest.Items) == 0 {
		return nil
	}
	return &rest
}

// list is a list in an answer. Its items are decoded one by one, so that an unreadable item does not affect the others.
type list[T any] struct {
	items      []T
	unreadable []UnreadableItem
	present    bool // the answer has the list, even if it is empty
	sum        [sha256.Size]byte
}

// UnmarshalJSON implements [json.Unmarshaler].
func (l *list[T]) UnmarshalJSON(data []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	if token, err := decoder.Token(); err != nil || token != json.Delim('[') {
		return errors.New("the answer has another value in place of a list")
	}
	*l = list[T]{items: []T{}, present: true, sum: sha256.Sum256(data)}
	var content json.RawMessage // one buffer for all items: decoding copies the values
	for position := 1; decoder.More(); position++ {
		if err := decoder.Decode(&content); err != nil {
			return err
		}
		var item T
		if err := json.Unmarshal(content, &item); err != nil {
			l.unreadable = append(l.unreadable, newUnreadableItem(content, position, len(l.items), explain(err)))
			continue
		}
		l.items = append(l.items, item)
	}
	return nil
}

func newUnreadableItem(content json.RawMessage, position, before int, cause error) UnreadableItem {
	item := UnreadableItem{position: position, before: before, cause: cause}
	_ = json.Unmarshal(content, &item.fields) // a value that is not an object has no fields
	var id string
	if item.Read("id", &id) {
		item.ID, _ = ParseID(id)
	}
	return item
}

// err returns an error for the items that could not be read, or nil.
func (l *list[T]) err(c *Client, kind string) error {
	if len(l.unreadable) == 0 {
		return nil
	}
	return &UnreadableItemsError{Kind: kind, Items: l.unreadable, clean: c.Clean}
}

// listed returns the list for the listCache.
func (l *list[T]) listed(size int64) listed[T] {
	result := listed[T]{items: l.items, size: size}
	for i := range l.unreadable {
		result.odd = append(result.odd, l.unreadable[i].ID)
	}
	return result
}

// page makes a page of a list. The page ends before the first unreadable item, so that later items do not hide the error.
func (l *list[T]) page(c *Client, kind, next string) Page[T] {
	page := Page[T]{Items: l.items, Next: next, sum: l.sum}
	if len(l.unreadable) > 0 {
		page.Items = l.items[:l.unreadable[0].before]
		page.Failed = &UnreadableItemsError{Kind: kind, Items: l.unreadable[:1], clean: c.Clean}
	}
	return page
}

// fact is a field that an answer must have.
type fact struct {
	what string
	said bool
}

// says returns an error for the first fact that is missing from an answer. A missing value must not pass for a zero.
func says(what string, facts ...fact) error {
	for _, fact := range facts {
		if !fact.said {
			return fmt.Errorf("the %s has no %s", what, fact.what)
		}
	}
	return nil
}

// readWith decodes an object, and returns an error if one of the members is absent or null.
func readWith(data []byte, into any, members ...string) error {
	var object map[string]json.RawMessage
	if err := json.Unmarshal(data, &object); err != nil {
		return err
	}
	for _, name := range members {
		if content := object[name]; len(content) == 0 || string(content) == "null" {
			return says("answer", fact{name, false})
		}
	}
	return json.Unmarshal(data, into)
}

// explain describes a decoder's error with the names of the API's fields instead of Go's types.
func explain(err error) error {
	var kind *json.UnmarshalTypeError
	if !errors.As(err, &kind) {
		return err
	}
	if kind.Field == "" {
		return fmt.Errorf("a %s is not expected there", kind.Value)
	}
	field := strings.TrimPrefix(kind.Field, "plain.")
	return fmt.Errorf("a %s cannot be read as its %s", kind.Value, field)
}
