package emulator

import (
	"encoding/json"
	"fmt"
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

// notFound is a 404 about an object, whose ID the context has under the name of a field.
func notFound(kind, field string, id any) *problem {
	return &problem{
		status: http.StatusNotFound, kind: kind, detail: fmt.Sprintf("There is no such object: %s %v.", field, id),
		context: map[string]any{field: id},
	}
}

// about adds to a problem the object that it is about.
func (p *problem) about(field string, id any) *problem {
	p.context = map[string]any{field: id}
	return p
}

// invalidFields is a refusal whose context names fields of the request.
func invalidFields(kind, detail string, fields ...string) *problem {
	return badRequest(kind, detail).about("fields", fields)
}

func writeProblem(w http.ResponseWriter, p *problem) {
	content := map[string]any{"type": p.kind, "detail": p.detail} // code and context are there only where the type has them
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
