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

// tainted is the sentence about the state after a creation that failed.
var tainted = tfkit.Tainted{
	Generated: "The ID of the wallet is in the state and is marked as tainted. The next apply reads the ID, deletes the wallet if it " +
		"exists, and creates another one.",
	OwnID: "The ID of the wallet is in the state and is marked as tainted. To keep the wallet, run terraform untaint when the API shows it. " +
		"To replace it, set another id, because an ID cannot be used twice.",
}

// blame is the attribute that causes a refusal.
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

// findBefore reads a wallet that is to be deleted, and that the plan has not seen active; nil means that it does not exist. One whose
// creation began a moment ago, and was not seen to succeed, is waited for: it can still appear, or become active, and would be lost if it
// did so after this.
func findBefore(ctx context.Context, client *voltage.Client, ref voltage.Ref, unfinished *time.Time) (*voltage.Wallet, error) {
	before, err := client.WaitForWallet(ctx, ref, voltage.Wait[*voltage.Wallet]{
		For: "the end of its creation",
		Done: func(wallet *voltage.Wallet) (bool, error) {
			settled := wallet != nil && (wallet.Active || wallet.Deleted() || wallet.Error != nil)
			return settled || unfinished == nil || !client.IsRecent(*unfinished), nil
		},
		Describe: describeProgress,
	})
	if err != nil || before != nil {
		return before, err
	}
	// A read can lag behind any write: the state is given up only for a wallet that stays away.
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

// waitNamed waits until a new name is read back. known is the wallet's error from before, which says nothing new.
func waitNamed(ctx context.Context, client *voltage.Client, ref voltage.Ref, name string, known *voltage.WalletError) error {
	_, err := client.WaitForWallet(ctx, ref, voltage.Wait[*voltage.Wallet]{
		For: fmt.Sprintf("the API to return the name %q", voltage.Clean(name)),
		Done: func(wallet *voltage.Wallet) (bool, error) {
			switch {
			case wallet == nil:
				return false, nil // the read lags behind; a wallet that is gone ends the wait with its deadline
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

// deleteWallet deletes a wallet and waits until it is gone or inactive. before is the wallet as it was before: only its Active, Error and
// DeletionFailedAt matter. It returns the wallet as last read, also with an error, and found is false where the API has no such wallet.
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
				// The deletion can still fail after a read that lags behind it: that the wallet is gone has to stay so.
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
				// A wallet that was not active yet can still become so; only what was active before is known to be deleted by this.
				return (before.Active || before.Error != nil) && !wallet.Active, nil
			},
			Describe: describeProgress,
		},
	})
}

// isNewFailure compares deletion_failed_at from before an attempt with that from after it.
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

// warnOfInactive says that a wallet in the state is inactive, and not deleted.
func warnOfInactive(state walletModel, wallet *voltage.Wallet, diags *diag.Diagnostics) {
	if wallet.Error != nil {
		inactiveAfterError.Add(diags, tfkit.Values{"OBJECT": state.Describe(), "REASON": wallet.Error})
		return
	}
	inactive.Add(diags, tfkit.Values{"OBJECT": state.Describe()})
}

// describeProgress says what a read showed, in the words of a deadline error.
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

// rememberError keeps what failed before, so that a later failure can be told from it.
func rememberError(ctx context.Context, private tfkit.WritablePrivate, wallet *voltage.Wallet) diag.Diagnostics {
	if wallet.Error == nil {
		return tfkit.Remember(ctx, private, errorKey, nil)
	}
	return tfkit.Remember(ctx, private, errorKey, wallet.Error)
}
