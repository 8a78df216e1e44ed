package webhook

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewDataSource makes the data source voltage_webhook.
func NewDataSource() datasource.DataSource { return &webhookDataSource{} }

type webhookDataSource struct {
	tfkit.DataSource
}

var (
	_ datasource.DataSourceWithConfigure        = (*webhookDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*webhookDataSource)(nil)
)

// Metadata implements [datasource.DataSource].
func (d *webhookDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook"
}

// Schema implements [datasource.DataSource].
func (d *webhookDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := webhookAttributes()
	attributes["id"] = tfkit.DefaultedUUID("The webhook's UUID. Exactly one of `id` and `name` is required. By its ID, a deleted webhook that the API still shows is found too.")
	attributes["name"] = schema.StringAttribute{
		MarkdownDescription: "The webhook's whole name. Exactly one of `id` and `name` is required. It must belong to one webhook of the environment that was not deleted.",
		Optional:            true,
		Computed:            true,
		Validators:          []validator.String{stringvalidator.UTF8LengthAtLeast(1)},
	}
	attributes["organization_id"] = tfkit.DefaultedUUID("The UUID of the organization that the webhook belongs to. Defaults to the provider's.")
	attributes["environment_id"] = tfkit.DefaultedUUID("The UUID of the environment that the webhook belongs to. Defaults to the provider's.")
	resp.Schema = schema.Schema{
		MarkdownDescription: "One webhook, found by its `id` or by its `name`. The API does not show its secret.",
		Attributes:          attributes,
	}
}

// ConfigValidators implements [datasource.DataSourceWithConfigValidators].
func (d *webhookDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{datasourcevalidator.ExactlyOneOf(path.MatchRoot("id"), path.MatchRoot("name"))}
}

// Read implements [datasource.DataSource].
func (d *webhookDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config webhookObject
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	client, organization, ready := d.Ready(req, resp, config.OrganizationID)
	if !ready {
		return
	}
	environment, ready := d.Environment(config.EnvironmentID, &resp.Diagnostics)
	if !ready || resp.Diagnostics.HasError() {
		return
	}
	webhook := findWebhook(ctx, client, organization, environment, config, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, newWebhookObject(webhook, &resp.Diagnostics))...)
}

const summaryNotRead = "Webhook Not Read"

// findWebhook looks the webhook up as the configuration asks, and adds an error where there is not exactly one.
func findWebhook(
	ctx context.Context, client *voltage.Client, organization, environment uuid.UUID, config webhookObject, diags *diag.Diagnostics,
) *voltage.Webhook {
	if id, ok := config.ID.ID(); ok {
		// It may have been made a moment ago, by the same apply.
		ref := voltage.Ref{OrganizationID: organization, EnvironmentID: environment, ID: id}
		webhook, err := voltage.Settled(ctx, client, ref, client.GetWebhook)
		if err != nil {
			diags.Append(tfkit.Failure{Summary: summaryNotRead, Object: fmt.Sprintf("Webhook %s of environment %s", id, environment), Err: err, Blame: blame}.Diagnostic())
		}
		return webhook
	}
	// A name is for a webhook that exists, and an ID for one that the same apply makes: a list that lacks a name is believed at once.
	object := fmt.Sprintf("Webhook %q of environment %s", voltage.Clean(config.Name.ValueString()), environment)
	webhooks, err := client.ListWebhooks(ctx, organization, voltage.WebhookFilter{EnvironmentID: environment})
	err = voltage.WithoutItems(err, excluder(func(name string) bool { return name == config.Name.ValueString() }))
	if err != nil {
		diags.Append(tfkit.Failure{Summary: summaryNotRead, Object: object, Err: err}.Diagnostic())
		return nil
	}
	var found []*voltage.Webhook
	for i := range webhooks {
		if webhooks[i].Name == voltage.NormalText(config.Name.ValueString()) && !webhooks[i].Deleted() {
			found = append(found, &webhooks[i])
		}
	}
	return tfkit.One(tfkit.Lookup{
		Summary: summaryNotRead, Object: object, Several: "webhooks",
		None: "no webhook has this name.\n\nCheck the name (upper and lower case count) and environment_id; " +
			"the data source voltage_webhooks lists the webhooks that exist.",
	}, found, func(w *voltage.Webhook) uuid.UUID { return w.ID }, diags)
}
