package tfkit_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

func init() {
	tfkit.OnMistake = func(what string) { panic(what) }
}

const (
	tainted    = "The lamp is in the state, marked as tainted."
	gone       = "Lamp {ID} is not in the state."
	changeBulb = "Change the bulb of {ID}."
)

var (
	lampWarning = tfkit.Declare(tfkit.Message{
		Warning: true, Summary: "Lamp Is Dim", Detail: "Lamp \"{NAME}\" gives {LUMEN} lumen. {REASON}.", Next: []string{"Set id to {ID}."},
	})
	lampNotLit = tfkit.Declare(tfkit.Message{
		Summary: "Lamp Not Lit", State: []string{tainted, gone}, Next: []string{tfkit.ByReason, changeBulb},
	})
	lampOff     = tfkit.Declare(tfkit.Message{Summary: "Lamp Is Off", Detail: "It is off.", Next: []string{"Wait.", "Turn it on."}})
	lampBroken  = tfkit.Declare(tfkit.Message{Summary: "Lamp Broken", Next: []string{"Buy one."}})
	lampNotRead = tfkit.Declare(tfkit.Message{Summary: "Lamp Not Read"})
)

// TestMessage: a message has its texts, with values in place of the placeholders.
func TestMessage(t *testing.T) {
	t.Parallel()
	at, err := path.Root("lamp"), errors.New("the API says no")
	failure := tfkit.Failure{Message: lampNotLit, Object: "Lamp a", Err: err, Values: tfkit.Values{"ID": 7}}
	chosen := failure
	chosen.State, chosen.Next = gone, changeBulb
	taintedFailure := failure
	taintedFailure.State, taintedFailure.Err = tainted, errors.New("no!")
	for name, test := range map[string]struct {
		got    diag.Diagnostic
		want   diag.Diagnostic
		prefix bool // want has the beginning of the detail
	}{
		"values": {
			got:  lampWarning.Diagnostic(tfkit.Values{"NAME": `a "b"`, "LUMEN": 5, "REASON": err, "ID": "{NAME}"}),
			want: diag.NewWarningDiagnostic("Lamp Is Dim", `Lamp "a \"b\"" gives 5 lumen. the API says no.`+"\n\nSet id to {NAME}."),
		},
		"one full stop, on an attribute": {
			got: lampWarning.DiagnosticAt(at, tfkit.Values{"NAME": "a.", "LUMEN": 5, "REASON": "No?", "ID": 1}),
			want: diag.NewAttributeWarningDiagnostic(at, "Lamp Is Dim",
				`Lamp "a." gives 5 lumen. No?`+"\n\nSet id to 1."),
		},
		"chosen next step": {
			got:  lampOff.Choosing("Wait.").Diagnostic(nil),
			want: diag.NewErrorDiagnostic("Lamp Is Off", "It is off.\n\nWait."),
		},
		"failure": {
			got:    tfkit.Failure{Message: lampNotRead, Object: "Lamp a", Err: err}.DiagnosticAt(at),
			want:   diag.NewAttributeErrorDiagnostic(at, "Lamp Not Read", "Lamp a: the API says no.\n\nFix the cause"),
			prefix: true,
		},
		"failure with state": {
			got:    taintedFailure.Diagnostic(),
			want:   diag.NewErrorDiagnostic("Lamp Not Lit", "Lamp a: no!\n\n"+tainted+"\n\nFix the cause"),
			prefix: true,
		},
		"failure with state and next step": {
			got: chosen.Diagnostic(),
			want: diag.NewErrorDiagnostic("Lamp Not Lit",
				"Lamp a: the API says no.\n\nLamp 7 is not in the state.\n\nChange the bulb of 7."),
		},
		"failure with one next step": {
			got:  tfkit.Failure{Message: lampBroken, Object: "Lamp a", Err: err}.Diagnostic(),
			want: diag.NewErrorDiagnostic("Lamp Broken", "Lamp a: the API says no.\n\nBuy one."),
		},
	} {
		got := test.got
		if test.prefix && strings.HasPrefix(got.Detail(), test.want.Detail()) {
			got = test.want
		}
		if !got.Equal(test.want) {
			t.Errorf("%s: got %v, want %v", name, test.got, test.want)
		}
	}
}

// TestMessage_mistakes: what is raised otherwise than it is declared is found.
func TestMessage_mistakes(t *testing.T) {
	t.Parallel()
	failure := tfkit.Failure{Message: lampNotLit, Object: "Lamp a", Err: errors.New("no")}
	undeclared := failure
	undeclared.State = "It is anywhere."
	step := failure
	step.Next = "Do anything."
	unfilled := failure
	unfilled.State = gone
	for want, raise := range map[string]func(){
		`{LUMEN} has no value`:                        func() { lampWarning.Diagnostic(tfkit.Values{"NAME": 1, "REASON": 1, "ID": 1}) },
		`no text has the placeholder {OTHER}`:         func() { lampOff.Choosing("Wait.").Diagnostic(tfkit.Values{"OTHER": 1}) },
		`the next step "Run." is not declared`:        func() { lampOff.Choosing("Run.") },
		`no state or next step`:                       func() { lampOff.Diagnostic(nil) },
		`"Lamp Not Read": no state or next step`:      func() { lampNotRead.Diagnostic(tfkit.Values{"OBJECT": 1, "REASON": 1}) },
		`the state "It is anywhere." is not`:          func() { undeclared.Diagnostic() },
		`the next step "Do anything." is not`:         func() { step.Diagnostic() },
		`"Lamp Not Lit": the placeholder {ID} has no`: func() { unfilled.Diagnostic() },
	} {
		func() {
			defer func() {
				if got := fmt.Sprint(recover()); !strings.Contains(got, want) {
					t.Errorf("got %q, want %q", got, want)
				}
			}()
			raise()
		}()
	}
}

// TestMessages: all declared messages are there, the errors first and in the order of their summaries.
func TestMessages(t *testing.T) {
	t.Parallel()
	places := map[string]int{}
	for i, m := range tfkit.Messages() {
		places[m.Summary] = i
		if m.Summary == "Lamp Not Read" && (m.Detail != tfkit.FailureDetail || len(m.Next) != 1 || m.Next[0] != tfkit.ByReason) {
			t.Errorf("the usual texts are missing: %v", m)
		}
	}
	if places["Lamp Is Dim"] <= places["Lamp Not Read"] || places["Lamp Not Read"] <= places["Lamp Not Lit"] ||
		places["Lamp Not Lit"] <= places["Lamp Is Off"] {
		t.Errorf("out of order: %v", places)
	}
}
