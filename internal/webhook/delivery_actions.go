package webhook

import (
	"context"
	"errors"

	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// deliveryActionModel has the arguments that all actions on a delivery share.
type deliveryActionModel struct {
	WebhookID      tfkit.UUID `tfsdk:"webhook_id"`
	DeliveryID     tfkit.UUID `tfsdk:"delivery_id"`
	OrganizationID tfkit.UUID `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID `tfsdk:"environment_id"`
}

// deliveryActionAttributes returns the attributes of deliveryActionModel.
func deliveryActionAttributes() map[string]schema.Attribute {
	id := func(text string, required bool) schema.StringAttribute {
		return schema.StringAttribute{MarkdownDescription: text, Required: required, Optional: !required, CustomType: tfkit.UUIDType{}}
	}
	return map[string]schema.Attribute{
		"webhook_id":      id(ofWebhookDescription, true),
		"delivery_id":     id("The UUID of the delivery. The data source `voltage_webhook_deliveries` lists the deliveries of a webhook.", true),
		"organization_id": id(organizationsDescription, false),
		"environment_id":  id(environmentsDescription, false),
	}
}

// deliveryActionBlame maps a refusal to the attribute that causes it.
var deliveryActionBlame = tfkit.Blame{
	"webhook_not_found":          path.Root("webhook_id"),
	"webhook_delivery_not_found": path.Root("delivery_id"),
	"invalid_webhook":            path.Root("delivery_id"),
}

// ref returns the reference of the delivery.
func (m *deliveryActionModel) ref(settings *tfkit.Settings, diags *diag.Diagnostics) voltage.DeliveryRef {
	var ref voltage.DeliveryRef
	ref.Webhook.OrganizationID, _ = settings.Organization(m.OrganizationID, diags).ID()
	ref.Webhook.EnvironmentID, _ = settings.Environment(m.EnvironmentID, diags).ID()
	ref.Webhook.ID, _ = m.WebhookID.ID()
	ref.ID, _ = m.DeliveryID.ID()
	return ref
}

// deliveryRun is one invocation of an action on a delivery.
type deliveryRun struct {
	client *voltage.Client
	ref    voltage.DeliveryRef
	resp   *action.InvokeResponse
}

func (r *deliveryRun) fail(message *tfkit.Message, err error, next string) {
	r.resp.Diagnostics.Append(tfkit.Failure{
		Message: message, Object: nameDelivery(r.ref), Err: err, Next: next, Blame: deliveryActionBlame,
	}.Diagnostic())
}

// before reads the delivery before the request. The same apply may have created it a moment ago. If before returns nil, it has added an
// error.
func (r *deliveryRun) before(ctx context.Context, message *tfkit.Message) *voltage.WebhookDelivery {
	delivery, err := voltage.Settled(ctx, r.client, r.ref, r.client.GetWebhookDelivery)
	if err != nil {
		r.fail(message, err, "")
		return nil
	}
	return delivery
}

// failRequest adds the error of a request. refused is the next step if the status of the delivery does not allow the request. doubtful is
// the next step if the request may or may not have been carried out.
func (r *deliveryRun) failRequest(message *tfkit.Message, err error, refused, doubtful string) {
	next := ""
	switch uncertain := (*voltage.UncertainError)(nil); {
	case errors.As(err, &uncertain):
		next = doubtful
	case voltage.IsType(err, "invalid_webhook"):
		next = refused
	}
	r.fail(message, err, next)
}

const readItFirst = "Read the delivery with the data source voltage_webhook_delivery before you invoke the action again. "

var deliveryNotSeen = tfkit.Declare(tfkit.Message{
	Summary: "Webhook Delivery Not Finished",
	Next: []string{"The API has accepted the request, and continues without Terraform. Read the delivery with the data source " +
		"voltage_webhook_delivery, or raise timeouts.invoke."},
})
