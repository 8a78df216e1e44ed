package wallet

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/tfkit"
	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// walletObject is a wallet in the data sources: everything that the API returns, and three attributes for outputs.
type walletObject struct {
	ID                 tfkit.UUID         `tfsdk:"id"`
	OrganizationID     tfkit.UUID         `tfsdk:"organization_id"`
	EnvironmentID      tfkit.UUID         `tfsdk:"environment_id"`
	Name               types.String       `tfsdk:"name"`
	Network            types.String       `tfsdk:"network"`
	Active             types.Bool         `tfsdk:"active"`
	CreatedAt          types.String       `tfsdk:"created_at"`
	UpdatedAt          types.String       `tfsdk:"updated_at"`
	DeletedAt          types.String       `tfsdk:"deleted_at"`
	DeletionFailedAt   types.String       `tfsdk:"deletion_failed_at"`
	LineOfCreditID     tfkit.UUID         `tfsdk:"line_of_credit_id"`
	Limit              types.Int64        `tfsdk:"limit"`
	Metadata           types.Map          `tfsdk:"metadata"`
	Balances           []balanceObject    `tfsdk:"balances"`
	Holds              []holdObject       `tfsdk:"holds"`
	PendingSettlements []settlementObject `tfsdk:"pending_settlements"`
	Error              *walletErrorObject `tfsdk:"error"`
	Currency           types.String       `tfsdk:"currency"`
	AvailableBalance   types.Int64        `tfsdk:"available_balance"`
	TotalBalance       types.Int64        `tfsdk:"total_balance"`
}

type balanceObject struct {
	Currency      types.String `tfsdk:"currency"`
	Network       types.String `tfsdk:"network"`
	Available     tfkit.Money  `tfsdk:"available"`
	Total         tfkit.Money  `tfsdk:"total"`
	EffectiveTime types.String `tfsdk:"effective_time"`
}

type holdObject struct {
	ID            tfkit.UUID   `tfsdk:"id"`
	Amount        tfkit.Money  `tfsdk:"amount"`
	EffectiveTime types.String `tfsdk:"effective_time"`
}

type settlementObject struct {
	ID             tfkit.UUID   `tfsdk:"id"`
	BillID         tfkit.UUID   `tfsdk:"bill_id"`
	Amount         tfkit.Money  `tfsdk:"amount"`
	SettlementType types.String `tfsdk:"settlement_type"`
	EffectiveTime  types.String `tfsdk:"effective_time"`
}

type walletErrorObject struct {
	Type   types.String `tfsdk:"type"`
	Detail types.String `tfsdk:"detail"`
}

// walletAttributes returns the attributes of walletObject, all computed. A data source replaces the attributes that are its arguments.
func walletAttributes() map[string]schema.Attribute {
	id, text, number := tfkit.ComputedUUID, tfkit.ComputedText, tfkit.ComputedNumber
	return map[string]schema.Attribute{
		"id":              id("The UUID of the wallet."),
		"organization_id": id("The UUID of the organization that the wallet belongs to."),
		"environment_id":  id("The UUID of the environment that the wallet belongs to."),
		"name":            text("The name of the wallet."),
		"network":         text("The Bitcoin network, with the names of the resource `voltage_wallet`: `mainnet`, `testnet3` or `mutinynet`."),
		"active": schema.BoolAttribute{
			MarkdownDescription: "Whether the wallet can be used. A deleted wallet is inactive.",
			Computed:            true,
		},
		"created_at":         text("The time when the wallet was created, in RFC 3339."),
		"updated_at":         text("The time of the last change, in RFC 3339."),
		"deleted_at":         text("The time when the wallet was deleted, in RFC 3339. Null if it is not deleted."),
		"deletion_failed_at": text("The time when a deletion of the wallet last failed, in RFC 3339. Null if no deletion failed."),
		"line_of_credit_id":  id("The UUID of the line of credit that backs the wallet. Null if the wallet has no line of credit."),
		"limit": number("The maximum credit that the wallet may use, in base units of the currency of its line of credit (msats for btc, " +
			"cents for usd). Null if the wallet has no line of credit."),
		"metadata": schema.MapAttribute{
			MarkdownDescription: "The metadata of the wallet. Empty if the wallet has no metadata.", Computed: true, ElementType: types.StringType,
		},
		"currency": text("The currency of the wallet. This is the currency of its balance, or of its line of credit before the first payment. " +
			"Null if the wallet has balances in several currencies."),
		"available_balance": number("The signed amount that the wallet can spend, in base units of `currency` (msats for btc, cents for usd). " +
			"0 before the first payment. Null if the wallet has balances in several currencies."),
		"total_balance": number("The signed total balance, including holds for pending payments, in base units of `currency` (msats for btc, " +
			"cents for usd). 0 before the first payment. Null if the wallet has balances in several currencies."),
		"balances": schema.ListNestedAttribute{
			MarkdownDescription: "The balances of the wallet, one per currency. Empty before the first payment.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"currency":       text("The currency: `btc`, `usd` or `asset:…`."),
				"network":        text("The Bitcoin network of the balance."),
				"available":      tfkit.MoneyDataSourceAttribute("The amount that the wallet can spend."),
				"total":          tfkit.MoneyDataSourceAttribute("The total balance, including holds for pending payments."),
				"effective_time": text("The time when the balance last changed, in RFC 3339."),
			}},
		},
		"holds": schema.ListNestedAttribute{
			MarkdownDescription: "The amounts that are held for pending payments.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id":             id("The UUID of the hold."),
				"amount":         tfkit.MoneyDataSourceAttribute("The amount of the hold."),
				"effective_time": text("The time when it began, in RFC 3339."),
			}},
		},
		"pending_settlements": schema.ListNestedAttribute{
			MarkdownDescription: "The amounts that Voltage will collect or pay out next.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id":              id("The UUID of the settlement."),
				"bill_id":         id("The UUID of the bill. Null if there is no bill yet."),
				"amount":          tfkit.MoneyDataSourceAttribute("The amount of the settlement."),
				"settlement_type": text("The type of the settlement: `Collection` or `Payout`."),
				"effective_time":  text("The time when it began, in RFC 3339."),
			}},
		},
		"error": schema.SingleNestedAttribute{
			MarkdownDescription: "The last failure of a request that the API had accepted for this wallet. Null if none failed.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type":   text("The type of the error, such as `InsufficientLimit`."),
				"detail": text("A description of the error. Null if the API gives none."),
			},
		},
	}
}

// withAttributes returns attributes with some of them replaced or added.
func withAttributes(attributes, own map[string]schema.Attribute) map[string]schema.Attribute {
	maps.Copy(attributes, own)
	return attributes
}

// newWalletObject turns a wallet of the API into the object. lineCurrency is the currency of its line of credit, or empty. It is needed
// only before money has moved.
func newWalletObject(ctx context.Context, wallet *voltage.Wallet, lineCurrency string, diags *diag.Diagnostics) walletObject {
	metadata, got := metadataOf(ctx, wallet)
	diags.Append(got...)
	object := walletObject{
		ID:                 tfkit.NewUUID(wallet.ID),
		OrganizationID:     tfkit.NewUUID(wallet.OrganizationID),
		EnvironmentID:      tfkit.NewUUID(wallet.EnvironmentID),
		Name:               types.StringValue(wallet.Name),
		Network:            types.StringValue(voltage.WalletNetwork(wallet.Network)),
		Active:             types.BoolValue(wallet.Active),
		CreatedAt:          tfkit.NewTime(&wallet.CreatedAt),
		UpdatedAt:          tfkit.NewTime(&wallet.UpdatedAt),
		DeletedAt:          tfkit.NewTime(wallet.DeletedAt),
		DeletionFailedAt:   tfkit.NewTime(wallet.DeletionFailedAt),
		LineOfCreditID:     tfkit.NewUUIDPointer(wallet.LineOfCreditID),
		Limit:              types.Int64PointerValue(wallet.Limit),
		Metadata:           metadata,
		Balances:           []balanceObject{},
		Holds:              []holdObject{},
		PendingSettlements: []settlementObject{},
		Currency:           types.StringNull(),
		AvailableBalance:   types.Int64Null(),
		TotalBalance:       types.Int64Null(),
	}
	for _, b := range wallet.Balances {
		object.Balances = append(object.Balances, balanceObject{
			Currency:      types.StringValue(b.Currency),
			Network:       types.StringValue(voltage.WalletNetwork(b.Network)),
			Available:     tfkit.NewMoney(b.Available),
			Total:         tfkit.NewMoney(b.Total),
			EffectiveTime: tfkit.NewTime(&b.EffectiveTime),
		})
	}
	for _, h := range wallet.Holds {
		object.Holds = append(object.Holds, holdObject{tfkit.NewUUID(h.ID), tfkit.NewMoney(h.Amount), tfkit.NewTime(&h.EffectiveTime)})
	}
	for _, s := range wallet.PendingSettlements {
		object.PendingSettlements = append(object.PendingSettlements, settlementObject{
			ID:             tfkit.NewUUID(s.ID),
			BillID:         tfkit.NewUUIDPointer(s.BillID),
			Amount:         tfkit.NewMoney(s.Amount),
			SettlementType: types.StringValue(s.SettlementType),
			EffectiveTime:  tfkit.NewTime(&s.EffectiveTime),
		})
	}
	object.Error = newWalletErrorObject(wallet.Error)
	switch len(wallet.Balances) {
	case 0:
		if lineCurrency != "" {
			object.Currency = types.StringValue(lineCurrency)
		}
		object.AvailableBalance, object.TotalBalance = types.Int64Value(0), types.Int64Value(0)
	case 1:
		b := wallet.Balances[0]
		object.Currency = types.StringValue(b.Currency)
		object.AvailableBalance, object.TotalBalance = types.Int64Value(b.Available.Signed()), types.Int64Value(b.Total.Signed())
	}
	return object
}

func newWalletErrorObject(failure *voltage.WalletError) *walletErrorObject {
	if failure == nil {
		return nil
	}
	return &walletErrorObject{types.StringValue(failure.Type), tfkit.TextOrNull(failure.Detail)}
}
