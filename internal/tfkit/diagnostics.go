package tfkit

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Failure is an operation on one object that failed.
type Failure struct {
	// Message says which operation failed. Object and Err replace its placeholders {OBJECT} and {REASON}.
	Message *Message
	// Object names the object of the operation, with its ID if that is known: see [Named].
	Object string
	// Err is the client's error.
	Err error
	// State is the sentence of the message about the state after the failure; empty if the state has not changed.
	State string
	// Next is one of the next steps of the message. It defaults to the only one, or to the usual next step after such an error.
	Next string
	// Values replace the other placeholders of the message.
	Values Values
	// Blame is the attribute that causes a refusal: see [Blame].
	Blame Blame
}

// Blame is the attribute that causes an error of the API, by "type/code", by the code of a payment's error, by type, or by "field:" with
// the name of a field that the error's context names.
type Blame map[string]path.Path

// of returns the attribute that causes an error, and false where none is known.
func (b Blame) of(err error) (path.Path, bool) {
	kind, code, fields := kindOf(err)
	if kind == "" {
		return path.Path{}, false
	}
	for _, field := range fields {
		if at, ok := b["field:"+field[strings.LastIndex(field, ".")+1:]]; ok {
			return at, true
		}
	}
	for _, key := range []string{kind + "/" + code, code, kind} {
		if at, ok := b[key]; ok && key != "" {
			return at, true
		}
	}
	return path.Path{}, false
}

// kindOf returns the API's type and code of an error, and the fields that it names. The error can belong to an answer, or to a wallet,
// payment or quote that failed after the API had accepted it.
func kindOf(err error) (kind, code string, fields []string) {
	var answer *voltage.Error
	var payment *voltage.PaymentError
	var wallet *voltage.WalletError
	var quote *voltage.QuoteError
	switch {
	case errors.As(err, &answer):
		if field, ok := answer.Context["field"].(string); ok {
			fields = append(fields, field)
		}
		several, _ := answer.Context["fields"].([]any)
		for _, field := range several {
			if field, ok := field.(string); ok {
				fields = append(fields, field)
			}
		}
		return answer.Type, answer.Code, fields
	case errors.As(err, &payment):
		return payment.Type, payment.Code, nil
	case errors.As(err, &wallet):
		return wallet.Type, "", nil
	case errors.As(err, &quote):
		return quote.Type, "", nil
	}
	return "", "", nil
}

// IsRefused reports whether the API refused a creation, so that the state has no object to keep. After every other error the creation may
// have been carried out: see [voltage.UncertainError].
func IsRefused(err error) bool {
	var unsent *unsentError
	if errors.As(err, &unsent) {
		return true
	}
	var uncertain *voltage.UncertainError
	var answer *voltage.Error
	return !errors.As(err, &uncertain) && errors.As(err, &answer)
}

// unsentError is an error before the request of a creation was sent.
type unsentError struct{ error }

// Unwrap returns the error itself.
func (e *unsentError) Unwrap() error { return e.error }

// Unsent marks an error of a creation whose request was not sent. It is [IsRefused].
func Unsent(err error) error { return &unsentError{err} }

// DiagnosticAt is Diagnostic on an attribute, whatever the error is.
func (f Failure) DiagnosticAt(at path.Path) diag.Diagnostic {
	return diag.WithPath(at, f.diagnostic())
}

// Diagnostic says what happened, to which object, and what to do next. It is on the attribute that causes a refusal.
func (f Failure) Diagnostic() diag.Diagnostic {
	if at, ok := f.Blame.of(f.Err); ok {
		return f.DiagnosticAt(at)
	}
	return f.diagnostic()
}

func (f Failure) diagnostic() diag.Diagnostic {
	m := f.Message
	if f.State != "" && !slices.Contains(m.State, f.State) {
		m.mistake("the state %q is not declared", f.State)
	}
	next := f.Next
	if next == "" && len(m.Next) == 1 {
		next = m.Next[0]
	}
	if next = cmp.Or(next, ByReason); !slices.Contains(m.Next, next) {
		m.mistake("the next step %q is not declared", next)
	}
	if next == ByReason {
		next = nextStep(f.Err)
	}
	values := Values{"OBJECT": f.Object, "REASON": f.Err}
	maps.Copy(values, f.Values)
	return m.diagnostic(m.fill(values, m.Detail, f.State, next))
}

// readsIDFirst is the next step after a creation whose outcome is not known.
const readsIDFirst = "Run terraform apply again. It reads the ID first, and never creates a second object."

// NextStep says what a person can do about the errors of one kind.
type NextStep struct {
	// When says which errors they are: a type of the API, or a description.
	When string
	// Do says what to do about them, in whole sentences.
	Do string

	applies func(error) bool
}

// NextSteps returns the next steps for all errors of the client, in order of precedence. The last one applies to every error.
func NextSteps() []NextStep {
	steps := []NextStep{
		{
			"a server that is not the API answers a creation and the read of its ID",
			"Check that base_url (VOLTAGE_API_URL) is the complete address of the API, and that no proxy refuses the requests. " + readsIDFirst,
			isForeign,
		},
		{
			"the answer to a creation is lost",
			readsIDFirst,
			is[*voltage.UncertainError],
		},
		{
			"Terraform was interrupted while it waited",
			"Run terraform apply again. It continues from the current state of the API.",
			func(err error) bool {
				var deadline *voltage.DeadlineError
				return errors.As(err, &deadline) && deadline.Interrupted
			},
		},
		{
			"the timeout of a wait expired",
			"The API may still finish the work. Run terraform apply again. It continues from the current state of the API. If this happens " +
				"often, set a longer time in the attribute timeouts.",
			is[*voltage.DeadlineError],
		},
		{
			"Terraform was interrupted during a request",
			"The operation was interrupted. Run terraform apply again to continue.",
			func(err error) bool {
				return errors.Is(err, context.Canceled)
			},
		},
	}
	steps = append(steps,
		NextStep{
			"the API refuses to create the first policies of a wallet",
			"The provider can change policies only if the wallet has at least one. Set one policy of the wallet in the Voltage dashboard, or " +
				"ask Voltage's support to set it. Then run Terraform again.",
			is[*voltage.NoFirstPoliciesError],
		},
		NextStep{"a wallet that was deleted", "Set wallet_id to another wallet, or remove the resources of this wallet from the configuration.",
			is[*voltage.WalletDeletedError]},
	)
	steps = append(steps, accessSteps...)
	for _, kind := range slices.Sorted(maps.Keys(typedSteps)) {
		steps = append(steps, NextStep{kind, typedSteps[kind], func(err error) bool { return voltage.IsType(err, kind) }})
	}
	for _, failed := range failedSteps {
		steps = append(steps, NextStep{failed.when(), failed.do, failed.applies})
	}
	return append(steps,
		NextStep{
			"an object in a list that cannot be read",
			"This version of the provider cannot read this object. It reports an error, because a list without the object would be incomplete. " +
				"Narrow the search so that it excludes the object, or upgrade the provider.",
			is[*voltage.UnreadableItemsError],
		},
		NextStep{
			"no answer at all",
			"Check that base_url (VOLTAGE_API_URL) is correct, and that this computer can reach the API. Then run Terraform again.",
			status(0, 0),
		},
		NextStep{
			"401",
			"The API key (VOLTAGE_API_KEY) or bearer token (VOLTAGE_BEARER_TOKEN) may have been revoked or may have expired. Check it.",
			status(401, 401),
		},
		NextStep{"403", typedSteps["access_rights"], status(403, 403)},
		NextStep{
			"404 that is not the API's own",
			"This answer does not come from the API. Check that base_url (VOLTAGE_API_URL) is the complete address of the API, with the " +
				"version at the end, such as /v1.",
			func(err error) bool { return status(404, 404)(err) && !voltage.IsNotFound(err) },
		},
		NextStep{"404", "Check the ID, and check that organization_id is the organization that it belongs to.", status(404, 404)},
		NextStep{
			"429",
			"The API limits the rate of requests. Run Terraform again later, with a lower -parallelism or a higher max_retries.",
			status(429, 429),
		},
		NextStep{
			"an answer that the provider cannot read",
			"The provider cannot read this answer. Check that base_url (VOLTAGE_API_URL) is the address of the API itself. " +
				"Then run Terraform again.",
			status(100, 299),
		},
		NextStep{
			"a redirect",
			"The provider does not follow redirects. Set base_url (VOLTAGE_API_URL) to the final address of the API.",
			status(300, 399),
		},
		NextStep{
			"408, 500 and above",
			"The API, or a proxy before it, failed. Run Terraform again later. A higher max_retries makes the provider try for longer.",
			func(err error) bool { return status(408, 408)(err) || status(500, 599)(err) },
		},
		NextStep{
			"any other refusal",
			"The API refused this request for the reason above. Correct the value. Then run Terraform again.",
			status(400, 499),
		},
		NextStep{"anything else", "Fix the cause that is named above. Then run Terraform again.", func(error) bool { return true }},
	)
}

// accessSteps are the next steps after the API has refused the key for a request. They depend on the request. The step for every other
// request is in typedSteps, under access_rights. Source of the permissions: x-permissions of the API's contract.
var accessSteps = []NextStep{
	accessStep("a read of bills", "the permission BILLING", func(method, path string) bool {
		return method == http.MethodGet && strings.Contains(path, "/bills")
	}),
	accessStep("any other read", "the permission READ", func(method, _ string) bool { return method == http.MethodGet }),
	accessStep("a new wallet", "the permissions READ and WRITE; an older key may need BILLING, too", func(method, path string) bool {
		return method == http.MethodPost && strings.HasSuffix(path, "/wallets")
	}),
	accessStep("a new payment, quote or checkout session",
		"the permissions READ and WRITE; for a payment request or checkout session, READ and RECEIVE are enough",
		func(method, path string) bool {
			return method == http.MethodPost &&
				(strings.HasSuffix(path, "/payments") || strings.HasSuffix(path, "/quotes") || strings.HasSuffix(path, "/sessions"))
		}),
}

func accessStep(request, permissions string, applies func(method, path string) bool) NextStep {
	return NextStep{"`access_rights` for " + request, keyLacks + permissions + orAnotherKey, func(err error) bool {
		var answer *voltage.Error
		return voltage.IsType(err, "access_rights") && errors.As(err, &answer) && applies(answer.Method, answer.Path)
	}}
}

// isForeign reports whether a creation is uncertain because a server that is not the API, such as a proxy, has refused it.
func isForeign(err error) bool {
	var answer *voltage.Error
	return is[*voltage.UncertainError](err) && errors.As(err, &answer) && answer.Type == "" && !answer.Doubtful()
}

// is reports whether the chain has an error of a type.
func is[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

// status returns a function that compares the HTTP status of an answer. A missing answer has status 0.
func status(from, to int) func(error) bool {
	return func(err error) bool {
		var answer *voltage.Error
		return errors.As(err, &answer) && from <= answer.Status && answer.Status <= to
	}
}

// nextStep says what a person can do about an error.
func nextStep(err error) string {
	err = reasonOf(err)
	for _, step := range NextSteps() {
		if step.applies(err) {
			return step.Do
		}
	}
	return ""
}

// reasonOf returns the error to act on. If a wait timed out and its last read got a failure from the API, that failure is the reason. An
// uncertain creation, an interruption and a wait whose reads got no answer at all have next steps of their own.
func reasonOf(err error) error {
	var deadline *voltage.DeadlineError
	if errors.As(err, &deadline) && !deadline.Interrupted && !is[*voltage.UncertainError](err) && status(100, 599)(deadline.LastError) {
		return deadline.LastError
	}
	return err
}
