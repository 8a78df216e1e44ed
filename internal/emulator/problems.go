package emulator

import (
	"encoding/json"
	"net/http"
)

// problem is a refusal. Source of the types: the responses of the contract.
type problem struct {
	status  int
	kind    string
	code    string
	detail  string
	context map[string]any
}

func badRequest(kind, detail string) *problem {
	return &problem{status: http.StatusBadRequest, kind: kind, detail: detail}
}

func notFound(kind, detail string) *problem {
	return &problem{status: http.StatusNotFound, kind: kind, detail: detail}
}

func writeProblem(w http.ResponseWriter, p *problem) {
	content := map[string]any{"type": p.kind, "code": nil, "detail": p.detail, "context": nil}
	if p.code != "" {
		content["code"] = p.code
	}
	if p.context != nil {
		content["context"] = p.context
	}
	writeJSON(w, p.status, map[string]any{"error": content})
}

func writeJSON(w http.ResponseWriter, status int, content any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(content) // into memory
}
