package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/action/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewTestAction makes the action voltage_webhook_test.
func NewTestAction() action.Action { return &testAction{} }

type testAction struct {
	tfkit.Action
}

var (
	_ action.ActionWithConfigure      = (*testAction)(nil)
	_ action.ActionWithModifyPlan     = (*testAction)(nil)
	_ action.ActionWithValidateConfig = (*testAction)(nil)
)

type testModel struct {
	WebhookID      tfkit.UUID     `tfsdk:"webhook_id"`
	OrganizationID tfkit.UUID     `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID     `tfsdk:"environment_id"`
	DeliveryID     tfkit.UUID     `tfsdk:"delivery_id"`
	Type           types.String   `tfsdk:"type"`
	Detail         types.String   `tfsdk:"detail"`
	Wait           types.Bool     `tfsdk:"wait"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// testBlame maps a refusal to the attribute that causes it.
var testBlame = tfkit.Blame{
	"webhook_not_found": path.Root("webhook_id"), "invalid_webhook": path.Root("webhook_id"), "invalid_data": path.Root("detail"),
	"field:delivery_id": path.Root("delivery_id"),
}

// Metadata implements [action.Action].
func (a *testAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_test"
}

// Schema implements [action.Action].
func (a *testAction) Schema(ctx context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Sends one signed test delivery to a webhook, and waits until the receiver has accepted it. The webhook must be " +
			"active. If the delivery fails, the error shows the HTTP status of the receiver and the beginning of its answer.",
		Attributes: map[string]schema.Attribute{
			"webhook_id": schema.StringAttribute{MarkdownDescription: "The UUID of the webhook.", Required: true, CustomType: tfkit.UUIDType{}},
			"organization_id": schema.StringAttribute{
				MarkdownDescription: organizationsDescription, Optional: true, CustomType: tfkit.UUIDType{},
			},
			"environment_id": schema.StringAttribute{
				MarkdownDescription: environmentsDescription,
				Optional:            true, CustomType: tfkit.UUIDType{},
			},
			"delivery_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the delivery, for the data source `voltage_webhook_delivery`. An ID that was used before is an " +
					"error. Defaults to a random UUID per invocation.",
				Optional: true, CustomType: tfkit.UUIDType{},
			},
			"type": schema.StringAttribute{
				MarkdownDescription: "The type of the delivery. Valid values are `send`, `receive` and `test`. Defaults to `test`.", Optional: true,
			},
			"detail": schema.StringAttribute{
				MarkdownDescription: "The content of the delivery. " + detailDescription +
					" Defaults to `" + defaultDetail + "` for `test`. Required if `type` is `send` or `receive`.",
				Optional: true,
			},
			"wait": schema.BoolAttribute{
				MarkdownDescription: "Whether to wait for the end of the delivery. If `false`, the action succeeds when the API has accepted " +
					"the test, whether or not the delivery arrives. Defaults to `true`.",
				Optional: true,
			},
			"timeouts": tfkit.InvokeTimeouts(ctx, "the end of the delivery, including all attempts",
				"If the timeout expires, the error shows the last status, and Voltage continues to attempt the delivery."),
		},
	}
}

// ValidateConfig implements [action.ActionWithValidateConfig].
func (a *testAction) ValidateConfig(ctx context.Context, req action.ValidateConfigRequest, resp *action.ValidateConfigResponse) {
	var config testModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); !resp.Diagnostics.HasError() {
		config.check(&resp.Diagnostics)
	}
}

// ModifyPlan implements [action.ActionWithModifyPlan]: it checks values that were unknown during validation, such as variables.
func (a *testAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var config testModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); !resp.Diagnostics.HasError() {
		config.check(&resp.Diagnostics)
	}
}

const (
	invokedAgain = "Voltage may have made delivery {DELIVERY}. Read it with the data source voltage_webhook_delivery, or check the log of " +
		"the receiver. Then invoke the action again."
	continuesAlone = "Voltage continues to attempt the delivery. Check that the receiver answers with a status of 2xx within seconds. Read " +
		"delivery {DELIVERY} with the data source voltage_webhook_delivery, or raise timeouts.invoke."
)

var (
	invalidTestType = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Webhook Test",
		Detail:  "type is not valid: {REASON}.",
		Next:    []string{"Set type to one of these values, or leave it out for a test."},
	})
	testNeedsDetail = tfkit.Declare(tfkit.Message{
		Summary: "Missing Attribute",
		Detail:  "detail is required if type is {TYPE}. Such a delivery describes a complete payment, which has no default.",
		Next: []string{"Set detail to jsonencode({ event = …, data = … }), with a payment as the API returns it, or leave out type for a " +
			"test."},
	})
	invalidTestDetail = tfkit.Declare(tfkit.Message{
		Summary: "Invalid Webhook Test",
		Detail:  "detail is not valid: {REASON}.",
		Next:    []string{"Correct detail. " + strings.ReplaceAll(detailDescription, "`", "")},
	})
	webhookNotTested = tfkit.Declare(tfkit.Message{Summary: "Webhook Not Tested", Next: []string{tfkit.ByReason, invokedAgain}})
	deliveryIDUsed   = tfkit.Declare(tfkit.Message{
		Summary: "Delivery ID In Use",
		Detail:  "{OBJECT} already has a delivery {DELIVERY}, with the {STATUS}. This run has delivered nothing.",
		Next:    []string{"Set another delivery_id, or leave it out. The data source voltage_webhook_delivery reads the delivery that exists."},
	})
	webhookTestFailed = tfkit.Declare(tfkit.Message{Summary: "Webhook Test Failed"})
	testNotSeen       = tfkit.Declare(tfkit.Message{
		Summary: "Webhook Test Not Finished",
		Next:    []string{continuesAlone},
	})
)

// check adds an error for a known value that the API would refuse.
func (m *testModel) check(diags *diag.Diagnostics) {
	kind := typeTest
	switch {
	case m.Type.IsUnknown():
		kind = ""
	case !m.Type.IsNull():
		kind = m.Type.ValueString()
		if err := checkType(kind); err != nil {
			invalidTestType.AddAt(diags, path.Root("type"), tfkit.Values{"REASON": err})
			return
		}
	}
	switch {
	case m.Detail.IsNull() && (kind == typeSend || kind == typeReceive):
		testNeedsDetail.AddAt(diags, path.Root("detail"), tfkit.Values{"TYPE": kind})
	case !m.Detail.IsNull() && !m.Detail.IsUnknown():
		if err := checkDetail(kind, m.Detail.ValueString()); err != nil {
			invalidTestDetail.AddAt(diags, path.Root("detail"), tfkit.Values{"REASON": err})
		}
	}
}

// testRun is one invocation of the action.
type testRun struct {
	config *testModel
	client *voltage.Client
	ref    voltage.DeliveryRef
	resp   *action.InvokeResponse
}

// Invoke implements [action.Action]: one request, and the end of the delivery.
func (a *testAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config testModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client, diags := a.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	config.check(&resp.Diagnostics) // what was known only now
	timeout, diags := config.Timeouts.Invoke(ctx, tfkit.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	run := &testRun{config: &config, client: client, resp: resp}
	run.ref.Webhook.OrganizationID, _ = a.Settings.Organization(config.OrganizationID, &resp.Diagnostics).ID()
	run.ref.Webhook.EnvironmentID, _ = a.Settings.Environment(config.EnvironmentID, &resp.Diagnostics).ID()
	run.ref.Webhook.ID, _ = config.WebhookID.ID()
	run.newID()
	if resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	switch {
	case !run.test(ctx):
	case config.Wait.IsNull() || config.Wait.ValueBool():
		run.waitForEnd(ctx)
	}
}

// newID gives the delivery the configured ID or, without one, a new one.
func (r *testRun) newID() {
	id, own := r.config.DeliveryID.ID()
	if !own {
		var err error
		if id, err = voltage.NewID(); err != nil {
			r.fail(webhookNotTested, err, "")
		}
	}
	r.ref.ID = id
}

func (r *testRun) object() string {
	return tfkit.Unnamed("Webhook", tfkit.NewUUID(r.ref.Webhook.ID),
		tfkit.Part{Kind: "environment", ID: tfkit.NewUUID(r.ref.Webhook.EnvironmentID)})
}

func (r *testRun) fail(message *tfkit.Message, err error, next string) {
	failure := tfkit.Failure{Message: message, Object: r.object(), Err: err, Next: next, Blame: testBlame}
	if message != webhookTestFailed {
		failure.Values = tfkit.Values{"DELIVERY": r.ref.ID}
	}
	r.resp.Diagnostics.Append(failure.Diagnostic())
}

// test asks once for the delivery. If it returns false, it has added an error.
func (r *testRun) test(ctx context.Context) bool {
	if !r.config.DeliveryID.IsNull() && !r.isUnused(ctx) {
		return false
	}
	test := voltage.WebhookTest{DeliveryID: r.ref.ID}
	test.Payload.Type, test.Payload.Detail = typeTest, json.RawMessage(defaultDetail)
	if !r.config.Type.IsNull() {
		test.Payload.Type = r.config.Type.ValueString()
	}
	if !r.config.Detail.IsNull() {
		test.Payload.Detail = json.RawMessage(r.config.Detail.ValueString())
	}
	if err := r.client.TestWebhook(ctx, r.ref.Webhook, test); err != nil {
		next := ""
		if uncertain := (*voltage.UncertainError)(nil); errors.As(err, &uncertain) {
			next = invokedAgain
		}
		r.fail(webhookNotTested, err, next)
		return false
	}
	progress(r.resp, "Webhook %s: the API has accepted the test. It now makes delivery %s.", r.ref.Webhook.ID, r.ref.ID)
	return true
}

// isUnused reports whether no delivery has the ID that the user has chosen. The API's documentation does not say whether the API refuses a
// used ID, and an earlier delivery must not pass for this one.
func (r *testRun) isUnused(ctx context.Context) bool {
	delivery, err := voltage.NilIfNotFound(r.client.GetWebhookDelivery(ctx, r.ref))
	switch {
	case err != nil:
		r.fail(webhookNotTested, err, "")
	case delivery != nil:
		deliveryIDUsed.AddAt(&r.resp.Diagnostics, path.Root("delivery_id"), tfkit.Values{
			"OBJECT": r.object(), "DELIVERY": r.ref.ID, "STATUS": describeDelivery(delivery),
		})
	default:
		return true
	}
	return false
}

// waitForEnd waits for the end of the delivery, and reports the result.
func (r *testRun) waitForEnd(ctx context.Context) {
	delivery, err := deliveryWait{seen: reporting(r.resp)}.end(ctx, r.client, r.ref)
	if err != nil {
		r.fail(testNotSeen, err, "")
		return
	}
	if err := arrived(delivery); err != nil {
		r.fail(webhookTestFailed, err, "")
		return
	}
	progress(r.resp, "Webhook %s: delivery %s has arrived. %s.", r.ref.Webhook.ID, r.ref.ID, receipt(delivery))
}
