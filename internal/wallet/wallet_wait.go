package wallet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// These are sentences about the state after a failure, and next steps.
const (
	stateKept = "The wallet stays in the state."
	emptyIt   = "{HOW_TO_EMPTY_IT} Then run terraform destroy (or apply) again."
)

var (
	walletNotCreated = tfkit.Declare(tfkit.Message{Summary: "Wallet Not Created", State: tainted.States()})
	walletNotRenamed = tfkit.Declare(tfkit.Message{Summary: "Wallet Not Renamed"})
	walletNotDeleted = tfkit.Declare(tfkit.Message{
		Summary: "Wallet Not Deleted", State: []string{stateKept}, Next: []string{tfkit.ByReason, emptyIt},
	})
)

// tainted has the sentences about the state after a failed creation.
var tainted = tfkit.Tainted{
	Generated: "The ID of the wallet is in the state and is marked as tainted. The next apply reads the ID, deletes the wallet if it " +
		"exists, and creates another one.",
	OwnID: "The ID of the wallet is in the state and is marked as tainted. To keep the wallet, run terraform untaint when the API shows it. " +
		"To replace it, set another id, because an ID cannot be used twice.",
}

// blame maps a refusal to the attribute that causes it.
var blame = tfkit.Blame{
	"line_of_credit_not_found":                    path.Root("line_of_credit_id"),
	"line_of_credit_not_ready":                    path.Root("line_of_credit_id"),
	"line_of_credit_disabled":                     path.Root("line_of_credit_id"),
	"wallet_not_credit_backed":                    path.Root("line_of_credit_id"),
	"line_of_credit_network_mismatch":             path.Root("network"),
	"application_not_approved":                    path.Root("network"),
	"missing_bank_details":                        path.Root("line_of_credit_id"),
	"feature_flag_disabled":                       path.Root("network"),
	"line_of_credit_cannot_allocate_wallet_limit": path.Root("limit"),
	"InsufficientLimit":                           path.Root("limit"),
	"IncorrectCurrency":                           path.Root("line_of_credit_id"),
	"field:id":                                    path.Root("id"),
	"field:name":                                  path.Root("name"),
	"field:network":                               path.Root("network"),
	"field:limit":                                 path.Root("limit"),
	"field:metadata":                              path.Root("metadata"),
	"field:line_of_credit_id":                     path.Root("line_of_credit_id"),
	"field:environment_id":                        path.Root("environment_id"),
}

// findBefore reads a wallet before its deletion, if the plan has not seen the wallet active. Nil means that the wallet does not exist. If
// its creation began a moment ago and has not been seen to succeed, findBefore waits: the wallet can still appear or become active, and
// Terraform would lose it if that happened after the deletion.
func findBefore(ctx context.Context, client *voltage.Client, ref voltage.Ref, unfinished *time.Time) (*voltage.Wallet, error) {
	before, err := client.WaitForWallet(ctx, ref, voltage.Wait[*voltage.Wallet]{
		For: "the end of the creation",
		Done: func(wallet *voltage.Wallet) (bool, error) {
			settled := wallet != nil && (wallet.Active || wallet.Deleted() || wallet.Error != nil)
			return settled || unfinished == nil || !client.IsRecent(*unfinished), nil
		},
		Describe: describeProgress,
	})
	if err != nil || before != nil {
		return before, err
	}
	// Reads can lag behind writes, so the wallet leaves the state only after a confirmed 404.
	return voltage.NilIfNotFound(client.GetConfirmedWallet(ctx, ref))
}

// waitActive waits until an accepted wallet can be used. It returns the wallet as last read, also with an error.
func waitActive(ctx context.Context, client *voltage.Client, ref voltage.Ref) (*voltage.Wallet, error) {
	return client.WaitForWallet(ctx, ref, voltage.Wait[*voltage.Wallet]{
		For: "the wallet to become active",
		Done: func(wallet *voltage.Wallet) (bool, error) {
			switch {
			case wallet == nil:
				return false, nil
			case wallet.Error != nil:
				return false, fmt.Errorf("the API accepted the request and then failed to create the wallet: %w", wallet.Error)
			case wallet.Deleted():
				return false, errors.New("another client deleted the wallet while Terraform created it")
			}
			return wallet.Active, nil
		},
		Describe: describeProgress,
	})
}

// waitNamed waits until reads show a new name. known is the error that the wallet had before, which says nothing about the new name.
func waitNamed(ctx context.Context, client *voltage.Client, ref voltage.Ref, name string, known *voltage.WalletError) error {
	_, err := client.WaitForWallet(ctx, ref, voltage.Wait[*voltage.Wallet]{
		For: fmt.Sprintf("the API to return the name %q", voltage.Clean(name)),
		Done: func(wallet *voltage.Wallet) (bool, error) {
			switch {
			case wallet == nil:
				return false, nil // the read lags behind; if the wallet no longer exists, the wait times out
			case wallet.Name == voltage.NormalText(name):
				return true, nil
			case wallet.Deleted():
				return false, errors.New("another client deleted the wallet at the same time")
			case wallet.Error != nil && (known == nil || *wallet.Error != *known):
				return false, fmt.Errorf("the API accepted the new name and then failed to set it: %w", wallet.Error)
			}
			return false, nil
		},
		Describe: describeProgress,
	})
	return err
}

// deleteWallet deletes a wallet and waits until it is gone or inactive. before is the wallet before the deletion; only its Active, Error
// and DeletionFailedAt are used. deleteWallet returns the wallet as last read, also with an error. found is false if the wallet does not
// exist in the API.
func deleteWallet(
	ctx context.Context, client *voltage.Client, ref voltage.Ref, before *voltage.Wallet,
) (last *voltage.Wallet, found bool, err error) {
	deleted := func(wallet *voltage.Wallet) bool { return wallet == nil || wallet.Deleted() }
	return voltage.DeleteAndWait(ctx, client, ref, voltage.Deletion[*voltage.Wallet]{
		Request: client.DeleteWallet,
		Poll:    client.WaitForWallet,
		Deleted: deleted,
		Gone: voltage.Wait[*voltage.Wallet]{
			For: "the API to delete the wallet",
			Read: func(ctx context.Context) (*voltage.Wallet, error) {
				// A single 404 can come from a read that lags behind, and the deletion can still fail. So the 404 must be confirmed.
				return voltage.NilIfNotFound(client.GetConfirmedWallet(ctx, ref))
			},
			Done: func(wallet *voltage.Wallet) (bool, error) {
				switch {
				case deleted(wallet):
					return true, nil
				case isNewFailure(before.DeletionFailedAt, wallet.DeletionFailedAt):
					reason := "the API gives no reason"
					if wallet.Error != nil {
						reason = wallet.Error.Error()
					}
					return false, fmt.Errorf("the API accepted the deletion, and the deletion failed at %s: %s",
						wallet.DeletionFailedAt.Format(time.RFC3339), reason)
				}
				// An inactive wallet may still be on its way to active. It counts as deleted only if it was active, or had an error,
				// before.
				return (before.Active || before.Error != nil) && !wallet.Active, nil
			},
			Describe: describeProgress,
		},
	})
}

// isNewFailure compares deletion_failed_at before and after an attempt.
func isNewFailure(before, after *time.Time) bool {
	return after != nil && (before == nil || after.After(*before))
}

var (
	inactive = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Wallet Is Inactive",
		Detail:  "{OBJECT}: the wallet is inactive, but it is not deleted. It stays in the state with active = false.",
		Next:    []string{lookAtInactive},
	})
	inactiveAfterError = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Wallet Is Inactive",
		Detail: "{OBJECT}: the wallet is inactive, but it is not deleted. The API reports: {REASON}. The wallet stays in the state with " +
			"active = false.",
		Next: []string{lookAtInactive},
	})
)

const lookAtInactive = "Check the wallet in the Voltage dashboard. To delete it, destroy this resource."

// warnOfInactive warns that a wallet in the state is inactive but not deleted.
func warnOfInactive(state walletModel, wallet *voltage.Wallet, diags *diag.Diagnostics) {
	if wallet.Error != nil {
		inactiveAfterError.Add(diags, tfkit.Values{"OBJECT": state.Describe(), "REASON": wallet.Error})
		return
	}
	inactive.Add(diags, tfkit.Values{"OBJECT": state.Describe()})
}

// describeProgress describes the result of a read for a [voltage.DeadlineError].
func describeProgress(wallet *voltage.Wallet) string {
	if wallet == nil {
		return "no wallet with this ID"
	}
	text := fmt.Sprintf("name %q, active %t", voltage.Clean(wallet.Name), wallet.Active)
	if wallet.Error != nil {
		text += ", error " + wallet.Error.Error()
	}
	return text
}

const errorKey = "error" // the wallet's error as last read

// rememberError keeps the wallet's error in the private state, so that a later error can be told from it.
func rememberError(ctx context.Context, private tfkit.WritablePrivate, wallet *voltage.Wallet) diag.Diagnostics {
	if wallet.Error == nil {
		return tfkit.Remember(ctx, private, errorKey, nil)
	}
	return tfkit.Remember(ctx, private, errorKey, wallet.Error)
}
