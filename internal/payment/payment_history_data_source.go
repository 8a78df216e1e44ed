package payment

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewHistoryDataSource makes the data source voltage_payment_history.
func NewHistoryDataSource() datasource.DataSource { return &historyDataSource{} }

type historyDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*historyDataSource)(nil)

type historyModel struct {
	PaymentID      tfkit.UUID    `tfsdk:"payment_id"`
	OrganizationID tfkit.UUID    `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID    `tfsdk:"environment_id"`
	Events         []eventObject `tfsdk:"events"`
}

type eventObject struct {
	EventType types.String `tfsdk:"event_type"`
	Time      types.String `tfsdk:"time"`
	Position  types.Int64  `tfsdk:"position"`
	Error     types.String `tfsdk:"error"`
}

// Metadata implements [datasource.DataSource].
func (d *historyDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment_history"
}

// Schema implements [datasource.DataSource].
func (d *historyDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the history of a payment: each event from the request to the final status. A payment that does " +
			"not exist is an error.",
		Attributes: map[string]schema.Attribute{
			"payment_id":      tfkit.RequiredUUID("The UUID of the payment."),
			"organization_id": tfkit.OrganizationArgument(),
			"environment_id":  tfkit.EnvironmentArgument(),
			"events": schema.ListNestedAttribute{
				MarkdownDescription: "The events, oldest first.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"event_type": tfkit.ComputedText("The type of the event, as the API names it."),
					"time":       tfkit.ComputedText("When the event happened, in RFC 3339."),
					"position":   tfkit.ComputedNumber("The position of the event in the history, a count."),
					"error":      tfkit.ComputedText("The reason of a failure; null for an event that is not a failure."),
				}},
			},
		},
	}
}

var historyNotRead = tfkit.Declare(tfkit.Message{Summary: "Payment History Not Read"})

// Read implements [datasource.DataSource].
func (d *historyDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model historyModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	environment, ready := d.Environment(model.EnvironmentID, &resp.Diagnostics)
	if !ready {
		return
	}
	id, _ := model.PaymentID.ID()
	ref := voltage.Ref{OrganizationID: organization, EnvironmentID: environment, ID: id}
	// The API returns an empty history for a payment that does not exist. So an empty history is checked with a read of the payment.
	events, err := client.GetPaymentHistory(ctx, ref)
	if err == nil && len(events) == 0 {
		if _, err = voltage.Settled(ctx, client, ref, client.GetPayment); err == nil {
			events, err = client.GetPaymentHistory(ctx, ref)
		}
	}
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: historyNotRead, Object: fmt.Sprintf("The history of payment %s of environment %s", id, environment), Err: err,
			Blame: tfkit.Blame{"payment_not_found": path.Root("payment_id")},
		}.Diagnostic())
		return
	}
	model.OrganizationID, model.EnvironmentID, model.Events = tfkit.NewUUID(organization), tfkit.NewUUID(environment), []eventObject{}
	for _, event := range events {
		model.Events = append(model.Events, eventObject{
			EventType: types.StringValue(event.EventType), Time: tfkit.NewTime(&event.Time),
			Position: types.Int64Value(event.Position), Error: tfkit.TextOrNull(event.Error),
		})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
