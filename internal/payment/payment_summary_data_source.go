package payment

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/datasourcevalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewSummaryDataSource makes the data source voltage_payment_summary.
func NewSummaryDataSource() datasource.DataSource { return &summaryDataSource{} }

type summaryDataSource struct {
	tfkit.DataSource
}

var (
	_ datasource.DataSourceWithConfigure        = (*summaryDataSource)(nil)
	_ datasource.DataSourceWithConfigValidators = (*summaryDataSource)(nil)
)

type summaryModel struct {
	narrowing
	countObject

	OrganizationID  tfkit.UUID                   `tfsdk:"organization_id"`
	EnvironmentID   tfkit.UUID                   `tfsdk:"environment_id"`
	WalletID        tfkit.UUID                   `tfsdk:"wallet_id"`
	LineOfCreditID  tfkit.UUID                   `tfsdk:"line_of_credit_id"`
	IncludeInactive types.Bool                   `tfsdk:"include_inactive"`
	Buckets         []bucketObject               `tfsdk:"buckets"`
	ByLine          map[string]lineSummaryObject `tfsdk:"by_line_of_credit_id"`
}

// countObject is a number of payments.
type countObject struct {
	TotalCount types.Int64  `tfsdk:"total_count"`
	OldestAt   types.String `tfsdk:"oldest_created_at"`
	NewestAt   types.String `tfsdk:"newest_created_at"`
}

// bucketObject counts the payments with the same direction, status, currency and kind.
type bucketObject struct {
	countObject

	Direction types.String `tfsdk:"direction"`
	Status    types.String `tfsdk:"status"`
	Currency  types.String `tfsdk:"currency"`
	Kind      types.String `tfsdk:"kind"`
}

// lineSummaryObject counts the payments of the wallets on a line of credit.
type lineSummaryObject struct {
	countObject

	Buckets []bucketObject `tfsdk:"buckets"`
}

// Metadata implements [datasource.DataSource].
func (d *summaryDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_payment_summary"
}

// Schema implements [datasource.DataSource].
func (d *summaryDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	attributes := countAttributes("")
	maps.Copy(attributes, narrowingAttributes())
	maps.Copy(attributes, map[string]schema.Attribute{
		"organization_id": tfkit.OrganizationArgument(),
		"environment_id": tfkit.DefaultedUUID("The UUID of the environment whose payments are counted. Defaults to `environment_id` of the " +
			"provider. Conflicts with `wallet_id`. If `wallet_id` is set, this is the environment of the wallet."),
		"wallet_id": schema.StringAttribute{
			MarkdownDescription: "Counts only payments of the wallet with this UUID. Defaults to every wallet of the environment. " +
				"Conflicts with `environment_id` and `line_of_credit_id`.",
			Optional: true, CustomType: tfkit.UUIDType{},
		},
		"line_of_credit_id": tfkit.DefaultedUUID("Counts only payments of wallets on the line of credit with this UUID. Defaults to all. " +
			"Conflicts with `wallet_id`. If `wallet_id` is set, this is the line of credit of the wallet, or null if it has none."),
		"include_inactive": schema.BoolAttribute{
			MarkdownDescription: "Whether to also count the payments of inactive wallets and of disabled lines of credit. Defaults to `false`.",
			Optional:            true,
		},
		"buckets": bucketsAttribute("The number of payments per direction, status, currency and kind, sorted in this order. Combinations " +
			"without a payment are omitted. For an environment, payments of wallets without a line of credit are only in `total_count`."),
		"by_line_of_credit_id": schema.MapNestedAttribute{
			MarkdownDescription: "The number of payments per line of credit. Each key is the UUID of a line of credit that has payments. Null " +
				"if `wallet_id` is set.",
			Computed: true,
			NestedObject: schema.NestedAttributeObject{Attributes: func() map[string]schema.Attribute {
				line := countAttributes(" of wallets on the line of credit")
				line["buckets"] = bucketsAttribute("The number of payments of the line of credit per direction, status, currency and kind, " +
					"sorted in this order.")
				return line
			}()},
		},
	})
	resp.Schema = schema.Schema{
		MarkdownDescription: "Counts the payments of an environment, a line of credit or a wallet. The arguments are filters, and a payment " +
			"must match all of them. The data source counts payments and does not add up amounts. It needs only one request for any number " +
			"of payments. A wallet or a line of credit that does not exist is an error. Payments of both categories are counted. The API may " +
			"also count policy checks.",
		Attributes: attributes,
	}
}

// countAttributes returns the attributes of countObject. of restricts the payments, such as " of the bucket".
func countAttributes(of string) map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"total_count":       tfkit.ComputedNumber("The number of payments" + of + " that match."),
		"oldest_created_at": tfkit.ComputedText("When the oldest payment" + of + " was requested, in RFC 3339; null if there are none."),
		"newest_created_at": tfkit.ComputedText("When the newest payment" + of + " was requested, in RFC 3339; null if there are none."),
	}
}

// bucketsAttribute returns a list of bucketObject.
func bucketsAttribute(description string) schema.ListNestedAttribute {
	attributes := countAttributes(" of the bucket")
	maps.Copy(attributes, map[string]schema.Attribute{
		"direction": tfkit.ComputedText("The direction of the payments: `send` or `receive`."),
		"status":    tfkit.ComputedText("The status of the payments, such as `completed` or `failed`."),
		"currency":  tfkit.ComputedText("The currency of the payments: `btc`, `usd`, or `asset:` with 66 hex characters."),
		"kind":      tfkit.ComputedText("The kind of the payments, such as `bolt11` or `onchain`."),
	})
	return schema.ListNestedAttribute{
		MarkdownDescription: description, Computed: true, NestedObject: schema.NestedAttributeObject{Attributes: attributes},
	}
}

// ConfigValidators implements [datasource.DataSourceWithConfigValidators].
func (d *summaryDataSource) ConfigValidators(context.Context) []datasource.ConfigValidator {
	return []datasource.ConfigValidator{
		datasourcevalidator.Conflicting(path.MatchRoot("wallet_id"), path.MatchRoot("environment_id")),
		datasourcevalidator.Conflicting(path.MatchRoot("wallet_id"), path.MatchRoot("line_of_credit_id")),
	}
}

var (
	summaryNotRead  = tfkit.Declare(tfkit.Message{Summary: "Payment Summary Not Read"})
	lineIsOfAnother = tfkit.Declare(tfkit.Message{
		Summary: "Payment Summary Not Read",
		Detail:  "{OBJECT}: the line of credit belongs to environment {ENVIRONMENT}.",
		Next:    []string{"Set environment_id to the environment of the line of credit, or choose another line of credit."},
	})
)

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
	if wallet, ok := model.WalletID.ID(); ok {
		model.readWallet(ctx, client, voltage.Ref{OrganizationID: organization, ID: wallet}, filter, &resp.Diagnostics)
	} else if environment, ok := d.Environment(model.EnvironmentID, &resp.Diagnostics); ok {
		model.readEnvironment(ctx, client, organization, environment, filter, &resp.Diagnostics)
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
	}
}

func (m *summaryModel) filter(ctx context.Context, diags *diag.Diagnostics) voltage.PaymentSummaryFilter {
	filter := voltage.PaymentSummaryFilter{
		Kind: m.Kind.ValueString(), Direction: m.Direction.ValueString(),
		StartDate: m.StartDate.ValueString(), EndDate: m.EndDate.ValueString(), IncludeInactive: m.IncludeInactive.ValueBool(),
	}
	filter.LineOfCreditID, _ = m.LineOfCreditID.ID()
	filter.Metadata, filter.Statuses = m.lists(ctx, diags)
	return filter
}

// readWallet reads the summary of a wallet.
func (m *summaryModel) readWallet(
	ctx context.Context, client *voltage.Client, ref voltage.Ref, filter voltage.PaymentSummaryFilter, diags *diag.Diagnostics,
) {
	summary, err := client.SummarizeWalletPayments(ctx, ref, filter)
	if err == nil && summary.Total == 0 {
		// The API counts zero payments for a wallet that does not exist, so the wallet is read, too. The same apply may have created it a
		// moment ago.
		if _, err = voltage.Settled(ctx, client, ref, client.GetWallet); err == nil {
			summary, err = client.SummarizeWalletPayments(ctx, ref, filter)
		}
	}
	if err != nil {
		diags.Append(tfkit.Failure{
			Message: summaryNotRead, Object: fmt.Sprintf("The payments of wallet %s of organization %s", ref.ID, ref.OrganizationID), Err: err,
			Blame: tfkit.Blame{"instance_not_found": path.Root("wallet_id")},
		}.Diagnostic())
		return
	}
	m.EnvironmentID, m.LineOfCreditID = tfkit.NewUUID(summary.EnvironmentID), tfkit.NewUUIDPointer(summary.LineOfCreditID)
	m.countObject, m.Buckets = newCountObject(summary.PaymentCount), newBucketObjects(summary.Buckets)
}

// readEnvironment reads the summary of an environment, or of a line of credit in it.
func (m *summaryModel) readEnvironment(
	ctx context.Context, client *voltage.Client, organization, environment uuid.UUID, filter voltage.PaymentSummaryFilter,
	diags *diag.Diagnostics,
) {
	object := fmt.Sprintf("The payments of environment %s", environment)
	if filter.LineOfCreditID != uuid.Nil {
		object = fmt.Sprintf("The payments of line of credit %s in environment %s", filter.LineOfCreditID, environment)
	}
	summary, err := client.SummarizePayments(ctx, organization, environment, filter)
	if err == nil && summary.Total == 0 && filter.LineOfCreditID != uuid.Nil {
		// The API counts zero payments for a line of credit that does not exist or belongs to another environment, so the line is read,
		// too.
		var line *voltage.LineOfCredit
		line, err = client.FindLineOfCredit(ctx, voltage.Ref{OrganizationID: organization, ID: filter.LineOfCreditID})
		if err == nil && line.EnvironmentID != environment {
			lineIsOfAnother.AddAt(diags, path.Root("line_of_credit_id"), tfkit.Values{"OBJECT": object, "ENVIRONMENT": line.EnvironmentID})
			return
		}
	}
	if err != nil {
		diags.Append(tfkit.Failure{
			Message: summaryNotRead, Object: object, Err: err,
			Blame: tfkit.Blame{
				"line_of_credit_not_found":                 path.Root("line_of_credit_id"),
				"line_of_credit_not_found_in_organization": path.Root("line_of_credit_id"),
				"not_allowed": path.Root("line_of_credit_id"),
			},
		}.Diagnostic())
		return
	}
	m.EnvironmentID, m.countObject = tfkit.NewUUID(environment), newCountObject(summary.PaymentCount)
	m.ByLine = map[string]lineSummaryObject{}
	var all []voltage.PaymentBucket
	for id, line := range summary.Lines {
		m.ByLine[strings.ToLower(id)] = lineSummaryObject{newCountObject(line.PaymentCount), newBucketObjects(line.Buckets)}
		all = append(all, line.Buckets...)
	}
	m.Buckets = newBucketObjects(all)
}

func newCountObject(count voltage.PaymentCount) countObject {
	return countObject{
		TotalCount: types.Int64Value(count.Total), OldestAt: tfkit.NewTime(count.Oldest), NewestAt: tfkit.NewTime(count.Newest),
	}
}

// newBucketObjects sorts buckets, and merges buckets of the same kind, since each line of credit has its own buckets.
func newBucketObjects(buckets []voltage.PaymentBucket) []bucketObject {
	buckets = slices.Clone(buckets)
	compare := func(a, b voltage.PaymentBucket) int {
		return cmp.Or(cmp.Compare(a.Direction, b.Direction), cmp.Compare(a.Status, b.Status), cmp.Compare(a.Currency, b.Currency),
			cmp.Compare(a.Kind, b.Kind))
	}
	slices.SortStableFunc(buckets, compare)
	merged := buckets[:0]
	for _, bucket := range buckets {
		if last := len(merged) - 1; last >= 0 && compare(merged[last], bucket) == 0 {
			merged[last].PaymentCount = sumOfCounts(merged[last].PaymentCount, bucket.PaymentCount)
			continue
		}
		merged = append(merged, bucket)
	}
	objects := make([]bucketObject, 0, len(merged))
	for _, bucket := range merged {
		objects = append(objects, bucketObject{
			countObject: newCountObject(bucket.PaymentCount), Direction: types.StringValue(bucket.Direction),
			Status: types.StringValue(bucket.Status), Currency: types.StringValue(bucket.Currency), Kind: types.StringValue(bucket.Kind),
		})
	}
	return objects
}

func sumOfCounts(a, b voltage.PaymentCount) voltage.PaymentCount {
	sum := voltage.PaymentCount{Total: a.Total + b.Total, Oldest: a.Oldest, Newest: a.Newest}
	earlier := func(x, y *time.Time) bool { return y != nil && (x == nil || y.Before(*x)) }
	later := func(x, y *time.Time) bool { return y != nil && (x == nil || y.After(*x)) }
	if earlier(a.Oldest, b.Oldest) {
		sum.Oldest = b.Oldest
	}
	if later(a.Newest, b.Newest) {
		sum.Newest = b.Newest
	}
	return sum
}
