package emulator

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
)

// openapi is the public contract of the Voltage API, the part that the provider uses.
//
//go:embed openapi.yaml
var openapi []byte

// contract holds requests and answers against the OpenAPI document. A nil contract finds nothing wrong.
type contract struct {
	router  routers.Router
	options *openapi3filter.Options
}

// readContract reads the document once for all emulators: it takes longer than most tests.
var readContract = sync.OnceValues(func() (*contract, error) {
	doc, err := openapi3.NewLoader().LoadFromData(openapi)
	if err != nil {
		return nil, fmt.Errorf("reading the contract: %w", err)
	}
	doc.Servers = openapi3.Servers{{URL: "/v1"}}
	closeRequests(doc)
	router, err := legacy.NewRouter(doc)
	if err != nil {
		return nil, fmt.Errorf("reading the contract: %w", err)
	}
	dateTime := openapi3.NewCallbackValidator(func(text string) error {
		_, err := time.Parse(time.RFC3339Nano, text)
		return err //nolint:wrapcheck // wrapped with the violation
	})
	return &contract{router: router, options: &openapi3filter.Options{
		MultiError:            true,
		IncludeResponseStatus: true,
		AuthenticationFunc:    openapi3filter.NoopAuthenticationFunc, // what a key may do is the emulator's to say
		SkipSettingDefaults:   true,
		SchemaValidationOptions: []openapi3.SchemaValidationOption{
			openapi3.WithStringFormatValidator("uuid", openapi3.NewRegexpFormatValidator(openapi3.FormatOfStringForUUIDOfRFC9562)),
			openapi3.WithStringFormatValidator("date-time", dateTime),
		},
	}}, nil
})

// closeRequests makes a property that the contract does not name a violation in requests. Answers may have more.
func closeRequests(doc *openapi3.T) {
	no := false
	for _, item := range doc.Paths.Map() {
		for _, operation := range item.Operations() {
			if operation.RequestBody == nil {
				continue
			}
			for _, media := range operation.RequestBody.Value.Content {
				schemas := openapi3.SchemaRefs{media.Schema}
				for _, ref := range append(schemas, media.Schema.Value.OneOf...) {
					if len(ref.Value.Properties) > 0 && ref.Value.AdditionalProperties.Has == nil {
						ref.Value.AdditionalProperties.Has = &no
					}
				}
			}
		}
	}
}

// input describes a request to the validator. It reads nothing of the request itself.
func (c *contract) input(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	request := r.Clone(r.Context())
	request.Body = io.NopCloser(bytes.NewReader(body))
	route, parameters, err := c.router.FindRoute(request)
	if err != nil {
		return nil, err //nolint:wrapcheck // wrapped with the violation
	}
	return &openapi3filter.RequestValidationInput{Request: request, PathParams: parameters, Route: route, Options: c.options}, nil
}

func (c *contract) checkRequest(r *http.Request, body []byte) error {
	if c == nil {
		return nil
	}
	input, err := c.input(r, body)
	if err == nil {
		err = errors.Join(openapi3filter.ValidateRequest(r.Context(), input), undocumentedQuery(input))
	}
	if err != nil {
		return fmt.Errorf("the request %s %s breaks the contract: %w", r.Method, r.URL.RequestURI(), err)
	}
	return nil
}

// undocumentedQuery finds query parameters that the contract does not name.
func undocumentedQuery(input *openapi3filter.RequestValidationInput) error {
	known := map[string]bool{}
	for _, ref := range input.Route.Operation.Parameters {
		known[ref.Value.Name] = ref.Value.In == openapi3.ParameterInQuery
	}
	for name := range input.Request.URL.Query() {
		object, _, _ := strings.Cut(name, "[")
		if !known[name] && !known[object] {
			return fmt.Errorf("the contract has no query parameter %q", name)
		}
	}
	return nil
}

func (c *contract) checkAnswer(r *http.Request, body []byte, answer *httptest.ResponseRecorder) error {
	if c == nil {
		return nil
	}
	input, err := c.input(r, body)
	if err == nil {
		err = openapi3filter.ValidateResponse(r.Context(), &openapi3filter.ResponseValidationInput{
			RequestValidationInput: input, Status: answer.Code, Header: answer.Header(),
			Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: c.options,
		})
	}
	if err != nil {
		return fmt.Errorf("the answer %d to %s %s breaks the contract: %w", answer.Code, r.Method, r.URL.RequestURI(), err)
	}
	return nil
}
