package emulator

import (
	"slices"
	"time"

	"github.com/google/uuid"
)

// announceInterval is how often what has happened to payments meanwhile is announced.
const announceInterval = 20 * time.Millisecond

// announceRegularly announces until the emulator stops.
func (e *Emulator) announceRegularly() {
	ticker := time.NewTicker(announceInterval)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			e.mu.Lock()
			e.announce(e.config.Now())
			e.mu.Unlock()
		case <-e.stopping:
			return
		}
	}
}

// announce tells webhooks of each state that a payment has come to since the last time. The world is locked.
func (e *Emulator) announce(now time.Time) {
	if len(e.world.webhookOrder) == 0 {
		return
	}
	for _, id := range e.world.paymentOrder {
		moments := *e.world.payments[id]
		for i := e.world.announced[id]; i < len(moments) && !moments[i].at.After(now); i++ {
			e.world.announced[id] = i + 1
			var before *paymentState
			if i > 0 {
				before = &moments[i-1].state
			}
			for _, event := range moments[i].state.events(before) {
				e.tell(&moments[i].state, event, moments[i].at)
			}
		}
	}
}

// events are what webhooks are told of a state, given the state before it.
func (p *paymentState) events(before *paymentState) []webhookEvent {
	switch p.direction + " " + p.status {
	case "send completed":
		return []webhookEvent{{"send", "succeeded"}}
	case "send failed":
		return []webhookEvent{{"send", "failed"}}
	case "receive receiving":
		if before != nil && before.status == p.status { // what is seen, and not deep enough yet
			return []webhookEvent{{"receive", "detected"}}
		}
		return []webhookEvent{{"receive", "generated"}}
	case "receive completed":
		return []webhookEvent{{"receive", "completed"}}
	case "receive expired":
		return []webhookEvent{{"receive", "expired"}}
	case "receive failed":
		return []webhookEvent{{"receive", "failed"}}
	}
	return nil
}

// tell delivers an event to the webhooks that were active and listened when it happened.
func (e *Emulator) tell(p *paymentState, event webhookEvent, at time.Time) {
	for _, id := range e.world.webhookOrder {
		w := e.world.webhooks[id].seen(at, false)
		if w != nil && w.status == "active" && w.environment == p.environment && slices.Contains(w.events, event) {
			body := mustJSON(map[string]any{"type": event.family, "detail": map[string]any{"event": event.name, "data": p.json()}})
			e.deliver(w, uuid.New(), p.id, event.name, body)
		}
	}
}
