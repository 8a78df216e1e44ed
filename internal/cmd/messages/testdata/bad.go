package testdata

import "errors"

var (
	declared = tfkit.Declare(tfkit.Message{Summary: "Not Made"})
	invalid  = tfkit.DeclareInvalid("Invalid Lamp", "Give a lamp.")
)

func raise(diags *diag.Diagnostics, resp *function.RunResponse) {
	declared.Add(diags, nil)
	invalid.AddAt(diags, at, errors.New("no"))
	diags.Append(tfkit.Failure{Message: declared}.Diagnostic())
	diags.AddError("Not Made", "It was not made.")
	diags.Append(diag.NewWarningDiagnostic("Not Made", "It was not made."))
	use(&tfprotov6.Diagnostic{Summary: "Not Made"})
	use(tfkit.Message{Summary: "Not Made"})
	tfkit.Declare(tfkit.Message{Summary: "Not Made"})
	resp.Error = function.NewFuncError("no")
	diags.Append(tfkit.Failure{Object: "It"}.Diagnostic())
}
