package emulator

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// saveInterval is the shortest time between a change and the save of the world, so that many changes in a row are saved once.
const saveInterval = 200 * time.Millisecond

// savedWorld is the content that an emulator passes to [Config.Save] and reads from [Config.Saved].
type savedWorld struct {
	// ClockAhead is the difference between the emulator's clock and the machine's clock, in nanoseconds.
	ClockAhead time.Duration   `json:"clock_ahead"`
	World      json.RawMessage `json:"world"`
}

// readSaved reads the world that another emulator has saved.
func readSaved(content []byte) (*savedWorld, error) {
	var saved savedWorld
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&saved); err != nil {
		return nil, fmt.Errorf("reading the saved world: %w", err)
	}
	if saved.World == nil {
		return nil, errors.New("reading the saved world: it has no world")
	}
	return &saved, nil
}

// changed records that the world may have changed. The world is locked.
func (e *Emulator) changed() { e.unsaved = true }

// saver saves the world of an emulator. Only one goroutine uses it.
type saver struct {
	emulator *Emulator
	last     [sha256.Size]byte // the checksum of the last save
}

// save saves the world if it has changed since the last save. After an error, the next call tries again.
func (s *saver) save() error {
	e := s.emulator
	e.mu.Lock()
	_, ahead := e.Clock()
	unsaved, snapshot := e.unsaved, world.Snapshot{}
	if e.unsaved = false; unsaved {
		snapshot = e.world.Snapshot()
	}
	e.mu.Unlock()
	if !unsaved {
		return nil
	}
	// This writes a savedWorld by hand, since encoding/json would read a large world once more.
	content := slices.Concat(fmt.Appendf(nil, `{"clock_ahead":%d,"world":`, ahead), mustJSON(snapshot), []byte("}"))
	sum := sha256.Sum256(content)
	if sum == s.last {
		return nil
	}
	if err := e.config.Save(content); err != nil {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.changed()
		return err
	}
	s.last = sum
	return nil
}

// regularly saves the world soon after each change until the emulator stops, and once more at the end. It spends at most a tenth of its
// time on saving, even for a large world. It closes a channel when it ends.
func (s *saver) regularly(ended chan<- struct{}) {
	defer close(ended)
	timer := time.NewTimer(saveInterval)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
			began := time.Now()
			_ = s.save() // Save handles its own errors, and is called again
			timer.Reset(max(saveInterval, 10*time.Since(began)))
		case <-s.emulator.stopping:
			s.emulator.mu.Lock()
			s.emulator.changed() // save even if no change was recorded
			s.emulator.mu.Unlock()
			_ = s.save()
			return
		}
	}
}
