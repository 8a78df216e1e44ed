package emulator

import "github.com/google/uuid"

// SetActive makes a wallet active or inactive without deleting it. It reports whether there is such a wallet.
func (e *Emulator) SetActive(id uuid.UUID, active bool) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	history := e.world.wallets[id]
	if history == nil {
		return false
	}
	state := history.latest()
	state.active = active
	history.change(e.config.Now(), state)
	return true
}
