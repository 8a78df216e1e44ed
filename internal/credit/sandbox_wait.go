package credit

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// These are sentences about the state after a failure, and next steps.
const (
	stateWithout = "Nothing is in the state. The next apply reads the line again and takes it over."
	stateKeptOld = "The state keeps the old limit. The next apply reads the current limit first."
	freeLimit    = "The limits of the wallets on the line add up to more than this limit. Set a higher limit, or delete wallets first. The " +
		"data source voltage_line_of_credit shows allocated_limit."
	enableLine = "The limit of a disabled line of credit cannot be changed. Set another line of credit, or ask Voltage's " +
		"support to enable this one."
)

var (
	lineNotTakenOver = tfkit.Declare(tfkit.Message{
		Summary: "Line of Credit Not Taken Over", State: []string{stateWithout}, Next: []string{tfkit.ByReason, freeLimit, enableLine},
	})
	limitNotChanged = tfkit.Declare(tfkit.Message{
		Summary: "Limit Not Changed", State: []string{stateKeptOld}, Next: []string{tfkit.ByReason, freeLimit, enableLine},
	})
)

// sandboxBlame maps a refusal to the attribute that causes it.
var sandboxBlame = tfkit.Blame{
	"line_of_credit_not_found":                    path.Root("line_of_credit_id"),
	"line_of_credit_not_found_in_organization":    path.Root("line_of_credit_id"),
	"line_of_credit_disabled":                     path.Root("line_of_credit_id"),
	"not_allowed":                                 path.Root("line_of_credit_id"),
	"feature_flag_disabled":                       path.Root("line_of_credit_id"),
	"invalid_line_of_credit_limit":                path.Root("limit"),
	"line_of_credit_not_valid":                    path.Root("limit"),
	"line_of_credit_cannot_allocate_wallet_limit": path.Root("limit"),
	"field:limit":                                 path.Root("limit"),
	"field:disabled_at":                           path.Root("line_of_credit_id"),
}

// sandboxNext returns the next step after a refusal whose usual step is for wallets. It is empty for other errors.
func sandboxNext(err error) string {
	switch {
	case voltage.IsType(err, "line_of_credit_cannot_allocate_wallet_limit"):
		return freeLimit
	case voltage.IsType(err, "line_of_credit_not_valid") && isDisabled(err):
		return enableLine
	}
	return ""
}

// isDisabled reports whether the API refuses a request because the line of credit is disabled.
func isDisabled(err error) bool {
	var answer *voltage.Error
	if !errors.As(err, &answer) {
		return false
	}
	fields, _ := answer.Context["fields"].([]any)
	return slices.Contains(fields, any("disabled_at"))
}

// changeLimit asks for another limit of a line and waits until reads show it.
func changeLimit(ctx context.Context, client *voltage.Client, ref voltage.Ref, limit int64) error {
	if err := client.UpdateSandboxLineOfCredit(ctx, ref, limit); err != nil {
		return err
	}
	_, err := voltage.Poll(ctx, client, voltage.Wait[*voltage.LineOfCredit]{
		For: fmt.Sprintf("the API to return the limit %d", limit),
		Read: func(ctx context.Context) (*voltage.LineOfCredit, error) {
			return voltage.NilIfNotFound(client.GetLineOfCredit(ctx, ref)) // nil means that the read lags behind
		},
		Done: func(found *voltage.LineOfCredit) (bool, error) { return found != nil && found.Limit == limit, nil },
		Describe: func(found *voltage.LineOfCredit) string {
			if found == nil {
				return "no line of credit with this ID"
			}
			amount := func(number int64) voltage.Amount { return voltage.Amount{Currency: found.Currency, Amount: number} }
			return fmt.Sprintf("limit %s, allocated limit %s", amount(found.Limit), amount(found.AllocatedLimit))
		},
	})
	return err
}
