package main

import (
	"io"
	"net/http"
	"sync"
)

// stateBackend keeps a state in memory for Terraform's backend "http".
type stateBackend struct {
	mu    sync.Mutex
	state []byte
}

// ServeHTTP implements [http.Handler].
func (b *stateBackend) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch r.Method {
	case http.MethodGet:
		if b.state == nil {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = w.Write(b.state)
	case http.MethodPost:
		state, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		b.state = state
	case http.MethodDelete:
		b.state = nil
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
	}
}
