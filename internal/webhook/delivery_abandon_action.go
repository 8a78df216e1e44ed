package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewDeliveryAbandonAction makes the action voltage_webhook_delivery_abandon.
func NewDeliveryAbandonAction() action.Action { return &abandonAction{} }

type abandonAction struct {
	tfkit.Action
}

var (
	_ action.ActionWithConfigure  = (*abandonAction)(nil)
	_ action.ActionWithModifyPlan = (*abandonAction)(nil)
)

type abandonModel struct {
	deliveryActionModel
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [action.Action].
func (a *abandonAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_delivery_abandon"
}

// Schema implements [action.Action].
func (a *abandonAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	attributes := deliveryActionAttributes()
	attributes["timeouts"] = tfkit.InvokeTimeouts(ctx, "the end of the delivery after the request",
		"If the timeout expires, the error shows the last status.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Abandons a delivery that Voltage still attempts, so that no new attempt begins, and waits until it has ended. If " +
			"the delivery is abandoned already, the action succeeds. If it has succeeded or failed, the action changes nothing and shows a " +
			"warning. The action `voltage_webhook_delivery_retry` can retry an abandoned delivery.",
		Attributes: attributes,
	}
}

const (
	abandonRefused  = "The API abandons only a delivery that it still attempts. " + readItFirst + "Its status shows whether it has ended."
	abandonDoubtful = readItFirst + "Its status shows whether it is abandoned."
)

var (
	deliveryNotAbandoned = tfkit.Declare(tfkit.Message{
		Summary: "Webhook Delivery Not Abandoned", Next: []string{tfkit.ByReason, abandonRefused, abandonDoubtful},
	})
	deliveryHasEnded = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Webhook Delivery Has Ended",
		Detail:  "{OBJECT} ended before it could be abandoned. It shows {STATUS}.",
		Next:    []string{"Voltage makes no new attempt. You do not have to do anything."},
	})
)

// ModifyPlan implements [action.ActionWithModifyPlan]: it reads the configuration again, to check values that were unknown during
// validation.
func (a *abandonAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var config abandonModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
}

// Invoke implements [action.Action]: it reads the delivery, sends one request, and waits for the end of the delivery.
func (a *abandonAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config abandonModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client, diags := a.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	timeout, diags := config.Timeouts.Invoke(ctx, tfkit.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	run := &deliveryRun{client: client, ref: config.ref(a.Settings, &resp.Diagnostics), resp: resp}
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	delivery := run.before(ctx, deliveryNotAbandoned)
	if delivery == nil {
		return
	}
	if !delivery.Ended() {
		if delivery = run.abandon(ctx); delivery == nil {
			return
		}
	}
	if delivery.Status == voltage.DeliveryAbandoned {
		progress(resp, "%s is abandoned%s.", nameDelivery(run.ref), attempts(delivery))
		return
	}
	deliveryHasEnded.AddAt(&resp.Diagnostics, path.Root("delivery_id"), tfkit.Values{
		"OBJECT": nameDelivery(run.ref), "STATUS": describeDelivery(delivery),
	})
}

// abandon asks once for the end of the delivery, and waits for it. If it returns nil, it has added an error.
func (r *deliveryRun) abandon(ctx context.Context) *voltage.WebhookDelivery {
	if err := r.client.AbandonWebhookDelivery(ctx, r.ref); err != nil {
		r.failRequest(deliveryNotAbandoned, err, abandonRefused, abandonDoubtful)
		return nil
	}
	delivery, err := deliveryWait{}.end(ctx, r.client, r.ref)
	if err != nil {
		r.fail(deliveryNotSeen, err, "")
		return nil
	}
	return delivery
}
