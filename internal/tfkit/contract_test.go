package tfkit

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// errorTypes is what the API's contract says of errors.
type errorTypes struct {
	Operations map[string]map[string][]string // types by operation and status
	Schemas    map[string][]string            // enums by "schema.property"
}

// contractErrors reads the contract that the emulator embeds.
func contractErrors(t *testing.T) errorTypes {
	t.Helper()
	var contract struct {
		Paths      map[string]map[string]yaml.Node
		Components struct {
			Responses map[string]struct {
				Types []string `yaml:"x-error-types"`
			}
			Schemas map[string]struct {
				Properties map[string]struct{ Enum []string }
			}
		}
	}
	read(t, "../emulator/openapi.yaml", &contract)
	result := errorTypes{map[string]map[string][]string{}, map[string][]string{}}
	for _, operations := range contract.Paths {
		for _, node := range operations {
			var operation struct {
				ID        string `yaml:"operationId"`
				Responses map[string]struct {
					Ref   string   `yaml:"$ref"`
					Types []string `yaml:"x-error-types"`
				}
			}
			if node.Decode(&operation) != nil || operation.ID == "" {
				continue
			}
			for status, response := range operation.Responses {
				types := response.Types
				if response.Ref != "" {
					types = contract.Components.Responses[response.Ref[strings.LastIndex(response.Ref, "/")+1:]].Types
				}
				if len(types) > 0 {
					if result.Operations[operation.ID] == nil {
						result.Operations[operation.ID] = map[string][]string{}
					}
					result.Operations[operation.ID][status] = types
				}
			}
		}
	}
	for _, schema := range []string{
		"SendError", "ReceiveError", "WalletEventError", "WalletPolicyError", "QuoteError", "WebhookDeliveryErrorInfo",
	} {
		for property, content := range contract.Components.Schemas[schema].Properties {
			for _, value := range content.Enum {
				if value != "" && value != "null" {
					result.Schemas[schema+"."+property] = append(result.Schemas[schema+"."+property], value)
				}
			}
		}
	}
	return result
}

func read(t *testing.T, name string, into any) {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(content, into); err != nil {
		t.Fatal(err)
	}
}

// TestContract_types: each type that an operation can be refused with has a step of its own, or is known to need none. What no
// operation has any more has none.
func TestContract_types(t *testing.T) {
	t.Parallel()
	contract := contractErrors(t)
	known := map[string]bool{}
	for operation, statuses := range contract.Operations {
		for status, types := range statuses {
			for _, kind := range types {
				known[kind] = true
				_, typed := typedSteps[kind]
				_, usual := usualSteps[kind]
				if typed == usual {
					t.Errorf("%s: %s %s: has a step of its own: %t; is known to need none: %t", operation, status, kind, typed, usual)
				}
			}
		}
	}
	if len(contract.Operations) < 40 || len(known) < 80 {
		t.Errorf("the contract has %d operations and %d types", len(contract.Operations), len(known))
	}
	for _, kind := range slices.Concat(slices.Collect(maps.Keys(typedSteps)), slices.Collect(maps.Keys(usualSteps))) {
		if !known[kind] {
			t.Errorf("%s is no type of the contract", kind)
		}
	}
	for kind, reason := range usualSteps {
		if reason == "" {
			t.Errorf("%s: no reason", kind)
		}
		if step := nextStep(&voltage.Error{Status: 400, Type: kind}); step == "" || strings.HasPrefix(step, "Fix the cause") {
			t.Errorf("%s: %q", kind, step)
		}
	}
}

// TestContract_failures: each type and code of an error inside an object has a step of its own.
func TestContract_failures(t *testing.T) {
	t.Parallel()
	contract := contractErrors(t)
	fallback := nextStep(&voltage.PaymentError{Type: "unheard_of"})
	count := 0
	for property, kinds := range contract.Schemas {
		schema, field, _ := strings.Cut(property, ".")
		for _, kind := range kinds {
			var err error
			of := "payment"
			switch {
			case schema == "WalletEventError":
				err, of = &voltage.WalletError{Type: kind}, "wallet"
			case schema == "WalletPolicyError":
				err, of = &voltage.WalletError{Type: kind}, "policies"
			case schema == "WebhookDeliveryErrorInfo" && field == "code":
				err, of = &voltage.DeliveryError{Type: "unheard_of", Code: kind}, "delivery"
			case schema == "WebhookDeliveryErrorInfo":
				err, of = &voltage.DeliveryError{Type: kind}, "delivery"
			case schema == "QuoteError":
				err, of = &voltage.QuoteError{Type: kind}, "quote"
			case field == "code":
				err = &voltage.PaymentError{Type: "unheard_of", Code: kind}
			default:
				err = &voltage.PaymentError{Type: kind}
			}
			count++
			index := slices.IndexFunc(failedSteps, func(s failedStep) bool { return s.applies(err) })
			if index < 0 || failedSteps[index].of != of || nextStep(err) != failedSteps[index].do || nextStep(err) == fallback {
				t.Errorf("%s %s: %q", property, kind, nextStep(err))
			}
		}
	}
	if count < 70 {
		t.Errorf("only %d types and codes", count)
	}
}
