package billing

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewListDataSource makes the data source voltage_bills.
func NewListDataSource() datasource.DataSource { return &billsDataSource{} }

type billsDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*billsDataSource)(nil)

// narrowing has the filter arguments that the list and the summary of bills share.
type narrowing struct {
	OrganizationID    tfkit.UUID `tfsdk:"organization_id"`
	LineOfCreditID    tfkit.UUID `tfsdk:"line_of_credit_id"`
	Statuses          types.Set  `tfsdk:"statuses"`
	ExcludeZeroAmount types.Bool `tfsdk:"exclude_zero_amount"`
}

type billsModel struct {
	narrowing

	SortOrder  types.String `tfsdk:"sort_order"`
	MaxResults types.Int64  `tfsdk:"max_results"`
	IDs        []tfkit.UUID `tfsdk:"ids"`
	Bills      []billObject `tfsdk:"bills"`
}

// Metadata implements [datasource.DataSource].
func (d *billsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_bills"
}

// narrowingAttributes returns the attributes of narrowing.
func narrowingAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"organization_id": tfkit.OrganizationArgument(),
		"line_of_credit_id": tfkit.OptionalUUID("Matches only bills of the line of credit with this UUID. Defaults to every line of credit " +
			"that the API key can read. A line of credit that is never billed is an error."),
		"statuses": schema.SetAttribute{
			MarkdownDescription: "Matches only bills with one of these statuses: " + statusesText + ". Defaults to all.",
			Optional:            true, ElementType: types.StringType,
			Validators: []validator.Set{
				setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(),
				setvalidator.ValueStringsAre(stringvalidator.OneOf(
					voltage.BillDue, voltage.BillQueued, voltage.BillProcessing, voltage.BillPaid, voltage.BillVoid, voltage.BillFailed)),
			},
		},
		"exclude_zero_amount": schema.BoolAttribute{
			MarkdownDescription: "Whether to omit bills with nothing due. Defaults to `false`.", Optional: true,
		},
	}
}

// filter turns the arguments into the filter of the client.
func (n *narrowing) filter(ctx context.Context, diags *diag.Diagnostics) voltage.BillFilter {
	filter := voltage.BillFilter{ExcludeZeroAmount: n.ExcludeZeroAmount.ValueBool()}
	filter.LineOfCreditID, _ = n.LineOfCreditID.ID()
	if !n.Statuses.IsNull() {
		diags.Append(n.Statuses.ElementsAs(ctx, &filter.Statuses, false)...)
	}
	return filter
}

// object names the bills in messages.
func (n *narrowing) object() string {
	object := fmt.Sprintf("The bills of organization %s", n.OrganizationID.ValueString())
	if line, ok := n.LineOfCreditID.ID(); ok {
		object = fmt.Sprintf("The bills of line of credit %s of organization %s", line, n.OrganizationID.ValueString())
	}
	return object
}

// blame maps a refusal to the attribute that causes it.
var blame = tfkit.Blame{
	"line_of_credit_cannot_be_reconciled":      path.Root("line_of_credit_id"),
	"line_of_credit_not_found":                 path.Root("line_of_credit_id"),
	"line_of_credit_not_found_in_organization": path.Root("line_of_credit_id"),
}

// Schema implements [datasource.DataSource].
func (d *billsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := narrowingAttributes()
	attributes["sort_order"] = schema.StringAttribute{
		MarkdownDescription: "The order by creation time. Valid values are `ASC` (oldest first) and `DESC` (newest first). " +
			"Defaults to the API's order.",
		Optional: true, Validators: []validator.String{stringvalidator.OneOf("ASC", "DESC")},
	}
	attributes["max_results"] = tfkit.MaxResults("bills")
	attributes["ids"] = tfkit.IDsAttribute("bills", "bills")
	attributes["bills"] = nestedList("The bills found.", billAttributes())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the bills of an organization. The arguments are filters, and a bill must match all of them. The provider " +
			"reads the list in pages, with one request per page." + needsBilling,
		Attributes: attributes,
	}
}

var billsNotRead = tfkit.Declare(tfkit.Message{Summary: "Bills Not Read", Next: []string{tfkit.ByReason, missingBilling}})

// Read implements [datasource.DataSource].
func (d *billsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model billsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	filter := model.filter(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	filter.SortOrder = model.SortOrder.ValueString()
	model.OrganizationID, model.IDs, model.Bills = tfkit.NewUUID(organization), []tfkit.UUID{}, []billObject{}
	for bill, err := range client.ListBills(ctx, organization, filter) {
		if err != nil {
			resp.Diagnostics.Append(tfkit.Failure{
				Message: billsNotRead, Object: model.object(), Err: err, Next: next(err), Blame: blame,
			}.Diagnostic())
			return
		}
		model.IDs = append(model.IDs, tfkit.NewUUID(bill.ID))
		model.Bills = append(model.Bills, newBillObject(&bill))
		if !model.MaxResults.IsNull() && int64(len(model.IDs)) >= model.MaxResults.ValueInt64() {
			break
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
