package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// FaultSpec is a fault in the form of the command line and the control endpoint.
type FaultSpec struct {
	Operation string `json:"operation,omitempty"` // empty: every operation
	Nth       *int   `json:"nth,omitempty"`       // absent: 1
	Times     *int   `json:"times,omitempty"`     // absent: 1; -1: for ever
	// Effect is the name of an [EffectKind], followed by = and a value if the kind has one.
	Effect string `json:"effect"`
	// The other fields are for some effects only.
	After      bool   `json:"after,omitempty"`
	RetryAfter string `json:"retry_after,omitempty"`
	Type       string `json:"type,omitempty"`
	Code       string `json:"code,omitempty"`
	Detail     string `json:"detail,omitempty"`
}

// EffectKind is an effect that a [FaultSpec] can name.
type EffectKind struct {
	Name string
	// Value describes the value after the name and =, or is empty.
	Value string
	// Takes are the further fields of FaultSpec that the effect uses, with their names in JSON.
	Takes []string
	// Summary is a clause for a list of effects.
	Summary string

	on   string // "reads", "writes", or empty for all requests
	make func(FaultSpec, string) (Effect, error)
}

// Form returns the form in which the effect is written.
func (k *EffectKind) Form() string {
	if k.Value == "" {
		return k.Name
	}
	return k.Name + "=" + k.Value
}

func always(effect Effect) func(FaultSpec, string) (Effect, error) {
	return func(FaultSpec, string) (Effect, error) { return effect, nil }
}

var effectKinds = []EffectKind{
	{Name: "cut-before", Summary: "the connection closes before the work is done", make: always(CutBefore{})},
	{Name: "cut-after", Summary: "the work is done, and the connection closes without an answer", make: always(CutAfter{})},
	{Name: "cut-body", Summary: "the work is done, and the connection closes in the middle of the answer", make: always(CutBody{})},
	{Name: "empty-body", Summary: "the work is done, and the answer has its status but no body", make: always(EmptyBody{})},
	{
		Name: "hang", Takes: []string{"after"}, Summary: "no answer comes, and the work is not done without after",
		make: func(s FaultSpec, _ string) (Effect, error) { return Hang{After: s.After}, nil },
	},
	{Name: "delay", Value: "DURATION", Summary: "the work begins after a while, such as 2s", make: makeDelay},
	{
		Name: "status", Value: "STATUS", Takes: []string{"after", "retry_after"}, make: makeAnswer,
		Summary: "a proxy answers with this status and no body, and the work is not done without after",
	},
	{
		Name: "refuse", Value: "STATUS", Takes: []string{"type", "code", "detail"}, make: makeRefuse,
		Summary: "the API answers with an error of this status and type, and the work is not done",
	},
	{
		Name: "not-found", on: "reads", make: always(NotFound{}),
		Summary: "a read of one object answers 404, as before the object became visible",
	},
	{
		Name: "stale", on: "reads", make: always(Stale{}),
		Summary: "a read shows the object as it was before the last write, and answers 404 if it did not exist then",
	},
	{
		Name: "fail-async", on: "writes", Takes: []string{"type", "code", "detail"}, make: makeFailAsync,
		Summary: "a write is accepted, and fails later with an error of this type",
	},
}

// EffectKinds returns the effects that a [FaultSpec] can name.
func EffectKinds() []EffectKind { return slices.Clone(effectKinds) }

func statusFrom(text string, least int) (int, error) {
	status, err := strconv.Atoi(text)
	if err != nil || status < least || status > 599 {
		return 0, fmt.Errorf("%q is not a status from %d to 599", text, least)
	}
	return status, nil
}

func makeDelay(_ FaultSpec, value string) (Effect, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return nil, fmt.Errorf("%q is not a duration such as 2s or 300ms", value)
	}
	return Delay{d}, nil
}

func makeRefuse(s FaultSpec, value string) (Effect, error) {
	status, err := statusFrom(value, 400)
	if err == nil && s.Type == "" {
		err = fmt.Errorf("refuse=%s needs the type of the error, such as invalid_request", value)
	}
	return Refuse{Status: status, Type: s.Type, Code: s.Code, Detail: s.Detail}, err
}

func makeFailAsync(s FaultSpec, _ string) (Effect, error) {
	if s.Type == "" {
		return nil, fmt.Errorf("fail-async needs the type of the error, such as InsufficientLimit")
	}
	return FailAsync{Type: s.Type, Code: s.Code, Detail: s.Detail}, nil
}

func makeAnswer(s FaultSpec, value string) (Effect, error) {
	status, err := statusFrom(value, 200)
	if err != nil {
		return nil, err
	}
	answer := Answer{Status: status, After: s.After}
	if s.RetryAfter != "" {
		_, noSeconds := strconv.ParseUint(s.RetryAfter, 10, 31)
		if _, noTime := http.ParseTime(s.RetryAfter); noSeconds != nil && noTime != nil {
			return nil, fmt.Errorf("retry_after %q is neither seconds nor an HTTP date", s.RetryAfter)
		}
		answer.Header = http.Header{"Retry-After": {s.RetryAfter}}
	}
	return answer, nil
}

// Endpoints maps each operationId of the contract to the request that the emulator serves, such as "GET
// /organizations/{organization_id}/assets".
func (e *Emulator) Endpoints() map[string]string {
	endpoints := map[string]string{}
	for pattern, id := range e.operations {
		endpoints[id] = strings.Replace(pattern, " "+apiPrefix, " ", 1)
	}
	return endpoints
}

// Operations returns the operationIds of the contract that the emulator serves, in alphabetical order.
func (e *Emulator) Operations() []string {
	return slices.Sorted(maps.Values(e.operations))
}

// InjectSpec adds a fault in the form of the command line. An error for an unknown name lists the known names.
func (e *Emulator) InjectSpec(spec FaultSpec) error {
	fault := Fault{Operation: spec.Operation, Nth: 1, Times: 1}
	if spec.Nth != nil {
		fault.Nth = *spec.Nth
	}
	if spec.Times != nil {
		fault.Times = *spec.Times
	}
	switch {
	case spec.Operation != "" && !slices.Contains(e.Operations(), spec.Operation):
		return fmt.Errorf("operation %q does not exist; the operations are %s", spec.Operation, strings.Join(e.Operations(), ", "))
	case fault.Nth < 1:
		return fmt.Errorf("nth is 1 for the next request, 2 for the one after it, and so on, not %d", fault.Nth)
	case fault.Times < -1 || fault.Times == 0:
		return fmt.Errorf("times is 1 or more, or -1 for ever, not %d", fault.Times)
	}
	kind, value, err := spec.kind()
	if err != nil {
		return err
	}
	if on := e.kindOf(spec.Operation); kind.on != "" && on != "" && kind.on != on {
		return fmt.Errorf("%s happens to %s, and %s is not one of them", kind.Name, kind.on, spec.Operation)
	}
	if fault.Effect, err = kind.make(spec, value); err != nil {
		return err
	}
	e.Inject(fault)
	return nil
}

// kind finds the kind of the effect and its value, and checks that the effect uses the other fields.
func (spec *FaultSpec) kind() (kind *EffectKind, value string, err error) {
	name, value, hasValue := strings.Cut(spec.Effect, "=")
	i := slices.IndexFunc(effectKinds, func(k EffectKind) bool { return k.Name == name })
	if i < 0 {
		var forms []string
		for _, k := range effectKinds {
			forms = append(forms, k.Form())
		}
		return nil, "", fmt.Errorf("effect %q does not exist; the effects are %s", spec.Effect, strings.Join(forms, ", "))
	}
	kind = &effectKinds[i]
	if hasValue != (kind.Value != "") {
		return nil, "", fmt.Errorf("the effect is written %s, not %s", kind.Form(), spec.Effect)
	}
	for _, field := range []struct {
		name  string
		given bool
	}{
		{"after", spec.After}, {"retry_after", spec.RetryAfter != ""}, {"type", spec.Type != ""}, {"code", spec.Code != ""},
		{"detail", spec.Detail != ""},
	} {
		if field.given && !slices.Contains(kind.Takes, field.name) {
			return nil, "", fmt.Errorf("%s does not go with %s", field.name, kind.Form())
		}
	}
	return kind, value, nil
}

// leftToEndpoint reports whether the endpoint itself carries out an effect.
func leftToEndpoint(effect Effect) bool {
	switch effect.(type) {
	case NotFound, Stale, FailAsync:
		return true
	}
	return false
}

// kindOf returns "reads" or "writes" for an operation. The empty operation, which stands for all, is neither.
func (e *Emulator) kindOf(operation string) string {
	for pattern, name := range e.operations {
		switch {
		case name != operation:
		case strings.HasPrefix(pattern, http.MethodGet+" "):
			return "reads"
		default:
			return "writes"
		}
	}
	return ""
}

// Faults returns the faults that have not happened yet, or can happen again. Nth and Times count from now.
func (e *Emulator) Faults() []Fault {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	faults := make([]Fault, 0, len(e.faults.faults))
	for _, fault := range e.faults.faults {
		faults = append(faults, *fault)
	}
	return faults
}

// The effects describe themselves in the form of the command line.

func (CutBefore) String() string { return "cut-before" }
func (CutAfter) String() string  { return "cut-after" }
func (CutBody) String() string   { return "cut-body" }
func (EmptyBody) String() string { return "empty-body" }
func (NotFound) String() string  { return "not-found" }
func (Stale) String() string     { return "stale" }
func (d Delay) String() string   { return "delay=" + d.D.String() }
func (h Hang) String() string    { return "hang" + flagText(h.After, " -after") }

func (a Answer) String() string {
	retry := a.Header.Get("Retry-After")
	return "status=" + strconv.Itoa(a.Status) + flagText(retry != "", " -retry-after "+quoted(retry)) + flagText(a.After, " -after")
}

func (f Refuse) String() string {
	return "refuse=" + strconv.Itoa(f.Status) + " -type " + quoted(f.Type) +
		flagText(f.Code != "", " -code "+quoted(f.Code)) + flagText(f.Detail != "", " -detail "+quoted(f.Detail))
}

func (f FailAsync) String() string {
	return "fail-async -type " + quoted(f.Type) +
		flagText(f.Code != "", " -code "+quoted(f.Code)) + flagText(f.Detail != "", " -detail "+quoted(f.Detail))
}

func flagText(given bool, text string) string {
	if !given {
		return ""
	}
	return text
}

// oneWord matches texts that a shell reads as one word without quotes.
var oneWord = regexp.MustCompile(`^[A-Za-z0-9._~+/=-]+$`)

// quoted puts quotes around a text that is not one word.
func quoted(text string) string {
	if oneWord.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}
