package webhook

import (
	"context"
	"fmt"
	"regexp"

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
	OrganizationID tfkit.UUID      `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID      `tfsdk:"environment_id"`
	Statuses       types.Set       `tfsdk:"statuses"`
	NameRegex      types.String    `tfsdk:"name_regex"`
	IDs            []tfkit.UUID    `tfsdk:"ids"`
	Webhooks       []webhookObject `tfsdk:"webhooks"`
}

// Metadata implements [datasource.DataSource].
func (d *webhooksDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhooks"
}

// Schema implements [datasource.DataSource].
func (d *webhooksDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The webhooks of an environment or organization, narrowed by the arguments. All of them must match. The API does not show their secrets.",
		Attributes: map[string]schema.Attribute{
			"organization_id": tfkit.DefaultedUUID("The UUID of the organization. Defaults to the provider's."),
			"environment_id":  tfkit.DefaultedUUID("The UUID of the environment whose webhooks are listed. Defaults to the provider's, or to all environments of the organization if the provider has none."),
			"statuses": schema.SetAttribute{
				MarkdownDescription: "Only webhooks in one of these states: `active`, `stopped`, `deleted`. Defaults to `[\"active\", \"stopped\"]`.",
				Optional:            true,
				ElementType:         types.StringType,
				Validators: []validator.Set{
					setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(),
					setvalidator.ValueStringsAre(stringvalidator.OneOf(voltage.WebhookActive, voltage.WebhookStopped, voltage.WebhookDeleted)),
				},
			},
			"name_regex": schema.StringAttribute{
				MarkdownDescription: "Only webhooks whose name this regular expression matches somewhere ([RE2 syntax](https://github.com/google/re2/wiki/Syntax)); " +
					"anchor it with `^` and `$` for the whole name. Defaults to every name.",
				Optional:   true,
				Validators: []validator.String{tfkit.RegularExpression()},
			},
			"ids": schema.ListAttribute{
				MarkdownDescription: "The UUIDs of the webhooks found, in the order of `webhooks`.", Computed: true, ElementType: tfkit.UUIDType{},
			},
			"webhooks": schema.ListNestedAttribute{
				MarkdownDescription: "The webhooks found, the oldest first.", Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: webhookAttributes()},
			},
		},
	}
}

var webhooksNotRead = tfkit.Declare(tfkit.Message{Summary: "Webhooks Not Read"})

// Read implements [datasource.DataSource].
func (d *webhooksDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model webhooksModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	model.EnvironmentID = d.EnvironmentOr(model.EnvironmentID, &resp.Diagnostics)
	filter := voltage.WebhookFilter{Statuses: []string{voltage.WebhookActive, voltage.WebhookStopped}}
	if !model.Statuses.IsNull() {
		filter.Statuses = nil
		resp.Diagnostics.Append(model.Statuses.ElementsAs(ctx, &filter.Statuses, false)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	filter.EnvironmentID, _ = model.EnvironmentID.ID()
	name := regexp.MustCompile(voltage.NormalText(model.NameRegex.ValueString())) // validated with the configuration; an empty one matches everything
	webhooks, err := client.ListWebhooks(ctx, organization, filter)
	err = voltage.WithoutItems(err, excluder(name.MatchString))
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: webhooksNotRead, Object: fmt.Sprintf("The webhooks of organization %s", organization), Err: err,
		}.Diagnostic())
		return
	}
	model.OrganizationID = tfkit.NewUUID(organization)
	model.IDs, model.Webhooks = []tfkit.UUID{}, []webhookObject{}
	for i := range webhooks {
		if !name.MatchString(webhooks[i].Name) {
			continue
		}
		model.IDs = append(model.IDs, tfkit.NewUUID(webhooks[i].ID))
		model.Webhooks = append(model.Webhooks, newWebhookObject(&webhooks[i], &resp.Diagnostics))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// excluder reports of webhooks that cannot be read whether their names show that they are not meant. No other webhook may be left out of a
// list without a word.
func excluder(matches func(name string) bool) func(*voltage.UnreadableItem) bool {
	return func(item *voltage.UnreadableItem) bool {
		var name string
		return item.Read("name", &name) && !matches(voltage.NormalText(name))
	}
}
