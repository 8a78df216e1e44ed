// Package example has a message of each form. It is only parsed.
package example

import "fmt"

const direct = "Direct " + "Error"

func messages() {
	diags.AddAttributeError(at, direct, fmt.Sprintf("%s: %q is no value, 7%% of it.\n\nChoose %s or %[3]s.", m.describe(), value, other))
	diags.AddWarning("Direct Warning", "Careful.\n\nThink.")
	diags.AddError("Set Twice", fmt.Sprintf("%s: two resources %s.\n\nKeep one.", object, c.Resource))
	failure := tfkit.Failure{Summary: "Not Sent", Object: object, Err: err}
	failure.Next, failure.Err = step(err)
	failure.Summary, failure.Err = "Not Made", err
	state := stays
	state = "It goes."
	failure.State = state
	failure.Next = fmt.Sprintf("Look at %s.", id)
}

const stays = "It stays."

func step(err error) (string, error) {
	if err != nil {
		return "Give it.", err
	}
	next := "Wait."
	return next, nil
}
