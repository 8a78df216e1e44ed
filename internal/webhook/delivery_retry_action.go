package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewDeliveryRetryAction makes the action voltage_webhook_delivery_retry.
func NewDeliveryRetryAction() action.Action { return &retryAction{} }

type retryAction struct {
	tfkit.Action
}

var (
	_ action.ActionWithConfigure  = (*retryAction)(nil)
	_ action.ActionWithModifyPlan = (*retryAction)(nil)
)

type retryModel struct {
	deliveryActionModel
	Wait     types.Bool     `tfsdk:"wait"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [action.Action].
func (a *retryAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_delivery_retry"
}

// Schema implements [action.Action].
func (a *retryAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	attributes := deliveryActionAttributes()
	attributes["wait"] = schema.BoolAttribute{
		MarkdownDescription: "Whether to wait for the end of the retry. If `false`, the action succeeds when the API has accepted the retry, " +
			"whether or not the delivery arrives. Defaults to `true`.",
		Optional: true,
	}
	attributes["timeouts"] = tfkit.InvokeTimeouts(ctx, "the end of the retry, including all attempts",
		"If the timeout expires, the error shows the last status, and Voltage continues to attempt the delivery.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "Retries a delivery that has ended, and waits until the receiver has accepted it. The receiver gets the same " +
			"event again, even if the first delivery succeeded. The webhook must be active. If the retry fails, the error shows the HTTP status " +
			"of the receiver and the beginning of its answer.",
		Attributes: attributes,
	}
}

const (
	retryRefused = "The API retries only a delivery that has ended, of a webhook that is active. Wait for the end of the delivery, or set " +
		"enabled = true in the webhook. Then invoke the action again."
	retryDoubtful = readItFirst + "Its status, attempt_count and updated_at show whether the API retries it."
)

var (
	deliveryNotRetried = tfkit.Declare(tfkit.Message{
		Summary: "Webhook Delivery Not Retried", Next: []string{tfkit.ByReason, retryRefused, retryDoubtful},
	})
	deliveryUnderWay = tfkit.Declare(tfkit.Message{
		Summary: "Webhook Delivery Not Retried",
		Detail:  "{OBJECT} has not ended. It shows {STATUS}. Voltage still attempts it, so this run has requested no retry.",
		Next: []string{"Wait for its end with the data source voltage_webhook_delivery and wait_for = \"final\", or end it with the action " +
			"voltage_webhook_delivery_abandon. Then invoke this action again."},
	})
	deliveryFailed = tfkit.Declare(tfkit.Message{Summary: "Webhook Delivery Failed"})
)

// ModifyPlan implements [action.ActionWithModifyPlan]: it reads the configuration again, to check values that were unknown during
// validation.
func (a *retryAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var config retryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
}

// Invoke implements [action.Action]: it reads the delivery, sends one request, and waits for the new end of the delivery.
func (a *retryAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config retryModel
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
	before := run.before(ctx, deliveryNotRetried)
	if before == nil || !run.retry(ctx, before) {
		return
	}
	if config.Wait.IsNull() || config.Wait.ValueBool() {
		run.waitForNewEnd(ctx, before)
	}
}

// retry asks once for the retry. If it returns false, it has added an error.
func (r *deliveryRun) retry(ctx context.Context, before *voltage.WebhookDelivery) bool {
	if before.Status == voltage.DeliveryAttempting { // an earlier run may have asked for a retry, so this run asks for none
		deliveryUnderWay.AddAt(&r.resp.Diagnostics, path.Root("delivery_id"), tfkit.Values{
			"OBJECT": nameDelivery(r.ref), "STATUS": describeDelivery(before),
		})
		return false
	}
	if err := r.client.RetryWebhookDelivery(ctx, r.ref, before); err != nil {
		r.failRequest(deliveryNotRetried, err, retryRefused, retryDoubtful)
		return false
	}
	progress(r.resp, "%s: the API has accepted the retry. Before the retry, the delivery showed %s.", nameDelivery(r.ref),
		describeDelivery(before))
	return true
}

// waitForNewEnd waits until the delivery ends after the retry, and reports the result.
func (r *deliveryRun) waitForNewEnd(ctx context.Context, before *voltage.WebhookDelivery) {
	wait := deliveryWait{what: "the end of the retry", ended: r.client.EndOfRetry(before), seen: reporting(r.resp)}
	delivery, err := wait.end(ctx, r.client, r.ref)
	if err != nil {
		r.fail(deliveryNotSeen, err, "")
		return
	}
	if err := arrived(delivery); err != nil {
		r.fail(deliveryFailed, err, "")
		return
	}
	progress(r.resp, "%s has arrived. %s.", nameDelivery(r.ref), receipt(delivery))
}
