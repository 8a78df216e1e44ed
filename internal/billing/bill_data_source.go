package billing

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewDataSource makes the data source voltage_bill.
func NewDataSource() datasource.DataSource { return &billDataSource{} }

type billDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*billDataSource)(nil)

// needsBilling is on each page of this package.
const needsBilling = " The API key needs the permission BILLING; READ is not enough."

// Metadata implements [datasource.DataSource].
func (d *billDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_bill"
}

// Schema implements [datasource.DataSource].
func (d *billDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := billAttributes()
	attributes["id"] = schema.StringAttribute{MarkdownDescription: "The UUID of the bill.", Required: true, CustomType: tfkit.UUIDType{}}
	attributes["organization_id"] = tfkit.OrganizationArgument()
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one bill: the amount that is due for a line of credit and a period, how it was calculated, and whether it " +
			"is paid. Voltage creates bills. A bill that does not exist is an error." + needsBilling,
		Attributes: attributes,
	}
}

// missingBilling is the next step after a refusal of the key. The API's text does not say which permission is missing.
const missingBilling = "Reading bills needs an API key with the permission BILLING; READ is not enough. The key must also belong to the " +
	"environment of the line of credit. Use another key, or change its permissions in the Voltage dashboard."

var billNotRead = tfkit.Declare(tfkit.Message{Summary: "Bill Not Read", Next: []string{tfkit.ByReason, missingBilling}})

// next returns the next step after an error. It is empty for the usual step.
func next(err error) string {
	if voltage.IsType(err, "access_rights") {
		return missingBilling
	}
	return ""
}

// Read implements [datasource.DataSource].
func (d *billDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model billObject
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("id"), &model.ID)...)
	resp.Diagnostics.Append(req.Config.GetAttribute(ctx, path.Root("organization_id"), &model.OrganizationID)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	// Terraform creates no bills, so a 404 cannot lag behind a write.
	id, _ := model.ID.ID()
	bill, err := client.GetBill(ctx, voltage.Ref{OrganizationID: organization, ID: id})
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: billNotRead, Object: fmt.Sprintf("Bill %s of organization %s", id, organization), Err: err, Next: next(err),
			Blame: tfkit.Blame{"bill_not_found": path.Root("id"), "bill_not_found_in_organization": path.Root("id")},
		}.Diagnostic())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, newBillObject(bill))...)
}
