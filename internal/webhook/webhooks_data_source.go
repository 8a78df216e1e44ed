package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewListDataSource makes the data source voltage_webhooks.
func NewListDataSource() datasource.DataSource { return &webhooksDataSource{} }

type webhooksDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*webhooksDataSource)(nil)

type webhooksModel struct {
	webhookFilter

	Statuses types.Set       `tfsdk:"statuses"`
	IDs      []tfkit.UUID    `tfsdk:"ids"`
	Webhooks []webhookObject `tfsdk:"webhooks"`
}

// Metadata implements [datasource.DataSource].
func (d *webhooksDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhooks"
}

// Schema implements [datasource.DataSource].
func (d *webhooksDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := filterAttributes()
	attributes["statuses"] = schema.SetAttribute{
		MarkdownDescription: "Lists only webhooks with one of these statuses. Valid values are `active`, `stopped` and `deleted`. Defaults to " +
			"`[\"active\", \"stopped\"]`.",
		Optional:    true,
		ElementType: types.StringType,
		Validators: []validator.Set{
			setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(),
			setvalidator.ValueStringsAre(stringvalidator.OneOf(voltage.WebhookActive, voltage.WebhookStopped, voltage.WebhookDeleted)),
		},
	}
	attributes["ids"] = tfkit.IDsAttribute("webhooks", "webhooks")
	attributes["webhooks"] = schema.ListNestedAttribute{
		MarkdownDescription: "The webhooks that match, oldest first.", Computed: true,
		NestedObject: schema.NestedAttributeObject{Attributes: webhookAttributes()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the webhooks of an environment or organization. A webhook is listed if it matches all arguments. The API " +
			"does not show their secrets.",
		Attributes: attributes,
	}
}

var webhooksNotRead = tfkit.Declare(tfkit.Message{Summary: "Webhooks Not Read"})

// Read implements [datasource.DataSource].
func (d *webhooksDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model webhooksModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	scope, ready := d.ListScope(req, resp, &model.ListArguments)
	statuses := []string{voltage.WebhookActive, voltage.WebhookStopped}
	if !model.Statuses.IsNull() {
		statuses = nil
		resp.Diagnostics.Append(model.Statuses.ElementsAs(ctx, &statuses, false)...)
	}
	if !ready || resp.Diagnostics.HasError() {
		return
	}
	webhooks, err := model.list(ctx, scope, statuses)
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: webhooksNotRead, Object: scope.Objects("webhooks"), Err: err,
		}.Diagnostic())
		return
	}
	model.IDs, model.Webhooks = tfkit.Listed(webhooks, webhookID, func(webhook *voltage.Webhook) webhookObject {
		return newWebhookObject(webhook, &resp.Diagnostics)
	})
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
