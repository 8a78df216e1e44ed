package tfkit

import (
	"cmp"
	"context"
	"errors"
	"net/http"
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
	if next := cmp.Or(f.Next, nextStep(f.Err)); next != "" {
		paragraphs = append(paragraphs, next)
	}
	detail := strings.Join(paragraphs, "\n\n")
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

// nextStep is what a person can do about an error. The types are those of the API's contract.
func nextStep(err error) string {
	var (
		deadline  *voltage.DeadlineError
		uncertain *voltage.UncertainError
		answer    *voltage.Error
	)
	switch {
	case errors.As(err, &uncertain):
		return "Run terraform apply again: it reads the ID first, and never makes a second one."
	case errors.As(err, &deadline) && deadline.Interrupted:
		return "Run terraform apply again to go on from what the API has by then."
	case errors.As(err, &deadline):
		return "The API may still finish the work. Run terraform apply again to go on from what it has by then, " +
			"with a longer time in the timeouts attribute if this happens often."
	case errors.Is(err, context.Canceled):
		return "The operation was interrupted. Run terraform apply again to go on."
	case errors.As(err, &answer):
		return nextStepAfter(answer)
	}
	return ""
}

func nextStepAfter(answer *voltage.Error) string {
	if step, ok := nextSteps[answer.Type]; ok {
		return step
	}
	switch {
	case answer.Status == 0:
		return "Check that base_url (VOLTAGE_API_URL) is right and that the API can be reached from here, then run Terraform again."
	case answer.Status == http.StatusUnauthorized:
		return "Check the API key (VOLTAGE_API_KEY) or bearer token (VOLTAGE_BEARER_TOKEN): it may have been revoked or have expired."
	case answer.Status == http.StatusForbidden:
		return nextSteps["access_rights"]
	case answer.Status == http.StatusNotFound && answer.Type == "":
		return "This is not the API's own answer. Check that base_url (VOLTAGE_API_URL) is the API's whole address, with its version, such as /v1 at its end."
	case answer.Status == http.StatusNotFound:
		return "Check the ID, and that organization_id is the organization it belongs to."
	case answer.Status == http.StatusTooManyRequests:
		return "The API limits the rate of requests. Run Terraform again in a while, with a lower -parallelism or a higher max_retries."
	case answer.Status < 300:
		return "The answer cannot be used. Check that base_url (VOLTAGE_API_URL) is the address of the API itself, and run Terraform again."
	case answer.Status >= 500, answer.Status == http.StatusRequestTimeout:
		return "The API, or a proxy before it, is in trouble. Run Terraform again in a while; a higher max_retries bridges longer troubles."
	case answer.Status >= 300 && answer.Status < 400:
		return "Set base_url (VOLTAGE_API_URL) to the address that the API itself answers at."
	}
	return ""
}

var nextSteps = map[string]string{
	"missing_credentials": "The API knows no such key. A key belongs to one host: check that base_url (VOLTAGE_API_URL) is the host that " +
		"the key was made for (production or staging), and that the key is whole.",
	"wrong_credentials": "Check the API key (VOLTAGE_API_KEY): it may have been revoked.",
	"invalid_token":     "Check the bearer token (VOLTAGE_BEARER_TOKEN): it may have expired.",
	"invalid_issuer":    "The bearer token was issued for something else than the Voltage API: check VOLTAGE_BEARER_TOKEN.",
	"access_rights": "The key lacks a permission here. A key belongs to one environment of one organization; creating a wallet needs " +
		"READ, WRITE and BILLING. Use another key, or change its permissions in the Voltage dashboard.",
	"line_of_credit_not_found": "Check line_of_credit_id, and that the line of credit belongs to the wallet's environment. " +
		"The data source voltage_lines_of_credit lists those that exist.",
	"line_of_credit_not_ready":        "The line of credit is not secured and verified yet. The Voltage dashboard shows what it waits for.",
	"line_of_credit_disabled":         "Choose another line of credit, or have this one enabled by Voltage.",
	"line_of_credit_network_mismatch": "Choose a line of credit on the wallet's network, or the line's network for the wallet.",
	"line_of_credit_cannot_allocate_wallet_limit": "The line of credit has less left than this limit. Lower the limit, delete wallets that are no longer used, " +
		"or have the line raised. The data source voltage_line_of_credit shows limit and allocated_limit.",
	"application_not_approved": "The organization's application is not approved for this network yet: finish it in the Voltage dashboard.",
	"missing_bank_details":     "The organization lacks bank details: add them in the Voltage dashboard.",
	"feature_flag_disabled":    "This feature is not enabled for the organization: ask Voltage's support to enable it.",
	"wallet_not_credit_backed": "The wallet has no line of credit, which this operation needs.",
	"invalid_webhook":          "Check url, name and events, and that the webhook is not stopped.",
	"wallet_not_empty":         "Send the funds elsewhere first, then run terraform destroy (or apply) again.",
}
