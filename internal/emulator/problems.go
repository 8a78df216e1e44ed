package emulator

import (
	"encoding/json"
	"net/http"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// problem is a refusal with its status. Source of the types: the responses of the contract.
type problem struct {
	status  int
	kind    string
	code    string
	detail  string
	context map[string]any
}

// statuses maps the kinds of the world's refusals to HTTP statuses.
var statuses = map[world.RefusalKind]int{
	world.Invalid: http.StatusBadRequest, world.Missing: http.StatusNotFound, world.Taken: http.StatusConflict,
	world.NotAllowed: http.StatusForbidden, world.Unauthenticated: http.StatusUnauthorized,
}

// problemOf turns a refusal of the world into a problem. It returns nil for nil.
func problemOf(r *world.Refusal) *problem {
	if r == nil {
		return nil
	}
	p := &problem{status: statuses[r.Kind], kind: r.Type, code: r.Code, detail: r.Detail}
	if r.Context != nil {
		p.context = map[string]any{}
	}
	for name, value := range r.Context {
		switch value := value.(type) {
		case Money:
			p.context[name] = plain(value)
		case world.SignedMoney:
			p.context[name] = signed(value.Currency, value.Amount)
		default:
			p.context[name] = value
		}
	}
	return p
}

func badRequest(kind, detail string) *problem {
	return &problem{status: http.StatusBadRequest, kind: kind, detail: detail}
}

func invalidData(detail string) *problem {
	return &problem{status: http.StatusUnprocessableEntity, kind: "invalid_data", detail: detail}
}

func accessDenied() *problem {
	return &problem{
		status: http.StatusForbidden, kind: "access_rights",
		detail: "The key lacks the permission for this on this organization or environment.",
	}
}

func writeProblem(w http.ResponseWriter, p *problem) {
	content := map[string]any{"type": p.kind, "detail": p.detail} // code and context are present only if the type has them
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
