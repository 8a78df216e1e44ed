package emulator

import (
	"bytes"
	"encoding/json"
	"maps"
	"mime"
	"net/http"
	"slices"
	"strings"

	"github.com/google/uuid"

	"github.com/voltagecloud/terraform-provider-voltage/internal/emulator/world"
)

// call is a request that has reached its endpoint, with the caller, the operation and the time.
type call struct {
	world.Call
	request      *http.Request
	operation    *operation
	key          *world.Key
	organization *world.Organization
	body         bytes.Buffer
	ids          map[string]uuid.UUID // of the path
	query        map[string]uuid.UUID // UUIDs of the query
}

// reply is an endpoint's answer: a status with content or nil, a stream, or a problem.
type reply struct {
	status  int
	header  http.Header // further headers, or nil
	content any
	stream  *checkoutStream
	problem *problem
}

func accepted() reply               { return reply{status: http.StatusAccepted} }
func found(content any) reply       { return reply{status: http.StatusOK, content: content} }
func refuse(problem *problem) reply { return reply{problem: problem} }

// acceptedUnless answers a write that the world has accepted or refused.
func acceptedUnless(refusal *world.Refusal) reply {
	if refusal != nil {
		return refuse(problemOf(refusal))
	}
	return accepted()
}

// apiPrefix is the beginning of the paths of the contract.
const apiPrefix = "/v1"

// route adds the endpoint of an operation of the contract. In the API's order, it checks the credentials, the IDs, the permissions of the
// key, and the body. Then it serves the call with the world locked.
func (e *Emulator) route(id string, serve func(*call) reply) {
	o := e.contract.operations[id]
	if o == nil {
		panic("the contract has no operation " + id)
	}
	pattern := o.method + " " + apiPrefix + o.path
	e.operations[pattern] = id
	e.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		e.mu.Lock()
		defer e.mu.Unlock()
		answer := e.serve(&call{request: r, operation: o}, serve) //nolint:contextcheck // deliveries outlive the request that causes them
		maps.Copy(w.Header(), answer.header)
		switch {
		case answer.problem != nil:
			writeProblem(w, answer.problem)
		case answer.stream != nil:
			answer.stream.begin(w, r)
		case answer.content == nil:
			w.WriteHeader(answer.status)
		default:
			writeJSON(w, answer.status, answer.content)
		}
	})
}

// serve carries out a call if it is admitted, and sends events to webhooks. The world is locked.
func (e *Emulator) serve(c *call, serve func(*call) reply) reply {
	c.Now = e.config.Now()
	c.Done = c.Now.Add(e.config.Delay)
	fault, _ := c.request.Context().Value(effectKey{}).(*pendingEffect)
	fault.enter(&c.Call)
	answer := refuse(e.admit(c))
	if answer.problem == nil {
		answer = serve(c)
	}
	fault.leave(&c.Call)
	if c.request.Method != http.MethodGet {
		e.changed()
	}
	e.announce(c.Now)
	return answer
}

// admit fills a call, or returns the reason why it is not admitted.
func (e *Emulator) admit(c *call) *problem {
	if c.operation.keyed {
		if p := e.authenticate(c); p != nil {
			return p
		}
	}
	found, _ := c.request.Context().Value(breachKey{}).(breach)
	if found.parameters != nil {
		return badRequest("invalid_parameter", reason(found.parameters))
	}
	if p := c.parseIDs(); p != nil {
		return p
	}
	if c.operation.keyed {
		if p := e.authorize(c); p != nil {
			return p
		}
	}
	if c.operation.body() == nil {
		return nil
	}
	if p := c.readBody(); p != nil {
		return p
	}
	if found.body != nil {
		return invalidData(reason(found.body))
	}
	return nil
}

// breachKey is the key in a request's context for the way in which the request breaks the contract.
type breachKey struct{}

// authorize returns a problem if the key lacks a permission for the call.
func (e *Emulator) authorize(c *call) *problem {
	c.organization = e.world.Organization(c.ids["organization_id"])
	if c.organization == nil || c.organization.ID != c.Organization {
		return accessDenied()
	}
	for _, ids := range []map[string]uuid.UUID{c.ids, c.query} {
		if environment, ok := ids["environment_id"]; ok && !c.opens(environment) {
			return accessDenied()
		}
	}
	if !may(c.key, c.operation.permissions) {
		return accessDenied()
	}
	return nil
}

// may reports whether a key has one of the permissions.
func may(key *world.Key, permissions []string) bool {
	has := map[string]bool{"READ": key.Read, "WRITE": key.Write, "RECEIVE": key.Receive, "BILLING": key.Billing}
	return slices.ContainsFunc(permissions, func(permission string) bool { return has[permission] })
}

// authenticate finds the key. A key that this host does not know counts as missing.
func (e *Emulator) authenticate(c *call) *problem {
	secret, bearer := c.request.Header.Get("X-Api-Key"), false
	if secret == "" {
		secret, bearer = strings.CutPrefix(c.request.Header.Get("Authorization"), "Bearer ")
	}
	key, organization := e.world.Key(secret)
	switch {
	case key != nil && key.Bearer == bearer && key.Revoked:
		return &problem{status: http.StatusUnauthorized, kind: "wrong_credentials", detail: "The key was revoked."}
	case key != nil && key.Bearer == bearer:
		c.key, c.Organization = key, organization
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
	c.Environment = c.ids["environment_id"]
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
	return c.organization.Has(environment) && (len(c.key.Environments) == 0 || slices.Contains(c.key.Environments, environment))
}

// readBody checks the type, the size and the syntax of the body.
func (c *call) readBody() *problem {
	if _, err := c.body.ReadFrom(c.request.Body); err != nil {
		return badRequest("invalid_syntax", "The body could not be read.")
	}
	kind, _, err := mime.ParseMediaType(c.request.Header.Get("Content-Type"))
	switch {
	case err != nil || kind != "application/json":
		return &problem{
			status: http.StatusUnsupportedMediaType, kind: "missing_content_type", detail: "Content-Type has to be application/json.",
		}
	case c.body.Len() > maxRequestBody:
		return &problem{status: http.StatusRequestEntityTooLarge, kind: "payload_too_large", detail: "The body is too large."}
	case !json.Valid(c.body.Bytes()):
		return badRequest("invalid_syntax", "The body is not JSON.")
	}
	return nil
}

// decode reads the body, which was checked against the contract, into content. It refuses fields that content does not have.
func (c *call) decode(content any) *problem {
	return decodeStrictly(c.body.Bytes(), content)
}

// decodeStrictly reads JSON. It refuses fields that content does not have.
func decodeStrictly(body []byte, content any) *problem {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(content); err != nil {
		return invalidData(err.Error())
	}
	return nil
}
