package tfkit

import (
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/voltagecloud/terraform-provider-voltage/internal/voltage"
)

// Money is the provider's object for an amount of money.
type Money struct {
	Amount   types.Int64  `tfsdk:"amount"`
	Currency types.String `tfsdk:"currency"`
	Unit     types.String `tfsdk:"unit"`
}

// NewMoney turns an amount of the API into the object.
func NewMoney(amount voltage.Amount) Money {
	return Money{
		Amount:   types.Int64Value(amount.Signed()),
		Currency: types.StringValue(amount.Currency),
		Unit:     types.StringValue(voltage.UnitOf(amount.Currency)),
	}
}

// NewMoneyPointer is NewMoney for a pointer. It returns nil for nil.
func NewMoneyPointer(amount *voltage.Amount) *Money {
	if amount == nil {
		return nil
	}
	money := NewMoney(*amount)
	return &money
}

// MoneyAttributeTypes returns the types of the object's attributes.
func MoneyAttributeTypes() map[string]attr.Type {
	return map[string]attr.Type{"amount": types.Int64Type, "currency": types.StringType, "unit": types.StringType}
}

// MoneyDataSourceAttribute returns the object for the schema of a data source. what describes the amount.
func MoneyDataSourceAttribute(what string) schema.SingleNestedAttribute {
	return schema.SingleNestedAttribute{
		MarkdownDescription: what,
		Computed:            true,
		Attributes: map[string]schema.Attribute{
			"amount": schema.Int64Attribute{
				MarkdownDescription: "The signed amount in the base unit of the currency, which `unit` names.",
				Computed:            true,
			},
			"currency": schema.StringAttribute{
				MarkdownDescription: "The currency: `btc`, `usd`, or `asset:` with the 66 hex characters of a Taproot asset.",
				Computed:            true,
			},
			"unit": schema.StringAttribute{
				MarkdownDescription: "The unit of `amount`: `msats` for btc (1 sat = 1,000 msats), `cents` for usd, `base units` for an asset.",
				Computed:            true,
			},
		},
	}
}

// AmountModel is an amount that a user writes.
type AmountModel struct {
	Amount   types.Int64  `tfsdk:"amount"`
	Currency types.String `tfsdk:"currency"`
}

// API converts the amount to the type of the client.
func (m *AmountModel) API() *voltage.Amount {
	return &voltage.Amount{Currency: m.Currency.ValueString(), Amount: m.Amount.ValueInt64()}
}
