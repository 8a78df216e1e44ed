package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewDeliveriesDataSource makes the data source voltage_webhook_deliveries.
func NewDeliveriesDataSource() datasource.DataSource { return &deliveriesDataSource{} }

type deliveriesDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*deliveriesDataSource)(nil)

type deliveriesModel struct {
	WebhookID      tfkit.UUID       `tfsdk:"webhook_id"`
	OrganizationID tfkit.UUID       `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID       `tfsdk:"environment_id"`
	Statuses       types.Set        `tfsdk:"statuses"`
	SortKey        types.String     `tfsdk:"sort_key"`
	SortOrder      types.String     `tfsdk:"sort_order"`
	MaxResults     types.Int64      `tfsdk:"max_results"`
	IDs            []tfkit.UUID     `tfsdk:"ids"`
	Deliveries     []deliveryObject `tfsdk:"deliveries"`
}

// Metadata implements [datasource.DataSource].
func (d *deliveriesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_deliveries"
}

// Schema implements [datasource.DataSource].
func (d *deliveriesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	oneOf := func(text string, values ...string) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: text, Optional: true, Validators: []validator.String{stringvalidator.OneOf(values...)}}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the deliveries of a webhook. The provider reads them in pages, with one request per page. The state " +
			"contains their payloads as sensitive values.",
		Attributes: map[string]schema.Attribute{
			"webhook_id":      requiredUUID(ofWebhookDescription),
			"organization_id": tfkit.OrganizationArgument(),
			"environment_id":  tfkit.EnvironmentArgument(),
			"statuses":        deliveryStatuses("Lists only deliveries"),
			"sort_key": oneOf("The sort key. Valid values are `created_at` and `updated_at`. Defaults to the order of the API (newest first).",
				"created_at", "updated_at"),
			"sort_order": oneOf("The sort order. Valid values are `ASC` (oldest first) and `DESC`. Defaults to the order of the API.",
				"ASC", "DESC"),
			"max_results": schema.Int64Attribute{
				MarkdownDescription: "The maximum number of deliveries to read. Defaults to all deliveries.",
				Optional:            true, Validators: []validator.Int64{int64validator.AtLeast(1)},
			},
			"ids": schema.ListAttribute{
				MarkdownDescription: "The UUIDs of the deliveries that match, in the order of `deliveries`.",
				Computed:            true, ElementType: tfkit.UUIDType{},
			},
			"deliveries": schema.ListNestedAttribute{
				MarkdownDescription: "The deliveries that match.", Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: deliveryAttributes()},
			},
		},
	}
}

var deliveriesNotRead = tfkit.Declare(tfkit.Message{Summary: "Webhook Deliveries Not Read"})

// Read implements [datasource.DataSource].
func (d *deliveriesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model deliveriesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	environment, ready := d.Environment(model.EnvironmentID, &resp.Diagnostics)
	filter := voltage.DeliveryFilter{SortKey: model.SortKey.ValueString(), SortOrder: model.SortOrder.ValueString()}
	if !model.Statuses.IsNull() {
		resp.Diagnostics.Append(model.Statuses.ElementsAs(ctx, &filter.Statuses, false)...)
	}
	if !ready || resp.Diagnostics.HasError() {
		return
	}
	webhook := voltage.Ref{OrganizationID: organization, EnvironmentID: environment}
	webhook.ID, _ = model.WebhookID.ID()
	// The same apply may have created the webhook a moment ago.
	deliveries, err := voltage.Settled(ctx, client,
		webhook, func(ctx context.Context, webhook voltage.Ref) ([]voltage.WebhookDelivery, error) {
			var found []voltage.WebhookDelivery
			for delivery, err := range client.ListWebhookDeliveries(ctx, webhook, filter) {
				if err != nil {
					return nil, err
				}
				found = append(found, delivery)
				if !model.MaxResults.IsNull() && int64(len(found)) >= model.MaxResults.ValueInt64() {
					break
				}
			}
			return found, nil
		})
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: deliveriesNotRead, Object: nameDeliveries(webhook), Err: err,
			Blame: deliveryBlame,
		}.Diagnostic())
		return
	}
	model.OrganizationID, model.EnvironmentID = tfkit.NewUUID(organization), tfkit.NewUUID(environment)
	model.IDs, model.Deliveries = []tfkit.UUID{}, []deliveryObject{}
	for i := range deliveries {
		model.IDs = append(model.IDs, tfkit.NewUUID(deliveries[i].ID))
		model.Deliveries = append(model.Deliveries, newDeliveryObject(&deliveries[i]))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
