package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewDeliverySummaryDataSource makes the data source voltage_webhook_delivery_summary.
func NewDeliverySummaryDataSource() datasource.DataSource { return &deliverySummaryDataSource{} }

type deliverySummaryDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*deliverySummaryDataSource)(nil)

type deliverySummaryModel struct {
	WebhookID      tfkit.UUID   `tfsdk:"webhook_id"`
	OrganizationID tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID   `tfsdk:"environment_id"`
	Statuses       types.Set    `tfsdk:"statuses"`
	TotalCount     types.Int64  `tfsdk:"total_count"`
	Accuracy       types.String `tfsdk:"total_count_accuracy"`
}

// Metadata implements [datasource.DataSource].
func (d *deliverySummaryDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_delivery_summary"
}

// Schema implements [datasource.DataSource].
func (d *deliverySummaryDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Counts the deliveries of a webhook without reading them. This is useful in a `check` block, for example to check " +
			"that no delivery has failed.",
		Attributes: map[string]schema.Attribute{
			"webhook_id":      requiredUUID(ofWebhookDescription),
			"organization_id": tfkit.OrganizationArgument(),
			"environment_id":  tfkit.EnvironmentArgument(),
			"statuses":        deliveryStatuses("Counts only deliveries"),
			"total_count":     tfkit.ComputedNumber("The number of deliveries. 0 if there are none."),
			"total_count_accuracy": tfkit.ComputedText("The accuracy of `total_count`: `exact`, or `estimated` if the webhook has more deliveries " +
				"than the API counts exactly (about 100,000)."),
		},
	}
}

var deliverySummaryNotRead = tfkit.Declare(tfkit.Message{Summary: "Webhook Delivery Summary Not Read"})

// Read implements [datasource.DataSource].
func (d *deliverySummaryDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model deliverySummaryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	environment, ready := d.Environment(model.EnvironmentID, &resp.Diagnostics)
	var statuses []string
	if !model.Statuses.IsNull() {
		resp.Diagnostics.Append(model.Statuses.ElementsAs(ctx, &statuses, false)...)
	}
	if !ready || resp.Diagnostics.HasError() {
		return
	}
	webhook := voltage.Ref{OrganizationID: organization, EnvironmentID: environment}
	webhook.ID, _ = model.WebhookID.ID()
	// The same apply may have created the webhook a moment ago.
	summary, err := voltage.Settled(ctx, client, webhook, func(ctx context.Context, webhook voltage.Ref) (*voltage.DeliverySummary, error) {
		return client.SummarizeWebhookDeliveries(ctx, webhook, statuses)
	})
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: deliverySummaryNotRead,
			Object:  nameDeliveries(webhook),
			Err:     err,
			Blame:   deliveryBlame,
		}.Diagnostic())
		return
	}
	model.OrganizationID, model.EnvironmentID = tfkit.NewUUID(organization), tfkit.NewUUID(environment)
	model.TotalCount, model.Accuracy = types.Int64PointerValue(summary.TotalCount), types.StringValue(summary.Accuracy)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
