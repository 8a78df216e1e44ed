package credit

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
)

// NewListDataSource makes the data source voltage_lines_of_credit.
func NewListDataSource() datasource.DataSource { return &linesDataSource{} }

type linesDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*linesDataSource)(nil)

type linesModel struct {
	OrganizationID tfkit.UUID   `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID   `tfsdk:"environment_id"`
	Network        types.String `tfsdk:"network"`
	Currency       types.String `tfsdk:"currency"`
	Disabled       types.Bool   `tfsdk:"include_disabled"`
	IDs            []tfkit.UUID `tfsdk:"ids"`
	LinesOfCredit  []lineObject `tfsdk:"lines_of_credit"`
}

// Metadata implements [datasource.DataSource].
func (d *linesDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_lines_of_credit"
}

// Schema implements [datasource.DataSource].
func (d *linesDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "The lines of credit of an environment or organization, narrowed by the arguments. All of them must match.",
		Attributes: map[string]schema.Attribute{
			"organization_id": tfkit.DefaultedUUID("The UUID of the organization. Defaults to the provider's."),
			"environment_id":  tfkit.DefaultedUUID("The UUID of the environment whose lines of credit are listed. Defaults to the provider's, or to all environments of the organization if the provider has none."),
			"network": schema.StringAttribute{
				MarkdownDescription: "Only lines on this network: `mainnet`, `testnet3`, `mutinynet` or `signet`. Defaults to every network.",
				Optional:            true,
				Validators:          []validator.String{networkValidator()},
			},
			"currency": schema.StringAttribute{
				MarkdownDescription: "Only lines in this currency: `btc`, `usd` or `asset:` with 66 hex characters. Defaults to every currency.",
				Optional:            true,
				Validators:          []validator.String{tfkit.Currency()},
			},
			"include_disabled": schema.BoolAttribute{MarkdownDescription: includeDisabledDescription, Optional: true},
			"ids": schema.ListAttribute{
				MarkdownDescription: "The UUIDs of the lines found, in the order of `lines_of_credit`.",
				Computed:            true,
				ElementType:         tfkit.UUIDType{},
			},
			"lines_of_credit": schema.ListNestedAttribute{
				MarkdownDescription: "The lines found, in the order of the API.",
				Computed:            true,
				NestedObject:        schema.NestedAttributeObject{Attributes: lineAttributes()},
			},
		},
	}
}

// Read implements [datasource.DataSource].
func (d *linesDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model linesModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	model.EnvironmentID = d.EnvironmentOr(model.EnvironmentID, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	lines, err := lineFilter{model.EnvironmentID, model.Network, model.Currency, model.Disabled}.list(ctx, client, organization)
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: tfkit.LinesOfCreditNotRead, Object: fmt.Sprintf("The lines of credit of organization %s", organization), Err: err,
		}.Diagnostic())
		return
	}
	model.OrganizationID = tfkit.NewUUID(organization)
	model.IDs, model.LinesOfCredit = []tfkit.UUID{}, []lineObject{}
	for _, line := range lines {
		model.IDs = append(model.IDs, tfkit.NewUUID(line.ID))
		model.LinesOfCredit = append(model.LinesOfCredit, newLineObject(&line))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}
