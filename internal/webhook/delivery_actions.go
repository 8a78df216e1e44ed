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

// deliveryActionModel is what the actions on a delivery have in common.
type deliveryActionModel struct {
	WebhookID      tfkit.UUID `tfsdk:"webhook_id"`
	DeliveryID     tfkit.UUID `tfsdk:"delivery_id"`
	OrganizationID tfkit.UUID `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID `tfsdk:"environment_id"`
}

// deliveryActionAttributes are the attributes of deliveryActionModel.
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

// deliveryActionBlame is the attribute that causes a refusal.
var deliveryActionBlame = tfkit.Blame{
	"webhook_not_found":          path.Root("webhook_id"),
	"webhook_delivery_not_found": path.Root("delivery_id"),
	"invalid_webhook":            path.Root("delivery_id"),
}

// ref is the delivery that is meant.
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

// before reads the delivery as it is before anything is asked for. It may have been made a moment ago, by the same apply. Nil comes with an
// error.
func (r *deliveryRun) before(ctx context.Context, message *tfkit.Message) *voltage.WebhookDelivery {
	delivery, err := voltage.Settled(ctx, r.client, r.ref, r.client.GetWebhookDelivery)
	if err != nil {
		r.fail(message, err, "")
		return nil
	}
	return delivery
}

// failRequest adds the error of a request: refused says what to do about a delivery that is not in the state that the request is for, and
// doubtful what to do where nobody knows whether it was carried out.
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
