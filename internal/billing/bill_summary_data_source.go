package billing

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewSummaryDataSource makes the data source voltage_bill_summary.
func NewSummaryDataSource() datasource.DataSource { return &summaryDataSource{} }

type summaryDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*summaryDataSource)(nil)

type summaryModel struct {
	narrowing
	countObject

	ByCurrency map[string]currencyObject `tfsdk:"by_currency"`
	ByStatus   map[string]countObject    `tfsdk:"by_status"`
}

// countObject is a number of bills.
type countObject struct {
	TotalCount    types.Int64 `tfsdk:"total_count"`
	InflightCount types.Int64 `tfsdk:"inflight_count"`
}

// dueObject is a number of bills in one currency, and their amount due.
type dueObject struct {
	countObject

	TotalDue tfkit.Money `tfsdk:"total_due"`
}

// currencyObject counts the bills in one currency, in total and by status.
type currencyObject struct {
	dueObject

	OldestAt types.String         `tfsdk:"oldest_created_at"`
	NewestAt types.String         `tfsdk:"newest_created_at"`
	ByStatus map[string]dueObject `tfsdk:"by_status"`
}

// Metadata implements [datasource.DataSource].
func (d *summaryDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_bill_summary"
}

// countAttributes returns the attributes of countObject.
func countAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"total_count": tfkit.ComputedNumber("The number of bills."),
		"inflight_count": tfkit.ComputedNumber("The number of these bills whose settlement has started and has not ended. The API's " +
			"documentation does not say which statuses it counts."),
	}
}

// dueAttributes returns the attributes of dueObject.
func dueAttributes() map[string]schema.Attribute {
	attributes := countAttributes()
	attributes["total_due"] = tfkit.MoneyDataSourceAttribute("The total amount that is due for these bills. It can be negative. The API's " +
		"documentation does not say which sign means that the customer owes it.")
	return attributes
}

func byKey(description string, attributes map[string]schema.Attribute) schema.MapNestedAttribute {
	return schema.MapNestedAttribute{
		MarkdownDescription: description, Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// Schema implements [datasource.DataSource].
func (d *summaryDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	currency := dueAttributes()
	maps.Copy(currency, map[string]schema.Attribute{
		"oldest_created_at": tfkit.ComputedText("When the oldest bill was created, in RFC 3339."),
		"newest_created_at": tfkit.ComputedText("When the newest bill was created, in RFC 3339."),
		"by_status":         byKey("The bills of the currency per status. Statuses without a bill are omitted.", dueAttributes()),
	})
	attributes := narrowingAttributes()
	maps.Copy(attributes, countAttributes())
	attributes["by_currency"] = byKey("The bills per currency. Each key is a currency that has bills, such as `btc`.", currency)
	attributes["by_status"] = byKey("The bills per status. Each key is a status that has bills, one of "+statusesText+".", countAttributes())
	resp.Schema = schema.Schema{
		MarkdownDescription: "Counts the bills of an organization and adds up the amounts that are due, per currency and per status. The " +
			"arguments are filters, and a bill must match all of them." + needsBilling,
		Attributes: attributes,
	}
}

var billSummaryNotRead = tfkit.Declare(tfkit.Message{Summary: "Bill Summary Not Read", Next: []string{tfkit.ByReason, missingBilling}})

// Read implements [datasource.DataSource].
func (d *summaryDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model summaryModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	filter := model.filter(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	model.OrganizationID = tfkit.NewUUID(organization)
	summary, err := client.SummarizeBills(ctx, organization, filter)
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: billSummaryNotRead, Object: model.object(), Err: err, Next: next(err), Blame: blame,
		}.Diagnostic())
		return
	}
	model.countObject = newCountObject(summary.Total, summary.Inflight)
	model.ByCurrency, model.ByStatus = map[string]currencyObject{}, map[string]countObject{}
	for currency, bills := range summary.ByCurrency {
		model.ByCurrency[currency] = newCurrencyObject(currency, bills)
	}
	for status, count := range summary.ByStatus {
		model.ByStatus[status] = newCountObject(count.Total, count.Inflight)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

func newCountObject(total, inflight int64) countObject {
	return countObject{types.Int64Value(total), types.Int64Value(inflight)}
}

// newCurrencyObject makes a currencyObject. The key in the API's answer is the currency of its amounts.
func newCurrencyObject(currency string, bills voltage.BillsInCurrency) currencyObject {
	due := func(total, inflight, baseUnits int64) dueObject {
		return dueObject{newCountObject(total, inflight), tfkit.NewMoney(voltage.Amount{Currency: currency, Amount: baseUnits})}
	}
	object := currencyObject{
		dueObject: due(bills.Total, bills.Inflight, bills.Due), OldestAt: tfkit.NewTime(bills.Oldest), NewestAt: tfkit.NewTime(bills.Newest),
		ByStatus: map[string]dueObject{},
	}
	for status, bills := range bills.ByStatus {
		object.ByStatus[status] = due(bills.Total, bills.Inflight, bills.Due)
	}
	return object
}
