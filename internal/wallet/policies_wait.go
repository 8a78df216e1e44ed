package wallet

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// These are sentences about the state after a failure.
const (
	policiesKeptOld = "The state keeps the old policies. The next apply reads the current policies first."
	policiesKept    = "The policies stay in the state."
)

// policiesTainted has the sentence about the state after a failed creation.
var policiesTainted = tfkit.Tainted{
	Generated: "The policies are in the state and are marked as tainted. The next apply removes the processing fee if it was set, and sets " +
		"all policies again.",
}

var (
	policiesNotSet     = tfkit.Declare(tfkit.Message{Summary: "Wallet Policies Not Set", State: policiesTainted.States()})
	policiesNotChanged = tfkit.Declare(tfkit.Message{Summary: "Wallet Policies Not Changed", State: []string{policiesKeptOld}})
	feeNotRemoved      = tfkit.Declare(tfkit.Message{Summary: "Processing Fee Not Removed", State: []string{policiesKept}})
)

// policiesBlame maps a refusal to the attribute that causes it.
var policiesBlame = tfkit.Blame{
	"instance_not_found":               path.Root("wallet_id"),
	"wallet_not_found":                 path.Root("wallet_id"),
	voltage.TypePoliciesNotFound:       path.Root("wallet_id"),
	"wallet_policies_exist":            path.Root("wallet_id"),
	"invalid_processing_fee_rates":     path.Root(attributeFee),
	"multiple_processing_fee_policies": path.Root(attributeFee),
}

// changePolicies asks for a change and waits until reads show it. before are the policies as last read, or nil. An error that they already
// have says nothing about this change. sent is false if the API has certainly not accepted the change.
func changePolicies(
	ctx context.Context, client *voltage.Client, ref voltage.Ref, before *voltage.WalletPolicies, update voltage.PolicyUpdate,
) (policies *voltage.WalletPolicies, sent bool, err error) {
	read := func(ctx context.Context) (*voltage.WalletPolicies, error) {
		// Nil means that the policies do not exist yet. If the wallet no longer exists, the wait times out.
		return voltage.NilIfNotFound(client.GetWalletPolicies(ctx, ref))
	}
	err = client.UpdateWalletPolicies(ctx, ref, update)
	if voltage.IsType(err, "wallet_policies_exist") {
		// An attempt whose answer was lost, or another client, is creating the wallet's first policies. As soon as they exist, they can be
		// changed.
		sent = true
		before, err = voltage.Poll(ctx, client, voltage.Wait[*voltage.WalletPolicies]{
			For: "the first policies of the wallet", Read: read, Describe: describePolicies,
			Done: func(policies *voltage.WalletPolicies) (bool, error) { return policies != nil, nil },
		})
		if err == nil {
			err = client.UpdateWalletPolicies(ctx, ref, update)
		}
	}
	if err != nil {
		return nil, sent || voltage.IsDoubtful(err), err
	}
	policies, err = voltage.Poll(ctx, client, voltage.Wait[*voltage.WalletPolicies]{
		For: "the API to return the policies", Read: read, Describe: describePolicies,
		Done: func(policies *voltage.WalletPolicies) (bool, error) {
			switch {
			case update.ShownBy(policies):
				return true, nil
			case isNewPolicyError(before, policies):
				return false, fmt.Errorf("the API accepted the change and then failed to apply it: %w", policies.Error)
			}
			return false, nil
		},
	})
	return policies, true, err
}

// isNewPolicyError reports whether after has the failure of a change that before does not have.
func isNewPolicyError(before, after *voltage.WalletPolicies) bool {
	switch {
	case after == nil || after.Error == nil:
		return false
	case before == nil || before.Error == nil || *before.Error != *after.Error:
		return true
	}
	return after.UpdatedAt.After(before.UpdatedAt) // the same error again
}

// describePolicies describes the result of a read for a [voltage.DeadlineError].
func describePolicies(policies *voltage.WalletPolicies) string {
	if policies == nil {
		return "no policies"
	}
	var diags diag.Diagnostics
	model := newPoliciesModel(context.Background(), policies, &diags)
	text := strings.Join(model.describeValues(model.configured()), ", ")
	if policies.Error != nil {
		text += ", error " + policies.Error.Error()
	}
	return text
}
