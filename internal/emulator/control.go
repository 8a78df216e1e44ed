package emulator

import (
	"encoding/json"
	"net/http"
)

// controlPrefix is where the paths of routeControl begin. They are not recorded, and no fault happens to them.
const controlPrefix = "/emulator/"

// routeControl adds what is no part of the API: what somebody outside Voltage does. It needs no key.
func (e *Emulator) routeControl() {
	e.mux.HandleFunc("POST "+controlPrefix+"pay", func(w http.ResponseWriter, r *http.Request) {
		var request struct {
			Target string `json:"target"`
			Msats  int64  `json:"msats"`
		}
		err := json.NewDecoder(r.Body).Decode(&request)
		if err == nil {
			err = e.Pay(request.Target, request.Msats)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
}
