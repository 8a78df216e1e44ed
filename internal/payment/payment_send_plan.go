package payment

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

const approveIfMeant = "Approve the plan only if you want to make this payment."

// These are next steps after an ID that is in use.
const (
	ofAnotherPayment = "Nothing is sent. Set another id for this payment."
	ofFailedCheck    = "A policy check moves no money, and nothing is sent. Set another id, and check the payment again."
)

var (
	willBeSent = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Payment Will Be Sent",
		Detail:  "The action sends {PAYMENT} from {WALLET}. {FEE_BOUND}.",
		Next:    []string{approveIfMeant},
	})
	checkWillBeSent = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Payment Will Be Sent",
		Detail: "The action sends {PAYMENT} from {WALLET}. {FEE_BOUND}. The id belongs to a policy check with status {STATUS}. The payment is " +
			"sent only if the check is approved.",
		Next: []string{approveIfMeant},
	})
	perhapsWillBeSent = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Payment Will Be Sent",
		Detail: "The action may send {PAYMENT} from {WALLET}. {FEE_BOUND}. A payment with this id exists. Its status is {STATUS}, and the API " +
			"does not say whether it is a policy check. If it is a policy check, the action sends the payment once the check is approved. If it " +
			"was sent before, the action does not send it again.",
		Next: []string{approveIfMeant},
	})
	idInUse           = tfkit.Declare(tfkit.Message{Summary: "Payment ID In Use", Next: []string{ofAnotherPayment, ofFailedCheck}})
	idOfFailedPayment = tfkit.Declare(tfkit.Message{
		Summary: "Payment ID In Use",
		Detail:  "{OBJECT}: this payment was sent before and failed.",
		Next:    []string{"This payment moved no money. Set another id to pay again."},
	})
	sentBefore = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Payment Sent Before",
		Detail:  "{OBJECT}: this payment was sent before. Its status is {STATUS}.",
		Next:    []string{"The action does not send it again and waits for its final status. To pay again, set another id."},
	})
)

// ModifyPlan implements [action.ActionWithModifyPlan]. It checks all values that are known while planning, since Terraform has validated
// the configuration before variables and locals had values. A plan shows only the configuration of an action, so a warning shows the
// payment.
func (a *sendAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	config, to := a.read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || a.Settings == nil {
		return
	}
	if to != nil {
		resp.Diagnostics.Append(to.checkExpiry(time.Now())...)
	}
	payer := config.planPayer(ctx, a.Settings, &resp.Diagnostics)
	if payer != nil {
		resp.Diagnostics.Append(config.checkWallet(a.Settings, payer.wallet, to)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	announcement, values := willBeSent, tfkit.Values{
		"PAYMENT": config.what(to), "WALLET": config.planFrom(payer), "FEE_BOUND": config.feeBound(ctx, to),
	}
	if earlier := config.planEarlier(ctx, payer, to); earlier != nil {
		if config.planned(payer, earlier, to, &resp.Diagnostics) {
			return
		}
		announcement, values["STATUS"] = perhapsWillBeSent, voltage.Clean(earlier.Status)
		if earlier.IsCheck() {
			announcement = checkWillBeSent
		}
	}
	announcement.Add(&resp.Diagnostics, values)
}

// read reads and checks the configuration of the action. It returns the destination of the payment, if that is known.
func (a *sendAction) read(ctx context.Context, source tfsdk.Config, diags *diag.Diagnostics) (*sendModel, *destination) {
	var config sendModel
	to := readSend(ctx, source, sendSchema(ctx), &config, &config.sendArguments, diags)
	return &config, to
}

// readSend reads the configuration of an action into its model, of which arguments is a part, and checks it.
func readSend(
	ctx context.Context, source tfsdk.Config, of schema.Schema, model any, arguments *sendArguments, diags *diag.Diagnostics,
) *destination {
	diags.Append(source.Get(ctx, model)...)
	if diags.HasError() {
		return nil
	}
	diags.Append(tfkit.CheckArguments(ctx, of, source)...)
	if diags.HasError() {
		return nil
	}
	to, got := arguments.check(ctx)
	diags.Append(got...)
	return to
}

// planPayer returns the paying wallet. It returns nil if the wallet is not known while planning or cannot be read yet, since the same apply
// may create it.
func (m *sendArguments) planPayer(ctx context.Context, settings *tfkit.Settings, diags *diag.Diagnostics) *paymentWallet {
	if settings.Pending {
		return nil
	}
	client, got := settings.RequireClient()
	diags.Append(got...)
	organization, known := settings.Organization(m.OrganizationID, diags).ID()
	id, walletKnown := m.WalletID.ID()
	if diags.HasError() || !known || !walletKnown {
		return nil
	}
	wallet, err := client.GetWallet(ctx, voltage.Ref{OrganizationID: organization, ID: id})
	if err != nil {
		return nil
	}
	payer := &paymentWallet{client: client, wallet: wallet, currency: voltage.CurrencyBTC}
	if err := payer.readCurrency(ctx); err != nil {
		payer.currency = "" // the apply reports the error
	}
	return payer
}

// planFrom names the paying wallet, as far as it is known while planning.
func (m *sendArguments) planFrom(payer *paymentWallet) string {
	switch {
	case m.WalletID.IsUnknown():
		return "a wallet that is " + unknownWhilePlanning
	case payer != nil:
		return payer.from()
	}
	return "wallet " + m.WalletID.ValueString() + ", which cannot be read yet"
}

// planEarlier returns the payment that already exists under the ID of the send, and nil if none exists or the plan cannot know it. The
// apply reads it again before it sends anything.
func (m *sendArguments) planEarlier(ctx context.Context, payer *paymentWallet, to *destination) *voltage.Payment {
	id, own := m.ID.ID()
	if !own || payer == nil || to == nil {
		return nil
	}
	earlier, err := payer.client.GetPayment(ctx, payer.ref(id))
	if err != nil {
		return nil
	}
	return earlier
}

// planned adds what the apply will do with a payment that already exists under the ID. It returns false if that payment may be a policy
// check, which the apply sends.
func (m *sendModel) planned(payer *paymentWallet, earlier *voltage.Payment, to *destination, diags *diag.Diagnostics) bool {
	at, values := path.Root("id"), tfkit.Values{"OBJECT": m.describe(paymentNoun, earlier.ID, payer)}
	reason := contradiction(earlier, m.wanted(to))
	switch failed := earlier.Status == voltage.StatusFailed; {
	case reason != nil:
		values["REASON"] = reason
		idInUse.Choosing(ofAnotherPayment).AddAt(diags, at, values)
	case failed && earlier.IsCheck():
		values["REASON"] = failureOf("policy check", earlier)
		idInUse.Choosing(ofFailedCheck).AddAt(diags, at, values)
	case failed:
		idOfFailedPayment.AddAt(diags, at, values)
	case !m.isTreasury() && earlier.MayBeCheck():
		return false
	default:
		values["STATUS"] = voltage.Clean(earlier.Status)
		sentBefore.AddAt(diags, at, values)
	}
	return true
}

// wanted returns the values of the configured send for a comparison with an earlier payment.
func (m *sendArguments) wanted(to *destination) wantedSend {
	wanted := wantedSend{kind: m.Kind.ValueString(), destination: to}
	wanted.wallet, _ = m.WalletID.ID()
	return wanted
}

func (m *sendModel) wanted(to *destination) wantedSend {
	wanted := m.sendArguments.wanted(to)
	wanted.treasury = m.isTreasury()
	return wanted
}
