package webhook

import (
	"bytes"
	"encoding/json"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// deliveryObject is a delivery as the data sources show it, without the webhook that it belongs to.
type deliveryObject struct {
	ID           tfkit.UUID           `tfsdk:"id"`
	URL          types.String         `tfsdk:"url"`
	Status       types.String         `tfsdk:"status"`
	Type         types.String         `tfsdk:"type"`
	Event        types.String         `tfsdk:"event"`
	Payload      types.String         `tfsdk:"payload"`
	AttemptCount types.Int64          `tfsdk:"attempt_count"`
	StatusCode   types.Int64          `tfsdk:"status_code"`
	Error        *deliveryErrorObject `tfsdk:"error"`
	CreatedAt    types.String         `tfsdk:"created_at"`
	UpdatedAt    types.String         `tfsdk:"updated_at"`
}

type deliveryErrorObject struct {
	Type              types.String `tfsdk:"type"`
	Code              types.String `tfsdk:"code"`
	Detail            types.String `tfsdk:"detail"`
	RetryAfterSeconds types.Int64  `tfsdk:"retry_after_seconds"`
}

// deliveryAttributes are the attributes of deliveryObject, all computed.
func deliveryAttributes() map[string]schema.Attribute {
	text, number := tfkit.ComputedText, tfkit.ComputedNumber
	return map[string]schema.Attribute{
		"id":  tfkit.ComputedUUID("The UUID of the delivery."),
		"url": text("The URL that it is delivered to."),
		"status": text("The status of the delivery: `attempting`, then `succeeded` (the receiver answered 2xx), `failed` or `abandoned`. " +
			"A retry makes it `attempting` again."),
		"type":  text("The type of the payload: `send`, `receive` or `test`; null if the payload does not have one."),
		"event": text("The event of the payload, such as `completed`; null if the payload does not have one."),
		"payload": schema.StringAttribute{
			MarkdownDescription: "The body that is delivered, as JSON. It can have a whole payment in it, with its preimage. `jsondecode` reads it.",
			Computed:            true,
			Sensitive:           true,
		},
		"attempt_count": number("The number of attempts so far; null if the API does not say."),
		"status_code":   number("The HTTP status that the receiver answered last with; null if it has not answered."),
		"error": schema.SingleNestedAttribute{
			MarkdownDescription: "Why the last attempt failed, or why the delivery ended without success; otherwise null.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type": text("The API's category, `delivery_failed`; null if the API gives no category."),
				"code": text("A narrower reason, such as `http_server_error` or `connection_refused`; null if the API gives no code."),
				"detail": text("A description by the API, for people; null if the API gives none. It can repeat what the receiver answered, " +
					"which is not trusted."),
				"retry_after_seconds": number("How many seconds the receiver asked to wait; null if it did not ask."),
			},
		},
		"created_at": text("When the delivery was made, in RFC 3339."),
		"updated_at": text("When the delivery last changed, in RFC 3339."),
	}
}

func newDeliveryObject(d *voltage.WebhookDelivery) deliveryObject {
	kind, event := d.Event()
	object := deliveryObject{
		ID:           tfkit.NewUUID(d.ID),
		URL:          tfkit.TextOrNull(d.URL),
		Status:       types.StringValue(d.Status),
		Type:         tfkit.TextOrNull(kind),
		Event:        tfkit.TextOrNull(event),
		Payload:      tfkit.TextOrNull(sameJSON(d.Payload)),
		AttemptCount: types.Int64PointerValue(d.AttemptCount),
		StatusCode:   types.Int64Null(),
		CreatedAt:    tfkit.NewTime(&d.CreatedAt),
		UpdatedAt:    tfkit.NewTime(&d.UpdatedAt),
	}
	if status := d.Answered(); status != 0 {
		object.StatusCode = types.Int64Value(status)
	}
	if failure := d.Failure(); failure != nil {
		object.Error = &deliveryErrorObject{
			tfkit.TextOrNull(failure.Type), tfkit.TextOrNull(failure.Code), tfkit.TextOrNull(failure.Detail),
			types.Int64PointerValue(failure.RetryAfterSeconds),
		}
	}
	return object
}

// sameJSON writes JSON in one way, so that another order of members is no change.
func sameJSON(text json.RawMessage) string {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // amounts of up to 2^63-1
	var value any
	if decoder.Decode(&value) != nil {
		return ""
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// deliveryStatuses is the argument statuses.
func deliveryStatuses(text string) schema.SetAttribute {
	known := voltage.DeliveryStatuses()
	return schema.SetAttribute{
		MarkdownDescription: text + " in one of these states: `" + strings.Join(known, "`, `") + "`. Defaults to all.",
		Optional:            true,
		ElementType:         types.StringType,
		Validators: []validator.Set{
			setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.OneOf(known...)),
		},
	}
}

// requiredUUID is a UUID that a data source of deliveries needs.
func requiredUUID(text string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: text, Required: true, CustomType: tfkit.UUIDType{}}
}

// The attributes that the data sources of deliveries share.
const (
	ofWebhookDescription     = "The UUID of the webhook."
	organizationsDescription = "The UUID of the organization. Defaults to the provider's."
	environmentsDescription  = "The UUID of the environment. Defaults to the provider's."
)
