package credit

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewListDataSource makes the data source voltage_lines_of_credit.
func NewListDataSource() datasource.DataSource { return &linesDataSource{} }

type linesDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*linesDataSource)(nil)

type linesModel struct {
	lineFilter

	IDs           []tfkit.UUID `tfsdk:"ids"`
	LinesOfCredit []lineObject `tfsdk:"lines_of_credit"`
}

// Metadata implements [datasource.DataSource].
func (d *linesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_lines_of_credit"
}

// Schema implements [datasource.DataSource].
func (d *linesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := filterAttributes()
	attributes["ids"] = tfkit.IDsAttribute("lines", "lines_of_credit")
	attributes["lines_of_credit"] = schema.ListNestedAttribute{
		MarkdownDescription: "The lines of credit that match, in the order of the API.",
		Computed:            true,
		NestedObject:        schema.NestedAttributeObject{Attributes: lineAttributes()},
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the lines of credit of an environment or an organization. The arguments are filters, and a line " +
			"must match all of them.",
		Attributes: attributes,
	}
}

// Read implements [datasource.DataSource].
func (d *linesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model linesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	scope, ready := d.ListScope(req, resp, &model.ListArguments)
	if !ready {
		return
	}
	lines, err := model.list(ctx, scope)
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: tfkit.LinesOfCreditNotRead, Object: fmt.Sprintf("The lines of credit of organization %s", scope.Organization), Err: err,
		}.Diagnostic())
		return
	}
	model.IDs, model.LinesOfCredit = tfkit.Listed(lines, func(line *voltage.LineOfCredit) uuid.UUID { return line.ID }, newLineObject)
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
