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

// walletObject is a wallet as the data sources show it: everything that the API returns, and three numbers for outputs.
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

// walletAttributes are the attributes of walletObject, all computed. A data source that looks one up by an attribute
// replaces that one.
func walletAttributes() map[string]schema.Attribute {
	id, text, number := tfkit.ComputedUUID, tfkit.ComputedText, tfkit.ComputedNumber
	return map[string]schema.Attribute{
		"id":              id("The wallet's UUID."),
		"organization_id": id("The UUID of the organization that the wallet belongs to."),
		"environment_id":  id("The UUID of the environment that the wallet belongs to."),
		"name":            text("The wallet's name."),
		"network":         text("The Bitcoin network, as the resource `voltage_wallet` writes it: `mainnet`, `testnet3` or `mutinynet`."),
		"active": schema.BoolAttribute{
			MarkdownDescription: "Whether the wallet can be used. A deleted wallet is inactive.",
			Computed:            true,
		},
		"created_at":         text("When the wallet was created, in RFC 3339."),
		"updated_at":         text("When the wallet was last changed, in RFC 3339."),
		"deleted_at":         text("When the wallet was deleted, in RFC 3339; null for a wallet that was not deleted."),
		"deletion_failed_at": text("When a deletion of the wallet last failed, in RFC 3339; null if none failed."),
		"line_of_credit_id":  id("The UUID of the line of credit that backs the wallet; null for a wallet without a line of credit."),
		"limit": number("How much credit the wallet may draw, in base units of its line's currency (msats for btc, cents for usd); " +
			"null without a line of credit."),
		"metadata": schema.MapAttribute{
			MarkdownDescription: "The metadata of the wallet; empty for a wallet without metadata.", Computed: true, ElementType: types.StringType,
		},
		"currency": text("The currency of the wallet: that of its balance or, before money has moved, that of its line of credit. " +
			"Null for a wallet of several currencies."),
		"available_balance": number("The amount that can be spent, signed, in base units of `currency` (msats for btc, cents for usd); " +
			"0 before money has moved, null for a wallet of several currencies."),
		"total_balance": number("The whole balance, including holds for payments under way, signed, in base units of `currency`; " +
			"0 before money has moved, null for a wallet of several currencies."),
		"balances": schema.ListNestedAttribute{
			MarkdownDescription: "The balances of the wallet, one entry per currency; empty before money has moved.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"currency":       text("The currency: `btc`, `usd` or `asset:…`."),
				"network":        text("The Bitcoin network of the balance."),
				"available":      tfkit.MoneyDataSourceAttribute("The amount that can be spent."),
				"total":          tfkit.MoneyDataSourceAttribute("The whole balance, including holds for payments under way."),
				"effective_time": text("When the balance last changed, in RFC 3339."),
			}},
		},
		"holds": schema.ListNestedAttribute{
			MarkdownDescription: "Money set aside for payments under way.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id":             id("The UUID of the hold."),
				"amount":         tfkit.MoneyDataSourceAttribute("The amount that is held."),
				"effective_time": text("When it began, in RFC 3339."),
			}},
		},
		"pending_settlements": schema.ListNestedAttribute{
			MarkdownDescription: "Money that Voltage is about to collect or to pay out.",
			Computed:            true,
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"id":              id("The UUID of the settlement."),
				"bill_id":         id("The UUID of its bill; null before it is billed."),
				"amount":          tfkit.MoneyDataSourceAttribute("The amount to settle."),
				"settlement_type": text("`Collection` or `Payout`."),
				"effective_time":  text("When it began, in RFC 3339."),
			}},
		},
		"error": schema.SingleNestedAttribute{
			MarkdownDescription: "The last failure of a request for the wallet that the API had accepted; null without one.",
			Computed:            true,
			Attributes: map[string]schema.Attribute{
				"type":   text("The API's category, such as `InsufficientLimit`."),
				"detail": text("What the API says of it, for people; null where it says nothing."),
			},
		},
	}
}

// withAttributes returns attributes with some of them replaced or added.
func withAttributes(attributes, own map[string]schema.Attribute) map[string]schema.Attribute {
	maps.Copy(attributes, own)
	return attributes
}

// newWalletObject turns a wallet of the API into the object. lineCurrency is the currency of its line of credit, which is
// needed only before money has moved; empty where it is not known.
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
