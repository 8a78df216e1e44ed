package emulator

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/google/uuid"
)

// openapi is the public contract of the Voltage API, word for word as the project keeps it.
//
//go:embed openapi.yaml
var openapi []byte

// contract checks requests and answers against the OpenAPI document, and knows for each operation who may call it.
type contract struct {
	operations map[string]*operation // by operationId
	options    *openapi3filter.Options
	good       answers
	callback   *openapi3.Schema // of the payload of webhooks
}

// answers remembers the answers that keep the contract. Most answers are the same as an earlier one, and the check takes longer than the
// rest of the work for a request.
type answers struct {
	mu   sync.Mutex
	seed maphash.Seed
	good map[uint64]bool
}

// maxGood is the largest number of answers to remember: about 1 MiB.
const maxGood = 1 << 15

// key identifies the operation of an answer, and the status, the header and the body of the answer.
func (a *answers) key(o *operation, answer *httptest.ResponseRecorder) uint64 {
	var hash maphash.Hash
	hash.SetSeed(a.seed)
	fmt.Fprintf(&hash, "%s %d\n", o.id, answer.Code)
	_ = answer.Header().Write(&hash) // a hash takes everything
	_, _ = hash.Write(answer.Body.Bytes())
	return hash.Sum64()
}

func (a *answers) has(key uint64) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.good[key]
}

func (a *answers) add(key uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.good) >= maxGood {
		clear(a.good)
	}
	a.good[key] = true
}

// operation is an operation of the contract.
type operation struct {
	id, method, path string
	route            *routers.Route
	// keyed reports whether it takes an API key or a user token. The browser operations of the checkout take checkout tokens instead.
	keyed bool
	// A key needs one of permissions. For a send, it needs one of ofSends.
	permissions, ofSends []string
}

// body returns the contract's description of the request body, or nil if the request has no body.
func (o *operation) body() *openapi3.RequestBody {
	if o.route.Operation.RequestBody == nil {
		return nil
	}
	return o.route.Operation.RequestBody.Value
}

// eventStream is the one media type of the contract that is not JSON.
const eventStream = "text/event-stream"

// readContract reads the document once for all emulators: it takes longer than most tests.
var readContract = sync.OnceValues(func() (*contract, error) {
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(openapi)
	if err == nil {
		err = doc.Validate(loader.Context)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the contract: %w", err)
	}
	return newContract(doc), nil
})

func newContract(doc *openapi3.T) *contract {
	openapi3filter.RegisterBodyDecoder(eventStream, openapi3filter.JSONBodyDecoder) // the validator has none; the schema is of one message
	dateTime := openapi3.NewCallbackValidator(func(text string) error {
		_, err := time.Parse(time.RFC3339Nano, text)
		return err
	})
	c := &contract{
		operations: map[string]*operation{}, good: answers{seed: maphash.MakeSeed(), good: map[uint64]bool{}},
		callback: doc.Components.Schemas["WebhookPayload"].Value,
	}
	c.options = &openapi3filter.Options{
		MultiError:            true,
		IncludeResponseStatus: true,
		AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc, // what a key may do is the emulator's to say
		SkipSettingDefaults:   true,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{
			openapi3.DisableSchemaErrorDetails(), // pages of schema
			openapi3.WithStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC9562)),
			openapi3.WithStringFormatValidator("date-time", dateTime),
		},
	}
	for path, item := range doc.Paths.Map() {
		for method, described := range item.Operations() {
			o := &operation{
				id: described.OperationID, method: method, path: path, keyed: described.Security == nil,
				permissions: texts(described.Extensions["x-permissions"]), ofSends: texts(described.Extensions["x-permissions-of-sends"]),
				route: &routers.Route{Spec: doc, Path: path, PathItem: item, Method: method, Operation: described},
			}
			c.operations[o.id] = o
		}
	}
	return c
}

// texts reads a list of an extension.
func texts(extension any) []string {
	var result []string
	list, _ := extension.([]any)
	for _, text := range list {
		result = append(result, fmt.Sprint(text))
	}
	return result
}

// input describes a request to the validator. It reads nothing of the request itself.
func (c *contract) input(o *operation, r *http.Request, body []byte) *openapi3filter.RequestValidationInput {
	request := r.Clone(r.Context())
	request.Body = io.NopCloser(bytes.NewReader(body))
	values := map[string]string{}
	segments := strings.Split(strings.TrimPrefix(r.URL.Path, apiPrefix), "/")
	for i, segment := range strings.Split(o.path, "/") {
		if name, ok := strings.CutPrefix(segment, "{"); ok && i < len(segments) {
			values[strings.TrimSuffix(name, "}")] = segments[i]
		}
	}
	return &openapi3filter.RequestValidationInput{Request: request, PathParams: values, Route: o.route, Options: c.options}
}

// breach holds the errors of a request that breaks the contract: those of its path and query, and those of its body.
type breach struct{ parameters, body error }

// checkRequest checks a request against the contract.
func (c *contract) checkRequest(o *operation, r *http.Request, body []byte) breach {
	var found breach
	input := c.input(o, r, body)
	errs := []error{undocumentedQuery(input)}
	for _, parameters := range []openapi3.Parameters{o.route.PathItem.Parameters, o.route.Operation.Parameters} {
		for _, parameter := range parameters {
			errs = append(errs, openapi3filter.ValidateParameter(r.Context(), input, parameter.Value))
		}
	}
	found.parameters = errors.Join(errs...)
	if described := o.body(); described != nil {
		found.body = openapi3filter.ValidateRequestBody(r.Context(), input, described)
		if media := described.Content.Get("application/json"); found.body == nil && media != nil {
			found.body = checkNames(media.Schema.Value, body)
		}
	}
	return found
}

// err joins the errors. It is nil if there are none.
func (b breach) err(r *http.Request) error {
	var reasons []string
	for _, err := range []error{b.parameters, b.body} {
		if err != nil {
			reasons = append(reasons, reason(err))
		}
	}
	if len(reasons) == 0 {
		return nil
	}
	return fmt.Errorf("the request %s %s breaks the contract: %s", r.Method, r.URL.RequestURI(), strings.Join(reasons, "; "))
}

// undocumentedQuery returns an error if the contract lacks a query parameter of the request.
func undocumentedQuery(input *openapi3filter.RequestValidationInput) error {
	for name := range input.Request.URL.Query() {
		object, _, isObject := strings.Cut(name, "[")
		if !slices.ContainsFunc(input.Route.Operation.Parameters, func(ref *openapi3.ParameterRef) bool {
			p := ref.Value
			isDeep := isObject && p.Name == object && p.Style == openapi3.SerializationDeepObject
			return p.In == openapi3.ParameterInQuery && (p.Name == name || isDeep)
		}) {
			return fmt.Errorf("the contract has no query parameter %q", name)
		}
	}
	return nil
}

// checkAnswer checks an answer against the contract.
func (c *contract) checkAnswer(o *operation, r *http.Request, body []byte, answer *httptest.ResponseRecorder) error {
	key := c.good.key(o, answer)
	if c.good.has(key) {
		return nil
	}
	err := openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: c.input(o, r, body), Status: answer.Code, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: c.options,
	})
	if response := o.route.Operation.Responses.Status(answer.Code); err == nil && response != nil {
		if media := response.Value.Content.Get("application/json"); media != nil && answer.Body.Len() > 0 {
			err = checkNames(media.Schema.Value, answer.Body.Bytes())
		}
	}
	if err != nil {
		return fmt.Errorf("the answer %d to %s %s breaks the contract: %w", answer.Code, r.Method, r.URL.RequestURI(), err)
	}
	c.good.add(key)
	return nil
}

// checkMessage checks one message of an event stream against the contract.
func (c *contract) checkMessage(o *operation, r *http.Request, message []byte) error {
	answer := httptest.NewRecorder()
	answer.Header().Set("Content-Type", eventStream)
	_, _ = answer.Write(message)
	return c.checkAnswer(o, r, nil, answer)
}

// checkCallback checks the payload of a webhook against the contract.
func (c *contract) checkCallback(body []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	if err == nil {
		err = c.callback.VisitJSON(value, append(c.options.SchemaValidationOptions, openapi3.MultiErrors())...)
	}
	if err != nil {
		return fmt.Errorf("the payload of a webhook breaks the contract: %w", err)
	}
	return nil
}

// checkNames checks the names of properties against x-propertyNames. It is propertyNames of JSON Schema, which OpenAPI 3.0 and the
// validator do not know.
func checkNames(schema *openapi3.Schema, content []byte) error {
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		return err
	}
	return names(schema, value)
}

func names(schema *openapi3.Schema, value any) error {
	var errs []error
	for _, refs := range []openapi3.SchemaRefs{schema.AllOf, schema.OneOf, schema.AnyOf} {
		for _, ref := range refs {
			errs = append(errs, names(ref.Value, value))
		}
	}
	switch value := value.(type) {
	case []any:
		for _, item := range value {
			if schema.Items != nil {
				errs = append(errs, names(schema.Items.Value, item))
			}
		}
	case map[string]any:
		limits, _ := schema.Extensions["x-propertyNames"].(map[string]any)
		others := schema.AdditionalProperties.Schema
		for name, item := range value {
			if longest, ok := limits["maxLength"].(float64); ok && utf8.RuneCountInString(name) > int(longest) {
				errs = append(errs, fmt.Errorf("the name of a property has more than %v characters", longest))
			}
			if limits["format"] == "uuid" && uuid.Validate(name) != nil {
				errs = append(errs, fmt.Errorf("the name %q of a property is not a UUID", name))
			}
			if ref := schema.Properties[name]; ref != nil {
				errs = append(errs, names(ref.Value, item))
			} else if others != nil {
				errs = append(errs, names(others.Value, item))
			}
		}
	}
	return errors.Join(errs...)
}
