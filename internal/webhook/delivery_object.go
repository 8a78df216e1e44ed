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

// deliveryObject is a delivery in the data sources, without its webhook.
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

// deliveryAttributes returns the attributes of deliveryObject, all computed.
func deliveryAttributes() map[string]schema.Attribute {
	text, number := tfkit.ComputedText, tfkit.ComputedNumber
	return map[string]schema.Attribute{
		"id":  tfkit.ComputedUUID("The UUID of the delivery."),
		"url": text("The URL that receives the delivery."),
		"status": text("The status of the delivery: `attempting`, `succeeded` (the receiver answered with 2xx), `failed` or `abandoned`. " +
			"A retry sets it to `attempting` again."),
		"type":  text("The type of the payload: `send`, `receive` or `test`. Null if the payload has no type."),
		"event": text("The event of the payload, such as `completed`. Null if the payload has no event."),
		"payload": schema.StringAttribute{
			MarkdownDescription: "The body of the delivery, as JSON for `jsondecode`. It can contain a complete payment with its preimage.",
			Computed:            true,
			Sensitive:           true,
		},
		"attempt_count": number("The number of attempts so far. Null if the API does not return it."),
		"status_code":   number("The HTTP status of the last answer of the receiver. Null if it has not answered."),
		"error": schema.SingleNestedAttribute{
			MarkdownDescription: "The reason why the last attempt failed or the delivery ended without success, otherwise null.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type": text("The type of the error, such as `delivery_failed`. Null if the API gives no type."),
				"code": text("The code of the error, such as `http_server_error` or `connection_refused`. Null if the API gives no code."),
				"detail": text("A description of the error. Null if the API gives none. It can quote the answer of the receiver, so do not " +
					"trust it."),
				"retry_after_seconds": number("The pause that the receiver asked for, in seconds. Null if it did not ask for a pause."),
			},
		},
		"created_at": text("The time when the delivery was made, in RFC 3339."),
		"updated_at": text("The time of the last change, in RFC 3339."),
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

// sameJSON writes JSON in a canonical form, so that a different order of members is not a change.
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

// deliveryStatuses returns the argument statuses.
func deliveryStatuses(text string) schema.SetAttribute {
	known := voltage.DeliveryStatuses()
	return schema.SetAttribute{
		MarkdownDescription: text + " with one of these statuses. Valid values are `" + strings.Join(known, "`, `") +
			"`. Defaults to all statuses.",
		Optional:    true,
		ElementType: types.StringType,
		Validators: []validator.Set{
			setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.OneOf(known...)),
		},
	}
}

// requiredUUID returns a required UUID of a data source of deliveries.
func requiredUUID(text string) schema.StringAttribute {
	return schema.StringAttribute{MarkdownDescription: text, Required: true, CustomType: tfkit.UUIDType{}}
}

// These are descriptions of attributes that the data sources of deliveries share.
const (
	ofWebhookDescription     = "The UUID of the webhook."
	organizationsDescription = "The UUID of the organization. Defaults to `organization_id` of the provider."
	environmentsDescription  = "The UUID of the environment. Defaults to `environment_id` of the provider."
)
