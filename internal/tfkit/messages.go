package tfkit

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
)

// Message is an error or a warning that the provider can raise. [Declare] declares each message once, as a package variable near the code
// that raises it. The guide "What happens when things go wrong" lists all messages.
//
// Texts have placeholders, which are names in capitals and in braces, such as {NETWORK}. A placeholder in quotation marks, "{NETWORK}", is
// replaced by the value as strconv.Quote writes it. The code that raises a message cleans the values of the API and of the configuration:
// see [voltage.Clean].
type Message struct {
	// Warning says that it is a warning. Otherwise it is an error.
	Warning bool
	// Summary is the heading of the message. It has no placeholders, and is in title case: "Wallet Not Created".
	Summary string
	// Detail says what happened, in whole sentences. It defaults to [FailureDetail].
	Detail string
	// State has the sentences about Terraform's state. A [Failure] chooses one of them, or none if the state has not changed.
	State []string
	// Next has the next steps. The message shows only one of them. If there are several, [Message.Choosing] or a [Failure] chooses.
	// [ByReason] stands for the usual next step after an error of the client. Next defaults to ByReason.
	Next []string
}

const (
	// FailureDetail is the detail of a message about a failed operation: the object, and the client's error.
	FailureDetail = "{OBJECT}: {REASON}."
	// ByReason stands, in [Message.Next], for the next step that [NextSteps] has for the client's error.
	ByReason = "by the reason"
)

// Values replace the placeholders of a message. The keys are the names of the placeholders. fmt.Sprint formats the values.
type Values map[string]any

// OnMistake is called if the code that raises a message does not fit its declaration: a placeholder has no value, a value has no
// placeholder, or a sentence is not declared. By default it does nothing. In tests, package acctest makes it panic.
var OnMistake = func(string) {}

var declared []*Message // in the order of initialization

// Declare declares a message. It is called only where package variables are initialized.
func Declare(m Message) *Message {
	if m.Detail == "" {
		m.Detail = FailureDetail
	}
	if len(m.Next) == 0 {
		m.Next = []string{ByReason}
	}
	declared = append(declared, &m)
	return &m
}

// The messages of more than one domain.
var (
	LineOfCreditNotRead  = Declare(Message{Summary: "Line of Credit Not Read"})
	LinesOfCreditNotRead = Declare(Message{Summary: "Lines of Credit Not Read"})
)

// Messages returns all messages that the linked packages declare: first the errors and then the warnings, each sorted by text.
func Messages() []Message {
	messages := make([]Message, 0, len(declared))
	for _, m := range declared {
		messages = append(messages, *m)
	}
	slices.SortFunc(messages, func(a, b Message) int {
		if a.Warning != b.Warning {
			if a.Warning {
				return 1
			}
			return -1
		}
		return cmp.Or(cmp.Compare(a.Summary, b.Summary), cmp.Compare(a.Detail, b.Detail), slices.Compare(a.Next, b.Next))
	})
	return messages
}

// Choosing returns the message with one of its next steps.
func (m *Message) Choosing(next string) *Message {
	if !slices.Contains(m.Next, next) {
		m.mistake("the next step %q is not declared", next)
	}
	chosen := *m
	chosen.Next = []string{next}
	return &chosen
}

// Add adds the message to diagnostics.
func (m *Message) Add(diags *diag.Diagnostics, values Values) { diags.Append(m.Diagnostic(values)) }

// AddAt adds the message to diagnostics, on an attribute.
func (m *Message) AddAt(diags *diag.Diagnostics, at path.Path, values Values) {
	diags.Append(m.DiagnosticAt(at, values))
}

// Diagnostic returns the message as Terraform shows it. If the message has several states or next steps, or [ByReason], use a [Failure], or
// choose the next step with [Message.Choosing].
func (m *Message) Diagnostic(values Values) diag.Diagnostic { return m.diagnostic(m.text(values)) }

// DiagnosticAt is Diagnostic on an attribute.
func (m *Message) DiagnosticAt(at path.Path, values Values) diag.Diagnostic {
	return diag.WithPath(at, m.Diagnostic(values))
}

func (m *Message) diagnostic(detail string) diag.Diagnostic {
	if m.Warning {
		return diag.NewWarningDiagnostic(m.Summary, detail)
	}
	return diag.NewErrorDiagnostic(m.Summary, detail)
}

// text returns the text after the summary, for a message with only one state and next step.
func (m *Message) text(values Values) string {
	if len(m.State) > 0 || len(m.Next) != 1 || m.Next[0] == ByReason {
		m.mistake("no state or next step was chosen")
	}
	return m.fill(values, m.Detail, m.Next[0])
}

var (
	placeholder = regexp.MustCompile(`\{([A-Z][A-Z0-9_]*)\}`)
	// If a value ends with a full stop, the full stop of the template is dropped.
	replaced = regexp.MustCompile(`("?)` + placeholder.String() + `("?)(\.?)`)
)

// fill joins the paragraphs that are not empty, and replaces their placeholders.
func (m *Message) fill(values Values, paragraphs ...string) string {
	known := m.placeholders()
	for name := range values {
		if !slices.Contains(known, name) {
			m.mistake("no text has the placeholder {%s}", name)
		}
	}
	paragraphs = slices.DeleteFunc(paragraphs, func(text string) bool { return text == "" })
	return replaced.ReplaceAllStringFunc(strings.Join(paragraphs, "\n\n"), func(found string) string {
		parts := replaced.FindStringSubmatch(found)
		before, name, after, stop := parts[1], parts[2], parts[3], parts[4]
		value, ok := values[name]
		if !ok {
			m.mistake("the placeholder {%s} has no value", name)
			value = "…"
		}
		text := fmt.Sprint(value)
		switch {
		case before != "" && after != "":
			return strconv.Quote(text) + stop
		case after == "" && endsSentence(text):
			return before + text
		}
		return before + text + after + stop
	})
}

func endsSentence(text string) bool {
	return text != "" && strings.ContainsAny(text[len(text)-1:], ".!?")
}

// placeholders returns the names of all placeholders in a message's texts.
func (m *Message) placeholders() []string {
	var names []string
	for _, text := range slices.Concat([]string{m.Detail}, m.State, m.Next) {
		for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
			names = append(names, found[1])
		}
	}
	return names
}

func (m *Message) mistake(format string, args ...any) {
	OnMistake(fmt.Sprintf("the message %q: %s", m.Summary, fmt.Sprintf(format, args...)))
}
