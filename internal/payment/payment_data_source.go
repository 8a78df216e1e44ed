package payment

import (
	"context"
	"errors"
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

// NewDataSource makes the data source voltage_payment.
func NewDataSource() datasource.DataSource { return &paymentDataSource{} }

type paymentDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*paymentDataSource)(nil)

type paymentModel struct {
	paymentObject
	WaitFor  types.String   `tfsdk:"wait_for"`
	Timeouts timeouts.Value `tfsdk:"timeouts"`
}

// Metadata implements [datasource.DataSource].
func (d *paymentDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment"
}

// Schema implements [datasource.DataSource].
func (d *paymentDataSource) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := paymentAttributes()
	attributes["id"] = tfkit.RequiredUUID("The UUID of the payment.")
	attributes["organization_id"] = tfkit.OrganizationArgument()
	attributes["environment_id"] = tfkit.EnvironmentArgument()
	attributes["wait_for"] = schema.StringAttribute{
		MarkdownDescription: "The state to wait for. Valid values are `ready` (a receive can be paid, a send is approved, or the payment is " +
			"final) and `final` (the payment is completed, expired or failed, or it is an approved policy check). The data source does not fail " +
			"if the payment fails: check `status` in a `postcondition`. By default, it does not wait.",
		Optional:   true,
		Validators: []validator.String{stringvalidator.OneOf(waitReady, waitFinal)},
	}
	limits := timeouts.AttributesWithOpts(ctx, timeouts.Opts{
		ReadDescription: "How long to wait for the payment, as a number with a unit, such as `90s` or `10m`. The time counts from the creation " +
			"of the payment. An older payment is read once, without a wait. Defaults to `5m`. If the timeout expires, the data source returns the " +
			"current values with a warning.",
	})
	if nested, ok := limits.(schema.SingleNestedAttribute); ok { // the library adds no description
		nested.MarkdownDescription = "How long to wait for the API."
		limits = nested
	}
	attributes["timeouts"] = limits
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one payment, which is a send or a receive. With `wait_for`, it waits until the payment is ready or final.",
		Attributes:          attributes,
	}
}

var (
	paymentNotRead = tfkit.Declare(tfkit.Message{Summary: "Payment Not Read"})
	stillUnderWay  = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Payment Still Under Way",
		Detail: "Payment {ID} of environment {ENVIRONMENT}: its status is still {STATUS}. timeouts.read ({TIMEOUT} after the payment was " +
			"requested) has expired.",
		Next: []string{"The data source returns the current values. Run Terraform again later, or raise timeouts.read. To fail instead, add a " +
			"postcondition on status."},
	})
)

// Read implements [datasource.DataSource].
func (d *paymentDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model paymentModel
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
	id, _ := model.ID.ID()
	ref := voltage.Ref{OrganizationID: organization, EnvironmentID: environment, ID: id}
	payment, err := d.read(ctx, client, ref, model.WaitFor.ValueString(), timeout)
	if late := (*voltage.DeadlineError)(nil); payment != nil && errors.As(err, &late) && !late.Interrupted {
		stillUnderWay.AddAt(&resp.Diagnostics, path.Root("wait_for"), tfkit.Values{
			"ID": id, "ENVIRONMENT": environment, "STATUS": voltage.Clean(payment.Status), "TIMEOUT": timeout,
		})
		err = nil
	}
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: paymentNotRead, Object: fmt.Sprintf("Payment %s of environment %s", id, environment), Err: err,
			Blame: tfkit.Blame{"payment_not_found": path.Root("id")},
		}.Diagnostic())
		return
	}
	model.paymentObject = newPaymentObject(ctx, payment, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// read reads the payment, and waits for it if the configuration asks for it. The timeout counts from the creation of the payment: every
// plan and terraform destroy read data sources, and must not wait each time for a payment that nobody makes, or fail because of it. With a
// *DeadlineError, it returns the payment as last read.
func (d *paymentDataSource) read(
	ctx context.Context, client *voltage.Client, ref voltage.Ref, wait string, timeout time.Duration,
) (*voltage.Payment, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if wait == "" {
		// The same apply may have created the payment a moment ago.
		return voltage.Settled(ctx, client, ref, client.GetPayment)
	}
	return waitFor(ctx, client, ref, wait, nil, func(payment *voltage.Payment) bool {
		return !payment.CreatedAt.IsZero() && time.Since(payment.CreatedAt) >= timeout
	})
}
