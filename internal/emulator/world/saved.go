package world

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/google/uuid"
)

// Snapshot is the state of a world at one moment. The world may change while a snapshot is written.
type Snapshot struct{ state state }

// MarshalJSON implements [json.Marshaler]. [Restore] reads the result.
func (s Snapshot) MarshalJSON() ([]byte, error) { return json.Marshal(s.state) }

// Snapshot returns the state of the world. It copies only the values that can change in memory. The states in histories never change, so
// the copy shares them. So it is cheap even for many objects.
func (w *World) Snapshot() Snapshot {
	s := w.state
	s.Organizations = make([]*organization, len(w.state.Organizations))
	for i, org := range w.state.Organizations {
		s.Organizations[i] = org.snapshot()
	}
	s.Keys = make(map[string]*ownedKey, len(w.state.Keys))
	for secret, key := range w.state.Keys {
		copied := *key
		s.Keys[secret] = &copied
	}
	s.Ledgers, s.Streams = maps.Clone(s.Ledgers), maps.Clone(s.Streams)
	s.SessionTokens, s.PaidBy = maps.Clone(s.SessionTokens), maps.Clone(s.PaidBy)
	s.Announced, s.WebhookSecrets = maps.Clone(s.Announced), maps.Clone(s.WebhookSecrets)
	s.Attempting, s.Ended = slices.Clone(s.Attempting), slices.Clone(s.Ended)
	s.Wallets, s.Policies, s.Checkouts = s.Wallets.snapshot(), s.Policies.snapshot(), s.Checkouts.snapshot()
	s.Sessions, s.Quotes, s.Payments = s.Sessions.snapshot(), s.Quotes.snapshot(), s.Payments.snapshot()
	s.Bills, s.Webhooks, s.Deliveries = s.Bills.snapshot(), s.Webhooks.snapshot(), s.Deliveries.snapshot()
	return Snapshot{s}
}

func (o *organization) snapshot() *organization {
	copied := &organization{Organization: o.Organization, Lines: make([]*LineState, len(o.Lines))}
	for i, line := range o.Lines {
		state := *line
		copied.Lines[i] = &state
	}
	return copied
}

func (o *Objects[T]) snapshot() Objects[T] {
	return Objects[T]{Histories: maps.Clone(o.Histories), Order: slices.Clone(o.Order)}
}

// Restore makes a world from the content that [Snapshot.MarshalJSON] has written. The settings may differ.
func Restore(content []byte, settings Settings) (*World, error) {
	w := &World{settings: settings}
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&w.state); err != nil {
		return nil, fmt.Errorf("reading the world: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("reading the world: it is followed by more content")
	}
	if len(w.state.Organizations) == 0 || len(w.state.Keys) == 0 || w.state.CentsPerBTC <= 0 {
		return nil, errors.New("reading the world: it lacks organizations, keys or the rate of exchange")
	}
	w.state.makeMaps()
	return w, nil
}

// makeMaps makes each map that is nil.
func (s *state) makeMaps() {
	for _, m := range []*map[string]uuid.UUID{&s.SessionTokens, &s.PaidBy} {
		makeMap(m)
	}
	makeMap(&s.Keys)
	makeMap(&s.Ledgers)
	makeMap(&s.Streams)
	makeMap(&s.Announced)
	makeMap(&s.WebhookSecrets)
}

func makeMap[K comparable, V any](m *map[K]V) {
	if *m == nil {
		*m = map[K]V{}
	}
}
