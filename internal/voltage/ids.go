package voltage

import (
	"fmt"

	"github.com/google/uuid"
)

// NewID makes the ID of a new object: a random UUID (version 4), as the API asks its clients to.
func NewID() (uuid.UUID, error) {
	id, err := uuid.NewRandom()
	if err != nil {
		return uuid.Nil, fmt.Errorf("no random UUID could be made: %w", err)
	}
	return id, nil
}

// ParseID reads a UUID in its usual form of 36 characters, in upper or lower case. It refuses the other forms (with braces, as a URN,
// without hyphens), since the API never writes them.
func ParseID(text string) (uuid.UUID, error) {
	if err := checkText(text); err != nil {
		return uuid.Nil, fmt.Errorf("%q is not a UUID: %w", Clean(text), err)
	}
	id, err := uuid.Parse(text)
	if err != nil || len(text) != 36 {
		return uuid.Nil, fmt.Errorf("%q is not a UUID such as 7f9c3d2e-5b1a-4c8d-9e0f-1a2b3c4d5e6f", Clean(text))
	}
	return id, nil
}
