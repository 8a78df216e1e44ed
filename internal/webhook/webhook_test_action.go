package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewTestAction makes the action voltage_webhook_test.
func NewTestAction() action.Action { return &testAction{} }

type testAction struct {
	tfkit.Action
}

var _ action.ActionWithConfigure = (*testAction)(nil)

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

// defaultDetail is what the API itself delivers as a test.
const defaultDetail = `{"event":"created"}`

// Metadata implements [action.Action].
func (a *testAction) Metadata(_ context.Context, req action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_test"
}

// Schema implements [action.Action].
func (a *testAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Has Voltage make one signed delivery to a webhook, to see that it arrives and that its signature is verified. The webhook must be active. " +
			"The API accepts the test and delivers a moment later; what the receiver makes of it is the receiver's to say.",
		Attributes: map[string]schema.Attribute{
			"webhook_id": schema.StringAttribute{MarkdownDescription: "The UUID of the webhook.", Required: true, CustomType: tfkit.UUIDType{}},
			"organization_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the organization. Default: the provider's.", Optional: true, CustomType: tfkit.UUIDType{},
			},
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment that the webhook belongs to. Default: the provider's.", Optional: true, CustomType: tfkit.UUIDType{},
			},
			"type": schema.StringAttribute{
				MarkdownDescription: "The `type` of the delivery: `send`, `receive` or `test`. Default: `test`.", Optional: true,
				Validators: []validator.String{stringvalidator.OneOf(slices.Sorted(maps.Keys(voltage.WebhookEventNames()))...)},
			},
			"detail": schema.StringAttribute{
				MarkdownDescription: "The `detail` of the delivery, a JSON object, such as `jsonencode({ event = \"completed\", data = {} })`. Default: `" + defaultDetail + "`.",
				Optional:            true,
				Validators: []validator.String{tfkit.Check("Invalid JSON Object", "A JSON object.", func(text string) error {
					var object map[string]any
					if err := json.Unmarshal([]byte(text), &object); err != nil || object == nil {
						return errors.New("it is not a JSON object; jsonencode({ … }) makes one")
					}
					return nil
				})},
			},
		},
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
	test.Payload.Type, test.Payload.Detail = "test", json.RawMessage(defaultDetail)
	if !config.Type.IsNull() {
		test.Payload.Type = config.Type.ValueString()
	}
	if !config.Detail.IsNull() {
		test.Payload.Detail = json.RawMessage(config.Detail.ValueString())
	}
	if err := client.TestWebhook(ctx, organization, environment, id, test); err != nil {
		failure := tfkit.Failure{Summary: "Webhook Not Tested", Object: fmt.Sprintf("Webhook %s of environment %s", id, environment), Err: err, Blame: testBlame}
		if voltage.IsDoubtful(err) {
			failure.Next = fmt.Sprintf("The delivery %s may have been made all the same. Look at the receiver, and invoke the action again.", delivery)
		}
		resp.Diagnostics.Append(failure.Diagnostic())
		return
	}
	resp.SendProgress(action.InvokeProgressEvent{
		Message: fmt.Sprintf("Webhook %s: the API has accepted delivery %s and makes it in a moment.", id, delivery),
	})
}
