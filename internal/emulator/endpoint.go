package emulator

import (
	"bytes"
	"encoding/json"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
)

// permission is what an endpoint asks of a key.
type permission int

const (
	toRead permission = iota
	toWrite
	toCreateWallets // READ, WRITE and BILLING
)

// call is a request that has got as far as its endpoint: who calls, what for, and when.
type call struct {
	request *http.Request
	key     *key
	org     *organization
	ids     map[string]uuid.UUID // of the path
	query   map[string]uuid.UUID // UUIDs of the query
	now     time.Time
	// done is when what is accepted now can be seen.
	done time.Time
}

// reply is an endpoint's answer: a status with content, nil for none, or a problem.
type reply struct {
	status  int
	content any
	problem *problem
}

func accepted() reply               { return reply{status: http.StatusAccepted} }
func found(content any) reply       { return reply{status: http.StatusOK, content: content} }
func refuse(problem *problem) reply { return reply{problem: problem} }

// route adds an endpoint. It checks, in the API's order, the credentials, the IDs, what the key may do, and the body, and
// then serves the call with the world locked.
func (e *Emulator) route(operation, pattern string, needs permission, serve func(*call) reply) {
	method, path, _ := strings.Cut(pattern, " ")
	pattern = method + " /v1" + path
	e.operations[pattern] = operation
	e.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		now := e.config.Now()
		c := &call{request: r, now: now, done: now.Add(e.config.Delay)}
		answer := refuse(nil)
		if answer.problem = e.admit(c, needs); answer.problem == nil {
			answer = serve(c)
		}
		e.announce(now) //nolint:contextcheck // deliveries outlive the request that they are about
		switch {
		case answer.problem != nil:
			writeProblem(w, answer.problem)
		case answer.content == nil:
			w.WriteHeader(answer.status)
		default:
			writeJSON(w, answer.status, answer.content)
		}
	})
}

// admit fills a call, or says why it is not admitted.
func (e *Emulator) admit(c *call, needs permission) *problem {
	if p := e.authenticate(c); p != nil {
		return p
	}
	if p := c.parseIDs(); p != nil {
		return p
	}
	denied := &problem{
		status: http.StatusForbidden, kind: "access_rights",
		detail: "The key lacks the permission for this on this organization or environment.",
	}
	c.org = e.world.organizations[c.ids["organization_id"]]
	if c.org == nil || c.org.ID != c.key.organization {
		return denied
	}
	for _, ids := range []map[string]uuid.UUID{c.ids, c.query} {
		if environment, ok := ids["environment_id"]; ok && !c.opens(environment) {
			return denied
		}
	}
	switch needs {
	case toRead:
		if !c.key.Read {
			return denied
		}
	case toWrite:
		if !c.key.Read || !c.key.Write {
			return denied
		}
	case toCreateWallets:
		if !c.key.Read || !c.key.Write || !c.key.Billing {
			return denied
		}
	}
	return nil
}

// authenticate finds the key. A key that this host does not know counts as missing.
func (e *Emulator) authenticate(c *call) *problem {
	secret, bearer := c.request.Header.Get("X-Api-Key"), false
	if secret == "" {
		secret, bearer = strings.CutPrefix(c.request.Header.Get("Authorization"), "Bearer ")
	}
	key := e.world.keys[secret]
	switch {
	case key != nil && key.Bearer == bearer && key.Revoked:
		return &problem{status: http.StatusUnauthorized, kind: "wrong_credentials", detail: "The key was revoked."}
	case key != nil && key.Bearer == bearer:
		c.key = key
		return nil
	case bearer:
		return &problem{status: http.StatusUnauthorized, kind: "invalid_token", detail: "The token is not valid."}
	}
	return badRequest("missing_credentials", "No API key or bearer token that this host knows was given.")
}

// parseIDs reads the UUIDs of the path and of the query.
func (c *call) parseIDs() *problem {
	c.ids, c.query = map[string]uuid.UUID{}, map[string]uuid.UUID{}
	for _, segment := range strings.Split(c.request.Pattern, "/") {
		name, isID := strings.CutPrefix(strings.TrimSuffix(segment, "}"), "{")
		if !isID {
			continue
		}
		id, err := uuid.Parse(c.request.PathValue(name))
		if err != nil {
			return badRequest("invalid_parameter", name+" is not a UUID.")
		}
		c.ids[name] = id
	}
	if text := c.request.URL.Query().Get("environment_id"); text != "" {
		id, err := uuid.Parse(text)
		if err != nil {
			return badRequest("invalid_parameter", "environment_id is not a UUID.")
		}
		c.query["environment_id"] = id
	}
	return nil
}

// opens reports whether the key opens an environment of its organization.
func (c *call) opens(environment uuid.UUID) bool {
	return c.org.has(environment) && (len(c.key.Environments) == 0 || slices.Contains(c.key.Environments, environment))
}

// decode reads the body into content, as strictly as the API: no other fields, no other types.
func (c *call) decode(content any) *problem {
	var body bytes.Buffer
	if _, err := body.ReadFrom(c.request.Body); err != nil {
		return badRequest("invalid_syntax", "The body could not be read.")
	}
	kind, _, err := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	switch {
	case err != nil || kind != "application/json":
		return &problem{status: http.StatusUnsupportedMediaType, kind: "missing_content_type", detail: "Content-Type has to be application/json."}
	case body.Len() > maxRequestBody:
		return &problem{status: http.StatusRequestEntityTooLarge, kind: "payload_too_large", detail: "The body is too large."}
	case !json.Valid(body.Bytes()):
		return badRequest("invalid_syntax", "The body is not JSON.")
	}
	decoder := json.NewDecoder(&body)
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(content); err != nil {
		return invalidData(err.Error())
	}
	return nil
}

func invalidData(detail string) *problem {
	return &problem{status: http.StatusUnprocessableEntity, kind: "invalid_data", detail: detail}
}
