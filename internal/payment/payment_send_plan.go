package payment

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// ModifyPlan implements [action.ActionWithModifyPlan]. Everything that is known while planning is checked while planning: Terraform has
// validated the configuration before variables and locals had values. A plan shows nothing of an action but its configuration,
// so that a warning says what will be paid.
func (a *sendAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	config, to := a.read(ctx, req.Config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() || a.Settings == nil {
		return
	}
	if to != nil {
		resp.Diagnostics.Append(to.checkExpiry(time.Now())...)
	}
	payer := a.planPayer(ctx, config, &resp.Diagnostics)
	if payer != nil {
		resp.Diagnostics.Append(a.checkWallet(payer.wallet, config, to)...)
	}
	if resp.Diagnostics.HasError() || config.planEarlier(ctx, payer, to, &resp.Diagnostics) {
		return
	}
	from := "wallet " + config.WalletID.ValueString() + ", which cannot be read yet"
	switch {
	case config.WalletID.IsUnknown():
		from = "a wallet that is " + unknownWhilePlanning
	case payer != nil:
		from = payer.from()
	}
	resp.Diagnostics.AddWarning("Payment Will Be Sent", fmt.Sprintf("The action sends %s from %s. %s.\n\nApprove the plan only if this "+
		"payment is meant.",
		config.what(to), from, config.feeBound(ctx, to)))
}

// read reads the configuration of the action and checks it, and returns what is paid where that is known.
func (a *sendAction) read(ctx context.Context, source tfsdk.Config, diags *diag.Diagnostics) (*sendModel, *destination) {
	var config sendModel
	diags.Append(source.Get(ctx, &config)...)
	if diags.HasError() {
		return &config, nil
	}
	diags.Append(tfkit.CheckArguments(ctx, sendSchema(ctx), source)...)
	if diags.HasError() {
		return &config, nil
	}
	to, got := config.check(ctx)
	diags.Append(got...)
	return &config, to
}

// planPayer is the wallet that pays, nil where it is not known while planning or cannot be read yet: the same apply may make it.
func (a *sendAction) planPayer(ctx context.Context, config *sendModel, diags *diag.Diagnostics) *paymentWallet {
	if a.Settings.Pending {
		return nil
	}
	client, got := a.Settings.RequireClient()
	diags.Append(got...)
	organization, known := a.Settings.Organization(config.OrganizationID, diags).ID()
	id, walletKnown := config.WalletID.ID()
	if diags.HasError() || !known || !walletKnown {
		return nil
	}
	wallet, err := client.GetWallet(ctx, voltage.Ref{OrganizationID: organization, ID: id})
	if err != nil {
		return nil
	}
	payer := &paymentWallet{client: client, wallet: wallet, currency: voltage.CurrencyBTC}
	if err := payer.readCurrency(ctx); err != nil {
		payer.currency = "" // the apply says so
	}
	return payer
}

// planEarlier reports whether the ID of the send has a payment already, and says what comes of it.
func (m *sendModel) planEarlier(ctx context.Context, payer *paymentWallet, to *destination, diags *diag.Diagnostics) bool {
	id, own := m.ID.ID()
	if !own || payer == nil || to == nil {
		return false
	}
	earlier, err := payer.client.GetPayment(ctx, payer.ref(id))
	if err != nil {
		return false // the apply reads it again, and sends nothing without it
	}
	if err := contradiction(earlier, m.wanted(to)); err != nil {
		diags.AddAttributeError(path.Root("id"), "Payment ID In Use", fmt.Sprintf("%s: %s.\n\nNothing is sent. Choose another id for "+
			"another payment.", m.describe(id), err))
		return true
	}
	if earlier.Status == voltage.StatusFailed {
		diags.AddAttributeError(path.Root("id"), "Payment ID In Use",
			fmt.Sprintf("%s: it was sent before, and failed.\n\nNothing was paid. Choose another id to pay again.", m.describe(id)))
		return true
	}
	diags.AddAttributeWarning(path.Root("id"), "Payment Sent Before", fmt.Sprintf(
		"%s: it was sent before, and its status is %s.\n\nThe action does not send it again; it waits for its final status. Choose another "+
			"id to pay again.",
		m.describe(id), voltage.Clean(earlier.Status)))
	return true
}

// wanted is the send that a configuration asks for, as far as an earlier payment can be compared with it.
func (m *sendModel) wanted(to *destination) wantedSend {
	wanted := wantedSend{kind: m.Kind.ValueString(), destination: to}
	wanted.wallet, _ = m.WalletID.ID()
	return wanted
}
