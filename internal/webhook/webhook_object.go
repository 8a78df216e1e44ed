package webhook

import (
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// webhookObject is a webhook in the data sources: everything that the API returns, which does not include the secret.
type webhookObject struct {
	ID             tfkit.UUID   `tfsdk:"id"`
	OrganizationID tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID   `tfsdk:"environment_id"`
	URL            types.String `tfsdk:"url"`
	Name           types.String `tfsdk:"name"`
	Events         types.Object `tfsdk:"events"`
	Enabled        types.Bool   `tfsdk:"enabled"`
	Status         types.String `tfsdk:"status"`
	CreatedAt      types.String `tfsdk:"created_at"`
	UpdatedAt      types.String `tfsdk:"updated_at"`
	StoppedAt      types.String `tfsdk:"stopped_at"`
	DeletedAt      types.String `tfsdk:"deleted_at"`
}

// webhookAttributes returns the attributes of webhookObject, all computed. A data source replaces the attributes that are its arguments.
func webhookAttributes() map[string]schema.Attribute {
	id, text := tfkit.ComputedUUID, tfkit.ComputedText
	family := func(text string) schema.SetAttribute {
		return schema.SetAttribute{MarkdownDescription: text, Computed: true, ElementType: types.StringType}
	}
	return map[string]schema.Attribute{
		"id":              id("The UUID of the webhook."),
		"organization_id": id("The UUID of the organization that the webhook belongs to."),
		"environment_id":  id("The UUID of the environment whose payment events the webhook receives."),
		"url":             text("The URL that receives the deliveries."),
		"name":            text("The name of the webhook."),
		"events": schema.SingleNestedAttribute{
			MarkdownDescription: "The events that the webhook receives.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"send":    family("The events of payments that wallets send. Empty if the webhook receives none of them."),
				"receive": family("The events of payments that wallets receive. Empty if the webhook receives none of them."),
				"test":    family("The events of test deliveries. Empty if the webhook receives none of them."),
				"other":   schema.MapAttribute{MarkdownDescription: otherDescription, Computed: true, ElementType: familyType},
			},
		},
		"enabled": schema.BoolAttribute{
			MarkdownDescription: "Whether Voltage delivers events to the webhook. True if `status` is `active`.",
			Computed:            true,
		},
		"status":     text("The status of the webhook: `active`, `stopped` or `deleted`."),
		"created_at": text("The time when the webhook was created, in RFC 3339."),
		"updated_at": text("The time of the last change, in RFC 3339."),
		"stopped_at": text("The time when the webhook was stopped, in RFC 3339. Null if it is not stopped."),
		"deleted_at": text("The time when the webhook was deleted, in RFC 3339. Null if it is not deleted."),
	}
}

func newWebhookObject(webhook *voltage.Webhook, diags *diag.Diagnostics) webhookObject {
	events, got := newEvents(webhook.Events)
	diags.Append(got...)
	return webhookObject{
		ID:             tfkit.NewUUID(webhook.ID),
		OrganizationID: tfkit.NewUUID(webhook.OrganizationID),
		EnvironmentID:  tfkit.NewUUID(webhook.EnvironmentID),
		URL:            types.StringValue(webhook.URL),
		Name:           types.StringValue(webhook.Name),
		Events:         events,
		Enabled:        types.BoolValue(webhook.Status == voltage.WebhookActive),
		Status:         types.StringValue(webhook.Status),
		CreatedAt:      tfkit.NewTime(&webhook.CreatedAt),
		UpdatedAt:      tfkit.NewTime(&webhook.UpdatedAt),
		StoppedAt:      tfkit.NewTime(webhook.StoppedAt),
		DeletedAt:      tfkit.NewTime(webhook.DeletedAt),
	}
}
