package payment

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

var (
	requestNotCreated  = tfkit.Declare(tfkit.Message{Summary: "Payment Request Not Created", State: tainted.States()})
	requestNotRead     = tfkit.Declare(tfkit.Message{Summary: "Payment Request Not Read"})
	walletNeedsAmounts = tfkit.Declare(tfkit.Message{
		Summary: "Missing Attribute",
		Detail:  "{OBJECT}: amount is not set. The wallet's line of credit is in {CURRENCY}, and a payment request on it needs a fixed amount.",
		Next:    []string{"Set amount."},
	})
)

// tainted has the sentences about the state after a failed creation.
var tainted = tfkit.Tainted{
	Generated: "The payment request stays in the state and is marked as tainted. The next apply creates another one. The API cannot cancel " +
		"this one, which expires by itself.",
	OwnID: "The payment request stays in the state and is marked as tainted. To keep it, run terraform untaint as soon as the API returns " +
		"it. To create another one, set another id: an ID cannot be used twice.",
}

// receiveBlame maps a refusal, or a later failure, to the attribute that causes it.
var receiveBlame = tfkit.Blame{
	"invalid_amount":           path.Root("amount"),
	"invalid_on_chain_payment": path.Root("amount"),
	"amount_required":          path.Root("amount"),
	"amount_match_failed":      path.Root("amount"),
	"invalid_quote_request":    path.Root("amount"),
	"invalid_payment_amount":   path.Root("amount"),
	"invalid_currency":         path.Root("amount").AtName("currency"),
	"mismatch_currency":        path.Root("amount").AtName("currency"),
	"invalid_currency_pair":    path.Root("amount").AtName("currency"),
	"incorrect_currency":       path.Root("amount").AtName("currency"),
	"invalid_description":      path.Root("description"),
	"invalid_memo":             path.Root("description"),
	"feature_flag_disabled":    path.Root("kind"),
	"invalid_receive_payment":  path.Root("kind"),
	"payment_exists":           path.Root("id"),
	"invalid_payment":          path.Root("wallet_id"),
	"environment_match_failed": path.Root("wallet_id"),
	"wallet_not_found":         path.Root("wallet_id"),
	"instance_not_found":       path.Root("wallet_id"),
	"invalid_network":          path.Root("wallet_id"),
	"not_supported_network":    path.Root("wallet_id"),
	"quote_required":           path.Root("wallet_id"),
	"field:id":                 path.Root("id"),
	"field:payment_kind":       path.Root("kind"),
	"field:amount":             path.Root("amount"),
	"field:currency":           path.Root("amount").AtName("currency"),
	"field:description":        path.Root("description"),
	"field:expiration":         path.Root("expiration"),
	"field:metadata":           path.Root("metadata"),
	"field:wallet_id":          path.Root("wallet_id"),
	"field:quote_id":           path.Root("wallet_id"),
}

// confirm reads the payment. It confirms a 404 with the list of the wallet's payments around the time of the creation.
func (m *requestModel) confirm(ctx context.Context, client *voltage.Client, ref voltage.Ref) (*voltage.Payment, error) {
	wallet, _ := m.WalletID.ID()
	created, _ := time.Parse(time.RFC3339Nano, m.CreatedAt.ValueString())
	about := time.Minute
	if m.unfinished() != nil { // the time comes from the clock of this machine, which may be wrong
		about = time.Hour
	}
	return client.GetConfirmedPayment(ctx, ref, wallet, created, about)
}
