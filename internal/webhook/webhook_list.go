package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewListResource makes the list resource voltage_webhook.
func NewListResource() list.ListResource {
	return &tfkit.ListResource[webhookFilter, voltage.Webhook]{
		Lists:   NewResource(),
		Objects: "webhooks",
		Description: "Lists the webhooks of an environment or organization that are not deleted, for `terraform query`, which can import them. " +
			"The list has no secrets. An imported webhook has no secret until `secret_version` rotates it.",
		Arguments: filterAttributes(),
		NotRead:   webhooksNotRead,
		Read: func(ctx context.Context, scope tfkit.Scope, filter webhookFilter) ([]voltage.Webhook, error) {
			return filter.listExisting(ctx, scope)
		},
		Show: func(ctx context.Context, webhook *voltage.Webhook) (string, tfkit.Model, diag.Diagnostics) {
			model := &webhookModel{Timeouts: tfkit.NoTimeouts()}
			diags := model.read(ctx, webhook)
			return webhook.Name, model, diags
		},
	}
}
