package wallet

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// NewLedgerDataSource makes the data source voltage_wallet_ledger.
func NewLedgerDataSource() datasource.DataSource { return &ledgerDataSource{} }

type ledgerDataSource struct {
	tfkit.DataSource
}

var _ datasource.DataSourceWithConfigure = (*ledgerDataSource)(nil)

type ledgerModel struct {
	WalletID       tfkit.UUID     `tfsdk:"wallet_id"`
	OrganizationID tfkit.UUID     `tfsdk:"organization_id"`
	PaymentID      tfkit.UUID     `tfsdk:"payment_id"`
	StartDate      types.String   `tfsdk:"start_date"`
	EndDate        types.String   `tfsdk:"end_date"`
	SortKey        types.String   `tfsdk:"sort_key"`
	SortOrder      types.String   `tfsdk:"sort_order"`
	MaxResults     types.Int64    `tfsdk:"max_results"`
	Events         []ledgerObject `tfsdk:"events"`
}

type ledgerObject struct {
	Type          types.String `tfsdk:"type"`
	EffectiveTime types.String `tfsdk:"effective_time"`
	Currency      types.String `tfsdk:"currency"`
	Amount        *tfkit.Money `tfsdk:"amount"`
	PaymentID     tfkit.UUID   `tfsdk:"payment_id"`
	CreditID      tfkit.UUID   `tfsdk:"credit_id"`
	HoldID        tfkit.UUID   `tfsdk:"hold_id"`
	DepositID     tfkit.UUID   `tfsdk:"deposit_id"`
	WithdrawID    tfkit.UUID   `tfsdk:"withdraw_id"`
}

// Metadata implements [datasource.DataSource].
func (d *ledgerDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_wallet_ledger"
}

// Schema implements [datasource.DataSource].
func (d *ledgerDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	id := tfkit.ComputedUUID
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the movements of money of a wallet. The provider reads them in pages, with one request per page.",
		Attributes: map[string]schema.Attribute{
			"wallet_id":       tfkit.RequiredUUID("The UUID of the wallet."),
			"organization_id": tfkit.OrganizationArgument(),
			"payment_id":      tfkit.OptionalUUID("Lists only movements of the payment with this UUID. Defaults to all payments."),
			"start_date":      tfkit.StartDate("Lists only movements"),
			"end_date":        tfkit.EndDate("Lists only movements"),
			"sort_key": tfkit.OptionalText("The sort key. Valid values are `effective_time`, `message_time` and `time_and_effective_time`. "+
				"Defaults to the order of the API.", stringvalidator.OneOf("effective_time", "message_time", "time_and_effective_time")),
			"sort_order":  tfkit.SortOrder(),
			"max_results": tfkit.MaxResults("movements"),
			"events": schema.ListNestedAttribute{
				MarkdownDescription: "The movements that match.",
				Computed:            true,
				NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
					"type": tfkit.ComputedText("The type of the movement: `credited` (received), `held` (reserved for a send), `captured` " +
						"(sent), `released` (no longer held), `deposited` or `withdrawn`."),
					"effective_time": tfkit.ComputedText("The time of the movement, in RFC 3339."),
					"currency":       tfkit.ComputedText("The currency: `btc`, `usd` or `asset:…`."),
					"amount":         tfkit.MoneyDataSourceAttribute("The amount. Null for `released`, which releases the amount of the hold."),
					"payment_id":     id("The UUID of the payment. Null for a movement without a payment."),
					"credit_id":      id("The UUID of the credit for `credited`, otherwise null."),
					"hold_id":        id("The UUID of the hold for `held`, `captured` and `released`, otherwise null."),
					"deposit_id":     id("The UUID of the deposit for `deposited`, otherwise null."),
					"withdraw_id":    id("The UUID of the withdrawal for `withdrawn`, otherwise null."),
				}},
			},
		},
	}
}

var ledgerNotRead = tfkit.Declare(tfkit.Message{Summary: "Wallet Ledger Not Read"})

// Read implements [datasource.DataSource].
func (d *ledgerDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model ledgerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	client, organization, ready := d.Ready(req, resp, model.OrganizationID)
	if !ready {
		return
	}
	wallet, _ := model.WalletID.ID()
	model.OrganizationID = tfkit.NewUUID(organization)
	var err error
	// The same apply may have created the wallet a moment ago.
	ref := voltage.Ref{OrganizationID: organization, ID: wallet}
	model.Events, err = voltage.Settled(ctx, client, ref, func(ctx context.Context, ref voltage.Ref) ([]ledgerObject, error) {
		return model.read(ctx, client, ref)
	})
	if err != nil {
		resp.Diagnostics.Append(tfkit.Failure{
			Message: ledgerNotRead, Object: tfkit.Of("The ledger", tfkit.Part{Kind: "wallet", ID: model.WalletID},
				tfkit.Part{Kind: "organization", ID: model.OrganizationID}), Err: err,
			Blame: tfkit.Blame{"instance_not_found": path.Root("wallet_id")},
		}.Diagnostic())
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// read returns the events that match the configuration.
func (m *ledgerModel) read(ctx context.Context, client *voltage.Client, wallet voltage.Ref) ([]ledgerObject, error) {
	filter := voltage.LedgerFilter{
		StartDate: m.StartDate.ValueString(), EndDate: m.EndDate.ValueString(),
		SortKey: m.SortKey.ValueString(), SortOrder: m.SortOrder.ValueString(),
	}
	filter.PaymentID, _ = m.PaymentID.ID()
	events := []ledgerObject{}
	for event, err := range client.WalletLedger(ctx, wallet, filter) {
		if err != nil {
			return nil, err
		}
		events = append(events, newLedgerObject(event))
		if !m.MaxResults.IsNull() && int64(len(events)) >= m.MaxResults.ValueInt64() {
			break
		}
	}
	return events, nil
}

func newLedgerObject(event voltage.LedgerEvent) ledgerObject {
	object := ledgerObject{
		Type:          types.StringValue(event.Type),
		EffectiveTime: tfkit.NewTime(&event.EffectiveTime),
		Currency:      tfkit.TextOrNull(event.Currency),
		Amount:        tfkit.NewMoneyPointer(event.Amount),
		PaymentID:     tfkit.NewUUIDPointer(event.PaymentID),
		CreditID:      tfkit.NewUUIDPointer(event.CreditID),
		HoldID:        tfkit.NewUUIDPointer(event.HoldID),
		DepositID:     tfkit.NewUUIDPointer(event.DepositID),
		WithdrawID:    tfkit.NewUUIDPointer(event.WithdrawID),
	}
	if event.Currency == "" && event.Amount != nil {
		object.Currency = types.StringValue(event.Amount.Currency)
	}
	return object
}
