package webhook

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// webhookFilter has the arguments that select webhooks. A null field matches every webhook.
type webhookFilter struct {
	tfkit.ListArguments

	NameRegex types.String `tfsdk:"name_regex"`
}

// filterAttributes are the attributes of webhookFilter.
func filterAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"organization_id": tfkit.OrganizationArgument(),
		"environment_id":  tfkit.ListedEnvironmentArgument("webhooks"),
		"name_regex":      tfkit.NameRegexFilter("webhooks"),
	}
}

// list returns the webhooks that match and have one of the statuses. Nil stands for every status.
func (f webhookFilter) list(ctx context.Context, scope tfkit.Scope, statuses []string) ([]voltage.Webhook, error) {
	webhooks, err := scope.Client.ListWebhooks(ctx, scope.Organization, voltage.WebhookFilter{
		EnvironmentID: scope.Environment, Statuses: statuses,
	})
	named := tfkit.NameMatcher(f.NameRegex)
	// An unreadable webhook is left out only if its name shows that it does not match.
	err = voltage.WithoutItems(err, func(item *voltage.UnreadableItem) bool {
		var name string
		return item.Read("name", &name) && !named(voltage.NormalText(name))
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(webhooks, func(w voltage.Webhook) bool { return !named(w.Name) }), nil
}

// listExisting is list without the webhooks that were deleted.
func (f webhookFilter) listExisting(ctx context.Context, scope tfkit.Scope) ([]voltage.Webhook, error) {
	webhooks, err := f.list(ctx, scope, nil)
	return slices.DeleteFunc(webhooks, func(w voltage.Webhook) bool { return w.Deleted() }), err
}

func webhookID(webhook *voltage.Webhook) uuid.UUID { return webhook.ID }
