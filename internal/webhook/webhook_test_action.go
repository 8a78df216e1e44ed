package webhook

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

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
	WebhookID      tfkit.UUID   `tfsdk:"webhook_id"`
	OrganizationID tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID   `tfsdk:"environment_id"`
	Type           types.String `tfsdk:"type"`
	Detail         types.String `tfsdk:"detail"`
}

// testBlame is the attribute that causes a refusal.
var testBlame = tfkit.Blame{
	"webhook_not_found": path.Root("webhook_id"), "invalid_webhook": path.Root("webhook_id"), "invalid_data": path.Root("detail"),
}

// Metadata implements [action.Action].
func (a *testAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_test"
}

// Schema implements [action.Action].
func (a *testAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Has Voltage make one signed delivery to a webhook, to see that it arrives and that its signature is verified. The webhook must be active. " +
			"The API accepts the test and delivers a moment later; it does not report how the receiver answered.",
		Attributes: map[string]schema.Attribute{
			"webhook_id": schema.StringAttribute{MarkdownDescription: "The UUID of the webhook.", Required: true, CustomType: tfkit.UUIDType{}},
			"organization_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the organization. Defaults to the provider's.", Optional: true, CustomType: tfkit.UUIDType{},
			},
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment that the webhook belongs to. Defaults to the provider's.", Optional: true, CustomType: tfkit.UUIDType{},
			},
			"type": schema.StringAttribute{
				MarkdownDescription: "The `type` of the delivery: `send`, `receive` or `test`. Defaults to `test`.", Optional: true,
			},
			"detail": schema.StringAttribute{
				MarkdownDescription: "The `detail` of the delivery. " + detailDescription +
					" For `test` it defaults to `" + defaultDetail + "`. Required for `send` and `receive`.",
				Optional: true,
			},
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

// ModifyPlan implements [action.ActionWithModifyPlan]: what was not known when the configuration was validated, such as a variable,
// is checked before anything is asked for.
func (a *testAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var config testModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); !resp.Diagnostics.HasError() {
		config.check(&resp.Diagnostics)
	}
}

// check adds an error for what is known of a delivery and would be refused.
func (m *testModel) check(diags *diag.Diagnostics) {
	kind := typeTest
	switch {
	case m.Type.IsUnknown():
		kind = ""
	case !m.Type.IsNull():
		kind = m.Type.ValueString()
		if err := checkType(kind); err != nil {
			diags.AddAttributeError(path.Root("type"), "Invalid Webhook Test", fmt.Sprintf("The type of the delivery: %s.\n\nSet type to one of them, or leave it out for a test.", err))
			return
		}
	}
	switch {
	case m.Detail.IsNull() && (kind == typeSend || kind == typeReceive):
		diags.AddAttributeError(path.Root("detail"), "Missing Attribute",
			fmt.Sprintf("A delivery of the type %s tells of a whole payment, and there is no default for that.\n\n"+
				"Set detail to jsonencode({ event = …, data = … }) with a payment as the API returns it, or leave out type for a test.", kind))
	case !m.Detail.IsNull() && !m.Detail.IsUnknown():
		if err := checkDetail(kind, m.Detail.ValueString()); err != nil {
			diags.AddAttributeError(path.Root("detail"), "Invalid Webhook Test",
				fmt.Sprintf("The detail of the delivery: %s.\n\nSet detail to what the API delivers. %s", err, strings.ReplaceAll(detailDescription, "`", "")))
		}
	}
}

// Invoke implements [action.Action].
func (a *testAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config testModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client, diags := a.Settings.RequireClient()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	config.check(&resp.Diagnostics) // what was known only now
	organization, _ := a.Settings.Organization(config.OrganizationID, &resp.Diagnostics).ID()
	environment, _ := a.Settings.Environment(config.EnvironmentID, &resp.Diagnostics).ID()
	id, _ := config.WebhookID.ID()
	delivery, err := voltage.NewID()
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{Summary: "Webhook Not Tested", Object: fmt.Sprintf("Webhook %s of environment %s", id, environment), Err: err}.Diagnostic())
	}
	if resp.Diagnostics.HasError() {
		return
	}
	test := voltage.WebhookTest{DeliveryID: delivery}
	test.Payload.Type, test.Payload.Detail = typeTest, json.RawMessage(defaultDetail)
	if !config.Type.IsNull() {
		test.Payload.Type = config.Type.ValueString()
	}
	if !config.Detail.IsNull() {
		test.Payload.Detail = json.RawMessage(config.Detail.ValueString())
	}
	if err := client.TestWebhook(ctx, voltage.Ref{OrganizationID: organization, EnvironmentID: environment, ID: id}, test); err != nil {
		failure := tfkit.Failure{Summary: "Webhook Not Tested", Object: fmt.Sprintf("Webhook %s of environment %s", id, environment), Err: err, Blame: testBlame}
		if voltage.IsDoubtful(err) {
			failure.Next = fmt.Sprintf("The delivery %s may have been made nevertheless. Look at the receiver, and invoke the action again.", delivery)
		}
		resp.Diagnostics.Append(failure.Diagnostic())
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{
		Message: fmt.Sprintf("Webhook %s: the API has accepted delivery %s and makes it in a moment.", id, delivery),
	})
}
