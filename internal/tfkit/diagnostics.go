package tfkit

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Failure is an operation on one object that did not succeed.
type Failure struct {
	// Message says what did not happen. Its placeholders {OBJECT} and {REASON} are Object and Err.
	Message *Message
	// Object names what it did not happen to, with its ID.
	Object string
	// Err is the client's error.
	Err error
	// State says what Terraform's state now holds, where that is not plain: one of the message's states.
	State string
	// Next says what to do: one of the message's next steps. Where it is left out, it is the only one, or what is usual after such an error.
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

// kindOf returns the API's words for an error: of an answer, or of a wallet, payment or quote that failed later. fields are those that it
// is about.
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

// IsRefused reports whether the API refused a creation, so that there is nothing to keep in the state. Everything else may
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

// unsentError is an error before the request that creates something was sent.
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

// NextStep is what a person can do about the errors of one kind.
type NextStep struct {
	// When says which errors they are: an API type, or in words.
	When string
	// Do is what to do about them: whole sentences.
	Do string

	applies func(error) bool
}

// NextSteps are what to do about every error of the client. The first one that applies is meant, and one always does.
func NextSteps() []NextStep {
	steps := []NextStep{
		{
			"something else than the API answers a creation, and the read of its ID",
			"Check that base_url (VOLTAGE_API_URL) is the API's whole address, and that " +
				"no proxy refuses its requests. Then run terraform apply again: it reads the ID first, and never makes a second one.",
			isForeign,
		},
		{
			"the answer to a creation stays lost",
			"Run terraform apply again: it reads the ID first, and never makes a second one.",
			is[*voltage.UncertainError],
		},
		{
			"Terraform was interrupted while it waited",
			"Run terraform apply again: it continues from what the API has then.",
			func(err error) bool {
				var deadline *voltage.DeadlineError
				return errors.As(err, &deadline) && deadline.Interrupted
			},
		},
		{
			"the timeout of a wait expired",
			"The API may still finish the work. Run terraform apply again, which continues from what the API has then, " +
				"with a longer time in the timeouts attribute if this happens often.",
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
			"a wallet without policies, whose first policies the API refuses to create",
			"Set one policy of the wallet in the Voltage dashboard, or ask " +
				"Voltage's support to set it, then run Terraform again: the provider can change the policies of a wallet that has some.",
			is[*voltage.NoFirstPoliciesError],
		},
		NextStep{"a wallet that was deleted", "Set wallet_id to another wallet, or remove what belongs to this wallet from the configuration.",
			is[*voltage.WalletDeletedError]},
	)
	for _, kind := range slices.Sorted(maps.Keys(typedSteps)) {
		steps = append(steps, NextStep{kind, typedSteps[kind], func(err error) bool { return voltage.IsType(err, kind) }})
	}
	for _, failed := range failedSteps {
		steps = append(steps, NextStep{failed.when(), failed.do, failed.applies})
	}
	return append(steps,
		NextStep{
			"an object in a list that cannot be read",
			"This version of the provider cannot read this object, and does not leave it out without a word. " +
				"Narrow the search so that it is not meant, or upgrade the provider.",
			is[*voltage.UnreadableItemsError],
		},
		NextStep{
			"no answer at all",
			"Check that base_url (VOLTAGE_API_URL) is right and that the API can be reached from here, then run Terraform again.",
			status(0, 0),
		},
		NextStep{
			"401",
			"Check the API key (VOLTAGE_API_KEY) or bearer token (VOLTAGE_BEARER_TOKEN): it may have been revoked or have expired.",
			status(401, 401),
		},
		NextStep{"403", typedSteps["access_rights"], status(403, 403)},
		NextStep{
			"404 that is not the API's own",
			"This is not the API's own answer. Check that base_url (VOLTAGE_API_URL) is the API's whole address, with its version, " +
				"such as /v1 at its end.",
			func(err error) bool { return status(404, 404)(err) && !voltage.IsNotFound(err) },
		},
		NextStep{"404", "Check the ID, and that organization_id is the organization it belongs to.", status(404, 404)},
		NextStep{
			"429",
			"The API limits the rate of requests. Run Terraform again in a while, with a lower -parallelism or a higher max_retries.",
			status(429, 429),
		},
		NextStep{
			"an answer that cannot be used",
			"The answer cannot be used. Check that base_url (VOLTAGE_API_URL) is the address of the API itself, and run Terraform again.",
			status(100, 299),
		},
		NextStep{"a redirect", "Set base_url (VOLTAGE_API_URL) to the address that the API itself answers at.", status(300, 399)},
		NextStep{
			"408, 500 and above",
			"The API, or a proxy before it, is in trouble. Run Terraform again in a while; a higher max_retries bridges longer troubles.",
			func(err error) bool { return status(408, 408)(err) || status(500, 599)(err) },
		},
		NextStep{
			"any other refusal",
			"The API refused this request for the reason above. Correct the value and run Terraform again.",
			status(400, 499),
		},
		NextStep{"anything else", "Fix the cause that is named above, then run Terraform again.", func(error) bool { return true }},
	)
}

// isForeign reports whether a creation is uncertain because a proxy, say, has refused it in the API's place.
func isForeign(err error) bool {
	var answer *voltage.Error
	return is[*voltage.UncertainError](err) && errors.As(err, &answer) && answer.Type == "" && !answer.Doubtful()
}

// is reports whether there is an error of a type in the chain.
func is[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

// status makes a test of the HTTP status of an answer, 0 for none.
func status(from, to int) func(error) bool {
	return func(err error) bool {
		var answer *voltage.Error
		return errors.As(err, &answer) && from <= answer.Status && answer.Status <= to
	}
}

// nextStep is what a person can do about an error.
func nextStep(err error) string {
	err = reasonOf(err)
	for _, step := range NextSteps() {
		if step.applies(err) {
			return step.Do
		}
	}
	return ""
}

// reasonOf is the error to act on. A wait that timed out while the API answered its reads with failures timed out because of them. An
// uncertain creation and an interruption keep steps of their own, and so does a wait whose reads got no answer at all.
func reasonOf(err error) error {
	var deadline *voltage.DeadlineError
	if errors.As(err, &deadline) && !deadline.Interrupted && !is[*voltage.UncertainError](err) && status(100, 599)(deadline.LastError) {
		return deadline.LastError
	}
	return err
}
