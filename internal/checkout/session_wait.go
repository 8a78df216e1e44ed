package checkout

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// sessionTainted has the sentences about the state after a failed creation.
var sessionTainted = tfkit.Tainted{
	Generated: "The session stays in the state and is marked as tainted. The next apply creates another session. The API cannot end this " +
		"one, which expires by itself.",
	OwnID: "The session stays in the state and is marked as tainted. The next apply requests the session with the same ID. If expires_at is " +
		"the same, the API returns the same session. Otherwise it refuses the ID.",
}

// askAgain is the next step after a creation whose answer was lost. No operation shows whether the session exists, and repeating the
// request does no harm.
const askAgain = "Check that base_url (VOLTAGE_API_URL) is the complete address of the API, then run terraform apply again."

var (
	sessionNotCreated = tfkit.Declare(tfkit.Message{
		Summary: "Checkout Session Not Created",
		State:   []string{sessionTainted.Generated, sessionTainted.OwnID},
		Next:    []string{tfkit.ByReason, askAgain},
	})
	sessionNotRead = tfkit.Declare(tfkit.Message{Summary: "Checkout Session Not Read"})
	noBrowser      = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "No Browser Can Use Checkout",
		Detail: "{OBJECT}: no browser can open this session. In the checkout settings of its environment, origin_policy is \"" +
			voltage.OriginsDenyAll + "\", or there are no settings.",
		Next: []string{"Set origin_policy with the resource voltage_checkout_settings, and add that resource to depends_on of the session."},
	})
	noImport = tfkit.Declare(tfkit.Message{
		Summary: "Import Not Possible",
		Detail:  "A checkout session cannot be imported. The API returns its token and its arguments only when it is created.",
		Next: []string{"Create another session. To take over a session that Terraform created, set its id, its expires_at and all its other " +
			"arguments, and run terraform apply: the API returns the same session."},
	})
)

// sessionBlame maps a refusal, or a later failure, to the attribute that causes it.
var sessionBlame = tfkit.Blame{
	"idempotency_conflict":   path.Root("id"),
	"feature_flag_disabled":  path.Root("kind"),
	"wallet_not_found":       path.Root("wallet_id"),
	"instance_not_found":     path.Root("wallet_id"),
	"field:id":               path.Root("id"),
	"field:wallet_id":        path.Root("wallet_id"),
	"field:payment_id":       path.Root("payment_id"),
	"field:payment_kind":     path.Root("kind"),
	"field:amount":           path.Root("amount"),
	"field:currency":         path.Root("amount").AtName("currency"),
	"field:expires_at":       path.Root("expires_at"),
	"field:description":      path.Root("description"),
	"field:metadata":         path.Root("metadata"),
	"field:payment_metadata": path.Root("payment_metadata"),
	"field:redirect_urls":    path.Root("redirect_urls"),
}

// waitForPayment waits until the payment of a session can be paid, or is paid. It returns the payment as last read, also with an error.
func waitForPayment(ctx context.Context, client *voltage.Client, ref voltage.Ref) (*voltage.Payment, error) {
	payment, err := voltage.Poll(ctx, client, voltage.Wait[*voltage.Payment]{
		For: "the session to be payable",
		Read: func(ctx context.Context) (*voltage.Payment, error) {
			return voltage.NilIfNotFound(client.GetPayment(ctx, ref))
		},
		Done: func(payment *voltage.Payment) (bool, error) {
			return payment != nil && (payment.Payable() || payment.Final()), nil
		},
		Describe: func(payment *voltage.Payment) string {
			if payment == nil {
				return "no payment " + ref.ID.String()
			}
			return "payment " + ref.ID.String() + " with status " + voltage.Clean(payment.Status)
		},
	})
	if err == nil && payment.Status != voltage.StatusReceiving && payment.Status != voltage.StatusCompleted {
		err = fmt.Errorf("the API created the session, but its payment ended with status %s", voltage.Clean(payment.Status))
		if payment.Error != nil {
			err = fmt.Errorf("the API created the session, but its payment failed: %w", payment.Error)
		}
	}
	return payment, err
}

// confirm reads the payment of a session. No operation shows whether a session exists, so its payment is read instead. As for a payment
// request, confirm confirms a 404 with the list of the wallet's payments around the time of the creation.
func (m *sessionModel) confirm(ctx context.Context, client *voltage.Client, ref voltage.Ref) (*voltage.Payment, error) {
	wallet, _ := m.WalletID.ID()
	created, _ := time.Parse(time.RFC3339Nano, m.CreatedAt.ValueString())
	about := time.Minute
	if m.unfinished() != nil { // the time comes from the clock of this machine, which may be wrong
		about = time.Hour
	}
	return client.GetConfirmedPayment(ctx, paymentRef(ref, m.payment(ref.ID)), wallet, created, about)
}
