package webhook

import (
	"context"

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
	attributes["id"] = tfkit.DefaultedUUID("The UUID of the webhook. Exactly one of `id` and `name` is required. A deleted webhook can be " +
		"read only by `id`, as long as the API returns it.")
	attributes["name"] = schema.StringAttribute{
		MarkdownDescription: "The complete name of the webhook. Exactly one of `id` and `name` is required. Exactly one webhook of the " +
			"environment that is not deleted must have this name.",
		Optional:   true,
		Computed:   true,
		Validators: []validator.String{stringvalidator.UTF8LengthAtLeast(1)},
	}
	attributes["organization_id"] = tfkit.OrganizationArgument()
	attributes["environment_id"] = tfkit.EnvironmentArgument()
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one webhook, by `id` or by `name`. The API does not return its secret.",
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

var (
	webhookNotRead = tfkit.Declare(tfkit.Message{Summary: "Webhook Not Read"})
	noWebhookNamed = tfkit.Declare(tfkit.Message{
		Summary: "Webhook Not Read",
		Detail:  "{OBJECT}: no webhook has this name there.",
		Next: []string{"Check name and environment_id. The name is case-sensitive. The data source voltage_webhooks lists the webhooks that " +
			"exist."},
	})
	severalWebhooksNamed = tfkit.Declare(tfkit.Message{
		Summary: "Webhook Not Read",
		Detail:  "{OBJECT}: {COUNT} webhooks have this name. Their IDs are {IDS}.",
		Next:    []string{"Set id to one of these IDs instead of name."},
	})
)

// findWebhook finds the webhook by ID or name. It adds an error if there is not exactly one.
func findWebhook(
	ctx context.Context, client *voltage.Client, organization, environment uuid.UUID, config webhookObject, diags *diag.Diagnostics,
) *voltage.Webhook {
	in := tfkit.Part{Kind: "environment", ID: tfkit.NewUUID(environment)}
	if id, ok := config.ID.ID(); ok {
		// The same apply may have created the webhook a moment ago.
		ref := voltage.Ref{OrganizationID: organization, EnvironmentID: environment, ID: id}
		webhook, err := voltage.Settled(ctx, client, ref, client.GetWebhook)
		if err != nil {
			diags.Append(tfkit.Failure{
				Message: webhookNotRead, Object: tfkit.Unnamed("Webhook", config.ID, in), Err: err, Blame: blame,
			}.Diagnostic())
		}
		return webhook
	}
	// The list is read only once. A name is for an existing webhook. For a webhook that the same apply creates, a configuration uses the
	// ID.
	scope := tfkit.Scope{Client: client, Organization: organization, Environment: environment}
	webhooks, err := webhookFilter{NameRegex: tfkit.WholeName(config.Name)}.listExisting(ctx, scope)
	return tfkit.One(tfkit.Lookup{
		Object:  tfkit.Named("Webhook", config.Name, config.ID, in),
		NotRead: webhookNotRead, None: noWebhookNamed, Several: severalWebhooksNamed,
	}, webhooks, err, webhookID, diags)
}
