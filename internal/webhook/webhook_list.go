package webhook

import (
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewListResource makes the list resource voltage_webhook.
func NewListResource() list.ListResource { return &webhookList{} }

type webhookList struct {
	tfkit.Lister
}

var _ list.ListResourceWithConfigure = (*webhookList)(nil)

type webhookListModel struct {
	OrganizationID tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID   `tfsdk:"environment_id"`
	NameRegex      types.String `tfsdk:"name_regex"`
}

// Metadata implements [list.ListResource].
func (l *webhookList) Metadata(ctx context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	(&webhookResource{}).Metadata(ctx, req, resp)
}

// ListResourceConfigSchema implements [list.ListResource].
func (l *webhookList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The webhooks of an environment or organization that were not deleted, for `terraform query` to find and to import. Their secrets are not shown: an imported " +
			"webhook has none until `secret_version` rotates it.",
		Attributes: map[string]schema.Attribute{
			"organization_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the organization. Defaults to the provider's.", Optional: true, CustomType: tfkit.UUIDType{},
			},
			"environment_id": schema.StringAttribute{
				MarkdownDescription: "The UUID of the environment whose webhooks are listed. Defaults to the provider's, or to all environments of the organization if the provider has none.",
				Optional:            true, CustomType: tfkit.UUIDType{},
			},
			"name_regex": schema.StringAttribute{
				MarkdownDescription: "Only webhooks whose name this regular expression matches somewhere ([RE2 syntax](https://github.com/google/re2/wiki/Syntax)); " +
					"anchor it with `^` and `$` for the whole name. Defaults to every name.",
				Optional:   true,
				Validators: []validator.String{tfkit.RegularExpression()},
			},
		},
	}
}

// List implements [list.ListResource].
func (l *webhookList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var config webhookListModel
	diags := req.Config.Get(ctx, &config)
	scope := l.Scope(config.OrganizationID, config.EnvironmentID, &diags)
	name := regexp.MustCompile(voltage.NormalText(config.NameRegex.ValueString())) // validated with the configuration; an empty one matches everything
	var webhooks []voltage.Webhook
	if !diags.HasError() {
		var err error
		webhooks, err = scope.Client.ListWebhooks(ctx, scope.Organization, voltage.WebhookFilter{EnvironmentID: scope.Environment})
		err = voltage.WithoutItems(err, excluder(name.MatchString))
		if err != nil {
			diags.Append(tfkit.Failure{Summary: "Webhooks Not Read", Object: fmt.Sprintf("The webhooks of organization %s", scope.Organization), Err: err}.Diagnostic())
		}
	}
	webhooks = slices.DeleteFunc(webhooks, func(w voltage.Webhook) bool { return w.Deleted() || !name.MatchString(w.Name) })
	stream.Results = tfkit.Results(ctx, req, webhooks, diags, func(result *list.ListResult, webhook *voltage.Webhook) {
		model := webhookModel{Timeouts: tfkit.NoTimeouts()}
		result.DisplayName = voltage.Clean(webhook.Name)
		result.Diagnostics.Append(model.read(ctx, webhook)...)
		result.Diagnostics.Append(tfkit.Identify(ctx, &model, result.Identity)...)
		if req.IncludeResource {
			result.Diagnostics.Append(result.Resource.Set(ctx, model)...)
		}
	})
}
