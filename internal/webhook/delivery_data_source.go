package webhook

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/datasource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewDeliveryDataSource makes the data source voltage_webhook_delivery.
func NewDeliveryDataSource() datasource.DataSource { return &deliveryDataSource{} }

type deliveryDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*deliveryDataSource)(nil)

type deliveryModel struct {
	deliveryObject
	WebhookID      tfkit.UUID     `tfsdk:"webhook_id"`
	OrganizationID tfkit.UUID     `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID     `tfsdk:"environment_id"`
	WaitFor        types.String   `tfsdk:"wait_for"`
	Timeouts       timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [datasource.DataSource].
func (d *deliveryDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_webhook_delivery"
}

// waitFinal is the only valid value of wait_for: the end of the delivery.
const waitFinal = "final"

// Schema implements [datasource.DataSource].
func (d *deliveryDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := deliveryAttributes()
	attributes["id"] = requiredUUID("The UUID of the delivery.")
	attributes["webhook_id"] = requiredUUID(ofWebhookDescription)
	attributes["organization_id"] = tfkit.OrganizationArgument()
	attributes["environment_id"] = tfkit.EnvironmentArgument()
	attributes["wait_for"] = schema.StringAttribute{
		MarkdownDescription: "The status to wait for. The only valid value is `final`, which means succeeded, failed or abandoned. Check " +
			"`status` in a `postcondition` to require one of them. Defaults to no wait.",
		Optional:   true,
		Validators: []validator.String{stringvalidator.OneOf(waitFinal)},
	}
	limits := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		ReadDescription: "How long to wait for the end of the delivery, as a number with a unit, such as `90s` or `10m`. The time starts when " +
			"the delivery was made. Defaults to `5m`. If the timeout expires, the data source returns the delivery as it is and shows a warning. " +
			"A delivery that is older than this is read once, without a wait.",
	})
	if nested, ok := limits.(schema.SingleNestedAttribute); ok { // the library adds no description
		nested.MarkdownDescription = "How long to wait for the API."
		limits = nested
	}
	attributes["timeouts"] = limits
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one delivery of a webhook, with its status and the answer of the receiver. It can wait for " +
			"the end of the delivery.",
		Attributes: attributes,
	}
}

var (
	deliveryNotRead = tfkit.Declare(tfkit.Message{Summary: "Webhook Delivery Not Read"})
	stillAttempted  = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Webhook Delivery Not Finished",
		Detail: "{OBJECT} has not ended within timeouts.read ({TIMEOUT} after it was made). Its last state is {STATUS}. The data " +
			"source returns it as it is.",
		Next: []string{"Apply again later, raise timeouts.read, or require a status with a postcondition."},
	})
)

// deliveryBlame maps a refusal of the data source to the attribute that causes it.
var deliveryBlame = tfkit.Blame{"webhook_not_found": path.Root("webhook_id"), "webhook_delivery_not_found": path.Root("id")}

// Read implements [datasource.DataSource].
func (d *deliveryDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model deliveryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	environment, ready := d.Environment(model.EnvironmentID, &resp.Diagnostics)
	timeout, diags := model.Timeouts.Read(ctx, tfkit.DefaultTimeout)
	resp.Diagnostics.Append(diags...)
	if !ready || resp.Diagnostics.HasError() {
		return
	}
	ref := voltage.DeliveryRef{Webhook: voltage.Ref{OrganizationID: organization, EnvironmentID: environment}}
	ref.ID, _ = model.ID.ID()
	ref.Webhook.ID, _ = model.WebhookID.ID()
	delivery, err := readDelivery(ctx, client, ref, model.WaitFor.ValueString(), timeout)
	if delivery != nil && isLate(err) {
		stillAttempted.AddAt(&resp.Diagnostics, path.Root("wait_for"), tfkit.Values{
			"OBJECT": nameDelivery(ref), "STATUS": describeDelivery(delivery), "TIMEOUT": timeout,
		})
		err = nil
	}
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: deliveryNotRead, Object: nameDelivery(ref), Err: err, Blame: deliveryBlame,
		}.Diagnostic())
		return
	}
	model.OrganizationID, model.EnvironmentID = tfkit.NewUUID(organization), tfkit.NewUUID(environment)
	model.deliveryObject = newDeliveryObject(delivery)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func nameDeliveries(webhook voltage.Ref) string {
	return tfkit.Of("The deliveries", tfkit.Part{Kind: "webhook", ID: tfkit.NewUUID(webhook.ID)},
		tfkit.Part{Kind: "environment", ID: tfkit.NewUUID(webhook.EnvironmentID)})
}

func nameDelivery(ref voltage.DeliveryRef) string {
	return fmt.Sprintf("Delivery %s of webhook %s", ref.ID, ref.Webhook.ID)
}

// readDelivery reads a delivery, and waits for its end if the configuration asks for it. The timeout counts from the creation of the
// delivery: every plan and terraform destroy read data sources, and must not wait each time for a receiver that never answers. With a
// *DeadlineError, it returns the delivery as last read.
func readDelivery(
	ctx context.Context, client *voltage.Client, ref voltage.DeliveryRef, wait string, timeout time.Duration,
) (*voltage.WebhookDelivery, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	// The same apply may have created the delivery a moment ago.
	delivery, err := voltage.Settled(ctx, client, ref, client.GetWebhookDelivery)
	if err != nil || wait == "" || delivery.Ended() {
		return delivery, err
	}
	return deliveryWait{expired: func(delivery *voltage.WebhookDelivery) bool {
		return !delivery.CreatedAt.IsZero() && time.Since(delivery.CreatedAt) >= timeout
	}}.end(ctx, client, ref)
}
