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
	// Summary says what did not happen, in words that never vary: "Wallet Not Created".
	Summary string
	// Object names what it did not happen to, with its ID.
	Object string
	// Err is the client's error.
	Err error
	// State says what Terraform's state now holds, where that is not plain.
	State string
	// Next says what to do, in place of what is usual after such an error.
	Next string
	// Blame is the attribute that causes a refusal of a given type.
	Blame map[string]path.Path
}

// IsRefused reports whether the API refused a creation, so that there is nothing to keep in the state. Everything else may
// have been carried out: see [voltage.UncertainError].
func IsRefused(err error) bool {
	var uncertain *voltage.UncertainError
	var answer *voltage.Error
	return !errors.As(err, &uncertain) && errors.As(err, &answer)
}

// DiagnosticAt is Diagnostic on an attribute, whatever the error is.
func (f Failure) DiagnosticAt(at path.Path) diag.Diagnostic {
	plain := f.Diagnostic()
	return diag.NewAttributeErrorDiagnostic(at, plain.Summary(), plain.Detail())
}

// Diagnostic says what happened, to which object, and what to do next.
func (f Failure) Diagnostic() diag.Diagnostic {
	paragraphs := []string{f.Object + ": " + sentence(f.Err.Error())}
	if f.State != "" {
		paragraphs = append(paragraphs, f.State)
	}
	detail := strings.Join(append(paragraphs, cmp.Or(f.Next, nextStep(f.Err))), "\n\n")
	var answer *voltage.Error
	if errors.As(f.Err, &answer) {
		if at, ok := f.Blame[answer.Type]; ok {
			return diag.NewAttributeErrorDiagnostic(at, f.Summary, detail)
		}
	}
	return diag.NewErrorDiagnostic(f.Summary, detail)
}

func sentence(text string) string {
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") {
		return text
	}
	return text + "."
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
		{"something else than the API answers a creation, and the read of its ID", "Check that base_url (VOLTAGE_API_URL) is the API's whole address, and that " +
			"no proxy refuses its requests. Then run terraform apply again: it reads the ID first, and never makes a second one.", isForeign},
		{"the answer to a creation stays lost", "Run terraform apply again: it reads the ID first, and never makes a second one.", is[*voltage.UncertainError]},
		{"Terraform was interrupted while it waited", "Run terraform apply again to go on from what the API has by then.", func(err error) bool {
			var deadline *voltage.DeadlineError
			return errors.As(err, &deadline) && deadline.Interrupted
		}},
		{"the time of a wait is up", "The API may still finish the work. Run terraform apply again to go on from what it has by then, " +
			"with a longer time in the timeouts attribute if this happens often.", is[*voltage.DeadlineError]},
		{"Terraform was interrupted during a request", "The operation was interrupted. Run terraform apply again to go on.", func(err error) bool {
			return errors.Is(err, context.Canceled)
		}},
	}
	for _, kind := range slices.Sorted(maps.Keys(typedSteps)) {
		steps = append(steps, NextStep{kind, typedSteps[kind], func(err error) bool { return voltage.IsType(err, kind) }})
	}
	return append(steps,
		NextStep{"an object in a list that cannot be read", "This version of the provider cannot read this object, and does not leave it out without a word. " +
			"Narrow the search so that it is not meant, or upgrade the provider.", is[*voltage.UnreadableItemsError]},
		NextStep{"no answer at all", "Check that base_url (VOLTAGE_API_URL) is right and that the API can be reached from here, then run Terraform again.", status(0, 0)},
		NextStep{"401", "Check the API key (VOLTAGE_API_KEY) or bearer token (VOLTAGE_BEARER_TOKEN): it may have been revoked or have expired.", status(401, 401)},
		NextStep{"403", typedSteps["access_rights"], status(403, 403)},
		NextStep{"404 that is not the API's own", "This is not the API's own answer. Check that base_url (VOLTAGE_API_URL) is the API's whole address, with its version, " +
			"such as /v1 at its end.", func(err error) bool { return status(404, 404)(err) && !voltage.IsNotFound(err) }},
		NextStep{"404", "Check the ID, and that organization_id is the organization it belongs to.", status(404, 404)},
		NextStep{"429", "The API limits the rate of requests. Run Terraform again in a while, with a lower -parallelism or a higher max_retries.", status(429, 429)},
		NextStep{"an answer that cannot be used", "The answer cannot be used. Check that base_url (VOLTAGE_API_URL) is the address of the API itself, and run Terraform again.",
			status(100, 299)},
		NextStep{"a redirect", "Set base_url (VOLTAGE_API_URL) to the address that the API itself answers at.", status(300, 399)},
		NextStep{"408, 500 and above", "The API, or a proxy before it, is in trouble. Run Terraform again in a while; a higher max_retries bridges longer troubles.",
			func(err error) bool { return status(408, 408)(err) || status(500, 599)(err) }},
		NextStep{"any other refusal", "Change what the API's words above are about, then run Terraform again.", status(400, 499)},
		NextStep{"anything else", "Mend the cause that is named above, then run Terraform again.", func(error) bool { return true }},
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

// typedSteps are the steps after the API's own errors, whose types are those of its contract.
var typedSteps = map[string]string{
	"missing_credentials": "The API knows no such key. A key belongs to one host: check that base_url (VOLTAGE_API_URL) is the host that " +
		"the key was made for (production or staging), and that the key is whole.",
	"wrong_credentials": "Check the API key (VOLTAGE_API_KEY): it may have been revoked.",
	"invalid_token":     "Check the bearer token (VOLTAGE_BEARER_TOKEN): it may have expired.",
	"invalid_issuer":    "The bearer token was issued for something else than the Voltage API: check VOLTAGE_BEARER_TOKEN.",
	"access_rights": "The key lacks a permission here. A key belongs to one environment of one organization; creating a wallet needs " +
		"READ, WRITE and BILLING. Use another key, or change its permissions in the Voltage dashboard.",
	"line_of_credit_not_found": "Check line_of_credit_id, and that the line of credit belongs to the wallet's environment. " +
		"The data source voltage_lines_of_credit lists those that exist.",
	"line_of_credit_not_ready":        "The line of credit is not secured and verified yet. Run Terraform again once it is; the Voltage dashboard shows what it waits for.",
	"line_of_credit_disabled":         "Choose another line of credit, or have this one enabled by Voltage.",
	"line_of_credit_network_mismatch": "Choose a line of credit on the wallet's network, or the line's network for the wallet.",
	"line_of_credit_cannot_allocate_wallet_limit": "The line of credit has less left than this limit. Lower the limit, delete wallets that are no longer used, " +
		"or have the line raised. The data source voltage_line_of_credit shows limit and allocated_limit.",
	"application_not_approved": "The organization's application is not approved for this network yet: finish it in the Voltage dashboard.",
	"missing_bank_details":     "The organization lacks bank details: add them in the Voltage dashboard.",
	"feature_flag_disabled":    "This feature is not enabled for the organization: ask Voltage's support to enable it.",
	"wallet_not_credit_backed": "The wallet has no line of credit, which this operation needs. Use a wallet that a line of credit backs.",
	"invalid_webhook":          "Check url, name and events, and that the webhook is not stopped.",
	"wallet_not_empty":         "Send the funds elsewhere first, then run terraform destroy (or apply) again.",
}
