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

// FaultSpec is a fault as a person orders it, on the command line or at the control endpoint.
type FaultSpec struct {
	Operation string `json:"operation,omitempty"` // empty: every operation
	Nth       *int   `json:"nth,omitempty"`       // absent: 1
	Times     *int   `json:"times,omitempty"`     // absent: 1; -1: for ever
	// Effect is the name of an [EffectKind], followed by = and a value where it has one.
	Effect string `json:"effect"`
	// The others go with some effects only.
	After      bool   `json:"after,omitempty"`
	RetryAfter string `json:"retry_after,omitempty"`
	Type       string `json:"type,omitempty"`
	Code       string `json:"code,omitempty"`
	Detail     string `json:"detail,omitempty"`
}

// EffectKind is an effect that a [FaultSpec] can name.
type EffectKind struct {
	Name string
	// Value says what follows the name and =, empty where nothing does.
	Value string
	// Takes are the further fields of FaultSpec that go with it, by their name in JSON.
	Takes []string
	// Summary is half a sentence.
	Summary string

	on   string // whose requests it can happen to: "reads", "writes", or any
	make func(FaultSpec, string) (Effect, error)
}

// Form is how the effect is written.
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

// EffectKinds are the effects that a [FaultSpec] can name.
func EffectKinds() []EffectKind { return slices.Clone(effectKinds) }

func statusFrom(text string, least int) (int, error) {
	status, err := strconv.Atoi(text)
	if err != nil || status < least || status > 599 {
		return 0, fmt.Errorf("%q is no status from %d to 599", text, least)
	}
	return status, nil
}

func makeDelay(_ FaultSpec, value string) (Effect, error) {
	d, err := time.ParseDuration(value)
	if err != nil || d <= 0 {
		return nil, fmt.Errorf("%q is no duration such as 2s or 300ms", value)
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

// Endpoints are the requests that the emulator serves, such as "GET /organizations/{organization_id}/assets", by the operationIds of the
// contract.
func (e *Emulator) Endpoints() map[string]string {
	endpoints := map[string]string{}
	for pattern, id := range e.operations {
		endpoints[id] = strings.Replace(pattern, " "+apiPrefix, " ", 1)
	}
	return endpoints
}

// Operations are the operationIds of the contract that the emulator serves, in alphabetical order.
func (e *Emulator) Operations() []string {
	return slices.Sorted(maps.Values(e.operations))
}

// InjectSpec adds a fault as a person orders it. An error says what is known in place of what is not.
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
		return fmt.Errorf("there is no operation %q; there are %s", spec.Operation, strings.Join(e.Operations(), ", "))
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

// kind finds the kind of the effect and its value, and checks that the other fields go with it.
func (spec *FaultSpec) kind() (kind *EffectKind, value string, err error) {
	name, value, hasValue := strings.Cut(spec.Effect, "=")
	i := slices.IndexFunc(effectKinds, func(k EffectKind) bool { return k.Name == name })
	if i < 0 {
		var forms []string
		for _, k := range effectKinds {
			forms = append(forms, k.Form())
		}
		return nil, "", fmt.Errorf("there is no effect %q; there are %s", spec.Effect, strings.Join(forms, ", "))
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

// leftToEndpoint reports whether it is the endpoint that carries out an effect, and not what is around it.
func leftToEndpoint(effect Effect) bool {
	switch effect.(type) {
	case NotFound, Stale, FailAsync:
		return true
	}
	return false
}

// kindOf is what an operation is: it reads or it writes. Every operation is neither.
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

// Faults returns the faults that are still to happen, with what is left of Nth and Times.
func (e *Emulator) Faults() []Fault {
	e.faults.mu.Lock()
	defer e.faults.mu.Unlock()
	faults := make([]Fault, 0, len(e.faults.faults))
	for _, fault := range e.faults.faults {
		faults = append(faults, *fault)
	}
	return faults
}

// The effects describe themselves as the command line writes them.

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

// oneWord is what a shell takes as one word without quotes.
var oneWord = regexp.MustCompile(`^[A-Za-z0-9._~+/=-]+$`)

// quoted puts quotes around what is not one word.
func quoted(text string) string {
	if oneWord.MatchString(text) {
		return text
	}
	return strconv.Quote(text)
}
