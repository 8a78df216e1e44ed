package checkout

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"reflect"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

var (
	sessionStaysPayable = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Checkout Session Stays Payable",
		Detail:  "{OBJECT} is only removed from the state. The API cannot end a checkout session, so it can be paid until {TIME} at the latest.",
		Next:    []string{"Tell the payer not to pay it. Money that is paid before it expires still arrives in the wallet."},
	})
	alreadyExpired = tfkit.Declare(tfkit.Message{
		Summary: "Session Would Be Expired",
		Detail:  "expires_at is {TIME}, which is in the past.",
		Next:    []string{"Set expires_at to a time in the future. Or remove expires_at and set expiration, which counts from the creation."},
	})
	otherExpiry = tfkit.Declare(tfkit.Message{
		Summary: "Replacement Needs a New ID",
		Detail: "{OBJECT}: a session with this ID is in the state. The plan would create it again with another expiry. The API accepts an ID " +
			"again only if every argument is the same.",
		Next: []string{"Set another id, or remove id. To get the same session again, set expires_at to the value in the state."},
	})
	invalidMetadata = tfkit.DeclareInvalid("Invalid Metadata", "Set metadata to a JSON object, such as jsonencode({ table = 4 }).")
	invalidRedirect = tfkit.DeclareInvalid("Invalid Redirect URL", "Set a complete URL, such as https://shop.example/thanks.")
)

// ValidateConfig implements [resource.ResourceWithValidateConfig]. It refuses combinations of kind and amount that the contract does not
// allow.
func (r *sessionResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config sessionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() || config.Kind.IsUnknown() || config.Amount.IsUnknown() {
		return
	}
	resp.Diagnostics.Append(tfkit.CheckReceive(config.Kind.ValueString(), config.amount(ctx, &resp.Diagnostics))...)
}

// ModifyPlan implements [resource.ResourceWithModifyPlan].
func (r *sessionResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state, plan, config sessionModel
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if !req.Plan.Raw.IsNull() {
		resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
		resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	}
	switch {
	case resp.Diagnostics.HasError() || r.Settings == nil:
	case req.State.Raw.IsNull():
		r.planCreation(ctx, req, resp, plan, config)
	case req.Plan.Raw.IsNull():
		r.warnOfPayable(ctx, req.Private, state, false, &resp.Diagnostics)
	case len(tfkit.Changed(plan.changes(state))) > 0:
		tfkit.CheckReplacement(config.ID, state.ID, state.Describe(), plan.changes(state), &resp.Diagnostics)
		config.checkExpiry(&resp.Diagnostics)
		if !plan.WalletID.IsUnknown() { // an unknown ID means that the wallet is replaced, and the old one is destroyed
			r.warnOfPayable(ctx, req.Private, state, plan.WalletID.Equal(state.WalletID), &resp.Diagnostics)
		}
	}
}

// planCreation plans the provider's default, and refuses errors that are known while planning.
func (r *sessionResource) planCreation(
	ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse, plan, config sessionModel,
) {
	config.checkExpiry(&resp.Diagnostics)
	organization := r.Settings.Organization(config.OrganizationID, &resp.Diagnostics)
	tfkit.PlanDefault(ctx, req, resp, path.Root("organization_id"), organization)
	if id, own := plan.ID.ID(); own && config.ExpiresAt.IsNull() && r.Settings.Holds(id) {
		otherExpiry.AddAt(&resp.Diagnostics, path.Root("id"), tfkit.Values{"OBJECT": plan.Describe()})
	}
	if r.Settings.Pending {
		return
	}
	client, diags := r.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	walletID, known := plan.WalletID.ID()
	organizationID, organizationKnown := organization.ID()
	if resp.Diagnostics.HasError() || r.Settings.AllowedNetworks == nil || !known || !organizationKnown {
		return
	}
	// An existing wallet shows the network of the session. The apply reports every other error.
	wallet, err := client.GetWallet(ctx, voltage.Ref{OrganizationID: organizationID, ID: walletID})
	if err != nil {
		return
	}
	resp.Diagnostics.Append(r.Settings.CheckNetwork(path.Root("wallet_id"), voltage.WalletNetwork(wallet.Network))...)
}

// warnOfPayable warns that a session which the plan removes from the state can still be paid, unless its wallet is destroyed, too.
// walletStays says that the plan certainly keeps the wallet.
func (r *sessionResource) warnOfPayable(
	ctx context.Context, private tfkit.Private, state sessionModel, walletStays bool, diags *diag.Diagnostics,
) {
	if !r.payable(ctx, state) {
		return
	}
	warning := sessionStaysPayable.Diagnostic(tfkit.Values{"OBJECT": state.Describe(), "TIME": state.ExpiresAt.ValueString()})
	if walletStays {
		diags.Append(warning)
		return
	}
	diags.Append(tfkit.Store[tfkit.Fates](r.Settings).Warn(ctx, private, state.WalletID, warning)...)
}

// payable reports whether a session can still be paid. The state may be old, so payable reads the payment from the API if possible.
func (r *sessionResource) payable(ctx context.Context, state sessionModel) bool {
	if state.Status.ValueString() != voltage.StatusReceiving {
		return false
	}
	ref, known := tfkit.Ref(&state)
	if !known || r.Settings.Pending || r.Settings.Client == nil {
		return true
	}
	payment, err := r.Settings.Client.GetPayment(ctx, paymentRef(ref, state.payment(ref.ID)))
	return err != nil || payment.Status == voltage.StatusReceiving
}

// changes returns the attributes that force a new session when they change.
func (m *sessionModel) changes(state sessionModel) []tfkit.Change {
	return []tfkit.Change{
		{Name: "wallet_id", State: state.WalletID, Plan: m.WalletID},
		{Name: "kind", State: state.Kind, Plan: m.Kind},
		{Name: "amount", State: state.Amount, Plan: m.Amount},
		{Name: "description", State: state.Description, Plan: m.Description},
		{Name: "expires_at", State: state.ExpiresAt, Plan: m.ExpiresAt},
		{Name: "expiration", State: state.Expiration, Plan: m.Expiration},
		{Name: "metadata", State: state.Metadata, Plan: m.Metadata},
		{Name: "payment_metadata", State: state.PaymentMetadata, Plan: m.PaymentMetadata},
		{Name: "redirect_urls", State: state.RedirectURLs, Plan: m.RedirectURLs},
		{Name: "organization_id", State: state.OrganizationID, Plan: m.OrganizationID},
		{Name: "payment_id", State: state.PaymentID, Plan: m.PaymentID},
		{Name: "id", State: state.ID, Plan: m.ID},
	}
}

// checkExpiry refuses a session that would already be expired when it is created. An unknown time is accepted.
func (m *sessionModel) checkExpiry(diags *diag.Diagnostics) {
	at, err := time.Parse(time.RFC3339Nano, m.ExpiresAt.ValueString())
	if err == nil && !at.After(time.Now()) {
		alreadyExpired.AddAt(diags, path.Root("expires_at"), tfkit.Values{"TIME": m.ExpiresAt.ValueString()})
	}
}

// sameTime reports whether two texts are the same time, perhaps in two time zones.
func sameTime(a, b string) bool {
	left, err := time.Parse(time.RFC3339Nano, a)
	right, otherErr := time.Parse(time.RFC3339Nano, b)
	return err == nil && otherErr == nil && left.Equal(right)
}

// readJSON reads a text that is one JSON value. Numbers stay as they are written.
func readJSON(text string) (value any, err error) {
	decoder := json.NewDecoder(bytes.NewReader([]byte(text)))
	decoder.UseNumber()
	if err := decoder.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("it contains more than one JSON value")
	}
	return value, nil
}

// sameJSON reports whether two texts are the same JSON, perhaps with other spaces and another order of members.
func sameJSON(a, b string) bool {
	left, err := readJSON(a)
	right, otherErr := readJSON(b)
	return err == nil && otherErr == nil && reflect.DeepEqual(left, right)
}

// checkMetadata accepts a JSON object.
func checkMetadata(text string) error {
	value, err := readJSON(text)
	if _, object := value.(map[string]any); err != nil || !object {
		return errors.New("it is not a JSON object")
	}
	return nil
}

// checkRedirect accepts a complete address. It accepts every scheme, since the contract does not restrict schemes and a shop's app can have
// its own scheme. The error does not repeat the address, which may contain a secret.
func checkRedirect(text string) error {
	u, err := url.Parse(text)
	if err != nil || !u.IsAbs() || u.Opaque == "" && u.Host == "" {
		return errors.New("it is not a complete URL")
	}
	return nil
}
