package webhook

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// ownID returns the checks for a creation with the ID of the plan.
func (m *webhookModel) ownID(client *voltage.Client, ref voltage.Ref) tfkit.OwnID[voltage.Webhook] {
	return tfkit.OwnID[voltage.Webhook]{
		Kind: "webhook", Object: m.Describe(), Ref: ref, Adopt: m.AdoptExisting.ValueBool(), Read: client.GetWebhook,
		ImportID: ref.OrganizationID.String() + "/" + ref.EnvironmentID.String() + "/" + ref.ID.String(),
		Name:     func(w *voltage.Webhook) string { return w.Name },
		Ended: func(w *voltage.Webhook) string {
			if w.Deleted() {
				return "deleted"
			}
			return ""
		},
		Differences: m.differences,
	}
}

// differences describes the attributes in which the API's webhook differs from the plan. It ignores enabled, since a creation stops the
// webhook only after it has created it.
func (m *webhookModel) differences(webhook *voltage.Webhook) []string {
	var differences []string
	add := func(text string) {
		if text != "" {
			differences = append(differences, text)
		}
	}
	if !voltage.SameWebhookURL(webhook.URL, m.URL.ValueString()) {
		add(tfkit.Difference("url", m.URL, types.StringValue(webhook.URL)))
	}
	add(tfkit.Difference("name", m.Name, types.StringValue(webhook.Name)))
	var diags diag.Diagnostics
	if planned := m.Events; !planned.IsUnknown() && !m.events(context.Background(), &diags).Equal(webhook.Events) && !diags.HasError() {
		found, _ := newEvents(webhook.Events)
		add(tfkit.Difference("events", planned, found))
	}
	return differences
}
