package payment

import (
	"context"
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewListDataSource makes the data source voltage_payments.
func NewListDataSource() datasource.DataSource { return &paymentsDataSource{} }

type paymentsDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*paymentsDataSource)(nil)

type paymentsModel struct {
	narrowing

	OrganizationID tfkit.UUID      `tfsdk:"organization_id"`
	EnvironmentID  tfkit.UUID      `tfsdk:"environment_id"`
	WalletID       tfkit.UUID      `tfsdk:"wallet_id"`
	LineOfCreditID tfkit.UUID      `tfsdk:"line_of_credit_id"`
	Category       types.String    `tfsdk:"category"`
	CheckOnly      types.Bool      `tfsdk:"check_only"`
	SortKey        types.String    `tfsdk:"sort_key"`
	SortOrder      types.String    `tfsdk:"sort_order"`
	MaxResults     types.Int64     `tfsdk:"max_results"`
	IDs            []tfkit.UUID    `tfsdk:"ids"`
	Payments       []paymentObject `tfsdk:"payments"`
}

// Metadata implements [datasource.DataSource].
func (d *paymentsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payments"
}

// Schema implements [datasource.DataSource].
func (d *paymentsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the payments of an environment. The arguments are filters, and a payment must match all of them. The " +
			"provider reads the list in pages, with one request per page.",
		Attributes: map[string]schema.Attribute{
			"organization_id":   tfkit.OrganizationArgument(),
			"environment_id":    tfkit.EnvironmentArgument(),
			"wallet_id":         tfkit.OptionalUUID("Lists only payments of the wallet with this UUID. Defaults to every wallet."),
			"line_of_credit_id": tfkit.OptionalUUID("Lists only payments of wallets on the line of credit with this UUID. Defaults to all."),
			"category": oneOf("Lists only payments of this category. Valid values are `standard` and `treasury`. Defaults to both.",
				"standard", "treasury"),
			"check_only": schema.BoolAttribute{
				MarkdownDescription: "Whether to list policy checks. `true` lists policy checks only, and `false` lists all payments except policy " +
					"checks. Defaults to both. If the API does not say whether a send is a policy check, the send is in the list, and a warning says so.",
				Optional: true,
			},
			"sort_key": oneOf("The time to sort by. Valid values are `created_at` and `updated_at`. Defaults to the API's order.",
				"created_at", "updated_at"),
			"sort_order":  tfkit.SortOrder(),
			"max_results": tfkit.MaxResults("payments"),
			"ids":         tfkit.IDsAttribute("payments", "payments"),
			"payments": schema.ListNestedAttribute{
				MarkdownDescription: "The payments found.", Computed: true,
				NestedObject: schema.NestedAttributeObject{Attributes: paymentAttributes()},
			},
		},
	}
	maps.Copy(resp.Schema.Attributes, narrowingAttributes())
}

var (
	paymentsNotRead = tfkit.Declare(tfkit.Message{Summary: "Payments Not Read"})
	checksUnknown   = tfkit.Declare(tfkit.Message{
		Warning: true,
		Summary: "Policy Checks Not Known",
		Detail: "The payments of environment {ENVIRONMENT}: the API does not say for every send whether it is a policy check. These sends are " +
			"in the list for every value of check_only.",
		Next: []string{"Remove check_only, and recognize policy checks by their IDs or their metadata."},
	})
)

// Read implements [datasource.DataSource].
func (d *paymentsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model paymentsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	environment, ready := d.Environment(model.EnvironmentID, &resp.Diagnostics)
	filter := model.filter(ctx, &resp.Diagnostics)
	if !ready || resp.Diagnostics.HasError() {
		return
	}
	model.OrganizationID, model.EnvironmentID = tfkit.NewUUID(organization), tfkit.NewUUID(environment)
	model.IDs, model.Payments = []tfkit.UUID{}, []paymentObject{}
	untold := false
	for payment, err := range client.ListPayments(ctx, organization, environment, filter) {
		if err != nil {
			resp.Diagnostics.Append(tfkit.Failure{
				Message: paymentsNotRead, Object: fmt.Sprintf("The payments of environment %s", environment), Err: err,
			}.Diagnostic())
			return
		}
		matches, told := filter.Matches(&payment)
		if !matches {
			continue
		}
		untold = untold || !told
		model.IDs = append(model.IDs, tfkit.NewUUID(payment.ID))
		model.Payments = append(model.Payments, newPaymentObject(ctx, &payment, &resp.Diagnostics))
		if !model.MaxResults.IsNull() && int64(len(model.IDs)) >= model.MaxResults.ValueInt64() {
			break
		}
	}
	if untold {
		checksUnknown.AddAt(&resp.Diagnostics, path.Root("check_only"), tfkit.Values{"ENVIRONMENT": environment})
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func (m *paymentsModel) filter(ctx context.Context, diags *diag.Diagnostics) voltage.PaymentFilter {
	filter := voltage.PaymentFilter{
		Category: m.Category.ValueString(), Kind: m.Kind.ValueString(), Direction: m.Direction.ValueString(),
		StartDate: m.StartDate.ValueString(), EndDate: m.EndDate.ValueString(),
		SortKey: m.SortKey.ValueString(), SortOrder: m.SortOrder.ValueString(), CheckOnly: m.CheckOnly.ValueBoolPointer(),
	}
	filter.WalletID, _ = m.WalletID.ID()
	filter.LineOfCreditID, _ = m.LineOfCreditID.ID()
	filter.Metadata, filter.Statuses = m.lists(ctx, diags)
	return filter
}
